"""Rows for ops/elementwise.py and ops/rounding.py."""

import math

import numpy as np
from hypothesis import strategies as st

import tinygrad_np as tg
from tests.opinfo import OpInfo, Sample, binary, drawn, unary
from tinygrad_np import testing
from tinygrad_np.ops.rounding import zero

factor = st.sampled_from([1, 2.5, -1])


def each(function):
    """A function of Python numbers over broadcast arrays."""
    return np.vectorize(function, otypes=[np.float64])


@st.composite
def quotients(draw, **params):
    """A dividend and a divisor that is not near 0; nor is the quotient near a whole number."""
    x, y = draw(binary()).args
    y = np.asarray(np.sign(y) * (0.7310585 + 0.618034 * np.abs(y)))
    return Sample((x, y), drawn(draw, params))


@st.composite
def with_number(draw, first=False, numbers=(2, 0.3, -1.7), low=-2.0, high=2.0):
    """An array and a number, in either order."""
    x, number = draw(testing.spaced(testing.shapes(), low, high)), draw(st.sampled_from(numbers))
    return Sample((number, x) if first else (x, number))


@st.composite
def three(draw, low=-2.0, high=2.0, **params):
    """Three arrays whose shapes broadcast, without a common value."""
    shapes = draw(testing.broadcastable_shapes(3))
    sizes = [math.prod(s) for s in shapes]
    values = draw(testing.spaced((sum(sizes),), low, high))
    parts = np.split(values, np.cumsum(sizes)[:2])
    return Sample(
        tuple(p.reshape(s) for p, s in zip(parts, shapes, strict=True)), drawn(draw, params)
    )


@st.composite
def lerps(draw):
    """Two arrays and a weight, an array or a number, on both sides of 1/2."""
    start, end, weight = draw(three(0.05, 0.95)).args
    return Sample((start, end, draw(st.sampled_from([weight, 0.3, 0.7, 1.0]))))


ROWS = [
    OpInfo(tg.add, lambda x, y, alpha: x + alpha * y, binary(alpha=factor), mixed=True),
    OpInfo(tg.add, np.add, with_number(), name="add(number)", torch="add"),
    OpInfo(tg.sub, lambda x, y, alpha: x - alpha * y, binary(alpha=factor), mixed=True),
    OpInfo(tg.sub, np.subtract, with_number(first=True), name="sub(number)", torch="sub"),
    OpInfo(tg.rsub, lambda x, y, alpha: y - alpha * x, binary(alpha=factor), mixed=True),
    OpInfo(tg.mul, np.multiply, binary(), mixed=True),
    OpInfo(tg.mul, np.multiply, with_number(), name="mul(number)", torch="mul"),
    OpInfo(tg.div, np.divide, quotients(), mixed=True, covers=("_div",)),
    OpInfo(tg.div, np.divide, with_number(first=True), name="div(number)", torch="div"),
    OpInfo(tg.true_divide, np.divide, quotients(), mixed=True),
    OpInfo(
        tg.div,
        lambda x, y, rounding_mode: getattr(np, rounding_mode)(x / y),
        quotients(rounding_mode=st.sampled_from(["floor", "trunc"])),
        name="div(rounded)",
        torch="div",
        mixed=True,
        covers=("_floor_div", "_trunc_div", "zero"),
    ),
    OpInfo(  # PyTorch has no gradient for it
        tg.floor_divide, lambda x, y: np.floor(x / y), quotients(), mixed=True, torch=None
    ),
    OpInfo(tg.remainder, each(lambda x, y: x - math.floor(x / y) * y), quotients(), mixed=True),
    OpInfo(tg.fmod, each(math.fmod), quotients(), mixed=True),
    OpInfo(tg.neg, lambda x: 0 - x, unary()),
    OpInfo(tg.positive, lambda x: x, unary(), view=True),
    OpInfo(tg.abs, lambda x: np.where(x < 0, -x, x), unary()),
    OpInfo(tg.sign, lambda x: np.where(x < 0, -1.0, 1.0), unary()),
    OpInfo(tg.reciprocal, lambda x: x**-1.0, unary()),
    OpInfo(tg.addcmul, lambda a, x, y, value: a + value * x * y, three(value=factor), mixed=True),
    OpInfo(
        tg.addcdiv, lambda a, x, y, value: a + value * x / y, three(0.3, value=factor), mixed=True
    ),
    OpInfo(tg.lerp, lambda a, b, w: (1 - w) * a + w * b, lerps()),
    OpInfo(zero, np.zeros_like, unary(), torch="zeros_like"),
    OpInfo(tg.floor, each(math.floor), unary(-3.1, 3.2)),
    OpInfo(tg.ceil, each(math.ceil), unary(-3.1, 3.2)),
    OpInfo(tg.trunc, each(math.trunc), unary(-3.1, 3.2)),
    OpInfo(
        tg.round,
        lambda x, decimals: each(lambda v: round(v, decimals))(x),
        unary(-30.1, 31.2, decimals=st.sampled_from([0, 1, -1])),
    ),
    OpInfo(tg.frac, each(lambda v: math.modf(v)[0]), unary(-3.1, 3.2)),
]
