"""Rows for ops/grid.py; the reference goes place by place."""

import itertools

import numpy as np
from hypothesis import strategies as st

from tests.opinfo import OpInfo, Sample
from tests.rows.interpolate import cubic
from tinygrad_np import testing
from tinygrad_np.nn import functional as F


def into(at, n, padding_mode, align_corners):
    if padding_mode == "zeros":
        return at
    if padding_mode == "reflection":
        low, high = (0, n - 1) if align_corners else (-0.5, n - 0.5)
        while high > low and not low <= at <= high:
            at = 2 * low - at if at < low else 2 * high - at
        at = 0 if high == low else at
    return min(max(at, 0), n - 1)


def grid_sample(x, grid, mode="bilinear", padding_mode="zeros", align_corners=False):
    sizes = x.shape[2:]
    out = np.zeros((*x.shape[:2], *grid.shape[1:-1]), x.dtype)
    for place in np.ndindex(grid.shape[:-1]):
        lines = []
        for n, g in zip(sizes, grid[place][::-1]):
            at = (g + 1) / 2 * (n - 1) if align_corners else ((g + 1) * n - 1) / 2
            if mode == "bicubic":
                near = range(int(np.floor(at)) - 1, int(np.floor(at)) + 3)
                line = [(into(j, n, padding_mode, align_corners), cubic(at - j)) for j in near]
            else:
                at = into(at, n, padding_mode, align_corners)
                near = int(np.floor(at))
                line = [(j, 1 - abs(at - j)) for j in (near, near + 1)]
                line = [(np.rint(at), 1.0)] if mode == "nearest" else line
            lines.append([(int(j), w) for j, w in line if 0 <= j < n])
        for chosen in itertools.product(*lines):
            pixel = tuple(j for j, _ in chosen)
            weight = np.prod([w for _, w in chosen])
            out[(place[0], slice(None), *place[1:])] += x[(place[0], slice(None), *pixel)] * weight
    return out


def affine_grid(theta, size, align_corners=False):
    spatial = size[2:]
    out = np.empty((size[0], *spatial, len(spatial)), theta.dtype)
    for place in np.ndindex(*spatial):
        at = []
        for i, n in zip(place[::-1], spatial[::-1]):
            even = 2 * i / (n - 1) - 1 if n > 1 else 0.0
            at.append(even if align_corners else (2 * i + 1) / n - 1)
        out[(slice(None), *place)] = theta @ np.array([*at, 1.0])
    return out


@st.composite
def images(draw):
    """Grids whose places are away from pixels, edges and half-way points."""
    dims = draw(st.sampled_from([2, 2, 3]))
    sizes = draw(st.tuples(*[st.integers(2, 3)] * dims))
    batch, channels = draw(st.integers(1, 2)), draw(st.integers(1, 2))
    mode = draw(st.sampled_from(["bilinear", "nearest"] + ["bicubic"] * (dims == 2)))
    align = draw(st.booleans())
    x = draw(testing.spaced((batch, channels, *sizes), -2, 2))
    shape = (batch, *draw(st.tuples(*[st.integers(1, 2)] * dims)))
    rng = np.random.default_rng(draw(st.integers(0, 1000)))
    columns = []
    for n in sizes[::-1]:
        at = rng.integers(-1, n, shape) + rng.choice([0.2, 0.3, 0.7, 0.8], shape)
        columns.append(2 * at / (n - 1) - 1 if align else (2 * at + 1) / n - 1)
    padding = draw(st.sampled_from(["zeros", "border", "reflection"]))
    grid = np.stack(columns, axis=-1)
    return Sample((x, grid), {"mode": mode, "padding_mode": padding, "align_corners": align})


@st.composite
def maps(draw):
    dims = draw(st.sampled_from([2, 3]))
    batch = draw(st.integers(1, 2))
    size = (batch, 1, *draw(st.tuples(*[st.integers(1, 3)] * dims)))
    theta = draw(testing.spaced((batch, dims, dims + 1), -2, 2))
    return Sample((theta, size), {"align_corners": draw(st.booleans())})


ROWS = [
    OpInfo(F.grid_sample, grid_sample, images()),
    OpInfo(F.affine_grid, affine_grid, maps()),
]
