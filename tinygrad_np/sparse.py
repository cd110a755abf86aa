"""Sparse tensors in coordinate format, for products with dense ones.

A sparse tensor is its indices, its values, which may be on the tape, and its size. It is no
Tensor: what it lacks is an AttributeError or a TypeError; `to_dense` makes a Tensor of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from tinygrad_np import formats
from tinygrad_np.conversion import as_tensor
from tinygrad_np.ops.indices import index_put
from tinygrad_np.ops.linalg import mm as dense_mm
from tinygrad_np.ops.linalg import same_dtype
from tinygrad_np.ops.sparse import spmm as _spmm
from tinygrad_np.size import Size
from tinygrad_np.tape.graph import TensorBase, make

if TYPE_CHECKING:
    from tinygrad_np.tensor import Tensor

__all__ = ["FloatTensor", "SparseTensor", "mm", "sparse_coo_tensor", "spmm", "to_sparse"]


class SparseTensor:
    """See `sparse_coo_tensor`."""

    is_sparse = True
    is_cuda = False
    layout = formats.sparse_coo

    def __init__(
        self, indices: np.ndarray[Any, Any], values: Tensor, size: Sequence[int], coalesced: bool
    ) -> None:
        self._places, self._numbers = indices, values
        self.shape = Size(size)
        self._coalesced = coalesced

    def __repr__(self) -> str:
        return (
            f"tensor(indices={self._indices()!r}, values={self._numbers!r}, "
            f"size={tuple(self.shape)}, nnz={self._nnz()}, layout=torch.sparse_coo)"
        )

    def size(self, dim: int | None = None) -> Any:
        """The shape, or one size of it."""
        return self.shape if dim is None else self.shape[dim]

    @property
    def ndim(self) -> int:
        """How many dimensions there are."""
        return len(self.shape)

    dim = sparse_dim = lambda self: len(self.shape)

    @property
    def dtype(self) -> Any:
        """The values' dtype."""
        return self._numbers.dtype

    @property
    def device(self) -> Any:
        """The CPU."""
        return self._numbers.device

    @property
    def requires_grad(self) -> bool:
        """Whether the values require a gradient."""
        return bool(self._numbers.requires_grad)

    def _indices(self) -> Tensor:
        indices: Tensor = make(self._places)
        return indices

    def _values(self) -> Tensor:
        return self._numbers

    def _nnz(self) -> int:
        return int(self._places.shape[1])

    def is_coalesced(self) -> bool:
        """Whether indices are sorted and each is there once."""
        return self._coalesced

    def coalesce(self) -> SparseTensor:
        """With sorted indices, and the sum of the values at each."""
        if self._coalesced:
            return self
        flat = np.ravel_multi_index(tuple(self._places), self.shape)
        places, where = np.unique(flat, return_inverse=True)
        zeros = make(np.zeros(len(places), self._numbers._array.dtype))
        values = index_put(zeros, (make(where),), self._numbers, accumulate=True)
        indices = np.stack(np.unravel_index(places, self.shape))
        return SparseTensor(indices, values, self.shape, True)

    def indices(self) -> Tensor:
        """(ndim, nnz); RuntimeError unless coalesced."""
        return self._checked()._indices()

    def values(self) -> Tensor:
        """(nnz,); RuntimeError unless coalesced."""
        return self._checked()._values()

    def _checked(self) -> SparseTensor:
        if not self._coalesced:
            raise RuntimeError(
                "Cannot get indices or values on an uncoalesced tensor, please call .coalesce() "
                "first"
            )
        return self

    def to_dense(self, dtype: Any = None, *, masked_grad: bool | None = None) -> Tensor:
        """A Tensor with zeros where no value is."""
        zeros = make(np.zeros(self.shape, self._numbers._array.dtype))
        where = tuple(make(i) for i in self._places)
        dense: Tensor = index_put(zeros, where, self._numbers, accumulate=True)
        return dense.to_dense(dtype)

    def t(self) -> SparseTensor:
        """The transpose of a matrix."""
        if self.ndim != 2:
            raise RuntimeError(f"t() expects a sparse matrix, got {self.ndim} dimensions")
        return SparseTensor(self._places[::-1].copy(), self._numbers, self.shape[::-1], False)

    def to(self, *args: Any, **kwargs: Any) -> SparseTensor:
        """With values of another dtype; every device is this one."""
        return SparseTensor(
            self._places, self._numbers.to(*args, **kwargs), self.shape, self._coalesced
        )

    def cuda(self, *args: Any) -> SparseTensor:
        """An error, as `Tensor.cuda` is."""
        self._numbers.cuda(*args)
        return self

    def cpu(self) -> SparseTensor:
        """The same."""
        return self

    def float(self) -> SparseTensor:
        """With values of float32."""
        return SparseTensor(self._places, self._numbers.float(), self.shape, self._coalesced)

    def detach(self) -> SparseTensor:
        """With values off the tape."""
        return SparseTensor(self._places, self._numbers.detach(), self.shape, self._coalesced)

    def __matmul__(self, other: Any) -> Any:
        return spmm(self, other)

    mm = matmul = __matmul__


