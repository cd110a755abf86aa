"""Reductions at kinks, ties, nan and inf, their dtypes, overloads and errors."""

import math

import numpy as np
import pytest

import tinygrad_np as tg

nan, inf = math.nan, math.inf


def gradient(function, values, dtype=tg.float64):
    """The gradient of the sum of what a function makes of these values."""
    x = tg.tensor(values, dtype=dtype, requires_grad=True)
    function(x).sum().backward()
    return x.grad.tolist()


# --- ties and kinks ---


def test_max_of_all_shares_its_gradient_evenly():
    assert gradient(lambda x: x.max(), [1.0, 3.0, 3.0]) == [0.0, 0.5, 0.5]
    assert gradient(lambda x: x.min(), [[1.0, 1.0], [3.0, 1.0]]) == [[1 / 3, 1 / 3], [0.0, 1 / 3]]


def test_amax_shares_evenly_along_dim():
    assert gradient(lambda x: x.amax(1), [[1.0, 3.0, 3.0], [2.0, 1.0, 0.0]]) == [
        [0.0, 0.5, 0.5],
        [1.0, 0.0, 0.0],
    ]


def test_max_along_dim_gives_all_to_the_first():
    assert gradient(lambda x: x.max(0).values, [1.0, 3.0, 3.0]) == [0.0, 1.0, 0.0]
    assert tg.tensor([1.0, 3.0, 3.0]).max(0).indices.item() == 1


def test_median_of_all_shares_evenly():
    assert gradient(lambda x: x.median(), [2.0, 1.0, 2.0, 3.0]) == [0.5, 0.0, 0.5, 0.0]


def test_second_gradient_at_a_tie_is_zero():
    x = tg.tensor([2.0, 2.0], requires_grad=True)
    (first,) = tg.autograd.grad(x.max() ** 2, x, create_graph=True)
    assert first.tolist() == [2.0, 2.0]
    (second,) = tg.autograd.grad(first.sum(), x)
    assert second.tolist() == [1.0, 1.0]


@pytest.mark.parametrize("p", [0, 0.5, 1, 1.5, 2, 3, inf])
def test_norm_of_zero_has_gradient_zero(p):
    assert gradient(lambda x: x.norm(p), [0.0, 0.0]) == [0.0, 0.0]
    x = tg.zeros(3, requires_grad=True)
    (first,) = tg.autograd.grad(x.norm(), x, create_graph=True)
    assert tg.autograd.grad(first.sum(), x)[0].tolist() == [0.0] * 3


def test_std_of_equal_elements_has_gradient_zero():
    assert gradient(lambda x: x.std(), [2.0, 2.0]) == [0.0, 0.0]


def test_prod_with_zeros_has_first_and_second_gradients():
    assert gradient(lambda x: x.prod(), [2.0, 0.0, 3.0]) == [0.0, 6.0, 0.0]
    assert gradient(lambda x: x.prod(), [0.0, 0.0, 3.0]) == [0.0, 0.0, 0.0]
    x = tg.tensor([0.0, 0.0, 3.0], requires_grad=True)
    (first,) = tg.autograd.grad(x.prod(), x, create_graph=True)
    assert tg.autograd.grad(first[0], x)[0].tolist() == [0.0, 3.0, 0.0]


def test_cumprod_with_zeros_has_a_gradient():
    assert gradient(lambda x: x.cumprod(0), [2.0, 0.0, 3.0]) == [1.0, 8.0, 0.0]


# --- nan, inf, nothing ---


def test_nan_wins():
    x = tg.tensor([2.0, nan, 1.0, nan])
    for function in (tg.max, tg.min, tg.amax, tg.amin, tg.median, tg.sum, tg.mean):
        assert math.isnan(function(x).item())
    for function in (tg.max, tg.min, tg.median):
        assert function(x, 0).indices.item() == 1
    assert (x.argmax().item(), x.argmin().item()) == (1, 1)
    assert gradient(lambda x: x.max(), [nan, 1.0, nan]) == [0.5, 0.0, 0.5]


