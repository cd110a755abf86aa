"""Rows for ops/shape.py, ops/broadcast.py, ops/axes.py, ops/parts.py, ops/repetition.py,
ops/join.py and ops/triangle.py."""

import itertools
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


# --- ops/parts.py ---


def narrowed(draw, x):
    dim = a_dim(draw, x)
    start = draw(st.integers(0, x.shape[dim]))
    return dim, start, draw(st.integers(0, x.shape[dim] - start))


def along(x, dim, part):
    return x[(slice(None),) * (dim % x.ndim) + (part,)]


def one_of(draw, x):
    dim = a_dim(draw, x)
    return dim, draw(st.integers(-x.shape[dim], x.shape[dim] - 1))


def sections(draw, x):
    """Sizes that add up to that of a dimension."""
    dim = a_dim(draw, x)
    cuts = sorted(draw(st.lists(st.integers(0, x.shape[dim]), max_size=3)))
    return np.diff([0, *cuts, x.shape[dim]]).tolist(), dim


def split(x, size, dim):
    sizes = size if isinstance(size, list) else [size] * (x.shape[dim] // size)
    cuts = np.cumsum(sizes)
    return np.split(
        x, cuts[:-1] if isinstance(size, list) else [c for c in cuts if c < x.shape[dim]], dim
    )


def windows(x, dim, size, step):
    dim %= max(x.ndim, 1)
    if not x.ndim:
        return x.reshape(1)[:size]
    starts = range(0, x.shape[dim] - size + 1, step)
    parts = [np.moveaxis(along(x, dim, slice(s, s + size)), dim, -1) for s in starts]
    return np.stack(parts, dim)


def a_window(draw, x):
    dim = a_dim(draw, x)
    size = x.shape[dim] if x.ndim else 1
    return dim, draw(st.integers(0, size)), draw(st.integers(1, 3))


def sized(make):
    """Arguments of which the size comes first."""
    return lambda draw, x: (lambda dim: (make(draw, x.shape[dim]), dim))(a_dim(draw, x))


some = {"min_dims": 1, "min_side": 1}
ROWS += [
    OpInfo(
        tg.narrow,
        lambda x, d, s, n: along(x, d, slice(s, s + n)),
        with_args(narrowed, min_dims=1),
        view=True,
    ),
    OpInfo(tg.select, along, with_args(one_of, **some), view=True),
    OpInfo(
        tg.unbind,
        lambda x, d: [along(x, d, i) for i in range(x.shape[d])],
        with_args(lambda d, x: (a_dim(d, x),), **some),
        view=True,
    ),
    OpInfo(
        tg.split,
        split,
        view=True,
        samples=with_args(sections, min_dims=1)
        | with_args(sized(lambda d, n: d(st.integers(1, 4))), **some),
    ),
    OpInfo(tg.split_with_sizes, split, with_args(sections, min_dims=1), view=True),
    OpInfo(
        tg.chunk,
        lambda x, n, d: split(x, -(-x.shape[d] // n), d),
        view=True,
        samples=with_args(sized(lambda d, n: d(st.integers(1, 4))), **some),
    ),
    OpInfo(
        tg.tensor_split,
        np.array_split,
        view=True,
        torch="tensor_split",
        samples=with_args(
            sized(
                lambda d, n: d(
                    st.integers(1, 4)
                    | st.lists(st.integers(0, 4), max_size=2).map(lambda c: tuple(sorted(c)))
                )
            ),
            **some,
        ),
    ),
    OpInfo(
        tg.hsplit,
        np.hsplit,
        view=True,
        samples=with_args(lambda d, x: (x.shape[min(x.ndim, 2) - 1],), **some),
    ),
    OpInfo(
        tg.vsplit,
        np.vsplit,
        view=True,
        samples=with_args(lambda d, x: ((1,),), min_dims=2, min_side=1),
    ),
    OpInfo(tg.dsplit, np.dsplit, with_args(lambda d, x: (1,), min_dims=3), view=True),
    OpInfo(
        lambda x, *a: x.unfold(*a),
        windows,
        with_args(a_window),
        name="unfold",
        view=True,
        covers=("_unfold", "_add_windows"),
        torch=lambda torch, x, *a: x.unfold(*a),
    ),
]


# --- ops/repetition.py ---


def times(draw, x):
    count = x.ndim + draw(st.integers(0, 1))
    return (tuple(draw(st.integers(0, 2)) for _ in range(count)),)


def interleaved(draw, x):
    if not x.ndim or draw(st.booleans()):
        return (draw(st.integers(0, 2)),)
    dim = a_dim(draw, x)
    n = x.shape[dim]
    return np.array(draw(st.lists(st.integers(0, 2), min_size=n, max_size=n)), int), dim


def grid(*tensors, indexing="ij"):
    return [g.copy() for g in np.meshgrid(*map(np.atleast_1d, tensors), indexing=indexing)]


def products(*vectors):
    rows = np.array(list(itertools.product(*vectors))).reshape(-1, len(vectors))
    return rows if len(vectors) > 1 else vectors[0]


def choices(x, r=2, with_replacement=False):
    choose = itertools.combinations_with_replacement if with_replacement else itertools.combinations
    return np.array(list(choose(x, r)), x.dtype).reshape(-1, r) if r else x[:0]


ROWS += [
    OpInfo(
        lambda x, n: x.repeat(n),
        lambda x, n: np.tile(x, n),
        with_args(times),
        name="repeat",
        covers=("_repeat",),
        torch=lambda torch, x, n: x.repeat(n) if n else x.clone(),
    ),
    OpInfo(
        tg.tile,
        np.tile,
        with_args(
            lambda d, x: (d(st.lists(st.integers(0, 2), min_size=1, max_size=3).map(tuple)),)
        ),
    ),
    OpInfo(tg.repeat_interleave, np.repeat, with_args(interleaved)),
    OpInfo(
        tg.meshgrid,
        grid,
        view=True,
        torch=lambda torch, *a, indexing: torch.meshgrid(*a, indexing=indexing),
        samples=st.builds(
            lambda a, i: Sample((*a,), {"indexing": i}),
            several(3, max_dims=1),
            st.sampled_from(["ij", "xy"]),
        ),
    ),
    OpInfo(
        tg.cartesian_prod, products, several(2, min_dims=1, max_dims=1).map(lambda a: Sample((*a,)))
    ),
    OpInfo(
        tg.combinations,
        choices,
        with_args(lambda d, x: (d(st.integers(0, 3)), d(st.booleans())), min_dims=1, max_dims=1),
    ),
]


# --- ops/join.py ---


@st.composite
def to_cat(draw):
    """Arrays that differ along one dimension, among them one of shape (0,)."""
    shape = list(draw(testing.shapes(min_dims=1)))
    dim = draw(st.integers(-len(shape), len(shape) - 1))
    parts = []
    for _ in range(draw(st.integers(1, 3))):
        shape[dim] = draw(st.integers(0, 2))
        parts.append(draw(testing.spaced(tuple(shape))))
    if draw(st.booleans()):
        parts.append(np.zeros(0))
    return Sample((parts, dim))


def cat(parts, dim):
    return np.concatenate([p for p in parts if p.shape != (0,)] or parts[:1], dim)


def listed(arrays):
    return Sample((arrays,))


stacks = st.builds(
    lambda a, at, end: Sample((a, at % (a[0].ndim + 1) - (a[0].ndim + 1) * end)),
    several(2, same=True),
    st.integers(0, 3),
    st.booleans(),
)
alike = several(2, same=True).map(listed)
ROWS += [
    OpInfo(tg.cat, cat, to_cat(), covers=("_cat",)),
    OpInfo(tg.concat, cat, to_cat()),
    OpInfo(tg.concatenate, cat, to_cat()),
    OpInfo(tg.stack, np.stack, stacks, covers=("_stack",)),
    OpInfo(tg.hstack, np.hstack, alike),
    OpInfo(tg.vstack, np.vstack, alike),
    OpInfo(tg.row_stack, np.vstack, alike, torch="vstack"),
    OpInfo(tg.dstack, np.dstack, alike),
    OpInfo(tg.column_stack, lambda a: np.column_stack([np.atleast_1d(x) for x in a]), alike),
]


# --- ops/triangle.py ---


def a_diagonal(draw, x):
    return draw(st.integers(-3, 3)), *plane(draw, x)


def new_diagonal(draw, x):
    n = x.ndim + 1
    first, second = draw(st.permutations(range(n)))[:2]
    return draw(st.integers(-2, 2)), first - n, second


def embedded(x, offset, dim1, dim2):
    size = x.shape[-1] + abs(offset)
    out = np.zeros((*x.shape[:-1], size, size))
    for i in range(x.shape[-1]):
        out[..., i + max(-offset, 0), i + max(offset, 0)] = x[..., i]
    return np.moveaxis(out, (-2, -1), (dim1 % out.ndim, dim2))


def with_diagonal(x, src, offset, dim1, dim2):
    out = x.copy()
    diagonal = out.diagonal(offset, dim1, dim2)
    diagonal.flags.writeable = True
    diagonal[...] = src
    return out


@st.composite
def to_scatter(draw):
    x = draw(testing.spaced(testing.shapes(min_dims=2)))
    where = a_diagonal(draw, x)
    return Sample((x, draw(testing.spaced(x.diagonal(*where).shape)), *where))


def an_offset(draw, x):
    return (draw(st.integers(-3, 3)),)


matrices = with_args(an_offset, min_dims=2)
ROWS += [
    OpInfo(
        tg.diagonal,
        np.diagonal,
        with_args(a_diagonal, min_dims=2),
        covers=("_diagonal",),
        view=True,
    ),
    OpInfo(tg.diag, np.diag, with_args(an_offset, min_dims=1, max_dims=2)),
    OpInfo(tg.diag_embed, embedded, with_args(new_diagonal, min_dims=1)),
    OpInfo(tg.diagflat, np.diagflat, with_args(an_offset, max_dims=2)),
    OpInfo(tg.diagonal_scatter, with_diagonal, to_scatter(), covers=("write",)),
    OpInfo(tg.tril, np.tril, matrices, covers=("_tril",)),
    OpInfo(tg.triu, np.triu, matrices, covers=("_triu",)),
]
