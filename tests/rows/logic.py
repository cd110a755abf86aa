"""Rows for ops/compare.py and ops/logic.py: results without a gradient."""

import operator

import numpy as np
from hypothesis import strategies as st

import tinygrad_np as tg
from tests.opinfo import OpInfo, Sample, binary, drawn
from tests.rows.choice import with_gaps


@st.composite
def integers(draw, low=-4, high=4, kind=np.int64, count=2):
    """Arrays of small integers, or of bools, whose shapes broadcast; the same value is frequent."""
    arrays = draw(binary(low, high)).args[:count]
    return Sample(tuple(np.asarray(np.floor(a)).astype(kind) for a in arrays))


@st.composite
def close(draw, **params):
    """Two arrays that are close here and there."""
    x, y = draw(binary()).args
    if draw(st.booleans()):
        y = np.asarray(x * draw(st.sampled_from([1.0, 1 + 1e-6, 1 + 1e-4])))
    return Sample((x, y), drawn(draw, params))


def compared(function):
    """A comparison of Python numbers over broadcast arrays."""
    return np.vectorize(function, otypes=[bool])


def row(op, ref, samples, **more):
    return OpInfo(op, ref, samples, smooth=False, **more)


tests = [
    (tg.isnan, lambda x: x != x),
    (tg.isinf, lambda x: np.abs(x) == np.inf),
    (tg.isfinite, lambda x: np.abs(x) < np.inf),
    (tg.isposinf, lambda x: x == np.inf),
    (tg.isneginf, lambda x: x == -np.inf),
    (tg.signbit, lambda x: np.copysign(1, x) < 0),
]
comparisons = [
    (tg.eq, operator.eq),
    (tg.ne, operator.ne),
    (tg.lt, operator.lt),
    (tg.le, operator.le),
    (tg.gt, operator.gt),
    (tg.ge, operator.ge),
]
truths = [
    (tg.logical_and, lambda x, y: x != 0 and y != 0),
    (tg.logical_or, lambda x, y: x != 0 or y != 0),
    (tg.logical_xor, lambda x, y: (x != 0) != (y != 0)),
]
bits = [
    (tg.bitwise_and, operator.and_),
    (tg.bitwise_or, operator.or_),
    (tg.bitwise_xor, operator.xor),
]
shifts = [
    (tg.bitwise_left_shift, operator.lshift),
    (tg.bitwise_right_shift, operator.rshift),
]

ROWS = [
    *(row(op, ref, with_gaps()) for op, ref in tests),
    *(row(op, compared(ref), integers() | binary()) for op, ref in comparisons),
    *(row(op, compared(ref), integers() | binary()) for op, ref in truths),
    row(tg.logical_not, compared(lambda x: x == 0), integers(count=1)),
    *(row(op, np.vectorize(ref, otypes=[np.int64]), integers()) for op, ref in bits),
    *(row(op, np.vectorize(ref, otypes=[np.int64]), integers(0)) for op, ref in shifts),
    row(tg.bitwise_not, np.vectorize(lambda x: -x - 1, otypes=[np.int64]), integers(count=1)),
    row(
        tg.isclose,
        lambda x, y, rtol, atol: np.abs(x - y) <= atol + rtol * np.abs(y),
        close(rtol=st.sampled_from([1e-5, 1e-3]), atol=st.sampled_from([1e-8, 1e-3])),
    ),
]
