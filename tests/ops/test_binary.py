"""Functions of two tensors and numbers: promotion, ties, division by zero, errors."""

import re

import numpy as np
import pytest

import tinygrad_np as tg

INF = float("inf")
NAN = float("nan")

EXPRESSIONS = """
    f + d; f + i; i + 1.5; i + 1; b + b; b + 1; b * b; i * b; u + 3; u - 3; zero + f
    f - zero; f * h; h + 1.5; 1 - i; f / i; i / i; i / 2; b / b; 1 / i; i // 2; i // -2
    2 // i; i // -2.5; f // 0; i % 2; i % -2.5; 7 % i; f % 2; f % -2; f % f; i ** 2
    2 ** i; 2.0 ** b; b ** 2; i ** 0.5; f ** i; i ** i; d ** f; i & 1; 1 & i; b & True
    b & 1; i | 3; i ^ i; ~i; ~u; ~b; i << 1; 1 << i; i >> 1; i << -1; i << 64; -i; +f
    abs(i); f < 0; i <= -3; 0 < f; f == 1.5; f != d; i > 2.5; i >= f; f == i
"""
CALLS = """
    torch.add(b, b, alpha=2); torch.add(b, True, alpha=0); b.clone().add_(b, alpha=True)
    torch.add(b, b, alpha=False); torch.add(b, i, alpha=3)
    torch.add(u, u, alpha=-1); torch.sub(u, 1, alpha=-1); u.clone().sub_(u, alpha=-1)
    torch.add(f, i, alpha=2); torch.sub(f, i, alpha=2); torch.rsub(f, 1, alpha=2)
    torch.add(1, f); torch.sub(1, f); torch.div(i, 2, rounding_mode="trunc")
    torch.div(i, -2, rounding_mode="floor"); torch.div(f, 0.7, rounding_mode="trunc")
    torch.fmod(i, 2); torch.fmod(f, -0.7); torch.remainder(5, i); torch.pow(2, f)
    torch.addcmul(f, i, d, value=2); torch.addcmul(i, i, i, value=2); torch.addcdiv(f, i, f)
    torch.lerp(f, f + 1, 0.3); torch.lerp(f, f + 1, tensor([0.3, 0.9])); torch.maximum(i, f)
    torch.lerp(f, f + 1, tensor(0.7, dtype=torch.float64)); torch.minimum(b, b)
    torch.where(b, f, d); torch.where(b, f, 1); torch.where(b, 1, 2); torch.where(b, 1.0, 2)
    torch.where(b, i, 1.5); torch.where(b, zero, f); torch.where(b)[0]; f.where(b, 7)
    torch.clamp(i, 0.5); torch.clamp(i, min=tensor(0.5)); torch.clamp(f, max=d); b.clamp(0, 1)
    torch.clip(f, 0, 1); torch.logaddexp(f, d); torch.hypot(f, i); torch.atan2(i, i)
    torch.xlogy(i, i); torch.xlogy(2, f); torch.xlogy(f, 2); torch.copysign(i, -1)
    torch.copysign(f, i); torch.heaviside(f, tensor(0.5)); torch.heaviside(zero * f, tensor(0.5))
    torch.isclose(i, i); torch.isclose(nans, nans); torch.isclose(nans, nans, equal_nan=True)
    torch.logical_and(i, f); torch.logical_xor(b, f); torch.bitwise_left_shift(i, 2)
    torch.bitwise_right_shift(i, 1); torch.nan_to_num(i); torch.signbit(i); torch.isposinf(i)
    torch.equal(f, d); torch.equal(f, f[:1]); torch.equal(i, f); torch.allclose(f, f + 1e-9)
    torch.maximum(nans, f[:1]); torch.minimum(nans, f[:1]); torch.logaddexp(nans, nans)
    torch.true_divide(i, 4); torch.floor_divide(i, 2)
    tensor([1, -1, -1, 0]) ** tensor([-1, -2, -3, -1])
"""


def lines(text):
    """The expressions of a text, between semicolons and line ends."""
    return [part.strip() for part in re.split("[;\n]", text) if part.strip()]


def names(torch):
    tensor = torch.tensor
    return {
        "torch": torch,
        "tensor": tensor,
        "f": tensor([1.5, -2.0]),
        "d": tensor([1.0, 2.5], dtype=torch.float64),
        "h": tensor([0.5, 2.0], dtype=torch.float16),
        "i": tensor([3, -3]),
        "u": tensor([1, 2], dtype=torch.uint8),
        "b": tensor([True, False]),
        "zero": tensor(0.25, dtype=torch.float64),
        "nans": tensor([NAN, INF, -INF]),
    }


