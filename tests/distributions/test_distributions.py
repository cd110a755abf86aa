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
        (D.Gumbel(0.5, 2.0), scipy.stats.gumbel_r(0.5, 2.0)),
        (D.HalfNormal(2.0), scipy.stats.halfnorm(scale=2.0)),
        (D.Pareto(0.2, 3.0), scipy.stats.pareto(3.0, scale=0.2)),
        (D.Weibull(2.0, 1.5), scipy.stats.weibull_min(1.5, scale=2.0)),
        (D.InverseGamma(3.0, 0.7), scipy.stats.invgamma(3.0, scale=0.7)),
        (D.GeneralizedPareto(0.1, 2.0, 0.2), scipy.stats.genpareto(0.2, 0.1, 2.0)),
        (D.GeneralizedPareto(0.1, 2.0, 0.0), scipy.stats.genpareto(0.0, 0.1, 2.0)),
        (D.GeneralizedPareto(0.1, 2.0, -1.0), scipy.stats.genpareto(-1.0, 0.1, 2.0)),
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
        (D.Geometric(0.3), scipy.stats.geom(0.3, loc=-1), [0.0, 3.0]),
        (D.NegativeBinomial(3.5, 0.3), scipy.stats.nbinom(3.5, 0.7), [0.0, 3.0]),
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
    "Independent": lambda T: T.distributions.Independent(
        T.distributions.Normal(T.tensor([[0.0, 1.0], [2.0, 3.0]]), T.tensor([1.0, 2.0])), 1
    ),
    "MultivariateNormal": lambda T: T.distributions.MultivariateNormal(
        T.tensor([[0.0, 1.0], [2.0, 3.0]]), T.tensor([[2.0, 0.5], [0.5, 1.0]])
    ),
    "precision": lambda T: T.distributions.MultivariateNormal(
        T.tensor([0.0, 1.0]), precision_matrix=T.tensor([[2.0, 0.5], [0.5, 1.0]])
    ),
    "scale_tril": lambda T: T.distributions.MultivariateNormal(
        T.tensor([0.0, 1.0]), scale_tril=T.tensor([[2.0, 0.0], [0.5, 1.0]])
    ),
    "expanded": lambda T: T.distributions.Normal(T.tensor([0.0, 1.0]), 2.0).expand((3, 2)),
    "expanded classes": lambda T: T.distributions.Categorical(T.ones(4)).expand((2,)),
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


DENSITIES = {  # whose samples are not PyTorch's numbers, and a value of each
    "Gamma": (lambda D, T: D.Gamma(T.tensor([0.3, 4.0]), T.tensor([1.0, 2.0])), [0.2, 3.0]),
    "Chi2": (lambda D, T: D.Chi2(T.tensor([1.0, 5.0])), [0.2, 3.0]),
    "Beta": (lambda D, T: D.Beta(T.tensor([0.5, 3.0]), 2.0), [0.25, 0.75]),
    "StudentT": (lambda D, T: D.StudentT(T.tensor([0.7, 1.5, 4.0]), 1.0, 2.0), [0.2, -3.0, 9.0]),
    "Dirichlet": (lambda D, T: D.Dirichlet(T.tensor([[0.5, 2.0], [3.0, 1.0]])), [0.25, 0.75]),
    "flat": (lambda D, T: D.Dirichlet(T.tensor([0.5, 0.7, 0.2])), [0.25, 0.5, 0.25]),
}


@pytest.mark.torch
@pytest.mark.parametrize("name", DENSITIES)
def test_densities_agree_with_torch(name):
    torch = pytest.importorskip("torch")
    make, values = DENSITIES[name]
    results = []
    for T in (tg, torch):
        d = make(T.distributions, T)
        more = [d.mode] if name != "Chi2" else []
        found = [d.log_prob(T.tensor(values)), d.entropy(), d.mean, d.variance, *more]
        results.append([repr(d), str(d.support), d.batch_shape, d.event_shape, d.has_rsample])
        results[-1] += [f.numpy() for f in found]
        assert d.sample((3, 2)).shape == (3, 2, *d.batch_shape, *d.event_shape)
    assert results[0][:5] == results[1][:5]
    for ours, theirs in zip(results[0][5:], results[1][5:], strict=True):
        assert ours.shape == theirs.shape
        np.testing.assert_allclose(ours, theirs, rtol=2e-5, atol=1e-6)


