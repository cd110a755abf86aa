"""Products of matrices: all ranks, dtypes, in-place forms and errors."""

import math

import numpy as np
import pytest

import tinygrad_np as tg
from tinygrad_np.nn import functional as F


def test_matmul_operator_takes_arrays_and_leaves_the_rest():
    x = tg.ones(2, 2)
    assert (x @ np.ones((2, 2), np.float32)).tolist() == [[2.0, 2.0], [2.0, 2.0]]
    assert (np.ones((2, 2), np.float32) @ x).tolist() == [[2.0, 2.0], [2.0, 2.0]]
    with pytest.raises(TypeError):
        x @ [1.0, 1.0]


@pytest.mark.parametrize("name", ["mm", "mv", "bmm", "dot", "outer"])
def test_products_take_no_numbers(name):
    with pytest.raises(TypeError, match=rf"{name}\(\): expected tensors, but got a float: 2.0"):
        getattr(tg.ones(1), name)(2.0)


def test_matmul_works_on_bare_arrays_in_every_rank():
    a, b = np.ones((2, 3)), np.ones(3)
    assert type(tg.matmul(a, b)) is np.ndarray
    assert tg.matmul(b, b) == 3.0


def test_a_matrix_times_a_batch_sums_over_the_batch():
    x, w = tg.ones(4, 2, 3, requires_grad=True), tg.ones(3, 5, requires_grad=True)
    (x @ w).sum().backward()
    assert w.grad.tolist() == [[8.0] * 5] * 3
    assert x.grad.tolist() == [[[5.0] * 3] * 2] * 4


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda z: z(2, 3) @ z(4, 5), r"mat1 and mat2 shapes .* \(2x3 and 4x5\)"),
        (lambda z: z(3) @ z(4, 5), r"\(1x3 and 4x5\)"),
        (lambda z: z(2, 2, 3) @ z(4, 5), r"\(4x3 and 4x5\)"),
        (lambda z: z(3) @ z(4), r"expected tensor \[3\] and src \[4\]"),
        (lambda z: z(2, 3) @ z(4), r"mat \(2x3\), vec \(4\)"),
        (lambda z: z(2, 2, 3) @ z(2, 4, 5), r"to be: \[2, 3\] but got: \[2, 4\]"),
        (lambda z: z(2, 2, 3) @ z(3, 3, 5), r"\[2\] and \[3\].*don't broadcast"),
        (lambda z: z(()) @ z(2), "at least 1D, but they are 0D and 1D"),
        (lambda z: tg.mm(z(2), z(2, 3)), r"2 and 2 dimensions.*\[2\] and \[2, 3\]"),
        (lambda z: tg.bmm(z(2, 3, 4), z(3, 4, 3)), r"\[2, 4\] but got: \[3, 4\]"),
        (lambda z: tg.mv(z(2, 3), z(3, 1)), "2 and 1 dimensions"),
        (lambda z: tg.dot(z(2), z(3)), "same number of elements"),
        (lambda z: tg.outer(z(2, 2), z(3)), "1 and 1 dimensions"),
        (lambda z: tg.addmm(z(7), z(2, 3), z(3, 5)), r"\[7\].*\[2, 5\]"),
        (lambda z: tg.addmm(z(4, 2, 5), z(2, 3), z(3, 5)), r"\[4, 2, 5\].*\[2, 5\]"),
        (lambda z: F.linear(z(2, 3), z(4, 5)), r"\(2x3 and 5x4\)"),
        (lambda z: F.linear(z(2, 3), z(4, 3), z(5)), r"bias.*\[5\].*\[2, 4\].*expected \[4\]"),
        (lambda z: F.linear(z(2, 3), z(1, 4, 3)), r"\[2, 3\] and \[1, 4, 3\]"),
        (lambda z: F.linear(z(()), z(4, 3)), r"\[\] and \[4, 3\]"),
        (lambda z: F.bilinear(z(2, 3), z(2, 4), z(5, 3, 3)), r"\[2, 4\] and \[5, 3, 3\]"),
        (lambda z: tg.tensordot(z(2, 3), z(4, 3), 1), "size 3 in dim 1 and second has size 4"),
        (lambda z: tg.tensordot(z(2, 3), z(4, 3), ([1], [0, 1])), "same length"),
        (lambda z: tg.tensordot(z(2, 3), z(4, 3), 3), "dims=3"),
        (lambda z: tg.inner(z(2, 3), z(4)), r"\[2, 3\] and \[4\]"),
        (lambda z: tg.trace(z(2)), r"\[2\]"),
        (lambda z: tg.cross(z(2, 4), z(2, 4)), r"size 3.*\[2, 4\]"),
        (lambda z: tg.linalg.cross(z(3, 2), z(3, 3)), r"\[3, 2\] and \[3, 3\]"),
        (lambda z: tg.linalg.multi_dot([z(2, 3)]), "at least 2 tensors but got 1"),
        (lambda z: tg.linalg.multi_dot([z(2, 3), z(3), z(3, 2)]), r"\[3\]"),
        (lambda z: tg.linalg.multi_dot([z(2, 3), z(3, 3), z(())]), "2D and 0D"),
        (lambda z: tg.linalg.inv(z(2, 3)), r"square.*\[2, 3\]"),
        (lambda z: tg.linalg.inv(z(2, 2)), r"[Ss]ingular.*\[2, 2\]"),
        (lambda z: tg.linalg.cholesky(-tg.eye(2)), "positive definite"),
        (lambda z: tg.linalg.solve(z(2, 2), z(3)), r"\[2, 2\].*\[3\]"),
        (lambda z: tg.linalg.matrix_power(z(2, 3), 2), r"square.*\[2, 3\]"),
    ],
)
def test_wrong_shapes_are_named(call, message):
    with pytest.raises(RuntimeError, match=message):
        call(tg.zeros)


