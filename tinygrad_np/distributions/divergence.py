"""The Kullback-Leibler divergence of two distributions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tinygrad_np.distributions.continuous import Exponential, Normal
from tinygrad_np.distributions.discrete import Bernoulli, Categorical, Poisson

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
    return (p.probs * (p.logits - q.logits)).sum(-1)


@register_kl(Bernoulli, Bernoulli)
def _(p: Any, q: Any) -> Any:
    yes, no = p.probs, 1 - p.probs
    return yes * (yes / q.probs).log() + no * (no / (1 - q.probs)).log()


@register_kl(Poisson, Poisson)
def _(p: Any, q: Any) -> Any:
    return p.rate * (p.rate.log() - q.rate.log()) - (p.rate - q.rate)


@register_kl(Exponential, Exponential)
def _(p: Any, q: Any) -> Any:
    ratio = q.rate / p.rate
    return ratio - ratio.log() - 1
