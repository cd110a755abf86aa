"""Updates against formulas written out, and against PyTorch's optimizers."""

import copy
import math
import sys

import numpy as np
import pytest

import tinygrad_np as tg
from tinygrad_np import optim
from tinygrad_np.kernels import elementwise
from tinygrad_np.optim import flat, update

STEPS = 20


def sgd(p, g, s, t, lr, momentum=0, dampening=0, weight_decay=0, nesterov=False, maximize=False):
    g = (-g if maximize else g) + weight_decay * p
    s["b"] = g if t == 1 else momentum * s["b"] + (1 - dampening) * g
    return p - lr * (g + momentum * s["b"] if nesterov else s["b"] if momentum else g)


def adam(p, g, s, t, lr, betas=(0.9, 0.999), eps=1e-8, weight_decay=0, amsgrad=False, **more):
    g = -g if more.get("maximize") else g
    if more.get("decoupled"):
        p = p * (1 - lr * weight_decay)
    else:
        g = g + weight_decay * p
    b1, b2 = betas
    s["m"] = b1 * s.get("m", 0) + (1 - b1) * g
    s["v"] = b2 * s.get("v", 0) + (1 - b2) * g * g
    s["top"] = np.maximum(s.get("top", 0), s["v"])
    v = s["top"] if amsgrad else s["v"]
    return p - lr * (s["m"] / (1 - b1**t)) / (np.sqrt(v / (1 - b2**t)) + eps)


def adamw(p, g, s, t, lr, **options):
    return adam(p, g, s, t, lr, **{"weight_decay": 0.01, **options}, decoupled=True)


def rmsprop(p, g, s, t, lr, alpha=0.99, eps=1e-8, weight_decay=0, momentum=0, centered=False):
    g = g + weight_decay * p
    s["v"] = alpha * s.get("v", 0) + (1 - alpha) * g * g
    s["m"] = alpha * s.get("m", 0) + (1 - alpha) * g
    v = s["v"] - s["m"] ** 2 if centered else s["v"]
    s["b"] = momentum * s.get("b", 0) + g / (np.sqrt(v) + eps)
    return p - lr * s["b"]


def adagrad(p, g, s, t, lr, lr_decay=0, weight_decay=0, initial_accumulator_value=0, eps=1e-10):
    g = g + weight_decay * p
    s["v"] = s.get("v", initial_accumulator_value) + g * g
    return p - lr / (1 + (t - 1) * lr_decay) * g / (np.sqrt(s["v"]) + eps)


def adadelta(p, g, s, t, lr=1.0, rho=0.9, eps=1e-6, weight_decay=0):
    g = g + weight_decay * p
    s["v"] = rho * s.get("v", 0) + (1 - rho) * g * g
    d = np.sqrt(s.get("u", 0) + eps) / np.sqrt(s["v"] + eps) * g
    s["u"] = rho * s.get("u", 0) + (1 - rho) * d * d
    return p - lr * d


def adamax(p, g, s, t, lr, betas=(0.9, 0.999), eps=1e-8):
    b1, b2 = betas
    s["m"] = b1 * s.get("m", 0) + (1 - b1) * g
    s["u"] = np.maximum(b2 * s.get("u", 0), np.abs(g) + eps)
    return p - lr / (1 - b1**t) * s["m"] / s["u"]


def nadam(p, g, s, t, lr, betas=(0.9, 0.999), eps=1e-8, momentum_decay=4e-3):
    b1, b2 = betas
    now, ahead = (b1 * (1 - 0.5 * 0.96 ** (n * momentum_decay)) for n in (t, t + 1))
    s["product"] = s.get("product", 1) * now
    s["m"] = b1 * s.get("m", 0) + (1 - b1) * g
    s["v"] = b2 * s.get("v", 0) + (1 - b2) * g * g
    mean = ahead * s["m"] / (1 - s["product"] * ahead) + (1 - now) * g / (1 - s["product"])
    return p - lr * mean / (np.sqrt(s["v"] / (1 - b2**t)) + eps)


def radam(p, g, s, t, lr, betas=(0.9, 0.999), eps=1e-8):
    b1, b2 = betas
    s["m"] = b1 * s.get("m", 0) + (1 - b1) * g
    s["v"] = b2 * s.get("v", 0) + (1 - b2) * g * g
    mean = s["m"] / (1 - b1**t)
    most = 2 / (1 - b2) - 1
    rho = most - 2 * t * b2**t / (1 - b2**t)
    if rho <= 5:
        return p - lr * mean
    r = math.sqrt((rho - 4) * (rho - 2) * most / ((most - 4) * (most - 2) * rho))
    return p - lr * r * mean * math.sqrt(1 - b2**t) / (np.sqrt(s["v"]) + eps)


