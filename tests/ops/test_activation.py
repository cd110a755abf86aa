"""Activations with parameters, at random, and in place."""

import inspect

import numpy as np
import pytest

import tinygrad_np as tg
from tests.ops.twins import same
from tinygrad_np.nn import functional as F

FLAGGED = """
    relu relu6 leaky_relu rrelu elu selu celu silu mish hardtanh hardsigmoid hardswish threshold"""


def required(name):
    """The arguments besides the input that have no default."""
    return (0.1, 2.0) if name == "threshold" else ()


@pytest.mark.parametrize("name", FLAGGED.split())
def test_inplace_writes_into_the_tensor(name):
    function = getattr(F, name)
    start = tg.tensor([-4.0, -0.5, 0.5, 7.0])
    want = function(start, *required(name))
    assert start.tolist() == [-4.0, -0.5, 0.5, 7.0]
    by_name = start.clone()
    assert function(by_name, *required(name), inplace=True) is by_name
    assert by_name.tolist() == want.tolist()
    parameters = list(inspect.signature(function).parameters.values())
    by_position = start.clone()
    between = [p.default for p in parameters[1 + len(required(name)) : -1]]
    function(by_position, *required(name), *between, True)
    assert by_position.tolist() == want.tolist()
    assert parameters[-1].name == "inplace"


@pytest.mark.parametrize("name", FLAGGED.split())
def test_inplace_has_the_same_gradient(name):
    gradients = []
    for inplace in (False, True):
        x = tg.tensor([-4.0, -0.5, 0.5, 7.0], dtype=tg.float64, requires_grad=True)
        h = x * 1.5
        out = getattr(F, name)(h, *required(name), inplace=inplace)
        assert (out is h) == inplace
        (out * out).sum().backward()
        gradients.append(x.grad.tolist())
    assert gradients[0] == gradients[1]


def test_inplace_of_a_leaf_is_refused():
    x = tg.ones(2, requires_grad=True)
    with pytest.raises(RuntimeError, match="leaf"):
        F.relu(x, inplace=True)
    assert x.tolist() == [1.0, 1.0]


@pytest.mark.torch
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_rrelu_draws_the_slopes_of_torch(dtype):
    import torch

    values = np.linspace(-3, 3, 40).reshape(5, 8)
    results = []
    for library in (tg, torch):
        library.manual_seed(3)
        x = library.tensor(values, dtype=getattr(library, dtype), requires_grad=True)
        out = library.nn.functional.rrelu(x, 0.1, 0.9, training=True)
        out.sum().backward()
        results.append((out.detach().numpy(), x.grad.numpy(), library.rand(2).numpy()))
    for ours, theirs in zip(*results, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-6)


@pytest.mark.torch
@pytest.mark.parametrize(
    ("shape", "weights"),
    [((2, 3, 4), 3), ((2, 3), 3), ((2, 3), 1), ((4,), 1), ((), 1), ((0, 3), 3), ((2, 3), None)],
)
def test_prelu_has_a_weight_for_each_channel(shape, weights):
    import torch

    results = []
    for library in (tg, torch):
        x = library.arange(float(np.prod(shape))).reshape(shape) - 3.0
        weight = library.tensor(0.25) if weights is None else library.arange(weights) * 0.1 + 0.1
        x.requires_grad_()
        weight.requires_grad_()
        out = library.nn.functional.prelu(x, weight)
        out.sum().backward()
        results.append([out.detach().numpy(), x.grad.numpy(), weight.grad.numpy()])
    for ours, theirs in zip(*results, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-6)
        assert ours.shape == theirs.shape


def test_integers_stay_integers_in_straight_pieces():
    x = tg.tensor([-3, 3, 9])
    assert F.relu(x).tolist() == [0, 3, 9]
    assert F.relu6(x).dtype == F.hardtanh(x).dtype == tg.int64
    assert F.threshold(x, 1, 2.5).tolist() == [2, 3, 9]
    assert F.silu(x).dtype == F.leaky_relu(x).dtype == tg.float32


