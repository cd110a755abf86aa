"""Rows for ops/fractional.py: windows at drawn places, by a loop over them."""

import itertools

import numpy as np
from hypothesis import strategies as st

from tests.opinfo import Constant, OpInfo, Sample
from tinygrad_np import testing
from tinygrad_np.nn import functional as F


@st.composite
def windows(draw, dims):
    kernel = draw(st.tuples(*[st.integers(1, 2)] * dims))
    size = draw(st.tuples(*[st.integers(1, 2)] * dims))
    least = dims - 2  # PyTorch wants one more in three dimensions
    spatial = [k + s - 1 + draw(st.integers(least, 2)) for k, s in zip(kernel, size, strict=True)]
    n, c = draw(st.integers(1, 2)), draw(st.integers(1, 2))
    x = draw(testing.spaced((n, c, *spatial)))
    eighths = st.lists(st.integers(0, 7), min_size=n * c * dims, max_size=n * c * dims)
    starts = np.array(draw(eighths)).reshape(n, c, dims) / 8
    return Sample((x, kernel, size, None, False, starts.view(Constant)))


def begins(u, n, out, k):
    """Graham's sequence: places that grow by a step, rounded down, and the last at the end."""
    step = (n - k) / (out - 1) if out > 1 else 0
    return [int((i + u) * step) - int(u * step) for i in range(out - 1)] + [n - k]


def largest(x, kernel, size, ratio, indices, starts):
    dims = len(size)
    out = np.empty((*x.shape[:2], *size))
    for n, c in np.ndindex(x.shape[:2]):
        drawn = list(starts[n, c])
        drawn = drawn[::-1] if dims == 2 else drawn  # in two dimensions that of the width is first
        places = [
            begins(u, *line)
            for u, line in zip(drawn, zip(x.shape[2:], size, kernel, strict=True), strict=True)
        ]
        for at in itertools.product(*(range(s) for s in size)):
            window = tuple(
                slice(p[i], p[i] + k) for p, i, k in zip(places, at, kernel, strict=True)
            )
            out[(n, c, *at)] = x[(n, c, *window)].max()
    return out


ROWS = [
    OpInfo(F.fractional_max_pool2d, largest, windows(2)),
    OpInfo(F.fractional_max_pool3d, largest, windows(3)),
]
