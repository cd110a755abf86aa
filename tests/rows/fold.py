"""Rows for ops/fold.py."""

import numpy as np
from hypothesis import strategies as st

import tinygrad_np as tg
from tests.opinfo import OpInfo, Sample
from tests.rows.conv import each, numbers
from tests.rows.pool import batched
from tinygrad_np import testing
from tinygrad_np.nn import functional as F


def windows(shape, kernel_size, dilation, padding, stride):
    """For each window the places of its elements, None for one in the padding."""
    lines = []
    for n, k, d, p, s in zip(
        shape, each(kernel_size, 2), each(dilation, 2), each(padding, 2), each(stride, 2)
    ):
        count = (n + 2 * p - (k - 1) * d - 1) // s + 1
        lines.append([[o * s + i * d - p for i in range(k)] for o in range(count)])
    return [
        [(i, j) if 0 <= i < shape[0] and 0 <= j < shape[1] else None for i in rows for j in columns]
        for rows in lines[0] for columns in lines[1]
    ]  # fmt: skip


def unfold(x, kernel_size, dilation=1, padding=0, stride=1):
    seen = windows(x.shape[2:], kernel_size, dilation, padding, stride)
    columns = [
        [np.zeros(x.shape[:2]) if place is None else x[(..., *place)] for place in window]
        for window in seen
    ]
    out = np.array(columns).transpose(2, 3, 1, 0)
    return out.reshape(len(x), out.shape[1] * out.shape[2], len(seen))


def fold(x, output_size, kernel_size, dilation=1, padding=0, stride=1):
    shape = each(output_size, 2)
    seen = windows(shape, kernel_size, dilation, padding, stride)
    elements = len(seen[0])
    out = np.zeros((len(x), x.shape[1] // elements, *shape), x.dtype)
    for at, window in enumerate(seen):
        for k, place in enumerate(window):
            if place is not None:
                out[(..., *place)] += x[:, k::elements, at]
    return out


def pixel_shuffle(x, upscale_factor):
    r, (*lead, c, h, w) = upscale_factor, x.shape
    out = np.zeros((*lead, c // r**2, h * r, w * r))
    for i, j in np.ndindex(r, r):
        out[..., i::r, j::r] = x[..., i * r + j :: r * r, :, :]
    return out


def pixel_unshuffle(x, downscale_factor):
    r, (*lead, c, h, w) = downscale_factor, x.shape
    out = np.zeros((*lead, c * r**2, h // r, w // r))
    for i, j in np.ndindex(r, r):
        out[..., i * r + j :: r * r, :, :] = x[..., i::r, j::r]
    return out


@st.composite
def foldings(draw, back=False):
    g = draw(testing.conv_geometries())
    shape = count, channels, *sizes = g.input
    if back:
        windows_ = [
            (n + 2 * p - (k - 1) * d - 1) // s + 1
            for n, p, k, d, s in zip(sizes, g.padding, g.kernel_size, g.dilation, g.stride)
        ]
        shape = (count, channels * np.prod(g.kernel_size), np.prod(windows_))
    x = draw(testing.spaced(shape[1:] if count == 1 and draw(st.booleans()) else shape))
    params = {"dilation": g.dilation, "padding": g.padding, "stride": g.stride}
    params = {name: numbers(draw, value) for name, value in params.items()}
    args = (tuple(sizes), g.kernel_size) if back else (g.kernel_size,)
    return Sample((x, *(numbers(draw, a) for a in args)), params)


@st.composite
def shuffles(draw, back=False):
    r = draw(st.integers(1, 3))
    lead = draw(testing.shapes(max_dims=2, min_side=1))
    c, h, w = (draw(st.integers(1, 2)) for _ in range(3))
    shape = (*lead, c, h * r, w * r) if back else (*lead, c * r * r, h, w)
    return Sample((draw(testing.spaced(shape)), r))


ROWS = [
    OpInfo(F.unfold, batched(unfold, 2), foldings(), covers=("to_columns", "from_columns")),
    OpInfo(F.fold, batched(fold, 1), foldings(back=True), covers=("to_columns", "from_columns")),
    OpInfo(tg.pixel_shuffle, pixel_shuffle, shuffles()),
    OpInfo(tg.pixel_unshuffle, pixel_unshuffle, shuffles(back=True)),
]
