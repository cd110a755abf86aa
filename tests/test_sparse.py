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


PROGRAMS = {
    "dense @ sparse": lambda T, a, b, x, y: y @ a,
    "vector @ sparse": lambda T, a, b, x, y: y[0] @ a,
    "sparse @ vector": lambda T, a, b, x, y: a @ x[0],
    "sparse @ sparse": lambda T, a, b, x, y: a @ b.t(),
    "sparse * dense": lambda T, a, b, x, y: a * x,
    "dense * sparse": lambda T, a, b, x, y: x * a,
    "sparse * sparse": lambda T, a, b, x, y: a * b,
    "number * sparse": lambda T, a, b, x, y: 2 * a / 4,
    "dense + sparse": lambda T, a, b, x, y: x + a,
    "dense - sparse": lambda T, a, b, x, y: x - a,
    "sparse - sparse": lambda T, a, b, x, y: a - b + a,
    "sum": lambda T, a, b, x, y: a.sum() + T.sparse.sum(b),
    "sum over rows": lambda T, a, b, x, y: T.sparse.sum(a, 0),
    "sum over columns": lambda T, a, b, x, y: T.sparse.sum(a, (1,)),
    "transposed": lambda T, a, b, x, y: -a.transpose(0, 1),
    "mm": lambda T, a, b, x, y: T.mm(a, x.T),
    "mm of dense and sparse": lambda T, a, b, x, y: T.mm(y, a),
    "mv": lambda T, a, b, x, y: T.mv(a, x[0]),
    "addmm": lambda T, a, b, x, y: T.sparse.addmm(y, a, x.T, beta=0.5, alpha=2.0),
}


def run(T, program):
    """The result, dense, and the gradients of the values and of what is dense."""
    leaves = [
        T.tensor(v, requires_grad=True)
        for v in ([1.0, 2.0, 3.0, 4.0], [0.5, -1.0], [[1.0, 2.0, 3.0]] * 2, [[1.0, -2.0]] * 2)
    ]
    a = T.sparse_coo_tensor(T.tensor(INDICES), leaves[0], (2, 3))
    b = T.sparse_coo_tensor(T.tensor([[1, 0], [2, 0]]), leaves[1], (2, 3))
    out = program(T, a, b, *leaves[2:])
    dense = out.to_dense() if out.is_sparse else out
    weight = T.arange(dense.numel()).reshape(dense.shape) + 1.0
    grads = T.autograd.grad((dense * weight).sum(), leaves, allow_unused=True)
    return out.is_sparse, dense.detach().numpy(), grads


@pytest.mark.torch
@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.filterwarnings("ignore:Sparse:UserWarning")
def test_agrees_with_torch(name):
    torch = pytest.importorskip("torch")
    ours, theirs = run(tg, PROGRAMS[name]), run(torch, PROGRAMS[name])
    assert ours[0] == theirs[0]
    np.testing.assert_allclose(ours[1], theirs[1], rtol=1e-6)
    for g, w in zip(ours[2], theirs[2], strict=True):
        if w is not None:
            np.testing.assert_allclose(g.numpy(), w.to_dense().numpy(), rtol=1e-6)


def test_products_of_sparse_matrices_are_those_of_dense_ones():
    random = np.random.default_rng(0)
    x, y = (random.standard_normal(s) * (random.random(s) < 0.3) for s in ((7, 9), (9, 5)))
    a, b = tg.tensor(x, requires_grad=True), tg.tensor(y, requires_grad=True)
    out = a.to_sparse() @ b.to_sparse()
    np.testing.assert_allclose(out.to_dense().detach().numpy(), x @ y, atol=1e-12)
    assert out.is_coalesced()
    out.to_dense().sum().backward()
    np.testing.assert_allclose(a.grad.numpy(), (np.ones((7, 5)) @ y.T) * (x != 0), atol=1e-12)
    np.testing.assert_allclose(b.grad.numpy(), (x.T @ np.ones((7, 5))) * (y != 0), atol=1e-12)


def test_operators_that_do_not_fit():
    a = made()
    with pytest.raises(RuntimeError, match=r"add\(dense, sparse\)"):
        a + tg.ones(2, 3)
    with pytest.raises(RuntimeError, match="same sizes"):
        a * tg.ones(3, 2)
    with pytest.raises(RuntimeError, match="divisor"):
        a / tg.ones(2, 3)
    with pytest.raises(RuntimeError, match="expected"):
        tg.ones(3, 3) @ a


@pytest.mark.torch
@pytest.mark.parametrize("options", [{}, {"requires_grad": True}, {"dtype": "float64"}])
@pytest.mark.filterwarnings("ignore:Sparse:UserWarning")
def test_printed_as_in_torch(options):
    torch = pytest.importorskip("torch")
    texts = []
    for T in (tg, torch):
        given = {k: getattr(T, v) if k == "dtype" else v for k, v in options.items()}
        a = T.sparse_coo_tensor(T.tensor(INDICES), T.tensor([1.0, 2, 3, 4]), (2, 3), **given)
        texts.append([repr(a), repr(a * 2)])
    assert texts[0] == texts[1]