@pytest.mark.parametrize(
    "call",
    [
        lambda a, b: a @ b,
        lambda a, b: tg.mm(a, b),
        lambda a, b: tg.mv(a, b[0]),
        lambda a, b: tg.dot(a[0], b[0]),
        lambda a, b: tg.addmm(b, a, a),
        lambda a, b: F.linear(a, b),
        lambda a, b: F.linear(a, a, b[0]),
        lambda a, b: tg.einsum("ij,jk", a, b),
        lambda a, b: tg.tensordot(a, b, 1),
        lambda a, b: tg.linalg.solve(tg.eye(2), b),
    ],
)
def test_products_of_mixed_dtypes_name_both_and_the_way_out(call):
    a, b = tg.ones(2, 2), tg.ones(2, 2, dtype=tg.float64)
    with pytest.raises(RuntimeError, match=r"float(32|64) and .*float(32|64).*\.double\(\)"):
        call(a, b)


def test_products_want_tensors():
    with pytest.raises(TypeError, match="matmul.*float"):
        tg.matmul(tg.ones(2), 2.0)
    with pytest.raises(TypeError, match="linear.*list"):
        F.linear(tg.ones(2), [[1.0, 1.0]])


def test_integers_multiply_too():
    x = tg.tensor([[1, 2], [3, 4]])
    assert (x @ x).tolist() == [[7, 10], [15, 22]]
    assert tg.einsum("ij,j->i", x, x[0]).dtype == tg.int64


def test_beta_zero_does_not_look_at_the_input():
    hole = tg.full((2, 2), math.nan)
    assert tg.addmm(hole, tg.ones(2, 1), tg.ones(1, 2), beta=0).tolist() == [[1.0, 1.0]] * 2


