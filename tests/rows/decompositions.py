"""Rows for factors of matrices: ops/spectral.py, factors.py, lu.py, pseudo.py and others.

Vectors are compared by what does not depend on their sign.
"""

import math

import numpy as np
import scipy.linalg
from hypothesis import strategies as st

import tinygrad_np as tg
from tests.opinfo import OpInfo, Sample, unary
from tests.rows.linalg import square, values
from tinygrad_np import testing
from tinygrad_np.ops import old_linalg


@st.composite
def matrices(draw, tall=True, wide=True, **params):
    """Matrices of full rank whose singular values lie apart."""
    m, n = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    if (m > n and not tall) or (m < n and not wide):
        m = n
    lead = draw(testing.shapes(max_dims=1))
    x = draw(testing.spaced((*lead, m, n), -0.7, 0.7))
    x = x + np.eye(m, n) * np.array([2.0, 5.0, 9.0])[:n]
    return Sample((x,), {k: draw(v) for k, v in params.items()})


@st.composite
def triangular(draw):
    (a,) = draw(square()).args
    k, n = draw(st.integers(0, 2)), a.shape[-1]
    params = {name: draw(st.booleans()) for name in ("upper", "left", "unitriangular")}
    shape = (n, k) if params["left"] else (k, n)
    return Sample((a, *values(draw, (*a.shape[:-2], *shape))), params)


def solve_triangular(a, b, upper, left, unitriangular):
    a = np.triu(a) if upper else np.tril(a)
    if unitriangular:
        diagonal = np.eye(a.shape[-1])
        a = a * (1 - diagonal) + diagonal
    return np.linalg.inv(a) @ b if left else b @ np.linalg.inv(a)


@st.composite
def reflections(draw):
    """Vectors of reflections below a diagonal, and their factors."""
    n = draw(st.integers(1, 3))
    m = n + draw(st.integers(0, 2))
    lead = draw(testing.shapes(max_dims=1))
    return Sample(values(draw, (*lead, m, n), (*lead, draw(st.integers(0, n)))))


def reflected(a, tau):
    """The first columns of the product of all reflections ``1 - tau v v^T``."""
    *lead, m, n = a.shape
    out = np.empty(a.shape)
    for at in np.ndindex(*lead):
        q = np.eye(m)
        for i, factor in enumerate(tau[at]):
            v = np.concatenate([np.zeros(i), [1.0], a[at][i + 1 :, i]])
            q = q @ (np.eye(m) - factor * np.outer(v, v))
        out[at] = q[:, :n]
    return out


@st.composite
def reflected_matrices(draw):
    """Vectors and factors of reflections, and what they reflect."""
    left, m, n = draw(st.booleans()), draw(st.integers(1, 3)), draw(st.integers(1, 3))
    lead = draw(testing.shapes(max_dims=1))
    shapes = (m, n), (min(m, n),), ((m, 2) if left else (2, m))
    arrays = values(draw, *((*lead, *shape) for shape in shapes))
    return Sample(arrays, {"left": left, "transpose": draw(st.booleans())})


def reflect(a, tau, other, left, transpose):
    m = a.shape[-2]
    square = np.zeros((*a.shape[:-2], m, m))
    square[..., : tau.shape[-1]] = a[..., : tau.shape[-1]]
    Q = reflected(square, tau)
    Q = t(Q) if transpose else Q
    return Q @ other if left else other @ Q


def lapacks_qr(x):
    """What LAPACK leaves, matrix by matrix."""
    made = [np.linalg.qr(m, "raw") for m in x.reshape(-1, *x.shape[-2:])]
    a = np.array([h.T for h, _ in made]).reshape(x.shape)
    return a, np.array([tau for _, tau in made]).reshape(*x.shape[:-2], min(x.shape[-2:]))


def centred(x):
    return x - x.mean(-2, keepdims=True)


def t(x):
    return x.swapaxes(-1, -2)


def of_svd(lib, x):
    """The squares of the vectors, the values, and the product with other values."""
    U, S, Vh = lib.svd(x, full_matrices=False)
    return U * U, S, (U * (S * S)[..., None, :]) @ Vh, Vh * Vh


def of_old_svd(lib, x):
    U, S, V = lib.svd(x)
    return (U * S[..., None, :]) @ t(V), S


def of_eigh(lib, x, UPLO="L"):
    L, V = lib.eigh(x + t(x), UPLO)
    return L, V * V, (V * (L * L)[..., None, :]) @ t(V)


