"""Functions of one tensor where they are not smooth: kinks, the ends of their domains, inf, nan."""

import functools
import importlib

import numpy as np
import pytest

import tinygrad_np as tg
from tinygrad_np.nn import functional as F

INF = float("inf")
NAN = float("nan")
POINTS = [-INF, -1e30, -1000.0, -20.0, -6.0, -3.0, -1.0, -0.5, 0.0, 1e-30, 0.5, 1.0, 1.5, 2.5]
POINTS += [3.0, 6.0, 7.0, 20.0, 20.5, 1000.0, 1e30, INF, NAN]

IN_TORCH = """
    abs sign floor ceil trunc round frac neg reciprocal square sqrt rsqrt exp exp2 expm1 sigmoid
    log log2 log10 log1p sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh erf erfc
    erfinv nan_to_num relu selu celu hardshrink isnan isinf isfinite isposinf isneginf signbit
    logical_not sinc i0 logit"""
IN_SPECIAL = """
    entr erfcx i0e i1 i1e log_ndtr ndtr ndtri
    modified_bessel_k0 modified_bessel_k1 scaled_modified_bessel_k0 scaled_modified_bessel_k1
    spherical_bessel_j0"""
IN_FUNCTIONAL = """
    elu gelu silu mish softplus softsign logsigmoid tanhshrink relu6 leaky_relu rrelu hardtanh
    hardsigmoid hardswish softshrink"""
KEEP_INTEGERS = "abs floor ceil trunc round frac neg square nan_to_num relu hardshrink"
CALLS = {
    **{f"x**{e}": lambda x, F, e=e: x**e for e in (0, 1, 2, 3, -1, 0.5, -2.5)},
    **{f"{b}**x": lambda x, F, b=b: b**x for b in (0, 1, 2, 0.5)},
    "x % 2": lambda x, F: x % 2,
    "x % -2.5": lambda x, F: x % -2.5,
    "1 / x": lambda x, F: 1 / x,
    "fmod": lambda x, F: x.fmod(2.5),
    "div floor": lambda x, F: x.div(2, rounding_mode="floor"),
    "div trunc": lambda x, F: x.div(2.5, rounding_mode="trunc"),
    "clamp": lambda x, F: x.clamp(-1, 1),
    "clamp upside down": lambda x, F: x.clamp(1, -1),
    "clamp min": lambda x, F: x.clamp(min=0),
    "clamp max": lambda x, F: x.clamp_max(1),
    "threshold": lambda x, F: F.threshold(x, 0.5, 9),
    "gelu tanh": lambda x, F: F.gelu(x, approximate="tanh"),
    "softplus": lambda x, F: F.softplus(x, 2, 1),
    "elu": lambda x, F: F.elu(x, 0.5),
    "hardtanh": lambda x, F: F.hardtanh(x, 0.5, 0.5),
}
# At -0 and nan, and far out where PyTorch's own value has lost its digits, nothing is promised.
UNLIKE = {
    "softsign": [-INF, -1e30, 1e30, INF],
    "x**0.5": [-INF],
    "gelu": [-20.0, -6.0],
    "gelu tanh": [-6.0],
    "i1e": [-1e30, 1e30],
    "ndtr": [-20.0],
    "log_ndtr": [-INF, -1e30],
}


def cases():
    def call(x, F, name):
        return getattr(x, name)() if hasattr(x, name) else getattr(F, name)(x)

    def special(x, F, name):
        return getattr(importlib.import_module(F.__name__.split(".")[0]).special, name)(x)

    for name in (IN_TORCH + IN_FUNCTIONAL).split():
        yield name, functools.partial(call, name=name)
    for name in IN_SPECIAL.split():
        yield name, functools.partial(special, name=name)
    yield from CALLS.items()


def function_of(name):
    return getattr(tg, name, None) or getattr(F, name)


@pytest.mark.torch
@pytest.mark.parametrize(("name", "call"), list(cases()), ids=lambda c: c if type(c) is str else "")
def test_every_point_is_as_in_torch_and_without_a_warning(name, call):
    import torch

    values = np.array([p for p in POINTS if p not in UNLIKE.get(name, ())])
    ours = tg.tensor(values, requires_grad=True)
    theirs = torch.tensor(values, requires_grad=True)
    got, want = call(ours, F), call(theirs, torch.nn.functional)
    assert repr(got.dtype) == repr(want.dtype)
    np.testing.assert_allclose(got.numpy(force=True), want.numpy(force=True), 1e-9, 1e-300)
    if want.requires_grad:
        got.sum().backward()
        want.sum().backward()
        known = ~np.isnan(values)
        np.testing.assert_allclose(
            ours.grad.numpy()[known],
            theirs.grad.numpy()[known],
            rtol=1e-7,  # of hardsigmoid, whose 1 / 6 is a float32 in PyTorch
            atol=1e-300,
        )


