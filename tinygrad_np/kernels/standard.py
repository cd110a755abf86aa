"""Arrays less their mean, over their standard deviation, in few passes over memory.

Large arrays are taken part by part, each in several steps while it is in the cache. Where the
parts are of what is averaged over, they have moments of their own, which are merged in the order
of the parts.

Source: T. Chan et al., Updating Formulae and a Pairwise Algorithm for Computing Sample Variances,
1979.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tinygrad_np.kernels import layout, threads
from tinygrad_np.kernels.along import FEW, Dims, add_up, summed, sums
from tinygrad_np.kernels.elementwise import LARGE, compute, split
from tinygrad_np.kernels.scratch import scratch
from tinygrad_np.kernels.silence import quiet, silent

__all__ = ["moments", "scaled", "standardized", "standardized_back"]

Array = Any
FAR = 2.0  # the square of a mean, in variances, up to which a difference of squares is exact enough


def moments(dims: Dims, x: Array) -> tuple[Array, Array]:
    """The mean over `dims`, kept with size 1, and the biased variance; 0 of nothing.

    The variance is the mean square less the square of the mean, unless that is so much larger
    that it would cost digits.
    """
    if x.dtype == np.float16:  # squares above 256 ** 2 are beyond it
        mean, var = moments(dims, x.astype(np.float32))
        with quiet():
            return mean.astype(x.dtype), var.astype(x.dtype)
    if 0 < x.size <= FEW:
        return silent.run(_moments_of_few, dims, x)  # type: ignore[no-any-return]
    shape = [1 if d in dims else n for d, n in enumerate(x.shape)]
    mean, var = np.zeros(shape, x.dtype), np.zeros(shape, x.dtype)
    if not x.size:
        return mean, var
    values, means, variances = _joined(x, mean, var)
    axes = summed(values, means)
    count = math.prod(values.shape[d] for d in axes)

    def some(part: slice) -> tuple[Array, Array]:
        return sums(axes, values[part]), sums(axes, values[part], values[part])

    total, squares = _merged(axes, _by_parts(some, values))
    np.divide(total, count, out=means)
    np.divide(squares, count, out=variances)
    square = mean * mean
    var -= square
    if not (square <= FAR * var).all():
        _precise_moments(values, means, variances, axes, count)
    return mean, var


def _moments_of_few(dims: Dims, x: Array) -> tuple[Array, Array]:
    """The moments of an array that costs less to go through than these lines."""
    count = math.prod(x.shape[d] for d in dims)
    mean = add_up(x, dims, x.dtype, True) / count
    squares = x - mean
    squares *= squares
    return mean, add_up(squares, dims, x.dtype, True) / count


def _precise_moments(values: Array, means: Array, variances: Array, axes: Dims, count: int) -> None:
    """Fill in means, and variances from the squares of what is less the mean."""
    among = 0 in axes  # the parts are of what is averaged over

    def some(part: slice) -> tuple[int, Array, Array]:
        part_of = values[part]
        n = math.prod(part_of.shape[d] for d in axes)
        mean = sums(axes, part_of) / n
        wide, wide_mean = _widened(axes, part_of, mean)
        centred = np.subtract(wide, wide_mean, out=scratch("centred", wide.shape, wide.dtype))
        squares = layout.fold(sums(axes, centred, centred), mean.shape[-1])
        if not among:
            means[part], variances[part] = mean, squares / n
        return n, mean, squares

    found = _by_parts(some, values)
    if among:
        n, total, squares = found[0]
        for more, other, others in found[1:]:
            apart, before, n = other - total, n, n + more
            total = total + apart * (more / n)
            squares = squares + others + apart * apart * (before * more / n)
        means[...], variances[...] = total, squares / count


def standardized(
    x: Array, mean: Array, inverse: Array, weight: Array | None, bias: Array | None, dims: Dims
) -> Array:
    """``(x - mean) * inverse * weight + bias``."""
    if weight is not None and _varies(weight, x, dims):
        return compute(_standardized, x, mean, inverse, weight, bias)
    scale = inverse if weight is None else inverse * weight
    shift = -mean * scale
    return compute(scaled, x, scale, shift if bias is None else shift + bias)


def scaled(x: Array, scale: Array, shift: Array, out: Array | None = None) -> Array:
    """``x * scale + shift``."""
    return np.add(out := np.asarray(np.multiply(x, scale, out)), shift, out)


def _standardized(
    x: Array, mean: Array, scale: Array, weight: Array, bias: Array | None,
    out: Array | None = None,
) -> Array:  # fmt: skip
    out = np.subtract(x, mean, out)
    out *= scale
    out *= weight
    if bias is not None:
        out += bias
    return out


def standardized_back(
    grad: Array, x: Array, mean: Array, inverse: Array, weight: Array | None,
    shape: tuple[int, ...], dims: Dims,
) -> tuple[Array, Array, Array]:  # fmt: skip
    """The gradients of `standardized` for `x`, whose moments these are, and for weight and bias.

    `shape` is that of the weight and the bias.
    """
    if 0 < x.size <= FEW:
        return silent.run(_back_of_few, grad, x, mean, inverse, weight, shape, dims)  # type: ignore[no-any-return]
    by_x, by_weight = np.empty_like(x), np.zeros(layout.padded(shape, x.ndim), x.dtype)
    by_bias = by_weight.copy()
    along = weight is not None and _varies(weight, x, dims)
    if weight is None:
        weight = np.ones((1,) * x.ndim, x.dtype)
    if x.size:
        views = _joined(x, by_x, grad, mean, inverse, weight, by_weight, by_bias)
        (_back_along if along else _back)(*views)
    return by_x, by_weight.reshape(shape), by_bias.reshape(shape)


def _back_of_few(
    grad: Array, x: Array, mean: Array, inverse: Array, weight: Array | None,
    shape: tuple[int, ...], dims: Dims,
) -> tuple[Array, Array, Array]:  # fmt: skip
    """`standardized_back` of an array that costs less to go through than those lines."""

    def total(a: Array, axes: Dims) -> Array:
        return add_up(a, axes, x.dtype, True)

    across = layout.padded(shape, x.ndim)
    others = tuple(d for d, n in enumerate(across) if n == 1)
    count = math.prod(x.shape[d] for d in dims)
    centred = (x - mean) * inverse
    by_weight = total(grad * centred, others).reshape(shape)
    by_bias = total(grad, others).reshape(shape)
    weighted = grad if weight is None else grad * weight.reshape(across)
    by_x = weighted - total(weighted, dims) / count
    centred *= total(weighted * centred, dims) / count
    by_x -= centred
    by_x *= inverse
    return by_x, by_weight, by_bias


def _back(
    x: Array, by_x: Array, grad: Array, mean: Array, inverse: Array, weight: Array,
    by_weight: Array, by_bias: Array,
) -> None:  # fmt: skip
    """Fill in the gradients, where the weight is the same for all that is averaged over."""
    axes = summed(x, mean)
    count = math.prod(x.shape[d] for d in axes)

    def some(part: slice) -> tuple[Array, Array]:
        grad_, *others = _cut(part, grad, by_x, x, mean)
        out, x_, mean_ = _widened(axes, *others)
        np.subtract(x_, mean_, out=out)
        return sums(axes, grad_), sums(axes, grad_, others[0])

    total, product = _merged(axes, _by_parts(some, x))
    product *= inverse
    by_bias[...] = _down(total, by_bias)
    by_weight[...] = _down(product, by_weight)
    slope, shift, scale = inverse * product / count, total / count, inverse * weight

    def back(part: slice) -> None:  # from here on in place: a new array for a step costs half more
        cut = _widened(axes, *_cut(part, by_x, grad, slope, shift, scale))
        out, grad_, slope_, shift_, scale_ = cut
        out *= slope_
        np.subtract(grad_, out, out=out)
        out -= shift_
        out *= scale_

    _by_parts(back, x)


def _back_along(
    x: Array, by_x: Array, grad: Array, mean: Array, inverse: Array, weight: Array,
    by_weight: Array, by_bias: Array,
) -> None:  # fmt: skip
    """Fill in the gradients, where the weight varies along what is averaged over."""
    axes, others = summed(x, mean), summed(x, by_weight)
    count = math.prod(x.shape[d] for d in axes)

    def back(part: slice) -> tuple[Array, Array]:
        arrays = _cut(part, x, by_x, grad, mean, inverse, weight)
        x_, out, grad_, mean_, inverse_, weight_ = arrays
        centred = np.subtract(x_, mean_, out=out)
        centred *= inverse_
        terms = sums(others, grad_, centred), sums(others, grad_)
        weighted = grad_ * weight_
        total, product = sums(axes, weighted) / -count, sums(axes, weighted, centred) / -count
        out *= product
        out += weighted
        out += total
        out *= inverse_
        return terms

    found = [silent.run(back, slice(None))] if 0 in axes else _by_parts(back, x)
    by_weight[...], by_bias[...] = _merged(others, found)


def _varies(weight: Array, x: Array, dims: Dims) -> bool:
    """Whether a weight differs along one of these dimensions of `x`."""
    shape = layout.padded(weight.shape, x.ndim)
    return any(shape[d] > 1 for d in dims)


def _joined(x: Array, *others: Array) -> list[Array]:
    """Views with few dimensions, where there is more to do than to find them."""
    arrays = [x, *(other.reshape(layout.padded(other.shape, x.ndim)) for other in others)]
    return (layout.joined(arrays) if x.size > FEW else None) or arrays


def _widened(axes: Dims, first: Array, *others: Array) -> list[Array]:
    """Views with long rows, if sums over `axes` are sums of rows."""
    arrays = [first, *others]
    return layout.widened(arrays) if first.ndim - 2 in axes and first.size > FEW else arrays


def _cut(part: slice, *arrays: Array) -> list[Array]:
    """This part of arrays, some of which are the same for all parts."""
    return [a if len(a) == 1 else a[part] for a in arrays]


def _down(x: Array, like: Array) -> Array:
    """`x` summed to the shape of `like`."""
    return x.sum(axis=summed(x, like), keepdims=True)


def _merged(axes: Dims, found: Sequence[tuple[Array, Array]]) -> list[Array]:
    """Sums of parts: added up if the parts are of what was summed over, else side by side."""
    if 0 in axes:
        return [sum(terms[1:], terms[0]) for terms in zip(*found)]
    return [np.concatenate(terms) for terms in zip(*found)]


def _by_parts(function: Callable[[slice], Any], x: Array) -> list[Any]:
    """The results for parts of the first dimension, in their order."""
    if x.size < LARGE:
        return [silent.run(function, slice(None))]
    return threads.collect(function, split(len(x), x.size))
