"""MNIST and its kin: where files are found, what is wrong with them, and the shipped digits."""

import gzip
import hashlib

import numpy as np
import pytest

import tinygrad_np as tg
from tests.vision.conftest import idx_bytes, small_mnist, write
from tinygrad_np.utils.data import DataLoader, Subset, default_collate
from tinygrad_np.vision import transforms
from tinygrad_np.vision.datasets import KMNIST, MNIST, Digits, FashionMNIST, read_idx

# --- the shipped digits ---


def test_shipped_digits():
    train, test = Digits(train=True), Digits(train=False)
    for dataset in (train, test):
        assert dataset.data.shape == (10000, 28, 28)
        assert dataset.data.dtype == tg.uint8
        assert dataset.targets.shape == (10000,)
        assert dataset.targets.dtype == tg.int64
    assert train.targets[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert test.targets[:10].tolist() == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]
    counts = np.bincount(test.targets.numpy())
    assert counts.tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]


def test_the_shipped_tests_are_the_original():
    for name, md5 in [
        ("t10k-images-idx3-ubyte.gz", "2646ac647ad5339dbf082846283269ea"),
        ("t10k-labels-idx1-ubyte.gz", "27ae3e4e09519cfbb04c329615203637"),
    ]:
        content = gzip.decompress((Digits.folder / name).read_bytes())
        assert hashlib.md5(content).hexdigest() == md5


def test_origin_and_licence_are_stated():
    text = (Digits.folder / "README.md").read_text()
    assert "Yann LeCun" in text
    assert "Share Alike 3.0" in text
    for file in Digits.folder.glob("*.gz"):
        assert hashlib.md5(gzip.decompress(file.read_bytes())).hexdigest() in text
    assert sum(f.stat().st_size for f in Digits.folder.iterdir()) < 3.5e6


def test_the_shipped_digits_are_the_first_of_mnist(shared):
    whole = MNIST(shared)
    assert len(whole) == 60000
    digits = Digits()
    np.testing.assert_array_equal(whole.data.numpy()[:10000], digits.data.numpy())
    np.testing.assert_array_equal(whole.targets.numpy()[:10000], digits.targets.numpy())


# --- items ---


def test_items():
    digits = Digits(train=False)
    image, label = digits[0]
    assert type(image) is np.ndarray
    assert (image.shape, image.dtype, label) == ((28, 28), np.uint8, 7)
    assert type(label) is int
    image[:] = 0  # a copy
    assert digits[0][0].any()
    np.testing.assert_array_equal(digits[-1][0], digits[9999][0])
    with pytest.raises(IndexError):
        digits[10000]


def test_transforms_are_applied():
    digits = Digits(
        train=False, transform=transforms.ToTensor(), target_transform=lambda label: -label
    )
    image, label = digits[0]
    assert image.shape == (1, 28, 28)
    assert image.dtype == tg.float32
    assert image.max().item() <= 1
    assert label == -7
    images, labels = next(iter(DataLoader(digits, batch_size=4)))
    assert images.shape == (4, 1, 28, 28)
    assert labels.tolist() == [-7, -2, -1, 0]


def test_a_batch_at_once_is_the_same_batch():
    digits = Digits(train=False)
    loader = DataLoader(Subset(digits, [5, 2, 8]), batch_size=3)
    at_once = next(iter(loader))
    one_by_one = default_collate([digits[i] for i in (5, 2, 8)])
    for a, b in zip(at_once, one_by_one, strict=True):
        assert a.dtype == b.dtype
        np.testing.assert_array_equal(a.numpy(), b.numpy())


def test_words(tmp_path):
    dataset = MNIST(small_mnist(tmp_path), transform=transforms.ToTensor())
    assert repr(dataset).splitlines() == [
        "Dataset MNIST",
        "    Number of datapoints: 20",
        f"    Root location: {tmp_path}",
        "    Split: Train",
        "    StandardTransform",
        "Transform: ToTensor()",
    ]
    assert dataset.class_to_idx["3 - three"] == 3
    assert len(dataset.classes) == len(FashionMNIST.classes) == len(KMNIST.classes) == 10


# --- where files are found ---


@pytest.mark.parametrize("folder", ["", "raw", "MNIST/raw", "a/mnist-data/b", "x"])
@pytest.mark.parametrize(
    "names",
    [
        "{split}-{kind}-idx{dims}-ubyte.gz",
        "{split}-{kind}-idx{dims}-ubyte",
        "{split}-{kind}.idx{dims}-ubyte",
        "{split}-{kind}-idx{dims}-ubyte/{split}-{kind}-idx{dims}-ubyte",
    ],
)
def test_found(tmp_path, folder, names):
    small_mnist(tmp_path / folder, names) if folder.count("/") < 2 else small_mnist(
        tmp_path / folder, names.split("/")[-1]
    )
    assert MNIST.found_in(tmp_path)
    train, test = MNIST(str(tmp_path)), MNIST(tmp_path, train=False)
    assert (len(train), len(test)) == (20, 8)
    assert train[3][0].max() == 3
    assert test.targets.tolist() == list(range(8))


