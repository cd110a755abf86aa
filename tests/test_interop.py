# ruff: noqa: B023, SIM300  (functions are called where they are made; arrays come first)
"""NumPy's functions called with tensors: the same values, recorded on the tape."""

import inspect
import math
from functools import partial

import numpy as np
import pytest
import scipy.special

import tinygrad_np as tg

random = np.random.default_rng(0)
A, B = random.standard_normal((3, 4)), random.standard_normal((3, 4))
C, V = random.standard_normal((4, 2)), random.standard_normal(4)
P = np.abs(A) / 4 + 0.1  # in the domain of all functions but arccosh


def check(function, *arrays):
    """The function gives the same of Tensors as of arrays, as a Tensor where it can."""
    want = function(*arrays)
    got = function(*(tg.tensor(a, requires_grad=True) for a in arrays))
    several = isinstance(want, (list, tuple)) and isinstance(want[0], np.ndarray)
    for w, g in zip(want, got, strict=True) if several else [(want, got)]:
        if isinstance(w, np.ndarray) and w.ndim:
            assert isinstance(g, tg.Tensor)
        if isinstance(g, tg.Tensor):
            assert g.requires_grad == (g.dtype == tg.float64)
            g = g.detach().numpy()
        assert np.shape(w) == np.shape(g)
        np.testing.assert_allclose(g, w, rtol=1e-12)


REDUCTIONS = ["sum", "mean", "prod", "max", "min", "amax", "amin", "var", "std", "median",
              "argmax", "argmin", "any", "all"]  # fmt: skip


@pytest.mark.parametrize("name", REDUCTIONS)
def test_reductions(name):
    function = getattr(np, name)
    for given in ({}, {"axis": 0}, {"axis": -1}, {"axis": 1, "keepdims": True}):
        check(lambda a: function(a, **given), A)


UNARY = [
    np.absolute, np.arccos, np.arcsin, np.arcsinh, np.arctan, np.arctanh, np.ceil, np.cos,
    np.cosh, np.exp, np.exp2, np.expm1, np.fabs, np.floor, np.isfinite, np.isinf, np.isnan,
    np.log, np.log10, np.log1p, np.log2, np.logical_not, np.negative, np.positive,
    np.reciprocal, np.rint, np.sign, np.signbit, np.sin, np.sinh, np.sqrt, np.square, np.tan,
    np.tanh, np.trunc,
]  # fmt: skip
BINARY = [
    np.add, np.arctan2, np.copysign, np.divide, np.equal, np.floor_divide, np.fmod,
    np.greater, np.greater_equal, np.hypot, np.less, np.less_equal, np.logaddexp,
    np.logical_and, np.logical_or, np.logical_xor, np.maximum, np.minimum, np.multiply,
    np.not_equal, np.power, np.remainder, np.subtract,
]  # fmt: skip


@pytest.mark.parametrize("function", UNARY, ids=lambda f: f.__name__)
def test_functions_of_one_array(function):
    check(function, P)


@pytest.mark.parametrize("function", BINARY, ids=lambda f: f.__name__)
def test_functions_of_two(function):
    check(function, P, P[::-1].copy())
    for other in (P[::-1].copy(), P[0], 0.3, np.float64(0.3), np.float32(0.5)):
        check(lambda a: function(a, other), P)
        check(lambda a: function(other, a), P)


