"""EMNIST and QMNIST: letters, and all digits of NIST with what is known of them."""

from __future__ import annotations

import lzma
import os
import shutil
import string
import zipfile
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from tinygrad_np.tensor import Tensor
from tinygrad_np.vision.datasets.download import download, right
from tinygrad_np.vision.datasets.idx import read_idx
from tinygrad_np.vision.datasets.mnist import MNIST
from tinygrad_np.vision.datasets.vision import one_of

__all__ = ["EMNIST", "QMNIST"]


class EMNIST(MNIST):
    """Handwritten digits and letters of 28 x 28, turned and mirrored as NIST has them.

    Parameters
    ----------
    root : str or Path
        The IDX files, gzipped or not, lie in ``root/EMNIST/raw``, where downloads go.
    split : {'byclass', 'bymerge', 'balanced', 'letters', 'digits', 'mnist'}
        'byclass' has 62 classes; 'bymerge' and 'balanced' 47, where capitals that look like small
        letters are one with them; 'letters' has labels from 1 to 26.
    **kwargs
        `train`, `transform`, `target_transform` and `download`, as for `MNIST`.

    Raises
    ------
    RuntimeError
        If the files aren't there, or the download failed.
    ValueError
        For another split, and if a file is truncated or corrupted, or is not what its name says.

    Source: https://www.nist.gov/itl/products-and-services/emnist-dataset

    Examples
    --------
    >>> from tinygrad_np.vision import datasets
    >>> letters = datasets.EMNIST("data", "letters", download=True)  # doctest: +SKIP
    """

    key = "emnist"
    url: ClassVar[str] = "https://biometrics.nist.gov/cs_links/EMNIST/gzip.zip"
    md5: ClassVar[str] = "58c8d27c78d21e728a6bc7b3cc06412e"
    splits: ClassVar[tuple[str, ...]] = (
        "byclass", "bymerge", "balanced", "letters", "digits", "mnist"
    )  # fmt: skip
    _merged: ClassVar[list[str]] = sorted(
        {*string.digits, *string.ascii_letters} - {*"cijklmopsuvwxyz"}
    )
    classes_split_dict: ClassVar[dict[str, list[str]]] = {
        "byclass": sorted(string.digits + string.ascii_letters),
        "bymerge": _merged,
        "balanced": _merged,
        "letters": ["N/A", *string.ascii_lowercase],
        "digits": list(string.digits),
        "mnist": list(string.digits),
    }

    def __init__(self, root: str | Path, split: str, **kwargs: Any) -> None:
        self.split = one_of("split", split, self.splits)
        self.classes = self.classes_split_dict[split]  # type: ignore[misc]
        super().__init__(root, **kwargs)

    def _paths(self) -> list[Path]:
        part = "train" if self.train else "test"
        names = ("images-idx3-ubyte", "labels-idx1-ubyte")
        return [self.raw_folder / f"emnist-{self.split}-{part}-{name}" for name in names]

    def _load(self) -> tuple[Any, Any]:
        images, labels = _read(self, self._paths(), np.dtype(np.uint8), 1)
        if labels.max(initial=0) >= len(self.classes):
            raise ValueError(
                f"EMNIST: label {labels.max()} in the split {self.split!r}; they go to "
                f"{len(self.classes) - 1}"
            )
        return images, labels

    def download(self) -> None:
        """Fetch and unpack the files of all splits unless those of this one are there."""
        if all(map(_found, self._paths())):
            return
        archive = self.raw_folder / "gzip.zip"
        if not right(archive, self.md5):
            archive.unlink(missing_ok=True)
            download([self.url], archive, self.md5, limit=1 << 30)
        with zipfile.ZipFile(archive) as packed:
            for name in packed.namelist():
                if name.startswith("gzip/emnist-") and name.endswith(".gz"):
                    path = self.raw_folder / name.rpartition("/")[2]
                    with packed.open(name) as member, path.open("wb") as file:
                        shutil.copyfileobj(member, file)


