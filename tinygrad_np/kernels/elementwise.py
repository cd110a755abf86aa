"""Element by element, in several threads where arrays are large.

Large arrays are computed part by part along their first dimension. A part stays in the caches, so
that a function of several steps goes through memory once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tinygrad_np.kernels import threads
from tinygrad_np.kernels.silence import silent

__all__ = ["compute", "split"]

Array = Any
LARGE = 1 << 19  # elements, from which on the threads gain more than they cost
PART = 1 << 18  # with less, the threads wait for each other's turns at the interpreter


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
    count, out = len(first), np.empty_like(first)
    for other in operands[1:]:
        if isinstance(other, np.ndarray) and (
            other.dtype != first.dtype or not _fits(other.shape, first.shape)
        ):
            return silent.run(function, *operands)

    def some(part: slice) -> None:
        parts = [
            o[part] if isinstance(o, np.ndarray) and o.ndim == first.ndim and len(o) == count else o
            for o in operands
        ]
        function(*parts, out=out[part])

    threads.run(some, split(count, first.size))
    return out


def split(count: int, size: int) -> list[slice]:
    """Equal parts of `count` rows that have `size` elements together; an even number of them."""
    step = -(-count // (2 * -(-size // (2 * PART))))
    return [slice(i, i + step) for i in range(0, count, step)]


def _fits(shape: tuple[int, ...], whole: tuple[int, ...]) -> bool:
    """Whether a shape broadcasts to `whole`."""
    return len(shape) <= len(whole) and all(
        n in (1, m) for n, m in zip(reversed(shape), reversed(whole))
    )