def asgd(p, g, s, t, lr, lambd=1e-4, alpha=0.75, t0=1e6, weight_decay=0):
    g = g + weight_decay * p
    eta = lr / (1 + lambd * lr * (t - 1)) ** alpha
    p = p * (1 - lambd * eta) - eta * g
    s["ax"] = s.get("ax", 0) + (p - s.get("ax", 0)) / max(1, t - 1 - t0)
    return p


def rprop(p, g, s, t, lr, etas=(0.5, 1.2), step_sizes=(1e-6, 50)):
    turns = np.sign(g * s.get("g", 0))
    factor = np.where(turns > 0, etas[1], np.where(turns < 0, etas[0], 1))
    s["step"] = np.clip(s.get("step", lr) * factor, *step_sizes)
    s["g"] = np.where(turns < 0, 0, g)
    return p - s["step"] * np.sign(s["g"])


def rms(a):
    return np.sqrt(np.mean(a * a))


def adafactor(p, g, s, t, lr, beta2_decay=-0.8, eps=(None, 1e-3), d=1.0, weight_decay=0):
    keep, tiny = 1 - t**beta2_decay, eps[0] or np.finfo(p.dtype).eps
    rho = max(eps[1], rms(p)) * min(lr, 1 / math.sqrt(t))
    if p.ndim > 1:
        s["R"] = keep * s.get("R", 0) + (1 - keep) * (g**2).mean(-1)
        s["C"] = keep * s.get("C", 0) + (1 - keep) * (g**2).mean(-2)
        v = np.outer(s["R"], s["C"]) / max(s["R"].mean(), tiny)
    else:
        v = s["v"] = keep * s.get("v", 0) + (1 - keep) * g**2
    u = g / np.maximum(np.sqrt(v), tiny)
    return p * (1 - lr * weight_decay) - rho * u / max(1, rms(u) / d)


FORMULAS = {
    "Adafactor": adafactor,
    "ASGD": asgd,
    "Rprop": rprop,
    "SGD": sgd,
    "Adam": adam,
    "AdamW": adamw,
    "RMSprop": rmsprop,
    "Adagrad": adagrad,
    "Adadelta": adadelta,
    "Adamax": adamax,
    "NAdam": nadam,
    "RAdam": radam,
}

OWN = [  # options for which there is a formula above
    ("SGD", {"lr": 0.1}),
    ("SGD", {"lr": 0.1, "weight_decay": 0.2, "maximize": True}),
    ("SGD", {"lr": 0.1, "momentum": 0.9, "dampening": 0.3, "weight_decay": 0.2}),
    ("SGD", {"lr": 0.1, "momentum": 0.9, "nesterov": True}),
    ("Adam", {"lr": 0.1, "weight_decay": 0.2, "betas": (0.7, 0.9)}),
    ("Adam", {"lr": 0.1, "amsgrad": True, "eps": 0.1}),
    ("AdamW", {"lr": 0.1, "maximize": True}),
    ("RMSprop", {"lr": 0.1}),
    ("RMSprop", {"lr": 0.1, "alpha": 0.8, "momentum": 0.9, "centered": True, "eps": 0.1}),
    ("Adagrad", {"lr": 0.1, "lr_decay": 0.1, "initial_accumulator_value": 0.3}),
    ("Adadelta", {"lr": 0.5, "rho": 0.8, "eps": 0.1}),
    ("Adamax", {"lr": 0.1, "betas": (0.7, 0.9)}),
    ("NAdam", {"lr": 0.1, "betas": (0.7, 0.9)}),
    ("RAdam", {"lr": 0.1, "betas": (0.7, 0.9)}),
    ("ASGD", {"lr": 0.1, "lambd": 0.01, "t0": 5, "weight_decay": 0.1}),
    ("Adafactor", {"lr": 0.1}),
    ("Adafactor", {"lr": 0.3, "beta2_decay": -0.5, "eps": (0.5, 2.0), "d": 1.2}),
    ("Rprop", {"lr": 0.1}),
    ("Rprop", {"lr": 0.1, "etas": (0.3, 1.5), "step_sizes": (0.05, 0.2)}),
]

