"""Old spellings: tensor types that make tensors of one dtype, and Variable."""

import numpy as np
import pytest

import tinygrad_np as tg
from tinygrad_np.autograd import Variable

TYPES = ["Bool", "Byte", "Char", "Double", "Float", "Half", "Int", "Long", "Short"]
NUMPY = ["bool", "uint8", "int8", "float64", "float32", "float16", "int32", "int64", "int16"]


@pytest.mark.parametrize(("name", "dtype"), list(zip(TYPES, NUMPY, strict=True)))
def test_values_sizes_and_types(name, dtype):
    make = getattr(tg, f"{name}Tensor")
    for data in ([1.5, 0.0], (1, 0), np.array([1.0, 0.0])):
        x = make(data)
        np.testing.assert_array_equal(x.numpy(), np.array(data).astype(dtype))
        assert x.numpy().dtype == dtype
    assert make(2, 3).shape == (2, 3)
    assert make(tg.Size([4])).shape == (4,)
    assert make().shape == (0,)
    assert isinstance(x, make)
    others = [getattr(tg, f"{n}Tensor") for n in TYPES if n != name]
    assert not any(isinstance(x, other) for other in others)
    assert not isinstance(x.numpy(), make)
    assert tg.zeros(2).type(make).dtype == x.dtype
    assert x.type() == f"torch.{name}Tensor"


def test_arrays_of_the_dtype_are_not_copied():
    array = np.ones(2, np.float32)
    shared = tg.FloatTensor(array), tg.ones(1).new(array), tg.Tensor(array)
    copied = tg.DoubleTensor(array)
    array[0] = 5
    assert [x.tolist() for x in shared] == [[5, 1]] * 3
    assert copied.tolist() == [1, 1]


def test_wrong_data():
    with pytest.raises(TypeError, match=r"LongTensor\(\): expected .* got float"):
        tg.LongTensor(1.5)
    with pytest.raises(TypeError, match=r"expected a tensor of torch.int64, got one of torch.f"):
        tg.LongTensor(tg.ones(2))
    with pytest.raises(TypeError, match="has to be a tensor, but got list"):
        Variable([1.0])


def test_variables():
    x = tg.ones(2)
    v = Variable(x, requires_grad=True)
    assert v.requires_grad
    assert not x.requires_grad
    assert isinstance(x, Variable)
    (v * 3).sum().backward()
    assert v.grad.tolist() == [3, 3]
    v.data[0] = 7
    assert x[0] == 7
    assert not Variable(v * 2).requires_grad


@pytest.mark.torch
def test_as_in_torch():
    import torch

    for name in TYPES:
        ours, theirs = (getattr(lib, f"{name}Tensor") for lib in (tg, torch))
        for data in ([[1.5, 0.0]], np.array([2.5, 0.0])):
            got, want = ours(data), theirs(data)
            assert repr(got.dtype) == repr(want.dtype)
            np.testing.assert_array_equal(got.numpy(), want.numpy())


def test_the_class_of_tensors_stands_for_the_default_floats():
    assert tg.tensor([1, 0]).type(tg.Tensor).dtype == tg.float32


@pytest.mark.torch
def test_factors_that_come_second():
    import torch

    def values(of):
        x, y = of.tensor([1.0, 2.0]), of.tensor([3.0, 5.0])
        calls = [
            (of.add, x, 3, y), (x.clone().add_, 3, y), (x.sub, of.tensor(0.5), y),
            (of.addcmul, x, 0.5, y, x), (x.clone().addcmul_, 0.5, y, y),
            (x.clone().addcdiv_, -0.5, y, x),
        ]  # fmt: skip
        for call, *args in calls:
            with pytest.warns(UserWarning, match="deprecated"):
                yield call(*args).tolist()

    torch_values = []
    torch.set_warn_always(True)
    try:
        torch_values = list(values(torch))
    finally:
        torch.set_warn_always(False)
    assert list(values(tg)) == torch_values
    for wrong in ((tg.add, tg.ones(1), tg.ones(1), tg.ones(1)), (tg.mul, tg.ones(1), 2, 3)):
        with pytest.raises(TypeError):
            wrong[0](*wrong[1:])


def test_devices_and_bools():
    for make in (tg.Tensor, tg.FloatTensor, tg.ones(1).new):
        assert make(2, 3, device="cpu").shape == (2, 3)
        assert make([1, 2], device=tg.device("cpu")).tolist() == [1, 2]
        with pytest.raises(RuntimeError, match="cuda"):
            make(2, device="cuda")
        for data in ((True,), (True, False)):
            with pytest.raises(TypeError, match="expected sizes, or a sequence"):
                make(*data)


@pytest.mark.torch
@pytest.mark.parametrize("data", [(True,), (True, False), (1.5,)])
def test_pytorch_refuses_what_is_no_size(data):
    import torch

    for lib in (tg, torch):
        with pytest.raises(TypeError):
            lib.Tensor(*data)
