"""Division and what it leaves, element by element."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_np.kernels.elementwise import compute
from tinygrad_np.kernels.silence import silent
from tinygrad_np.ops.elementwise import mul, not_for_bools
from tinygrad_np.ops.rounding import zero
from tinygrad_np.tape.op import Array, op
from tinygrad_np.tape.out import takes_out

__all__ = [
    "div",
    "divide",
    "floor_divide",
    "fmod",
    "reciprocal",
    "remainder",
    "true_divide",
]


@op(promote=float, ufunc=np.true_divide)
def _div(input: Array, other: Array) -> Array:
    return compute(np.true_divide, input, other)


_div.backward(
    input=lambda grad, other: grad / other,
    other=lambda grad, input, other: -grad * (input / other / other),
)


@op(promote=True)
def _floor_div(input: Array, other: Array) -> Array:
    return _divided(np.floor_divide, input, other)


_floor_div.backward(input=zero, other=zero)


@op(promote=True)
def _trunc_div(input: Array, other: Array) -> Array:
    rest = _divided(np.fmod, input, other)
    if rest.dtype.kind == "f":
        return np.trunc(silent.run(np.true_divide, input, other))
    return np.floor_divide(np.subtract(input, rest), other)


_trunc_div.backward(input=zero, other=zero)

_DIVISIONS: dict[str | None, Any] = {None: _div, "floor": _floor_div, "trunc": _trunc_div}


@takes_out
def div(input: Any, other: Any, *, rounding_mode: str | None = None) -> Any:
    """``input / other``, rounded if asked.

    Parameters
    ----------
    input, other : Tensor or number
        Of shapes that broadcast together.
    rounding_mode : {None, "trunc", "floor"}
        None divides integers as floats; "trunc" rounds towards zero, "floor" downwards, and both
        keep the dtype. A rounded quotient has zero gradients.

    Returns
    -------
    Tensor
        Of the common dtype, a float one unless rounded. Division by zero gives inf or nan.

    Raises
    ------
    RuntimeError
        For another `rounding_mode`, and for integers divided by zero and rounded.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> x = tg.tensor([7, -7])
    >>> tg.div(x, 2), tg.div(x, 2, rounding_mode="floor"), tg.div(x, 2, rounding_mode="trunc")
    (tensor([ 3.5000, -3.5000]), tensor([ 3, -4]), tensor([ 3, -3]))
    """
    if rounding_mode not in _DIVISIONS:
        raise RuntimeError(
            f"div: rounding_mode must be None, 'trunc' or 'floor', got {rounding_mode!r}"
        )
    return _DIVISIONS[rounding_mode](input, other)


def true_divide(input: Any, other: Any) -> Any:
    """``input / other``: `div` without rounding.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.true_divide(tg.tensor([1, 2]), 4)
    tensor([0.2500, 0.5000])
    """
    return _div(input, other)


@takes_out
def floor_divide(input: Any, other: Any) -> Any:
    """``input // other``, rounded downwards; its gradients are zero.

    Raises
    ------
    RuntimeError
        For integers divided by zero.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.floor_divide(tg.tensor([4.0, -5.0]), 3)
    tensor([ 1., -2.])
    """
    return _floor_div(input, other)


@op(promote=True)
def remainder(input: Array, other: Array) -> Array:
    """``input % other``: what floor division leaves, with the sign of `other` as in Python.

    Raises
    ------
    RuntimeError
        For integers and a zero in `other`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.remainder(tg.tensor([-3.0, 5.0]), 2)
    tensor([1., 1.])
    """
    return _divided(np.remainder, input, other)


remainder.backward(
    input=lambda grad: grad,
    other=lambda grad, input, other: -grad * floor_divide(input, other),
)


@op(promote=True)
def fmod(input: Array, other: Array) -> Array:
    """What truncated division leaves, with the sign of `input` as in C.

    Raises
    ------
    RuntimeError
        For integers and a zero in `other`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.fmod(tg.tensor([-3.0, 5.0]), 2)
    tensor([-1.,  1.])
    """
    return _divided(np.fmod, input, other)


fmod.backward(
    input=lambda grad: grad,
    other=lambda grad, input, other: -grad * _trunc_div(input, other),
)


@op(promote=float)
def reciprocal(input: Array) -> Array:
    """``1 / input``.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.reciprocal(tg.tensor([2.0, 0.0]))
    tensor([0.5000,    inf])
    """
    return silent.run(np.reciprocal, input)


reciprocal.backward(input=lambda grad, out: -grad * (out * out))


divide = div


def over(number: Any, other: Any) -> Any:
    """``number / other`` as PyTorch computes and keeps it: by the reciprocal."""
    return mul(reciprocal(other), number)


def _divided(divide: np.ufunc, input: Any, other: Any) -> Any:
    """An integer or float division; RuntimeError for integers divided by zero, and for bools."""
    out = silent.run(divide, input, other)
    if out.dtype.kind != "f":
        if np.result_type(input, other).kind == "b":
            raise not_for_bools(divide.__name__, "x & y")
        if not np.all(other):
            raise RuntimeError(
                f"ZeroDivisionError: {divide.__name__} of integers by a tensor or number with a "
                "zero in it; convert to float first for inf and nan"
            )
    return out
