"""Rows for ops/powers.py, integers.py, differences.py, replacing.py, renorm.py and strides.py."""

import itertools
import math

import numpy as np
from hypothesis import strategies as st
from numpy.lib.stride_tricks import as_strided

import tinygrad_np as tg
from tests.opinfo import Constant, OpInfo, Sample, binary, unary
from tests.rows.elementwise import each
from tests.rows.logic import integers
from tests.rows.parts import along
from tests.rows.shape import a_dim
from tinygrad_np import testing


@st.composite
def exponents(draw):
    """Numbers, and whole exponents that broadcast with them."""
    x, y = draw(binary()).args
    return Sample((x, np.asarray(np.floor(y)).view(Constant)))


@st.composite
def replaced(draw, ranges):
    """A tensor, what is to stand in a part of it, and which part: an index or a range."""
    x = draw(testing.spaced(testing.shapes(min_dims=1, min_side=1)))
    dim = a_dim(draw, x)
    n = x.shape[dim]
    if not ranges:
        index = draw(st.integers(-n, n - 1))
        part = along(x, dim, index) * 2 + 1
        return Sample((x, np.asarray(part), dim, index))
    bounds = draw(st.integers(0, n)), draw(st.none() | st.integers(0, n)), draw(st.integers(1, 3))
    return Sample((x, along(x, dim, slice(*bounds)) * 2 + 1, dim, *bounds))


def with_part(x, src, dim, *part):
    out = x.copy()
    out[(slice(None),) * (dim % x.ndim) + (part[0] if len(part) == 1 else slice(*part),)] = src
    return out


def running(y, dx, dim):
    """Of pairs of neighbours one after the other."""
    y = np.moveaxis(y, dim, 0)
    sums = itertools.accumulate((a + b) / 2 * dx for a, b in itertools.pairwise(y))
    return np.moveaxis(np.reshape(list(sums), (len(y) - 1, *y.shape[1:])), 0, dim)


def bounded(x, p, dim, most):
    out = np.moveaxis(x.copy(), dim, 0)
    for part in out:
        size = (np.abs(part) ** p).sum() ** (1 / p)
        if size > most:
            part *= most / (size + 1e-7)
    return np.moveaxis(out, 0, dim)


def each_pair(x, p):
    pairs = itertools.combinations(x, 2)
    return np.array([(np.abs(a - b) ** p).sum() ** (1 / p) for a, b in pairs]).reshape(-1)


def gathered(x, index, src, reduce, include_self):
    """Combined one after the other, along dimension 0."""
    combine = {"prod": np.multiply, "mean": np.add, "amax": np.maximum, "amin": np.minimum}[reduce]
    out, counts = x.copy(), np.full(len(x), float(include_self))
    for place, part in zip(index, src, strict=True):
        out[place] = combine(out[place], part) if counts[place] else part
        counts[place] += 1
    if reduce == "mean":
        out /= np.maximum(counts, 1).reshape(-1, *[1] * (x.ndim - 1))
    return out


@st.composite
def collected(draw):
    values = draw(testing.spaced((7, 2), 0.3, 2.0))
    index = draw(st.lists(st.integers(0, 2), min_size=4, max_size=4))
    reduce = draw(st.sampled_from(["prod", "mean", "amax", "amin"]))
    return Sample((values[:3], np.array(index), values[3:], reduce, draw(st.booleans())))


LINES = testing.spaced(st.tuples(st.integers(3, 5), st.integers(3, 4)), -2.0, 2.0)
STEPS = ((4, 3), (1, 2), 1)  # of a memory of 12 elements; some are in several places


