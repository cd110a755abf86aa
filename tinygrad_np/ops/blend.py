"""Weighted sums of tensors, element by element."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np

from tinygrad_np import dtypes
from tinygrad_np.kernels.select import select
from tinygrad_np.ops.division import div
from tinygrad_np.ops.elementwise import add, mul
from tinygrad_np.tape.op import Array, op
from tinygrad_np.tape.out import takes_out
from tinygrad_np.tape.signature import factor_last

__all__ = ["addcdiv", "addcmul", "lerp"]

F = TypeVar("F", bound=Callable[..., Any])


def _takes_value_second(function: F) -> F:
    """Let calls be as they once were: ``addcmul_(1 - beta, grad, grad)``."""

    @functools.wraps(function)
    def call(*args: Any, **params: Any) -> Any:
        if len(args) > 3:
            args, params = factor_last(function.__name__, "value", 3, args, params)
        return function(*args, **params)

    return cast(F, call)


@_takes_value_second
@takes_out
def addcmul(input: Any, tensor1: Any, tensor2: Any, *, value: float = 1) -> Any:
    """``input + value * tensor1 * tensor2``.

    Raises
    ------
    RuntimeError
        For a fractional `value` and integers.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.addcmul(tg.tensor([1.0, 2.0]), tg.tensor([3.0, 4.0]), tg.tensor(10.0), value=2)
    tensor([61., 82.])
    """
    return add(input, mul(tensor1, tensor2), alpha=value)


@_takes_value_second
@takes_out
def addcdiv(input: Any, tensor1: Any, tensor2: Any, *, value: float = 1) -> Any:
    """``input + value * tensor1 / tensor2``.

    Raises
    ------
    RuntimeError
        If `tensor1` and `tensor2` are both of integers.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.addcdiv(tg.tensor([1.0, 2.0]), tg.tensor([3.0, 4.0]), tg.tensor(2.0), value=2)
    tensor([4., 6.])
    """
    if not any(dtypes.as_numpy(t.dtype).kind in "fc" for t in (tensor1, tensor2)):
        raise RuntimeError(
            f"addcdiv: integers are not divided, got {tensor1.dtype} and {tensor2.dtype}; convert "
            "one with .float(), or use input + value * div(x, y, rounding_mode='trunc')"
        )
    return add(input, div(tensor1, tensor2), alpha=value)


@op(promote=float)
@np.errstate(all="ignore")
def lerp(input: Array, end: Array, weight: Array) -> Array:
    """``input + weight * (end - input)``, exactly `end` for a weight of 1.

    Parameters
    ----------
    input, end : Tensor
    weight : Tensor or number

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.lerp(tg.tensor([1.0, 2.0]), tg.tensor([11.0, 12.0]), 0.25)
    tensor([3.5000, 4.5000])
    """
    step = end - input
    return select(np.abs(weight) < 0.5, input + step * weight, end - step * (1 - weight))


lerp.backward(
    input=lambda grad, weight: grad * (1 - weight),
    end=lambda grad, weight: grad * weight,
    weight=lambda grad, input, end: grad * (end - input),
)
