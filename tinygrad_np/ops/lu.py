"""LU: triangular factors by elimination with exchange of rows."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_np import return_types
from tinygrad_np.ops.factors import solve_triangular
from tinygrad_np.ops.gathering import take_along_dim
from tinygrad_np.ops.inverse import LinAlgError, checked, inv, solve
from tinygrad_np.ops.join import cat
from tinygrad_np.ops.linalg import matmul
from tinygrad_np.ops.shape import clone, expand, raw
from tinygrad_np.ops.spectral import transposed
from tinygrad_np.ops.triangle import tril, triu
from tinygrad_np.tape.grad_mode import mode
from tinygrad_np.tape.graph import TensorBase, make
from tinygrad_np.tape.op import Array, op
from tinygrad_np.tape.out import takes_out
from tinygrad_np.tape.refuse import looked_at

__all__ = ["inv_ex", "lu", "lu_factor", "lu_factor_ex", "lu_solve", "lu_unpack", "solve_ex"]


@op
def _lu(A: Array, *, known: Array) -> Array:
    return known.copy()


@_lu.backward("A")
def _(grad: Array, out: Array) -> Array:
    L, U = tril(out, -1) + np.eye(out.shape[-1], dtype=out.dtype), triu(out)
    lower = tril(matmul(transposed(L), tril(grad, -1)), -1)
    inner = lower + triu(matmul(triu(grad), transposed(U)))
    half = solve_triangular(transposed(L), inner, upper=True, unitriangular=True)
    return solve_triangular(transposed(U), half, upper=False, left=False)


def _lapack_lu(A: Any) -> tuple[Any, Any, Any]:
    """L and U in one array, the rows exchanged in each step from 0, and where U is singular."""
    from scipy.linalg import get_lapack_funcs

    (getrf,) = get_lapack_funcs(("getrf",), (A,))
    *lead, m, n = A.shape
    LU, pivots = np.empty_like(A), np.empty((*lead, min(m, n)), np.int32)
    info = np.zeros(lead, np.int32)
    if A.size:
        for i in np.ndindex(*lead):
            LU[i], pivots[i], info[i] = getrf(A[i])
    info[np.isnan(A).any((-2, -1))] = 0  # LAPACK may take a nan for a zero
    return LU, pivots, info


def _order(pivots: Any, rows: int) -> Any:
    """The order of the rows after the exchanges, (*, rows)."""
    order = np.empty((*pivots.shape[:-1], rows), np.int64)
    order[...] = np.arange(rows)
    for i in np.ndindex(*pivots.shape[:-1]):
        for row, other in enumerate(pivots[i]):
            order[i][[row, other]] = order[i][[other, row]]
    return order


@takes_out
def lu_factor_ex(A: Array, *, pivot: bool = True, check_errors: bool = False) -> Any:
    """`lu_factor` that tells of a singular matrix instead of raising: (LU, pivots, info).

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> LU, pivots, info = tg.linalg.lu_factor_ex(tg.zeros(2, 2))
    >>> info.item()  # the first zero on the diagonal of U, counted from 1
    1
    """
    checked("lu_factor", A, lambda: None, square=False)
    if not pivot:
        raise RuntimeError("linalg.lu_factor: LU without pivoting is not implemented on the CPU")
    known, pivots, info = _lapack_lu(raw(A))
    if check_errors and info.any():
        raise LinAlgError(
            f"torch.linalg.lu_factor: U[{info.max()},{info.max()}] is zero and using it on "
            "lu_solve would result in a division by zero; lu_factor_ex does not check"
        )
    results = known, pivots + np.int32(1), info
    if not isinstance(A, TensorBase):
        return return_types.linalg_lu_factor_ex(*results)
    LU, *others = map(make, results)
    if mode.grad and A._place() is not None:
        m, n = raw(A).shape[-2:]
        k = min(m, n)
        A = take_along_dim(A, make(_order(pivots, m)[..., None]), -2)
        LU = _lu(A[..., :k, :k], known=known[..., :k, :k])
        if m > k:
            below = solve_triangular(LU, A[..., k:, :], upper=True, left=False)
            LU = cat([LU, below], -2)
        if n > k:
            beside = solve_triangular(LU, A[..., k:], upper=False, unitriangular=True)
            LU = cat([LU, beside], -1)
    return return_types.linalg_lu_factor_ex(LU, *others)


@takes_out
def lu_factor(A: Array, *, pivot: bool = True) -> Any:
    """The factors of matrices by elimination with exchange of rows, in one array.

    Parameters
    ----------
    A : Tensor
        (*, m, n)
    pivot : bool, default True
        RuntimeError for False, as in PyTorch on a CPU.

    Returns
    -------
    LU, pivots : Tensor
        (*, m, n): U in the upper triangle, L without its ones below; (*, min(m, n)) of int32: the
        row, counted from 1, that each row was exchanged with. A named tuple.

    Raises
    ------
    RuntimeError
        LinAlgError, which is one, if U is singular.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> LU, pivots = tg.linalg.lu_factor(tg.tensor([[1.0, 2.0], [4.0, 4.0]]))
    >>> LU, pivots
    (tensor([[4.0000, 4.0000],
            [0.2500, 1.0000]]), tensor([2, 2], dtype=torch.int32))
    """
    return return_types.linalg_lu_factor(*lu_factor_ex(A, pivot=pivot, check_errors=True)[:2])


@takes_out
def lu_unpack(
    LU_data: Array, LU_pivots: Array, unpack_data: bool = True, unpack_pivots: bool = True
) -> Any:
    """The matrices of `lu_factor`'s results: ``A = P @ L @ U``.

    Parameters
    ----------
    LU_data : Tensor
        (*, m, n)
    LU_pivots : Tensor
        (*, min(m, n)), of int32.
    unpack_data, unpack_pivots : bool, default True
        False leaves L and U, or P, empty.

    Returns
    -------
    P, L, U : Tensor
        (*, m, m), (*, m, k) and (*, k, n), a named tuple.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> A = tg.tensor([[1.0, 2.0], [4.0, 4.0]])
    >>> P, L, U = tg.lu_unpack(*tg.linalg.lu_factor(A))
    >>> tg.equal(P @ L @ U, A)
    True
    """
    if raw(LU_pivots).dtype != np.int32:
        raise RuntimeError(
            f"torch.lu_unpack: LU_pivots is expected to be of dtype torch.int32, got "
            f"{LU_pivots.dtype}"
        )
    m, n = LU_data.shape[-2:]
    k, dtype = min(m, n), raw(LU_data).dtype
    empty = LU_data.reshape((-1,))[:0]
    P, L, U = empty, empty, empty
    if unpack_pivots:
        order = _order(raw(LU_pivots) - 1, m)
        P = transposed(np.eye(m, dtype=dtype)[order])
        P = make(np.ascontiguousarray(P)) if isinstance(LU_data, TensorBase) else P
    if unpack_data:
        L = tril(LU_data[..., :k], -1) + np.eye(m, k, dtype=dtype)
        U = triu(LU_data[..., :k, :])
    return return_types.lu_unpack(P, L, U)


@takes_out
def lu(A: Array, *, pivot: bool = True) -> Any:
    """The matrices P, L and U with ``A = P @ L @ U``; see `lu_factor` and `lu_unpack`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> P, L, U = tg.linalg.lu(tg.tensor([[1.0, 2.0], [4.0, 4.0]]))
    >>> U
    tensor([[4., 4.],
            [0., 1.]])
    """
    return return_types.linalg_lu(*lu_unpack(*lu_factor_ex(A, pivot=pivot)[:2]))


@takes_out
def lu_solve(
    LU: Array, pivots: Array, B: Array, *, left: bool = True, adjoint: bool = False
) -> Array:
    """The solution X of ``A @ X = B``, with what `lu_factor` made of A.

    Parameters
    ----------
    LU, pivots : Tensor
        (*, n, n) and (*, n), of int32.
    B : Tensor
        (*, n, k), or (*, k, n) for ``left=False``; the leading dimensions broadcast.
    left : bool, default True
        False for ``X @ A = B``.
    adjoint : bool, default False
        Solve with the transposed A.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> A, B = tg.tensor([[1.0, 2.0], [4.0, 4.0]]), tg.tensor([[5.0], [12.0]])
    >>> tg.linalg.lu_solve(*tg.linalg.lu_factor(A), B)
    tensor([[1.],
            [2.]])
    """
    if not left:
        return transposed(lu_solve(LU, pivots, transposed(B), adjoint=not adjoint))
    order = _order(raw(pivots) - 1, LU.shape[-1])
    if adjoint:
        order = np.argsort(order, -1)
    lead = np.broadcast_shapes(LU.shape[:-2], B.shape[:-2])
    B = expand(B, (*lead, *B.shape[-2:]))
    order = np.broadcast_to(order, (*lead, order.shape[-1]))[..., None]
    rows = make(order.copy()) if isinstance(LU, TensorBase) else order
    if adjoint:
        X = solve_triangular(transposed(LU), B, upper=False)
        X = solve_triangular(transposed(LU), X, upper=True, unitriangular=True)
        return take_along_dim(X, rows, -2)
    X = take_along_dim(clone(B), rows, -2)
    X = solve_triangular(LU, X, upper=False, unitriangular=True)
    return solve_triangular(LU, X, upper=True)


def inv_ex(A: Array, *, check_errors: bool = False) -> Any:
    """`linalg.inv` that tells of matrices without an inverse instead of raising.

    Returns
    -------
    inverse, info : Tensor
        `info`, (*) of int32, is 0, or the number of the first pivot that is 0; the inverse and
        its gradient are then nan.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.linalg.inv_ex(tg.zeros(2, 2)).info
    tensor(1, dtype=torch.int32)
    """
    A, info, of_no_use = _invertible("inv", A, check_errors)
    return return_types.linalg_inv_ex(of_no_use(inv(A)), info)


def solve_ex(A: Array, B: Array, *, left: bool = True, check_errors: bool = False) -> Any:
    """`linalg.solve` that tells of matrices without an inverse instead of raising.

    Returns
    -------
    result, info : Tensor
        `info`, (*) of int32, is 0, or the number of the first pivot that is 0; the result is then
        nan.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.linalg.solve_ex(tg.eye(2), tg.ones(2)).result
    tensor([1., 1.])
    """
    vector = B.ndim == 1 or (A.ndim - 1 == B.ndim and A.shape[:-1] == B.shape)
    A, info, of_no_use = _invertible("solve", A, check_errors, vector)
    return return_types.linalg_solve_ex(of_no_use(solve(A, B, left=left)), info)


def _invertible(name: str, A: Array, check_errors: bool, vector: bool = False) -> Any:
    """Matrices with I for those without an inverse, which they are, and what makes results nan."""
    looked_at(f"linalg.{name}")
    array = raw(A)
    checked(name, array, np.asarray, array)
    info = raw(lu_factor_ex(array).info)
    singular = info != 0
    if check_errors and singular.any():
        raise LinAlgError(
            f"linalg.{name}: The diagonal element {info[singular].flat[0]} is zero, the matrix is "
            f"singular, for matrices of shape {list(array.shape)}"
        )
    found = make(info) if isinstance(A, TensorBase) else info
    if not singular.any():
        return A, found, lambda out: out
    mask = singular[..., None, None].astype(array.dtype)
    lost = np.where(singular, np.nan, 1).astype(array.dtype)
    lost = lost.reshape(*lost.shape, *[1] * (1 if vector else 2))
    one = np.eye(array.shape[-1], dtype=array.dtype)
    return A * (1 - mask) + one * mask, found, lambda out: out * lost
