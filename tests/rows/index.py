"""Rows for ops/index.py, ops/indices.py, ops/gathering.py, ops/mask.py, ops/embedding.py,
ops/pad.py, ops/cast.py and ops/fill.py."""

import functools

import hypothesis.extra.numpy as hnp
import numpy as np
from hypothesis import strategies as st

import tinygrad_np as tg
from tests.opinfo import OpInfo, Sample, unary
from tests.rows.shape import a_dim, with_args
from tinygrad_np import testing
from tinygrad_np.ops.cast import _cast
from tinygrad_np.ops.embedding import embedding, one_hot
from tinygrad_np.ops.embedding_bag import embedding_bag
from tinygrad_np.ops.pad import pad

full = slice(None)


def numbers(draw, shape, size, least=0):
    """An array of indices below `size`."""
    return draw(hnp.arrays(np.int64, shape, elements=st.integers(least, max(size - 1, 0))))


def spaced_like(draw, *shapes):
    """Arrays of these shapes, no two of their values the same."""
    sizes = [int(np.prod(s)) for s in shapes]
    values = np.split(draw(testing.spaced((sum(sizes),))), np.cumsum(sizes)[:-1])
    return tuple(v.reshape(s) for v, s in zip(values, shapes, strict=True))


# --- x[...] ---


def a_view(draw, x):
    """Ints, slices, None and Ellipsis."""
    items = []
    for n in x.shape[: draw(st.integers(0, x.ndim))]:
        part = st.builds(slice, *[st.none() | st.integers(-3, 3)] * 2, st.integers(1, 2))
        items.append(draw((part | st.integers(-n, n - 1)) if n else part))
    for extra in draw(st.lists(st.sampled_from([None, ...]), max_size=2, unique=True)):
        items.insert(len(items) if extra is ... else draw(st.integers(0, len(items))), extra)
    return (items[0] if len(items) == 1 else tuple(items),)


def some_places(draw, x):
    """Arrays of indices for one or two of the dimensions, slices for the others."""
    chosen = draw(st.sets(st.integers(0, x.ndim - 1), min_size=1, max_size=2))
    shapes = draw(testing.broadcastable_shapes(2, max_dims=2, min_side=1))
    items = [full] * x.ndim
    for dim, shape in zip(sorted(chosen), shapes, strict=False):
        shape = shape or (1,)  # PyTorch takes a 0-d index for an int
        items[dim] = numbers(draw, shape, x.shape[dim], -x.shape[dim])
    if draw(st.booleans()):
        items.insert(draw(st.integers(0, len(items))), None)
    return (tuple(items),)


def a_mask(draw, x):
    """A mask of the first dimensions."""
    return (draw(hnp.arrays(bool, x.shape[: draw(st.integers(1, x.ndim))])),)


def written(x, where, value):
    x = x.clone() if isinstance(x, tg.Tensor) else x.copy()
    x[where] = value
    return x


def in_torch(torch, x, where, value):
    x = x.clone()
    x[where] = value
    return x


def to_write(make, unique=False):
    """An array, an index without repetitions, and a value for what stands there."""

    @st.composite
    def sample(draw):
        x = draw(testing.spaced(testing.shapes(min_dims=1, min_side=1)))
        (where,) = make(draw, x)
        shape = x[where].shape
        shape = shape[draw(st.integers(0, len(shape))) :] if draw(st.booleans()) else shape
        return Sample((x, where, draw(testing.spaced(shape))))

    return sample()


def distinct(draw, x):
    """Distinct indices for one dimension."""
    dim = draw(st.integers(0, x.ndim - 1))
    index = draw(st.lists(st.integers(0, x.shape[dim] - 1), unique=True))
    return ((full,) * dim + (np.array(index, int),),)


some = {"min_dims": 1, "min_side": 1}


