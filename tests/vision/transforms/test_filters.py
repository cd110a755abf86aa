"""Blur and sharpness against SciPy's correlation and Pillow's filters."""

import numpy as np
import pytest
from scipy import ndimage

import tinygrad_np as tg
from tinygrad_np.vision.transforms import functional as F

rng = np.random.default_rng(0)
COLOURS = rng.integers(0, 256, (20, 25, 3), np.uint8)


@pytest.mark.parametrize(
    ("size", "sigma"), [(3, 1.0), (5, None), ([3, 7], [1.0, 2.0]), ((7, 1), 0.5)]
)
def test_blur(size, sigma):
    image = rng.random((2, 9, 11))
    wide, high = (size, size) if isinstance(size, int) else size
    widths = [0.15 * n + 0.35 for n in (wide, high)] if sigma is None else np.resize(sigma, 2)
    expected = image
    for n, width, axis in ((wide, widths[0], 2), (high, widths[1], 1)):
        x = np.arange(n) - n // 2
        bell = np.exp(-(x**2) / (2 * width**2))
        expected = ndimage.correlate1d(expected, bell / bell.sum(), axis, mode="mirror")
    np.testing.assert_allclose(F.gaussian_blur(tg.tensor(image), size, sigma).numpy(), expected)
    pixels = (image[0] * 255).astype(np.uint8)
    got = F.gaussian_blur(pixels, size, sigma)
    floats = F.gaussian_blur(pixels.astype(float), size, sigma)
    assert got.dtype == np.uint8
    assert (np.abs(got - floats) <= 0.5 + 1e-4).all()


@pytest.mark.parametrize("factor", [0, 0.5, 1, 2])
def test_sharpness_is_pillows(factor):
    pil = pytest.importorskip("PIL.Image")
    enhance = pytest.importorskip("PIL.ImageEnhance")
    expected = enhance.Sharpness(pil.fromarray(COLOURS)).enhance(factor)
    np.testing.assert_array_equal(F.adjust_sharpness(COLOURS, factor), np.asarray(expected))


def test_sharpness_of_floats():
    image = rng.random((3, 6, 7)).astype(np.float32)
    blurred = image.copy()
    kernel = np.array([[1, 1, 1], [1, 5, 1], [1, 1, 1]]) / 13
    inner = [ndimage.correlate(plane, kernel)[1:-1, 1:-1] for plane in image]
    blurred[:, 1:-1, 1:-1] = inner
    expected = (2 * image - blurred).clip(0, 1)
    np.testing.assert_allclose(
        F.adjust_sharpness(tg.tensor(image), 2.0).numpy(), expected, atol=1e-6
    )
    small = rng.random((3, 2, 7)).astype(np.float32)
    np.testing.assert_array_equal(F.adjust_sharpness(tg.tensor(small), 3).numpy(), small)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: F.gaussian_blur(COLOURS, 4), "odd and positive"),
        (lambda: F.gaussian_blur(COLOURS, (3, 3, 3)), "one or two"),
        (lambda: F.gaussian_blur(COLOURS, 3, 0), "positive numbers. Got 0"),
        (lambda: F.adjust_sharpness(COLOURS, -1), "sharpness_factor"),
    ],
)
def test_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_blur_wider_than_the_image():
    with pytest.raises(RuntimeError, match="less than the corresponding input dimension"):
        F.gaussian_blur(tg.ones(1, 5, 20), (3, 11))
    assert F.gaussian_blur(tg.ones(1, 5, 20), (11, 3)).shape == (1, 5, 20)