def test_nan_is_skipped():
    x = tg.tensor([[2.0, nan, 4.0], [nan, nan, nan]])
    assert x.nansum(1).tolist() == [6.0, 0.0]
    assert x.nanmean(1).tolist()[0] == 3.0
    assert math.isnan(x.nanmean(1)[1].item())
    assert x.nanmedian(1).values.tolist()[0] == 2.0
    assert math.isnan(x.nanmedian(1).values[1].item())
    assert gradient(lambda x: x.nansum(), [nan, 1.0]) == [0.0, 1.0]
    assert gradient(lambda x: x.nanmean(), [nan, 1.0, 2.0]) == [0.0, 0.5, 0.5]


def test_logsumexp_of_infinities():
    x = tg.tensor([[-inf, -inf], [inf, 1.0], [-inf, 1.0]])
    assert x.logsumexp(1).tolist() == [-inf, inf, 1.0]
    assert gradient(lambda x: x.logsumexp(0), [-inf, -inf]) == [0.0, 0.0]
    assert gradient(lambda x: x.logsumexp(0), [-inf, 1.0]) == [0.0, 1.0]
    assert tg.zeros(0, 2).logsumexp(0).tolist() == [-inf, -inf]


def test_no_warning_for_inf_and_nan():
    x = tg.tensor([inf, -inf, 1.0])
    for result in (x.sum(), x.mean(), x.var(), x.cumsum(0)[1], x.logsumexp(0) - inf):
        assert math.isnan(result.item())


def test_reductions_of_nothing():
    nothing = tg.zeros(0)
    assert nothing.sum().item() == 0.0
    assert nothing.prod().item() == 1.0
    assert math.isnan(nothing.mean().item())
    assert math.isnan(nothing.median().item())
    assert (nothing.any().item(), nothing.all().item()) == (False, True)
    assert tg.zeros(2, 0).mean(1).isnan().tolist() == [True, True]
    assert tg.zeros(0, 3).amax(1).shape == (0,)


@pytest.mark.parametrize("name", ["max", "min", "amax", "amin", "argmax", "argmin", "aminmax"])
def test_no_extreme_of_nothing(name):
    function = getattr(tg, name)
    with pytest.raises((RuntimeError, IndexError), match=r"numel\(\) == 0.*\[0, 3\]"):
        function(tg.zeros(0, 3))
    with pytest.raises(IndexError, match="dim 0 to have non-zero size"):
        function(tg.zeros(0, 3), dim=0)


def test_var_without_degrees_of_freedom_warns():
    with pytest.warns(UserWarning, match="degrees of freedom"):
        assert math.isnan(tg.tensor([2.0]).var().item())
    with pytest.warns(UserWarning, match="degrees of freedom"):
        assert tg.tensor([2.0, 3.0]).var(correction=3).item() == inf
    with pytest.warns(UserWarning, match=r"shape \[0\]"):
        assert math.isnan(tg.zeros(0).std().item())


# --- dtypes ---


def test_integers_add_up_to_int64():
    for dtype in (tg.bool, tg.uint8, tg.int32):
        x = tg.ones(300, dtype=dtype)
        assert (x.sum().dtype, x.prod().dtype, x.cumsum(0).dtype) == (tg.int64,) * 3
        assert x.sum().item() == 300


def test_float32_stays_float32():
    x = tg.ones(3, 2, requires_grad=True)
    for y in (x.sum(), x.mean(0), x.var(), x.std(1), x.norm(), x.norm(3), x.logsumexp(0), x.max()):
        assert y.dtype == tg.float32
        y.sum().backward()
    assert x.grad.dtype == tg.float32


def test_float32_is_added_pairwise():
    x = tg.full((1_000_000,), 0.1)
    assert abs(x.sum().item() - 100_000) < 0.1


def test_dtype_of_the_result():
    x = tg.tensor([1, 2, 4])
    assert (x.sum(dtype=tg.float32) / 2).item() == 3.5
    assert x.mean(dtype=tg.float64).dtype == tg.float64
    assert x.prod(dtype=tg.float32).dtype == tg.float32
    assert x.cumprod(0, dtype=tg.int32).dtype == tg.int32
    y = tg.ones(3, requires_grad=True)
    y.sum(dtype=tg.float64).backward()
    assert y.grad.dtype == tg.float32