@st.composite
def bags(draw):
    count, v, d = draw(st.integers(0, 5)), draw(st.integers(1, 4)), draw(st.integers(1, 3))
    numbers = np.array(draw(st.lists(st.integers(0, v - 1), min_size=count, max_size=count)), int)
    weight = draw(testing.spaced((v, d), -2, 2))
    cuts = sorted(draw(st.lists(st.integers(0, count), max_size=3)))
    mode = draw(st.sampled_from(["sum", "mean", "max"]))
    params = {"mode": mode, "padding_idx": draw(st.sampled_from([None, 0, -1]))}
    return Sample((numbers, weight, np.array([0, *cuts])), params)


@st.composite
def weighted_bags(draw):
    (numbers, weight, begin), _ = (lambda s: (s.args, s.params))(draw(bags()))
    weights = draw(testing.spaced(numbers.shape, -1, 1))
    return Sample((numbers, weight, begin, weights))


def bag(numbers, weight, begin, mode, padding_idx):
    padding = None if padding_idx is None else padding_idx % len(weight)
    out = []
    for first, end in zip(begin, [*begin[1:], len(numbers)]):
        rows = [weight[i] for i in numbers[first:end] if i != padding]
        combine = {"sum": np.sum, "mean": np.mean, "max": np.max}[mode]
        out.append(combine(rows, axis=0) if rows else np.zeros(weight.shape[1]))
    return np.array(out)


def weighted_bag(numbers, weight, begin, weights):
    ends = zip(begin, [*begin[1:], len(numbers)])
    rows = weight[numbers] * weights[:, None]
    return np.array([rows[first:end].sum(0) for first, end in ends])


ROWS = [
    OpInfo(
        embedding_bag,
        bag,
        bags(),
        torch=lambda torch, *args, **params: torch.nn.functional.embedding_bag(*args, **params),
        array_ok=False,
    ),
    OpInfo(
        lambda *args: embedding_bag(*args[:3], mode="sum", per_sample_weights=args[3]),
        weighted_bag,
        weighted_bags(),
        "embedding_bag(weights)",
        torch=None,  # whose gradient has no gradient
        array_ok=False,
    ),
    OpInfo(
        lambda x, i: x[i],
        lambda x, i: x[i],
        with_args(a_view),
        name="getitem",
        view=True,
        covers=("_getitem", "_scatter"),
        torch=lambda torch, x, i: x[i],
    ),
    OpInfo(
        lambda x, i: x[i],
        lambda x, i: x[i],
        with_args(some_places, **some),
        name="getitem_arrays",
        covers=("_index",),
        torch=lambda torch, x, i: x[i],
    ),
    OpInfo(
        lambda x, i: x[i],
        lambda x, i: x[i],
        with_args(a_mask, min_dims=1),
        name="getitem_mask",
        torch=lambda torch, x, i: x[i],
    ),
    OpInfo(
        lambda x, i: x[i],
        lambda x, i: x[i],
        with_args(lambda d, x: (numbers(d, d(testing.shapes(min_dims=1)), len(x)),), **some),
        name="getitem_tensor",
        torch=lambda torch, x, i: x[i],
    ),
    OpInfo(
        written,
        written,
        to_write(a_view),
        name="setitem",
        torch=in_torch,
        covers=("write", "_part"),
    ),
    OpInfo(written, written, to_write(distinct), name="setitem_arrays", torch=in_torch),
    OpInfo(written, written, to_write(a_mask), name="setitem_mask", torch=in_torch),
]


# --- ops/indices.py ---


def along(x, dim, index):
    return np.take(x, index, dim)


def selected(draw, x, unique=False):
    """A dimension and indices of it, the dimension's size at most 1 in 0-d arrays."""
    dim = a_dim(draw, x)
    n = x.shape[dim] if x.ndim else 1
    index = draw(st.lists(st.integers(0, n - 1), max_size=4, unique=unique))
    return dim, np.array(index[:1] if x.ndim == 0 else index, int)


def with_source(unique, **params):
    """An array, a dimension, indices, and a source of the shape of what they name."""

    @st.composite
    def sample(draw):
        shape = draw(testing.shapes(min_dims=1, min_side=1))
        dim, index = selected(draw, np.empty(shape), unique)
        of_source = list(shape)
        of_source[dim] = len(index)
        x, source = spaced_like(draw, shape, of_source)
        return Sample((x, dim, index, source), {k: draw(s) for k, s in params.items()})

    return sample()


