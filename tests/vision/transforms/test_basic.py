"""Transforms that draw nothing, and are not tried elsewhere: several parts at once."""

import numpy as np
import pytest

import tinygrad_np as tg
from tinygrad_np.vision import transforms as T

IMAGE = np.arange(30).reshape(5, 6)


def test_five_and_ten_parts():
    corners = [IMAGE[:2, :3], IMAGE[:2, 3:], IMAGE[3:, :3], IMAGE[3:, 3:]]
    middle = IMAGE[2:4, 2:5]  # half a pixel goes to the even one
    parts = T.FiveCrop((2, 3))(IMAGE)
    for part, expected in zip(parts, [*corners, middle], strict=True):
        np.testing.assert_array_equal(part, expected)
    for upside_down in (False, True):
        turned = IMAGE[::-1] if upside_down else IMAGE[:, ::-1]
        ten = T.TenCrop((2, 3), upside_down)(tg.tensor(IMAGE))
        np.testing.assert_array_equal(np.stack([t.numpy() for t in ten[:5]]), np.stack(parts))
        np.testing.assert_array_equal(ten[5].numpy(), turned[:2, :3])
        np.testing.assert_array_equal(ten[8].numpy(), turned[3:, 3:])
    with pytest.raises(ValueError, match=r"\(9, 9\) is bigger than input size \(5, 6\)"):
        T.FiveCrop(9)(IMAGE)


def test_words():
    words = {
        T.FiveCrop(3): "FiveCrop(size=(3, 3))",
        T.TenCrop((3, 4)): "TenCrop(size=(3, 4), vertical_flip=False)",
        T.Grayscale(3): "Grayscale(num_output_channels=3)",
        T.ToPILImage(): "ToPILImage()",
        T.ToPILImage("RGB"): "ToPILImage(mode=RGB)",
        T.PILToTensor(): "PILToTensor()",
    }
    for made, text in words.items():
        assert repr(made) == text


def test_linear_transformation():
    rng = np.random.default_rng(0)
    matrix, mean, images = rng.random((12, 12)), rng.random(12), rng.random((2, 3, 2, 2))
    made = T.LinearTransformation(tg.tensor(matrix), tg.tensor(mean))
    expected = ((images.reshape(2, 12) - mean) @ matrix).reshape(images.shape)
    np.testing.assert_allclose(made(tg.tensor(images)).numpy(), expected)
    np.testing.assert_allclose(made(tg.tensor(images[0])).numpy(), expected[0])
    small = T.LinearTransformation(tg.eye(1), tg.zeros(1))
    assert repr(small) == ("LinearTransformation(transformation_matrix=[[1.0]], mean_vector=[0.0])")
    with pytest.raises(ValueError, match="incompatible shape"):
        made(tg.ones(3, 2, 3))
    with pytest.raises(ValueError, match="should be square"):
        T.LinearTransformation(tg.ones(2, 3), tg.ones(2))
    with pytest.raises(ValueError, match="mean_vector should have the same length 2"):
        T.LinearTransformation(tg.ones(2, 2), tg.ones(3))
