"""Tensors made of data, held against PyTorch; what memory they share."""

import array
import enum
import functools
import inspect

import numpy as np
import pytest

import tinygrad_np as tg


class Number(enum.IntEnum):
    ONE = 1


CALLS = [
    lambda t: t.tensor(3),
    lambda t: t.tensor(3.0),
    lambda t: t.tensor(True),
    lambda t: t.tensor([]),
    lambda t: t.tensor([[], []]),
    lambda t: t.tensor([[1, 2], [3, 4]]),
    lambda t: t.tensor((1, 2.5)),
    lambda t: t.tensor([True, 2]),
    lambda t: t.tensor([True, 2.0]),
    lambda t: t.tensor(range(3)),
    lambda t: t.tensor([Number.ONE, 2]),
    lambda t: t.tensor(np.float64(2)),
    lambda t: t.tensor(np.float32(2)),
    lambda t: t.tensor(np.bool_(1)),
    lambda t: t.tensor(np.arange(3, dtype=np.int16)),
    lambda t: t.tensor([np.float64(1.0), 2]),
    lambda t: t.tensor([2.0, np.float64(1.0)]),
    lambda t: t.tensor([np.float32(1.0), 2.0]),
    lambda t: t.tensor([np.int32(1), 2]),
    lambda t: t.tensor([np.int32(1), np.int16(1)]),
    lambda t: t.tensor([np.array([1.0, 2.0]), [3, 4]]),
    lambda t: t.tensor([np.array([1, 2]), [3.0, 4]]),
    lambda t: t.tensor([t.tensor(1.0, dtype=t.float64), 2]),
    lambda t: t.tensor([t.tensor([1.0]), 2]),
    lambda t: t.tensor([t.ones((), requires_grad=True), t.ones(())]),
    lambda t: t.tensor([float("nan"), 1e400, -0.0, 1e39]),
    lambda t: t.tensor([1, 2], dtype=t.float16),
    lambda t: t.tensor([1.7, -2.2], dtype=t.int64),
    lambda t: t.tensor([-1, -255], dtype=t.uint8),
    lambda t: t.tensor(2**64 - 1, dtype=t.uint64),
    lambda t: t.tensor([[1, 0]], dtype=t.bool),
    lambda t: t.tensor([1.5], dtype=float),
    lambda t: t.tensor([1.5], dtype=int),
    lambda t: t.tensor([1, 2.0], requires_grad=True),
    lambda t: t.tensor(np.array([300, -1]), dtype=t.uint8),
    lambda t: t.as_tensor([1, 2]),
    lambda t: t.as_tensor(3),
    lambda t: t.as_tensor(np.arange(3)),
    lambda t: t.as_tensor(t.ones(2, requires_grad=True)),
    lambda t: t.asarray([1.0, 2]),
    lambda t: t.asarray(np.arange(3.0), requires_grad=True),
    lambda t: t.asarray(5),
    lambda t: t.from_numpy(np.zeros(2, np.uint16)),
    lambda t: t.frombuffer(bytearray(8), dtype=t.float32),
    lambda t: t.frombuffer(bytearray(8), dtype=t.float32, count=1, offset=4),
    lambda t: t.scalar_tensor(3),
    lambda t: t.scalar_tensor(True),
    lambda t: t.scalar_tensor(3, dtype=t.int64),
]


@pytest.mark.torch
@pytest.mark.filterwarnings("ignore::UserWarning")  # PyTorch's, of what is slow or unwise there
@pytest.mark.parametrize("call", CALLS, ids=lambda c: inspect.getsource(c).strip()[10:-1])
def test_as_in_pytorch(call):
    import torch

    assert repr(call(tg)) == repr(call(torch))


def test_tensor_copies():
    source = np.ones(3)
    held = tg.ones(3, dtype=tg.float64, requires_grad=True)
    for data in (source, held):
        made = tg.tensor(data)
        assert not np.shares_memory(made.numpy(), np.asarray(data.data))
        assert not made.requires_grad
    assert tg.tensor(np.ones((3, 2)).T).stride() == (1, 2)


def test_what_shares_memory():
    source = np.ones(3, np.float32)
    for make in (tg.as_tensor, tg.asarray, tg.from_numpy, tg.from_dlpack):
        assert np.shares_memory(make(source).numpy(), source)
    assert np.shares_memory(tg.asarray(source, copy=False).numpy(), source)
    assert not np.shares_memory(tg.asarray(source, copy=True).numpy(), source)
    assert not np.shares_memory(tg.as_tensor(source, tg.float64).numpy(), source)
    buffer = bytearray(4)
    tg.frombuffer(buffer, dtype=tg.uint8)[1] = 7
    assert buffer[1] == 7
    backwards = tg.from_numpy(source[::-1])  # PyTorch has no negative strides
    backwards[0] = 9
    assert source[2] == 9


def test_tensors_stay_on_the_tape():
    x = tg.ones(2, requires_grad=True)
    assert tg.as_tensor(x) is x
    tg.as_tensor(x, dtype=tg.float64).sum().backward()
    np.testing.assert_array_equal(x.grad.numpy(), [1, 1])
    assert tg.asarray(x, copy=True) is not x
    assert tg.asarray(x, copy=True).grad_fn is not None


def test_read_only_memory_is_not_written():
    source = np.ones(3)
    source.flags.writeable = False
    for t in (tg.from_numpy(source), tg.frombuffer(b"abc", dtype=tg.uint8)):
        with pytest.raises(RuntimeError, match="read-only"):
            t.fill_(0)


def test_other_sources():
    assert tg.tensor(array.array("f", [1, 2])).dtype == tg.float32
    assert tg.tensor(memoryview(np.arange(3))).tolist() == [0, 1, 2]
    assert tg.tensor(np.array([1.5], ">f4")).tolist() == [1.5]


