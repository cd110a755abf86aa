"""Distinct elements, bins and counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tinygrad_np import return_types
from tinygrad_np.kernels.silence import silent
from tinygrad_np.ops.dims import one
from tinygrad_np.ops.indices import index_select
from tinygrad_np.ops.shape import raw
from tinygrad_np.tape.graph import TensorBase, make
from tinygrad_np.tape.op import Array, op
from tinygrad_np.tape.out import takes_out

__all__ = [
    "bincount",
    "bucketize",
    "histc",
    "histogram",
    "histogramdd",
    "searchsorted",
    "unique",
    "unique_consecutive",
]


def unique(
    input: Array,
    sorted: bool = True,
    return_inverse: bool = False,
    return_counts: bool = False,
    dim: int | None = None,
) -> Any:
    """The distinct elements, or the distinct slices along `dim`.

    Parameters
    ----------
    input : Tensor
    sorted : bool, default True
        Taken for PyTorch's sake: the result is always in ascending order.
    return_inverse : bool, default False
        Also give, for each element, where it is in the result.
    return_counts : bool, default False
        Also give how often each element of the result occurs.
    dim : int, optional
        Compare slices along this dimension; by default single elements.

    Returns
    -------
    Tensor or tuple of Tensor
        The gradient goes to the first of equal elements. Each nan is an element of its own.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.unique(tg.tensor([3, 1, 1, 2]), return_counts=True)
    (tensor([1, 2, 3]), tensor([2, 1, 1]))
    """
    array, axis = raw(input), None if dim is None else one(dim, input.ndim)
    _, first, inverse, counts = np.unique(array, True, True, True, axis, equal_nan=False)
    return _distinct(input, axis, first, inverse, counts, (return_inverse, return_counts))


def unique_consecutive(
    input: Array,
    return_inverse: bool = False,
    return_counts: bool = False,
    dim: int | None = None,
) -> Any:
    """The elements, or slices along `dim`, that differ from the one before; see `unique`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.unique_consecutive(tg.tensor([3, 1, 1, 3]))
    tensor([3, 1, 3])
    """
    array, axis = raw(input), None if dim is None else one(dim, input.ndim)
    rows = array.reshape(-1) if axis is None else np.moveaxis(array, axis, 0)
    differs = (rows[1:] != rows[:-1]).any(axis=tuple(range(1, rows.ndim)))
    first = np.flatnonzero(np.concatenate([np.ones(min(len(rows), 1), bool), differs]))
    counts = np.diff(first, append=len(rows))
    inverse = np.repeat(np.arange(len(first)), counts)
    return _distinct(input, axis, first, inverse, counts, (return_inverse, return_counts))


def _distinct(
    input: Array, dim: int | None, first: Any, inverse: Any, counts: Any, asked: tuple[bool, bool]
) -> Any:
    """The elements at `first` along `dim`, and what was asked for beside them."""
    shape = input.shape if dim is None else (input.shape[dim],)
    values = index_select(input.reshape((-1,)) if dim is None else input, dim or 0, first)
    more = [a for a, wanted in zip((inverse.reshape(shape), counts), asked, strict=True) if wanted]
    if isinstance(input, TensorBase):
        more = [make(a) for a in more]
    return (values, *more) if more else values


@op
def searchsorted(
    sorted_sequence: Array,
    input: Array,
    *,
    out_int32: bool = False,
    right: bool = False,
    side: str | None = None,
    sorter: Array | None = None,
) -> Array:
    """Where elements are to be put into sorted sequences so that these stay sorted.

    Parameters
    ----------
    sorted_sequence : Tensor
        (n,), or (*, n) for a sequence for each row of `input`.
    input : Tensor or number
        Any shape, or (*, m) with the leading dimensions of the sequences.
    out_int32 : bool, default False
        Give int32 instead of int64.
    right : bool, default False
        Behind elements that are equal, instead of before them; ``side='right'`` is the same.
    side : {'left', 'right'}, optional
    sorter : Tensor, optional
        The indices that sort `sorted_sequence`, if it is not.

    Returns
    -------
    Tensor
        Of the shape of `input`.

    Raises
    ------
    RuntimeError
        If the leading dimensions differ.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.searchsorted(tg.tensor([1, 3, 5]), tg.tensor([3, 6]))
    tensor([1, 3])
    """
    values = np.asarray(input)
    if sorter is not None:
        sorted_sequence = np.take_along_axis(sorted_sequence, sorter, -1)
    if sorted_sequence.ndim > 1 and sorted_sequence.shape[:-1] != values.shape[:-1]:
        raise RuntimeError(
            "searchsorted(): the sequence should be 1-D, or have the leading dimensions of the "
            f"input, but got {list(sorted_sequence.shape)} and {list(values.shape)}"
        )
    where: Any = "right" if right or side == "right" else "left"
    out = np.empty(values.shape, np.int32 if out_int32 else np.int64)
    if sorted_sequence.ndim == 1:
        out[...] = np.searchsorted(sorted_sequence, values, where)
    else:
        for row in np.ndindex(values.shape[:-1]):
            out[row] = np.searchsorted(sorted_sequence[row], values[row], where)
    return out


@takes_out
def bucketize(
    input: Array, boundaries: Array, *, out_int32: bool = False, right: bool = False
) -> Array:
    """The number of the bucket that each element falls into: `searchsorted` of its arguments.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.bucketize(tg.tensor([0, 3, 9]), tg.tensor([1, 3, 5]))
    tensor([0, 1, 3])
    """
    return searchsorted(boundaries, input, out_int32=out_int32, right=right)


@op
def bincount(input: Array, weights: Array | None = None, minlength: int = 0) -> Array:
    """How often each number from 0 on occurs in a vector of integers.

    Parameters
    ----------
    input : Tensor
        (n,), of integers that are not negative.
    weights : Tensor, optional
        (n,), what each occurrence counts; the result is then of floating point numbers.
    minlength : int, default 0
        The least size of the result.

    Returns
    -------
    Tensor
        (max(input) + 1,), or of size `minlength`.

    Raises
    ------
    RuntimeError
        For another input.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.bincount(tg.tensor([1, 1, 3]))
    tensor([0, 2, 0, 1])
    """
    if input.ndim != 1 or input.dtype.kind not in "iu" or (input < 0).any():
        raise RuntimeError(
            "bincount only supports 1-d non-negative integral inputs, got the shape "
            f"{list(input.shape)} and dtype {input.dtype}"
        )
    if weights is not None and weights.shape != input.shape:
        raise RuntimeError(
            f"bincount(): weights of shape {list(weights.shape)} for an input of shape "
            f"{list(input.shape)}; expected the same"
        )
    counts = np.bincount(input.astype(np.intp), weights, minlength)
    single = weights is not None and weights.dtype == np.float32
    return counts.astype(np.float32) if single else counts


@op
def histc(input: Array, bins: int = 100, min: float = 0, max: float = 0) -> Array:
    """How many elements fall into each of `bins` intervals of equal width.

    Parameters
    ----------
    input : Tensor
        Of floating point numbers.
    bins : int, default 100
    min, max : float, default 0
        The range; elements outside are not counted. If both are equal the range is that of the
        elements.

    Returns
    -------
    Tensor
        (bins,), of the dtype of `input`.

    Raises
    ------
    RuntimeError
        For a range that is empty or not finite.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.histc(tg.tensor([1.0, 2.0, 1.0]), bins=4, min=0, max=3)
    tensor([0., 2., 1., 0.])
    """
    low, high = min, max
    if low == high and input.size:
        low, high = input.min(), input.max()
    if low == high:
        low, high = low - 1, high + 1
    if not low < high or not np.isfinite(high - low):
        raise RuntimeError(f"histc(): the range must be finite, max above min; got {low} to {high}")
    return np.histogram(input, bins, (low, high))[0].astype(input.dtype)


@takes_out
def histogram(
    input: Any,
    bins: Any,
    *,
    range: tuple[float, float] | None = None,
    weight: Any = None,
    density: bool = False,
) -> Any:
    """How many elements fall into each of several intervals, and where these begin and end.

    Parameters
    ----------
    input : Tensor
        Of floating point numbers.
    bins : int or Tensor
        The number of intervals of equal width, or (n + 1,), their ascending edges.
    range : (float, float), optional
        Of the intervals of equal width; that of the elements unless given.
    weight : Tensor, optional
        Of the shape of `input`: what each element counts.
    density : bool, default False
        Divide by the sum and the widths, so that the integral is 1.

    Returns
    -------
    hist, bin_edges : Tensor
        (n,) and (n + 1,); the last interval holds its upper edge, too.

    Raises
    ------
    NotImplementedError
        For integers. RuntimeError for edges or weights that don't fit.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> hist, bin_edges = tg.histogram(tg.tensor([1.0, 2.0, 1.0]), 3, range=(0, 3))
    >>> hist, bin_edges
    (tensor([0., 2., 1.]), tensor([0., 1., 2., 3.]))
    """
    x, edges, weights = raw(input), raw(bins), None if weight is None else raw(weight)
    if x.dtype.kind != "f":
        raise NotImplementedError(
            f"histogram: not implemented for {x.dtype}; convert with .float()"
        )
    if weights is not None and weights.shape != x.shape:
        raise RuntimeError(
            f"histogram(): weight of shape {list(weights.shape)} for an input of shape "
            f"{list(x.shape)}; expected the same"
        )
    try:
        hist, edges = silent.run(np.histogram, x, edges, range, density, weights)
    except ValueError as error:
        raise RuntimeError(f"histogram(): {error}") from None
    made = (hist.astype(x.dtype), edges.astype(x.dtype))
    return return_types.histogram(*(map(make, made) if isinstance(input, TensorBase) else made))


def histogramdd(
    input: Any,
    bins: Any,
    *,
    range: Sequence[float] | None = None,
    weight: Any = None,
    density: bool = False,
) -> Any:
    """How many points fall into each cell of a grid, and the edges of the cells.

    Parameters
    ----------
    input : Tensor
        (..., n) of floating point numbers: points with n coordinates.
    bins : int, or sequence of n int or n Tensors
        The number of intervals of each coordinate, or their ascending edges.
    range : sequence of 2 n floats, optional
        The least and the largest edge of each coordinate; those of the points unless given.
    weight : Tensor, optional
        (...): what each point counts.
    density : bool, default False
        Divide by the sum and the cells' volumes, so that the integral is 1.

    Returns
    -------
    hist, bin_edges : Tensor, tuple of Tensor
        n-dimensional, and the edges of each coordinate.

    Raises
    ------
    NotImplementedError
        For integers. RuntimeError for bins, a range or weights that don't fit.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> points = tg.tensor([[0.0, 1.0], [1.0, 0.0], [2.0, 2.0]])
    >>> tg.histogramdd(points, [2, 2]).hist
    tensor([[0., 1.],
            [1., 1.]])
    """
    x, weights = raw(input), None if weight is None else raw(weight).reshape(-1)
    if x.dtype.kind != "f":
        raise NotImplementedError(
            f"histogramdd: not implemented for {x.dtype}; convert with .float()"
        )
    edges = bins if isinstance(bins, int) else [b if isinstance(b, int) else raw(b) for b in bins]
    try:
        bounds = None if range is None else np.reshape(range, (x.shape[-1], 2)).tolist()
        points = x.reshape(-1, x.shape[-1])
        hist, found = silent.run(np.histogramdd, points, edges, bounds, density, weights)
    except (ValueError, IndexError, TypeError) as error:
        raise RuntimeError(f"histogramdd(): {error}") from None
    kind = make if isinstance(input, TensorBase) else np.asarray
    return return_types.histogramdd(
        kind(hist.astype(x.dtype)), tuple(kind(e.astype(x.dtype)) for e in found)
    )
