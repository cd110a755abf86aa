"""Other sizes: arrays against Pillow bit for bit, Tensors against PyTorch."""

import numpy as np
import pytest

import tinygrad_np as tg
from tinygrad_np.vision.transforms import InterpolationMode
from tinygrad_np.vision.transforms import functional as F

rng = np.random.default_rng(0)
SIZES = [(16, 20), (37, 20), (80, 100), (1, 1), (70, 10), (18, 53)]


@pytest.mark.parametrize("mode", ["NEAREST", "BILINEAR", "BICUBIC", "HAMMING", "LANCZOS"])
@pytest.mark.parametrize("shape", [(37, 53), (37, 53, 3)])
@pytest.mark.parametrize("size", SIZES)
def test_arrays_are_pillows(mode, shape, size):
    pil = pytest.importorskip("PIL.Image")
    pixels = rng.integers(0, 256, shape, np.uint8)
    pixels[:10] = rng.choice([0, 255], pixels[:10].shape)  # where a cubic goes beyond the range
    expected = pil.fromarray(pixels).resize(size[::-1], getattr(pil, mode))
    got = F.resize(pixels, size, InterpolationMode[mode])
    np.testing.assert_array_equal(got, np.asarray(expected))
    np.testing.assert_array_equal(F.resize(pixels, size, int(getattr(pil, mode))), got)


@pytest.mark.parametrize("antialias", [False, None])
def test_pictures_are_always_smoothed(antialias):
    pil = pytest.importorskip("PIL.Image")
    picture = pil.fromarray(rng.integers(0, 256, (37, 53, 3), np.uint8))
    expected = picture.resize((20, 11), pil.BILINEAR)
    assert F.resize(picture, (11, 20), antialias=antialias) == expected
    assert F.resized_crop(picture, 0, 0, 37, 53, (11, 20), antialias=antialias) == expected


def test_wider_and_lower():
    pil = pytest.importorskip("PIL.Image")
    pixels = rng.integers(0, 256, (40, 30), np.uint8)
    first = pil.fromarray(pixels).resize((30, 10), pil.BICUBIC).resize((60, 10), pil.BICUBIC)
    if int(pil.__version__.split(".")[0]) < 13:
        pytest.skip("Pillow took the rows first before")
    np.testing.assert_array_equal(
        F.resize(pixels, (10, 60), InterpolationMode.BICUBIC), np.asarray(first)
    )


def test_a_box_is_a_mean():
    pixels = rng.random((6, 8))
    expected = pixels.reshape(3, 2, 2, 4).mean((1, 3))
    np.testing.assert_allclose(F.resize(pixels, (3, 2), InterpolationMode.BOX), expected)


@pytest.mark.torch
@pytest.mark.parametrize("mode", ["nearest", "nearest-exact", "bilinear", "bicubic"])
@pytest.mark.parametrize("antialias", [False, True])
@pytest.mark.parametrize("size", [*SIZES, (64, 53)])
def test_tensors_are_pytorchs(mode, antialias, size):
    torch = pytest.importorskip("torch")
    image = rng.random((2, 37, 53)).astype(np.float32)
    options = {"antialias": antialias} if mode[0] == "b" else {}
    expected = torch.nn.functional.interpolate(
        torch.tensor(image)[None], size, mode=mode, **options
    )
    got = F.resize(tg.tensor(image), size, InterpolationMode(mode), antialias=antialias)
    np.testing.assert_allclose(got.numpy(), expected[0].numpy(), atol=1e-5)


def test_tensors_have_fewer_modes():
    with pytest.raises(ValueError, match=r"InterpolationMode.LANCZOS: take BILINEAR or BICUBIC"):
        F.resize(tg.ones(3, 4), (2, 2), InterpolationMode.LANCZOS)
    with pytest.raises(ValueError, match="NEAREST or BILINEAR here"):
        F.rotate(tg.ones(3, 4), 3, InterpolationMode.BICUBIC)


def test_integers_are_rounded_and_kept_in_range():
    image = np.array([[0, 0, 255, 255]], np.uint8)
    got = F.resize(tg.tensor(image), (1, 9), InterpolationMode.BICUBIC).numpy()[0]
    assert got.dtype == np.uint8
    assert (np.diff(got.astype(int)) >= 0).all()  # neither below 0 nor above 255, going round
    assert got[4] == 128
