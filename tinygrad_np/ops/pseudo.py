"""Matrices that have no inverse: pseudoinverse, least squares, rank and condition."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_np import return_types
from tinygrad_np.ops.division import div
from tinygrad_np.ops.elementwise import mul, neg, sub
from tinygrad_np.ops.exponential import square
from tinygrad_np.ops.extremes import amax, amin
from tinygrad_np.ops.inverse import LinAlgError, checked, inv
from tinygrad_np.ops.join import stack
from tinygrad_np.ops.linalg import matmul, same_dtype
from tinygrad_np.ops.norms import matrix_norm, vector_norm
from tinygrad_np.ops.reduce import sum
from tinygrad_np.ops.rounding import zero
from tinygrad_np.ops.shape import raw, unsqueeze
from tinygrad_np.ops.spectral import svdvals, transposed
from tinygrad_np.tape.graph import TensorBase, make
from tinygrad_np.tape.op import Array, op
from tinygrad_np.tape.out import takes_out
from tinygrad_np.tape.refuse import looked_at

__all__ = ["cond", "lstsq", "matrix_rank", "pinv", "pinverse"]


def _cutoff(values: Any, shape: Any, atol: Any, rtol: Any) -> Any:
    """Up to where singular values (*, k) are taken for 0, (*, 1)."""
    if rtol is None:
        largest = max(shape[-2:], default=0) * np.finfo(values.dtype).eps
        rtol = 0.0 if atol is not None and np.all(raw(atol) > 0) else largest
    atol, rtol = (np.asarray(0.0 if t is None else raw(t))[..., None] for t in (atol, rtol))
    return np.maximum(atol, rtol * values.max(-1, keepdims=True, initial=0))


@op
def _pinv(A: Array, *, atol: Any, rtol: Any) -> Array:
    U, S, Vh = checked("pinv", A, lambda: np.linalg.svd(A, full_matrices=False), square=False)
    small = _cutoff(S, A.shape, atol, rtol) >= S
    inverse = np.where(small, 0, 1 / np.where(small, 1, S)).astype(A.dtype)
    return np.matmul(transposed(Vh) * inverse[..., None, :], transposed(U))


@_pinv.backward("A")
def _(grad: Array, A: Array, out: Array) -> Array:
    # Golub and Pereyra, https://doi.org/10.1137/0710036
    P, Pt, gt = out, transposed(out), transposed(grad)
    left = matmul(matmul(gt, P), Pt)
    right = matmul(Pt, matmul(P, gt))
    both = neg(matmul(matmul(Pt, grad), Pt))
    return both + left - matmul(A, matmul(P, left)) + right - matmul(matmul(right, P), A)


@takes_out
def pinv(
    A: Array,
    rcond: Any = None,
    hermitian: bool = False,
    *,
    atol: Any = None,
    rtol: Any = None,
) -> Array:
    """The pseudoinverse of Moore and Penrose.

    Parameters
    ----------
    A : Tensor
        (*, m, n)
    rcond : float, optional
        The old name of `rtol`.
    hermitian : bool, default False
        That `A` is symmetric; makes no difference here.
    atol, rtol : float or Tensor, optional
        Singular values up to ``max(atol, rtol * largest)`` are taken for 0. `rtol` is
        ``max(m, n) * eps`` by default, and 0 beside an `atol`.

    Returns
    -------
    Tensor
        (*, n, m); its gradient is that at constant rank.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.linalg.pinv(tg.tensor([[2.0, 0.0], [0.0, 0.0]]))
    tensor([[0.5000, 0.0000],
            [0.0000, 0.0000]])
    """
    return _pinv(A, atol=atol, rtol=rcond if rtol is None else rtol)


@takes_out
def pinverse(input: Array, rcond: float = 1e-15) -> Array:
    """`linalg.pinv`, with another default.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.pinverse(tg.tensor([[2.0], [0.0]]))
    tensor([[0.5000, 0.0000]])
    """
    return pinv(input, rcond)


def lstsq(A: Array, B: Array, rcond: float | None = None, *, driver: str | None = None) -> Any:
    """The X for which ``A @ X - B`` is least, in the sum of squares; the smallest of several.

    Parameters
    ----------
    A : Tensor
        (*, m, n)
    B : Tensor
        (*, m, k), or (*, m) for vectors.
    rcond : float, optional
        The `rtol` of `pinv`.
    driver : {'gelsy', 'gels', 'gelsd', 'gelss'}, optional
        What is computed beside the solution: it is always computed with the pseudoinverse.

    Returns
    -------
    solution, residuals, rank, singular_values : Tensor
        (*, n, k); (*, k), the sums of squares, for full rank and m > n but for 'gelsy', the
        default; (*) but for 'gels'; (*, min(m, n)) for 'gelsd' and 'gelss'. Else empty.

    Raises
    ------
    RuntimeError
        If the shapes don't fit, the dtypes differ, or for another driver.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> A = tg.tensor([[1.0, 0.0], [1.0, 1.0], [1.0, 2.0]])
    >>> tg.linalg.lstsq(A, A @ tg.tensor([[3.0], [2.0]])).solution
    tensor([[3.0000],
            [2.0000]])
    """
    drivers = (None, "gelsy", "gels", "gelsd", "gelss")
    if driver not in drivers:
        raise RuntimeError(
            "torch.linalg.lstsq: parameter `driver` should be one of (gels, gelsy, gelsd, gelss), "
            f"got {driver!r}"
        )
    same_dtype("linalg.lstsq", A, B)
    checked("lstsq", A, lambda: None, square=False)
    vector = A.ndim - 1 == B.ndim and A.shape[:-1] == B.shape
    columns = unsqueeze(B, -1) if vector else B
    if columns.ndim < 2 or columns.shape[-2] != A.shape[-2]:
        raise RuntimeError(
            f"torch.linalg.lstsq: incompatible shapes of A, {list(A.shape)}, and B, {list(B.shape)}"
        )
    X = matmul(pinv(A, rtol=rcond), columns)
    m, n = A.shape[-2:]
    looked_at("linalg.lstsq")
    values = raw(A)
    rank: Any = _rank(values, None, rcond)
    residuals = rest = X.reshape((-1,))[:0]
    if m > n and driver not in (None, "gelsy") and (rank == n).all():
        residuals = sum(square(sub(matmul(A, X), columns)), -2)
    if driver == "gels":
        rank = np.zeros(0, np.int64)
    singular = svdvals(A) if driver in ("gelsd", "gelss") else rest
    solution = X[..., 0] if vector else X
    rank = make(rank) if isinstance(A, TensorBase) else rank
    return return_types.linalg_lstsq(solution, residuals, rank, singular)


def _rank(A: Any, atol: Any, rtol: Any) -> Any:
    S = checked("matrix_rank", A, lambda: np.linalg.svd(A, compute_uv=False), square=False)
    return np.asarray((_cutoff(S, A.shape, atol, rtol) < S).sum(-1))


@takes_out
def matrix_rank(
    A: Array, tol: Any = None, hermitian: bool = False, *, atol: Any = None, rtol: Any = None
) -> Array:
    """How many singular values are not taken for 0.

    Parameters
    ----------
    A : Tensor
        (*, m, n)
    tol : float, optional
        The old name of `atol`.
    hermitian : bool, default False
        That `A` is symmetric; makes no difference here.
    atol, rtol : float or Tensor, optional
        As for `pinv`.

    Returns
    -------
    Tensor
        (*), of int64.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.linalg.matrix_rank(tg.ones(3, 3))
    tensor(1)
    """
    rank = _rank(raw(A), tol if atol is None else atol, rtol)
    return make(rank) if isinstance(A, TensorBase) else rank


@takes_out
def cond(A: Array, p: float | str | None = None) -> Array:
    """The condition of matrices: how much larger relative errors may become by their inverse.

    Parameters
    ----------
    A : Tensor
        (*, n, n), for 2 and -2 also (*, m, n).
    p : {None, 2, -2, 'fro', 'nuc', 1, -1, inf, -inf}
        The `matrix_norm` that it is measured in; 2 by default.

    Returns
    -------
    Tensor
        (*), ``norm(A) * norm(inv(A))``; inf for a matrix without an inverse.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.linalg.cond(tg.tensor([[4.0, 0.0], [0.0, 2.0]]))
    tensor(2.)
    """
    if p is None or p in (2, -2):
        if A.shape[-1] == 0 == A.shape[-2]:
            return vector_norm(A, 2, (-2, -1))
        S = svdvals(A)
        largest, smallest = amax(S, -1), amin(S, -1)
        return div(smallest, largest) if p == -2 else div(largest, smallest)
    try:
        return mul(matrix_norm(A, p), matrix_norm(inv(A), p))
    except LinAlgError:
        if A.ndim > 2:
            return stack([cond(matrix, p) for matrix in A])
        return zero(sum(A)) + np.inf
