"""Python numbers put into tensors of a dtype: `dtypes.fitting`."""

import math

import numpy as np
import pytest

import tinygrad_np as tg

WAYS = {
    "fill_": lambda T, dtype, value: T.zeros(2, dtype=dtype).fill_(value),
    "full": lambda T, dtype, value: T.full((2,), value, dtype=dtype),
    "masked_fill": lambda T, dtype, value: T.zeros(2, dtype=dtype).masked_fill(
        T.tensor([True, False]), value
    ),
    "setitem": lambda T, dtype, value: _set(T.zeros(2, dtype=dtype), value),
}
VALUES = (1, -1, 300, -300, 255, -255, -256, 2**31, 2**40, -(2**63), 1.5, 1e5, 1e40, -1e40,
          math.inf, -math.inf, math.nan, 1j, 1 + 0j, True)  # fmt: skip


def _set(x, value):
    x[0] = value
    return x


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("dtype", "value"),
    [("uint8", 300), ("int8", -129), ("int64", 2**63), ("int32", math.nan), ("int64", math.inf),
     ("float32", 1e40), ("float32", 1j), ("int64", 1j)],
)  # fmt: skip
def test_what_does_not_fit_is_an_error_and_changes_nothing(way, dtype, value):
    x = tg.zeros(2, dtype=getattr(tg, dtype))
    with pytest.raises(RuntimeError, match="without overflow"):
        WAYS[way](tg, x.dtype, value)
    with pytest.raises(RuntimeError, match="without overflow"):
        x.fill_(value)
    assert not x.any()


@pytest.mark.torch
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", ["uint8", "int8", "int32", "int64", "float32", "float64"])
def test_what_fits_is_what_pytorch_makes_of_it(way, name):
    torch = pytest.importorskip("torch")
    for value in VALUES:
        found = []
        for T in (tg, torch):
            try:
                found.append(WAYS[way](T, getattr(T, name), value).numpy().tobytes())
            except RuntimeError as error:
                found.append("without overflow" in str(error))
        assert found[0] == found[1], (value, found)


@pytest.mark.parametrize("dtype", [tg.int64, tg.uint8, tg.int8, tg.float32])
def test_bools_fit_everywhere(dtype):
    for made in (tg.tensor([True, False], dtype=dtype), tg.tensor((True, False)).to(dtype)):
        np.testing.assert_array_equal(made.numpy(), [1, 0])
    assert tg.tensor(True, dtype=dtype).item() == 1
    assert tg.full((), True, dtype=dtype).item() == 1
