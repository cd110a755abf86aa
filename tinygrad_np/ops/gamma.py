"""Functions made of the gamma function, of two arguments or of several dimensions."""

from __future__ import annotations

import math
from typing import Any

from tinygrad_np.ops.exponential import exp, xlogy
from tinygrad_np.ops.special import from_scipy, lgamma
from tinygrad_np.tape.op import Array, op

__all__ = ["gammainc", "gammaincc", "multigammaln", "zeta"]


@op(promote=float)
def gammainc(input: Array, other: Array) -> Array:
    """The share of the gamma function's integral that is below `other`.

    ``integral(t ** (input - 1) * exp(-t), 0, other) / gamma(input)``, with a gradient for `other`
    alone.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.special.gammainc(tg.tensor([1.0, 2.0]), tg.tensor([0.5, 0.5]))
    tensor([0.3935, 0.0902])
    """
    return from_scipy("gammainc", input, other)


gammainc.backward(other=lambda grad, input, other: grad * _density(input, other))


@op(promote=float)
def gammaincc(input: Array, other: Array) -> Array:
    """``1 - gammainc(input, other)``, exact where it is small; a gradient for `other` alone.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.special.gammaincc(tg.tensor([1.0, 2.0]), tg.tensor([0.5, 0.5]))
    tensor([0.6065, 0.9098])
    """
    return from_scipy("gammaincc", input, other)


gammaincc.backward(other=lambda grad, input, other: grad * -_density(input, other))


def _density(input: Any, other: Any) -> Any:
    return exp(xlogy(input - 1, other) - other - lgamma(input))


@op(promote=float)
def zeta(input: Array, other: Array) -> Array:
    """Hurwitz's zeta function, the sum of ``(k + other) ** -input`` over k = 0, 1, 2, ...

    It has a gradient for `other` alone.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.special.zeta(tg.tensor([2.0, 4.0]), 1.0)
    tensor([1.6449, 1.0823])
    """
    return from_scipy("zeta", input, other)


zeta.backward(other=lambda grad, input, other: grad * -input * zeta(input + 1, other))


def multigammaln(input: Any, p: int) -> Any:
    """The logarithm of the gamma function of `p` dimensions, element by element.

    ``p * (p - 1) / 4 * log(pi) + lgamma(input) + lgamma(input - 1 / 2) + ...``, p terms.

    Raises
    ------
    RuntimeError
        For a `p` below 1.

    Source: A. T. James, Distributions of Matrix Variates and Latent Roots Derived from Normal
    Samples, Annals of Mathematical Statistics 35, 1964.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.special.multigammaln(tg.tensor([1.5, 2.0]), 2)
    tensor([0.4516, 0.4516])
    """
    if p < 1:
        raise RuntimeError(f"p has to be greater than or equal to 1, got {p}")
    total = sum(lgamma(input - 0.5 * i) for i in range(1, p)) + lgamma(input)
    return total + p * (p - 1) / 4 * math.log(math.pi)