OTHERS = [
    (lambda a: np.sum(a, (0, 1)), A),
    (lambda a: np.std(a, ddof=1), A),
    (lambda a: np.count_nonzero(a, axis=1), A),
    (lambda a: np.cumsum(a), A),
    (lambda a: np.cumsum(a, 1), A),
    (lambda a: np.cumprod(a, axis=0), A),
    (lambda a: np.linalg.norm(a), A),
    (lambda a: np.linalg.norm(a, axis=1), A),
    (lambda a: np.linalg.norm(a, 1, axis=1, keepdims=True), A),
    (lambda a: np.linalg.norm(a, np.inf), V),
    (lambda a: np.reshape(a, (4, 3)), A),
    (lambda a: np.reshape(a, -1), A),
    (lambda a: np.ravel(a), A),
    (lambda a: np.transpose(a), A),
    (lambda a: np.transpose(a, (1, 0)), A),
    (lambda a: np.swapaxes(a, 0, 1), A),
    (lambda a: np.moveaxis(a, 0, -1), A),
    (lambda a: np.squeeze(np.expand_dims(a, 1)), A),
    (lambda a: np.squeeze(np.expand_dims(a, 1), axis=1), A),
    (lambda a: np.broadcast_to(a, (2, 3, 4)), A),
    (lambda a: np.flip(a), A),
    (lambda a: np.flip(a, 0), A),
    (lambda a: np.roll(a, 2), A),
    (lambda a: np.roll(a, 2, axis=1), A),
    (lambda a: np.tile(a, (2, 1)), A),
    (lambda a: np.tile(a, 2), V),
    (lambda a: np.repeat(a, 2), A),
    (lambda a: np.repeat(a, 2, axis=1), A),
    (lambda a, b: np.concatenate([a, b]), A, B),
    (lambda a, b: np.concatenate((a, b), axis=1), A, B),
    (lambda a, b: np.concatenate([a, b], axis=None), A, B),
    (lambda a: np.concatenate([B, a]), A),
    (lambda a, b: np.stack([a, b], axis=-1), A, B),
    (lambda a, b: np.vstack([a, b]), A, B),
    (lambda a, b: np.hstack([a, b]), A, B),
    (lambda a, b: np.column_stack([a, b]), V, V),
    (lambda a: np.split(a, 2, axis=1), A),
    (lambda a: np.split(a, [1, 3], axis=1), A),
    (lambda a: np.array_split(a, 3, axis=1), A),
    (lambda a: np.where(a > 0, a, 0), A),
    (lambda a, b: np.where(A > 0, a, b), A, B),
    (lambda a: np.where(a > 0), A),
    (lambda a: np.nonzero(a), A),
    (lambda a: np.take(a, [0, 2]), A),
    (lambda a: np.take(a, [0, 2], axis=1), A),
    (lambda a: np.take(a, 1, axis=0), A),
    (lambda a: np.take_along_axis(a, np.argsort(A, 1), 1), A),
    (lambda a: np.sort(a), A),
    (lambda a: np.sort(a, axis=0), A),
    (lambda a: np.sort(a, axis=None), A),
    (lambda a: np.argsort(a), A),
    (lambda a: np.argsort(a, axis=None), A),
    (lambda a: np.diag(a), A),
    (lambda a: np.diag(a, 1), V),
    (lambda a: np.diagonal(a), A),
    (lambda a: np.tril(a), A),
    (lambda a: np.triu(a, 1), A),
    (lambda a: np.clip(a, -0.5, 0.5), A),
    (lambda a: np.clip(a, 0, None), A),
    (lambda a: np.clip(a, None, 0), A),
    (lambda a: np.round(a, 1), A),
    (lambda a: np.nan_to_num(a), A),
    (lambda a: np.copy(a), A),
    (lambda a, b: np.isclose(a, b), A, B),
    (lambda a, b: np.allclose(a, b), A, B),
    (lambda a, b: np.array_equal(a, b), A, B),
    (lambda a, b: np.dot(a, b), A, C),
    (lambda a, b: np.dot(a, b), A, V),
    (lambda a, b: np.dot(a, b), V, V),
    (lambda a, b: np.dot(a, b), V, random.standard_normal((2, 4, 3))),
    (lambda a: np.dot(a, 2.0), V),
    (lambda a: np.dot(A, a), C),
    (lambda a, b: np.matmul(a, b), A, C),
    (lambda a, b: np.vdot(a, b), A, B),
    (lambda a, b: np.inner(a, b), A, B),
    (lambda a, b: np.outer(a, b), V, V),
    (lambda a, b: np.kron(a, b), A, B),
    (lambda a, b: np.tensordot(a, b), A, B),
    (lambda a, b: np.tensordot(a, b, axes=([1], [0])), A, C),
    (lambda a, b: np.einsum("ij,jk->ik", a, b), A, C),
    (lambda a: np.shape(a), A),
    (lambda a: np.ndim(a), A),
    (lambda a: np.size(a), A),
    (lambda a: np.size(a, 1), A),
    (lambda a: np.iscomplexobj(a), A),
    (lambda a: A * a, B),
    (lambda a: a * A, B),
    (lambda a: A - a, B),
    (lambda a: A @ a, C),
    (lambda a: 2.0**a, B),
    (lambda a: np.float64(2) * a, B),
    (lambda a: A > a, B),
    (lambda a: A == a, B),
]


