"""Muon against the singular values of its momentum, and against PyTorch."""

import math

import numpy as np
import pytest

import tinygrad_np as tg

rng = np.random.default_rng(0)


def run(T, start, grads, **options):
    x = T.tensor(start.copy(), requires_grad=True)
    optimizer = T.optim.Muon([x], **options)
    for g in grads:
        x.grad = T.tensor(g)
        optimizer.step()
    return x.detach().numpy(), optimizer.state_dict()


@pytest.mark.parametrize("shape", [(4, 4), (3, 5), (6, 2)])
@pytest.mark.parametrize("nesterov", [True, False])
@pytest.mark.parametrize("adjust", [None, "match_rms_adamw"])
def test_singular_values_go_through_a_polynomial(shape, nesterov, adjust):
    start, grads = rng.normal(size=shape), rng.normal(size=(3, *shape))
    options = {"lr": 0.1, "nesterov": nesterov, "weight_decay": 0.2, "momentum": 0.8}
    got, _ = run(tg, start, grads, adjust_lr_fn=adjust, ns_coefficients=(2, -1.5, 0.5), **options)
    n, m = shape
    rate = 0.1 * (0.2 * math.sqrt(max(n, m)) if adjust else math.sqrt(max(1, n / m)))
    p, mean = start, 0
    for g in grads:
        mean = 0.8 * mean + 0.2 * g
        u, s, v = np.linalg.svd(0.2 * g + 0.8 * mean if nesterov else mean, full_matrices=False)
        s = s / np.linalg.norm(s)
        for _ in range(5):
            s = 2 * s - 1.5 * s**3 + 0.5 * s**5
        p = p * (1 - 0.1 * 0.2) - rate * (u * s) @ v
    np.testing.assert_allclose(got, p, atol=1e-5)


@pytest.mark.torch
@pytest.mark.parametrize("shape", [(4, 4), (3, 5), (6, 2)])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_agrees_with_torch_but_for_bfloat16(shape, dtype):
    torch = pytest.importorskip("torch")
    start, grads = rng.normal(size=shape).astype(dtype), rng.normal(size=(3, *shape)).astype(dtype)
    ours, theirs = (run(T, start, grads, lr=0.1) for T in (tg, torch))
    np.testing.assert_allclose(ours[0], theirs[0], atol=0.03)  # of about 0.3
    assert ours[1]["param_groups"] == theirs[1]["param_groups"]
    for name, value in theirs[1]["state"][0].items():
        np.testing.assert_allclose(ours[1]["state"][0][name], value, rtol=1e-5)


def test_what_does_not_fit():
    matrix, vector = tg.ones(2, 2, requires_grad=True), tg.ones(2, requires_grad=True)
    for params, options, words in (
        ([vector], {}, r"2D parameters .* size: \[2\]"),
        ([matrix], {"lr": -1.0}, "Invalid lr value: -1.0"),
        ([matrix], {"adjust_lr_fn": "own"}, "function own is not supported"),
        ([matrix], {"ns_steps": 100}, "less than 100"),
        ([matrix], {"ns_coefficients": (1, 2)}, "exactly 3 values"),
    ):
        with pytest.raises(ValueError, match=words):
            tg.optim.Muon(params, **options)
