"""Pickles of arrays, read without trust in them.

A pickle is a program: loading one can run anything. This unpickler knows the few names that a
pickle of NumPy arrays needs, and what stands behind them here makes arrays of numbers and nothing
else; any other name is refused. It reads pickles of Python 2 too.
"""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np

__all__ = ["unpickle"]

Array = np.ndarray[Any, np.dtype[Any]]
LIMIT = 1 << 29  # bytes unpacked; mnist.pkl has 220 MB


def unpickle(stream: Any) -> Any:
    """What a pickle holds: numbers, texts, lists, tuples, dicts, and arrays.

    Parameters
    ----------
    stream : file
        Open for reading bytes.

    Returns
    -------
    object
        In place of each array is an object whose attribute ``array`` it is.

    Raises
    ------
    Exception
        Of many kinds, if it is truncated or corrupted, or asks for anything else.

    Examples
    --------
    >>> import io, pickle, numpy as np
    >>> from tinygrad_np.vision.datasets.pickles import unpickle
    >>> entry = unpickle(io.BytesIO(pickle.dumps({"data": np.arange(3), "labels": [1]})))
    >>> entry["data"].array, entry["labels"]
    (array([0, 1, 2]), [1])
    """
    return _Unpickler(_Limited(stream)).load()


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


class StandIn:
    """Stands for numpy.ndarray."""

    array: Array

    def __setstate__(self, state: Any) -> None:
        _, shape, dtype, in_columns, data = state
        if isinstance(data, str):
            data = data.encode("latin1")
        array = np.frombuffer(data, dtype.dtype)
        self.array = array.reshape(shape, order="F" if in_columns else "C")


def _reconstruct(kind: Any, shape: Any, code: Any) -> StandIn:
    return StandIn()  # then its state is set


def _frombuffer(data: Any, dtype: _Dtype, shape: Any, order: str) -> StandIn:
    array = StandIn()
    array.__setstate__((1, shape, dtype, order == "F", data))
    return array


def _encode(text: str, encoding: str) -> bytes:
    return text.encode("latin1")


_KNOWN: dict[tuple[str, str], Any] = {
    ("numpy._core.multiarray", "_reconstruct"): _reconstruct,
    ("numpy._core.numeric", "_frombuffer"): _frombuffer,
    ("numpy", "ndarray"): StandIn,
    ("numpy", "dtype"): _Dtype,
    ("_codecs", "encode"): _encode,  # how Python 3 writes bytes for Python 2
}
