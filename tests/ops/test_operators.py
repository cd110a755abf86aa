"""Python's operators on tensors, and the in-place methods."""

import operator

import numpy as np
import pytest

import tinygrad_np as tg

INFIX = ["add", "sub", "mul", "truediv", "floordiv", "mod", "pow"]
BITS = ["and_", "or_", "xor", "lshift", "rshift"]
UNARY = ["neg", "abs", "exp", "tanh", "sigmoid", "sqrt", "relu", "floor", "square", "reciprocal"]


@pytest.mark.parametrize("name", INFIX)
def test_arithmetic_on_either_side_of_a_number(name):
    function = getattr(operator, name)
    x = np.array([1.5, 2.0, 4.0])
    t = tg.tensor(x)
    for left, right, want in ((t, 3.0, (x, 3.0)), (3.0, t, (3.0, x)), (t, t, (x, x))):
        result = function(left, right)
        assert isinstance(result, tg.Tensor)
        np.testing.assert_allclose(result.numpy(), function(*want))
    for other in (x, np.float64(3.0), tg.tensor(3.0)):
        assert isinstance(function(t, other), tg.Tensor)
        assert isinstance(function(other, t), tg.Tensor)


@pytest.mark.parametrize("name", BITS)
def test_bits_on_either_side_of_a_number(name):
    function = getattr(operator, name)
    x = np.array([1, 2, 3])
    assert function(tg.tensor(x), 2).tolist() == function(x, 2).tolist()
    assert function(2, tg.tensor(x)).tolist() == function(2, x).tolist()


@pytest.mark.parametrize("name", [*INFIX, *BITS])
def test_in_place_operators_keep_the_tensor(name):
    function = getattr(operator, f"i{name.rstrip('_')}")
    t = tg.tensor([4, 5, 6]) if name in BITS or name == "floordiv" else tg.tensor([4.0, 5.0, 6.0])
    want = getattr(operator, name)(t, 2)
    alias, address = t, t.data_ptr()
    t = function(t, 2)
    assert t is alias
    assert t.data_ptr() == address
    assert t.tolist() == want.tolist()


def test_comparisons_are_elementwise():
    t, two = tg.tensor([1.0, 2.0, 3.0]), 2
    assert (t < 2).tolist() == (two > t).tolist() == [True, False, False]
    assert (t >= 2).tolist() == (two <= t).tolist() == [False, True, True]
    assert (t == 2).tolist() == (two == t).tolist() == [False, True, False]
    assert (t != t).tolist() == [False] * 3


@pytest.mark.parametrize("other", [None, "a", [1.0, 2.0], {}, object()])
def test_other_types_are_unequal_and_not_computed_with(other):
    t = tg.tensor([1.0, 2.0])
    assert (t == other) is False
    assert (t != other) is True
    for name in ("add", "sub", "mul", "truediv", "pow", "lt", "and_"):
        function = getattr(operator, name)
        for operands in ((t, other), (other, t)):
            with pytest.raises(TypeError):
                function(*operands)


def test_another_type_may_bring_its_own_operators():
    class Other:
        def __radd__(self, left):
            return "added"

        def __eq__(self, left):
            return "compared"

        __hash__ = None

    assert tg.ones(2) + Other() == "added"
    assert (tg.ones(2) == Other()) == "compared"


def test_numpy_scalars_are_numbers():
    t = tg.tensor([1.0, 2.0])
    assert (t * np.float64(2)).dtype == tg.float32
    assert (tg.tensor([1, 2]) * np.float64(2.5)).dtype == tg.float32
    assert (tg.tensor([1, 2]) + np.int32(2)).dtype == tg.int64


@pytest.mark.parametrize(
    ("name", "args"),
    [
        *((n, ()) for n in UNARY),
        ("add", (2,)),
        ("sub", (2,)),
        ("mul", (2,)),
        ("div", (2,)),
        ("pow", (2,)),
        ("clamp", (0.5, 1.0)),
        ("clamp_min", (0.5,)),
        ("lerp", (tg.ones(3), 0.5)),
        ("addcmul", (tg.ones(3), tg.ones(3))),
        ("remainder", (2,)),
    ],
)
def test_in_place_methods_have_the_gradient_of_the_others(name, args):
    gradients = []
    for suffix in ("", "_"):
        x = tg.tensor([0.3, 0.7, 2.1], requires_grad=True)
        h = x * 1.0
        out = getattr(h, name + suffix)(*args)
        (out * out).sum().backward()
        assert (out is h) == bool(suffix)
        gradients.append(x.grad.tolist())
    assert gradients[0] == gradients[1]


def test_a_comparison_in_place_writes_zeros_and_ones():
    t = tg.tensor([1.0, 2.0, 3.0])
    assert t.lt_(2.5).tolist() == [1.0, 1.0, 0.0]
    assert t.logical_not_().tolist() == [0.0, 0.0, 1.0]


def test_a_result_that_does_not_fit_changes_nothing():
    t = tg.tensor([1, 2])
    for change in (lambda: t.add_(0.5), lambda: t.div_(2), lambda: t.exp_()):
        with pytest.raises(RuntimeError, match="can't be cast"):
            change()
    with pytest.raises(RuntimeError, match="shape"):
        t.add_(tg.ones(3, 1, dtype=tg.int64))
    assert t.tolist() == [1, 2]


def test_the_words_of_numpy_s_warnings_stay_the_user_s():
    before = np.geterr()
    x = tg.tensor([0.0, 1e38], requires_grad=True)
    (x.log() + (x * 1e10).exp() / x).sum().backward()
    assert np.geterr() == before
    with np.errstate(all="raise"):
        tg.tensor([0.0]).log()
        with pytest.raises(FloatingPointError):
            np.log(np.zeros(1))


def test_numbers_may_be_tensors():
    """`alpha`, `value`, a slope ...: a tensor of one element counts as its number."""
    two, functional = tg.tensor(2.0), tg.nn.functional
    for f in (
        lambda x, a: tg.add(x, x, alpha=a),
        lambda x, a: (x * 1).sub_(x, alpha=a),
        lambda x, a: tg.addcmul(x, x, x, value=a),
        lambda x, a: tg.addmm(x, x, x, beta=a, alpha=a),
        functional.leaky_relu,
        functional.elu,
        functional.softplus,
        lambda x, a: functional.hardtanh(x, -a, a),
        lambda x, a: functional.threshold(x, a, a),
    ):
        got, expected = (
            (x := tg.tensor([[-1.0, 3.0], [0.5, 1.0]], requires_grad=True), f(x, a))
            for a in (two, 2.0)
        )
        assert tg.equal(got[1], expected[1])
        for _, y in (got, expected):
            y.sum().backward()
        assert tg.equal(got[0].grad, expected[0].grad)
