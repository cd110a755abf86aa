"""Rows for ops/softmax.py and ops/classification.py."""

import numpy as np
import scipy.special
from hypothesis import strategies as st

from tests.opinfo import Constant, OpInfo, Sample
from tests.rows.loss import REDUCTIONS, reduced
from tinygrad_np import testing
from tinygrad_np.ops import classification, softmax


@st.composite
def along(draw):
    """An array and a dimension of it."""
    x = draw(testing.spaced(testing.shapes()))
    ndim = max(x.ndim, 1)
    return Sample((x,), {"dim": draw(st.integers(-ndim, ndim - 1))})


def log_softmax(x, dim):
    return scipy.special.log_softmax(x, axis=dim) if x.size else x.copy()


@st.composite
def labelled(draw, smoothing=False):
    """Scores of classes, class numbers, perhaps weights of the classes and a number to ignore."""
    classes = draw(st.integers(1, 4))
    batch = draw(st.one_of(st.just(()), testing.shapes(1, 3)))
    shape = (*batch[:1], classes, *batch[1:])
    x = draw(testing.spaced(shape))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    labels = random.integers(0, classes, batch)
    params = {"reduction": draw(REDUCTIONS)}
    if draw(st.booleans()):
        ignored = params["ignore_index"] = draw(st.sampled_from([-7, 255, 0]))
        labels = np.where(random.random(batch) < 0.3, ignored, labels)
    if params["reduction"] == "mean" and not (labels != params.get("ignore_index", -100)).any():
        params["reduction"] = "sum"  # the mean of nothing is nan
    weight = draw(st.none() | testing.spaced((classes,), 0.5, 1.5))
    if smoothing and draw(st.booleans()):
        params["label_smoothing"] = 0.2
    return Sample((x, labels, None if weight is None else weight.view(Constant)), params)


def nll_loss(x, labels, weight, reduction, ignore_index=-100, label_smoothing=0.0):
    """By a loop over the labels."""
    rows = np.moveaxis(x, 1, -1) if x.ndim > 1 else x
    weight = np.ones(rows.shape[-1]) if weight is None else np.asarray(weight)
    losses, total = np.zeros(labels.shape), 0.0
    for at in np.ndindex(labels.shape):
        c = labels[at]
        if c != ignore_index:
            total += weight[c]
            even = (rows[at] * weight).mean()
            losses[at] = -(1 - label_smoothing) * rows[at][c] * weight[c] - label_smoothing * even
    return losses.sum() / total if reduction == "mean" else reduced(losses, reduction)


def cross_entropy(x, labels, weight, **params):
    if labels.shape != x.shape:
        return nll_loss(log_softmax(x, min(x.ndim, 2) - 1), labels, weight, **params)
    smooth = params.get("label_smoothing", 0.0)
    axis = min(x.ndim, 2) - 1
    target = labels * (1 - smooth) + smooth / x.shape[axis]
    if weight is not None:
        target = target * np.expand_dims(weight, tuple(range(1, x.ndim - axis)))
    losses = -(log_softmax(x, axis) * target).sum(axis)
    return reduced(losses, params["reduction"])


@st.composite
def probabilities(draw):
    """Scores of classes, probabilities of the classes, perhaps weights of the classes."""
    shape = draw(testing.shapes(1, 3, min_side=1))
    values = draw(testing.spaced((2, *shape)))
    params = {"reduction": draw(REDUCTIONS), "label_smoothing": draw(st.sampled_from([0.0, 0.3]))}
    classes = shape[min(len(shape), 2) - 1]
    weight = draw(st.none() | testing.spaced((classes,), 0.5, 1.5))
    return Sample((values[0], abs(values[1]), weight), params)


ROWS = [
    OpInfo(
        softmax.softmax, lambda x, dim: np.exp(log_softmax(x, dim)), along(), covers=("_softmax",)
    ),
    OpInfo(softmax.log_softmax, log_softmax, along(), covers=("_log_softmax",)),
    OpInfo(softmax.softmin, lambda x, dim: np.exp(log_softmax(-x, dim)), along()),
    OpInfo(
        classification.cross_entropy,
        cross_entropy,
        labelled(smoothing=True),
        covers=("_cross_entropy",),
    ),
    OpInfo(
        classification.cross_entropy,
        cross_entropy,
        probabilities(),
        name="cross_entropy of probabilities",
        torch="nn.functional.cross_entropy",
    ),
    OpInfo(classification.nll_loss, nll_loss, labelled(), covers=("_nll_loss",)),
]
