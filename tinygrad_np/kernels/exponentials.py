"""Sums of exponentials along a dimension, and what softmax makes of them.

Exponentials overflow above 88 in float32, so the largest number is taken from the others first.
That costs as much as the exponentials. If their sums show that it was not needed, as for numbers
that are near 0, they and their quotients are as exact without.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from tinygrad_np.kernels import threads
from tinygrad_np.kernels.along import largest, places, sum_over
from tinygrad_np.kernels.elementwise import split
from tinygrad_np.kernels.silence import silent

__all__ = ["at", "cross_entropies", "log_softmax", "softmax"]

Array = Any
LEAST, MOST = 1e-6, 1e15  # of sums: what is divided by them is far from the ends of float32
FEW = 1 << 11  # elements, up to which it takes longer to look than to subtract
LARGE = 1 << 18  # elements, from which on the threads gain more than they cost


def softmax(x: Array, axis: int) -> Array:
    """``exp(x)`` over its sum along `axis`."""
    out = np.empty_like(x)

    def some(part: Any) -> None:
        exps, numbers = out[part], x[part]
        if not _may_be_plain(x) or not _in_range(total := _exps(numbers, axis, exps)):
            total = _exps(_below(numbers, axis, exps), axis, exps)
        exps *= np.reciprocal(total)

    _by_parts(some, x, axis)
    return out


def log_softmax(x: Array, axis: int) -> Array:
    """`x` less the logarithm of the sum of ``exp(x)`` along `axis`."""
    out = np.empty_like(x)

    def some(part: Any) -> None:
        below = _below(x[part], axis, out[part])
        below -= np.log(_total(np.exp(below), axis))

    _by_parts(some, x, axis)
    return out


def cross_entropies(x: Array, labels: Array, axis: int) -> tuple[Array, Array, Array, Any]:
    """Minus `log_softmax` at the labels; exponentials, and their sums along `axis`; the places.

    `labels` has size 1 along `axis`, and so have the losses and the sums. The places are for
    `at` of an array like the exponentials.
    """
    exps, truth = np.empty_like(x), _truth(x, labels, axis)
    if x.size < LARGE or x.ndim < 2:
        return *silent.run(_cross_entropies, x, exps, truth, axis), exps, truth
    losses, total = np.empty(labels.shape, x.dtype), np.empty(labels.shape, x.dtype)

    def some(part: Any) -> None:
        losses[part], total[part] = _cross_entropies(
            x[part], exps[part], _truth(x[part], labels[part], axis), axis
        )

    _by_parts(some, x, axis)
    return losses, total, exps, truth


def _cross_entropies(x: Array, exps: Array, truth: Any, axis: int) -> tuple[Array, Array]:
    if _may_be_plain(x):
        total = _exps(x, axis, exps)
        true = at(exps, truth)[truth]
        if _in_range(total) and _in_range(true):
            return np.log(total / true), total
    true = at(_below(x, axis, exps), truth)[truth]
    total = _exps(exps, axis, exps)
    return np.log(total) - true, total


def at(x: Array, truth: tuple[Array, ...]) -> Array:
    """What places are the indices of: the array, or all of it in one dimension."""
    return x.reshape(-1) if len(truth) == 1 else x


def _truth(x: Array, labels: Array, axis: int) -> tuple[Array, ...]:
    """The places of the labels; in one dimension they are found in a third of the time."""
    if axis == 1 == x.ndim - 1 and x.flags.c_contiguous:
        return (labels + _begins(*x.shape),)
    return places(labels, axis)


@functools.lru_cache(maxsize=128)
def _begins(rows: int, size: int) -> Array:
    return np.arange(rows)[:, None] * size


def _may_be_plain(x: Array) -> bool:
    """Whether there are many numbers, of a dtype that holds most exponentials."""
    return bool(x.size > FEW and x.dtype != np.float16)


def _in_range(x: Array) -> bool:
    """Whether all numbers are neither too small nor too large for quotients; not if one is nan."""
    return bool(x.min() > LEAST) and bool(x.max() < MOST)


def _exps(x: Array, axis: int, out: Array) -> Array:
    """The exponentials, in `out`, and their sums along `axis`."""
    return _total(np.exp(x, out=out), axis)


def _below(x: Array, axis: int, out: Array) -> Array:
    """`x` less its largest along `axis`."""
    return np.subtract(x, largest(x, axis), out=out)


def _total(x: Array, axis: int) -> Array:
    if x.size <= FEW:
        return np.add.reduce(x, axis=axis, keepdims=True) if x.ndim else x
    return sum_over((axis,), x)


def _by_parts(function: Callable[[Any], None], x: Array, axis: int) -> None:
    """Call with parts of a dimension other than `axis`, in several threads if `x` is large."""
    at = 0 if axis else 1
    if x.size < LARGE or x.ndim < 2:
        silent.run(function, ...)
        return
    parts = split(x.shape[at], x.size)
    threads.run(function, [(slice(None),) * at + (part,) for part in parts])
