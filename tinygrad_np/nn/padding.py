"""Padding layers: `nn.functional.pad` of the last one, two or three dimensions."""

from __future__ import annotations

from typing import Any, ClassVar

from tinygrad_np.nn import functional as F
from tinygrad_np.nn.module import Module
from tinygrad_np.tensor import Tensor

__all__ = [
    "CircularPad1d",
    "CircularPad2d",
    "CircularPad3d",
    "ConstantPad1d",
    "ConstantPad2d",
    "ConstantPad3d",
    "ReflectionPad1d",
    "ReflectionPad2d",
    "ReflectionPad3d",
    "ReplicationPad1d",
    "ReplicationPad2d",
    "ReplicationPad3d",
    "ZeroPad1d",
    "ZeroPad2d",
    "ZeroPad3d",
]

Ints = Any  # an int, or one for each end of each dimension, the last dimension first


class _Pad(Module):
    dims: ClassVar[int]
    mode: ClassVar[str]

    def __init__(self, padding: Ints) -> None:
        super().__init__()
        ends = (padding,) * (2 * self.dims) if isinstance(padding, int) else tuple(padding)
        if len(ends) != 2 * self.dims:
            raise ValueError(
                f"{self._get_name()}: padding must be an int or {2 * self.dims} of them, one for "
                f"each end of each dimension, got {padding!r}"
            )
        self.padding = ends

    def forward(self, input: Tensor) -> Tensor:
        return F.pad(input, self.padding, self.mode)

    def extra_repr(self) -> str:
        return f"{self.padding}"


class ZeroPad2d(_Pad):
    """Puts zeros around images.

    Parameters
    ----------
    padding : int or (left, right, top, bottom)
        How many; negative numbers cut off.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.nn.ZeroPad2d((1, 0, 0, 0))(tg.ones(1, 2, 2))
    tensor([[[0., 1., 1.],
             [0., 1., 1.]]])
    """

    dims, mode = 2, "constant"


class ZeroPad1d(_Pad):
    """`ZeroPad2d` for sequences, with ``(left, right)``."""

    dims, mode = 1, "constant"


class ZeroPad3d(_Pad):
    """`ZeroPad2d` for volumes, with ``(left, right, top, bottom, front, back)``."""

    dims, mode = 3, "constant"


class _ConstantPad(_Pad):
    mode = "constant"

    def __init__(self, padding: Ints, value: float) -> None:
        super().__init__(padding)
        self.value = value

    def forward(self, input: Tensor) -> Tensor:
        return F.pad(input, self.padding, self.mode, self.value)

    def extra_repr(self) -> str:
        return f"padding={self.padding}, value={self.value}"


class ConstantPad2d(_ConstantPad):
    """Puts a number around images.

    Parameters
    ----------
    padding : int or (left, right, top, bottom)
    value : float
    """

    dims = 2


class ConstantPad1d(_ConstantPad):
    """`ConstantPad2d` for sequences, with ``(left, right)``."""

    dims = 1


class ConstantPad3d(_ConstantPad):
    """`ConstantPad2d` for volumes, with ``(left, right, top, bottom, front, back)``."""

    dims = 3


class ReflectionPad2d(_Pad):
    """Puts the mirror image around images, without doubling the edge.

    Parameters
    ----------
    padding : int or (left, right, top, bottom)
        Smaller than the image.
    """

    dims, mode = 2, "reflect"


class ReflectionPad1d(_Pad):
    """`ReflectionPad2d` for sequences, with ``(left, right)``."""

    dims, mode = 1, "reflect"


class ReflectionPad3d(_Pad):
    """`ReflectionPad2d` for volumes, with ``(left, right, top, bottom, front, back)``."""

    dims, mode = 3, "reflect"


class ReplicationPad2d(_Pad):
    """Puts copies of the edge around images.

    Parameters
    ----------
    padding : int or (left, right, top, bottom)
    """

    dims, mode = 2, "replicate"


class ReplicationPad1d(_Pad):
    """`ReplicationPad2d` for sequences, with ``(left, right)``."""

    dims, mode = 1, "replicate"


class ReplicationPad3d(_Pad):
    """`ReplicationPad2d` for volumes, with ``(left, right, top, bottom, front, back)``."""

    dims, mode = 3, "replicate"


class CircularPad2d(_Pad):
    """Puts the opposite edge around images, as on a torus.

    Parameters
    ----------
    padding : int or (left, right, top, bottom)
        Not larger than the image.
    """

    dims, mode = 2, "circular"


class CircularPad1d(_Pad):
    """`CircularPad2d` for sequences, with ``(left, right)``."""

    dims, mode = 1, "circular"


class CircularPad3d(_Pad):
    """`CircularPad2d` for volumes, with ``(left, right, top, bottom, front, back)``."""

    dims, mode = 3, "circular"
