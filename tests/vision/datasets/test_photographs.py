"""SVHN, USPS and STL-10 from small files of their formats, written here."""

import bz2
import hashlib
import io
import tarfile

import numpy as np
import pytest
import scipy.io

from tinygrad_np.vision.datasets import STL10, SVHN, USPS
from tinygrad_np.vision.transforms import ToTensor

rng = np.random.default_rng(0)


def pixels(*shape):
    return rng.integers(0, 256, shape, np.uint8)


# --- SVHN ---


def small_svhn(root, md5=None):
    images = pixels(32, 32, 3, 4)
    labels = np.array([[1], [10], [9], [3]], np.uint8)
    for split in ("train", "test", "extra"):
        scipy.io.savemat(root / f"{split}_32x32.mat", {"X": images, "y": labels})
    lists = {s: [url, name, md5] for s, (url, name, _) in SVHN.split_list.items()}
    return type("SVHN", (SVHN,), {"split_list": lists}), images


@pytest.mark.parametrize("split", ["train", "test", "extra"])
def test_svhn(tmp_path, split):
    kind, images = small_svhn(tmp_path)
    data = kind(tmp_path, split, target_transform=lambda t: t + 100)
    assert data.data.shape == (4, 3, 32, 32)
    assert (data.labels.tolist(), data.labels.dtype) == ([1, 0, 9, 3], np.int64)
    image, label = data[1]
    np.testing.assert_array_equal(image, images[..., 1])
    assert label == 100
    assert kind(str(tmp_path), transform=ToTensor())[0][0].shape == (3, 32, 32)
    assert f"Split: {split}" in repr(data)


def test_wrong_svhn(tmp_path):
    with pytest.raises(RuntimeError, match=r"train_32x32.mat is not there.*download=True"):
        SVHN(tmp_path)
    with pytest.raises(ValueError, match="Unknown value 'val' for argument split"):
        SVHN(tmp_path, "val")
    kind, _ = small_svhn(tmp_path)
    with pytest.raises(RuntimeError, match="corrupted"):
        SVHN(tmp_path)
    (tmp_path / "train_32x32.mat").write_bytes(b"no MATLAB")
    with pytest.raises(ValueError, match="not a file of SVHN"):
        kind(tmp_path)
    scipy.io.savemat(tmp_path / "train_32x32.mat", {"X": np.zeros(3), "y": np.zeros(3)})
    with pytest.raises(ValueError, match="expected X of uint8"):
        kind(tmp_path)


def test_svhn_is_downloaded(tmp_path):
    kind, _ = small_svhn(tmp_path)
    file = tmp_path / "train_32x32.mat"
    md5 = hashlib.md5(file.read_bytes()).hexdigest()
    kind.split_list["train"] = [file.as_uri(), "copy.mat", md5]
    assert len(kind(tmp_path / "root", download=True)) == 4
    file.unlink()
    assert len(kind(tmp_path / "root", download=True)) == 4


# --- USPS ---


def usps_text(values, labels):
    lines = (
        f"{label} " + " ".join(f"{i}:{v}" for i, v in enumerate(row, 1)) + " \n"
        for label, row in zip(labels, values, strict=True)
    )
    return bz2.compress("".join(lines).encode())


def test_usps(tmp_path):
    values = np.linspace(-1, 1, 512).reshape(2, 256)
    (tmp_path / "usps.bz2").write_bytes(usps_text(values, [7, 1]))
    (tmp_path / "usps.t.bz2").write_bytes(usps_text(values[1:], [10]))
    train, test = USPS(tmp_path), USPS(str(tmp_path), train=False)
    assert (train.data.shape, train.data.dtype, len(train)) == ((2, 16, 16), np.uint8, 2)
    assert (train.targets, test.targets) == ([6, 0], [9])
    np.testing.assert_allclose(train.data.reshape(-1), np.linspace(0, 255, 512), atol=1)
    assert (train.data[0, 0, 0], train.data[-1, -1, -1]) == (0, 255)
    image, label = test[0]
    np.testing.assert_array_equal(image, train.data[1])
    assert label == 9


