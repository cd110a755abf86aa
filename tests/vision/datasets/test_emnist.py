"""EMNIST and QMNIST from small IDX files."""

import gzip
import hashlib
import lzma
import zipfile

import numpy as np
import pytest

from tests.vision.conftest import idx_bytes, write
from tinygrad_np.utils.data import DataLoader
from tinygrad_np.vision.datasets import EMNIST, QMNIST
from tinygrad_np.vision.transforms import ToTensor


def images(n):
    return np.zeros((n, 28, 28), np.uint8) + np.arange(n, dtype=np.uint8)[:, None, None]


def small_emnist(folder, split="letters", labels=(1, 26, 3), ending=""):
    for part in ("train", "test"):
        name = f"emnist-{split}-{part}"
        write(folder / f"{name}-images-idx3-ubyte{ending}", idx_bytes(images(len(labels))))
        content = idx_bytes(np.array(labels, np.uint8))
        write(folder / f"{name}-labels-idx1-ubyte{ending}", content)


@pytest.mark.parametrize("ending", ["", ".gz"])
def test_emnist(tmp_path, ending):
    small_emnist(tmp_path / "EMNIST" / "raw", ending=ending)
    letters = EMNIST(tmp_path, "letters", train=False)
    assert letters.data.shape == (3, 28, 28)
    assert letters.targets.tolist() == [1, 26, 3]
    assert (letters[1][1], letters.classes[26], letters.class_to_idx["a"]) == (26, "z", 1)
    assert letters[2][0].max() == 2
    assert EMNIST.classes is not letters.classes
    small_emnist(tmp_path / "EMNIST" / "raw", "balanced", (46, 0), ending)
    balanced = EMNIST(tmp_path, split="balanced", transform=ToTensor())
    assert (len(balanced.classes), balanced.classes[46]) == (47, "t")
    assert len(EMNIST.classes_split_dict["byclass"]) == 62
    (batch, labels), *_ = DataLoader(balanced, 2)
    assert (batch.shape, labels.tolist()) == ((2, 1, 28, 28), [46, 0])


def test_wrong_emnist(tmp_path):
    with pytest.raises(RuntimeError, match=r"emnist-letters-train-images.*download=True"):
        EMNIST(tmp_path, "letters")
    with pytest.raises(ValueError, match="Unknown value 'capitals' for argument split"):
        EMNIST(tmp_path, "capitals")
    small_emnist(tmp_path / "EMNIST" / "raw", labels=(27,))
    with pytest.raises(ValueError, match="label 27"):
        EMNIST(tmp_path, "letters")
    path = tmp_path / "EMNIST" / "raw" / "emnist-letters-train-labels-idx1-ubyte"
    path.write_bytes(idx_bytes(np.ones(2, np.uint8)))
    with pytest.raises(ValueError, match="expected labels of 1 images"):
        EMNIST(tmp_path, "letters")
    write(path.with_name(path.name.replace("labels-idx1", "images-idx3")), idx_bytes(np.ones(1)))
    with pytest.raises(ValueError, match="expected images"):
        EMNIST(tmp_path, "letters")


def test_emnist_is_downloaded(tmp_path):
    small_emnist(tmp_path / "server", "digits", (1, 2), ".gz")
    archive = tmp_path / "gzip.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for path in (tmp_path / "server").iterdir():
            packed.write(path, f"gzip/{path.name}")
    md5 = hashlib.md5(archive.read_bytes()).hexdigest()
    kind = type("EMNIST", (EMNIST,), {"url": archive.as_uri(), "md5": md5})
    assert len(kind(tmp_path / "root", "digits", download=True)) == 2
    kind.url = "file:///nowhere"
    assert len(kind(tmp_path / "root", "digits", train=False, download=True)) == 2


def test_qmnist(tmp_path):
    raw = tmp_path / "QMNIST" / "raw"
    known = np.arange(24, dtype=np.int32).reshape(3, 8)
    write(raw / "qmnist-train-images-idx3-ubyte", idx_bytes(images(3)))
    write(raw / "qmnist-train-labels-idx2-int.gz", idx_bytes(known))
    train = QMNIST(tmp_path)
    assert (train.targets.shape, train[1][1], type(train[1][1])) == ((3, 8), 8, int)
    assert train[2][0].max() == 2
    whole = QMNIST(tmp_path, "train", compat=False, transform=ToTensor())
    assert whole[1][1].tolist() == known[1].tolist()
    (_, labels), *_ = DataLoader(train, 3)
    assert labels.tolist() == [0, 8, 16]
    assert "Split: train" in repr(train)
    with pytest.raises(RuntimeError, match=r"qmnist-test-images.*download=True"):
        QMNIST(tmp_path, train=False)
    with pytest.raises(ValueError, match="Unknown value 'validation' for argument what"):
        QMNIST(tmp_path, "validation")


def test_parts_of_qmnist(tmp_path):
    raw = tmp_path / "QMNIST" / "raw"
    known = np.repeat(np.arange(10002, dtype=np.int32)[:, None], 8, 1)
    write(raw / "qmnist-test-images-idx3-ubyte", idx_bytes(np.zeros((10002, 28, 28), np.uint8)))
    write(raw / "qmnist-test-labels-idx2-int", idx_bytes(known))
    assert len(QMNIST(tmp_path, "test10k")) == 10000
    assert QMNIST(tmp_path, "test50k").targets[:, 0].tolist() == [10000, 10001]
    assert len(QMNIST(tmp_path, train=False)) == 10002


@pytest.mark.parametrize(("what", "pack"), [("train", gzip.compress), ("nist", lzma.compress)])
def test_qmnist_is_downloaded(tmp_path, what, pack):
    contents = idx_bytes(images(2)), idx_bytes(np.ones((2, 8), np.int32))
    md5 = {}
    for name, content in zip(QMNIST.files[what], contents, strict=True):
        (tmp_path / name).write_bytes(pack(content))
        md5[name] = hashlib.md5((tmp_path / name).read_bytes()).hexdigest()
    names = {"mirrors": [tmp_path.as_uri() + "/"], "files": {what: md5}}
    kind = type("QMNIST", (QMNIST,), names)
    assert len(kind(tmp_path / "root", what, download=True)) == 2
    kind.mirrors = []
    assert kind(tmp_path / "root", what, download=True)[0][1] == 1
