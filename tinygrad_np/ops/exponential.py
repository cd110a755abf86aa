"""Powers, roots, exponentials and logarithms, element by element.

Where the result is not a real number it is nan, and inf where it is too large: no warnings.
"""

from __future__ import annotations

import math
import operator
from typing import Any

import numpy as np

from tinygrad_np.kernels.elementwise import compute
from tinygrad_np.kernels.silence import silent
from tinygrad_np.ops.choice import where
from tinygrad_np.ops.rounding import zero
from tinygrad_np.ops.shape import raw
from tinygrad_np.tape.op import Array, op
from tinygrad_np.tape.out import takes_out

__all__ = [
    "exp",
    "exp2",
    "expm1",
    "log",
    "log10",
    "log1p",
    "log2",
    "logaddexp",
    "pow",
    "rsqrt",
    "sigmoid",
    "sqrt",
    "square",
    "xlogy",
]


@op(promote=True)
def pow(input: Array, exponent: Array) -> Array:
    """``input ** exponent``.

    Parameters
    ----------
    input, exponent : Tensor or number
        Of shapes that broadcast together. ``0 ** 0`` is 1; a negative base with a fractional
        exponent gives nan.

    Returns
    -------
    Tensor
        Of the common dtype. Its gradients: where `exponent` is 0 that of `input` is 0; where
        `input` is 0 that of a non-negative `exponent` is 0, and of a negative one -inf.

    Raises
    ------
    RuntimeError
        For integers and a negative number as the exponent, and for two bool tensors.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.pow(tg.tensor([1.0, 2.0, 3.0]), 2), tg.pow(2, tg.tensor([0.0, -1.0]))
    (tensor([1., 4., 9.]), tensor([1.0000, 0.5000]))
    """
    if isinstance(exponent, np.ndarray):
        if exponent.dtype.kind not in "fuc":
            return _integer_power(input, exponent)
    elif exponent == 3:
        return silent.run(_cube, input)  # 50 times as fast
    try:
        return silent.run(operator.pow, input, exponent)
    except ValueError:
        raise RuntimeError(
            f"integers are not raised to a negative power, got {exponent}; "
            "convert the base with .float() first"
        ) from None
    except OverflowError as error:
        if isinstance(exponent, np.ndarray):
            raise
        raise RuntimeError(f"value cannot be converted without overflow: {error}") from None


@pow.backward("input")
def _(grad: Array, input: Array, exponent: Array) -> Array:
    if not isinstance(exponent, (int, float, complex)):
        return where(exponent == 0, 0.0, grad * (exponent * input ** (exponent - 1)))
    return grad * (exponent * input ** (exponent - 1)) if exponent else zero(grad)


@pow.backward("exponent")
def _(grad: Array, input: Array, exponent: Array, out: Array) -> Array:
    return where((input == 0) & (exponent == 0), 0.0, grad * xlogy(out, input))


def _cube(x: Array) -> Array:
    return x * x * x


def _integer_power(base: Any, exponent: Array) -> Array:
    """Rounded towards zero: of the powers with a negative exponent 1 and -1 remain."""
    if exponent.dtype.kind == "b":
        raise RuntimeError("pow is not defined for bool tensors; convert one with .int() first")
    power = np.power(base, np.where(exponent < 0, exponent & 1, exponent))
    return np.where((exponent >= 0) | (np.abs(base) == 1), power, 0)


@takes_out
def square(input: Any) -> Any:
    """``input ** 2``.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.square(tg.tensor([-3.0, 4.0]))
    tensor([ 9., 16.])
    """
    return pow(input, 2)


@op(promote=float, ufunc=np.sqrt)
def sqrt(input: Array) -> Array:
    """The square root; at 0 its gradient is inf, below 0 it is nan.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.sqrt(tg.tensor([4.0, 0.0, -1.0]))
    tensor([2., 0., nan])
    """
    return compute(np.sqrt, input, steps=2)


sqrt.backward(input=lambda grad, out: grad / (2 * out))


@op(promote=float)
def rsqrt(input: Array) -> Array:
    """``1 / sqrt(input)``.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.rsqrt(tg.tensor([4.0, 0.25]))
    tensor([0.5000, 2.0000])
    """
    return silent.run(np.reciprocal, silent.run(np.sqrt, input))


rsqrt.backward(input=lambda grad, out: grad * (out * out * out * -0.5))


