"""state_dict and load_state_dict."""

import importlib
from collections import OrderedDict

import numpy as np
import pytest

import tinygrad_np as tg
from tinygrad_np import nn


def build(nn):
    return nn.Sequential(nn.Linear(2, 3), nn.Sequential(nn.BatchNorm1d(3), nn.Linear(3, 1)))


def values(module):
    return {k: v.tolist() for k, v in module.state_dict().items()}


def test_state_shares_memory_outside_the_tape():
    model = build(nn)
    state = model.state_dict()
    assert isinstance(state, OrderedDict)
    assert not any(v.requires_grad for v in state.values())
    assert np.shares_memory(state["0.weight"].numpy(), model[0].weight.detach().numpy())
    assert model.state_dict(keep_vars=True)["0.weight"] is model[0].weight
    own = {}
    assert model.state_dict(destination=own, prefix="m.") is own
    assert next(iter(own)) == "m.0.weight"


def test_load_copies_in_place_and_casts():
    one, two = build(nn), build(nn).double()
    weight = one[0].weight
    result = one.load_state_dict(two.state_dict())
    assert (result.missing_keys, result.unexpected_keys) == ([], [])
    assert one[0].weight is weight
    assert weight.dtype == tg.float32
    np.testing.assert_allclose(weight.detach().numpy(), two[0].weight.detach().numpy(), 1e-6)
    assert not np.shares_memory(weight.detach().numpy(), two[0].weight.detach().numpy())
    arrays = {k: v.numpy() for k, v in two.state_dict().items()}
    assert one.load_state_dict(arrays).missing_keys == []


def test_load_by_assignment():
    one, two = build(nn), build(nn).double()
    one[0].weight.requires_grad_(False)
    one.load_state_dict(two.state_dict(), assign=True)
    assert one[0].weight.dtype == tg.float64
    assert isinstance(one[0].weight, nn.Parameter)
    assert [p.requires_grad for p in one.parameters()] == [False] + [True] * 5
    assert np.shares_memory(one[0].bias.detach().numpy(), two[0].bias.detach().numpy())
    assert one[1][0].running_mean.dtype == tg.float64
    assert list(one.state_dict()) == list(two.state_dict())


def wrong(state):
    """A state with everything wrong."""
    state = OrderedDict(state)
    del state["0.bias"], state["1.0.running_mean"]
    state["0.weight"] = state["0.weight"][:2]
    state["1.1.weight"] = state["1.1.weight"].reshape(3)
    state["extra"] = state["1.1.deep.extra"] = state["1.1.bias"]
    return state


def test_a_failed_load_changes_nothing():
    model = build(nn)
    before = values(model)
    for strict in (True, False):
        with pytest.raises(RuntimeError, match="size mismatch"):
            model.load_state_dict(wrong(build(nn).state_dict()), strict=strict)
        assert values(model) == before
    state = build(nn).state_dict()
    state["more"] = tg.ones(1)
    with pytest.raises(RuntimeError, match='Unexpected key.*"more"'):
        model.load_state_dict(state)
    assert values(model) == before
    with pytest.raises(TypeError, match="list"):
        model.load_state_dict([1])
    state["0.weight"] = [[1.0, 2.0]] * 3
    with pytest.raises(RuntimeError, match="list"):
        model.load_state_dict(state)
    assert values(model) == before


@pytest.mark.torch
def test_words_of_a_failed_load_are_torchs():
    import torch

    said = []
    for lib, model in ((tg, build(nn)), (torch, build(torch.nn))):
        with pytest.raises(RuntimeError) as caught:
            model.load_state_dict(wrong(model.state_dict()))
        said.append(str(caught.value))
        state = {"0.weight": lib.ones(3, 2), "x": lib.ones(1), "1.9.y": lib.ones(1)}
        said.append(repr(model.load_state_dict(state, strict=False)))
    assert said[:2] == said[2:]


def test_not_strict():
    model = build(nn)
    result = model.load_state_dict({"0.bias": tg.ones(3), "else": tg.ones(1)}, strict=False)
    assert result.unexpected_keys == ["else"]
    assert "0.weight" in result.missing_keys
    assert model[0].bias.tolist() == [1, 1, 1]


def test_states_of_old_batch_norms_have_no_count():
    norm = nn.BatchNorm1d(3)
    state = dict(norm.state_dict())  # without the metadata that tells the version
    del state["num_batches_tracked"]
    assert norm.load_state_dict(state).missing_keys == []


