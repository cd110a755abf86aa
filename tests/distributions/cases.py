"""Distributions of drawn parameters, in either library."""

import numpy as np


class Draw:
    """Parameters drawn from a seed, the same for both libraries, as leaves."""

    def __init__(self, T, seed, dtype="float64"):
        self.T, self.rng, self.dtype, self.leaves = T, np.random.default_rng(seed), dtype, []

    def _leaf(self, array):
        leaf = self.T.tensor(np.asarray(array).tolist(), dtype=getattr(self.T, self.dtype))
        self.leaves.append(leaf.requires_grad_())
        return leaf

    def real(self, *shape):
        return self._leaf(self.rng.normal(size=shape))

    def positive(self, *shape):
        return self._leaf(self.rng.gamma(2, 0.7, size=shape) + 0.1)

    def unit(self, *shape):
        return self._leaf(self.rng.uniform(0.02, 0.98, size=shape))

    def factor(self, *shape):
        """Lower triangles with a diagonal above 0."""
        full = np.tril(self.rng.normal(size=shape), -1)
        return self._leaf(full + np.eye(shape[-1]) * self.rng.uniform(0.5, 2, size=shape))


CASES = {
    "Normal": lambda D, a: D.Normal(a.real(2), a.positive(3, 1)),
    "Uniform": lambda D, a: D.Uniform(a.real(2), a.positive(2) + 4),
    "Exponential": lambda D, a: D.Exponential(a.positive(3)),
    "Laplace": lambda D, a: D.Laplace(a.real(2), a.positive(3, 1)),
    "LogNormal": lambda D, a: D.LogNormal(a.real(3), a.positive(3)),
    "Gamma": lambda D, a: D.Gamma(a.positive(2), a.positive(3, 1)),
    "Chi2": lambda D, a: D.Chi2(a.positive(3)),
    "Beta": lambda D, a: D.Beta(a.positive(2), a.positive(3, 1)),
    "Dirichlet": lambda D, a: D.Dirichlet(a.positive(2, 3)),
    "StudentT": lambda D, a: D.StudentT(a.positive(3), a.real(3), a.positive(2, 1)),
    "Bernoulli": lambda D, a: D.Bernoulli(a.unit(3)),
    "Bernoulli of logits": lambda D, a: D.Bernoulli(logits=a.real(3)),
    "Binomial": lambda D, a: D.Binomial(5, a.unit(3)),
    "Binomial of logits": lambda D, a: D.Binomial(a.T.tensor([4.0, 7.0]), logits=a.real(3, 1)),
    "Geometric": lambda D, a: D.Geometric(a.unit(3)),
    "Geometric of logits": lambda D, a: D.Geometric(logits=a.real(3)),
    "NegativeBinomial": lambda D, a: D.NegativeBinomial(a.positive(2), a.unit(3, 1)),
    "NegativeBinomial of logits": lambda D, a: D.NegativeBinomial(3, logits=a.real(3)),
    "Poisson": lambda D, a: D.Poisson(a.positive(3)),
    "Categorical": lambda D, a: D.Categorical(a.positive(2, 3)),
    "Categorical of logits": lambda D, a: D.Categorical(logits=a.real(4)),
    "OneHotCategorical": lambda D, a: D.OneHotCategorical(a.positive(2, 3)),
    "OneHotCategorical of logits": lambda D, a: D.OneHotCategorical(logits=a.real(2, 3)),
    "OneHotCategoricalStraightThrough": lambda D, a: D.OneHotCategoricalStraightThrough(
        a.positive(2, 3)
    ),
    "Multinomial": lambda D, a: D.Multinomial(4, a.positive(2, 3)),
    "Independent": lambda D, a: D.Independent(D.Normal(a.real(2, 3), a.positive(3)), 1),
    "MultivariateNormal": lambda D, a: D.MultivariateNormal(
        a.real(2, 3), scale_tril=a.factor(3, 3)
    ),
    "MultivariateNormal of covariances": lambda D, a: D.MultivariateNormal(
        a.real(2), (lambda t: t @ t.mT)(a.factor(3, 2, 2))
    ),
    "Cauchy": lambda D, a: D.Cauchy(a.real(2), a.positive(3, 1)),
    "Gumbel": lambda D, a: D.Gumbel(a.real(2), a.positive(3, 1)),
    "HalfNormal": lambda D, a: D.HalfNormal(a.positive(3)),
    "HalfCauchy": lambda D, a: D.HalfCauchy(a.positive(3)),
    "Pareto": lambda D, a: D.Pareto(a.positive(2), a.positive(3, 1)),
    "Weibull": lambda D, a: D.Weibull(a.positive(2), a.positive(3, 1) + 1),
    "Kumaraswamy": lambda D, a: D.Kumaraswamy(a.positive(2), a.positive(3, 1)),
    "LogisticNormal": lambda D, a: D.LogisticNormal(a.real(2, 3), a.positive(3)),
    "InverseGamma": lambda D, a: D.InverseGamma(a.positive(2), a.positive(3, 1)),
    "LogitRelaxedBernoulli": lambda D, a: D.relaxed_bernoulli.LogitRelaxedBernoulli(
        a.positive(), a.unit(3)
    ),
    "RelaxedBernoulli": lambda D, a: D.RelaxedBernoulli(a.positive(), logits=a.real(3)),
    "RelaxedOneHotCategorical": lambda D, a: D.RelaxedOneHotCategorical(
        a.positive() + 0.5, a.positive(2, 3)
    ),
    "ContinuousBernoulli": lambda D, a: D.ContinuousBernoulli(a.unit(3)),
    "ContinuousBernoulli near a half": lambda D, a: D.ContinuousBernoulli(logits=a.real(3) / 500),
    "MixtureSameFamily": lambda D, a: D.MixtureSameFamily(
        D.Categorical(logits=a.real(2, 3)), D.Normal(a.real(2, 3), a.positive(3))
    ),
    "MixtureSameFamily of vectors": lambda D, a: D.MixtureSameFamily(
        D.Categorical(logits=a.real(2, 3)),
        D.Independent(D.Normal(a.real(2, 3, 4), a.positive(3, 4)), 1),
    ),
    "FisherSnedecor": lambda D, a: D.FisherSnedecor(a.positive(2) * 3, a.positive(3, 1) * 3),
    "GeneralizedPareto": lambda D, a: D.GeneralizedPareto(a.real(2), a.positive(3, 1), a.real(2)),
    "VonMises": lambda D, a: D.VonMises(a.real(2), a.positive(3, 1) * 3),
    "LowRankMultivariateNormal": lambda D, a: D.LowRankMultivariateNormal(
        a.real(2, 3), a.real(3, 2), a.positive(3)
    ),
    "LKJCholesky": lambda D, a: D.LKJCholesky(3, a.positive(2)),
    "Wishart": lambda D, a: D.Wishart(a.positive(2) + 4, scale_tril=a.factor(3, 3).tril()),
    "Wishart of covariances": lambda D, a: D.Wishart(
        a.positive(3, 1) + 2, (lambda t: t @ t.mT)(a.factor(2, 2, 2))
    ),
    "Wishart of precisions": lambda D, a: D.Wishart(
        3.5, precision_matrix=(lambda t: t @ t.mT)(a.factor(2, 2))
    ),
    "expanded": lambda D, a: D.Normal(a.real(2), a.positive(2)).expand((3, 2)),
    "moved": lambda D, a: D.TransformedDistribution(
        D.Normal(0.0, 1.0), D.AffineTransform(a.real(3), -a.positive(2, 1))
    ),
    "moved vectors": lambda D, a: D.TransformedDistribution(
        D.Normal(a.real(3), a.positive(3)),
        [D.ExpTransform(), D.AffineTransform(a.real(2, 3), a.positive(3), event_dim=1)],
    ),
    "powers of exponentials": lambda D, a: D.TransformedDistribution(
        D.Exponential(a.positive(3)), D.PowerTransform(a.positive(3))
    ),
    "sticks": lambda D, a: D.TransformedDistribution(
        D.Normal(a.real(2, 3), a.positive(3)), D.StickBreakingTransform()
    ),
    "in other shapes": lambda D, a: D.TransformedDistribution(
        D.Normal(a.real(2, 4), a.positive(4)), D.ReshapeTransform((4,), (2, 2))
    ),
    "correlations": lambda D, a: D.TransformedDistribution(
        D.Normal(a.real(2, 3), a.positive(3)), D.CorrCholeskyTransform()
    ),
}  # fmt: skip

OTHER_SAMPLES = (  # not PyTorch's numbers
    "Gamma", "Chi2", "Beta", "Dirichlet", "StudentT", "Binomial", "NegativeBinomial", "Poisson",
    "InverseGamma", "FisherSnedecor", "LKJCholesky", "Wishart",
)  # fmt: skip
