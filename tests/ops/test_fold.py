"""Folding and shuffling: mistakes, and what fold adds up."""

import numpy as np
import pytest

import tinygrad_np as tg
from tests.ops.twins import arrays, same, same_error
from tinygrad_np.nn import functional as F


def call(name, *args, **params):
    return lambda T, x: getattr(T.nn.functional, name)(x, *args, **params)


def test_fold_of_unfold_counts_the_windows_of_each_pixel():
    counts = F.fold(F.unfold(tg.ones(1, 1, 3, 4), 2), (3, 4), 2)
    assert counts.tolist() == [[[[1, 2, 2, 1], [2, 4, 4, 2], [1, 2, 2, 1]]]]


def test_unfold_is_what_a_convolution_multiplies():
    x, weight = (tg.tensor(a) for a in arrays((2, 3, 7, 6), (4, 3, 3, 2)))
    columns = F.unfold(x, (3, 2), dilation=2, padding=1, stride=(1, 2))
    out = F.conv2d(x, weight, None, (1, 2), 1, 2)
    np.testing.assert_allclose(
        (weight.reshape(4, -1) @ columns).numpy(), out.reshape(2, 4, -1).numpy()
    )


@pytest.mark.torch
def test_integers_and_empty_batches():
    same(call("unfold", 2), *arrays((0, 1, 4, 4)))
    same(call("fold", (3, 3), 2), *arrays((0, 4, 4)))
    same(call("unfold", [2, 1], stride=[1, 2]), *arrays((1, 4, 4)))
    same(call("pixel_shuffle", 2), *arrays((4, 2, 2), dtype=np.int64))


MISTAKES = [
    (call("unfold", 3), (1, 1, 2, 2), ["(2, 2)", "(3, 3)", "(0, 0)"]),
    (call("unfold", 0), (1, 1, 2, 2), ["kernel_size=(0, 0)"]),
    (call("unfold", 2, padding=-1), (1, 1, 4, 4), ["padding=(-1, -1)"]),
    (call("fold", (3, 3), 2), (1, 5, 4), ["C * 4", "[1, 5, 4]"]),
    (call("fold", (3, 3), 2), (1, 4, 5), ["2 * 2 = 4", "[1, 4, 5]"]),
    (call("fold", (3, 3), 2), (4,), ["fold", "[4]"]),
    (call("pixel_shuffle", 2), (1, 3, 2, 2), ["upscale_factor=2", "[1, 3, 2, 2]"]),
    (call("pixel_shuffle", 2), (2, 2), ["[2, 2]"]),
    (call("pixel_shuffle", 0), (1, 4, 2, 2), ["upscale_factor=0"]),
    (call("pixel_unshuffle", 2), (1, 3, 3, 2), ["downscale_factor=2", "[1, 3, 3, 2]"]),
]


@pytest.mark.torch
@pytest.mark.parametrize(("program", "shape", "says"), MISTAKES)
def test_mistakes(program, shape, says):
    same_error(program, *arrays(shape), says=says)
