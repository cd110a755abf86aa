"""Padding: all modes and numbers of dimensions, negative widths, errors."""

import numpy as np
import pytest

import tinygrad_np as tg
from tests.ops.twins import arrays, same, same_error


def pad(*args, **params):
    return lambda T, x: T.nn.functional.pad(x, *args, **params)


SHAPES = [(2, 3, 4), (4,), (1, 2, 3, 4, 2)]
CONSTANTS = [(1, 2), (0, 0), (), (-1, 2), (-2, -1), (-4, 1)]


@pytest.mark.torch
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("widths", CONSTANTS)
def test_constant(shape, widths):
    if shape[-1] + sum(min(w, 0) for w in widths) < 0:
        return
    same(pad(widths), *arrays(shape))
    same(pad(widths, "constant", 2.5), *arrays(shape))
    same(pad(widths, value=2.5), *arrays(shape, dtype=np.int64))
    same(pad((*widths, 1, 0) if len(shape) > 1 and widths else widths), *arrays(shape))


WIDTHS = [(1, 1), (3, 0), (0, 2), (-1, 3), (3, -1), (-2, 1), (-1, -1), (0, 0)]


@pytest.mark.torch
@pytest.mark.parametrize("mode", ["reflect", "replicate", "circular"])
@pytest.mark.parametrize("widths", WIDTHS)
def test_from_the_tensor_itself(mode, widths):
    same(pad(widths, mode), *arrays((2, 4)))
    same(pad(widths, mode), *arrays((1, 2, 4)))
    same(pad((*widths, 1, 1), mode), *arrays((1, 3, 4)))
    same(pad((*widths, 1, 1, 0, 2), mode), *arrays((1, 3, 3, 4)))
    same(pad(widths, mode), *arrays((0, 2, 4)))


@pytest.mark.torch
def test_far_out():
    same(pad((9, 7), "replicate"), *arrays((2, 4)))
    same(pad((4, 4), "circular"), *arrays((2, 4)))
    same(pad((1, 1), "reflect"), *arrays((2, 4), dtype=np.int64))
    same(pad((1, 1)), np.ones((2, 2), bool))


MISTAKES = [
    (pad((1,)), ["[1]"]),
    (pad((1,) * 8), ["8", "[2, 3, 4]"]),
    (pad((-3, -3)), ["(-3, -3)", "[2, 3, 4]"]),
    (pad((-3, -3), "replicate"), ["(-3, -3)"]),
    (pad((4, 1), "reflect"), ["(4, 1)", "[2, 3, 4]"]),
    (pad((5, 4), "circular"), ["(5, 4)", "[2, 3, 4]"]),
    (pad((1, 1), "nope"), ["nope", "reflect"]),
    (pad((1, 1), "reflect", 1.0), ["reflect", "1.0"]),
    (pad((1, 1, 1, 1, 1, 1), "reflect"), ["3", "[2, 3, 4]"]),
]


@pytest.mark.torch
@pytest.mark.parametrize(("program", "says"), MISTAKES)
def test_mistakes(program, says):
    same_error(program, *arrays((2, 3, 4)), says=says)


def test_there_must_be_an_edge():
    with pytest.raises(RuntimeError, match="at most 0 elements"):
        tg.nn.functional.pad(tg.zeros(2, 0), (1, 1), "replicate")
