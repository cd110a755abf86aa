"""`testing.assert_close` and `testing.make_tensor`."""

import re
import subprocess
import sys

import numpy as np
import pytest

import tinygrad_np as tg
from tinygrad_np.testing import assert_allclose, assert_close, make_tensor

X = [1.0, 2.0, 3.0]
CLOSE = {
    "equal": lambda m: (m.tensor(X), m.tensor(X), {}),
    "within": lambda m: (m.tensor(X), m.tensor(X) + 1e-6, {}),
    "far": lambda m: (m.tensor(X), m.tensor([1.0, 2.5, 3.0]), {}),
    "wide": lambda m: (m.tensor(X), m.tensor([1.0, 2.5, 3.0]), {"rtol": 0.0, "atol": 0.5}),
    "float64": lambda m: (m.tensor(X).double(), m.tensor(X).double() + 1e-5, {}),
    "dtype": lambda m: (m.tensor(X), m.tensor(X).double(), {}),
    "any dtype": lambda m: (m.tensor(X), m.tensor(X).double(), {"check_dtype": False}),
    "shape": lambda m: (m.tensor(X), m.tensor([X]), {}),
    "ints": lambda m: (m.tensor([1, 2]), m.tensor([1, 3]), {}),
    "bools": lambda m: (m.tensor([True]), m.tensor([False]), {}),
    "nan": lambda m: (m.tensor([float("nan")]), m.tensor([float("nan")]), {}),
    "equal nan": lambda m: (m.tensor([float("nan")]), m.tensor([np.nan]), {"equal_nan": True}),
    "inf": lambda m: (m.tensor([float("inf")]), m.tensor([float("inf")]), {}),
    "other inf": lambda m: (m.tensor([float("inf")]), m.tensor([-float("inf")]), {}),
    "numbers": lambda m: (1.0, 1.0 + 1e-9, {}),
    "far numbers": lambda m: (1.0, 1.1, {}),
    "int and float": lambda m: (1, 1.0, {}),
    "lists": lambda m: ([m.tensor(X), 1], [m.tensor(X), 1], {}),
    "far lists": lambda m: ([m.tensor(X), 1], [m.tensor(X), 2], {}),
    "short list": lambda m: ([1], [1, 2], {}),
    "dicts": lambda m: ({"a": m.tensor(X)}, {"a": m.tensor(X)}, {}),
    "other keys": lambda m: ({"a": 1}, {"b": 1}, {}),
    "stride": lambda m: (m.ones(2, 2), m.ones(2, 2).t(), {"check_stride": True}),
    "strides": lambda m: (m.ones(2, 3), m.ones(3, 2).t(), {"check_stride": True}),
    "arrays": lambda m: (np.ones(2), np.ones(2), {}),
    "complex": lambda m: (m.tensor([1j]), m.tensor([1j + 1e-7]), {}),
    "one tolerance": lambda m: (m.tensor(X), m.tensor(X), {"rtol": 1.0}),
    "empty": lambda m: (m.empty(0), m.empty(0), {}),
}
RAISES = {
    "far", "float64", "dtype", "shape", "ints", "bools", "nan", "other inf", "far numbers",
    "int and float", "far lists", "short list", "other keys", "stride", "strides",
}  # fmt: skip


@pytest.mark.parametrize("name", CLOSE)
def test_what_is_close(name):
    actual, expected, options = CLOSE[name](tg)
    if name in RAISES or name == "one tolerance":
        with pytest.raises(ValueError if name == "one tolerance" else AssertionError):
            assert_close(actual, expected, **options)
    else:
        assert_close(actual, expected, **options)


@pytest.mark.torch
@pytest.mark.parametrize("name", CLOSE)
def test_pytorch_agrees(name):
    import torch

    actual, expected, options = CLOSE[name](torch)
    if name in RAISES or name == "one tolerance":
        with pytest.raises(ValueError if name == "one tolerance" else AssertionError):
            torch.testing.assert_close(actual, expected, **options)
    else:
        torch.testing.assert_close(actual, expected, **options)


def test_the_error_says_how_many_how_far_and_where():
    words = re.escape("Mismatched elements: 1 / 3 (33.3%)") + r"[\s\S]*0\.5 at index \(1,\)"
    with pytest.raises(AssertionError, match=words):
        assert_close(tg.tensor(X), tg.tensor([1.0, 2.5, 3.0]))
    with pytest.raises(AssertionError, match=r"at \['a'\] at \[1\]"):
        assert_close({"a": [1, 2]}, {"a": [1, 3]})
    with pytest.raises(AssertionError, match="^mine$"):
        assert_close(1, 2, msg="mine")
    with pytest.raises(AssertionError, match="^mine: Scalars"):
        assert_close(1, 2, msg=lambda words: f"mine: {words}")


@pytest.mark.parametrize("dtype", ["float32", "float64", "int64", "uint8", "bool", "complex64"])
def test_make_tensor(dtype):
    kind = getattr(tg, dtype)
    x = make_tensor((3, 40), dtype=kind, exclude_zero=True, noncontiguous=True)
    assert (x.dtype, x.shape, x.is_contiguous()) == (kind, (3, 40), False)
    assert x.to(tg.bool).all()
    if dtype in ("float32", "float64"):
        assert make_tensor(5, dtype=kind, low=2, high=3, requires_grad=True).min() >= 2
    with pytest.raises(ValueError, match="low < high"):
        make_tensor(2, dtype=kind, low=3, high=3)


def test_needs_no_hypothesis():
    code = (
        "import sys; sys.modules['hypothesis'] = None; import tinygrad_np as tg; "
        "from tinygrad_np import testing; testing.assert_close(tg.ones(1), tg.ones(1)); "
        "testing.spaced"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert 'pip install "tinygrad_np[test]"' in run.stderr


@pytest.mark.parametrize(
    "case",
    [
        lambda m: ([1.0, 2.0], [1.0, 2.0001], {}),
        lambda m: (m.tensor(X), m.tensor(X) * (1 + 3e-4), {}),
        lambda m: (m.tensor(X).double(), m.tensor(X).double() * (1 + 3e-5), {}),
        lambda m: (m.tensor(X).double(), m.tensor(X) * (1 + 3e-5), {}),
        lambda m: (m.tensor(X).half(), m.tensor(X).half() + 2e-3, {}),
        lambda m: (m.tensor([1, 2]), [1, 2], {}),
        lambda m: (m.tensor([np.nan]), m.tensor([np.nan]), {}),
        lambda m: (m.tensor([np.nan]), m.tensor([np.nan]), {"equal_nan": False}),
        lambda m: (m.tensor(X), m.tensor(X) + 0.1, {"rtol": 0.0, "atol": 0.2}),
        lambda m: (m.tensor(X), m.tensor(X), {"rtol": 0.0}),
        lambda m: (m.tensor(X), m.tensor([X]), {}),
    ],
)
@pytest.mark.torch
@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_assert_allclose_is_as_strict_as_pytorchs(case):
    import torch

    def outcome(m, check):
        actual, expected, options = case(m)
        try:
            check(actual, expected, **options)
        except (AssertionError, ValueError) as error:
            return type(error)
        return None

    assert outcome(tg, assert_allclose) is outcome(torch, torch.testing.assert_allclose)


def test_the_message_of_assert_allclose():
    with (
        pytest.warns(FutureWarning, match="assert_close"),
        pytest.raises(AssertionError, match="own words"),
    ):
        assert_allclose(tg.tensor(1.0), 2.0, msg="own words")