@op(promote=float, ufunc=np.exp)
def exp(input: Array) -> Array:
    """``e ** input``.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.exp(tg.tensor([0.0, 1.0, -1000.0]))
    tensor([1.0000, 2.7183, 0.0000])
    """
    return compute(np.exp, input, steps=2)


exp.backward(input=lambda grad, out: grad * out)


@op(promote=float)
def exp2(input: Array) -> Array:
    """``2 ** input``.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.exp2(tg.tensor([0, 3, -1]))
    tensor([1.0000, 8.0000, 0.5000])
    """
    return silent.run(np.exp2, input)


exp2.backward(input=lambda grad, out: grad * (out * math.log(2)))


@op(promote=float)
def expm1(input: Array) -> Array:
    """``exp(input) - 1``, exact for small values.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.expm1(tg.tensor([0.0, 1.0]))
    tensor([0.0000, 1.7183])
    """
    return silent.run(np.expm1, input)


expm1.backward(input=lambda grad, out: grad * (out + 1))


@op(promote=float)
def sigmoid(input: Array) -> Array:
    """``1 / (1 + exp(-input))``.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.sigmoid(tg.tensor([0.0, 2.0, -1000.0]))
    tensor([0.5000, 0.8808, 0.0000])
    """
    out = np.asarray(np.negative(input))
    silent.run(np.exp, out, out)
    out += 1
    return np.reciprocal(out, out)


sigmoid.backward(input=lambda grad, out: grad * (out * (1 - out)))


@op(promote=float, ufunc=np.log)
def log(input: Array) -> Array:
    """The natural logarithm: -inf at 0, nan below.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.log(tg.tensor([1.0, 2.0, 0.0]))
    tensor([0.0000, 0.6931,   -inf])
    """
    return compute(np.log, input, steps=2)


log.backward(input=lambda grad, input: grad / input)


@op(promote=float)
def log2(input: Array) -> Array:
    """The logarithm to base 2.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.log2(tg.tensor([8.0, 0.5]))
    tensor([ 3., -1.])
    """
    return silent.run(np.log2, input)


log2.backward(input=lambda grad, input: grad / (input * math.log(2)))


@op(promote=float)
def log10(input: Array) -> Array:
    """The logarithm to base 10.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.log10(tg.tensor([100.0, 0.5]))
    tensor([ 2.0000, -0.3010])
    """
    return silent.run(np.log10, input)


log10.backward(input=lambda grad, input: grad / (input * math.log(10)))


@op(promote=float)
def log1p(input: Array) -> Array:
    """``log(1 + input)``, exact for small values.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.log1p(tg.tensor([0.0, 1.0]))
    tensor([0.0000, 0.6931])
    """
    return silent.run(np.log1p, input)


log1p.backward(input=lambda grad, input: grad / (input + 1))


@op(promote=float)
def logaddexp(input: Array, other: Array) -> Array:
    """``log(exp(input) + exp(other))`` without overflow.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.logaddexp(tg.tensor([0.0, 1000.0]), tg.tensor([0.0, 1000.0]))
    tensor([6.9315e-01, 1.0007e+03])
    """
    return silent.run(np.logaddexp, input, other)


logaddexp.backward(
    input=lambda grad, input, other: grad * sigmoid(input - other),
    other=lambda grad, input, other: grad * sigmoid(other - input),
)


@op(promote=float)
@np.errstate(all="ignore")
def xlogy(input: Array, other: Array) -> Array:
    """``input * log(other)``, and 0 where `input` is 0 unless `other` is nan.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.xlogy(tg.tensor([0.0, 2.0]), tg.tensor([0.0, 3.0]))
    tensor([0.0000, 2.1972])
    """
    out = input * np.log(other, dtype=np.result_type(input, other))
    return np.where(np.equal(input, 0) & ~np.isnan(other), 0, out)


@xlogy.backward("input")
def _(grad: Array, input: Array, other: Array) -> Array:
    if not np.iscomplexobj(raw(grad)):
        return where((input == 0) & (other <= 0), 0.0, xlogy(grad, other))
    if not np.iscomplexobj(raw(other)):
        other = other + 0j  # numbers below 0 have a logarithm then
    return where((input == 0) & (other == 0), 0.0, xlogy(grad, other))


xlogy.backward(other=lambda grad, input, other: grad * (input / other))
