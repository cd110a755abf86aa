"""Distributions of yes and no, and of counts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, ClassVar

from tinygrad_np.creation import arange, empty, zeros_like
from tinygrad_np.distributions import constraints
from tinygrad_np.distributions.constraints import Constraint
from tinygrad_np.distributions.distribution import Distribution, derived, one_of, together
from tinygrad_np.distributions.exp_family import ExponentialFamily
from tinygrad_np.dtypes import finfo
from tinygrad_np.nn.functional import binary_cross_entropy_with_logits, logsigmoid
from tinygrad_np.ops.sample import bernoulli, binomial, poisson, standard_gamma
from tinygrad_np.ops.special import lgamma
from tinygrad_np.tape.grad_mode import no_grad

__all__ = ["Bernoulli", "Binomial", "Geometric", "NegativeBinomial", "Poisson"]


def within(probs: Any) -> Any:
    """Probabilities held off 0 and 1, so that their logarithms are finite."""
    eps = finfo(probs.dtype).eps
    return probs.clamp(eps, 1 - eps)


class Coin(Distribution):
    """What distributions made of yes and no share: `probs` or `logits`."""

    arg_constraints: ClassVar[dict[str, Constraint]] = {
        "probs": constraints.unit_interval,
        "logits": constraints.real,
    }

    def _coins(self, probs: Any, logits: Any, *others: Any) -> list[Any]:
        one_of(type(self).__name__, probs, logits)
        given, *rest = together(logits if probs is None else probs, *others)
        vars(self)["logits" if probs is None else "probs"] = given
        return [v.to(given.dtype) for v in rest]

    @property
    def _param(self) -> Any:
        return vars(self).get("probs", vars(self).get("logits"))

    @derived
    def probs(self) -> Any:
        return self.logits.sigmoid()

    @derived
    def logits(self) -> Any:
        inside = within(self.probs)
        return inside.log() - (-inside).log1p()

    param_shape = property(lambda self: self._param.shape)


class Bernoulli(Coin, ExponentialFamily):
    """1 with probability `probs`, else 0; `logits` are the logarithms of the odds."""

    support = constraints.boolean
    has_enumerate_support = True

    def __init__(
        self, probs: Any = None, logits: Any = None, validate_args: bool | None = None
    ) -> None:
        self._coins(probs, logits)
        super().__init__(self.param_shape, validate_args=validate_args)

    mean = property(lambda self: self.probs)  # type: ignore[assignment]
    variance = property(lambda self: self.probs * (1 - self.probs))  # type: ignore[assignment]

    @property
    def mode(self) -> Any:
        """The likelier one; nan where both are as likely."""
        probs = self.probs
        return (probs >= 0.5).to(probs.dtype).where(probs != 0.5, math.nan)

    def sample(self, sample_shape: Sequence[int] = ()) -> Any:
        with no_grad():
            return bernoulli(self.probs.expand(self._extended_shape(sample_shape)))

    def log_prob(self, value: Any) -> Any:
        self._validate_sample(value)
        logits, value = together(self.logits, value)
        return -binary_cross_entropy_with_logits(logits, value, reduction="none")

    def entropy(self) -> Any:
        return binary_cross_entropy_with_logits(self.logits, self.probs, reduction="none")

    def enumerate_support(self, expand: bool = True) -> Any:
        return self._enumerated(arange(2, dtype=self._param.dtype), expand)


class Binomial(Coin):
    """How many of `total_count` tries succeed; samples are not PyTorch's numbers."""

    arg_constraints: ClassVar[dict[str, Constraint]] = {
        "total_count": constraints.nonnegative_integer,
        **Coin.arg_constraints,
    }
    has_enumerate_support = True

    def __init__(
        self,
        total_count: Any = 1,
        probs: Any = None,
        logits: Any = None,
        validate_args: bool | None = None,
    ) -> None:
        (self.total_count,) = self._coins(probs, logits, total_count)
        super().__init__(self.param_shape, validate_args=validate_args)

    @constraints.dependent_property(is_discrete=True, event_dim=0)
    def support(self) -> Any:  # type: ignore[override]
        return constraints.integer_interval(0, self.total_count)

    mean = property(lambda self: self.total_count * self.probs)  # type: ignore[assignment]

    @property
    def mode(self) -> Any:
        return ((self.total_count + 1) * self.probs).floor().minimum(self.total_count)

    @property
    def variance(self) -> Any:
        return self.total_count * self.probs * (1 - self.probs)

    def sample(self, sample_shape: Sequence[int] = ()) -> Any:
        shape = self._extended_shape(sample_shape)
        with no_grad():
            return binomial(self.total_count.expand(shape), self.probs.expand(shape))

    def log_prob(self, value: Any) -> Any:
        self._validate_sample(value)
        n, logits = self.total_count, self.logits
        ways = lgamma(n + 1) - lgamma(value + 1) - lgamma(n - value + 1)
        return value * logits + n * logsigmoid(-logits) + ways

    def entropy(self) -> Any:
        found = self.log_prob(self.enumerate_support(False))
        return -(found.exp() * found).sum(0)

    def enumerate_support(self, expand: bool = True) -> Any:
        counts = self.total_count
        n = int(counts.max()) if counts.numel() else 0
        if not (counts == n).all():
            raise NotImplementedError(
                "Inhomogeneous total count not supported by `enumerate_support` and `entropy`: "
                f"it is from {counts.min()} to {n}"
            )
        return self._enumerated(arange(n + 1, dtype=self._param.dtype), expand)


