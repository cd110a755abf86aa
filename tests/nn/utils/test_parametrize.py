"""Parametrized tensors, and weights of a given norm, against NumPy and beside PyTorch."""

import copy

import numpy as np
import pytest

import tinygrad_np as tg
from tinygrad_np import nn
from tinygrad_np.nn.utils import parametrizations, parametrize


class Symmetric(nn.Module):
    def forward(self, x):
        return x.triu() + x.triu(1).T


class Exp(nn.Module):
    def forward(self, x):
        return x.exp()

    def right_inverse(self, x):
        return x.log()


def test_a_weight_that_is_computed():
    layer = nn.Linear(3, 3)
    before = layer.weight.detach().numpy()
    assert parametrize.register_parametrization(layer, "weight", Symmetric()) is layer
    want = np.triu(before) + np.triu(before, 1).T
    np.testing.assert_allclose(layer.weight.detach().numpy(), want)
    assert type(layer).__name__ == "ParametrizedLinear"
    assert isinstance(layer, nn.Linear)
    assert list(layer.state_dict()) == ["bias", "parametrizations.weight.original"]
    layer(tg.ones(1, 3)).sum().backward()
    assert layer.parametrizations.weight.original.grad is not None
    other = copy.deepcopy(layer)
    nn.init.zeros_(other.parametrizations.weight.original)
    assert not other.weight.any()
    assert layer.weight.any()
    parametrize.remove_parametrizations(other, "weight")
    assert type(other) is nn.Linear
    np.testing.assert_allclose(layer.weight.detach().numpy(), want)


def test_one_after_another_assignment_and_removal():
    layer = nn.Linear(2, 2)
    parametrize.register_parametrization(layer, "weight", Symmetric())
    parametrize.register_parametrization(layer, "weight", Exp())
    with pytest.raises(RuntimeError, match="Symmetric does not implement right_inverse"):
        layer.weight = tg.ones(2, 2)
    layer.parametrizations.weight[0].right_inverse = lambda x: x.triu()
    layer.weight = tg.tensor([[1.0, 2.0], [2.0, 3.0]])
    np.testing.assert_allclose(layer.weight.detach().numpy(), [[1, 2], [2, 3]], rtol=1e-6)
    with parametrize.cached():
        assert layer.weight is layer.weight
    assert layer.weight is not layer.weight
    parametrize.remove_parametrizations(layer, "weight")
    assert type(layer) is nn.Linear
    np.testing.assert_allclose(layer.weight.detach().numpy(), [[1, 2], [2, 3]], rtol=1e-6)
    assert [name for name, _ in layer.named_parameters()] == ["bias", "weight"]


def test_other_modules_of_the_class_stay_as_they_are():
    one, two = nn.Linear(2, 2), nn.Linear(2, 2)
    parametrize.register_parametrization(one, "weight", Exp())
    assert not parametrize.is_parametrized(two)
    assert isinstance(two.weight, nn.Parameter)


def test_what_is_refused():
    class Flat(nn.Module):
        def forward(self, x):
            return x.reshape(-1)

    layer = nn.Linear(2, 2)
    with pytest.raises(ValueError, match="with name 'none'"):
        parametrize.register_parametrization(layer, "none", Exp())
    with pytest.raises(ValueError, match=r"\[2, 2\].*\[4\].*unsafe=True"):
        parametrize.register_parametrization(layer, "weight", Flat())
    assert isinstance(layer.weight, nn.Parameter)
    with pytest.raises(ValueError, match="does not have a parametrization"):
        parametrize.remove_parametrizations(layer, "weight")
    parametrizations.weight_norm(layer)
    with pytest.raises(ValueError, match="sequence of tensors"):
        parametrize.remove_parametrizations(layer, "weight", leave_parametrized=False)


@pytest.mark.parametrize("norm", [nn.utils.spectral_norm, parametrizations.spectral_norm])
@pytest.mark.parametrize("make", [lambda: nn.Linear(4, 6), lambda: nn.ConvTranspose2d(2, 3, 2)])
def test_spectral_norm_divides_by_the_largest_singular_value(norm, make):
    layer = make()
    weight = layer.weight.detach().numpy().copy()
    flat = np.moveaxis(weight, int(weight.ndim > 2), 0).reshape(weight.shape[weight.ndim > 2], -1)
    norm(layer, n_power_iterations=200)
    layer(tg.ones(1, 2, 2, 2) if weight.ndim > 2 else tg.ones(1, 4))
    want = weight / np.linalg.svd(flat, compute_uv=False)[0]
    np.testing.assert_allclose(layer.weight.detach().numpy(), want, rtol=1e-4, atol=1e-6)


def test_spectral_norm_in_evaluation_and_undone():
    layer = nn.utils.spectral_norm(nn.Linear(3, 3)).eval()
    first = layer(tg.ones(1, 3))
    assert tg.equal(first, layer(tg.ones(1, 3)))
    with pytest.raises(RuntimeError, match="two spectral_norm"):
        nn.utils.spectral_norm(layer)
    nn.utils.remove_spectral_norm(layer)
    np.testing.assert_allclose(layer(tg.ones(1, 3)).tolist(), first.tolist(), rtol=1e-6)
    with pytest.raises(ValueError, match="not found"):
        nn.utils.remove_spectral_norm(layer)
    with pytest.raises(ValueError, match="to be positive"):
        nn.utils.spectral_norm(layer, n_power_iterations=0)


