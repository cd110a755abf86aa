"""Rows for ops/conv.py; the references are the definitions, loop by loop."""

import numpy as np
from hypothesis import strategies as st

import tinygrad_np as tg
from tests.opinfo import OpInfo, Sample
from tinygrad_np import testing


def each(value, dims):
    return value if isinstance(value, tuple) else (value,) * dims


def places(at, stride, dilation, kernel):
    """The window of output position `at`."""
    return tuple(
        slice(a * s, a * s + (k - 1) * d + 1, d) for a, s, d, k in zip(at, stride, dilation, kernel)
    )


def batched(function):
    """A reference for batches, for single inputs too."""

    def reference(x, weight, *args, **params):
        if x.ndim == weight.ndim:
            return function(x, weight, *args, **params)
        return function(x[None], weight, *args, **params)[0]

    return reference


@batched
def correlate(x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    dims = weight.ndim - 2
    stride, dilation = each(stride, dims), each(dilation, dims)
    kernel = weight.shape[2:]
    if isinstance(padding, str):
        whole = [(k - 1) * d if padding == "same" else 0 for k, d in zip(kernel, dilation)]
        pads = [(p // 2, p - p // 2) for p in whole]
    else:
        pads = [(p, p) for p in each(padding, dims)]
    x = np.pad(x, [(0, 0), (0, 0), *pads])
    size = [
        (n - (k - 1) * d - 1) // s + 1 for n, k, d, s in zip(x.shape[2:], kernel, dilation, stride)
    ]
    out = np.zeros((len(x), len(weight), *size), x.dtype)
    per, seen = len(weight) // groups, weight.shape[1]
    for n, o in np.ndindex(len(x), len(weight)):
        image = x[n, o // per * seen : (o // per + 1) * seen]
        for at in np.ndindex(*size):
            window = image[(slice(None), *places(at, stride, dilation, kernel))]
            out[(n, o, *at)] = (window * weight[o]).sum() + (0.0 if bias is None else bias[o])
    return out


@batched
def transposed(x, weight, bias=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1):
    dims = weight.ndim - 2
    stride, dilation, padding = each(stride, dims), each(dilation, dims), each(padding, dims)
    kernel, extra = weight.shape[2:], each(output_padding, dims)
    full = [
        (n - 1) * s + (k - 1) * d + 1 + e
        for n, s, k, d, e in zip(x.shape[2:], stride, kernel, dilation, extra)
    ]
    per, made = len(weight) // groups, weight.shape[1]
    out = np.zeros((len(x), made * groups, *full), x.dtype)
    for n, c in np.ndindex(*x.shape[:2]):
        image = out[n, c // per * made : (c // per + 1) * made]
        for at in np.ndindex(*x.shape[2:]):
            window = image[(slice(None), *places(at, stride, dilation, kernel))]
            window += x[(n, c, *at)] * weight[c]
    out = out[(..., *(slice(p, f - p) for p, f in zip(padding, full)))]
    return out if bias is None else out + bias.reshape(-1, *[1] * dims)


def numbers(draw, values):
    """The same number for all dimensions sometimes as one."""
    return values[0] if len(set(values)) == 1 and draw(st.booleans()) else values


@st.composite
def convolutions(draw, dims, max_size=5):
    g = draw(testing.conv_geometries(dims, max_size))
    shape = g.input[1:] if g.input[0] == 1 and draw(st.booleans()) else g.input
    params = {
        "stride": numbers(draw, g.stride),
        "padding": numbers(draw, g.padding),
        "dilation": numbers(draw, g.dilation),
        "groups": g.groups,
    }
    spans = [(k - 1) * d for k, d in zip(g.kernel_size, g.dilation)]
    if all(n > span for n, span in zip(g.input[2:], spans)) and draw(st.booleans()):
        params["padding"] = "valid"
    elif max(g.stride) == 1 and not any(span % 2 for span in spans):
        params["padding"] = "same"  # of odd spans PyTorch warns
    bias = draw(st.none() | testing.spaced((g.weight[0],)))
    return Sample((draw(testing.spaced(shape)), draw(testing.spaced(g.weight)), bias), params)


@st.composite
def transposes(draw, dims, max_size=3):
    """The convolution drawn, from its output's side."""
    g = draw(testing.conv_geometries(dims, max_size))
    sizes = tuple(draw(st.integers(1, max_size)) for _ in range(dims))
    extra = tuple(draw(st.integers(0, max(s, d) - 1)) for s, d in zip(g.stride, g.dilation))
    least = [
        (n - 1) * s + (k - 1) * d + 1 + e - 1
        for n, s, k, d, e in zip(sizes, g.stride, g.kernel_size, g.dilation, extra)
    ]
    padding = tuple(min(p, n // 2) for p, n in zip(g.padding, least))
    shape = (g.weight[0], *sizes)
    if g.input[0] != 1 or draw(st.booleans()):
        shape = (g.input[0], *shape)
    bias = draw(st.none() | testing.spaced((g.weight[1] * g.groups,)))
    params = {
        "stride": numbers(draw, g.stride),
        "padding": numbers(draw, padding),
        "output_padding": numbers(draw, extra),
        "groups": g.groups,
        "dilation": numbers(draw, g.dilation),
    }
    return Sample((draw(testing.spaced(shape)), draw(testing.spaced(g.weight)), bias), params)


COVERS = ("convolution", "conv_transpose", "conv_weight", "channel_sum")

ROWS = [
    OpInfo(tg.conv1d, correlate, convolutions(1), covers=COVERS),
    OpInfo(tg.conv2d, correlate, convolutions(2), covers=COVERS),
    OpInfo(tg.conv3d, correlate, convolutions(3, 3), covers=COVERS),
    OpInfo(tg.conv_transpose1d, transposed, transposes(1), covers=COVERS),
    OpInfo(tg.conv_transpose2d, transposed, transposes(2), covers=COVERS),
    OpInfo(tg.conv_transpose3d, transposed, transposes(3, 2), covers=COVERS),
]
