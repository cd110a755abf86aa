"""Folders of images and images of noise."""

from pathlib import Path

import numpy as np
import pytest

import tinygrad_np as tg
from tinygrad_np.vision.datasets import DatasetFolder, FakeData, ImageFolder
from tinygrad_np.vision.transforms import ToTensor


def test_classes_are_folders(tmp_path):
    for name in ("b/2.txt", "b/1.txt", "a/deep/3.txt", "a/x.bin"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    data = DatasetFolder(tmp_path, lambda path: Path(path).read_text(), (".txt",))
    assert data.classes == ["a", "b"]
    assert list(data) == [("a/deep/3.txt", 0), ("b/1.txt", 1), ("b/2.txt", 1)]
    with pytest.raises(FileNotFoundError, match="classes b"):
        DatasetFolder(tmp_path, str, (".bin",))
    with pytest.raises(FileNotFoundError, match="class folder"):
        DatasetFolder(tmp_path / "a" / "deep", str, (".txt",))


def test_image_folder(tmp_path):
    image = pytest.importorskip("PIL.Image")
    pixels = np.random.default_rng(0).integers(0, 256, (5, 4, 3)).astype(np.uint8)
    (tmp_path / "cat").mkdir()
    image.fromarray(pixels).save(tmp_path / "cat" / "1.png")
    picture, label = ImageFolder(tmp_path)[0]
    assert (picture.mode, picture.size, label) == ("RGB", (4, 5), 0)
    x, label = ImageFolder(tmp_path, transform=ToTensor())[0]
    assert label == 0
    np.testing.assert_allclose(x.numpy(), pixels.transpose(2, 0, 1) / 255, rtol=1e-6)


def test_fake_data_is_the_same_each_time_and_leaves_the_generator_alone():
    data = FakeData(3, (1, 5, 4), 7, transform=ToTensor())
    tg.manual_seed(5)
    first, label = data[2]
    after = tg.rand(1)
    tg.manual_seed(5)
    assert after.item() == tg.rand(1).item()
    assert first.shape == (1, 5, 4)
    assert label in range(7)
    assert (data[2][0] == first).all()
    with pytest.raises(IndexError):
        data[3]


@pytest.mark.torch
def test_fake_data_draws_as_torchvision_does():
    torch = pytest.importorskip("torch")
    torch.manual_seed(4 + 10)
    noise = torch.randn(3, 6, 5)
    label = torch.randint(0, 10, (1,)).item()
    image, ours = FakeData(9, (3, 6, 5), random_offset=10)[4]
    assert ours == label
    expected = noise.mul(255).to(torch.int64).to(torch.uint8).permute(1, 2, 0).numpy()
    assert (np.abs(image.astype(int) - expected) % 255 <= 1).all()
