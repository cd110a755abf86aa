"""Rows for ops/parts.py, ops/repetition.py, ops/join.py and ops/triangle.py."""

import itertools

import numpy as np
from hypothesis import strategies as st

import tinygrad_np as tg
from tests.opinfo import OpInfo, Sample
from tests.rows.shape import a_dim, plane, several, with_args
from tinygrad_np import testing

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
ROWS = [
    OpInfo(
        tg.narrow,
        lambda x, d, s, n: along(x, d, slice(s, s + n)),
        with_args(narrowed, min_dims=1),
        view=True,
    ),
    OpInfo(
        tg.narrow_copy,
        lambda x, d, s, n: along(x, d, slice(s, s + n)),
        with_args(narrowed, min_dims=1),
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
