"""Sorting, ranks and counts: ties, nan, forms of the results, and errors."""

import math

import numpy as np
import pytest

import tinygrad_np as tg

nan = math.nan


def test_equal_elements_keep_their_order_both_ways():
    x = tg.tensor([1, 0, 1, 0])
    assert x.argsort().tolist() == [1, 3, 0, 2]
    assert x.argsort(descending=True).tolist() == [0, 2, 1, 3]
    assert x.sort(stable=True, descending=True).indices.tolist() == [0, 2, 1, 3]


def test_nan_is_the_largest():
    x = tg.tensor([3.0, nan, 1.0, 5.0])
    assert x.argsort().tolist() == [2, 0, 3, 1]
    assert x.argsort(descending=True).tolist() == [1, 3, 0, 2]
    assert x.topk(2).indices.tolist() == [1, 3]
    assert x.topk(2, largest=False).values.tolist() == [1.0, 3.0]
    assert x.kthvalue(2).values.item() == 3.0
    assert math.isnan(x.kthvalue(4).values.item())


@pytest.mark.parametrize("dtype", [tg.bool, tg.uint8, tg.int64, tg.float32])
def test_sorting_keeps_the_dtype(dtype):
    values, indices = tg.tensor([0, 2, 1], dtype=dtype).sort(descending=True)
    assert (values.dtype, indices.dtype) == (dtype, tg.int64)
    assert values.tolist() == sorted(values.tolist(), reverse=True)


def test_gradients_go_to_where_the_values_came_from():
    x = tg.tensor([3.0, 1.0, 2.0], requires_grad=True)
    (x.sort().values * tg.tensor([1.0, 10.0, 100.0])).sum().backward()
    assert x.grad.tolist() == [100.0, 1.0, 10.0]
    x.grad = None
    x.topk(2).values.sum().backward()
    assert x.grad.tolist() == [1.0, 0.0, 1.0]


def test_ranks_of_one_number():
    x = tg.tensor(3.0)
    assert x.sort().values.item() == x.topk(1).values.item() == x.kthvalue(1).values.item() == 3.0
    assert x.median(0).indices.item() == x.argsort().item() == 0


@pytest.mark.parametrize(
    ("call", "kind", "message"),
    [
        (lambda x: x.topk(5), RuntimeError, r"k is 5.*\[2, 3\]"),
        (lambda x: x.topk(-1), RuntimeError, "k is -1"),
        (lambda x: x.kthvalue(0), RuntimeError, "k is 0"),
        (lambda x: tg.zeros(0, 3).kthvalue(1, 0), IndexError, r"non-zero size.*\[0, 3\]"),
        (lambda x: x.sort(2), IndexError, r"\[-2, 1\], but got 2"),
        (lambda x: x.median(2), IndexError, r"\[-2, 1\], but got 2"),
        (lambda x: x.quantile(1.5), RuntimeError, r"\[0, 1\] but got 1.5"),
        (lambda x: x.quantile(tg.zeros(1, 1)), RuntimeError, r"\[1, 1\]"),
        (lambda x: x.quantile(tg.tensor(0.5, dtype=tg.float64)), RuntimeError, "float64"),
        (lambda x: x.quantile(0.5, interpolation="cubic"), ValueError, "'cubic'"),
        (lambda x: x.long().quantile(0.5), RuntimeError, "floating point.*int64"),
        (lambda x: tg.zeros(0).quantile(0.5), (RuntimeError, IndexError), r"\[0\]"),
        (lambda x: tg.bincount(x), RuntimeError, r"\[2, 3\].*float32"),
        (lambda x: tg.bincount(tg.tensor([1, -1])), RuntimeError, "non-negative"),
        (
            lambda x: tg.bincount(tg.tensor([1, 1]), tg.ones(3)),
            RuntimeError,
            r"\[3\].*\[2\]",
        ),
        (lambda x: tg.histc(x, min=3, max=2), RuntimeError, "max above min; got 3 to 2"),
        (lambda x: tg.histc(tg.tensor([1.0, nan])), RuntimeError, "finite"),
        (lambda x: tg.searchsorted(x, tg.ones(3, 1)), RuntimeError, r"\[2, 3\] and \[3, 1\]"),
    ],
)
def test_errors_name_what_was_wrong(call, kind, message):
    with pytest.raises(kind, match=message):
        call(tg.zeros(2, 3))


