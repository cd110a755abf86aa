"""Sums and products, signs and sizes, element by element."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from tinygrad_np import dtypes
from tinygrad_np.kernels.elementwise import compute
from tinygrad_np.kernels.silence import silent
from tinygrad_np.ops.rounding import zero
from tinygrad_np.tape.op import Array, op

__all__ = [
    "abs",
    "absolute",
    "add",
    "mul",
    "multiply",
    "neg",
    "negative",
    "positive",
    "rsub",
    "sign",
    "sub",
    "subtract",
]


@op(promote=True, ufunc=np.add)
def add(input: Array, other: Array, *, alpha: float = 1) -> Array:
    """``input + alpha * other``.

    Parameters
    ----------
    input, other : Tensor or number
        Of shapes that broadcast together.
    alpha : number, default 1
        An integer where the result is one; for bools all but 0 count as True.

    Returns
    -------
    Tensor
        Of the common dtype.

    Raises
    ------
    RuntimeError
        For an `alpha` that is a float where the result is not, or a bool where it is not.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.add(tg.tensor([1.0, 2.0]), tg.tensor([[10.0], [20.0]]), alpha=2)
    tensor([[21., 22.],
            [41., 42.]])
    """
    if alpha != 1 or type(alpha) is not int:
        other = _times(alpha, input, other)
    return compute(np.add, input, other)


add.backward(
    input=lambda grad: grad,
    other=lambda grad, alpha: grad if alpha == 1 else grad * alpha,
)


def _without_bools(values: list[Any]) -> list[Any]:
    """The arguments of a subtraction in their common dtype; RuntimeError if one is bool."""
    bools = [np.asarray(v).dtype.kind == "b" for v in values]
    if all(bools):
        raise RuntimeError(
            "Subtraction, the `-` operator, with two bool tensors is not supported. Use the `^` "
            "or `logical_xor()` operator instead."
        )
    if any(bools):
        raise RuntimeError(
            "Subtraction, the `-` operator, with a bool tensor is not supported. If you are "
            "trying to invert a mask, use the `~` or `logical_not()` operator instead."
        )
    return dtypes.promoted(values)


@op(promote=_without_bools, ufunc=np.subtract)
def sub(input: Array, other: Array, *, alpha: float = 1) -> Array:
    """``input - alpha * other``.

    Parameters
    ----------
    input, other : Tensor or number
        Of shapes that broadcast together.
    alpha : number, default 1
        An integer where the result is one.

    Returns
    -------
    Tensor
        Of the common dtype.

    Raises
    ------
    RuntimeError
        For bools, and for an `alpha` that is a bool, or a float where the result is not.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.sub(tg.tensor([5, 7]), 2)
    tensor([3, 5])
    """
    if alpha != 1 or type(alpha) is not int:
        other = _times(alpha, input, other)
    return compute(np.subtract, input, other)


sub.backward(
    input=lambda grad: grad,
    other=lambda grad, alpha: -grad if alpha == 1 else grad * -alpha,
)


def rsub(input: Any, other: Any, *, alpha: float = 1) -> Any:
    """``other - alpha * input``: `sub` the other way round.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.rsub(tg.tensor([1.0, 2.0]), 10)
    tensor([9., 8.])
    """
    return sub(other, input, alpha=alpha)


@op(promote=True, ufunc=np.multiply)
def mul(input: Array, other: Array) -> Array:
    """``input * other``, of tensors or numbers whose shapes broadcast together.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.mul(tg.tensor([1.0, 2.0, 3.0]), 100)
    tensor([100., 200., 300.])
    """
    return compute(np.multiply, input, other)


mul.backward(
    input=lambda grad, other: grad * other,
    other=lambda grad, input: grad * input,
)


@op(ufunc=np.negative)
def neg(input: Array) -> Array:
    """``-input``; RuntimeError for bools.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.neg(tg.tensor([1.0, -2.0]))
    tensor([-1.,  2.])
    """
    try:
        return compute(np.negative, input)
    except TypeError:
        raise not_for_bools("neg", "~x") from None


neg.backward(input=lambda grad: -grad)


def positive(input: Any) -> Any:
    """``+input``: the tensor itself; RuntimeError for bools.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.positive(tg.tensor([1.0, -2.0]))
    tensor([ 1., -2.])
    """
    if input.dtype == np.bool_:
        raise not_for_bools("positive", "the tensor itself")
    return input


@op
def sign(input: Array) -> Array:
    """-1, 0 or 1 after the sign, 0 for nan; its gradient is zero.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.sign(tg.tensor([-1.5, 0.0, 2.0]))
    tensor([-1.,  0.,  1.])
    """
    if input.dtype.kind == "b":
        return input.copy()
    return np.subtract(input > 0, input < 0, dtype=input.dtype)


sign.backward(input=zero)


@op(ufunc=np.absolute)
def abs(input: Array) -> Array:
    """The absolute value, of complex numbers too; its gradient at 0 is 0.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.abs(tg.tensor([-1.5, 2.0]))
    tensor([1.5000, 2.0000])
    """
    if input.dtype.kind == "c":
        return silent.run(np.abs, input)
    return compute(np.abs, input)


@abs.backward("input")
def _(grad: Array, input: Array) -> Array:
    if grad.dtype == input.dtype:
        return grad * sign(input)
    size = abs(input)
    return grad * input.conj() / (size + (size == 0))  # for complex numbers: see tape/complex.py


absolute, multiply, negative, subtract = abs, mul, neg, sub


def _times(alpha: float, input: Any, other: Any) -> Any:
    """``other * alpha``; RuntimeError if `alpha` is of a larger kind than the result, or bool."""
    d = dtypes.result_dtype(input, other)
    kind = d.kind
    if isinstance(alpha, bool) and kind != "b":
        raise RuntimeError(
            f"Boolean alpha only supported for Boolean results, got {alpha}; give it as a number"
        )
    if isinstance(alpha, (float, complex)) and kind not in "fc":
        raise RuntimeError(
            "For integral input tensors, argument alpha must not be a floating point number, got "
            f"{alpha}; convert a tensor with .float() first"
        )
    if isinstance(alpha, complex) and kind != "c":
        raise RuntimeError(
            "For non-complex input tensors, argument alpha must not be a complex number, got "
            f"{alpha}"
        )
    if kind == "b":
        return other & bool(alpha)
    if kind in "iu":
        number = np.array(dtypes.fitting(alpha, d)).astype(d)
        return silent.run(operator.mul, np.array(other).astype(d), number)
    return silent.run(operator.mul, other, alpha)


def not_for_bools(name: str, instead: str) -> RuntimeError:
    return RuntimeError(
        f"{name} is not defined for bool tensors; use {instead}, or convert with .int() first"
    )
