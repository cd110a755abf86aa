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
