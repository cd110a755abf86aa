"""Sums of exponentials along a dimension, and what softmax makes of them.

Exponentials overflow above 88 in float32, so the largest number is taken from the others first.
That costs as much as the exponentials. Numbers that are all near 0 need none of it: their
exponentials, and the sums and quotients of these, are as exact as they are.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tinygrad_np.kernels import threads
from tinygrad_np.kernels.along import largest, places, sum_over
from tinygrad_np.kernels.elementwise import split
from tinygrad_np.kernels.silence import silent

__all__ = ["cross_entropies", "log_softmax", "softmax"]

Array = Any
NEAR = 30  # quotients of sums are above exp(-2 * 30) then: far from the smallest float32, 1e-38
FEW = 1 << 11  # elements, up to which it takes longer to look than to subtract
LARGE = 1 << 18  # elements, from which on the threads gain more than they cost


def softmax(x: Array, axis: int) -> Array:
    """``exp(x)`` over its sum along `axis`."""
    out = np.empty_like(x)

    def some(part: Any) -> None:
        exps, numbers = out[part], x[part]
        np.exp(numbers if _near(numbers) else _below(numbers, axis, exps), out=exps)
        exps *= np.reciprocal(_total(exps, axis))

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

    `labels` has size 1 along `axis`, and so have the losses and the sums.
    """
    exps, truth = np.empty_like(x), places(labels, axis)
    if x.size < LARGE or x.ndim < 2:
        return *silent.run(_cross_entropies, x, exps, truth, axis), exps, truth
    losses, total = np.empty(labels.shape, x.dtype), np.empty(labels.shape, x.dtype)

    def some(part: Any) -> None:
        losses[part], total[part] = _cross_entropies(
            x[part], exps[part], places(labels[part], axis), axis
        )

    _by_parts(some, x, axis)
    return losses, total, exps, truth


def _cross_entropies(x: Array, exps: Array, truth: Any, axis: int) -> tuple[Array, Array]:
    if _near(x):
        np.exp(x, out=exps)
        total = _total(exps, axis)
        return np.log(total / exps[truth]), total
    losses = -_below(x, axis, exps)[truth]
    np.exp(exps, out=exps)
    total = _total(exps, axis)
    losses += np.log(total)
    return losses, total


def _near(x: Array) -> bool:
    """Whether the numbers, of which there are many, need no shift; not if one is nan."""
    if x.size <= FEW or x.dtype == np.float16:  # which ends at exp(11)
        return False
    return bool(x.min() > -NEAR) and bool(x.max() < NEAR)


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
