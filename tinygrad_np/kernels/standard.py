"""Arrays less their mean, over their standard deviation, in few passes over memory.

Large arrays are taken part by part, each in several steps while it is in the cache. Where the
parts are of what is averaged over, they have moments of their own, which are merged in the order
of the parts.

Source: T. Chan et al., Updating Formulae and a Pairwise Algorithm for Computing Sample Variances,
1979.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from tinygrad_np.kernels import layout, threads
from tinygrad_np.kernels.along import FEW, Dims, sums
from tinygrad_np.kernels.elementwise import LARGE, split
from tinygrad_np.kernels.scratch import scratch
from tinygrad_np.kernels.silence import quiet, silent

__all__ = ["scaled", "standardized", "standardized_back"]

Array = Any
FAR = 2.0  # the square of a mean, in variances, up to which a difference of squares is exact enough
WHOLE = slice(None)


class Form(NamedTuple):
    """How arrays are gone through: with few dimensions, in the order of the first one's memory."""

    order: Sequence[int]  # of the dimensions, before they are joined
    shape: Dims  # of the elements, joined
    few: Dims  # of their moments
    weight: Dims
    axes: Dims  # what is averaged over
    others: Dims  # along which the weight is the same
    kept: Dims  # the shape of the moments before
    number: int  # of the elements that a moment is of
    along: bool  # whether the weight varies along what is averaged over
    group: int  # of neighbouring channels, dimension 1, that have their moments in common
    unit: int  # of the first dimension, joined, which no part may divide

    def view(self, x: Array) -> Array:
        """An array of the shape of the elements, with the dimensions joined."""
        return x.transpose(self.order).reshape(self.shape)


@functools.lru_cache(maxsize=256)
def _form(shape: Dims, strides: Dims, dims: Dims, weight: Dims, group: int) -> Form | None:
    """The form for an array with these shape and strides, averaged over `dims`.

    None if it has gaps, or if moments and weight would have to be laid out anew.
    """
    kept = tuple(1 if d in dims else n for d, n in enumerate(shape))
    full = layout.padded(weight, len(shape))
    channels = tuple(n if d == 1 and group > 1 else 1 for d, n in enumerate(shape))
    rest = [(s, np.empty(s, bool).strides) for s in (kept, full, channels)]
    plan = layout.plan(((shape, strides), *rest))
    if plan is None or not all(_in_order(plan[0], s) for s in (kept, full)):
        return None
    order, (joined, few, full, _) = plan[0], map(tuple, plan[1])
    axes, others = (
        tuple(d for d, n in enumerate(some) if n == 1 < joined[d]) for some in (few, full)
    )
    along = any(full[d] > 1 for d in axes)
    number = math.prod(shape[d] for d in dims) * group
    unit = group if next((d for d in order if shape[d] > 1), 0) == 1 else 1
    return Form(order, joined, few, full, axes, others, kept, number, along, group, unit)


def _in_order(order: Sequence[int], shape: Dims) -> bool:
    """Whether elements of this shape come one after the other as they do in another order."""
    long = [d for d in order if shape[d] > 1]
    return long == sorted(long)


def standardized(
    x: Array, weight: Array | None, bias: Array | None, dims: Dims, eps: float, group: int = 1
) -> tuple[Array, Array, Array, Array]:
    """``(x - mean) * inverse * weight + bias``; mean, variance and their `inverse`.

    The mean is that over `dims`, which are kept with size 1, and the variance the biased one; both
    are 0 of nothing. ``inverse = 1 / sqrt(variance + eps)``. So many neighbours of dimension 1 as
    `group` says have them in common.
    """
    if not x.size:
        mean = np.zeros([1 if d in dims else n for d, n in enumerate(x.shape)], x.dtype)
        return x.copy(), mean, mean, _inverse(mean, eps)
    given = bias if weight is None else weight
    form = _form(x.shape, x.strides, dims, () if given is None else given.shape, group)
    if form is None:
        return standardized(np.ascontiguousarray(x), weight, bias, dims, eps, group)
    out = np.empty_like(x)
    weight, bias = (None if v is None else v.reshape(form.weight) for v in (weight, bias))
    arrays = form.view(x), form.view(out), weight, bias
    if x.size <= FEW:
        moments = silent.run(_standardize, form, eps, *arrays)
    elif 0 in form.axes:
        with quiet():
            moments = _standardize_all(form, eps, *arrays)
    else:
        found = _by_parts(form, lambda part: _standardize(form, eps, *_cut(part, *arrays)))
        moments = _merged(form.axes, found)
    mean, var, inverse = (m.reshape(form.kept) for m in moments)
    return out, mean, var, inverse


