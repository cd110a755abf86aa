"""nn.init: the statistics of what is drawn, and PyTorch's numbers."""

import math

import numpy as np
import pytest

import tinygrad_np as tg
from tinygrad_np import nn

CALLS = {
    "uniform_": ((40, 30), (-2.0, 3.0)),
    "normal_": ((40, 30), (1.0, 2.0)),
    "trunc_normal_": ((40, 30), (0.5, 1.0, -1.0, 2.0)),
    "trunc_normal_ far out": ((40, 30), (0.0, 1.0, 1.5, 1.8)),
    "constant_": ((4, 3), (0.3,)),
    "ones_": ((4, 3), ()),
    "zeros_": ((4, 3), ()),
    "eye_": ((4, 3), ()),
    "dirac_": ((4, 2, 3, 4), (2,)),
    "dirac_ 1d": ((4, 2, 3), ()),
    "xavier_uniform_": ((20, 30, 3), (2.0,)),
    "xavier_normal_": ((20, 30), ()),
    "kaiming_uniform_": ((20, 30, 3, 3), (math.sqrt(5),)),
    "kaiming_uniform_ relu": ((20, 30), (0, "fan_out", "relu")),
    "kaiming_normal_": ((20, 30), (0, "fan_out", "tanh")),
    "orthogonal_": ((5, 8), ()),
    "orthogonal_ tall": ((8, 2, 3), (1.5,)),
    "sparse_": ((10, 4), (0.35,)),
}


@pytest.mark.torch
@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_numbers_are_torchs(name, dtype):
    import torch

    shape, args = CALLS[name]
    results = []
    for lib in (tg, torch):
        lib.manual_seed(11)
        tensor = lib.empty(shape, dtype=getattr(lib, dtype)).requires_grad_()
        function = getattr(lib.nn.init, name.split()[0])
        assert function(tensor, *args) is tensor
        results.append(tensor.detach().numpy())
    np.testing.assert_allclose(*results, rtol=2e-5, atol=1e-5 if dtype == "float32" else 1e-12)


@pytest.mark.torch
def test_generators_are_torchs():
    import torch

    for name in ("uniform_", "normal_", "trunc_normal_", "kaiming_normal_", "orthogonal_"):
        results = [
            getattr(lib.nn.init, name)(
                lib.empty(4, 5), generator=lib.Generator().manual_seed(3)
            ).numpy()
            for lib in (tg, torch)
        ]
        np.testing.assert_allclose(*results, rtol=2e-5, atol=1e-5)


def filled(name, *shape, args=(), **kwargs):
    tg.manual_seed(0)
    return getattr(nn.init, name)(tg.empty(*shape, dtype=tg.float64), *args, **kwargs).numpy()


def test_spread():
    w = filled("uniform_", 100, 100, args=(-1, 3))
    assert w.min() >= -1
    assert w.max() < 3
    assert w.mean() == pytest.approx(1, abs=0.05)
    assert filled("normal_", 100, 100, std=0.1).std() == pytest.approx(0.1, rel=0.05)
    assert filled("xavier_uniform_", 60, 40).std() == pytest.approx(math.sqrt(2 / 100), rel=0.05)
    assert filled("xavier_normal_", 60, 40).std() == pytest.approx(math.sqrt(2 / 100), rel=0.05)
    fan_in = filled("kaiming_uniform_", 60, 10, 3, 3, nonlinearity="relu")
    assert fan_in.std() == pytest.approx(math.sqrt(2 / 90), rel=0.05)
    fan_out = filled("kaiming_normal_", 60, 10, 3, 3, mode="fan_out", nonlinearity="linear")
    assert fan_out.std() == pytest.approx(math.sqrt(1 / 540), rel=0.05)


@pytest.mark.parametrize(("a", "b"), [(-1.0, 2.0), (1.5, 1.8), (2.5, 4.0)])
def test_trunc_normal_has_the_density_of_the_normal(a, b):
    from scipy import stats

    warns = a > 2
    context = pytest.warns(UserWarning, match="mean is more than 2 std") if warns else _nothing()
    with context:
        w = filled("trunc_normal_", 100, 50, args=(0.0, 1.0, a, b))
    assert a <= w.min() <= w.max() <= b
    cdf = stats.truncnorm(a, b).cdf
    assert stats.kstest(w.ravel(), cdf).pvalue > 1e-3


def _nothing():
    import contextlib

    return contextlib.nullcontext()


def test_structure():
    wide = filled("orthogonal_", 3, 2, 4, gain=2.0).reshape(3, 8)
    np.testing.assert_allclose(wide @ wide.T, 4 * np.eye(3), atol=1e-12)
    tall = filled("orthogonal_", 8, 3)
    np.testing.assert_allclose(tall.T @ tall, np.eye(3), atol=1e-12)
    assert filled("orthogonal_", 0, 3).shape == (0, 3)
    sparse = filled("sparse_", 10, 4, sparsity=0.35)
    assert ((sparse == 0).sum(axis=0) == 4).all()
    x = np.arange(12.0).reshape(1, 2, 6)
    conv = nn.Conv1d(2, 2, 3, padding=1, bias=False, dtype=tg.float64)
    nn.init.dirac_(conv.weight)
    np.testing.assert_allclose(conv(tg.tensor(x)).detach().numpy(), x)


def test_parameters_are_filled_outside_the_tape():
    param = nn.Parameter(tg.empty(2, 3))
    for name in ("ones_", "eye_", "normal_", "orthogonal_", "kaiming_uniform_"):
        assert getattr(nn.init, name)(param) is param
        assert param.is_leaf
        assert param.requires_grad


def test_gain():
    assert nn.init.calculate_gain("tanh") == 5 / 3
    assert nn.init.calculate_gain("leaky_relu") == math.sqrt(2 / (1 + 0.01**2))
    assert nn.init.calculate_gain("selu") == 0.75
    for name, param in (("swish", None), ("leaky_relu", "x"), ("leaky_relu", True)):
        with pytest.raises(ValueError, match="swish|not a valid number"):
            nn.init.calculate_gain(name, param)


def test_misuse():
    for call in (
        lambda: nn.init.eye_(tg.empty(3)),
        lambda: nn.init.dirac_(tg.empty(3, 3)),
        lambda: nn.init.dirac_(tg.empty(3, 3, 1), groups=2),
        lambda: nn.init.xavier_uniform_(tg.empty(3)),
        lambda: nn.init.kaiming_normal_(tg.empty(3, 3), mode="fan"),
        lambda: nn.init.orthogonal_(tg.empty(3)),
        lambda: nn.init.sparse_(tg.empty(3), 0.1),
    ):
        with pytest.raises(ValueError, match=r"3|fan"):
            call()
    with pytest.warns(UserWarning, match="zero-element"):
        nn.init.kaiming_uniform_(tg.empty(0, 3))
    with pytest.warns(UserWarning, match="zero-element"):
        nn.init.kaiming_normal_(tg.empty(0, 3))
    with pytest.warns(FutureWarning, match="nn.init.xavier_normal_"):
        nn.init.xavier_normal(tg.empty(3, 3))
