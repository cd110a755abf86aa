"""Jacobians and Hessians, against derivatives written out by hand."""

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
    with pytest.raises(TypeError, match="expected Tensors"):
        AF.jacobian(lambda x: 3.0, t(x))
