"""PyTorch's old spellings: `FloatTensor`, `LongTensor` and their like, and `autograd.Variable`.

They make tensors of one dtype; new code calls `tensor(..., dtype=...)`.
"""

from __future__ import annotations

from typing import Any

from tinygrad_np import dtypes
from tinygrad_np.new import from_sizes_or_data
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
    "set_default_tensor_type",
]


class _Type(type):
    """The type of tensors of one dtype."""

    dtype: dtypes.dtype

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, Tensor) and instance.dtype == cls.dtype

    def __call__(cls, *data: Any, device: Any = None) -> Tensor:
        return from_sizes_or_data(cls.__name__, dtypes.as_numpy(cls.dtype), data, device)


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


def set_default_tensor_type(t: Any) -> None:
    """`set_default_dtype`, by its old name and in old words.

    Parameters
    ----------
    t : type or str
        `FloatTensor`, `DoubleTensor` or `HalfTensor`, or its name such as "torch.FloatTensor".

    Raises
    ------
    TypeError
        For any other type; those of CUDA are not there.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.set_default_tensor_type("torch.DoubleTensor")
    >>> tg.zeros(1).dtype
    torch.float64
    >>> tg.set_default_tensor_type(tg.FloatTensor)
    """
    name = t if isinstance(t, str) else f"{t.__module__}.{t.__name__}"
    kind = {k.__name__: k for k in (FloatTensor, DoubleTensor, HalfTensor)}.get(name.split(".")[-1])
    if kind is None or "cuda" in name:
        raise TypeError(
            f"invalid type: {name}: there are FloatTensor, DoubleTensor and HalfTensor, on the CPU"
        )
    dtypes.set_default_dtype(kind.dtype)
