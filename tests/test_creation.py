"""Tensors made of sizes, and their dtypes, held against PyTorch."""

import inspect
import math

import numpy as np
import pytest

import tinygrad_np as tg

# Each is called with either package: the results must print alike, dtype and all.
CALLS = [
    lambda t: t.zeros(2, 3),
    lambda t: t.zeros((2, 3)),
    lambda t: t.zeros([2]),
    lambda t: t.zeros(t.Size([2, 1])),
    lambda t: t.zeros(()),
    lambda t: t.zeros(size=(2,)),
    lambda t: t.zeros(t.tensor(2), 3),
    lambda t: t.zeros(np.int64(2)),
    lambda t: t.zeros(2, 0),
    lambda t: t.zeros(2, dtype=t.int32, device="cpu", pin_memory=False),
    lambda t: t.zeros(2, dtype=int),
    lambda t: t.ones(2, dtype=float),
    lambda t: t.ones(2, dtype=bool),
    lambda t: t.ones(2, requires_grad=True),
    lambda t: t.ones(2, dtype=t.float16),
    lambda t: t.full((2,), 3),
    lambda t: t.full((2,), 3.5),
    lambda t: t.full([2], True),
    lambda t: t.full((), 3, dtype=t.float64),
    lambda t: t.full((2,), t.tensor(3)),
    lambda t: t.full((2,), np.float64(3)),
    lambda t: t.full((2,), -1, dtype=t.uint8),
    lambda t: t.full((2,), 1.7, dtype=t.int32),
    lambda t: t.full((2,), 1.5, requires_grad=True),
    lambda t: t.full(size=(1,), fill_value=2),
    lambda t: t.zeros_like(t.ones(2, 3, dtype=t.int32)),
    lambda t: t.ones_like(t.zeros(2), dtype=t.int64),
    lambda t: t.zeros_like(t.ones(2, requires_grad=True)),
    lambda t: t.full_like(t.ones(2), 7),
    lambda t: t.full_like(t.ones(2, dtype=t.int64), 7.5),
    lambda t: t.full_like(t.ones(2), 7, dtype=t.int64),
    lambda t: t.arange(5),
    lambda t: t.arange(5.0),
    lambda t: t.arange(1, 4),
    lambda t: t.arange(1, 2.5, 0.5),
    lambda t: t.arange(5, 0, -2),
    lambda t: t.arange(0),
    lambda t: t.arange(0, 1, 0.1, dtype=t.float64),
    lambda t: t.arange(1, 1.3, 0.1),
    lambda t: t.arange(-2, 2, 0.7),
    lambda t: t.arange(True),
    lambda t: t.arange(end=5),
    lambda t: t.arange(start=1, end=6, step=2),
    lambda t: t.arange(5, dtype=t.float32),
    lambda t: t.arange(1.5, 6.5, dtype=t.int64),
    lambda t: t.arange(0, 5, 2.9, dtype=t.int64),
    lambda t: t.arange(0, -5.9, -1, dtype=t.int64),
    lambda t: t.arange(t.tensor(3)),
    lambda t: t.arange(t.tensor(3.0)),
    lambda t: t.arange(np.int64(3)),
    lambda t: t.arange(2**53, 2**53 + 3),
    lambda t: t.arange(3.0, requires_grad=True),
    lambda t: t.linspace(0, 1, 5),
    lambda t: t.linspace(0, 1, 1),
    lambda t: t.linspace(0, 1, 0),
    lambda t: t.linspace(5, -3, 4),
    lambda t: t.linspace(0, 10, 4, dtype=t.int64),
    lambda t: t.linspace(0, -7, 4, dtype=t.int64),
    lambda t: t.linspace(-3.7, 7, 6, dtype=t.int64),
    lambda t: t.linspace(t.tensor(1.0), t.tensor(2.0), 3),
    lambda t: t.linspace(start=0, end=1, steps=3, dtype=t.float64, requires_grad=True),
    lambda t: t.logspace(0, 2, 3),
    lambda t: t.logspace(0, 2, 3, base=2),
    lambda t: t.logspace(0, 1, 4, dtype=t.int64),
    lambda t: t.eye(2),
    lambda t: t.eye(2, 3),
    lambda t: t.eye(0),
    lambda t: t.eye(n=2, m=1, dtype=t.int64),
    lambda t: t.tril_indices(3, 4, offset=1),
    lambda t: t.triu_indices(3, 4, -1),
    lambda t: t.triu_indices(2, 2, dtype=t.int32),
    lambda t: t.tril_indices(0, 3),
    lambda t: t.ones(2, dtype=t.int32).new_tensor([1.5]),
    lambda t: t.ones(2, dtype=t.float64, requires_grad=True).new_tensor([1]),
    lambda t: t.ones(2, dtype=t.int32).new_tensor([1.5], dtype=t.float32),
    lambda t: t.ones(2, dtype=t.int32).new_zeros(2),
    lambda t: t.ones(2, dtype=t.int32).new_zeros((2, 1), dtype=t.float32, requires_grad=True),
    lambda t: t.ones(2, dtype=t.int32).new_ones(size=(2,)),
    lambda t: t.ones(2, dtype=t.int32).new_full((2,), 3.7),
    lambda t: t.ones(2, dtype=t.float64).new_full((2,), 3),
    lambda t: t.zeros(2, 3, layout=t.sparse_coo),
    lambda t: t.zeros(2, layout=t.sparse_coo, requires_grad=True),
    lambda t: t.empty((2, 3), layout=t.sparse_coo),
    lambda t: t.zeros_like(t.ones(2, dtype=t.float64), layout=t.sparse_coo),
    lambda t: t.zeros_like(t.ones(2, dtype=t.float64).to_sparse(), dtype=None),
    lambda t: t.empty_like(t.ones(2).to_sparse()),
    lambda t: t.ones(2, dtype=t.float64).new_zeros(2, layout=t.sparse_coo),
]


