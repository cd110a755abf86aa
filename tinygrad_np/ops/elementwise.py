"""Elementwise operations: arithmetic, powers, exponentials, comparisons."""

from __future__ import annotations

import numpy as np

from tinygrad_np.tape.op import Array, op


@op(promote=True)
def add(input: Array, other: Array, *, alpha: float = 1) -> Array:
    """``input + alpha * other``."""
    return np.add(input, other if alpha == 1 else np.multiply(other, alpha))


add.backward(
    input=lambda grad: grad,
    other=lambda grad, alpha: grad if alpha == 1 else grad * alpha,
)


@op(promote=True)
def sub(input: Array, other: Array, *, alpha: float = 1) -> Array:
    """``input - alpha * other``."""
    return np.subtract(input, other if alpha == 1 else np.multiply(other, alpha))


sub.backward(
    input=lambda grad: grad,
    other=lambda grad, alpha: grad * -alpha,
)


@op(promote=True)
def mul(input: Array, other: Array) -> Array:
    """``input * other``."""
    return np.multiply(input, other)


mul.backward(
    input=lambda grad, other: grad * other,
    other=lambda grad, input: grad * input,
)


@op
def neg(input: Array) -> Array:
    """``-input``."""
    return np.negative(input)


neg.backward(input=lambda grad: -grad)


@op(promote=float)
def exp(input: Array) -> Array:
    """``e ** input``."""
    return np.exp(input)


exp.backward(input=lambda grad, out: grad * out)


@op(promote=float)
def tanh(input: Array) -> Array:
    """The hyperbolic tangent."""
    return np.tanh(input)


tanh.backward(input=lambda grad, out: grad * (1 - out * out))
