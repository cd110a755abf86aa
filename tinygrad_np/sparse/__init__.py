"""Sparse tensors, as `torch.sparse` has them: products with dense ones, and with each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tinygrad_np.ops.linalg import check_ranks
from tinygrad_np.ops.linalg import mm as dense_mm
from tinygrad_np.sparse.build import sparse_coo_tensor, to_sparse
from tinygrad_np.sparse.softmax import log_softmax, softmax
from tinygrad_np.sparse.tensor import SparseTensor

__all__ = [
    "FloatTensor", "SparseTensor", "addmm", "log_softmax", "mm", "smm", "softmax",
    "sparse_coo_tensor", "spmm", "sspaddmm", "sum", "to_sparse",
]  # fmt: skip


def FloatTensor(indices: Any, values: Any, size: Sequence[int] | None = None) -> SparseTensor:  # noqa: N802
    """`sparse_coo_tensor` of float32, by its old name.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.sparse.FloatTensor(tg.tensor([[1]]), tg.tensor([5.0]), (2,)).to_dense()
    tensor([0., 5.])
    """
    from tinygrad_np import dtypes

    return sparse_coo_tensor(indices, values, size, dtype=dtypes.float32)


def spmm(mat1: Any, mat2: Any) -> Any:
    """The product of two matrices (n, m) and (m, k), one or both sparse.

    Gradients reach both, and the zeros that `to_sparse` left out.

    Returns
    -------
    Tensor or SparseTensor
        Sparse if both are.

    Raises
    ------
    RuntimeError
        For shapes and dtypes that don't fit.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.spmm(tg.tensor([[0.0, 2.0]]).to_sparse(), tg.ones(2, 1))
    tensor([[2.]])
    """
    return dense_mm(mat1, mat2)


def mm(mat1: Any, mat2: Any) -> Any:
    """`spmm` whose gradients reach the values alone: not the zeros that `to_sparse` left out.

    Returns
    -------
    Tensor or SparseTensor
        Sparse if both are.

    Raises
    ------
    RuntimeError
        For shapes and dtypes that don't fit.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.sparse.mm(tg.tensor([[0.0, 2.0]]).to_sparse(), tg.ones(2, 1))
    tensor([[2.]])
    """
    check_ranks("mm", (mat1, 2), (mat2, 2))
    return dense_mm(*(x._without() if isinstance(x, SparseTensor) else x for x in (mat1, mat2)))


def addmm(mat: Any, mat1: Any, mat2: Any, *, beta: float = 1.0, alpha: float = 1.0) -> Any:
    """``beta * mat + alpha * (mat1 @ mat2)`` with a sparse `mat1`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.sparse.addmm(tg.ones(1, 1), tg.tensor([[0.0, 2.0]]).to_sparse(), tg.ones(2, 1))
    tensor([[3.]])
    """
    return beta * mat + alpha * mm(mat1, mat2)


def smm(input: SparseTensor, mat: Any) -> SparseTensor:
    """The product of a sparse matrix with a dense one, as a sparse matrix.

    Parameters
    ----------
    input : SparseTensor
        (n, m)
    mat : Tensor
        (m, k)

    Returns
    -------
    SparseTensor
        (n, k), with all elements of each row in which `input` has one.

    Raises
    ------
    RuntimeError
        For a dense `input`, and shapes and dtypes that don't fit.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.smm(tg.tensor([[0.0, 2.0], [0.0, 0.0]]).to_sparse(), tg.ones(2, 1))
    tensor(indices=tensor([[0],
                           [0]]),
           values=tensor([2.]),
           size=(2, 1), nnz=1, layout=torch.sparse_coo)
    """
    return _sparse("smm", input).smm(mat)  # type: ignore[no-any-return]


def sspaddmm(
    input: SparseTensor, mat1: SparseTensor, mat2: Any, *, beta: float = 1, alpha: float = 1
) -> SparseTensor:
    """``beta * input + alpha * (mat1 @ mat2)``, sparse as `input` and `mat1`; not coalesced.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> a = tg.tensor([[0.0, 2.0], [0.0, 0.0]]).to_sparse()
    >>> tg.sspaddmm(a, a, tg.ones(2, 2), beta=10).to_dense()
    tensor([[ 2., 22.],
            [ 0.,  0.]])
    """
    return _sparse("sspaddmm", input).sspaddmm(mat1, mat2, beta=beta, alpha=alpha)  # type: ignore[no-any-return]


def _sparse(name: str, input: Any) -> Any:
    if not isinstance(input, SparseTensor):
        raise RuntimeError(f"{name}: expected a sparse tensor, got a {type(input).__name__}")
    return input


def sum(input: SparseTensor, dim: int | Sequence[int] | None = None, dtype: Any = None) -> Any:
    """The sum of all numbers, a Tensor; over some dimensions, a sparse tensor.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.sparse.sum(tg.tensor([[0.0, 2.0]]).to_sparse())
    tensor(2.)
    """
    return input._without().sum(dim, dtype=dtype)
