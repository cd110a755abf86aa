"""The order of an array's elements in memory: what a result has, and what makes loops long.

Results lie in memory as PyTorch's do, since views, and random numbers that are drawn in the order
of the memory, depend on it. One order is ours alone, and not shown: see `last`.

NumPy walks through arrays of several shapes in runs along the last dimension. A run of 64
elements, as the channels of images are, takes as long to begin as to do. Dimensions that lie
together in memory, and along which each array either varies or does not, are joined; where the
last is short all the same, several rows are taken as one.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np

__all__ = [
    "apart",
    "as_first",
    "fold",
    "in_long_rows",
    "joined",
    "kept",
    "last",
    "ordered",
    "padded",
    "plan",
    "tiled",
    "widened",
]

Array = Any
Ints = tuple[int, ...]
LONG = 2048  # elements of a run that no longer feels its beginning


def last(array: Array) -> bool:
    """Whether images (N, C, H, W) or volumes lie in memory with their channels last.

    Convolutions leave them so, and what follows keeps it, since it is faster. No tensor shows it.
    """
    if array.ndim not in (4, 5) or array.flags.c_contiguous:
        return False
    return bool(array.transpose(0, *range(2, array.ndim), 1).flags.c_contiguous)


def ordered(array: Array) -> Array:
    """An array of the op's own, laid out in the order of its indices, unless channels are `last`.

    For what PyTorch lays out so: reductions, joins, gathers, softmax, normalisation, windows.
    """
    if array.ndim < 2 or array.flags.c_contiguous or last(array):
        return array
    return np.ascontiguousarray(array)


def apart(array: Array) -> bool:
    """Whether no two elements of an array lie at one place in memory."""
    if array.flags.forc:
        return True
    steps = sorted((abs(s), n) for s, n in zip(array.strides, array.shape, strict=True) if n > 1)
    reach = 0  # of the dimensions with smaller steps
    for step, n in steps:
        if step <= reach or not step:
            break
        reach += step * (n - 1)
    else:
        return True
    if not steps[0][0]:
        return False
    places = functools.reduce(np.add.outer, [np.arange(n) * step for step, n in steps])
    return bool(np.unique(places).size == places.size)


def kept(array: Array) -> Literal["C", "K"]:
    """The order of a copy: that of the array itself, unless elements share a place in memory."""
    if 0 in array.strides and any(s == 0 for s, n in zip(array.strides, array.shape) if n > 1):
        return "C"
    return "K"


def as_first(first: Array, out: Array) -> Array:
    """What an elementwise op made of several arrays, in the order of the first one's memory.

    Where the orders differ NumPy falls back on that of the indices; PyTorch takes the first one's.
    """
    if out.shape != first.shape or last(first) or kept(first) == "C":
        return out
    like = np.empty_like(first, out.dtype)
    if like.strides == out.strides:
        return out
    like[...] = out
    return like


def padded(shape: Ints, ndim: int) -> Ints:
    """A shape with sizes of 1 in front, of that many dimensions."""
    return (1,) * (ndim - len(shape)) + shape


def joined(arrays: Sequence[Array]) -> list[Array] | None:
    """The arrays, of the shape of the first or with some sizes 1, with as few dimensions as can be.

    Dimensions are in the order of the first one's memory; None if that has gaps.
    """
    found = plan(tuple((a.shape, a.strides) for a in arrays))
    if found is None:
        return None
    order, shapes = found
    return [a.transpose(order).reshape(shape) for a, shape in zip(arrays, shapes, strict=True)]


@functools.lru_cache(maxsize=256)
def plan(forms: tuple[tuple[Ints, Ints], ...]) -> tuple[list[int], list[list[int]]] | None:
    """The order of the dimensions, and the shapes when they are joined."""
    sizes, strides = forms[0]
    long = sorted((d for d, n in enumerate(sizes) if n != 1), key=lambda d: -strides[d])
    if any(strides[d] != strides[e] * sizes[e] for d, e in itertools.pairwise(long)):
        return None
    groups: list[list[int]] = []
    for d in long:
        if groups and all(_joins(form, groups[-1][-1], d) for form in forms):
            groups[-1].append(d)
        else:
            groups.append([d])
    order = [d for d, n in enumerate(sizes) if n == 1] + long
    groups = groups or [[]]  # of one element: one dimension
    return order, [[math.prod(shape[d] for d in group) for group in groups] for shape, _ in forms]


def _joins(form: tuple[Ints, Ints], before: int, d: int) -> bool:
    """Whether an array varies along both dimensions, and evenly, or along neither."""
    shape, strides = form
    if shape[before] == 1 or shape[d] == 1:
        return shape[before] == shape[d]
    return strides[before] == strides[d] * shape[d]


def tiled(a: Array, times: int) -> Array:
    """``np.tile(a, times)``, in a sixth of the time for a short row."""
    return a[..., None, :].repeat(times, axis=-2).reshape(*a.shape[:-1], -1)


def widened(arrays: Sequence[Array]) -> list[Array]:
    """Joined arrays with several rows taken as one, if they are short and all can be.

    Arrays that are the same for all rows are repeated.
    """
    shape = arrays[0].shape
    wide = in_long_rows(shape)
    if wide == shape or any(a.shape[-2] > 1 and a.shape[-1] == 1 for a in arrays):
        return list(arrays)
    times = wide[-1] // shape[-1]
    return [
        tiled(a, times)
        if a.shape[-2] == 1 < a.shape[-1]
        else a.reshape(*a.shape[:-2], -1, a.shape[-1] * (times if a.shape[-1] > 1 else 1))
        for a in arrays
    ]


def fold(x: Array, size: int) -> Array:
    """The sum of the rows that `widened` took as one, which had this size.

    In float64: they are added one after the other, and each is a long sum already.
    """
    if x.shape[-1] == size:
        return x
    exact = np.result_type(x.dtype, np.float64)
    return np.add.reduce(x.reshape(*x.shape[:-1], -1, size), axis=-2, dtype=exact).astype(x.dtype)


@functools.lru_cache(maxsize=256)
def in_long_rows(shape: Ints) -> Ints:
    """The shape with as many rows in one as make at most `LONG` elements, without a rest."""
    if len(shape) < 2 or shape[-1] * 2 > LONG:
        return shape
    times = next(n for n in range(LONG // shape[-1], 0, -1) if shape[-2] % n == 0)
    return (*shape[:-2], shape[-2] // times, shape[-1] * times)
