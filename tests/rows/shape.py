"""Rows for ops/shape.py, ops/broadcast.py and ops/axes.py."""

import math

import numpy as np
from hypothesis import strategies as st

import tinygrad_np as tg
from tests.opinfo import OpInfo, Sample
from tinygrad_np import testing


@st.composite
def with_args(draw, make=lambda draw, x: (), **sides):
    """An array, and the arguments that `make` draws for it."""
    x = draw(testing.spaced(testing.shapes(**sides)))
    return Sample((x, *make(draw, x)))


@st.composite
def several(draw, count=3, same=False, **sides):
    """A list of arrays of distinct values, of one shape if `same`."""
    shapes = [draw(testing.shapes(**sides))] * count
    if not same:
        shapes = [draw(testing.shapes(**sides)) for _ in range(count)]
    return [draw(testing.spaced(s)) for s in shapes]


def a_dim(draw, x, extra=0):
    """A dimension, negative ones among them; `extra` more than x has."""
    n = max(x.ndim + extra, 1)
    return draw(st.integers(-n, n - 1))


def some_dims(draw, x, least=0):
    """Different dimensions, some counted from the end."""
    dims = draw(st.sets(st.integers(0, x.ndim - 1), min_size=least)) if x.ndim else set()
    return tuple(d - x.ndim * draw(st.booleans()) for d in draw(st.permutations(sorted(dims))))