def test_products_in_place():
    x = tg.ones(2, 2)
    x.addmm_(tg.ones(2, 1), tg.ones(1, 2), alpha=2)
    assert x.tolist() == [[3.0, 3.0]] * 2
    assert tg.ones(2).addmv_(tg.ones(2, 2), tg.ones(2)).tolist() == [3.0, 3.0]
    assert tg.ones(1, 2).addr_(tg.ones(1), tg.ones(2)).tolist() == [[2.0, 2.0]]


def test_linear_saves_nothing_for_a_frozen_weight():
    x, w = tg.ones(2, 3, requires_grad=True), tg.ones(4, 3)
    y = F.linear(x, w)
    assert [node is None for node, _ in y.grad_fn.next_functions] == [False, True, True]
    y.sum().backward()
    assert x.grad.tolist() == [[4.0] * 3] * 2


def test_linear_of_an_empty_batch():
    x, w = tg.zeros(0, 3, requires_grad=True), tg.ones(4, 3, requires_grad=True)
    y = F.linear(x, w, tg.ones(4))
    assert y.shape == (0, 4)
    y.sum().backward()
    assert w.grad.tolist() == [[0.0] * 3] * 4


def test_inf_in_a_product_gives_no_warning():
    x = tg.tensor([[math.inf, -math.inf]])
    assert math.isnan((x @ tg.ones(2, 1)).item())
    assert math.isnan(F.linear(x, tg.ones(1, 2)).item())


# --- einsum ---


def test_einsum_with_numbers_for_letters():
    a, b = tg.arange(6.0).reshape(2, 3), tg.arange(12.0).reshape(3, 4)
    want = (a @ b).tolist()
    assert tg.einsum(a, [0, 1], b, [1, 2], [0, 2]).tolist() == want
    assert tg.einsum(a, [..., 1], b, [1, 2]).tolist() == want
    assert tg.einsum("ij, jk -> ik", [a, b]).tolist() == want


@pytest.mark.parametrize(
    ("equation", "shapes", "message"),
    [
        ("ij,jk", [(2, 3), (4, 5)], r"subscript j has size 4 for operand 1.*\[4, 5\].* 3"),
        ("ij,jk", [(2, 3)], "for 2 operands, but there are 1"),
        ("ijk", [(2, 3)], "'ijk' don't fit operand 0, which has 2"),
        ("i", [(2, 3)], "'i' don't fit operand 0, which has 2"),
        ("ij->k", [(2, 3)], "output subscript k"),
        ("ij->ii", [(2, 3)], "output subscript i"),
        ("...i...", [(2, 3)], r"\[a-zA-Z\].*'\.'"),
        ("i1->i", [(2, 3)], r"\[a-zA-Z\].*'1'"),
        ("ii->i", [(2, 3)], "subscript i has size 3.* 2"),
        ("ii->i", [(1, 3)], "subscript i has size 3"),
    ],
)
def test_wrong_equations_are_explained(equation, shapes, message):
    with pytest.raises(RuntimeError, match=message):
        tg.einsum(equation, *map(tg.ones, shapes))


def test_einsum_of_a_long_chain_is_contracted_in_a_good_order():
    # from left to right the first product alone would have 10^8 elements
    a, b, c = tg.ones(10_000, 1), tg.ones(1, 10_000), tg.ones(10_000)
    assert tg.einsum("ij,jk,k->", a, b, c).item() == 1e8
    assert tg.linalg.multi_dot([a, b, c]).shape == (10_000,)


def test_multi_dot_takes_vectors_at_the_ends():
    v = tg.ones(3)
    assert tg.linalg.multi_dot([v, tg.ones(3, 2), tg.ones(2)]).item() == 6.0
    assert tg.chain_matmul(tg.ones(1, 1)).tolist() == [[1.0]]


# --- equations ---


def test_solve_takes_vectors_and_the_other_side():
    a = tg.tensor([[2.0, 1.0], [0.0, 4.0]], dtype=tg.float64)
    b = tg.tensor([4.0, 8.0], dtype=tg.float64)
    assert (a @ tg.linalg.solve(a, b)).tolist() == [4.0, 8.0]
    assert (tg.linalg.solve(a, b, left=False) @ a).tolist() == [4.0, 8.0]
    batch = tg.stack([a, a])
    assert tg.linalg.solve(batch, tg.stack([b, b])).shape == (2, 2)