@pytest.mark.torch
@pytest.mark.parametrize("call", CALLS, ids=lambda c: inspect.getsource(c).strip()[10:-1])
def test_as_in_pytorch(call):
    import torch

    assert repr(call(tg)) == repr(call(torch))


@pytest.mark.torch
def test_steps_lie_where_pytorch_has_them():
    import torch

    random = np.random.default_rng(0)
    for _ in range(200):
        start, length = round(random.uniform(-5, 5), 1), round(random.uniform(0, 5), 2)
        step = float(random.choice([0.1, 0.25, 0.3, 1 / 3, 0.7]))
        ours, theirs = (t.arange(start, start + length, step) for t in (tg, torch))
        assert ours.shape == theirs.shape
        np.testing.assert_allclose(ours.numpy(), theirs.numpy(), rtol=2e-7, atol=1e-6)
        steps = int(random.integers(0, 80))
        ours, theirs = (t.linspace(start, start + length, steps) for t in (tg, torch))
        np.testing.assert_array_equal(ours.numpy(), theirs.numpy())


def test_arbitrary_values():
    assert tg.empty(2, 3).shape == (2, 3)
    assert tg.empty((2, 0), dtype=tg.uint8).dtype == tg.uint8
    assert tg.empty_like(tg.ones(2, 3, dtype=tg.int32)).dtype == tg.int32
    assert tg.ones(2).new_empty(3).dtype == tg.float32


def test_memory_layout_is_kept():
    x = tg.zeros(2, 3).t()
    assert tg.zeros_like(x).stride() == x.stride() == (1, 3)


