"""kernels/along.py: sums that round little."""

import numpy as np
import pytest

import tinygrad_np as tg
from tinygrad_np.kernels.along import PIECE, add_up


@pytest.mark.parametrize("count", [2 * PIECE, 2 * PIECE + 1, 3 * PIECE + 5, 2 * PIECE**2 + 7])
def test_long_columns_are_added_up_exactly_and_in_full(count):
    x = np.random.default_rng(0).integers(-3, 4, (count, 2))
    for dtype in (np.dtype(np.float64), np.int64):
        np.testing.assert_array_equal(add_up(x, (0,), dtype), x.sum(0))
        np.testing.assert_array_equal(add_up(x, (0,), dtype, True), x.sum(0, keepdims=True))
    cube = x[: count // 4 * 4].reshape(-1, 2, 2, 2)
    np.testing.assert_array_equal(add_up(cube, (0, 2), np.int64), cube.sum((0, 2)))


def test_long_columns_round_little():
    x = tg.full((1_000_000, 2), 0.1)
    np.testing.assert_allclose(x.sum(0).numpy(), 100_000, rtol=1e-5)
    np.testing.assert_allclose(x.mean(0).numpy(), 0.1, rtol=1e-5)
    np.testing.assert_allclose(x[:, 0].cumsum(0)[-1].item(), 100_000, rtol=1e-5)
    weight = tg.ones(2, requires_grad=True)
    (weight * x).sum().backward()
    np.testing.assert_allclose(weight.grad.numpy(), 100_000, rtol=1e-5)


def test_half_precision_is_added_up_in_single():
    x = tg.full((4, 3000), 300.0, dtype=tg.float16)
    np.testing.assert_array_equal(x.mean(1).numpy(), [300.0] * 4)
    ones = tg.ones(4096, 2, dtype=tg.float16)
    np.testing.assert_array_equal(ones.sum(0).numpy(), [4096.0] * 2)
    assert ones[:3000, 0].cumsum(0)[-1].item() == 3000.0
    weight = tg.ones(2, dtype=tg.float16, requires_grad=True)
    (weight * ones).sum().backward()
    np.testing.assert_array_equal(weight.grad.numpy(), [4096.0] * 2)
    for result in (x.sum(), x.mean(), x.cumsum(1), weight.grad):
        assert result.dtype == tg.float16
