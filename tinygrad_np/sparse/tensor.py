"""Sparse tensors in coordinate format.

A sparse tensor is its indices, its values, which may be on the tape, and its size. Values of more
than one dimension make a hybrid one: its last dimensions are dense. It is no Tensor: ops that know
nothing of it refuse it; `to_dense` makes a Tensor of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from tinygrad_np import formats
from tinygrad_np.ops.indices import index_put
from tinygrad_np.size import Size
from tinygrad_np.sparse.arithmetic import Arithmetic
from tinygrad_np.sparse.dimensions import Dimensions
from tinygrad_np.tape.graph import make

if TYPE_CHECKING:
    from tinygrad_np.tensor import Tensor

__all__ = ["SparseTensor"]


class SparseTensor(Arithmetic, Dimensions):
    """See `sparse_coo_tensor`.

    `whole` is the dense tensor that `to_sparse` was given, changed as the values were: as in
    PyTorch, the gradients of sums and most products reach its zeros, too.
    """

    is_sparse = True
    is_cuda = is_sparse_csr = False
    layout = formats.sparse_coo

    def __init__(
        self,
        indices: np.ndarray[Any, Any],
        values: Tensor,
        size: Sequence[int],
        coalesced: bool,
        whole: Any = None,
    ) -> None:
        self._places, self._numbers = indices, values
        self.shape = Size(size)
        self._coalesced = coalesced or self._nnz() < 2
        self._whole = whole

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(
            f"sparse tensors have no {name!r} in tinygrad_np; to_dense() makes a Tensor of one"
        )

    def __repr__(self) -> str:
        lines = []
        for name, tensor in (("indices", self._indices()), ("values", self._numbers.detach())):
            lines.append(f"{name}={_plain(tensor)}".replace("\n", "\n" + " " * (len(name) + 1)))
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

    # --- what it is ---

    def size(self, dim: int | None = None) -> Any:
        """The shape, or one size of it."""
        return self.shape if dim is None else self.shape[dim]

    @property
    def ndim(self) -> int:
        """How many dimensions there are."""
        return len(self.shape)

    def dim(self) -> int:
        """How many dimensions there are."""
        return len(self.shape)

    def sparse_dim(self) -> int:
        """How many of them the indices are of."""
        return len(self._places)

    def dense_dim(self) -> int:
        """How many of them the values have."""
        return int(self._numbers.ndim) - 1

    def numel(self) -> int:
        """The product of the sizes."""
        return int(self.shape.numel())

    nelement = numel

    def element_size(self) -> int:
        """How many bytes a number has."""
        return int(self._numbers.element_size())

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

    def requires_grad_(self, requires_grad: bool = True) -> SparseTensor:
        """Let the values require a gradient."""
        self._numbers.requires_grad_(requires_grad)
        return self

    @property
    def is_leaf(self) -> bool:
        """Whether the values are no result of an op on the tape."""
        return bool(self._numbers.is_leaf)

    @property
    def grad(self) -> SparseTensor | None:
        """The gradient at the indices, coalesced: what each value has got that stands there."""
        grad = self._numbers.grad
        if grad is None or self._coalesced:
            return None if grad is None else self._with(grad)
        places, first = np.unique(self._places, axis=1, return_index=True)
        return SparseTensor(places, grad[first], self.shape, True)

    def __len__(self) -> int:
        return int(self.shape[0])

    def __bool__(self) -> bool:
        if self.numel() != 1:
            raise RuntimeError(
                "Boolean value of Tensor with more than one value is ambiguous, got the size "
                f"{list(self.shape)}"
            )
        return bool(self.to_dense())

    def item(self) -> Any:
        """The number of a tensor that has one."""
        return self.to_dense().item()

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
        shape = self.shape[: len(self._places)]
        flat = np.ravel_multi_index(tuple(self._places), shape)
        places, where = np.unique(flat, return_inverse=True)
        indices = np.stack(np.unravel_index(places, shape))
        if self._whole is not None:  # of which the values are a part
            values = self._whole[tuple(make(i) for i in indices)]
            return SparseTensor(indices, values, self.shape, True, self._whole)
        array = self._numbers._array
        zeros = make(np.zeros((len(places), *array.shape[1:]), array.dtype))
        values = index_put(zeros, (make(where),), self._numbers, accumulate=True)
        return SparseTensor(indices, values, self.shape, True)

    def indices(self) -> Tensor:
        """(sparse_dim, nnz); RuntimeError unless coalesced."""
        return self._checked()._indices()

    def values(self) -> Tensor:
        """(nnz, ...); RuntimeError unless coalesced."""
        return self._checked()._values()

    def _checked(self) -> SparseTensor:
        if not self._coalesced:
            raise RuntimeError(
                "Cannot get indices or values on an uncoalesced tensor, please call .coalesce() "
                "first"
            )
        return self

    # --- changes of kind ---

    def to_dense(self, dtype: Any = None, *, masked_grad: bool | None = None) -> Tensor:
        """A Tensor with zeros where no value is."""
        mine = self._without()
        zeros = make(np.zeros(self.shape, self._numbers._array.dtype))
        dense: Tensor = index_put(zeros, mine._where(), mine._numbers, accumulate=True)
        return dense.to_dense(dtype)

    def to(self, *args: Any, **kwargs: Any) -> SparseTensor:
        """With values of another dtype; every device is this one."""
        return self._mapped(lambda x: x.to(*args, **kwargs))

    def type(self, dtype: Any) -> SparseTensor:
        """With values of another dtype."""
        return self._mapped(lambda x: x.type(dtype))

    def cuda(self, *args: Any) -> SparseTensor:
        """An error, as `Tensor.cuda` is."""
        self._numbers.cuda(*args)
        return self

    def cpu(self) -> SparseTensor:
        """The same."""
        return self

    to_sparse = to_sparse_coo = cpu

    def detach(self) -> SparseTensor:
        """With values off the tape."""
        return self._with(self._numbers.detach())

    def is_floating_point(self) -> bool:
        """Whether the values are floating point numbers."""
        return bool(self._numbers.is_floating_point())

    def is_complex(self) -> bool:
        """Whether the values are complex."""
        return bool(self._numbers.is_complex())

    def copy_(self, src: SparseTensor) -> SparseTensor:
        """Become a copy of another sparse tensor, in this one's dtype.

        Raises
        ------
        TypeError
            For a dense tensor.
        """
        if not isinstance(src, SparseTensor):
            raise TypeError(
                f"a sparse tensor copies a sparse one, got {type(src).__name__}; use to_sparse()"
            )
        self.__dict__.update(vars(src.detach().to(self.dtype).clone()))
        return self

    def clone(self) -> SparseTensor:
        """With values of their own."""
        return self._mapped(lambda x: x.clone())

    def _with(self, values: Any) -> SparseTensor:
        """Other values at the same indices."""
        return SparseTensor(self._places, values, self.shape, self._coalesced)

    def _without(self) -> SparseTensor:
        """The same; gradients reach its values alone."""
        mine = self if self._whole is None else self.coalesce()
        return mine._with(mine._numbers)

    def _mapped(self, function: Callable[[Any], Any]) -> SparseTensor:
        """A linear function of the values."""
        out = self._with(function(self._numbers))
        out._whole = None if self._whole is None else function(self._whole)
        return out

    def _where(self) -> tuple[Tensor, ...]:
        return tuple(make(i) for i in self._places)


def _plain(values: Tensor) -> str:
    """What a tensor is printed as, without its dtype."""
    if not values.numel():
        return f"tensor([], size={tuple(values.shape)})"
    return (
        repr(values)
        .replace(f", dtype={values.dtype}", "")
        .replace(f",\n       dtype={values.dtype}", "")
    )


def _cast(name: str) -> Any:
    def method(self: SparseTensor) -> SparseTensor:
        return self._mapped(lambda x: getattr(x, name)())

    method.__name__, method.__doc__ = name, f"With values of the dtype of `Tensor.{name}`."
    return method


for _name in ("bool", "double", "float", "half", "int", "long"):
    setattr(SparseTensor, _name, _cast(_name))