@pytest.mark.torch
@pytest.mark.parametrize("text", lines(CALLS + EXPRESSIONS))
def test_value_and_dtype_are_as_in_torch(text):
    import torch

    got, want = eval(text, names(tg)), eval(text, names(torch))
    if isinstance(want, bool):
        assert got is want
        return
    assert repr(got.dtype) == repr(want.dtype)
    np.testing.assert_allclose(got.numpy(), want.numpy(), rtol=1e-6)


@pytest.mark.torch
@pytest.mark.parametrize(
    "text",
    lines("""
    i // 0; i % 0; torch.fmod(i, 0); torch.div(i, 0, rounding_mode="trunc"); b // b; b % b
    b - b; i ** -1; i.add(i, alpha=0.5); i.sub(i, alpha=0.5); b.add(b, alpha=1.0)
    u.add(u, alpha=300)
    i.add(i, alpha=True); f.add(b, alpha=False); f.add(f, alpha=1j); i.sub(i, alpha=1j)
    torch.addcdiv(f, i, i); b ** b
    torch.div(f, f, rounding_mode="up"); f.clamp(); torch.where(i, f, f); torch.isclose(f, d)
    torch.allclose(f, i); torch.isclose(f, f, rtol=-1); torch.heaviside(f, d); f & f; i | f
    f << 1; ~f; 1.5 & i; f + "a"; f + None; f + [1, 2]; f < "a"; torch.add(f, [1, 2]); -b
    torch.clamp(f, "a"); i.sigmoid_(); i.add_(1.5); i.div_(2); i.mul_(f); b.add_(1)
    torch.nn.functional.prelu(f, d); torch.nn.functional.gelu(f, approximate="x")
    torch.nn.functional.hardtanh(f, 1, -1); torch.nn.functional.softshrink(f, -1)
    torch.nn.functional.rrelu(f, 0.3, 0.1); torch.nn.functional.celu(f, 0.0)
    torch.nn.functional.prelu(f, f); torch.nn.functional.glu(f[:1]); torch.nn.functional.glu(f, 3)
    torch.nn.functional.glu(zero); f + torch.ones(3); torch.maximum(f, torch.ones(3))
    f.add_(torch.ones(2, 2)); f["a":]; torch.mul(f, None)
    """),
)
def test_errors_have_torch_s_type(text):
    import torch

    with pytest.raises(Exception) as theirs:
        eval(text, names(torch))
    with pytest.raises(Exception) as ours:
        eval(text, names(tg))
    assert issubclass(ours.type, theirs.type) or issubclass(theirs.type, ours.type)


@pytest.mark.parametrize(
    "call",
    [
        lambda x, a: x.add(x, alpha=a),
        lambda x, a: tg.addcmul(x, x, x, value=a),
        lambda x, a: tg.addmm(x, x, x, beta=a),
        lambda x, a: tg.nn.functional.leaky_relu(-x, a),
        lambda x, a: tg.nn.functional.layer_norm(x, (2,), eps=a),
        lambda x, a: tg.nn.functional.batch_norm(x, None, None, training=True, eps=a),
        lambda x, a: tg.nn.functional.batch_norm(x, x.detach()[0], x.detach()[1], eps=a),
        lambda x, a: tg.nn.functional.huber_loss(x, 3 * x, delta=a),
        lambda x, a: x.norm(a),
    ],
)
def test_a_parameter_of_numpy_s_types_is_a_number(call):
    x, y = (tg.tensor([[1.0, 2.0], [4.0, 5.0]], requires_grad=True) for _ in range(2))
    got, want = call(x, np.float64(1.5)), call(y, 1.5)
    got.sum().backward()
    want.sum().backward()
    assert got.dtype == tg.float32
    assert tg.equal(got, want)
    assert tg.equal(x.grad, y.grad)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda x: x + "a", "'Tensor' and 'str'"),
        (lambda x: tg.mul(x, [1, 2]), "mul.*'other'.*list"),
        (lambda x: tg.clamp(x, "a"), "clamp.*'min'.*str"),
        (lambda x: x // tg.tensor([[1, 0]]), "division by zero|zero"),
        (lambda x: x & 1.5, "float32.*long"),
        (lambda x: tg.isclose(x, x * 1.0), "int64 and float32.*to"),
        (lambda x: tg.where(x, 1, 2), r"int64 of shape \[2\].*bool"),
        (lambda x: tg.div(x, x, rounding_mode="up"), "'up'"),
        (lambda x: x**-2, "-2.*float"),
        (lambda x: x.add(x, alpha=0.5), "0.5.*float"),
        (lambda x: x.add(x, alpha=np.float32(0.5)), "0.5.*float"),
        (lambda x: tg.nn.functional.glu(x[:1]), r"dimension 0 is size 1.*\[1\]"),
        (lambda x: tg.prelu(x * 1.0, tg.ones(3)), r"\[2\].*\[3\]"),
    ],
)
def test_errors_say_what_came_and_what_to_do(call, words):
    with pytest.raises((TypeError, RuntimeError), match=words):
        call(tg.tensor([3, 4]))


