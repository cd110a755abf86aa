"""Probability distributions: samples, logarithms of probabilities, entropies."""

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
    "Binomial",
    "Categorical",
    "ComposeTransform",
    "Distribution",
    "ExpTransform",
    "Exponential",
    "Laplace",
    "LogNormal",
    "Multinomial",
    "Normal",
    "OneHotCategorical",
    "Poisson",
    "SigmoidTransform",
    "TanhTransform",
    "Transform",
    "TransformedDistribution",
    "Uniform",
    "kl_divergence",
    "register_kl",
]
