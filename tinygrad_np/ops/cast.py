"""Types of elements: conversion from one to another."""

from __future__ import annotations

import functools
import typing
import warnings
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

from tinygrad_np import dtypes
from tinygrad_np.device import device as Device
from tinygrad_np.device import require_cpu
from tinygrad_np.kernels import layout
from tinygrad_np.ops.shape import clone, raw
from tinygrad_np.tape.graph import TensorBase
from tinygrad_np.tape.op import Array, op

F = TypeVar("F", bound=Callable[..., Any])
HALF = np.dtype(np.float16)

__all__ = [
    "bool_",
    "byte",
    "cast",
    "cdouble",
    "cfloat",
    "char",
    "cpu",
    "cuda",
    "double",
    "float_",
    "half",
    "in_float32",
    "pin_memory",
    "int_",
    "long",
    "short",
    "to",
    "type_",
    "type_as",
]

_NAMES = {  # PyTorch's old names of tensor types
    "FloatTensor": dtypes.float32,
    "DoubleTensor": dtypes.float64,
    "HalfTensor": dtypes.float16,
    "LongTensor": dtypes.int64,
    "IntTensor": dtypes.int32,
    "ShortTensor": dtypes.int16,
    "CharTensor": dtypes.int8,
    "ByteTensor": dtypes.uint8,
    "BoolTensor": dtypes.bool_,
}


@op
def _cast(input: Array, dtype: np.dtype[Any]) -> Array:
    if input.dtype.kind == "c" and dtype.kind not in "cb":
        warnings.warn(
            "Casting complex values to real discards the imaginary part", UserWarning, stacklevel=5
        )
        input = input.real
    with np.errstate(invalid="ignore", over="ignore"):
        return input.astype(dtype, layout.kept(input))


_cast.backward(input=lambda grad: grad)  # the engine casts it back


def cast(input: Any, dtype: dtypes.DTypeLike) -> Any:
    """The tensor with elements of another type, itself if it has that type: the method `astype`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.tensor([1, 0]).astype(bool)
    tensor([ True, False])
    """
    new = dtypes.as_numpy(dtype)
    return input if input.dtype == new else _cast(input, dtype=new)


def to(
    input: Any,
    *args: Any,
    dtype: dtypes.DTypeLike | None = None,
    device: Any = None,
    non_blocking: bool = False,
    copy: bool = False,
    memory_format: Any = None,
) -> Any:
    """The tensor with another dtype: ``to(dtype)``, ``to(device, dtype)`` or ``to(other)``.

    Parameters
    ----------
    input : Tensor
    *args : dtype, device or Tensor
        A dtype, a device and a dtype, or a tensor whose dtype is meant; after them `non_blocking`
        and `copy` may follow.
    dtype : dtype, optional
    device : device or str, optional
        There is only the CPU.
    non_blocking, memory_format
        Ignored.
    copy : bool, default False
        Copy even if nothing changes.

    Returns
    -------
    Tensor
        The tensor itself if nothing changes. Floats become integers by cutting off their
        fraction.

    Raises
    ------
    RuntimeError
        For another device.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.tensor([1.5, -1.5]).to(tg.int64)
    tensor([ 1, -1])
    """
    rest = list(args)
    if rest and isinstance(rest[0], (TensorBase, np.ndarray)):
        dtype = rest.pop(0).dtype
    elif rest and (rest[0] is None or isinstance(rest[0], (str, Device)) or _is_index(rest[0])):
        device = rest.pop(0)
    if dtype is None and rest and not isinstance(rest[0], bool):
        dtype = rest.pop(0)
    if len(rest) > 2 or not all(isinstance(flag, bool) for flag in rest):
        raise TypeError(
            "to() takes (dtype), (device, dtype) or (other), then non_blocking and copy; got "
            f"{', '.join(type(a).__name__ for a in args)}"
        )
    if device is not None:
        require_cpu(device)
    if dtype is not None:
        out = cast(input, dtype)
        if out is not input:
            return out
    return clone(input) if copy or rest[1:] == [True] else input