def _standardize(
    form: Form, eps: float, x: Array, out: Array, weight: Array | None, bias: Array | None
) -> tuple[Array, Array, Array]:
    """Fill in the result of all that is averaged over; the moments."""
    axes = form.axes
    mean = _shared(form, sums(axes, x))
    mean /= form.number
    wide, target, wide_mean = _widened(axes, x, out, mean)
    np.subtract(wide, wide_mean, out=target)
    var = _shared(form, sums(axes, out, out))
    var /= form.number
    inverse = _inverse(var, eps)
    if form.along or weight is None:
        out *= inverse
    else:
        weight = inverse * weight
    _scale(out, weight, bias)
    return mean, var, inverse


def _scale(out: Array, weight: Array | None, bias: Array | None) -> None:
    """Multiply by the weight, in place, and add the bias."""
    given = [v for v in (weight, bias) if v is not None]
    if given and out.size > FEW:
        out, *given = layout.widened([out, *given])
    if weight is not None:
        out *= given[0]
    if bias is not None:
        out += given[-1]


def _shared(form: Form, x: Array) -> Array:
    """For each channel the sum of what there is for the channels of its group."""
    if form.group == 1:
        return x
    total = np.add.reduce(x.reshape(-1, form.group), axis=1)
    return total.repeat(form.group).reshape(x.shape)


def _inverse(var: Array, eps: float) -> Array:
    inverse = var + eps
    return np.reciprocal(np.sqrt(inverse, out=inverse), out=inverse)


def _standardize_all(
    form: Form, eps: float, x: Array, out: Array, weight: Array | None, bias: Array | None
) -> tuple[Array, Array, Array]:
    """`_standardize` where the parts are of what is averaged over.

    The variance is the mean square less the square of the mean, unless that is so much larger
    that it would cost digits.
    """
    axes, count = form.axes, form.number // form.group

    def some(part: slice) -> tuple[Array, Array]:
        return sums(axes, x[part]), sums(axes, x[part], x[part])

    mean, var = (term / count for term in _merged(axes, _by_parts(form, some)))
    square = mean * mean
    var -= square
    if not (square <= FAR * var).all():
        mean, var = _precise_moments(form, x)
    if form.group > 1:
        each, mean = mean, _shared(form, mean) / form.group
        var = _shared(form, var + (each - mean) ** 2) / form.group
    inverse = _inverse(var, eps)
    scale = inverse if weight is None or form.along else inverse * weight
    shift = -mean * scale
    if bias is not None and not form.along:
        shift += bias

    def standardize(part: slice) -> None:
        x_, out_, weight_, bias_ = _cut(part, x, out, weight, bias)
        wide, target, scale_, shift_ = _widened(axes, x_, out_, scale, shift)
        np.multiply(wide, scale_, out=target)
        target += shift_
        if form.along:
            _scale(out_, weight_, bias_)

    _by_parts(form, standardize)
    return mean, var, inverse


def _precise_moments(form: Form, x: Array) -> tuple[Array, Array]:
    """The means and variances of parts, each of what is less its mean, merged."""
    axes = form.axes

    def some(part: slice) -> tuple[int, Array, Array]:
        x_ = x[part]
        n = math.prod(x_.shape[d] for d in axes)
        mean = sums(axes, x_) / n
        wide, wide_mean = _widened(axes, x_, mean)
        centred = np.subtract(wide, wide_mean, out=scratch("centred", wide.shape, wide.dtype))
        return n, mean, layout.fold(sums(axes, centred, centred), mean.shape[-1])

    (n, mean, squares), *others = _by_parts(form, some)
    for more, other, found in others:
        apart, before, n = other - mean, n, n + more
        mean = mean + apart * (more / n)
        squares = squares + found + apart * apart * (before * more / n)
    return mean, squares / n


def standardized_back(
    grad: Array, x: Array, mean: Array, inverse: Array, weight: Array | None,
    shape: tuple[int, ...], dims: Dims, group: int = 1,
) -> tuple[Array, Array, Array]:  # fmt: skip
    """The gradients of `standardized` for `x`, whose moments these are, and for weight and bias.

    `shape` is that of the weight and the bias.
    """
    if not x.size:
        by_weight, by_bias = np.zeros((2, *shape), x.dtype)
        return x.copy(), by_weight, by_bias
    form = _form(x.shape, x.strides, dims, shape, group)
    if form is None:
        x = np.ascontiguousarray(x)
        return standardized_back(grad, x, mean, inverse, weight, shape, dims, group)
    by_x = np.empty_like(x)
    function = _back_along if form.along else _back
    by_weight, by_bias = function(
        form, form.view(x), form.view(by_x), form.view(grad), mean.reshape(form.few),
        inverse.reshape(form.few), None if weight is None else weight.reshape(form.weight),
    )  # fmt: skip
    return by_x, by_weight.reshape(shape), by_bias.reshape(shape)


