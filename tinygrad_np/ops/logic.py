"""Logical operations on the truth of values, and bitwise ones on integers and bools."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_np.tape.op import Array, op

__all__ = [
    "bitwise_and",
    "bitwise_left_shift",
    "bitwise_not",
    "bitwise_or",
    "bitwise_right_shift",
    "bitwise_xor",
    "logical_and",
    "logical_not",
    "logical_or",
    "logical_xor",
]


@op
def logical_and(input: Array, other: Array) -> Array:
    """Whether both are true, that is not 0.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.logical_and(tg.tensor([0, 1, 2]), tg.tensor([True, True, False]))
    tensor([False,  True, False])
    """
    return np.logical_and(input, other)


@op
def logical_or(input: Array, other: Array) -> Array:
    """Whether one of the two is true, that is not 0.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.logical_or(tg.tensor([0, 1, 2]), tg.tensor([False, True, False]))
    tensor([False,  True,  True])
    """
    return np.logical_or(input, other)


@op
def logical_xor(input: Array, other: Array) -> Array:
    """Whether just one of the two is true, that is not 0.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.logical_xor(tg.tensor([0, 1, 2]), tg.tensor([True, True, False]))
    tensor([ True, False,  True])
    """
    return np.logical_xor(input, other)


@op
def logical_not(input: Array) -> Array:
    """Whether a value is 0.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.logical_not(tg.tensor([0.0, 1.5]))
    tensor([ True, False])
    """
    return np.logical_not(input)


@op(promote=True)
def bitwise_and(input: Array, other: Array) -> Array:
    """The bits that both have; RuntimeError for floats.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.bitwise_and(tg.tensor([6, 12]), 10)
    tensor([2, 8])
    """
    return _of_integers(np.bitwise_and, input, other)


@op(promote=True)
def bitwise_or(input: Array, other: Array) -> Array:
    """The bits that one of the two has; RuntimeError for floats.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.bitwise_or(tg.tensor([6, 12]), 10)
    tensor([14, 14])
    """
    return _of_integers(np.bitwise_or, input, other)


@op(promote=True)
def bitwise_xor(input: Array, other: Array) -> Array:
    """The bits that just one of the two has; RuntimeError for floats.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.bitwise_xor(tg.tensor([6, 12]), 10)
    tensor([12,  6])
    """
    return _of_integers(np.bitwise_xor, input, other)


@op
def bitwise_not(input: Array) -> Array:
    """Each bit turned round, for bools their negation; TypeError for floats.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.bitwise_not(tg.tensor([0, 5])), tg.bitwise_not(tg.tensor([True, False]))
    (tensor([-1, -6]), tensor([False,  True]))
    """
    if input.dtype.kind in "fc":
        raise TypeError(
            f"bitwise_not (the ~ operator) needs integers or bools, got {input.dtype} of shape "
            f"{list(input.shape)}"
        )
    return np.invert(input)


@op(promote=True)
def bitwise_left_shift(input: Array, other: Array) -> Array:
    """``input * 2 ** other`` for integers; RuntimeError for floats.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.bitwise_left_shift(tg.tensor([1, 3]), 2)
    tensor([ 4, 12])
    """
    return _of_integers(np.left_shift, input, other)


@op(promote=True)
def bitwise_right_shift(input: Array, other: Array) -> Array:
    """``input / 2 ** other`` for integers, rounded downwards; RuntimeError for floats.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.bitwise_right_shift(tg.tensor([8, -5]), 1)
    tensor([ 4, -3])
    """
    return _of_integers(np.right_shift, input, other)


def _of_integers(function: np.ufunc, input: Any, other: Any) -> Array:
    try:
        return function(input, other)
    except TypeError:
        raise NotImplementedError(
            f"{function.__name__} needs integers or bools, got {np.result_type(input, other)}; "
            "convert with .long()"
        ) from None