@pytest.mark.torch
@pytest.mark.parametrize(
    "name", ["spectral_norm", "parametrizations.spectral_norm", "parametrizations.weight_norm"]
)
def test_training_is_pytorchs(name):
    import torch

    found = []
    for lib in (tg, torch):
        lib.manual_seed(0)
        wrap = lib.nn.utils
        for part in name.split("."):
            wrap = getattr(wrap, part)
        model = lib.nn.Sequential(
            wrap(lib.nn.Conv2d(2, 3, 2)), wrap(lib.nn.ConvTranspose2d(3, 2, 2))
        )
        optimizer = lib.optim.SGD(model.parameters(), lr=0.1)
        losses = []
        for _ in range(4):
            loss = model(lib.randn(2, 2, 4, 4)).pow(2).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        found.append((losses, list(model.state_dict()), repr(model)))
    np.testing.assert_allclose(found[0][0], found[1][0], rtol=1e-4)
    assert found[0][1:] == found[1][1:]


@pytest.mark.torch
@pytest.mark.parametrize("name", ["parametrizations.weight_norm", "parametrizations.spectral_norm"])
def test_vectors_are_pytorchs(name):
    torch = pytest.importorskip("torch")
    found = []
    for T in (tg, torch):
        T.manual_seed(0)
        wrap = T.nn.utils
        for part in name.split("."):
            wrap = getattr(wrap, part)
        layer = wrap(T.nn.Linear(2, 3), "bias")
        (layer.bias * T.arange(3.0)).sum().backward()
        grads = [p.grad.numpy() for p in layer.parameters() if p.grad is not None]
        state = layer.state_dict()
        found.append([list(state), *(t.numpy() for t in state.values()), *grads])
    assert found[0][0] == found[1][0]
    for ours, theirs in zip(found[0][1:], found[1][1:], strict=True):
        assert ours.shape == theirs.shape
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-7)


@pytest.mark.filterwarnings("ignore:`torch.nn.utils.weight_norm` is deprecated")
def test_what_the_older_weight_norm_saved_is_loaded():
    old = nn.Sequential(nn.utils.weight_norm(nn.Linear(2, 3)))
    new = nn.Sequential(parametrizations.weight_norm(nn.Linear(2, 3)))
    state = old.state_dict()
    new.load_state_dict(state)
    assert list(state) == list(old.state_dict())
    np.testing.assert_allclose(new(tg.ones(2)).tolist(), old(tg.ones(2)).tolist(), rtol=1e-6)


def test_parametrizations_are_shared():
    layer = parametrizations.weight_norm(nn.Linear(2, 3))
    with tg.no_grad():
        layer.bias.abs_()
    parametrize.register_parametrization(layer, "bias", Exp())
    other = parametrize.transfer_parametrizations_and_params(layer, nn.Linear(2, 3))
    assert type(other).__name__ == "ParametrizedLinear"
    assert parametrize.type_before_parametrizations(other) is nn.Linear
    assert parametrize.type_before_parametrizations(nn.Linear(1, 1)) is nn.Linear
    assert list(other.state_dict()) == list(layer.state_dict())
    with tg.no_grad():
        layer.parametrizations.weight.original0.fill_(2.0)
    assert tg.equal(other.weight, layer.weight)
    parametrize.register_parametrization(other, "bias", Exp())
    assert len(layer.parametrizations.bias) == 1
    alone = parametrize.transfer_parametrizations_and_params(layer, nn.Module(), "bias")
    assert tg.equal(alone.bias, layer.bias)
    with pytest.raises(KeyError, match="none"):
        parametrize.transfer_parametrizations_and_params(layer, nn.Linear(2, 3), "none")


def test_a_parameter_is_no_value():
    layer = parametrizations.weight_norm(nn.Linear(2, 3))
    with pytest.raises(KeyError, match="already exists"):
        layer.weight = nn.Parameter(tg.ones(3, 2))
    layer.weight = tg.ones(3, 2)
    np.testing.assert_allclose(layer.weight.detach().numpy(), np.ones((3, 2)), rtol=1e-6)


@pytest.mark.parametrize("name", ["spectral_norm", "orthogonal"])
def test_an_optimizer_made_before_goes_on_with_the_parameter(name):
    layer = tg.nn.Linear(3, 3)
    weight = layer.weight
    optimizer = tg.optim.SGD(layer.parameters(), 0.1)
    getattr(tg.nn.utils.parametrizations, name)(layer)
    assert layer.parametrizations.weight.original is weight
    before = layer.weight.detach().clone()
    layer(tg.randn(4, 3)).square().sum().backward()
    optimizer.step()
    assert not tg.allclose(layer.weight, before)
    tg.nn.utils.parametrize.remove_parametrizations(layer, "weight")
    assert layer.weight is weight