def test_cholesky_upper():
    a = tg.tensor([[4.0, 2.0], [2.0, 5.0]])
    upper = tg.linalg.cholesky(a, upper=True)
    assert upper.tolist() == tg.linalg.cholesky(a).swapaxes(0, 1).tolist()


def test_matrix_power_zero_is_the_identity():
    assert tg.linalg.matrix_power(tg.ones(2, 2), 0).tolist() == [[1.0, 0.0], [0.0, 1.0]]


def test_cross_finds_its_dimension():
    x = tg.eye(3)[:2].swapaxes(0, 1)  # (3, 2)
    assert tg.cross(x, x.flip(1)).tolist() == [[0.0, 0.0], [0.0, 0.0], [1.0, -1.0]]


def test_inner_with_a_number_multiplies():
    assert tg.inner(tg.ones(2), tg.tensor(3.0)).tolist() == [3.0, 3.0]


@pytest.mark.parametrize("shape", [(0, 0), (3, 0), (0, 3), (2, 0, 0)])
def test_norms_of_empty_matrices(shape):
    A = tg.zeros(*shape)
    zero = [0.0] * 2 if len(shape) == 3 else 0.0
    for order in ("fro", "nuc", 2):
        assert tg.linalg.matrix_norm(A, order).tolist() == zero
        assert tg.linalg.matrix_norm(A, order, keepdim=True).shape == (*shape[:-2], 1, 1)
    if shape[-2:] == (0, 0):
        assert tg.linalg.cond(A).tolist() == zero
    assert tg.linalg.matrix_norm(A, 1).tolist() == zero
    assert tg.linalg.matrix_norm(A, float("inf")).tolist() == zero
    if shape == (0, 0):
        for order in (-1, -2):
            with pytest.raises(IndexError, match="non-zero size"):
                tg.linalg.matrix_norm(A, order)


@pytest.mark.parametrize("adjoint", [False, True])
@pytest.mark.parametrize("left", [False, True])
@pytest.mark.parametrize(("lead", "many"), [((), (4,)), ((4,), ()), ((2, 1), (3,)), ((), ())])
def test_lu_solve_broadcasts(lead, many, left, adjoint):
    random = np.random.default_rng(0)
    A, B = random.normal(size=(*lead, 3, 3)), random.normal(size=(*many, 3, 3))
    X = tg.linalg.lu_solve(
        *tg.linalg.lu_factor(tg.tensor(A)), tg.tensor(B), left=left, adjoint=adjoint
    ).numpy()
    M = A.swapaxes(-1, -2) if adjoint else A
    np.testing.assert_allclose(M @ X if left else X @ M, np.broadcast_to(B, X.shape), atol=1e-12)


@pytest.mark.torch
def test_singular_matrices_and_nan_as_in_torch():
    import torch

    found = []
    for lib in (tg, torch):
        A = lib.tensor([[[2.0, 1.0], [1.0, 1.0]]] * 3)
        A[1, 0, 0] = np.nan
        A[2, 0, 0] = 1.0
        A.requires_grad_()
        inverse, info = lib.linalg.inv_ex(A)
        X, other = lib.linalg.solve_ex(A, lib.ones(3, 2))
        (inverse.sum() + X.sum()).backward()
        inverses = inverse[:2], lib.linalg.inv(A[:2]), lib.linalg.solve(A[:2], lib.ones(2, 2))
        found.append([t.detach().numpy() for t in (info, other, *inverses, A.grad)])
    for ours, theirs in zip(*found, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6)


