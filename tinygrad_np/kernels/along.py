"""Largest elements, sums and picks along dimensions, in the ways that NumPy is fastest at."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from tinygrad_np.kernels import threads

Array = Any
Dims = tuple[int, ...]

FEW = 256
LARGE = 1 << 19  # elements, from which on the threads gain more than they cost

__all__ = ["largest", "places", "sum_over"]


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
    if x.size > FEW and x.strides[axis] == x.itemsize:
        return x[places(x.argmax(axis, keepdims=True), axis)]
    return x.max(axis=axis, keepdims=True, initial=-np.inf)


def sum_over(dims: Dims, *factors: Array) -> Array:
    """The sum over `dims` of the product of arrays of one shape; `dims` are kept with size 1.

    einsum goes through memory once, whatever the layout, and takes no temporary array. Each
    example of a batch is summed first, then their sums: in float32 that rounds far less.
    """
    shape = factors[0].shape
    every = list(range(len(shape)))
    kept = [d for d in every if d == 0 or d not in dims]

    def some(part: slice) -> Array:
        return np.einsum(*[x for factor in factors for x in (factor[part], every)], kept)

    if factors[0].size < LARGE:
        out = some(slice(None))
    else:
        out = np.empty([shape[d] for d in kept], factors[0].dtype)
        step = -(-shape[0] * LARGE // (2 * factors[0].size))
        parts = [slice(i, i + step) for i in range(0, shape[0], step)]
        threads.run(lambda part: np.copyto(out[part], some(part)), parts)
    if 0 in dims:
        out = out.sum(axis=0)
    return out.reshape([1 if d in dims else n for d, n in enumerate(shape)])
