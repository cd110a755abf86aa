"""Sparse tensors against dense ones."""

import copy
import operator

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
    there = (x @ y != 0) * 1.0  # the result's zeros have no gradient, those of the factors have
    np.testing.assert_allclose(a.grad.numpy(), there @ y.T, atol=1e-12)
    np.testing.assert_allclose(b.grad.numpy(), x.T @ there, atol=1e-12)


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


PLACES, ROWS = [[0, 2, 2, 1]], [[1.0, 2], [3, 4], [5, 6], [0, 7]]

KINDS = {  # what is made of a coalesced matrix, an uncoalesced one, a hybrid one and a vector
    "hybrid": lambda T, s, c, h, v: h,
    "hybrid, dense": lambda T, s, c, h, v: h.to_dense(),
    "hybrid, coalesced": lambda T, s, c, h, v: h.coalesce(),
    "hybrid, arithmetic": lambda T, s, c, h, v: (h * 2 - h / 4).coalesce(),
    "hybrid, transposed": lambda T, s, c, h, v: T.stack([h, h]).permute(1, 0, 2),
    "hybrid from dense": lambda T, s, c, h, v: h.to_dense().to_sparse(1),
    "hybrid sum": lambda T, s, c, h, v: h.sum(),
    "hybrid sum over rows": lambda T, s, c, h, v: T.sparse.sum(h, 0),
    "hybrid sum over columns": lambda T, s, c, h, v: T.sparse.sum(h, 1),
    "hybrid row": lambda T, s, c, h, v: h[2],
    "hybrid column": lambda T, s, c, h, v: h.select(1, 1),
    "zeros": lambda T, s, c, h, v: T.sparse_coo_tensor((2, 3)).to_dense(),
    "dimensions": lambda T, s, c, h, v: [
        (x.dim(), x.sparse_dim(), x.dense_dim(), x.numel(), len(x), tuple(x.shape)) for x in (s, h)
    ],
    "row": lambda T, s, c, h, v: s[0],
    "last row": lambda T, s, c, h, v: s[-1],
    "column": lambda T, s, c, h, v: s[:, 2],
    "number": lambda T, s, c, h, v: (s[1, 2], s[0, 0], v[2], v[0]),
    "new dimension": lambda T, s, c, h, v: s[None],
    "index_select": lambda T, s, c, h, v: s.index_select(1, T.tensor([2, 0, 2])).to_dense(),
    "cat": lambda T, s, c, h, v: (T.cat([s, c]), T.cat([s, s], -1), T.cat([h, h])),
    "stack": lambda T, s, c, h, v: (T.stack([s, c]), T.stack([s, s], 1)),
    "sums are coalesced": lambda T, s, c, h, v: (
        (s + s).values(), (s + c).is_coalesced(), (s - s)._nnz(), (s + c.coalesce()).indices()
    ),
    "coalesced": lambda T, s, c, h, v: (v[None].is_coalesced(), c[0].is_coalesced()),
    "sum of a vector": lambda T, s, c, h, v: (v.sum(0), v.sum(-1), T.sparse.sum(v, 0)),
    "sum that keeps": lambda T, s, c, h, v: s.sum(0, keepdim=True),
    "functions": lambda T, s, c, h, v: (T.sqrt(s), c.sin(), T.relu(-s), s.neg(), T.abs(-c), s**2),
    "isnan": lambda T, s, c, h, v: T.isnan(s),
    "dtypes": lambda T, s, c, h, v: (s.double(), s.long(), s.half(), s.int(), s.bool()),
    "clone": lambda T, s, c, h, v: (s.clone(), s.T, s.to_sparse(), T.matmul(s, T.ones(3, 1))),
    "alpha": lambda T, s, c, h, v: s.add(s, alpha=3),
    "norms": lambda T, s, c, h, v: (s.norm(), T.norm(c), T.norm(h, p=1), v.norm(1)),
    "bmm": lambda T, s, c, h, v: T.bmm(T.stack([s, c]), T.ones(2, 3, 4)),
    "bytes": lambda T, s, c, h, v: (s.nelement() * s.element_size(), s.type(T.float64), s.square()),
    "a row, a column": lambda T, s, c, h, v: (
        s * T.tensor([[2.0], [3.0]]), T.tensor([1.0, 2.0, 3.0]) * s
    ),
    "truth": lambda T, s, c, h, v: bool(T.tensor([2.0]).to_sparse()),
}  # fmt: skip


