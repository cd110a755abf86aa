"""Rows for ops/interpolate.py; the reference goes place by place."""

import itertools

import numpy as np
from hypothesis import strategies as st

from tests.opinfo import OpInfo, Sample
from tinygrad_np import testing
from tinygrad_np.nn import functional as F

LINEAR = {1: "linear", 2: "bilinear", 3: "trilinear"}


def cubic(distance, a=-0.75):
    """Keys' kernel."""
    x = abs(distance)
    if x <= 1:
        return (a + 2) * x**3 - (a + 3) * x**2 + 1
    return a * x**3 - 5 * a * x**2 + 8 * a * x - 4 * a if x < 2 else 0.0


def parts(i, n, m, factor, mode, align_corners):
    """[(element, weight), ...] that element i of m is made of."""
    scale = n / m if factor is None else 1 / factor
    if mode == "area":
        window = range(int(np.floor(i * n / m)), int(np.ceil((i + 1) * n / m)))
        return [(j, 1 / len(window)) for j in window]
    if mode == "nearest":
        return [(min(int(np.floor(i * scale)), n - 1), 1.0)]
    if mode == "nearest-exact":
        return [(min(int(np.floor((i + 0.5) * scale)), n - 1), 1.0)]
    if align_corners:
        at = i * (n - 1) / (m - 1) if m > 1 else 0.0
    else:
        at = (i + 0.5) * scale - 0.5
    if mode == "bicubic":
        first = int(np.floor(at))
        return [(min(max(j, 0), n - 1), cubic(at - j)) for j in range(first - 1, first + 3)]
    at = min(max(at, 0.0), n - 1.0)
    return [(j, 1 - abs(at - j)) for j in {int(np.floor(at)), int(np.ceil(at))}]


def interpolate(x, size=None, scale_factor=None, mode="nearest", align_corners=None,
                recompute_scale_factor=None):  # fmt: skip
    dims = x.ndim - 2
    factors = [None] * dims
    if scale_factor is None:
        new = size if isinstance(size, tuple) else (size,) * dims
    else:
        given = scale_factor if isinstance(scale_factor, tuple) else (scale_factor,) * dims
        new = [int(np.floor(n * f)) for n, f in zip(x.shape[2:], given)]
        factors = factors if recompute_scale_factor else given
    out = np.zeros((*x.shape[:2], *new), x.dtype)
    for at in np.ndindex(*new):
        lines = [parts(i, n, m, f, mode, align_corners)
                 for i, n, m, f in zip(at, x.shape[2:], new, factors)]  # fmt: skip
        for chosen in itertools.product(*lines):
            places, weights = zip(*chosen)
            out[(..., *at)] += x[(..., *places)] * np.prod(weights)
    return out


@st.composite
def resizings(draw):
    dims = draw(st.integers(1, 3))
    most = 5 if dims < 3 else 3
    shape = [draw(st.integers(0, 2)), draw(st.integers(1, 2))]
    shape += [draw(st.integers(2, most)) for _ in range(dims)]
    modes = ["nearest", "nearest-exact", "area", LINEAR[dims]] + ["bicubic"] * (dims == 2)
    params = {"mode": draw(st.sampled_from(modes))}
    if params["mode"] in (*LINEAR.values(), "bicubic"):
        params["align_corners"] = draw(st.sampled_from([None, False, True]))

    def one_or_all(values):
        if draw(st.booleans()):
            return draw(values)
        return tuple(draw(values) for _ in range(dims))

    if draw(st.booleans()):
        params["size"] = one_or_all(st.integers(1, most + 1))
    else:
        params["scale_factor"] = one_or_all(st.sampled_from([0.5, 0.7, 1.0, 1.6, 2.0]))
        params["recompute_scale_factor"] = draw(st.sampled_from([None, False, True]))
    return Sample((draw(testing.spaced(tuple(shape))),), params)


ROWS = [OpInfo(F.interpolate, interpolate, resizings(), covers=("resample",))]
