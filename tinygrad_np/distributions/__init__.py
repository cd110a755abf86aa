"""Probability distributions: samples, logarithms of probabilities, entropies."""

import sys
from typing import Any

from tinygrad_np.distributions import constraints, utils
from tinygrad_np.distributions import cross_divergence as cross_divergence  # it registers
from tinygrad_np.distributions.categories import (
    Categorical,
    Multinomial,
    OneHotCategorical,
    OneHotCategoricalStraightThrough,
)
from tinygrad_np.distributions.continuous import Exponential, Laplace, LogNormal, Normal, Uniform
from tinygrad_np.distributions.counts import (
    Bernoulli,
    Binomial,
    Geometric,
    NegativeBinomial,
    Poisson,
)
from tinygrad_np.distributions.distribution import Distribution
from tinygrad_np.distributions.divergence import kl_divergence, register_kl
from tinygrad_np.distributions.exp_family import ExponentialFamily
from tinygrad_np.distributions.extremes import (
    Cauchy,
    Gumbel,
    HalfCauchy,
    HalfNormal,
    InverseGamma,
    Kumaraswamy,
    LogisticNormal,
    Pareto,
    Weibull,
)
from tinygrad_np.distributions.joint import Independent, MultivariateNormal
from tinygrad_np.distributions.matrices import LKJCholesky, LowRankMultivariateNormal
from tinygrad_np.distributions.mixture import MixtureSameFamily
from tinygrad_np.distributions.others import FisherSnedecor, GeneralizedPareto, VonMises
from tinygrad_np.distributions.positive import Beta, Chi2, Dirichlet, Gamma, StudentT
from tinygrad_np.distributions.registry import ConstraintRegistry, biject_to, transform_to
from tinygrad_np.distributions.relaxed import (
    ContinuousBernoulli,
    LogitRelaxedBernoulli,
    RelaxedBernoulli,
    RelaxedOneHotCategorical,
)
from tinygrad_np.distributions.transformed import TransformedDistribution
from tinygrad_np.distributions.transforms import (
    AbsTransform,
    AffineTransform,
    CatTransform,
    ComposeTransform,
    CorrCholeskyTransform,
    CumulativeDistributionTransform,
    ExpTransform,
    IndependentTransform,
    LowerCholeskyTransform,
    PositiveDefiniteTransform,
    PowerTransform,
    ReshapeTransform,
    SigmoidTransform,
    SoftmaxTransform,
    SoftplusTransform,
    StackTransform,
    StickBreakingTransform,
    TanhTransform,
    Transform,
    identity_transform,
)
from tinygrad_np.distributions.wishart import Wishart

__all__ = [
    "AbsTransform",
    "AffineTransform",
    "Bernoulli",
    "Beta",
    "Binomial",
    "CatTransform",
    "Categorical",
    "Cauchy",
    "Chi2",
    "ComposeTransform",
    "ConstraintRegistry",
    "ContinuousBernoulli",
    "CorrCholeskyTransform",
    "CumulativeDistributionTransform",
    "Dirichlet",
    "Distribution",
    "ExpTransform",
    "Exponential",
    "ExponentialFamily",
    "FisherSnedecor",
    "Gamma",
    "GeneralizedPareto",
    "Geometric",
    "Gumbel",
    "HalfCauchy",
    "HalfNormal",
    "Independent",
    "IndependentTransform",
    "InverseGamma",
    "Kumaraswamy",
    "LKJCholesky",
    "Laplace",
    "LogNormal",
    "LogisticNormal",
    "LogitRelaxedBernoulli",
    "LowRankMultivariateNormal",
    "LowerCholeskyTransform",
    "MixtureSameFamily",
    "Multinomial",
    "MultivariateNormal",
    "NegativeBinomial",
    "Normal",
    "OneHotCategorical",
    "OneHotCategoricalStraightThrough",
    "Pareto",
    "Poisson",
    "PositiveDefiniteTransform",
    "PowerTransform",
    "RelaxedBernoulli",
    "RelaxedOneHotCategorical",
    "ReshapeTransform",
    "SigmoidTransform",
    "SoftmaxTransform",
    "SoftplusTransform",
    "StackTransform",
    "StickBreakingTransform",
    "StudentT",
    "TanhTransform",
    "Transform",
    "TransformedDistribution",
    "Uniform",
    "VonMises",
    "Weibull",
    "Wishart",
    "biject_to",
    "constraints",
    "identity_transform",
    "kl_divergence",
    "register_kl",
    "transform_to",
    "utils",
]


def __getattr__(name: str) -> Any:  # PyTorch has a file for each: distributions.normal.Normal
    words = {word.lower() for word in __all__} | {"kl", "relaxedcategorical"}
    if name.replace("_", "").lower() in words:
        return sys.modules[__name__]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