def test_named_folders_are_told_apart(tmp_path):
    small_mnist(tmp_path / "FashionMNIST" / "raw", first=100)
    assert not MNIST.found_in(tmp_path)
    assert not KMNIST.found_in(tmp_path)
    small_mnist(tmp_path / "MNIST" / "raw", first=0)
    small_mnist(tmp_path / "other", first=50)
    small_mnist(tmp_path / "data" / "kmnist", first=200)
    assert MNIST(tmp_path)[0][0].max() == 0
    assert FashionMNIST(tmp_path)[0][0].max() == 100
    assert KMNIST(tmp_path)[0][0].max() == 200
    assert MNIST(tmp_path / "other")[0][0].max() == 50


def test_a_link_is_followed(tmp_path):
    small_mnist(tmp_path / "elsewhere")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "MNIST").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "data" / "loop").symlink_to(tmp_path / "data")
    assert MNIST.found_in(tmp_path / "data")


def test_real_files(shared):
    assert MNIST.found_in(shared)
    digits, clothes = MNIST(shared, train=False), FashionMNIST(shared, train=False)
    assert digits.targets[:5].tolist() == [7, 2, 1, 0, 4]
    assert clothes.targets[:5].tolist() == [9, 2, 1, 1, 6]


# --- what is wrong ---


def test_nothing_there(tmp_path):
    with pytest.raises(RuntimeError, match="MNIST: no train-images-idx3-ubyte.*download=True"):
        MNIST(tmp_path)
    with pytest.raises(RuntimeError, match=f"in {tmp_path}/none: no folder"):
        MNIST(tmp_path / "none", train=False)


def test_a_part_is_there(tmp_path):
    small_mnist(tmp_path)
    (tmp_path / "train-labels-idx1-ubyte.gz").unlink()
    assert not MNIST.found_in(tmp_path)
    with pytest.raises(RuntimeError, match="no train-labels-idx1-ubyte"):
        MNIST(tmp_path)
    assert len(MNIST(tmp_path, train=False)) == 8


IMAGES, LABELS = "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"
WRONG = {
    "images for labels": (
        LABELS,
        np.zeros((20, 28, 28), np.uint8),
        r"holds uint8 \(20, 28, 28\); expected labels",
    ),
    "labels for images": (IMAGES, np.zeros(20, np.uint8), r"\(20,\); expected images"),
    "another size": (IMAGES, np.zeros((20, 32, 32), np.uint8), r"\(20, 32, 32\).*28, 28"),
    "another type": (IMAGES, np.zeros((20, 28, 28), np.float32), "float32.*expected images, uint8"),
    "another count": (LABELS, np.zeros(19, np.uint8), "20 images and .* 19 labels"),
    "a label": (LABELS, np.full(20, 10, np.uint8), "label 10; they go from 0 to 9"),
}


@pytest.mark.parametrize("what", WRONG)
def test_mislabelled(tmp_path, what):
    name, array, message = WRONG[what]
    path = write(small_mnist(tmp_path) / name, idx_bytes(array))
    with pytest.raises(ValueError, match=message) as caught:
        MNIST(tmp_path)
    assert str(path) in str(caught.value)


def test_training_and_test_files_exchanged(tmp_path):
    for kind in ("images-idx3", "labels-idx1"):
        source = Digits.folder / f"t10k-{kind}-ubyte.gz"
        (tmp_path / f"train-{kind}-ubyte.gz").write_bytes(source.read_bytes())
    with pytest.raises(ValueError, match="t10k-images of the dataset 'mnist'; expected the train"):
        MNIST(tmp_path)


def test_labels_of_the_other_split(tmp_path):
    for kind, split in (("images-idx3", "train"), ("labels-idx1", "t10k")):
        source = Digits.folder / f"{split}-{kind}-ubyte.gz"
        (tmp_path / f"train-{kind}-ubyte.gz").write_bytes(source.read_bytes())
    with pytest.raises(ValueError, match="train-labels.* holds the t10k-labels"):
        MNIST(tmp_path)


def test_another_dataset(tmp_path):
    with pytest.raises(ValueError, match="dataset 'mnist'; expected the train-images of 'fashion'"):
        FashionMNIST(Digits.folder)


def test_another_dataset_of_real_files(shared):
    with pytest.raises(ValueError, match="dataset 'fashion'; expected the t10k-images of 'mnist'"):
        MNIST(shared / "fashion-mnist", train=False)


def test_truncated(tmp_path):
    path = small_mnist(tmp_path) / IMAGES
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(ValueError, match="truncated or corrupted") as caught:
        MNIST(tmp_path)
    assert str(path) in str(caught.value)


def test_read_idx_is_public():
    assert read_idx(Digits.folder / "train-labels-idx1-ubyte.gz").shape == (10000,)