def of_lu(lib, x):
    return lib.lu(x)


def scipy_lu(x):
    found = [scipy.linalg.lu(a) for a in x.reshape((-1, *x.shape[-2:]))]
    m, n = x.shape[-2:]
    k = min(m, n)
    shapes = ((m, m), (m, k), (k, n))
    return tuple(
        np.array([f[i] for f in found]).reshape((*x.shape[:-2], *shape))
        for i, shape in enumerate(shapes)
    )


def of_lu_factor(lib, x):
    LU = lib.linalg.lu_factor(x)[0] if hasattr(lib, "linalg") else lib.lu_factor(x)[0]
    return LU * LU


def packed_lu(x):
    _, L, U = scipy_lu(x)
    m, n = x.shape[-2:]
    k = min(m, n)
    LU = np.zeros_like(x)
    LU[..., :, :k] += L - np.eye(m, k)
    LU[..., :k, :] += U
    return LU * LU


@st.composite
def factored(draw, **params):
    """A matrix and a right-hand side that fits."""
    (a,) = draw(square()).args
    k, n = draw(st.integers(0, 2)), a.shape[-1]
    drawn = {name: draw(v) for name, v in params.items()}
    shape = (n, k) if drawn.get("left", True) else (k, n)
    return Sample((a, *values(draw, (*a.shape[:-2], *shape))), drawn)


def lu_solved(lib, a, b, **params):
    return lib.linalg.lu_solve(*lib.linalg.lu_factor(a), b, **params)


def solved(a, b, left=True, adjoint=False):
    inverse = np.linalg.inv(t(a) if adjoint else a)
    return inverse @ b if left else b @ inverse


def symmetric(a):
    """Symmetric matrices, indefinite ones: rows and columns have to be exchanged."""
    weights = np.where(np.eye(a.shape[-1]), 0.01, 1.0)
    if not isinstance(a, np.ndarray):
        weights = a.new_tensor(weights.tolist()).reshape(a.shape[-2:])
    return (a + t(a)) * weights


def ldl_solved(lib, a, b):
    return lib.ldl_solve(*lib.ldl_factor(symmetric(a)), b)


def cholesky_solved(lib, a, b, upper):
    return lib.cholesky_solve(b, t(a) if upper else a, upper=upper)


def by_factor(a, b, upper):
    L = np.tril(a)
    return np.linalg.inv(L @ t(L)) @ b


@st.composite
def overdetermined(draw):
    (a,) = draw(matrices()).args
    return Sample((a, *values(draw, (*a.shape[:-1], draw(st.integers(1, 2))))), {})


def lstsq_of(lib, a, b):
    return lib.lstsq(a, b).solution


def expm(x):
    return np.array([scipy.linalg.expm(a) for a in x.reshape((-1, *x.shape[-2:]))]).reshape(x.shape)


@st.composite
def tensor_equations(draw):
    (a,) = values(draw, (6, 6))
    a = (a + 4 * np.eye(6)).reshape((2, 3, 6))
    dims = draw(st.sampled_from([None, (0,)]))
    if dims:
        a = np.moveaxis(a, -1, 0)
    return Sample((a, *values(draw, (2, 3))), {"dims": dims})


def both(row):
    """The op for our library, and for PyTorch."""
    return {
        "op": lambda *args, **p: row(tg.linalg, *args, **p),
        "torch": lambda torch, *args, **p: row(torch.linalg, *args, **p),
    }


def toplevel(row):
    """The same for what takes names of both namespaces."""
    return {
        "op": lambda *args, **p: row(tg, *args, **p),
        "torch": lambda torch, *args, **p: row(torch, *args, **p),
    }


norms = st.sampled_from(["nuc", 2, -2, "fro", 1, -1, math.inf, -math.inf])