def test_the_default_dtype():
    tg.set_default_dtype(tg.float64)
    try:
        made = [tg.zeros(1), tg.full((1,), 1.5), tg.arange(1.0), tg.linspace(0, 1, 2), tg.eye(1)]
        assert all(t.dtype == tg.float64 for t in [*made, tg.tensor([1.5])])
        assert tg.tensor([1]).dtype == tg.int64
    finally:
        tg.set_default_dtype(tg.float32)
    assert tg.get_default_dtype() == tg.float32


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: tg.zeros(-1), RuntimeError, r"negative, got \[-1\]"),
        (lambda: tg.zeros(), TypeError, "sizes"),
        (lambda: tg.zeros(2.0), TypeError, "2.0"),
        (lambda: tg.zeros("a"), TypeError, "'a'"),
        (lambda: tg.zeros(2, (3,)), TypeError, "ints"),
        (lambda: tg.zeros(2, foo=1), TypeError, "foo"),
        (lambda: tg.zeros(10**12, 10**8), RuntimeError, "memory"),
        (lambda: tg.zeros(2, device="cuda"), RuntimeError, "cuda"),
        (lambda: tg.zeros(2, dtype=tg.int64, requires_grad=True), RuntimeError, "int64"),
        (lambda: tg.zeros(2, dtype=np.longdouble), TypeError, "longdouble|float128"),
        (lambda: tg.full(2, 3), TypeError, "2"),
        (lambda: tg.full((2,), "a"), TypeError, "fill_value.*str"),
        (lambda: tg.full((2,), tg.ones(1)), TypeError, "fill_value.*Tensor"),
        (lambda: tg.full((2,), 300, dtype=tg.uint8), RuntimeError, "overflow.*300"),
        (lambda: tg.full((2,), float("nan"), dtype=tg.int32), RuntimeError, "nan"),
        (lambda: tg.zeros_like([1, 2]), TypeError, "list"),
        (lambda: tg.arange(0, 5, -1), RuntimeError, "0 to 5.*-1"),
        (lambda: tg.arange(0, 5, 0), RuntimeError, "nonzero"),
        (lambda: tg.arange(float("nan")), RuntimeError, "nan"),
        (lambda: tg.arange(float("inf")), RuntimeError, "inf"),
        (lambda: tg.arange("a"), TypeError, "str"),
        (lambda: tg.arange(3, requires_grad=True), RuntimeError, "int64"),
        (lambda: tg.linspace(0, 1, -1), RuntimeError, "-1"),
        (lambda: tg.linspace(0, 1, 3.0), TypeError, "3.0"),
        (lambda: tg.linspace(tg.ones(1), 2, 3), TypeError, "start"),
        (lambda: tg.eye(-1), RuntimeError, "-1"),
        (lambda: tg.tril_indices(-1, 3), RuntimeError, "-1"),
    ],
)
def test_wrong_arguments(call, error, words):
    with pytest.raises(error, match=words):
        call()


def test_range_has_its_end_and_warns():
    with pytest.warns(UserWarning, match="deprecated"):
        assert tg.range(1, 2, 0.25).tolist() == [1, 1.25, 1.5, 1.75, 2]
    with pytest.warns(UserWarning, match="deprecated"):
        assert tg.range(3, dtype=tg.int64, end=7, step=2).tolist() == [3, 5, 7]
    with pytest.raises(TypeError, match="'end'"):
        tg.range(5)


def test_constants():
    assert (tg.pi, tg.e, tg.inf) == (math.pi, math.e, math.inf)
    assert math.isnan(tg.nan)
    assert tg.ones(2)[:, tg.newaxis].shape == (2, 1)


def test_functions_in_place():
    x = tg.zeros(2)
    assert tg.cos_(x) is x
    assert x.tolist() == [1, 1]
    assert all(callable(getattr(tg, name)) for name in tg.INPLACE)


def test_dense_factories_refuse_a_sparse_layout():
    for make in (tg.ones, tg.rand, tg.eye, tg.arange):
        with pytest.raises(RuntimeError, match=r"expected layout=torch.strided, got torch.sparse"):
            make(2, layout=tg.sparse_coo)
    with pytest.raises(TypeError, match="to_dense"):
        tg.zeros_like(tg.ones(2).to_sparse(), layout=tg.strided)
