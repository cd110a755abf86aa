"""Rows for the reductions: ops/reduce.py, statistics.py, extremes.py, norms.py, logsum.py."""

import functools

import numpy as np
import scipy.special
from hypothesis import strategies as st

import tinygrad_np as tg
from tests.opinfo import OpInfo, Sample, drawn, numpy_axes, reduction
from tinygrad_np import testing
from tinygrad_np.ops import norms


def of(function):
    """NumPy's function, called with PyTorch's parameters."""

    def reference(x, **params):
        return function(x, **numpy_axes(params))

    return reference


@st.composite
def along(draw, low=-2.0, high=2.0, min_side=1, optional=True, keepdim=True, **params):
    """One array with `dim` an int, 0-d ones too, or for `optional` none."""
    x = draw(testing.spaced(testing.shapes(min_side=min_side), low, high))
    size = max(x.ndim, 1)
    dims = st.integers(-size, size - 1)
    chosen = drawn(draw, params)
    dim = draw(st.none() | dims if optional else dims)
    if dim is not None:
        chosen["dim"] = dim
        if keepdim:
            chosen["keepdim"] = draw(st.booleans())
    return Sample((x,), chosen)


@st.composite
def several(draw, low=-2.0, high=2.0, min_side=2, always=False, **params):
    """One array of at least one dimension, with `dim` None, an int or a tuple, and keepdim."""
    x = draw(testing.spaced(testing.shapes(min_dims=1, min_side=min_side), low, high))
    dims = st.integers(-x.ndim, x.ndim - 1)
    dims |= st.sets(st.integers(0, x.ndim - 1), min_size=1).map(tuple)
    chosen = {"dim": draw(dims if always else st.none() | dims), "keepdim": draw(st.booleans())}
    return Sample((x,), {**chosen, **drawn(draw, params)})


@st.composite
def with_zeros(draw):
    """For `prod`: some elements are 0."""
    sample = draw(along(min_side=0))
    (x,) = sample.args
    zeros = np.random.default_rng(draw(st.integers(0, 99))).random(x.shape) < 0.3
    return Sample((np.where(zeros, 0.0, x),), sample.params)


@st.composite
def with_nans(draw):
    sample = draw(reduction(min_side=1))
    (x,) = sample.args
    holes = np.random.default_rng(draw(st.integers(0, 99))).random(x.shape) < 0.3
    first = np.arange(x.size).reshape(x.shape) == 0
    return Sample((np.where(holes & ~first, np.nan, x),), sample.params)


def ints(strategy):
    """The samples of a strategy, rounded to a few integers."""
    return strategy.map(lambda s: Sample(tuple(a.astype(np.int64) for a in s.args), s.params))


def variance(function, x, dim=None, keepdim=False, correction=1):
    return function(x, axis=dim, keepdims=keepdim, ddof=correction)


def mean_after(function, x, dim=None, keepdim=False, correction=1):
    return variance(function, x, dim, keepdim, correction), np.mean(x, axis=dim, keepdims=keepdim)


def choice(value, position, x, dim=None, keepdim=False):
    if dim is None:
        return value(x)
    return value(x, axis=dim, keepdims=keepdim), position(x, axis=dim, keepdims=keepdim)


def vector_norm(x, ord=2, dim=None, keepdim=False):
    """By NumPy's, which has vectors along one dimension only."""
    axes = tuple(range(x.ndim)) if dim is None else tuple(np.atleast_1d(dim) % max(x.ndim, 1))
    rest = [i for i in range(x.ndim) if i not in axes]
    flat = x.transpose([*rest, *axes]).reshape(*(x.shape[i] for i in rest), -1)
    out = np.linalg.norm(flat, ord, axis=-1)
    return out.reshape([1 if i in axes else n for i, n in enumerate(x.shape)]) if keepdim else out