ROWS = [
    OpInfo(
        **both(of_svd),
        ref=lambda x: of_svd(np.linalg, x),
        samples=matrices(),
        name="linalg.svd",
        covers=("_svd",),
        array_ok=False,
    ),
    OpInfo(
        **toplevel(of_old_svd),
        ref=lambda x: (x, np.linalg.svd(x)[1]),
        samples=matrices(),
        name="svd",
        array_ok=False,
    ),
    OpInfo(tg.linalg.svdvals, lambda x: np.linalg.svd(x)[1], matrices(), torch="linalg.svdvals"),
    OpInfo(
        **both(of_eigh),
        ref=lambda x, UPLO: of_eigh(np.linalg, x, UPLO),
        samples=matrices(False, False, UPLO=st.sampled_from("LU")),
        name="linalg.eigh",
        covers=("_eigh",),
        array_ok=False,
    ),
    OpInfo(
        lambda x: tg.linalg.eigvalsh(x + t(x)),
        lambda x: np.linalg.eigvalsh(x + t(x)),
        matrices(False, False),
        name="linalg.eigvalsh",
        torch=lambda torch, x: torch.linalg.eigvalsh(x + t(x)),
        covers=("eigvalsh",),
        array_ok=False,
    ),
    OpInfo(
        lambda x: tg.linalg.qr(x),
        lambda x: tuple(np.linalg.qr(x)),
        matrices(),
        name="linalg.qr",
        torch="linalg.qr",
        covers=("_qr",),
        array_ok=False,
    ),
    OpInfo(
        lambda x: tg.linalg.qr(x, "complete"),
        lambda x: tuple(np.linalg.qr(x, "complete")),
        matrices(),
        name="linalg.qr_complete",
        torch=lambda torch, x: torch.linalg.qr(x, "complete"),
        covers=("_complete_qr",),
        smooth=False,
        array_ok=False,
    ),
    OpInfo(tg.geqrf, lapacks_qr, matrices(), smooth=False, array_ok=False),
    OpInfo(tg.orgqr, reflected, reflections(), array_ok=False),
    OpInfo(tg.ormqr, reflect, reflected_matrices(), array_ok=False),
    OpInfo(
        **both(ldl_solved),
        ref=lambda a, b: np.linalg.inv(symmetric(a)) @ b,
        samples=factored(),
        name="linalg.ldl_solve",
        covers=("_ldl", "_ldl_solve"),
        smooth=False,
        rtol=1e-8,
    ),
    OpInfo(
        lambda x: tg.svd_lowrank(x, min(x.shape[-2:]))[1],
        lambda x: np.linalg.svd(x, compute_uv=False),
        matrices(),
        name="svd_lowrank",
        torch=lambda torch, x: torch.svd_lowrank(x, min(x.shape[-2:]))[1],
        smooth=False,
        rtol=1e-8,
        array_ok=False,
    ),
    OpInfo(
        lambda x: tg.pca_lowrank(x, min(x.shape[-2:]))[1] ** 2,
        lambda x: np.linalg.svd(centred(x), compute_uv=False) ** 2,
        matrices(),
        name="pca_lowrank",
        torch=lambda torch, x: torch.pca_lowrank(x, min(x.shape[-2:]))[1] ** 2,
        smooth=False,
        rtol=1e-8,
        array_ok=False,
    ),
    OpInfo(tg.qr, lambda x: tuple(np.linalg.qr(x)), matrices(), array_ok=False),
    OpInfo(
        tg.linalg.solve_triangular,
        solve_triangular,
        triangular(),
        torch="linalg.solve_triangular",
        covers=("_solve_triangular",),
    ),
    OpInfo(
        lambda x: of_lu_factor(tg, x),
        packed_lu,
        matrices(),
        name="linalg.lu_factor",
        torch=lambda torch, x: of_lu_factor(torch, x),
        covers=("_lu", "lu_factor", "lu_factor_ex", "lu"),
        array_ok=False,
    ),
    OpInfo(**both(of_lu), ref=scipy_lu, samples=matrices(), name="linalg.lu", array_ok=False),
    OpInfo(
        lambda x: tg.lu_unpack(*tg.lu(x)),
        scipy_lu,
        matrices(),
        name="lu_unpack",
        torch=lambda torch, x: torch.lu_unpack(*torch.linalg.lu_factor(x)),
        array_ok=False,
    ),
    OpInfo(
        **toplevel(lu_solved),
        ref=solved,
        samples=factored(left=st.booleans(), adjoint=st.booleans()),
        name="linalg.lu_solve",
        covers=("lu_solve",),
        array_ok=False,
    ),
    OpInfo(
        lambda *args, **p: cholesky_solved(tg, *args, **p),
        ref=by_factor,
        samples=factored(upper=st.booleans()),
        name="cholesky_solve",
        # PyTorch's gradient depends on the other triangle, which its forward does not read
        torch=lambda T, a, *args, **p: cholesky_solved(T, T.tril(a), *args, **p),
    ),
    OpInfo(
        lambda x: tg.cholesky_inverse(x),
        lambda x: np.linalg.inv(np.tril(x) @ t(np.tril(x))),
        square(),
        name="cholesky_inverse",
        torch=lambda torch, x: torch.cholesky_inverse(x.tril()),
    ),
    OpInfo(
        lambda x: tg.cholesky(tg.matmul(x, t(x))),
        lambda x: np.linalg.cholesky(x @ t(x)),
        square(),
        name="cholesky",
        torch=None,  # deprecated
    ),
    OpInfo(
        old_linalg.triangular_solve,
        lambda b, a, **p: (solve_triangular(a, b, True, True, False), a),
        factored().map(lambda s: Sample(s.args[::-1])),
        torch=None,  # deprecated
        array_ok=False,
    ),
    OpInfo(
        tg.linalg.pinv,
        np.linalg.pinv,
        matrices(),
        torch="linalg.pinv",
        covers=("_pinv",),
        rtol=1e-9,
        grad_atol=1e-4,
    ),
    OpInfo(tg.pinverse, np.linalg.pinv, matrices(), rtol=1e-9),
    OpInfo(
        **both(lstsq_of),
        ref=lambda a, b: np.linalg.pinv(a) @ b,
        samples=overdetermined(),
        name="linalg.lstsq",
        rtol=1e-9,
        array_ok=False,
    ),
    OpInfo(
        tg.linalg.cond,
        lambda x, p: np.linalg.cond(x, p) if x.size else np.zeros(x.shape[:-2]),
        matrices(False, False, p=norms),
        # the rule of PyTorch's own stops at what was changed in place, for norms by the inverse
        torch=lambda T, x, p: (
            T.linalg.matrix_norm(x, p) * T.linalg.matrix_norm(T.linalg.inv(x), p)
            if p not in (None, 2, -2)
            else T.linalg.cond(x, p)
        ),
        grad_atol=1e-4,
        rtol=1e-9,
    ),
    OpInfo(
        lambda x, ord: tg.linalg.matrix_norm(x, ord),
        lambda x, ord: np.linalg.norm(x, ord, (-2, -1)) if x.size else np.zeros(x.shape[:-2]),
        matrices(ord=st.sampled_from(["nuc", 2, -2])),
        name="matrix_norm_of_singular_values",
        torch=lambda torch, x, ord: torch.linalg.matrix_norm(x, ord),
    ),
    OpInfo(
        tg.linalg.matrix_rank,
        np.linalg.matrix_rank,
        matrices(),
        torch="linalg.matrix_rank",
        smooth=False,
    ),
    OpInfo(tg.linalg.matrix_exp, expm, square(), torch="matrix_exp", grad_atol=1e-2, rtol=1e-9),
    OpInfo(tg.logdet, lambda x: np.linalg.slogdet(x)[1], square()),
    OpInfo(
        tg.linalg.tensorsolve,
        lambda a, b, dims: np.linalg.tensorsolve(a, b, dims),
        tensor_equations(),
        torch="linalg.tensorsolve",
    ),
    OpInfo(
        lambda a: tg.linalg.tensorinv(a),
        lambda a: np.linalg.tensorinv(a, 2),
        tensor_equations().filter(lambda s: not s.params["dims"]).map(lambda s: Sample(s.args[:1])),
        name="linalg.tensorinv",
        torch="linalg.tensorinv",
    ),
    OpInfo(
        tg.linalg.vander,
        lambda x, N: np.stack([x**i for i in range(N)], -1),
        unary(shape=testing.shapes(min_dims=1, min_side=1), N=st.integers(2, 4)),
        torch="linalg.vander",
    ),
    OpInfo(
        tg.vander,
        np.vander,
        unary(shape=(3,), N=st.integers(2, 4), increasing=st.booleans()),
        name="vander",
        torch=None,  # whose own gradient fails: it changes a saved value in place
    ),
    OpInfo(
        tg.linalg.vecdot,
        lambda x, y: np.einsum("...i,...i->...", x, y),
        st.just((2, 3))
        .flatmap(lambda s: st.tuples(testing.spaced(s), testing.spaced(s[1:])))
        .map(Sample),
        torch="linalg.vecdot",
    ),
    OpInfo(
        tg.linalg.diagonal,
        lambda a, offset: np.diagonal(a, offset, -2, -1),
        unary(shape=(2, 3, 4), offset=st.integers(-1, 2)),
        name="linalg.diagonal",
        torch="linalg.diagonal",
        view=True,
    ),
]
