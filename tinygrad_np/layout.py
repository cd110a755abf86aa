"""What can be asked of a tensor's array: shape, dtype, sizes, place in memory."""

from __future__ import annotations

from typing import Any

from tinygrad_np import dtypes, formats
from tinygrad_np.device import CPU, device
from tinygrad_np.size import Size
from tinygrad_np.tape.graph import TensorBase


class Layout(TensorBase):
    """What `Tensor` says of its array."""

    __slots__ = ()

    @property
    def shape(self) -> Size:
        return Size(self._array.shape)

    @property
    def dtype(self) -> dtypes.dtype:
        return dtypes.of(self._array.dtype)

    @property
    def ndim(self) -> int:
        return self._array.ndim

    @property
    def device(self) -> device:
        return CPU

    @property
    def itemsize(self) -> int:
        """Bytes per element."""
        return self._array.itemsize

    @property
    def nbytes(self) -> int:
        """Bytes of all elements."""
        return self._array.nbytes

    @property
    def layout(self) -> formats.layout:
        return formats.strided

    is_cuda = is_sparse = is_quantized = is_meta = is_mps = is_xpu = False
    is_cpu = True
    name = None  # tensors have none

    def size(self, dim: int | None = None) -> Any:
        """The shape, or its entry `dim`."""
        return self.shape if dim is None else self._array.shape[dim]

    def dim(self) -> int:
        """The number of dimensions."""
        return self._array.ndim

    ndimension = dim

    def numel(self) -> int:
        """The number of elements."""
        return self._array.size

    nelement = numel

    def element_size(self) -> int:
        """Bytes per element."""
        return self._array.itemsize

    def stride(self, dim: int | None = None) -> Any:
        """Steps in memory along each dimension, in elements."""
        steps = tuple(s // self._array.itemsize for s in self._in_order().strides)
        return steps if dim is None else steps[dim]

    def dim_order(self, *, ambiguity_check: bool = False) -> tuple[int, ...]:
        """The dimensions from the widest apart in memory to the closest.

        RuntimeError, if asked to check, where sizes of 1 or equal strides allow several orders.
        """
        steps = self.stride()
        if ambiguity_check and (1 in self._array.shape or len(set(steps)) < len(steps)):
            raise RuntimeError(
                "The tensor does not have unique dim order: it has the shape "
                f"{list(self._array.shape)} and the strides {list(steps)}"
            )
        return tuple(sorted(range(len(steps)), key=lambda d: -steps[d]))

    def data_ptr(self) -> int:
        """The address of the first element."""
        return int(self._in_order().ctypes.data)

    def is_contiguous(self, memory_format: formats.memory_format | None = None) -> bool:
        """Whether the elements lie in memory in the order of their indices, or of the format."""
        array, axes = self._in_order(), memory_format.axes if memory_format else ()
        if len(axes) == array.ndim:
            array = array.transpose(axes)
        return bool(array.flags.c_contiguous and len(axes) in (0, array.ndim))

    def is_pinned(self, device: Any = None) -> bool:
        """False: there is no memory but the CPU's."""
        return False

    def is_floating_point(self) -> bool:
        """Whether its dtype is one of floating point."""
        return self._array.dtype.kind == "f"

    def is_signed(self) -> bool:
        """Whether its dtype has negative numbers."""
        return self._array.dtype.kind in "ifc"

    def is_same_size(self, other: TensorBase) -> bool:
        """Whether another tensor has its shape."""
        return bool(self._array.shape == other._array.shape)

    def is_set_to(self, tensor: TensorBase) -> bool:
        """Whether another tensor is of the same elements in memory."""
        mine, other = self._in_order(), tensor._in_order()
        places = [(a.ctypes.data, a.shape, a.strides, a.dtype) for a in (mine, other)]
        return places[0] == places[1]

    def is_nonzero(self) -> bool:
        """Whether the one element is not 0; RuntimeError if there are not one."""
        return bool(self)

    def is_neg(self) -> bool:
        """False: no tensor waits to be negated."""
        return False

    def get_device(self) -> int:
        """-1, which stands for the CPU."""
        return -1

    def is_complex(self) -> bool:
        """Whether its dtype is complex."""
        return self._array.dtype.kind == "c"
