"""Orthogonal factors as products of reflections, and decompositions of low rank that use them."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_np import return_types
from tinygrad_np.generator import source
from tinygrad_np.ops.axes import adjoint
from tinygrad_np.ops.complex import conj
from tinygrad_np.ops.elementwise import add, mul, sub
from tinygrad_np.ops.factors import qr
from tinygrad_np.ops.inverse import checked
from tinygrad_np.ops.linalg import matmul, same_dtype
from tinygrad_np.ops.reduce import mean
from tinygrad_np.ops.shape import raw
from tinygrad_np.ops.spectral import svd
from tinygrad_np.ops.triangle import tril
from tinygrad_np.tape.graph import TensorBase, make
from tinygrad_np.tape.out import takes_out

__all__ = ["geqrf", "householder_product", "orgqr", "ormqr", "pca_lowrank", "svd_lowrank"]


@takes_out
def geqrf(input: Any) -> Any:
    """The QR decomposition as LAPACK leaves it; off the tape, `linalg.qr` has gradients.

    Parameters
    ----------
    input : Tensor
        (*, m, n)

    Returns
    -------
    a, tau : Tensor
        (*, m, n), R on and above the diagonal and below it the vectors of the reflections, and
        (*, min(m, n)), their factors: what `linalg.householder_product` makes Q of.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> A = tg.tensor([[3.0, 1.0], [4.0, 2.0]])
    >>> a, tau = tg.geqrf(A)
    >>> tg.allclose(tg.linalg.householder_product(a, tau) @ a.triu(), A)
    True
    """
    from scipy.linalg import get_lapack_funcs

    A = raw(input)
    checked("geqrf", A, np.asarray, A, square=False)
    (function,) = get_lapack_funcs(("geqrf",), (A,))
    a, tau = A.copy(), np.zeros((*A.shape[:-2], min(A.shape[-2:])), A.dtype)
    for i in np.ndindex(A.shape[:-2]):
        if tau[i].size:
            a[i], tau[i] = function(A[i])[:2]
    return return_types.geqrf(*(map(make, (a, tau)) if isinstance(input, TensorBase) else (a, tau)))


@takes_out
def householder_product(input: Any, tau: Any) -> Any:
    """The first columns of a product of reflections ``I - tau * v * v^H``.

    Parameters
    ----------
    input : Tensor
        (*, m, n) with m >= n: below the diagonal of column i is the vector of reflection i, whose
        element on the diagonal is 1 and whose elements above are 0.
    tau : Tensor
        (*, k) with k <= n: the factors.

    Returns
    -------
    Tensor
        (*, m, n)

    Raises
    ------
    RuntimeError
        If shapes or dtypes don't fit.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.linalg.householder_product(tg.zeros(2, 1), tg.tensor([2.0]))
    tensor([[-1.],
            [ 0.]])
    """
    same_dtype("linalg.householder_product", input, tau)
    shape, factors = tuple(input.shape), tuple(tau.shape)
    fits = len(shape) > 1 and len(factors) == len(shape) - 1 and shape[-2] >= shape[-1]
    if not fits or factors[:-1] != shape[:-2] or factors[-1] > shape[-1]:
        raise RuntimeError(
            "linalg.householder_product: expected input of shape (*, m, n) with m >= n and tau of "
            f"shape (*, k) with k <= n, got {list(shape)} and {list(factors)}"
        )
    one = np.eye(*shape[-2:], dtype=raw(input).dtype)
    start = mul(tril(input, -shape[-2]), 0) + one  # I, on the tape: nothing of input is left
    return _reflected(input, tau, start)


orgqr = householder_product


def _reflected(input: Any, tau: Any, other: Any, transpose: bool = False) -> Any:
    """The product of reflections, or its adjoint, times matrices."""
    k = tau.shape[-1]
    vectors = add(tril(input[..., :k], -1), np.eye(input.shape[-2], k, dtype=raw(input).dtype))
    for i in range(k) if transpose else reversed(range(k)):
        v, factor = vectors[..., i : i + 1], tau[..., i, None, None]
        factor = conj(factor) if transpose else factor
        other = sub(other, mul(factor * v, matmul(adjoint(v), other)))
    return other


@takes_out
def ormqr(input: Any, tau: Any, other: Any, left: bool = True, transpose: bool = False) -> Any:
    """The product of reflections, a square matrix Q as `geqrf` leaves it, times matrices.

    Parameters
    ----------
    input, tau : Tensor
        (*, m, n) and (*, min(m, n)): vectors and factors, see `linalg.householder_product`.
    other : Tensor
        (*, m, k), or (*, k, m) for ``left=False``.
    left : bool, default True
        ``Q @ other``; False for ``other @ Q``.
    transpose : bool, default False
        Use ``Q.mH`` instead of Q.

    Raises
    ------
    RuntimeError
        If shapes or dtypes don't fit.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> A = tg.tensor([[3.0, 1.0], [4.0, 2.0]])
    >>> a, tau = tg.geqrf(A)
    >>> tg.allclose(tg.ormqr(a, tau, a.triu()), A)
    True
    """
    same_dtype("ormqr", input, tau, other)
    shape, factors, matrix = tuple(input.shape), tuple(tau.shape), tuple(other.shape)
    fits = len(shape) > 1 and len(matrix) > 1 and matrix[-2 if left else -1] == shape[-2]
    if not fits or factors != (*shape[:-2], min(shape[-2:])) or matrix[:-2] != shape[:-2]:
        raise RuntimeError(
            "ormqr: expected input of shape (*, m, n), tau of shape (*, min(m, n)) and other of "
            f"shape {'(*, m, k)' if left else '(*, k, m)'}, got {list(shape)}, {list(factors)} and "
            f"{list(matrix)}"
        )
    if not left:
        return adjoint(_reflected(input, tau, adjoint(other), not transpose))
    return _reflected(input, tau, other, transpose)


def svd_lowrank(A: Any, q: int = 6, niter: int = 2, M: Any = None) -> tuple[Any, Any, Any]:
    """About the `q` largest singular values and their vectors, by random projections.

    Parameters
    ----------
    A : Tensor
        (*, m, n)
    q : int, default 6
        How many, a few more than are needed.
    niter : int, default 2
        Iterations; more are more exact.
    M : Tensor, optional
        Subtracted from `A`; of a shape that broadcasts to its own.

    Returns
    -------
    U, S, V : Tensor
        (*, m, q), (*, q) and (*, n, q): ``A`` is about ``U @ diag(S) @ V^H``.

    Source: N. Halko et al., Finding structure with randomness, 2009, algorithm 5.1,
    https://arxiv.org/abs/0909.4061

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> U, S, V = tg.svd_lowrank(tg.ones(4, 3), q=1)
    >>> tg.allclose(U * S @ V.T, tg.ones(4, 3), atol=1e-5)
    True
    """
    A = A if M is None else sub(A, M)
    m, n = A.shape[-2:]
    tall = adjoint(A) if m < n else A
    start = source().normal(0, 1, (tall.shape[-1], q), raw(A).dtype)
    Q = qr(matmul(tall, start))[0]
    for _ in range(niter):
        Q = qr(matmul(adjoint(tall), Q))[0]
        Q = qr(matmul(tall, Q))[0]
    U, S, Vh = svd(matmul(adjoint(Q), tall), full_matrices=False)
    U, V = matmul(Q, U), adjoint(Vh)
    return (V, S, U) if m < n else (U, S, V)


def pca_lowrank(
    A: Any, q: int | None = None, center: bool = True, niter: int = 2
) -> tuple[Any, Any, Any]:
    """The principal components of rows: `svd_lowrank` of the matrix less the mean of its rows.

    Parameters
    ----------
    A : Tensor
        (*, m, n): m examples of n features.
    q : int, optional
        How many; ``min(6, m, n)`` unless given.
    center : bool, default True
        Whether to subtract the mean.
    niter : int, default 2

    Returns
    -------
    U, S, V : Tensor
        As from `svd_lowrank`: the columns of V are the principal directions.

    Raises
    ------
    ValueError
        For a `q` or `niter` that is negative, or a `q` greater than m or n.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> U, S, V = tg.pca_lowrank(tg.tensor([[0.0, 0.0], [3.0, 4.0]]), q=1)
    >>> V.abs()
    tensor([[0.6000],
            [0.8000]])
    """
    m, n = A.shape[-2:]
    q = min(6, m, n) if q is None else q
    if not 0 <= q <= min(m, n):
        raise ValueError(
            f"q(={q}) must be non-negative integer and not greater than min(m, n)={min(m, n)}"
        )
    if niter < 0:
        raise ValueError(f"niter(={niter}) must be non-negative integer")
    return svd_lowrank(A, q, niter, mean(A, -2, True) if center else None)
