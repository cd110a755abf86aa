"""Rows for ops/elementwise.py."""

import numpy as np

import tinygrad_np as tg
from tests.opinfo import OpInfo, binary, unary

ROWS = [
    OpInfo(tg.add, np.add, binary(), mixed=True),
    OpInfo(tg.sub, np.subtract, binary(), mixed=True),
    OpInfo(tg.mul, np.multiply, binary(), mixed=True),
    OpInfo(tg.neg, np.negative, unary()),
    OpInfo(tg.exp, np.exp, unary()),
    OpInfo(tg.tanh, np.tanh, unary()),
]
