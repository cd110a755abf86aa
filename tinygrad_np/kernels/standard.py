"""Arrays less their mean, over their standard deviation, in few passes over memory.

Large arrays are taken part by part along their first dimension, each in several steps while it is
in the cache. Where the first dimension is averaged over, parts have moments of their own, which
are merged in the order of the parts.

Source: T. Chan et al., Updating Formulae and a Pairwise Algorithm for Computing Sample Variances,
1979.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from tinygrad_np.kernels import threads
from tinygrad_np.kernels.along import Dims, sum_over
from tinygrad_np.kernels.elementwise import LARGE, compute, split
from tinygrad_np.kernels.silence import silent

__all__ = ["moments", "standardized", "standardized_back", "weight_back"]

Array = Any


def moments(dims: Dims, x: Array) -> tuple[Array, Array]:
    """The mean over `dims`, kept with size 1, and the biased variance; 0 of nothing."""

    def some(part: slice) -> tuple[int, Array, Array]:
        values = x[part]
        count = math.prod(values.shape[d] for d in dims)
        mean = sum_over(dims, values) / (count or 1)
        centred = values - mean
        return count, mean, sum_over(dims, centred, centred)

    found = _by_parts(some, x)
    count, mean, squares = found[0]
    if 0 not in dims:
        mean = np.concatenate([f[1] for f in found])
        squares = np.concatenate([f[2] for f in found])
    else:
        for more, other, others in found[1:]:
            apart, before, count = other - mean, count, count + more
            mean = mean + apart * (more / count)
            squares = squares + others + apart * apart * (before * more / count)
    return mean, squares / (count or 1)


def standardized(
    x: Array, mean: Array, inverse: Array, weight: Array | None, bias: Array | None, dims: Dims
) -> Array:
    """``(x - mean) * inverse * weight + bias``."""
    scale, weight = _merged(inverse, weight, dims)
    return compute(_standardized, x, mean, scale, weight, bias)


def _standardized(
    x: Array, mean: Array, scale: Array, weight: Array | None, bias: Array | None,
    out: Array | None = None,
) -> Array:  # fmt: skip
    out = np.subtract(x, mean, out)
    out *= scale
    if weight is not None:
        out *= weight
    if bias is not None:
        out += bias
    return out


def standardized_back(
    grad: Array, x: Array, mean: Array, inverse: Array, weight: Array | None, dims: Dims
) -> Array:
    """The gradient for `x` of `standardized`, if mean and inverse are those of `x`."""
    scale, weight = _merged(inverse, weight, dims)
    count = math.prod(x.shape[d] for d in dims) or 1
    square = inverse * inverse / count

    def sums(x: Array, grad: Array, mean: Array, weight: Array | None) -> tuple[Array, Array]:
        grad = grad if weight is None else grad * weight
        return sum_over(dims, grad), sum_over(dims, grad, x - mean)

    if 0 in dims:  # the sums are over all parts
        found = _by_parts(lambda part: sums(x[part], grad[part], mean, weight), x)
        total, product = (sum(terms[1:], terms[0]) for terms in zip(*found))
        total, product = total / count, product * square
        return compute(_back, x, grad, mean, scale, weight, total, product)

    def back(
        x: Array, grad: Array, mean: Array, scale: Array, weight: Array | None, square: Array,
        out: Array | None = None,
    ) -> Array:  # fmt: skip
        total, product = sums(x, grad, mean, weight)
        return _back(x, grad, mean, scale, weight, total / count, product * square, out)

    return compute(back, x, grad, mean, scale, weight, square)


def _back(
    x: Array, grad: Array, mean: Array, scale: Array, weight: Array | None, total: Array,
    product: Array, out: Array | None = None,
) -> Array:  # fmt: skip
    out = np.subtract(x, mean, out)
    out *= product
    np.subtract(grad if weight is None else grad * weight, out, out)
    out -= total
    out *= scale
    return out


def weight_back(grad: Array, x: Array, mean: Array, inverse: Array, summed: Dims) -> Array:
    """The gradient for the weight of `standardized`, summed over these dimensions, 0 included."""

    def some(part: slice) -> Array:
        rows = part if len(mean) == len(x) else slice(None)
        values = x[part] - mean[rows]
        values *= inverse[rows]
        return sum_over(summed, grad[part], values)

    first, *others = _by_parts(some, x)
    return sum(others, first)


def _merged(inverse: Array, weight: Array | None, dims: Dims) -> tuple[Array, Array | None]:
    """The inverse times the weight, where that is the same along `dims`, and what is left of it."""
    if weight is None or weight.ndim < inverse.ndim or any(weight.shape[d] > 1 for d in dims):
        return inverse, weight
    return inverse * weight, None


def _by_parts(function: Callable[[slice], Any], x: Array) -> list[Any]:
    """The results for parts of the first dimension, in their order."""
    if x.size < LARGE:
        return [silent.run(function, slice(None))]
    parts = split(len(x), x.size)
    found: list[Any] = [None] * len(parts)

    def some(i: int) -> None:
        found[i] = function(parts[i])

    threads.run(some, range(len(parts)))
    return found
