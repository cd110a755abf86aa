"""Choosing between values, element by element, and replacing some of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_np import dtypes
from tinygrad_np.kernels.layout import kept
from tinygrad_np.kernels.select import select
from tinygrad_np.ops import mask
from tinygrad_np.ops.compare import ge, isfinite, isnan, le, same_dtype
from tinygrad_np.ops.logic import logical_or
from tinygrad_np.ops.rounding import zero
from tinygrad_np.tape.op import Array, op
from tinygrad_np.tape.out import takes_out

__all__ = [
    "clamp",
    "clamp_max",
    "clamp_min",
    "clip",
    "copysign",
    "fmax",
    "fmin",
    "heaviside",
    "maximum",
    "minimum",
    "nan_to_num",
    "where",
]


@op(promote=True, over=("input", "other"))
def _where(condition: Array, input: Array, other: Array) -> Array:
    condition = np.asarray(condition)
    if condition.dtype.kind != "b":
        raise RuntimeError(
            f"where: expected a condition of dtype bool, got {condition.dtype} of shape "
            f"{list(condition.shape)}; compare it (x != 0) or convert it with .bool()"
        )
    if not isinstance(input, np.ndarray) and not isinstance(other, np.ndarray):
        input = np.asarray(input, dtypes.result_dtype(input, other))
    elif isinstance(other, int):
        other = _fitting(other, input)
    elif isinstance(input, int):
        input = _fitting(input, other)
    return select(condition, input, other)


def _fitting(value: int, beside: Array) -> int | float:
    """A whole number; RuntimeError if it is to stand among integers that can't hold it."""
    return dtypes.fitting(value, beside.dtype) if beside.dtype.kind in "iu" else value


_where.backward(
    input=lambda grad, condition: where(condition, grad, 0.0),
    other=lambda grad, condition: where(condition, 0.0, grad),
)


@takes_out
def where(condition: Any, input: Any = None, other: Any = None) -> Any:
    """`input` where the condition holds, `other` elsewhere; or the indices where it holds.

    Parameters
    ----------
    condition : Tensor of bool
    input, other : Tensor or number, optional
        Of shapes that broadcast with that of `condition`.

    Returns
    -------
    Tensor
        Of the common dtype of `input` and `other`. Without these a tuple of Tensors of int64, one
        for each dimension, as of ``nonzero(condition, as_tuple=True)``.

    Raises
    ------
    RuntimeError
        If the condition is not of dtype bool.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> x = tg.tensor([-1.0, 2.0, -3.0])
    >>> tg.where(x > 0, x, 0.0), tg.where(x > 0)
    (tensor([0., 2., 0.]), (tensor([1]),))
    """
    if input is None and other is None:
        return mask.nonzero(condition, as_tuple=True)
    return _where(condition, input, other)


@op(promote=True)
def maximum(input: Array, other: Array) -> Array:
    """The larger of two values; nan if one of them is.

    Where they are equal each gets half of the gradient.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.maximum(tg.tensor([1.0, 5.0]), tg.tensor([3.0, 4.0]))
    tensor([3., 5.])
    """
    return np.maximum(input, other)


maximum.backward(
    input=lambda grad, input, other: _of_the_larger(grad, input, other),
    other=lambda grad, input, other: _of_the_larger(grad, other, input),
)


@takes_out
def fmax(input: Array, other: Array) -> Array:
    """The larger of two values; where one is nan, the other.

    Where they are equal the gradient is that of `input`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.fmax(tg.tensor([1.0, float("nan")]), tg.tensor([3.0, 4.0]))
    tensor([3., 4.])
    """
    return where(logical_or(ge(input, other), isnan(other)), input, other)


@takes_out
def fmin(input: Array, other: Array) -> Array:
    """The smaller of two values; see `fmax`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.fmin(tg.tensor([1.0, float("nan")]), tg.tensor([3.0, 4.0]))
    tensor([1., 4.])
    """
    return where(logical_or(le(input, other), isnan(other)), input, other)


@op(promote=True)
def minimum(input: Array, other: Array) -> Array:
    """The smaller of two values; nan if one of them is.

    Where they are equal each gets half of the gradient.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.minimum(tg.tensor([1.0, 5.0]), tg.tensor([3.0, 4.0]))
    tensor([1., 4.])
    """
    return np.minimum(input, other)


minimum.backward(
    input=lambda grad, input, other: _of_the_larger(grad, other, input),
    other=lambda grad, input, other: _of_the_larger(grad, input, other),
)


