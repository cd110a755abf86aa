"""Divergences between distributions of different kinds.

Each is the mean over `p` of ``-log q``, of which moments of `p` are enough, without its entropy.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from tinygrad_np.creation import full_like
from tinygrad_np.distributions.continuous import Exponential, Laplace, Normal, Uniform
from tinygrad_np.distributions.counts import Bernoulli, Binomial, Poisson
from tinygrad_np.distributions.divergence import register_kl
from tinygrad_np.distributions.extremes import EULER, Gumbel, Pareto
from tinygrad_np.distributions.positive import Beta, Gamma
from tinygrad_np.distributions.relaxed import ContinuousBernoulli
from tinygrad_np.ops.exponential import xlogy
from tinygrad_np.ops.special import digamma, erf, lgamma

__all__: list[str] = []


def _of(q: type, *kinds: type) -> Callable[[Any], Any]:
    """Register ``missing(p, q)``, the mean over `p` of ``-log q``, for these kinds of `p`."""

    def register(missing: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
        for kind in kinds:
            register_kl(kind, q)(lambda p, q: missing(p, q) - p.entropy())
        return missing

    return register


def _mean_log(p: Any) -> Any:
    """The mean of the logarithm."""
    if isinstance(p, Exponential):
        return -p.rate.log() - EULER
    if isinstance(p, Pareto):
        return p.scale.log() + 1 / p.alpha
    if isinstance(p, Uniform):
        return _mean_log_between(p.low, p.high)
    a, b = p.concentration1, p.concentration0  # Beta
    return digamma(a) - digamma(a + b)


def _mean_log_between(low: Any, high: Any) -> Any:
    return (xlogy(high, high) - xlogy(low, low)) / (high - low) - 1


def _mean_exp(p: Any, t: Any) -> Any:
    """The mean of ``exp(-t x)``."""
    if isinstance(p, Exponential):
        return p.rate / (p.rate + t)
    if isinstance(p, Gamma):
        return (1 + t / p.rate) ** -p.concentration
    if isinstance(p, Normal):
        return ((p.scale * t) ** 2 / 2 - p.loc * t).exp()
    return ((-t * p.low).exp() - (-t * p.high).exp()) / (t * (p.high - p.low))  # Uniform


def _where_within(found: Any, p: Any, low: Any, high: Any = math.inf) -> Any:
    """Infinite where what `p` gives is not all between two bounds."""
    if isinstance(p, Uniform):
        return found.where((p.low >= low) & (p.high <= high), math.inf)
    return found


@_of(Normal, Beta, ContinuousBernoulli, Exponential, Gamma, Gumbel, Laplace, Pareto, Uniform)
def _(p: Any, q: Any) -> Any:
    apart = p.variance + (p.mean - q.loc) ** 2
    return apart / (2 * q.scale**2) + q.scale.log() + 0.5 * math.log(2 * math.pi)


@_of(Exponential, Beta, ContinuousBernoulli, Gamma, Pareto, Uniform)
def _(p: Any, q: Any) -> Any:
    return _where_within(q.rate * p.mean - q.rate.log(), p, 0)


@_of(Gamma, Beta, Exponential, Pareto, Uniform)
def _(p: Any, q: Any) -> Any:
    a, rate = q.concentration, q.rate
    found = rate * p.mean - (a - 1) * _mean_log(p) - a * rate.log() + lgamma(a)
    return _where_within(found, p, 0)


@_of(Gumbel, Exponential, Gamma, Normal, Uniform)
def _(p: Any, q: Any) -> Any:
    t, moved = 1 / q.scale, q.loc / q.scale
    return q.scale.log() + t * p.mean - moved + moved.exp() * _mean_exp(p, t)


@_of(Beta, Uniform)
def _(p: Any, q: Any) -> Any:
    a, b = q.concentration1, q.concentration0
    found = lgamma(a) + lgamma(b) - lgamma(a + b) - (a - 1) * _mean_log(p)
    found = found - (b - 1) * _mean_log_between(1 - p.high, 1 - p.low)
    return _where_within(found, p, 0, 1)


@_of(ContinuousBernoulli, Beta, Uniform)
def _(p: Any, q: Any) -> Any:
    found = -p.mean * q.logits - (-q.probs).log1p() - q._cont_bern_log_norm()
    return _where_within(found, p, 0, 1)


@_of(Pareto, Uniform)
def _(p: Any, q: Any) -> Any:
    found = (q.alpha + 1) * _mean_log(p) - q.alpha.log() - q.alpha * q.scale.log()
    return _where_within(found, p, q.scale)


@_of(Uniform, Beta, ContinuousBernoulli)
def _(p: Any, q: Any) -> Any:
    return (q.high - q.low).log().where((q.low <= 0) & (q.high >= 1), math.inf)


@_of(Laplace, Normal)
def _(p: Any, q: Any) -> Any:
    apart = p.loc - q.loc
    near = math.sqrt(2 / math.pi) * p.scale * (-0.5 * (apart / p.scale) ** 2).exp()
    return (near + apart * erf(apart / p.scale * math.sqrt(0.5))) / q.scale + (2 * q.scale).log()


@_of(Poisson, Bernoulli)
def _(p: Any, q: Any) -> Any:
    return q.rate - p.probs * q.rate.log()


_NEVER = {  # what the first gives, and the second does not
    Beta: (Pareto,),
    ContinuousBernoulli: (Pareto,),
    Exponential: (Beta, ContinuousBernoulli, Pareto, Uniform),
    Gamma: (Beta, ContinuousBernoulli, Pareto, Uniform),
    Gumbel: (Beta, ContinuousBernoulli, Exponential, Gamma, Pareto, Uniform),
    Laplace: (Beta, ContinuousBernoulli, Exponential, Gamma, Pareto, Uniform),
    Normal: (Beta, ContinuousBernoulli, Exponential, Gamma, Pareto, Uniform),
    Pareto: (Beta, ContinuousBernoulli, Uniform),
    Poisson: (Bernoulli, Binomial),
}
for _first, _others in _NEVER.items():
    for _second in _others:
        register_kl(_first, _second)(lambda p, q: full_like(p.mean.detach(), math.inf))
