"""Linear algebra: norms, products, determinants and equations, as `torch.linalg` has them."""

from __future__ import annotations

from tinygrad_np.ops.eig import eig, eigvals
from tinygrad_np.ops.factors import qr, solve_triangular
from tinygrad_np.ops.householder import householder_product
from tinygrad_np.ops.inverse import LinAlgError, cholesky, cholesky_ex, det, inv, slogdet, solve
from tinygrad_np.ops.ldl import ldl_factor, ldl_factor_ex, ldl_solve
from tinygrad_np.ops.linalg import matmul
from tinygrad_np.ops.lu import inv_ex, lu, lu_factor, lu_factor_ex, lu_solve, solve_ex
from tinygrad_np.ops.matrix import cross as _cross
from tinygrad_np.ops.matrix import matrix_power, multi_dot
from tinygrad_np.ops.matrix_functions import (
    diagonal,
    matrix_exp,
    tensorinv,
    tensorsolve,
    vander,
    vecdot,
)  # fmt: skip
from tinygrad_np.ops.norms import linalg_norm as norm
from tinygrad_np.ops.norms import matrix_norm, vector_norm
from tinygrad_np.ops.pseudo import cond, lstsq, matrix_rank, pinv
from tinygrad_np.ops.spectral import eigh, eigvalsh, svd, svdvals
from tinygrad_np.tape.op import Array

__all__ = [
    "LinAlgError", "cholesky", "cholesky_ex", "cond", "cross", "det", "diagonal", "eig", "eigh",
    "eigvals", "eigvalsh", "householder_product", "inv", "inv_ex", "ldl_factor", "ldl_factor_ex",
    "ldl_solve", "lstsq", "lu", "lu_factor", "lu_factor_ex", "lu_solve", "matmul", "matrix_exp",
    "matrix_norm", "matrix_power", "matrix_rank", "multi_dot", "norm", "pinv", "qr", "slogdet",
    "solve", "solve_ex", "solve_triangular", "svd", "svdvals", "tensorinv", "tensorsolve", "vander",
    "vecdot", "vector_norm",
]  # fmt: skip


def cross(input: Array, other: Array, *, dim: int = -1) -> Array:
    """The cross products of vectors of three elements, along the last dimension by default.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.linalg.cross(tg.tensor([1, 0, 0]), tg.tensor([0, 1, 0]))
    tensor([0, 0, 1])
    """
    return _cross(input, other, dim)
