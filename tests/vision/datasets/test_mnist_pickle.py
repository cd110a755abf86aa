"""mnist.pkl.gz: pickles of both Pythons and both NumPys, and pickles that are something else."""

import gzip
import io
import os
import pickle
import struct

import numpy as np
import pytest

from tests.vision.conftest import write
from tinygrad_np.vision.datasets import MNIST, read_mnist_pickle

PIXELS = np.arange(9 * 784, dtype=np.uint8).reshape(9, 784)
LABELS = np.arange(9) % 10


def splits(scale=256, dtype=np.float32):
    x = (PIXELS / scale).astype(dtype)
    return tuple((x[i : i + n], LABELS[i : i + n]) for i, n in ((0, 5), (5, 2), (7, 2)))


class Python2(pickle._Pickler):
    """Writes strings and bytes as Python 2 wrote its strings."""

    dispatch = dict(pickle._Pickler.dispatch)

    def save_string(self, obj):
        data = obj.encode("latin1") if isinstance(obj, str) else obj
        self.write(pickle.BINSTRING + struct.pack("<i", len(data)) + data)
        self.memoize(obj)

    dispatch[bytes] = dispatch[str] = save_string


def python2(obj):
    stream = io.BytesIO()
    Python2(stream, 2).dump(obj)
    return stream.getvalue().replace(b"numpy._core", b"numpy.core")


def test_python_2(tmp_path):
    content = python2(splits())
    assert b"numpy.core.multiarray" in content
    assert b"encode" not in content
    check(write(tmp_path / "mnist.pkl.gz", content))


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("packed", [False, True])
def test_python_3(tmp_path, protocol, packed):
    check(write(tmp_path / "mnist.pkl", pickle.dumps(splits(), protocol), packed))


@pytest.mark.parametrize(
    "made",
    [
        lambda: splits(255, np.float64),
        lambda: splits(256, ">f4"),
        lambda: [[x.copy(order="F"), list_of(y)] for x, y in splits()],
        lambda: [(x, y.astype(np.uint8)) for x, y in splits()],
    ],
)
def test_arrays_of_other_kinds(tmp_path, made):
    check(write(tmp_path / "mnist.pkl", pickle.dumps(made())))


def list_of(labels):
    return labels.astype(np.int32)


def check(path):
    (x, y), (vx, vy), (tx, ty) = read_mnist_pickle(path)
    np.testing.assert_array_equal(np.concatenate([x, vx, tx]), PIXELS.reshape(-1, 28, 28))
    np.testing.assert_array_equal(np.concatenate([y, vy, ty]), LABELS)
    assert x.dtype == np.uint8
    assert y.dtype == np.int64
    assert (len(x), len(vx), len(tx)) == (5, 2, 2)


def test_the_dataset_finds_it(tmp_path):
    write(tmp_path / "some" / "folder" / "mnist.pkl.gz", python2(splits()))
    assert MNIST.found_in(tmp_path)
    train, test = MNIST(tmp_path), MNIST(tmp_path, train=False)
    assert (len(train), len(test)) == (7, 2)
    np.testing.assert_array_equal(train.data.numpy().reshape(7, 784), PIXELS[:7])
    assert test.targets.tolist() == [7, 8]


class Runs:
    """A pickle of it calls a function."""

    def __init__(self, function, *args):
        self.call = function, args

    def __reduce__(self):
        return self.call


def with_array(array):
    x, y = splits()[0]
    return (array, y), (x, y), (x, y)


HOSTILE = {
    "a command": (Runs(os.mkdir, "made"), "asks for .*mkdir"),
    "eval": (Runs(eval, "1 + 1"), "asks for __builtin__.eval"),
    "open": (Runs(open, "made", "w"), "asks for .*open"),
    "an attribute": (Runs(getattr, np.ndarray, "fill"), "asks for __builtin__.getattr"),
    "in an array": (with_array(Runs(os.mkdir, "made")), "asks for .*mkdir"),
    "a large array": (Runs(np.zeros, 10**12), "asks for numpy.zeros"),
    "objects": (with_array(np.array([object()], object)), "not a pickle of MNIST"),
    "records": (with_array(np.zeros(2, "i4,f4")), "an array of type 'V8'"),
    "text": (with_array(np.array(["a"])), "an array of type 'U1'"),
    "a number": (5, "not iterable"),
    "two splits": (splits()[:2], "not enough values"),
    "no arrays": (((1, 2),) * 3, "no attribute 'array'"),
    "wrong shape": (with_array(np.zeros((5, 783))), r"\(N, 784\).*\(5, 783\), \(5,\)"),
    "wrong count": (with_array(np.zeros((4, 784))), r"\(4, 784\), \(5,\)"),
    "wrong labels": (tuple((x, y + 5) for x, y in splits()), "labels from 0 to 9"),
    "float labels": (tuple((x, y + 0.5) for x, y in splits()), "labels from 0 to 9"),
    "negative pixels": (with_array(np.full((5, 784), -1.0)), "pixels from 0 to 1"),
    "uneven pixels": (with_array(np.full((5, 784), 0.123)), "pixels from 0 to 1"),
    "nan": (with_array(np.full((5, 784), np.nan)), "pixels from 0 to 1"),
    "huge": (with_array(np.full((5, 784), 1e300)), "pixels from 0 to 1"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_nothing_but_arrays_is_made(tmp_path, monkeypatch, what):
    made, message = HOSTILE[what]
    monkeypatch.chdir(tmp_path)
    path = write(tmp_path / "mnist.pkl.gz", pickle.dumps(made, 2))
    with pytest.raises(ValueError, match=message) as caught:
        read_mnist_pickle(path)
    assert str(path) in str(caught.value)
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_a_dtype_with_a_state_of_its_own(tmp_path):
    stream = b"\x80\x02cnumpy\ndtype\nX\x02\x00\x00\x00O8K\x00K\x01\x87R."
    path = write(tmp_path / "mnist.pkl", stream)
    with pytest.raises(ValueError, match="an array of type 'O8'"):
        read_mnist_pickle(path)


@pytest.mark.parametrize(
    "content", [b"", b"text", pickle.dumps(splits())[:-100], gzip.compress(b"", mtime=0)[:5]]
)
def test_truncated(tmp_path, content):
    path = tmp_path / "mnist.pkl.gz"
    path.write_bytes(content)
    with pytest.raises(ValueError, match="not a pickle of MNIST"):
        read_mnist_pickle(path)


def test_a_bomb_is_not_unpacked(tmp_path, monkeypatch):
    from tinygrad_np.vision.datasets import pickles

    monkeypatch.setattr(pickles, "LIMIT", 10_000)
    path = write(tmp_path / "mnist.pkl.gz", pickle.dumps((bytes(20_000),) * 3, 2))
    with pytest.raises(ValueError, match="more than 10,000 bytes"):
        read_mnist_pickle(path)
