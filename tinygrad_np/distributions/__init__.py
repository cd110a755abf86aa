"""Probability distributions: samples, logarithms of probabilities, entropies."""

import sys
from typing import Any

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


def __getattr__(name: str) -> Any:  # PyTorch has a file for each: distributions.normal.Normal
    if name in {word.lower() for word in __all__} | {"log_normal", "one_hot_categorical", "kl"}:
        return sys.modules[__name__]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