def test_quantile_of_several_fractions():
    x = tg.arange(12.0).reshape(3, 4)
    q = tg.tensor([0.0, 0.5, 1.0])
    assert x.quantile(q, dim=1).shape == (3, 3)
    assert x.quantile(q, dim=0, keepdim=True).shape == (3, 1, 4)
    assert x.quantile(0.5, keepdim=True).shape == (1, 1)
    assert x.quantile(q).tolist() == [0.0, 5.5, 11.0]
    assert tg.quantile(tg.tensor([0.0, 1.0]), 0.6, interpolation="nearest").item() == 1.0


def test_quantile_and_nan():
    x = tg.tensor([[1.0, nan, 3.0], [1.0, 2.0, 3.0]])
    assert x.quantile(0.5, 1).isnan().tolist() == [True, False]
    assert x.nanquantile(0.5, 1).tolist() == [2.0, 2.0]
    assert math.isnan(tg.tensor([nan]).nanquantile(0.5).item())


# --- distinct elements ---


def test_unique_in_its_forms():
    x = tg.tensor([3, 1, 1, 2])
    assert x.unique().tolist() == [1, 2, 3]
    values, inverse = x.unique(return_inverse=True)
    assert values[inverse].tolist() == x.tolist()
    values, counts = tg.unique(x, return_counts=True)
    assert counts.tolist() == [2, 1, 1]
    assert tg.tensor([[3, 1], [1, 1]]).unique(return_inverse=True)[1].shape == (2, 2)


def test_unique_rows():
    x = tg.tensor([[3, 1], [3, 1], [2, 4]])
    values, inverse, counts = x.unique(dim=0, return_inverse=True, return_counts=True)
    assert values.tolist() == [[2, 4], [3, 1]]
    assert (inverse.tolist(), counts.tolist()) == ([1, 1, 0], [1, 2])


def test_each_nan_is_unique():
    assert tg.tensor([nan, nan, 1.0]).unique().shape == (3,)
    assert tg.tensor([nan, nan, 1.0]).unique_consecutive().shape == (3,)


def test_unique_of_nothing():
    assert tg.zeros(0).unique().shape == tg.zeros(0).unique_consecutive().shape == (0,)


def test_unique_gives_its_gradient_to_the_first():
    x = tg.tensor([2.0, 1.0, 2.0], requires_grad=True)
    x.unique().sum().backward()
    assert x.grad.tolist() == [1.0, 1.0, 0.0]


def test_unique_of_arrays():
    values, counts = tg.unique(np.array([1, 1, 0]), return_counts=True)
    assert (values.tolist(), counts.tolist()) == ([0, 1], [1, 2])
    assert type(counts) is np.ndarray


# --- counting ---


def test_searchsorted_in_its_forms():
    edges = tg.tensor([1, 3, 5])
    assert tg.searchsorted(edges, 3).item() == 1
    assert tg.searchsorted(edges, tg.tensor([3]), side="right").tolist() == [2]
    assert tg.searchsorted(edges, tg.tensor([3]), out_int32=True).dtype == tg.int32
    backwards = tg.tensor([5, 3, 1])
    assert tg.searchsorted(backwards, 4, sorter=backwards.argsort()).item() == 2
    assert tg.bucketize(3, edges, right=True).item() == 2


