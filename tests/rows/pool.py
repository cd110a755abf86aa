"""Rows for ops/pool.py, ops/adaptive.py and ops/unpool.py; references go window by window."""

import numpy as np
from hypothesis import strategies as st

from tests.opinfo import OpInfo, Sample
from tests.rows.conv import each, numbers
from tinygrad_np import testing
from tinygrad_np.nn import functional as F


def batched(function, dims):
    """A reference for batches (N, C, *S), for single inputs too."""

    def reference(x, *args, **params):
        if x.ndim == dims + 2:
            return function(x, *args, **params)
        args = [a[None] if isinstance(a, np.ndarray) else a for a in args]
        out = function(x[None], *args, **params)
        return tuple(o[0] for o in out) if isinstance(out, tuple) else out[0]

    return reference


def out_size(n, k, s, p, d, ceil_mode):
    """How many windows begin inside of the input or of the padding in front of it."""
    starts = range(-p, n + p, s)
    span = (k - 1) * d + 1
    if ceil_mode:
        return len([a for a in starts if a < n and (a + span <= n + p or a - s + span < n + p)])
    return len([a for a in starts if a + span <= n + p])


def windows(shape, kernel, stride, padding, dilation, ceil_mode):
    """The size of the output, and for each position the indices of its window, in C order."""
    sizes = [out_size(*line, ceil_mode) for line in zip(shape, kernel, stride, padding, dilation)]

    def window(at):
        lines = [
            [a * s - p + i * d for i in range(k)]
            for a, k, s, p, d in zip(at, kernel, stride, padding, dilation)
        ]
        return [
            place
            for place in np.array(np.meshgrid(*lines, indexing="ij"))
            .reshape(len(lines), -1)
            .T.tolist()
            if all(0 <= i < n for i, n in zip(place, shape))
        ]

    return sizes, {at: window(at) for at in np.ndindex(*sizes)}


def max_pool(
    x, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False
):
    dims = x.ndim - 2
    kernel = each(kernel_size, dims)
    stride = kernel if stride is None else each(stride, dims)
    size, seen = windows(
        x.shape[2:], kernel, stride, each(padding, dims), each(dilation, dims), ceil_mode
    )
    out = np.zeros((*x.shape[:2], *size), x.dtype)
    indices = np.zeros(out.shape, np.int64)
    for n, c in np.ndindex(*x.shape[:2]):
        for at, places in seen.items():
            best = max(places, key=lambda place: x[(n, c, *place)])
            out[(n, c, *at)] = x[(n, c, *best)]
            indices[(n, c, *at)] = np.ravel_multi_index(best, x.shape[2:])
    return (out, indices) if return_indices else out


def avg_pool(
    x,
    kernel_size,
    stride=None,
    padding=0,
    ceil_mode=False,
    count_include_pad=True,
    divisor_override=None,
):
    dims = x.ndim - 2
    kernel, padding = each(kernel_size, dims), each(padding, dims)
    stride = kernel if stride is None else each(stride, dims)
    size, seen = windows(x.shape[2:], kernel, stride, padding, (1,) * dims, ceil_mode)
    out = np.zeros((*x.shape[:2], *size), x.dtype)
    for at, places in seen.items():
        count = len(places)
        if count_include_pad:
            count = np.prod(
                [
                    min(a * s - p + k, n + p) - (a * s - p)
                    for a, s, p, k, n in zip(at, stride, padding, kernel, x.shape[2:])
                ]
            )
        total = sum(x[(..., *place)] for place in places)
        out[(..., *at)] = total / (divisor_override or count)
    return out


def lp_pool(x, norm_type, kernel_size, stride=None, ceil_mode=False):
    full = np.prod(each(kernel_size, x.ndim - 2))
    means = avg_pool(x**norm_type, kernel_size, stride, ceil_mode=ceil_mode)
    return (means * full) ** (1 / norm_type)


