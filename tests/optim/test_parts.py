"""Complex parameters."""

import numpy as np
import pytest

import tinygrad_np as tg
from tinygrad_np import optim

OPTIMIZERS = {
    "SGD": {"lr": 0.1, "momentum": 0.9, "weight_decay": 0.01},
    "Adam": {"lr": 0.1, "amsgrad": True},
    "AdamW": {"lr": 0.1},
    "NAdam": {"lr": 0.1},
    "RAdam": {"lr": 0.1},
    "Adamax": {"lr": 0.1},
    "RMSprop": {"lr": 0.1, "centered": True, "momentum": 0.5},
    "Adagrad": {"lr": 0.1, "initial_accumulator_value": 0.1},
    "Adadelta": {"lr": 1.0},
    "ASGD": {"lr": 0.1},
    "Rprop": {"lr": 0.1},
}
START = np.array([[1 + 2j, -0.5j, 3.0], [0.5, -1 - 1j, 2j]])


def trained(lib, name, start, loss, steps=8):
    x = lib.tensor(start, requires_grad=True)
    bias = lib.zeros(2, dtype=lib.float64, requires_grad=True)  # real, beside it
    optimizer = getattr(lib.optim, name)([x, bias], **OPTIMIZERS[name])
    for _ in range(steps):
        optimizer.zero_grad()
        (loss(x) + ((bias - 1) ** 2).sum()).backward()
        optimizer.step()
    return x, optimizer


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_is_updated_as_its_parts(name):
    whole, _ = trained(tg, name, START, lambda x: ((x - 1).abs() ** 2).sum())
    parts = np.stack([START.real, START.imag], -1)
    shift = tg.tensor([1.0, 0.0], dtype=tg.float64)
    apart, _ = trained(tg, name, parts, lambda x: ((x - shift) ** 2).sum())
    assert not np.allclose(whole.detach().numpy(), START)
    np.testing.assert_allclose(tg.view_as_real(whole.detach()).numpy(), apart.detach().numpy())


@pytest.mark.torch
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_agrees_with_torch(name):
    torch = pytest.importorskip("torch")
    ours, theirs = (
        trained(lib, name, START, lambda x: ((x - 1).abs() ** 2).sum()) for lib in (tg, torch)
    )
    np.testing.assert_allclose(ours[0].detach().numpy(), theirs[0].detach().numpy(), rtol=1e-6)
    state, expected = (o.state_dict()["state"][0] for _, o in (ours, theirs))
    for key, value in expected.items():
        if isinstance(value, torch.Tensor) and value.ndim:
            assert state[key].numpy().dtype == value.numpy().dtype, key
            np.testing.assert_allclose(state[key].numpy(), value.numpy(), rtol=1e-5, atol=1e-12)


def test_state_is_loaded_again():
    x, optimizer = trained(tg, "Adam", START, lambda x: ((x - 1).abs() ** 2).sum())
    assert optimizer.state[x]["exp_avg"].dtype == tg.complex128
    y = tg.tensor(x.detach().numpy(), requires_grad=True)
    bias = tg.zeros(2, dtype=tg.float64)
    other = optim.Adam([y, bias], **OPTIMIZERS["Adam"])
    other.load_state_dict(optimizer.state_dict())
    for leaf, with_ in ((x, optimizer), (y, other)):
        leaf.grad = tg.ones_like(leaf) * (1 - 2j)
        with_.step()
    np.testing.assert_array_equal(x.detach().numpy(), y.detach().numpy())


@pytest.mark.parametrize("options", [{}, {"line_search_fn": "strong_wolfe"}])
def test_lbfgs_finds_complex_numbers(options):
    target = tg.tensor(2 * START - 1j)
    x = tg.tensor(START, requires_grad=True)
    optimizer = optim.LBFGS([x], **options)

    def closure():
        optimizer.zero_grad()
        loss = ((x - target).abs() ** 2).sum() + ((x - target).imag ** 4).sum()
        loss.backward()
        return loss

    for _ in range(5):
        optimizer.step(closure)
    np.testing.assert_allclose(x.detach().numpy(), target.numpy(), atol=1e-3)


@pytest.mark.parametrize("kind", [optim.Muon, optim.Adafactor, optim.SparseAdam])
def test_what_goes_beyond_elements_is_refused(kind):
    with pytest.raises(ValueError, match="complex"):
        kind([tg.tensor(START, requires_grad=True)])


def test_an_optimizer_of_ones_own_is_given_them_as_they_are():
    class Descent(optim.Optimizer):
        def _update(self, param, grad, state, group):
            param -= group["lr"] * grad

    x = tg.tensor(START, requires_grad=True)
    ((x - 1j).abs() ** 2).sum().backward()
    Descent([x], {"lr": 0.5}).step()
    assert x.tolist() == np.full(START.shape, 1j).tolist()


def test_gradients_are_clipped():
    x = tg.tensor(START, requires_grad=True)
    (x.abs() ** 2).sum().backward()
    norm = tg.nn.utils.clip_grad_norm_([x], 1.0)
    assert norm.dtype == tg.float64
    assert norm.item() == pytest.approx(np.linalg.norm(2 * START))
    np.testing.assert_allclose(x.grad.numpy(), START / np.linalg.norm(START), rtol=1e-5)
