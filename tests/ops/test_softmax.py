"""softmax and log_softmax where exponentials overflow, and what they refuse."""

import numpy as np
import pytest

import tinygrad_np as tg
from tests.ops.twins import same, same_error
from tinygrad_np.nn import functional as F

INF = float("inf")
EDGES = [[-INF, 0.0], [-INF, -INF], [INF, 0.0], [1e300, -1e300], [1000.0, 1001.0], [np.nan, 1.0]]


@pytest.mark.torch
@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
@pytest.mark.parametrize("row", EDGES, ids=str)
def test_extreme_values(name, row):
    same(lambda lib, x: getattr(lib, name)(x, 0), np.array(row))


@pytest.mark.torch
def test_dtype_is_taken_first():
    same(lambda lib, x: lib.softmax(x, -1, dtype=lib.float64), np.array([[1, 2], [3, 5]]))
    same(lambda lib, x: x.log_softmax(0, lib.float64), np.float32([1.0, 2.0]))


@pytest.mark.torch
def test_errors():
    same_error(lambda lib, x: lib.softmax(x, 2), np.ones((2, 3)), says=["[-2, 1]", "2"])
    same_error(lambda lib, x: lib.softmax(x, 1), np.ones(()), says=["[-1, 0]"])


def test_integers_are_refused():
    with pytest.raises(RuntimeError, match=r"int64.*\[2\].*\.float\(\)"):
        tg.softmax(tg.tensor([1, 2]), 0)


@pytest.mark.parametrize(("shape", "dim"), [((), 0), ((3,), 0), ((3, 2), 1), ((3, 2, 2), 0)])
def test_a_dim_left_out_is_chosen_with_a_warning(shape, dim):
    x = tg.randn(shape)
    with pytest.warns(UserWarning, match="dim="):
        chosen = F.softmax(x)
    assert tg.equal(chosen, F.softmax(x, dim))


def test_layout_is_kept():
    x = tg.randn(2, 4, 5, 3).permute(0, 3, 1, 2)
    assert F.softmax(x, 1)._array.strides == x._array.strides


def test_long_rows_as_short_ones():
    x = np.random.default_rng(0).standard_normal((40, 50))
    want = np.exp(x) / np.exp(x).sum(1, keepdims=True)
    np.testing.assert_allclose(tg.softmax(tg.tensor(x), 1).numpy(), want)
    np.testing.assert_allclose(tg.softmax(tg.tensor(x), 0).numpy().sum(0), np.ones(50))