@pytest.mark.parametrize("sign", ["+", "-", "*", "&", "|", "^"])
@pytest.mark.parametrize("number", [-3, 300, 70_000, 2**40])
@pytest.mark.parametrize("dtype", ["uint8", "int8", "int16"])
def test_a_number_beside_small_integers_wraps_around_as_results_do(sign, number, dtype):
    x = tg.tensor([1, 2, 100], dtype=getattr(tg, dtype))
    for text in (f"x {sign} {number}", f"{number} {sign} x"):
        want = [eval(text, {"x": n}) for n in x.tolist()]
        got = eval(text, {"x": x})
        assert got.dtype == x.dtype
        assert got.tolist() == np.array(want).astype(dtype).tolist()


@pytest.mark.parametrize("dtype", ["uint8", "int64", "float32"])
def test_a_number_of_more_than_64_bits_is_refused(dtype):
    x = tg.tensor([1, 2], dtype=getattr(tg, dtype))
    with pytest.raises((RuntimeError, OverflowError), match="overflow|too large"):
        x + 10**400


def test_comparisons_take_a_number_for_what_it_is():
    x = tg.tensor([1, 250], dtype=tg.uint8)
    assert (x < 300).tolist() == [True, True]
    assert (x > -3).tolist() == [True, True]


@pytest.mark.parametrize("dtype", ["int8", "int16", "int64"])
def test_negative_powers_of_integers_are_rounded_towards_0(dtype):
    base = tg.tensor([1, 2, -1, -1, -128], dtype=getattr(tg, dtype))
    exponent = tg.tensor([-1, -2, -3, -4, -128], dtype=base.dtype)
    assert (base**exponent).tolist() == [1, 0, -1, 1, 0]


@pytest.mark.parametrize("other", [True, "mask", "x", 1, 1.5])
def test_bools_are_not_subtracted(other):
    mask, x = tg.tensor([True, False]), tg.tensor([1.0, 2.0])
    other = {"mask": mask, "x": x}.get(other, other)
    for a, b in ((mask, other), (other, mask)):
        with pytest.raises(RuntimeError, match="Subtraction"):
            tg.sub(a, b)
    for number in (x, tg.tensor([1, 2])):
        with pytest.raises(RuntimeError, match="Subtraction.*with a bool"):
            number - True
        with pytest.raises(RuntimeError, match="Subtraction.*with a bool"):
            True - number
    with pytest.raises(RuntimeError, match="Subtraction"):
        x.sub_(mask)
    assert x.tolist() == [1.0, 2.0]


def test_no_gradient_of_xlogy_is_none_at_a_logarithm_of_0():
    x, y = tg.tensor([1.0, 2.0], requires_grad=True), tg.tensor([0.0, np.e])
    (tg.xlogy(x, y) * tg.tensor([0.0, 3.0])).sum().backward()
    assert x.grad.tolist() == [0.0, pytest.approx(3.0)]