def adaptive(x, output_size):
    """The size of the output, and the window for each position."""
    dims = x.ndim - 2
    size = [n if m is None else m for n, m in zip(x.shape[2:], each(output_size, dims))]
    return size, {
        at: tuple(
            slice(int(np.floor(i * n / m)), int(np.ceil((i + 1) * n / m)))
            for i, n, m in zip(at, x.shape[2:], size)
        )
        for at in np.ndindex(*size)
    }


def adaptive_avg(x, output_size):
    size, seen = adaptive(x, output_size)
    out = np.zeros((*x.shape[:2], *size), x.dtype)
    for at, window in seen.items():
        out[(..., *at)] = x[(..., *window)].mean(axis=tuple(range(2, x.ndim)))
    return out


def adaptive_max(x, output_size, return_indices=False):
    size, seen = adaptive(x, output_size)
    out = np.zeros((*x.shape[:2], *size), x.dtype)
    for at, window in seen.items():
        out[(..., *at)] = x[(..., *window)].max(axis=tuple(range(2, x.ndim)))
    places = np.array(
        [
            [
                [np.flatnonzero(image == value) for value in values.ravel()]
                for image, values in zip(*pair)
            ]
            for pair in zip(x, out)
        ],
        np.int64,
    )
    return (out, places.reshape(out.shape)) if return_indices else out


def max_unpool(x, indices, kernel_size, stride=None, padding=0, output_size=None):
    dims = x.ndim - 2
    kernel = each(kernel_size, dims)
    stride = kernel if stride is None else each(stride, dims)
    size = [
        (n - 1) * s + k - 2 * p
        for n, s, k, p in zip(x.shape[2:], stride, kernel, each(padding, dims))
    ]
    out = np.zeros((*x.shape[:2], *(output_size or size)), x.dtype)
    for n, c in np.ndindex(*x.shape[:2]):
        out[n, c].flat[indices[n, c].ravel()] = x[n, c].ravel()
    return out


# --- samples ---


def some_inputs(draw, shape):
    """A spaced array of the shape, a batch of one sometimes without the batch."""
    shape = shape[1:] if shape[0] == 1 and draw(st.booleans()) else shape
    return draw(testing.spaced(shape))


@st.composite
def maxima(draw, dims):
    g = draw(testing.pool_geometries(dims, 6 if dims < 3 else 3))
    spans = [(k - 1) * d + 1 for k, d in zip(g.kernel_size, g.dilation)]
    fits = all(n >= span for n, span in zip(g.input[2:], spans))  # else some may see nothing
    params = {
        "stride": draw(st.sampled_from([None, numbers(draw, g.stride)])),
        "padding": numbers(draw, g.padding),
        "dilation": numbers(draw, g.dilation if fits else (1,) * dims),
        "ceil_mode": draw(st.booleans()),
        "return_indices": draw(st.booleans()),
    }
    return Sample((some_inputs(draw, g.input), numbers(draw, g.kernel_size)), params)


@st.composite
def means(draw, dims):
    g = draw(testing.pool_geometries(dims, 6 if dims < 3 else 3))
    shape = g.input
    if dims == 3:  # PyTorch wants these to have room for a window without the padding
        shape = (*shape[:2], *map(max, shape[2:], g.kernel_size))
    params = {
        "stride": draw(st.sampled_from([None, numbers(draw, g.stride)])),
        "padding": numbers(draw, g.padding),
        "ceil_mode": draw(st.booleans()),
        "count_include_pad": draw(st.booleans()),
    }
    if dims > 1:
        params["divisor_override"] = draw(st.sampled_from([None, 1, 3]))
    return Sample((some_inputs(draw, shape), numbers(draw, g.kernel_size)), params)


@st.composite
def norms(draw, dims):
    g = draw(testing.pool_geometries(dims, 6 if dims < 3 else 3))
    shape = tuple(max(n, k) for n, k in zip(g.input[2:], g.kernel_size))
    x = abs(some_inputs(draw, (*g.input[:2], *shape))) + 0.5
    kernel, stride = (v[0] if dims == 1 else v for v in (g.kernel_size, g.stride))
    params = {"stride": draw(st.sampled_from([None, stride])), "ceil_mode": draw(st.booleans())}
    return Sample((x, draw(st.sampled_from([1.0, 2.0, 3.0])), kernel), params)


