"""weight_norm and its removal."""

import numpy as np
import pytest

import tinygrad_np as tg
from tinygrad_np import nn

pytestmark = pytest.mark.filterwarnings("ignore:`torch.nn.utils.weight_norm` is deprecated")


@pytest.mark.parametrize("dim", [0, 1, None])
def test_direction_and_length(dim):
    layer = nn.Conv1d(2, 3, 2)
    before = layer.weight.detach().numpy().copy()
    nn.utils.weight_norm(layer, dim=dim)
    assert [name for name, _ in layer.named_parameters()] == ["bias", "weight_g", "weight_v"]
    with tg.no_grad():
        layer.weight_v.mul_(3)
        layer.weight_g.mul_(2)
    layer(tg.ones(1, 2, 4)).sum().backward()
    np.testing.assert_allclose(layer.weight.detach().numpy(), 2 * before, rtol=1e-5)
    assert layer.weight_v.grad is not None
    assert layer.weight_g.grad is not None
    with pytest.raises(RuntimeError, match="two weight_norm"):
        nn.utils.weight_norm(layer)
    nn.utils.remove_weight_norm(layer)
    assert [name for name, _ in layer.named_parameters()] == ["bias", "weight"]
    np.testing.assert_allclose(layer.weight.detach().numpy(), 2 * before, rtol=1e-5)
    with pytest.raises(ValueError, match="not found"):
        nn.utils.remove_weight_norm(layer)


@pytest.mark.torch
@pytest.mark.parametrize("dim", [0, 1, None])
def test_is_torchs(dim):
    import torch

    found = []
    for lib in (tg, torch):
        lib.manual_seed(0)
        layer = lib.nn.utils.weight_norm(lib.nn.Linear(3, 4), dim=dim)
        layer(lib.ones(2, 3)).pow(2).sum().backward()
        tensors = [*layer.state_dict().values(), *(p.grad for p in layer.parameters())]
        found.append([list(layer.state_dict()), *(t.numpy() for t in tensors)])
    assert found[0][0] == found[1][0]
    for ours, theirs in zip(found[0][1:], found[1][1:], strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-6)
