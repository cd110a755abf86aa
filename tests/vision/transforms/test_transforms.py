"""Transforms: values worked out by hand, arrays and Tensors alike, random ones by their draws."""

import numpy as np
import pytest

import tinygrad_np as tg
from tinygrad_np.utils.data import DataLoader
from tinygrad_np.vision import transforms as T
from tinygrad_np.vision.datasets import Digits
from tinygrad_np.vision.transforms import InterpolationMode
from tinygrad_np.vision.transforms import functional as F

GRID = np.arange(12, dtype=np.uint8).reshape(3, 4)
COLOURS = np.arange(3 * 4 * 3, dtype=np.uint8).reshape(3, 4, 3)
NEAREST, BILINEAR = InterpolationMode.NEAREST, InterpolationMode.BILINEAR


def planes(image):
    """An array image (H, W, C) as a Tensor (C, H, W)."""
    return tg.tensor(np.moveaxis(image, 2, 0).copy() if image.ndim == 3 else image.copy())


# --- values ---


def test_to_tensor():
    image = T.ToTensor()(np.array([[0, 51, 255]], np.uint8))
    assert image.dtype == tg.float32
    np.testing.assert_array_equal(image.numpy(), np.float32([[[0, 0.2, 1]]]))
    assert T.ToTensor()(COLOURS).shape == (3, 3, 4)
    assert T.ToTensor()(COLOURS)[2, 0, 1].item() == np.float32(COLOURS[0, 1, 2]) / np.float32(255)
    floats = T.ToTensor()(GRID.astype(np.float64))
    assert floats.dtype == tg.float64
    assert floats.max().item() == 11
    with pytest.raises(TypeError, match="got <class 'list'>"):
        T.ToTensor()([[1]])
    with pytest.raises(ValueError, match=r"\(1, 1, 1, 1\)"):
        T.ToTensor()(np.zeros((1, 1, 1, 1)))


def test_to_tensor_owns_its_memory():
    array = np.ones((2, 2), np.float32)
    image = T.ToTensor()(array)
    array[:] = 5
    assert image.max().item() == 1


def test_to_tensor_takes_pictures():
    pil = pytest.importorskip("PIL.Image")
    picture = pil.fromarray(COLOURS)
    np.testing.assert_array_equal(T.ToTensor()(picture).numpy(), T.ToTensor()(COLOURS).numpy())


def test_normalize():
    image = tg.tensor(np.arange(8.0).reshape(2, 2, 2))
    out = T.Normalize([1.0, 2.0], [2.0, 4.0])(image)
    assert out.tolist() == [[[-0.5, 0.0], [0.5, 1.0]], [[0.5, 0.75], [1.0, 1.25]]]
    assert image[0, 0, 0].item() == 0
    same = T.Normalize([1.0], [2.0], inplace=True)(image)
    assert same is image
    assert image[0, 0, 0].item() == -0.5
    many = T.Normalize((0.5,), (0.5,))(tg.ones(4, 1, 2, 2))
    assert many.tolist() == tg.ones(4, 1, 2, 2).tolist()


@pytest.mark.parametrize(
    ("image", "mean", "std", "error", "message"),
    [
        (GRID, [0], [1], TypeError, "got ndarray; ToTensor"),
        (planes(COLOURS), [0], [1], TypeError, "uint8"),
        (tg.ones(2, 2), [0], [1], ValueError, r"\(2, 2\)"),
        (tg.ones(3, 2, 2), [0], [0], ValueError, "std of 0"),
        (tg.ones(3, 2, 2), [0, 1], [1], ValueError, "2 values of mean for 3 channels"),
    ],
)
def test_normalize_refuses(image, mean, std, error, message):
    with pytest.raises(error, match=message):
        T.Normalize(mean, std)(image)


