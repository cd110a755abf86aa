"""Element by element, in several threads where arrays are large.

Large arrays are computed part by part, in the order of their memory. A part stays in the caches,
so that a function of several steps goes through memory once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tinygrad_np.kernels import layout, threads
from tinygrad_np.kernels.silence import silent

__all__ = ["compute", "relu", "split"]

Array = Any
LARGE = 1 << 19  # elements, from which on the threads gain more than they cost
PART = 1 << 19  # with less, the threads wait for each other at the interpreter: 20 us a call
_ZEROS = np.zeros(1 << 13, np.float32)


def compute(function: Callable[..., Array], *operands: Array, steps: int = 1) -> Array:
    """``function(*operands)``, a ufunc or another function of elements that takes ``out=``.

    Parameters
    ----------
    function : callable
        Its result has the dtype that the operands have.
    operands : ndarray or number
        The others broadcast to the first, if that is large.
    steps : int, default 1
        About how many ufuncs the function takes: with more, fewer elements are worth sharing.
    """
    first = operands[0]
    if type(first) is not np.ndarray or first.size * steps < LARGE:
        return silent.run(function, *operands)
    at = [i for i, o in enumerate(operands) if isinstance(o, np.ndarray)]
    if not all(_fits(operands[i], first) for i in at):
        return silent.run(function, *operands)
    out = np.empty_like(first)
    alike = (operands[i].reshape(layout.padded(operands[i].shape, first.ndim)) for i in at)
    views = layout.joined([*alike, out])
    if views is None:
        return silent.run(function, *operands)
    *views, target = layout.widened(views)
    count, given = len(target), list(operands)

    def some(part: slice) -> None:
        parts = given.copy()
        for i, view in zip(at, views):
            parts[i] = view if len(view) == 1 else view[part]
        function(*parts, out=target[part])

    threads.run(some, split(count, first.size))
    return out


def split(count: int, size: int) -> list[slice]:
    """Equal parts of `count` rows that have `size` elements together; an even number of them."""
    step = -(-count // (2 * -(-size // (2 * PART))))
    return [slice(i, i + step) for i in range(0, count, step)]


def _fits(other: Array, first: Array) -> bool:
    """Whether an array broadcasts to the shape of the first, and has its dtype."""
    shape, whole = other.shape, first.shape
    return (
        other.dtype == first.dtype
        and len(shape) <= len(whole)
        and all(n in (1, m) for n, m in zip(reversed(shape), reversed(whole)))
    )


def relu(x: Array, out: Array | None = None) -> Array:
    """``np.maximum(x, 0)``, in half the time: NumPy is slow with a number, and here has zeros."""
    if x.size < len(_ZEROS) or x.dtype != np.float32:
        return np.maximum(x, 0, out=out)
    if out is None:
        out = np.empty_like(x, order=layout.kept(x))
    flat, result = x.ravel("K"), out.ravel("K")
    if result.base is None:  # a copy
        return np.maximum(x, 0, out=out)
    rest = x.size % len(_ZEROS)
    whole, rows = x.size - rest, (-1, len(_ZEROS))
    np.maximum(flat[:whole].reshape(rows), _ZEROS, out=result[:whole].reshape(rows))
    np.maximum(flat[whole:], _ZEROS[:rest], out=result[whole:])
    return out
