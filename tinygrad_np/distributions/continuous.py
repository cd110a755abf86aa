"""Distributions of real numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, ClassVar

from tinygrad_np.creation import empty, ones, zeros, zeros_like
from tinygrad_np.distributions import constraints
from tinygrad_np.distributions.constraints import Constraint
from tinygrad_np.distributions.distribution import (
    Distribution,
    together,
)
from tinygrad_np.distributions.exp_family import ExponentialFamily
from tinygrad_np.distributions.transformed import TransformedDistribution
from tinygrad_np.distributions.transforms import ExpTransform
from tinygrad_np.dtypes import finfo
from tinygrad_np.ops.special import erf, erfinv
from tinygrad_np.random import normal, rand
from tinygrad_np.tape.grad_mode import no_grad
from tinygrad_np.tape.record import recorded_whole

__all__ = ["Exponential", "Laplace", "LogNormal", "Normal", "Uniform"]


class Located(Distribution):
    """What has a `loc` in its middle and is stretched by a `scale`."""

    arg_constraints: ClassVar[dict[str, Constraint]] = {
        "loc": constraints.real,
        "scale": constraints.positive,
    }
    has_rsample = True

    def __init__(self, loc: Any, scale: Any, validate_args: bool | None = None) -> None:
        self.loc, self.scale = together(loc, scale)
        super().__init__(self.loc.shape, validate_args=validate_args)

    mean = mode = property(lambda self: self.loc)  # type: ignore[assignment]


class Normal(Located, ExponentialFamily):
    """The normal distribution.

    Parameters
    ----------
    loc, scale : float or Tensor
        Mean and standard deviation.
    validate_args : bool, optional

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.distributions.Normal(0.0, 1.0).log_prob(tg.tensor(0.0))
    tensor(-0.9189)
    """

    stddev = property(lambda self: self.scale)  # type: ignore[assignment]
    variance = property(lambda self: self.scale**2)  # type: ignore[assignment]

    def sample(self, sample_shape: Sequence[int] = ()) -> Any:
        shape = self._extended_shape(sample_shape)
        with no_grad():
            return normal(self.loc.expand(shape), self.scale.expand(shape))

    def rsample(self, sample_shape: Sequence[int] = ()) -> Any:
        shape, dtype = self._extended_shape(sample_shape), self.loc.dtype
        return self.loc + normal(zeros(shape, dtype=dtype), ones(shape, dtype=dtype)) * self.scale

    def log_prob(self, value: Any) -> Any:
        self._validate_sample(value)
        apart = (value - self.loc) ** 2 / (2 * self.scale**2)
        return -apart - self.scale.log() - math.log(math.sqrt(2 * math.pi))

    def entropy(self) -> Any:
        return 0.5 + 0.5 * math.log(2 * math.pi) + self.scale.log()

    def cdf(self, value: Any) -> Any:
        self._validate_sample(value)
        return 0.5 * (1 + erf((value - self.loc) / self.scale / math.sqrt(2)))

    def icdf(self, value: Any) -> Any:
        return self.loc + self.scale * erfinv(2 * value - 1) * math.sqrt(2)


@recorded_whole
def _require_below(low: Any, high: Any) -> None:
    if not (low < high).all():
        raise ValueError("Uniform is not defined when low>= high")


class Uniform(Distribution):
    """Evenly from `low`, included, to `high`, excluded."""

    arg_constraints: ClassVar[dict[str, Constraint]] = {
        "low": constraints.real,
        "high": constraints.real,
    }
    has_rsample = True

    def __init__(self, low: Any, high: Any, validate_args: bool | None = None) -> None:
        self.low, self.high = together(low, high)
        super().__init__(self.low.shape, validate_args=validate_args)
        if self._validate_args:
            _require_below(self.low, self.high)

    @constraints.dependent_property
    def support(self) -> Any:
        return constraints.interval(self.low, self.high)

    mean = property(lambda self: (self.high + self.low) / 2)  # type: ignore[assignment]
    mode = property(lambda self: math.nan * self.high)  # type: ignore[assignment]
    stddev = property(lambda self: (self.high - self.low) / 12**0.5)  # type: ignore[assignment]
    variance = property(lambda self: (self.high - self.low) ** 2 / 12)  # type: ignore[assignment]

    def rsample(self, sample_shape: Sequence[int] = ()) -> Any:
        drawn = rand(self._extended_shape(sample_shape), dtype=self.low.dtype)
        return self.low + drawn * (self.high - self.low)

    def log_prob(self, value: Any) -> Any:
        self._validate_sample(value)
        inside = (self.low <= value) & (self.high > value)
        return inside.to(self.low.dtype).log() - (self.high - self.low).log()

    def entropy(self) -> Any:
        return (self.high - self.low).log()

    def cdf(self, value: Any) -> Any:
        self._validate_sample(value)
        return ((value - self.low) / (self.high - self.low)).clamp(0, 1)

    def icdf(self, value: Any) -> Any:
        return value * (self.high - self.low) + self.low


class Exponential(ExponentialFamily):
    """Times between events that come at a rate."""

    arg_constraints: ClassVar[dict[str, Constraint]] = {"rate": constraints.positive}
    support = constraints.nonnegative
    has_rsample = True

    def __init__(self, rate: Any, validate_args: bool | None = None) -> None:
        (self.rate,) = together(rate)
        super().__init__(self.rate.shape, validate_args=validate_args)

    mean = stddev = property(lambda self: 1 / self.rate)  # type: ignore[assignment]
    mode = property(lambda self: zeros_like(self.rate))  # type: ignore[assignment]
    variance = property(lambda self: self.rate**-2)  # type: ignore[assignment]

    def rsample(self, sample_shape: Sequence[int] = ()) -> Any:
        drawn = empty(self._extended_shape(sample_shape), dtype=self.rate.dtype).exponential_()
        return drawn / self.rate

    def log_prob(self, value: Any) -> Any:
        self._validate_sample(value)
        return self.rate.log() - self.rate * value

    def entropy(self) -> Any:
        return 1 - self.rate.log()

    def cdf(self, value: Any) -> Any:
        self._validate_sample(value)
        return 1 - (-self.rate * value).exp()

    def icdf(self, value: Any) -> Any:
        return -(-value).log1p() / self.rate


class Laplace(Located):
    """Two exponential distributions back to back."""

    stddev = property(lambda self: 2**0.5 * self.scale)  # type: ignore[assignment]
    variance = property(lambda self: 2 * self.scale**2)  # type: ignore[assignment]

    def rsample(self, sample_shape: Sequence[int] = ()) -> Any:
        drawn = empty(self._extended_shape(sample_shape), dtype=self.loc.dtype)
        drawn.uniform_(finfo(self.loc.dtype).eps - 1, 1)
        return self.loc - self.scale * drawn.sign() * (-drawn.abs()).log1p()

    def log_prob(self, value: Any) -> Any:
        self._validate_sample(value)
        return -(2 * self.scale).log() - abs(value - self.loc) / self.scale

    def cdf(self, value: Any) -> Any:
        self._validate_sample(value)
        apart = value - self.loc
        return 0.5 - 0.5 * apart.sign() * (-abs(apart) / self.scale).expm1()

    def icdf(self, value: Any) -> Any:
        apart = value - 0.5
        return self.loc - self.scale * apart.sign() * (-2 * abs(apart)).log1p()

    def entropy(self) -> Any:
        return 1 + (2 * self.scale).log()


class LogNormal(TransformedDistribution):
    """Numbers whose logarithm has a normal distribution."""

    arg_constraints: ClassVar[dict[str, Constraint]] = {
        "loc": constraints.real,
        "scale": constraints.positive,
    }

    def __init__(self, loc: Any, scale: Any, validate_args: bool | None = None) -> None:
        super().__init__(Normal(loc, scale, validate_args), ExpTransform(), validate_args)

    loc = property(lambda self: self.base_dist.loc)
    scale = property(lambda self: self.base_dist.scale)
    mean = property(lambda self: (self.loc + self.scale**2 / 2).exp())  # type: ignore[assignment]

    mode = property(lambda self: (self.loc - self.scale**2).exp())  # type: ignore[assignment]

    @property
    def variance(self) -> Any:
        squared = self.scale**2
        return squared.expm1() * (2 * self.loc + squared).exp()

    def entropy(self) -> Any:
        return self.base_dist.entropy() + self.loc
