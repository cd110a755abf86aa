"""Rows for ops/loss.py, ops/binary.py, ops/margin.py and ops/distance.py."""

import numpy as np
import scipy.special
import scipy.stats
from hypothesis import strategies as st

import tinygrad_np as tg
from tests.opinfo import Constant, OpInfo, Sample, drawn
from tinygrad_np import testing
from tinygrad_np.ops import binary, distance, loss, margin

REDUCTIONS = st.sampled_from(["mean", "sum", "none"])
LEGACY = (None, None)  # size_average and reduce


def reduced(losses, reduction):
    return losses if reduction == "none" else getattr(np, reduction)(losses)


def functional(op, ref, samples, **fields):
    """A row for a function that PyTorch has in nn.functional."""
    return OpInfo(op, ref, samples, **{"torch": f"nn.functional.{op.__name__}", **fields})


@st.composite
def same(draw, count=2, low=-2.0, high=2.0, shape=None, **params):
    """Arrays of one shape without a common value, and a reduction; the mean of at least one."""
    reduction = draw(REDUCTIONS)
    if shape is None:
        shape = testing.shapes(min_side=reduction == "mean")
    shape = draw(shape)
    values = draw(testing.spaced((count, *shape), low, high))
    arrays = tuple(values[i, ...] for i in range(count))
    return Sample(arrays, {"reduction": reduction, **drawn(draw, params)})


def losses_of(function):
    """The reference of a loss, by its value for each element."""
    return lambda *args, reduction="mean", **params: reduced(function(*args, **params), reduction)


# --- loss.py ---


@st.composite
def weighed(draw):
    """An input and a target, with a weight as the last argument, or None."""
    (x, target), params = (s := draw(same())).args, s.params
    weight = draw(st.none() | testing.spaced(x.shape, 0.5, 1.5))
    return Sample((x, target, *LEGACY, params["reduction"], weight))


def weighted_mean(function):
    def ref(x, target, size_average, reduce, reduction, weight):
        losses = function(x - target)
        if weight is None:
            return reduced(losses, reduction)
        total = reduced(losses * weight, "none" if reduction == "none" else "sum")
        return total / weight.sum() if reduction == "mean" else total

    return ref


@st.composite
def huber_samples(draw):
    (x, target), params = (s := draw(same())).args, s.params
    weight = draw(st.none() | testing.spaced(x.shape, 0.5, 1.5))
    return Sample((x, target, params["reduction"], draw(st.sampled_from([0.777, 5.1])), weight))


def huber_loss(x, target, reduction, delta, weight):
    losses = scipy.special.huber(delta, x - target)
    return reduced(losses if weight is None else losses * weight, reduction)


def smooth_l1(x, target, beta):
    d = abs(x - target)
    return np.where(d < beta, d**2 / (2 * beta or 1), d - beta / 2)


def kl_div(x, target, reduction, log_target):
    p, logs = (np.exp(target), target) if log_target else (target, np.log(target))
    losses = p * (logs - x)
    return losses.sum() / len(x) if reduction == "batchmean" else reduced(losses, reduction)


def poisson_nll(x, target, log_input, full):
    rate = np.exp(x) if log_input else x + 1e-8
    losses = rate - target * np.log(rate) - (0 if log_input else 1e-8)
    if full:
        stirling = target * np.log(target) - target + np.log(2 * np.pi * target) / 2
        losses = losses + np.where(target > 1, stirling, 0)
    return losses


@st.composite
def normal_samples(draw):
    """Means, values and variances, these of the same shape, for each row, or one number."""
    x, target = (s := draw(same(shape=testing.shapes(1, 3, min_side=1)))).args
    shape = draw(st.sampled_from([x.shape, x.shape[:-1], (*x.shape[:-1], 1)]))
    var = draw(testing.spaced(shape, 0.3, 2.0) | st.just(0.7))
    return Sample((x, target, var), {"full": draw(st.booleans()), **s.params})


def gaussian_nll(x, target, var, full):
    if np.shape(var) == x.shape[:-1] and np.ndim(var):
        var = var[..., None]
    if np.shape(var) == () and x.ndim == 1:
        var = np.full(x.shape, var)
    losses = -scipy.stats.norm.logpdf(target, x, np.sqrt(var))
    return losses if full else losses - np.log(2 * np.pi) / 2


LOSSES = [
    functional(loss.mse_loss, weighted_mean(np.square), weighed(), covers=("_mse_loss",)),
    functional(loss.l1_loss, weighted_mean(abs), weighed()),
    functional(loss.huber_loss, huber_loss, huber_samples(), covers=("_huber",)),
    functional(
        loss.smooth_l1_loss, losses_of(smooth_l1), same(beta=st.sampled_from([0.0, 0.777, 5.1]))
    ),
    functional(
        loss.kl_div,
        kl_div,
        same(
            low=0.2,
            shape=testing.shapes(1, 3, min_side=1),
            reduction=REDUCTIONS | st.just("batchmean"),
            log_target=st.booleans(),
        ),
    ),
    functional(
        loss.poisson_nll_loss,
        losses_of(poisson_nll),
        same(low=0.3, high=3.3, log_input=st.booleans(), full=st.booleans()),
    ),
    functional(
        loss.gaussian_nll_loss, losses_of(gaussian_nll), normal_samples(), covers=("at_least",)
    ),
]


