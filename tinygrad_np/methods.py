"""The methods of Tensor that are ops or functions of its first argument.

Each is one line, so that editors and type checkers see it; its documentation is the function's.
A name with an underscore at its end works in place.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tinygrad_np import new as like
from tinygrad_np import storage as memory
from tinygrad_np import strides
from tinygrad_np.layout import Layout
from tinygrad_np.ops import (
    axes,
    bessel,
    blend,
    broadcast,
    calling,
    cast,
    choice,
    compare,
    counting,
    covariance,
    division,
    einsum,
    elementwise,
    exponential,
    extremes,
    factors,
    fill,
    gamma,
    gathering,
    householder,
    indices,
    integers,
    inverse,
    linalg,
    logic,
    logsum,
    mask,
    matrix,
    matrix_functions,
    norms,
    old_linalg,
    parts,
    piecewise,
    powers,
    pseudo,
    quantiles,
    random,
    reduce,
    renorm,
    repetition,
    replacing,
    rounding,
    sample,
    scan,
    shape,
    softmax,
    sort,
    special,
    statistics,
    stft,
    triangle,
    trigonometry,
    unbroadcast,
)
from tinygrad_np.ops import complex as complex_
from tinygrad_np.tape.graph import TensorBase
from tinygrad_np.tape.inplace import inplace, inplace_view

_OPERANDS = (TensorBase, int, float, complex, np.ndarray, np.generic)


def _operator(function: Callable[..., Any]) -> Callable[[Any, Any], Any]:
    """A function as the method of an operator, which leaves operands that it does not know."""

    def method(self: Any, other: Any) -> Any:
        return function(self, other) if isinstance(other, _OPERANDS) else NotImplemented

    quick: Any = getattr(function, "quick", None)
    return quick(method) if quick else method  # type: ignore[no-any-return]


def _reflected(function: Callable[..., Any]) -> Callable[[Any, Any], Any]:
    """The same for ``other <operator> self``."""

    def method(self: Any, other: Any) -> Any:
        return function(other, self) if isinstance(other, _OPERANDS) else NotImplemented

    return method


class Methods(Layout):
    """What `Tensor` inherits from the ops."""

    __slots__ = ()

    # --- arithmetic: ops/elementwise.py ---
    add, add_ = elementwise.add, inplace(elementwise.add)
    sub, sub_ = elementwise.sub, inplace(elementwise.sub)
    mul, mul_ = elementwise.mul, inplace(elementwise.mul)
    div, div_ = division.div, inplace(division.div)
    true_divide, true_divide_ = division.true_divide, inplace(division.true_divide)
    floor_divide, floor_divide_ = division.floor_divide, inplace(division.floor_divide)
    remainder, remainder_ = division.remainder, inplace(division.remainder)
    fmod, fmod_ = division.fmod, inplace(division.fmod)
    neg, neg_ = elementwise.neg, inplace(elementwise.neg)
    abs, abs_ = elementwise.abs, inplace(elementwise.abs)
    sign, sign_ = elementwise.sign, inplace(elementwise.sign)
    reciprocal, reciprocal_ = division.reciprocal, inplace(division.reciprocal)
    addcmul, addcmul_ = blend.addcmul, inplace(blend.addcmul)
    addcdiv, addcdiv_ = blend.addcdiv, inplace(blend.addcdiv)
    lerp, lerp_ = blend.lerp, inplace(blend.lerp)
    positive = elementwise.positive
    subtract, subtract_ = sub, sub_
    multiply, multiply_ = mul, mul_
    divide, divide_ = div, div_
    negative, negative_ = neg, neg_
    absolute, absolute_ = abs, abs_

    # --- powers, exponentials, logarithms: ops/exponential.py ---
    pow, pow_ = exponential.pow, inplace(exponential.pow)
    square, square_ = exponential.square, inplace(exponential.square)
    sqrt, sqrt_ = exponential.sqrt, inplace(exponential.sqrt)
    rsqrt, rsqrt_ = exponential.rsqrt, inplace(exponential.rsqrt)
    exp, exp_ = exponential.exp, inplace(exponential.exp)
    exp2, exp2_ = exponential.exp2, inplace(exponential.exp2)
    expm1, expm1_ = exponential.expm1, inplace(exponential.expm1)
    sigmoid, sigmoid_ = exponential.sigmoid, inplace(exponential.sigmoid)
    log, log_ = exponential.log, inplace(exponential.log)
    log2, log2_ = exponential.log2, inplace(exponential.log2)
    log10, log10_ = exponential.log10, inplace(exponential.log10)
    log1p, log1p_ = exponential.log1p, inplace(exponential.log1p)
    xlogy, xlogy_ = exponential.xlogy, inplace(exponential.xlogy)
    logaddexp, logaddexp2 = exponential.logaddexp, powers.logaddexp2
    float_power, float_power_ = powers.float_power, powers.float_power_
    ldexp, ldexp_ = powers.ldexp, inplace(powers.ldexp)
    nextafter, nextafter_ = powers.nextafter, inplace(powers.nextafter)
    frexp = powers.frexp

    # --- ops/trigonometry.py, ops/special.py, ops/gamma.py, ops/bessel.py ---
    sin, sin_ = trigonometry.sin, inplace(trigonometry.sin)
    cos, cos_ = trigonometry.cos, inplace(trigonometry.cos)
    tan, tan_ = trigonometry.tan, inplace(trigonometry.tan)
    asin, asin_ = trigonometry.asin, inplace(trigonometry.asin)
    acos, acos_ = trigonometry.acos, inplace(trigonometry.acos)
    atan, atan_ = trigonometry.atan, inplace(trigonometry.atan)
    atan2, atan2_ = trigonometry.atan2, inplace(trigonometry.atan2)
    hypot, hypot_ = trigonometry.hypot, inplace(trigonometry.hypot)
    sinh, sinh_ = trigonometry.sinh, inplace(trigonometry.sinh)
    cosh, cosh_ = trigonometry.cosh, inplace(trigonometry.cosh)
    tanh, tanh_ = trigonometry.tanh, inplace(trigonometry.tanh)
    asinh, asinh_ = trigonometry.asinh, inplace(trigonometry.asinh)
    acosh, acosh_ = trigonometry.acosh, inplace(trigonometry.acosh)
    atanh, atanh_ = trigonometry.atanh, inplace(trigonometry.atanh)
    arcsin, arcsin_ = asin, asin_
    arccos, arccos_ = acos, acos_
    arctan, arctan_ = atan, atan_
    arctan2, arctan2_ = atan2, atan2_
    arcsinh, arcsinh_ = asinh, asinh_
    arccosh, arccosh_ = acosh, acosh_
    arctanh, arctanh_ = atanh, atanh_
    erf, erf_ = special.erf, inplace(special.erf)
    erfc, erfc_ = special.erfc, inplace(special.erfc)
    erfinv, erfinv_ = special.erfinv, inplace(special.erfinv)
    lgamma, lgamma_ = special.lgamma, inplace(special.lgamma)
    digamma, digamma_ = special.digamma, inplace(special.digamma)
    logit, logit_ = special.logit, inplace(special.logit)
    sinc, sinc_ = special.sinc, inplace(special.sinc)
    i0, i0_ = bessel.i0, inplace(bessel.i0)
    igamma, igamma_ = gamma.gammainc, inplace(gamma.gammainc)
    igammac, igammac_ = gamma.gammaincc, inplace(gamma.gammaincc)
    mvlgamma, mvlgamma_ = gamma.multigammaln, inplace(gamma.multigammaln)

    def polygamma(self, n: Any) -> Any:
        """The `n`-th derivative of `digamma`; see `tinygrad_np.polygamma`."""
        return special.polygamma(n, self)

    polygamma_ = inplace(polygamma)
    deg2rad, deg2rad_ = trigonometry.deg2rad, inplace(trigonometry.deg2rad)
    rad2deg, rad2deg_ = trigonometry.rad2deg, inplace(trigonometry.rad2deg)

    # --- ops/rounding.py, ops/choice.py ---
    floor, floor_ = rounding.floor, inplace(rounding.floor)
    ceil, ceil_ = rounding.ceil, inplace(rounding.ceil)
    trunc, trunc_ = rounding.trunc, inplace(rounding.trunc)
    round, round_ = rounding.round, inplace(rounding.round)
    frac, frac_ = rounding.frac, inplace(rounding.frac)
    fix, fix_ = trunc, trunc_
    maximum, minimum = choice.maximum, choice.minimum
    fmax, fmin = choice.fmax, choice.fmin
    clamp, clamp_ = choice.clamp, inplace(choice.clamp)
    clamp_min, clamp_min_ = choice.clamp_min, inplace(choice.clamp_min)
    clamp_max, clamp_max_ = choice.clamp_max, inplace(choice.clamp_max)
    clip, clip_ = clamp, clamp_
    nan_to_num, nan_to_num_ = choice.nan_to_num, inplace(choice.nan_to_num)
    copysign, copysign_ = choice.copysign, inplace(choice.copysign)
    heaviside, heaviside_ = choice.heaviside, inplace(choice.heaviside)

    def where(self, condition: Any, other: Any) -> Any:
        """The tensor where `condition` holds, `other` elsewhere; see `tinygrad_np.where`."""
        return choice.where(condition, self, other)

    # --- comparisons and logic: ops/compare.py, ops/logic.py ---
    eq, eq_ = compare.eq, inplace(compare.eq)
    ne, ne_ = compare.ne, inplace(compare.ne)
    lt, lt_ = compare.lt, inplace(compare.lt)
    le, le_ = compare.le, inplace(compare.le)
    gt, gt_ = compare.gt, inplace(compare.gt)
    ge, ge_ = compare.ge, inplace(compare.ge)
    not_equal, not_equal_ = ne, ne_
    less, less_ = lt, lt_
    less_equal, less_equal_ = le, le_
    greater, greater_ = gt, gt_
    greater_equal, greater_equal_ = ge, ge_
    isnan, isinf, isfinite = compare.isnan, compare.isinf, compare.isfinite
    isposinf, isneginf, signbit = compare.isposinf, compare.isneginf, compare.signbit
    isclose, allclose, equal = compare.isclose, compare.allclose, compare.equal
    logical_and, logical_and_ = logic.logical_and, inplace(logic.logical_and)
    logical_or, logical_or_ = logic.logical_or, inplace(logic.logical_or)
    logical_xor, logical_xor_ = logic.logical_xor, inplace(logic.logical_xor)
    logical_not, logical_not_ = logic.logical_not, inplace(logic.logical_not)
    bitwise_and, bitwise_and_ = logic.bitwise_and, inplace(logic.bitwise_and)
    bitwise_or, bitwise_or_ = logic.bitwise_or, inplace(logic.bitwise_or)
    bitwise_xor, bitwise_xor_ = logic.bitwise_xor, inplace(logic.bitwise_xor)
    bitwise_not, bitwise_not_ = logic.bitwise_not, inplace(logic.bitwise_not)
    bitwise_left_shift = logic.bitwise_left_shift
    bitwise_left_shift_ = inplace(logic.bitwise_left_shift)
    bitwise_right_shift = logic.bitwise_right_shift
    bitwise_right_shift_ = inplace(logic.bitwise_right_shift)

    gcd, gcd_ = integers.gcd, inplace(integers.gcd)
    lcm, lcm_ = integers.lcm, inplace(integers.lcm)

    # --- activations: ops/piecewise.py, ops/activation.py ---
    relu, relu_ = piecewise.relu, inplace(piecewise.relu)
    prelu, hardshrink = piecewise.prelu, piecewise.hardshrink
    softmax, log_softmax = softmax.softmax, softmax.log_softmax

    # --- reductions: ops/reduce.py and its neighbours ---
    sum, mean, prod = reduce.sum, reduce.mean, reduce.prod
    any, all, count_nonzero = reduce.any, reduce.all, reduce.count_nonzero
    var, std = statistics.var, statistics.std
    nansum, nanmean = statistics.nansum, statistics.nanmean
    max, min, aminmax = extremes.max, extremes.min, extremes.aminmax
    amax, amin, argmax, argmin = extremes.amax, extremes.amin, extremes.argmax, extremes.argmin
    norm, dist = norms.norm, norms.dist
    renorm, renorm_ = renorm.renorm, inplace(renorm.renorm)
    logsumexp, logcumsumexp = logsum.logsumexp, logsum.logcumsumexp
    cumsum, cumsum_ = scan.cumsum, inplace(scan.cumsum)
    cumprod, cumprod_ = scan.cumprod, inplace(scan.cumprod)
    cummax, cummin, diff = scan.cummax, scan.cummin, scan.diff
    cov, corrcoef = covariance.cov, covariance.corrcoef
    median, nanmedian = quantiles.median, quantiles.nanmedian
    quantile, nanquantile = quantiles.quantile, quantiles.nanquantile

    # --- shapes and views: ops/shape.py ---
    reshape, reshape_as = shape.reshape, shape.reshape_as
    view, view_as = shape.view, shape.view_as
    flatten, unflatten, ravel = shape.flatten, shape.unflatten, shape.ravel
    squeeze, squeeze_ = shape.squeeze, inplace_view(shape.squeeze)
    unsqueeze, unsqueeze_ = shape.unsqueeze, inplace_view(shape.unsqueeze)
    expand, expand_as = shape.expand, broadcast.expand_as
    sum_to_size = unbroadcast.sum_to_size
    broadcast_to = broadcast.broadcast_to
    clone, contiguous = shape.clone, shape.contiguous

    # --- the order of dimensions and elements: ops/axes.py ---
    transpose, transpose_ = axes.transpose, inplace_view(axes.transpose)
    swapaxes, swapaxes_ = axes.swapaxes, inplace_view(axes.swapaxes)
    swapdims, swapdims_ = axes.swapdims, inplace_view(axes.swapdims)
    t, t_ = axes.t, inplace_view(axes.t)
    permute = axes.permute
    movedim, moveaxis = axes.movedim, axes.moveaxis
    adjoint = axes.adjoint
    T, H = property(axes.reverse), property(axes.hermitian)
    mT = property(axes.matrix_transpose)  # noqa: N815
    mH = property(axes.adjoint)  # noqa: N815
    flip, fliplr, flipud = axes.flip, axes.fliplr, axes.flipud
    roll, rot90 = axes.roll, axes.rot90

    # --- complex numbers: ops/complex.py ---
    real = property(complex_.real, lambda self, value: fill.copy_(complex_.real(self), value))
    imag = property(complex_.imag, lambda self, value: fill.copy_(complex_.imag(self), value))
    conj_physical_ = inplace(complex_.conj_physical)
    conj, conj_physical, angle = complex_.conj, complex_.conj_physical, complex_.angle
    resolve_conj, resolve_neg = complex_.resolve_conj, complex_.resolve_neg
    is_conj, isreal = complex_.is_conj, complex_.isreal
    sgn, sgn_ = complex_.sgn, inplace(complex_.sgn)

    # --- short Fourier transforms: ops/stft.py ---
    stft, istft = stft.stft, stft.istft

    # --- diagonals and triangles: ops/triangle.py ---
    diagonal, diagonal_scatter = triangle.diagonal, triangle.diagonal_scatter
    diag, diag_embed, diagflat = triangle.diag, triangle.diag_embed, triangle.diagflat
    tril, tril_ = triangle.tril, inplace(triangle.tril)
    triu, triu_ = triangle.triu, inplace(triangle.triu)

    # --- parts and repetition: ops/parts.py, ops/repetition.py ---
    narrow_copy = parts.narrow_copy
    narrow, select, unfold, unbind = parts.narrow, parts.select, parts.unfold, parts.unbind
    split, split_with_sizes = parts._split, parts.split_with_sizes
    chunk, tensor_split = parts.chunk, parts.tensor_split
    unsafe_split, unsafe_split_with_sizes, unsafe_chunk = split, split_with_sizes, chunk
    select_scatter, slice_scatter = replacing.select_scatter, replacing.slice_scatter
    hsplit, vsplit, dsplit = parts.hsplit, parts.vsplit, parts.dsplit
    repeat, tile = repetition.repeat, repetition.tile
    repeat_interleave = repetition.repeat_interleave

    # --- indexing: ops/indices.py, ops/gathering.py, ops/mask.py ---
    index_select, take = indices.index_select, indices.take
    index_add, index_add_ = indices.index_add, inplace(indices.index_add)
    index_copy, index_copy_ = indices.index_copy, inplace(indices.index_copy)
    index_fill, index_fill_ = indices.index_fill, inplace(indices.index_fill)
    index_reduce, index_reduce_ = replacing.index_reduce, inplace(replacing.index_reduce)
    index_put, index_put_ = indices.index_put, inplace(indices.index_put)
    put, put_ = indices.put, inplace(indices.put)
    gather, take_along_dim = gathering.gather, gathering.take_along_dim
    scatter, scatter_ = gathering.scatter, inplace(gathering.scatter)
    scatter_add, scatter_add_ = gathering.scatter_add, inplace(gathering.scatter_add)
    scatter_reduce, scatter_reduce_ = gathering.scatter_reduce, inplace(gathering.scatter_reduce)
    masked_fill, masked_fill_ = mask.masked_fill, inplace(mask.masked_fill)
    masked_scatter, masked_scatter_ = mask.masked_scatter, inplace(mask.masked_scatter)
    masked_select = mask.masked_select
    nonzero, argwhere, nonzero_static = mask.nonzero, mask.argwhere, mask.nonzero_static

    # --- sorting and counting: ops/sort.py, ops/counting.py ---
    argsort, msort, topk, kthvalue = sort.argsort, sort.msort, sort.topk, sort.kthvalue
    mode = sort.mode
    sort = sort.sort
    unique, unique_consecutive = counting.unique, counting.unique_consecutive
    bincount, histc, histogram = counting.bincount, counting.histc, counting.histogram

    # --- linear algebra: ops/linalg.py, ops/matrix.py, ops/einsum.py ---
    matmul = linalg.matmul
    mm, bmm, mv = linalg.mm, linalg.bmm, linalg.mv
    dot, vdot = linalg.dot, linalg.vdot
    outer, ger, inner = linalg.outer, linalg.ger, einsum.inner
    addmm, addmm_ = matrix.addmm, inplace(matrix.addmm)
    addmv, addmv_ = matrix.addmv, inplace(matrix.addmv)
    addr, addr_ = matrix.addr, inplace(matrix.addr)
    addbmm, addbmm_ = matrix.addbmm, inplace(matrix.addbmm)
    baddbmm, baddbmm_ = matrix.baddbmm, inplace(matrix.baddbmm)
    kron, trace, cross = matrix.kron, matrix.trace, matrix.cross
    matrix_power = matrix.matrix_power
    matrix_exp, logdet = matrix_functions.matrix_exp, matrix_functions.logdet
    svd, qr, cholesky = old_linalg.svd, old_linalg.qr, old_linalg.cholesky
    lu, lu_solve = old_linalg.lu, old_linalg.lu_solve
    triangular_solve, pinverse = old_linalg.triangular_solve, pseudo.pinverse
    cholesky_solve, cholesky_inverse = factors.cholesky_solve, factors.cholesky_inverse
    geqrf, orgqr, ormqr = householder.geqrf, householder.orgqr, householder.ormqr
    det, slogdet, inverse = inverse.det, inverse.slogdet, inverse.inv

    # --- random numbers: ops/random.py, ops/sample.py ---
    normal_, uniform_ = inplace(random.normal), inplace(random.uniform)
    random_, bernoulli_ = inplace(random.random), inplace(random.bernoulli)
    exponential_, log_normal_ = inplace(random.exponential), inplace(random.log_normal)
    cauchy_, geometric_ = inplace(random.cauchy), inplace(random.geometric)
    bernoulli, multinomial = sample.bernoulli, sample.multinomial

    # --- tensors of the same dtype: new.py ---
    new, new_tensor, new_full = like.new, like.new_tensor, like.new_full
    new_zeros, new_ones, new_empty = like.new_zeros, like.new_ones, like.new_empty
    new_empty_strided = like.of_same_type(strides.empty_strided)

    # --- memory: storage.py, strides.py ---
    storage, untyped_storage = memory.storage, memory.untyped_storage
    storage_offset, set_ = memory.storage_offset, memory.set_
    resize_, resize_as_ = memory.resize_, memory.resize_as_
    as_strided, as_strided_ = strides.as_strided, inplace_view(strides.as_strided)
    as_strided_scatter = strides.as_strided_scatter

    # --- values in place: ops/fill.py ---
    copy_, fill_, zero_ = fill.copy_, fill.fill_, fill.zero_
    fill_diagonal_ = fill.fill_diagonal_
    apply_, map_, map2_ = calling.apply_, calling.map_, calling.map2_

    # --- types: ops/cast.py ---
    to, type, type_as, astype = cast.to, cast.type_, cast.type_as, cast.cast
    float, double, half = cast.float_, cast.double, cast.half
    cfloat, cdouble = cast.cfloat, cast.cdouble
    long, int, short, char = cast.long, cast.int_, cast.short, cast.char
    byte, bool = cast.byte, cast.bool_
    cpu = cast.cpu
    cuda = cast.cuda
    pin_memory = cast.pin_memory

    # --- operators ---
    __add__ = __radd__ = _operator(elementwise.add)
    __sub__, __rsub__ = _operator(elementwise.sub), _reflected(elementwise.sub)
    __mul__ = __rmul__ = _operator(elementwise.mul)
    __truediv__, __rtruediv__ = _operator(division._div), _reflected(division.over)
    __floordiv__ = _operator(division.floor_divide)
    __rfloordiv__ = _reflected(division.floor_divide)
    __mod__, __rmod__ = _operator(division.remainder), _reflected(division.remainder)
    __pow__, __rpow__ = _operator(exponential.pow), _reflected(exponential.pow)
    __and__ = __rand__ = _operator(logic.bitwise_and)
    __or__ = __ror__ = _operator(logic.bitwise_or)
    __xor__ = __rxor__ = _operator(logic.bitwise_xor)
    __lshift__ = _operator(logic.bitwise_left_shift)
    __rlshift__ = _reflected(logic.bitwise_left_shift)
    __rshift__ = _operator(logic.bitwise_right_shift)
    __rrshift__ = _reflected(logic.bitwise_right_shift)
    __eq__ = _operator(compare.eq)
    __ne__ = _operator(compare.ne)
    __lt__, __le__ = _operator(compare.lt), _operator(compare.le)
    __gt__, __ge__ = _operator(compare.gt), _operator(compare.ge)
    __neg__, __pos__, __abs__ = elementwise.neg, elementwise.positive, elementwise.abs
    __invert__ = logic.bitwise_not
    __iadd__, __isub__, __imul__, __itruediv__ = add_, sub_, mul_, div_
    __ifloordiv__, __imod__, __ipow__ = floor_divide_, remainder_, pow_
    __iand__, __ior__, __ixor__ = bitwise_and_, bitwise_or_, bitwise_xor_
    __ilshift__, __irshift__ = bitwise_left_shift_, bitwise_right_shift_

    __matmul__, __rmatmul__ = _operator(linalg.matmul), _reflected(linalg.matmul)
