"""Rows for what goes by order: ops/sort.py, scan.py, quantiles.py, counting.py."""

import numpy as np
from hypothesis import strategies as st

import tinygrad_np as tg
from tests.opinfo import Constant, OpInfo, Sample
from tests.rows.reduce import along, ints
from tinygrad_np import testing


def picked(x, dim, order, keepdim=True):
    """The elements in that order along `dim`, and the order."""
    values = np.take_along_axis(np.atleast_1d(x), order, dim)
    if not x.ndim:
        return values[0], order[0]
    return (values, order) if keepdim else (values.squeeze(dim), order.squeeze(dim))


def ordered(x, dim=-1, descending=False):
    return np.argsort(np.atleast_1d(-x if descending else x), dim, kind="stable")


def sort(x, dim=-1, descending=False):
    return picked(x, dim, ordered(x, dim, descending))


def argsort(x, dim=-1, descending=False):
    return sort(x, dim, descending)[1]


def topk(x, k, dim=-1, largest=True):
    return picked(x, dim, np.take(ordered(x, dim, largest), range(k), dim))


def kthvalue(x, k, dim=-1, keepdim=False):
    return picked(x, dim, np.take(ordered(x, dim), [k - 1], dim), keepdim)


def median(x, dim=None, keepdim=False):
    if dim is None:
        return np.sort(x.ravel())[(x.size - 1) // 2]
    middle = (np.atleast_1d(x).shape[dim] - 1) // 2
    return kthvalue(x, middle + 1, dim, keepdim)


@st.composite
def ranked(draw, from_=0, **params):
    """An array, `k` up to its size along `dim`, and `dim`."""
    sample = draw(along(optional=False, **params))
    (x,) = sample.args
    k = draw(st.integers(from_, x.shape[sample.params["dim"]] if x.ndim else 1))
    return Sample((x, max(k, 1) if not x.ndim else k), sample.params)


@st.composite
def fractions(draw):
    sample = draw(along(interpolation=st.sampled_from(["linear", "lower", "higher", "midpoint"])))
    q = draw(st.sampled_from([0.3, 1.0, np.array([0.0, 0.45]), np.zeros(0)]))
    q = q.view(Constant) if isinstance(q, np.ndarray) else q
    return Sample((*sample.args, q), sample.params)


def quantile(x, q, dim=None, keepdim=False, interpolation="linear"):
    axis = dim if x.ndim else None
    return np.quantile(x, np.asarray(q), axis, method=interpolation, keepdims=keepdim)


def running(ufunc):
    return lambda x, dim: ufunc.accumulate(np.atleast_1d(x), dim).reshape(x.shape)


def leading(ufunc):
    """Running extremes and their last indices, by a loop."""

    def reference(x, dim):
        rows = np.moveaxis(np.atleast_1d(x), dim, 0)
        values, indices = np.empty_like(rows), np.empty(rows.shape, np.int64)
        for i in range(len(rows)):
            wins = np.ones(rows.shape[1:], bool)
            if i:
                wins = ufunc(rows[i], values[i - 1]) == rows[i]
            values[i] = np.where(wins, rows[i], values[i - 1])
            indices[i] = np.where(wins, i, indices[i - 1])
        return tuple(np.moveaxis(a, 0, dim).reshape(x.shape) for a in (values, indices))

    return reference


@st.composite
def factors(draw):
    """For `cumprod`: some elements are 0."""
    sample = draw(along(optional=False, keepdim=False, min_side=0))
    (x,) = sample.args
    zeros = np.random.default_rng(draw(st.integers(0, 99))).random(x.shape) < 0.3
    return Sample((np.where(zeros, 0.0, x),), sample.params)


@st.composite
def repeated(draw):
    """An array of few different values, with `dim` None or an int."""
    x = draw(testing.spaced(testing.shapes(min_dims=1, min_side=1, max_side=4)))
    dims = st.integers(-x.ndim, x.ndim - 1)
    params = {"dim": draw(st.none() | dims), "return_inverse": True, "return_counts": True}
    return Sample((np.round(x),), params)


def unique(x, dim, return_inverse, return_counts):
    values, inverse, counts = np.unique(
        x, return_inverse=True, return_counts=True, axis=dim, equal_nan=False
    )
    return values, inverse.reshape(x.shape if dim is None else x.shape[dim]), counts


def unique_consecutive(x, dim, return_inverse, return_counts):
    rows = list(np.moveaxis(x, dim, 0)) if dim is not None else list(x.ravel())
    kept, inverse, counts = [], [], []
    for row in rows:
        if kept and np.array_equal(kept[-1], row):
            counts[-1] += 1
        else:
            kept.append(row)
            counts.append(1)
        inverse.append(len(kept) - 1)
    values = np.array(kept) if dim is None else np.stack(kept, dim)
    return values, np.reshape(inverse, x.shape if dim is None else -1), np.array(counts)


@st.composite
def searches(draw):
    lead = draw(testing.shapes(max_dims=2))
    n, m = draw(st.integers(0, 4)), draw(st.integers(0, 3))
    edges = np.sort(np.round(draw(testing.spaced((*lead, n)))), -1)
    sought = np.round(draw(testing.spaced((*lead, m))))
    return Sample((edges, sought), {"right": draw(st.booleans())})


def searchsorted(edges, sought, right):
    below = np.less_equal if right else np.less
    return below(edges[..., None, :], sought[..., None]).sum(-1)


@np.errstate(invalid="ignore")  # the density of nothing
def histogram(x, bins, **params):
    return np.histogram(x, bins, **params)


numbers = testing.spaced(testing.shapes(max_dims=1, min_dims=1, max_side=6), 0, 5)


@st.composite
def whole_numbers(draw):
    """Small whole numbers, and a dimension."""
    shape = draw(testing.shapes(min_dims=1, min_side=1, max_side=4))
    x = draw(testing.spaced(shape, -2, 2))
    return Sample((np.floor(x).view(Constant), draw(st.integers(-x.ndim, x.ndim - 1))))


def mode(x, dim):
    """The most frequent value, the smallest of such, and its last place."""

    def of(row):
        row = list(row)
        value = min(row, key=lambda v: (-row.count(v), v))
        return value, len(row) - 1 - row[::-1].index(value)

    found = np.apply_along_axis(of, dim, x)
    return found.take(0, dim), found.take(1, dim).astype(int)


ROWS = [
    OpInfo(tg.mode, mode, whole_numbers(), covers=("_mode_at",), smooth=False),
    OpInfo(tg.sort, sort, along(optional=False, keepdim=False, min_side=0)),
    OpInfo(
        tg.argsort,
        argsort,
        along(optional=False, keepdim=False, descending=st.booleans()),
        smooth=False,
    ),
    OpInfo(
        tg.msort,
        lambda x: np.sort(x, 0),
        along(min_side=0).filter(lambda s: s.args[0].ndim).map(lambda s: Sample(s.args)),
    ),
    OpInfo(tg.topk, topk, ranked(keepdim=False, largest=st.booleans())),
    OpInfo(tg.kthvalue, kthvalue, ranked(from_=1)),
    OpInfo(tg.median, median, along(), covers=("_middle", "_median")),
    OpInfo(tg.nanmedian, median, along()),
    OpInfo(tg.quantile, quantile, fractions()),
    OpInfo(tg.nanquantile, quantile, fractions()),
    OpInfo(tg.cumsum, running(np.add), along(optional=False, keepdim=False, min_side=0)),
    OpInfo(tg.cumprod, running(np.multiply), factors()),
    OpInfo(
        tg.cummax,
        leading(np.maximum),
        along(optional=False, keepdim=False, min_side=0),
        covers=("_leader",),
    ),
    OpInfo(tg.cummin, leading(np.minimum), along(optional=False, keepdim=False, min_side=0)),
    OpInfo(tg.unique, unique, ints(repeated()), smooth=False),
    OpInfo(tg.unique_consecutive, unique_consecutive, ints(repeated()), smooth=False),
    OpInfo(tg.searchsorted, searchsorted, ints(searches()), smooth=False),
    OpInfo(
        tg.bucketize,
        lambda x, edges, right: searchsorted(edges, x, right),
        ints(searches())
        .filter(lambda s: s.args[0].ndim == 1)
        .map(lambda s: Sample(s.args[::-1], s.params)),
        smooth=False,
    ),
    OpInfo(
        tg.bincount,
        lambda x, w: np.array([w[x == i].sum() for i in range(x.max(initial=-1) + 1)]),
        numbers.map(lambda x: Sample((x.astype(np.int64), x))),
        smooth=False,
    ),
    OpInfo(
        tg.histc,
        lambda x, bins, min, max: np.histogram(x, bins, (min, max))[0].astype(float),
        numbers.map(lambda x: Sample((x,), {"bins": 4, "min": 1, "max": 4})),
        smooth=False,
    ),
    OpInfo(
        tg.histogram,
        histogram,
        numbers.map(lambda x: Sample((x, 4), {"range": (1.0, 4.0), "density": True}))
        | numbers.map(lambda x: Sample((x, np.array([0.5, 2.0, 3.5])))),
        smooth=False,
        array_ok=False,
    ),
    OpInfo(
        lambda x, bins: (lambda h: (h.hist, *h.bin_edges))(tg.histogramdd(x, bins)),
        lambda x, bins: (lambda h: (h[0], *h[1]))(np.histogramdd(x, bins)),
        testing.spaced((5, 2)).map(lambda x: Sample((x, [3, 2]))),
        name="histogramdd",
        torch=lambda torch, x, bins: (lambda h: (h.hist, *h.bin_edges))(torch.histogramdd(x, bins)),
        smooth=False,
        array_ok=False,
    ),
]