def three(T):
    return (
        T.tensor(DENSE.tolist()).to_sparse(),
        T.sparse_coo_tensor(T.tensor(INDICES), T.tensor([1.0, 2.0, 3.0, 4.0]), (2, 3)),
        T.sparse_coo_tensor(T.tensor(PLACES), T.tensor(ROWS), (4, 2)),
        T.sparse_coo_tensor(T.tensor([[0, 2]]), T.tensor([1.0, 2.0]), (4,)),
    )


@pytest.mark.torch
@pytest.mark.parametrize("name", KINDS)
@pytest.mark.filterwarnings("ignore:Sparse:UserWarning")
def test_is_what_torch_makes(name):
    torch = pytest.importorskip("torch")
    assert repr(KINDS[name](tg, *three(tg))) == repr(KINDS[name](torch, *three(torch)))


WHOLE = {
    "@": lambda T, s, d: s @ d,
    "spmm": lambda T, s, d: T.spmm(s, d),
    "addmm": lambda T, s, d: T.addmm(T.zeros(2, 2), s, d),
    "mv": lambda T, s, d: T.mv(s, d[:, 0]),
    "dense @ sparse": lambda T, s, d: T.ones(2, 2) @ s,
    "changed": lambda T, s, d: (-s * 3 + s.coalesce() / 2) @ d,
    "transposed": lambda T, s, d: s.t() @ d[:2],
    "sparse @ sparse": lambda T, s, d: (s @ d.to_sparse()).to_dense(),
    "sum": lambda T, s, d: s.sum(),
    "dense + sparse": lambda T, s, d: T.ones(2, 3) + s,
    "sparse.mm": lambda T, s, d: T.sparse.mm(s, d),
    "sparse.addmm": lambda T, s, d: T.sparse.addmm(T.zeros(2, 2), s, d),
    "sparse.sum": lambda T, s, d: T.sparse.sum(s),
    "to_dense": lambda T, s, d: s.to_dense() @ d,
    "values": lambda T, s, d: s.values() * 2,
    "sparse * dense": lambda T, s, d: (s * d.t()).to_dense(),
    "sparse_mask": lambda T, s, d: s.to_dense().sparse_mask(s.detach()).to_dense(),
    "softmax": lambda T, s, d: T.sparse.softmax(s, 1).to_dense(),
    "log_softmax": lambda T, s, d: T.sparse.log_softmax(s, 1).to_dense(),
}


@pytest.mark.torch
@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.filterwarnings("ignore:Sparse:UserWarning")
def test_gradients_of_zeros_are_torchs(name):
    torch = pytest.importorskip("torch")
    grads = []
    for T in (tg, torch):
        x = T.tensor(DENSE.tolist(), requires_grad=True)
        d = T.tensor([[1.0, 2], [3, 4], [5, 6]], requires_grad=True)
        (WHOLE[name](T, x.to_sparse(), d) ** 2).sum().backward()
        dense = [None if leaf.grad is None else leaf.grad.to_dense().numpy() for leaf in (x, d)]
        grads.append(dense)
    for ours, theirs in zip(*grads, strict=True):
        assert (ours is None) == (theirs is None)
        if ours is not None:
            np.testing.assert_allclose(ours, theirs, rtol=1e-6, atol=1e-7)


SQUARE = {
    "sum": lambda T, a, w: ((a + a.t()).to_dense() * w).sum(),
    "coalesced": lambda T, a, w: ((a.t() + a).coalesce().to_dense() * w).sum(),
    "difference": lambda T, a, w: ((a - a.t()).to_dense() * w).sum(),
    "with one's own": lambda T, a, w: ((a + a).to_dense() * w).sum(),
    "scaled": lambda T, a, w: (((a + a.t()) * 2).to_dense() * w).sum(),
    "sparse.sum": lambda T, a, w: T.sparse.sum(a + a.t()),
    "sparse.mm": lambda T, a, w: (T.sparse.mm(a + a.t(), w) * w).sum(),
    "@": lambda T, a, w: ((a + a.t()) @ w).sum(),
    "dense +": lambda T, a, w: ((w + (a + a.t())) * w).sum(),
}