@st.composite
def adaptives(draw, dims, indices=False):
    shape = [draw(st.integers(0, 2)), draw(st.integers(1, 2))]
    shape += [draw(st.integers(1, 6 if dims < 3 else 3)) for _ in range(dims)]
    sizes = st.sampled_from(([1, 2, 3, 4, 7] if dims < 3 else [1, 2, 4]) + [None] * (dims > 1))
    size = tuple(draw(sizes) for _ in range(dims))
    params = {"return_indices": draw(st.booleans())} if indices else {}
    size = size if None in size else numbers(draw, size)
    return Sample((some_inputs(draw, tuple(shape)), size), params)


@st.composite
def unpools(draw, dims):
    kernel = tuple(draw(st.integers(1, 3)) for _ in range(dims))
    shape = (draw(st.integers(0, 2)), 2, *(draw(st.integers(1, 3)) for _ in range(dims)))
    x = some_inputs(draw, shape)
    size = [n * k for n, k in zip(shape[2:], kernel)]
    params = {}
    if draw(st.booleans()):
        size = params["output_size"] = [n + k - 1 for n, k in zip(size, kernel)]
    random = np.random.default_rng(draw(st.integers(0, 99)))
    count = int(np.prod(shape[2:]))
    lines = [random.permutation(int(np.prod(size)))[:count] for _ in range(x.size // count)]
    indices = np.array(lines, np.int64).reshape(x.shape)
    return Sample((x, indices, numbers(draw, kernel)), params)


MAX = ("window_max", "window_place", "window_pick", "window_positions")
MEAN = ("window_mean", "window_share")

ROWS = [
    OpInfo(F.max_pool1d, batched(max_pool, 1), maxima(1), covers=MAX,
           torch="nn.functional.max_pool1d"),
    OpInfo(F.max_pool2d, batched(max_pool, 2), maxima(2), covers=MAX,
           torch="nn.functional.max_pool2d"),
    OpInfo(F.avg_pool1d, batched(avg_pool, 1), means(1), covers=MEAN),
    OpInfo(F.avg_pool2d, batched(avg_pool, 2), means(2), covers=MEAN),
    OpInfo(F.lp_pool1d, batched(lp_pool, 1), norms(1)),
    OpInfo(F.lp_pool2d, batched(lp_pool, 2), norms(2)),
    OpInfo(F.adaptive_avg_pool1d, batched(adaptive_avg, 1), adaptives(1)),
    OpInfo(F.adaptive_avg_pool2d, batched(adaptive_avg, 2), adaptives(2)),
    OpInfo(F.adaptive_max_pool1d, batched(adaptive_max, 1), adaptives(1, True),
           covers=("adaptive_argmax",), torch="nn.functional.adaptive_max_pool1d"),
    OpInfo(F.adaptive_max_pool2d, batched(adaptive_max, 2), adaptives(2, True),
           covers=("adaptive_argmax",)),
    OpInfo(F.max_unpool1d, batched(max_unpool, 1), unpools(1)),
    OpInfo(F.max_unpool2d, batched(max_unpool, 2), unpools(2)),
    OpInfo(F.max_pool3d, batched(max_pool, 3), maxima(3), torch="nn.functional.max_pool3d"),
    OpInfo(F.avg_pool3d, batched(avg_pool, 3), means(3)),
    OpInfo(F.lp_pool3d, batched(lp_pool, 3), norms(3)),
    OpInfo(F.adaptive_avg_pool3d, batched(adaptive_avg, 3), adaptives(3)),
    OpInfo(F.adaptive_max_pool3d, batched(adaptive_max, 3), adaptives(3, True)),
    OpInfo(F.max_unpool3d, batched(max_unpool, 3), unpools(3)),
]  # fmt: skip