def each_index(x, dim, index, source, change):
    """`change` called with the parts of a copy and of the source, for one index after another."""
    out = np.moveaxis(x.copy(), dim, 0)
    for i, part in zip(index, np.moveaxis(source, dim, 0), strict=True):
        out[i] = change(out[i], part)
    return np.moveaxis(out, 0, dim)


def index_add(x, dim, index, source, alpha=1):
    return each_index(x, dim, index, source, lambda old, new: old + alpha * new)


def index_copy(x, dim, index, source):
    return each_index(x, dim, index, source, lambda old, new: new)


def index_fill(x, dim, index, value):
    if not x.ndim:
        return np.where(len(index), value, x)
    keep = ~np.isin(np.arange(x.shape[dim]), index)
    shape = [-1 if i == dim % x.ndim else 1 for i in range(x.ndim)]
    return np.where(keep.reshape(shape), x, value)


def put(x, where, values, accumulate=False):
    out = x.copy()
    values = np.broadcast_to(values, out[where].shape)
    (np.add.at if accumulate else out.__setitem__)(*((out,) if accumulate else ()), where, values)
    return out


@st.composite
def to_put(draw):
    x = draw(testing.spaced(testing.shapes(**some)))
    if draw(st.booleans()):
        mask = draw(hnp.arrays(bool, x.shape))
        return Sample((x, (mask,), draw(testing.spaced((int(mask.sum()),)))))
    count = draw(st.integers(0, 3))
    where = tuple(numbers(draw, (count,), n) for n in x.shape[: draw(st.integers(1, x.ndim))])
    source = draw(testing.spaced(x[where].shape[draw(st.integers(0, 1)) :]))
    return Sample((x, where, source), {"accumulate": True})


def flat_put(x, index, source, accumulate=False):
    return put(x.reshape(-1), (index.reshape(-1),), source.reshape(-1), accumulate).reshape(x.shape)


def to_flat_put(draw, x):
    index = np.array(draw(st.lists(st.integers(0, x.size - 1), unique=True)), int)
    return index, draw(testing.spaced(index.shape))


value = st.sampled_from([3, -0.5]) | testing.spaced(())
ROWS += [
    OpInfo(tg.index_select, along, with_args(selected, **some)),
    OpInfo(tg.index_add, index_add, with_source(False, alpha=st.sampled_from([1, -2.5]))),
    OpInfo(tg.index_copy, index_copy, with_source(True)),
    OpInfo(
        tg.index_fill, index_fill, with_args(lambda d, x: (*selected(d, x, True), d(value)), **some)
    ),
    OpInfo(tg.index_put, put, to_put()),
    OpInfo(
        tg.take,
        np.take,
        with_args(lambda d, x: (numbers(d, d(testing.shapes()), x.size, -x.size),), **some),
    ),
    OpInfo(tg.put, flat_put, with_args(to_flat_put, **some)),
]


# --- ops/gathering.py ---


@st.composite
def places(draw, source=False, unique=False, larger=False, **params):
    """An array, a dimension, an index for each element of a part of it; perhaps a source."""
    shape = draw(testing.shapes(min_dims=1, min_side=1))
    dim = draw(st.integers(-len(shape), len(shape) - 1))
    of_index = [draw(st.integers(0, n)) for n in shape]
    if not unique:
        of_index[dim] = draw(st.integers(0, 4))
    index = numbers(draw, of_index, shape[dim])
    if unique:
        order = np.argsort(np.random.default_rng(draw(st.integers(0, 99))).random(shape), dim)
        index = order[tuple(slice(n) for n in of_index)]
    if not source:
        return Sample((draw(testing.spaced(shape)), dim, index))
    of_source = tuple(n + draw(st.integers(0, 1)) * larger for n in of_index)
    x, src = spaced_like(draw, shape, of_source)
    return Sample((x, dim, index, src), {k: draw(s) for k, s in params.items()})


