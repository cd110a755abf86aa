"""How tensors are printed, held against PyTorch."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tinygrad_np as tg


@pytest.fixture
def options():
    """Set print options in both packages, and put them back."""
    import torch

    def set_both(**given):
        for t in (tg, torch):
            t.set_printoptions(profile="default")
            t.set_printoptions(**given)

    yield set_both
    set_both()


@st.composite
def arrays(draw):
    """Arrays of many dtypes and sizes, whose values lie close together or far apart."""
    shape = tuple(draw(st.lists(st.sampled_from([0, 1, 2, 3, 7, 8, 12, 30, 60]), max_size=4)))
    n = int(np.prod(shape))
    if n > 5000:
        shape, n = shape[:2], int(np.prod(shape[:2]))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    special = [0.0, -0.0, np.nan, np.inf, -np.inf, 1, 2.5, 1e9, 1e-5, 100]
    digits = draw(st.integers(0, 7))
    values = draw(
        st.sampled_from(
            [
                lambda: random.standard_normal(n),
                lambda: random.integers(-(10**digits), 1000, n),
                lambda: 10.0 ** random.uniform(-6, 9, n),
                lambda: np.round(10.0 ** random.uniform(-3, digits, n), 2),
                lambda: random.choice(special, n),
                lambda: random.choice(special[:6], n),
                lambda: np.zeros(n),
            ]
        )
    )()
    dtypes = ["float16", "float32", "float64", "int64", "int32", "uint8", "bool"]
    with np.errstate(all="ignore"):
        return values.astype(draw(st.sampled_from(dtypes))).reshape(shape)


@pytest.mark.torch
@settings(max_examples=200)
@given(arrays(), st.booleans())
def test_as_pytorch_prints_it(array, requires_grad):
    import torch

    ours, theirs = tg.from_numpy(array), torch.from_numpy(array)
    if array.dtype.kind == "f" and requires_grad:
        ours.requires_grad_()
        theirs.requires_grad_()
    assert repr(ours) == repr(theirs)
    assert str(ours) == str(theirs)


@pytest.mark.torch
@pytest.mark.parametrize(
    "given_options",
    [
        {"precision": 2},
        {"sci_mode": True},
        {"sci_mode": False},
        {"linewidth": 30},
        {"edgeitems": 1, "threshold": 5},
        {"profile": "short"},
        {"profile": "full"},
        {"profile": "short", "precision": 6},
    ],
    ids=str,
)
def test_print_options(options, given_options):
    import torch

    options(**given_options)
    random = np.random.default_rng(0)
    for array in (
        np.arange(12) / 7,
        np.array([1.0, 2.0, 1e6]),
        np.array([1e6, 1.5]),
        np.arange(12),
        np.arange(1200.0).reshape(20, 60),
        random.standard_normal((3, 40)) * 1000,
    ):
        assert repr(tg.from_numpy(array)) == repr(torch.from_numpy(array))


def test_places_on_the_tape():
    x = tg.ones(2, requires_grad=True)
    assert repr(x) == "tensor([1., 1.], requires_grad=True)"
    assert repr(x * 2) == "tensor([2., 2.], grad_fn=<MulBackward0>)"
    assert repr(tg.ones(7, requires_grad=True, dtype=tg.float64) * 1.5) == (
        "tensor([1.5000, 1.5000, 1.5000, 1.5000, 1.5000, 1.5000, 1.5000],\n"
        "       dtype=torch.float64, grad_fn=<MulBackward0>)"
    )
    assert repr(tg.zeros(0, 3, dtype=tg.bool)) == "tensor([], size=(0, 3), dtype=torch.bool)"


def test_the_default_dtype_goes_without_saying():
    tg.set_default_dtype(tg.float64)
    try:
        assert repr(tg.tensor([1.5])) == "tensor([1.5000])"
        assert repr(tg.tensor([1.5], dtype=tg.float32)) == "tensor([1.5000], dtype=torch.float32)"
    finally:
        tg.set_default_dtype(tg.float32)


def test_format():
    assert f"{tg.tensor(1.2345):.2f}" == "1.23"
    assert f"{tg.tensor(2.5, requires_grad=True)}" == "2.5"
    assert f"{tg.tensor(5):3d}|{tg.tensor(True)}" == "  5|True"
    assert f"{tg.tensor([1.5])}" == "tensor([1.5000])"
    with pytest.raises(TypeError, match="Tensor"):
        f"{tg.tensor([1.5]):.2f}"


def test_unknown_profile():
    with pytest.raises(ValueError, match="default, short, full, got 'long'"):
        tg.set_printoptions(profile="long")
