"""Activations made of straight pieces.

At a kink the gradient is PyTorch's: that of one of the two sides, the flatter one as a rule.
Where PyTorch has a parameter `inplace`, so have these: True writes the result into `input`.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tinygrad_np.generator import source
from tinygrad_np.kernels import elementwise
from tinygrad_np.kernels.elementwise import compute
from tinygrad_np.kernels.select import masked
from tinygrad_np.kernels.silence import silent
from tinygrad_np.ops.choice import where
from tinygrad_np.ops.compare import same_dtype
from tinygrad_np.ops.rounding import zero
from tinygrad_np.tape.graph import TensorBase
from tinygrad_np.tape.inplace import inplace_flag
from tinygrad_np.tape.op import Array, op
from tinygrad_np.tape.record import recorded_whole

__all__ = [
    "hardshrink",
    "hardsigmoid",
    "hardswish",
    "hardtanh",
    "leaky_relu",
    "prelu",
    "relu",
    "relu6",
    "rrelu",
    "softshrink",
    "threshold",
]


@inplace_flag
@op(ufunc=elementwise.relu)
def relu(input: Array, inplace: bool = False) -> Array:
    """``max(0, x)``; the gradient at 0 is 0.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.relu(tg.tensor([-1.0, 0.0, 2.0]))
    tensor([0., 0., 2.])
    """
    return compute(elementwise.relu, input)


@op
def gate(input: Array, other: Array) -> Array:
    """`input` where `other` is not 0, and 0 elsewhere, whatever was there."""
    return compute(_gate, input, other)


def _gate(x: Array, other: Array, out: Array | None = None) -> Array:
    other = np.asarray(other)
    few = other.size < 1 << 11  # for many the comparison is faster than the conversion
    return masked(x, other.astype(bool) if few else other != 0, out)


gate.backward(input=lambda grad, other: gate(grad, other), other=zero)
relu.backward(input=lambda grad, out: gate(grad, out))


@inplace_flag
@op
def hardtanh(
    input: Array, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False
) -> Array:
    """`input` moved into the range from `min_val` to `max_val`; the gradient on the ends is 0.

    Raises
    ------
    ValueError
        If `min_val` is greater than `max_val`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.nn.functional.hardtanh(tg.tensor([-2.0, 0.5, 2.0]))
    tensor([-1.0000,  0.5000,  1.0000])
    """
    if min_val > max_val:
        raise ValueError(f"hardtanh: min_val {min_val} is greater than max_val {max_val}")
    return input.clip(min_val, max_val).astype(input.dtype, copy=False)


hardtanh.backward(
    input=lambda grad, input, min_val, max_val: where(
        (input <= min_val) | (input >= max_val), 0.0, grad
    )
)


@inplace_flag
def relu6(input: Any, inplace: bool = False) -> Any:
    """``min(max(0, x), 6)``; the gradients at 0 and at 6 are 0.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.nn.functional.relu6(tg.tensor([-1.0, 2.0, 8.0]))
    tensor([0., 2., 6.])
    """
    return hardtanh(input, min_val=0, max_val=6)


@inplace_flag
@op(promote=float)
def leaky_relu(input: Array, negative_slope: float = 0.01, inplace: bool = False) -> Array:
    """``x`` where it is positive, ``negative_slope * x`` elsewhere, also in the gradient at 0.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.nn.functional.leaky_relu(tg.tensor([-1.0, 0.0, 2.0]), 0.1)
    tensor([-0.1000,  0.0000,  2.0000])
    """
    larger = np.maximum if negative_slope <= 1 else np.minimum
    return larger(input, silent.run(np.multiply, input, negative_slope))


leaky_relu.backward(
    input=lambda grad, input, negative_slope: where(input > 0, grad, grad * negative_slope)
)


@inplace_flag
def rrelu(
    input: Any,
    lower: float = 1 / 8,
    upper: float = 1 / 3,
    training: bool = False,
    inplace: bool = False,
) -> Any:
    """`leaky_relu` with a slope drawn anew for each element while training.

    Parameters
    ----------
    input : Tensor
    lower, upper : float
        The slopes are spread evenly over this range; when not training they are its middle.
    training : bool, default False
    inplace : bool, default False

    Raises
    ------
    RuntimeError
        If `lower` is greater than `upper`.

    Source: B. Xu and others, https://arxiv.org/abs/1505.00853

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.rrelu(tg.tensor([-1.0, 0.0, 2.0]), 0.2, 0.4)
    tensor([-0.3000,  0.0000,  2.0000])
    """
    if lower > upper:
        raise RuntimeError(f"rrelu: lower {lower} is greater than upper {upper}")
    if not training:
        return leaky_relu(input, negative_slope=(lower + upper) / 2)
    return input * _slopes(input, lower, upper)


@recorded_whole
def _slopes(input: Any, lower: float, upper: float) -> Array:
    array = input._array if isinstance(input, TensorBase) else input
    slopes = np.ones_like(array)
    drawn = array <= 0
    slopes[drawn] = source().uniform(lower, upper, (int(drawn.sum()),), np.float64)
    return slopes


def prelu(input: Any, weight: Any) -> Any:
    """``x`` where it is positive, ``weight * x`` elsewhere, also in the gradient at 0.

    Parameters
    ----------
    input : Tensor
        (N, C, ...), or of any shape for a single weight.
    weight : Tensor
        (C,) or one element; of the dtype of `input`.

    Raises
    ------
    RuntimeError
        If the weights are not as many as the channels, or of another dtype.

    Source: K. He and others, https://arxiv.org/abs/1502.01852

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.prelu(tg.tensor([[-1.0, -1.0], [0.0, 2.0]]), tg.tensor([0.25, 0.5]))
    tensor([[-0.2500, -0.5000],
            [ 0.0000,  2.0000]])
    """
    same_dtype("prelu", input, weight)
    channels = input.shape[1] if input.ndim > 1 else 1
    count = math.prod(weight.shape)
    if weight.ndim > 1 or count not in (1, channels):
        raise RuntimeError(
            f"prelu expects 1 weight or one for each of the {channels} channels of an input of "
            f"shape {list(input.shape)}, got weights of shape {list(weight.shape)}"
        )
    weight = weight.reshape(tuple(count if i == 1 else 1 for i in range(input.ndim)))
    return where(input > 0, input, weight * input)


@inplace_flag
@op
def threshold(input: Array, threshold: float, value: float, inplace: bool = False) -> Array:
    """``x`` where it is above `threshold`, `value` elsewhere with a gradient of 0.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.threshold(tg.tensor([-1.0, 0.5, 2.0]), 0.5, 20)
    tensor([20., 20.,  2.])
    """
    return np.where(input <= threshold, value, input).astype(input.dtype, copy=False)


threshold.backward(input=lambda grad, input, threshold: where(input <= threshold, 0.0, grad))


@inplace_flag
@op(promote=float)
def hardsigmoid(input: Array, inplace: bool = False) -> Array:
    """``relu6(x + 3) / 6``; the gradients at -3 and at 3 are 0.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.nn.functional.hardsigmoid(tg.tensor([-4.0, 0.0, 1.5]))
    tensor([0.0000, 0.5000, 0.7500])
    """
    return (input + 3).clip(0, 6) / 6


hardsigmoid.backward(input=lambda grad, input: where(abs(input) < 3, grad / 6, 0.0))


@inplace_flag
@op(promote=float)
def hardswish(input: Array, inplace: bool = False) -> Array:
    """``x * relu6(x + 3) / 6``; the gradient at -3 is 0, at 3 it is 1.

    Source: A. Howard and others, https://arxiv.org/abs/1905.02244

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.nn.functional.hardswish(tg.tensor([-4.0, 1.0, 5.0]))
    tensor([-0.0000, 0.6667, 5.0000])
    """
    return silent.run(np.multiply, input, (input + 3).clip(0, 6) / 6)


@hardswish.backward("input")
def _(grad: Array, input: Array) -> Array:
    rising = where(input >= 3, grad, grad * (input / 3 + 0.5))
    return where(input <= -3, 0.0, rising)


@op
def hardshrink(input: Array, lambd: float = 0.5) -> Array:
    """0 where ``|x| <= lambd``, also in the gradient; ``x`` elsewhere.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.hardshrink(tg.tensor([-1.0, 0.5, 2.0]))
    tensor([-1.,  0.,  2.])
    """
    return np.where(np.abs(input) <= lambd, 0, input)


hardshrink.backward(input=lambda grad, input, lambd: where(abs(input) <= lambd, 0.0, grad))


@op
def softshrink(input: Array, lambd: float = 0.5) -> Array:
    """`input` moved towards 0 by `lambd`; 0 where ``|x| <= lambd``, also in the gradient.

    Raises
    ------
    RuntimeError
        For a negative `lambd`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.nn.functional.softshrink(tg.tensor([-1.0, 0.5, 2.0]))
    tensor([-0.5000,  0.0000,  1.5000])
    """
    if lambd < 0:
        raise RuntimeError(f"softshrink: lambd must not be negative, got {lambd}")
    return input - input.clip(-lambd, lambd)


softshrink.backward(input=lambda grad, input, lambd: where(abs(input) <= lambd, 0.0, grad))
