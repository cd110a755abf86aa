"""Distributions that transforms make of simpler ones."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, ClassVar

from tinygrad_np.creation import empty, full, full_like, ones_like, zeros_like
from tinygrad_np.distributions import constraints
from tinygrad_np.distributions.constraints import Constraint
from tinygrad_np.distributions.continuous import Exponential, Located, Normal, Uniform
from tinygrad_np.distributions.distribution import together
from tinygrad_np.distributions.positive import Gamma
from tinygrad_np.distributions.transformed import TransformedDistribution
from tinygrad_np.distributions.transforms import (
    AbsTransform,
    AffineTransform,
    ExpTransform,
    PowerTransform,
    StickBreakingTransform,
)
from tinygrad_np.dtypes import finfo
from tinygrad_np.ops.special import digamma, lgamma

__all__ = [
    "Cauchy", "Gumbel", "HalfCauchy", "HalfNormal", "InverseGamma", "Kumaraswamy",
    "LogisticNormal", "Pareto", "Weibull",
]  # fmt: skip

EULER = 0.57721566490153286060


class Cauchy(Located):
    """The quotient of two normal numbers: without a mean, and spread without end."""

    @property
    def mean(self) -> Any:
        return full(self._extended_shape(), math.nan, dtype=self.loc.dtype)

    mode = property(lambda self: self.loc)  # type: ignore[assignment]

    @property
    def variance(self) -> Any:
        return full(self._extended_shape(), math.inf, dtype=self.loc.dtype)

    def rsample(self, sample_shape: Sequence[int] = ()) -> Any:
        drawn = empty(self._extended_shape(sample_shape), dtype=self.loc.dtype).cauchy_()
        return self.loc + drawn * self.scale

    def log_prob(self, value: Any) -> Any:
        self._validate_sample(value)
        apart = ((value - self.loc) / self.scale) ** 2
        return -math.log(math.pi) - self.scale.log() - apart.log1p()

    def cdf(self, value: Any) -> Any:
        self._validate_sample(value)
        return ((value - self.loc) / self.scale).atan() / math.pi + 0.5

    def icdf(self, value: Any) -> Any:
        return (math.pi * (value - 0.5)).tan() * self.scale + self.loc

    def entropy(self) -> Any:
        return math.log(4 * math.pi) + self.scale.log()


class Gumbel(TransformedDistribution):
    """The largest of many numbers."""

    arg_constraints = Located.arg_constraints
    support = constraints.real

    def __init__(self, loc: Any, scale: Any, validate_args: bool | None = None) -> None:
        self.loc, self.scale = together(loc, scale)
        limits = finfo(self.loc.dtype)
        low, high = full_like(self.loc, limits.tiny), full_like(self.loc, 1 - limits.eps)
        steps = [
            ExpTransform().inv,
            AffineTransform(0, -ones_like(self.scale)),
            ExpTransform().inv,
            AffineTransform(self.loc, -self.scale),
        ]
        super().__init__(Uniform(low, high, validate_args), steps, validate_args)

    mean = property(lambda self: self.loc + self.scale * EULER)  # type: ignore[assignment]
    mode = property(lambda self: self.loc)  # type: ignore[assignment]
    stddev = property(lambda self: math.pi / math.sqrt(6) * self.scale)  # type: ignore[assignment]
    variance = property(lambda self: self.stddev**2)  # type: ignore[assignment]

    def log_prob(self, value: Any) -> Any:
        self._validate_sample(value)
        y = (self.loc - value) / self.scale
        return y - y.exp() - self.scale.log()

    def entropy(self) -> Any:
        return self.scale.log() + (1 + EULER)


class _Half(TransformedDistribution):
    """The absolute value of what is symmetric about 0."""

    arg_constraints: ClassVar[dict[str, Constraint]] = {"scale": constraints.positive}
    support = constraints.nonnegative

    scale = property(lambda self: self.base_dist.scale)
    mode = property(lambda self: zeros_like(self.scale))  # type: ignore[assignment]

    def log_prob(self, value: Any) -> Any:
        self._validate_sample(value)
        found = self.base_dist.log_prob(value) + math.log(2)
        return found.where(value >= 0, -math.inf)

    def cdf(self, value: Any) -> Any:
        self._validate_sample(value)
        return 2 * self.base_dist.cdf(value) - 1

    def icdf(self, prob: Any) -> Any:
        return self.base_dist.icdf((prob + 1) / 2)

    def entropy(self) -> Any:
        return self.base_dist.entropy() - math.log(2)


class HalfNormal(_Half):
    """The absolute value of normal numbers."""

    def __init__(self, scale: Any, validate_args: bool | None = None) -> None:
        super().__init__(Normal(0, scale, False), AbsTransform(), validate_args)

    mean = property(lambda self: self.scale * math.sqrt(2 / math.pi))  # type: ignore[assignment]
    variance = property(lambda self: self.scale**2 * (1 - 2 / math.pi))  # type: ignore[assignment]


class HalfCauchy(_Half):
    """The absolute value of numbers of the Cauchy distribution."""

    def __init__(self, scale: Any, validate_args: bool | None = None) -> None:
        super().__init__(Cauchy(0, scale, False), AbsTransform(), validate_args)

    @property
    def mean(self) -> Any:
        return full(self._extended_shape(), math.inf, dtype=self.scale.dtype)

    variance = property(lambda self: self.base_dist.variance)  # type: ignore[assignment]


class Pareto(TransformedDistribution):
    """What exceeds `scale`, the less often the larger: by the power `alpha`."""

    arg_constraints: ClassVar[dict[str, Constraint]] = {
        "alpha": constraints.positive,
        "scale": constraints.positive,
    }

    def __init__(self, scale: Any, alpha: Any, validate_args: bool | None = None) -> None:
        self.scale, self.alpha = together(scale, alpha)
        steps = [ExpTransform(), AffineTransform(0, self.scale)]
        super().__init__(Exponential(self.alpha, validate_args), steps, validate_args)

    @constraints.dependent_property(is_discrete=False, event_dim=0)
    def support(self) -> Any:  # type: ignore[override]
        return constraints.greater_than_eq(self.scale)

    mode = property(lambda self: self.scale)  # type: ignore[assignment]

    @property
    def mean(self) -> Any:
        """Infinite for an `alpha` up to 1."""
        a = self.alpha.where(self.alpha > 1, 1.0)
        return a * self.scale / (a - 1)

    @property
    def variance(self) -> Any:
        """Infinite for an `alpha` up to 2."""
        a = self.alpha.where(self.alpha > 2, 2.0)
        return self.scale**2 * a / ((a - 1) ** 2 * (a - 2))

    def entropy(self) -> Any:
        return (self.scale / self.alpha).log() + (1 + 1 / self.alpha)


class Weibull(TransformedDistribution):
    """Times to a failure whose rate is a power of the time."""

    arg_constraints: ClassVar[dict[str, Constraint]] = {
        "scale": constraints.positive,
        "concentration": constraints.positive,
    }
    support = constraints.positive

    def __init__(self, scale: Any, concentration: Any, validate_args: bool | None = None) -> None:
        self.scale, self.concentration = together(scale, concentration)
        self.concentration_reciprocal = 1 / self.concentration
        steps = [PowerTransform(self.concentration_reciprocal), AffineTransform(0, self.scale)]
        super().__init__(Exponential(ones_like(self.scale)), steps, validate_args)

    @property
    def mean(self) -> Any:
        return self.scale * lgamma(1 + self.concentration_reciprocal).exp()

    @property
    def mode(self) -> Any:
        k = self.concentration
        return self.scale * ((k - 1) / k) ** (1 / k)

    @property
    def variance(self) -> Any:
        r = self.concentration_reciprocal
        return self.scale**2 * (lgamma(1 + 2 * r).exp() - (2 * lgamma(1 + r)).exp())

    def entropy(self) -> Any:
        r = self.concentration_reciprocal
        return EULER * (1 - r) + (self.scale * r).log() + 1


class Kumaraswamy(TransformedDistribution):
    """A probability, much like that of `Beta`."""

    arg_constraints: ClassVar[dict[str, Constraint]] = {
        "concentration1": constraints.positive,
        "concentration0": constraints.positive,
    }
    support = constraints.unit_interval

    def __init__(
        self, concentration1: Any, concentration0: Any, validate_args: bool | None = None
    ) -> None:
        self.concentration1, self.concentration0 = together(concentration1, concentration0)
        base = Uniform(zeros_like(self.concentration0), ones_like(self.concentration0))
        steps = [
            PowerTransform(1 / self.concentration0),
            AffineTransform(1.0, -1.0),
            PowerTransform(1 / self.concentration1),
        ]
        super().__init__(base, steps, validate_args)

    def _moment(self, n: int) -> Any:
        b, ratio = self.concentration0, 1 + n / self.concentration1
        return b * (lgamma(ratio) + lgamma(b) - lgamma(ratio + b)).exp()

    mean = property(lambda self: self._moment(1))  # type: ignore[assignment]
    variance = property(lambda self: self._moment(2) - self.mean**2)  # type: ignore[assignment]

    @property
    def mode(self) -> Any:
        """Nan where a concentration is below 1."""
        a, b = self.concentration1, self.concentration0
        return (((a - 1) / (a * b - 1)) ** (1 / a)).where((a >= 1) & (b >= 1), math.nan)

    def entropy(self) -> Any:
        a, b = self.concentration1, self.concentration0
        harmonic = digamma(b + 1) + EULER
        return 1 - 1 / b + (1 - 1 / a) * harmonic - a.log() - b.log()


class LogisticNormal(TransformedDistribution):
    """n + 1 probabilities, of n normal numbers."""

    arg_constraints = Located.arg_constraints
    support = constraints.simplex

    def __init__(self, loc: Any, scale: Any, validate_args: bool | None = None) -> None:
        base = Normal(loc, scale, validate_args)
        base = base if base.batch_shape else base.expand((1,))
        super().__init__(base, StickBreakingTransform(), validate_args)

    loc = property(lambda self: self.base_dist.base_dist.loc)
    scale = property(lambda self: self.base_dist.base_dist.scale)


class InverseGamma(TransformedDistribution):
    """The reciprocal of numbers of the gamma distribution; not PyTorch's numbers."""

    arg_constraints = Gamma.arg_constraints
    support = constraints.positive

    def __init__(self, concentration: Any, rate: Any, validate_args: bool | None = None) -> None:
        base = Gamma(concentration, rate, validate_args)
        super().__init__(base, PowerTransform(-base.rate.new_ones(())), validate_args)

    concentration = property(lambda self: self.base_dist.concentration)
    rate = property(lambda self: self.base_dist.rate)
    mode = property(lambda self: self.rate / (self.concentration + 1))  # type: ignore[assignment]

    @property
    def mean(self) -> Any:
        """Infinite for a concentration up to 1."""
        return (self.rate / (self.concentration - 1)).where(self.concentration > 1, math.inf)

    @property
    def variance(self) -> Any:
        """Infinite for a concentration up to 2."""
        a = self.concentration
        return (self.rate**2 / ((a - 1) ** 2 * (a - 2))).where(a > 2, math.inf)

    def entropy(self) -> Any:
        a = self.concentration
        return a + self.rate.log() + lgamma(a) - (1 + a) * digamma(a)
