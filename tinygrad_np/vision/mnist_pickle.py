"""mnist.pkl.gz: MNIST as a pickle of (50,000, 10,000, 10,000) images, read without trust in it.

A pickle is a program: loading one can run anything. This unpickler knows the few names that a
pickle of NumPy arrays needs, and what stands behind them here makes arrays of numbers and nothing
else; any other name is refused. It reads pickles of Python 2 too, as the original is one.
"""

from __future__ import annotations

import gzip
import pickle
from pathlib import Path
from typing import Any

import numpy as np

__all__ = ["read_mnist_pickle"]

Array = np.ndarray[Any, np.dtype[Any]]
Pair = tuple[Array, Array]
LIMIT = 1 << 29  # bytes unpacked; the original has 220 MB


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
            parts = _Unpickler(_Limited(stream)).load()
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


class _Limited:
    """A stream that ends in an error after so many bytes."""

    def __init__(self, stream: Any) -> None:
        self.stream = stream
        self.left = LIMIT

    def read(self, count: int) -> bytes:
        return self._counted(self.stream.read(min(count, self.left + 1)))

    def readline(self) -> bytes:
        return self._counted(self.stream.readline(self.left + 1))

    def _counted(self, data: bytes) -> bytes:
        self.left -= len(data)
        if self.left < 0:
            raise ValueError(f"there are more than {LIMIT:,} bytes")
        return data


class _Unpickler(pickle.Unpickler):
    def __init__(self, stream: Any) -> None:
        super().__init__(stream, encoding="latin1")  # Python 2's strings

    def find_class(self, module: str, name: str) -> Any:
        module = module.replace("numpy.core", "numpy._core")  # its name before NumPy 2
        try:
            return _KNOWN[module, name]
        except KeyError:
            raise pickle.UnpicklingError(
                f"it asks for {module}.{name}, which is not part of an array"
            ) from None


class _Dtype:
    """Stands for numpy.dtype."""

    def __init__(self, code: Any, *options: Any) -> None:
        if code not in ("u1", "i1", "i2", "i4", "i8", "f4", "f8"):
            raise ValueError(f"an array of type {code!r}")
        self.dtype: np.dtype[Any] = np.dtype(code)

    def __setstate__(self, state: Any) -> None:
        if state[1] == ">":
            self.dtype = self.dtype.newbyteorder(">")


class _Array:
    """Stands for numpy.ndarray."""

    array: Array

    def __setstate__(self, state: Any) -> None:
        _, shape, dtype, in_columns, data = state
        if isinstance(data, str):
            data = data.encode("latin1")
        array = np.frombuffer(data, dtype.dtype)
        self.array = array.reshape(shape, order="F" if in_columns else "C")


def _reconstruct(kind: Any, shape: Any, code: Any) -> _Array:
    return _Array()  # then its state is set


def _frombuffer(data: Any, dtype: _Dtype, shape: Any, order: str) -> _Array:
    array = _Array()
    array.__setstate__((1, shape, dtype, order == "F", data))
    return array


def _encode(text: str, encoding: str) -> bytes:
    return text.encode("latin1")


_KNOWN: dict[tuple[str, str], Any] = {
    ("numpy._core.multiarray", "_reconstruct"): _reconstruct,
    ("numpy._core.numeric", "_frombuffer"): _frombuffer,
    ("numpy", "ndarray"): _Array,
    ("numpy", "dtype"): _Dtype,
    ("_codecs", "encode"): _encode,  # how Python 3 writes bytes for Python 2
}
