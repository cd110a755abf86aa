"""Rows for ops/normalize.py, ops/batch_norm.py, ops/moments.py and ops/dropout.py."""

import numpy as np
from hypothesis import strategies as st

import tinygrad_np as tg
from tests.opinfo import Constant, Sample
from tests.rows.loss import functional
from tinygrad_np import testing
from tinygrad_np.ops import batch_norm, dropout, normalize

EPS = 0.1  # large enough for finite differences


def standard(x, dims, mean=None, var=None, eps=EPS):
    mean = x.mean(dims, keepdims=True) if mean is None else mean
    var = x.var(dims, keepdims=True) if var is None else var
    return (x - mean) / np.sqrt(var + eps)


def affine(x, weight, bias):
    x = x if weight is None else x * weight
    return x if bias is None else x + bias


def by_channel(vector, x):
    return None if vector is None else vector.reshape(-1, *[1] * (x.ndim - 2))


@st.composite
def channels(draw, min_dims=2, known=None):
    """(N, C, *) with or without weight and bias; running statistics, `known` says when."""
    shape = draw(testing.shapes(min_dims, 4, 2, 3))
    x = draw(testing.spaced(shape))
    vector = testing.spaced(shape[1:2], 0.5, 2.0)
    weight, bias = draw(st.none() | vector), draw(st.none() | vector)
    own = known is None or draw(known)
    running = (None, None) if own else (draw(vector).view(Constant), draw(vector).view(Constant))
    return x, running, weight, bias, own


def running_norm(dims):
    def ref(x, mean, var, weight, bias, own, momentum, eps):
        mean, var = by_channel(mean, x), by_channel(var, x)
        out = standard(x, tuple(dims(x.ndim)), mean, var, eps)
        return affine(out, by_channel(weight, x), by_channel(bias, x))

    return ref


def running_sample(drawn):
    x, running, weight, bias, own = drawn
    return Sample((x, *running, weight, bias, own, 0.1, EPS))


@st.composite
def groups(draw):
    x, _, weight, bias, _ = draw(channels())
    bias = None if weight is None else bias  # PyTorch fails in the second gradient of it alone
    return Sample((x, draw(st.sampled_from([1, x.shape[1]])), weight, bias, EPS))


def group_norm(x, num_groups, weight, bias, eps):
    split = x.reshape(x.shape[0], num_groups, -1)
    return affine(standard(split, -1).reshape(x.shape), by_channel(weight, x), by_channel(bias, x))


@st.composite
def layers(draw, biases=True):
    shape = draw(testing.shapes(1, 3, 2, 3))
    layer = shape[draw(st.integers(0, len(shape) - 1)) :]
    vector = testing.spaced(layer, 0.5, 2.0)
    weight = draw(st.none() | vector)
    # PyTorch fails in the second gradient of a bias alone
    bias = draw(st.none() | vector) if biases and weight is not None else None
    x = draw(testing.spaced(shape))
    return Sample((x, layer, weight, *([bias] if biases else []), EPS))


def layer_norm(x, layer, weight, bias, eps):
    return affine(standard(x, tuple(range(-len(layer), 0))), weight, bias)


def rms_norm(x, layer, weight, eps):
    dims = tuple(range(-len(layer), 0))
    return affine(x / np.sqrt((x**2).mean(dims, keepdims=True) + eps), weight, None)


@st.composite
def vectors(draw):
    x = draw(testing.spaced(testing.shapes(1, 3, min_side=1)))
    p, dim = draw(st.sampled_from([1.0, 2.0, 3.0])), draw(st.integers(-x.ndim, x.ndim - 1))
    return Sample((x, p, dim))


def normalized(x, p, dim):
    return x / np.maximum((abs(x) ** p).sum(dim, keepdims=True) ** (1 / p), 1e-12)


def seeded(function):
    """Dropout from a seed, so that each call sees the same noise."""

    def call(*args, **params):
        tg.manual_seed(7)
        return function(*args, **params)

    call.__name__ = function.__name__
    return call


@st.composite
def noisy(draw, min_dims=0, max_dims=3):
    x = draw(testing.spaced(testing.shapes(min_dims, max_dims)))
    return Sample((x, draw(st.sampled_from([0.0, 0.3, 1.0])), draw(st.booleans())))


def noise(p, shape, training):
    """Ones where elements stay, drawn as the generator draws them."""
    keep = 1 - p if training else 1.0
    tg.manual_seed(7)
    return tg.bernoulli(tg.full(shape, keep, dtype=tg.float64)).numpy()


def whole_channels(x, kept):
    return x.shape[:kept] + (1,) * (x.ndim - kept)


def dropped(shape=lambda x: x.shape):
    def ref(x, p, training):
        scale = 1 / (1 - p) if training and p < 1 else 1
        return x * noise(p, shape(x), training) * scale

    return ref


def floored(shape=lambda x: x.shape):
    def ref(x, p, training):
        if not training or p in (0, 1):
            return x * (1.0 if p < 1 or not training else 0.0)
        floor = -1.7580993408473766  # -selu's scale times its alpha
        kept = noise(p, shape(x), training)
        a = (1 - p + p * (1 - p) * floor**2) ** -0.5
        return a * (x * kept + floor * (1 - kept)) - a * p * floor

    return ref


def random_row(op, ref, samples, **fields):
    def in_torch(torch, *args):
        torch.manual_seed(7)
        return getattr(torch.nn.functional, op.__name__)(*args)

    return functional(
        seeded(op), ref, samples, **{"name": op.__name__, "torch": in_torch, "view": True, **fields}
    )


ROWS = [
    functional(
        batch_norm.batch_norm,
        running_norm(lambda ndim: (0, *range(2, ndim))),
        channels(known=st.booleans()).map(running_sample),
        covers=("affine", "centre", "mean_square", "product_to", "_sum_to", "standardize"),
    ),
    functional(
        batch_norm.instance_norm,
        running_norm(lambda ndim: range(2, ndim)),
        channels(min_dims=3, known=st.booleans()).map(running_sample),
    ),
    functional(batch_norm.group_norm, group_norm, groups()),
    functional(normalize.layer_norm, layer_norm, layers()),
    functional(normalize.rms_norm, rms_norm, layers(biases=False)),
    functional(normalize.normalize, normalized, vectors()),
    random_row(dropout.dropout, dropped(), noisy()),
    random_row(dropout.dropout1d, dropped(lambda x: whole_channels(x, x.ndim - 1)), noisy(2, 3)),
    random_row(dropout.dropout2d, dropped(lambda x: whole_channels(x, 2)), noisy(4, 4)),
    random_row(dropout.dropout3d, dropped(lambda x: whole_channels(x, x.ndim - 3)), noisy(4, 5)),
    random_row(dropout.alpha_dropout, floored(), noisy()),
    random_row(dropout.feature_alpha_dropout, floored(lambda x: whole_channels(x, 2)), noisy(2, 4)),
]