MORE = [  # compared with PyTorch only
    ("SGD", {"momentum": 0.9, "dampening": 0.1, "maximize": True}),
    ("SGD", {"lr": 0.1, "momentum": 0.9, "nesterov": True, "weight_decay": 0.1}),
    ("Adam", {}),
    ("Adam", {"amsgrad": True, "weight_decay": 0.1, "maximize": True}),
    ("Adam", {"weight_decay": 0.1, "decoupled_weight_decay": True}),
    ("AdamW", {"amsgrad": True, "weight_decay": 0.3}),
    ("RMSprop", {"weight_decay": 0.1, "maximize": True}),
    ("RMSprop", {"centered": True, "weight_decay": 0.1}),
    ("RMSprop", {"momentum": 0.5, "maximize": True}),
    ("Adagrad", {"weight_decay": 0.1, "maximize": True}),
    ("Adadelta", {"weight_decay": 0.1, "maximize": True}),
    ("Adamax", {"weight_decay": 0.1, "maximize": True}),
    ("NAdam", {"weight_decay": 0.1, "momentum_decay": 0.1}),
    ("NAdam", {"weight_decay": 0.1, "decoupled_weight_decay": True, "maximize": True}),
    ("RAdam", {"weight_decay": 0.1, "maximize": True}),
    ("ASGD", {"weight_decay": 0.1, "maximize": True, "t0": 3}),
    ("Adafactor", {"weight_decay": 0.1, "maximize": True}),
    ("Rprop", {"maximize": True}),
    ("RAdam", {"weight_decay": 0.1, "decoupled_weight_decay": True}),
]


def name_of(value):
    return value if isinstance(value, str) else ",".join(map(str, value)) or "default"


def start(dtype=np.float64):
    rng = np.random.default_rng(0)
    return [rng.normal(size=shape).astype(dtype) for shape in [(3, 4), (5,), ()]]


def gradients(dtype=np.float64):
    rng = np.random.default_rng(1)
    return [[np.asarray(rng.normal(size=a.shape), dtype) for a in start()] for _ in range(STEPS)]


def tensors(arrays):
    return [tg.tensor(a.copy(), requires_grad=True) for a in arrays]


def run(optimizer, params, steps):
    """Make steps with these gradients, through the optimizers of either library."""
    tensor = sys.modules[type(params[0]).__module__.split(".")[0]].tensor
    for grads in steps:
        for param, grad in zip(params, grads, strict=True):
            param.grad = tensor(grad)
        optimizer.step()


@pytest.mark.parametrize("small", [0, 1 << 12], ids=["alone", "joined"])
@pytest.mark.parametrize(("name", "options"), OWN, ids=name_of)
def test_update_is_the_formula(name, options, small, monkeypatch):
    monkeypatch.setattr(flat, "SMALL", small)
    params = tensors(start())
    run(getattr(optim, name)(params, **options), params, gradients())
    expected, states = start(), [{}, {}, {}]
    for t, grads in enumerate(gradients(), 1):
        rows = zip(expected, grads, states, strict=True)
        expected = [FORMULAS[name](p, g, s, t, **options) for p, g, s in rows]
    # NAdam's mu_product and ASGD's eta are kept in float32, as PyTorch's
    rtol = {"NAdam": 1e-6, "ASGD": 1e-5}.get(name, 1e-12)
    for param, array in zip(params, expected, strict=True):
        np.testing.assert_allclose(param.detach().numpy(), array, rtol=rtol)


@pytest.mark.parametrize(("name", "options"), OWN, ids=name_of)
def test_large_arrays_go_by_blocks(name, options, monkeypatch):
    whole, cut = tensors(start()), tensors(start())
    run(getattr(optim, name)(whole, **options), whole, gradients())
    monkeypatch.setattr(elementwise, "PART", 5)  # (3, 4) by rows, the last block shorter or not
    run(getattr(optim, name)(cut, **options), cut, gradients())
    for a, b in zip(whole, cut, strict=True):
        np.testing.assert_array_equal(a.detach().numpy(), b.detach().numpy())


def test_blocks_cover_arrays_of_any_layout(monkeypatch):
    monkeypatch.setattr(elementwise, "PART", 8)
    for array in [
        np.zeros((7, 3)),
        np.zeros((3, 7)).T,
        np.zeros(20),
        np.zeros((0, 4)),
        np.zeros((2, 9)),
    ]:

        @update.blocks(array, None)
        def _(a, none, s):
            assert none is None
            assert s.shape == a.shape
            assert s.dtype == a.dtype
            a += 1

        assert (array == 1).all()