@pytest.mark.torch
@pytest.mark.parametrize("name", SQUARE)
@pytest.mark.filterwarnings("ignore:Sparse:UserWarning")
def test_gradients_of_a_matrix_beside_its_transpose_are_torchs(name):
    torch = pytest.importorskip("torch")
    grads = []
    for T in (tg, torch):
        x = T.tensor([[1.0, 0, 0], [2, 0, 0], [0, 3, 0]], requires_grad=True)
        SQUARE[name](T, x.to_sparse(), T.arange(1.0, 10).reshape(3, 3)).backward()
        grads.append(x.grad.tolist())
    assert grads[0] == grads[1]


def test_a_leaf_has_its_gradient_where_it_has_values():
    a = made().coalesce().detach().requires_grad_()
    assert a.is_leaf
    assert a.grad is None
    tg.sparse.mm(a, tg.tensor([[1.0], [2.0], [3.0]])).sum().backward()
    np.testing.assert_array_equal(a.grad.to_dense(), [[0, 0, 3], [1, 0, 3]])


def test_saved_and_loaded(tmp_path):
    for value in three(tg):
        tg.save({"a": value}, tmp_path / "a.pt")
        back = tg.load(tmp_path / "a.pt")["a"]
        assert repr(back) == repr(value)
        assert back.is_coalesced() == value.is_coalesced()


@pytest.mark.torch
@pytest.mark.filterwarnings("ignore:Sparse:UserWarning")
def test_files_are_torchs(tmp_path):
    torch = pytest.importorskip("torch")
    for ours, theirs in zip(three(tg), three(torch), strict=True):
        tg.save([ours], tmp_path / "ours.pt")
        torch.save([theirs], tmp_path / "theirs.pt")
        assert repr(torch.load(tmp_path / "ours.pt")) == repr([theirs])
        assert repr(tg.load(tmp_path / "theirs.pt")) == repr([theirs])


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda s, h: bool(s), RuntimeError, "ambiguous"),
        (lambda s, h: s == s, NotImplementedError, "to_dense"),
        (lambda s, h: s[0:1], NotImplementedError, "index_select"),
        (lambda s, h: s[2], IndexError, "out of bounds for dimension 0 with size 2"),
        (lambda s, h: s.sum(2), IndexError, r"range of \[-2, 1\], but got 2"),
        (lambda s, h: s.sum((0, 0)), RuntimeError, "multiple times"),
        (lambda s, h: s.narrow(0, 0, 1), AttributeError, "no 'narrow' in tinygrad_np; to_dense"),
        (lambda s, h: tg.exp(s), NotImplementedError, r"exp\(\): there is none of sparse"),
        (lambda s, h: tg.where(s, s, s), NotImplementedError, "there is none of sparse"),
        (lambda s, h: s**-1, NotImplementedError, "not sparse"),
        (lambda s, h: h @ tg.ones(2, 2), RuntimeError, "two sparse dimensions"),
        (
            lambda s, h: tg.cat([s, tg.ones(2, 3).to_sparse(1)]),
            RuntimeError,
            r"as many sparse dimensions, got \[2, 1\]",
        ),
        (lambda s, h: tg.cat([h, h], 1), RuntimeError, "got 1, which is dense"),
        (lambda s, h: h.transpose(0, 1), RuntimeError, "the 1 sparse dimensions of 2"),
        (lambda s, h: tg.sparse.mm(s, tg.ones(3)), RuntimeError, "2 and 2 dimensions"),
        (lambda s, h: tg.ones(2, 3).to_sparse(3), RuntimeError, "from 1 to 2, got 3"),
        (lambda s, h: tg.sparse_coo_tensor(), TypeError, "or a size"),
        (
            lambda s, h: tg.sparse_coo_tensor(PLACES, ROWS, (4, 3)),
            RuntimeError,
            r"expected \[4, 3\], got \[4, 2\]",
        ),
        (lambda s, h: tg.sparse_coo_tensor(PLACES, ROWS, (4,)), RuntimeError, "got size .4"),
    ],
)
def test_what_there_is_none_of(call, error, words):
    s, _, h, _ = three(tg)
    with pytest.raises(error, match=words):
        call(s, h)


