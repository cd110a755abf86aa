"""The memory of tensors: storages, and the methods that give a tensor another place in one.

A view has the storage of its base. What `detach()` returns of a view has a storage of its own
extent: the same memory, but no more of it.

Source: https://pytorch.org/docs/stable/storage.html
"""

from __future__ import annotations

import math
import operator
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from tinygrad_np import dtypes
from tinygrad_np.device import CPU, device
from tinygrad_np.tape.graph import TensorBase
from tinygrad_np.tape.refuse import looked_at
from tinygrad_np.tape.version import Version

__all__ = ["TypedStorage", "UntypedStorage"]

Array = np.ndarray[Any, np.dtype[Any]]


class TypedStorage:
    """The elements of a tensor in the order of memory: what `Tensor.storage` returns.

    Parameters
    ----------
    array : ndarray
        Of one dimension; the storage is its memory.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> x = tg.tensor([[1.0, 2.0], [3.0, 4.0]])
    >>> x.t().storage().tolist(), x[1].storage_offset()
    ([1.0, 2.0, 3.0, 4.0], 2)
    """

    def __init__(self, array: Array, version: Version | None = None) -> None:
        self._array, self._version = array, version or Version()

    @property
    def dtype(self) -> dtypes.dtype:
        return dtypes.of(self._array.dtype)

    @property
    def device(self) -> device:
        return CPU

    is_cuda = is_sparse = False

    def size(self) -> int:
        """The number of elements."""
        return self._array.size

    __len__ = size

    def nbytes(self) -> int:
        return self._array.nbytes

    def element_size(self) -> int:
        """Bytes per element."""
        return self._array.itemsize

    def data_ptr(self) -> int:
        """The address of the first element: equal for tensors on one memory."""
        return int(self._array.ctypes.data)

    def untyped(self) -> UntypedStorage:
        """The same memory as bytes."""
        return UntypedStorage(self._array.view(np.uint8), self._version)

    def tolist(self) -> list[Any]:
        looked_at("tolist()")
        values: list[Any] = self._array.tolist()
        return values

    def cpu(self) -> Any:
        return self

    def __sizeof__(self) -> int:
        return object.__sizeof__(self) + self.nbytes()

    def clone(self) -> Any:
        """A storage of its own, of the same values."""
        return type(self)(self._array.copy())

    def fill_(self, value: Any) -> Any:
        """Give all elements one value."""
        self[:] = value
        return self

    def copy_(self, source: Any, non_blocking: bool = False) -> Any:
        """Take the values of a storage of this size."""
        if len(source) != len(self):
            raise RuntimeError(
                f"size does not match, self was {len(self)} elements but src was {len(source)}"
            )
        self[:] = source._array
        return self

    def __getitem__(self, where: Any) -> Any:
        if isinstance(where, slice):
            return type(self)(self._array[where], self._version)
        looked_at("an element of a storage")
        return self._array[self._index(where)].item()

    def __setitem__(self, where: Any, value: Any) -> None:
        self._array[where if isinstance(where, slice) else self._index(where)] = value
        self._version.n += 1

    def _index(self, where: Any) -> int:
        index = operator.index(where)
        if not -len(self) <= index < len(self):
            raise IndexError(f"index {index} out of range for storage of size {len(self)}")
        return index

    def __iter__(self) -> Iterator[Any]:
        return iter(self.tolist())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TypedStorage) and self.data_ptr() == other.data_ptr()

    __hash__ = object.__hash__

    def __repr__(self) -> str:
        kind = "" if type(self) is UntypedStorage else f"dtype={self.dtype}, "
        last = f"[torch.storage.{type(self).__name__}({kind}device=cpu) of size {len(self)}]"
        return "\n".join([*(f" {v}" for v in self), last])


class UntypedStorage(TypedStorage):
    """The bytes of a tensor: what `Tensor.untyped_storage` returns.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.zeros(2, 3).untyped_storage().nbytes()
    24
    """


def _memory(tensor: Any) -> tuple[Array, int]:
    """The whole memory that a tensor lies in, as a vector of its dtype, and its place there."""
    array, view = tensor._in_order(), tensor._view
    whole = array if view is None else view.base._array
    whole = whole[(..., *(slice(None, None, -1 if s < 0 else 1) for s in whole.strides))]
    steps = ((n - 1) * s for n, s in zip(whole.shape, whole.strides, strict=True))
    count = sum(steps) // whole.itemsize + 1 if whole.size else 0
    flat = as_strided(whole, (count,), (whole.itemsize,)).view(array.dtype)
    offset = (array.ctypes.data - flat.ctypes.data) // array.itemsize if count else 0
    return flat, offset


