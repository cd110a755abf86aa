"""Colours: arrays and pictures against Pillow bit for bit, Tensors against formulas written out."""

import colorsys

import numpy as np
import pytest

import tinygrad_np as tg
from tinygrad_np.vision import transforms as T
from tinygrad_np.vision.transforms import functional as F
from tinygrad_np.vision.transforms import v2

rng = np.random.default_rng(0)
COLOURS = rng.integers(0, 256, (40, 50, 3), np.uint8)
COLOURS[:2] = COLOURS[:2, :, :1]  # some greys
GREY = rng.integers(0, 256, (40, 50), np.uint8)
FLOATS = rng.random((3, 8, 9)).astype(np.float32)
FACTORS = [0, 0.3, 1, 1.7, 4]
LIGHTNESS = (0.2989, 0.587, 0.114)


@pytest.fixture
def pil():
    return pytest.importorskip("PIL.Image")


@pytest.mark.parametrize("image", [COLOURS, GREY], ids=["colours", "grey"])
@pytest.mark.parametrize("factor", FACTORS)
@pytest.mark.parametrize(
    ("change", "name"),
    [
        (F.adjust_brightness, "Brightness"),
        (F.adjust_contrast, "Contrast"),
        (F.adjust_saturation, "Color"),
    ],
)
def test_arrays_are_pillows(pil, image, factor, change, name):
    enhance = pytest.importorskip("PIL.ImageEnhance")
    expected = np.asarray(getattr(enhance, name)(pil.fromarray(image)).enhance(factor))
    np.testing.assert_array_equal(change(image, factor), expected)


@pytest.mark.parametrize("dtype", ["float32", "float64", "uint8"])
@pytest.mark.parametrize("factor", FACTORS)
def test_tensors_are_mixed_with(dtype, factor):
    image = (FLOATS * 255).astype(dtype) if dtype == "uint8" else FLOATS.astype(dtype)
    most = 255 if dtype == "uint8" else 1
    x = image.astype(np.float64)
    grey = np.tensordot(LIGHTNESS, x, 1)
    grey = np.floor(grey) if dtype == "uint8" else grey
    others = [
        (F.adjust_brightness, 0),
        (F.adjust_contrast, grey.mean()),
        (F.adjust_saturation, grey),
    ]
    for change, other in others:
        expected = (factor * x + (1 - factor) * other).clip(0, most)
        got = change(tg.tensor(image), factor).numpy()
        assert got.dtype == image.dtype
        if dtype == "uint8":
            cut_off = expected - got  # what float32 leaves of a whole number is 0 or 1
            assert ((cut_off > -1e-4) & (cut_off < 1 + 1e-4)).all()
        else:
            np.testing.assert_allclose(got, expected, atol=1e-6)


@pytest.mark.parametrize("factor", [-0.5, -0.31, -0.1, 0, 0.05, 0.25, 0.5])
def test_hue_of_arrays_is_pillows(pil, factor):
    hue, saturation, value = pil.fromarray(COLOURS).convert("HSV").split()
    turned = (np.asarray(hue).astype(int) + int(factor * 255)) % 256
    bands = pil.fromarray(turned.astype(np.uint8)), saturation, value
    expected = np.asarray(pil.merge("HSV", bands).convert("RGB"))
    np.testing.assert_array_equal(F.adjust_hue(COLOURS, factor), expected)
    np.testing.assert_array_equal(F.adjust_hue(GREY, factor), GREY)


@pytest.mark.parametrize("factor", [-0.5, -0.31, 0, 0.05, 0.5])
def test_hue_of_tensors_turns(factor):
    got = F.adjust_hue(tg.tensor(FLOATS), factor).numpy()
    for i, j in np.ndindex(FLOATS.shape[1:]):
        hue, saturation, value = colorsys.rgb_to_hsv(*FLOATS[:, i, j].astype(float))
        expected = colorsys.hsv_to_rgb((hue + factor) % 1, saturation, value)
        np.testing.assert_allclose(got[:, i, j], expected, atol=1e-5)
    grey = tg.tensor(FLOATS[:1])
    np.testing.assert_array_equal(F.adjust_hue(grey, factor).numpy(), FLOATS[:1])


def test_grey(pil):
    expected = np.asarray(pil.fromarray(COLOURS).convert("L"))
    np.testing.assert_array_equal(F.rgb_to_grayscale(COLOURS), expected)
    np.testing.assert_array_equal(F.to_grayscale(COLOURS, 3), np.dstack([expected] * 3))
    assert F.rgb_to_grayscale(pil.fromarray(COLOURS)).mode == "L"
    np.testing.assert_array_equal(F.rgb_to_grayscale(GREY), GREY)
    np.testing.assert_array_equal(F.rgb_to_grayscale(GREY, 3), np.dstack([GREY] * 3))
    got = F.rgb_to_grayscale(tg.tensor(FLOATS[None])).numpy()
    np.testing.assert_allclose(got, np.tensordot(LIGHTNESS, FLOATS, 1)[None, None], rtol=1e-6)
    assert F.rgb_to_grayscale(tg.tensor(FLOATS), 3).shape == (3, 8, 9)
    assert F.rgb_to_grayscale(tg.tensor(FLOATS[0])).shape == (8, 9)
    one = tg.tensor(FLOATS[:1])  # three of it in the second version
    for functions, transforms, n in ((F, T, 1), (v2.functional, v2, 3)):
        for grey in (functions.rgb_to_grayscale(one, 3), transforms.Grayscale(3)(one)):
            np.testing.assert_array_equal(grey, np.repeat(FLOATS[:1], n, 0))


REFUSED = {
    "brightness": (lambda: F.adjust_brightness(GREY, -1), ValueError, "brightness_factor"),
    "contrast": (lambda: F.adjust_contrast(GREY, -1), ValueError, "contrast_factor"),
    "saturation": (lambda: F.adjust_saturation(GREY, -1), ValueError, "saturation_factor"),
    "hue": (lambda: F.adjust_hue(GREY, 0.6), ValueError, "not in"),
    "grey": (lambda: F.rgb_to_grayscale(COLOURS, 2), ValueError, "1 or 3, got 2"),
    "four channels": (lambda: F.adjust_hue(tg.ones(4, 2, 2), 0.1), TypeError, "3 channels, got 4"),
    "grey of four": (lambda: F.rgb_to_grayscale(tg.ones(4, 2, 2)), TypeError, "got 4"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_refused(what):
    call, error, message = REFUSED[what]
    with pytest.raises(error, match=message):
        call()
