"""STL-10: photographs of 96 x 96, most of them without a label."""

from __future__ import annotations

import os
import shutil
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from tinygrad_np.vision.datasets.download import download, right
from tinygrad_np.vision.datasets.vision import VisionDataset, one_of

__all__ = ["STL10"]

Transform = Callable[[Any], Any]


class STL10(VisionDataset):
    """Photographs of ten kinds of things: 5,000 for training, 8,000 for tests, 100,000 unlabelled.

    Parameters
    ----------
    root : str or Path
        The folder that holds, or will hold, ``stl10_binary``.
    split : {'train', 'test', 'unlabeled', 'train+unlabeled'}, default 'train'
    folds : int, optional
        From 0 to 9: one of ten sets of 1,000 training images; all of them unless given.
    transform : callable, optional
        Applied to each image, an array of uint8, (96, 96, 3).
    target_transform : callable, optional
        Applied to each label, an int.
    download : bool, default False
        Fetch the archive if the files aren't there, and unpack it; both are checked by MD5.

    Attributes
    ----------
    data : ndarray
        The images: uint8, (N, 3, 96, 96).
    labels : ndarray
        From 0 to 9, and -1 for unlabelled ones: (N,).
    classes : list of str
        What the labels mean, if ``class_names.txt`` is there.

    Raises
    ------
    RuntimeError
        If a file isn't there, is truncated or corrupted, or the download failed.
    ValueError
        For another split or fold, and if a file that has no checksum holds something else.

    Source: https://cs.stanford.edu/~acoates/stl10/

    Examples
    --------
    >>> from tinygrad_np.vision import datasets
    >>> test = datasets.STL10("data", "test", download=True)  # doctest: +SKIP
    """

    base_folder: ClassVar[str] = "stl10_binary"
    url: ClassVar[str] = "http://ai.stanford.edu/~acoates/stl10/stl10_binary.tar.gz"
    filename: ClassVar[str] = "stl10_binary.tar.gz"
    tgz_md5: ClassVar[str] = "91f7769df0f17e558f3565bffb0c7dfb"
    class_names_file: ClassVar[str] = "class_names.txt"
    folds_list_file: ClassVar[str] = "fold_indices.txt"
    train_list: ClassVar[list[list[Any]]] = [
        ["train_X.bin", "918c2871b30a85fa023e0c44e0bee87f"],
        ["train_y.bin", "5a34089d4802c674881badbb80307741"],
        ["unlabeled_X.bin", "5242ba1fed5e4be9e1e742405eb56ca4"],
    ]
    test_list: ClassVar[list[list[Any]]] = [
        ["test_X.bin", "7f263ba9f9e0b06b93213547f721ac82"],
        ["test_y.bin", "36f9794fa4beb8a2c72628de14fa638e"],
    ]
    splits: ClassVar[tuple[str, ...]] = ("train", "train+unlabeled", "unlabeled", "test")

    def __init__(
        self,
        root: str | Path,
        split: str = "train",
        folds: int | None = None,
        transform: Transform | None = None,
        target_transform: Transform | None = None,
        download: bool = False,
    ) -> None:
        super().__init__(root, None, transform, target_transform)
        self.split = one_of("split", split, self.splits)
        if folds is not None and folds not in range(10):
            raise ValueError(
                f"Value for argument folds should be in the range [0, 10), but got {folds}."
            )
        self.folds = folds
        if download:
            self.download()
        parts = []
        if split == "test":
            parts.append(self._part(*self.test_list))
        if "train" in split:
            images, labels = self._part(*self.train_list[:2])
            chosen: Any = slice(None) if folds is None else self._fold(folds)
            parts.append((images[chosen], labels[chosen]))
        if "unlabeled" in split:
            parts.append(self._part(self.train_list[2]))
        self.data = np.concatenate([images for images, _ in parts])
        self.labels = np.concatenate([labels for _, labels in parts])
        names = self._folder / self.class_names_file
        if names.is_file():
            self.classes = names.read_text().splitlines()

    @property
    def _folder(self) -> Path:
        return Path(self.root, self.base_folder)

    def _bytes(self, name: str, md5: str | None = None) -> Any:
        path = self._folder / name
        if not right(path, md5):
            raise RuntimeError(f"STL10: {path} is not there or corrupted; download=True fetches it")
        return np.fromfile(path, np.uint8)

    def _part(self, of_images: list[Any], of_labels: list[Any] | None = None) -> tuple[Any, Any]:
        pixels = self._bytes(*of_images)
        if pixels.size % (3 * 96 * 96):
            raise ValueError(
                f"{self._folder / of_images[0]}: {pixels.size:,} bytes are no images of 3 x 96 x 96"
            )
        images = pixels.reshape(-1, 3, 96, 96).transpose(0, 1, 3, 2)  # they lie column by column
        if of_labels is None:
            return images, np.full(len(images), -1)
        labels = self._bytes(*of_labels).astype(np.int64) - 1
        if len(labels) != len(images) or not ((labels >= 0) & (labels < 10)).all():
            raise ValueError(
                f"{self._folder / of_labels[0]}: expected {len(images)} labels from 1 to 10"
            )
        return images, labels

    def _fold(self, number: int) -> Any:
        lines = self._bytes(self.folds_list_file).tobytes().decode().splitlines()
        return np.array(lines[number].split(), np.int64)

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        image = np.ascontiguousarray(self.data[index].transpose(1, 2, 0))
        return self._transformed(image, int(self.labels[index]))

    def __len__(self) -> int:
        return len(self.data)

    def download(self) -> None:
        """Fetch and unpack the files unless they are there."""
        files = [*self.train_list, *self.test_list]
        files += [[self.class_names_file, None], [self.folds_list_file, None]]
        if all(right(self._folder / name, md5) for name, md5 in files):
            return
        archive = Path(self.root, self.filename)
        if not right(archive, self.tgz_md5):
            archive.unlink(missing_ok=True)
            download([self.url], archive, self.tgz_md5, limit=1 << 32)
        self._folder.mkdir(parents=True, exist_ok=True)
        with tarfile.open(archive, "r:gz") as tar:
            for name, _ in files:  # no other member is looked at
                member = tar.extractfile(f"{self.base_folder}/{name}")
                assert member is not None
                part = self._folder / f"{name}.part"
                with part.open("wb") as file:
                    shutil.copyfileobj(member, file)
                os.replace(part, self._folder / name)

    def extra_repr(self) -> str:
        return f"Split: {self.split}"
