"""Tilting an image, and pictures turned as Pillow turns them."""

import numpy as np
import pytest

import tinygrad_np as tg
from tinygrad_np.vision.transforms import InterpolationMode
from tinygrad_np.vision.transforms import functional as F

NEAREST, BILINEAR = InterpolationMode.NEAREST, InterpolationMode.BILINEAR
rng = np.random.default_rng(0)
BEFORE = [[0, 0], [8, 0], [8, 5], [0, 5]]
AFTER = [[1, 1], [7, 0], [8, 4], [0, 5]]


def test_corners_go_where_they_should():
    image = np.zeros((60, 90))
    for x, y in ((10, 10), (80, 10), (80, 50), (10, 50)):
        image[y - 2 : y + 3, x - 2 : x + 3] = 1
    before, after = [[10, 10], [80, 10], [80, 50], [10, 50]], [[20, 5], [70, 15], [75, 55], [5, 45]]
    for mode in (NEAREST, BILINEAR):
        out = F.perspective(image, before, after, mode)
        for x, y in after:
            assert out[y, x] == 1
    same = F.perspective(image, before, before)
    np.testing.assert_allclose(same, image, atol=1e-9)
    with pytest.raises(ValueError, match="four corners, got 3 startpoints"):
        F.perspective(image, before[:3], after)


@pytest.mark.torch
@pytest.mark.parametrize("mode", [NEAREST, BILINEAR])
@pytest.mark.parametrize("fill", [None, 0, [0.5, 2.0]])
def test_perspective_is_a_grid_of_pytorchs(mode, fill):
    torch = pytest.importorskip("torch")
    image = rng.random((2, 6, 9))
    unknown = []
    for (u, v), (x, y) in zip(AFTER, BEFORE, strict=True):
        unknown += [[u, v, 1, 0, 0, 0, -x * u, -x * v], [0, 0, 0, u, v, 1, -y * u, -y * v]]
    matrix = np.append(np.linalg.solve(unknown, np.ravel(BEFORE)), 1).reshape(3, 3)
    row, column = np.mgrid[:6, :9] + 0.5
    x, y, depth = np.tensordot(matrix, [column, row, np.ones((6, 9))], 1)
    grid = torch.tensor(np.stack([x / depth / 4.5 - 1, y / depth / 3 - 1], -1))[None]

    def sample(a):
        made = torch.nn.functional.grid_sample(
            torch.tensor(a)[None], grid, mode=mode.value, align_corners=False
        )
        return made[0].numpy()

    expected = sample(image)
    if fill is not None:
        known = sample(np.ones_like(image))
        expected = expected * known + (1 - known) * np.reshape(fill, (-1, 1, 1))
    got = F.perspective(tg.tensor(image), BEFORE, AFTER, mode, fill)
    np.testing.assert_allclose(got.numpy(), expected, atol=1e-9)


@pytest.mark.parametrize("angle", [17, 45.5, -100, 90, 180, -90, 0])
@pytest.mark.parametrize("expand", [False, True])
@pytest.mark.parametrize("shape", [(37, 53, 3), (40, 31)])
def test_arrays_turn_as_in_pillow(angle, expand, shape):
    pil = pytest.importorskip("PIL.Image")
    pixels = rng.integers(0, 256, shape, np.uint8)
    expected = np.asarray(pil.fromarray(pixels).rotate(angle, pil.NEAREST, expand))
    np.testing.assert_array_equal(F.rotate(pixels, angle, NEAREST, expand), expected)
    expected = np.asarray(pil.fromarray(pixels).rotate(angle, pil.BILINEAR, expand))
    got = F.rotate(pixels, angle, BILINEAR, expand)
    assert got.shape == expected.shape
    # what is cut off of a whole number differs by the last bit of what it was computed of
    assert (np.abs(got - expected.astype(int)) <= 1).mean() > 0.99
    assert (got == expected).mean() > 0.95
