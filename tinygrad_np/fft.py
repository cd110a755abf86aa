"""Discrete Fourier transforms, as `torch.fft` has them.

There is one op, over any dimensions, there and back; transforms of real numbers are made of it.
Its matrix is symmetric, so that it is its own backward rule.

Source: https://pytorch.org/docs/stable/fft.html
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tinygrad_np import dtypes
from tinygrad_np.creation import arange
from tinygrad_np.ops.axes import flip, roll
from tinygrad_np.ops.complex import real
from tinygrad_np.ops.dims import several
from tinygrad_np.ops.join import cat
from tinygrad_np.ops.pad import pad
from tinygrad_np.ops.parts import narrow
from tinygrad_np.ops.shape import raw
from tinygrad_np.tape.op import Array, op
from tinygrad_np.tape.out import takes_out

__all__ = [
    "fft", "fft2", "fftfreq", "fftn", "fftshift", "ifft", "ifft2", "ifftn", "ifftshift", "irfft",
    "irfft2", "irfftn", "rfft", "rfft2", "rfftfreq", "rfftn",
]  # fmt: skip

Ints = Sequence[int] | int | None


@op
def _fft(input: Array, *, dims: tuple[int, ...], inverse: bool, norm: str) -> Array:
    from scipy import fft

    input = input.astype(dtypes.complex_of(input.dtype), copy=False)
    return (fft.ifftn if inverse else fft.fftn)(input, axes=dims, norm=norm)


_fft.backward(
    input=lambda grad, dims, inverse, norm: _fft(grad, dims=dims, inverse=inverse, norm=norm)
)


def _transform(input: Any, s: Ints, dim: Ints, norm: str | None, inverse: bool) -> Any:
    """Over these dimensions, each first cut or filled with zeros to its size."""
    dims = _dims(input, s, dim)
    if norm not in (None, "forward", "backward", "ortho"):
        raise RuntimeError(f'Invalid normalization mode: "{norm}"')
    if s is not None:
        for d, n in zip(dims, [s] if isinstance(s, int) else s, strict=True):
            input = _resized(input, n, d)
    if any(input.shape[d] < 1 for d in dims):
        raise RuntimeError(f"Invalid number of data points (0) in shape {list(input.shape)}")
    return _fft(input, dims=dims, inverse=inverse, norm=norm or "backward") if dims else input


def _dims(input: Any, s: Ints, dim: Ints) -> tuple[int, ...]:
    ndim = len(input.shape)
    if dim is None and s is not None:
        dim = tuple(range(ndim - (1 if isinstance(s, int) else len(s)), ndim))
    return several(dim, ndim)


def _resized(input: Any, n: int, dim: int) -> Any:
    size = input.shape[dim]
    if n == -1 or n == size:
        return input
    if n < 1:
        raise RuntimeError(f"Invalid number of data points ({n}) specified")
    if n < size:
        return narrow(input, dim, 0, n)
    return pad(input, [0, 0] * (len(input.shape) - dim - 1) + [0, n - size])


@takes_out
def fft(input: Array, n: int | None = None, dim: int = -1, norm: str | None = None) -> Array:
    """The Fourier transform over one dimension, ``sum(x * exp(-2j * pi * k * arange(n) / n))``.

    Parameters
    ----------
    input : Tensor
        Real or complex.
    n : int, optional
        Cut the dimension, or fill it with zeros, to this size first.
    dim : int, default -1
    norm : {"backward", "forward", "ortho"}, optional
        Divide by n in the inverse transform, here, or by its root in both.

    Returns
    -------
    Tensor
        complex64 or complex128.

    Raises
    ------
    RuntimeError
        For another `norm`, and for no data.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.fft.fft(tg.tensor([1.0, 0.0, -1.0, 0.0]))
    tensor([0.+0.j, 2.+0.j, 0.+0.j, 2.+0.j])
    """
    return _transform(input, n, dim, norm, False)


@takes_out
def ifft(input: Array, n: int | None = None, dim: int = -1, norm: str | None = None) -> Array:
    """The inverse of `fft`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.fft.ifft(tg.fft.fft(tg.tensor([1.0, 2.0])))
    tensor([1.+0.j, 2.+0.j])
    """
    return _transform(input, n, dim, norm, True)


@takes_out
def fftn(input: Array, s: Ints = None, dim: Ints = None, norm: str | None = None) -> Array:
    """`fft` over several dimensions; over all of them unless `dim` or sizes `s` are given.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.fft.fftn(tg.ones(2, 2))
    tensor([[4.+0.j, 0.+0.j],
            [0.+0.j, 0.+0.j]])
    """
    return _transform(input, s, dim, norm, False)


@takes_out
def ifftn(input: Array, s: Ints = None, dim: Ints = None, norm: str | None = None) -> Array:
    """The inverse of `fftn`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.fft.ifftn(tg.ones(2, 2))
    tensor([[1.+0.j, 0.+0.j],
            [0.+0.j, 0.+0.j]])
    """
    return _transform(input, s, dim, norm, True)


@takes_out
def fft2(input: Array, s: Ints = None, dim: Ints = (-2, -1), norm: str | None = None) -> Array:
    """`fftn` over the last two dimensions.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.fft.fft2(tg.ones(3, 2, 2)).shape
    torch.Size([3, 2, 2])
    """
    return _transform(input, s, dim, norm, False)


@takes_out
def ifft2(input: Array, s: Ints = None, dim: Ints = (-2, -1), norm: str | None = None) -> Array:
    """The inverse of `fft2`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.fft.ifft2(tg.ones(3, 2, 2)).shape
    torch.Size([3, 2, 2])
    """
    return _transform(input, s, dim, norm, True)


# --- of real numbers ---


@takes_out
def rfft(input: Array, n: int | None = None, dim: int = -1, norm: str | None = None) -> Array:
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
    return rfftn(input, n, dim, norm)


@takes_out
def rfftn(input: Array, s: Ints = None, dim: Ints = None, norm: str | None = None) -> Array:
    """`fftn` of real numbers, of which the last dimension is cut as in `rfft`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.fft.rfftn(tg.ones(4, 6)).shape
    torch.Size([4, 4])
    """
    if raw(input).dtype.kind == "c":
        raise RuntimeError(f"rfft expects a real input tensor, but got {input.dtype}; use fft")
    dims = _dims(input, s, dim)
    out = _transform(input, s, dims, norm, False)
    return narrow(out, dims[-1], 0, out.shape[dims[-1]] // 2 + 1)


@takes_out
def rfft2(input: Array, s: Ints = None, dim: Ints = (-2, -1), norm: str | None = None) -> Array:
    """`rfftn` over the last two dimensions.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.fft.rfft2(tg.ones(3, 4, 6)).shape
    torch.Size([3, 4, 4])
    """
    return rfftn(input, s, dim, norm)


@takes_out
def irfft(input: Array, n: int | None = None, dim: int = -1, norm: str | None = None) -> Array:
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
    return irfftn(input, n, dim, norm)


@takes_out
def irfftn(input: Array, s: Ints = None, dim: Ints = None, norm: str | None = None) -> Array:
    """The real numbers of which `input` is the `rfftn`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.fft.irfftn(tg.fft.rfftn(tg.ones(2, 2)))
    tensor([[1., 1.],
            [1., 1.]])
    """
    dims = _dims(input, s, dim)
    *others, last = dims
    sizes = [-1] * len(dims) if s is None else [s] if isinstance(s, int) else list(s)
    if others:
        input = _transform(input, sizes[:-1], others, norm, True)
    n = 2 * (input.shape[last] - 1) if sizes[-1] == -1 else sizes[-1]
    if n < 1:
        raise RuntimeError(f"Invalid number of data points ({n}) specified")
    half = _resized(input, n // 2 + 1, last)
    rest = narrow(half, last, 1, (n + 1) // 2 - 1)
    whole = cat([half, flip(rest, (last,)).conj()], last)
    return real(_transform(whole, None, last, norm, True))  # type: ignore[no-any-return]


@takes_out
def irfft2(input: Array, s: Ints = None, dim: Ints = (-2, -1), norm: str | None = None) -> Array:
    """`irfftn` over the last two dimensions.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.fft.irfft2(tg.fft.rfft2(tg.ones(3, 4, 6))).shape
    torch.Size([3, 4, 6])
    """
    return irfftn(input, s, dim, norm)


# --- frequencies ---


def fftfreq(n: int, d: float = 1.0, **options: Any) -> Any:
    """The frequencies of the numbers of `fft`, in cycles per unit of the spacing `d`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.fft.fftfreq(4)
    tensor([ 0.0000,  0.2500, -0.5000, -0.2500])
    """
    return ifftshift(_numbers(-(n // 2), (n + 1) // 2, options) / (n * d))


def rfftfreq(n: int, d: float = 1.0, **options: Any) -> Any:
    """The frequencies of the numbers of `rfft`, in cycles per unit of the spacing `d`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.fft.rfftfreq(4)
    tensor([0.0000, 0.2500, 0.5000])
    """
    return _numbers(0, n // 2 + 1, options) / (n * d)


def _numbers(start: int, end: int, options: dict[str, Any]) -> Any:
    return arange(start, end, **{"dtype": dtypes.get_default_dtype(), **options})


def fftshift(input: Any, dim: Ints = None) -> Any:
    """`input` with frequency 0 brought from the first place to the middle.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.fft.fftshift(tg.arange(5))
    tensor([3, 4, 0, 1, 2])
    """
    dims = several(dim, len(input.shape))
    return roll(input, [input.shape[d] // 2 for d in dims], dims) if dims else input


def ifftshift(input: Any, dim: Ints = None) -> Any:
    """The inverse of `fftshift`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.fft.ifftshift(tg.tensor([3, 4, 0, 1, 2]))
    tensor([0, 1, 2, 3, 4])
    """
    dims = several(dim, len(input.shape))
    return roll(input, [-(input.shape[d] // 2) for d in dims], dims) if dims else input