def factors(draw, n):
    """Two sizes that multiply up to n, one of them perhaps -1."""
    first = draw(st.sampled_from([d for d in range(1, n + 1) if n % d == 0] or [1]))
    return draw(st.sampled_from([(first, n // first), (first, -1)]))


# --- ops/shape.py and ops/broadcast.py ---


def expandable(draw, x):
    shape = tuple(
        draw(st.integers(0, 3)) if n == 1 else draw(st.sampled_from([n, -1])) for n in x.shape
    )
    return ((*draw(st.sampled_from([(), (2,), (0, 1)])), *shape),)


def expanded(x, shape):
    lead = len(shape) - x.ndim
    full = [x.shape[i - lead] if n == -1 else n for i, n in enumerate(shape)]
    return np.broadcast_to(x, full)


@st.composite
def broadcastable(draw, count=2):
    return [draw(testing.spaced(s)) for s in draw(testing.broadcastable_shapes(count))]


def flattened(x, start, end):
    shape = x.shape or (1,)
    start, end = start % len(shape), end % len(shape)
    return x.reshape(*shape[:start], math.prod(shape[start : end + 1]), *shape[end + 1 :])


def a_range(draw, x):
    n = max(x.ndim, 1)
    start, end = sorted(draw(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1))))
    return start - n * draw(st.booleans()), end - n * draw(st.booleans())


def unflattened(x, dim, sizes):
    dim %= x.ndim
    first = sizes[0]
    return x.reshape(*x.shape[:dim], first, x.shape[dim] // first, *x.shape[dim + 1 :])


@st.composite
def to_unflatten(draw):
    shape, (a, b) = draw(testing.shapes(max_dims=2)), draw(st.tuples(*[st.integers(1, 3)] * 2))
    at = draw(st.integers(0, len(shape)))
    x = draw(testing.spaced((*shape[:at], a * b, *shape[at:])))
    return Sample((x, at - x.ndim * draw(st.booleans()), draw(st.sampled_from([(a, b), (a, -1)]))))


def squeezed(x, dim=None):
    dims = range(x.ndim) if dim is None else np.atleast_1d(np.array(dim, int)) % max(x.ndim, 1)
    return x.reshape([n for i, n in enumerate(x.shape) if n != 1 or i not in dims])


def squeezable(draw, x):
    dim = draw(st.sampled_from(["all", "one", "some"]))
    return () if dim == "all" else (a_dim(draw, x) if dim == "one" else some_dims(draw, x),)


ROWS = [
    OpInfo(
        tg.reshape,
        lambda x, s: x.reshape(s),
        with_args(lambda d, x: (factors(d, x.size),) if x.size else ((0, 2),)),
        covers=("_reshape",),
        view=True,
    ),
    OpInfo(
        lambda x, s: x.contiguous().view(s),
        lambda x, s: x.reshape(s),
        with_args(lambda d, x: (factors(d, x.size),), min_side=1, max_dims=2),
        name="view",
        torch=lambda torch, x, s: x.reshape(s),
        covers=("_view",),
        view=True,
    ),
    OpInfo(
        lambda x: x.contiguous().view_as(tg.zeros(x.numel())),
        np.ravel,
        with_args(),
        name="view_as",
        torch="flatten",
        view=True,
    ),
    OpInfo(
        lambda x: x.reshape_as(tg.zeros(x.numel(), 1)),
        lambda x: x.reshape(x.size, 1),
        with_args(),
        name="reshape_as",
        view=True,
        torch=lambda torch, x: x.reshape_as(torch.zeros(x.numel(), 1)),
    ),
    OpInfo(
        lambda x: x.contiguous().view(tg.int32),
        lambda x: x.view(np.int32),
        name="view_dtype",
        samples=with_args(min_dims=1, min_side=1),
        covers=("_view_dtype",),
        smooth=False,
        view=True,
        torch=lambda torch, x: x.view(torch.int32),
    ),
    OpInfo(tg.flatten, flattened, with_args(a_range), view=True),
    OpInfo(tg.unflatten, unflattened, to_unflatten(), view=True),
    OpInfo(tg.ravel, np.ravel, with_args(), view=True),
    OpInfo(tg.squeeze, squeezed, with_args(squeezable), view=True),
    OpInfo(tg.unsqueeze, np.expand_dims, with_args(lambda d, x: (a_dim(d, x, 1),)), view=True),
    OpInfo(
        lambda x, s: x.expand(s),
        expanded,
        with_args(expandable),
        name="expand",
        view=True,
        covers=("_expand",),
    ),
    OpInfo(
        lambda x: x.expand_as(tg.zeros(2, *x.shape)),
        lambda x: np.stack([x, x]),
        with_args(),
        name="expand_as",
        view=True,
        torch=lambda torch, x: x.expand_as(torch.zeros(2, *x.shape)),
    ),
    OpInfo(
        tg.broadcast_to,
        lambda x, s: np.broadcast_to(x, s),
        view=True,
        samples=with_args(lambda d, x: ((2, *x.shape),)),
    ),
    OpInfo(
        tg.broadcast_tensors,
        np.broadcast_arrays,
        broadcastable(3).map(lambda a: Sample((*a,))),
        view=True,
    ),
    OpInfo(tg.atleast_1d, np.atleast_1d, with_args(), view=True),
    OpInfo(
        tg.atleast_2d,
        lambda *a: np.atleast_2d(*a),
        several(2).map(lambda a: Sample((*a,))),
        view=True,
    ),
    OpInfo(tg.atleast_3d, np.atleast_3d, with_args(), view=True),
    OpInfo(tg.clone, np.copy, with_args()),
    OpInfo(
        lambda x: x.swapaxes(0, -1).contiguous(),
        lambda x: x.swapaxes(0, -1),
        with_args(min_dims=1),
        name="contiguous",
        covers=("_contiguous",),
        view=True,
        torch=lambda torch, x: x.swapaxes(0, -1).contiguous(),
    ),
]


# --- ops/axes.py ---


def two_dims(draw, x):
    return a_dim(draw, x), a_dim(draw, x)


def moved(draw, x):
    source = some_dims(draw, x)
    places = draw(st.permutations(range(x.ndim)))[: len(source)]
    return source, tuple(places)


def rolled(draw, x):
    if not x.ndim or draw(st.booleans()):
        return (draw(st.integers(-4, 4)),)
    dims = some_dims(draw, x, 1)
    return tuple(draw(st.integers(-4, 4)) for _ in dims), dims


def plane(draw, x):
    first, second = draw(st.permutations(range(x.ndim)))[:2]
    return first, second - x.ndim * draw(st.booleans())


def order(draw, x):
    return (tuple(d - x.ndim * draw(st.booleans()) for d in draw(st.permutations(range(x.ndim)))),)


def no_0d(function):
    """NumPy's swapaxes and its like, where 0-d tensors have a dimension 0."""
    return lambda x, *dims: function(x, *dims) if x.ndim else x


ROWS += [
    OpInfo(
        tg.transpose, no_0d(np.swapaxes), with_args(two_dims), view=True, covers=("_transpose",)
    ),
    OpInfo(tg.swapaxes, no_0d(np.swapaxes), with_args(two_dims), view=True),
    OpInfo(tg.swapdims, no_0d(np.swapaxes), with_args(two_dims), view=True),
    OpInfo(tg.permute, np.transpose, with_args(order), view=True, covers=("_permute",)),
    OpInfo(tg.t, np.transpose, with_args(max_dims=2), view=True),
    OpInfo(
        lambda x: x.T,
        np.transpose,
        with_args(),
        name="T",
        view=True,
        torch=lambda torch, x: x.permute(tuple(reversed(range(x.ndim)))),
    ),
    OpInfo(
        lambda x: x.mT,
        lambda x: x.swapaxes(-1, -2),
        with_args(min_dims=2),
        name="mT",
        view=True,
        torch=lambda torch, x: x.mT,
    ),
    OpInfo(
        lambda x: x.H,
        np.transpose,
        with_args(min_dims=2, max_dims=2),
        name="H",
        view=True,
        torch=lambda torch, x: x.H,
    ),
    OpInfo(tg.adjoint, lambda x: x.swapaxes(-1, -2), with_args(min_dims=2), view=True),
    OpInfo(tg.movedim, np.moveaxis, with_args(moved, min_dims=1), view=True),
    OpInfo(tg.moveaxis, no_0d(np.moveaxis), with_args(two_dims), view=True),
    OpInfo(tg.flip, np.flip, with_args(lambda d, x: (some_dims(d, x),)), covers=("_flip",)),
    OpInfo(tg.fliplr, np.fliplr, with_args(min_dims=2)),
    OpInfo(tg.flipud, np.flipud, with_args(min_dims=1)),
    OpInfo(tg.roll, np.roll, with_args(rolled), covers=("_roll",)),
    OpInfo(
        tg.rot90, np.rot90, with_args(lambda d, x: (d(st.integers(-3, 5)), plane(d, x)), min_dims=2)
    ),
]