SAMPLED = [
    (lambda: D.Gamma(0.4, 2.0), scipy.stats.gamma(0.4, scale=0.5)),
    (lambda: D.Gamma(5.0, 0.5), scipy.stats.gamma(5.0, scale=2)),
    (lambda: D.Chi2(tg.tensor(3.0)), scipy.stats.chi2(3)),
    (lambda: D.Beta(2.0, 0.5), scipy.stats.beta(2, 0.5)),
    (lambda: D.StudentT(3.0, 1.0, 2.0), scipy.stats.t(3, 1, 2)),
    (lambda: D.InverseGamma(3.0, 0.7), scipy.stats.invgamma(3.0, scale=0.7)),
    (lambda: D.Cauchy(1.0, 2.0), scipy.stats.cauchy(1.0, 2.0)),
]


@pytest.mark.parametrize(("make", "theirs"), SAMPLED)
def test_samples_are_of_the_distribution(make, theirs):
    tg.manual_seed(0)
    distribution = make()
    drawn = distribution.sample((4000,)).numpy()
    assert scipy.stats.kstest(drawn, theirs.cdf).pvalue > 0.01
    points = tg.tensor([0.1, 0.4, 0.9])
    np.testing.assert_allclose(distribution.log_prob(points), theirs.logpdf(points), rtol=1e-5)
    assert distribution.entropy().item() == pytest.approx(theirs.entropy(), rel=1e-5)


def test_gradients_through_gamma_samples():
    """Where a sample of a given place in the distribution goes, by the inverse of SciPy's."""
    a = tg.tensor([0.05, 0.6, 1.0, 3.0, 50.0, 2000.0], dtype=tg.float64, requires_grad=True)
    for seed in range(5):
        tg.manual_seed(seed)
        x = D.Gamma(a, tg.ones(6, dtype=tg.float64)).rsample()
        (slope,) = tg.autograd.grad(x.sum(), a)
        place, v = scipy.stats.gamma(a.detach()).cdf(x.detach()), a.detach().numpy()
        step = 1e-4 * v
        up, down = (scipy.stats.gamma(v + s).ppf(place) for s in (step, -step))
        np.testing.assert_allclose(slope, (up - down) / (2 * step), rtol=1e-4)
    x = D.Dirichlet(a).rsample()
    assert x.sum().item() == pytest.approx(1)
    with pytest.raises(NotImplementedError, match="gamma_slope"):
        (slope,) = tg.autograd.grad(D.Gamma(a, 1.0).rsample().sum(), a, create_graph=True)
        slope.sum().backward()


@pytest.mark.torch
def test_gradients_of_gamma_samples_agree_with_torch():
    torch = pytest.importorskip("torch")
    from tinygrad_np.ops.sample import _gamma_slope

    a, place = np.meshgrid(np.geomspace(0.01, 1e4, 30), np.linspace(0.001, 0.999, 30))
    x = scipy.stats.gamma(a).ppf(place)
    seen = x > 1e-30
    ours = _gamma_slope(a[seen], x[seen])
    theirs = torch._standard_gamma_grad(torch.tensor(a[seen]), torch.tensor(x[seen]))
    np.testing.assert_allclose(ours, theirs.numpy(), rtol=2e-3)  # theirs is a fit


def test_what_parameters_and_samples_are():
    n = D.Normal(tg.zeros(2), 1.0)
    assert n.arg_constraints == {"loc": D.constraints.real, "scale": D.constraints.positive}
    assert n.support is D.constraints.real
    assert str(D.Uniform(0.0, 1.0).support) == "Interval(lower_bound=0.0, upper_bound=1.0)"
    x = tg.tensor([[0.5, 0.5], [0.2, 0.2]])
    assert D.constraints.simplex.check(x).tolist() == [True, False]
    assert D.constraints.positive_definite.check(tg.tensor([[2.0, 1.0], [1.0, 2.0]])).item()
    assert not D.constraints.lower_cholesky.check(tg.ones(2, 2)).item()
    assert D.constraints.half_open_interval(0, 1).check(tg.tensor([0.0, 1.0])).tolist() == [1, 0]
    with pytest.raises(ValueError, match="broadcastable"):
        n.log_prob(tg.zeros(3))
    with pytest.raises(ValueError, match="GreaterThan"):
        D.Gamma(tg.tensor([1.0, -1.0]), 1.0)
    with pytest.raises(ValueError, match="PositiveDefinite"):
        D.MultivariateNormal(tg.zeros(2), -tg.eye(2))
    with pytest.raises(ValueError, match="Exactly one"):
        D.MultivariateNormal(tg.zeros(2))
    with pytest.raises(ValueError, match="reinterpreted_batch_ndims"):
        D.Independent(n, 2)


