"""Standardising in parts and threads, against the formulas written out in float64."""

import numpy as np
import pytest

from tinygrad_np.kernels.standard import standardized, standardized_back
from tinygrad_np.kernels.threads import get_num_threads, set_num_threads

LAST, FIRST = "channels last", "channels first"
CASES = [  # shape, what is averaged over, shape of the weight
    ((40, 32, 24, 20), (0, 2, 3), (1, 32, 1, 1)),
    ((40, 32, 24, 20), (2, 3), (1, 32, 1, 1)),
    ((700, 900), (1,), (900,)),
    ((700, 900), (0,), (1, 900)),
    ((20, 4, 16, 24, 20), (2, 3, 4), (1, 4, 16, 1, 1)),
    ((3, 5, 7), (0, 1, 2), (3, 5, 7)),
    ((700, 900), (0, 1), (700, 900)),
    ((6, 5, 2, 3), (0, 2, 3), (1, 5, 1, 1)),
    ((1, 1, 1), (2,), ()),
    ((2, 0, 3), (2,), (3,)),
    ((12, 8, 30, 40), (1, 2, 3), (8, 30, 40)),
    ((12, 8, 30, 40), (3,), (40,)),
    ((8, 16, 8, 8), (0, 2, 3), (1, 16, 1, 1)),
    ((8, 16, 8, 8), (2, 3), (1, 16, 1, 1)),
    ((32, 64), (1,), (64,)),
]


def laid_out(x, how):
    if how == FIRST or x.ndim < 3:
        return x
    return np.ascontiguousarray(np.moveaxis(x, 1, -1)).transpose(
        0, x.ndim - 1, *range(1, x.ndim - 1)
    )


@pytest.fixture(autouse=True)
def threads_as_before():
    before = get_num_threads()
    yield
    set_num_threads(before)


@pytest.mark.parametrize("how", [FIRST, LAST])
@pytest.mark.parametrize(("shape", "dims", "weight_shape"), CASES)
def test_values_and_gradients(shape, dims, weight_shape, how):
    rng = np.random.default_rng(3)
    x, grad = (laid_out(rng.normal(1, 2, shape).astype("f4"), how) for _ in range(2))
    weight, bias = (rng.normal(1, 0.5, weight_shape).astype("f4") for _ in range(2))
    found = []
    for count in (1, 2, 4):
        set_num_threads(count)
        out, mean, var, inverse = standardized(x, weight, bias, dims, 0.1)
        back = standardized_back(grad, x, mean, inverse, weight, weight_shape, dims)
        found.append((mean, var, out, *back))
    for others in found[1:]:
        assert all(np.array_equal(a, b) for a, b in zip(found[0], others, strict=True))

    x, grad, weight, bias = (a.astype(float) for a in (x, grad, weight, bias))
    if x.size:
        expected_mean = x.mean(axis=dims, keepdims=True)
        deviation = np.sqrt(x.var(axis=dims, keepdims=True) + 0.1)
    else:
        expected_mean, deviation = mean, np.ones_like(mean)
    standard = (x - expected_mean) / deviation
    count = max(np.prod([shape[d] for d in dims]), 1)
    weighted = grad * weight
    slope = (weighted * standard).sum(axis=dims, keepdims=True) / count
    by_x = (
        weighted - weighted.sum(axis=dims, keepdims=True) / count - standard * slope
    ) / deviation
    full = (1,) * (x.ndim - len(weight_shape)) + weight_shape
    axes = tuple(d for d in range(x.ndim) if full[d] == 1)
    expected = (
        expected_mean,
        deviation**2 - 0.1,
        standard * weight + bias,
        by_x,
        (grad * standard).sum(axis=axes).reshape(weight_shape),
        grad.sum(axis=axes).reshape(weight_shape),
    )
    for ours, theirs in zip(found[0], expected, strict=True):
        assert ours.shape == theirs.shape
        scale = np.abs(theirs).max(initial=1)
        np.testing.assert_allclose(ours, theirs, atol=2e-5 * scale)