def test_reflections_as_methods_and_with_out():
    A = tg.tensor([[2.0, 1.0], [1.0, 3.0], [0.0, 1.0]])
    a, tau = A.geqrf()
    Q = a.orgqr(tau)
    assert tg.allclose(Q @ a[:2].triu(), A, atol=1e-6)
    out = tg.empty(3, 2)
    assert tg.linalg.householder_product(a, tau, out=out) is out
    assert tg.equal(out, Q)


@pytest.mark.parametrize("hermitian", [False, True])
@pytest.mark.parametrize("dtype", ["float64", "complex128"])
def test_ldl_factor_of_indefinite_matrices(dtype, hermitian):
    random = np.random.default_rng(0)
    A = random.standard_normal((2, 6, 6)).astype(dtype)
    A += 1j * random.standard_normal(A.shape) if dtype == "complex128" else 0
    A = (A + (A.conj() if hermitian else A).swapaxes(1, 2)) * np.where(np.eye(6), 0.1, 1)
    B = np.arange(12.0).reshape(6, 2).astype(dtype)  # for both
    LD, pivots = tg.linalg.ldl_factor(tg.tensor(A), hermitian=hermitian)
    assert pivots.dtype == tg.int32
    assert (pivots < 0).any()
    assert not LD.triu(1).any()
    X = tg.linalg.ldl_solve(LD, pivots, tg.tensor(B), hermitian=hermitian)
    np.testing.assert_allclose(A @ X.numpy(), np.stack([B, B]), atol=1e-10)
    assert tg.linalg.ldl_solve(LD[0], pivots[0].long(), X[0]).shape == (6, 2)


@pytest.mark.torch
@pytest.mark.parametrize("hermitian", [False, True])
@pytest.mark.parametrize("dtype", ["float64", "complex128"])
def test_ldl_factors_are_pytorchs(dtype, hermitian):
    import torch

    random = np.random.default_rng(1)
    A = random.standard_normal((2, 5, 5)).astype(dtype)
    A += 1j * random.standard_normal(A.shape) if dtype == "complex128" else 0
    A[1] *= np.where(np.eye(5), 0.1, 1)
    found = [lib.linalg.ldl_factor(lib.tensor(A), hermitian=hermitian) for lib in (tg, torch)]
    for name in ("LD", "pivots"):
        ours, theirs = (getattr(f, name).numpy() for f in found)
        assert ours.dtype == theirs.dtype
        np.testing.assert_allclose(ours, theirs, atol=1e-12)


def test_ldl_of_singular_matrices_and_wrong_arguments():
    assert tg.linalg.ldl_factor_ex(tg.stack([tg.eye(2), tg.zeros(2, 2)])).info.tolist() == [0, 1]
    with pytest.raises(RuntimeError, match=r"D\[1,1\] is zero"):
        tg.linalg.ldl_factor(tg.zeros(2, 2))
    LD, pivots = tg.linalg.ldl_factor(tg.eye(2))
    with pytest.raises(RuntimeError, match="pivots of integers"):
        tg.linalg.ldl_solve(LD, pivots.float(), LD)
    with pytest.raises(RuntimeError, match="Incompatible matrix sizes"):
        tg.linalg.ldl_solve(LD, pivots, tg.ones(3, 1))
    with pytest.raises(RuntimeError, match="singular"):
        tg.linalg.ldl_solve(tg.zeros(2, 2), pivots, LD)
    x = tg.linalg.ldl_factor(tg.eye(2, requires_grad=True)).LD
    with pytest.raises(NotImplementedError, match="derivative of _ldl"):
        x.sum().backward()


def test_ormqr_refuses_what_does_not_fit():
    a, tau = tg.geqrf(tg.ones(3, 2))
    assert a.ormqr(tau, tg.ones(4, 3), left=False).shape == (4, 3)
    for other, factors in ((tg.ones(2, 3), tau), (tg.ones(3), tau), (tg.ones(3, 1), tau[:1])):
        with pytest.raises(RuntimeError, match="ormqr: expected input of shape"):
            tg.ormqr(a, factors, other)
