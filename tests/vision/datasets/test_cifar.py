"""CIFAR-10 and CIFAR-100 from small files written here as Python 2 and Python 3 write them."""

import hashlib
import io
import os
import pathlib
import pickle
import tarfile

import numpy as np
import pytest

from tinygrad_np.utils.data import DataLoader
from tinygrad_np.vision.datasets import CIFAR10, CIFAR100
from tinygrad_np.vision.transforms import ToTensor

NAMES = ["aeroplane", "cat", "ship"]
rng = np.random.default_rng(0)
IMAGES = {n: rng.integers(0, 256, (k, 3072), np.uint8) for n, k in (("a", 4), ("b", 3), ("t", 2))}
LABELS = {"a": [0, 1, 2, 0], "b": [2, 2, 1], "t": [1, 0]}


def contents(protocol=2, key="labels", meta="label_names"):
    entries = {n: {"data": IMAGES[n], key: LABELS[n], "batch_label": n} for n in IMAGES}
    entries["m"] = {meta: NAMES, "num_vis": 3072}
    return {name: pickle.dumps(entry, protocol) for name, entry in entries.items()}


def md5(content):
    return hashlib.md5(content).hexdigest()


def small(files, kind=CIFAR10, **names):
    """A kind of CIFAR whose files are these."""
    return type(kind.__name__, (kind,), {
        "train_list": [[n, md5(files[n])] for n in "ab"],
        "test_list": [["t", md5(files["t"])]],
        "meta": {"filename": "m", "key": kind.meta["key"], "md5": md5(files["m"])},
        **names,
    })  # fmt: skip


