"""Sparse tensors in coordinate format.

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
from tinygrad_np.ops.join import cat
from tinygrad_np.ops.linalg import same_dtype
from tinygrad_np.ops.sparse import spmm
from tinygrad_np.size import Size
from tinygrad_np.tape.graph import TensorBase, make

if TYPE_CHECKING:
    from tinygrad_np.tensor import Tensor

__all__ = ["SparseTensor", "sparse_coo_tensor", "to_sparse"]


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
        lines = []
        for name, tensor in (("indices", self._indices()), ("values", self._numbers.detach())):
            shown = repr(make(tensor._array)) if name == "indices" else _plain(tensor)
            lines.append(f"{name}={shown}".replace("\n", "\n" + " " * (len(name) + 1)))
        notes = [f"size={tuple(self.shape)}", f"nnz={self._nnz()}"]
        if "dtype=" in repr(self._numbers.detach()):
            notes.append(f"dtype={self.dtype}")
        notes.append("layout=torch.sparse_coo")
        if self._numbers.grad_fn is not None:
            notes.append(f"grad_fn={self._numbers.grad_fn}")
        elif self.requires_grad:
            notes.append("requires_grad=True")
        text = ",\n".join([*lines, ", ".join(notes)])
        return "tensor(" + text.replace("\n", "\n       ") + ")"

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
        dense: Tensor = index_put(zeros, self._where(), self._numbers, accumulate=True)
        return dense.to_dense(dtype)

    def t(self) -> SparseTensor:
        """The transpose of a matrix."""
        if self.ndim != 2:
            raise RuntimeError(f"t() expects a sparse matrix, got {self.ndim} dimensions")
        return SparseTensor(self._places[::-1].copy(), self._numbers, self.shape[::-1], False)

    def to(self, *args: Any, **kwargs: Any) -> SparseTensor:
        """With values of another dtype; every device is this one."""
        return self._with(self._numbers.to(*args, **kwargs))

    def cuda(self, *args: Any) -> SparseTensor:
        """An error, as `Tensor.cuda` is."""
        self._numbers.cuda(*args)
        return self

    def cpu(self) -> SparseTensor:
        """The same."""
        return self

    def float(self) -> SparseTensor:
        """With values of float32."""
        return self._with(self._numbers.float())

    def detach(self) -> SparseTensor:
        """With values off the tape."""
        return self._with(self._numbers.detach())

    def _with(self, values: Any, coalesced: bool | None = None) -> SparseTensor:
        """Other values at the same indices."""
        known = self._coalesced if coalesced is None else coalesced
        return SparseTensor(self._places, values, self.shape, known)

    def transpose(self, dim0: int, dim1: int) -> SparseTensor:
        """With two dimensions exchanged."""
        order = list(range(self.ndim))
        order[dim0], order[dim1] = order[dim1], order[dim0]
        size = [self.shape[d] for d in order]
        return SparseTensor(self._places[order].copy(), self._numbers, size, False)

    def sum(self, dim: int | Sequence[int] | None = None) -> Any:
        """The sum of all numbers, a Tensor; over some dimensions, a sparse tensor."""
        if dim is None:
            return self._numbers.sum()
        gone = {d % self.ndim for d in ([dim] if isinstance(dim, int) else dim)}
        kept = [d for d in range(self.ndim) if d not in gone]
        if not kept:
            return self._numbers.sum()
        size = [self.shape[d] for d in kept]
        return SparseTensor(self._places[kept], self._numbers, size, False).coalesce()

    # --- arithmetic ---

    def __neg__(self) -> SparseTensor:
        return self._with(-self._numbers)

    def __mul__(self, other: Any) -> Any:
        if isinstance(other, SparseTensor):
            self._same_size("mul", other)
            mine = self.coalesce()
            return mine._with(mine._numbers * other.to_dense()[mine._where()])
        if isinstance(other, TensorBase) and other._array.ndim:
            self._same_size("mul", other)
            return self._with(self._numbers * other[self._where()])  # type: ignore[index]
        return self._with(self._numbers * other)

    __rmul__ = mul = __mul__

    def __truediv__(self, other: Any) -> SparseTensor:
        if isinstance(other, SparseTensor) or np.ndim(other):
            raise RuntimeError(
                "Sparse division requires a scalar or zero-dim dense tensor divisor (got shape "
                f"{list(other.shape)} for divisor)"
            )
        return self._with(self._numbers / other)

    div = __truediv__

    def __add__(self, other: Any) -> SparseTensor:
        if not isinstance(other, SparseTensor):
            raise RuntimeError(
                "add(sparse, dense) is not supported. Use add(dense, sparse) instead."
            )
        self._same_size("add", other)
        places = np.concatenate([self._places, other._places], axis=1)
        return SparseTensor(places, cat([self._numbers, other._numbers]), self.shape, False)

    add = __add__

    def __radd__(self, other: Any) -> Any:  # a dense one
        self._same_size("add", other)
        return index_put(other, self._where(), self._numbers, accumulate=True)

    def __sub__(self, other: Any) -> Any:
        return self + -other

    def __rsub__(self, other: Any) -> Any:
        return other + -self

    def _where(self) -> tuple[Tensor, ...]:
        return tuple(make(i) for i in self._places)

    def _same_size(self, name: str, other: Any) -> None:
        if tuple(other.shape) != tuple(self.shape):
            raise RuntimeError(
                f"{name}: expected 'self' and 'other' to have same sizes when 'self' is sparse, "
                f"but {list(self.shape)} != {list(other.shape)}"
            )

    # --- products ---

    def __matmul__(self, other: Any) -> Any:
        self._check_product(self.shape, other.shape)
        if isinstance(other, SparseTensor):
            return self._times_sparse(other)
        same_dtype("mm", self._numbers, other)
        size = (int(self.shape[0]), int(self.shape[1]))
        dense = other if other.ndim == 2 else other.reshape(-1, 1)
        out = spmm(self._numbers, dense, indices=self._places, size=size)
        return out if other.ndim == 2 else out.reshape(-1)

    mm = matmul = mv = __matmul__

    def __rmatmul__(self, other: Any) -> Any:  # a dense one
        self._check_product(other.shape, self.shape)
        return (self.t() @ (other.T if other.ndim == 2 else other)).T

    def _times_sparse(self, other: SparseTensor) -> SparseTensor:
        """Each number of a column with each of the row of that number, added up by place."""
        same_dtype("mm", self._numbers, other._numbers)
        left, right = self.coalesce(), other.coalesce()
        begin = np.searchsorted(right._places[0], np.arange(other.shape[0] + 1))
        counts = np.diff(begin)[left._places[1]]
        first = np.repeat(np.arange(left._nnz()), counts)
        ends = np.cumsum(counts)
        second = np.arange(len(first)) + np.repeat(begin[left._places[1]] - ends + counts, counts)
        values = left._numbers[make(first)] * right._numbers[make(second)]
        places = np.stack([left._places[0][first], right._places[1][second]])
        return SparseTensor(places, values, (self.shape[0], other.shape[1]), False).coalesce()

    @staticmethod
    def _check_product(first: Sequence[int], second: Sequence[int]) -> None:
        if len(first) not in (1, 2) or len(second) not in (1, 2) or first[-1] != second[0]:
            raise RuntimeError(
                f"spmm: expected (n, m) and (m, k), got {list(first)} and {list(second)}"
            )


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


def _plain(values: Tensor) -> str:
    """What a tensor is printed as, without its dtype."""
    return (
        repr(values)
        .replace(f", dtype={values.dtype}", "")
        .replace(f",\n       dtype={values.dtype}", "")
    )