@pytest.mark.parametrize(
    ("function", "arrays"),
    [(f, arrays) for f, *arrays in OTHERS],
    ids=lambda v: inspect.getsource(v).strip()[1:].rsplit(", ", 1)[0] if callable(v) else "",
)
def test_functions(function, arrays):
    check(function, *arrays)


def test_gradients_pass_through():
    x = tg.tensor(P, requires_grad=True)
    y = tg.tensor(P, requires_grad=True)
    np.sum(np.concatenate([np.sin(x), np.transpose(x) @ x])).backward()
    tg.cat([y.sin(), y.T @ y]).sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), y.grad.numpy())


def test_dtypes_are_those_of_tensors():
    t = tg.tensor([1.0, 2.0])
    for result in (np.sin(t), np.float64(2) * t, np.add(t, 1), np.mean(t), np.multiply(t, [1, 2])):
        assert result.dtype == tg.float32
    assert (np.ones(2) * t).dtype == tg.float64
    assert np.sqrt(tg.tensor([4])).dtype == tg.float32


@pytest.mark.parametrize(
    "function", [np.dot, np.inner, np.outer, np.vdot, np.tensordot, partial(np.einsum, "...i,j")]
)
def test_products_of_several_dtypes(function):
    a, b = np.arange(3.0), np.array([2, -3, 4], np.float32)
    if function is np.tensordot:
        function = partial(function, axes=1)
    out = tg.from_numpy(function(a, tg.tensor(b)))
    assert out.dtype == tg.float64
    np.testing.assert_array_equal(out, function(a, b))


def test_tensors_like_tensors():
    x = tg.ones(2, 3, requires_grad=True)
    assert np.zeros_like(x).tolist() == [[0] * 3] * 2
    assert np.full_like(x, 3, dtype=np.int64).dtype == tg.int64
    assert np.ones_like(x, dtype=np.float64).dtype == tg.float64
    assert np.empty_like(x).shape == (2, 3)


def test_values_go_into_arrays():
    t = tg.tensor([1.0, 2.0])
    array = np.array([3.0, 4.0])
    array += t
    np.multiply(t, 2, out=array, where=[False])
    np.testing.assert_array_equal(array, [4, 6])
    array[:] = t
    np.testing.assert_array_equal(array, [1, 2])
    assert isinstance(array + t, tg.Tensor)
    held = np.zeros(2)
    with pytest.raises(TypeError, match="requires grad.*a = a . t"):
        held += t.requires_grad_()
    assert not held.any()


def test_arrays_of_tensors():
    t = tg.tensor([1.0, 2.0])
    assert np.shares_memory(np.asarray(t), t)
    assert np.may_share_memory(t, t.numpy())
    assert not np.shares_memory(np.array(t), t)
    assert np.asarray(t, dtype=np.float64).dtype == np.float64
    assert np.array([t, t]).shape == (2, 2)
    with pytest.raises(ValueError, match="copy"):
        np.asarray(t, dtype=np.float64, copy=False)
    np.testing.assert_allclose(t, [1, 2])
    np.testing.assert_array_equal(t, t)
    with pytest.raises(RuntimeError, match="detach"):
        np.asarray(t.requires_grad_())


