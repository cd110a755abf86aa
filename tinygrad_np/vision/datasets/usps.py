"""USPS: digits of envelopes, in the text files of LIBSVM."""

from __future__ import annotations

import bz2
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from tinygrad_np.vision.datasets.download import download as fetch
from tinygrad_np.vision.datasets.vision import VisionDataset

__all__ = ["USPS"]

Transform = Callable[[Any], Any]


class USPS(VisionDataset):
    """Handwritten digits of the post: 7,291 images of 16 x 16 for training, 2,007 for tests.

    Parameters
    ----------
    root : str or Path
        The folder that holds, or will hold, ``usps.bz2`` and ``usps.t.bz2``.
    train : bool, default True
        Training or test images.
    transform : callable, optional
        Applied to each image, an array of uint8, (16, 16).
    target_transform : callable, optional
        Applied to each label, an int.
    download : bool, default False
        Fetch the file if it isn't there, checked by MD5.

    Attributes
    ----------
    data : ndarray
        The images: uint8, (N, 16, 16).
    targets : list of int
        The digits.

    Raises
    ------
    RuntimeError
        If the file isn't there, or the download failed.
    ValueError
        If a file holds something else.

    Source: https://www.csie.ntu.edu.tw/~cjlin/libsvmtools/datasets/multiclass.html#usps

    Examples
    --------
    >>> from tinygrad_np.vision import datasets
    >>> train = datasets.USPS("data", download=True)  # doctest: +SKIP
    """

    split_list: ClassVar[dict[str, list[str]]] = {
        "train": [
            "https://www.csie.ntu.edu.tw/~cjlin/libsvmtools/datasets/multiclass/usps.bz2",
            "usps.bz2",
            "ec16c51db3855ca6c91edd34d0e9b197",
        ],
        "test": [
            "https://www.csie.ntu.edu.tw/~cjlin/libsvmtools/datasets/multiclass/usps.t.bz2",
            "usps.t.bz2",
            "8ea070ee2aca1ac39742fdd1ef5ed118",
        ],
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
        url, name, md5 = self.split_list["train" if train else "test"]
        path = Path(self.root, name)
        if download and not path.exists():
            fetch([url], path, md5)
        if not path.exists():
            raise RuntimeError(f"USPS: {path} is not there; download=True fetches it")
        try:
            with bz2.open(path, "rt", encoding="ascii") as file:
                lines = [line.split() for line in file]
            # a line is a label from 1 on, and each pixel's number and value from -1 to 1
            pixels = [[pair.partition(":")[2] for pair in pairs] for _, *pairs in lines]
            values = np.array(pixels, np.float32).reshape(-1, 16, 16)
            self.targets: list[int] = [int(label) - 1 for label, *_ in lines]
        except (OSError, EOFError, ValueError) as error:
            raise ValueError(f"{path}: not a file of USPS: {error}") from error
        self.data = ((values + 1) / 2 * 255).astype(np.uint8)

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        return self._transformed(self.data[index].copy(), self.targets[index])

    def __len__(self) -> int:
        return len(self.data)
