"""Three ops, closed under differentiation.

`convolution`, its gradient for the input, which is the transposed convolution, and its gradient
for the weight are each linear in both of their arguments, and the rules of each are the other
two. So there are derivatives to any order, of any number of spatial dimensions.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_np.kernels import conv
from tinygrad_np.kernels.gather import channels_last
from tinygrad_np.kernels.layout import ordered
from tinygrad_np.kernels.product import product
from tinygrad_np.kernels.silence import silent
from tinygrad_np.kernels.windows import Geometry
from tinygrad_np.ops.linalg import same_dtype
from tinygrad_np.ops.shape import expand
from tinygrad_np.tape.op import Array, op

Shape = tuple[int, ...]


@op(aux=True)
def convolution(
    input: Array, weight: Array, bias: Array | None = None, *, size: Shape, geometry: Geometry
) -> Any:
    """Cross-correlate input (N, C, *S) with weight (O, C / groups, *K): (N, O, *size)."""
    _check_dtypes(input, weight, bias)
    out, windows = silent.run(conv.with_windows, input, weight, bias, size, geometry)
    return ordered(out), windows


@op
def conv_transpose(
    input: Array, weight: Array, bias: Array | None = None, *, size: Shape, geometry: Geometry
) -> Array:
    """The adjoint of `convolution` for its input: from (N, O, *S) to (N, C, *size)."""
    _check_dtypes(input, weight, bias)
    out = silent.run(conv.input_gradient, input, weight, size, geometry)
    if bias is not None:
        out += bias.reshape(-1, *(1,) * len(size))
    return ordered(out)


@op
def conv_weight(
    input: Array, other: Array, *, size: Shape, geometry: Geometry, windows: Any = None
) -> Array:
    """The adjoint of `convolution` for its weight: from (N, C, *S) and (N, O, *S) to *size.

    `windows` are those of the input, where they are at hand.
    """
    return silent.run(conv.weight_gradient, input, other, size, geometry, windows)


@convolution.backward("input")
def _(grad: Array, weight: Array, input_shape: Shape, geometry: Geometry) -> Array:
    return conv_transpose(grad, weight, None, size=input_shape[2:], geometry=geometry)


@convolution.backward("weight")
def _(grad: Array, input: Array, weight_shape: Shape, geometry: Geometry, aux: Any) -> Array:
    return conv_weight(input, grad, size=weight_shape[2:], geometry=geometry, windows=aux)


@conv_transpose.backward("input")
def _(grad: Array, weight: Array, input_shape: Shape, geometry: Geometry) -> Array:
    return convolution(grad, weight, None, size=input_shape[2:], geometry=geometry)


@conv_transpose.backward("weight")
def _(grad: Array, input: Array, weight_shape: Shape, geometry: Geometry) -> Array:
    return conv_weight(grad, input, size=weight_shape[2:], geometry=geometry)


@conv_weight.backward("input")
def _(grad: Array, other: Array, input_shape: Shape, geometry: Geometry) -> Array:
    return conv_transpose(other, grad, None, size=input_shape[2:], geometry=geometry)


@conv_weight.backward("other")
def _(grad: Array, input: Array, other_shape: Shape, geometry: Geometry) -> Array:
    return convolution(input, grad, None, size=other_shape[2:], geometry=geometry)


@op
def channel_sum(input: Array) -> Array:
    """The sum over all but the channels: (N, C, *S) to (C,)."""
    pixels = channels_last(input)
    if pixels.size < 1 << 14 or not pixels.flags.c_contiguous:
        return np.add.reduce(input, (0, *range(2, input.ndim)))
    pixels = pixels.reshape(-1, pixels.shape[-1])  # short rows: BLAS adds them up faster
    return product(np.ones((1, len(pixels)), pixels.dtype), pixels)[0]


@channel_sum.backward("input")
def _(grad: Array, input_shape: Shape) -> Array:
    return expand(grad.reshape((-1, *(1,) * (len(input_shape) - 2))), input_shape)


convolution.backward(bias=lambda grad: channel_sum(grad))
conv_transpose.backward(bias=lambda grad: channel_sum(grad))


def _check_dtypes(input: Array, weight: Array, bias: Array | None) -> None:
    if input.dtype != weight.dtype or (bias is not None and bias.dtype != weight.dtype):
        same_dtype("convolution", input, weight, bias)
