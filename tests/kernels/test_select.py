"""kernels/select.py."""

import numpy as np
import pytest

from tinygrad_np.kernels.select import masked, select


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8"])
def test_what_is_masked_is_0_whatever_was_there(dtype):
    x = np.array([1.5, np.inf, np.nan, -0.0, -2.0, np.nan], dtype)
    kept = np.array([True, False, False, True, True, True])
    want = np.array([1.5, 0.0, 0.0, -0.0, -2.0, np.nan], dtype)
    out = np.full((6, 2), 7, dtype)
    masked(x, kept, out[:, 0])
    for got in (masked(x, kept), out[:, 0]):
        np.testing.assert_array_equal(got, want)
        np.testing.assert_array_equal(np.signbit(got[3:5]), [True, True])
    assert (out[:, 1] == 7).all()


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8"])
def test_large_arrays_are_selected_as_by_where(dtype):
    random = np.random.default_rng(0)
    a, b = random.standard_normal((2, 5000)).astype(dtype)
    a[::7], b[::5] = np.inf, np.nan
    condition = random.random(5000) > 0.5
    np.testing.assert_array_equal(select(condition, a, b), np.where(condition, a, b))
    np.testing.assert_array_equal(
        select(condition, 0.5, b), np.where(condition, b.dtype.type(0.5), b)
    )
