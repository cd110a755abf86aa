"""Embedding: its options, which change gradients or the table itself, and its errors."""

import numpy as np
import pytest

import tinygrad_np as tg
from tests.ops.twins import arrays, same, same_error

INDEX = np.array([[1, 1, 2], [4, 0, 1]])
OPTIONS = [
    {},
    {"padding_idx": 1},
    {"padding_idx": -1},
    {"scale_grad_by_freq": True},
    {"padding_idx": 2, "scale_grad_by_freq": True},
]


@pytest.mark.torch
@pytest.mark.parametrize("options", OPTIONS)
def test_options(options):
    def program(T, w, i):
        return T.nn.functional.embedding(i, w, **options)

    same(program, *arrays((5, 3)), INDEX)
    same(program, *arrays((5, 3)), INDEX.astype(np.int32))
    same(program, *arrays((5, 3)), np.array(2))
    same(program, *arrays((5, 3)), np.zeros((0, 2), int))


@pytest.mark.parametrize("options", OPTIONS)
def test_second_gradients(options):
    weight = tg.tensor(arrays((5, 3))[0], requires_grad=True)

    def function(w):
        return tg.nn.functional.embedding(tg.tensor(INDEX), w, **options)

    if options:  # what is not the gradient of the forward still has a gradient of its own
        grad = tg.autograd.grad((function(weight) ** 3).sum(), weight, create_graph=True)[0]
        assert tg.autograd.grad(grad.sum(), weight)[0].shape == weight.shape
    else:
        assert tg.autograd.gradgradcheck(function, (weight,))


@pytest.mark.torch
@pytest.mark.parametrize("norm_type", [2.0, 1.0, float("inf")])
def test_rows_that_are_too_long_are_scaled_in_place(norm_type):
    def program(T, w, i):
        table = w.detach().clone()
        rows = T.nn.functional.embedding(i, table, max_norm=5.0, norm_type=norm_type)
        return rows, table

    same(program, *arrays((5, 3)), np.array([1, 2, 1]))


@pytest.mark.torch
def test_mistakes():
    def lookup(**options):
        return lambda T, w, i: T.nn.functional.embedding(i, w, **options)

    weight = arrays((5, 3))[0]
    same_error(lookup(), weight, np.array([1, 5]), says=["5", "size 5"])
    same_error(lookup(), weight, np.array([-1]), says=["-1"])
    same_error(lookup(), weight, np.array([1.0]), says=["float64", "int64"])
    same_error(lookup(), weight[0], np.array([1]), says=["[3]"])
    same_error(lookup(padding_idx=7), weight, np.array([1]), says=["7", "4"])


def test_a_table_of_many_rows():
    """The gradient of a large table, beside a loop."""
    random = np.random.default_rng(0)
    weight = tg.tensor(np.zeros((300, 64), np.float32), requires_grad=True)
    index = random.integers(0, 300, (20, 40))
    grad = random.integers(-3, 4, (20, 40, 64)).astype(np.float32)
    tg.nn.functional.embedding(tg.tensor(index), weight).backward(tg.tensor(grad))
    want = np.zeros((300, 64), np.float32)
    for i, g in zip(index.ravel(), grad.reshape(-1, 64), strict=True):
        want[i] += g
    np.testing.assert_array_equal(weight.grad.numpy(), want)
