"""Singular values and eigenvalues of symmetric matrices, with their vectors.

The vectors are one choice among several: their sign is arbitrary, and where two values are equal
any basis of their plane is as good. A function of them has a gradient if it does not depend on
that choice.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tinygrad_np import return_types
from tinygrad_np.ops.choice import where
from tinygrad_np.ops.compare import eq
from tinygrad_np.ops.division import div
from tinygrad_np.ops.inverse import checked
from tinygrad_np.ops.join import cat
from tinygrad_np.ops.linalg import matmul
from tinygrad_np.ops.logic import logical_and
from tinygrad_np.ops.shape import raw
from tinygrad_np.tape.graph import TensorBase, make
from tinygrad_np.tape.op import Array, op
from tinygrad_np.tape.out import takes_out

__all__ = ["eigh", "eigvalsh", "svd", "svdvals"]

Shape = tuple[int, ...]


def pack(lead: Shape, *arrays: Array) -> Array:
    """Several results as one array, so that one rule sees the gradients of all: see `unpack`."""
    return np.concatenate(
        [a.reshape((*lead, -1)) if a.size else a.reshape((*lead, 0)) for a in arrays], -1
    )


def unpack(packed: Array, *shapes: Shape) -> list[Array]:
    """The arrays of these shapes, without leading dimensions, that `pack` put together."""
    lead, parts, at = tuple(packed.shape[:-1]), [], 0
    for shape in shapes:
        size = math.prod(shape)
        parts.append(packed[..., at : at + size].reshape((*lead, *shape)))
        at += size
    return parts


def transposed(x: Array) -> Array:
    """The transposed matrices."""
    return x.swapaxes(-1, -2)


def over_gaps(x: Array, values: Array) -> Array:
    """`x` over how much larger the value of its column is than that of its row."""
    return _over(x, _gaps(values))


def _over(x: Array, gaps: Array) -> Array:
    """``x / gaps``, 0 where both are: a choice of vectors that nothing depends on."""
    return div(x, where(logical_and(eq(gaps, 0), eq(x, 0)), 1.0, gaps))


def _gaps(values: Array) -> Array:
    """How much larger the value of a column is than that of a row."""
    rows = values.reshape((*values.shape, 1))
    return rows.swapaxes(-1, -2) - rows


def on_diagonal(values: Array) -> Array:
    """The matrices with these diagonals."""
    n = values.shape[-1]
    return values.reshape((*values.shape, 1)) * np.eye(n, dtype=values.dtype)


def _svd_shapes(shape: Shape) -> tuple[Shape, Shape, Shape]:
    *_, m, n = shape
    k = min(m, n)
    return (m, k), (k,), (k, n)


@op
def _svd(A: Array) -> Array:
    parts = checked("svd", A, lambda: np.linalg.svd(A, full_matrices=False), square=False)
    return pack(A.shape[:-2], *parts)


@_svd.backward("A")
def _(grad: Array, out: Array, A_shape: Shape) -> Array:
    # https://j-towns.github.io/papers/svd-derivative.pdf
    U, S, Vh = unpack(out, *_svd_shapes(A_shape))
    gU, gS, gVh = unpack(grad, *_svd_shapes(A_shape))
    gaps, column = _gaps(S * S), S.reshape((*S.shape, 1))
    row = column.swapaxes(-1, -2)
    turnU, turnV = matmul(transposed(U), gU), matmul(Vh, transposed(gVh))
    inner = _over(turnU - transposed(turnU), gaps) * row
    inner = inner + column * _over(turnV - transposed(turnV), gaps) + on_diagonal(gS)
    gA = matmul(matmul(U, inner), Vh)
    if U.shape[-2] > S.shape[-1]:
        out_of_plane = _over(gU, row + 0 * gU)
        out_of_plane = out_of_plane - matmul(U, matmul(transposed(U), out_of_plane))
        gA = gA + matmul(out_of_plane, Vh)
    if Vh.shape[-1] > S.shape[-1]:
        out_of_plane = _over(gVh, column + 0 * gVh)
        out_of_plane = out_of_plane - matmul(matmul(out_of_plane, transposed(Vh)), Vh)
        gA = gA + matmul(U, out_of_plane)
    return gA


@takes_out
def svd(A: Array, full_matrices: bool = True, *, driver: str | None = None) -> Any:
    """The singular value decomposition ``A = U @ diag(S) @ Vh``.

    Parameters
    ----------
    A : Tensor
        (*, m, n)
    full_matrices : bool, default True
        Whether `U` and `Vh` are square, or of min(m, n) columns and rows. The gradient of those
        beyond is taken for 0.
    driver
        Ignored: it is LAPACK's gesdd.

    Returns
    -------
    U, S, Vh : Tensor
        (*, m, m) or (*, m, k), (*, k) in descending order, (*, n, n) or (*, k, n), a named tuple.

    Raises
    ------
    RuntimeError
        If `A` is of integers, or of fewer than two dimensions.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> U, S, Vh = tg.linalg.svd(tg.tensor([[3.0, 0.0], [0.0, 4.0], [0.0, 0.0]]))
    >>> S, U.shape
    (tensor([4., 3.]), torch.Size([3, 3]))
    """
    U, S, Vh = unpack(_svd(A), *_svd_shapes(A.shape))
    m, n = A.shape[-2:]
    if full_matrices and m != n:
        wide, _, high = np.linalg.svd(raw(A), full_matrices=True)
        more, rows = wide[..., m if m < n else n :], high[..., min(m, n) :, :]
        if isinstance(A, TensorBase):
            more, rows = make(more), make(rows)
        U, Vh = cat([U, more], -1), cat([Vh, rows], -2)
    return return_types.linalg_svd(U, S, Vh)


@op
def svdvals(A: Array, *, driver: str | None = None) -> Array:
    """The singular values of matrices (*, m, n), (*, min(m, n)) in descending order.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.linalg.svdvals(tg.tensor([[3.0, 0.0], [0.0, 4.0]]))
    tensor([4., 3.])
    """
    found = checked("svdvals", A, lambda: np.linalg.svd(A, compute_uv=False), square=False)
    return np.asarray(found)


@svdvals.backward("A")
def _(grad: Array, A: Array) -> Array:
    U, _, Vh = svd(A, full_matrices=False)
    return matmul(U * grad.reshape((*grad.shape[:-1], 1, grad.shape[-1])), Vh)


@op
def _eigh(A: Array, *, UPLO: Any) -> Array:
    values, vectors = checked("eigh", A, lambda: np.linalg.eigh(A, UPLO))
    return pack(A.shape[:-2], values, vectors)


@_eigh.backward("A")
def _(grad: Array, out: Array, A_shape: Shape) -> Array:
    n = A_shape[-1]
    L, V = unpack(out, (n,), (n, n))
    gL, gV = unpack(grad, (n,), (n, n))
    turn = matmul(transposed(V), gV) * (1 - np.eye(n)).astype(out.dtype)
    return matmul(matmul(V, over_gaps(turn, L) + on_diagonal(gL)), transposed(V))


@takes_out
def eigh(A: Array, UPLO: str = "L") -> Any:
    """The eigenvalues and eigenvectors of symmetric matrices: ``A = V @ diag(L) @ V.mT``.

    Parameters
    ----------
    A : Tensor
        (*, n, n)
    UPLO : {'L', 'U'}, default 'L'
        The triangle that is looked at; the gradient is that of a symmetric matrix.

    Returns
    -------
    eigenvalues, eigenvectors : Tensor
        (*, n) in ascending order, and (*, n, n), one in each column; a named tuple.

    Raises
    ------
    RuntimeError
        If `A` is of integers, or not square.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> eigenvalues, eigenvectors = tg.linalg.eigh(tg.tensor([[2.0, 1.0], [1.0, 2.0]]))
    >>> eigenvalues
    tensor([1., 3.])
    """
    n = A.shape[-1] if A.ndim else 0
    return return_types.linalg_eigh(*unpack(_eigh(A, UPLO=_triangle(UPLO)), (n,), (n, n)))


@op
def eigvalsh(A: Array, UPLO: str = "L") -> Array:
    """The eigenvalues of symmetric matrices (*, n, n), (*, n) in ascending order; see `eigh`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.linalg.eigvalsh(tg.tensor([[2.0, 1.0], [1.0, 2.0]]))
    tensor([1., 3.])
    """
    return np.asarray(checked("eigvalsh", A, lambda: np.linalg.eigvalsh(A, _triangle(UPLO))))


@eigvalsh.backward("A")
def _(grad: Array, A: Array, UPLO: str) -> Array:
    V = eigh(A, UPLO)[1]
    return matmul(V * grad.reshape((*grad.shape[:-1], 1, grad.shape[-1])), transposed(V))


def _triangle(UPLO: str) -> Any:
    if str(UPLO).upper() not in ("L", "U"):
        raise RuntimeError(f"Expected UPLO argument to be 'L' or 'U', but got {UPLO}")
    return UPLO.upper()