@pytest.mark.parametrize("name", ["mean", "var", "std", "norm", "nanmean"])
def test_integers_have_no_mean(name):
    with pytest.raises(RuntimeError, match=r"floating point.*int64.*\[2\].*float\(\)"):
        getattr(tg.tensor([1, 2]), name)()


def test_any_and_all_of_uint8_are_uint8():
    assert tg.tensor([0, 2], dtype=tg.uint8).any().dtype == tg.uint8
    assert tg.tensor([0.0, nan]).any().item() is True


# --- overloads ---


def test_max_in_its_three_forms():
    x, y = tg.tensor([1.0, 5.0]), tg.tensor([3.0, 4.0])
    assert x.max().item() == 5.0
    assert x.max(dim=-1, keepdim=True).values.tolist() == [5.0]
    assert tg.max(x, y).tolist() == [3.0, 5.0]
    assert tg.min(x, other=y).tolist() == [1.0, 4.0]
    values, indices = x.min(0)
    assert (values.item(), indices.item()) == (1.0, 0)


def test_var_in_its_three_forms():
    x = tg.tensor([[1.0, 3.0], [2.0, 6.0]])
    assert x.var(1, False).tolist() == [1.0, 4.0]
    assert x.var(1, True, True).tolist() == [[2.0], [8.0]]
    assert x.var(dim=1, correction=0).tolist() == [1.0, 4.0]
    assert x.var(False).item() == x.var(unbiased=False).item() == 3.5
    deviation, mean = tg.std_mean(x, dim=1, correction=0)
    assert (deviation.tolist(), mean.tolist()) == ([1.0, 2.0], [2.0, 4.0])


def test_dims_by_position_list_and_numpy_name():
    x = tg.arange(6.0).reshape(2, 3)
    assert x.sum(1, True).tolist() == x.sum(axis=1, keepdims=True).tolist() == [[3.0], [12.0]]
    assert x.max(axis=1, keepdims=True).values.tolist() == [[2.0], [5.0]]
    assert x.var(axis=1, correction=0).shape == x.median(axis=1).values.shape == (2,)
    assert x.sum([0, 1]).item() == x.sum(()).item() == x.sum(dim=(-1, -2)).item() == 15.0
    assert tg.tensor(2.0).sum(-1).item() == tg.tensor(2.0).max(0).values.item() == 2.0


@pytest.mark.parametrize("name", ["sum", "mean", "amax", "var", "logsumexp", "norm", "any"])
def test_dims_that_are_not_there(name):
    def function(dim):
        return getattr(tg.ones(2, 3), name)(dim=dim)

    with pytest.raises(IndexError, match=r"range of \[-2, 1\], but got 2"):
        function(2)
    with pytest.raises(RuntimeError, match="appears multiple times"):
        function((0, -2))


@pytest.mark.parametrize("name", ["sum", "mean", "amax", "any", "argmax", "max", "std", "topk"])
def test_a_second_dim_by_position_is_refused(name):
    with pytest.raises(TypeError, match=r"must be True or False, not 1.*\(0, 1\)"):
        getattr(tg.ones(2, 3), name)(*([1] if name == "topk" else []), 0, 1)


@pytest.mark.parametrize("name", ["prod", "argmax", "cumsum", "max", "softmax"])
def test_several_dims_where_there_is_one(name):
    with pytest.raises(TypeError, match=r"one int.*\(0, 1\)"):
        getattr(tg.ones(2, 3), name)((0, 1))


def test_named_tuples_print_as_in_pytorch():
    text = repr(tg.tensor([1.0, 5.0]).max(0))
    assert text == "torch.return_types.max(\nvalues=tensor(5.),\nindices=tensor(1))"


