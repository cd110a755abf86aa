"""SVHN: from a file of MATLAB's that scipy wrote, with labels of 10 for zeros."""

import hashlib

import numpy as np
import pytest
from scipy.io import savemat

from tinygrad_np.vision import datasets
from tinygrad_np.vision.datasets import SVHN


@pytest.fixture
def small(tmp_path, monkeypatch):
    """The images, in a file that is served, and the class that looks for it there."""
    images = np.random.default_rng(0).integers(0, 256, (3, 32, 32, 3), np.uint8)
    source = tmp_path / "train_32x32.mat"
    savemat(source, {"X": images.transpose(1, 2, 3, 0), "y": np.array([[1], [10], [9]], np.uint8)})
    md5 = hashlib.md5(source.read_bytes()).hexdigest()
    entry = {"train": [source.as_uri(), source.name, md5]}
    monkeypatch.setattr(SVHN, "split_list", entry)
    return images


def test_images_and_labels(tmp_path, small):
    data = datasets.SVHN(tmp_path / "data", download=True, target_transform=lambda k: -k)
    assert data.data.shape == (3, 3, 32, 32)
    assert data.data.dtype == np.uint8
    assert data.labels.tolist() == [1, 0, 9]
    assert data.labels.dtype == np.int64
    image, label = data[2]
    assert np.array_equal(image, small[2])
    assert label == -9
    assert len(data) == 3
    assert "Split: train" in repr(data)


def test_what_is_not_there(tmp_path, small):
    with pytest.raises(RuntimeError, match="not found or corrupted"):
        SVHN(tmp_path / "data")
    with pytest.raises(ValueError, match="Unknown value 'tests' for argument split"):
        SVHN(tmp_path / "data", "tests")
    (tmp_path / "train_32x32.mat").write_bytes(b"broken")
    with pytest.raises(RuntimeError, match="not found or corrupted"):
        SVHN(tmp_path)