def write(root, kind, files):
    folder = root / kind.base_folder
    folder.mkdir(parents=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


@pytest.mark.parametrize("protocol", [0, 1, 2, 3, 4, 5])
def test_images_and_labels(tmp_path, protocol):
    files = contents(protocol)
    write(tmp_path, CIFAR10, files)
    train, test = small(files)(tmp_path), small(files)(str(tmp_path), train=False)
    assert (len(train), len(test)) == (7, 2)
    assert train.data.shape == (7, 32, 32, 3)
    assert train.data.dtype == np.uint8
    assert train.targets == [0, 1, 2, 0, 2, 2, 1]
    assert train.classes == NAMES
    assert train.class_to_idx == {"aeroplane": 0, "cat": 1, "ship": 2}
    image, label = train[5]
    assert label == 2
    for channel in range(3):  # planes of red, green and blue, row by row
        plane = IMAGES["b"][1][1024 * channel : 1024 * (channel + 1)]
        np.testing.assert_array_equal(image[..., channel].ravel(), plane)
    image[:] = 0  # a copy
    assert train[5][0].any()
    assert test[-1][1] == 0
    assert "Split: Train" in repr(train)
    assert "Split: Test" in repr(test)


def test_fine_labels(tmp_path):
    files = contents(key="fine_labels", meta="fine_label_names")
    write(tmp_path, CIFAR100, files)
    data = small(files, CIFAR100)(tmp_path, transform=ToTensor(), target_transform=str)
    assert data.targets == [0, 1, 2, 0, 2, 2, 1]
    image, label = data[2]
    assert (image.shape, label) == ((3, 32, 32), "2")
    assert image[1, 2, 3].item() == np.float32(IMAGES["a"][2][1024 + 2 * 32 + 3]) / np.float32(255)


def test_batches(tmp_path):
    files = contents()
    write(tmp_path, CIFAR10, files)
    images, labels = next(iter(DataLoader(small(files)(tmp_path, transform=ToTensor()), 5)))
    assert images.shape == (5, 3, 32, 32)
    assert labels.tolist() == [0, 1, 2, 0, 2]


class Evil:
    def __reduce__(self):
        return os.system, ("false",)


def entry(**changes):
    return pickle.dumps({"data": IMAGES["a"], "labels": LABELS["a"], **changes}, 2)


WRONG = {
    "no pickle": (b"<html>", "not a batch of CIFAR10"),
    "cut off": (entry()[:-100], "not a batch of CIFAR10"),
    "a program": (pickle.dumps(Evil()), "asks for .*system, which is not part of an array"),
    "a list": (pickle.dumps([1]), "expected a dict, got list"),
    "no data": (entry(data=None), r"data: expected uint8 \(N, 3072\), got nothing"),
    "floats": (entry(data=np.zeros((4, 3072), "f")), r"got float32 \(4, 3072\)"),
    "small images": (entry(data=np.zeros((4, 784), np.uint8)), r"got uint8 \(4, 784\)"),
    "fewer labels": (entry(labels=[0]), "labels: expected a list of 4"),
    "no labels": (entry(labels=None), "labels: expected a list of 4"),
    "a label": (entry(labels=[0, 1, 2, 3]), "labels: expected ints from 0 to 2"),
    "a text": (entry(labels=[0, 1, 2, "0"]), "labels: expected ints from 0 to 2"),
}


@pytest.mark.parametrize("what", WRONG)
def test_other_contents(tmp_path, what):
    content, message = WRONG[what]
    folder = write(tmp_path, CIFAR10, contents())
    (folder / "a").write_bytes(content)
    with pytest.raises(ValueError, match=message) as caught:
        small({**contents(), "a": content})(tmp_path)
    assert str(folder / "a") in str(caught.value)


def test_checksums(tmp_path):
    files = contents()
    folder = write(tmp_path, CIFAR10, files)
    (folder / "b").write_bytes(files["b"][:-1])
    with pytest.raises(RuntimeError, match="b is truncated or corrupted: its MD5 is"):
        small(files)(tmp_path)
    unknown = {"train_list": [["a", None]], "meta": {**small(files).meta, "md5": None}}
    assert len(small(files, **unknown)(tmp_path)) == 4
    (folder / "m").unlink()
    with pytest.raises(RuntimeError, match="m is not there; download=True"):
        small(files)(tmp_path)
    with pytest.raises(RuntimeError, match=r"batches.meta is not there"):
        CIFAR10(tmp_path / "none")


def archive(path, files, folder=CIFAR10.base_folder):
    with tarfile.open(path, "w:gz") as tar:
        for name, content in {"../evil": b"x", **files}.items():
            info = tarfile.TarInfo(f"{folder}/{name}")
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return path.as_uri(), md5(path.read_bytes())


def test_download(tmp_path):
    files = contents()
    (tmp_path / "server").mkdir()
    url, checksum = archive(tmp_path / "server" / "x.tar.gz", files)
    kind = small(files, url=url, filename="x.tar.gz", tgz_md5=checksum)
    root = tmp_path / "root"
    assert len(kind(root, download=True)) == 7
    assert {p.name for p in (root / kind.base_folder).iterdir()} == set(files)
    assert not (root / "evil").exists()
    kind.url = "file:///nowhere"
    assert len(kind(root, train=False, download=True)) == 2  # all is there
    (root / kind.base_folder / "a").write_bytes(b"")
    assert len(kind(root, download=True)) == 7  # from the archive beside
    (root / kind.base_folder / "a").unlink()
    (root / "x.tar.gz").write_bytes(b"")
    with pytest.raises(RuntimeError, match=r"could not download x.tar.gz"):
        kind(root, download=True)
    kind.url = pathlib.Path(tmp_path, "server", "x.tar.gz").as_uri()
    kind.tgz_md5 = "0" * 32
    with pytest.raises(RuntimeError, match=f"its MD5 is {checksum}, expected 0"):
        kind(root, download=True)


def test_checksums_are_of_md5():
    for kind in (CIFAR10, CIFAR100):
        for name, checksum in [*kind.train_list, *kind.test_list, ["", kind.tgz_md5]]:
            assert len(bytes.fromhex(checksum)) == 16, name
