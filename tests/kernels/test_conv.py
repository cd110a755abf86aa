"""Every path through the convolution kernels, held to im2col."""

import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinygrad_np import testing
from tinygrad_np.kernels import conv, gather
from tinygrad_np.kernels.scratch import scratch
from tinygrad_np.kernels.windows import Geometry, col2im, im2col

LAYOUTS = {
    "channels first": (0, 1, 2, 3),
    "channels last": (0, 2, 3, 1),
    "images last": (1, 2, 3, 0),
}


ORDERS = {"channels first": 10**9, "channels last": 0}


@pytest.fixture(params=["usual", "single rows", *ORDERS, *(f"few, {order}" for order in ORDERS)])
def path(request, monkeypatch):
    """The limits by which a path is chosen, so that small problems take each."""
    order = request.param.removeprefix("few, ")
    if request.param == "single rows":
        monkeypatch.setattr(gather, "BLOCK", 1)
        monkeypatch.setattr(gather, "FEW", 1)
    if order in ORDERS:
        monkeypatch.setattr(gather, "LONG_RUN", ORDERS[order])
    if order == request.param:  # not as one product
        monkeypatch.setattr(conv, "KEPT", -1)
    for kept in (gather.windows, conv._few):
        kept.cache_clear()
    yield request.param
    for kept in (gather.windows, conv._few):
        kept.cache_clear()


def laid(array, layout):
    """The same array with its axes in another order in memory."""
    order = LAYOUTS[layout]
    return np.ascontiguousarray(array.transpose(order)).transpose(np.argsort(order))


def reference(x, weight, grad, size, geometry):
    """Forward and both gradients as products with im2col's windows, group by group."""
    outs, to_xs, to_weights = [], [], []
    parts = (np.split(a, geometry.groups, axis) for a, axis in ((x, 1), (weight, 0), (grad, 1)))
    for part, w, g in zip(*parts):
        windows = im2col(part, weight.shape[2:], size, geometry)
        outs.append(np.einsum("ncijhw,ocij->nohw", windows, w))
        spread = np.einsum("nohw,ocij->ncijhw", g, w)
        to_xs.append(col2im(spread, x.shape[2:], geometry))
        to_weights.append(np.einsum("ncijhw,nohw->ocij", windows, g))
    return np.concatenate(outs, 1), np.concatenate(to_xs, 1), np.concatenate(to_weights)


@st.composite
def problems(draw):
    """A geometry, now and then depthwise or with more channels, and arrays for it."""
    g = draw(testing.conv_geometries(max_size=7))
    shape, weight, groups = list(g.input), list(g.weight), g.groups
    if draw(st.booleans()):
        groups = shape[1] = weight[0] = draw(st.integers(2, 12))
        weight[1] = 1
    elif groups == 1:
        shape[1] = weight[1] = draw(st.integers(1, 12))
    size = tuple(
        (n + 2 * p - (k - 1) * d - 1) // s + 1
        for n, p, k, d, s in zip(shape[2:], g.padding, weight[2:], g.dilation, g.stride)
    )
    random = np.random.default_rng(draw(st.integers(0, 999)))
    x, w = random.standard_normal(shape), random.standard_normal(weight)
    grad = random.standard_normal((shape[0], weight[0], *size))
    layouts = [draw(st.sampled_from(list(LAYOUTS))) for _ in range(2)]
    return (laid(x, layouts[0]), w, laid(grad, layouts[1]), size,
            Geometry(g.stride, g.padding, g.dilation, groups))  # fmt: skip


@pytest.mark.usefixtures("path")
def test_every_path_agrees_with_im2col():
    @settings(max_examples=50)
    @given(problems())
    def agrees(problem):
        x, weight, grad, size, geometry = problem
        before = x.copy(), weight.copy(), grad.copy()
        out, to_x, to_weight = reference(x, weight, grad, size, geometry)
        bias = np.arange(len(weight)) + 0.5
        np.testing.assert_allclose(conv.forward(x, weight, None, size, geometry), out, atol=1e-12)
        np.testing.assert_allclose(
            conv.forward(x, weight, bias, size, geometry), out + bias[:, None, None], atol=1e-12
        )
        np.testing.assert_allclose(
            conv.input_gradient(grad, weight, x.shape[2:], geometry), to_x, atol=1e-12
        )
        for windows in (None, conv.with_windows(x, weight, None, size, geometry)[1]):
            got = conv.weight_gradient(x, grad, weight.shape[2:], geometry, windows)
            np.testing.assert_allclose(got, to_weight, atol=1e-12)
        for a, b in zip((x, weight, grad), before):
            np.testing.assert_array_equal(a, b)

    agrees()