def test_wrong_usps(tmp_path):
    with pytest.raises(RuntimeError, match=r"usps.bz2 is not there.*download=True"):
        USPS(tmp_path)
    for content in (b"no bz2", bz2.compress(b"1 1:0.5\n"), bz2.compress(b"a " + b"1:1 " * 256)):
        (tmp_path / "usps.bz2").write_bytes(content)
        with pytest.raises(ValueError, match="not a file of USPS"):
            USPS(tmp_path)


# --- STL-10 ---


def stl_files():
    images = {"train_X.bin": pixels(5, 3, 96, 96), "test_X.bin": pixels(2, 3, 96, 96)}
    images["unlabeled_X.bin"] = pixels(3, 3, 96, 96)
    files = {name: array.tobytes() for name, array in images.items()}
    files["train_y.bin"], files["test_y.bin"] = bytes([1, 10, 3, 4, 2]), bytes([5, 6])
    files["class_names.txt"] = b"aeroplane\nbird\n"
    files["fold_indices.txt"] = "".join(f"{n % 5} {(n + 2) % 5} \n" for n in range(10)).encode()
    return images, files


def small_stl(root, files):
    (root / "stl10_binary").mkdir(parents=True)
    for name, content in files.items():
        (root / "stl10_binary" / name).write_bytes(content)
    return stl_kind(files)


def stl_kind(files, **names):
    lists = {
        key: [[n, hashlib.md5(files[n]).hexdigest()] for n, _ in getattr(STL10, key)]
        for key in ("train_list", "test_list")
    }
    return type("STL10", (STL10,), {**lists, **names})


def test_stl10(tmp_path):
    images, files = stl_files()
    kind = small_stl(tmp_path, files)
    train = kind(tmp_path)
    assert train.data.shape == (5, 3, 96, 96)
    assert train.labels.tolist() == [0, 9, 2, 3, 1]
    np.testing.assert_array_equal(train[1][0], images["train_X.bin"][1].transpose(2, 1, 0))
    assert (train[1][1], train.classes) == (9, ["aeroplane", "bird"])
    assert kind(tmp_path, "test").labels.tolist() == [4, 5]
    assert kind(tmp_path, "unlabeled").labels.tolist() == [-1] * 3
    both = kind(tmp_path, "train+unlabeled", folds=4, transform=ToTensor())
    assert both.labels.tolist() == [1, 9, -1, -1, -1]
    assert both[4][0].shape == (3, 96, 96)
    assert "Split: train+unlabeled" in repr(both)


def test_wrong_stl10(tmp_path):
    with pytest.raises(RuntimeError, match=r"train_X.bin is not there.*download=True"):
        STL10(tmp_path)
    _, files = stl_files()
    kind = small_stl(tmp_path, files)
    with pytest.raises(ValueError, match="Unknown value 'val' for argument split"):
        kind(tmp_path, "val")
    with pytest.raises(ValueError, match=r"range \[0, 10\), but got 10"):
        kind(tmp_path, folds=10)
    (tmp_path / "stl10_binary" / "train_y.bin").write_bytes(b"\1\2")
    with pytest.raises(RuntimeError, match="corrupted"):
        kind(tmp_path)
    kind.train_list = [[name, None] for name, _ in kind.train_list]
    with pytest.raises(ValueError, match="expected 5 labels from 1 to 10"):
        kind(tmp_path)
    (tmp_path / "stl10_binary" / "train_X.bin").write_bytes(b"123")
    with pytest.raises(ValueError, match="3 bytes are no images"):
        kind(tmp_path)


def test_stl10_is_downloaded(tmp_path):
    _, files = stl_files()
    with tarfile.open(tmp_path / "x.tar.gz", "w:gz") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(f"stl10_binary/{name}")
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    md5 = hashlib.md5((tmp_path / "x.tar.gz").read_bytes()).hexdigest()
    kind = stl_kind(files, url=(tmp_path / "x.tar.gz").as_uri(), tgz_md5=md5)
    assert len(kind(tmp_path / "root", download=True)) == 5
    kind.url = "file:///nowhere"
    assert len(kind(tmp_path / "root", "test", download=True)) == 2