def each_place(x, dim, index):
    """The place in the index, and that in x which it names."""
    for at in np.ndindex(index.shape):
        place = list(at)
        place[dim] = index[at]
        yield at, tuple(place)


def gather(x, dim, index):
    out = np.empty(index.shape)
    for at, place in each_place(x, dim, index):
        out[at] = x[place]
    return out


def scatter(x, dim, index, src):
    out = x.copy()
    for at, place in each_place(x, dim, index):
        out[place] = src[at] if np.ndim(src) else src
    return out


def scatter_reduce(x, dim, index, src, reduce="sum", include_self=True):
    groups = {place: [x[place]] * include_self for _, place in each_place(x, dim, index)}
    for at, place in each_place(x, dim, index):
        groups[place].append(src[at])
    out = x.copy()
    function = {"amax": np.max, "amin": np.min}.get(reduce) or getattr(np, reduce)
    for place, values in groups.items():
        out[place] = function(values)
    return out


@st.composite
def to_take_along(draw):
    x = draw(testing.spaced(testing.shapes(**some)))
    dim = a_dim(draw, x)
    shape = [draw(st.sampled_from([1, n])) for n in x.shape]
    shape[dim] = draw(st.integers(0, 3))
    return Sample((x, numbers(draw, shape, x.shape[dim], -x.shape[dim]), dim))


ROWS += [
    OpInfo(tg.gather, gather, places()),
    OpInfo(tg.scatter, scatter, places(source=True, unique=True)),
    OpInfo(
        tg.scatter,
        scatter,
        places().map(lambda s: Sample((*s.args, 2.5))),
        name="scatter_value",
        torch="scatter",
    ),
    OpInfo(tg.scatter_add, scatter_reduce, places(source=True)),
    OpInfo(  # PyTorch has no gradient for a larger source
        tg.scatter_add,
        scatter_reduce,
        places(source=True, larger=True),
        name="scatter_add_larger",
        torch=None,
    ),
    OpInfo(tg.take_along_dim, np.take_along_axis, to_take_along()),
] + [
    OpInfo(
        tg.scatter_reduce,
        scatter_reduce,
        places(source=True, reduce=st.just(reduce), include_self=st.booleans()),
        name=f"scatter_reduce_{reduce}",
        torch="scatter_reduce",
        covers=("_scatter_prod", "_scatter_extreme"),
    )
    for reduce in ("sum", "prod", "mean", "amax", "amin")
]


# --- ops/mask.py ---


@st.composite
def masked(draw, *more):
    a, b = draw(testing.broadcastable_shapes(2))
    x, mask = draw(testing.spaced(a)), draw(hnp.arrays(bool, b))
    return Sample((x, mask, *(draw(m) for m in more)))


@st.composite
def to_scatter(draw):
    sample = draw(masked())
    count = int(
        np.broadcast_to(sample.args[1], np.broadcast_shapes(*map(np.shape, sample.args))).sum()
    )
    return Sample((*sample.args, draw(testing.spaced((count + draw(st.integers(0, 2)),)))))


def masked_scatter(x, mask, source):
    x, mask = map(np.array, np.broadcast_arrays(x, mask))
    x[mask] = source[: mask.sum()]
    return x


sparse = hnp.arrays(np.float64, testing.shapes(), elements=st.sampled_from([0.0, 1.0, -2.0]))
ROWS += [
    OpInfo(
        tg.masked_fill, lambda x, m, v: np.where(m, v, x), masked(value), covers=("_masked_fill",)
    ),
    OpInfo(
        tg.masked_select,
        lambda x, m: np.concatenate([v[k] for v, k in [np.broadcast_arrays(x, m)]]),
        masked(),
    ),
    OpInfo(tg.masked_scatter, masked_scatter, to_scatter()),
    OpInfo(tg.nonzero, np.argwhere, sparse.map(lambda x: Sample((x,))), smooth=False),
    OpInfo(
        functools.partial(tg.nonzero, as_tuple=True),
        lambda x: np.nonzero(np.atleast_1d(x)),
        sparse.map(lambda x: Sample((x,))),
        name="nonzero_as_tuple",
        smooth=False,
        torch=lambda torch, x: torch.nonzero(x, as_tuple=True),
    ),
    OpInfo(tg.argwhere, np.argwhere, sparse.map(lambda x: Sample((x,))), smooth=False),
]