@given(testing.conv_geometries())
def test_im2col_and_col2im_are_adjoint(g):
    geometry = Geometry(g.stride, g.padding, g.dilation)
    size = tuple(
        (n + 2 * p - (k - 1) * d - 1) // s + 1
        for n, p, k, d, s in zip(g.input[2:], g.padding, g.kernel_size, g.dilation, g.stride)
    )
    random = np.random.default_rng(0)
    x = random.standard_normal(g.input)
    columns = im2col(x, g.kernel_size, size, geometry)
    y = random.standard_normal(columns.shape)
    assert np.isclose((columns * y).sum(), (x * col2im(y, g.input[2:], geometry)).sum())


@pytest.mark.parametrize("layout", LAYOUTS)
def test_results_have_channels_last_in_memory(layout):
    x, weight = laid(np.ones((2, 3, 8, 8), np.float32), layout), np.ones((5, 3, 3, 3), np.float32)
    out = conv.forward(x, weight, None, (6, 6), Geometry((1, 1), (0, 0), (1, 1)))
    assert out.dtype == np.float32
    assert out.transpose(0, 2, 3, 1).flags.c_contiguous


def test_a_large_image_is_gathered_in_rows_within_the_limit():
    seen = gather.windows(
        (3, 16, 200, 200), 4, (3, 3), (198, 198), Geometry((1, 1), (0, 0), (1, 1))
    )
    assert len(seen.blocks) > 3
    sizes = [np.prod(block.shape) * 4 for block in seen.blocks]
    assert max(sizes) <= gather.BLOCK
    covered = np.zeros((3, 198), int)
    for block in seen.blocks:
        covered[block.images, block.rows] += 1
    assert (covered == 1).all()


@pytest.mark.parametrize("groups", [1, 3])
@pytest.mark.parametrize("stride", [1, 2])
def test_long_lines_are_cut_into_blocks(groups, stride):
    rng = np.random.default_rng(0)
    x, weight, bias = rng.random((1, 3, 300_001)), rng.random((3, 3 // groups, 4)), np.arange(3.0)
    geometry = Geometry((stride,), (0,), (1,), groups)
    seen = np.lib.stride_tricks.sliding_window_view(x, 4, axis=-1)[:, :, ::stride]
    size = seen.shape[2:3]
    at = "nclk,ck->ncl" if groups > 1 else "nclk,ock->nol"
    expected = np.einsum(at, seen, weight[:, 0] if groups > 1 else weight, optimize=True)
    out = conv.forward(x, weight, bias, size, geometry)
    np.testing.assert_allclose(out, expected + bias[:, None])
    at = "nclk,ncl->ck" if groups > 1 else "nclk,nol->ock"
    np.testing.assert_allclose(
        conv.weight_gradient(x, out, (4,), geometry).reshape(weight.shape),
        np.einsum(at, seen, out, optimize=True).reshape(weight.shape),
    )


def test_memory_is_kept_for_each_thread():
    mine = scratch("test", (4, 4), np.dtype(np.float64))
    assert np.shares_memory(mine, scratch("test", (8,), np.dtype(np.float32)))
    assert not np.shares_memory(mine, scratch("other", (4, 4), np.dtype(np.float64)))
    theirs = []
    thread = threading.Thread(
        target=lambda: theirs.append(scratch("test", (4, 4), np.dtype(np.float64)))
    )
    thread.start()
    thread.join()
    assert not np.shares_memory(mine, theirs[0])


def test_threads_convolve_side_by_side():
    random = np.random.default_rng(0)
    geometry = Geometry((1, 1), (1, 1), (1, 1))
    problems = [(random.standard_normal((4, 8, 16, 16)), random.standard_normal((8, 8, 3, 3)))
                for _ in range(4)]  # fmt: skip
    wanted = [conv.forward(x, w, None, (16, 16), geometry) for x, w in problems]
    wrong = []

    def work(i):
        for _ in range(20):
            got = conv.forward(*problems[i], None, (16, 16), geometry)
            if not np.array_equal(got, wanted[i]):
                wrong.append(i)

    threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
