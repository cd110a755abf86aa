"""Tensor: an array with a place on the tape.

What computes is in `ops`, and the list of methods made of it in `methods`; what can be asked of a
tensor's array is in `layout`. Here is its life on the tape, and its way in and out of NumPy.
"""

from __future__ import annotations

import warnings
import weakref
from collections.abc import Iterator
from typing import Any

import numpy as np

from tinygrad_np import dtypes, formatting, interop
from tinygrad_np.hooks import Hooks
from tinygrad_np.kernels import layout
from tinygrad_np.methods import Methods
from tinygrad_np.new import from_sizes_or_data
from tinygrad_np.ops import compare, index
from tinygrad_np.subclasses import Subclasses
from tinygrad_np.tape import graph
from tinygrad_np.tape.backward import backward
from tinygrad_np.tape.grad_mode import mode, recorders
from tinygrad_np.tape.graph import Leaf, Node
from tinygrad_np.tape.names import named
from tinygrad_np.tape.refuse import looked_at
from tinygrad_np.tape.version import DATA, DataVersion


class Tensor(Hooks, Subclasses, Methods):
    """A multi-dimensional array whose operations are recorded for `backward`.

    Made by `tensor`, `zeros`, `randn` and their like. Called by its name it is PyTorch's old
    constructor: ``Tensor(2, 3)`` has that shape and arbitrary values, ``Tensor([1, 2])`` these
    values; both of the default dtype. Of a tensor it makes an alias, on the tape as a view is; an
    array of the default dtype shares its memory.

    Attributes
    ----------
    shape : Size
    dtype : dtype
    ndim : int
    device : device
        Always the CPU.
    requires_grad : bool
    grad : Tensor or None
        What `backward` has added up, for leaves and tensors with `retain_grad`.
    grad_fn : Node or None
        The node that recorded the tensor; None for leaves and constants.
    data : Tensor
        The same values outside the tape.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> x = tg.tensor([1.0, 2.0, 3.0], requires_grad=True)
    >>> (x * x).sum().backward()
    >>> x.grad
    tensor([2., 4., 6.])
    """

    __array_priority__ = 1000
    __array_ufunc__ = interop.array_ufunc
    __array_function__ = interop.array_function

    # and not __init__, which subclasses replace
    def __new__(cls, *data: Any, device: Any = None) -> Any:
        if len(data) == 1 and isinstance(data[0], Tensor):
            return data[0].as_subclass(cls)
        made = from_sizes_or_data(cls.__name__, dtypes.default_float(), data, device)
        return cls._make(made._array)

    # --- its life on the tape ---

    @property
    def requires_grad(self) -> bool:
        return self._place() is not None

    @requires_grad.setter
    def requires_grad(self, value: bool) -> None:
        self.requires_grad_(value)

    def requires_grad_(self, requires_grad: bool = True) -> Tensor:
        """Ask for gradients of this tensor, or no longer; returns itself.

        Raises
        ------
        RuntimeError
            For a tensor of integers, and for a result that is to be taken off the tape.
        """
        if not requires_grad:
            if not self.is_leaf:
                raise RuntimeError(
                    "you can only change requires_grad flags of leaf variables. If you want to "
                    "use a computed variable in a subgraph that doesn't require differentiation "
                    "use var_no_grad = var.detach()."
                )
            node = self._node
            if isinstance(node, Leaf) and node.watched:
                self.__dict__["_leaf"] = node  # until gradients are asked for again
            self._node = None
        elif self._place() is None:
            if self._array.dtype.kind not in "fc":
                raise RuntimeError(
                    "only Tensors of floating point and complex dtype can require gradients, "
                    f"this one has dtype {self.dtype}; convert it with .float() first"
                )
            if recorders and mode.recorder is not None:
                mode.recorder.asked(self)
            leaf = self.__dict__.pop("_leaf", None)
            self._node = leaf if leaf is not None and leaf.tensor() is self else Leaf(self)
            self._view = None  # its own base: changed in place it is a leaf
        return self

    @property
    def is_leaf(self) -> bool:
        """Whether it was made by the user, not computed from a tensor that requires grad."""
        node = self._place()
        return node is None or isinstance(node, Leaf)

    @property
    def grad_fn(self) -> Node | None:
        node = self._place()
        return None if node is None or isinstance(node, Leaf) else named(node.result[0])

    @property
    def grad(self) -> Tensor | None:
        if self._grad is None and not self.is_leaf and (self._node and not self._node.retains):
            warnings.warn(
                "The .grad attribute of a Tensor that is not a leaf Tensor is being accessed. "
                "It is not filled by backward(); use .retain_grad() on the tensor before that.",
                UserWarning,
                stacklevel=2,
            )
        if recorders and mode.recorder is not None:
            mode.recorder.gradient(self)
        return self._grad

    @grad.setter
    def grad(self, value: Tensor | None) -> None:
        if value is not None:
            if not isinstance(value, Tensor):
                raise TypeError(
                    f"assigned grad expected to be a Tensor or None but got {type(value).__name__}"
                )
            if value.shape != self.shape or value.dtype != self.dtype:
                raise RuntimeError(
                    f"assigned grad has shape {tuple(value.shape)} and dtype {value.dtype}; the "
                    f"tensor has {tuple(self.shape)} and {self.dtype}"
                )
        if recorders and mode.recorder is not None:
            mode.recorder.gradient_is(self, value)
        self._grad = value

    @grad.deleter
    def grad(self) -> None:
        self.grad = None

    @property
    def data(self) -> Tensor:
        if recorders and mode.recorder is not None:
            mode.recorder.shared(self)
        array, version = self._in_order(), DataVersion(self._versions().counted)
        return Tensor._make(array, None, version)  # type: ignore[no-any-return]

    @data.setter
    def data(self, value: Tensor) -> None:
        if not isinstance(value, Tensor):
            raise TypeError(f"data must be a Tensor, got {type(value).__name__}")
        if recorders and mode.recorder is not None and value._array is not self._array:
            mode.recorder.data_is(self, value)
        self._array, self._counter = value._array, value._versions().counted
        node = self._node
        if isinstance(node, Leaf):
            node.shape, node.dtype = self._array.shape, self._array.dtype

    @property
    def _base(self) -> Tensor | None:
        return None if self._view is None else self._view.base  # type: ignore[return-value]

    def _is_view(self) -> bool:
        return self._view is not None

    @property
    def _version(self) -> int:
        """How often the elements were changed in place."""
        return self._versions().n % DATA

    @property
    def output_nr(self) -> int:
        """Which result of its `grad_fn` it is: 0 but for results of a `Function`."""
        node = self._place()
        return 0 if node is None else node.result[1]

    def is_inference(self) -> bool:
        """False: tensors made in `inference_mode` are ordinary ones."""
        return False

    def backward(
        self,
        gradient: Tensor | None = None,
        retain_graph: bool | None = None,
        create_graph: bool = False,
        inputs: Any = None,
    ) -> None:
        """Add the gradients of this tensor to the `.grad` of the leaves it depends on.

        Parameters
        ----------
        gradient : Tensor, optional
            The gradient of this tensor, of its shape; may be left out for one element.
        retain_graph : bool, optional
            Keep the graph for another walk; the default is the value of `create_graph`.
        create_graph : bool, default False
            Record the walk, so that the gradients can be differentiated again.
        inputs : Tensor or sequence of Tensor, optional
            Only these get a gradient; the default is every leaf.

        Raises
        ------
        RuntimeError
            As `autograd.backward`.
        """
        backward(self, gradient, retain_graph, create_graph, inputs=inputs)

    def detach(self) -> Tensor:
        """The same memory outside the tape; in-place changes are seen, and counted, by both.

        Examples
        --------
        >>> import tinygrad_np as tg
        >>> (tg.ones(2, requires_grad=True) * 2).detach()
        tensor([2., 2.])
        """
        if recorders and mode.recorder is not None:
            mode.recorder.shared(self)
        return Tensor._make(self._in_order(), None, self._versions())  # type: ignore[no-any-return]

    def detach_(self) -> Tensor:
        """Take this tensor off the tape; returns itself."""
        if self._view is not None and self.requires_grad:
            raise RuntimeError("Can't detach views in-place. Use detach() instead.")
        self._node = None
        return self

    def retain_grad(self) -> None:
        """Keep the gradient of this result in `.grad`, as for a leaf."""
        node = self._place()
        if node is None:
            raise RuntimeError("can't retain_grad on Tensor that has requires_grad=False")
        if not isinstance(node, Leaf):
            node.retains = weakref.ref(self)

    @property
    def retains_grad(self) -> bool:
        node = self._place()
        return node is not None and not isinstance(node, Leaf) and node.retains is not None

    # --- indexing ---

    def __getitem__(self, where: Any) -> Tensor:
        return index.getitem(self, where)  # type: ignore[no-any-return]

    def __setitem__(self, where: Any, value: Any) -> None:
        index.setitem(self, where, value)

    def __len__(self) -> int:
        if self._array.ndim == 0:
            raise TypeError("len() of a 0-d tensor")
        return len(self._array)

    def __iter__(self) -> Iterator[Tensor]:
        if self._array.ndim == 0:
            raise TypeError("iteration over a 0-d tensor")
        return iter(self.unbind(0))

    def __reversed__(self) -> Tensor:
        return self.flip(0) if self._array.ndim else self  # type: ignore[no-any-return]

    def __contains__(self, element: Any) -> bool:
        return bool(compare.eq(self, element).any())

    # --- numbers ---

    def item(self) -> Any:
        """The one element as a Python number."""
        looked_at("item()")
        if (n := self._array.size) != 1:
            raise RuntimeError(
                f"a Tensor with {n} elements cannot be converted to Scalar: reduce {(*self.shape,)}"
            )
        return self._array.item()

    def tolist(self) -> Any:
        """The elements as nested lists of Python numbers."""
        looked_at("tolist()")
        return self._array.tolist()

    def __bool__(self) -> bool:
        if self._array.size != 1:
            raise RuntimeError(
                f"Boolean value of Tensor with {self._array.size} values is ambiguous: "
                "use .any() or .all()"
            )
        return bool(self.item())

    def __int__(self) -> int:
        return int(self._real_item())

    def __float__(self) -> float:
        return float(self._real_item())

    def _real_item(self) -> Any:
        return dtypes.fitting(self.item(), dtypes.real_of(self._array.dtype))

    def __complex__(self) -> complex:
        return complex(self.item())

    def __index__(self) -> int:
        if self._array.dtype.kind in "fc" or self._array.size != 1:
            raise TypeError(
                "only integer tensors of a single element can be converted to an index, got "
                f"shape {tuple(self.shape)} and dtype {self.dtype}"
            )
        return int(self.item())

    # --- NumPy ---

    def numpy(self, *, force: bool = False) -> np.ndarray[Any, np.dtype[Any]]:
        """The values as a NumPy array on the same memory.

        Parameters
        ----------
        force : bool, default False
            Detach first.

        Raises
        ------
        RuntimeError
            If the tensor requires grad, unless forced or under `no_grad`.
        """
        if self.requires_grad and mode.grad and not force:
            raise RuntimeError(
                "Can't call numpy() on Tensor that requires grad. "
                "Use tensor.detach().numpy() instead."
            )
        looked_at("numpy()")
        return self._in_order()

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        return np.array(self.numpy(), dtype=dtype, copy=copy)

    def __dlpack__(self, **kwargs: Any) -> Any:
        if self.requires_grad:
            raise BufferError("Can't export tensors that require gradient, use tensor.detach()")
        return self._in_order().__dlpack__(**kwargs)

    def __dlpack_device__(self) -> tuple[int, int]:
        return self._array.__dlpack_device__()

    # --- memory ---

    def share_memory_(self) -> Tensor:
        """Move the elements into memory that other processes share; returns itself.

        Raises
        ------
        RuntimeError
            For a view, whose base would be left behind.
        """
        from tinygrad_np.kernels import shared

        if self._view is not None:
            raise RuntimeError(
                f"share_memory_: this tensor of shape {list(self.shape)} is a view: share its base"
            )
        if not self.is_shared():
            self._array = shared.moved(self._in_order())
        return self

    def is_shared(self) -> bool:
        """Whether the elements lie in memory that other processes share."""
        from tinygrad_np.kernels import shared

        return shared.block_of(self._array) is not None

    # --- copies and words ---

    def __deepcopy__(self, memo: dict[int, Any]) -> Tensor:
        if id(self) in memo:
            return memo[id(self)]  # type: ignore[no-any-return]
        if not self.is_leaf:
            raise RuntimeError(
                "Only Tensors created explicitly by the user (graph leaves) support the deepcopy "
                "protocol at the moment; detach() it first"
            )
        new = type(self)._make(self._array.copy(layout.kept(self._array)))
        memo[id(self)] = new
        if self._node is not None:
            new._node = Leaf(new)
        if self._grad is not None:
            new._grad = self._grad.__deepcopy__(memo)
        new.__dict__.update(self.__dict__)
        return new  # type: ignore[no-any-return]

    def __reduce_ex__(self, protocol: Any) -> Any:
        attributes = {k: v for k, v in self.__dict__.items() if k != "_leaf"}
        return _rebuild, (type(self), self._array, self.requires_grad, attributes)

    def __repr__(self) -> str:
        return formatting.tensor_repr(self)

    def to_sparse(self, sparse_dim: int | None = None) -> Any:
        """The values that are not 0 and where they are; see `sparse_coo_tensor`."""
        from tinygrad_np.sparse import to_sparse

        return to_sparse(self, sparse_dim)

    def to_sparse_coo(self) -> Any:
        """`to_sparse` of all dimensions."""
        return self.to_sparse()

    def sparse_mask(self, mask: Any) -> Any:
        """The values at the indices of a sparse tensor of this shape."""
        mask._same_size("sparse_mask", self)
        return mask._with(self[mask._where()])

    def to_dense(self, dtype: Any = None, *, masked_grad: bool | None = None) -> Tensor:
        """The tensor itself, in the dtype: it is dense."""
        return self if dtype is None else self.to(dtype)

    def __format__(self, spec: str) -> str:
        return format(self.item(), spec) if self._array.ndim == 0 else object.__format__(self, spec)

    __hash__ = object.__hash__


def _rebuild(
    kind: type[Tensor], array: Any, requires_grad: bool, attributes: dict[str, Any]
) -> Tensor:
    new: Tensor = kind._make(array)
    if requires_grad:
        new._node = Leaf(new)
    new.__dict__.update(attributes)
    return new


graph.tensor_class[0] = Tensor
