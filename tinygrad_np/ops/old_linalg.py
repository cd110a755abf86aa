"""PyTorch's older spellings of what `linalg` has: `torch.svd`, `torch.qr` and their like."""

from __future__ import annotations

from typing import Any

from tinygrad_np import return_types
from tinygrad_np.ops import factors, inverse, spectral
from tinygrad_np.ops import lu as eliminated
from tinygrad_np.ops.rounding import zero
from tinygrad_np.ops.shape import clone
from tinygrad_np.tape.op import Array
from tinygrad_np.tape.out import takes_out

__all__ = ["cholesky", "lu", "lu_solve", "qr", "svd", "triangular_solve"]


@takes_out
def svd(input: Array, some: bool = True, compute_uv: bool = True) -> Any:
    """The singular value decomposition ``input = U @ diag(S) @ V.mT``; see `linalg.svd`.

    Parameters
    ----------
    input : Tensor
        (*, m, n)
    some : bool, default True
        Whether U and V have min(m, n) columns, or are square.
    compute_uv : bool, default True
        False gives zeros for U and V.

    Returns
    -------
    U, S, V : Tensor
        A named tuple; V, not its transpose.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> U, S, V = tg.svd(tg.tensor([[3.0, 0.0], [0.0, 4.0]]))
    >>> S
    tensor([4., 3.])
    """
    U, S, Vh = spectral.svd(input, full_matrices=not (some and compute_uv))
    V = spectral.transposed(Vh)
    if not compute_uv:
        return return_types.svd(zero(U), spectral.svdvals(input), zero(V))
    return return_types.svd(U, S, V)


@takes_out
def qr(input: Array, some: bool = True) -> Any:
    """``input = Q @ R``; see `linalg.qr`, where ``some=False`` is ``mode='complete'``.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> Q, R = tg.qr(tg.eye(2))
    """
    return return_types.qr(*factors.qr(input, "reduced" if some else "complete"))


@takes_out
def cholesky(input: Array, upper: bool = False) -> Array:
    """The triangular matrices with ``L @ L.mT == input``; see `linalg.cholesky`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.cholesky(tg.tensor([[4.0, 2.0], [2.0, 5.0]]))
    tensor([[2., 0.],
            [1., 2.]])
    """
    return inverse.cholesky(input, upper=upper)


def lu(A: Array, pivot: bool = True, get_infos: bool = False) -> Any:
    """`linalg.lu_factor` that does not raise; with `get_infos` its `info`, too.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> LU, pivots = tg.lu(tg.tensor([[1.0, 2.0], [4.0, 4.0]]))
    >>> pivots
    tensor([2, 2], dtype=torch.int32)
    """
    results = eliminated.lu_factor_ex(A, pivot=pivot)
    return tuple(results) if get_infos else tuple(results[:2])


@takes_out
def lu_solve(b: Array, LU_data: Array, LU_pivots: Array) -> Array:
    """The solution X of ``A @ X = b``; see `linalg.lu_solve`, which takes `b` last.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> A, b = tg.tensor([[1.0, 2.0], [4.0, 4.0]]), tg.tensor([[5.0], [12.0]])
    >>> tg.lu_solve(b, *tg.lu(A))
    tensor([[1.],
            [2.]])
    """
    return eliminated.lu_solve(LU_data, LU_pivots, b)


@takes_out
def triangular_solve(
    b: Array, A: Array, upper: bool = True, transpose: bool = False, unitriangular: bool = False
) -> Any:
    """The solution X of ``A @ X = b``, and a copy of `A`; see `linalg.solve_triangular`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> A = tg.tensor([[2.0, 1.0], [0.0, 4.0]])
    >>> tg.triangular_solve(tg.tensor([[4.0], [8.0]]), A).solution
    tensor([[1.],
            [2.]])
    """
    matrix = spectral.transposed(A) if transpose else A
    X = factors.solve_triangular(matrix, b, upper=upper != transpose, unitriangular=unitriangular)
    return return_types.triangular_solve(X, clone(A))
