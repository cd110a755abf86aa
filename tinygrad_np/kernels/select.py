"""`np.where` without branches.

NumPy's loop branches on each element; where the condition follows no pattern, which is what the
signs of activations look like, the processor guesses half of them wrong: 5 ns an element.
Multiplying the bits, taken for an integer, by 1 or 0 takes 0.2 to 0.5 ns whatever the condition.
"""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["masked", "select"]

Array = Any  # an ndarray

_SMALL = 2048  # elements, below which the calls cost more than the wrong guesses
_BITS: dict[int, Any] = {2: np.dtype(np.int16), 4: np.dtype(np.int32), 8: np.dtype(np.int64)}


def masked(x: Array, condition: Array, out: Array | None = None) -> Array:
    """An array of floats where a condition of its shape holds, 0 elsewhere, whatever was there.

    Examples
    --------
    >>> masked(np.array([1.0, np.inf]), np.array([True, False]))
    array([1., 0.])
    """
    bits = _BITS[x.dtype.itemsize]
    kept = condition.astype(bits)  # 1 or 0; to widen it on the way takes longer
    np.multiply(x.view(bits), kept, out=kept if out is None else out.view(bits))
    return kept.view(x.dtype) if out is None else out


def select(condition: Array, a: Any, b: Any) -> Array:
    """``np.where(condition, a, b)``.

    Parameters
    ----------
    condition : ndarray of bool
    a, b : ndarray or number
        One of them an array; of one dtype if both are.

    Examples
    --------
    >>> select(np.array([True, False]), np.array([1.0, 2.0]), 0.0)
    array([1., 0.])
    """
    value = a if isinstance(a, np.ndarray) else b
    if max(condition.size, np.size(value)) < _SMALL or value.dtype.kind != "f":
        return np.where(condition, a, b)
    bits = _BITS[value.dtype.itemsize]
    first, second = (np.asarray(v, value.dtype).view(bits) for v in (a, b))
    result: Array = (first ^ second) * np.asarray(condition, bits)
    return (result ^ second).view(value.dtype)