@pytest.mark.torch
def test_pytorch_and_back():
    import torch

    theirs = torch.arange(6.0).reshape(2, 3)
    ours = tg.from_dlpack(theirs)
    ours[0, 0] = 7
    assert theirs[0, 0] == 7
    back = torch.from_dlpack(ours)
    back[1, 1] = 8
    assert ours[1, 1] == 8
    assert tg.tensor(theirs).tolist() == theirs.tolist()
    assert torch.tensor(ours).tolist() == ours.tolist()
    assert tg.tensor([theirs[0, 1], 2]).tolist() == [1, 2]
    with pytest.raises(BufferError, match="detach"):
        torch.from_dlpack(tg.ones(2, requires_grad=True))


@pytest.mark.parametrize(
    ("data", "error", "words"),
    [
        ([[1, 2], [3]], ValueError, r"length 2 at dim 1 \(got 1\)"),
        ([[[1], [2]], [[3], [4, 5]]], ValueError, r"length 1 at dim 2 \(got 2\)"),
        ([[1, 2], 3], ValueError, "length 2 at dim 1 .got a number"),
        ([1, [2, 3]], ValueError, "a number at dim 1 .got 2"),
        ([[], [1]], ValueError, "length 0 at dim 1 .got 1"),
        ([np.ones(2), np.ones(1)], ValueError, "length 2 at dim 1"),
        ([tg.ones(2), tg.ones(2)], ValueError, r"\[2\].*stack"),
        (functools.reduce(lambda inner, _: [inner], range(70), 1), ValueError, "dimension of 64"),
        ("a", TypeError, "str"),
        (["a"], TypeError, "str"),
        (b"abc", TypeError, "bytes"),
        (None, RuntimeError, "NoneType"),
        ([None], RuntimeError, "NoneType"),
        ({}, RuntimeError, "dict"),
        ((x for x in [1]), RuntimeError, "generator"),
        (np.array(["a"]), TypeError, "<U1"),
        (np.zeros(2, np.clongdouble), TypeError, "complex256|clongdouble"),
        ([2**63], RuntimeError, "overflow"),
        (2**70, RuntimeError, "overflow"),
    ],
    ids=lambda v: str(v)[:30],
)
def test_what_is_no_data(data, error, words):
    with pytest.raises(error, match=words):
        tg.tensor(data)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: tg.tensor([300], dtype=tg.uint8), RuntimeError, "300.*255"),
        (lambda: tg.tensor([-256], dtype=tg.uint8), RuntimeError, "-256"),
        (lambda: tg.tensor([-129], dtype=tg.int8), RuntimeError, "-129"),
        (lambda: tg.tensor([float("nan")], dtype=tg.int64), RuntimeError, "nan"),
        (lambda: tg.tensor([2.0**63], dtype=tg.int64), RuntimeError, "overflow"),
        (lambda: tg.tensor([1, 2], requires_grad=True), RuntimeError, "int64"),
        (lambda: tg.tensor(1, 2), TypeError, "positional"),
        (lambda: tg.tensor([1], device="cuda"), RuntimeError, "cuda"),
        (lambda: tg.tensor([1], foo=2), TypeError, "foo"),
        (lambda: tg.tensor([1], dtype="datetime64"), TypeError, "datetime64"),
        (lambda: tg.from_numpy([1]), TypeError, "list"),
        (lambda: tg.from_numpy(np.float64(3)), TypeError, "float64"),
        (lambda: tg.from_numpy(np.zeros(2, "U3")), TypeError, "<U3"),
        (lambda: tg.from_numpy(np.zeros(2, ">f8")), ValueError, ">f8.*float64"),
        (lambda: tg.asarray([1.0], copy=False), ValueError, "list"),
        (lambda: tg.asarray(np.ones(2), dtype=tg.int8, copy=False), ValueError, "int8"),
        (lambda: tg.frombuffer(bytearray(7), dtype=tg.float32), ValueError, "multiple"),
        (lambda: tg.frombuffer(bytearray(8), dtype=tg.float32, count=3), ValueError, "smaller"),
        (lambda: tg.frombuffer([1], dtype=tg.float32), TypeError, "bytes-like"),
        (lambda: tg.scalar_tensor([3]), TypeError, "list"),
    ],
)
def test_wrong_arguments(call, error, words):
    with pytest.raises(error, match=words):
        call()


@pytest.mark.parametrize("make", [tg.from_numpy, tg.as_tensor])
def test_shared_memory_with_channels_last_stays_the_users(make):
    users = np.zeros((2, 4, 5, 3)).transpose(0, 3, 1, 2)
    t = make(users)
    t[0].add_(1)
    t.detach().mul_(3)
    assert np.shares_memory(t.numpy(), users)
    assert (users[0] == 3).all()
    assert not users[1].any()
    assert t.stride() == (60, 1, 15, 3)


def test_asarray_detaches_where_it_is_told_to():
    x = tg.ones(2, requires_grad=True) * 2
    assert tg.asarray(x).grad_fn is x.grad_fn
    detached = tg.asarray(x, requires_grad=False)
    assert not detached.requires_grad
    assert np.shares_memory(detached.numpy(), x.detach().numpy())
    assert tg.asarray(x, requires_grad=True).grad_fn is x.grad_fn


@pytest.mark.parametrize("make", [tg.tensor, tg.as_tensor, tg.asarray])
@pytest.mark.parametrize("array", [np.array([1.0, None], object), np.array(["1", "2"])])
def test_arrays_of_objects_are_refused_whatever_dtype_is_asked_for(make, array):
    with pytest.raises(TypeError, match="can't hold elements"):
        make(array, dtype=tg.float32)
