"""Rows for ops/exponential.py, ops/trigonometry.py and ops/special.py."""

import math

import numpy as np
import scipy.special

import tinygrad_np as tg
from tests.opinfo import OpInfo, Sample, binary, unary
from tests.rows.elementwise import each, with_number

POSITIVE = (0.1, 3.0)
INSIDE = (-0.95, 0.95)  # the domain of asin, atanh and erfinv


def powers():
    """A positive base, and exponents of both signs."""
    return binary().map(lambda s: Sample((np.asarray(np.abs(s.args[0]) + 0.1), s.args[1])))


def digamma(x, n=0):
    """The derivative of log(gamma), or with n=1 the next: shifted up, then Stirling's series."""
    shifted = range(20)
    z = x + len(shifted)
    if n == 0:
        series = math.log(z) - 1 / (2 * z) - 1 / (12 * z**2) + 1 / (120 * z**4) - 1 / (252 * z**6)
        return series - sum(1 / (x + i) for i in shifted)
    series = 1 / z + 1 / (2 * z**2) + 1 / (6 * z**3) - 1 / (30 * z**5) + 1 / (42 * z**7)
    return series + sum(1 / (x + i) ** 2 for i in shifted)


ROWS = [
    OpInfo(tg.pow, np.power, powers(), mixed=True),
    OpInfo(
        tg.pow,
        np.power,
        with_number(numbers=(0, 1, 2, 3, 4, -1, -2)),
        name="pow(number)",
        torch="pow",
    ),
    OpInfo(
        tg.pow,
        np.power,
        with_number(numbers=(0.5, -0.5, 2.5), low=0.1),
        name="pow(fraction)",
        torch="pow",
    ),
    OpInfo(
        tg.pow, np.power, with_number(first=True, numbers=(2, 0.5)), name="pow(base)", torch="pow"
    ),
    OpInfo(tg.square, lambda x: x * x, unary()),
    OpInfo(tg.sqrt, each(math.sqrt), unary(*POSITIVE)),
    OpInfo(tg.rsqrt, lambda x: x**-0.5, unary(*POSITIVE)),
    OpInfo(tg.exp, each(math.exp), unary()),
    OpInfo(tg.exp2, lambda x: 2.0**x, unary()),
    OpInfo(tg.expm1, each(math.expm1), unary()),
    OpInfo(tg.sigmoid, scipy.special.expit, unary(-8.0, 8.0)),
    OpInfo(tg.log, each(math.log), unary(*POSITIVE)),
    OpInfo(tg.log2, each(math.log2), unary(*POSITIVE)),
    OpInfo(tg.log10, each(math.log10), unary(*POSITIVE)),
    OpInfo(tg.log1p, each(math.log1p), unary(-0.9, 3.0)),
    OpInfo(tg.logaddexp, lambda x, y: np.log(np.exp(x) + np.exp(y)), binary(), mixed=True),
    OpInfo(tg.xlogy, scipy.special.xlogy, binary(*POSITIVE), mixed=True),
    OpInfo(tg.sin, each(math.sin), unary()),
    OpInfo(tg.cos, each(math.cos), unary()),
    OpInfo(tg.tan, each(math.tan), unary(-1.2, 1.2)),
    OpInfo(tg.asin, each(math.asin), unary(*INSIDE)),
    OpInfo(tg.acos, each(math.acos), unary(*INSIDE)),
    OpInfo(tg.atan, each(math.atan), unary()),
    OpInfo(tg.atan2, each(math.atan2), binary(), mixed=True),
    OpInfo(tg.hypot, each(math.hypot), binary(), mixed=True),
    OpInfo(tg.sinh, each(math.sinh), unary()),
    OpInfo(tg.cosh, each(math.cosh), unary()),
    OpInfo(tg.tanh, each(math.tanh), unary()),
    OpInfo(tg.asinh, each(math.asinh), unary()),
    OpInfo(tg.acosh, each(math.acosh), unary(1.1, 4.0)),
    OpInfo(tg.atanh, each(math.atanh), unary(*INSIDE)),
    OpInfo(tg.erf, each(math.erf), unary()),
    OpInfo(tg.erfc, each(math.erfc), unary()),
    OpInfo(tg.lgamma, each(math.lgamma), unary(*POSITIVE)),
    OpInfo(tg.digamma, each(digamma), unary(*POSITIVE), rtol=1e-9),
    OpInfo(
        lambda x: tg.polygamma(1, x),
        each(lambda x: digamma(x, 1)),
        unary(*POSITIVE),
        name="polygamma",
        torch=lambda torch, x: torch.polygamma(1, x),
        covers=("_polygamma",),
        rtol=1e-9,
    ),
    OpInfo(tg.logit, lambda p: np.log(p / (1 - p)), unary(0.05, 0.95)),
    OpInfo(
        tg.logit,
        lambda p, eps: np.log(np.clip(p, eps, 1 - eps) / (1 - np.clip(p, eps, 1 - eps))),
        unary(0.01, 0.99, eps=0.2137),
        name="logit(eps)",
        torch="logit",
    ),
    OpInfo(tg.deg2rad, np.deg2rad, unary(-180.0, 180.0)),
    OpInfo(tg.rad2deg, np.rad2deg, unary()),
    OpInfo(tg.erfinv, lambda x: scipy.special.ndtri((x + 1) / 2) / math.sqrt(2), unary(*INSIDE)),
]