def test_arrays_of_recorded_tensors_without_grad():
    t = tg.tensor([1.0, 8.0], requires_grad=True)
    with tg.no_grad():
        assert t.numpy().tolist() == [1, 8]
        assert np.shares_memory(np.asarray(t), t.numpy())
        assert np.percentile(t, 50) == 4.5
        assert np.cbrt(t).tolist() == [1, 2]
        held = np.ones(2)
        held += t
        assert held.tolist() == [2, 9]
    for how in (lambda: t.numpy(), lambda: np.asarray(t)):
        with pytest.raises(RuntimeError, match="requires grad"):
            how()


def test_numbers_of_tensors():
    t = tg.tensor(4.0, requires_grad=True)
    assert math.sqrt(t) == 2.0
    assert float(t) == int(t) == 4
    assert [10, 20, 30][tg.tensor(1)] == 20
    assert tg.tensor([t, t * 2, 3]).tolist() == [4, 8, 3]


def test_other_ufuncs_are_computed_off_the_tape():
    t = tg.tensor([1.0, 8.0])
    assert isinstance(np.cbrt(t), tg.Tensor)
    assert np.cbrt(t).tolist() == [1, 2]
    assert np.add.reduce(t) == 9
    assert np.multiply.outer(t, [1, 2]).shape == (2, 2)
    assert scipy.special.binom(4, tg.tensor(2)) == 6
    fraction, whole = np.modf(t / 2)
    assert fraction.tolist() == [0.5, 0]
    assert whole.dtype == tg.float32


def test_other_functions_give_arrays():
    t = tg.tensor([1.0, 8.0, 3.0])
    left, right = np.broadcast_arrays(t, [[1.0], [2.0]])  # what matplotlib's bar() asks for
    assert type(left) is np.ndarray
    assert left.tolist() == [[1, 8, 3]] * 2
    assert right.tolist() == [[1] * 3, [2] * 3]
    assert np.percentile(t, 50) == 3
    assert np.atleast_2d(t).tolist() == [[1, 8, 3]]
    assert np.interp(2, t[:1], fp=t[1:2]) == 8
    assert np.lexsort(t.sort()).tolist() == [0, 2, 1]  # a named tuple of tensors
    assert np.block([[t, t]]).tolist() == [[1, 8, 3] * 2]


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda t: np.cbrt(t.requires_grad_()), TypeError, r"np\.cbrt.*detach"),
        (lambda t: np.add(t, t, out=t), TypeError, "np.add.*out="),
        (lambda t: np.add(t, 1, where=[True, False]), TypeError, "where="),
        (lambda t: np.add.reduce(t.requires_grad_()), TypeError, r"np\.add\.reduce"),
        (lambda t: np.add.at(t, 0, 1), TypeError, r"np\.add\.at"),
        (lambda t: np.gradient(t.requires_grad_()), TypeError, r"np\.gradient.*detach"),
        (lambda t: np.fft.fft(t.requires_grad_()), TypeError, r"np\.fft\.fft"),
        (lambda t: np.block([[1, t.requires_grad_()]]), TypeError, r"np\.block"),
        (lambda t: np.fill_diagonal(t.expand(2, 2).clone(), 1), ValueError, "read-only"),
        (lambda t: np.linalg.norm(t[None], 1), TypeError, "matrix norm.*1"),
        (lambda t: np.sum(t, dtype=np.float64), TypeError, r"np\.sum.*'dtype'"),
        (lambda t: np.sum(t, out=np.zeros(())), TypeError, r"np\.sum.*'out'"),
        (lambda t: np.reshape(t, 2, order="F"), TypeError, "order"),
        (lambda t: np.split(t, 3), ValueError, "2 elements.*3 sections"),
    ],
)
def test_what_there_is_not(call, error, words):
    with pytest.raises(error, match=words):
        call(tg.tensor([1.0, 2.0]))
