"""Tensors of the type of another (`Tensor.new_zeros`), and PyTorch's old constructor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from tinygrad_np import creation
from tinygrad_np.conversion import as_array, from_numpy, tensor
from tinygrad_np.device import require_cpu
from tinygrad_np.size import Size
from tinygrad_np.tape.graph import TensorBase, make
from tinygrad_np.tape.record import always

if TYPE_CHECKING:
    from tinygrad_np.tensor import Tensor

__all__ = ["new", "new_empty", "new_full", "new_ones", "new_tensor", "new_zeros"]


def from_sizes_or_data(
    name: str, dtype: np.dtype[Any], data: tuple[Any, ...], device: Any = None
) -> Tensor:
    """What PyTorch's old constructors make: of ints a shape, of a sequence or array its values.

    Raises
    ------
    TypeError
        For a number that is no size, and a tensor of another dtype.
    RuntimeError
        For another device than the CPU.
    """
    if device is not None:
        require_cpu(device)
    sizes = all(isinstance(n, (int, np.integer)) for n in data)
    if sizes and not (data and isinstance(data[0], bool)):
        return make(always(np.empty(data or (0,), dtype)))  # type: ignore[no-any-return]
    if len(data) != 1 or not isinstance(data[0], (TensorBase, Size, Sequence, np.ndarray)):
        kinds = ", ".join(type(d).__name__ for d in data)
        raise TypeError(f"{name}(): expected sizes, or a sequence, array or tensor, got {kinds}")
    (values,) = data
    if isinstance(values, Size):
        return make(always(np.empty(values, dtype)))  # type: ignore[no-any-return]
    if isinstance(values, TensorBase):
        if values._array.dtype != dtype:
            raise TypeError(
                f"{name}(): expected a tensor of torch.{dtype}, got one of "
                f"torch.{values._array.dtype}; convert it with .to(torch.{dtype})"
            )
        return values.detach()  # type: ignore[attr-defined, no-any-return]
    if isinstance(values, np.ndarray):  # on its memory, if it is of the dtype
        return from_numpy(values).to(dtype)  # type: ignore[no-any-return]
    return make(always(np.array(as_array(values)).astype(dtype)))  # type: ignore[no-any-return]


def new(self: Tensor, *data: Any, device: Any = None) -> Tensor:
    """A tensor of this one's dtype, from sizes (of any values), a sequence or an array.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.tensor([1]).new([2.5, 3]), tg.zeros(1).new(2, 3).shape
    (tensor([2, 3]), torch.Size([2, 3]))
    """
    return from_sizes_or_data("new", self._array.dtype, data, device)


def of_same_type(factory: Callable[..., Tensor]) -> Callable[..., Tensor]:
    name = factory.__name__

    def method(self: Tensor, *args: Any, dtype: Any = None, **options: Any) -> Tensor:
        return factory(*args, dtype=dtype or self.dtype, **options)

    method.__name__ = method.__qualname__ = f"new_{name}"
    method.__doc__ = f"What `{name}` makes, of this tensor's dtype unless told."
    return method


new_tensor = of_same_type(tensor)
new_zeros = of_same_type(creation.zeros)
new_ones = of_same_type(creation.ones)
new_empty = of_same_type(creation.empty)
new_full = of_same_type(creation.full)
