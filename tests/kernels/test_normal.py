"""The normal distribution function against SciPy's."""

import numpy as np
import pytest
import scipy.special
import scipy.stats

from tinygrad_np.kernels.normal import gelu, gelu_back, normal_cdf


@pytest.mark.parametrize("limit", [1.0, 6.0, 100.0, 1e30])
def test_float32(limit):
    x = np.linspace(-limit, limit, 100_001, dtype=np.float32)  # several blocks and a rest
    exact = scipy.special.ndtr(x.astype(np.float64))
    np.testing.assert_allclose(normal_cdf(x), exact, atol=2e-7, rtol=0)
    values, cdf = gelu(x)
    np.testing.assert_allclose(values, x * exact, atol=4e-7, rtol=2e-7)
    slope = exact + x.astype(np.float64) * scipy.stats.norm.pdf(x.astype(np.float64))
    np.testing.assert_allclose(gelu_back(x, x, cdf), x * slope, atol=1e-6, rtol=1e-6)


@pytest.mark.parametrize("repeats", [1, 1000])  # few go to SciPy in every dtype
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_the_ends_and_the_middle(dtype, repeats):
    x = np.repeat(np.array([-np.inf, -40.0, -0.0, 0.0, 40.0, np.inf, np.nan], dtype), repeats)
    want = np.repeat([0.0, 0.0, 0.5, 0.5, 1.0, 1.0, np.nan], repeats)
    with np.errstate(all="ignore"):
        got = normal_cdf(x)
    assert got.dtype == dtype
    np.testing.assert_allclose(got, want, atol=2e-7)


@pytest.mark.parametrize("shape", [(), (0,), (2, 3), (40, 30, 2)])
def test_any_shape_and_layout(shape):
    x = np.asarray(np.random.default_rng(0).standard_normal(shape), np.float32)
    got = normal_cdf(x.T)
    assert got.shape == shape[::-1]
    np.testing.assert_allclose(got, scipy.special.ndtr(x.T.astype(np.float64)), atol=2e-7)
