"""Sparse tensors against dense ones."""

import numpy as np
import pytest

import tinygrad_np as tg

INDICES = [[0, 1, 1, 0], [2, 0, 2, 2]]
DENSE = np.array([[0.0, 0.0, 5.0], [2.0, 0.0, 3.0]])


def made(**options):
    return tg.sparse_coo_tensor(INDICES, tg.tensor([1.0, 2.0, 3.0, 4.0]), (2, 3), **options)


def test_dense_and_coalesced():
    a = made()
    np.testing.assert_array_equal(a.to_dense().numpy(), DENSE)
    c = a.coalesce()
    assert c.indices().tolist() == [[0, 1, 1], [2, 0, 2]]
    assert c.values().tolist() == [5.0, 2.0, 3.0]
    with pytest.raises(RuntimeError, match="coalesce"):
        a.values()
    np.testing.assert_array_equal(a.t().to_dense().numpy(), DENSE.T)
    assert (a.shape, a._nnz(), a.is_sparse) == ((2, 3), 4, True)


def test_products_and_their_gradients():
    a = made(requires_grad=True)
    x = tg.tensor([[1.0, -1.0], [2.0, 0.5], [3.0, 4.0]], requires_grad=True)
    for product in (tg.spmm, tg.sparse.mm, lambda a, x: a @ x):
        x.grad = None
        out = product(a, x)
        np.testing.assert_allclose(out.detach().numpy(), DENSE @ x.detach().numpy())
        out.backward(tg.ones(2, 2))
        np.testing.assert_allclose(x.grad.numpy(), DENSE.T @ np.ones((2, 2)))
    np.testing.assert_allclose((a @ tg.ones(3)).detach().numpy(), DENSE @ np.ones(3))


def test_to_sparse_and_back():
    x = tg.tensor(DENSE, requires_grad=True)
    a = x.to_sparse()
    assert a.indices().tolist() == [[0, 1, 1], [2, 0, 2]]
    (a.to_dense() * 2).sum().backward()
    np.testing.assert_array_equal(x.grad.numpy(), 2.0 * (DENSE != 0))


def test_what_does_not_fit_is_an_error():
    with pytest.raises(RuntimeError, match="found index 5"):
        tg.sparse_coo_tensor([[5], [0]], [1.0], (2, 3))
    with pytest.raises(RuntimeError, match="nnz"):
        tg.sparse_coo_tensor([[0], [0]], [1.0, 2.0], (2, 3))
    with pytest.raises(RuntimeError, match="spmm"):
        tg.spmm(made(), tg.ones(2, 2))
