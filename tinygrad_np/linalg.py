"""Linear algebra: norms, products, determinants and equations, as `torch.linalg` has them."""

from __future__ import annotations

from tinygrad_np.ops.inverse import LinAlgError, cholesky, det, inv, slogdet, solve
from tinygrad_np.ops.linalg import matmul
from tinygrad_np.ops.matrix import cross as _cross
from tinygrad_np.ops.matrix import matrix_power, multi_dot
from tinygrad_np.ops.norms import linalg_norm as norm
from tinygrad_np.ops.norms import matrix_norm, vector_norm
from tinygrad_np.tape.op import Array

__all__ = [
    "LinAlgError", "cholesky", "cross", "det", "inv", "matmul", "matrix_norm", "matrix_power",
    "multi_dot", "norm", "slogdet", "solve", "vector_norm",
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
