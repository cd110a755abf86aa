"""All that a distribution says, held against PyTorch over drawn parameters."""

import contextlib

import numpy as np
import pytest

import tinygrad_np as tg
from tests.distributions.cases import CASES, OTHER_SAMPLES, Draw

pytestmark = pytest.mark.torch

SAID = {
    "batch_shape": lambda d: tuple(d.batch_shape),
    "event_shape": lambda d: tuple(d.event_shape),
    "has_rsample": lambda d: d.has_rsample,
    "has_enumerate_support": lambda d: d.has_enumerate_support,
    "repr": repr,
    "support": lambda d: (d.support.is_discrete, d.support.event_dim, type(d.support).__name__),
    "parameters": lambda d: list(d.arg_constraints),
    "expanded": lambda d: repr(d.expand((5, *d.batch_shape))),
}
COMPUTED = {
    "mean": lambda d, value, place: d.mean,
    "variance": lambda d, value, place: d.variance,
    "stddev": lambda d, value, place: d.stddev,
    "mode": lambda d, value, place: d.mode,
    "entropy": lambda d, value, place: d.entropy(),
    "log_prob": lambda d, value, place: d.log_prob(value),
    "cdf": lambda d, value, place: d.cdf(value),
    "icdf": lambda d, value, place: d.icdf(place),
    "enumerate_support": lambda d, value, place: d.enumerate_support(),
    "enumerate_support without expand": lambda d, value, place: d.enumerate_support(expand=False),
    "log_prob of expanded": lambda d, value, place: d.expand((4, *d.batch_shape)).log_prob(value),
}


def close(ours, theirs, rtol=1e-6):
    ours, theirs = (np.asarray(x.detach()) for x in (ours, theirs))
    assert ours.shape == theirs.shape
    assert ours.dtype == theirs.dtype
    np.testing.assert_allclose(ours, theirs, rtol=rtol, atol=rtol / 100)


def gradients(T, result, leaves):
    if not result.requires_grad:
        return [T.zeros_like(leaf) for leaf in leaves]
    found = T.autograd.grad(result.sum(), leaves, allow_unused=True, retain_graph=True)
    return [T.zeros_like(leaf) if g is None else g for g, leaf in zip(found, leaves, strict=True)]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", CASES)
@pytest.mark.filterwarnings("ignore:Singular sample:UserWarning")  # PyTorch's of all samples
def test_agrees(name, seed):
    torch = pytest.importorskip("torch")
    draws = [Draw(T, seed) for T in (tg, torch)]
    pair = [CASES[name](draw.T.distributions, draw) for draw in draws]
    for what, said in SAID.items():
        if (name, what) == ("LogitRelaxedBernoulli", "has_rsample"):
            continue  # PyTorch's denies what it has
        assert said(pair[0]) == said(pair[1]), what
    torch.manual_seed(seed)
    value = pair[1].sample((4,)).tolist()
    inside = np.random.default_rng(seed).uniform(0.01, 0.99, np.shape(value)).tolist()
    for what, compute in COMPUTED.items():
        if (name, what) == ("Kumaraswamy", "mode"):
            continue  # PyTorch's is nan for a second concentration above 1
        found = []
        for draw, distribution in zip(draws, pair, strict=True):
            T = draw.T
            given = [T.tensor(x, dtype=T.float64, requires_grad=True) for x in (value, inside)]
            try:
                result = compute(distribution, *given)
            except (NotImplementedError, AttributeError) as error:
                found.append(type(error))
                continue
            except RuntimeError:  # GeneralizedPareto of float64
                assert T is torch
                break
            with contextlib.suppress(NotImplementedError):  # igamma of its first argument
                found.append([result])
                found[-1] += gradients(T, result, [*draw.leaves, *given])
        if len(found) < 2:
            continue
        if isinstance(found[1], type):
            assert found[0] is found[1], what
            continue
        for ours, theirs in zip(*found, strict=len(found[1]) > 1):
            close(ours, theirs, 1e-5 if name == "VonMises" else 1e-6)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", [n for n in CASES if n.split()[0] not in OTHER_SAMPLES])
def test_samples_are_pytorchs(name, dtype):
    torch = pytest.importorskip("torch")
    found = []
    for T in (tg, torch):
        draw = Draw(T, 0, dtype)
        distribution = CASES[name](T.distributions, draw)
        T.manual_seed(5)
        drawn = [distribution.sample(), distribution.sample((3, 2))]
        assert not drawn[0].requires_grad
        if distribution.has_rsample or name == "LogitRelaxedBernoulli":
            sample = distribution.rsample((3,))
            drawn += [sample, *gradients(T, (sample * sample).sum(), draw.leaves)]
        found.append(drawn)
    for ours, theirs in zip(*found, strict=True):
        close(ours, theirs, 1e-4 if dtype == "float32" else 1e-9)
