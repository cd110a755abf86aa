"""LDL: factors of symmetric matrices that need not be positive definite."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_np import return_types
from tinygrad_np.ops.inverse import LinAlgError, checked
from tinygrad_np.ops.linalg import same_dtype
from tinygrad_np.ops.shape import raw
from tinygrad_np.tape.graph import TensorBase, make
from tinygrad_np.tape.op import Array, op
from tinygrad_np.tape.out import takes_out

__all__ = ["ldl_factor", "ldl_factor_ex", "ldl_solve"]


@op
def _ldl(A: Array, *, known: Array) -> Array:
    return known


@takes_out
def ldl_factor_ex(A: Array, *, hermitian: bool = False, check_errors: bool = False) -> Any:
    """`ldl_factor` that tells of a singular matrix instead of raising: (LD, pivots, info).

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.linalg.ldl_factor_ex(tg.zeros(2, 2)).info  # the first zero of D, counted from 1
    tensor(1, dtype=torch.int32)
    """
    from scipy.linalg import get_lapack_funcs

    checked("ldl_factor", A, lambda: None)
    array = raw(A)
    whole = hermitian and array.dtype.kind == "c"
    (function,) = get_lapack_funcs(("hetrf" if whole else "sytrf",), (array,))
    LD, pivots = np.empty_like(array), np.empty(array.shape[:-1], np.int32)
    info = np.zeros(array.shape[:-2], np.int32)
    if array.size:
        for i in np.ndindex(info.shape):
            LD[i], pivots[i], info[i] = function(array[i], lower=1)
    if check_errors and info.any():
        raise LinAlgError(
            f"linalg.ldl_factor: D[{info.max()},{info.max()}] is zero, and ldl_solve would divide "
            "by it; ldl_factor_ex does not check"
        )
    results = np.tril(LD), pivots, info
    if isinstance(A, TensorBase):
        results = _ldl(A, known=results[0]), make(pivots), make(info)
    return return_types.linalg_ldl_factor_ex(*results)


@takes_out
def ldl_factor(A: Array, *, hermitian: bool = False) -> Any:
    """The factors of symmetric matrices, ``A = L @ D @ L.mT``, in one array; without gradients.

    Parameters
    ----------
    A : Tensor
        (*, n, n), of which only the lower triangle is looked at.
    hermitian : bool, default False
        Whether complex matrices are hermitian, ``A = L @ D @ L.mH``, instead of symmetric.

    Returns
    -------
    LD, pivots : Tensor
        (*, n, n): below the diagonal L without its ones, and D, with blocks of 1 and of 2, as
        LAPACK leaves them; (*, n) of int32: the row, counted from 1, that each row was exchanged
        with, twice and negative for a block of 2. A named tuple.

    Raises
    ------
    RuntimeError
        LinAlgError, which is one, if D is singular.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> LD, pivots = tg.linalg.ldl_factor(tg.tensor([[2.0, 1.0], [1.0, 0.0]]))
    >>> LD, pivots
    (tensor([[ 2.0000,  0.0000],
            [ 0.5000, -0.5000]]), tensor([1, 2], dtype=torch.int32))
    """
    found = ldl_factor_ex(A, hermitian=hermitian, check_errors=True)
    return return_types.linalg_ldl_factor(*found[:2])


@takes_out
def ldl_solve(LD: Array, pivots: Array, B: Array, *, hermitian: bool = False) -> Array:
    """The solution X of ``A @ X = B``, with what `ldl_factor` made of A; without gradients.

    Parameters
    ----------
    LD, pivots : Tensor
        (*, n, n) and (*, n), of integers.
    B : Tensor
        (*, n, k); the leading dimensions broadcast.
    hermitian : bool, default False
        As it was for `ldl_factor`.

    Raises
    ------
    RuntimeError
        If shapes or dtypes don't fit; LinAlgError, which is one, if D is singular.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> A = tg.tensor([[2.0, 1.0], [1.0, 0.0]])
    >>> tg.linalg.ldl_solve(*tg.linalg.ldl_factor(A), tg.tensor([[4.0], [1.0]]))
    tensor([[1.],
            [2.]])
    """
    same_dtype("linalg.ldl_solve", LD, B)
    checked("ldl_solve", LD, lambda: None)
    if raw(pivots).dtype.kind not in "iu" or pivots.shape != LD.shape[:-1]:
        raise RuntimeError(
            f"linalg.ldl_solve: expected pivots of integers of the shape {list(LD.shape[:-1])}, "
            f"got {pivots.dtype} and {list(pivots.shape)}"
        )
    if B.ndim < 2 or B.shape[-2] != LD.shape[-1]:
        raise RuntimeError(
            f"linalg.ldl_solve: Incompatible matrix sizes: expected B of shape "
            f"(*, {LD.shape[-1]}, k), got {list(B.shape)}"
        )
    return _ldl_solve(LD, B, pivots=raw(pivots), hermitian=hermitian)


@op
def _ldl_solve(LD: Array, B: Array, *, pivots: Array, hermitian: bool) -> Array:
    from scipy.linalg import solve_banded, solve_triangular

    lead, n = np.broadcast_shapes(LD.shape[:-2], B.shape[:-2]), LD.shape[-1]
    LD, pivots = np.broadcast_to(LD, (*lead, n, n)), np.broadcast_to(pivots, (*lead, n))
    X = np.array(np.broadcast_to(B, (*lead, *B.shape[-2:])))
    if not X.size:
        return X
    for i in np.ndindex(lead):
        L, D, order = _parts(LD[i], pivots[i], hermitian)
        half = solve_triangular(L, X[i][order], lower=True, unit_diagonal=True)
        half = checked("ldl_solve", LD, solve_banded, (1, 1), D, half)
        trans = "C" if hermitian else "T"
        X[i][order] = solve_triangular(L, half, trans=trans, lower=True, unit_diagonal=True)
    return X


def _parts(LD: Any, pivots: Any, hermitian: bool) -> tuple[Any, Any, Any]:
    """L, the three diagonals of D, and the order of the rows in which A is ``L @ D @ L.mT``."""
    n = len(LD)
    L, D, order = np.tril(LD, -1), np.zeros((3, n), LD.dtype), np.arange(n)
    D[1] = np.diagonal(LD)
    k = 0
    while k < n:
        last = k + int(pivots[k] < 0)  # of the block that starts here
        if last > k:
            D[2, k], L[last, k] = L[last, k], 0
            D[0, last] = D[2, k].conj() if hermitian else D[2, k]
        swap = [last, abs(pivots[last]) - 1]
        L[swap, :k], order[swap] = L[swap[::-1], :k], order[swap[::-1]]
        k = last + 1
    return L, D, order
