"""Random colours: what is drawn, by the draws of PyTorch, and what is done with it."""

import numpy as np
import pytest

import tinygrad_np as tg
from tinygrad_np.vision import transforms as T
from tinygrad_np.vision.transforms import functional as F

rng = np.random.default_rng(0)
FLOATS = tg.tensor(rng.random((3, 8, 9)).astype(np.float32))
BYTES = tg.tensor(rng.integers(0, 256, (3, 8, 9), np.uint8))

CHANCES = [
    (T.RandomInvert, (), F.invert),
    (T.RandomPosterize, (3,), lambda x: F.posterize(x, 3)),
    (T.RandomSolarize, (99,), lambda x: F.solarize(x, 99)),
    (T.RandomAdjustSharpness, (2.0,), lambda x: F.adjust_sharpness(x, 2.0)),
    (T.RandomAutocontrast, (), F.autocontrast),
    (T.RandomEqualize, (), F.equalize),
    (T.RandomGrayscale, (), lambda x: F.rgb_to_grayscale(x, 3)),
]


@pytest.mark.parametrize(("kind", "args", "change"), CHANCES)
def test_chances(kind, args, change):
    assert kind(*args, p=0)(BYTES) is BYTES
    changed = change(BYTES).numpy()
    np.testing.assert_array_equal(kind(*args, p=1)(BYTES).numpy(), changed)
    tg.manual_seed(0)
    draws = tg.rand(20).tolist()
    tg.manual_seed(0)
    made = [kind(*args, p=0.4)(BYTES).numpy() for _ in range(20)]
    for draw, out in zip(draws, made, strict=True):
        np.testing.assert_array_equal(out, changed if draw < 0.4 else BYTES.numpy())


@pytest.mark.torch
@pytest.mark.parametrize("seed", range(6))
def test_jitter_draws_as_torchvision_does(seed):
    torch = pytest.importorskip("torch")
    torch.manual_seed(seed)
    tg.manual_seed(seed)
    order = torch.randperm(4).tolist()
    b, c, h = (torch.empty(1).uniform_(*r).item() for r in ((0.6, 1.4), (0.5, 3.0), (-0.2, 0.2)))
    changes = {
        0: lambda x: F.adjust_brightness(x, b),
        1: lambda x: F.adjust_contrast(x, c),
        3: lambda x: F.adjust_hue(x, h),
    }
    expected = FLOATS
    for i in order:
        expected = changes.get(i, lambda x: x)(expected)
    got = T.ColorJitter(brightness=0.4, contrast=(0.5, 3), hue=0.2)(FLOATS)
    np.testing.assert_array_equal(got.numpy(), expected.numpy())
    sigma = torch.empty(1).uniform_(0.1, 2).item()
    got = T.GaussianBlur((3, 5))(FLOATS)
    np.testing.assert_array_equal(got.numpy(), F.gaussian_blur(FLOATS, (3, 5), sigma).numpy())
    assert tg.rand(1).item() == torch.rand(1).item()


def test_jitter_ranges():
    jitter = T.ColorJitter(2, (1, 1), saturation=None, hue=(-0.1, 0.3))
    assert (jitter.brightness, jitter.contrast) == ((0, 3), None)
    assert (jitter.saturation, jitter.hue) == (None, (-0.1, 0.3))
    np.testing.assert_array_equal(T.ColorJitter()(FLOATS).numpy(), FLOATS.numpy())


REFUSED = {
    "negative": (lambda: T.ColorJitter(-1), ValueError, "brightness .*non negative, got -1"),
    "order": (lambda: T.ColorJitter(contrast=(2, 1)), ValueError, r"contrast .*\(2, 1\)"),
    "hue": (lambda: T.ColorJitter(hue=0.6), ValueError, "hue .* -0.5 and 0.5, got 0.6"),
    "three": (lambda: T.ColorJitter(hue=(1, 2, 3)), TypeError, "single number or two"),
    "kernel": (lambda: T.GaussianBlur(4), ValueError, "odd and positive, got 4"),
    "sigma": (lambda: T.GaussianBlur(3, (2, 1)), ValueError, r"got \(2, 1\)"),
    "no sigma": (lambda: T.GaussianBlur(3, 0), ValueError, "got 0"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_refused(what):
    call, error, message = REFUSED[what]
    with pytest.raises(error, match=message):
        call()


def test_words():
    words = {
        T.GaussianBlur(3): "GaussianBlur(kernel_size=(3, 3), sigma=(0.1, 2.0))",
        T.RandomGrayscale(): "RandomGrayscale(p=0.1)",
        T.RandomInvert(): "RandomInvert(p=0.5)",
        T.RandomPosterize(2): "RandomPosterize(bits=2,p=0.5)",
        T.RandomSolarize(9): "RandomSolarize(threshold=9,p=0.5)",
        T.RandomAdjustSharpness(2): "RandomAdjustSharpness(sharpness_factor=2,p=0.5)",
        T.RandomAutocontrast(): "RandomAutocontrast(p=0.5)",
        T.RandomEqualize(): "RandomEqualize(p=0.5)",
    }
    for made, text in words.items():
        assert repr(made) == text
