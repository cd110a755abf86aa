"""Small IDX files, and the real ones where they are at hand."""

import gzip
import pathlib
import struct

import numpy as np
import pytest

SHARED = pathlib.Path(__file__).parents[3] / "shared" / "data"
CODES = {"uint8": 8, "int8": 9, "int16": 11, "int32": 12, "float32": 13, "float64": 14}


def idx_bytes(array, shape=None):
    """An array as an IDX file; its header may say another shape."""
    shape = array.shape if shape is None else shape
    header = struct.pack(f">BBBB{len(shape)}I", 0, 0, CODES[array.dtype.name], len(shape), *shape)
    return header + array.astype(array.dtype.newbyteorder(">")).tobytes()


def write(path, content, packed=None):
    """Write a file, gzipped if its name says so, and make its folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    packed = path.suffix == ".gz" if packed is None else packed
    path.write_bytes(gzip.compress(content) if packed else content)
    return path


def small_mnist(folder, names="{split}-{kind}-idx{dims}-ubyte.gz", n=(20, 8), first=0):
    """The four files of a small MNIST; image i of a split is filled with ``first + i``."""
    for split, count in zip(("train", "t10k"), n, strict=True):
        images = np.zeros((count, 28, 28), np.uint8)
        images += (np.arange(count, dtype=np.uint8) + first)[:, None, None]
        labels = (np.arange(count, dtype=np.uint8) + first) % 10
        for kind, array in (("images", images), ("labels", labels)):
            name = names.format(split=split, kind=kind, dims=array.ndim)
            write(folder / name, idx_bytes(array))
    return folder


@pytest.fixture
def shared():
    """The folder of the real files."""
    if not (SHARED / "mnist").exists():
        pytest.skip("needs the real files in ../shared/data")
    return SHARED