@pytest.mark.torch
@pytest.mark.parametrize(
    ("name", "first", "second"),
    [
        ("maximum", [1.0, 2.0, 3.0, INF, -INF], [1.0, 3.0, 2.0, INF, 0.0]),
        ("minimum", [1.0, 2.0, 3.0, INF, -INF], [1.0, 3.0, 2.0, INF, 0.0]),
        ("pow", [0.0, 0.0, 0.0, 2.0, -2.0, -2.0], [0.0, 2.0, -1.0, 3.0, 2.0, 0.5]),
        ("atan2", [0.0, 1.0, -1.0], [0.0, 0.0, -0.0]),
        ("hypot", [0.0, 3.0], [0.0, 4.0]),
        ("logaddexp", [1.0, -INF, INF, 0.0], [1.0, -INF, 1.0, 1000.0]),
        ("xlogy", [0.0, 0.0, 1.0, 0.0, 2.0], [0.0, -1.0, 0.0, NAN, 3.0]),
        ("nextafter", [1.0, 2.0, 3.0, NAN], [2.0, 2.0, 1.0, 1.0]),
        ("copysign", [0.0, -2.0, 3.0], [-1.0, 0.0, -0.0]),
        ("div", [0.0, 1.0, -1.0, INF], [0.0, 0.0, 0.0, INF]),
        ("remainder", [5.0, -5.0, 5.0, -5.0, 1.0], [3.0, 3.0, INF, -3.0, 0.0]),
        ("fmod", [5.0, -5.0, 5.0, -5.0], [3.0, 3.0, INF, -3.0]),
        ("lerp", [1.0, 2.0, INF], [3.0, 2.0, 1.0]),
        ("mul", [INF, 1e300, 0.0], [0.0, 1e300, NAN]),
        ("add", [INF, 1e308], [-INF, 1e308]),
    ],
)
def test_ties_zeros_and_infinities_are_as_in_torch(name, first, second):
    import torch

    results = []
    for library in (tg, torch):
        x, y = (library.tensor(v, dtype=library.float64) for v in (first, second))
        x.requires_grad_()
        y.requires_grad_()
        extra = (0.7,) if name == "lerp" else ()
        out = getattr(library, name)(x, y, *extra)
        out.sum().backward()
        results.append([out.detach().numpy(), x.grad.numpy(), y.grad.numpy()])
    for got, want in zip(*results, strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-12)


@pytest.mark.torch
def test_gradients_of_clamp_go_to_the_bound_that_took_its_place():
    import torch

    values = [[-1.0, 0.0, 0.5, 1.0, 2.0, 0.5], [0.0, 0.0, 0.0, 0.0, 0.0, 2.0], [1.0] * 6]
    results = []
    for library in (tg, torch):
        x, low, high = (library.tensor(v, requires_grad=True) for v in values)
        library.clamp(x, low, high).sum().backward()
        results.append([t.grad.tolist() for t in (x, low, high)])
    assert results[0] == results[1]


def test_lerp_ends_exactly():
    start, end = tg.tensor([0.1, 1e8]), tg.tensor([0.7, 0.3])
    assert tg.lerp(start, end, 1.0).tolist() == end.tolist()
    assert tg.lerp(start, end, 0.0).tolist() == start.tolist()


@pytest.mark.parametrize("shape", [(70, 80), (3,)])
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_where_of_any_size_and_layout(shape, dtype):
    random = np.random.default_rng(0)
    x, y = (random.standard_normal(shape).astype(dtype) for _ in range(2))
    mask = x > y
    for condition in (mask, mask[:1], np.array(True)):
        for a in (x, x[::-1], np.asfortranarray(x), 1.5, -INF):
            for b in (y, y[..., :1], 0.0, -0.0):
                if isinstance(a, float) and isinstance(b, float):
                    continue
                got = tg.where(
                    *(tg.tensor(v) if not isinstance(v, float) else v for v in (condition, a, b))
                ).numpy()
                want = np.where(condition, a, b)
                assert got.dtype == dtype
                np.testing.assert_array_equal(got, want)
                np.testing.assert_array_equal(np.signbit(got), np.signbit(want))


BOUNDS = [
    ("uint8", -1, 300), ("uint8", None, 300), ("uint8", 260, None), ("uint8", 1.5, None),
    ("uint8", None, -3), ("uint8", -3, None), ("int8", -300, None), ("int8", 0, 127),
    ("int32", None, 2**40), ("float32", None, 1e40), ("float16", -float("inf"), 65504),
    ("float16", None, 1e5), ("bool", None, 2),
]  # fmt: skip


def clamped(lib, dtype, low, high):
    try:
        out = lib.tensor([0, 5, 100]).to(getattr(lib, dtype)).clamp(low, high)
        return str(out.dtype), out.tolist()
    except RuntimeError as error:
        return "overflow" in str(error)


@pytest.mark.torch
@pytest.mark.parametrize("bounds", BOUNDS, ids=str)
def test_bounds_of_clamp_have_to_fit(bounds):
    import torch

    assert clamped(tg, *bounds) == clamped(torch, *bounds)


def test_bounds_beyond_a_dtype():
    for dtype, bound in (("uint8", 256), ("int8", -129), ("int16", 2**15)):
        with pytest.raises(RuntimeError, match=f"without overflow: got {bound}"):
            tg.ones(2, dtype=getattr(tg, dtype)).clamp(max=bound)
