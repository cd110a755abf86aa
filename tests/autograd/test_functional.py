"""Jacobians and Hessians, against derivatives written out by hand."""

import functools
import importlib
import itertools

import numpy as np
import pytest

import tinygrad_np as tg
from tinygrad_np.autograd import functional as AF

x = np.array([0.5, -1.0, 2.0])
w = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])


def t(values):
    return tg.tensor(np.asarray(values, dtype=np.float64))


def test_jacobian():
    np.testing.assert_allclose(AF.jacobian(lambda x: t(w) @ x, t(x)).numpy(), w)
    got = AF.jacobian(lambda x: (x * x, x.sum()), t(x))
    np.testing.assert_allclose(got[0].numpy(), np.diag(2 * x))
    np.testing.assert_allclose(got[1].numpy(), np.ones(3))
    by_a, by_b = AF.jacobian(lambda a, b: a * b, (t(x), t(x + 1)))
    np.testing.assert_allclose(by_a.numpy(), np.diag(x + 1))
    np.testing.assert_allclose(by_b.numpy(), np.diag(x))
    (only,) = AF.jacobian(lambda a: a * 2, (t(x),))
    assert only.shape == (3, 3)


def test_hessian():
    np.testing.assert_allclose(AF.hessian(lambda x: (x**3).sum(), t(x)).numpy(), np.diag(6 * x))
    ((aa, ab), (ba, bb)) = AF.hessian(lambda a, b: (a * b).sum(), (t(x), t(x)))
    np.testing.assert_allclose(ab.numpy(), np.eye(3))
    np.testing.assert_allclose(ba.numpy(), np.eye(3))
    assert not aa.numpy().any()
    assert not bb.numpy().any()


def test_products():
    v = np.array([1.0, 2.0, 3.0])
    out, product = AF.vjp(lambda x: x * x, t(x), t(v))
    np.testing.assert_allclose(out.numpy(), x * x)
    np.testing.assert_allclose(product.numpy(), 2 * x * v)
    _, product = AF.jvp(lambda x: t(w) @ x, t(x), t(v))
    np.testing.assert_allclose(product.numpy(), w @ v)
    out, product = AF.hvp(lambda x: (x**3).sum(), t(x), t(v))
    assert out.item() == pytest.approx((x**3).sum())
    np.testing.assert_allclose(product.numpy(), 6 * x * v)
    _, product = AF.jvp(lambda x: (x * 2, tg.ones(2)), t(x), t(v))
    np.testing.assert_allclose(product[0].numpy(), 2 * v)
    np.testing.assert_allclose(product[1].numpy(), [0, 0])


def test_create_graph():
    p = t(x).requires_grad_()
    AF.jacobian(lambda x: x**3, p, create_graph=True).sum().backward()
    np.testing.assert_allclose(p.grad.numpy(), 6 * x)
    assert not AF.jacobian(lambda x: x**3, p).requires_grad


def test_errors():
    with pytest.raises(RuntimeError, match=r"expected \[\(3,\)\], got \[\(2,\)\]"):
        AF.vjp(lambda x: x * x, t(x), tg.ones(2))
    with pytest.raises(RuntimeError, match="independent of the inputs"):
        AF.vjp(lambda x: tg.ones(1), t(x), tg.ones(1), strict=True)
    with pytest.raises(RuntimeError, match=r"one element, got \(3,\)"):
        AF.hessian(lambda x: x, t(x))
    with pytest.raises(TypeError, match="expected a Tensor"):
        AF.jacobian(lambda x: 3.0, t(x))


# --- beside PyTorch ---


def shown(value):
    """Values, shapes, dtypes, containers, and whether the result is on the tape."""
    if isinstance(value, tuple | list):
        return type(value), [shown(v) for v in value]
    array = np.round(value.detach().numpy().astype(float), 3) + 0.0
    return array.tolist(), tuple(value.shape), str(value.dtype), value.requires_grad


def outcome(call):
    try:
        return shown(call())
    except (RuntimeError, TypeError, AssertionError) as error:
        return type(error)


