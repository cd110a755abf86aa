"""Largest elements, sums and picks along dimensions, in the ways that NumPy is fastest at."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from tinygrad_np.kernels import layout, threads

Array = Any
Dims = tuple[int, ...]

FEW = 1 << 14  # elements, up to which longer runs gain less than they cost
DOTS = range(32, 8192)  # elements of rows whose products BLAS adds up faster, in one thread
HALF = np.dtype(np.float16)
ALONE = 1 << 13  # elements of a matrix that BLAS multiplies with a vector in one thread
PIECE = 1 << 7  # numbers that are added one after the other
LARGE = 1 << 19  # elements, from which on the threads gain more than they cost

__all__ = ["HALF", "add_up", "largest", "places", "sum_over", "summed", "sums"]


def places(index: Array, axis: int) -> tuple[Array, ...]:
    """What picks the elements with these numbers along `axis`: ``x[places(index, axis)]``.

    Parameters
    ----------
    index : ndarray of int
        Of the shape of `x`, apart from `axis`.
    axis : int
    """
    where = list(_grid(index.shape))
    where[axis] = index
    return tuple(where)


@functools.lru_cache(maxsize=128)
def _grid(shape: Dims) -> tuple[Array, ...]:
    """`np.indices`, sparse, which nobody may write to."""
    grid: tuple[Array, ...] = np.indices(shape, sparse=True)
    for numbers in grid:
        numbers.flags.writeable = False
    return grid


def largest(x: Array, axis: int) -> Array:
    """The largest elements along `axis`, which is kept with size 1; -inf where there are none.

    Along contiguous elements NumPy finds where the largest is faster than what it is, unless
    there are few.
    """
    if x.size > 256 and x.strides[axis] == x.itemsize:
        return x[places(x.argmax(axis, keepdims=True), axis)]
    return np.maximum.reduce(x, axis, keepdims=True, initial=-np.inf)


def sum_over(dims: Dims, *factors: Array) -> Array:
    """The sum over `dims` of the product of arrays of one shape; `dims` are kept with size 1.

    einsum goes through memory once and takes no temporary array. The parts of a large array are
    summed first, then their sums, and so is each example of a batch where the last dimension is
    summed too: in float32 that rounds far less.
    """
    first = factors[0]
    out = np.empty([1 if d in dims else n for d, n in enumerate(first.shape)], first.dtype)
    views = layout.joined([*factors, out]) if first.size > FEW else None
    if views is None:
        every = list(range(first.ndim))
        kept = [d for d in every if d == 0 or d not in dims]
        found = np.einsum(*[x for factor in factors for x in (factor, every)], kept)
        return (found.sum(axis=0) if 0 in dims else found).reshape(out.shape)
    joined, target = views[:-1], views[-1]
    axes = summed(joined[0], target)
    if first.size < LARGE:
        target[...] = sums(axes, *joined)
        return out
    count = len(joined[0])
    step = -(-count * LARGE // (2 * first.size))
    parts = [slice(i, i + step) for i in range(0, count, step)]
    terms = threads.collect(lambda part: sums(axes, *(factor[part] for factor in joined)), parts)
    if 0 in axes:
        target[...] = sum(terms[1:], terms[0])
    else:
        np.concatenate(terms, out=target)
    return out


def add_up(x: Array, axes: Dims | None, dtype: Any, keepdims: bool = False) -> Array:
    """``np.add.reduce``, which in long columns and in float16 rounds less.

    NumPy adds neighbours in memory pairwise, and others one after the other: two million times
    0.1 in float32 are 2 % short. A column is therefore added up in pieces, then these.
    """
    if dtype is HALF:
        return add_up(x, axes, np.float32, keepdims).astype(dtype)
    if axes is not None and 0 in axes and x.ndim - 1 not in axes and len(x) > 2 * PIECE:
        whole = len(x) // PIECE * PIECE
        pieces = x[:whole].reshape(-1, PIECE, *x.shape[1:])
        x = np.concatenate([np.add.reduce(pieces, 1, dtype), x[whole:]], dtype=dtype)
        return add_up(x, axes, dtype, keepdims)
    out: Array = np.add.reduce(x, axes, dtype, keepdims=keepdims)  # type: ignore[call-overload]
    return out


def summed(x: Array, kept: Array) -> Dims:
    """The dimensions along which an array of the size of `kept` does not vary, and `x` does."""
    return tuple(d for d, (n, m) in enumerate(zip(x.shape, kept.shape)) if m == 1 < n)


@functools.lru_cache(maxsize=128)
def _ones(count: int, dtype: Any) -> Array:
    return np.ones(count, dtype)


def sums(axes: Dims, *factors: Array) -> Array:
    """`sum_over` of arrays as `layout.joined` gives them."""
    first = factors[0]
    last, width = first.ndim - 1, first.shape[-1]
    if len(factors) == 2 and axes in ((last,), (0, last)) and width in DOTS:
        out = np.vecdot(*factors)[..., None]
        return np.add.reduce(out, 0, keepdims=True) if 0 in axes else out
    few = first.size <= FEW
    if few and len(factors) == 2:
        factors = (np.multiply(*factors),)
    if axes == (0,) and last == 1 and first.size <= ALONE and len(first) <= 4 * PIECE:
        return (_ones(len(first), first.dtype) @ factors[0])[None]
    if last not in axes and last - 1 in axes and first.shape[-2] > PIECE:
        wide = layout.in_long_rows(first.shape)
        factors = tuple(factor.reshape(wide) for factor in factors)
    if len(factors) == 1 and (few or last not in axes):
        out = np.add.reduce(factors[0], axis=axes, keepdims=True)
    else:
        every = list(range(last + 1))
        kept = [d for d in every if d not in axes or (d == 0 and last in axes and last > 0)]
        out = np.einsum(*[x for factor in factors for x in (factor, every)], kept)
        out = out.reshape([n if d in kept else 1 for d, n in enumerate(factors[0].shape)])
        if 0 in kept and 0 in axes:
            out = np.add.reduce(out, 0, keepdims=True)
    return out if last in axes else layout.fold(out, width)
