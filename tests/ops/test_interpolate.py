"""Resizing: sizes and factors, inf and nan, mistakes."""

import numpy as np
import pytest

import tinygrad_np as tg
from tests.ops.twins import arrays, same, same_error
from tinygrad_np.nn import functional as F


def resize(*args, **params):
    return lambda T, x: T.nn.functional.interpolate(x, *args, **params)


@pytest.mark.torch
@pytest.mark.parametrize("mode", ["nearest", "nearest-exact"])
def test_nearest_chooses_as_pytorch_where_a_place_falls_between(mode):
    for n in range(1, 14):
        for m in range(1, 28):
            same(resize(m, mode=mode), *arrays((1, 1, n)))


@pytest.mark.torch
@pytest.mark.parametrize("factor", [0.3, 0.7, 1.3, 2.0, 2.9])
@pytest.mark.parametrize("mode", ["nearest", "nearest-exact", "linear", "area"])
def test_a_factor_that_does_not_give_a_whole_size(factor, mode):
    same(resize(scale_factor=factor, mode=mode), *arrays((2, 1, 7)))
    same(resize(scale_factor=factor, mode=mode, recompute_scale_factor=True), *arrays((2, 1, 7)))


@pytest.mark.torch
def test_inf_and_nan_stay_with_their_neighbours():
    x = np.ones((1, 1, 6, 6))
    x[..., 1, 1], x[..., 4, 4] = np.inf, np.nan
    for mode in ("nearest", "area", "bilinear"):
        same(lambda T, x, mode=mode: resize((4, 9), mode=mode)(T, x.detach()), x)


def test_single_precision_stays():
    x = tg.ones(1, 2, 5, 5, requires_grad=True)
    for mode in ("nearest", "bilinear", "bicubic", "area"):
        out = F.interpolate(x, (7, 3), mode=mode)
        assert out.dtype == tg.float32
        np.testing.assert_allclose(out.detach().numpy(), 1.0, rtol=1e-6)
    half = F.interpolate(tg.ones(1, 1, 4, dtype=tg.float16), 7)
    assert half.dtype == tg.float16


@pytest.mark.torch
@pytest.mark.filterwarnings("ignore")
def test_upsample_is_interpolate_and_says_so():
    with pytest.warns(UserWarning, match="interpolate"):
        F.upsample(tg.ones(1, 1, 2, 2), 3)
    same(lambda T, x: T.nn.functional.upsample(x, 3, None, "bilinear", True), *arrays((1, 1, 2, 2)))


MISTAKES = [
    (resize(size=2, scale_factor=2), (1, 3, 3, 2), ["size=2", "scale_factor=2"]),
    (resize(), (1, 3, 3, 2), ["size", "scale_factor"]),
    (resize(2, mode="best"), (1, 3, 3, 2), ["best", "bilinear"]),
    (resize(2, mode="linear"), (1, 3, 3, 2), ["linear", "3D", "[1, 3, 3, 2]"]),
    (resize(2, mode="bilinear"), (1, 3, 3), ["bilinear", "4D"]),
    (resize(2, align_corners=True), (1, 3, 3, 2), ["align_corners", "nearest"]),
    (resize(2), (3, 2), ["[3, 2]"]),
    (resize((2, 2, 2)), (1, 3, 3, 2), ["[3, 2]", "(2, 2, 2)"]),
    (resize(scale_factor=(2, 2, 2)), (1, 3, 3, 2), ["[3, 2]", "(2, 2, 2)"]),
    (resize(2, recompute_scale_factor=True), (1, 3, 3, 2), ["recompute_scale_factor"]),
    (resize(0), (1, 3, 3, 2), ["[3, 2]", "[0, 0]"]),
    (resize(scale_factor=0.1), (1, 3, 3, 2), ["[0, 0]"]),
    (resize(2), (1, 0, 3, 2), ["[1, 0, 3, 2]"]),
]


@pytest.mark.torch
@pytest.mark.parametrize(("program", "shape", "says"), MISTAKES)
def test_mistakes(program, shape, says):
    same_error(program, *arrays(shape), says=says)


@pytest.mark.torch
def test_integers_are_not_resized():
    same_error(resize(2), *arrays((1, 3, 3, 2), dtype=np.int64), says=["int64", ".float()"])


@pytest.mark.parametrize("mode", ["bilinear", "bicubic"])
def test_antialias_gives_what_pillow_gives(mode):
    Image = pytest.importorskip("PIL.Image")
    x = np.random.default_rng(0).random((11, 14)).astype(np.float32)
    kind = getattr(Image.Resampling, mode.upper())
    for size in ((4, 5), (25, 6)):
        want = np.asarray(Image.fromarray(x).resize(size[::-1], kind))
        got = F.interpolate(tg.tensor(x)[None, None], size, mode=mode, antialias=True)
        np.testing.assert_allclose(got[0, 0].numpy(), want, atol=1e-5)


def test_antialias_is_for_images():
    with pytest.raises(ValueError, match="Anti-alias.*nearest"):
        F.interpolate(tg.ones(1, 1, 4, 4), 2, antialias=True)
