"""The error function and its relatives, element by element."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tinygrad_np.ops.choice import clamp, where
from tinygrad_np.ops.division import reciprocal
from tinygrad_np.ops.exponential import exp, log, log1p
from tinygrad_np.ops.trigonometry import cos
from tinygrad_np.tape.op import Array, op
from tinygrad_np.tape.out import takes_out

__all__ = [
    "digamma",
    "entr",
    "erf",
    "erfc",
    "erfcx",
    "erfinv",
    "lgamma",
    "log_ndtr",
    "logit",
    "ndtr",
    "ndtri",
    "polygamma",
    "sinc",
    "xlog1py",
]

_SLOPE = 2 / math.sqrt(math.pi)  # of erf at 0
_ROOT = math.sqrt(2 * math.pi)


@op(promote=float)
def erf(input: Array) -> Array:
    """The error function, ``2 / sqrt(pi)`` times the integral of ``exp(-t**2)`` from 0.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.erf(tg.tensor([0.0, -1.0, 10.0]))
    tensor([ 0.0000, -0.8427,  1.0000])
    """
    return from_scipy("erf", input)


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
    return from_scipy("erfc", input)


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
    return from_scipy("erfinv", input)


@erfinv.backward("input")
def _(grad: Array, input: Array) -> Any:
    value = erfinv(input)
    return grad * exp(value * value) / _SLOPE


@op(promote=float)
def digamma(input: Array) -> Array:
    """The derivative of `lgamma`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.digamma(tg.tensor([1.0, 0.5]))
    tensor([-0.5772, -1.9635])
    """
    return from_scipy("digamma", input)


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
    return from_scipy("gammaln", input)


lgamma.backward(input=lambda grad, input: grad * digamma(input))


@op(promote=float)
def _polygamma(input: Array, *, n: int) -> Array:
    return from_scipy("polygamma", n, input)


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
    return _logit(input if eps is None else clamp(input, eps, 1 - eps))


@op(promote=float)
@np.errstate(all="ignore")
def _logit(input: Array) -> Array:
    return np.log(input / (1 - input))


_logit.backward(
    input=lambda grad, input: (
        grad * where((input < 0) | (input > 1), math.nan, reciprocal(input * (1 - input)))
    )
)


@op(promote=float)
def erfcx(input: Array) -> Array:
    """``exp(input ** 2) * erfc(input)``, which does not underflow.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.special.erfcx(tg.tensor([0.0, 1.0, 10.0]))
    tensor([1.0000, 0.4276, 0.0561])
    """
    return from_scipy("erfcx", input)


erfcx.backward(input=lambda grad, input, out: grad * (2 * input * out - _SLOPE))


@op(promote=float)
def ndtr(input: Array) -> Array:
    """How much of the standard normal distribution is below `input`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.special.ndtr(tg.tensor([-1.0, 0.0, 2.0]))
    tensor([0.1587, 0.5000, 0.9772])
    """
    return from_scipy("ndtr", input)


ndtr.backward(input=lambda grad, input: grad * exp(input * input * -0.5) / _ROOT)


@op(promote=float)
def log_ndtr(input: Array) -> Array:
    """The logarithm of `ndtr`, exact where that is small.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.special.log_ndtr(tg.tensor([-5.0, 0.0]))
    tensor([-15.0650,  -0.6931])
    """
    return from_scipy("log_ndtr", input)


log_ndtr.backward(input=lambda grad, input: grad * (2 / _ROOT) / erfcx(input * -math.sqrt(0.5)))


@op(promote=float)
def ndtri(input: Array) -> Array:
    """The inverse of `ndtr` on (0, 1); infinite at its ends, nan beyond.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.special.ndtri(tg.tensor([0.0, 0.5, 0.9]))
    tensor([  -inf, 0.0000, 1.2816])
    """
    return from_scipy("ndtri", input)


ndtri.backward(input=lambda grad, out: grad * exp(out * out * 0.5) * _ROOT)


@op(promote=float)
def entr(input: Array) -> Array:
    """``-input * log(input)``: 0 at 0, -inf below, and the gradient at 0 is inf.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.special.entr(tg.tensor([-1.0, 0.0, 0.5]))
    tensor([  -inf, 0.0000, 0.3466])
    """
    return from_scipy("entr", input)


entr.backward(input=lambda grad, input: -grad * log(input) - grad)


@op(promote=float)
def sinc(input: Array) -> Array:
    """``sin(pi * input) / (pi * input)``, and 1 at 0.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.sinc(tg.tensor([0.0, 0.5]))
    tensor([1.0000, 0.6366])
    """
    with np.errstate(all="ignore"):
        return np.sinc(input).astype(input.dtype, copy=False)


@sinc.backward("input")
def _(grad: Array, input: Array) -> Any:
    here = where(input == 0, 1.0, input)  # neither the quotient nor its derivatives are nan
    slope = (cos(input * math.pi) - sinc(input)) / here
    return grad * where(input == 0, input * (-(math.pi**2) / 3), slope)


@op(promote=float)
def xlog1py(input: Array, other: Array) -> Array:
    """``input * log1p(other)``, and 0 where `input` is 0 unless `other` is nan.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.special.xlog1py(tg.tensor([0.0, 2.0]), tg.tensor([-1.0, 1.0]))
    tensor([0.0000, 1.3863])
    """
    return from_scipy("xlog1py", input, other)


xlog1py.backward(
    input=lambda grad, input, other: where((input == 0) & (other <= -1), 0.0, grad * log1p(other)),
    other=lambda grad, input, other: grad * input / (other + 1),
)


def from_scipy(name: str, *args: Any) -> Array:
    """A function of SciPy, which is imported when first needed; float16 stays what it is."""
    import scipy.special

    return getattr(scipy.special, name)(*args).astype(np.result_type(*args), copy=False)
