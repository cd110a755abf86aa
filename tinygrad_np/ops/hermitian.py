"""Fourier transforms of real numbers, whose second half are the conjugates of the first, and
those that give real numbers.

Source: https://pytorch.org/docs/stable/fft.html
"""

from __future__ import annotations

from typing import Any

from tinygrad_np.ops.axes import flip
from tinygrad_np.ops.complex import conj, real
from tinygrad_np.ops.fourier import KEEP, Ints, Sized, line, planned, resized, transformed
from tinygrad_np.ops.join import cat
from tinygrad_np.ops.parts import narrow
from tinygrad_np.ops.shape import raw
from tinygrad_np.tape.out import takes_out

OTHER_WAY = {None: "forward", "backward": "forward", "forward": "backward"}  # of norms


def half(input: Any, over: Sized, norm: str | None) -> Any:
    """The transform of real numbers, of whose last dimension the second half is left out."""
    array = raw(input)
    if array.dtype.kind == "c":
        raise RuntimeError(f"expects a real input tensor, but got {array.dtype}: use fft or fftn")
    out = transformed(input, over, norm)
    last = over[-1][0]
    return narrow(out, last, 0, out.shape[last] // 2 + 1)


def whole(input: Any, over: Sized, norm: str | None) -> Any:
    """The real numbers of which `input` is the `half`, by the inverse transform."""
    *others, (last, n) = over
    if others:
        input = transformed(input, others, norm, inverse=True)
    n = 2 * (input.shape[last] - 1) if n == KEEP else n
    if n < 1:
        raise RuntimeError(f"Invalid number of data points ({n}) specified")
    first = resized(input, n // 2 + 1, last)
    rest = narrow(first, last, 1, (n + 1) // 2 - 1)
    full = cat([first, flip(rest, (last,)).conj()], last)
    return real(transformed(full, [(last, n)], norm, inverse=True))


# --- of real numbers ---


@takes_out
def rfft(input: Any, n: int | None = None, dim: int = -1, norm: str | None = None) -> Any:
    """The first ``n // 2 + 1`` numbers of `fft`: for real input the others are their conjugates.

    Raises
    ------
    RuntimeError
        For complex input, and as `fft`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.fft.rfft(tg.tensor([1.0, 0.0, -1.0, 0.0]))
    tensor([0.+0.j, 2.+0.j, 0.+0.j])
    """
    return half(input, line(input, n, dim), norm)


@takes_out
def rfftn(input: Any, s: Ints = None, dim: Ints = None, norm: str | None = None) -> Any:
    """`fftn` of real numbers, of which the last dimension is cut as in `rfft`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.fft.rfftn(tg.ones(4, 6)).shape
    torch.Size([4, 4])
    """
    return half(input, planned(input, s, dim, 1), norm)


@takes_out
def rfft2(input: Any, s: Ints = None, dim: Ints = (-2, -1), norm: str | None = None) -> Any:
    """`rfftn` over the last two dimensions.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.fft.rfft2(tg.ones(3, 4, 6)).shape
    torch.Size([3, 4, 4])
    """
    return half(input, planned(input, s, dim, 1), norm)


@takes_out
def irfft(input: Any, n: int | None = None, dim: int = -1, norm: str | None = None) -> Any:
    """The real numbers of which `input` is the `rfft`.

    Parameters
    ----------
    n : int, optional
        How many they are: ``2 * (input.shape[dim] - 1)`` unless given.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.fft.irfft(tg.fft.rfft(tg.tensor([1.0, 2.0, 3.0])), n=3)
    tensor([1., 2., 3.])
    """
    return whole(input, line(input, n, dim), norm)


@takes_out
def irfftn(input: Any, s: Ints = None, dim: Ints = None, norm: str | None = None) -> Any:
    """The real numbers of which `input` is the `rfftn`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.fft.irfftn(tg.fft.rfftn(tg.ones(2, 2)))
    tensor([[1., 1.],
            [1., 1.]])
    """
    return whole(input, planned(input, s, dim, 1), norm)


@takes_out
def irfft2(input: Any, s: Ints = None, dim: Ints = (-2, -1), norm: str | None = None) -> Any:
    """`irfftn` over the last two dimensions.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.fft.irfft2(tg.fft.rfft2(tg.ones(3, 4, 6))).shape
    torch.Size([3, 4, 6])
    """
    return whole(input, planned(input, s, dim, 1), norm)


# --- of Hermitian ones ---


@takes_out
def hfft(input: Any, n: int | None = None, dim: int = -1, norm: str | None = None) -> Any:
    """The real `fft` of numbers whose second half, which is left out, are conjugates of the first.

    Parameters
    ----------
    n : int, optional
        How many numbers the result has: ``2 * (input.shape[dim] - 1)`` unless given.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.fft.hfft(tg.tensor([1.0, 2.0, 3.0]))
    tensor([ 8., -2.,  0., -2.])
    """
    return whole(_mirrored(input), line(input, n, dim), _other_way(norm))


@takes_out
def hfftn(input: Any, s: Ints = None, dim: Ints = None, norm: str | None = None) -> Any:
    """`fftn` over several dimensions, of which the last is that of `hfft`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.fft.hfftn(tg.ones(2, 2))
    tensor([[4., 0.],
            [0., 0.]])
    """
    return whole(_mirrored(input), planned(input, s, dim, 1), _other_way(norm))


@takes_out
def hfft2(input: Any, s: Ints = None, dim: Ints = (-2, -1), norm: str | None = None) -> Any:
    """`hfftn` over the last two dimensions.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.fft.hfft2(tg.ones(3, 4, 4)).shape
    torch.Size([3, 4, 6])
    """
    return hfftn(input, s, dim, norm)


@takes_out
def ihfft(input: Any, n: int | None = None, dim: int = -1, norm: str | None = None) -> Any:
    """The inverse of `hfft`: the first half of the `ifft` of real numbers.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.fft.ihfft(tg.fft.hfft(tg.tensor([1.0, 2.0, 3.0])))
    tensor([1.-0.j, 2.-0.j, 3.-0.j])
    """
    return conj(half(input, line(input, n, dim), _other_way(norm)))


@takes_out
def ihfftn(input: Any, s: Ints = None, dim: Ints = None, norm: str | None = None) -> Any:
    """The inverse of `hfftn`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.fft.ihfftn(tg.ones(4, 6)).shape
    torch.Size([4, 4])
    """
    return conj(half(input, planned(input, s, dim, 1), _other_way(norm)))


@takes_out
def ihfft2(input: Any, s: Ints = None, dim: Ints = (-2, -1), norm: str | None = None) -> Any:
    """The inverse of `hfft2`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.fft.ihfft2(tg.ones(3, 4, 6)).shape
    torch.Size([3, 4, 4])
    """
    return ihfftn(input, s, dim, norm)


def _mirrored(input: Any) -> Any:
    """Conjugated: the transform there is then made of the one back."""
    return input.conj() if hasattr(input, "conj") else input


def _other_way(norm: str | None) -> str | None:
    """The norm that divides in the one transform where `norm` does in the other."""
    return OTHER_WAY.get(norm, norm)
