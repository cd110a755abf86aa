"""Diagonals and triangles; and writing into a diagonal, a slice or a selected index.

The gradient of a diagonal is its values written into zeros where the diagonal is: the op `write`
of changes in place, which writes into a view.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tinygrad_np import dtypes
from tinygrad_np.kernels.layout import ordered
from tinygrad_np.ops.dims import one
from tinygrad_np.ops.shape import clone, ravel, raw
from tinygrad_np.tape.graph import make
from tinygrad_np.tape.inplace import write
from tinygrad_np.tape.op import Array, op
from tinygrad_np.tape.out import takes_out
from tinygrad_np.tape.record import always

__all__ = [
    "diag",
    "diag_embed",
    "diagflat",
    "diagonal",
    "diagonal_scatter",
    "tril",
    "tril_indices",
    "triu",
    "triu_indices",
]


@op(view=True)
def _diagonal(input: Array, offset: int, dim1: int, dim2: int) -> Array:
    out = input.diagonal(offset, dim1, dim2)
    out.flags.writeable = input.flags.writeable  # NumPy's diagonals are read-only
    return out


@_diagonal.backward("input")
def _(grad: Array, input_shape: Sequence[int], offset: int, dim1: int, dim2: int) -> Any:
    return _write_diagonal(np.zeros(input_shape, grad.dtype), grad, offset, dim1, dim2)


def _write_diagonal(base: Any, values: Any, offset: int, dim1: int, dim2: int) -> Any:
    """A copy of `base` with `values` in its diagonal."""
    params = {"offset": offset, "dim1": dim1, "dim2": dim2}
    return write(base, values, steps=((_diagonal, params),))


def diagonal(input: Any, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Any:
    """The diagonal of two dimensions, which becomes the last dimension; a view.

    Parameters
    ----------
    input : Tensor
        Of at least 2 dimensions.
    offset : int, default 0
        The diagonal above (positive) or below (negative) the main one.
    dim1, dim2 : int
        The two dimensions.

    Raises
    ------
    IndexError, RuntimeError
        If there is no such dimension, or the two are the same.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.diagonal(tg.tensor([[1, 2], [3, 4]]))
    tensor([1, 4])
    """
    first, second = _plane(dim1, dim2, len(input.shape))
    return _diagonal(input, offset=offset, dim1=first, dim2=second)


def _plane(dim1: int, dim2: int, ndim: int) -> tuple[int, int]:
    """Two different dimensions, counted from the front."""
    first, second = one(dim1, ndim), one(dim2, ndim)
    if first == second:
        raise RuntimeError(f"the dimensions of a diagonal can't be identical: {dim1}, {dim2}")
    return first, second


def diag_embed(input: Any, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Any:
    """Matrices with the last dimension of `input` as their diagonal, 0 elsewhere.

    Parameters
    ----------
    input : Tensor (*, n)
    offset : int, default 0
        The diagonal above (positive) or below (negative) the main one.
    dim1, dim2 : int
        The dimensions of the matrices in the result.

    Returns
    -------
    Tensor
        With one dimension more, `dim1` and `dim2` of size ``n + abs(offset)``.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.diag_embed(tg.tensor([1, 2]))
    tensor([[1, 0],
            [0, 2]])
    """
    shape = list(input.shape)
    first, second = _plane(dim1, dim2, len(shape) + 1)
    size = shape.pop() + abs(offset)
    for dim in sorted((first, second)):
        shape.insert(dim, size)
    zeros = always(np.zeros(shape, input.dtype))
    return _write_diagonal(zeros, input, offset, first, second)


@takes_out
def diag(input: Any, diagonal: int = 0) -> Any:
    """The diagonal of a matrix, or the matrix with a vector as its diagonal; a copy.

    Raises
    ------
    RuntimeError
        Unless the input has 1 or 2 dimensions.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.diag(tg.tensor([1, 2]))
    tensor([[1, 0],
            [0, 2]])
    >>> tg.diag(tg.tensor([[1, 2], [3, 4]]), 1)
    tensor([2])
    """
    ndim = len(input.shape)
    if ndim not in (1, 2):
        raise RuntimeError(f"diag() takes 1-d or 2-d tensors, got shape {list(input.shape)}")
    if ndim == 1:
        return diag_embed(input, diagonal)
    return clone(_diagonal(input, offset=diagonal, dim1=0, dim2=1))


def diagflat(input: Any, offset: int = 0) -> Any:
    """The matrix with all elements of `input` as its diagonal.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.diagflat(tg.tensor([[1], [2]]))
    tensor([[1, 0],
            [0, 2]])
    """
    return diag_embed(ravel(input), offset)


def diagonal_scatter(input: Any, src: Any, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Any:
    """A copy of `input` with `src` in its `diagonal`.

    Raises
    ------
    RuntimeError
        If `src` does not have the shape of the diagonal.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.diagonal_scatter(tg.zeros(2, 2), tg.ones(2))
    tensor([[1., 0.],
            [0., 1.]])
    """
    first, second = _plane(dim1, dim2, len(input.shape))
    place: Any = _diagonal(raw(input), offset=offset, dim1=first, dim2=second)
    if place.shape != tuple(src.shape):
        raise RuntimeError(
            f"diagonal_scatter(): src must have the shape of the diagonal, {list(place.shape)}; "
            f"got {list(src.shape)}"
        )
    return _write_diagonal(input, src, offset, first, second)


# --- triangles ---


@op
def _tril(input: Array, diagonal: int) -> Array:
    return ordered(np.tril(input, diagonal))


_tril.backward(input=lambda grad, diagonal: _tril(grad, diagonal=diagonal))


@op
def _triu(input: Array, diagonal: int) -> Array:
    return ordered(np.triu(input, diagonal))


_triu.backward(input=lambda grad, diagonal: _triu(grad, diagonal=diagonal))


@takes_out
def tril(input: Any, diagonal: int = 0) -> Any:
    """Matrices with 0 above a diagonal: the lower triangle.

    Parameters
    ----------
    input : Tensor (*, n, m)
    diagonal : int, default 0
        The last diagonal to keep: the main one, or one above (positive) or below it.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.tril(tg.ones(2, 2))
    tensor([[1., 0.],
            [1., 1.]])
    """
    return _tril(_matrices(input, "tril"), diagonal=diagonal)


@takes_out
def triu(input: Any, diagonal: int = 0) -> Any:
    """Matrices with 0 below a diagonal: the upper triangle.

    Parameters
    ----------
    input : Tensor (*, n, m)
    diagonal : int, default 0
        The first diagonal to keep: the main one, or one above (positive) or below it.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.triu(tg.ones(2, 2), 1)
    tensor([[0., 1.],
            [0., 0.]])
    """
    return _triu(_matrices(input, "triu"), diagonal=diagonal)


def _matrices(input: Any, name: str) -> Any:
    """The input, if it has matrices."""
    if len(input.shape) < 2:
        raise RuntimeError(
            f"{name}(): the input must have at least 2 dimensions, got shape {list(input.shape)}"
        )
    return input


def tril_indices(
    row: int, col: int, offset: int = 0, *, dtype: Any = dtypes.int64, device: Any = None
) -> Any:
    """The rows and columns of the elements of a lower triangle.

    Parameters
    ----------
    row, col : int
        The size of the matrix.
    offset : int, default 0
        The last diagonal of the triangle.
    dtype : dtype, default int64

    Returns
    -------
    Tensor (2, k)

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.tril_indices(2, 2)
    tensor([[0, 1, 1],
            [0, 0, 1]])
    """
    return _triangle(row, col, dtype, lambda ones: np.tril(ones, offset))


def triu_indices(
    row: int, col: int, offset: int = 0, *, dtype: Any = dtypes.int64, device: Any = None
) -> Any:
    """The rows and columns of the elements of an upper triangle.

    Parameters
    ----------
    row, col : int
        The size of the matrix.
    offset : int, default 0
        The first diagonal of the triangle.
    dtype : dtype, default int64

    Returns
    -------
    Tensor (2, k)

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.triu_indices(2, 2)
    tensor([[0, 0, 1],
            [0, 1, 1]])
    """
    return _triangle(row, col, dtype, lambda ones: np.triu(ones, offset))


def _triangle(row: int, col: int, dtype: Any, part: Callable[[Array], Array]) -> Any:
    """The places of the part of a matrix."""
    if row < 0 or col < 0:
        raise RuntimeError(f"the numbers of rows and columns must not be negative: {row}, {col}")
    places = np.stack(np.nonzero(part(np.ones((row, col), bool))))
    return make(always(places.astype(dtypes.as_numpy(dtype))))
