"""Determinants, inverses and solutions of linear equations, for matrices and batches of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tinygrad_np import return_types
from tinygrad_np.kernels.silence import silent
from tinygrad_np.ops.elementwise import neg
from tinygrad_np.ops.linalg import matmul, same_dtype
from tinygrad_np.ops.reduce import check_floating
from tinygrad_np.ops.rounding import zero
from tinygrad_np.ops.shape import raw, unsqueeze
from tinygrad_np.tape.graph import TensorBase, make
from tinygrad_np.tape.op import Array, op
from tinygrad_np.tape.out import takes_out

__all__ = ["LinAlgError", "cholesky", "cholesky_ex", "det", "inv", "slogdet", "solve"]


class LinAlgError(RuntimeError):
    """A matrix that can't be inverted or factored."""


def checked(
    name: str, A: Array, compute: Callable[..., Any], *arguments: Any, square: bool = True
) -> Any:
    """What NumPy computes of matrices; its errors in our words."""
    check_floating(f"linalg.{name}", A)
    if A.ndim < 2:
        raise RuntimeError(
            f"linalg.{name}: The input tensor A must have at least 2 dimensions, but has the "
            f"shape {list(A.shape)}"
        )
    if square and A.shape[-1] != A.shape[-2]:
        raise RuntimeError(
            f"linalg.{name}: A must be batches of square matrices, but has the shape "
            f"{list(A.shape)}"
        )
    try:
        return silent.run(compute, *arguments)
    except np.linalg.LinAlgError as error:
        raise LinAlgError(
            f"linalg.{name}: {error}, for matrices of shape {list(A.shape)}"
        ) from None


def _through_nan(name: str, compute: Callable[..., Any], A: Array, *others: Any) -> Any:
    """The same, and nan for matrices with a nan, which LAPACK may take for singular ones."""
    try:
        return checked(name, A, compute, A, *others)
    except LinAlgError:
        lost = np.isnan(A).any((-2, -1), keepdims=True)
        if not lost.any():
            raise
        one = np.eye(A.shape[-1], dtype=A.dtype)
        out = checked(name, A, compute, np.where(lost, one, A), *others)
        return np.where(lost, A.dtype.type(np.nan), out)


def _t(x: Array) -> Array:
    """The transposed matrices."""
    return x.swapaxes(-1, -2)


@op
def inv(A: Array) -> Array:
    """The inverse of square matrices (*, n, n); LinAlgError, a RuntimeError, if there is none.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.linalg.inv(tg.tensor([[2.0, 0.0], [0.0, 4.0]]))
    tensor([[0.5000, 0.0000],
            [0.0000, 0.2500]])
    """
    return _through_nan("inv", np.linalg.inv, A)


inv.backward(A=lambda grad, out: neg(matmul(matmul(_t(out), grad), _t(out))))


@op
def _solve(A: Array, B: Array) -> Array:
    same_dtype("linalg.solve", A, B)
    return _through_nan("solve", np.linalg.solve, A, B)


_solve.backward(
    A=lambda grad, A, out: neg(matmul(_solve(_t(A), grad), _t(out))),
    B=lambda grad, A: _solve(_t(A), grad),
)


@takes_out
def solve(A: Array, B: Array, *, left: bool = True) -> Array:
    """The solution X of ``A @ X = B``, or of ``X @ A = B``.

    Parameters
    ----------
    A : Tensor
        (*, n, n)
    B : Tensor
        (*, n, k), or (*, n) for vectors; for ``left=False`` (*, k, n).
    left : bool, default True

    Returns
    -------
    Tensor
        Of the shape of `B`, with batch dimensions broadcast.

    Raises
    ------
    RuntimeError
        If the shapes don't fit. LinAlgError, which is one, if `A` can't be inverted.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.linalg.solve(tg.tensor([[2.0, 0.0], [0.0, 4.0]]), tg.tensor([2.0, 2.0]))
    tensor([1.0000, 0.5000])
    """
    vector = B.ndim == 1 or (A.ndim - 1 == B.ndim and A.shape[:-1] == B.shape)
    columns = unsqueeze(B, -1) if vector else B
    if not left and not vector:
        return _t(solve(_t(A), _t(B)))
    if A.ndim < 2 or columns.shape[-2] != A.shape[-1]:
        raise RuntimeError(
            f"linalg.solve: incompatible shapes of A, {list(A.shape)}, and B, {list(B.shape)}"
        )
    X = _solve(A if left else _t(A), columns)
    return X[..., 0] if vector else X


