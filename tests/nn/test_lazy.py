"""Lazy layers become the layers they stand for."""

import numpy as np
import pytest

import tinygrad_np as tg
from tinygrad_np import nn

CASES = [
    (nn.LazyLinear(4), nn.Linear, (2, 3, 6)),
    (nn.LazyConv1d(4, 3), nn.Conv1d, (2, 6, 9)),
    (nn.LazyConv2d(4, 3, padding=1), nn.Conv2d, (2, 6, 5, 5)),
    (nn.LazyConv2d(4, 3), nn.Conv2d, (6, 5, 5)),
    (nn.LazyConvTranspose2d(4, 3), nn.ConvTranspose2d, (2, 6, 5, 5)),
    (nn.LazyBatchNorm1d(), nn.BatchNorm1d, (4, 6)),
    (nn.LazyBatchNorm2d(affine=False), nn.BatchNorm2d, (4, 6, 2, 2)),
]


@pytest.mark.parametrize(("lazy", "kind", "shape"), CASES)
def test_becomes_the_layer(lazy, kind, shape):
    assert isinstance(lazy, kind)
    assert lazy.has_uninitialized_params()
    out = lazy(tg.ones(shape))
    assert type(lazy) is kind
    np.testing.assert_allclose(lazy(tg.ones(shape)).detach(), out.detach(), atol=1e-6)
    assert all(type(p) is nn.Parameter for p in lazy.parameters())


def test_same_initial_values_as_the_layer():
    tg.manual_seed(1)
    lazy = nn.LazyConv2d(3, 2)
    lazy(tg.zeros(1, 4, 5, 5))
    tg.manual_seed(1)
    layer = nn.Conv2d(4, 3, 2)
    for ours, theirs in zip(lazy.parameters(), layer.parameters(), strict=True):
        assert (ours == theirs).all()
    assert list(lazy.state_dict()) == list(layer.state_dict())
    assert repr(lazy) == repr(layer)


def test_an_optimizer_may_hold_the_parameters_before():
    model = nn.Sequential(nn.LazyLinear(3), nn.ReLU(), nn.LazyLinear(1)).train()
    optimizer = tg.optim.SGD(model.parameters(), lr=0.1)
    model(tg.ones(2, 5)).sum().backward()
    before = [p.detach().clone() for p in model.parameters()]
    optimizer.step()
    moved = [not (p == b).all() for p, b in zip(model.parameters(), before, strict=True)]
    assert moved[-1]


def test_mode_and_hooks_stay():
    seen = []
    lazy = nn.LazyBatchNorm1d().eval()
    lazy.register_forward_hook(lambda *args: seen.append(1))
    lazy(tg.ones(2, 3))
    assert not lazy.training
    assert seen == [1]


LOADED = [
    (nn.LazyLinear(4), nn.Linear(6, 4), (2, 6)),
    (nn.LazyLinear(4, bias=False, dtype=tg.float64), nn.Linear(6, 4, False).double(), (2, 6)),
    (nn.LazyConv2d(4, 3, groups=2), nn.Conv2d(6, 4, 3, groups=2), (2, 6, 5, 5)),
    (nn.LazyConvTranspose2d(4, 3, groups=2), nn.ConvTranspose2d(6, 4, 3, groups=2), (2, 6, 5, 5)),
    (nn.LazyBatchNorm1d(affine=False), nn.BatchNorm1d(6, affine=False), (4, 6)),
    (nn.LazyInstanceNorm1d(affine=False), nn.InstanceNorm1d(6, 1e-5, 0.1, False, True), (4, 6, 3)),
]  # fmt: skip


@pytest.mark.parametrize(("lazy", "layer", "shape"), LOADED)
@pytest.mark.parametrize("assign", [False, True])
def test_becomes_the_layer_of_a_state(lazy, layer, shape, assign):
    import copy

    model = nn.Sequential(copy.deepcopy(lazy)).eval()
    held = list(model.parameters())
    tg.manual_seed(0)
    model.load_state_dict({f"0.{k}": v for k, v in layer.state_dict().items()}, assign=assign)
    assert tg.equal(tg.rand(3), (tg.manual_seed(0), tg.rand(3))[1])
    x = tg.rand(shape, dtype=next(iter(layer.state_dict().values())).dtype)
    assert tg.equal(model(x), layer.eval()(x))
    assert repr(model[0]) == repr(layer)
    assert all(p is q for p, q in zip(model.parameters(), held, strict=True))


def test_a_state_that_does_not_fit_leaves_it_lazy():
    model = nn.Sequential(nn.LazyLinear(4), nn.Linear(4, 2))
    state = nn.Sequential(nn.Linear(6, 4), nn.Linear(4, 3)).state_dict()
    with pytest.raises(RuntimeError, match="size mismatch for 1.weight"):
        model.load_state_dict(state)
    with pytest.raises(RuntimeError, match=r"Missing key.*0\.weight"):
        model.load_state_dict(nn.Linear(4, 2).state_dict())
    assert type(model[0]) is nn.LazyLinear
    with pytest.raises(RuntimeError, match="size mismatch for weight"):
        nn.LazyConv2d(4, 3).load_state_dict(nn.Conv2d(2, 4, 5).state_dict())


def test_dtype_is_that_of_the_layer():
    assert nn.LazyConv2d(4, 3, dtype=tg.float64)(tg.ones(1, 2, 5, 5).double()).dtype == tg.float64
    assert nn.LazyConv2d(4, 3).double()(tg.ones(1, 2, 5, 5).double()).dtype == tg.float64


@pytest.mark.parametrize(
    ("lazy", "whole"),
    [
        (lambda: nn.LazyLinear(4), lambda: nn.Linear(3, 4, dtype=tg.float64)),
        (lambda: nn.LazyConv2d(4, 1), lambda: nn.Conv2d(3, 4, 1, dtype=tg.float64)),
    ],
)
def test_the_numbers_drawn_are_of_the_dtype_at_the_first_call(lazy, whole):
    layer = lazy().double()
    tg.manual_seed(1)
    layer(tg.ones(2, 3, 3, 3).double())
    after = tg.rand(1)
    tg.manual_seed(1)
    assert tg.equal(layer.weight, whole().weight)
    assert tg.equal(after, tg.rand(1))


def test_shows_the_layer_without_its_input():
    import inspect

    assert repr(nn.LazyLinear(3)) == "LazyLinear(in_features=0, out_features=3, bias=True)"
    whole, rest = (list(inspect.signature(c).parameters) for c in (nn.Conv2d, nn.LazyConv2d))
    assert whole[1:] == rest
    tg.manual_seed(0)
    nn.LazyConv2d(3, 2)
    assert tg.equal(tg.rand(3), (tg.manual_seed(0), tg.rand(3))[1])


def test_what_needs_a_shape_is_an_error():
    lazy = nn.LazyLinear(3)
    with pytest.raises(RuntimeError, match="shape of an uninitialized"):
        _ = lazy.weight.shape
    with pytest.raises(ValueError, match="uninitialized parameter"):
        lazy.weight.numel()
    with pytest.raises(TypeError):
        nn.LazyLinear(3, colour=1)
    with pytest.raises(RuntimeError, match="Expected 3D"):
        nn.LazyConv2d(3, 3)(tg.ones(2, 2))


def test_is_lazy():
    layer = nn.LazyLinear(3)
    assert nn.parameter.is_lazy(layer.weight)
    layer(tg.ones(1, 2))
    assert not nn.parameter.is_lazy(layer.weight)
    assert not nn.parameter.is_lazy(3)
