"""Winograd's convolution: held to im2col in float64, and to its error bound in float32."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tinygrad_np as tg
from tests.opinfo import all_rows
from tests.test_ops import _function_of_live, outputs, tensors
from tinygrad_np.kernels import conv, gather, winograd
from tinygrad_np.kernels.windows import Geometry, col2im, im2col

ROWS = [r for r in all_rows() if str(r).startswith(("conv2d", "conv_transpose2d"))]
ONE = (1, 1)


@pytest.fixture(autouse=True)
def put_back():
    yield
    tg.set_conv_algorithm("auto")
    gather.windows.cache_clear()


@pytest.fixture
def in_float64(monkeypatch):
    """Every convolution that can be by Winograd is, in float64 too, where errors can't hide."""
    monkeypatch.setattr(winograd, "DTYPES", "fd")
    tg.set_conv_algorithm("winograd")


@st.composite
def problems(draw):
    """x, weight, grad, the output's size and the geometry, with arrays in either layout."""
    groups = draw(st.sampled_from([1, 1, 2, 3]))
    count = draw(st.integers(1, 3))
    channels, filters = (groups * draw(st.integers(1, 4)) for _ in range(2))
    shape = [draw(st.integers(1, 11)) for _ in range(2)]
    kernel, stride = ([draw(st.sampled_from(of)) for _ in range(2)] for of in ((3, 5), (1, 2)))
    padding = [draw(st.integers(max(0, (k + 1 - n) // 2), 4)) for n, k in zip(shape, kernel)]
    size = tuple((n + 2 * p - k) // s + 1 for n, k, s, p in zip(shape, kernel, stride, padding))
    random = np.random.default_rng(draw(st.integers(0, 999)))
    x = random.standard_normal((count, channels, *shape))
    grad = random.standard_normal((count, filters, *size))
    if draw(st.booleans()):
        x, grad = (np.ascontiguousarray(a.transpose(0, 2, 3, 1)).transpose(0, 3, 1, 2)
                   for a in (x, grad))  # fmt: skip
    weight = random.standard_normal((filters, channels // groups, *kernel))
    return x, weight, grad, size, Geometry(tuple(stride), tuple(padding), ONE, groups)


def by_im2col(x, weight, grad, size, geometry):
    """The output and both gradients, from the windows, a group at a time."""
    found = []
    parts = (np.split(a, geometry.groups, axis) for a, axis in ((x, 1), (weight, 0), (grad, 1)))
    for part, w, g in zip(*parts):
        windows = im2col(part, weight.shape[2:], size, geometry)
        spread = col2im(np.einsum("nohw,ocij->ncijhw", g, w), x.shape[2:], geometry)
        found.append((np.einsum("ncijhw,ocij->nohw", windows, w), spread,
                      np.einsum("ncijhw,nohw->ocij", windows, g)))  # fmt: skip
    outs, spreads, sums = zip(*found)
    return np.concatenate(outs, 1), np.concatenate(spreads, 1), np.concatenate(sums)


def computed(x, weight, grad, size, geometry):
    return (
        conv.forward(x, weight, None, size, geometry),
        conv.input_gradient(grad, weight, x.shape[2:], geometry),
        conv.weight_gradient(x, grad, weight.shape[2:], geometry),
    )


@pytest.mark.usefixtures("in_float64")
@pytest.mark.parametrize("few", [1, 64])
def test_it_is_im2col_in_exact_arithmetic(few, monkeypatch):
    monkeypatch.setattr(winograd, "FEW", few)  # blocks of single rows of tiles, and of all
    monkeypatch.setattr(winograd, "SPACE", 1)

    @settings(max_examples=40)
    @given(problems())
    def agrees(problem):
        x, weight, grad, size, geometry = problem
        assert winograd.possible(x, weight.shape[2:], size, geometry)
        before = [a.copy() for a in (x, weight, grad)]
        for got, want in zip(computed(*problem), by_im2col(*problem)):
            np.testing.assert_allclose(got, want, rtol=1e-9, atol=1e-10)
        bias = np.arange(len(weight)) + 0.5
        with_bias = conv.forward(x, weight, bias, size, geometry)
        want = by_im2col(*problem)[0] + bias[:, None, None]
        np.testing.assert_allclose(with_bias, want, rtol=1e-9, atol=1e-10)
        for a, b in zip((x, weight, grad), before):
            np.testing.assert_array_equal(a, b)

    agrees()


@pytest.mark.usefixtures("in_float64")
@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("row", ROWS, ids=str)
def test_the_table_of_ops_holds_by_winograd_too(row, threads):
    before = tg.get_num_threads()
    tg.set_num_threads(threads)

    @settings(max_examples=10)
    @given(st.data())
    def holds(data):
        sample = data.draw(row.samples)
        got = outputs(row.op(*tensors(sample.args), **sample.params))
        for g, w in zip(got, outputs(row.ref(*sample.args, **sample.params))):
            np.testing.assert_allclose(g.numpy(), w, rtol=1e-9, atol=1e-10)
        live, call = _function_of_live(row, tensors(sample.args, True), sample.params)
        tg.autograd.gradcheck(call, live, fast_mode=True, atol=row.grad_atol)
        tg.autograd.gradgradcheck(call, live, fast_mode=True, atol=1e-4)

    try:
        holds()
    finally:
        tg.set_num_threads(before)


def large(dtype, channels=48, kernel=3, stride=1):
    """A problem that Winograd is chosen for, with results of size about 1."""
    random = np.random.default_rng(0)
    size = (14, 14) if stride == 1 else (7, 7)
    x = random.standard_normal((8, channels, 14, 14))
    weight = random.standard_normal((32, channels, kernel, kernel))
    weight /= np.sqrt(kernel**2 * channels)
    grad = random.standard_normal((8, 32, *size))
    geometry = Geometry((stride, stride), (kernel // 2, kernel // 2), ONE)
    return x.astype(dtype), weight.astype(dtype), grad.astype(dtype), size, geometry


@pytest.mark.parametrize("channels", [48, 256])
@pytest.mark.parametrize(("kernel", "stride", "bound"), [(3, 1, 1e-5), (5, 1, 3e-5), (3, 2, 2e-6)])
def test_the_error_in_float32_is_within_the_documented_bound(kernel, stride, bound, channels):
    tg.set_conv_algorithm("winograd")
    want = by_im2col(*large(np.float64, channels, kernel, stride))
    results = computed(*large(np.float32, channels, kernel, stride))
    for got, exact in zip(results, want):
        assert got.dtype == np.float32
        assert 1e-7 < np.abs(got - exact).max() / np.abs(exact).max() < bound
    tg.set_conv_algorithm("im2col")
    for by_sum, got in zip(computed(*large(np.float32, channels, kernel, stride)), results):
        assert (by_sum != got).any()  # another algorithm


def test_float64_is_never_computed_so():
    results = []
    for algorithm in ("auto", "im2col", "winograd"):
        tg.set_conv_algorithm(algorithm)
        results.append([a.tobytes() for a in computed(*large(np.float64))])
    assert results[0] == results[1] == results[2]


def test_where_it_is_chosen():
    x, weight, _, size, geometry = large(np.float32)
    kernel = weight.shape[2:]

    def chosen(x=x, kernel=kernel, channels=32, size=size, geometry=geometry, strides=False):
        return conv._by_winograd(x, channels, kernel, size, geometry, strides)

    twice = geometry._replace(stride=(2, 2))
    assert chosen()
    assert chosen(kernel=(5, 5))
    assert chosen(geometry=twice, strides=True)
    assert not chosen(geometry=twice)
    assert not chosen(channels=8)
    assert not chosen(kernel=(3, 1))
    assert not chosen(geometry=geometry._replace(stride=(3, 3)), strides=True)
    assert not chosen(geometry=geometry._replace(dilation=(2, 2)))
    assert not chosen(x=x[:0])
    tg.set_conv_algorithm("winograd")
    assert chosen(channels=8)
    assert chosen(geometry=twice)
    assert not chosen(x=x[:0])
    tg.set_conv_algorithm("im2col")
    assert not chosen()


def test_unknown_algorithms():
    with pytest.raises(ValueError, match="one of .*'im2col'.*, got 'fft'"):
        tg.set_conv_algorithm("fft")
    assert tg.get_conv_algorithm() == "auto"