def _of_the_larger(grad: Any, a: Any, b: Any) -> Any:
    """The gradient where ``a > b``, half of it at a tie, else 0."""
    return where(a == b, grad * 0.5, where(a < b, 0.0, grad))


@op(promote=True)
def clamp(input: Array, min: Array | None = None, max: Array | None = None) -> Array:
    """`input` moved into the range from `min` to `max`.

    Parameters
    ----------
    input : Tensor
    min, max : Tensor or number, optional
        At least one of them. Where `min` is greater than `max` the result is `max`.

    Returns
    -------
    Tensor
        Of the common dtype. The gradient goes to `input` inside the range and on its bounds, and
        to the bound that took its place outside.

    Raises
    ------
    RuntimeError
        If neither bound is given, or one is a number beyond the range of the dtype; a negative
        one counts back from the end of unsigned integers.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.clamp(tg.tensor([-2.0, 0.5, 3.0]), 0, 1), tg.clamp(tg.tensor([1, 2]), min=1.5)
    (tensor([0.0000, 0.5000, 1.0000]), tensor([1.5000, 2.0000]))
    """
    if min is None and max is None:
        raise RuntimeError("clamp: at least one of min and max must be given, got None for both")
    array = np.asarray(input)
    bounds: Any = [
        dtypes.fitting(b, array.dtype) if isinstance(b, (int, float)) else b for b in (min, max)
    ]
    return array.clip(*bounds)


@clamp.backward("input")
def _(grad: Array, input: Array, min: Array | None, max: Array | None) -> Array:
    if min is None or max is None:
        return where(input <= max if min is None else input >= min, grad, 0.0)
    return where((input >= min) & (input <= max), grad, 0.0)


@clamp.backward("min")
def _(grad: Array, input: Array, min: Array, max: Array | None) -> Array:
    return where(input < min if max is None else (input < min) & (min < max), grad, 0.0)


@clamp.backward("max")
def _(grad: Array, input: Array, min: Array | None, max: Array) -> Array:
    return where(input > max if min is None else (input > max) | (max < min), grad, 0.0)


@takes_out
def clamp_min(input: Any, min: Any) -> Any:
    """`clamp` from below alone.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.clamp_min(tg.tensor([-2.0, 0.5]), 0)
    tensor([0.0000, 0.5000])
    """
    return clamp(input, min, None)


@takes_out
def clamp_max(input: Any, max: Any) -> Any:
    """`clamp` from above alone.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.clamp_max(tg.tensor([-2.0, 0.5]), 0)
    tensor([-2.,  0.])
    """
    return clamp(input, None, max)


clip = clamp


@op
def nan_to_num(
    input: Array, nan: float = 0.0, posinf: float | None = None, neginf: float | None = None
) -> Array:
    """Replace nan and infinities by numbers; the gradient there is 0.

    Parameters
    ----------
    input : Tensor
    nan : float, default 0
    posinf, neginf : float, optional
        The largest and the smallest finite value unless given.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.nan_to_num(tg.tensor([float("nan"), float("inf"), 1.0]), posinf=9)
    tensor([0., 9., 1.])
    """
    return np.nan_to_num(input.copy(kept(input)), False, nan, posinf, neginf)


nan_to_num.backward(input=lambda grad, input: where(isfinite(input), grad, 0.0))


@op(promote=float)
def copysign(input: Array, other: Array) -> Array:
    """The size of `input` with the sign of `other`, which may be that of -0.

    The gradient at 0 is 0.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.copysign(tg.tensor([1.0, -2.0]), tg.tensor([-0.0, 5.0]))
    tensor([-1.,  2.])
    """
    return np.copysign(input, other)


@copysign.backward("input")
def _(grad: Array, input: Array, out: Array) -> Array:
    return where(input == 0, 0.0, grad * (out / input))


copysign.backward(other=zero)


@op
def heaviside(input: Array, values: Array) -> Array:
    """0 where `input` is negative, 1 where it is positive, and `values` at 0.

    Parameters
    ----------
    input, values : Tensor
        Of one dtype.

    Raises
    ------
    RuntimeError
        For two dtypes; and in a walk back, since it has no gradient.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.heaviside(tg.tensor([-1.5, 0.0, 2.0]), tg.tensor(0.5))
    tensor([0.0000, 0.5000, 1.0000])
    """
    same_dtype("heaviside", input, values)
    return np.where(input == 0, values, (input > 0).astype(input.dtype))