@pytest.mark.parametrize("offset", [0.0, 1.0, 2.0, 30.0, 1000.0])
@pytest.mark.parametrize(("shape", "dims", "weight_shape"), CASES[:4])
def test_variance_far_from_0(shape, dims, weight_shape, offset):
    x = np.float32(np.random.default_rng(3).standard_normal(shape) + offset)
    _, mean, var, _ = standardized(x, None, None, dims, 0.1)
    wide = x.astype(np.float64)
    np.testing.assert_allclose(mean, wide.mean(dims, keepdims=True), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(
        var, wide.var(dims, keepdims=True), rtol=1e-5 if offset < 3 else 1e-4
    )


@pytest.mark.parametrize("how", [FIRST, LAST])
@pytest.mark.parametrize(("shape", "dims", "weight_shape"), CASES)
def test_weight_or_bias_alone(shape, dims, weight_shape, how):
    rng = np.random.default_rng(3)
    x, grad = (laid_out(rng.normal(1, 2, shape).astype("f4"), how) for _ in range(2))
    weight, bias = (rng.normal(1, 0.5, weight_shape).astype("f4") for _ in range(2))
    one, zero = np.ones_like(weight), np.zeros_like(bias)
    for given, full in (((weight, None), (weight, zero)), ((None, bias), (one, bias))):
        found, _, _, inverse = standardized(x, *given, dims, 0.1)
        expected, mean, _, same = standardized(x, *full, dims, 0.1)
        back, expected_back = (
            standardized_back(grad, x, mean, inverse, w, weight_shape, dims)
            for w in (given[0], full[0])
        )
        for ours, theirs in zip((found, inverse, *back), (expected, same, *expected_back)):
            np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("how", [FIRST, LAST])
@pytest.mark.parametrize("offset", [0.0, 30.0])
@pytest.mark.parametrize(
    "shape", [(6, 8), (3, 8, 5, 4), (1, 8, 5, 4), (20, 48, 30, 20), (1, 48, 130, 90)]
)
def test_channels_that_share_their_moments(shape, offset, how):
    rng = np.random.default_rng(3)
    group, channels = 4, (1, shape[1]) + (1,) * (len(shape) - 2)
    own, dims = tuple(range(2, len(shape))), tuple(range(2, len(shape) + 1))
    x, grad = (laid_out(rng.normal(1, 2, shape).astype("f4"), how) for _ in range(2))
    x += np.float32(rng.normal(offset, 1, channels))
    weight, bias = (rng.normal(1, 0.5, channels).astype("f4") for _ in range(2))

    def split(a):
        return None if a is None else a.reshape(a.shape[0], -1, group, *a.shape[2:]).astype(float)

    for given in ((weight, bias), (None, bias), (None, None)):
        found = []
        shapes = () if given[1] is None else channels
        for count in (1, 2, 4):
            set_num_threads(count)
            out, mean, _, inverse = standardized(x, *given, own, 0.1, group)
            back = standardized_back(grad, x, mean, inverse, given[0], shapes, own, group)
            found.append((out, *back))
        for others in found[1:]:
            assert all(np.array_equal(a, b) for a, b in zip(found[0], others, strict=True))
        out, mean, _, inverse = standardized(split(x), *map(split, given), dims, 0.1)
        shapes = () if given[1] is None else split(bias).shape
        back = standardized_back(
            split(grad), split(x), mean, inverse, split(given[0]), shapes, dims
        )
        asked = 2 if given[1] is None else 4
        for ours, theirs in zip(found[0][:asked], (out, *back)[:asked], strict=True):
            scale = 2e-5 * np.abs(theirs).max()
            np.testing.assert_allclose(ours, theirs.reshape(ours.shape), atol=scale)


def test_equal_numbers_have_no_variance():
    for value in (0.0, 0.1, 1e6):
        for dims in ((0,), (1,)):
            _, _, var, _ = standardized(np.full((40, 700), np.float32(value)), None, None, dims, 0)
            assert (var >= 0).all()
            assert (var <= 1e-12 * value**2).all()