def test_a_module_has_a_sparse_buffer():
    class Graph(tg.nn.Module):
        def __init__(self):
            super().__init__()
            places = tg.tensor([[0, 1, 2, 2], [1, 0, 2, 0]])
            self.register_buffer("adjacent", tg.sparse_coo_tensor(places, tg.ones(4), (3, 3)))
            self.linear = tg.nn.Linear(2, 2)

        def forward(self, x):
            return tg.sparse.mm(self.adjacent, self.linear(x))

    graph, other, x = Graph(), Graph(), tg.randn(3, 2)
    want = graph.adjacent.to_dense() @ graph.linear(x)
    assert tg.allclose(graph(x), want)
    assert list(graph.state_dict()) == ["adjacent", "linear.weight", "linear.bias"]
    other.adjacent = other.adjacent * 2
    other.load_state_dict(graph.state_dict())
    assert tg.allclose(copy.deepcopy(other)(x), want)
    assert graph.double().adjacent.dtype == tg.float64
    with pytest.raises(RuntimeError, match="adjacent"):
        other.load_state_dict({**graph.state_dict(), "adjacent": tg.ones(3, 3)})


def test_alpha_of_sums_of_sparse_tensors():
    x = tg.tensor([[0.0, 1.0], [2.0, 0.0]])
    a = x.to_sparse()
    assert tg.equal(tg.add(a, a, alpha=3).to_dense(), 4 * x)
    assert tg.equal(tg.sub(a, a, alpha=3).to_dense(), -2 * x)
    assert tg.equal(tg.add(x, a, alpha=3), 4 * x)
    with pytest.raises(NotImplementedError):
        tg.div(a, 2, rounding_mode="floor")


def test_the_gradient_of_a_leaf_counts_a_place_once():
    places = tg.tensor([[1, 1, 0], [0, 0, 2]])
    a = tg.sparse_coo_tensor(places, tg.tensor([2.0, 6.0, 1.0]), (3, 3)).requires_grad_()
    x = tg.rand(3, 2)
    tg.sparse.mm(a, x).pow(2).sum().backward()
    dense = a.detach().to_dense().requires_grad_()
    (dense @ x).pow(2).sum().backward()
    held = tg.zeros(3, 3, dtype=tg.bool)
    held[1, 0] = held[0, 2] = True
    assert tg.allclose(a.grad.to_dense(), dense.grad * held)


def test_an_index_out_of_range_is_refused():
    a = tg.eye(3).to_sparse()
    with pytest.raises(IndexError, match="-3 to 2"):
        a.index_select(0, tg.tensor([5]))


CHANGES = {
    "mul_": lambda T, s, h: s.mul_(2),
    "mul_ of sparse": lambda T, s, h: s.mul_(s.clone()),
    "mul_ of dense": lambda T, s, h: s.mul_(T.ones(2, 3) * 3),
    "div_": lambda T, s, h: s.div_(2),
    "add_": lambda T, s, h: s.add_(s.clone(), alpha=3),
    "sub_": lambda T, s, h: s.sub_(s.clone(), alpha=3),
    "zero_": lambda T, s, h: s.zero_(),
    "__imul__": lambda T, s, h: operator.imul(s, 2),
    "__itruediv__": lambda T, s, h: operator.itruediv(s, 2),
    "__iadd__": lambda T, s, h: operator.iadd(s, s.clone()),
    "__isub__": lambda T, s, h: operator.isub(s, s.clone()),
    "softmax": lambda T, s, h: T.sparse.softmax(s, 1),
    "softmax of float64": lambda T, s, h: T.sparse.softmax(s, 0, dtype=T.float64),
    "log_softmax": lambda T, s, h: T.sparse.log_softmax(s, -1),
    "softmax of rows": lambda T, s, h: T.sparse.softmax(h, 0),
    "softmax within rows": lambda T, s, h: T.sparse.log_softmax(h, 1),
    "sparse_mask": lambda T, s, h: T.arange(6.0).reshape(2, 3).sparse_mask(s),
    "to_sparse_coo": lambda T, s, h: T.ones(2).to_sparse_coo(),
    "mT": lambda T, s, h: s.mT,
}


