"""SVHN: house numbers on photographs, in files of MATLAB."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from tinygrad_np.vision.datasets.download import download, right
from tinygrad_np.vision.datasets.vision import VisionDataset, one_of

__all__ = ["SVHN"]

Transform = Callable[[Any], Any]


class SVHN(VisionDataset):
    """Digits of house numbers: 73,257 photographs of 32 x 32 for training, 26,032 for tests.

    Parameters
    ----------
    root : str or Path
        The folder that holds, or will hold, ``train_32x32.mat`` and its like.
    split : {'train', 'test', 'extra'}, default 'train'
        'extra' are 531,131 easier ones.
    transform : callable, optional
        Applied to each image, an array of uint8, (32, 32, 3).
    target_transform : callable, optional
        Applied to each label, an int.
    download : bool, default False
        Fetch the file if it isn't there; it is checked by MD5.

    Attributes
    ----------
    data : ndarray
        The images: uint8, (N, 3, 32, 32).
    labels : ndarray
        The digits: int64, (N,).

    Raises
    ------
    RuntimeError
        If the file isn't there, is truncated or corrupted, or the download failed.
    ValueError
        For another split, and if a file that has no checksum holds something else.

    Source: http://ufldl.stanford.edu/housenumbers/

    Examples
    --------
    >>> from tinygrad_np.vision import datasets
    >>> train = datasets.SVHN("data", download=True)  # doctest: +SKIP
    """

    split_list: ClassVar[dict[str, list[Any]]] = {
        split: [
            f"http://ufldl.stanford.edu/housenumbers/{split}_32x32.mat",
            f"{split}_32x32.mat",
            md5,
        ]
        for split, md5 in (
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
        self.split = one_of("split", split, self.split_list)
        self.url, self.filename, self.file_md5 = self.split_list[split]
        if download:
            self.download()
        self.data, self.labels = self._load()

    def _load(self) -> tuple[Any, Any]:
        from scipy.io import loadmat

        path = Path(self.root, self.filename)
        if not right(path, self.file_md5):
            raise RuntimeError(f"SVHN: {path} is not there or corrupted; download=True fetches it")
        try:
            held = loadmat(path)
            images, labels = held["X"], held["y"].astype(np.int64).reshape(-1)
        except Exception as error:
            raise ValueError(
                f"{path}: not a file of SVHN: {type(error).__name__}: {error}"
            ) from error
        if images.dtype != np.uint8 or images.shape != (32, 32, 3, len(labels)):
            raise ValueError(
                f"{path}: expected X of uint8, (32, 32, 3, N), and y of N labels, got "
                f"{images.dtype} {images.shape} and {len(labels)}"
            )
        return images.transpose(3, 2, 0, 1), labels % 10  # 10 stands for 0

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        image = np.ascontiguousarray(self.data[index].transpose(1, 2, 0))
        return self._transformed(image, int(self.labels[index]))

    def __len__(self) -> int:
        return len(self.data)

    def download(self) -> None:
        """Fetch the file unless it is there."""
        path = Path(self.root, self.filename)
        if not right(path, self.file_md5):
            path.unlink(missing_ok=True)
            download([self.url], path, self.file_md5, limit=1 << 31)

    def extra_repr(self) -> str:
        return f"Split: {self.split}"
