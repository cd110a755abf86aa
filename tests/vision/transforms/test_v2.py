"""The second version: what it adds, and what it draws otherwise."""

import numpy as np
import pytest

import tinygrad_np as tg
from tinygrad_np.vision import transforms
from tinygrad_np.vision.transforms import v2
from tinygrad_np.vision.transforms.v2 import functional as F

rng = np.random.default_rng(0)
BYTES = rng.integers(0, 256, (5, 6, 3), np.uint8)
X = tg.tensor(rng.random((3, 5, 6)).astype(np.float32))


def names(*letters):
    return [lambda text, letter=letter: text + letter for letter in letters]


def test_the_rest_is_that_of_the_first():
    own = {"AutoAugment", "Grayscale", "RandAugment", "RandomChoice", "RandomCrop", "RandomOrder",
           "RandomResizedCrop", "Resize", "TrivialAugmentWide", "functional", "v2"}  # fmt: skip
    for name in set(transforms.__all__) - own:
        assert getattr(v2, name) is getattr(transforms, name)
    for name in set(transforms.functional.__all__) - {"resize", "resized_crop", "rgb_to_grayscale"}:
        assert getattr(F, name) is getattr(transforms.functional, name)
    assert F.horizontal_flip is F.hflip


def test_images_and_dtypes():
    image = v2.ToImage()(BYTES)
    np.testing.assert_array_equal(image.numpy(), BYTES.transpose(2, 0, 1))
    assert v2.ToImage()(image) is image is v2.Identity()(image) is v2.ToPureTensor()(image)
    assert v2.Identity()(image, 3) == (image, 3)
    got = v2.ToDtype(tg.float32, scale=True)(image)
    np.testing.assert_allclose(got.numpy(), BYTES.transpose(2, 0, 1) / 255, rtol=1e-6)
    assert v2.ToDtype(tg.float64)(image).max().item() == BYTES.max()
    assert repr(v2.ToDtype(tg.float32, scale=True)) == "ToDtype(scale=True)"
    assert F.get_size(BYTES) == [5, 6]
    assert F.get_num_channels(BYTES) == 3


def test_channels():
    assert v2.RGB()(BYTES) is BYTES
    np.testing.assert_array_equal(v2.RGB()(BYTES[..., 0]), np.dstack([BYTES[..., 0]] * 3))
    np.testing.assert_array_equal(F.permute_channels(BYTES, [2, 0, 1]), BYTES[..., [2, 0, 1]])
    assert set(map(tuple, v2.RandomChannelPermutation()(X).numpy().reshape(3, -1).tolist())) == set(
        map(tuple, X.numpy().reshape(3, -1).tolist())
    )
    with pytest.raises(ValueError, match=r"from 0 to 2 .* got \[0, 0, 1\]"):
        F.permute_channels(X, [0, 0, 1])


def test_noise():
    grey = tg.full((1, 200, 200), 0.5)
    out = v2.GaussianNoise(mean=0.1, sigma=0.05)(grey)
    assert abs(out.mean().item() - 0.6) < 0.002
    assert abs(out.std().item() - 0.05) < 0.002
    loud = F.gaussian_noise(grey, sigma=5.0)
    assert (loud.min().item(), loud.max().item()) == (0, 1)
    assert F.gaussian_noise(grey, sigma=5.0, clip=False).max() > 5
    pixels = F.gaussian_noise(tg.full((1, 200, 200), 128, dtype=tg.uint8), sigma=0.1).numpy()
    assert pixels.dtype == np.uint8
    assert abs(pixels.std() - 25.5) < 1
    for call in (lambda: F.gaussian_noise(BYTES), lambda: F.gaussian_noise(grey, sigma=-1)):
        with pytest.raises(ValueError, match=r"expected a Tensor|negative"):
            call()


def test_choices_by_weight():
    assert v2.RandomChoice(names("a", "b"), p=[0, 2])("") == "b"
    with pytest.raises(ValueError, match="expected 2 numbers, got 1"):
        v2.RandomChoice(names("a", "b"), p=[1])
    with pytest.raises(ValueError, match="larger than input image size"):
        v2.RandomCrop(9)(X)


@pytest.mark.torch
@pytest.mark.parametrize("seed", range(5))
def test_draws_are_torchvisions(seed):
    torch = pytest.importorskip("torch")
    torch.manual_seed(seed)
    tg.manual_seed(seed)
    order = "".join("abcd"[i] for i in torch.randperm(4))
    assert v2.RandomOrder(names(*"abcd"))("") == order
    chosen = "abc"[torch.multinomial(torch.tensor([1.0, 2, 3]) / 6, 1)]
    assert v2.RandomChoice(names(*"abc"), p=[1, 2, 3])("") == chosen
    left = int(torch.randint(0, 4, ()))  # and nothing for the rows, which fit
    np.testing.assert_array_equal(v2.RandomCrop((5, 3))(X).numpy(), X.numpy()[..., left : left + 3])
    factors = []
    for low, high in ((0.875, 1.125), (0.5, 1.5), (0.5, 1.5), (-0.05, 0.05)):
        draw = torch.rand(1) < 0.5
        factors.append(torch.empty(1).uniform_(low, high).item() if draw else None)
    contrast_first = torch.rand(()) < 0.5
    permutation = torch.randperm(3).tolist() if torch.rand(1) < 0.5 else [0, 1, 2]
    expected = X
    changes = [F.adjust_brightness, F.adjust_contrast, F.adjust_saturation, F.adjust_hue]
    for i in [0, 1, 2, 3] if contrast_first else [0, 2, 3, 1]:
        if factors[i] is not None:
            expected = changes[i](expected, factors[i])
    got = v2.RandomPhotometricDistort()(X)
    np.testing.assert_array_equal(got.numpy(), expected.numpy()[permutation])
    assert tg.rand(1).item() == torch.rand(1).item()


@pytest.mark.torch
@pytest.mark.parametrize("mode", ["bilinear", "bicubic"])
@pytest.mark.parametrize("antialias", [False, True])
@pytest.mark.parametrize("size", [(16, 20), (37, 20), (80, 100), (10, 70), (60, 53)])
def test_bytes_are_resized_as_pytorch_resizes_them(mode, antialias, size):
    torch = pytest.importorskip("torch")
    if torch.backends.cpu.get_cpu_capability() not in ("AVX2", "AVX512"):
        pytest.skip("PyTorch computes otherwise on this processor")
    image = rng.integers(0, 256, (2, 3, 37, 53), np.uint8)
    expected = torch.nn.functional.interpolate(
        torch.tensor(image), size, mode=mode, antialias=antialias
    )
    resize = v2.Resize(size, transforms.InterpolationMode(mode), antialias=antialias)
    np.testing.assert_array_equal(resize(tg.tensor(image)).numpy(), expected.numpy())
    crop = v2.RandomResizedCrop((5, 6))
    tg.manual_seed(0)
    place = crop.get_params(tg.tensor(image), crop.scale, crop.ratio)
    tg.manual_seed(0)
    expected = F.resized_crop(tg.tensor(image), *place, (5, 6))
    np.testing.assert_array_equal(crop(tg.tensor(image)).numpy(), expected.numpy())
