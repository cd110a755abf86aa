"""The memory of tensors, and tensors put elsewhere in it."""

import numpy as np
import pytest

import tinygrad_np as tg


def grid():
    return tg.arange(6.0).view(2, 3)


@pytest.mark.parametrize(
    ("view", "offset"),
    [
        (lambda x: x, 0), (lambda x: x.t(), 0), (lambda x: x[1], 3), (lambda x: x[:, 1:], 1),
        (lambda x: x.view(3, 2)[1:, 1], 3), (lambda x: x.expand(4, 2, 3), 0),
    ],
)  # fmt: skip
def test_a_view_has_the_storage_of_its_base(view, offset):
    x = grid()
    y = view(x)
    assert y.storage().tolist() == [0, 1, 2, 3, 4, 5]
    assert y.storage_offset() == offset
    assert y.storage().data_ptr() == x.data_ptr() == x.untyped_storage().data_ptr()
    assert y.storage() == x.storage() != x.clone().storage()


def test_sizes_and_elements():
    s = grid().storage()
    assert (s.size(), len(s), s.nbytes(), s.element_size()) == (6, 6, 24, 4)
    assert (s.dtype, s[2], s[-1], s[1:3].tolist()) == (tg.float32, 2.0, 5.0, [1, 2])
    assert (
        repr(s[:1])
        == " 0.0\n[torch.storage.TypedStorage(dtype=torch.float32, device=cpu) of size 1]"
    )
    b = tg.tensor([1, 2], dtype=tg.int16).untyped_storage()
    assert (b.nbytes(), b.size(), b.tolist()) == (4, 4, list(np.array([1, 2], "i2").tobytes()))
    assert tg.zeros(0).storage().size() == 0
    with pytest.raises(IndexError, match="index 6 out of range for storage of size 6"):
        s[6]
    with pytest.raises(RuntimeError, match="self was 6 elements but src was 2"):
        s.copy_(s[:2])


def test_their_size_is_that_of_their_memory():
    for of in (tg.Tensor.storage, tg.Tensor.untyped_storage):
        grown = of(tg.ones(100)).__sizeof__() - of(tg.ones(10)).__sizeof__()
        assert grown == 360


def test_changes_are_the_tensors_and_are_counted():
    x = tg.ones(3, requires_grad=True)
    y = x * 2
    z = (y * y).sum()
    s = y.detach().storage()
    s[0] = 7
    s[1:] = 8
    assert y.tolist() == [7, 8, 8]
    assert s.clone().fill_(0).tolist() == [0, 0, 0]
    with pytest.raises(RuntimeError, match="modified by an inplace"):
        z.backward()


def test_resize():
    x = grid()
    assert x.t().resize_(2, 2).tolist() == [[0, 1], [2, 3]]
    assert x[1].resize_((3, 1)).tolist() == [[3], [4], [5]]
    y = tg.tensor([1, 2])
    assert y.resize_(3).resize_(2).tolist() == [1, 2]
    assert y.resize_as_(x).shape == (2, 3)
    with pytest.raises(RuntimeError, match="cannot resize variables that require grad"):
        tg.ones(2, requires_grad=True).resize_(3)
    with pytest.raises(RuntimeError, match=r"\[-1\]"):
        y.resize_(-1)


def test_set():
    x, y = grid(), tg.empty(0)
    assert y.set_(x) is y
    y[0, 0] = 9
    assert x[0, 0] == 9
    assert y.set_(x.storage(), 1, (2, 2), (1, 2)).tolist() == [[1, 3], [2, 4]]
    assert y.set_(x.untyped_storage(), 2).tolist() == [2, 3, 4, 5]
    assert y.set_().shape == (0,)
    for wrong in (lambda: y.set_(x.storage(), 1, (2, 3)), lambda: y.set_(x.storage(), -1, (2,))):
        with pytest.raises(RuntimeError, match="out of bounds for storage of 6 elements"):
            wrong()
    with pytest.raises(RuntimeError, match=r"float32 to a tensor or storage of torch.int64"):
        y.set_(tg.tensor([1]))
    with pytest.raises(RuntimeError, match="requires grad"):
        tg.ones(1, requires_grad=True).set_(x)


def test_new():
    x = tg.zeros(2, dtype=tg.int64)
    assert x.new(2, 3).shape == (2, 3)
    assert x.new().shape == (0,)
    assert x.new([1.5, 2]).tolist() == [1, 2]
    assert x.new(x).data_ptr() == x.data_ptr()
    assert x.new(np.ones(2)).dtype == tg.int64
    with pytest.raises(TypeError, match=r"new\(\): expected sizes"):
        x.new(1.5)


@pytest.mark.torch
@pytest.mark.filterwarnings("ignore")
def test_as_in_torch():
    import torch

    def seen(lib):
        x = lib.arange(6.0).view(2, 3)
        yield repr(x.storage())
        yield repr(x[1].untyped_storage())
        yield x.t()[1:].storage_offset(), x[:, 2].storage().size(), x.storage().nbytes()
        yield x.t().resize_(2, 2).tolist()
        yield lib.empty(0).set_(x.storage(), 1, (2, 2), (1, 2)).tolist()
        yield lib.empty(0).set_(x[1:]).tolist()
        yield x[0].resize_(4).tolist()
        yield x.new([1, 2]).dtype.__repr__(), tuple(x.new(2, 3).shape)

    assert list(seen(tg)) == list(seen(torch))
