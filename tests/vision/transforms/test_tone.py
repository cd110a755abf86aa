"""Lightness: arrays against Pillow bit for bit, Tensors against formulas written out."""

import numpy as np
import pytest

import tinygrad_np as tg
from tinygrad_np.vision.transforms import functional as F

rng = np.random.default_rng(0)
COLOURS = (rng.integers(0, 200, (40, 50, 3)) * [1, 0.5, 0.3] + 20).astype(np.uint8)
FLAT = np.full((4, 5), 9, np.uint8)
BYTES = np.ascontiguousarray(COLOURS.transpose(2, 0, 1))
FLOATS = rng.random((3, 8, 9)).astype(np.float32)


@pytest.fixture
def pil():
    return pytest.importorskip("PIL.Image")


@pytest.mark.parametrize("image", [COLOURS, COLOURS[..., 1].copy(), FLAT], ids=["3", "1", "flat"])
@pytest.mark.parametrize(
    ("name", "ours", "args"),
    [
        ("invert", F.invert, ()),
        ("autocontrast", F.autocontrast, ()),
        ("equalize", F.equalize, ()),
        *(("posterize", F.posterize, (bits,)) for bits in (1, 3, 8)),
        *(("solarize", F.solarize, (threshold,)) for threshold in (0, 60, 128, 255)),
    ],
)
def test_arrays_are_pillows(pil, image, name, ours, args):
    theirs = getattr(pytest.importorskip("PIL.ImageOps"), name)
    expected = np.asarray(theirs(pil.fromarray(image), *args))
    np.testing.assert_array_equal(ours(image, *args), expected)
    np.testing.assert_array_equal(np.asarray(ours(pil.fromarray(image), *args)), expected)


def test_tensors():
    x = tg.tensor(FLOATS)
    np.testing.assert_array_equal(F.invert(x).numpy(), 1 - FLOATS)
    np.testing.assert_array_equal(F.invert(tg.tensor(BYTES)).numpy(), 255 - BYTES)
    expected = np.where(FLOATS >= 0.4, 1 - FLOATS, FLOATS)
    np.testing.assert_array_equal(F.solarize(x, 0.4).numpy(), expected)
    np.testing.assert_array_equal(F.posterize(tg.tensor(BYTES), 2).numpy(), BYTES // 64 * 64)
    low, high = FLOATS.min((1, 2), keepdims=True), FLOATS.max((1, 2), keepdims=True)
    got = F.autocontrast(x).numpy()
    np.testing.assert_allclose(got, (FLOATS - low) / (high - low), atol=1e-6)
    np.testing.assert_array_equal(F.autocontrast(tg.full((1, 2, 2), 0.3)).numpy(), np.float32(0.3))


def test_equalize_spreads_the_ranks():
    batch = np.stack([BYTES, BYTES[::-1]])
    got = F.equalize(tg.tensor(batch)).numpy()
    for image, out in zip(batch.reshape(-1, 40, 50), got.reshape(-1, 40, 50), strict=True):
        below = (image.ravel()[:, None] > image.ravel()).sum(1).reshape(image.shape)
        step = (image < image.max()).sum() // 255
        np.testing.assert_array_equal(out, ((below + step // 2) // step).clip(0, 255))


@pytest.mark.parametrize(("gamma", "gain"), [(0.5, 1), (2.2, 1), (1, 2), (0, 1)])
def test_gamma(pil, gamma, gain):
    table = [min(255, int(255.999 * gain * (v / 255) ** gamma)) for v in range(256)]
    np.testing.assert_array_equal(F.adjust_gamma(COLOURS, gamma, gain), np.array(table)[COLOURS])
    got = F.adjust_gamma(tg.tensor(FLOATS), gamma, gain).numpy()
    np.testing.assert_allclose(got, (gain * FLOATS.astype(float) ** gamma).clip(0, 1), rtol=1e-5)


REFUSED = {
    "gamma": (lambda: F.adjust_gamma(FLAT, -1), ValueError, "non-negative real number, got -1"),
    "bits": (lambda: F.posterize(FLAT, 9), ValueError, "Got 9"),
    "floats for bits": (lambda: F.posterize(tg.tensor(FLOATS), 3), TypeError, "uint8, got float32"),
    "floats": (lambda: F.equalize(tg.tensor(FLOATS)), TypeError, "uint8, got float32"),
    "threshold": (lambda: F.solarize(tg.tensor(FLOATS), 2), TypeError, "should not be above 1"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_refused(what):
    call, error, message = REFUSED[what]
    with pytest.raises(error, match=message):
        call()
