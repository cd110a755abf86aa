"""L-BFGS: minima that are known, the conditions of its line search, and PyTorch's steps."""

import copy

import numpy as np
import pytest

import tinygrad_np as tg
from tinygrad_np.optim import LBFGS
from tinygrad_np.optim.line_search import strong_wolfe

START = [[-1.2, 1.0], [0.5, 2.0]]


def rosenbrock(x):
    return (100 * (x[:, 1] - x[:, 0] ** 2) ** 2 + (1 - x[:, 0]) ** 2).sum()


def bowl(x):
    return ((x - 3) ** 2 * (1 + x * x)).sum() + (x[0] * x[1]).sum()


def trained(lib, loss, steps, dtype="float64", start=START, unused=False, load=None, **options):
    """The parameters and losses of some steps, and the optimizer."""
    x = lib.tensor(start, dtype=getattr(lib, dtype), requires_grad=True)
    params = [x, lib.zeros(2, dtype=x.dtype, requires_grad=True)] if unused else [x]
    optimizer = lib.optim.LBFGS(params, **options)
    if load is not None:
        optimizer.load_state_dict(load)
    losses = []

    def closure():
        optimizer.zero_grad()
        value = loss(x)
        value.backward()
        losses.append(value.item())
        return value

    points = []
    for _ in range(steps):
        optimizer.step(closure)
        points.append(x.detach().numpy().copy())
    return points, losses, optimizer


def test_it_finds_minima():
    points, losses, _ = trained(tg, rosenbrock, 4, line_search_fn="strong_wolfe")
    np.testing.assert_allclose(points[-1], np.ones((2, 2)), atol=1e-4)  # the loss to 1e-9
    assert losses[-1] < 1e-9
    square = trained(tg, lambda x: ((x - 3) ** 2).sum(), 1)[0][0]
    np.testing.assert_allclose(square, np.full((2, 2), 3.0), atol=1e-8)


def test_a_quadratic_takes_as_many_iterations_as_dimensions():
    scale = tg.tensor([1.0, 10.0, 100.0], dtype=tg.float64)
    points, _, optimizer = trained(
        tg, lambda x: (scale * x * x).sum(), 3, start=[1.0, 1.0, 1.0], line_search_fn="strong_wolfe"
    )
    np.testing.assert_allclose(points[-1], 0, atol=1e-6)
    state = optimizer.state_dict()["state"][0]
    assert state["n_iter"] < 30
    assert state["func_evals"] < 40


@pytest.mark.parametrize("t", [1e-3, 0.1, 1.0, 7.0, 50.0])
@pytest.mark.parametrize("power", [2, 4])
def test_the_strong_wolfe_conditions_hold(t, power):
    def at(t):
        x = t - 3.0
        return x**power / 10, np.array([power * x ** (power - 1) / 10])

    loss, grad = at(0.0)
    slope = grad[0]
    t, new, grad = strong_wolfe(at, t, np.ones(1), loss, grad, slope, 25)
    assert (new, grad[0]) == at(t)
    assert new <= loss + 1e-4 * t * slope
    assert abs(grad[0]) <= 0.9 * abs(slope)


def test_the_closure_and_its_limits():
    calls = []
    x = tg.ones(3, requires_grad=True)

    def closure():
        calls.append(1)
        x.grad = None
        ((x - 2) ** 4).sum().backward()
        return "anything that float() takes" if not calls else ((x - 2) ** 4).sum()

    LBFGS([x], max_iter=4).step(closure)
    assert len(calls) == 4
    LBFGS([x], max_eval=2).step(closure)
    assert len(calls) == 6
    with pytest.raises(TypeError, match="needs a closure"):
        LBFGS([x]).step()
    with pytest.raises(ValueError, match="parameter groups"):
        LBFGS([{"params": [x]}, {"params": [tg.ones(1)]}])
    with pytest.raises(RuntimeError, match="only 'strong_wolfe'"):
        LBFGS([x], line_search_fn="armijo")
    with pytest.raises(ValueError, match="lr"):
        LBFGS([x], lr=-1)


def test_it_goes_on_from_a_state_dict():
    options = {"line_search_fn": "strong_wolfe", "max_iter": 3}
    whole, _, _ = trained(tg, rosenbrock, 6, **options)
    half, _, optimizer = trained(tg, rosenbrock, 3, **options)
    saved = copy.deepcopy(optimizer.state_dict())
    rest, _, _ = trained(tg, rosenbrock, 3, start=half[-1], load=saved, **options)
    for a, b in zip(whole[3:], rest, strict=True):
        np.testing.assert_array_equal(a, b)


OPTIONS = [
    {},
    {"lr": 0.1, "max_iter": 5, "unused": True},
    {"history_size": 2, "lr": 0.5},
    {"line_search_fn": "strong_wolfe"},
    {"line_search_fn": "strong_wolfe", "max_iter": 7, "history_size": 3, "unused": True},
    {"line_search_fn": "strong_wolfe", "lr": 20.0, "max_eval": 6},
    {"line_search_fn": "strong_wolfe", "lr": 1e-2, "tolerance_grad": 1e-2},
    {"line_search_fn": "strong_wolfe", "tolerance_change": 1e-3, "max_eval": 1},
]


@pytest.mark.torch
@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("loss", [bowl, rosenbrock])
def test_steps_are_those_of_torch(loss, options):
    import torch

    if loss is rosenbrock and "line_search_fn" not in options:
        options = {**options, "lr": 1e-3}  # it diverges otherwise, and digits with it
    ours, our_losses, optimizer = trained(tg, loss, 3, **options)
    theirs, their_losses, other = trained(torch, loss, 3, **options)
    np.testing.assert_allclose(our_losses, their_losses, rtol=1e-6, atol=1e-12)
    np.testing.assert_allclose(ours, theirs, rtol=1e-6, atol=1e-9)
    state, want = (o.state_dict()["state"][0] for o in (optimizer, other))
    assert set(want) - set(state) <= {"al"}  # room for numbers that are computed anew
    assert [state[n] for n in ("n_iter", "func_evals")] == [
        want[n] for n in ("n_iter", "func_evals")
    ]
    assert len(state["ro"]) == len(want["ro"])


@pytest.mark.torch
def test_a_state_dict_of_torch_goes_on():
    import torch

    options = {"line_search_fn": "strong_wolfe", "max_iter": 3}
    whole, _, _ = trained(torch, rosenbrock, 4, **options)
    half, _, optimizer = trained(torch, rosenbrock, 2, **options)
    saved = optimizer.state_dict()
    rest, _, _ = trained(tg, rosenbrock, 2, start=half[-1].tolist(), load=saved, **options)
    np.testing.assert_allclose(rest, whole[2:], rtol=1e-8)
