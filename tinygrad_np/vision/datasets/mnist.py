"""MNIST and its kin, found on disk or downloaded, and the digits that ship with the package."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from tinygrad_np.tensor import Tensor
from tinygrad_np.utils.data.dataset import rows
from tinygrad_np.vision.datasets.download import download
from tinygrad_np.vision.datasets.idx import read_idx
from tinygrad_np.vision.datasets.mnist_files import CONTENT, NAMES, fingerprint, places
from tinygrad_np.vision.datasets.mnist_pickle import read_mnist_pickle
from tinygrad_np.vision.datasets.vision import VisionDataset

__all__ = ["KMNIST", "MNIST", "Digits", "FashionMNIST"]

Array = np.ndarray[Any, np.dtype[Any]]
Transform = Callable[[Any], Any]


class MNIST(VisionDataset):
    """Handwritten digits: 60,000 images of 28 x 28 for training, 10,000 for tests.

    Parameters
    ----------
    root : str or Path
        The files may lie in it or in any folder below it: the IDX files, gzipped or not
        (``train-images-idx3-ubyte.gz``, ``train-images.idx3-ubyte``, ...), or mnist.pkl.gz.
        Downloads go to ``root/MNIST/raw``.
    train : bool, default True
        Training or test images.
    transform : callable, optional
        Applied to each image, an array of uint8, (28, 28).
    target_transform : callable, optional
        Applied to each label, an int.
    download : bool, default False
        Fetch the files if they aren't there, from the first of the `mirrors` that works, checked
        by SHA-256.

    Attributes
    ----------
    data : Tensor
        The images: uint8, (N, 28, 28).
    targets : Tensor
        The labels: int64, (N,).
    classes : list of str
        What the labels mean.
    mirrors : list of str
        Where downloads come from; change it to use others.

    Raises
    ------
    RuntimeError
        If the files aren't there (`download` fetches them), or the download failed.
    ValueError
        If a file is truncated or corrupted, or is not what its name says.

    Source: http://yann.lecun.com/exdb/mnist/,
    https://pytorch.org/vision/stable/generated/torchvision.datasets.MNIST.html

    Examples
    --------
    >>> from tinygrad_np.vision import datasets
    >>> digits = datasets.Digits(train=True)  # a part of MNIST that needs no files
    >>> image, label = digits[0]
    >>> image.shape, label, digits.classes[label]
    ((28, 28), 5, '5 - five')
    """

    key: ClassVar[str] = "mnist"
    mirrors: ClassVar[list[str]] = [
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
        "http://yann.lecun.com/exdb/mnist/",
    ]
    resources: ClassVar[dict[str, str]] = {  # SHA-256
        "train-images-idx3-ubyte.gz": (
            "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"
        ),
        "train-labels-idx1-ubyte.gz": (
            "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"
        ),
        "t10k-images-idx3-ubyte.gz": (
            "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"
        ),
        "t10k-labels-idx1-ubyte.gz": (
            "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"
        ),
    }
    classes: ClassVar[list[str]] = [
        "0 - zero",
        "1 - one",
        "2 - two",
        "3 - three",
        "4 - four",
        "5 - five",
        "6 - six",
        "7 - seven",
        "8 - eight",
        "9 - nine",
    ]

    def __init__(
        self,
        root: str | Path,
        train: bool = True,
        transform: Transform | None = None,
        target_transform: Transform | None = None,
        download: bool = False,
    ) -> None:
        super().__init__(Path(root).expanduser(), None, transform, target_transform)
        self.train = train
        if download:
            self.download()
        images, labels = self._load()
        self.data: Tensor = Tensor._make(images)
        self.targets: Tensor = Tensor._make(labels)

    # --- items ---

    @property
    def train_data(self) -> Tensor:
        """`data`, by its old name."""
        return self._renamed("train_data", "data")

    @property
    def train_labels(self) -> Tensor:
        """`targets`, by its old name."""
        return self._renamed("train_labels", "targets")

    @property
    def test_data(self) -> Tensor:
        """`data`, by its old name."""
        return self._renamed("test_data", "data")

    @property
    def test_labels(self) -> Tensor:
        """`targets`, by its old name."""
        return self._renamed("test_labels", "targets")

    def _renamed(self, old: str, new: str) -> Tensor:
        warnings.warn(f"{old} has been renamed {new}", UserWarning, stacklevel=3)
        found: Tensor = getattr(self, new)
        return found

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        image: Any = self.data._array[index].copy()
        return self._transformed(image, int(self.targets._array[index]))

    def _batch(self, indices: list[int]) -> list[Tensor] | None:
        if self.transform is not None or self.target_transform is not None:
            return None
        return [rows(self.data, indices), rows(self.targets, indices)]

    def __len__(self) -> int:
        return len(self.data)

    @property
    def class_to_idx(self) -> dict[str, int]:
        """The label of each class."""
        return {name: i for i, name in enumerate(self.classes)}

    def extra_repr(self) -> str:
        return f"Split: {'Train' if self.train else 'Test'}"

    # --- files ---

    @classmethod
    def found_in(cls, root: str | Path) -> bool:
        """Whether all files are there.

        Examples
        --------
        >>> from tinygrad_np.vision import datasets
        >>> datasets.MNIST.found_in(datasets.Digits.folder)
        True
        """
        found = places(Path(root).expanduser(), cls.key)
        return "pickle" in found or all(name in found for name in NAMES)

    @property
    def raw_folder(self) -> Path:
        """Where downloads go."""
        return Path(self.root, type(self).__name__, "raw")

    def download(self) -> None:
        """Fetch the files unless they are there."""
        if self.found_in(self.root):
            return
        for name, sha256 in self.resources.items():
            path = self.raw_folder / name
            if not path.exists():
                download([mirror.rstrip("/") + "/" + name for mirror in self.mirrors], path, sha256)

    def _load(self) -> tuple[Array, Array]:
        found = places(self.root, self.key)
        split = "train" if self.train else "t10k"
        names = [f"{split}-images", f"{split}-labels"]
        if "pickle" in found and not all(name in found for name in names):
            train, validation, test = read_mnist_pickle(found["pickle"])
            if not self.train:
                return test
            joined = zip(train, validation, strict=True)
            images, labels = (np.concatenate(both) for both in joined)
            return images, labels
        for name in names:
            if name not in found:
                where = f"{self.root} or below" if self.root.is_dir() else f"{self.root}: no folder"
                raise RuntimeError(
                    f"{type(self).__name__}: no {name}-idx{3 if 'images' in name else 1}-ubyte, "
                    f"with or without .gz, in {where}; download=True fetches it"
                )
        image_path, label_path = (found[name] for name in names)
        images = self._read(image_path, names[0], dims=3)
        labels = self._read(label_path, names[1], dims=1)
        if len(images) != len(labels):
            raise ValueError(
                f"{image_path} has {len(images):,} images and {label_path} {len(labels):,} labels"
            )
        if labels.max(initial=0) >= len(self.classes):
            raise ValueError(
                f"{label_path}: label {labels.max()}; they go from 0 to {len(self.classes) - 1}"
            )
        return images, labels.astype(np.int64)

    def _read(self, path: Path, name: str, dims: int) -> Array:
        array = read_idx(path)
        if array.dtype != np.uint8 or array.ndim != dims or array.shape[1:] != (28, 28)[: dims - 1]:
            expected = "images, uint8 (N, 28, 28)" if dims == 3 else "labels, uint8 (N,)"
            raise ValueError(f"{path} holds {array.dtype} {array.shape}; expected {expected}")
        expected_content = self.key, name
        content = CONTENT.get(fingerprint(array), expected_content)
        if content != expected_content:
            raise ValueError(
                f"{path} holds the {content[1]} of the dataset {content[0]!r}; expected the "
                f"{name} of {self.key!r}"
            )
        return array


class FashionMNIST(MNIST):
    """Clothes: 60,000 images of 28 x 28 for training, 10,000 for tests; used as `MNIST` is.

    Source: https://github.com/zalandoresearch/fashion-mnist
    """

    key = "fashion"
    mirrors: ClassVar[list[str]] = [
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
        "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/",
    ]
    resources: ClassVar[dict[str, str]] = {
        "train-images-idx3-ubyte.gz": (
            "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"
        ),
        "train-labels-idx1-ubyte.gz": (
            "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"
        ),
        "t10k-images-idx3-ubyte.gz": (
            "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"
        ),
        "t10k-labels-idx1-ubyte.gz": (
            "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"
        ),
    }
    classes: ClassVar[list[str]] = [
        "T-shirt/top",
        "Trouser",
        "Pullover",
        "Dress",
        "Coat",
        "Sandal",
        "Shirt",
        "Sneaker",
        "Bag",
        "Ankle boot",
    ]


class KMNIST(MNIST):
    """Cursive Japanese characters: 60,000 images for training, 10,000 for tests; as `MNIST`.

    Source: http://codh.rois.ac.jp/kmnist/
    """

    key = "kmnist"
    mirrors: ClassVar[list[str]] = [
        "http://codh.rois.ac.jp/kmnist/dataset/kmnist/",
        "https://codh.rois.ac.jp/kmnist/dataset/kmnist/",
    ]
    resources: ClassVar[dict[str, str]] = {
        "train-images-idx3-ubyte.gz": (
            "51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4"
        ),
        "train-labels-idx1-ubyte.gz": (
            "e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17"
        ),
        "t10k-images-idx3-ubyte.gz": (
            "edd7a857845ad6bb1d0ba43fe7e794d164fe2dce499a1694695a792adfac43c5"
        ),
        "t10k-labels-idx1-ubyte.gz": (
            "20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c"
        ),
    }
    classes: ClassVar[list[str]] = ["o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"]


class Digits(MNIST):
    """The part of MNIST that ships with the package: the first 10,000 training images, all tests.

    Parameters
    ----------
    train : bool, default True
        The first 10,000 training images of MNIST, or its 10,000 test images.
    transform, target_transform : callable, optional
        As for `MNIST`.

    Their origin and licence are stated beside the files, in ``Digits.folder / "README.md"``.

    Examples
    --------
    >>> from tinygrad_np.vision import datasets
    >>> datasets.Digits(train=False).data.shape
    torch.Size([10000, 28, 28])
    """

    folder: ClassVar[Path] = Path(__file__).parent.parent / "data"

    def __init__(
        self,
        train: bool = True,
        transform: Transform | None = None,
        target_transform: Transform | None = None,
    ) -> None:
        super().__init__(self.folder, train, transform, target_transform)
