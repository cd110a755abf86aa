"""PyTorch's old spellings: `FloatTensor`, `LongTensor` and their like, and `autograd.Variable`.

They make tensors of one dtype; new code calls `tensor(..., dtype=...)`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tinygrad_np import conversion, dtypes
from tinygrad_np.size import Size
from tinygrad_np.tensor import Tensor

__all__ = [
    "BoolTensor",
    "ByteTensor",
    "CharTensor",
    "DoubleTensor",
    "FloatTensor",
    "HalfTensor",
    "IntTensor",
    "LongTensor",
    "ShortTensor",
    "Variable",
]


class _Type(type):
    """The type of tensors of one dtype."""

    dtype: dtypes.dtype

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, Tensor) and instance.dtype == cls.dtype

    def __call__(cls, *data: Any) -> Tensor:
        array_dtype = dtypes.as_numpy(cls.dtype)
        if all(isinstance(n, (int, np.integer)) for n in data):
            return _made(np.empty(data or (0,), array_dtype))
        if len(data) != 1 or not isinstance(data[0], (Tensor, Size, Sequence, np.ndarray)):
            kinds = ", ".join(type(d).__name__ for d in data)
            raise TypeError(
                f"{cls.__name__}(): expected sizes, or a sequence, array or tensor, got {kinds}"
            )
        (values,) = data
        if isinstance(values, Size):
            return _made(np.empty(values, array_dtype))
        if isinstance(values, Tensor):
            if values.dtype != cls.dtype:
                raise TypeError(
                    f"{cls.__name__}(): expected a tensor of {cls.dtype}, got one of "
                    f"{values.dtype}; convert it with .to({cls.dtype})"
                )
            return values.detach()
        return _made(np.array(conversion.as_array(values)).astype(array_dtype))


def _made(array: Any) -> Tensor:
    return Tensor._make(array)  # type: ignore[no-any-return]


class FloatTensor(metaclass=_Type):
    """Tensors of float32, from sizes (of any values), a sequence or an array.

    Raises
    ------
    TypeError
        For a number that is no size, and a tensor of another dtype.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.FloatTensor([1, 2]), tg.FloatTensor(2, 3).shape
    (tensor([1., 2.]), torch.Size([2, 3]))
    >>> isinstance(tg.zeros(1), tg.FloatTensor), isinstance(tg.zeros(1), tg.LongTensor)
    (True, False)
    """

    dtype = dtypes.float32


class DoubleTensor(metaclass=_Type):
    """Tensors of float64, as `FloatTensor`."""

    dtype = dtypes.float64


class HalfTensor(metaclass=_Type):
    """Tensors of float16, as `FloatTensor`."""

    dtype = dtypes.float16


class LongTensor(metaclass=_Type):
    """Tensors of int64, as `FloatTensor`; fractions are cut off."""

    dtype = dtypes.int64


class IntTensor(metaclass=_Type):
    """Tensors of int32, as `LongTensor`."""

    dtype = dtypes.int32


class ShortTensor(metaclass=_Type):
    """Tensors of int16, as `LongTensor`."""

    dtype = dtypes.int16


class CharTensor(metaclass=_Type):
    """Tensors of int8, as `LongTensor`."""

    dtype = dtypes.int8


class ByteTensor(metaclass=_Type):
    """Tensors of uint8, as `LongTensor`."""

    dtype = dtypes.uint8


class BoolTensor(metaclass=_Type):
    """Tensors of bool, as `FloatTensor`."""

    dtype = dtypes.bool_


class _Any(type):
    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, Tensor)

    def __call__(cls, data: Any, requires_grad: bool = False, volatile: Any = None) -> Tensor:
        if not isinstance(data, Tensor):
            raise TypeError(f"Variable data has to be a tensor, but got {type(data).__name__}")
        return data.detach().requires_grad_(requires_grad)


class Variable(metaclass=_Any):
    """What tensors with gradients once were: the tensor's memory, with a place of its own.

    Parameters
    ----------
    data : Tensor
        TypeError for anything else.
    requires_grad : bool, default False
    volatile
        Has no effect; use `no_grad`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> x = tg.autograd.Variable(tg.ones(2), requires_grad=True)
    >>> (x * x).sum().backward()
    >>> x.grad
    tensor([2., 2.])
    """
