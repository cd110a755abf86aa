"""Tensors of pictures, pictures of Tensors, and rectangles that are erased."""

import numpy as np
import pytest

import tinygrad_np as tg
from tinygrad_np.vision import transforms as T
from tinygrad_np.vision.transforms import functional as F

rng = np.random.default_rng(0)
BYTES = rng.integers(0, 256, (4, 5, 6), np.uint8)


@pytest.fixture
def pil():
    return pytest.importorskip("PIL.Image")


@pytest.mark.parametrize(("channels", "mode"), [(1, "L"), (2, "LA"), (3, "RGB"), (4, "RGBA")])
def test_there_and_back(pil, channels, mode):
    x = tg.tensor(BYTES[:channels])
    picture = T.ToPILImage()(x)
    assert (picture.mode, picture.size) == (mode, (6, 5))
    back = T.PILToTensor()(picture)
    assert back.dtype == tg.uint8
    np.testing.assert_array_equal(back.numpy(), BYTES[:channels])
    array = F.to_pil_image(np.moveaxis(BYTES[:channels], 0, 2))
    np.testing.assert_array_equal(np.asarray(array), np.asarray(picture))


def test_types_of_grey(pil):
    for dtype, mode in (("int16", "I;16"), ("int32", "I")):
        picture = F.to_pil_image(BYTES[0].astype(dtype))
        assert picture.mode == mode
        np.testing.assert_array_equal(np.asarray(picture), BYTES[0])
    floats = rng.random((5, 6)).astype(np.float32)
    picture = F.to_pil_image(tg.tensor(floats), "F")
    np.testing.assert_array_equal(np.asarray(picture), floats)
    picture = F.to_pil_image(tg.tensor(floats, requires_grad=True))
    np.testing.assert_array_equal(np.asarray(picture), (floats * 255).astype(np.uint8))
    picture = F.to_pil_image(BYTES[:3].transpose(1, 2, 0), "HSV")
    assert picture.mode == "HSV"
    np.testing.assert_array_equal(np.asarray(picture), BYTES[:3].transpose(1, 2, 0))


def test_to_tensor_of_special_pictures(pil):
    bits = pil.fromarray(BYTES[0] > 99)
    assert bits.mode == "1"
    np.testing.assert_array_equal(T.ToTensor()(bits).numpy(), (BYTES[:1] > 99).astype("f"))
    wide = pil.fromarray(BYTES[0].astype(np.uint16) * 100)
    got = T.ToTensor()(wide)
    assert got.dtype == tg.int16
    np.testing.assert_array_equal(got.numpy(), BYTES[:1].astype(np.int16) * 100)


def test_truth_values_are_0_and_1():
    bits = F.convert_image_dtype(tg.tensor(BYTES), tg.bool)
    np.testing.assert_array_equal(bits, BYTES >= 128)
    np.testing.assert_array_equal(F.convert_image_dtype(bits, tg.float32), BYTES >= 128)
    np.testing.assert_array_equal(F.convert_image_dtype(bits, tg.uint8), 128 * (BYTES >= 128))


REFUSED = [
    ([1], None, TypeError, "Tensor or ndarray"),
    (np.zeros(3), None, ValueError, "1 dimensions"),
    (np.zeros((2, 2, 5)), None, ValueError, "Got 5 channels"),
    (np.zeros((2, 2, 3), np.uint8), "L", ValueError, "'L' does not go with 3 channels"),
    (np.zeros((2, 2), np.int64), None, TypeError, "1 channels of int64"),
    (np.zeros((2, 2, 3), np.int32), None, TypeError, "3 channels of int32"),
]


@pytest.mark.parametrize(("image", "mode", "error", "message"), REFUSED)
def test_refused(image, mode, error, message):
    with pytest.raises(error, match=message):
        F.to_pil_image(image, mode)


def test_erase():
    x = tg.ones(2, 3, 4)
    out = F.erase(x, 1, 2, 2, 1, tg.tensor([5.0, 6.0]).reshape(2, 1, 1))
    expected = np.ones((2, 3, 4))
    expected[0, 1:, 2], expected[1, 1:, 2] = 5, 6
    np.testing.assert_array_equal(out.numpy(), expected)
    assert (x == 1).all()
    assert F.erase(x, 0, 0, 1, 1, 0.0, inplace=True) is x
    assert x[0, 0, 0].item() == 0
    with pytest.raises(TypeError, match="should be Tensor Image"):
        F.erase(np.ones((3, 4)), 0, 0, 1, 1, 0.0)


def test_gradients_go_through_changes_of_values():
    image = tg.ones(2, 3, 3, requires_grad=True)
    out = F.normalize(image, mean=[0.5, 1.0], std=[0.5, 0.25])
    assert out[:, 0, 0].tolist() == [1, 0]
    out = F.erase(F.convert_image_dtype(out, tg.float64), 0, 0, 2, 2, v=0)
    out.sum().backward()
    kept = np.ones((3, 3))
    kept[:2, :2] = 0
    np.testing.assert_array_equal(image.grad, np.multiply.outer([2, 4], kept))
    changed = F.normalize(image * 2, [1.0], [0.5], inplace=True)
    assert changed.tolist() == [[[2] * 3] * 3] * 2
    (grad,) = tg.autograd.grad(changed.sum(), image)
    assert grad.unique().tolist() == [4]
    with pytest.raises(RuntimeError, match="leaf"):
        F.normalize(image, [1.0], [0.5], inplace=True)