class QMNIST(MNIST):
    """The digits of MNIST found again in NIST's, 50,000 more for tests, and where all are from.

    Parameters
    ----------
    root : str or Path
        The IDX files, gzipped or not, lie in ``root/QMNIST/raw``, where downloads go.
    what : {'train', 'test', 'test10k', 'test50k', 'nist'}, optional
        60,000 for training, 60,000 for tests, the 10,000 of MNIST among these or the others, or
        all 402,953; as `train` says unless given.
    compat : bool, default True
        A target is the digit; otherwise the eight numbers that are known of an image.
    train : bool, default True
    **kwargs
        `transform`, `target_transform` and `download`, as for `MNIST`.

    Attributes
    ----------
    targets : Tensor
        int64, (N, 8), the digits in front.

    Raises
    ------
    RuntimeError
        If the files aren't there, or the download failed.
    ValueError
        For another `what`, and if a file is truncated or corrupted, or is not what its name says.

    Source: https://github.com/facebookresearch/qmnist

    Examples
    --------
    >>> from tinygrad_np.vision import datasets
    >>> others = datasets.QMNIST("data", "test50k", download=True)  # doctest: +SKIP
    """

    key = "qmnist"
    mirrors: ClassVar[list[str]] = [
        "https://raw.githubusercontent.com/facebookresearch/qmnist/master/"
    ]
    subsets: ClassVar[dict[str, str]] = {
        "train": "train", "test": "test", "test10k": "test", "test50k": "test", "nist": "nist"
    }  # fmt: skip
    files: ClassVar[dict[str, dict[str, str]]] = {  # MD5
        "train": {
            "qmnist-train-images-idx3-ubyte.gz": "ed72d4157d28c017586c42bc6afe6370",
            "qmnist-train-labels-idx2-int.gz": "0058f8dd561b90ffdd0f734c6a30e5e4",
        },
        "test": {
            "qmnist-test-images-idx3-ubyte.gz": "1394631089c404de565df7b7aeaf9412",
            "qmnist-test-labels-idx2-int.gz": "5b5b05890a5e13444e108efe57b788aa",
        },
        "nist": {
            "xnist-images-idx3-ubyte.xz": "7f124b3b8ab81486c9d8c2749c17f834",
            "xnist-labels-idx2-int.xz": "5ed0e788978e45d4a8bd4b7caec3d79d",
        },
    }

    def __init__(
        self,
        root: str | Path,
        what: str | None = None,
        compat: bool = True,
        train: bool = True,
        **kwargs: Any,
    ) -> None:
        what = ("train" if train else "test") if what is None else what
        self.what = one_of("what", what, self.subsets)
        self.compat = compat
        super().__init__(root, train, **kwargs)

    def _paths(self) -> list[Path]:
        names = self.files[self.subsets[self.what]]
        return [self.raw_folder / os.path.splitext(name)[0] for name in names]

    def _load(self) -> tuple[Any, Any]:
        images, labels = _read(self, self._paths(), np.dtype(np.int32), 2)
        part = {"test10k": slice(10000), "test50k": slice(10000, None)}.get(self.what, slice(None))
        return images[part], labels[part]

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        image, known = self.data._array[index].copy(), self.targets[index]
        return self._transformed(image, int(known[0]) if self.compat else known)

    def _batch(self, indices: list[int]) -> list[Tensor] | None:
        return None

    def download(self) -> None:
        """Fetch the files that were asked for unless they are there."""
        for path, (name, md5) in zip(
            self._paths(), self.files[self.subsets[self.what]].items(), strict=True
        ):
            if _found(path):
                continue
            packed = self.raw_folder / name
            download([mirror + name for mirror in self.mirrors], packed, md5)
            if name.endswith(".xz"):
                with lzma.open(packed) as file, path.open("wb") as plain:
                    shutil.copyfileobj(file, plain)

    def extra_repr(self) -> str:
        return f"Split: {self.what}"


def _found(path: Path) -> Path | None:
    """An IDX file, or the gzipped one beside it."""
    return next((p for p in (path, path.with_name(path.name + ".gz")) if p.exists()), None)


def _read(dataset: MNIST, paths: list[Path], dtype: Any, dims: int) -> tuple[Any, Any]:
    """Images, and labels of that dtype and so many dimensions as int64."""
    arrays = []
    for path in paths:
        found = _found(path)
        if found is None:
            raise RuntimeError(
                f"{type(dataset).__name__}: {path} is not there, with or without .gz; "
                "download=True fetches it"
            )
        arrays.append(read_idx(found))
    images, labels = arrays
    if images.dtype != np.uint8 or images.shape[1:] != (28, 28):
        raise ValueError(
            f"{paths[0]} holds {images.dtype} {images.shape}; expected images, uint8 (N, 28, 28)"
        )
    if labels.dtype != dtype or labels.ndim != dims or len(labels) != len(images):
        raise ValueError(
            f"{paths[1]} holds {labels.dtype} {labels.shape}; expected labels of {len(images)} "
            f"images, {dtype} of {dims} dimensions"
        )
    return images, labels.astype(np.int64)