def derivatives(torch):
    """(name, what it is called with) for every function and many calls of it."""
    functional = importlib.import_module(f"{torch.__name__}.autograd.functional")
    a, b, ones = torch.tensor([1.0, 2.0, 3.0]), torch.tensor([[0.5], [2.0]]), torch.ones
    functions = {
        "plain": (lambda x: x.exp() * x, a, ones(3), ones(3)),
        "in a tuple": (lambda x: x.exp() * x, (a,), (ones(3),), (ones(3),)),
        "in a list": (lambda x: x.exp(), [a], [ones(3)], [ones(3)]),
        "two": (lambda x, y: (x * y).sum(1), (a, b), (ones(3), ones(2, 1)), ones(2)),
        "unused": (lambda x, y: x * 2, (a, b), (ones(3), ones(2, 1)), ones(3)),
        "linear": (lambda x: x.sum() * 2, a, ones(3), None),
        "constant": (lambda x: torch.ones(()), a, ones(3), ones(())),
        "cubes": (lambda x: (x**3).sum(), a, ones(3), ones(())),
        "product": (lambda x, y: (x * y * y).sum(), (a, b), (ones(3), ones(2, 1)), None),
        "one element": (lambda x: x.sum()[None] ** 2, ones(1), None, None),
        "other shape": (lambda x: x * x, a, ones(2), ones(2)),
        "no tensor": (lambda x: 3, a, ones(3), ones(())),
        "a list out": (lambda x: [x, x], a, ones(3), ones(3)),
        "on the tape": (lambda x: (x**3).sum(), a.clone().requires_grad_(), ones(3), None),
    }
    for (name, (f, inputs, move, vector)), create_graph, strict in itertools.product(
        functions.items(), (False, True), (False, True)
    ):
        flags = {"create_graph": create_graph, "strict": strict}
        for kind, v in {"vjp": vector, "jvp": move, "hvp": move, "vhp": move}.items():
            call = functools.partial(getattr(functional, kind), f, inputs, v, **flags)
            yield (kind, name, *flags.values()), call
        for kind in "jacobian", "hessian":
            call = functools.partial(getattr(functional, kind), f, inputs, **flags)
            yield (kind, name, *flags.values()), call


@pytest.mark.torch
def test_all_derivatives_are_pytorchs():
    torch = pytest.importorskip("torch")
    want = {name: outcome(call) for name, call in derivatives(torch)}
    assert len(want) > 300
    for name, call in derivatives(tg):
        assert outcome(call) == want[name], name


def test_strategies():
    for vectorize in (False, True):
        got = AF.jacobian(lambda x: x * x, t(x), vectorize=vectorize, strategy="reverse-mode")
        np.testing.assert_allclose(got.numpy(), np.diag(2 * x))
    with pytest.raises(AssertionError, match="strategy"):
        AF.jacobian(lambda x: x * x, t(x), strategy="sideways")
    with pytest.raises(AssertionError, match="strategy"):
        AF.hessian(lambda x: (x * x).sum(), t(x), outer_jacobian_strategy="sideways")


@pytest.mark.parametrize("package", ["tinygrad_np", pytest.param("torch", marks=pytest.mark.torch)])
def test_batches_of_gradients(package):
    torch = pytest.importorskip(package)
    grad = functools.partial(torch.autograd.grad, is_grads_batched=True)
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    z = torch.ones(3, requires_grad=True)
    y = x**3
    rows = torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 2.0]])
    (g,) = grad(y, x, rows, retain_graph=True)
    assert g.tolist() == [[3.0, 0.0], [0.0, 12.0], [3.0, 24.0]]
    (g,) = grad([y, y.sum()], x, [rows, torch.ones(3)], create_graph=True)
    assert g.tolist() == [[6.0, 12.0], [3.0, 24.0], [6.0, 36.0]]
    (second,) = torch.autograd.grad(g.sum(), x, retain_graph=True)
    assert second.tolist() == [30.0, 72.0]
    assert grad(y, [x, z], rows, retain_graph=True, allow_unused=True)[1] is None
    zeros = grad(y, [x, z], rows, retain_graph=True, materialize_grads=True)[1]
    assert not zeros.any()
    for error, outputs, vectors in (
        (RuntimeError, y, torch.ones(3, 3)),
        (RuntimeError, y, torch.ones(2)),
        (ValueError, [y, y.sum()], [rows, torch.ones(2)]),
        (IndexError, y.sum(), torch.ones(())),
        (IndexError, y, torch.ones(0, 2)),
    ):
        with pytest.raises(error):
            grad(outputs, x, vectors, retain_graph=True)
    grad(y, x, rows)
    with pytest.raises(RuntimeError, match="second time"):
        grad(y, x, rows)
