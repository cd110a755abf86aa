"""Pruned weights: what is left of them, in training, in files and afterwards; beside PyTorch."""

import numpy as np
import pytest

import tinygrad_np as tg
from tinygrad_np import nn
from tinygrad_np.nn.utils import prune


def test_a_pruned_weight_stays_0_in_training():
    tg.manual_seed(0)
    layer = prune.l1_unstructured(nn.Linear(4, 3), "weight", 0.5)
    gone = layer.weight_mask == 0
    assert gone.sum() == 6
    assert list(layer.state_dict()) == ["bias", "weight_orig", "weight_mask"]
    assert [name for name, _ in layer.named_parameters()] == ["bias", "weight_orig"]
    optimizer = tg.optim.SGD(layer.parameters(), lr=0.1)
    layer(tg.randn(5, 4)).pow(2).sum().backward()
    optimizer.step()
    assert (layer.weight_orig.grad[gone] == 0).all()
    layer(tg.ones(1, 4))
    assert (layer.weight[gone] == 0).all()
    assert prune.is_pruned(nn.Sequential(layer))
    before = layer.weight.detach()
    prune.remove(layer, "weight")
    assert not prune.is_pruned(layer)
    assert [name for name, _ in layer.named_parameters()] == ["bias", "weight"]
    np.testing.assert_array_equal(layer.weight.detach().numpy(), before.numpy())


def test_the_hook_is_found_by_the_weight_s_name():
    layer = prune.l1_unstructured(prune.random_unstructured(nn.Linear(4, 3), "bias", 1), "bias", 1)
    (hook,) = layer._forward_pre_hooks.values()
    assert hook._tensor_name == "bias"
    assert len(hook._methods) == len(list(hook)) == 2
    assert isinstance(hook, prune.PruningContainer)
    assert hook[1] is list(hook)[1]
    other = prune.L1Unstructured(1)
    other._tensor_name = "weight"
    with pytest.raises(ValueError, match="Found 'weight'"):
        hook.add_pruning_method(other)
    with pytest.raises(TypeError, match="BasePruningMethod"):
        hook.add_pruning_method(len)


def test_wrong_arguments():
    layer = nn.Linear(4, 3)
    for call, error, words in (
        (lambda: prune.l1_unstructured(layer, "weight", 1.5), ValueError, "float in the range"),
        (lambda: prune.l1_unstructured(layer, "weight", "all"), TypeError, "int or float"),
        (lambda: prune.l1_unstructured(layer, "weight", 13), ValueError, "13.*=12"),
        (lambda: prune.remove(layer, "weight"), ValueError, "has to be pruned"),
        (lambda: prune.ln_structured(layer, "bias", 1, 2, 0), ValueError, "multidimensional"),
        (
            lambda: prune.l1_unstructured(layer, "weight", 1, importance_scores=tg.ones(2)),
            ValueError,
            "importance_scores",
        ),
    ):
        with pytest.raises(error, match=words):
            call()
        assert not prune.is_pruned(layer)
        assert "weight" in dict(layer.named_parameters())


def programs(T):
    p = T.nn.utils.prune
    return {
        "l1": lambda m: p.l1_unstructured(m, "weight", amount=0.3),
        "number": lambda m: p.l1_unstructured(m, "weight", 5),
        "bias": lambda m: p.l1_unstructured(m, name="bias", amount=2),
        "random": lambda m: p.random_unstructured(m, "weight", 0.4),
        "ln": lambda m: p.ln_structured(m, "weight", amount=0.5, n=2, dim=0),
        "l1 columns": lambda m: p.ln_structured(m, "weight", amount=2, n=1, dim=1),
        "inf": lambda m: p.ln_structured(m, "weight", amount=1, n=float("-inf"), dim=-1),
        "mask": lambda m: p.custom_from_mask(m, "weight", T.ones(4, 6).triu()),
        "identity": lambda m: p.identity(m, "weight"),
        "twice": lambda m: p.l1_unstructured(p.l1_unstructured(m, "weight", 0.5), "weight", 0.5),
        "structured first": lambda m: p.l1_unstructured(
            p.ln_structured(m, "weight", 0.5, 2, 0), "weight", 4
        ),
        "structured last": lambda m: p.ln_structured(
            p.l1_unstructured(m, "weight", 8), "weight", 1, 2, 0
        ),
        "nothing": lambda m: p.l1_unstructured(m, "weight", 0),
        "scores": lambda m: p.l1_unstructured(
            m, "weight", 3, importance_scores=T.arange(24.0).reshape(4, 6)
        ),
        "global": lambda m: (
            p.global_unstructured(
                [(m, "weight"), (m, "bias")], pruning_method=p.L1Unstructured, amount=0.4
            ),
            m,
        )[1],
    }


@pytest.mark.torch
@pytest.mark.parametrize("name", programs(tg))
def test_agrees_with_torch(name):
    torch = pytest.importorskip("torch")
    pytest.importorskip("torch.nn.utils.prune")
    found = []
    for T in (tg, torch):
        T.manual_seed(3)
        m = programs(T)[name](T.nn.Linear(6, 4))
        out = m(T.ones(2, 6))
        out.sum().backward()
        grads = [p.grad for p in m.parameters()]
        found.append([list(m.state_dict()), *m.state_dict().values(), out, *grads])
    assert found[0][0] == found[1][0]
    for ours, theirs in zip(found[0][1:], found[1][1:], strict=True):
        np.testing.assert_allclose(ours.detach().numpy(), theirs.detach().numpy(), rtol=1e-6)
