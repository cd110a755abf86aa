"""Rows for nn/composite.py."""

import numpy as np
from hypothesis import strategies as st

from tests.opinfo import OpInfo, Sample
from tinygrad_np import testing
from tinygrad_np.nn import functional as F


@st.composite
def channels(draw, groups=False, **params):
    """(N, C, ...), with a number of groups or other parameters."""
    divisor = draw(st.integers(1, 3))
    shape = (draw(st.integers(0, 2)), divisor * draw(st.integers(1, 3)), draw(st.integers(1, 3)))
    shape += (2,) * draw(st.integers(0, 1))
    x = draw(testing.spaced(shape))
    first = (divisor,) if groups else (draw(st.integers(1, 4)),)
    return Sample((x, *first), {k: draw(v) for k, v in params.items()})


def local_response_norm(x, size, alpha=1e-4, beta=0.75, k=1.0):
    out = np.empty_like(x)
    for c in range(x.shape[1]):
        start = c - size // 2
        around = [x[:, i] ** 2 for i in range(start, start + size) if 0 <= i < x.shape[1]]
        out[:, c] = x[:, c] / (k + alpha * sum(around) / size) ** beta
    return out


def channel_shuffle(x, groups):
    per_group = x.shape[1] // groups
    order = [g * per_group + i for i in range(per_group) for g in range(groups)]
    return x[:, order]


ROWS = [
    OpInfo(
        F.local_response_norm,
        local_response_norm,
        channels(alpha=st.sampled_from([0.1, 2.0]), beta=st.sampled_from([0.5, 2.0])),
        array_ok=False,
    ),
    OpInfo(F.channel_shuffle, channel_shuffle, channels(groups=True), view=True),
]
