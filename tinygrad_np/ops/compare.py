"""Comparisons and tests of values; their results are bools and carry no gradient."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_np.tape.graph import TensorBase, make
from tinygrad_np.tape.op import Array, op
from tinygrad_np.tape.refuse import looked_at

__all__ = [
    "allclose",
    "eq",
    "equal",
    "ge",
    "greater",
    "greater_equal",
    "gt",
    "isclose",
    "isfinite",
    "isin",
    "isinf",
    "isnan",
    "isneginf",
    "isposinf",
    "le",
    "less",
    "less_equal",
    "lt",
    "ne",
    "not_equal",
    "signbit",
]


@op(promote=True)
def eq(input: Array, other: Array) -> Array:
    """``input == other``, of tensors or numbers whose shapes broadcast together.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.eq(tg.tensor([1, 2]), tg.tensor([1, 3]))
    tensor([ True, False])
    """
    return np.equal(input, other)


@op(promote=True)
def ne(input: Array, other: Array) -> Array:
    """``input != other``.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.ne(tg.tensor([1, 2]), 2)
    tensor([ True, False])
    """
    return np.not_equal(input, other)


@op(promote=True)
def lt(input: Array, other: Array) -> Array:
    """``input < other``.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.lt(tg.tensor([1, 2]), 2)
    tensor([ True, False])
    """
    return np.less(input, other)


@op(promote=True)
def le(input: Array, other: Array) -> Array:
    """``input <= other``.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.le(tg.tensor([1, 2]), 1)
    tensor([ True, False])
    """
    return np.less_equal(input, other)


@op(promote=True)
def gt(input: Array, other: Array) -> Array:
    """``input > other``.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.gt(tg.tensor([1, 2]), 1)
    tensor([False,  True])
    """
    return np.greater(input, other)


@op(promote=True)
def ge(input: Array, other: Array) -> Array:
    """``input >= other``.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.ge(tg.tensor([1, 2]), 2)
    tensor([False,  True])
    """
    return np.greater_equal(input, other)


not_equal, less, less_equal, greater, greater_equal = ne, lt, le, gt, ge


@op
def isnan(input: Array) -> Array:
    """Whether each value is nan.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.isnan(tg.tensor([1.0, float("nan")]))
    tensor([False,  True])
    """
    return np.isnan(input)


@op
def isinf(input: Array) -> Array:
    """Whether each value is inf or -inf.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.isinf(tg.tensor([1.0, float("-inf")]))
    tensor([False,  True])
    """
    return np.isinf(input)


@op
def isfinite(input: Array) -> Array:
    """Whether each value is neither nan nor infinite.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.isfinite(tg.tensor([1.0, float("inf"), float("nan")]))
    tensor([ True, False, False])
    """
    return np.isfinite(input)


@op
def isposinf(input: Array) -> Array:
    """Whether each value is inf.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.isposinf(tg.tensor([float("inf"), float("-inf")]))
    tensor([ True, False])
    """
    return np.equal(input, np.inf)


@op
def isneginf(input: Array) -> Array:
    """Whether each value is -inf.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.isneginf(tg.tensor([float("inf"), float("-inf")]))
    tensor([False,  True])
    """
    return np.equal(input, -np.inf)


@op
def signbit(input: Array) -> Array:
    """Whether the sign of each value is minus, that of -0 included.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.signbit(tg.tensor([1.0, -0.0]))
    tensor([False,  True])
    """
    return np.signbit(input) if input.dtype.kind == "f" else np.less(input, 0)


@op
@np.errstate(all="ignore")
def isclose(
    input: Array, other: Array, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False
) -> Array:
    """Whether ``|input - other| <= atol + rtol * |other|``, or the two are equal.

    Parameters
    ----------
    input, other : Tensor
        Of one dtype, and of shapes that broadcast together.
    rtol, atol : float
        Not negative.
    equal_nan : bool, default False
        Whether nan is close to nan.

    Raises
    ------
    RuntimeError
        For two dtypes, or a negative tolerance.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.isclose(tg.tensor([1.0, 2.0]), tg.tensor([1.000001, 2.1]))
    tensor([ True, False])
    """
    same_dtype("isclose", input, other)
    if rtol < 0 or atol < 0:
        raise RuntimeError(f"isclose: rtol and atol must not be negative, got {rtol} and {atol}")
    return np.isclose(input, other, rtol, atol, equal_nan)


def allclose(
    input: Any, other: Any, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False
) -> bool:
    """Whether all values are close, as `isclose` has it.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.allclose(tg.tensor([1.0, 2.0]), tg.tensor([1.0, 2.1]))
    False
    """
    looked_at("allclose()")
    close = isclose(input, other, rtol=rtol, atol=atol, equal_nan=equal_nan)
    return bool((close._array if isinstance(close, TensorBase) else close).all())


def equal(input: Any, other: Any) -> bool:
    """Whether two tensors have the same shape and the same values.

    Raises
    ------
    TypeError
        For what is no tensor; a single number is one with `tensor(number)`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.equal(tg.tensor([1, 2]), tg.tensor([1, 2])), tg.equal(tg.tensor([1]), tg.tensor([1, 1]))
    (True, False)
    """
    for t in (input, other):
        if not isinstance(t, (TensorBase, np.ndarray)):
            raise TypeError(f"equal() compares tensors, got {type(t).__name__}: use tensor(...)")
    looked_at("equal()")
    a, b = (t._array if isinstance(t, TensorBase) else t for t in (input, other))
    return np.array_equal(a, b)


def isin(
    elements: Any, test_elements: Any, *, assume_unique: bool = False, invert: bool = False
) -> Any:
    """Whether each element is one of `test_elements`; of dtype bool.

    Parameters
    ----------
    elements, test_elements : Tensor or number
        At least one Tensor.
    assume_unique : bool, default False
        Whether neither has an element twice.
    invert : bool, default False
        Whether each is none of them.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.isin(tg.tensor([[1, 2], [3, 4]]), tg.tensor([2, 3]))
    tensor([[False,  True],
            [ True, False]])
    """
    a, b = (t._array if isinstance(t, TensorBase) else t for t in (elements, test_elements))
    return make(np.asarray(np.isin(a, b, assume_unique=assume_unique, invert=invert)))


def same_dtype(name: str, input: Any, other: Any) -> None:
    """RuntimeError unless two tensors or arrays have one dtype; numbers have any."""
    if len({v.dtype for v in (input, other) if hasattr(v, "dtype")}) > 1:
        raise RuntimeError(
            f"{name} expects two tensors of one dtype, got {input.dtype} and {other.dtype}; "
            "convert one with .to(other.dtype)"
        )
