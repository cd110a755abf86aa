"""Elementwise work and sums, small and large, in every layout, against NumPy's own loops."""

import numpy as np
import pytest

from tinygrad_np.kernels import select
from tinygrad_np.kernels.along import sum_over
from tinygrad_np.kernels.elementwise import compute, relu
from tinygrad_np.kernels.threads import get_num_threads, set_num_threads

RNG = np.random.default_rng(7)


@pytest.fixture(params=[1, 2])
def threads(request):
    before = get_num_threads()
    set_num_threads(request.param)
    yield
    set_num_threads(before)


def numbers(shape, order=None):
    x = RNG.standard_normal(shape).astype(np.float32)
    return (
        x
        if order is None
        else np.ascontiguousarray(x.transpose(order)).transpose(np.argsort(order))
    )


@pytest.mark.parametrize("size", [0, 1, 100, 8191, 8192, 8193, 30000])
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64])
def test_relu_of_any_size(size, dtype):
    x = (RNG.standard_normal(size) * 9).astype(dtype)
    if size and dtype != np.int64:
        x[0], x[-1] = np.nan, -np.inf
    np.testing.assert_array_equal(relu(x), np.maximum(x, 0))
    out = np.empty_like(x)
    assert relu(x, out) is out
    np.testing.assert_array_equal(out, np.maximum(x, 0))


def test_relu_of_any_layout():
    whole = numbers((10, 40, 60))
    for x in (
        whole.transpose(2, 0, 1), whole[:, ::2], whole[:, :, 5:], whole[::-1], whole.swapaxes(0, 1)
    ):  # fmt: skip
        np.testing.assert_array_equal(relu(x), np.maximum(x, 0))
        out = np.full((60, 40, 30), 5.0, np.float32).transpose(2, 1, 0)[: x.shape[0]]
        if out.shape == x.shape:
            np.testing.assert_array_equal(relu(x, out), np.maximum(x, 0))


@pytest.mark.parametrize("order", [None, (0, 2, 3, 1), (3, 2, 1, 0)])
@pytest.mark.parametrize(
    "other", [(1, 32, 1, 1), (32, 1, 1), (40, 1), (1,), (20, 1, 1, 1), (20, 32, 40, 24)]
)
def test_large_work_broadcasts(order, other, threads):
    x, y = numbers((20, 32, 40, 24), order), numbers(other)
    np.testing.assert_array_equal(compute(np.multiply, x, y), x * y)
    assert compute(np.add, x, y).strides == x.strides
    np.testing.assert_array_equal(compute(np.subtract, x, 2.0), x - np.float32(2))


def test_large_work_keeps_the_dtype_that_numpy_gives():
    x = numbers((1000, 600))
    for other in (np.array(2.0), np.ones(600), np.ones((2, 1000, 600), np.float32)):
        found, expected = compute(np.multiply, x, other), x * other
        assert (found.dtype, found.shape) == (expected.dtype, expected.shape)
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("order", [None, (0, 2, 3, 1), (1, 0, 2, 3)])
@pytest.mark.parametrize("shape", [(3, 5, 2, 4), (20, 32, 40, 24), (1, 700, 30, 28)])
@pytest.mark.parametrize("dims", [(0,), (1,), (3,), (0, 2, 3), (2, 3), (0, 1), (0, 1, 2, 3), ()])
def test_sums(shape, dims, order, threads):
    x, y = numbers(shape, order), numbers(shape, order)
    for factors in ((x,), (x, y)):
        product = np.prod([f.astype(float) for f in factors], axis=0)
        expected = product.sum(axis=dims, keepdims=True)
        found = sum_over(dims, *factors)
        assert found.shape == expected.shape
        rounding = np.abs(product).sum(axis=dims, keepdims=True)
        assert (np.abs(found - expected) <= 3e-6 * rounding + 1e-12).all()
    gaps = x[:, :, ::2, :3]
    np.testing.assert_allclose(
        sum_over(dims, gaps), gaps.sum(axis=dims, keepdims=True), rtol=1e-4, atol=1e-3
    )


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("shape", [(6,), (70, 80), (80, 70)])
def test_select_and_masked(shape, dtype):
    a, b = (RNG.standard_normal(shape).astype(dtype) for _ in range(2))
    holds = RNG.random(shape) > 0.5
    a.flat[0], b.flat[1] = np.inf, np.nan
    for first, second in ((a, b), (a, 0.0), (0.0, b), (a, 1.5)):
        expected = np.where(holds, first, second).astype(dtype)
        np.testing.assert_array_equal(select.select(holds, first, second), expected)
    expected = np.where(holds, a, 0)
    np.testing.assert_array_equal(select.masked(a, holds), expected)
    out = np.empty_like(a)
    select.masked(a.T, holds.T, out.T)
    np.testing.assert_array_equal(out, expected)