@pytest.mark.torch
@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.filterwarnings("ignore:Sparse:UserWarning")
def test_changes_are_torchs(name):
    torch = pytest.importorskip("torch")
    found = []
    for T in (tg, torch):
        s, _, h, _ = three(T)
        out = CHANGES[name](T, s, h)
        assert (out is s) == name.split()[0].endswith("_")
        found.append(repr(out.coalesce()))
    assert found[0] == found[1]


def test_changes_in_place_that_may_not_be():
    with pytest.raises(RuntimeError, match="leaf Variable"):
        made(requires_grad=True).mul_(2)
    with pytest.raises(RuntimeError, match="can't be cast"):
        made().long().mul_(0.5)
    with pytest.raises(RuntimeError, match="same sizes"):
        tg.ones(3, 3).sparse_mask(made())


SPARSE_RESULTS = {
    "smm": lambda lib, s, d: lib.smm(s, d),
    "smm of a matrix with a place twice": lambda lib, s, d: (s + s.neg() * 3).smm(d),
    "sspaddmm": lambda lib, s, d: lib.sspaddmm(s, s, d, beta=2, alpha=3),
    "sspaddmm as a method": lambda lib, s, d: s.sspaddmm(s, d, beta=2),
    "rows": lambda lib, s, d: lib.narrow_copy(s, 0, 1, 2),
    "columns": lambda lib, s, d: s.narrow_copy(1, 1, 1),
    "nothing": lambda lib, s, d: s.narrow_copy(1, 2, 0),
    "a dense dimension": lambda lib, s, d: d.to_sparse(1).narrow_copy(1, 1, 2),
}


def sparse_parts(lib, call):
    places = lib.tensor([[0, 1, 1], [1, 0, 2]])
    s = lib.sparse_coo_tensor(places, lib.tensor([1.0, 2.0, 3.0]), (3, 3))
    out = call(lib, s, lib.arange(9.0).reshape(3, 3))
    return [out._indices().tolist(), out._values().tolist(), tuple(out.shape), out.is_sparse]


@pytest.mark.torch
@pytest.mark.parametrize("call", SPARSE_RESULTS.values(), ids=SPARSE_RESULTS)
def test_sparse_results_are_pytorchs(call):
    import torch

    assert sparse_parts(tg, call) == sparse_parts(torch, call)


def test_sparse_products_and_parts():
    a, b = made(requires_grad=True), np.arange(6.0, dtype=np.float32).reshape(3, 2)
    np.testing.assert_array_equal(tg.smm(a, tg.tensor(b)).to_dense().detach(), DENSE @ b)
    product = tg.sspaddmm(a, a.detach(), tg.ones(3, 3), alpha=2)
    np.testing.assert_array_equal(product.to_dense().detach(), DENSE + 2 * DENSE @ np.ones((3, 3)))
    np.testing.assert_array_equal(a.narrow_copy(1, 1, 2).to_dense().detach(), DENSE[:, 1:])
    assert a.narrow_copy(1, -1, 1).to_dense().tolist() == DENSE[:, 2:].tolist()
    a.narrow_copy(0, 1, 1).to_dense().sum().backward()
    assert a.grad.to_dense().tolist() == [[0, 0, 0], [1, 0, 1]]
    for wrong in (
        lambda: tg.smm(tg.ones(2, 2), tg.ones(2, 2)),
        lambda: tg.smm(a, a),
        lambda: tg.smm(a, tg.ones(2, 2)),
        lambda: tg.sspaddmm(a, a, tg.ones(3, 2)),
        lambda: a.narrow_copy(0, 1, 2),
        lambda: a.narrow_copy(0, 0, -1),
    ):
        with pytest.raises(RuntimeError):
            wrong()
