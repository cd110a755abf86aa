"""Rows for ops/choice.py."""

import sys

import numpy as np
from hypothesis import strategies as st

import tinygrad_np as tg
from tests.opinfo import OpInfo, Sample, binary, unary
from tests.rows.elementwise import three
from tinygrad_np import testing


@st.composite
def wheres(draw):
    """A condition, and two arrays or an array and a number."""
    condition, x, y = draw(three()).args
    condition = np.asarray(condition > 0)
    return Sample((condition, *draw(st.sampled_from([(x, y), (0.5, y), (x, -1)]))))


@st.composite
def clamps(draw):
    """An array with bounds: numbers, one or both, or arrays, now and then the wrong way round."""
    x, low, high = draw(three()).args
    number = st.sampled_from([None, -0.913, 0.271])
    numbers = draw(st.tuples(number, number).filter(any))
    arrays = [(low, high), (None, high), (low, None)]
    if np.broadcast(x, low, high).shape != x.shape or not x.size:
        arrays = []  # PyTorch can't broadcast the input to the shape of its bounds
    return Sample((x, *draw(st.sampled_from([numbers, *arrays]))))


@st.composite
def with_gaps(draw, **params):
    """An array with nan and infinities in it."""
    x = draw(testing.spaced(testing.shapes(min_side=1)))
    holes = draw(st.lists(st.sampled_from([np.nan, np.inf, -np.inf]), max_size=x.size))
    x.reshape(-1)[: len(holes)] = holes
    return Sample((x,), params)


def clamped(x, low=None, high=None):
    x = x if low is None else np.where(x < low, low, x)
    return x if high is None else np.where(x > high, high, x)


def without_gaps(x, nan=0.0, posinf=sys.float_info.max, neginf=-sys.float_info.max):
    return np.select([np.isnan(x), x == np.inf, x == -np.inf], [nan, posinf, neginf], x)


ROWS = [
    OpInfo(tg.where, np.where, wheres(), covers=("_where",)),
    OpInfo(tg.maximum, lambda x, y: np.where(x > y, x, y), binary(), mixed=True),
    OpInfo(tg.minimum, lambda x, y: np.where(x < y, x, y), binary(), mixed=True),
    OpInfo(tg.fmax, lambda x, y: np.where(x > y, x, y), binary(), mixed=True),
    OpInfo(tg.fmin, lambda x, y: np.where(x < y, x, y), binary(), mixed=True),
    OpInfo(tg.clamp, clamped, clamps()),
    OpInfo(tg.clamp_min, clamped, binary(), mixed=True),
    OpInfo(tg.clamp_max, lambda x, high: clamped(x, None, high), binary(), mixed=True),
    OpInfo(tg.copysign, lambda x, y: np.where(y < 0, -1, 1) * np.abs(x), binary(), mixed=True),
    OpInfo(
        tg.heaviside,
        lambda x, y: np.where(x > 0, 1.0, 0.0) + 0 * y,
        binary(),
        smooth=False,
    ),
    OpInfo(tg.nan_to_num, without_gaps, with_gaps(), smooth=False),
    OpInfo(
        tg.nan_to_num,
        without_gaps,
        with_gaps(nan=1.5, posinf=3.0, neginf=-4.0),
        name="nan_to_num(values)",
        torch="nan_to_num",
        smooth=False,
    ),
    OpInfo(tg.nan_to_num, lambda x: x, unary(), name="nan_to_num(finite)", torch="nan_to_num"),
]
