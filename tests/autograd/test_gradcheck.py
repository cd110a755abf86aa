"""gradcheck must pass what is right and catch what is wrong."""

import numpy as np
import pytest

import tinygrad_np as tg
from tinygrad_np import testing
from tinygrad_np.autograd import GradcheckError, gradcheck, gradgradcheck


def leaf(values, dtype=np.float64):
    return tg.tensor(np.array(values, dtype=dtype), requires_grad=True)


def product(rule_a, rule_b):
    """a * b with the given rules."""

    @tg.op
    def planted(a, b):
        return a * b

    planted.backward(a=rule_a, b=rule_b)
    return planted


def right_a(grad, b):
    return grad * b


def right_b(grad, a):
    return grad * a


WRONG = {
    "a factor": (lambda grad, b: grad * b * 1.01, right_b),
    "a sign": (lambda grad, b: -grad * b, right_b),
    "the other argument": (lambda grad, a: grad * a, right_b),
    "the second argument": (right_a, lambda grad, b: grad * b),
    "forgets grad": (lambda grad, b: b, right_b),
    "one element": (lambda grad, b: grad * b * np.array([1.0, 1.0, 1.01]), right_b),
    "zero": (lambda grad, b: grad * 0, right_b),
    "none": (right_a, lambda grad: None),
    "nan": (lambda grad, b: grad * b * float("nan"), right_b),
}
wrong = pytest.mark.parametrize("rules", WRONG.values(), ids=WRONG.keys())
A, B = [0.5, -1.0, 2.0], [3.0, 0.25, -2.0]


@pytest.mark.parametrize("fast", [False, True])
def test_right_rules_pass(fast):
    f = product(right_a, right_b)
    assert gradcheck(f, (leaf(A), leaf(B)), fast_mode=fast)
    assert gradgradcheck(f, (leaf(A), leaf(B)), fast_mode=fast)


@wrong
@pytest.mark.parametrize("fast", [False, True])
def test_wrong_rules_are_caught(rules, fast):
    f = product(*rules)
    with pytest.raises(GradcheckError):
        gradcheck(f, (leaf(A), leaf(B)), fast_mode=fast)
    assert gradcheck(f, (leaf(A), leaf(B)), fast_mode=fast, raise_exception=False) is False


@wrong
def test_check_op_catches_them_too(rules):
    with pytest.raises(GradcheckError):
        testing.check_op(product(*rules), np.array(A), np.array(B))


def test_a_rule_that_is_right_once_only():
    """Its first gradient is right, but it is cut off the tape."""

    @tg.op
    def square(input):
        return input * input

    square.backward(input=lambda grad, input: grad * 2 * _values(input))
    assert gradcheck(square, (leaf(A),))
    with pytest.raises(GradcheckError):
        gradgradcheck(square, (leaf(A),))


def _values(x):
    return x.detach().numpy() if isinstance(x, tg.Tensor) else x


def test_the_message_shows_the_place_and_both_values():
    f = product(WRONG["one element"][0], right_b)
    with pytest.raises(
        GradcheckError,
        match=r"output 0 with respect to input 0: at output index \(2,\) and input index \(2,\) "
        r"analytical -2\.02, numerical -2.*1 of 9 elements",
    ):
        gradcheck(f, (leaf(A), leaf(B)), atol=1e-6, rtol=1e-6)


def test_only_inputs_that_require_grad_are_checked():
    f = product(right_a, WRONG["the second argument"][1])
    assert gradcheck(f, (leaf(A), tg.tensor(np.array(B))))


def test_several_outputs_and_plain_arguments():
    def f(x, k, y):
        return x * k, x * y, tg.ones(2)

    assert gradcheck(f, (leaf(A), 3, leaf(B)))
    assert gradgradcheck(f, (leaf(A), 3, leaf(B)))


def test_0d_and_empty():
    f = product(right_a, right_b)
    assert gradcheck(f, (leaf(2.0), leaf(3.0)))
    assert gradcheck(f, (leaf(np.zeros((0, 3))), leaf(np.zeros((0, 3)))))


def test_misuse():
    with pytest.raises(ValueError, match="at least one input tensor to require gradient"):
        gradcheck(tg.exp, (tg.ones(2),))
    with pytest.raises(GradcheckError, match="float32: finite differences need float64"):
        gradcheck(tg.exp, (leaf(A, np.float32),))
    with pytest.raises(GradcheckError, match="no output of the function requires grad"):
        gradcheck(lambda x: x.detach(), (leaf(A),))


def test_inputs_are_left_alone():
    x = leaf(A)
    gradcheck(tg.exp, (x,))
    np.testing.assert_array_equal(x.detach().numpy(), A)
    assert x.grad is None


@pytest.mark.parametrize("fast", [False, True])
def test_a_rule_that_changes_what_was_saved_is_caught(fast):
    @tg.op
    def square(input):
        return input * input

    square.backward(input=lambda grad, input: grad * 2 * input.__imul__(1.1))
    x = tg.tensor([2.0, 3.0], dtype=tg.float64, requires_grad=True)
    with pytest.raises(tg.autograd.GradcheckError):
        tg.autograd.gradcheck(square, x, fast_mode=fast)
