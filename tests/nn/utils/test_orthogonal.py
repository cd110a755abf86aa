"""Orthogonal weights, by their law and beside PyTorch."""

import numpy as np
import pytest

import tinygrad_np as tg
from tinygrad_np import nn
from tinygrad_np.nn.utils import parametrizations

MAPS = [None, "matrix_exp", "cayley", "householder"]
SHAPES = [(4, 2), (2, 4), (3, 3), (3, 1)]


def narrow(w):
    return w if w.shape[-2] <= w.shape[-1] else w.swapaxes(-1, -2)


def trained(T, shape, orthogonal_map, use_trivialization, steps=3):
    T.manual_seed(0)
    layer = T.nn.Linear(*shape, dtype=T.float64)
    T.nn.utils.parametrizations.orthogonal(
        layer, orthogonal_map=orthogonal_map, use_trivialization=use_trivialization
    )
    weights = [layer.weight]
    optimizer = T.optim.SGD(layer.parameters(), lr=0.1)
    target = T.arange(shape[0] * shape[1], dtype=T.float64).reshape(shape[1], shape[0])
    for _ in range(steps):
        loss = (layer.weight - target / 10).pow(2).sum() + layer.weight.pow(3).sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        weights.append(layer.weight)
    return layer, [w.detach().numpy() for w in weights]


@pytest.mark.parametrize("use_trivialization", [True, False])
@pytest.mark.parametrize("orthogonal_map", MAPS)
@pytest.mark.parametrize("shape", SHAPES)
def test_stays_orthogonal(shape, orthogonal_map, use_trivialization):
    _, weights = trained(tg, shape, orthogonal_map, use_trivialization)
    for w in map(narrow, weights):
        np.testing.assert_allclose(w @ w.T, np.eye(len(w)), atol=1e-12)
    if shape != (3, 1) or orthogonal_map in (None, "householder"):
        assert np.abs(weights[-1] - weights[0]).max() > 1e-3


@pytest.mark.torch
@pytest.mark.parametrize("use_trivialization", [True, False])
@pytest.mark.parametrize("orthogonal_map", MAPS)
@pytest.mark.parametrize("shape", SHAPES)
def test_training_is_pytorchs(shape, orthogonal_map, use_trivialization):
    torch = pytest.importorskip("torch")
    ours, theirs = (trained(T, shape, orthogonal_map, use_trivialization) for T in (tg, torch))
    np.testing.assert_allclose(ours[1], theirs[1], rtol=1e-9, atol=1e-12)
    states = [layer.state_dict() for layer, _ in (ours, theirs)]
    assert list(states[0]) == list(states[1])
    for mine, other in zip(*(state.values() for state in states), strict=True):
        np.testing.assert_allclose(mine.numpy(), other.numpy(), rtol=1e-9, atol=1e-12)
    assert repr(ours[0]) == repr(theirs[0])


@pytest.mark.parametrize("orthogonal_map", MAPS)
@pytest.mark.parametrize("shape", [(3, 4, 2), (2, 2, 5), (2, 3, 3)])
def test_assignment(shape, orthogonal_map):
    """What is orthogonal is taken as it is; of anything else, its orthogonal part."""
    layer = nn.Module()
    layer.weight = nn.Parameter(tg.randn(*shape, dtype=tg.float64))
    parametrizations.orthogonal(layer, orthogonal_map=orthogonal_map)
    wanted = np.linalg.qr(np.random.default_rng(0).normal(size=(*shape[:-2], 5, 5)))[0]
    wanted = wanted[..., : shape[-2], : shape[-1]] if 5 in shape[-2:] else wanted
    if 5 not in shape[-2:]:
        tall = np.random.default_rng(0).normal(size=(*shape[:-2], max(shape[-2:]), min(shape[-2:])))
        wanted = np.linalg.qr(tall)[0]
        wanted = wanted if shape[-2] >= shape[-1] else wanted.swapaxes(-1, -2)
    layer.weight = tg.tensor(wanted)
    np.testing.assert_allclose(layer.weight.detach().numpy(), wanted, atol=1e-12)
    layer.weight = 3 * tg.tensor(wanted)
    np.testing.assert_allclose(layer.weight.detach().numpy(), wanted, atol=1e-12)
    with pytest.raises(ValueError, match=r"Expected a matrix.*of shape"):
        layer.weight = tg.ones(1, 1)


def test_assignment_without_a_base():
    for name in ("matrix_exp", "cayley"):
        layer = parametrizations.orthogonal(
            nn.Linear(3, 3), orthogonal_map=name, use_trivialization=False
        )
        with pytest.raises(NotImplementedError, match="not possible to assign"):
            layer.weight = tg.eye(3)
    turn = tg.tensor([[0.6, -0.8], [0.8, 0.6]], dtype=tg.float64)
    layer = parametrizations.orthogonal(
        nn.Linear(2, 2, dtype=tg.float64), orthogonal_map="householder", use_trivialization=False
    )
    for wanted in (turn, -turn, tg.eye(2, dtype=tg.float64), -tg.eye(2, dtype=tg.float64)):
        layer.weight = wanted
        np.testing.assert_allclose(layer.weight.detach().numpy(), wanted.numpy(), atol=1e-12)


def test_complex_matrices_are_unitary():
    layer = nn.Module()
    layer.weight = nn.Parameter(tg.complex(tg.randn(4, 2), tg.randn(4, 2)))
    parametrizations.orthogonal(layer)
    layer.parametrizations.weight.original.data = tg.complex(tg.randn(4, 2), tg.randn(4, 2))
    w = layer.weight.detach().numpy()
    np.testing.assert_allclose(w.conj().T @ w, np.eye(2), atol=1e-5)
    other = nn.Module()
    other.weight = nn.Parameter(tg.complex(tg.randn(4, 2), tg.randn(4, 2)))
    with pytest.raises(ValueError, match="complex"):
        parametrizations.orthogonal(other, orthogonal_map="householder")


def test_what_is_refused():
    layer = nn.Linear(2, 3)
    with pytest.raises(ValueError, match="1 dimensions"):
        parametrizations.orthogonal(layer, "bias")
    with pytest.raises(ValueError, match="one of.*given"):
        parametrizations.orthogonal(layer, orthogonal_map="given")
    with pytest.raises(ValueError, match="no parameter or buffer"):
        parametrizations.orthogonal(layer, "none")
    assert isinstance(layer.weight, nn.Parameter)