# --- ops/embedding.py ---


@st.composite
def lookups(draw):
    """Numbers and a table; the options change gradients alone, so that both are differentiated."""
    weight = draw(testing.spaced(st.tuples(st.integers(1, 4), st.integers(0, 3))))
    index = numbers(draw, draw(testing.shapes(max_dims=2)), len(weight))
    return Sample((index, weight))


@st.composite
def classes(draw):
    count = draw(st.integers(1, 4))
    return Sample((numbers(draw, draw(testing.shapes()), count), count))


ROWS += [
    OpInfo(
        embedding,
        lambda i, w: np.take(w, i, 0),
        lookups(),
        torch="nn.functional.embedding",
        covers=("_embedding",),
    ),
    OpInfo(one_hot, lambda i, n: np.eye(n, dtype=np.int64)[i], classes(), smooth=False),
]


# --- ops/pad.py ---


@st.composite
def to_pad(draw, mode):
    """What can be padded: 1, 2 or 3 spatial dimensions and one or two more."""
    spatial = draw(st.integers(1, 3))
    shape = draw(st.tuples(*[st.integers(1, 3)] * (spatial + draw(st.integers(1, 2)))))
    widths = []
    for n in shape[: -spatial - 1 : -1]:
        most = {"reflect": n - 1, "circular": n}.get(mode, 4)
        widths += draw(st.tuples(*[st.integers(0, most)] * 2))
    return Sample((draw(testing.spaced(shape)), widths), {"mode": mode})


@st.composite
def constants(draw):
    x = draw(testing.spaced(testing.shapes()))
    widths = []
    for n in x.shape[::-1][: draw(st.integers(0, x.ndim))]:
        before = draw(st.integers(-(n // 2), 2))
        widths += [before, draw(st.integers(-(n // 2), 2))]
    return Sample((x, widths), {"value": draw(st.sampled_from([0, 1.5, None]))})


def numpy_pad(x, widths, mode="constant", value=0):
    if not x.ndim:
        return x
    pairs = [(0, 0)] * (x.ndim - len(widths) // 2) + list(
        zip(widths[::2], widths[1::2], strict=True)
    )[::-1]
    cut = tuple(slice(max(-a, 0), n - max(-b, 0)) for n, (a, b) in zip(x.shape, pairs, strict=True))
    names = {"replicate": "edge", "circular": "wrap"}
    more = {"constant_values": value or 0} if mode == "constant" else {}
    return np.pad(x[cut], [(max(a, 0), max(b, 0)) for a, b in pairs], names.get(mode, mode), **more)


ROWS += [
    OpInfo(pad, numpy_pad, constants(), covers=("_pad",)),
] + [
    OpInfo(pad, numpy_pad, to_pad(mode), name=f"pad_{mode}", torch="nn.functional.pad")
    for mode in ("reflect", "replicate", "circular")
]


# --- ops/cast.py and ops/fill.py ---

ROWS += [
    OpInfo(
        lambda x: _cast(x, dtype=np.dtype(x.dtype)),
        np.copy,
        unary(),
        name="cast",
        torch=lambda torch, x: x.to(x.dtype, copy=True),
        covers=("_cast",),
    ),
    OpInfo(
        lambda x: x.long(),
        lambda x: x.astype(np.int64),
        unary(-5, 5),
        name="long",
        smooth=False,
        torch=lambda torch, x: x.long(),
    ),
    OpInfo(
        tg.fill,
        lambda x, value: np.full_like(x, value),
        unary(value=st.sampled_from([2.5, -1])),
        torch=lambda torch, x, value: torch.fill(x, value),
    ),
]
