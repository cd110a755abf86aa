"""Conversion of dtypes in PyTorch's spellings, and values written in place."""

import itertools

import numpy as np
import pytest

import tinygrad_np as tg
from tests.ops.twins import arrays, same, same_error

KINDS = ["float16", "float32", "float64", "uint8", "int8", "int16", "int32", "int64", "bool"]
METHODS = ["half", "float", "double", "byte", "char", "short", "int", "long", "bool"]


@pytest.mark.torch
@pytest.mark.parametrize(("kind", "method"), list(itertools.product(KINDS, METHODS)))
def test_every_pair_of_dtypes(kind, method):
    values = np.array([0, 1, 3, 5.75, 100]).astype(kind)
    same(lambda T, x: getattr(x.detach(), method)(), values)
    same(lambda T, x: x.detach().to(getattr(T, kind)), values)


SPELLINGS = [
    lambda T, x: x.to(T.float32),
    lambda T, x: x.to("cpu"),
    lambda T, x: x.to("cpu:0", T.float32),
    lambda T, x: x.to(T.device("cpu"), T.float32, False, True),
    lambda T, x: x.to(T.zeros(1, dtype=T.int32)),
    lambda T, x: x.to(dtype=T.float32),
    lambda T, x: x.to(device="cpu", dtype=T.float32, non_blocking=True, copy=True),
    lambda T, x: x.to(T.float32, True),
    lambda T, x: x.to(T.float32, True, True),
    lambda T, x: x.to(None),
    lambda T, x: x.to(),
    lambda T, x: x.to(float),
    lambda T, x: x.to(copy=True),
    lambda T, x: x.type(T.float32),
    lambda T, x: x.type("torch.LongTensor"),
    lambda T, x: x.type("torch.HalfTensor"),
    lambda T, x: x.type_as(T.zeros(1)),
    lambda T, x: x.float().double() * x,
]


@pytest.mark.torch
@pytest.mark.parametrize("program", SPELLINGS)
def test_spellings(program):
    same(program, *arrays((2, 3)))


@pytest.mark.torch
def test_mistakes():
    same_error(lambda T, x: x.to("float64"), *arrays((2,)), says=["float64"])
    same_error(lambda T, x: x.to(T.float32, "a"), *arrays((2,)))
    same_error(lambda T, x: x.type("foo"), *arrays((2,)), says=["foo", "torch.LongTensor"])
    with pytest.raises(RuntimeError, match="'cuda' is not available"):
        tg.zeros(2).to("cuda")


@pytest.mark.torch
@pytest.mark.parametrize("kind", KINDS)
def test_names_of_types(kind):
    import torch

    assert (
        tg.zeros(1, dtype=getattr(tg, kind)).type()
        == torch.zeros(1, dtype=getattr(torch, kind)).type()
    )


def test_the_tensor_itself_if_nothing_changes():
    x = tg.zeros(2)
    for same_tensor in (
        x.to(tg.float32),
        x.to("cpu"),
        x.float(),
        x.type("torch.FloatTensor"),
        x.type_as(x),
        x.astype(np.float32),
        x.cpu(),
    ):
        assert same_tensor is x
    copy = x.to(tg.float32, copy=True)
    copy.add_(1)
    assert x.tolist() == [0, 0]


def test_a_gradient_comes_back_in_the_dtype_of_its_tensor():
    x = tg.ones(2, dtype=tg.float16, requires_grad=True)
    x.double().mul(3).sum().backward()
    assert x.grad.dtype is tg.float16
    assert x.grad.tolist() == [3, 3]


def test_values_out_of_range_are_converted_without_a_warning():
    assert tg.tensor([np.nan, np.inf, 1e300]).double().long().dtype is tg.int64
    assert tg.tensor([1e300], dtype=tg.float64).float().tolist() == [np.inf]


# --- values in place ---

FILLS = [
    lambda T, y: y.copy_(y[0] * 2),
    lambda T, y: y.copy_(T.tensor([1, 2, 3]), non_blocking=True),
    lambda T, y: y.copy_(T.tensor(5)),
    lambda T, y: y[0].copy_(y[1] * 2),
    lambda T, y: y.fill_(2.5),
    lambda T, y: y.fill_(y[0, 0] * 2),
    lambda T, y: y[:, 0].fill_(7),
    lambda T, y: y.zero_(),
    lambda T, y: y.mT.zero_(),
    lambda T, y: y.fill_diagonal_(9),
    lambda T, y: y.fill_diagonal_(9, wrap=True),
    lambda T, y: y.mT.fill_diagonal_(9, True),
]


@pytest.mark.torch
@pytest.mark.parametrize("change", FILLS)
def test_in_place(change):
    def program(T, x):
        y = x * 1
        assert change(T, y) is not None
        return y * y

    same(program, *arrays((7, 3)))
    same(program, *arrays((7, 3), dtype=np.int64))
    same_error(lambda T, x: change(T, x), *arrays((7, 3)), says=["leaf"])


@pytest.mark.torch
def test_what_can_not_be_written():
    values = arrays((3, 4))
    same_error(lambda T, x: (x * 1).copy_(T.zeros(2)), *values, says=["[3, 4]", "[2]"])
    same_error(lambda T, x: (x * 1).copy_(T.zeros(1, 3, 4)), *values, says=["[1, 3, 4]"])
    same_error(lambda T, x: (x * 1).fill_(T.zeros(1)), *values, says=["[1]"])
    same_error(lambda T, x: x[0].detach().fill_diagonal_(1), *values, says=["[4]"])
    same_error(lambda T, x: T.zeros(2, 3, 4).fill_diagonal_(1), *values, says=["[2, 3, 4]"])
    same(lambda T, x: T.zeros(2, 2, 2).fill_diagonal_(3), *values)


def test_what_is_copied_from_a_leaf_is_no_leaf():
    w = tg.ones(3, requires_grad=True)
    y = tg.zeros(3).copy_(w)
    assert not y.is_leaf
    y.mul_(2)
    y.sum().backward()
    assert w.grad.tolist() == [2, 2, 2]
