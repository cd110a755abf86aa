"""Centring, mean squares, and multiplying and adding: what every normalisation is made of.

These few ops keep little: each needs what the next one needs too, so that training holds one array
beside the result. As their rules are made of these ops again, they can be differentiated any
number of times. Their loops follow the memory layout of the input, channels last too.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tinygrad_np import dtypes
from tinygrad_np.kernels.along import Dims, sum_over
from tinygrad_np.kernels.elementwise import compute
from tinygrad_np.kernels.layout import ordered
from tinygrad_np.kernels.standard import scaled, standardized, standardized_back
from tinygrad_np.ops.cast import in_float32
from tinygrad_np.ops.elementwise import mul
from tinygrad_np.ops.exponential import rsqrt
from tinygrad_np.ops.linalg import same_dtype
from tinygrad_np.ops.reduction import array
from tinygrad_np.ops.shape import expand
from tinygrad_np.tape.graph import TensorBase
from tinygrad_np.tape.op import Array, op
from tinygrad_np.tape.record import recorded_whole

__all__ = ["affine", "centre", "check_dtypes", "count", "mean_square", "normal"]

Shape = tuple[int, ...]


@op
def centre(input: Array, *, dims: Dims) -> Array:
    """`input` less its mean over `dims`."""
    return compute(np.subtract, input, mean_over(dims, input))


centre.backward(input=lambda grad, dims: centre(grad, dims=dims))


@op
def mean_square(input: Array, *, dims: Dims) -> Array:
    """The mean of the squares over `dims`, which are kept with size 1."""
    return mean_over(dims, input, input)


mean_square.backward(
    input=lambda grad, input, dims: mul(input, grad * (2 / (count(input.shape, dims) or 1)))
)


@op
def product_to(input: Array, other: Array, *, shape: Shape) -> Array:
    """``input * other`` summed down to a shape that broadcasts to theirs."""
    return sum_over(_summed_dims(input.shape, shape), input, other).reshape(shape)


product_to.backward(
    input=lambda grad, other: grad * other,
    other=lambda grad, input: grad * input,
)


@op
def _sum_to(input: Array, *, shape: Shape) -> Array:
    """`input` summed down to a shape that broadcasts to its own."""
    return sum_over(_summed_dims(input.shape, shape), input).reshape(shape)


_sum_to.backward(input=lambda grad, input_shape: expand(grad, input_shape))


@op
def affine(input: Array, scale: Array, shift: Array | None = None) -> Array:
    """``input * scale + shift``, where the last two broadcast to the shape of `input`."""
    if shift is None:
        return compute(np.multiply, input, scale)
    return compute(scaled, input, scale, shift)


affine.backward(
    input=lambda grad, scale: mul(grad, scale),
    scale=lambda grad, input, scale_shape: product_to(grad, input, shape=scale_shape),
    shift=lambda grad, shift_shape: _sum_to(grad, shape=shift_shape),
)


@op
def standardize(
    input: Array,
    weight: Array | None,
    bias: Array | None,
    *,
    dims: Dims,
    eps: float,
    found: Any,
    mean: Any,
    inverse: Any,
    seen: Shape | None,
    group: int,
) -> Array:
    """``(input - mean) * inverse * weight + bias``, with the input's own moments over `dims`.

    It was `found` with the moments, which `group` neighbouring channels have in common. Weight and
    bias are taken in the shape `seen`, where their own does not broadcast as it is to.
    """
    return found


@standardize.backward("input", "weight", "bias")
def _(
    grad: Array, input: Array, weight: Array | None, weight_shape: Shape, bias_shape: Shape,
    dims: Dims, eps: float, mean: Array, inverse: Array, seen: Shape | None, group: int,
) -> tuple[Array, Array, Array]:  # fmt: skip
    own = weight_shape or bias_shape
    weight, shape = _seen(weight, seen), (own and seen) or own
    if not isinstance(grad, TensorBase):
        by_x, by_weight, by_bias = standardized_back(
            grad, input, mean, inverse, weight, shape, dims, group
        )
        return by_x, by_weight.reshape(own), by_bias.reshape(own)
    whole = input.shape
    if group > 1:
        grad, input = _grouped(grad, group), _grouped(input, group)
        weight = weight if weight is None else _grouped(weight, group)
        shape = shape and (1, *input.shape[1:3], *shape[2:])
        dims = tuple(range(2, input.ndim))
    centred = centre(input, dims=dims)  # create_graph: the moments are functions of the input
    inverse = rsqrt(mean_square(centred, dims=dims) + eps)
    by_weight = product_to(grad, centred * inverse, shape=shape)
    by_bias = _sum_to(grad, shape=shape)
    grad = grad if weight is None else grad * weight
    slope = product_to(grad, centred, shape=tuple(inverse.shape)) * inverse * inverse
    slope = slope * (1 / (count(input.shape, dims) or 1))
    by_input = (centre(grad, dims=dims) - centred * slope) * inverse
    return by_input.reshape(whole), by_weight.reshape(own), by_bias.reshape(own)


def _grouped(x: Array, group: int) -> Array:
    """The channels, dimension 1, in groups of this size."""
    return x.reshape((x.shape[0], -1, group, *x.shape[2:]))


def _seen(vector: Array | None, shape: Shape | None) -> Array | None:
    return vector if vector is None or shape is None else vector.reshape(shape)


def check_dtypes(name: str, input: Array, *others: Array | None) -> None:
    """RuntimeError unless all are of one dtype, or of float32 beside an input of float16."""
    own = input.dtype
    kinds = [t.dtype for t in others if t is not None]
    if kinds.count(own) < len(kinds) and (own != np.float16 or {*kinds} - {dtypes.float32}):
        same_dtype(name, input, *others)


@in_float32
def normal(
    input: Array, dims: Dims, weight: Array | None, bias: Array | None, eps: float,
    seen: Shape | None = None, group: int = 1,
) -> tuple[Array, Array, Array]:  # fmt: skip
    """`input` less its mean over `dims`, over its standard deviation; the mean; the variance.

    `group` neighbouring channels have them in common.
    """
    eps = float(eps)
    found, mean, var, inverse = _standardized(input, weight, bias, dims, eps, seen, group)
    out = standardize(
        input, weight, bias,
        dims=dims, eps=eps, found=found, mean=mean, inverse=inverse, seen=seen, group=group,
    )  # fmt: skip
    return out, mean, var


@recorded_whole
def _standardized(
    input: Array, weight: Array | None, bias: Array | None, dims: Dims, eps: float,
    seen: Shape | None, group: int,
) -> tuple[Array, Array, Array, Array]:  # fmt: skip
    factor, term = (_seen(array(v), seen) for v in (weight, bias))
    found, mean, var, inverse = standardized(array(input), factor, term, dims, eps, group)
    return ordered(found), mean, var, inverse


def _summed_dims(shape: Shape, to: Shape) -> Dims:
    lead = len(shape) - len(to)
    return tuple(d for d in range(len(shape)) if d < lead or to[d - lead] == 1)


# --- on arrays ---


def mean_over(dims: Dims, *factors: Array) -> Array:
    """The mean over `dims` of the product of arrays of one shape; `dims` are kept with size 1.

    0 for a mean of nothing.
    """
    return sum_over(dims, *factors) / (count(factors[0].shape, dims) or 1)


def count(shape: Shape, dims: Dims) -> int:
    """How many elements a mean over `dims` is of."""
    return math.prod(shape[d] for d in dims)
