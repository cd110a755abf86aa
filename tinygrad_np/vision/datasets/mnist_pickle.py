"""mnist.pkl.gz: MNIST as a pickle of (50,000, 10,000, 10,000) images."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import numpy as np

from tinygrad_np.vision.datasets.pickles import unpickle

__all__ = ["read_mnist_pickle"]

Array = np.ndarray[Any, np.dtype[Any]]
Pair = tuple[Array, Array]


def read_mnist_pickle(path: str | Path) -> tuple[Pair, Pair, Pair]:
    """Read mnist.pkl.gz, gzipped or not.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    tuple of (images, labels)
        Training, validation and test: images of uint8, (N, 28, 28), labels of int64, (N,). The
        original has 50,000, 10,000 and 10,000; training and validation are, one after the other,
        the 60,000 training images of MNIST.

    Raises
    ------
    ValueError
        If the file is something else, is truncated or corrupted, or asks for anything but arrays.
    OSError
        If it can't be read.

    Examples
    --------
    >>> import pathlib, pickle, tempfile, numpy as np
    >>> from tinygrad_np.vision.datasets import read_mnist_pickle
    >>> part = np.zeros((5, 784), np.float32), np.arange(5)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "mnist.pkl")
    ...     size = path.write_bytes(pickle.dumps((part, part, part)))
    ...     (images, labels), validation, test = read_mnist_pickle(path)
    >>> images.shape, labels.tolist()
    ((5, 28, 28), [0, 1, 2, 3, 4])
    """
    path = Path(path)
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
        file.seek(0)
        stream: Any = gzip.GzipFile(fileobj=file) if packed else file
        try:
            parts = unpickle(stream)
            train, validation, test = (_pair(part) for part in parts)
        except Exception as error:
            raise ValueError(
                f"{path}: not a pickle of MNIST: {type(error).__name__}: {error}"
            ) from error
    return train, validation, test


def _pair(part: Any) -> Pair:
    images, labels = (entry.array for entry in part)
    if images.ndim != 2 or images.shape[1] != 784 or labels.shape != images.shape[:1]:
        raise ValueError(
            f"expected images (N, 784) and labels (N,), got shapes {images.shape}, {labels.shape}"
        )
    if labels.dtype.kind not in "iu" or not ((labels >= 0) & (labels < 10)).all():
        raise ValueError("expected labels from 0 to 9")
    return _pixels(images).reshape(-1, 28, 28), labels.astype(np.int64)


def _pixels(images: Array) -> Array:
    """The bytes that were divided by 256, or by 255."""
    for scale in (256.0, 255.0):
        with np.errstate(all="ignore"):
            scaled = images * scale
            pixels = np.rint(scaled)
            whole = np.abs(scaled - pixels) < 0.01
        if whole.all() and (pixels >= 0).all() and (pixels < 256).all():
            return pixels.astype(np.uint8)
    raise ValueError("expected pixels from 0 to 1 that are whole multiples of 1/256 or of 1/255")
