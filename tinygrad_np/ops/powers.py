"""Powers of 2 and what is made of them: the parts of floating point numbers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tinygrad_np import dtypes, return_types
from tinygrad_np.kernels.silence import silent
from tinygrad_np.ops.cast import cast
from tinygrad_np.ops.exponential import pow, sigmoid
from tinygrad_np.ops.rounding import zero
from tinygrad_np.ops.shape import raw
from tinygrad_np.tape.graph import make
from tinygrad_np.tape.inplace import inplace
from tinygrad_np.tape.op import Array, op
from tinygrad_np.tape.out import takes_out

__all__ = ["float_power", "frexp", "ldexp", "logaddexp2", "nextafter"]


@takes_out
def float_power(input: Any, exponent: Any) -> Any:
    """``input ** exponent``, computed and returned in float64, or complex128 of complex numbers.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.float_power(tg.tensor([2, 4]), -1)
    tensor([0.5000, 0.2500], dtype=torch.float64)
    """
    wide = dtypes.float64
    if "c" in (np.asarray(raw(v)).dtype.kind for v in (input, exponent)):
        wide = dtypes.complex128
    return pow(*(cast(v, wide) if hasattr(v, "dtype") else v for v in (input, exponent)))


def float_power_(input: Any, exponent: Any) -> Any:
    """`float_power` in place; RuntimeError unless the tensor has the dtype of the result."""
    value = float_power(input, exponent)
    if value.dtype != input.dtype:
        raise RuntimeError(
            f"float_power_: the tensor has dtype {input.dtype}, but the result has {value.dtype}"
        )
    return _float_power_(input, exponent)


_float_power_ = inplace(float_power)


def _with_exponent(values: list[Any]) -> list[Any]:
    """A number in the dtype of the result, and an exponent that stays one of integers."""
    number, exponent = (np.asarray(v) for v in values)
    if exponent.dtype.kind in "fc":
        return dtypes.promoted(values, floating=True)
    return [*dtypes.promoted([number], floating=True), exponent]


@op(promote=_with_exponent)
def ldexp(input: Array, other: Array) -> Array:
    """``input * 2 ** other``, exact for integers in `other`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.ldexp(tg.tensor([1.0, 3.0]), tg.tensor([4, -1]))
    tensor([16.0000,  1.5000])
    """
    if np.asarray(other).dtype.kind in "fc" or input.dtype.kind == "c":
        return silent.run(np.multiply, input, 2.0**other)
    return silent.run(np.ldexp, input, other)


ldexp.backward(
    input=lambda grad, other: grad * pow(2.0, other),
    other=lambda grad, out: grad * out * math.log(2),
)


@op(promote=float)
def logaddexp2(input: Array, other: Array) -> Array:
    """``log2(2 ** input + 2 ** other)`` without overflow.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.logaddexp2(tg.tensor([0.0, 1000.0]), tg.tensor([0.0, 1000.0]))
    tensor([1.0000e+00, 1.0010e+03])
    """
    return silent.run(np.logaddexp2, input, other)


logaddexp2.backward(
    input=lambda grad, input, other: grad * sigmoid((input - other) * math.log(2)),
    other=lambda grad, input, other: grad * sigmoid((other - input) * math.log(2)),
)


def frexp(input: Any) -> Any:
    """The parts of floating point numbers: ``input == mantissa * 2 ** exponent``.

    Returns
    -------
    (mantissa, exponent)
        A named tuple: numbers from 0.5 to 1, or 0, with the sign of `input`, and int32.

    Raises
    ------
    RuntimeError
        For integers.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> mantissa, exponent = tg.frexp(tg.tensor([6.0, 0.25]))
    >>> mantissa, exponent
    (tensor([0.7500, 0.5000]), tensor([ 3, -1], dtype=torch.int32))
    """
    array = raw(input)
    if array.dtype.kind != "f":
        raise RuntimeError(f"torch.frexp() only supports floating-point dtypes, got {input.dtype}")
    exponent = np.frexp(array)[1]
    return return_types.frexp(_mantissa(input), make(np.asarray(exponent, np.int32)))


@op(aux=True)
def _mantissa(input: Array) -> Any:
    return np.frexp(input)


_mantissa.backward(input=lambda grad, aux: grad * np.exp2(-aux))


@op(promote=True)
def nextafter(input: Array, other: Array) -> Array:
    """The number next to `input` on the way to `other`; NotImplementedError for integers.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.nextafter(tg.tensor(1.0), tg.tensor(2.0)) - 1 == tg.finfo(tg.float32).eps
    tensor(True)
    """
    if input.dtype.kind != "f":
        raise NotImplementedError(f"nextafter is not implemented for {input.dtype}")
    return silent.run(np.nextafter, input, other)


nextafter.backward(
    input=lambda grad, input, other: grad * (raw(input) != raw(other)),
    other=lambda grad: zero(grad),
)