# --- binary.py ---


@st.composite
def weighed_binary(draw, low, high, pos_weight=False):
    """An input and targets in [0, 1], with weights, which are not differentiated, or None."""
    x, target = (s := draw(same(low=low, high=high))).args
    target = np.asarray(abs(target) / 2)
    weight = draw(st.none() | testing.spaced(x.shape, 0.5, 1.5) | testing.spaced(x.shape[1:]))
    weights = [weight, draw(st.none() | testing.spaced(x.shape, 0.5, 1.5))]
    weight, more = (None if w is None else w.view(Constant) for w in weights)
    rest = (more,) if pos_weight else ()
    return Sample((x, target, weight, *LEGACY, s.params["reduction"], *rest))


def binary_cross_entropy(p, target, weight, size_average, reduce, reduction):
    losses = -target * np.log(p) - (1 - target) * np.log1p(-p)
    return reduced(losses if weight is None else losses * weight, reduction)


def with_logits(x, target, weight, size_average, reduce, reduction, pos_weight):
    yes = target if pos_weight is None else target * pos_weight
    losses = -yes * np.log(scipy.special.expit(x)) - (1 - target) * np.log(scipy.special.expit(-x))
    return reduced(losses if weight is None else losses * weight, reduction)


BINARY = [
    functional(
        binary.binary_cross_entropy,
        binary_cross_entropy,
        weighed_binary(0.02, 0.98),
        covers=("_binary_cross_entropy",),
    ),
    functional(
        binary.binary_cross_entropy_with_logits,
        with_logits,
        weighed_binary(-2.0, 2.0, pos_weight=True),
        covers=("_logits_cross_entropy",),
    ),
]


# --- margin.py ---


@st.composite
def signed(draw, count=1, vectors=False, **params):
    """Arrays of one shape and targets of 1 and -1: one for each element, or for each vector."""
    sample = draw(same(count, shape=testing.shapes(1, 2, 2, 3) if vectors else None, **params))
    shape = sample.args[0].shape[: -1 if vectors else None]
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    return Sample((*sample.args, np.asarray(random.choice([-1, 1], shape))), sample.params)


def ranking(first, second, target, margin):
    return np.maximum(0, -target * (first - second) + margin)


@st.composite
def scored(draw):
    """Scores of classes, class numbers, a power, a margin and perhaps weights of the classes."""
    reduction = draw(REDUCTIONS)
    x = draw(testing.spaced(testing.shapes(1, 2, min_side=1)))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    labels = np.asarray(random.integers(0, x.shape[-1], x.shape[:-1]))
    weight = draw(st.none() | testing.spaced(x.shape[-1:], 0.5, 1.5))
    weight = None if weight is None else weight.view(Constant)
    p = draw(st.sampled_from([1, 2]))
    return Sample((x, labels, p, 0.777, weight, *LEGACY, reduction))


def multi_margin(x, labels, p, margin, weight, size_average, reduce, reduction):
    rows, losses = np.atleast_2d(x), []
    for row, c in zip(rows, np.atleast_1d(labels), strict=True):
        others = [max(0, margin - row[c] + row[i]) ** p for i in range(len(row)) if i != c]
        losses.append(sum(others) * (1 if weight is None else weight[c]) / len(row))
    return reduced(np.reshape(losses, labels.shape), reduction)


@st.composite
def multilabelled(draw):
    """Scores of classes, no two of them 1 apart, and lists of class numbers that end with -1."""
    x = draw(testing.spaced(testing.shapes(1, 2, min_side=1), -2.1, 2.03))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    return Sample((x, random.integers(-1, x.shape[-1], x.shape)), {"reduction": draw(REDUCTIONS)})


def multilabel_margin(x, labels):
    losses = []
    for row, given in zip(np.atleast_2d(x), np.atleast_2d(labels).tolist(), strict=True):
        right = given[: given.index(-1)] if -1 in given else given
        wrong = [i for i in range(len(row)) if i not in right]
        short = sum(max(0, 1 - row[j] + row[i]) for j in right for i in wrong)
        losses.append(short / len(row))
    return np.reshape(losses, x.shape[:-1])


