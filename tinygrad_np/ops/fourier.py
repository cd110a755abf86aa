"""The mechanism of `fft`: one op, over any dimensions, there and back.

Its matrix is symmetric, so that it is its own backward rule. What is to be transformed is a list
of dimensions, each with the size to which it is first cut or filled with zeros.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tinygrad_np import dtypes
from tinygrad_np.ops.dims import one, several
from tinygrad_np.ops.pad import pad
from tinygrad_np.ops.parts import narrow
from tinygrad_np.ops.shape import raw
from tinygrad_np.tape.op import Array, op

Ints = Sequence[int] | int | None
Sized = list[tuple[int, int]]
KEEP = -1  # among sizes: that of the input
NORMS = (None, "forward", "backward", "ortho")


@op
def _fft(input: Array, *, dims: tuple[int, ...], inverse: bool, norm: str) -> Array:
    from scipy import fft

    input = input.astype(dtypes.complex_of(input.dtype), copy=not dims)
    return (fft.ifftn if inverse else fft.fftn)(input, axes=dims, norm=norm) if dims else input


_fft.backward(
    input=lambda grad, dims, inverse, norm: _fft(grad, dims=dims, inverse=inverse, norm=norm)
)


def line(input: Any, n: int | None, dim: int) -> Sized:
    """The one dimension of a transform, and its size.

    Raises
    ------
    IndexError
        For a 0-d tensor.
    RuntimeError
        For float16, and for a size below 1.
    """
    shape = _checked(input).shape
    if not shape:
        raise IndexError(f"Dimension specified as {dim} but tensor has no dimensions")
    if n == KEEP:
        raise RuntimeError(f"Invalid number of data points ({n}) specified")
    return [(one(dim, len(shape)), KEEP if n is None else n)]


def planned(input: Any, s: Ints, dim: Ints, at_least: int = 0) -> Sized:
    """The dimensions of a transform, the last ones or all unless given, and their sizes.

    Raises
    ------
    RuntimeError
        For float16, for `s` and `dim` that do not fit each other or the input, and for fewer than
        `at_least` dimensions.
    """
    ndim = len(_checked(input).shape)
    sizes = (s,) if isinstance(s, int) else s
    if dim is None:
        if sizes is not None and len(sizes) > ndim:
            raise RuntimeError(
                f"Got shape with {len(sizes)} values but input tensor only has {ndim} dimensions."
            )
        dim = range(ndim)[0 if sizes is None else ndim - len(sizes) :]
    dims = (dim,) if isinstance(dim, int) else tuple(dim)
    if len(dims) < at_least:
        raise RuntimeError("a transform of real numbers must transform at least one axis")
    if len(set(dims)) < len(dims):
        raise RuntimeError(f"FFT dims must be unique, got {dims}")
    if sizes is not None and len(sizes) != len(dims):
        raise RuntimeError(
            "When given, dim and shape arguments must have the same length, got "
            f"dim={dims} and s={tuple(sizes)}"
        )
    dims = several(dims, ndim) if dims else ()
    return list(zip(dims, sizes or [KEEP] * len(dims), strict=True))


def transformed(input: Any, over: Sized, norm: str | None, inverse: bool = False) -> Any:
    """The transform; RuntimeError for a norm that there is not, and for no data."""
    if norm not in NORMS:
        raise RuntimeError(f'Invalid normalization mode: "{norm}"')
    for dim, n in over:
        input = resized(input, n, dim)
    return _fft(input, dims=tuple(d for d, _ in over), inverse=inverse, norm=norm or "backward")


def _checked(input: Any) -> Any:
    array = raw(input)
    if not hasattr(array, "dtype"):
        raise TypeError(f"argument 'input' must be Tensor, not {type(input).__name__}")
    if array.dtype.kind == "f" and array.dtype.itemsize < 4:
        raise RuntimeError("Unsupported dtype Half: use .float()")
    return array


def resized(input: Any, n: int, dim: int) -> Any:
    size = input.shape[dim]
    n = size if n == KEEP else n
    if n < 1:
        raise RuntimeError(f"Invalid number of data points ({n}) specified")
    if n < size:
        return narrow(input, dim, 0, n)
    if n > size:
        return pad(input, [0, 0] * (len(input.shape) - dim - 1) + [0, n - size])
    return input
