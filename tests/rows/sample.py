"""Rows for ops/sample.py: on distributions that leave nothing to chance."""

import numpy as np
from hypothesis import strategies as st

import tinygrad_np as tg
from tests.opinfo import OpInfo, Sample, binary
from tinygrad_np import testing
from tinygrad_np.ops import sample


@st.composite
def certain(draw):
    """Probabilities that are 0 or 1."""
    x = draw(testing.spaced(testing.shapes()))
    return Sample((np.asarray(x > 0, np.float64),))


@st.composite
def categories(draw):
    """Rows of weights of which one alone is not 0."""
    rows, n = draw(st.integers(0, 3)), draw(st.integers(1, 4))
    weights = np.zeros((rows, n))
    weights[np.arange(rows), [draw(st.integers(0, n - 1)) for _ in range(rows)]] = 2.5
    weights = weights[0] if rows == 1 and draw(st.booleans()) else weights
    replacement = draw(st.booleans())
    count = draw(st.integers(1, 3)) if replacement else 1
    return Sample((weights,), {"num_samples": count, "replacement": replacement})


def the_one(weights, num_samples, replacement):
    found = weights.argmax(-1)[..., None]
    return np.broadcast_to(found, (*weights.shape[:-1], num_samples))


ROWS = [
    OpInfo(tg.bernoulli, lambda p: p, certain(), smooth=False),
    OpInfo(tg.poisson, np.zeros_like, certain().map(
        lambda s: Sample((np.zeros_like(s.args[0]),))),
           smooth=False),
    OpInfo(tg.binomial, lambda count, prob: count * prob, certain().map(
        lambda s: Sample((np.asarray(3 * s.args[0]), s.args[0]))), smooth=False),
    OpInfo(sample.standard_gamma, np.zeros_like, certain().map(
        lambda s: Sample((np.zeros_like(s.args[0]),))),
           smooth=False, torch="_standard_gamma", covers=("_gamma_slope",)),
    OpInfo(tg.multinomial, the_one, categories(), smooth=False),
    OpInfo(sample.normal, lambda mean, std: mean + std, binary().map(
        lambda s: Sample((s.args[0], np.zeros_like(s.args[1])))), smooth=False),
]  # fmt: skip