class Extra(nn.Module):
    def __init__(self):
        super().__init__()
        self.seen = 0

    def get_extra_state(self):
        return {"seen": self.seen}

    def set_extra_state(self, state):
        self.seen = state["seen"]


def test_extra_state():
    one, two = nn.Sequential(Extra()), nn.Sequential(Extra())
    one[0].seen = 7
    assert list(one.state_dict()) == ["0._extra_state"]
    two.load_state_dict(one.state_dict())
    assert two[0].seen == 7
    with pytest.raises(RuntimeError, match="Missing.*_extra_state"):
        two.load_state_dict({})
    with pytest.raises(RuntimeError, match="Unexpected.*_extra_state"):
        nn.ReLU().load_state_dict({"_extra_state": 1})
    with pytest.raises(RuntimeError, match="define it"):
        nn.ReLU().get_extra_state()
    with pytest.raises(RuntimeError, match="define it"):
        nn.ReLU().set_extra_state(1)


def test_hooks():
    model, log = build(nn), []
    model.register_state_dict_pre_hook(lambda m, prefix, keep: log.append(("pre", prefix)))
    model.register_state_dict_post_hook(lambda m, state, prefix, meta: state.pop("0.bias"))
    state = model.state_dict()
    assert log == [("pre", "")]
    assert "0.bias" not in state

    def rename(module, state, prefix, *_):
        state[prefix + "bias"] = state.pop(prefix + "shift")

    state["0.shift"] = tg.ones(3)
    handle = model[0].register_load_state_dict_pre_hook(rename)
    model.load_state_dict(state)
    assert model[0].bias.tolist() == [1, 1, 1]
    assert "0.shift" in state  # the caller's mapping stays as it was
    handle.remove()

    model.register_load_state_dict_post_hook(lambda m, keys: [k.clear() for k in keys])
    state["0.shift"] = tg.zeros(3)
    assert model.load_state_dict(state).missing_keys == []
    assert model[0].bias.tolist() == [1, 1, 1]

    unforgiving = build(nn)
    unforgiving.register_load_state_dict_post_hook(lambda m, keys: None)
    with pytest.raises(RuntimeError, match="Missing"):
        unforgiving.load_state_dict({})


@pytest.mark.parametrize("kind", [tg.tensor, np.array])
def test_one_number_is_taken_for_a_parameter_without_dimensions(kind):
    module = nn.Module()
    module.scale = nn.Parameter(tg.zeros(()))
    module.load_state_dict({"scale": kind([2.5])})
    assert module.scale.tolist() == 2.5
    with pytest.raises(RuntimeError, match="size mismatch for scale"):
        module.load_state_dict({"scale": kind([2.5, 3.5])})
    assert module.scale.tolist() == 2.5


def test_the_pre_hook_of_old_may_be_given_no_module():
    model, log = nn.Linear(1, 1), []
    model._register_load_state_dict_pre_hook(lambda state, prefix, *rest: log.append(rest[1]))
    model._register_load_state_dict_pre_hook(
        lambda module, state, prefix, *rest: log.append(module), with_module=True
    )
    model.load_state_dict(model.state_dict())
    assert log == [True, model]


@pytest.mark.parametrize("name", ["tinygrad_np", pytest.param("torch", marks=pytest.mark.torch)])
def test_conversions_may_make_new_parameters(name):
    lib = importlib.import_module(name)
    layer = lib.nn.Linear(2, 1)
    weight, bias = layer.weight, layer.bias.requires_grad_(False)
    layer(lib.ones(1, 2)).sum().backward()
    assert not lib.__future__.get_overwrite_module_params_on_conversion()
    lib.__future__.set_overwrite_module_params_on_conversion(True)
    try:
        layer.double()
    finally:
        lib.__future__.set_overwrite_module_params_on_conversion(False)
    assert (weight.dtype, weight.grad.dtype) == (lib.float32, lib.float32)
    new = layer.weight
    assert (new.dtype, new.grad.dtype, new.grad.tolist()) == (lib.float64, lib.float64, [[1, 1]])
    assert [n for n, _ in layer.named_parameters()] == ["weight", "bias"]
    assert layer.bias is not bias
    assert not layer.bias.requires_grad
    layer.float()
    assert layer.weight is new
