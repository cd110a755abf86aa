"""`np.where` without branches.

NumPy's loop branches on each element; where the condition follows no pattern, which is what the
signs of activations look like, the processor guesses half of them wrong: 5 ns an element.
Combining the bits takes 0.6 to 1.3 ns whatever the condition.
"""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["select"]

Array = Any  # an ndarray

_SMALL = 2048  # elements, below which the calls cost more than the wrong guesses
_BITS: dict[int, Any] = {2: np.dtype(np.int16), 4: np.dtype(np.int32), 8: np.dtype(np.int64)}


def select(condition: Array, a: Any, b: Any, out: Array | None = None) -> Array:
    """``np.where(condition, a, b)``.

    Parameters
    ----------
    condition : ndarray of bool
    a, b : ndarray or number
        One of them an array; of one dtype if both are.
    out : ndarray, optional
        Takes the result; of its shape and dtype.

    Examples
    --------
    >>> select(np.array([True, False]), np.array([1.0, 2.0]), 0.0)
    array([1., 0.])
    """
    value = a if isinstance(a, np.ndarray) else b
    if max(condition.size, np.size(value)) < _SMALL or value.dtype.kind != "f":
        found = np.where(condition, a, b)
        if out is None:
            return found
        out[...] = found
        return out
    shape = np.broadcast(condition, a, b).shape
    bits = _BITS[value.dtype.itemsize]
    number = np.array(condition).view(np.int8)
    np.negative(number, out=number)
    mask = np.broadcast_to(number, shape).astype(bits)  # of all bits or none
    result = mask if out is None else out.view(bits)
    first, second = (np.asarray(v, value.dtype).view(bits) for v in (a, b))
    if second.ndim == 0 and second == 0:
        np.bitwise_and(mask, first, out=result)
    else:
        mask &= first ^ second
        np.bitwise_xor(mask, second, out=result)
    return result.view(value.dtype)
