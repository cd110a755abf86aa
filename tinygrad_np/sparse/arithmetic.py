"""What sparse tensors compute: sums, products, functions that leave 0 at 0."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tinygrad_np.dtypes import can_cast
from tinygrad_np.ops.indices import index_put
from tinygrad_np.ops.join import cat, stack
from tinygrad_np.ops.linalg import is_sparse, same_dtype
from tinygrad_np.ops.norms import norm
from tinygrad_np.ops.shape import expand
from tinygrad_np.ops.sparse import spmm
from tinygrad_np.tape.grad_mode import mode
from tinygrad_np.tape.graph import TensorBase, make
from tinygrad_np.tape.op import Foreign

__all__ = ["Arithmetic"]

ZERO_AT_ZERO = {
    "abs", "asin", "asinh", "atan", "atanh", "ceil", "erf", "erfinv", "expm1", "floor", "frac",
    "isinf", "isnan", "log1p", "neg", "relu", "round", "sign", "signbit", "sin", "sinh", "sqrt",
    "tan", "tanh", "trunc",
}  # fmt: skip
OPERATORS = {"add": "add", "sub": "sub", "mul": "mul", "matmul": "matmul", "_div": "truediv"}


class Arithmetic(Foreign):
    """The operators of a sparse tensor, and what ops make of it."""

    def _apply(self: Any, op: Any, args: Sequence[Any], params: dict[str, Any]) -> Any:
        """An op that was given a sparse tensor.

        Raises
        ------
        NotImplementedError
            For ops that there are no sparse ones of.
        """
        name, first = op.name, args[0]
        if name in ZERO_AT_ZERO and is_sparse(first):
            mine = first.coalesce()
            return mine._with(op(mine._numbers, *args[1:], **params))
        if name == "pow" and is_sparse(first) and isinstance(args[1], (int, float)):
            return first ** args[1]
        if name in OPERATORS and params.keys() <= {"alpha"}:
            second = args[1] * params["alpha"] if params else args[1]
            if is_sparse(first):
                return getattr(first, f"__{OPERATORS[name]}__")(second)
            other = getattr(second, f"__r{OPERATORS[name]}__", None)
            if other is not None:
                return other(first)
        if name == "sum":
            return first.sum(*args[1:], **params)
        if name in ("_cat", "_stack") and all(is_sparse(a) for a in args):
            at = params["dim"]
            return joined(list(args) if name == "_cat" else [a.unsqueeze(at) for a in args], at)
        raise NotImplementedError(
            f"{name.strip('_')}(): there is none of sparse tensors in tinygrad_np; to_dense() "
            "makes a Tensor of one"
        )

    def sum(
        self: Any,
        dim: int | Sequence[int] | None = None,
        keepdim: bool = False,
        *,
        dtype: Any = None,
    ) -> Any:
        """The sum of all numbers, a Tensor; over some dimensions, a sparse tensor."""
        if dtype is not None:
            return self.to(dtype).sum(dim, keepdim)
        if dim is None:
            return (self._numbers if self._whole is None else self._whole).sum()
        given = [self._one(d) for d in ([dim] if isinstance(dim, int) else dim)]
        gone = set(given)
        if len(gone) < len(given):
            raise RuntimeError(f"a dimension appears multiple times in the list of dims: {dim}")
        n = len(self._places)
        dense = tuple(d - n + 1 for d in sorted(gone) if d >= n)
        values = self._numbers.sum(dense, keepdim) if dense else self._numbers
        size = [1 if d in gone else s for d, s in enumerate(self.shape) if keepdim or d not in gone]
        kept = [d for d in range(n) if d not in gone]
        if keepdim:
            places = np.where(np.isin(np.arange(n), list(gone))[:, None], 0, self._places)
        elif kept:
            places = self._places[kept]
        else:
            return values.sum(0)
        return type(self)(places, values, size, self._coalesced and len(kept) == n).coalesce()

    def norm(self: Any, p: Any = "fro", *, dtype: Any = None) -> Any:
        """The norm of all numbers; see `torch.norm`."""
        return norm(self.coalesce()._numbers, p, dtype=dtype)

    def _all(self: Any) -> Any:
        """All elements; gradients reach what the tensor was made of, its zeros, too."""
        return self.to_dense() if self._whole is None else self._whole

    # --- arithmetic ---

    def __neg__(self: Any) -> Any:
        return self._mapped(lambda x: -x)

    neg = __neg__

    def __mul__(self: Any, other: Any) -> Any:
        if is_sparse(other):
            self._same_size("mul", other)
            mine = self.coalesce()
            return mine._with(mine._numbers * other._all()[mine._where()])
        if isinstance(other, TensorBase) and other._array.ndim:
            try:
                dense = expand(other, tuple(self.shape))
            except RuntimeError:
                self._same_size("mul", other)
                raise
            return self._with(self._numbers * dense[self._where()])
        return self._mapped(lambda x: x * other)

    __rmul__ = mul = __mul__

    def __truediv__(self: Any, other: Any) -> Any:
        if is_sparse(other) or np.ndim(other):
            raise RuntimeError(
                "Sparse division requires a scalar or zero-dim dense tensor divisor (got shape "
                f"{list(other.shape)} for divisor)"
            )
        return self._mapped(lambda x: x / other)

    div = __truediv__

    def __pow__(self: Any, exponent: float) -> Any:
        if not exponent > 0:
            raise NotImplementedError(
                f"a sparse tensor to the power of {exponent} is not sparse; take to_dense()"
            )
        mine = self.coalesce()
        return mine._with(mine._numbers**exponent)

    pow = __pow__

    def square(self: Any) -> Any:
        """The squares of the numbers."""
        return self**2

    def __add__(self: Any, other: Any) -> Any:
        if not is_sparse(other):
            raise RuntimeError(
                "add(sparse, dense) is not supported. Use add(dense, sparse) instead."
            )
        self._same_size("add", other)
        places = np.concatenate([self._places, other._places], axis=1)
        whole = None
        if self._whole is not None or other._whole is not None:
            whole = self._all() + other._all()
        out = type(self)(places, cat([self._numbers, other._numbers]), self.shape, False, whole)
        both = self._coalesced and other._coalesced
        return out.coalesce() if both else out

    def add(self: Any, other: Any, *, alpha: float = 1) -> Any:
        """The sum with another sparse tensor, times `alpha`."""
        return self + other * alpha

    def __radd__(self: Any, other: Any) -> Any:  # a dense one
        self._same_size("add", other)
        if self._whole is not None:
            return other + self._whole
        return index_put(other, self._where(), self._numbers, accumulate=True)

    def __sub__(self: Any, other: Any) -> Any:
        return self + -other

    sub = __sub__

    def __rsub__(self: Any, other: Any) -> Any:
        return other + -self

    # --- in place ---

    def _become(self: Any, new: Any) -> Any:
        """Take the indices and values of a result, in this tensor's dtype."""
        if self.is_leaf and self.requires_grad and mode.grad:
            raise RuntimeError(
                "a leaf Variable that requires grad is being used in an in-place operation."
            )
        if not can_cast(new.dtype, self.dtype):
            raise RuntimeError(
                f"result type {new.dtype} can't be cast to the desired output type {self.dtype}"
            )
        vars(self).update(vars(new.to(self.dtype)))
        return self

    def mul_(self: Any, other: Any) -> Any:
        """Multiply in place."""
        return self._become(self * other)

    def div_(self: Any, other: Any) -> Any:
        """Divide in place."""
        return self._become(self / other)

    def add_(self: Any, other: Any, *, alpha: float = 1) -> Any:
        """Add another sparse tensor, times `alpha`, in place."""
        return self._become(self + other * alpha)

    def sub_(self: Any, other: Any, *, alpha: float = 1) -> Any:
        """Subtract another sparse tensor, times `alpha`, in place."""
        return self._become(self - other * alpha)

    __imul__, __itruediv__, __iadd__, __isub__ = mul_, div_, add_, sub_

    def zero_(self: Any) -> Any:
        """Drop all values, in place."""
        return self._become(type(self)(self._places[:, :0], self._numbers[:0], self.shape, True))

    def _compared(self: Any, other: object) -> Any:
        raise NotImplementedError(
            "sparse tensors are not compared in tinygrad_np; to_dense() makes Tensors, which are"
        )

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _compared
    __hash__ = object.__hash__

    def _same_size(self: Any, name: str, other: Any) -> None:
        if tuple(getattr(other, "shape", ())) != tuple(self.shape):
            raise RuntimeError(
                f"{name}: expected 'self' and 'other' to have same sizes when 'self' is sparse, "
                f"but {list(self.shape)} != {list(getattr(other, 'shape', ()))}"
            )

    # --- products ---

    def __matmul__(self: Any, other: Any) -> Any:
        self._check_product(self, other)
        whole = getattr(other, "_whole", None)
        if is_sparse(other):
            out = self._times_sparse(other)
            if self._whole is None and whole is None:
                return out
            return out._with((self._all() @ other._all())[out._where()])
        return self._times(other) if self._whole is None else self._whole @ other

    mm = matmul = mv = __matmul__

    def sspaddmm(self: Any, mat1: Any, mat2: Any, *, beta: float = 1, alpha: float = 1) -> Any:
        """``beta * self + alpha * (mat1 @ mat2)``, sparse; see `torch.sspaddmm`."""
        if not is_sparse(mat1) or is_sparse(mat2):
            raise RuntimeError("sspaddmm: expected a sparse mat1 and a dense mat2")
        product = mat1._without() @ mat2
        if product.ndim != 2 or self.shape != product.shape or len(self._places) != 2:
            raise RuntimeError(
                f"sspaddmm: expected matrices (n, k), (n, m) and (m, k), got {list(self.shape)}, "
                f"{list(mat1.shape)} and {list(mat2.shape)}"
            )
        rows, k = np.unique(mat1._places[0]), product.shape[1]  # the others are all zeros
        places = np.stack([np.repeat(rows, k), np.tile(np.arange(k), len(rows))])
        values = cat([self._numbers * beta, product[make(rows)].reshape(-1) * alpha])
        return type(self)(np.concatenate([self._places, places], 1), values, self.shape, False)

    def smm(self: Any, mat: Any) -> Any:
        """The product with a dense matrix, sparse; see `torch.smm`."""
        values = self._numbers[:0]
        nothing = type(self)(self._places[:, :0], values, (self.shape[0], mat.shape[-1]), True)
        return nothing.sspaddmm(self, mat)

    def bmm(self: Any, mat2: Any) -> Any:
        """The products of a batch of matrices with a batch of dense ones; see `torch.bmm`."""
        return stack([one @ other for one, other in zip(self, mat2, strict=True)])

    def _times(self: Any, other: Any) -> Any:
        """The product with a dense matrix or vector; gradients reach the values alone."""
        same_dtype("mm", self._numbers, other)
        size = (int(self.shape[0]), int(self.shape[1]))
        dense = other if other.ndim == 2 else other.reshape(-1, 1)
        out = spmm(self._numbers, dense, indices=self._places, size=size)
        return out if other.ndim == 2 else out.reshape(-1)

    def __rmatmul__(self: Any, other: Any) -> Any:  # a dense one
        self._check_product(other, self)
        return (self.t() @ (other.T if other.ndim == 2 else other)).T

    def _times_sparse(self: Any, other: Any) -> Any:
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
        return type(self)(places, values, (self.shape[0], other.shape[1]), False).coalesce()

    @staticmethod
    def _check_product(left: Any, right: Any) -> None:
        first, second = left.shape, right.shape
        if any(is_sparse(x) and len(x._places) != 2 for x in (left, right)):
            raise RuntimeError("spmm: expected matrices of two sparse dimensions and no dense one")
        if len(first) not in (1, 2) or len(second) not in (1, 2) or first[-1] != second[0]:
            raise RuntimeError(
                f"spmm: expected (n, m) and (m, k), got {list(first)} and {list(second)}"
            )


def joined(tensors: list[Any], dim: int) -> Any:
    """`cat` of sparse tensors."""
    first = tensors[0]
    n = len(first._places)
    if any(len(x._places) != n for x in tensors):
        raise RuntimeError(
            "cat(): expected sparse tensors of as many sparse dimensions, got "
            f"{[len(x._places) for x in tensors]}"
        )
    at = first._sparse(dim)
    places, begin = [], 0
    for x in tensors:
        moved = x._places.copy()
        moved[at] += begin
        places.append(moved)
        begin += x.shape[at]
    size = [*first.shape[:at], begin, *first.shape[at + 1 :]]
    values = cat([x._numbers for x in tensors])
    return type(first)(np.concatenate(places, axis=1), values, size, False)


def _method(name: str) -> Any:
    def method(self: Any) -> Any:
        mine = self.coalesce()
        return mine._with(getattr(mine._numbers, name)())

    method.__name__, method.__doc__ = name, f"`{name}` of the values."
    return method


for _name in sorted(ZERO_AT_ZERO - {"neg"}):
    setattr(Arithmetic, _name, _method(_name))