class Geometric(Coin):
    """How many tries fail before the first succeeds."""

    support = constraints.nonnegative_integer

    def __init__(
        self, probs: Any = None, logits: Any = None, validate_args: bool | None = None
    ) -> None:
        self._coins(probs, logits)
        super().__init__(self.param_shape, validate_args=validate_args)
        if self._validate_args and probs is not None and not (self.probs > 0).all():
            raise ValueError(
                f"Expected parameter probs of distribution {self!r} to be positive, but found "
                f"invalid values:\n{self.probs}"
            )

    mean = property(lambda self: 1 / self.probs - 1)  # type: ignore[assignment]
    mode = property(lambda self: zeros_like(self.probs))  # type: ignore[assignment]
    variance = property(lambda self: (1 / self.probs - 1) / self.probs)  # type: ignore[assignment]

    def sample(self, sample_shape: Sequence[int] = ()) -> Any:
        limits = finfo(self._param.dtype)
        with no_grad():
            shape = self._extended_shape(sample_shape)
            drawn = empty(shape, dtype=self._param.dtype).uniform_(limits.tiny, 1)
            return (drawn.log() / (-self.probs).log1p()).floor()

    def log_prob(self, value: Any) -> Any:
        self._validate_sample(value)
        value, probs = together(value, self.probs)
        return value * (-probs.where((probs != 1) | (value != 0), 0.0)).log1p() + probs.log()

    def entropy(self) -> Any:
        return (
            binary_cross_entropy_with_logits(self.logits, self.probs, reduction="none") / self.probs
        )


class NegativeBinomial(Coin):
    """How many tries succeed before `total_count` fail; samples are not PyTorch's numbers."""

    arg_constraints: ClassVar[dict[str, Constraint]] = {
        "total_count": constraints.greater_than_eq(0),
        "probs": constraints.half_open_interval(0.0, 1.0),
        "logits": constraints.real,
    }
    support = constraints.nonnegative_integer

    def __init__(
        self,
        total_count: Any,
        probs: Any = None,
        logits: Any = None,
        validate_args: bool | None = None,
    ) -> None:
        (self.total_count,) = self._coins(probs, logits, total_count)
        super().__init__(self.param_shape, validate_args=validate_args)

    mean = property(lambda self: self.total_count * self.logits.exp())  # type: ignore[assignment]

    @property
    def mode(self) -> Any:
        return ((self.total_count - 1) * self.logits.exp()).floor().clamp(min=0.0)

    @property
    def variance(self) -> Any:
        return self.mean / (-self.logits).sigmoid()

    def sample(self, sample_shape: Sequence[int] = ()) -> Any:
        shape = self._extended_shape(sample_shape)
        with no_grad():
            return poisson(standard_gamma(self.total_count.expand(shape)) * self.logits.exp())

    def log_prob(self, value: Any) -> Any:
        self._validate_sample(value)
        n, logits = self.total_count, self.logits
        sure = n * logsigmoid(-logits) + value * logsigmoid(logits)
        ways = lgamma(n + value) - lgamma(1.0 + value) - lgamma(n)
        return sure + ways.where(n + value != 0, 0.0)


class Poisson(ExponentialFamily):
    """How many events come that come at a rate; samples are not PyTorch's numbers."""

    arg_constraints: ClassVar[dict[str, Constraint]] = {"rate": constraints.nonnegative}
    support = constraints.nonnegative_integer

    def __init__(self, rate: Any, validate_args: bool | None = None) -> None:
        (self.rate,) = together(rate)
        super().__init__(self.rate.shape, validate_args=validate_args)

    mean = variance = property(lambda self: self.rate)  # type: ignore[assignment]
    mode = property(lambda self: self.rate.floor())  # type: ignore[assignment]

    def sample(self, sample_shape: Sequence[int] = ()) -> Any:
        with no_grad():
            return poisson(self.rate.expand(self._extended_shape(sample_shape)))

    def log_prob(self, value: Any) -> Any:
        self._validate_sample(value)
        rate, value = together(self.rate, value)
        return value.xlogy(rate) - rate - lgamma(value + 1)
