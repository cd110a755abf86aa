"""Smooth relatives of discrete distributions, through whose samples gradients flow."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from tinygrad_np.conversion import as_tensor
from tinygrad_np.distributions import constraints
from tinygrad_np.distributions.categories import Categorical
from tinygrad_np.distributions.counts import Coin, within
from tinygrad_np.distributions.distribution import Distribution, derived, together
from tinygrad_np.distributions.exp_family import ExponentialFamily
from tinygrad_np.distributions.transformed import TransformedDistribution
from tinygrad_np.distributions.transforms import ExpTransform, SigmoidTransform
from tinygrad_np.nn.functional import binary_cross_entropy_with_logits, softplus
from tinygrad_np.random import rand

__all__ = [
    "ContinuousBernoulli", "LogitRelaxedBernoulli", "RelaxedBernoulli",
    "RelaxedOneHotCategorical",
]  # fmt: skip


class LogitRelaxedBernoulli(Coin):
    """The logarithm of the odds of what `RelaxedBernoulli` draws.

    Source: C. J. Maddison et al., The Concrete Distribution, 2017,
    https://arxiv.org/abs/1611.00712
    """

    support = constraints.real
    has_rsample = True

    def __init__(
        self,
        temperature: Any,
        probs: Any = None,
        logits: Any = None,
        validate_args: bool | None = None,
    ) -> None:
        self._coins(probs, logits)
        self.temperature = as_tensor(temperature, dtype=self._param.dtype)
        super().__init__(self.param_shape, validate_args=validate_args)

    def expand(self, batch_shape: Sequence[int], _instance: Any = None) -> Any:
        new = super().expand(batch_shape)
        new.temperature = self.temperature
        return new

    def rsample(self, sample_shape: Sequence[int] = ()) -> Any:
        shape = self._extended_shape(sample_shape)
        drawn = within(rand(shape, dtype=self._param.dtype))
        probs = within(self.probs.expand(shape))
        odds = drawn.log() - (-drawn).log1p() + probs.log() - (-probs).log1p()
        return odds / self.temperature

    def log_prob(self, value: Any) -> Any:
        self._validate_sample(value)
        logits, value = together(self.logits, value)
        apart = logits - value * self.temperature
        return self.temperature.log() + apart - 2 * softplus(apart)


class RelaxedBernoulli(TransformedDistribution):
    """Numbers within (0, 1), the nearer to 0 and 1 the lower the temperature.

    Parameters
    ----------
    temperature : Tensor
    probs, logits : float or Tensor, optional
        One of the two: the probability of 1, or the logarithm of its odds.
    validate_args : bool, optional
    """

    arg_constraints = Coin.arg_constraints
    support = constraints.unit_interval

    def __init__(
        self,
        temperature: Any,
        probs: Any = None,
        logits: Any = None,
        validate_args: bool | None = None,
    ) -> None:
        base = LogitRelaxedBernoulli(temperature, probs, logits)
        super().__init__(base, SigmoidTransform(), validate_args)

    temperature = property(lambda self: self.base_dist.temperature)
    probs = property(lambda self: self.base_dist.probs)
    logits = property(lambda self: self.base_dist.logits)


class ExpRelaxedCategorical(Distribution):
    """The logarithms of what `RelaxedOneHotCategorical` draws."""

    arg_constraints = Categorical.arg_constraints
    support = constraints.real_vector
    has_rsample = True

    def __init__(
        self,
        temperature: Any,
        probs: Any = None,
        logits: Any = None,
        validate_args: bool | None = None,
    ) -> None:
        self._categorical = Categorical(probs, logits)
        self.temperature = as_tensor(temperature, dtype=self.logits.dtype)
        shape = self._categorical.batch_shape
        super().__init__(shape, self.param_shape[-1:], validate_args)

    probs = property(lambda self: self._categorical.probs)
    logits = property(lambda self: self._categorical.logits)
    param_shape = property(lambda self: self._categorical.param_shape)

    def expand(self, batch_shape: Sequence[int], _instance: Any = None) -> Any:
        new = super().expand(batch_shape)
        new.temperature = self.temperature
        return new

    def rsample(self, sample_shape: Sequence[int] = ()) -> Any:
        drawn = within(rand(self._extended_shape(sample_shape), dtype=self.logits.dtype))
        scores = (self.logits - (-drawn.log()).log()) / self.temperature
        return scores.log_softmax(-1)

    def log_prob(self, value: Any) -> Any:
        self._validate_sample(value)
        logits, value = together(self.logits, value)
        more = self._categorical._num_events - 1
        scale = math.lgamma(more + 1) + more * self.temperature.log()
        return (logits - value * self.temperature).log_softmax(-1).sum(-1) + scale


class RelaxedOneHotCategorical(TransformedDistribution):
    """Vectors of probabilities, the nearer to a 1 at one class the lower the temperature.

    Parameters
    ----------
    temperature : Tensor
    probs, logits : Tensor, optional
        One of the two, (..., K).
    validate_args : bool, optional
    """

    arg_constraints = Categorical.arg_constraints
    support = constraints.simplex

    def __init__(
        self,
        temperature: Any,
        probs: Any = None,
        logits: Any = None,
        validate_args: bool | None = None,
    ) -> None:
        base = ExpRelaxedCategorical(temperature, probs, logits, validate_args)
        super().__init__(base, ExpTransform(), validate_args)

    temperature = property(lambda self: self.base_dist.temperature)
    probs = property(lambda self: self.base_dist.probs)
    logits = property(lambda self: self.base_dist.logits)


class ContinuousBernoulli(Coin, ExponentialFamily):
    """Numbers within [0, 1] with the density ``probs**x * (1 - probs)**(1 - x)``, made to be 1.

    Parameters
    ----------
    probs, logits : float or Tensor, optional
        One of the two.
    lims : pair of float, default (0.499, 0.501)
        Between these, where the formulas divide 0 by 0, `probs` has those of a Taylor series.
    validate_args : bool, optional

    Source: G. Loaiza-Ganem, J. P. Cunningham, The continuous Bernoulli, 2019,
    https://arxiv.org/abs/1907.06845
    """

    support = constraints.unit_interval
    has_rsample = True

    def __init__(
        self,
        probs: Any = None,
        logits: Any = None,
        lims: tuple[float, float] = (0.499, 0.501),
        validate_args: bool | None = None,
    ) -> None:
        self._coins(probs, logits)
        self._lims = lims
        super().__init__(self.param_shape, validate_args=validate_args)
        if probs is not None:
            vars(self)["probs"] = within(self.probs)

    @derived
    def probs(self) -> Any:
        return within(self.logits.sigmoid())

    @property
    def _outer(self) -> Any:
        return (self.probs <= self._lims[0]) | (self.probs > self._lims[1])

    @property
    def _cut(self) -> Any:
        """The probabilities, those near 1/2 moved away."""
        return self.probs.where(self._outer, self._lims[0])

    def _cont_bern_log_norm(self) -> Any:
        p, x = self._cut, (self.probs - 0.5) ** 2
        norm = abs((-p).log1p() - p.log()).log() - abs(1 - 2 * p).log()
        return norm.where(self._outer, math.log(2) + (4 / 3 + 104 / 45 * x) * x)

    @property
    def mean(self) -> Any:
        p, x = self._cut, self.probs - 0.5
        found = p / (2 * p - 1) + 1 / ((-p).log1p() - p.log())
        return found.where(self._outer, 0.5 + (1 / 3 + 16 / 45 * x**2) * x)

    @property
    def variance(self) -> Any:
        p, x = self._cut, (self.probs - 0.5) ** 2
        found = p * (p - 1) / (1 - 2 * p) ** 2 + 1 / ((-p).log1p() - p.log()) ** 2
        return found.where(self._outer, 1 / 12 - (1 / 15 - 128 / 945 * x) * x)

    def rsample(self, sample_shape: Sequence[int] = ()) -> Any:
        return self.icdf(rand(self._extended_shape(sample_shape), dtype=self._param.dtype))

    def log_prob(self, value: Any) -> Any:
        self._validate_sample(value)
        logits, value = together(self.logits, value)
        found = -binary_cross_entropy_with_logits(logits, value, reduction="none")
        return found + self._cont_bern_log_norm()

    def cdf(self, value: Any) -> Any:
        self._validate_sample(value)
        p = self._cut
        found = (p**value * (1 - p) ** (1 - value) + p - 1) / (2 * p - 1)
        found = found.where(self._outer, value)
        return found.where(value > 0, 0.0).where(value < 1, 1.0)

    def icdf(self, value: Any) -> Any:
        p = self._cut
        rest = (-p).log1p()
        found = ((-p + value * (2 * p - 1)).log1p() - rest) / (p.log() - rest)
        return found.where(self._outer, value)

    def entropy(self) -> Any:
        no, yes = (-self.probs).log1p(), self.probs.log()
        return self.mean * (no - yes) - self._cont_bern_log_norm() - no
