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
    np.testing.assert_allclose(got.numpy(), expected, atol=1e-6)  # the map is one of float32


@pytest.mark.parametrize("angle", [17, 45.5, -100, 90, 180, -90, 0])
@pytest.mark.parametrize("expand", [False, True])
@pytest.mark.parametrize("shape", [(37, 53, 3), (40, 31)])
@pytest.mark.parametrize("center", [None, (5, 7)])
def test_arrays_turn_as_in_pillow(angle, expand, shape, center):
    pil = pytest.importorskip("PIL.Image")
    pixels = rng.integers(0, 256, shape, np.uint8)
    expected = np.asarray(pil.fromarray(pixels).rotate(angle, pil.NEAREST, expand, center))
    np.testing.assert_array_equal(F.rotate(pixels, angle, NEAREST, expand, center), expected)
    expected = np.asarray(pil.fromarray(pixels).rotate(angle, pil.BILINEAR, expand, center))
    got = F.rotate(pixels, angle, BILINEAR, expand, center)
    assert got.shape == expected.shape
    # what is cut off of a whole number differs by the last bit of what it was computed of
    assert (np.abs(got - expected.astype(int)) <= 1).mean() > 0.99
    assert (got == expected).mean() > 0.95


@pytest.mark.parametrize("mode", ["NEAREST", "BILINEAR", "BICUBIC"])
@pytest.mark.parametrize("fill", [None, 7, [1, 2, 3]])
def test_pictures_are_left_to_pillow(mode, fill):
    pil = pytest.importorskip("PIL.Image")
    picture = pil.fromarray(rng.integers(0, 256, (20, 31, 3), np.uint8))
    ours, number = InterpolationMode[mode], getattr(pil, mode)
    colour = (fill or 0,) * 3 if not isinstance(fill, list) else tuple(fill)
    for expand, center in ((False, None), (True, (3, 4))):
        expected = picture.rotate(33, number, expand, center, fillcolor=colour)
        assert F.rotate(picture, 33, ours, expand, center, fill) == expected
    matrix = [0.5, 0, 0, 0, 0.5, 0]  # twice as large around the upper left corner
    expected = picture.transform(picture.size, pil.AFFINE, matrix, number, fillcolor=colour)
    assert F.affine(picture, 0, (0, 0), 2, 0, ours, fill, center=(0, 0)) == expected


def test_one_shear_in_a_list_is_both():
    for image in (rng.random((5, 6)), tg.tensor(rng.random((2, 5, 6)))):
        one, both = (F.affine(image, 0, (0, 0), 1.0, shear) for shear in ([20.0], [20.0, 20.0]))
        np.testing.assert_array_equal(one, both)
        assert not np.array_equal(one, F.affine(image, 0, (0, 0), 1.0, 20.0))
    with pytest.raises(ValueError, match=r"one number or two, got \[1, 2, 3\]"):
        F.affine(image, 0, (0, 0), 1.0, [1, 2, 3])


def test_expanded_tensors_turn_around_their_center():
    image = tg.tensor(rng.random((1, 4, 6)) + 1)
    np.testing.assert_array_equal(F.rotate(image, 180, NEAREST, True, [0, 0]), np.zeros((1, 4, 6)))
    np.testing.assert_array_equal(
        F.rotate(image, 180, NEAREST, True, [3, 2]), F.rotate(image, 180, NEAREST, True)
    )


@pytest.mark.torch
@pytest.mark.parametrize("shape", [(6, 7), (7, 6), (15, 28), (9, 9)])
@pytest.mark.parametrize("angle", [90, -90, 180, 45])
@pytest.mark.parametrize("mode", [NEAREST, BILINEAR])
def test_tensors_round_as_grid_sample_does(shape, angle, mode):
    torch = pytest.importorskip("torch")
    rows, columns = shape
    image = rng.integers(0, 256, (2, *shape), np.uint8)
    turn = np.radians(angle)
    theta = torch.tensor([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]).float()
    x = torch.linspace(0.5 - columns / 2, columns / 2 - 0.5, columns)
    y = torch.linspace(0.5 - rows / 2, rows / 2 - 0.5, rows)[:, None]
    grid = [x * (a / (n / 2)) + y * (b / (n / 2)) for (a, b), n in zip(theta, (columns, rows))]
    expected = torch.nn.functional.grid_sample(
        torch.tensor(image).float()[None], torch.stack(grid, -1)[None], mode.value,
        align_corners=False,
    )  # fmt: skip
    got = F.rotate(tg.tensor(image), angle, mode)
    np.testing.assert_array_equal(got, expected[0].round().byte().numpy())