ROWS = [
    OpInfo(
        lambda x, y: tg.float_power(x, y).type_as(x), np.power, binary(0.1, 2.0), array_ok=False,
        name="float_power", torch=lambda torch, x, y: torch.float_power(x, y).type_as(x),
    ),
    OpInfo(tg.ldexp, lambda x, n: x * 2.0**n, exponents()),
    OpInfo(tg.logaddexp2, lambda x, y: np.log2(2**x + 2**y), binary(), mixed=True),
    OpInfo(
        lambda x: tg.frexp(x)[0],
        each(lambda v: math.frexp(v)[0]),
        unary(),
        name="frexp",
        torch=lambda torch, x: torch.frexp(x)[0],
        covers=("_mantissa",),
    ),
    OpInfo(
        tg.nextafter, each(math.nextafter), binary(), smooth=False, torch=None,
    ),
    OpInfo(tg.gcd, each(math.gcd), integers(-30, 30), smooth=False),
    OpInfo(tg.lcm, each(math.lcm), integers(-30, 30), smooth=False),
    OpInfo(
        lambda i: tg.unravel_index(i, (2, 3, 2)), lambda i: np.unravel_index(i % 12, (2, 3, 2)),
        integers(0, 11, count=1), name="unravel_index", smooth=False,
        torch=lambda torch, i: torch.unravel_index(i, (2, 3, 2)),
    ),
    OpInfo(
        lambda i: tg.nonzero_static(i, size=5),
        lambda i: np.concatenate([np.argwhere(i), np.full((5, i.ndim), -1)])[:5],
        integers(-1, 1, count=1), name="nonzero_static", smooth=False,
        torch=lambda torch, i: torch.nonzero_static(i, size=5),
    ),
    OpInfo(
        lambda x, dx, dim: tg.cumulative_trapezoid(x, dx=dx, dim=dim), running,
        LINES.map(lambda x: Sample((x, 0.5, 1))), name="cumulative_trapezoid",
        torch=lambda torch, x, dx, dim: torch.cumulative_trapezoid(x, dx=dx, dim=dim),
    ),
    OpInfo(
        lambda x, order: tg.gradient(x, spacing=0.5, edge_order=order),
        lambda x, order: tuple(np.gradient(x, 0.5, edge_order=order)),
        st.tuples(LINES, st.sampled_from([1, 2])).map(Sample), name="gradient",
        torch=lambda torch, x, order: torch.gradient(x, spacing=0.5, edge_order=order),
    ),
    OpInfo(
        lambda x: tg.gradient(x, spacing=(tg.tensor([0.0, 1.0, 3.0]),), dim=0, edge_order=2),
        lambda x: (np.gradient(x, [0.0, 1.0, 3.0], axis=0, edge_order=2),),
        testing.spaced((3, 2)).map(lambda x: Sample((x,))), name="gradient(places)",
        torch=lambda torch, x: torch.gradient(
            x, spacing=(torch.tensor([0.0, 1.0, 3.0], dtype=x.dtype),), dim=0, edge_order=2
        ),
    ),
    OpInfo(tg.select_scatter, with_part, replaced(False)),
    OpInfo(tg.slice_scatter, with_part, replaced(True)),
    OpInfo(
        lambda x, index, src, reduce, own: tg.index_reduce(
            x, 0, index, src, reduce, include_self=own
        ),
        gathered, collected(), name="index_reduce", array_ok=False,
        torch=lambda torch, x, index, src, reduce, own: torch.index_reduce(
            x, 0, index, src, reduce, include_self=own
        ),
    ),
    OpInfo(tg.renorm, bounded, LINES.map(lambda x: Sample((x, 3.0, 1, 1.5)))),
    OpInfo(  # of which PyTorch has no second gradient
        tg.pdist, each_pair, LINES.map(lambda x: Sample((x, 3.0))),
        torch=None,
    ),
    OpInfo(
        lambda x: x.sum_to_size(1, 3), lambda x: x.sum((0, 1)).reshape(1, 3),
        testing.spaced((2, 4, 3)).map(lambda x: Sample((x,))), name="sum_to_size",
        torch=lambda torch, x: x.sum_to_size(1, 3),
    ),
    OpInfo(
        lambda x: tg.as_strided((x * x).contiguous(), *STEPS),
        lambda x: as_strided((x * x).reshape(-1)[STEPS[2] :], STEPS[0], (8, 16)),
        testing.spaced((3, 4)).map(lambda x: Sample((x,))), name="as_strided", array_ok=False,
        torch=lambda torch, x: torch.as_strided((x * x).contiguous(), *STEPS),
        covers=("_steps", "_add_steps"),
    ),
    OpInfo(
        lambda x, src: tg.as_strided_scatter(x * x, src, (2,), (3,), 1),
        lambda x, src: np.array([*(x**2)[:1], src[0], *(x**2)[2:4], src[1], *(x**2)[5:]]),
        testing.spaced((8,)).map(lambda x: Sample((x[:6], x[6:]))), name="as_strided_scatter",
        torch=None, array_ok=False,  # PyTorch gives the gradient to what was replaced, too
    ),
]  # fmt: skip