@pytest.mark.torch
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("name", "options"), OWN + MORE, ids=name_of)
def test_updates_and_state_are_pytorchs(name, options, dtype):
    import torch

    ours = tensors(start(dtype))
    theirs = [torch.tensor(a, requires_grad=True) for a in start(dtype)]
    optimizer = getattr(optim, name)(ours, **options)
    other = getattr(torch.optim, name)(theirs, **options, foreach=False)
    run(optimizer, ours, gradients(dtype))
    run(other, theirs, gradients(dtype))
    tolerance = {"rtol": 2e-5, "atol": 2e-6} if dtype == "float32" else {"rtol": 1e-12}
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(a.detach().numpy(), b.detach().numpy(), **tolerance)

    saved, known = optimizer.state_dict(), other.state_dict()
    for group, expected in zip(saved["param_groups"], known["param_groups"], strict=True):
        assert {**group, "foreach": False} == expected
    assert list(saved["state"]) == list(known["state"])
    for i, entries in known["state"].items():
        assert list(saved["state"][i]) == list(entries)
        for key, value in entries.items():
            got = saved["state"][i][key]
            assert str(got.dtype) == str(value.dtype)
            np.testing.assert_allclose(got.numpy(), value.numpy(), **tolerance)


@pytest.mark.torch
@pytest.mark.parametrize(("name", "options"), OWN + MORE, ids=name_of)
def test_state_dict_moves_between_the_libraries(name, options):
    import torch

    steps = gradients()
    straight = tensors(start())
    run(getattr(optim, name)(straight, **options), straight, steps)

    theirs = [torch.tensor(a, requires_grad=True) for a in start()]
    first = getattr(torch.optim, name)(theirs, **options)
    run(first, theirs, steps[:7])

    ours = tensors([a.detach().numpy() for a in theirs])
    second = getattr(optim, name)(ours)  # the options come with the state
    second.load_state_dict(first.state_dict())
    run(second, ours, steps[7:14])

    back = [torch.tensor(a.detach().numpy(), requires_grad=True) for a in ours]
    third = getattr(torch.optim, name)(back)
    state = second.state_dict()
    state["state"] = {
        i: {key: torch.tensor(value.numpy()) for key, value in entries.items()}
        for i, entries in state["state"].items()
    }
    third.load_state_dict(state)
    run(third, back, steps[14:])
    # NAdam's mu_product and ASGD's eta are of float32 until they are loaded
    rtol = {"NAdam": 1e-8, "ASGD": 1e-5}.get(name, 1e-11)
    for a, b in zip(straight, back, strict=True):
        np.testing.assert_allclose(a.detach().numpy(), b.detach().numpy(), rtol=rtol)


@pytest.mark.parametrize(("name", "options"), OWN, ids=name_of)
def test_state_dict_round_trip(name, options):
    steps = gradients()
    straight = tensors(start())
    first = getattr(optim, name)(straight, **options)
    run(first, straight, steps[:9])
    params = tensors([p.detach().numpy() for p in straight])
    second = getattr(optim, name)(params, lr=3.0)
    state = copy.deepcopy(first.state_dict())
    second.load_state_dict(state)
    run(first, straight, steps[9:])
    run(second, params, steps[9:])
    rtol = 1e-8 if name == "NAdam" else 0  # whose mu_product is of float64 from then on
    for a, b in zip(straight, params, strict=True):
        np.testing.assert_allclose(a.detach().numpy(), b.detach().numpy(), rtol=rtol)
    for group in state["param_groups"]:  # nothing of the loaded dict was taken in or changed
        group["lr"] = -1
    assert second.param_groups[0]["lr"] == options["lr"]


@pytest.mark.torch
@pytest.mark.parametrize("name", FORMULAS)
def test_signature_is_pytorchs(name):
    import inspect

    import torch

    def shape(cls):
        parameters = inspect.signature(cls).parameters.values()
        return [(p.name, p.default, p.kind) for p in parameters]

    assert shape(getattr(optim, name)) == shape(getattr(torch.optim, name))


@pytest.mark.parametrize("name", FORMULAS)
def test_float32_stays_float32_and_inf_passes(name):
    param = tg.tensor([1.0, 2.0, 3.0], requires_grad=True)
    param.grad = tg.tensor([np.inf, np.nan, 1e30])
    optimizer = getattr(optim, name)([param])
    optimizer.step()
    assert param.dtype == tg.float32
    for value in optimizer.state[param].values():
        assert value.dtype == tg.float32


def test_lr_may_be_a_tensor():
    params = [tg.tensor([1.0], requires_grad=True) for _ in range(2)]
    for param, lr in zip(params, [0.5, tg.tensor(0.5)], strict=True):
        param.grad = tg.tensor([1.0])
        optim.Adam([param], lr=lr).step()
    assert params[0].item() == params[1].item() == 0.5