def _back(
    form: Form, x: Array, out: Array, grad: Array, mean: Array, inverse: Array,
    weight: Array | None,
) -> tuple[Array, Array]:  # fmt: skip
    """Fill in the gradient, where the weight is the same for all that is averaged over."""
    axes = form.axes

    def some(part: slice) -> tuple[Array, Array]:
        x_, out_, grad_, mean_ = _cut(part, x, out, grad, mean)
        wide, target, mean_ = _widened(axes, x_, out_, mean_)
        np.subtract(wide, mean_, out=target)
        return sums(axes, grad_), sums(axes, grad_, out_)

    total, product = _merged(axes, _by_parts(form, some))
    product *= inverse
    by_weight, by_bias = _down(product, form.weight), _down(total, form.weight)
    scale = inverse if weight is None or form.group > 1 else inverse * weight
    factor = []
    if form.group > 1 and weight is not None:  # it varies among what has its moments in common
        factor = [weight]
        total, product = total * weight, product * weight
    slope = inverse * _shared(form, product) / form.number
    shift = _shared(form, total) / form.number

    def back(part: slice) -> None:
        cut = _widened(axes, *_cut(part, out, grad, slope, shift, scale, *factor))
        out_, grad_, slope_, shift_, scale_, *factor_ = cut
        if factor_:
            grad_ = grad_ * factor_[0]
        out_ *= slope_
        np.subtract(grad_, out_, out=out_)
        out_ -= shift_
        out_ *= scale_

    _by_parts(form, back)
    return by_weight, by_bias


def _back_along(
    form: Form, x: Array, out: Array, grad: Array, mean: Array, inverse: Array,
    weight: Array | None,
) -> tuple[Array, Array]:  # fmt: skip
    """Fill in the gradient, where the weight varies along what is averaged over."""
    axes, others = form.axes, form.others

    def back(part: slice) -> tuple[Array, Array]:
        arrays = _cut(part, x, out, grad, mean, inverse, weight)
        x_, out_, grad_, mean_, inverse_, weight_ = arrays
        centred = np.subtract(x_, mean_, out=out_)
        weighted = np.multiply(grad_, inverse_, order="C")
        terms = sums(others, weighted, centred), sums(others, grad_)
        _scale(weighted, weight_, None)
        total, product = sums(axes, weighted), sums(axes, weighted, centred)
        total /= form.number
        product *= inverse_ * inverse_ / form.number
        centred *= product
        np.subtract(weighted, centred, out=out_)
        out_ -= total
        return terms

    found = [silent.run(back, WHOLE)] if 0 in axes else _by_parts(form, back)
    by_weight, by_bias = _merged(others, found)
    return by_weight, by_bias


def _widened(axes: Dims, first: Array, *others: Array) -> list[Array]:
    """Views with long rows, if sums over `axes` are sums of rows."""
    arrays = [first, *others]
    return layout.widened(arrays) if first.ndim - 2 in axes and first.size > FEW else arrays


def _cut(part: slice, *arrays: Array) -> Sequence[Array]:
    """This part of arrays, some of which are the same for all parts."""
    return arrays if part is WHOLE else [a if a is None or len(a) == 1 else a[part] for a in arrays]


def _down(x: Array, shape: Dims) -> Array:
    """`x` summed to a shape."""
    if x.shape == shape:
        return x
    return x.sum(axis=tuple(d for d, n in enumerate(shape) if n == 1), keepdims=True)


def _merged(axes: Dims, found: Sequence[tuple[Array, Array]]) -> Sequence[Array]:
    """Sums of parts: added up if the parts are of what was summed over, else side by side."""
    if len(found) == 1:
        return found[0]
    if 0 in axes:
        return [sum(terms[1:], terms[0]) for terms in zip(*found)]
    return [np.concatenate(terms) for terms in zip(*found)]


def _by_parts(form: Form, function: Callable[[slice], Any]) -> list[Any]:
    """The results for parts of the first dimension, in their order."""
    size, unit = math.prod(form.shape), form.unit
    if size < LARGE:
        return [silent.run(function, WHOLE)]
    parts = split(form.shape[0] // unit, size)
    return threads.collect(function, [slice(p.start * unit, p.stop * unit) for p in parts])


def scaled(x: Array, scale: Array, shift: Array, out: Array | None = None) -> Array:
    """``x * scale + shift``."""
    return np.add(out := np.asarray(np.multiply(x, scale, out)), shift, out)
