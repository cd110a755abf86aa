"""The Kullback-Leibler divergence of two distributions."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from tinygrad_np.distributions.categories import Categorical, OneHotCategorical
from tinygrad_np.distributions.continuous import Exponential, Laplace, Normal, Uniform
from tinygrad_np.distributions.counts import Bernoulli, Binomial, Geometric, Poisson
from tinygrad_np.distributions.extremes import EULER, Cauchy, Gumbel, HalfNormal, Pareto
from tinygrad_np.distributions.joint import Independent, MultivariateNormal
from tinygrad_np.distributions.matrices import LowRankMultivariateNormal
from tinygrad_np.distributions.positive import Beta, Dirichlet, Gamma
from tinygrad_np.distributions.relaxed import ContinuousBernoulli
from tinygrad_np.distributions.transform import over_last
from tinygrad_np.distributions.transformed import TransformedDistribution
from tinygrad_np.nn.functional import softplus
from tinygrad_np.ops.factors import solve_triangular
from tinygrad_np.ops.special import digamma, lgamma

__all__ = ["kl_divergence", "register_kl"]

_KNOWN: dict[tuple[type, type], Callable[[Any, Any], Any]] = {}


def register_kl(type_p: type, type_q: type) -> Callable[[Any], Any]:
    """Decorator for a function that gives the divergence of two kinds of distributions.

    Examples
    --------
    >>> from tinygrad_np import distributions
    >>> class Dull(distributions.Normal):
    ...     pass
    >>> @distributions.register_kl(Dull, Dull)
    ... def dull(p, q):
    ...     return 0.0
    >>> distributions.kl_divergence(Dull(0.0, 1.0), Dull(3.0, 1.0))
    0.0
    """

    def register(function: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
        _KNOWN[type_p, type_q] = function
        return function

    return register


def kl_divergence(p: Any, q: Any) -> Any:
    """The mean over `p` of ``log p - log q``.

    Raises
    ------
    NotImplementedError
        For a pair that nothing is registered for.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> normal = tg.distributions.Normal
    >>> tg.distributions.kl_divergence(normal(1.0, 1.0), normal(0.0, 1.0))
    tensor(0.5000)
    """
    for kind_p in type(p).__mro__:
        for kind_q in type(q).__mro__:
            if (kind_p, kind_q) in _KNOWN:
                return _KNOWN[kind_p, kind_q](p, q)
    raise NotImplementedError(
        f"No KL(p || q) is implemented for p type {type(p).__name__} and q type "
        f"{type(q).__name__}: register_kl() makes one known"
    )


@register_kl(Normal, Normal)
def _(p: Any, q: Any) -> Any:
    ratio = (p.scale / q.scale) ** 2
    apart = ((p.loc - q.loc) / q.scale) ** 2
    return 0.5 * (ratio + apart - 1 - ratio.log())


@register_kl(Categorical, Categorical)
def _(p: Any, q: Any) -> Any:
    terms = p.probs * (p.logits - q.logits)
    return terms.where(q.probs != 0, math.inf).where(p.probs != 0, 0.0).sum(-1)


@register_kl(Bernoulli, Bernoulli)
def _(p: Any, q: Any) -> Any:
    yes = p.probs * (softplus(-q.logits) - softplus(-p.logits))
    no = (1 - p.probs) * (softplus(q.logits) - softplus(p.logits))
    yes = yes.where(q.probs != 0, math.inf).where(p.probs != 0, 0.0)
    return yes + no.where(q.probs != 1, math.inf).where(p.probs != 1, 0.0)


@register_kl(Poisson, Poisson)
def _(p: Any, q: Any) -> Any:
    return p.rate * (p.rate.log() - q.rate.log()) - (p.rate - q.rate)


@register_kl(Exponential, Exponential)
def _(p: Any, q: Any) -> Any:
    ratio = q.rate / p.rate
    return ratio - ratio.log() - 1


@register_kl(Uniform, Uniform)
def _(p: Any, q: Any) -> Any:
    inside = (q.low <= p.low) & (q.high >= p.high)
    return ((q.high - q.low) / (p.high - p.low)).log().where(inside, math.inf)


@register_kl(Laplace, Laplace)
def _(p: Any, q: Any) -> Any:
    apart = abs(p.loc - q.loc)
    ratio = p.scale / q.scale
    return -ratio.log() + apart / q.scale + ratio * (-apart / p.scale).exp() - 1


@register_kl(Gamma, Gamma)
def _(p: Any, q: Any) -> Any:
    a, b, ratio = p.concentration, q.concentration, q.rate / p.rate
    return (a - b) * digamma(a) - lgamma(a) + lgamma(b) - b * ratio.log() + a * (ratio - 1)


@register_kl(Dirichlet, Dirichlet)
def _(p: Any, q: Any) -> Any:
    a, b = p.concentration, q.concentration
    total = a.sum(-1)
    apart = (lgamma(b) - lgamma(a)).sum(-1) + lgamma(total) - lgamma(b.sum(-1))
    return apart + ((a - b) * (digamma(a) - digamma(total).unsqueeze(-1))).sum(-1)


@register_kl(Beta, Beta)
def _(p: Any, q: Any) -> Any:
    return kl_divergence(p._dirichlet, q._dirichlet)


@register_kl(MultivariateNormal, MultivariateNormal)
@register_kl(MultivariateNormal, LowRankMultivariateNormal)
@register_kl(LowRankMultivariateNormal, MultivariateNormal)
@register_kl(LowRankMultivariateNormal, LowRankMultivariateNormal)
def _(p: Any, q: Any) -> Any:
    if p.event_shape != q.event_shape:
        raise ValueError(
            "KL-divergence between two Multivariate Normals with different event shapes cannot be "
            f"computed: {tuple(p.event_shape)} and {tuple(q.event_shape)}"
        )
    apart = (q.loc - p.loc).unsqueeze(-1)
    spread = (solve_triangular(q.scale_tril, p.scale_tril, upper=False) ** 2).sum((-2, -1))
    moved = (solve_triangular(q.scale_tril, apart, upper=False) ** 2).sum((-2, -1))
    return q._log_volume() - p._log_volume() + 0.5 * (spread + moved - p.event_shape[0])


@register_kl(Independent, Independent)
def _(p: Any, q: Any) -> Any:
    if p.reinterpreted_batch_ndims != q.reinterpreted_batch_ndims:
        raise NotImplementedError("Independent: the two differ in reinterpreted_batch_ndims")
    return over_last(kl_divergence(p.base_dist, q.base_dist), p.reinterpreted_batch_ndims)


@register_kl(OneHotCategorical, OneHotCategorical)
def _(p: Any, q: Any) -> Any:
    return kl_divergence(p._categorical, q._categorical)


@register_kl(Binomial, Binomial)
def _(p: Any, q: Any) -> Any:
    if (p.total_count < q.total_count).any():
        raise NotImplementedError(
            "KL between Binomials where q.total_count > p.total_count is not implemented"
        )
    each = p.probs * (p.logits - q.logits) + (-p.probs).log1p() - (-q.probs).log1p()
    return (p.total_count * each).where(p.total_count == q.total_count, math.inf)


@register_kl(Geometric, Geometric)
def _(p: Any, q: Any) -> Any:
    return -p.entropy() - (-q.probs).log1p() / p.probs - q.logits


@register_kl(ContinuousBernoulli, ContinuousBernoulli)
def _(p: Any, q: Any) -> Any:
    norms = p._cont_bern_log_norm() - q._cont_bern_log_norm()
    return p.mean * (p.logits - q.logits) + (-p.probs).log1p() - (-q.probs).log1p() + norms


@register_kl(Gumbel, Gumbel)
def _(p: Any, q: Any) -> Any:
    ratio, apart = p.scale / q.scale, (p.loc - q.loc) / q.scale
    return apart - ratio.log() + EULER * (ratio - 1) - 1 + (lgamma(1 + ratio) - apart).exp()


@register_kl(HalfNormal, HalfNormal)
def _(p: Any, q: Any) -> Any:
    return kl_divergence(p.base_dist, q.base_dist)


@register_kl(Cauchy, Cauchy)
def _(p: Any, q: Any) -> Any:
    return ((p.scale + q.scale) ** 2 + (p.loc - q.loc) ** 2).log() - (4 * p.scale * q.scale).log()


@register_kl(Pareto, Pareto)
def _(p: Any, q: Any) -> Any:
    ratio = q.alpha / p.alpha
    found = q.alpha * (p.scale / q.scale).log() - ratio.log() + ratio - 1
    return found.where(p.scale >= q.scale, math.inf)


@register_kl(TransformedDistribution, TransformedDistribution)
def _(p: Any, q: Any) -> Any:
    if p.transforms != q.transforms or p.event_shape != q.event_shape:
        raise NotImplementedError(
            "KL between transformed distributions is implemented for the same transforms alone"
        )
    return kl_divergence(p.base_dist, q.base_dist)
