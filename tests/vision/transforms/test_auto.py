"""Changes drawn from many: what is drawn, by the draws of PyTorch, and how much of it."""

import math

import numpy as np
import pytest

import tinygrad_np as tg
from tinygrad_np.vision import transforms as T
from tinygrad_np.vision.transforms import functional as F
from tinygrad_np.vision.transforms import v2

IMAGE = np.random.default_rng(0).integers(0, 256, (32, 40, 3), np.uint8)
SIGNED = [
    "ShearX",
    "ShearY",
    "TranslateX",
    "TranslateY",
    "Rotate",
    "Brightness",
    "Color",
    "Contrast",
    "Sharpness",
]
CHANGES = ["Identity", *SIGNED, "Posterize", "Solarize", "AutoContrast", "Equalize"]
NAMES = ["AutoAugment", "RandAugment", "TrivialAugmentWide"]


def changed(image, name, share, sign=1, wide=False):
    """An image after a change of a share of the strongest."""
    shift = 32 if wide else 150 / 331 * (40 if name == "TranslateX" else 32)
    turn, shear, factor = (135, 0.99, 0.99) if wide else (30, 0.3, 0.9)
    factor, degrees = 1 + sign * share * factor, math.degrees(math.atan(sign * share * shear))
    pixels = int(sign * share * shift)
    return {
        "Identity": lambda: image,
        "ShearX": lambda: F.affine(image, 0, (0, 0), 1, (degrees, 0), center=(0, 0)),
        "ShearY": lambda: F.affine(image, 0, (0, 0), 1, (0, degrees), center=(0, 0)),
        "TranslateX": lambda: F.affine(image, 0, (pixels, 0), 1, 0),
        "TranslateY": lambda: F.affine(image, 0, (0, pixels), 1, 0),
        "Rotate": lambda: F.rotate(image, sign * share * turn),
        "Brightness": lambda: F.adjust_brightness(image, factor),
        "Color": lambda: F.adjust_saturation(image, factor),
        "Contrast": lambda: F.adjust_contrast(image, factor),
        "Sharpness": lambda: F.adjust_sharpness(image, factor),
        "Posterize": lambda: F.posterize(image, 8 - round(share * (6 if wide else 4))),
        "Solarize": lambda: F.solarize(image, 255 - 255 * share),
        "AutoContrast": lambda: F.autocontrast(image),
        "Equalize": lambda: F.equalize(image),
        "Invert": lambda: F.invert(image),
    }[name]()


def same(got, expected):
    """Equal but for the last bit of a strength, which few pixels show."""
    assert got.shape == expected.shape
    assert (got == expected).mean() > 0.9


@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize("wide", [False, True])
def test_strengths(name, wide):
    augment = T.TrivialAugmentWide() if wide else T.RandAugment()
    values = augment.magnitudes(name, 31, IMAGE)
    if values is None:
        assert name in ("Identity", "AutoContrast", "Equalize")
        np.testing.assert_array_equal(augment.change(IMAGE, name, 0.0), changed(IMAGE, name, 0))
        return
    for degree in (0, 9, 30):
        for sign in (1, -1) if name in SIGNED else (1,):
            got = augment.change(IMAGE, name, sign * float(values[degree]))
            same(got, changed(IMAGE, name, degree / 30, sign, wide))


@pytest.mark.torch
@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("version", [T, v2])
def test_draws_are_torchvisions(seed, version):
    torch = pytest.importorskip("torch")
    torch.manual_seed(seed)
    tg.manual_seed(seed)

    def sign(name):
        if name not in SIGNED:
            return 1
        negative = torch.rand(()) <= 0.5 if version is v2 else torch.randint(2, (1,)) == 1
        return -1 if negative else 1

    expected = IMAGE
    for _ in range(3):
        name = CHANGES[torch.randint(14, (1,))]
        expected = changed(expected, name, 12 / 30, sign(name))
    same(version.RandAugment(3, 12)(IMAGE), expected)
    name = CHANGES[torch.randint(14, (1,))]
    none = name in ("Identity", "AutoContrast", "Equalize")
    share = 0 if none else int(torch.randint(31, (1,))) / 30
    expected = changed(IMAGE, name, share, sign(name), wide=True)
    same(version.TrivialAugmentWide()(IMAGE), expected)
    augment = version.AutoAugment(T.AutoAugmentPolicy.CIFAR10)
    pair, expected = augment.policies[torch.randint(25, (1,))], IMAGE
    if version is T:
        chances, signs = torch.rand(2), torch.randint(2, (2,)) * 2 - 1
    for i, (name, p, degree) in enumerate(pair):
        if (chances[i] if version is T else torch.rand(())) <= p:
            if version is v2:
                negative = sign(name) if degree is not None else 1
            else:
                negative = int(signs[i]) if name in SIGNED else 1
            expected = changed(expected, name, (degree or 0) / 9, negative)
    same(augment(IMAGE), expected)
    assert tg.rand(1).item() == torch.rand(1).item()


def test_policies():
    for policy in T.AutoAugmentPolicy:
        pairs = T.AutoAugment(policy).policies
        assert len(pairs) == 25
        for change in (change for pair in pairs for change in pair):
            name, p, degree = change
            assert name in [*CHANGES, "Invert"]
            assert 0 <= p <= 1
            assert (degree is None) == (name in ("AutoContrast", "Equalize", "Invert"))
    assert T.AutoAugment("svhn").policy is T.AutoAugmentPolicy.SVHN


@pytest.mark.parametrize("name", NAMES)
def test_tensors_and_fills(name):
    x = tg.tensor(np.ascontiguousarray(IMAGE.transpose(2, 0, 1)))
    for version in (T, v2):
        augment = getattr(version, name)(fill=7)
        tg.manual_seed(0)
        assert len({augment(x).numpy().tobytes() for _ in range(20)}) > 5
    far = T.TrivialAugmentWide(fill=(1, 2, 3)).change(IMAGE, "TranslateX", 30.0)
    assert far[0, 0].tolist() == [1, 2, 3]
    assert v2.RandAugment().threshold(tg.ones(3, 2, 2), 0.5) == 0.5


def test_words_and_mistakes():
    assert repr(T.AutoAugment()) == "AutoAugment(policy=AutoAugmentPolicy.IMAGENET, fill=None)"
    assert repr(T.RandAugment()) == (
        "RandAugment(num_ops=2, magnitude=9, num_magnitude_bins=31, "
        "interpolation=InterpolationMode.NEAREST, fill=None)"
    )
    assert repr(T.TrivialAugmentWide(5)).startswith("TrivialAugmentWide(num_magnitude_bins=5, ")
    with pytest.raises(ValueError, match="from 0 to 30, got 31"):
        T.RandAugment(magnitude=31)
    with pytest.raises(ValueError, match="coco"):
        T.AutoAugment("coco")
