"""Probability distributions: samples, logarithms of probabilities, entropies."""

import sys
from typing import Any

from tinygrad_np.distributions import constraints
from tinygrad_np.distributions.continuous import Exponential, Laplace, LogNormal, Normal, Uniform
from tinygrad_np.distributions.discrete import (
    Bernoulli,
    Binomial,
    Categorical,
    Multinomial,
    OneHotCategorical,
    Poisson,
)
from tinygrad_np.distributions.distribution import Distribution
from tinygrad_np.distributions.divergence import kl_divergence, register_kl
from tinygrad_np.distributions.joint import Independent, MultivariateNormal
from tinygrad_np.distributions.positive import Beta, Chi2, Dirichlet, Gamma, StudentT
from tinygrad_np.distributions.transforms import (
    AffineTransform,
    ComposeTransform,
    ExpTransform,
    SigmoidTransform,
    TanhTransform,
    Transform,
    TransformedDistribution,
)

__all__ = [
    "AffineTransform",
    "Bernoulli",
    "Beta",
    "Binomial",
    "Categorical",
    "Chi2",
    "ComposeTransform",
    "Dirichlet",
    "Distribution",
    "ExpTransform",
    "Exponential",
    "Gamma",
    "Independent",
    "Laplace",
    "LogNormal",
    "Multinomial",
    "MultivariateNormal",
    "Normal",
    "OneHotCategorical",
    "Poisson",
    "SigmoidTransform",
    "StudentT",
    "TanhTransform",
    "Transform",
    "TransformedDistribution",
    "Uniform",
    "constraints",
    "kl_divergence",
    "register_kl",
]


def __getattr__(name: str) -> Any:  # PyTorch has a file for each: distributions.normal.Normal
    if name in {word.lower() for word in __all__} | {
        "log_normal",
        "one_hot_categorical",
        "multivariate_normal",
        "kl",
    }:
        return sys.modules[__name__]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
