"""CIFAR-10 and CIFAR-100: small colour photographs, in batches pickled by Python 2."""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from tinygrad_np.vision.datasets.download import download, right
from tinygrad_np.vision.datasets.pickles import unpickle
from tinygrad_np.vision.datasets.vision import VisionDataset

__all__ = ["CIFAR10", "CIFAR100"]

Array = np.ndarray[Any, np.dtype[Any]]
Transform = Callable[[Any], Any]


class CIFAR10(VisionDataset):
    """Photographs of ten kinds of things: 50,000 of 32 x 32 for training, 10,000 for tests.

    Parameters
    ----------
    root : str or Path
        The folder that holds, or will hold, ``cifar-10-batches-py``.
    train : bool, default True
        Training or test images.
    transform : callable, optional
        Applied to each image, an array of uint8, (32, 32, 3).
    target_transform : callable, optional
        Applied to each label, an int.
    download : bool, default False
        Fetch the archive if the files aren't there, and unpack it; both are checked by MD5.

    Attributes
    ----------
    data : ndarray
        The images: uint8, (N, 32, 32, 3).
    targets : list of int
        The labels.
    classes : list of str
        What the labels mean.
    class_to_idx : dict
        The label of each class.

    Raises
    ------
    RuntimeError
        If a file isn't there, is truncated or corrupted, or the download failed.
    ValueError
        If a file that has no checksum holds something else.

    The pickles are read without trust in them: they can make arrays and nothing else. A class of
    one's own may name other files in `train_list`, `test_list` and `meta`, with None for a checksum
    that is not known.

    Source: https://www.cs.toronto.edu/~kriz/cifar.html,
    https://pytorch.org/vision/stable/generated/torchvision.datasets.CIFAR10.html

    Examples
    --------
    >>> from tinygrad_np.vision import datasets
    >>> train = datasets.CIFAR10("data", download=True)  # doctest: +SKIP
    >>> image, label = train[0]  # doctest: +SKIP
    >>> image.shape, train.classes[label]  # doctest: +SKIP
    ((32, 32, 3), 'frog')
    """

    base_folder: ClassVar[str] = "cifar-10-batches-py"
    url: ClassVar[str] = "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz"
    filename: ClassVar[str] = "cifar-10-python.tar.gz"
    tgz_md5: ClassVar[str] = "c58f30108f718f92721af3b95e74349a"
    train_list: ClassVar[list[list[Any]]] = [
        ["data_batch_1", "c99cafc152244af753f735de768cd75f"],
        ["data_batch_2", "d4bba439e000b95fd0a9bffe97cbabec"],
        ["data_batch_3", "54ebc095f3ab1f0389bbae665268c751"],
        ["data_batch_4", "634d18415352ddfa80567beed471001a"],
        ["data_batch_5", "482c414d41f54cd18b22e5b47cb7c3cb"],
    ]
    test_list: ClassVar[list[list[Any]]] = [["test_batch", "40351d587109b95175f43aff81a1287e"]]
    meta: ClassVar[dict[str, Any]] = {
        "filename": "batches.meta",
        "key": "label_names",
        "md5": "5ff9c542aee3614f3951f8cda6e48888",
    }

    def __init__(
        self,
        root: str | Path,
        train: bool = True,
        transform: Transform | None = None,
        target_transform: Transform | None = None,
        download: bool = False,
    ) -> None:
        super().__init__(root, None, transform, target_transform)
        self.train = train
        if download:
            self.download()
        self.classes: list[str] = self._load(self.meta["filename"], self.meta["md5"])[
            self.meta["key"]
        ]
        self.class_to_idx = {name: i for i, name in enumerate(self.classes)}
        parts = [self._part(*entry) for entry in (self.train_list if train else self.test_list)]
        self.data: Array = np.concatenate([images for images, _ in parts])
        self.targets: list[int] = [label for _, labels in parts for label in labels]

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        return self._transformed(self.data[index].copy(), self.targets[index])

    def __len__(self) -> int:
        return len(self.data)

    def extra_repr(self) -> str:
        return f"Split: {'Train' if self.train else 'Test'}"

    # --- files ---

    @property
    def _folder(self) -> Path:
        return Path(self.root, self.base_folder)

    def _files(self) -> list[list[Any]]:
        return [*self.train_list, *self.test_list, [self.meta["filename"], self.meta["md5"]]]

    def _load(self, name: str, md5: str | None) -> dict[str, Any]:
        """What the pickle `name` holds; RuntimeError if it is not the right file."""
        path = self._folder / name
        if not path.exists():
            raise RuntimeError(
                f"{type(self).__name__}: {path} is not there; download=True fetches it"
            )
        content = path.read_bytes()
        found = hashlib.md5(content, usedforsecurity=False).hexdigest()
        if md5 not in (None, found):
            raise RuntimeError(
                f"{path} is truncated or corrupted: its MD5 is {found}, expected {md5}; "
                "download=True fetches it anew"
            )
        try:
            entry = unpickle(io.BytesIO(content))
            if not isinstance(entry, dict):
                raise TypeError(f"expected a dict, got {type(entry).__name__}")
        except Exception as error:
            raise ValueError(
                f"{path}: not a batch of {type(self).__name__}: {type(error).__name__}: {error}"
            ) from error
        return entry

    def _part(self, name: str, md5: str | None) -> tuple[Array, list[int]]:
        entry = self._load(name, md5)
        images: Any = getattr(entry.get("data"), "array", None)
        labels: Any = entry.get("labels", entry.get("fine_labels"))
        wrong = None
        if images is None or images.dtype != np.uint8 or images.shape[1:] != (3072,):
            what = "nothing" if images is None else f"{images.dtype} {images.shape}"
            wrong = f"data: expected uint8 (N, 3072), got {what}"
        elif not isinstance(labels, list) or len(labels) != len(images):
            wrong = f"labels: expected a list of {len(images)}"
        elif not all(isinstance(k, int) and 0 <= k < len(self.classes) for k in labels):
            wrong = f"labels: expected ints from 0 to {len(self.classes) - 1}"
        if wrong:
            raise ValueError(f"{self._folder / name}: {wrong}")
        return np.ascontiguousarray(images.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)), labels

    def download(self) -> None:
        """Fetch and unpack the files unless they are there."""
        if all(right(self._folder / name, md5) for name, md5 in self._files()):
            return
        archive = Path(self.root, self.filename)
        if not right(archive, self.tgz_md5):
            archive.unlink(missing_ok=True)
            download([self.url], archive, self.tgz_md5)
        self._folder.mkdir(parents=True, exist_ok=True)
        with tarfile.open(archive, "r:gz") as tar:
            for name, _ in self._files():  # no other member is looked at
                member = tar.extractfile(f"{self.base_folder}/{name}")
                assert member is not None
                part = self._folder / f"{name}.part"
                part.write_bytes(member.read())
                os.replace(part, self._folder / name)


class CIFAR100(CIFAR10):
    """Photographs of a hundred kinds of things: 50,000 for training, 10,000 for tests.

    Used as `CIFAR10` is; the labels are the fine ones.

    Source: https://www.cs.toronto.edu/~kriz/cifar.html
    """

    base_folder = "cifar-100-python"
    url = "https://www.cs.toronto.edu/~kriz/cifar-100-python.tar.gz"
    filename = "cifar-100-python.tar.gz"
    tgz_md5 = "eb9058c3a382ffc7106e4002c42a8d85"
    train_list: ClassVar[list[list[Any]]] = [["train", "16019d7e3df5f24257cddd939b257f8d"]]
    test_list: ClassVar[list[list[Any]]] = [["test", "f0ef6b0ae62326f3e7ffdfab6717acfc"]]
    meta: ClassVar[dict[str, Any]] = {
        "filename": "meta",
        "key": "fine_label_names",
        "md5": "7973b15100ade9c7d40fb424638fde48",
    }
