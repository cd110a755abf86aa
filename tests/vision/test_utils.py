"""make_grid and save_image, against grids put together by hand."""

import io

import numpy as np
import pytest

import tinygrad_np as tg
from tinygrad_np.vision.utils import make_grid, save_image


def test_grid_has_each_image_in_its_place():
    x = np.arange(5 * 3 * 2 * 4, dtype=np.float32).reshape(5, 3, 2, 4)
    grid = make_grid(tg.tensor(x), nrow=3, padding=1, pad_value=-1.0).numpy()
    assert grid.shape == (3, 2 * 3 + 1, 3 * 5 + 1)
    for i in range(5):
        row, column = divmod(i, 3)
        place = grid[:, row * 3 + 1 : row * 3 + 3, column * 5 + 1 : column * 5 + 5]
        np.testing.assert_array_equal(place, x[i])
    assert (grid[:, 0] == -1).all()
    assert (grid[:, 4:, 11:] == -1).all()  # no sixth image


def test_one_channel_becomes_three_and_one_image_stays():
    assert make_grid(tg.zeros(2, 1, 4, 4)).shape == (3, 8, 14)
    assert make_grid(tg.zeros(4, 5)).shape == (3, 4, 5)
    assert make_grid([tg.zeros(3, 4, 5)]).shape == (3, 4, 5)


def test_normalize():
    x = tg.tensor(np.arange(24.0).reshape(2, 3, 2, 2))
    assert make_grid(x, normalize=True, padding=0).max() == 1
    each = make_grid(x, normalize=True, scale_each=True, padding=0).numpy()
    np.testing.assert_allclose(each[:, :, :2], each[:, :, 2:])
    ranged = make_grid(x, normalize=True, value_range=(0.0, 46.0), padding=0)
    assert ranged.max().item() == pytest.approx(0.5)


def test_what_is_no_tensor_is_an_error():
    with pytest.raises(TypeError, match="tensor or list of tensors"):
        make_grid("x")
    with pytest.raises(TypeError, match="tuple"):
        make_grid(tg.zeros(2, 3, 4, 4), normalize=True, value_range=[0, 1])


def test_saved_image_is_read_back():
    image = pytest.importorskip("PIL.Image")
    x = np.random.default_rng(0).random((3, 6, 7)).astype(np.float32)
    file = io.BytesIO()
    save_image(tg.tensor(x), file, format="png")
    read = np.asarray(image.open(file)).transpose(2, 0, 1)
    np.testing.assert_allclose(read, x * 255, atol=0.51)
