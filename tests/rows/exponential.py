"""Rows for ops/exponential.py, ops/trigonometry.py and ops/special.py."""

import math

import numpy as np
import scipy.special

import tinygrad_np as tg
from tests.opinfo import Constant, OpInfo, Sample, binary, unary
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


def special(name, ref, samples, **options):
    """A row for a function of `torch.special`, where those of Bessel have no gradient."""
    torch = None if "bessel" in name or "airy" in name else f"special.{name}"
    return OpInfo(getattr(tg.special, name), ref, samples, torch=torch, **options)


def fixed_first(a):
    """Samples of two arguments, of which the first is a number or an array and has no gradient."""
    return unary(*POSITIVE).map(
        lambda s: Sample((np.full(s.args[0].shape, a).view(Constant), *s.args))
    )


def hurwitz(s, q):
    """The first terms of the zeta function, and the rest by Euler and Maclaurin."""
    n = q + 20
    first = sum((q + k) ** -s for k in range(20))
    return (
        first
        + n ** (1 - s) / (s - 1)
        + n**-s / 2
        + s * n ** (-s - 1) / 12
        - (s * (s + 1) * (s + 2) * n ** (-s - 3) / 720)
    )


def share(a, x):
    """The share of the gamma function's integral below x, by its series."""
    terms = [x**k / math.gamma(a + k + 1) for k in range(60)]
    return x**a * math.exp(-x) * math.fsum(terms)


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
    special("erfcx", each(lambda x: math.exp(x * x) * math.erfc(x)), unary()),
    special("ndtr", each(lambda x: math.erfc(-x / math.sqrt(2)) / 2), unary()),
    special("log_ndtr", each(lambda x: math.log(math.erfc(-x / math.sqrt(2)) / 2)), unary(-4, 4)),
    special(
        "ndtri",
        lambda x: scipy.special.erfinv(2 * x - 1) * math.sqrt(2),
        unary(0.05, 0.95),
    ),
    special("entr", each(lambda x: -x * math.log(x)), unary(*POSITIVE)),
    special("sinc", each(lambda x: math.sin(math.pi * x) / (math.pi * x)), unary(0.1, 3.0)),
    special("xlog1py", lambda x, y: x * np.log(1 + y), binary(-0.9, 2.0), mixed=True),
    special("i0", lambda x: scipy.special.iv(0, x), unary()),
    special("i1", lambda x: scipy.special.iv(1, x), unary()),
    special("i0e", lambda x: scipy.special.ive(0, x), unary()),
    special("i1e", lambda x: scipy.special.ive(1, x), unary()),
    special("bessel_j0", lambda x: scipy.special.jv(0, x), unary(-9.0, 9.0)),
    special("bessel_j1", lambda x: scipy.special.jv(1, x), unary(-9.0, 9.0)),
    special("bessel_y0", lambda x: scipy.special.yv(0, x), unary(0.3, 9.0)),
    special("bessel_y1", lambda x: scipy.special.yv(1, x), unary(0.3, 9.0)),
    special("modified_bessel_k0", lambda x: scipy.special.kv(0, x), unary(0.3, 3.0)),
    special("modified_bessel_k1", lambda x: scipy.special.kv(1, x), unary(0.3, 3.0)),
    special("scaled_modified_bessel_k0", lambda x: scipy.special.kve(0, x), unary(0.3, 3.0)),
    special("scaled_modified_bessel_k1", lambda x: scipy.special.kve(1, x), unary(0.3, 3.0)),
    special("spherical_bessel_j0", each(lambda x: math.sin(x) / x), unary(0.3, 3.0)),
    special(
        "airy_ai",
        lambda x: np.sqrt(x / 3) / np.pi * scipy.special.kv(1 / 3, 2 / 3 * x**1.5),
        unary(0.1, 3.0),
        covers=("_airy_ai_slope",),
    ),
    special("zeta", hurwitz, fixed_first(3.25)),
    special("gammainc", np.vectorize(share, otypes=[float]), fixed_first(2.5), rtol=1e-8),
    special(
        "gammaincc",
        np.vectorize(lambda a, x: 1 - share(a, x), otypes=[float]),
        fixed_first(2.5),
        rtol=1e-7,
    ),
    OpInfo(
        lambda x: tg.mvlgamma(x, 3),
        lambda x: scipy.special.multigammaln(x[..., None], 3)[..., 0] if x.size else x,
        unary(1.1, 4.0),
        name="mvlgamma",
        torch=lambda torch, x: torch.mvlgamma(x, 3),
        covers=("multigammaln", "igamma", "igammac"),
    ),
    OpInfo(tg.logit, lambda p: np.log(p / (1 - p)), unary(0.05, 0.95), covers=("_logit",)),
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
