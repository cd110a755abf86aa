"""All divergences that PyTorch knows, over drawn parameters."""

import warnings

import numpy as np
import pytest

import tinygrad_np as tg
from tests.distributions.cases import CASES, Draw
from tests.distributions.test_agreement import close, gradients
from tinygrad_np import distributions as D

KINDS = {
    "Bernoulli": lambda D, a: D.Bernoulli(a.unit(3)),
    "Beta": lambda D, a: D.Beta(a.positive(3), a.positive(3)),
    "Binomial": lambda D, a: D.Binomial(5, a.unit(3)),
    "Categorical": lambda D, a: D.Categorical(a.positive(2, 3)),
    "Cauchy": lambda D, a: D.Cauchy(a.real(3), a.positive(3)),
    "ContinuousBernoulli": lambda D, a: D.ContinuousBernoulli(a.unit(3)),
    "Dirichlet": lambda D, a: D.Dirichlet(a.positive(2, 3)),
    "Exponential": lambda D, a: D.Exponential(a.positive(3)),
    "Gamma": lambda D, a: D.Gamma(a.positive(3), a.positive(3)),
    "Geometric": lambda D, a: D.Geometric(a.unit(3)),
    "Gumbel": lambda D, a: D.Gumbel(a.real(3), a.positive(3)),
    "HalfNormal": lambda D, a: D.HalfNormal(a.positive(3)),
    "Independent": lambda D, a: D.Independent(D.Normal(a.real(2, 3), a.positive(3)), 1),
    "Laplace": lambda D, a: D.Laplace(a.real(3), a.positive(3)),
    "LowRankMultivariateNormal": CASES["LowRankMultivariateNormal"],
    "MultivariateNormal": CASES["MultivariateNormal"],
    "Normal": lambda D, a: D.Normal(a.real(3), a.positive(3)),
    "OneHotCategorical": lambda D, a: D.OneHotCategorical(logits=a.real(2, 3)),
    "Pareto": lambda D, a: D.Pareto(a.positive(3), a.positive(3)),
    "Poisson": lambda D, a: D.Poisson(a.positive(3)),
    "TransformedDistribution": lambda D, a: D.TransformedDistribution(
        D.Normal(a.real(3), a.positive(3)), [D.ExpTransform(), D.AffineTransform(1.0, 2.0)]
    ),
    "Uniform": lambda D, a: D.Uniform(a.unit(3) * 0.4, a.unit(3) * 0.4 + 0.5),
    "Uniform about": lambda D, a: D.Uniform(a.unit(3) - 1, a.unit(3) + 1),
}
LEFT_OUT = {"ExponentialFamily"}


def pairs():
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from torch.distributions.kl import _KL_REGISTRY
    except ImportError:
        return []
    named = {(p.__name__, q.__name__) for p, q in _KL_REGISTRY}
    return sorted(pair for pair in named if not LEFT_OUT & set(pair))


@pytest.mark.torch
@pytest.mark.parametrize(("first", "second"), pairs())
def test_agrees(first, second):
    torch = pytest.importorskip("torch")
    makers = [[make for n, make in KINDS.items() if n.split()[0] == k] for k in (first, second)]
    for seed, (one, two) in enumerate((p, q) for p in makers[0] for q in makers[1]):
        found = []
        for T in (tg, torch):
            a, b = Draw(T, seed), Draw(T, seed + 7)
            p, q = one(T.distributions, a), two(T.distributions, b)
            result = T.distributions.kl_divergence(p, q)
            leaves = [*a.leaves, *b.leaves]
            finite = T.where(T.isfinite(result), result, T.zeros_like(result))
            found.append([result, *(gradients(T, finite, leaves))])
        close(found[0][0], found[1][0])
        if bool(tg.isfinite(found[0][0]).all()):
            for ours, theirs in zip(*found, strict=True):
                close(ours, theirs, 1e-5)


@pytest.mark.parametrize(
    ("p", "q"),
    [
        (D.Gamma(2.0, 1.5), D.Normal(1.0, 2.0)),
        (D.Beta(2.0, 3.0), D.Gamma(2.0, 1.0)),
        (D.Pareto(0.5, 3.0), D.Exponential(1.2)),
        (D.Uniform(0.2, 0.9), D.Beta(2.0, 3.0)),
        (D.Exponential(2.0), D.Gumbel(0.5, 1.0)),
        (D.Normal(0.5, 1.0), D.Laplace(0.0, 1.5)),
        (D.ContinuousBernoulli(0.3), D.Uniform(-1.0, 2.0)),
        (D.Gumbel(0.0, 1.0), D.Gumbel(0.5, 2.0)),
    ],
)
def test_is_the_mean_of_the_difference(p, q):
    """Over evenly spaced places of the first distribution."""
    places = (np.arange(200_000) + 0.5) / 200_000
    if hasattr(p, "concentration1") or isinstance(p, D.Gamma):
        tg.manual_seed(0)
        x, tolerance = p.sample((200_000,)), 0.02
    else:
        x, tolerance = p.icdf(tg.tensor(places, dtype=tg.float32)), 2e-3
    inside = tg.tensor(x.numpy().astype(np.float64))
    want = (p.log_prob(inside) - q.log_prob(inside)).mean().item()
    assert D.kl_divergence(p, q).item() == pytest.approx(want, abs=tolerance)


def test_what_is_never_given_is_infinitely_far():
    assert D.kl_divergence(D.Normal(0.0, 1.0), D.Gamma(1.0, 1.0)).item() == tg.inf
    assert D.kl_divergence(D.Uniform(-1.0, 1.0), D.Exponential(1.0)).item() == tg.inf
    assert D.kl_divergence(D.Beta(1.0, 2.0), D.Uniform(0.0, 0.5)).item() == tg.inf
    assert D.kl_divergence(D.ContinuousBernoulli(0.3), D.Uniform(0.0, 1.0)).isfinite()