@pytest.mark.parametrize(
    ("start", "values", "end", "expected"),
    [
        ("uint8", [0, 51, 255], "float32", [0, np.float32(0.2), 1]),
        ("float32", [0, 0.5, 1], "uint8", [0, 127, 255]),
        ("uint8", [0, 1, 255], "int16", [0, 128, 32640]),
        ("int16", [0, 128, 32767], "uint8", [0, 1, 255]),
        ("float32", [0.5], "float64", [0.5]),
    ],
)
def test_convert_image_dtype(start, values, end, expected):
    image = tg.tensor(np.array(values, start))
    out = T.ConvertImageDtype(getattr(tg, end))(image)
    assert out.dtype == getattr(tg, end)
    assert out.tolist() == expected
    assert F.convert_image_dtype(image, getattr(tg, start)) is image


def test_convert_image_dtype_refuses_loss():
    with pytest.raises(RuntimeError, match="float32 to int32"):
        F.convert_image_dtype(tg.ones(1), tg.int32)


# --- places ---

MOVES = [
    lambda x: F.hflip(x),
    lambda x: F.vflip(x),
    lambda x: F.pad(x, 1),
    lambda x: F.pad(x, (1, 2), fill=7),
    lambda x: F.pad(x, [1, 0, 2, 1], padding_mode="reflect"),
    lambda x: F.crop(x, 1, 1, 2, 2),
    lambda x: F.crop(x, -1, 2, 3, 4),
    lambda x: F.center_crop(x, 2),
    lambda x: F.center_crop(x, (5, 2)),
    lambda x: F.resize(x, (3, 4)),
    lambda x: F.rotate(x, 30),
]
MEANS = [  # Pillow rounds otherwise than PyTorch, and has other edges
    lambda x: F.resize(x, (2, 5)),
    lambda x: F.resize(x, 2),
    lambda x: F.resized_crop(x, 0, 1, 2, 3, 5),
    lambda x: F.resize(x, 7, NEAREST),
    lambda x: F.rotate(x, 30, BILINEAR, expand=True),
    lambda x: F.affine(x, 10, (1, 0), 1.2, 5, BILINEAR),
]


@pytest.mark.parametrize("change", MOVES + MEANS)
def test_arrays_and_tensors_give_the_same(change):
    for image in (GRID, COLOURS, COLOURS.astype(np.float32)):
        before = image.copy()
        out = change(image)
        assert type(out) is np.ndarray
        assert out.dtype == image.dtype
        assert not np.shares_memory(out, image)
        tensor = change(planes(image))
        assert isinstance(tensor, tg.Tensor)
        assert planes(out).shape == tensor.shape
        if change in MOVES or (change in MEANS[:3] and image.dtype == np.float32):
            np.testing.assert_allclose(planes(out).numpy(), tensor.numpy(), rtol=1e-6)
        np.testing.assert_array_equal(image, before)
    batch = change(tg.tensor(np.stack([GRID, GRID + 1])))
    np.testing.assert_array_equal(batch[0].numpy(), change(planes(GRID)).numpy())


def test_flips_and_crops():
    assert F.hflip(GRID)[0].tolist() == [3, 2, 1, 0]
    assert F.vflip(GRID)[0].tolist() == [8, 9, 10, 11]
    assert F.crop(GRID, 1, 2, 2, 2).tolist() == [[6, 7], [10, 11]]
    assert F.crop(GRID, -1, -1, 2, 2).tolist() == [[0, 0], [0, 0]]
    assert T.CenterCrop((1, 2))(GRID).tolist() == [[5, 6]]
    assert T.CenterCrop((3, 6))(GRID)[0].tolist() == [0, 0, 1, 2, 3, 0]
    assert T.Pad((1, 0))(GRID)[0].tolist() == [0, 0, 1, 2, 3, 0]
    assert T.Pad((0, 1, 1, 0), fill=9)(GRID).shape == (4, 5)
    assert T.Pad(1, padding_mode="edge")(GRID)[0].tolist() == [0, 0, 1, 2, 3, 3]


