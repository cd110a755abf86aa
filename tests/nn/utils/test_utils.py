"""nn.utils: clipping of gradients, parameters as one vector."""

import math

import numpy as np
import pytest

import tinygrad_np as tg
from tinygrad_np import nn


def with_grads(lib, arrays):
    params = [lib.ones(a.shape, dtype=getattr(lib, str(a.dtype))).requires_grad_() for a in arrays]
    for p, a in zip(params, arrays, strict=True):
        p.grad = lib.tensor(a)
    return [*params, lib.ones(3).requires_grad_()]


def arrays(dtype=np.float64):
    random = np.random.default_rng(0)
    return [random.standard_normal(shape).astype(dtype) for shape in ((2, 3), (4,), ())]


@pytest.mark.torch
@pytest.mark.parametrize("norm_type", [2, 1, 3.5, math.inf, 0.5])
@pytest.mark.parametrize("max_norm", [0.5, 100.0])
def test_clip_grad_norm_is_torchs(norm_type, max_norm):
    import torch

    for dtype in (np.float32, np.float64):
        results = []
        for lib in (tg, torch):
            params = with_grads(lib, arrays(dtype))
            total = lib.nn.utils.clip_grad_norm_(params, max_norm, norm_type)
            assert repr(total.dtype) == f"torch.{np.dtype(dtype)}"
            results.append([total.item(), *(p.grad.tolist() for p in params[:3])])
        for a, b in zip(*results, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-6)


def test_clip_grad_norm():
    params = with_grads(tg, [np.array([3.0]), np.array([[4.0]])])
    total = nn.utils.clip_grad_norm_((p for p in params), 1.0)
    assert (total.item(), total.ndim) == (5.0, 0)
    assert params[0].grad.item() == pytest.approx(0.6)
    assert nn.utils.clip_grad_norm_(params[1], 10.0).item() == pytest.approx(0.8)
    assert nn.utils.clip_grad_norm_([tg.ones(2)], 1.0).item() == 0
    with pytest.warns(UserWarning, match="empty generator"):
        nn.utils.clip_grad_norm_((p for p in []), 1.0)
    with pytest.warns(FutureWarning, match="clip_grad_norm_"):
        nn.utils.clip_grad_norm(params, 1.0)


def test_clip_of_what_is_not_finite():
    params = with_grads(tg, [np.array([np.inf, 1.0])])
    with pytest.raises(RuntimeError, match="non-finite"):
        nn.utils.clip_grad_norm_(params, 1.0, error_if_nonfinite=True)
    assert params[0].grad.tolist() == [np.inf, 1.0]
    params = with_grads(tg, [np.array([np.nan, 1.0])])
    assert math.isnan(nn.utils.clip_grad_norm_(params, 1.0).item())
    assert np.isnan(params[0].grad.numpy()).all()


def test_half_precision_does_not_overflow():
    params = with_grads(tg, [np.full(4, 1000, np.float16)])
    assert nn.utils.clip_grad_norm_(params, 1.0).item() == 2000
    assert params[0].grad.dtype == tg.float16


def test_clip_grad_value():
    params = with_grads(tg, [np.array([-3.0, 0.5, 7.0])])
    nn.utils.clip_grad_value_(params, 1)
    assert params[0].grad.tolist() == [-1.0, 0.5, 1.0]


def test_parameters_as_a_vector():
    layer = nn.Linear(2, 3)
    vector = nn.utils.parameters_to_vector(layer.parameters())
    assert vector.requires_grad
    new = tg.arange(9, dtype=tg.float32)
    weight = layer.weight
    nn.utils.vector_to_parameters(new, layer.parameters())
    assert layer.weight is weight
    assert weight.tolist() == [[0, 1], [2, 3], [4, 5]]
    assert nn.utils.parameters_to_vector(layer.parameters()).tolist() == new.tolist()
    with pytest.raises(RuntimeError, match=r"9 elements.*\(8,\)"):
        nn.utils.vector_to_parameters(new[:8], layer.parameters())
    with pytest.raises(TypeError, match="ndarray"):
        nn.utils.vector_to_parameters(np.ones(9), layer.parameters())