def test_correlations_at_random():
    """Each correlation alone has a beta distribution, stretched to (-1, 1)."""
    tg.manual_seed(0)
    factors = D.LKJCholesky(3, 2.0).sample((3000,))
    assert D.constraints.corr_cholesky.check(factors).all()
    found = (factors @ factors.mT).numpy()
    for i, j in ((1, 0), (2, 0), (2, 1)):
        places = scipy.stats.beta(2.5, 2.5).cdf((found[:, i, j] + 1) / 2)
        assert scipy.stats.kstest(places, "uniform").pvalue > 0.01


def test_covariances_at_random():
    tg.manual_seed(0)
    scale = np.array([[2.0, 0.6], [0.6, 1.0]])
    wishart = D.Wishart(4.5, tg.tensor(scale))
    drawn = wishart.sample((2000,))
    exact = scipy.stats.wishart(4.5, scale)
    np.testing.assert_allclose(drawn.mean(0), exact.mean(), rtol=0.08)
    np.testing.assert_allclose(drawn.var(0), exact.var(), rtol=0.15)
    for i in range(2):  # each on the diagonal has a chi2 distribution
        places = scipy.stats.chi2(4.5).cdf(drawn[:, i, i].numpy() / scale[i, i])
        assert scipy.stats.kstest(places, "uniform").pvalue > 0.01
    with pytest.raises(ValueError, match="greater than ndim - 1 = 1"):
        D.Wishart(1.0, tg.eye(2))
    with pytest.raises(AssertionError, match="Exactly one"):
        D.Wishart(3.0, tg.eye(2), tg.eye(2))
    with pytest.warns(UserWarning, match="Low df"):
        D.Wishart(1.5, tg.eye(2))


def test_covariances_of_low_rank():
    w, d = tg.tensor([[1.0], [2.0], [-1.0]]), tg.tensor([0.5, 1.0, 2.0])
    low = D.LowRankMultivariateNormal(tg.zeros(3), w, d)
    want = w.numpy() @ w.numpy().T + np.diag(d)
    for found in (
        low.covariance_matrix,
        low.scale_tril @ low.scale_tril.mT,
        low.precision_matrix.inverse(),
    ):
        np.testing.assert_allclose(found, want, rtol=1e-4, atol=1e-5)
    x = tg.tensor([0.3, -1.0, 2.0])
    normal = scipy.stats.multivariate_normal(np.zeros(3), want)
    assert low.log_prob(x).item() == pytest.approx(normal.logpdf(x.numpy()), rel=1e-5)
    assert low.entropy().item() == pytest.approx(normal.entropy(), rel=1e-5)
    with pytest.raises(ValueError, match="Incompatible batch shapes"):
        D.LowRankMultivariateNormal(tg.zeros(2, 3), w.expand(4, 3, 1), d)
    with pytest.raises(ValueError, match="3 x m"):
        D.LowRankMultivariateNormal(tg.zeros(3), w.T, d)
    with pytest.raises(ValueError, match="greater than or equal to 2"):
        D.LKJCholesky(1)


def test_the_exponential_family():
    D = tg.distributions
    half = tg.tensor(0.5)
    members = [
        D.Normal(half, half), D.Bernoulli(half), D.Beta(half, half), D.Dirichlet(tg.ones(2)),
        D.Exponential(half), D.Gamma(half, half), D.Chi2(half), D.Poisson(half),
        D.ContinuousBernoulli(half),
    ]  # fmt: skip
    assert all(isinstance(member, D.ExponentialFamily) for member in members)
    assert not isinstance(D.Laplace(half, half), D.ExponentialFamily)


def test_a_distribution_of_ones_own():
    class Fixed(D.Distribution):
        arg_constraints = {"loc": D.constraints.real}

        def __init__(self, loc, validate_args=None):
            self.loc = loc
            super().__init__(loc.shape, validate_args=validate_args)

        def expand(self, batch_shape, _instance=None):
            new = self._get_checked_instance(Fixed, _instance)
            new.loc = self.loc.expand(batch_shape)
            super(Fixed, new).__init__(batch_shape, validate_args=False)
            return new

    class Masked(Fixed):
        batch_shape = property(lambda self: tg.Size((7,)))

        def __init__(self):
            super().__init__(tg.zeros(3))

    expanded = Fixed(tg.zeros(3)).expand((2, 3))
    assert expanded.batch_shape == expanded._batch_shape == expanded.loc.shape == (2, 3)
    assert Masked().batch_shape == (7,)
    assert Masked()._extended_shape() == (3,)
    with pytest.raises(NotImplementedError, match="custom .expand"):
        Masked().expand((2, 3))
