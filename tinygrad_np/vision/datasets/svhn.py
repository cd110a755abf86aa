"""SVHN: the digits of house numbers, in a file of MATLAB's."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from tinygrad_np.vision.datasets.download import download
from tinygrad_np.vision.datasets.utils import check_integrity
from tinygrad_np.vision.datasets.vision import VisionDataset

__all__ = ["SVHN"]

Transform = Callable[[Any], Any]


class SVHN(VisionDataset):
    """Digits of house numbers, photographed: 73,257 of 32 x 32 for training, 26,032 for tests.

    Parameters
    ----------
    root : str or Path
        The folder that holds, or will hold, ``train_32x32.mat`` and others.
    split : str, default "train"
        "train", "test" or "extra".
    transform : callable, optional
        Applied to each image, an array of uint8, (32, 32, 3).
    target_transform : callable, optional
        Applied to each label, an int: the digit.
    download : bool, default False
        Fetch the file if it isn't there.

    Attributes
    ----------
    data : ndarray
        The images: uint8, (N, 3, 32, 32).
    labels : ndarray
        The digits: int64, (N,).

    Raises
    ------
    ValueError
        If there is no such `split`.
    RuntimeError
        If the file isn't there, is truncated or corrupted, or the download failed.

    Source: http://ufldl.stanford.edu/housenumbers/,
    https://pytorch.org/vision/stable/generated/torchvision.datasets.SVHN.html

    Examples
    --------
    >>> from tinygrad_np.vision import datasets
    >>> train = datasets.SVHN("data", download=True)  # doctest: +SKIP
    >>> train.data.shape  # doctest: +SKIP
    (73257, 3, 32, 32)
    """

    split_list: ClassVar[dict[str, list[str]]] = {
        split: [
            f"http://ufldl.stanford.edu/housenumbers/{split}_32x32.mat",
            f"{split}_32x32.mat",
            m,
        ]
        for split, m in (
            ("train", "e26dedcc434d2e4c54c9b2d4a06d8373"),
            ("test", "eb5a983be6a315427106f1b164d9cef3"),
            ("extra", "a93ce644f1a588dc4d68dda5feec44a7"),
        )
    }

    def __init__(
        self,
        root: str | Path,
        split: str = "train",
        transform: Transform | None = None,
        target_transform: Transform | None = None,
        download: bool = False,
    ) -> None:
        super().__init__(root, None, transform, target_transform)
        if split not in self.split_list:
            raise ValueError(
                f"Unknown value '{split}' for argument split. Valid values are "
                f"{{{', '.join(self.split_list)}}}."
            )
        self.split = split
        self.url, self.filename, self.file_md5 = self.split_list[split]
        if download:
            self.download()
        path = Path(self.root, self.filename)
        if not check_integrity(path, self.file_md5):
            raise RuntimeError(
                f"Dataset not found or corrupted: {path}. You can use download=True to download it"
            )
        from scipy.io import loadmat

        held = loadmat(path)
        self.data = held["X"].transpose(3, 2, 0, 1)
        self.labels = held["y"].astype(np.int64).ravel() % 10  # a zero is 10 there

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        image = np.ascontiguousarray(self.data[index].transpose(1, 2, 0))
        return self._transformed(image, int(self.labels[index]))

    def __len__(self) -> int:
        return len(self.data)

    def extra_repr(self) -> str:
        return f"Split: {self.split}"

    def download(self) -> None:
        """Fetch the file unless it is there."""
        path = Path(self.root, self.filename)
        if not check_integrity(path, self.file_md5):
            download([self.url], path, self.file_md5)