def _to(name: str, dtype: dtypes.dtype) -> Callable[..., Any]:
    """The method of this name, which converts to a dtype."""

    def method(input: Any, memory_format: Any = None) -> Any:
        return cast(input, dtype)

    method.__name__ = method.__qualname__ = name
    method.__doc__ = f"""The tensor with elements of type {dtype.name}; itself if they are.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.tensor([1, 0]).{name}().dtype
    {dtype!r}
    """
    return method


float_, double = _to("float", dtypes.float32), _to("double", dtypes.float64)
half, bool_ = _to("half", dtypes.float16), _to("bool", dtypes.bool_)
long, int_ = _to("long", dtypes.int64), _to("int", dtypes.int32)
short, char = _to("short", dtypes.int16), _to("char", dtypes.int8)
byte = _to("byte", dtypes.uint8)
cfloat, cdouble = _to("cfloat", dtypes.complex64), _to("cdouble", dtypes.complex128)


def type_as(input: Any, other: Any) -> Any:
    """The tensor with the dtype of another.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.tensor([1, 0]).type_as(tg.zeros(1))
    tensor([1., 0.])
    """
    return cast(input, other.dtype)


def type_(input: Any, dtype: Any = None, non_blocking: bool = False) -> Any:
    """The tensor with another dtype, or the name of its type.

    Parameters
    ----------
    input : Tensor
    dtype : dtype, type or str, optional
        A dtype, a type such as `LongTensor`, or a name such as ``"torch.LongTensor"``; without
        it that name is the result.

    Raises
    ------
    ValueError
        For a name that there is not.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> x = tg.zeros(2)
    >>> x.type()
    'torch.FloatTensor'
    >>> x.type("torch.LongTensor")
    tensor([0, 0])
    """
    if dtype is None:
        current = raw(input).dtype
        names = [name for name, d in _NAMES.items() if d == current]
        if current.kind == "c":
            return f"torch.Complex{'Float' if current == np.complex64 else 'Double'}Tensor"
        return f"torch.{names[0] if names else f'{current.name.upper()}Tensor'}"
    if isinstance(dtype, str):
        name = dtype.removeprefix("torch.")
        if name not in _NAMES:
            raise ValueError(f"invalid type: {dtype!r}; there are torch.{', torch.'.join(_NAMES)}")
        dtype = _NAMES[name]
    elif isinstance(dtype, type):
        # torch.Tensor itself, whose `dtype` is a property, stands for the default floats
        given = getattr(dtype, "dtype", dtype)  # LongTensor's
        dtype = dtypes.get_default_dtype() if isinstance(given, property) else given
    return cast(input, dtype)


def cuda(
    input: Any, device: Any = None, non_blocking: bool = False, memory_format: Any = None
) -> Any:
    """Raise: there is no CUDA.

    Raises
    ------
    RuntimeError
        In PyTorch without CUDA an AssertionError, which it also is.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.zeros(2).cuda()
    Traceback (most recent call last):
    tinygrad_np.device.NoDevice: device 'cuda' is not available: tinygrad_np runs on 'cpu'...
    """
    require_cpu("cuda")


def pin_memory(input: Any, device: Any = None) -> Any:
    """The tensor itself: there is no device to copy it to. PyTorch without one raises.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> x = tg.zeros(2)
    >>> x.pin_memory() is x
    True
    """
    return input


def _is_index(value: Any) -> bool:
    """Whether `value` is the number of a device."""
    return type(value) is int


def cpu(input: Any, memory_format: Any = None) -> Any:
    """The tensor itself: it is on the CPU.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> x = tg.zeros(2)
    >>> x.cpu() is x
    True
    """
    return input


def in_float32(function: F) -> F:
    """A function that takes float16 as float32, and rounds its first result once, as in PyTorch.

    Sums of squares are soon beyond 65504, the largest number of float16.
    """

    @functools.wraps(function)
    def call(input: Any, *args: Any, **kwargs: Any) -> Any:
        if raw(input).dtype is not HALF:
            return function(input, *args, **kwargs)
        out = function(_wide(input), *map(_wide, args), **{k: _wide(v) for k, v in kwargs.items()})
        if isinstance(out, tuple):
            return cast(out[0], np.float16), *out[1:]
        return cast(out, np.float16)

    return typing.cast(F, call)


def _wide(value: Any) -> Any:
    return cast(value, np.float32) if getattr(raw(value), "dtype", None) is HALF else value
