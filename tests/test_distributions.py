"""Distributions: against SciPy, and against PyTorch where it is installed."""

import numpy as np
import pytest
import scipy.stats

import tinygrad_np as tg
from tinygrad_np import distributions as D

POINTS = [0.3, 1.2, 0.75]


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (D.Normal(0.5, 2.0), scipy.stats.norm(0.5, 2.0)),
        (D.Uniform(-1.0, 3.0), scipy.stats.uniform(-1.0, 4.0)),
        (D.Exponential(2.0), scipy.stats.expon(scale=0.5)),
        (D.Laplace(0.5, 2.0), scipy.stats.laplace(0.5, 2.0)),
        (D.LogNormal(0.1, 0.5), scipy.stats.lognorm(0.5, scale=np.exp(0.1))),
    ],
)
def test_densities(ours, theirs):
    found = ours.log_prob(tg.tensor(POINTS)).numpy()
    np.testing.assert_allclose(found, theirs.logpdf(POINTS), rtol=1e-5)
    assert ours.entropy().item() == pytest.approx(theirs.entropy(), rel=1e-5)
    assert ours.mean.item() == pytest.approx(theirs.mean(), rel=1e-5)
    assert ours.variance.item() == pytest.approx(theirs.var(), rel=1e-5)


@pytest.mark.parametrize(
    ("ours", "theirs", "points"),
    [
        (D.Bernoulli(0.3), scipy.stats.bernoulli(0.3), [0.0, 1.0]),
        (D.Binomial(5, 0.3), scipy.stats.binom(5, 0.3), [0.0, 2.0, 5.0]),
        (D.Poisson(2.5), scipy.stats.poisson(2.5), [0.0, 3.0]),
    ],
)
def test_probabilities(ours, theirs, points):
    found = ours.log_prob(tg.tensor(points)).numpy()
    np.testing.assert_allclose(found, theirs.logpmf(points), rtol=1e-5)
    assert ours.mean.item() == pytest.approx(theirs.mean(), rel=1e-5)
    tg.manual_seed(0)
    drawn = ours.sample((4000,)).numpy()
    assert drawn.mean() == pytest.approx(theirs.mean(), abs=5 * theirs.std() / 4000**0.5)


def test_wrong_parameters_and_values():
    with pytest.raises(ValueError, match="parameter scale"):
        D.Normal(0.0, -1.0)
    with pytest.raises(ValueError, match="Either `probs` or `logits`"):
        D.Categorical()
    with pytest.raises(ValueError, match="within the support"):
        D.Categorical(tg.ones(3)).log_prob(tg.tensor(3))
    with pytest.raises(NotImplementedError, match="register_kl"):
        D.kl_divergence(D.Normal(0.0, 1.0), D.Poisson(1.0))


def test_gradients_reach_the_parameters():
    scale = tg.tensor(2.0, requires_grad=True)
    D.Normal(0.0, scale).rsample((5,)).sum().backward()
    assert scale.grad is not None
    assert not D.Normal(0.0, scale).sample((5,)).requires_grad


CASES = {
    "Normal": lambda T: T.distributions.Normal(T.tensor([0.0, 1.0]), T.tensor([1.0, 2.0])),
    "Uniform": lambda T: T.distributions.Uniform(T.tensor([0.0, -1.0]), 3.0),
    "Exponential": lambda T: T.distributions.Exponential(T.tensor([1.0, 2.0])),
    "Laplace": lambda T: T.distributions.Laplace(T.tensor([0.0, 1.0]), T.tensor([1.0, 2.0])),
    "Bernoulli": lambda T: T.distributions.Bernoulli(logits=T.tensor([0.3, -0.4])),
    "Categorical": lambda T: T.distributions.Categorical(T.tensor([[0.2, 0.8], [0.5, 1.5]])),
    "logits": lambda T: T.distributions.Categorical(logits=T.tensor([[0.2, 0.8], [0.5, 1.5]])),
    "OneHot": lambda T: T.distributions.OneHotCategorical(T.tensor([[0.2, 0.8], [0.5, 1.5]])),
    "Multinomial": lambda T: T.distributions.Multinomial(4, T.tensor([0.2, 0.3, 0.5])),
    "sigmoid": lambda T: T.distributions.TransformedDistribution(
        T.distributions.Uniform(T.zeros(3), T.ones(3)),
        [
            T.distributions.SigmoidTransform().inv,
            T.distributions.AffineTransform(T.tensor(1.0), T.tensor(2.0)),
        ],
    ),
}


@pytest.mark.torch
@pytest.mark.parametrize("name", CASES)
def test_agrees_with_torch(name):
    torch = pytest.importorskip("torch")
    results = []
    for T in (tg, torch):
        T.manual_seed(3)
        distribution = CASES[name](T)
        sample = distribution.sample((6,))
        found = [sample, distribution.log_prob(sample)]
        if name not in ("Multinomial", "sigmoid"):
            found.append(distribution.entropy())
        results.append([f.numpy() for f in found])
    for ours, theirs in zip(*results, strict=True):
        assert ours.shape == theirs.shape
        assert ours.dtype == theirs.dtype
        np.testing.assert_allclose(ours, theirs, rtol=2e-5, atol=1e-6)


@pytest.mark.torch
@pytest.mark.parametrize("kind", ["Normal", "Bernoulli", "Categorical", "Poisson", "Exponential"])
def test_divergence_agrees_with_torch(kind):
    torch = pytest.importorskip("torch")
    values = []
    for T in (tg, torch):
        first, second = T.tensor([0.2, 0.8]), T.tensor([0.6, 0.4])
        make = getattr(T.distributions, kind)
        pair = (
            (make(first, second), make(second, first))
            if kind == "Normal"
            else (make(first), make(second))
        )
        values.append(T.distributions.kl_divergence(*pair).numpy())
    np.testing.assert_allclose(*values, rtol=1e-5)