@pytest.mark.parametrize(
    ("name", "at", "gradient"),
    [
        ("relu", 0.0, 0.0),
        ("abs", 0.0, 0.0),
        ("sign", 0.0, 0.0),
        ("floor", 2.0, 0.0),
        ("sqrt", 0.0, INF),
        ("relu6", 6.0, 0.0),
        ("leaky_relu", 0.0, 0.01),
        ("elu", 0.0, 1.0),
        ("hardtanh", 1.0, 0.0),
        ("hardsigmoid", 3.0, 0.0),
        ("hardswish", 3.0, 1.0),
        ("hardswish", -3.0, 0.0),
        ("hardshrink", 0.5, 0.0),
        ("softshrink", 0.5, 0.0),
    ],
)
def test_gradient_at_a_kink(name, at, gradient):
    x = tg.tensor(at, requires_grad=True)
    function_of(name)(x).backward()
    assert x.grad.item() == pytest.approx(gradient)


@pytest.mark.parametrize(
    ("name", "second"),
    [
        ("i0", 0.5), ("i1", 0.0), ("bessel_j0", -0.5), ("bessel_j1", 0.0), ("i1e", 0.0),
        ("sinc", -(np.pi**2) / 3), ("spherical_bessel_j0", -1 / 3),
    ],
)  # fmt: skip
def test_second_derivatives_at_0_are_numbers(name, second):
    x = tg.tensor(0.0, requires_grad=True)
    (first,) = tg.autograd.grad(getattr(tg.special, name)(x), x, create_graph=True)
    (got,) = tg.autograd.grad(first, x)
    assert got.item() == pytest.approx(second)


def test_a_flat_function_stops_infinite_gradients():
    x = tg.tensor([1.5, -2.0], requires_grad=True)
    tg.floor(x).backward(tg.tensor([INF, NAN]))
    assert x.grad.tolist() == [0.0, 0.0]


@pytest.mark.parametrize("size", [3, 40_000])
@pytest.mark.parametrize("dtype", [tg.float16, tg.float32, tg.float64])
def test_gelu_has_the_accuracy_of_its_dtype(dtype, size):
    from scipy.special import ndtr

    x = tg.tensor(np.linspace(-5, 5, size)).to(dtype)
    exact = x.numpy().astype(np.float64)
    got = F.gelu(x)
    assert got.dtype == dtype
    bound = {2: 2e-3, 4: 1e-6, 8: 1e-13}[dtype.itemsize]
    # as with 1 + erf(x), which PyTorch takes, the tail has the digits that a number near 1 has
    atol = {2: 4e-5, 4: 3e-7, 8: 2e-15}[dtype.itemsize]
    np.testing.assert_allclose(got.numpy(), exact * ndtr(exact), rtol=bound, atol=atol)


@pytest.mark.parametrize("name", ["sigmoid", "softplus", "logsigmoid", "silu", "mish", "gelu"])
def test_far_out_nothing_is_lost(name):
    function = function_of(name)
    x = tg.tensor([-80.0, -30.0, 30.0, 80.0], requires_grad=True)
    exact = tg.tensor(x.tolist(), dtype=tg.float64, requires_grad=True)
    function(x).sum().backward()
    function(exact).sum().backward()
    np.testing.assert_allclose(
        function(x).detach().numpy(), function(exact).detach().numpy(), 1e-5, 1e-37
    )
    if name != "sigmoid":  # whose gradient is made of 1 - sigmoid(x)
        np.testing.assert_allclose(x.grad.numpy(), exact.grad.numpy(), 1e-5, 1e-36)


@pytest.mark.parametrize(
    "name", [n for n in IN_TORCH.split() if not n.startswith(("is", "sign", "logical"))]
)
def test_dtypes_of_results(name):
    function = getattr(tg, name)
    assert function(tg.ones(3)).dtype == tg.float32
    assert function(tg.ones(3, dtype=tg.float64)).dtype == tg.float64
    assert function(tg.ones(3, dtype=tg.float16)).dtype == tg.float16
    assert function(tg.ones(())).dtype == tg.float32
    want = tg.int64 if name in KEEP_INTEGERS.split() else tg.float32
    assert function(tg.tensor([1, 0])).dtype == want


def test_round_takes_decimals():
    x = tg.tensor([0.5, 1.5, 2.5, -0.5, 12.345, 155.0])
    assert tg.round(x).tolist() == [0.0, 2.0, 2.0, 0.0, 12.0, 155.0]
    assert tg.round(x, decimals=-1).tolist() == [0.0, 0.0, 0.0, 0.0, 10.0, 160.0]
    np.testing.assert_allclose(tg.round(x, decimals=2)[4:].numpy(), [12.34, 155.0], rtol=1e-6)


def test_nan_to_num_takes_values_and_has_zero_gradients_there():
    x = tg.tensor([NAN, INF, -INF, 2.0], requires_grad=True)
    out = tg.nan_to_num(x, nan=1.0, neginf=-5.0)
    assert out.tolist() == [1.0, float(np.finfo(np.float32).max), -5.0, 2.0]
    out.sum().backward()
    assert x.grad.tolist() == [0.0, 0.0, 0.0, 1.0]


def test_bools_are_no_numbers():
    flags = tg.tensor([True, False])
    for call in (lambda: -flags, lambda: +flags, lambda: flags - flags):
        with pytest.raises(RuntimeError, match="bool"):
            call()
    assert (~flags).tolist() == [False, True]
    assert tg.sign(flags).tolist() == [True, False]
    assert tg.square(flags).dtype == tg.int64


def test_hardswish_passes_nan_on():
    x = tg.tensor([float("nan"), 1.0], requires_grad=True)
    tg.nn.functional.hardswish(x).sum().backward()
    assert np.isnan(x.grad[0].item())
