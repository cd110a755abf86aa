"""What an image is: pictures of Pillow's give pictures, of the kind that they were."""

import numpy as np
import pytest

import tinygrad_np as tg
from tinygrad_np.vision import transforms as T
from tinygrad_np.vision.transforms import functional as F

PIXELS = np.random.default_rng(0).integers(0, 256, (6, 8, 3), np.uint8)


@pytest.fixture
def pil():
    return pytest.importorskip("PIL.Image")


@pytest.mark.parametrize(
    "change", [T.Resize(4), T.CenterCrop(4), T.Pad(1), T.RandomCrop(4), T.Grayscale(3)], ids=repr
)
def test_pictures_give_pictures(pil, change):
    tg.manual_seed(0)
    out = change(pil.fromarray(PIXELS))
    tg.manual_seed(0)
    assert isinstance(out, pil.Image)
    np.testing.assert_array_equal(np.asarray(out), change(PIXELS))


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "CMYK", "HSV", "YCbCr", "I", "F"])
def test_modes_stay(pil, mode):
    picture = pil.fromarray(PIXELS).convert(mode)
    out, expected = F.crop(picture, 1, 2, 3, 4), picture.crop((2, 1, 6, 4))
    assert out.mode == mode
    assert out.size == (4, 3)
    np.testing.assert_array_equal(np.asarray(out), np.asarray(expected))
    if mode == "P":
        assert out.getpalette() == expected.getpalette()


def test_dimensions(pil):
    for image in (PIXELS, pil.fromarray(PIXELS), tg.zeros(2, 3, 6, 8)):
        assert F.get_dimensions(image) == [3, 6, 8]
        assert F.get_image_size(image) == [8, 6]
        assert F.get_image_num_channels(image) == 3
    assert F.get_dimensions(np.zeros((2, 3))) == F.get_dimensions(tg.zeros(2, 3)) == [1, 2, 3]


def test_what_is_no_image():
    with pytest.raises(TypeError, match="ndarray, Tensor or Pillow's, got str"):
        T.Resize(4)("picture")
    with pytest.raises(ValueError, match=r"constant of Pillow, got 9"):
        F.resize(PIXELS, 3, 9)


def test_one_fill_for_each_channel():
    padded = F.pad(PIXELS, 1, fill=(1, 2, 3))
    assert padded[0, 0].tolist() == [1, 2, 3]
    np.testing.assert_array_equal(padded[1:-1, 1:-1], PIXELS)
    turned = F.rotate(tg.ones(3, 5, 5), 45, fill=[7.0, 8.0, 9.0])
    assert turned[:, 0, 0].tolist() == [7, 8, 9]
    with pytest.raises(ValueError, match=r"fill: .*got \(1, 2\) for an image of 3"):
        F.pad(PIXELS, 1, fill=(1, 2))


def test_negative_padding_takes_away():
    for image, axis in ((PIXELS, 0), (tg.tensor(PIXELS.transpose(2, 0, 1).copy()), 1)):
        rows, columns = image.shape[axis : axis + 2]
        for mode in ("constant", "edge", "reflect"):
            got = np.asarray(F.pad(image, [-1, 2, 1, -3], padding_mode=mode))
            inner = F.crop(image, 0, 1, rows - 3, columns - 1)
            np.testing.assert_array_equal(got, F.pad(inner, [0, 2, 1, 0], padding_mode=mode))
    with pytest.raises(RuntimeError, match="leaves nothing of an image of"):
        F.pad(PIXELS, -9)


def test_without_pillow(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "PIL", None)
    with pytest.raises(ImportError, match=r"tinygrad_np\[image\]"):
        F.to_pil_image(PIXELS)


def test_transforms_are_modules():
    layers = tg.nn.Sequential(T.CenterCrop(4), T.Normalize([0.5], [0.5]))
    assert layers(tg.ones(1, 6, 6)).tolist() == tg.ones(1, 4, 4).tolist()