def test_sizes():
    image = np.zeros((20, 30))
    for size, expected in [(10, (10, 15)), ((7, 9), (7, 9)), ([40], (40, 60)), (20, (20, 30))]:
        assert T.Resize(size)(image).shape == expected
    assert T.Resize(20, max_size=24)(image).shape == (16, 24)
    assert T.Resize(10)(image.T).shape == (15, 10)


def test_a_smaller_image_is_a_mean():
    image = np.zeros((4, 4), np.float32)
    image[:, 2:] = 1
    np.testing.assert_allclose(F.resize(image, (2, 2)), [[1 / 7, 6 / 7]] * 2, rtol=1e-6)
    np.testing.assert_allclose(F.resize(image, (1, 1), antialias=False), 0.5)
    constant = np.full((9, 7), 200, np.uint8)
    assert (F.resize(constant, (4, 13)) == 200).all()


def test_quarter_turns():
    image = np.arange(25, dtype=np.uint8).reshape(5, 5)
    np.testing.assert_array_equal(F.rotate(image, 90), np.rot90(image))
    np.testing.assert_array_equal(F.rotate(image, 180), image[::-1, ::-1])
    oblong = image[:3]
    np.testing.assert_array_equal(F.rotate(oblong, -90, expand=True), np.rot90(oblong, -1))
    np.testing.assert_array_equal(F.affine(image, 90, (0, 0), 1, 0), np.rot90(image, -1))
    turned = F.rotate(image, 90, center=(0.5, 0.5), fill=99)
    assert turned[0, 0] == image[0, 0]
    assert turned[2, 1] == 99


def test_shifts_and_scales():
    image = np.arange(16, dtype=np.uint8).reshape(4, 4)
    shifted = F.affine(image, 0, (1, 2), 1, 0, fill=99)
    assert (shifted[:2] == 99).all()
    assert (shifted[:, 0] == 99).all()
    np.testing.assert_array_equal(shifted[2:, 1:], image[:2, :3])
    doubled = F.affine(image, 0, (0, 0), 2, 0)
    np.testing.assert_array_equal(doubled, image[1:3, 1:3].repeat(2, 0).repeat(2, 1))