@st.composite
def matrices(draw):
    x = draw(testing.spaced(testing.shapes(min_dims=2, min_side=1)))
    pair = draw(st.permutations(range(x.ndim)))[:2]
    ord = draw(st.sampled_from(["fro", 1, -1, np.inf, -np.inf]))
    return Sample((x,), {"ord": ord, "dim": tuple(pair), "keepdim": draw(st.booleans())})


correction = st.sampled_from([0, 1, 0.5])
orders = st.sampled_from([2, 1, 3, 0.5, 0, -1, np.inf, -np.inf, 1.5])

ROWS = [
    OpInfo(tg.sum, of(np.sum), reduction()),
    OpInfo(tg.mean, of(np.mean), reduction(min_side=1)),
    OpInfo(tg.prod, of(np.prod), with_zeros()),
    OpInfo(tg.any, of(np.any), ints(reduction()), smooth=False),
    OpInfo(tg.all, of(np.all), ints(reduction()), smooth=False),
    OpInfo(
        tg.count_nonzero,
        lambda x, dim=None: np.count_nonzero(x, axis=dim),
        ints(reduction()).map(lambda s: Sample(s.args, {"dim": s.params.get("dim")})),
        smooth=False,
    ),
    OpInfo(
        tg.var,
        functools.partial(variance, np.var),
        several(correction=correction),
        covers=("_var",),
    ),
    OpInfo(
        tg.std,
        functools.partial(variance, np.std),
        several(correction=correction),
        covers=("_std",),
    ),
    OpInfo(tg.var_mean, functools.partial(mean_after, np.var), several(correction=correction)),
    OpInfo(tg.std_mean, functools.partial(mean_after, np.std), several(correction=correction)),
    OpInfo(tg.nansum, of(np.nansum), with_nans(), smooth=False),
    OpInfo(tg.nanmean, of(np.nanmean), reduction(min_side=1)),
    OpInfo(tg.amax, of(np.max), reduction(min_side=1), covers=("share",)),
    OpInfo(tg.amin, of(np.min), reduction(min_side=1)),
    OpInfo(
        tg.aminmax,
        lambda x, **p: (of(np.min)(x, **p), of(np.max)(x, **p)),
        along(),
    ),
    OpInfo(tg.max, functools.partial(choice, np.max, np.argmax), along()),
    OpInfo(tg.min, functools.partial(choice, np.min, np.argmin), along()),
    OpInfo(tg.argmax, of(np.argmax), along(), smooth=False),
    OpInfo(tg.argmin, of(np.argmin), along(), smooth=False),
    OpInfo(
        tg.linalg.vector_norm,
        vector_norm,
        several(ord=orders, min_side=1),
        covers=("_vector_norm",),
        grad_atol=1e-4,
    ),
    OpInfo(
        norms.linalg_norm,
        vector_norm,
        along(optional=False, ord=st.sampled_from([1, 2, 3])).filter(lambda s: s.args[0].ndim),
        torch="linalg.norm",
    ),
    OpInfo(
        tg.linalg.matrix_norm,
        lambda x, ord, dim, keepdim: np.linalg.norm(x, ord, dim, keepdim),
        matrices(),
    ),
    OpInfo(
        tg.norm,
        lambda x, p=2, **params: vector_norm(x, p, **params),
        several(p=st.sampled_from([2, 1, 3]), min_side=1),
    ),
    OpInfo(
        tg.dist,
        lambda a, b, p=2: np.linalg.norm((a - b).ravel(), p),
        several(p=st.sampled_from([2, 1, 3])).map(
            lambda s: Sample((s.args[0], s.args[0][::-1] * 2 + 1), {"p": s.params["p"]})
        ),
    ),
    OpInfo(
        tg.logsumexp,
        of(scipy.special.logsumexp),
        several(always=True, min_side=1),
    ),
    OpInfo(
        tg.logcumsumexp,
        lambda x, dim: np.logaddexp.accumulate(np.atleast_1d(x), dim).reshape(x.shape),
        along(optional=False, keepdim=False, min_side=0),
    ),
]