def storage(input: Any) -> TypedStorage:
    """The elements of the memory that the tensor lies in, more than its own for a view."""
    return TypedStorage(_memory(input)[0], input._versions())


def untyped_storage(input: Any) -> UntypedStorage:
    """The bytes of the memory that the tensor lies in."""
    return storage(input).untyped()


def storage_offset(input: Any) -> int:
    """Where in its storage the tensor begins, in elements."""
    return _memory(input)[1]


def resize_(input: Any, *sizes: Any, memory_format: Any = None) -> Any:
    """Give the tensor another shape: the elements of its memory in order, from where it begins.

    Parameters
    ----------
    input : Tensor
    *sizes : int, or one tuple of int

    Returns
    -------
    Tensor
        `input`. If its memory is too small it is given a new one, where what is beyond the old
        elements is arbitrary; views of it stay with the old.

    Raises
    ------
    RuntimeError
        If it requires grad.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.tensor([1, 2, 3, 4, 5]).resize_(2, 2)
    tensor([[1, 2],
            [3, 4]])
    """
    shape = tuple(sizes[0]) if sizes and isinstance(sizes[0], Sequence) else sizes
    if input.requires_grad:
        raise RuntimeError("cannot resize variables that require grad")
    if min(shape, default=0) < 0:
        raise RuntimeError(f"requested resize to {list(shape)}: a size can't be negative")
    if shape == input._array.shape:
        return input
    flat, offset = _memory(input)
    kept, count = flat[offset:], math.prod(shape)
    if count <= kept.size:
        input._array = kept[:count].reshape(shape)
    else:
        input._array = np.empty(shape, flat.dtype)
        input._array.reshape(-1)[: kept.size] = kept
        input._view = None
    input._versions().n += 1
    return input


def resize_as_(input: Any, the_template: Any, *, memory_format: Any = None) -> Any:
    """`resize_` to the shape of another tensor.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.tensor([1, 2, 3]).resize_as_(tg.zeros(2))
    tensor([1, 2])
    """
    return resize_(input, *the_template.shape)


def set_(
    input: Any, source: Any = None, storage_offset: int = 0, size: Any = None, stride: Any = None
) -> Any:
    """Let the tensor share the memory of another, or of a storage, from now on.

    Parameters
    ----------
    input : Tensor
    source : Tensor or storage, optional
        Of its dtype; without it the tensor becomes empty.
    storage_offset : int, default 0
    size, stride : tuple of int, optional
        The shape, and the steps along each dimension, in elements; by default all of `source`.

    Raises
    ------
    RuntimeError
        If it requires grad, for another dtype, and for elements outside of the storage.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> x = tg.tensor([1.0, 2.0, 3.0])
    >>> tg.empty(0).set_(x.storage(), 1, (2,))
    tensor([2., 3.])
    """
    if input.requires_grad:
        raise RuntimeError("set_() of a tensor that requires grad; detach() it first")
    if source is None:
        source = TypedStorage(np.empty(0, input._array.dtype))
    if source.dtype != input.dtype and type(source) is not UntypedStorage:
        raise RuntimeError(
            f"Could not set tensor of type {input.dtype} to a tensor or storage of {source.dtype}"
        )
    if isinstance(source, TensorBase) and size is None:
        array, version = source._in_order(), source._versions()
    else:
        memory = storage(source) if isinstance(source, TensorBase) else source
        flat, version = memory._array.view(input._array.dtype), memory._version
        shape = (flat.size - storage_offset,) if size is None else tuple(size)
        array = _strided(flat, storage_offset, shape, stride)
    input._array, input._counter, input._view = array, version, None
    version.n += 1
    return input


def _strided(flat: Array, offset: int, shape: tuple[int, ...], stride: Any) -> Array:
    if stride is None:
        stride = [math.prod(shape[i + 1 :]) for i in range(len(shape))]
    last = offset + sum((n - 1) * s for n, s in zip(shape, stride, strict=True))
    if 0 not in shape and not 0 <= offset <= last < flat.size:
        raise RuntimeError(
            f"setStorage: sizes {list(shape)}, strides {list(stride)}, storage offset {offset} "
            f"are out of bounds for storage of {flat.size} elements"
        )
    return as_strided(flat[offset:], shape, [s * flat.itemsize for s in stride])