REFUSED = {
    "a list": (lambda: F.hflip([[1]]), TypeError, "got list"),
    "a vector": (lambda: F.hflip(np.zeros(3)), ValueError, r"\(3,\)"),
    "a vector tensor": (lambda: F.hflip(tg.ones(3)), ValueError, r"\(3,\)"),
    "on the tape": (lambda: F.hflip(tg.ones(2, 2, requires_grad=True)), RuntimeError, "detach"),
    "padding": (lambda: F.pad(GRID, (1, 2, 3)), ValueError, r"\(1, 2, 3\)"),
    "padding mode": (lambda: F.pad(GRID, 1, padding_mode="wrap"), ValueError, "'wrap'"),
    "size": (lambda: F.resize(GRID, (1, 2, 3)), ValueError, r"\(1, 2, 3\)"),
    "crop size": (lambda: T.CenterCrop((1, 2, 3)), ValueError, r"\(1, 2, 3\)"),
    "max_size": (lambda: F.resize(GRID, 5, max_size=5), ValueError, "max_size = 5"),
    "max_size of two": (lambda: F.resize(GRID, (5, 5), max_size=9), ValueError, "one int"),
    "mode": (lambda: F.resize(GRID, 2, "bicubic"), ValueError, "'bicubic'"),
    "turn mode": (lambda: F.rotate(GRID, 2, "bicubic"), ValueError, "'bicubic'"),
    "scale": (lambda: F.affine(GRID, 0, (0, 0), 0, 0), ValueError, "positive, got 0"),
    "too large": (lambda: T.RandomCrop(5)(GRID), ValueError, r"\(5, 5\).*\(3, 4\)"),
    "degrees": (lambda: T.RandomRotation(-3), ValueError, "degrees.*-3"),
    "three degrees": (lambda: T.RandomRotation((1, 2, 3)), ValueError, "length 2"),
    "shear": (lambda: T.RandomAffine(0, shear=(1, 2, 3)), ValueError, "length 2 or 4"),
    "translate": (lambda: T.RandomAffine(0, translate=(0, 2)), ValueError, r"\(0, 2\)"),
    "scales": (lambda: T.RandomAffine(0, scale=(0, 1)), ValueError, r"\(0, 1\)"),
    "no function": (lambda: T.Lambda(3), TypeError, "int"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_refused(what):
    call, error, message = REFUSED[what]
    with pytest.raises(error, match=message):
        call()


def test_compose_and_words():
    transform = T.Compose([T.ToTensor(), T.Lambda(lambda x: x * 2), T.Normalize((0.5,), (0.5,))])
    assert transform(GRID).shape == (1, 3, 4)
    assert repr(transform).splitlines() == [
        "Compose(",
        "    ToTensor()",
        "    Lambda()",
        "    Normalize(mean=(0.5,), std=(0.5,))",
        ")",
    ]
    words = {
        T.Resize(3): "Resize(size=3, interpolation=bilinear, max_size=None, antialias=True)",
        T.CenterCrop(3): "CenterCrop(size=(3, 3))",
        T.Pad(2): "Pad(padding=2, fill=0, padding_mode=constant)",
        T.RandomCrop(3, 1): "RandomCrop(size=(3, 3), padding=1)",
        T.RandomHorizontalFlip(): "RandomHorizontalFlip(p=0.5)",
        T.RandomVerticalFlip(0.1): "RandomVerticalFlip(p=0.1)",
        T.ConvertImageDtype(tg.float32): "ConvertImageDtype()",
        T.RandomApply([T.Pad(1)]): (
            "RandomApply(\n    p=0.5\n    Pad(padding=1, fill=0, padding_mode=constant)\n)"
        ),
        T.RandomRotation(4, center=(1, 2)): (
            "RandomRotation(degrees=[-4.0, 4.0], interpolation=nearest, expand=False, "
            "center=(1, 2), fill=0)"
        ),
        T.RandomAffine(3, shear=3): "RandomAffine(degrees=[-3.0, 3.0], shear=[-3.0, 3.0])",
    }
    for made, text in words.items():
        assert repr(made) == text


# --- random ones ---

RANDOM = [
    T.RandomCrop(2),
    T.RandomCrop((3, 4), padding=1),
    T.RandomCrop((9, 9), pad_if_needed=True, fill=3),
    T.RandomHorizontalFlip(),
    T.RandomVerticalFlip(),
    T.RandomApply([T.Pad(1), T.CenterCrop(2)]),
    T.RandomRotation(90),
    T.RandomAffine(20, (0.5, 0.5), (0.5, 1.5), (1, 20)),
    T.RandomAffine(20, shear=(1, 20, 3, 30), interpolation=BILINEAR),
]


@pytest.mark.parametrize("transform", RANDOM, ids=lambda t: type(t).__name__)
def test_random_ones_follow_the_seed_and_differ(transform):
    image = np.random.default_rng(0).integers(0, 255, (6, 7), np.uint8)
    tg.manual_seed(0)
    first = [transform(image) for _ in range(20)]
    tg.manual_seed(0)
    second = [transform(image) for _ in range(20)]
    for a, b in zip(first, second, strict=True):
        np.testing.assert_array_equal(a, b)
    assert len({a.tobytes() for a in first}) > 1


def test_probabilities():
    for p, expected in [(0.0, False), (1.0, True)]:
        for _ in range(5):
            flipped = T.RandomHorizontalFlip(p)(GRID)
            assert (flipped[0, 0] == 3) is np.bool_(expected)
            assert T.RandomVerticalFlip(p)(GRID)[0, 0] == (8 if expected else 0)
            assert T.RandomApply([T.Pad(1)], p)(GRID).shape == ((5, 6) if expected else (3, 4))


def test_crops_are_parts():
    seen = set()
    for _ in range(200):
        part = T.RandomCrop((2, 3))(GRID)
        assert part.shape == (2, 3)
        np.testing.assert_array_equal(part - part[0, 0], GRID[:2, :3])
        seen.add(int(part[0, 0]))
    assert seen == {0, 1, 4, 5}
    assert T.RandomCrop((3, 4))(GRID) is GRID


@pytest.mark.parametrize("num_workers", [1, 2])
def test_workers_draw_for_themselves(num_workers):
    transform = T.Compose([T.RandomCrop(28, padding=4), T.ToTensor()])
    loader = DataLoader(
        Digits(train=False, transform=transform), batch_size=5, num_workers=num_workers
    )

    def first():
        tg.manual_seed(3)
        batches = iter(loader)
        return [next(batches)[0].numpy() for _ in range(4)]

    for a, b in zip(first(), first(), strict=True):
        np.testing.assert_array_equal(a, b)


# --- against PyTorch ---


@pytest.mark.torch
@pytest.mark.parametrize("antialias", [False, True])
@pytest.mark.parametrize("size", [(3, 4), (9, 20), (11, 5), (1, 1), (23, 17)])
def test_resize_is_pytorchs(size, antialias):
    import torch

    image = np.random.default_rng(0).random((3, 8, 13))
    expected = torch.nn.functional.interpolate(
        torch.tensor(image)[None], size, mode="bilinear", antialias=antialias
    )[0]
    got = F.resize(tg.tensor(image), size, antialias=antialias)
    np.testing.assert_allclose(got.numpy(), expected.numpy(), atol=1e-12)
    expected = torch.nn.functional.interpolate(torch.tensor(image)[None], size, mode="nearest")[0]
    np.testing.assert_array_equal(F.resize(tg.tensor(image), size, NEAREST).numpy(), expected)


@pytest.mark.torch
@pytest.mark.parametrize("mode", [NEAREST, BILINEAR])
@pytest.mark.parametrize(
    ("angle", "translate", "scale", "shear"),
    [(17, (0, 0), 1, (0, 0)), (-123.4, (1, -2), 1.3, (0, 0)), (31, (0, 1), 0.6, (13, -21))],
)
def test_affine_is_a_grid_of_pytorchs(mode, angle, translate, scale, shear):
    import torch

    image = np.random.default_rng(0).random((2, 6, 9))
    rows, columns = image.shape[1:]
    a, x, y = np.radians([angle, *shear])
    turn = np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]])
    matrix = turn @ [[1, 0], [-np.tan(y), 1]] @ [[1, -np.tan(x)], [0, 1]] * scale
    inverse = np.linalg.inv(matrix)
    size = np.array([columns, rows])
    theta = np.empty((1, 2, 3))  # in the units of affine_grid: from -1 to 1
    theta[0, :, :2] = inverse * size / size[:, None]
    theta[0, :, 2] = -inverse @ translate * 2 / size
    grid = torch.nn.functional.affine_grid(
        torch.tensor(theta), (1, 2, rows, columns), align_corners=False
    )
    expected = torch.nn.functional.grid_sample(
        torch.tensor(image)[None], grid, mode=mode.value, align_corners=False
    )[0]
    got = F.affine(tg.tensor(image), angle, translate, scale, shear, mode)
    np.testing.assert_allclose(got.numpy(), expected.numpy(), atol=1e-12)


@pytest.mark.torch
def test_draws_are_torchvisions():
    import torch

    image = np.arange(100, dtype=np.uint8).reshape(10, 10)
    for seed in range(5):
        tg.manual_seed(seed)
        torch.manual_seed(seed)
        top, left = (torch.randint(0, 7, (1,)).item() for _ in range(2))
        np.testing.assert_array_equal(T.RandomCrop(4)(image), image[top : top + 4, left : left + 4])
        flips = torch.rand(1).item() < 0.5
        assert (T.RandomHorizontalFlip()(image)[0, 0] == 9) == flips
        angle = torch.empty(1).uniform_(-45, 45).item()
        np.testing.assert_array_equal(T.RandomRotation(45)(image), F.rotate(image, angle))
