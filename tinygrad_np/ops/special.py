"""The error function and its relatives, element by element."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tinygrad_np.ops.choice import clamp
from tinygrad_np.ops.division import div
from tinygrad_np.ops.elementwise import rsub
from tinygrad_np.ops.exponential import exp, log
from tinygrad_np.tape.op import Array, op
from tinygrad_np.tape.out import takes_out

__all__ = ["digamma", "erf", "erfc", "erfinv", "lgamma", "logit", "polygamma"]

_SLOPE = 2 / math.sqrt(math.pi)  # of erf at 0


@op(promote=float)
def erf(input: Array) -> Array:
    """The error function, ``2 / sqrt(pi)`` times the integral of ``exp(-t**2)`` from 0.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.erf(tg.tensor([0.0, -1.0, 10.0]))
    tensor([ 0.0000, -0.8427,  1.0000])
    """
    return _scipy("erf", input)


erf.backward(input=lambda grad, input: grad * exp(-(input * input)) * _SLOPE)


@op(promote=float)
def erfc(input: Array) -> Array:
    """``1 - erf(input)``, exact where it is small.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.erfc(tg.tensor([0.0, -1.0, 3.0]))
    tensor([1.0000e+00, 1.8427e+00, 2.2090e-05])
    """
    return _scipy("erfc", input)


erfc.backward(input=lambda grad, input: grad * exp(-(input * input)) * -_SLOPE)


@op(promote=float)
def erfinv(input: Array) -> Array:
    """The inverse of `erf` on (-1, 1); inf at 1, nan beyond.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.erfinv(tg.tensor([0.0, 0.5, -1.0]))
    tensor([0.0000, 0.4769,   -inf])
    """
    return _scipy("erfinv", input)


erfinv.backward(input=lambda grad, out: grad * exp(out * out) / _SLOPE)


@op(promote=float)
def digamma(input: Array) -> Array:
    """The derivative of `lgamma`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.digamma(tg.tensor([1.0, 0.5]))
    tensor([-0.5772, -1.9635])
    """
    return _scipy("digamma", input)


digamma.backward(input=lambda grad, input: grad * polygamma(1, input))


@op(promote=float)
def lgamma(input: Array) -> Array:
    """The logarithm of the absolute value of the gamma function; inf at 0, -1, -2, ...

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.lgamma(tg.tensor([1.0, 5.0, 0.0]))
    tensor([0.0000, 3.1781,    inf])
    """
    return _scipy("gammaln", input)


lgamma.backward(input=lambda grad, input: grad * digamma(input))


@op(promote=float)
def _polygamma(input: Array, *, n: int) -> Array:
    return _scipy("polygamma", input, n)


_polygamma.backward(input=lambda grad, input, n: grad * polygamma(n + 1, input))


def polygamma(n: int, input: Array) -> Array:
    """The `n`-th derivative of `digamma`.

    Raises
    ------
    RuntimeError
        For a negative `n`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.polygamma(1, tg.tensor([1.0, 0.5]))
    tensor([1.6449, 4.9348])
    """
    if n < 0:
        raise RuntimeError(f"polygamma(n, x) does not support negative n, got {n}")
    return digamma(input) if n == 0 else _polygamma(input, n=n)


@takes_out
def logit(input: Array, eps: float | None = None) -> Array:
    """``log(p / (1 - p))``, the inverse of `sigmoid`.

    Parameters
    ----------
    input : Tensor
        In [0, 1]; nan for values beyond.
    eps : float, optional
        Values are clamped to [eps, 1 - eps] first.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.logit(tg.tensor([0.0, 0.5, 0.9]), eps=0.1)
    tensor([-2.1972,  0.0000,  2.1972])
    """
    p = input if eps is None else clamp(input, eps, 1 - eps)
    return log(div(p, rsub(p, 1)))


def _scipy(name: str, input: Any, *first: int) -> Array:
    """A function of SciPy, which is imported when first needed; float16 stays what it is."""
    import scipy.special

    return getattr(scipy.special, name)(*first, input).astype(np.result_type(input), copy=False)