def test_norms_of_vectors_and_matrices():
    x = tg.tensor([[3.0, 0.0], [0.0, -4.0]])
    assert tg.linalg.norm(x).item() == x.norm().item() == x.norm("fro").item() == 5.0
    assert tg.linalg.norm(x, 1).item() == 4.0
    assert tg.linalg.norm(x, 1, dim=0).tolist() == [3.0, 4.0]
    assert tg.linalg.vector_norm(x, 1).item() == 7.0
    assert tg.linalg.vector_norm(x, dtype=tg.float64).dtype == tg.float64
    with pytest.raises(RuntimeError, match=r"must be 1D or 2D. Got 3D.*\[2, 3, 4\]"):
        tg.linalg.norm(tg.ones(2, 3, 4), 2)
    assert tg.linalg.matrix_norm(x, "nuc").item() == pytest.approx(7.0)
    assert tg.linalg.matrix_norm(x, 2).item() == pytest.approx(4.0)
    with pytest.raises(RuntimeError, match="2-tuple"):
        tg.linalg.matrix_norm(x, dim=(0,))
    with pytest.raises(RuntimeError, match=r"inf norm of no elements.*\[0\]"):
        tg.zeros(0).norm(inf)
    assert x.norm("nuc").item() == pytest.approx(7.0)
    with pytest.raises(RuntimeError, match="'fro' or 'nuc', got 'max'"):
        x.norm("max")


def test_in_place_scans():
    x = tg.tensor([1.0, 2.0, 3.0], requires_grad=True)
    y = x * 1
    y.cumsum_(0)
    y.sum().backward()
    assert (y.tolist(), x.grad.tolist()) == ([1.0, 3.0, 6.0], [3.0, 2.0, 1.0])
    assert tg.tensor([1.0, 2.0]).cumprod_(0).tolist() == [1.0, 2.0]


def test_running_extremes_go_on_with_nan():
    values, indices = tg.tensor([1.0, 1.0, nan, 0.0, 3.0]).cummax(0)
    assert indices.tolist() == [0, 1, 2, 2, 2]
    assert values.isnan().tolist() == [False, False, True, True, True]


@pytest.mark.torch
@pytest.mark.parametrize(
    "function",
    [
        lambda t, x: x.max(),
        lambda t, x: x.amax(1),
        lambda t, x: x.median(),
        lambda t, x: x.std(0),
        lambda t, x: x.prod(1),
        lambda t, x: x.cumprod(1),
        lambda t, x: x.cummax(1).values,
        lambda t, x: t.linalg.vector_norm(x, inf, 1),
        lambda t, x: t.linalg.vector_norm(x, 1.5, 1),
        lambda t, x: x.quantile(0.4, 1),
        lambda t, x: t.aminmax(x, dim=1).max,
        lambda t, x: x.logcumsumexp(0),
    ],
)
def test_gradients_at_ties_are_those_of_pytorch(function):
    import torch

    values = np.array([[0.0, 2.0, 2.0, 0.0], [1.0, 1.0, 1.0, 1.0], [0.0, 0.0, 0.0, 0.0]])
    x, y = tg.tensor(values, requires_grad=True), torch.tensor(values, requires_grad=True)
    got, want = function(tg, x), function(torch, y)
    np.testing.assert_allclose(got.detach().numpy(), want.detach().numpy(), rtol=1e-12)
    got.sum().backward()
    want.sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), y.grad.numpy(), rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("name", ["max", "amax", "median"])
def test_what_is_not_chosen_has_no_gradient_however_large_the_one_that_comes(name):
    x = tg.tensor([-1.0, 0.0, -2.0] if name != "median" else [-1.0, 0.0, 2.0], requires_grad=True)
    getattr(x, name)().sqrt().backward()
    assert x.grad.tolist() == [0, np.inf, 0]


def test_trapezoid_takes_its_points_by_name():
    y, x = tg.tensor([1.0, 2.0, 3.0]), tg.tensor([0.0, 1.0, 3.0])
    for function in (tg.trapezoid, tg.trapz):
        assert function(y, x=x).item() == function(y=y, x=x, axis=0).item() == 6.5
