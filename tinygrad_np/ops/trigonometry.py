"""Trigonometric and hyperbolic functions, element by element, of angles in radians.

Outside of its domain a function is nan, and where it grows without bound inf: no warnings.
"""

from __future__ import annotations

import math

import numpy as np

from tinygrad_np.kernels.elementwise import compute
from tinygrad_np.kernels.silence import silent
from tinygrad_np.ops.choice import where
from tinygrad_np.ops.elementwise import mul
from tinygrad_np.ops.exponential import rsqrt
from tinygrad_np.ops.shape import raw
from tinygrad_np.tape.op import Array, op
from tinygrad_np.tape.out import takes_out

__all__ = [
    "acos",
    "acosh",
    "arccos",
    "arccosh",
    "arcsin",
    "arcsinh",
    "arctan",
    "arctan2",
    "arctanh",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "cos",
    "cosh",
    "deg2rad",
    "hypot",
    "rad2deg",
    "sin",
    "sinh",
    "tan",
    "tanh",
]


@op(promote=float, ufunc=np.sin)
def sin(input: Array) -> Array:
    """The sine.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.sin(tg.tensor([0.0, 1.0]))
    tensor([0.0000, 0.8415])
    """
    return compute(np.sin, input, steps=2)


@sin.backward("input")
def _(grad: Array, input: Array) -> Array:
    return grad * cos(input)


@op(promote=float, ufunc=np.cos)
def cos(input: Array) -> Array:
    """The cosine.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.cos(tg.tensor([0.0, 1.0]))
    tensor([1.0000, 0.5403])
    """
    return compute(np.cos, input, steps=2)


cos.backward(input=lambda grad, input: -grad * sin(input))


@op(promote=float)
def tan(input: Array) -> Array:
    """The tangent.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.tan(tg.tensor([0.0, 1.0]))
    tensor([0.0000, 1.5574])
    """
    return silent.run(np.tan, input)


tan.backward(input=lambda grad, out: grad * (1 + out * out))


@op(promote=float)
def asin(input: Array) -> Array:
    """The arc sine, in [-pi/2, pi/2], of values in [-1, 1].

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.asin(tg.tensor([0.0, 1.0]))
    tensor([0.0000, 1.5708])
    """
    return silent.run(np.arcsin, input)


asin.backward(input=lambda grad, input: grad * rsqrt(1 - input * input))


@op(promote=float)
def acos(input: Array) -> Array:
    """The arc cosine, in [0, pi], of values in [-1, 1].

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.acos(tg.tensor([0.0, 1.0]))
    tensor([1.5708, 0.0000])
    """
    return silent.run(np.arccos, input)


acos.backward(input=lambda grad, input: -grad * rsqrt(1 - input * input))


@op(promote=float)
def atan(input: Array) -> Array:
    """The arc tangent, in (-pi/2, pi/2).

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.atan(tg.tensor([0.0, 1.0]))
    tensor([0.0000, 0.7854])
    """
    return silent.run(np.arctan, input)


atan.backward(input=lambda grad, input: grad / (1 + input * input))


@op(promote=float)
def atan2(input: Array, other: Array) -> Array:
    """The angle, in [-pi, pi], of the point at y = `input` and x = `other`.

    At the origin the gradients are 0.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.atan2(tg.tensor([1.0, 0.0]), tg.tensor([1.0, -1.0]))
    tensor([0.7854, 3.1416])
    """
    return np.arctan2(input, other)


atan2.backward(
    input=lambda grad, input, other: grad * (other / _square_of_distance(input, other)),
    other=lambda grad, input, other: -grad * (input / _square_of_distance(input, other)),
)


def _square_of_distance(a: Array, b: Array) -> Array:
    """From the origin; 1 at the origin, by which a 0 may be divided."""
    square = a * a + b * b
    return where(square == 0, 1.0, square)


@op(promote=float)
def hypot(input: Array, other: Array) -> Array:
    """``sqrt(input**2 + other**2)`` without overflow; the gradients at (0, 0) are nan.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.hypot(tg.tensor([3.0, 5.0]), tg.tensor([4.0, 12.0]))
    tensor([ 5., 13.])
    """
    return silent.run(np.hypot, input, other)


hypot.backward(
    input=lambda grad, input, out: grad * (input / out),
    other=lambda grad, other, out: grad * (other / out),
)


@op(promote=float)
def sinh(input: Array) -> Array:
    """The hyperbolic sine.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.sinh(tg.tensor([0.0, 1.0]))
    tensor([0.0000, 1.1752])
    """
    return silent.run(np.sinh, input)


@sinh.backward("input")
def _(grad: Array, input: Array) -> Array:
    return grad * cosh(input)


@op(promote=float)
def cosh(input: Array) -> Array:
    """The hyperbolic cosine.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.cosh(tg.tensor([0.0, 1.0]))
    tensor([1.0000, 1.5431])
    """
    return silent.run(np.cosh, input)


cosh.backward(input=lambda grad, input: grad * sinh(input))


@op(promote=float, ufunc=np.tanh)
def tanh(input: Array) -> Array:
    """The hyperbolic tangent.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.tanh(tg.tensor([0.0, 1.0]))
    tensor([0.0000, 0.7616])
    """
    return compute(np.tanh, input, steps=2)


tanh.backward(input=lambda grad, out: grad * (1 - out * out))


@op(promote=float)
def asinh(input: Array) -> Array:
    """The inverse hyperbolic sine.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.asinh(tg.tensor([0.0, 1.0]))
    tensor([0.0000, 0.8814])
    """
    return silent.run(np.arcsinh, input)


asinh.backward(input=lambda grad, input: grad * rsqrt(input * input + 1))


@op(promote=float)
def acosh(input: Array) -> Array:
    """The inverse hyperbolic cosine, of values from 1.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.acosh(tg.tensor([1.0, 2.0]))
    tensor([0.0000, 1.3170])
    """
    return silent.run(np.arccosh, input)


@acosh.backward("input")
def _(grad: Array, input: Array) -> Array:
    if raw(input).dtype.kind == "c":  # where the root of the product is not that of its factors
        return grad * (rsqrt(input - 1) * rsqrt(input + 1))
    return grad * rsqrt(input * input - 1)


@op(promote=float)
def atanh(input: Array) -> Array:
    """The inverse hyperbolic tangent, of values in (-1, 1).

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.atanh(tg.tensor([0.0, 0.5]))
    tensor([0.0000, 0.5493])
    """
    return silent.run(np.arctanh, input)


atanh.backward(input=lambda grad, input: grad / (1 - input * input))


arcsin, arccos, arctan, arctan2 = asin, acos, atan, atan2
arcsinh, arccosh, arctanh = asinh, acosh, atanh


@takes_out
def deg2rad(input: Array) -> Array:
    """Degrees as radians, ``input * pi / 180``.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.deg2rad(tg.tensor([180.0, 90.0]))
    tensor([3.1416, 1.5708])
    """
    return mul(input, math.pi / 180)


@takes_out
def rad2deg(input: Array) -> Array:
    """Radians as degrees, ``input * 180 / pi``.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.rad2deg(tg.tensor([0.0, tg.pi]))
    tensor([  0., 180.])
    """
    return mul(input, 180 / math.pi)
