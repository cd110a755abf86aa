"""float16: what sums and squares is computed in float32, and rounded once."""

from typing import Any

import numpy as np
import pytest

import tinygrad_np as tg

F = tg.nn.functional
X = np.full((4, 3000), 300, np.float16)  # squares, and sums of them, are beyond 65504
W = X.astype(np.float64)
CASES = {
    "norm": (lambda x: x.norm(dim=1), np.linalg.norm(W, axis=1)),
    "vector_norm 3": (lambda x: tg.linalg.vector_norm(x, 3, 1), (W**3).sum(1) ** (1 / 3)),
    "normalize": (lambda x: F.normalize(x, dim=1), W / np.linalg.norm(W, axis=1, keepdims=True)),
    "cosine_similarity": (lambda x: F.cosine_similarity(x, x * 2), np.ones(4)),
    "var": (lambda x: x.var(1), np.zeros(4)),
    "layer_norm": (lambda x: F.layer_norm(x, (3000,)), np.zeros_like(W)),
    "rms_norm": (lambda x: F.rms_norm(x, (3000,)), np.ones_like(W)),
    "batch_norm": (lambda x: F.batch_norm(x, None, None, training=True), np.zeros_like(W)),
    "mse_loss": (lambda x: F.mse_loss(x * 0.5, x * 0.5 + 100), np.array(1e4)),
    "avg_pool1d": (lambda x: F.avg_pool1d(x, 3000), np.full((4, 1), 300.0)),
    "dist": (lambda x: tg.dist(x, x - 1), np.array(12000**0.5)),
}


@pytest.mark.parametrize("name", CASES)
def test_sums_are_not_beyond_the_range(name: str) -> None:
    function, want = CASES[name]
    out: Any = function(tg.tensor(X))
    assert out.dtype == tg.float16
    np.testing.assert_allclose(out.numpy().astype(np.float64), want, rtol=2e-3, atol=2e-3)


def test_variances_of_large_numbers() -> None:
    x = np.random.default_rng(0).normal(0, 150, (400, 2)).astype(np.float16)
    got = tg.tensor(x).var(0)
    assert got.dtype == tg.float16
    np.testing.assert_allclose(got.numpy(), x.astype(np.float64).var(0, ddof=1), rtol=2e-3)


def test_deviations_whose_squares_are_out_of_range() -> None:
    x = tg.tensor([-3e4, 3e4, 0, 0]).half().requires_grad_()
    out = x.std(correction=0)
    assert out.item() == pytest.approx(4.5e8**0.5, rel=1e-3)
    out.backward()
    assert x.grad.tolist() == pytest.approx([-(0.5**0.5) / 2, 0.5**0.5 / 2, 0, 0], rel=2e-3)


def test_the_cross_entropy_of_probabilities_near_0() -> None:
    p = tg.tensor([0, 6e-6, 0.5]).half().requires_grad_()
    F.binary_cross_entropy(p, tg.zeros(3).half(), reduction="sum").backward()
    assert p.grad.tolist() == [0, 1, 2]


@pytest.mark.torch
@pytest.mark.parametrize("name", CASES)
def test_gradients_are_pytorchs(name: str) -> None:
    torch = pytest.importorskip("torch")
    programs = {
        "norm": "x.norm(dim=1)",
        "vector_norm 3": "m.linalg.vector_norm(x, 3, 1)",
        "normalize": "F.normalize(x, dim=1)",
        "cosine_similarity": "F.cosine_similarity(x, x * 2)",
        "var": "x.var(1)",
        "layer_norm": "F.layer_norm(x, (8,))",
        "rms_norm": "F.rms_norm(x, (8,))",
        "batch_norm": "F.batch_norm(x, None, None, training=True)",
        "mse_loss": "F.mse_loss(x, x.detach() * 2)",
        "avg_pool1d": "F.avg_pool1d(x, 8)",
        "dist": "m.dist(x, x.detach() * 2)",
    }
    values = np.random.default_rng(0).normal(size=(4, 8)).astype(np.float16)
    grads = []
    for m in (torch, tg):
        x = m.tensor(values, requires_grad=True)
        out = eval(programs[name], {"m": m, "F": m.nn.functional, "x": x})
        weights = m.arange(1, out.numel() + 1, dtype=m.float16).reshape(out.shape) / out.numel()
        (out * weights).sum().backward()
        assert x.grad.dtype == m.float16
        grads.append(x.grad.numpy().astype(np.float64))
    np.testing.assert_allclose(grads[1], grads[0], rtol=5e-3, atol=3e-3)


LAYERS = {
    "batch_norm": "nn.BatchNorm1d(6)",
    "batch_norm in evaluation": "nn.BatchNorm1d(6).eval()",
    "layer_norm": "nn.LayerNorm(3)",
    "group_norm": "nn.GroupNorm(2, 6)",
    "instance_norm": "nn.InstanceNorm1d(6, affine=True, track_running_stats=True)",
}


@pytest.mark.parametrize("name", LAYERS)
def test_norms_with_parameters_of_float32(name: str) -> None:
    """As the same layer in float32, with one rounding at the end."""
    layer = eval(LAYERS[name], {"nn": tg.nn})
    with tg.no_grad():
        layer.weight.uniform_(0.5, 2)
    x = tg.randn(4, 6, 3).half().requires_grad_()
    wide = x.detach().float().requires_grad_()
    outs = []
    for t in (x, wide):
        out = layer(t)
        layer.zero_grad()
        (out * tg.arange(72.0).reshape(4, 6, 3)).sum().backward()
        outs.append((out, t.grad, layer.weight.grad, layer.bias.grad))
    assert [t.dtype for t in outs[0]] == [tg.float16, tg.float16, tg.float32, tg.float32]
    for half, full in zip(*outs, strict=True):
        np.testing.assert_allclose(half.detach(), full.detach(), rtol=3e-3, atol=0.2)
    np.testing.assert_allclose(outs[0][0].detach(), outs[1][0].detach(), rtol=1e-3, atol=1e-3)


def test_norms_refuse_other_mixtures_of_dtypes() -> None:
    half, single, double = (tg.ones(3, dtype=d) for d in (tg.float16, tg.float32, tg.float64))
    for x, *parameters in [
        (single, half, half), (double, single, single), (half, single, half), (half, double, double)
    ]:  # fmt: skip
        with pytest.raises(RuntimeError, match="same dtype"):
            F.layer_norm(x.expand(4, 3), (3,), *parameters)
        with pytest.raises(RuntimeError, match="same dtype"):
            F.batch_norm(x.expand(4, 3), None, None, *parameters, training=True)


@pytest.mark.parametrize("dtype", [tg.float16, tg.float32, tg.float64])
@pytest.mark.parametrize("weight", [tg.float16, tg.float32, tg.float64])
def test_rms_norm_is_of_the_inputs_dtype(dtype: Any, weight: Any) -> None:
    x, w = tg.randn(2, 3).to(dtype), tg.randn(3).to(weight)
    out = F.rms_norm(x, (3,), w)
    assert out.dtype == dtype
    values = x.numpy().astype(np.float64)
    want = values / np.sqrt((values**2).mean(1, keepdims=True)) * w.numpy()
    np.testing.assert_allclose(out.numpy(), want, rtol=4e-3, atol=1e-3)
