"""QR, and equations of triangular matrices."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_np import return_types
from tinygrad_np.ops.elementwise import neg
from tinygrad_np.ops.inverse import checked
from tinygrad_np.ops.join import cat
from tinygrad_np.ops.linalg import matmul, same_dtype
from tinygrad_np.ops.shape import raw
from tinygrad_np.ops.spectral import pack, transposed, unpack
from tinygrad_np.ops.triangle import tril, triu
from tinygrad_np.tape.graph import TensorBase, make
from tinygrad_np.tape.op import Array, op
from tinygrad_np.tape.out import takes_out

__all__ = ["cholesky_inverse", "cholesky_solve", "qr", "solve_triangular"]

Shape = tuple[int, ...]


# --- triangular matrices ---


@op
def _solve_triangular(A: Array, B: Array, *, upper: bool, unitriangular: bool) -> Array:
    from scipy.linalg import blas

    solve = blas.dtrsm if A.dtype == np.float64 else blas.strsm
    lead = np.broadcast_shapes(A.shape[:-2], B.shape[:-2])
    A = np.broadcast_to(A, (*lead, *A.shape[-2:]))
    X = np.array(np.broadcast_to(B, (*lead, *B.shape[-2:])))
    if X.size:
        for i in np.ndindex(lead):
            X[i] = solve(1.0, A[i], X[i], lower=not upper, diag=unitriangular)
    return X


@_solve_triangular.backward("A")
def _(grad: Array, A: Array, out: Array, upper: bool, unitriangular: bool) -> Array:
    back = _solve_triangular(transposed(A), grad, upper=not upper, unitriangular=unitriangular)
    whole = neg(matmul(back, transposed(out)))
    return triu(whole, int(unitriangular)) if upper else tril(whole, -int(unitriangular))


@_solve_triangular.backward("B")
def _(grad: Array, A: Array, upper: bool, unitriangular: bool) -> Array:
    return _solve_triangular(transposed(A), grad, upper=not upper, unitriangular=unitriangular)


@takes_out
def solve_triangular(
    A: Array, B: Array, *, upper: bool, left: bool = True, unitriangular: bool = False
) -> Array:
    """The solution X of ``A @ X = B``, or of ``X @ A = B``, for triangular matrices.

    Parameters
    ----------
    A : Tensor
        (*, n, n), of which only one triangle is looked at.
    B : Tensor
        (*, n, k), or (*, k, n) for ``left=False``; batch dimensions broadcast.
    upper : bool
        Which triangle it is.
    left : bool, default True
    unitriangular : bool, default False
        Take the diagonal for ones.

    Returns
    -------
    Tensor
        inf and nan where a diagonal element is 0.

    Raises
    ------
    RuntimeError
        If the shapes don't fit, or the dtypes differ.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> A = tg.tensor([[2.0, 1.0], [0.0, 4.0]])
    >>> tg.linalg.solve_triangular(A, tg.tensor([[4.0], [8.0]]), upper=True)
    tensor([[1.],
            [2.]])
    """
    same_dtype("linalg.solve_triangular", A, B)
    checked("solve_triangular", A, lambda: None)
    if B.ndim < 2 or B.shape[-2 if left else -1] != A.shape[-1]:
        raise RuntimeError(
            f"linalg.solve_triangular: incompatible shapes of A, {list(A.shape)}, and B, "
            f"{list(B.shape)}"
        )
    if not left:
        params: Any = {"upper": not upper, "unitriangular": unitriangular}
        return transposed(_solve_triangular(transposed(A), transposed(B), **params))
    return _solve_triangular(A, B, upper=upper, unitriangular=unitriangular)


@takes_out
def cholesky_solve(B: Array, L: Array, upper: bool = False) -> Array:
    """The solution X of ``A @ X = B``, where `L` is the `cholesky` factor of A.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> L = tg.linalg.cholesky(tg.tensor([[4.0, 2.0], [2.0, 5.0]]))
    >>> tg.cholesky_solve(tg.tensor([[8.0], [12.0]]), L)
    tensor([[1.],
            [2.]])
    """
    if upper:
        L = transposed(L)
    return solve_triangular(transposed(L), solve_triangular(L, B, upper=False), upper=True)


@takes_out
def cholesky_inverse(L: Array, upper: bool = False) -> Array:
    """The inverse of the matrix whose `cholesky` factor is `L`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.cholesky_inverse(tg.tensor([[2.0, 0.0], [0.0, 1.0]]))
    tensor([[0.2500, 0.0000],
            [0.0000, 1.0000]])
    """
    one = np.eye(L.shape[-1], dtype=raw(L).dtype)
    return cholesky_solve(make(one) if isinstance(L, TensorBase) else one, L, upper)


# --- QR ---


@op
def _qr(A: Array) -> Array:
    return pack(A.shape[:-2], *np.linalg.qr(A))


@_qr.backward("A")
def _(grad: Array, out: Array, A_shape: Shape) -> Array:
    m, n = A_shape[-2:]
    Q, R = unpack(out, (m, n), (n, n))
    gQ, gR = unpack(grad, (m, n), (n, n))
    M = matmul(R, transposed(gR)) - matmul(transposed(gQ), Q)
    symmetric = tril(M) + transposed(tril(M, -1))
    return solve_triangular(transposed(R), gQ + matmul(Q, symmetric), upper=False, left=False)


@op
def _complete_qr(A: Array) -> Array:
    return pack(A.shape[:-2], *np.linalg.qr(A, "complete"))


@takes_out
def qr(A: Array, mode: str = "reduced") -> Any:
    """``A = Q @ R``: Q with orthonormal columns, R upper triangular.

    Parameters
    ----------
    A : Tensor
        (*, m, n)
    mode : {'reduced', 'complete', 'r'}, default 'reduced'
        Q of min(m, n) columns; square; or empty. Only the first can be differentiated, and
        'complete' where it is the same.

    Returns
    -------
    Q, R : Tensor
        (*, m, k) and (*, k, n), a named tuple.

    Raises
    ------
    RuntimeError
        If `A` is of integers or of fewer than two dimensions, and for another mode.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> Q, R = tg.linalg.qr(tg.tensor([[0.0, 2.0], [3.0, 4.0]]))
    >>> tg.allclose(Q @ R, tg.tensor([[0.0, 2.0], [3.0, 4.0]]))
    True
    """
    if mode not in ("reduced", "complete", "r"):
        raise RuntimeError(
            f"qr received unrecognized mode {mode!r} but expected one of 'reduced' (default), "
            "'r', or 'complete'"
        )
    checked("qr", A, lambda: None, square=False)
    m, n = A.shape[-2:]
    if mode == "complete" and m > n:
        return return_types.linalg_qr(*unpack(_complete_qr(A), (m, m), (m, n)))
    k = min(m, n)
    Q, R = unpack(_qr(A[..., :k] if k < n else A), (m, k), (k, k))
    if k < n:
        R = cat([R, matmul(transposed(Q), A[..., k:])], -1)
    return return_types.linalg_qr(Q.reshape((-1,))[:0] if mode == "r" else Q, R)
