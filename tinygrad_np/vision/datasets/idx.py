"""IDX files, the format of MNIST: a few numbers that give the shape, then the elements.

Source: http://yann.lecun.com/exdb/mnist/
"""

from __future__ import annotations

import gzip
import math
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np

__all__ = ["read_idx"]

TYPES = {8: "u1", 9: "i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}
LIMIT = 1 << 30  # bytes of elements; MNIST has 47 MB
DEFLATE = 1032  # no gzip file unpacks to more than so many times its size


def read_idx(path: str | Path) -> np.ndarray[Any, np.dtype[Any]]:
    """Read an IDX file, gzipped or not.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    ndarray
        Of uint8, int8, int16, int32, float32 or float64.

    Raises
    ------
    ValueError
        If the file is no IDX file, if it holds less or more than its header says, if its gzip
        data are corrupted, or if it claims to hold more than 1 GiB. What a file only claims is
        never allocated.
    OSError
        If it can't be read.

    Examples
    --------
    >>> from tinygrad_np.vision import datasets
    >>> read_idx(datasets.Digits.folder / "t10k-images-idx3-ubyte.gz").shape
    (10000, 28, 28)
    """
    path = Path(path)
    size = path.stat().st_size
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
        file.seek(0)
        stream: Any = gzip.GzipFile(fileobj=file) if packed else file
        try:
            return _read(stream, path, size * DEFLATE if packed else size)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise ValueError(f"{path}: truncated or corrupted gzip data: {error}") from error


def _read(stream: Any, path: Path, most: int) -> np.ndarray[Any, np.dtype[Any]]:
    magic = stream.read(4)
    if len(magic) < 4 or magic[:2] != b"\0\0" or magic[2] not in TYPES:
        raise ValueError(f"{path}: not an IDX file: it begins with {magic.hex(' ') or 'nothing'}")
    dims = magic[3]
    header = stream.read(4 * dims)
    if len(header) < 4 * dims or not dims:
        raise ValueError(f"{path}: ends within the header of an IDX file of {dims} dimensions")
    shape = struct.unpack(f">{dims}I", header)
    dtype = np.dtype(TYPES[magic[2]])
    size = math.prod(shape) * dtype.itemsize
    claim = f"its header says shape {shape} of {dtype.name}, {size:,} bytes"
    if size > LIMIT:
        raise ValueError(f"{path}: {claim}; more than {LIMIT:,} are not read")
    if size > most:
        raise ValueError(f"{path}: truncated: {claim}, but the file is too small for that")
    try:
        array = np.empty(shape, dtype)
    except ValueError as error:  # too many dimensions, or beside a 0 one that is too long
        raise ValueError(f"{path}: {claim}: {error}") from error
    memory = array.reshape(-1).view(np.uint8)
    done = 0
    while done < size:
        count = stream.readinto(memory[done:])
        if not count:
            raise ValueError(f"{path}: truncated: {claim}, but there are only {done:,}")
        done += count
    if stream.read(1):
        raise ValueError(f"{path}: {claim}, but there are more")
    return array.astype(dtype.newbyteorder("="), copy=False)