def test_bincount_with_weights():
    x = tg.tensor([1, 1, 3])
    assert x.bincount(minlength=6).tolist() == [0, 2, 0, 1, 0, 0]
    counts = x.bincount(tg.tensor([0.5, 0.5, 1.0]))
    assert (counts.tolist(), counts.dtype) == ([0.0, 1.0, 0.0, 1.0], tg.float32)
    assert x.bincount(tg.tensor([1, 2, 3])).dtype == tg.float64
    assert tg.tensor([], dtype=tg.int64).bincount(minlength=2).tolist() == [0, 0]


def test_histc_takes_its_range_from_the_elements():
    assert tg.tensor([1.0, 2.0, 1.0]).histc(4).tolist() == [2.0, 0.0, 0.0, 1.0]
    assert tg.tensor([1.0, 1.0, 1.0]).histc(4).tolist() == [0.0, 0.0, 3.0, 0.0]
    assert tg.zeros(0).histc(2).tolist() == [0.0, 0.0]


@pytest.mark.torch
def test_sort_and_counts_are_those_of_pytorch():
    import torch

    values = np.random.default_rng(0).integers(0, 4, (5, 6)).astype(np.float64)
    values[0, 0] = values[3, 4] = nan
    for dim in (0, 1):
        for descending in (False, True):
            got = tg.tensor(values).sort(dim, descending, True)
            want = torch.tensor(values).sort(dim=dim, descending=descending, stable=True)
            np.testing.assert_array_equal(got.indices.numpy(), want.indices.numpy())
            np.testing.assert_array_equal(got.values.numpy(), want.values.numpy())
    whole = np.nan_to_num(values)
    for dim in (None, 0, 1):
        for name in ("unique", "unique_consecutive"):
            options = {"return_inverse": True, "return_counts": True, "dim": dim}
            got = getattr(tg.tensor(whole), name)(**options)
            want = getattr(torch.tensor(whole), name)(**options)
            for g, w in zip(got, want, strict=True):
                np.testing.assert_array_equal(g.numpy(), w.numpy())


@pytest.mark.parametrize("name", ["max", "min", "sort", "median", "mode", "cummax"])
def test_the_gradient_finds_the_places_as_they_were(name):
    x = tg.tensor([[1.0, 3.0, 2.0]], requires_grad=True)
    values, indices = getattr(x, name)(1)
    expected = tg.autograd.grad((values * 2).sum(), x, retain_graph=True)[0]
    indices.zero_()
    indices += 2
    assert tg.equal(tg.autograd.grad((values * 2).sum(), x)[0], expected)


ORDERS_OF_BOOLS = {
    "topk": lambda lib, x: x.topk(1),
    "kthvalue": lambda lib, x: x.kthvalue(1),
    "median": lambda lib, x: x.median(),
    "median of a dimension": lambda lib, x: lib.median(x, 0),
    "nanmedian": lambda lib, x: x.nanmedian(),
    "argmax": lambda lib, x: x.argmax(),
    "argmin of a dimension": lambda lib, x: lib.argmin(x, 0),
    "max": lambda lib, x: x.max(0),
    "min": lambda lib, x: x.min(0),
    "sort": lambda lib, x: x.sort(),
    "mode": lambda lib, x: x.mode(),
}


def of_bools(lib, call):
    """The values and indices that a call gives of bools, or the type of the error."""
    try:
        return [part.tolist() for part in call(lib, lib.tensor([True, False, True]))]
    except RuntimeError as error:
        return type(error)


@pytest.mark.torch
@pytest.mark.parametrize("call", ORDERS_OF_BOOLS.values(), ids=ORDERS_OF_BOOLS)
def test_bools_have_the_orders_that_pytorch_knows(call):
    import torch

    assert of_bools(tg, call) == of_bools(torch, call)


def test_bools_have_extremes_and_no_ranks():
    assert of_bools(tg, ORDERS_OF_BOOLS["min"]) == [False, 1]
    for name in ("topk", "argmax"):
        assert of_bools(tg, ORDERS_OF_BOOLS[name]) is RuntimeError
    assert of_bools(tg, ORDERS_OF_BOOLS["median"]) is NotImplementedError