def sparse_coo_tensor(
    indices: Any, values: Any, size: Sequence[int] | None = None, *, dtype: Any = None,
    device: Any = None, requires_grad: bool = False, check_invariants: bool | None = None,
    is_coalesced: bool = False,
) -> SparseTensor:  # fmt: skip
    """A sparse tensor with these values at these indices; values at one index add up.

    Parameters
    ----------
    indices : array-like of int
        (ndim, nnz)
    values : array-like
        (nnz,)
    size : sequence of int, optional
        Of ndim; just large enough unless given.
    dtype, device, requires_grad
        As for `tensor`.
    check_invariants : bool, optional
        Ignored: they are always checked.
    is_coalesced : bool, default False
        Whether indices are known to be sorted and each to be there once.

    Raises
    ------
    RuntimeError
        For shapes that don't fit, and for an index outside of `size`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> a = tg.sparse_coo_tensor([[0, 1], [2, 0]], [3.0, 4.0], (2, 3))
    >>> a.to_dense()
    tensor([[0., 0., 3.],
            [4., 0., 0.]])
    >>> tg.spmm(a, tg.ones(3, 1))
    tensor([[3.],
            [4.]])
    """
    places = np.array(indices._array if isinstance(indices, TensorBase) else indices, np.int64)
    numbers = as_tensor(values, dtype=dtype, device=device)
    if requires_grad:
        numbers = numbers.detach().clone().requires_grad_()
    if places.ndim != 2 or tuple(numbers.shape) != places.shape[1:]:
        raise RuntimeError(
            f"sparse_coo_tensor expects indices (ndim, nnz) and values (nnz,), got "
            f"{list(places.shape)} and {list(numbers.shape)}"
        )
    shape = tuple(places.max(axis=1) + 1) if size is None else tuple(size)
    if len(shape) != len(places):
        raise RuntimeError(
            f"number of dimensions must be {len(places)}, but got size {list(shape)}"
        )
    for d, (n, along) in enumerate(zip(shape, places, strict=True)):
        if along.size and (along.min() < 0 or along.max() >= n):
            wrong = along[(along < 0) | (along >= n)][0]
            raise RuntimeError(
                f"size is inconsistent with indices: for dim {d}, size is {n} but found index "
                f"{wrong}"
            )
    return SparseTensor(places, numbers, [int(n) for n in shape], is_coalesced)


def to_sparse(input: Any) -> SparseTensor:
    """A Tensor's values that are not 0, and where they are.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.tensor([0, 5]).to_sparse().indices()
    tensor([[1]])
    """
    where = np.nonzero(input._array)
    values = input[tuple(make(i) for i in where)]
    return SparseTensor(np.stack(where), values, input.shape, True)


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
    """The product of a sparse matrix (n, m) and a dense one, (m, k) or (m,).

    Gradients reach both the values of the first and the second.

    Raises
    ------
    RuntimeError
        For shapes and dtypes that don't fit.
    TypeError
        If `mat2` is sparse.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.spmm(tg.tensor([[0.0, 2.0]]).to_sparse(), tg.ones(2, 1))
    tensor([[2.]])
    """
    if isinstance(mat2, SparseTensor):
        raise TypeError("spmm: the second matrix must be dense: use .to_dense()")
    if not isinstance(mat1, SparseTensor):
        return dense_mm(mat1, mat2)
    if mat1.ndim != 2 or mat2.ndim not in (1, 2) or mat1.shape[1] != mat2.shape[0]:
        raise RuntimeError(
            f"spmm: expected (n, m) and (m, k), got {list(mat1.shape)} and {list(mat2.shape)}"
        )
    same_dtype("spmm", mat1._numbers, mat2)
    size = (int(mat1.shape[0]), int(mat1.shape[1]))
    dense = mat2 if mat2.ndim == 2 else mat2.reshape(-1, 1)
    out = _spmm(mat1._numbers, dense, indices=mat1._places, size=size)
    return out if mat2.ndim == 2 else out.reshape(-1)


mm = spmm