@st.composite
def multilabel_soft(draw):
    """Scores of classes, targets in [0, 1] and perhaps weights, for a reduction."""
    x, target = (s := draw(same(shape=testing.shapes(1, 3, min_side=1)))).args
    weight = draw(st.none() | testing.spaced(x.shape[-1:], 0.5, 1.5))
    return Sample((x, np.asarray(abs(target) / 2), weight, *LEGACY, s.params["reduction"]))


def multilabel_soft_margin(x, target, weight, size_average, reduce, reduction):
    losses = with_logits(x, target, weight, None, None, "none", None)
    return reduced(losses.mean(-1), reduction)


MARGIN = [
    functional(
        margin.hinge_embedding_loss,
        losses_of(lambda x, side, margin: np.where(side == 1, x, np.maximum(0, margin - x))),
        signed(margin=1.0007),
    ),
    functional(margin.margin_ranking_loss, losses_of(ranking), signed(2, margin=0.0007)),
    functional(
        margin.soft_margin_loss, losses_of(lambda x, side: np.log1p(np.exp(-side * x))), signed()
    ),
    # PyTorch has no second derivatives of these two
    functional(margin.multi_margin_loss, multi_margin, scored(), torch=None),
    functional(
        margin.multilabel_margin_loss, losses_of(multilabel_margin), multilabelled(), torch=None
    ),
    functional(margin.multilabel_soft_margin_loss, multilabel_soft_margin, multilabel_soft()),
]


# --- distance.py ---


@st.composite
def vectors(draw):
    """Two tensors of vectors that broadcast, and the dimension of the vectors."""
    shape = draw(testing.shapes(1, 3, min_side=2))
    values = draw(testing.spaced((2, *shape)))
    dim = draw(st.integers(-len(shape), len(shape) - 1))
    second = values[1] if draw(st.booleans()) or len(shape) == 1 else values[1, 0, ...]
    return Sample((values[0], second), {"dim": dim})


def cosine_similarity(a, b, dim):
    a, b = np.broadcast_arrays(a, b)
    return (a * b).sum(dim) / np.linalg.norm(a, axis=dim) / np.linalg.norm(b, axis=dim)


def pairwise_distance(a, b, p, eps=1e-6, keepdim=False):
    return np.linalg.norm(a - b + eps, ord=p, axis=-1, keepdims=keepdim)


def cosine_embedding(a, b, side, margin):
    cosine = cosine_similarity(a, b, -1)
    return np.where(side == 1, 1 - cosine, np.maximum(0, cosine - margin))


@st.composite
def triplets(draw, **params):
    """Three tensors of vectors; bent, so that no two distances are equal."""
    sample = draw(same(3, shape=testing.shapes(1, 2, 2, 3), swap=st.booleans(), **params))
    return Sample(tuple(x + 0.11 * x**3 for x in sample.args), {"margin": 1.0007, **sample.params})


def triplet(anchor, positive, negative, margin=1.0, p=2.0, swap=False):
    far = pairwise_distance(anchor, negative, p)
    if swap:
        far = np.minimum(far, pairwise_distance(positive, negative, p))
    return np.maximum(0, pairwise_distance(anchor, positive, p) - far + margin)


DISTANCE = [
    functional(distance.cosine_similarity, cosine_similarity, vectors(), covers=("at_least",)),
    functional(
        distance.pairwise_distance,
        pairwise_distance,
        vectors().map(lambda s: Sample(s.args, {"p": 2.0 + s.params["dim"] % 2, "keepdim": True})),
    ),
    functional(
        distance.cosine_embedding_loss,
        losses_of(cosine_embedding),
        signed(2, vectors=True, margin=0.1),
        rtol=1e-8,
    ),
    functional(
        distance.triplet_margin_loss, losses_of(triplet), triplets(p=st.sampled_from([2.0, 3.0]))
    ),
    functional(distance.triplet_margin_with_distance_loss, losses_of(triplet), triplets()),
]


def by_readings(log_probs):
    """Minus the log-probability of the labels 1 2: all paths of three steps that read so."""
    paths = [(1, 2, 2), (1, 1, 2), (0, 1, 2), (1, 0, 2), (1, 2, 0)]
    ways = [np.exp(sum(log_probs[t, i] for t, i in enumerate(path))) for path in paths]
    return -np.log(sum(ways))


SEQUENCES = [
    OpInfo(  # its gradients are tested in ops/test_ctc.py
        lambda x: tg.nn.functional.ctc_loss(x, tg.tensor([1, 2]), (3,), (2,), reduction="none"),
        by_readings,
        testing.spaced((3, 3), -3.0, -0.5).map(lambda x: Sample((x,))),
        name="ctc_loss",
        torch=lambda torch, x: torch.nn.functional.ctc_loss(
            x, torch.tensor([1, 2]), (3,), (2,), reduction="none"
        ),
        covers=("_ctc", "_ctc_slope"),
        smooth=False,
        array_ok=False,
    ),
]


ROWS = LOSSES + BINARY + MARGIN + DISTANCE + SEQUENCES