@op
def det(A: Array) -> Array:
    """The determinant of square matrices (*, n, n); differentiable where it is not 0.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.linalg.det(tg.tensor([[2.0, 0.0], [0.0, 4.0]]))
    tensor(8.)
    """
    return checked("det", A, np.linalg.det, A)


det.backward(A=lambda grad, A, out: (grad * out).reshape((*out.shape, 1, 1)) * _t(inv(A)))


@op
def _sign_of_det(A: Array) -> Array:
    return checked("slogdet", A, lambda: np.linalg.slogdet(A)[0])


_sign_of_det.backward(A=lambda grad, A: zero(A))


@op
def _log_of_det(A: Array) -> Array:
    return checked("slogdet", A, lambda: np.linalg.slogdet(A)[1])


_log_of_det.backward(A=lambda grad, A: grad.reshape((*grad.shape, 1, 1)) * _t(inv(A)))


@takes_out
def slogdet(A: Array) -> Any:
    """The sign of the determinant and the logarithm of its absolute value, as a named tuple.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> sign, logabsdet = tg.linalg.slogdet(tg.tensor([[1.0, 0.0], [0.0, -1.0]]))
    >>> sign, logabsdet
    (tensor(-1.), tensor(0.))
    """
    return return_types.slogdet(_sign_of_det(A), _log_of_det(A))


@op
def _cholesky(A: Array) -> Array:
    return checked("cholesky", A, np.linalg.cholesky, A)


@_cholesky.backward("A")
def _(grad: Array, out: Array) -> Array:
    # Murray, "Differentiation of the Cholesky decomposition", https://arxiv.org/abs/1602.07527
    n = out.shape[-1]
    half = np.tril(np.ones((n, n))) - 0.5 * np.eye(n)
    inner = matmul(_t(out), grad) * half.astype(out.dtype)
    S = _solve(_t(out), _t(_solve(_t(out), _t(inner))))
    return (S + _t(S)) * 0.5


@takes_out
def cholesky_ex(A: Array, *, upper: bool = False, check_errors: bool = False) -> Any:
    """`cholesky` that tells of a matrix that is not positive definite instead of raising.

    Returns
    -------
    L, info : Tensor
        `info`, (*) of int32, is 0, or the size of the first leading minor that is not positive;
        the factor is then of no use.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.linalg.cholesky_ex(tg.tensor([[1.0, 2.0], [2.0, 1.0]])).info
    tensor(2, dtype=torch.int32)
    """
    info = np.zeros(A.shape[:-2], np.int32)
    try:
        L = cholesky(A, upper=upper)
    except LinAlgError:
        if check_errors:
            raise
        from scipy.linalg import get_lapack_funcs

        (potrf,) = get_lapack_funcs(("potrf",), (raw(A),))
        factor = np.zeros_like(raw(A))
        for i in np.ndindex(info.shape):
            factor[i], info[i] = potrf(raw(A)[i], lower=not upper, clean=True)
        L = make(factor) if isinstance(A, TensorBase) else factor
    return return_types.linalg_cholesky_ex(L, make(info) if isinstance(A, TensorBase) else info)


@takes_out
def cholesky(A: Array, *, upper: bool = False) -> Array:
    """The triangular matrices L with ``L @ L.mT == A``, or U with ``U.mT @ U == A``.

    Parameters
    ----------
    A : Tensor
        (*, n, n), symmetric and positive definite; only its lower triangle is looked at.
    upper : bool, default False

    Raises
    ------
    RuntimeError
        LinAlgError, which is one, if `A` is not positive definite.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.linalg.cholesky(tg.tensor([[4.0, 2.0], [2.0, 5.0]]))
    tensor([[2., 0.],
            [1., 2.]])
    """
    L = _cholesky(A)
    return _t(L) if upper else L
