"""IDX files: all types and shapes, and files that are not what they say."""

import gzip
import struct
import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tests.vision.conftest import CODES, idx_bytes, write
from tinygrad_np.vision.datasets import read_idx

IMAGES = np.arange(3 * 4 * 5, dtype=np.uint8).reshape(3, 4, 5)


@given(data=st.data(), packed=st.booleans())
def test_round_trip(tmp_path_factory, data, packed):
    dtype = data.draw(st.sampled_from(sorted(CODES)))
    shape = data.draw(hnp.array_shapes(min_dims=1, max_dims=4, min_side=0, max_side=4))
    array = data.draw(
        hnp.arrays(dtype, shape, elements={"allow_nan": False} if "f" in dtype else None)
    )
    path = write(tmp_path_factory.mktemp("idx") / "file", idx_bytes(array), packed)
    read = read_idx(path)
    assert read.dtype == array.dtype
    assert read.dtype.isnative
    assert read.flags.writeable
    np.testing.assert_array_equal(read, array)


WHOLE = idx_bytes(IMAGES)
PACKED = gzip.compress(WHOLE)
NOISE = gzip.compress(idx_bytes(np.random.default_rng(0).integers(0, 256, 5000, np.uint8)))
BAD = {
    "empty": (b"", "not an IDX file: it begins with nothing"),
    "text": (b"<html>not found</html>", "not an IDX file: it begins with 3c 68 74 6d"),
    "unknown type": (b"\0\0\x0a\x01\0\0\0\0", "not an IDX file"),
    "no dimensions": (b"\0\0\x08\0", "0 dimensions"),
    "cut header": (WHOLE[:10], "header of an IDX file of 3 dimensions"),
    "cut": (WHOLE[:-1], r"truncated.*\(3, 4, 5\) of uint8, 60 bytes"),
    "too much": (WHOLE + b"\0", r"\(3, 4, 5\).*there are more"),
    "cut gzip": (PACKED[:-12], "truncated or corrupted gzip"),
    "gzip cut after a block": (gzip.compress(WHOLE[:-1]), "truncated.*there are only 59"),
    "gzip of too much": (gzip.compress(WHOLE + b"\0"), "there are more"),
    "bad check sum": (PACKED[:-8] + b"\0\0\0\0" + PACKED[-4:], "truncated or corrupted gzip"),
    "bad gzip": (NOISE[:900] + bytes(9) + NOISE[909:], "truncated or corrupted gzip"),
    "something after gzip": (PACKED + b"something", "truncated or corrupted gzip"),
    "a huge claim": (
        struct.pack(">BBBB3I", 0, 0, 8, 3, 2**32 - 1, 2**32 - 1, 2**32 - 1),
        "more than 1,073,741,824 are not read",
    ),
    "a large claim": (struct.pack(">BBBB2I", 0, 0, 8, 2, 2**15, 2**14), "file is too small"),
    "a large claim, packed": (
        gzip.compress(struct.pack(">BBBB2I", 0, 0, 8, 2, 2**15, 2**14)),
        "file is too small",
    ),
}


@pytest.mark.parametrize("what", BAD)
def test_what_is_wrong_is_named(tmp_path, what):
    content, message = BAD[what]
    path = tmp_path / "some-file"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=message) as caught:
        read_idx(path)
    assert str(path) in str(caught.value)


def test_a_bomb_is_not_unpacked(tmp_path):
    bomb = gzip.compress(idx_bytes(np.zeros(10, np.uint8)) + bytes(50_000_000))
    path = tmp_path / "bomb.gz"
    path.write_bytes(bomb)
    tracemalloc.start()
    with pytest.raises(ValueError, match="there are more"):
        read_idx(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 5_000_000


def test_no_file(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_idx(tmp_path / "none")


@pytest.mark.parametrize("shape", [(1,) * 70, (0, 2**32 - 1, 2**32 - 1)])
def test_shapes_that_no_array_has(tmp_path, shape):
    header = bytes([0, 0, 8, len(shape)]) + struct.pack(f">{len(shape)}I", *shape)
    path = write(tmp_path / "odd", header + b"\1" * (0 not in shape), packed=False)
    with pytest.raises(ValueError, match=r"odd: its header says shape"):
        read_idx(path)