@pytest.mark.torch
def test_mish_in_float16_is_rounded_once():
    x = np.array([-100.0, -9.0, -1.3, 0.0, 1.16, 5.0, 12.0, 88.0, 1e4], np.float16)
    same(lambda T, x: T.nn.functional.mish(x.detach()), x)
    assert F.mish(tg.tensor([np.inf, 20.0]).half(), inplace=True).tolist() == [np.inf, 20.0]
    leaf = tg.tensor([12.0, 1e4]).half().requires_grad_()
    F.mish(leaf).sum().backward()
    assert leaf.grad.tolist() == [1, 1]


def test_softplus_is_the_identity_above_its_threshold():
    x = tg.tensor([0.9, 1.1], dtype=tg.float64, requires_grad=True)
    out = F.softplus(x, beta=2, threshold=2)
    out.sum().backward()
    assert out.tolist()[1] == 1.1
    assert x.grad.tolist()[1] == 1.0
    assert out.tolist()[0] == pytest.approx(np.log1p(np.exp(1.8)) / 2, rel=1e-15)


@pytest.mark.parametrize("size", [3, 5000])
def test_nothing_comes_back_through_a_closed_relu(size):
    x = tg.full((size,), -1.0, requires_grad=True)
    tg.relu(x).sqrt().sum().backward()  # whose own gradient is inf there
    assert (x.grad == 0).all()


@pytest.mark.parametrize("size", [3, 9_000])
def test_relu_lets_the_gradient_at_nan_through(size):
    x = tg.tensor([float("nan"), 1.0, -1.0]).repeat(size // 3).requires_grad_()
    tg.relu(x).sum().backward()
    assert x.grad[:3].tolist() == [1.0, 1.0, 0.0]


CUTS = {
    "clamp": "x.clamp(-1, 1)",
    "clamp min": "x.clamp(min=0)",
    "clamp max": "x.clamp(max=0)",
    "clamp tensors": "x.clamp(m.zeros(9), m.ones(9))",
    "hardtanh": "F.hardtanh(x)",
    "relu6": "F.relu6(x)",
    "relu": "F.relu(x)",
    "threshold": "F.threshold(x, 0.0, 0.0)",
    "hardsigmoid": "F.hardsigmoid(x)",
    "hardswish": "F.hardswish(x)",
    "hardshrink": "F.hardshrink(x, 0.7)",
    "softshrink": "F.softshrink(x, 0.7)",
}
CUT = [float("nan"), float("inf"), -float("inf"), 3.5, -3.5, 0.5, -0.5, 2.0, -2.0]


def cut(module, program, weights):
    x = module.tensor(CUT, dtype=module.float64, requires_grad=True)
    y = eval(program, {"m": module, "F": module.nn.functional, "x": x})
    (g,) = module.autograd.grad((y * module.tensor(weights)).sum(), x)
    return g.numpy()


@pytest.mark.parametrize("program", CUTS.values(), ids=CUTS)
def test_what_is_cut_off_has_no_gradient_however_large_the_one_that_comes(program):
    """Not 0 times infinity: the gradient of ``x.clamp(min=0).sqrt()`` below 0 is 0."""
    ordinary, huge = (cut(tg, program, np.full(9, w)) for w in (1.0, np.inf))
    assert (huge[1:][ordinary[1:] == 0] == 0).all()
    assert np.isinf(huge[1:][ordinary[1:] != 0]).all()


@pytest.mark.torch
@pytest.mark.parametrize("weight", [1.0, np.inf, np.nan])
@pytest.mark.parametrize("program", CUTS.values(), ids=CUTS)
def test_cuts_are_pytorchs(program, weight):
    import torch

    ours, theirs = (cut(module, program, np.full(9, weight)) for module in (tg, torch))
    np.testing.assert_allclose(ours[1:], theirs[1:], rtol=1e-7)  # PyTorch: several for nan
