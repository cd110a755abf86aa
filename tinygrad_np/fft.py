"""Discrete Fourier transforms, as `torch.fft` has them.

All are made of one op, in `ops.fourier`; those of real numbers are in `ops.hermitian`.

Source: https://pytorch.org/docs/stable/fft.html
"""

from __future__ import annotations

from typing import Any

from tinygrad_np import dtypes
from tinygrad_np.creation import arange
from tinygrad_np.ops.axes import roll
from tinygrad_np.ops.dims import several
from tinygrad_np.ops.fourier import Ints, line, planned, transformed
from tinygrad_np.ops.hermitian import (
    hfft,
    hfft2,
    hfftn,
    ihfft,
    ihfft2,
    ihfftn,
    irfft,
    irfft2,
    irfftn,
    rfft,
    rfft2,
    rfftn,
)
from tinygrad_np.tape.out import takes_out

__all__ = [
    "fft", "fft2", "fftfreq", "fftn", "fftshift", "hfft", "hfft2", "hfftn", "ifft", "ifft2",
    "ifftn", "ifftshift", "ihfft", "ihfft2", "ihfftn", "irfft", "irfft2", "irfftn", "rfft",
    "rfft2", "rfftfreq", "rfftn",
]  # fmt: skip


@takes_out
def fft(input: Any, n: int | None = None, dim: int = -1, norm: str | None = None) -> Any:
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
        For another `norm`, float16, and no data.
    IndexError
        For a 0-d tensor.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.fft.fft(tg.tensor([1.0, 0.0, -1.0, 0.0]))
    tensor([0.+0.j, 2.+0.j, 0.+0.j, 2.+0.j])
    """
    return transformed(input, line(input, n, dim), norm)


@takes_out
def ifft(input: Any, n: int | None = None, dim: int = -1, norm: str | None = None) -> Any:
    """The inverse of `fft`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.fft.ifft(tg.fft.fft(tg.tensor([1.0, 2.0])))
    tensor([1.+0.j, 2.+0.j])
    """
    return transformed(input, line(input, n, dim), norm, inverse=True)


@takes_out
def fftn(input: Any, s: Ints = None, dim: Ints = None, norm: str | None = None) -> Any:
    """`fft` over several dimensions; over all of them unless `dim` or sizes `s` are given.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.fft.fftn(tg.ones(2, 2))
    tensor([[4.+0.j, 0.+0.j],
            [0.+0.j, 0.+0.j]])
    """
    return transformed(input, planned(input, s, dim), norm)


@takes_out
def ifftn(input: Any, s: Ints = None, dim: Ints = None, norm: str | None = None) -> Any:
    """The inverse of `fftn`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.fft.ifftn(tg.ones(2, 2))
    tensor([[1.+0.j, 0.+0.j],
            [0.+0.j, 0.+0.j]])
    """
    return transformed(input, planned(input, s, dim), norm, inverse=True)


@takes_out
def fft2(input: Any, s: Ints = None, dim: Ints = (-2, -1), norm: str | None = None) -> Any:
    """`fftn` over the last two dimensions.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.fft.fft2(tg.ones(3, 2, 2)).shape
    torch.Size([3, 2, 2])
    """
    return transformed(input, planned(input, s, dim), norm)


@takes_out
def ifft2(input: Any, s: Ints = None, dim: Ints = (-2, -1), norm: str | None = None) -> Any:
    """The inverse of `fft2`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.fft.ifft2(tg.ones(3, 2, 2)).shape
    torch.Size([3, 2, 2])
    """
    return transformed(input, planned(input, s, dim), norm, inverse=True)


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
    options = {"dtype": dtypes.get_default_dtype(), **options}
    if dtypes.as_numpy(options["dtype"]).kind not in "fc":
        raise RuntimeError(
            f"frequencies have a floating point or complex dtype, got {options['dtype']}"
        )
    return arange(start, end, **options)


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
