"""Normal numbers of uniform ones, to the last bit as PyTorch makes them on CPUs with AVX2.

In float32 it takes the logarithm, sine and cosine of the Cephes library, in which a product and a
sum are rounded once where the compiler could join them. float64 has room for such a product, so
what is computed there and rounded then is the same.

Source: G. E. P. Box, M. E. Muller, A Note on the Generation of Random Normal Deviates, 1958;
S. L. Moshier, Cephes Mathematical Library, logf.c and sinf.c, https://www.netlib.org/cephes/
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

__all__ = ["BLOCK", "joined", "normal"]

NDArray = Any
F = np.float32
BLOCK = 16  # numbers are made 16 at a time: from 8 radii and 8 angles
PART = 1 << 11  # blocks, whose intermediate results stay in the cache

LOG = [F(c) for c in (
    7.0376836292e-2, -1.1514610310e-1, 1.1676998740e-1, -1.2420140846e-1, 1.4249322787e-1,
    -1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
)]  # fmt: skip
LOG_OF_2 = F(0.693359375), F(-2.12194440e-4)  # in two parts
EIGHTHS = F(4 / math.pi)  # of a turn, in a radian
TURN = [F(c) for c in (-0.78515625, -2.4187564849853515625e-4, -3.77489497744594108e-8)]
COS = [F(c) for c in (2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2)]
SIN = [F(c) for c in (-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1)]


def normal(u: NDArray) -> NDArray:
    """Standard normal numbers, of uniform ones from [0, 1) whose number BLOCK divides."""
    blocks = u.reshape(-1, 2, BLOCK // 2)
    out = np.empty_like(blocks)
    for at in range(0, len(blocks), PART):
        part = slice(at, at + PART)
        radius, angle = 1 - blocks[part, 0], u.dtype.type(2 * math.pi) * blocks[part, 1]
        if u.dtype == F:
            radius = np.sqrt(-2 * _log(radius))
            sin, cos = _sin_cos(angle)
        else:
            radius, sin, cos = np.sqrt(-2 * np.log(radius)), np.sin(angle), np.cos(angle)
        np.multiply(radius, cos, out=out[part, 0])
        np.multiply(radius, sin, out=out[part, 1])
    return out.reshape(-1)


def joined(a: NDArray, b: NDArray, c: NDArray) -> NDArray:
    """``a * b + c`` in float32, rounded once."""
    out = np.multiply(a, b, dtype=np.float64)
    out += c
    return out.astype(F)


def _polynomial(coefficients: list[Any], x: NDArray) -> NDArray:
    """``(c0 * x + c1) * x + ...``, each product and sum `joined`."""
    first, *others, last = coefficients
    x = x.astype(np.float64)
    y = x * first
    for c in others:
        y += c
        y = y.astype(F).astype(np.float64)
        y *= x
    y += last
    return y.astype(F)


def _log(x: NDArray) -> NDArray:
    """The logarithm of positive numbers."""
    mantissa, exponent = np.frexp(x)
    small = mantissa < F(math.sqrt(0.5))
    e = (exponent - small).astype(F)
    m = mantissa - F(1)
    m += np.where(small, mantissa, F(0))
    z = m * m
    y = joined(_polynomial(LOG, m) * m, z, e * LOG_OF_2[1])
    m += joined(z, F(-0.5), y)
    return joined(e, LOG_OF_2[0], m)


def _sin_cos(x: NDArray) -> tuple[NDArray, NDArray]:
    """Sine and cosine of angles that are not negative."""
    octant = (x * EIGHTHS).astype(np.int32)
    octant += octant & 1
    whole = octant.astype(F)
    for c in TURN:
        x = joined(whole, c, x)
    z = x * x
    cos = joined(_polynomial(COS, z) * z, z, F(-0.5) * z) + F(1)
    sin = joined(_polynomial(SIN, z) * z, x, x)
    straight = octant & 2 == 0
    return (
        np.where(straight, sin, cos) * np.where(octant & 4, F(-1), F(1)),
        np.where(straight, cos, sin) * np.where((octant + 2) & 4, F(-1), F(1)),
    )
