"""Random parts: what is drawn, by the draws of PyTorch, and that it is what is asked for."""

import math

import numpy as np
import pytest

import tinygrad_np as tg
from tinygrad_np.vision import transforms as T
from tinygrad_np.vision.transforms import functional as F

rng = np.random.default_rng(0)
IMAGE = rng.random((3, 20, 30)).astype(np.float32)
X = tg.tensor(IMAGE)


def test_parts_have_the_share_and_the_ratio():
    scale, ratio = (0.2, 0.5), (0.5, 2.0)
    shares, ratios = [], []
    for _ in range(300):
        top, left, height, width = T.RandomResizedCrop.get_params(X, scale, ratio)
        assert 0 <= top <= 20 - height
        assert 0 <= left <= 30 - width
        shares.append(height * width / 600)
        ratios.append(width / height)
    assert 0.17 < min(shares) < 0.25 < 0.45 < max(shares) < 0.54
    assert 0.4 < min(ratios) < 0.7 < 1.5 < max(ratios) < 2.3


@pytest.mark.parametrize(
    ("ratio", "place"),
    [((3.0, 3.0), (5, 0, 10, 30)), ((0.5, 0.5), (0, 10, 20, 10)), ((1.0, 2.0), (0, 0, 20, 30))],
)
def test_where_no_part_fits(ratio, place):
    assert T.RandomResizedCrop.get_params(X, (5.0, 6.0), ratio) == place


def test_resized_crop_is_a_part_resized():
    for seed in range(3):
        crop = T.RandomResizedCrop((7, 9), scale=(0.3, 1.0))
        tg.manual_seed(seed)
        place = crop.get_params(X, crop.scale, crop.ratio)
        tg.manual_seed(seed)
        np.testing.assert_array_equal(crop(X).numpy(), F.resized_crop(X, *place, (7, 9)).numpy())


def test_erasing():
    for value, channels in ((7, [7, 7, 7]), ((1, 2, 3), [1, 2, 3])):
        for _ in range(20):
            out = T.RandomErasing(1, (0.1, 0.2), value=value)(X).numpy()
            erased = (out != IMAGE).all(0)
            rows, columns = np.nonzero(erased.any(1))[0], np.nonzero(erased.any(0))[0]
            assert erased[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].all()
            assert 0.07 < erased.mean() < 0.25
            assert out[:, rows[0], columns[0]].tolist() == channels
    noise = T.RandomErasing(1, (0.5, 0.5), (1, 1), value="random")(X).numpy()
    noise = noise[noise != IMAGE]
    assert abs(noise.mean()) < 0.2
    assert 0.8 < noise.std() < 1.2
    assert T.RandomErasing(0)(X) is X
    whole = T.RandomErasing(1, (0.9, 0.9), (9, 9))  # a rectangle that never fits
    np.testing.assert_array_equal(whole(X).numpy(), IMAGE)
    x = tg.tensor(IMAGE.copy())
    assert T.RandomErasing(1, inplace=True)(x) is x


@pytest.mark.torch
@pytest.mark.parametrize("seed", range(4))
def test_draws_are_torchvisions(seed):
    torch = pytest.importorskip("torch")

    def part(scale, ratio, fits):
        low, high = torch.log(torch.tensor(ratio))
        while True:
            area = 600 * torch.empty(1).uniform_(*scale).item()
            aspect = torch.exp(torch.empty(1).uniform_(low.item(), high.item())).item()
            long, short = round(math.sqrt(area * aspect)), round(math.sqrt(area / aspect))
            if fits(long, short):
                return long, short

    def place(height, width):
        return [int(torch.randint(0, n + 1, (1,))) for n in (20 - height, 30 - width)]

    torch.manual_seed(seed)
    tg.manual_seed(seed)
    width, height = part((0.08, 1.0), (3 / 4, 4 / 3), lambda w, h: w <= 30 and h <= 20)
    expected = (*place(height, width), height, width)
    assert T.RandomResizedCrop.get_params(X, (0.08, 1.0), (3 / 4, 4 / 3)) == expected
    height, width = part((0.02, 0.33), (0.3, 3.3), lambda h, w: h < 20 and w < 30)
    noise = torch.empty(3, height, width).normal_().numpy()
    top, left = place(height, width)
    got = T.RandomErasing.get_params(X, (0.02, 0.33), (0.3, 3.3))
    assert got[:4] == (top, left, height, width)
    np.testing.assert_allclose(got[4].numpy(), noise, atol=1e-6)
    assert tg.rand(1).item() == torch.rand(1).item()


@pytest.mark.torch
def test_draws_are_of_the_default_dtype():
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    tg.manual_seed(0)
    try:
        torch.set_default_dtype(torch.float64)
        tg.set_default_dtype(tg.float64)
        assert T.GaussianBlur.get_params(0.5, 2) == torch.empty(1).uniform_(0.5, 2).item()
        flip = (torch.rand(1) < 0.5).item()
        assert (T.RandomHorizontalFlip()(X) is not X) == flip
        assert tg.rand(1).item() == torch.rand(1).item()
    finally:
        torch.set_default_dtype(torch.float32)
        tg.set_default_dtype(tg.float32)


REFUSED = {
    "scale": (lambda: T.RandomResizedCrop(3, scale=(1, 0.5)), ValueError, r"scale .*\(1, 0.5\)"),
    "ratio": (lambda: T.RandomResizedCrop(3, ratio=3), ValueError, "ratio .*got 3"),
    "erased share": (lambda: T.RandomErasing(scale=(0, 2)), ValueError, "between 0 and 1"),
    "p": (lambda: T.RandomErasing(2), ValueError, "got 2"),
    "value": (lambda: T.RandomErasing(value="mean"), ValueError, "'random', got 'mean'"),
    "values": (lambda: T.RandomErasing(1, value=(1, 2))(X), ValueError, r"or 3, got \(1, 2\)"),
    "array": (lambda: T.RandomErasing(1)(IMAGE), TypeError, "should be Tensor Image"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_refused(what):
    call, error, message = REFUSED[what]
    with pytest.raises(error, match=message):
        call()


def test_words():
    assert repr(T.RandomResizedCrop(3)) == (
        "RandomResizedCrop(size=(3, 3), scale=(0.08, 1.0), ratio=(0.75, 1.3333), "
        "interpolation=bilinear, antialias=True)"
    )
    assert repr(T.RandomErasing()) == (
        "RandomErasing(p=0.5, scale=(0.02, 0.33), ratio=(0.3, 3.3), value=0, inplace=False)"
    )
