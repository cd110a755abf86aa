"""Rows for ops/activation.py and ops/piecewise.py."""

import math

import numpy as np
import scipy.special
from hypothesis import strategies as st

from tests.opinfo import OpInfo, Sample, unary
from tests.rows.elementwise import each
from tinygrad_np import testing
from tinygrad_np.ops import activation as smooth
from tinygrad_np.ops import piecewise as pieces

WIDE = (-8.13, 8.29)  # the kinks at 0, 3, 6, ... lie between the values


def expit(x):
    return 1 / (1 + np.exp(-x))


def gelu(x, approximate):
    if approximate == "none":
        return x * scipy.special.ndtr(x)
    return 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))


def softplus(x, beta, threshold):
    return np.where(beta * x > threshold, x, np.log(1 + np.exp(beta * x)) / beta)


@st.composite
def halves(draw):
    """An array of an even size along `dim`."""
    shape = draw(testing.shapes(min_dims=1))
    dim = draw(st.integers(-len(shape), len(shape) - 1))
    doubled = list(shape)
    doubled[dim] *= 2
    return Sample((draw(testing.spaced(tuple(doubled))),), {"dim": dim})


def glu(x, dim):
    first, second = np.split(x, 2, dim)
    return first * expit(second)


@st.composite
def weighted(draw):
    """An input with a weight for each channel, or one for all."""
    x = draw(testing.spaced(testing.shapes(min_side=1)))
    channels = x.shape[1] if x.ndim > 1 else 1
    return Sample((x, draw(testing.spaced((draw(st.sampled_from([1, channels])),)))))


@st.composite
def gated(draw):
    """Two arrays of one shape, of which the second is what relu makes."""
    shape = draw(testing.shapes())
    x, other = draw(testing.spaced((2, *shape)))
    return Sample((np.array(x), np.maximum(other, 0.0)))


def prelu(x, weight):
    if x.ndim > 1:
        weight = weight.reshape(-1, *[1] * (x.ndim - 2))
    return np.maximum(x, 0) + np.minimum(x, 0) * weight.reshape(weight.shape if x.ndim else ())


slope = st.sampled_from([0.01, 0.5, 2.0, -0.3])
alpha = st.sampled_from([1.0, 0.5, 2.0])

ROWS = [
    OpInfo(
        smooth.elu,
        lambda x, alpha: np.where(x > 0, x, alpha * (np.exp(x) - 1)),
        unary(alpha=alpha),
        covers=("_elu",),
    ),
    OpInfo(
        smooth.selu,
        lambda x: (
            1.0507009873554804934193349852946
            * np.where(x > 0, x, 1.6732632423543772848170429916717 * (np.exp(x) - 1))
        ),
        unary(),
    ),
    OpInfo(
        smooth.celu,
        lambda x, alpha: np.maximum(0, x) + np.minimum(0, alpha * (np.exp(x / alpha) - 1)),
        unary(alpha=alpha),
    ),
    OpInfo(
        smooth.gelu,
        gelu,
        unary(approximate=st.sampled_from(["none", "tanh"])),
        covers=("_gelu_back",),
    ),
    OpInfo(smooth.silu, lambda x: x * expit(x), unary(*WIDE)),
    OpInfo(smooth.mish, lambda x: x * np.tanh(np.log(1 + np.exp(x))), unary(*WIDE)),
    OpInfo(
        smooth.softplus,
        softplus,
        unary(*WIDE, beta=st.sampled_from([1, 0.5, 3.0]), threshold=st.sampled_from([20, 2.0111])),
    ),
    OpInfo(smooth.softsign, lambda x: x / (1 + np.abs(x)), unary()),
    OpInfo(smooth.logsigmoid, lambda x: np.log(expit(x)), unary(*WIDE)),
    OpInfo(smooth.tanhshrink, each(lambda v: v - math.tanh(v)), unary()),
    OpInfo(smooth.glu, glu, halves()),
    OpInfo(pieces.relu, lambda x: np.where(x > 0, x, 0), unary()),
    OpInfo(
        pieces.gate,
        lambda x, other: np.where(other != 0, x, 0 * x),
        gated(),
        torch=lambda torch, x, other: x * (other != 0),
    ),
    OpInfo(pieces.relu6, lambda x: np.minimum(np.maximum(x, 0), 6), unary(*WIDE)),
    OpInfo(
        pieces.leaky_relu,
        lambda x, negative_slope: np.where(x > 0, x, x * negative_slope),
        unary(negative_slope=slope),
    ),
    OpInfo(pieces.rrelu, lambda x: np.where(x > 0, x, x * (1 / 8 + 1 / 3) / 2), unary()),
    OpInfo(pieces.prelu, prelu, weighted()),
    OpInfo(
        pieces.hardtanh,
        lambda x, min_val, max_val: np.minimum(np.maximum(x, min_val), max_val),
        unary(min_val=-0.913, max_val=st.sampled_from([-0.913, 1.171])),
    ),
    OpInfo(  # PyTorch's gradient in float64 has the accuracy of float32
        pieces.hardsigmoid,
        lambda x: np.minimum(np.maximum(x + 3, 0), 6) / 6,
        unary(*WIDE),
        torch=lambda torch, x: torch.nn.functional.relu6(x + 3) / 6,
    ),
    OpInfo(pieces.hardswish, lambda x: x * np.minimum(np.maximum(x + 3, 0), 6) / 6, unary(*WIDE)),
    OpInfo(
        pieces.hardshrink,
        lambda x, lambd: np.where(np.abs(x) > lambd, x, 0),
        unary(lambd=st.sampled_from([0.5111, 0.0, 1.3])),
    ),
    OpInfo(
        pieces.softshrink,
        lambda x, lambd: np.sign(x) * np.maximum(np.abs(x) - lambd, 0),
        unary(lambd=st.sampled_from([0.5111, 0.0, 1.3])),
    ),
    OpInfo(
        pieces.threshold,
        lambda x, threshold, value: np.where(x > threshold, x, value),
        unary(threshold=st.sampled_from([0.1113, -1.3333]), value=7.5),
    ),
]
