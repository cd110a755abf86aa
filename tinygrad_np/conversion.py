"""Tensors made of data: numbers, nested lists, arrays, buffers, other libraries' tensors."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Sequence
from numbers import Number
from typing import TYPE_CHECKING, Any, TypedDict

import numpy as np
import numpy.typing as npt

from tinygrad_np import dtypes
from tinygrad_np.device import require_cpu
from tinygrad_np.formats import strided
from tinygrad_np.kernels import layout
from tinygrad_np.ops.cast import cast
from tinygrad_np.ops.shape import clone
from tinygrad_np.tape.graph import TensorBase, make
from tinygrad_np.tape.out import into
from tinygrad_np.tape.record import always
from tinygrad_np.tape.refuse import looked_at

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from tinygrad_np.tensor import Tensor

__all__ = [
    "as_tensor",
    "asarray",
    "from_dlpack",
    "to_dlpack",
    "from_numpy",
    "frombuffer",
    "scalar_tensor",
    "tensor",
]

Array = npt.NDArray[Any]


class Options(TypedDict, total=False):
    """What all factories take: only `dtype`, `out` and `requires_grad` change anything here."""

    dtype: dtypes.DTypeLike | None
    out: Tensor | None
    requires_grad: bool
    device: Any
    layout: Any
    memory_format: Any
    pin_memory: bool


def dtype_of(options: Options, default: np.dtype[Any] | None = None) -> Any:
    """The NumPy dtype asked for, or the default; checks the other options too.

    Raises
    ------
    TypeError
        For an option that there is not.
    RuntimeError
        For a device other than the CPU, and a layout that is not strided.
    """
    unknown = sorted(options.keys() - Options.__annotations__.keys())
    if unknown:
        raise TypeError(f"unexpected keyword argument {unknown[0]!r}")
    if options.get("device") is not None:
        require_cpu(options["device"])
    if options.get("layout") not in (None, strided):
        raise RuntimeError(
            f"expected layout=torch.strided, got {options['layout']}: zeros() and empty() make "
            "sparse tensors, and to_sparse() makes one of a dense one"
        )
    dtype, out = options.get("dtype"), options.get("out")
    wanted = default if dtype is None else dtypes.as_numpy(dtype)
    if isinstance(out, TensorBase) and out.dtype != wanted:
        if dtype is not None:
            raise RuntimeError(
                f"dtype torch.{wanted} does not match dtype of out parameter ({out.dtype})"
            )
        return out._array.dtype
    return wanted


def made(array: Array, options: Options) -> Tensor:
    """A Tensor on this array, or `out`, given its values; a leaf if it is to require grad."""
    if not options:
        return make(array)  # type: ignore[no-any-return]

    def factory() -> Any:
        return make(array)

    result: Tensor = into(options.get("out"), factory, (), {})
    return result.requires_grad_() if options.get("requires_grad") else result


def tensor(data: Any, **options: Unpack[Options]) -> Tensor:
    """A new tensor that holds a copy of `data`, off the tape.

    Parameters
    ----------
    data : number, nested sequence, ndarray or Tensor
        Lists may hold numbers, NumPy's numbers and arrays, and tensors of one element.
    **options
        dtype: unless given that of `data`; Python's floats have the default dtype, its ints
        int64. requires_grad; device and pin_memory are accepted.

    Returns
    -------
    Tensor

    Raises
    ------
    ValueError
        For lists of different lengths side by side.
    RuntimeError
        For what is not a number, and for a number that does not fit the dtype.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.tensor([[1, 2.5], [3, 4]])
    tensor([[1.0000, 2.5000],
            [3.0000, 4.0000]])
    >>> tg.tensor(3, dtype=tg.float64)
    tensor(3., dtype=torch.float64)
    """
    array = as_array(data, dtype_of(options))
    return made(always(array.copy(layout.kept(array)), data), options)


def as_tensor(data: Any, dtype: dtypes.DTypeLike | None = None, device: Any = None) -> Tensor:
    """`data` as a tensor: itself if it is one, on the same memory if it is an array.

    Parameters
    ----------
    data : number, nested sequence, ndarray or Tensor
    dtype : dtype, optional
        A Tensor of another dtype is cast, on the tape; an array is copied.

    Examples
    --------
    >>> import numpy as np, tinygrad_np as tg
    >>> array = np.zeros(2)
    >>> t = tg.as_tensor(array)
    >>> array[0] = 1
    >>> t
    tensor([1., 0.], dtype=torch.float64)
    """
    if isinstance(data, TensorBase):
        same: Any = data if dtype is None else cast(data, dtype)
        return same  # type: ignore[no-any-return]
    array = as_array(data, dtype_of({"dtype": dtype, "device": device}))
    return _shared(always(array) if _is_list(data) or isinstance(data, Number) else array)


def asarray(
    obj: Any,
    *,
    dtype: dtypes.DTypeLike | None = None,
    device: Any = None,
    copy: bool | None = None,
    requires_grad: bool | None = None,
) -> Tensor:
    """`obj` as a tensor, with a say in whether memory is shared.

    Parameters
    ----------
    obj : number, nested sequence, ndarray or Tensor
    copy : bool, optional
        True: always on memory of its own. False: never; None: only where it must be.
    requires_grad : bool, optional
        That of `obj` unless given; False detaches a tensor.

    Raises
    ------
    ValueError
        If ``copy=False`` and it can't be done without.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.asarray([1, 2], copy=True)
    tensor([1, 2])
    """
    result = as_tensor(obj, dtype, device)
    shared = np.shares_memory(result._array, obj) if hasattr(obj, "__array__") else False
    if copy is False and not shared:
        kind = f"{type(obj).__name__}{'' if dtype is None else f' as {dtype}'}"
        raise ValueError(f"can't take {kind} without a copy; leave out copy=False")
    if copy and shared:
        result = clone(result)
    if requires_grad:
        return result.requires_grad_()
    return result.detach() if requires_grad is False and result.requires_grad else result


def from_numpy(ndarray: Any) -> Tensor:
    """A tensor on the memory of an array: a change of one is a change of both.

    A Tensor is returned as it is: NumPy's functions of tensors give one, where PyTorch has arrays.

    Raises
    ------
    TypeError
        For anything but an array, and for an array of a type that tensors do not have.
    ValueError
        For an array whose bytes are in the other order than the machine's.

    Examples
    --------
    >>> import numpy as np, tinygrad_np as tg
    >>> tg.from_numpy(np.arange(3))
    tensor([0, 1, 2])
    """
    if isinstance(ndarray, TensorBase):
        return ndarray  # type: ignore[return-value]
    if not isinstance(ndarray, np.ndarray):
        raise TypeError(
            f"expected np.ndarray (got {type(ndarray).__name__}); tensor() takes other data"
        )
    dtypes.of(ndarray.dtype)
    if not ndarray.dtype.isnative:
        raise ValueError(
            f"expected an array in the machine's byte order, got {ndarray.dtype.str}; "
            f"convert it with .astype({ndarray.dtype.newbyteorder('=').name!r})"
        )
    return _shared(ndarray)


def _shared(array: Array) -> Tensor:
    """A tensor on the user's memory, which stays in the user's order.

    A memoryview as its base marks it: `TensorBase._in_order` lays out what is our own only.
    """
    ours = array if array.flags.c_contiguous else np.asarray(memoryview(array))  # type: ignore[arg-type]
    return make(ours)  # type: ignore[no-any-return]


def from_dlpack(ext_tensor: Any, *, device: Any = None, copy: bool | None = None) -> Tensor:
    """A tensor on the memory of another library's tensor, by the DLPack protocol.

    Parameters
    ----------
    ext_tensor : object with ``__dlpack__`` and ``__dlpack_device__``
        On the CPU.
    device : optional
        The CPU.
    copy : bool, optional
        True: on memory of its own.

    Examples
    --------
    >>> import numpy as np, tinygrad_np as tg
    >>> tg.from_dlpack(np.ones(2))
    tensor([1., 1.], dtype=torch.float64)
    """
    if device is not None:
        require_cpu(device)
    array = np.from_dlpack(
        ext_tensor if hasattr(ext_tensor, "__dlpack__") else _Capsule(ext_tensor)
    )
    return from_numpy(array.copy() if copy else array)


class _Capsule:
    """What `to_dlpack` makes, as an object of the protocol."""

    def __init__(self, capsule: Any) -> None:
        self.capsule = capsule

    def __dlpack__(self, **_: Any) -> Any:
        return self.capsule

    def __dlpack_device__(self) -> tuple[int, int]:
        return 1, 0  # the CPU


def to_dlpack(tensor: Tensor) -> Any:
    """A capsule for `from_dlpack` of this or another library, which may be read once.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> x = tg.zeros(2)
    >>> tg.from_dlpack(tg.to_dlpack(x)).fill_(1.0), x
    (tensor([1., 1.]), tensor([1., 1.]))
    """
    return tensor.__dlpack__(max_version=(1, 0))


def frombuffer(
    buffer: Any,
    *,
    dtype: dtypes.DTypeLike,
    count: int = -1,
    offset: int = 0,
    requires_grad: bool = False,
) -> Tensor:
    """A 1-d tensor on the memory of an object with Python's buffer protocol.

    Parameters
    ----------
    buffer : bytearray, memoryview, ...
    dtype : dtype
    count : int, default -1
        The number of elements; -1 for all.
    offset : int, default 0
        The number of bytes to skip.

    Raises
    ------
    ValueError
        If the buffer is too short, or does not end with an element.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.frombuffer(bytearray([1, 2, 3]), dtype=tg.uint8, offset=1)
    tensor([2, 3], dtype=torch.uint8)
    """
    array = np.frombuffer(buffer, dtypes.as_numpy(dtype), count, offset)
    return made(array, {"requires_grad": requires_grad})


def scalar_tensor(s: Any, **options: Unpack[Options]) -> Tensor:
    """A 0-d tensor of a number, of the default dtype unless told.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.scalar_tensor(3)
    tensor(3.)
    """
    dtype = dtype_of(options, dtypes.default_float())
    return made(always(as_array(number(s, "s"), dtype)), options)


def number(value: Any, name: str) -> Any:
    """A Python number, from one of Python's, NumPy's or a tensor of no dimensions."""
    if getattr(value, "ndim", None) == 0:
        value = value.item()
    if not isinstance(value, (bool, int, float, complex)):
        raise TypeError(f"{name} must be a number, got {type(value).__name__}")
    return value


def as_array(data: Any, wanted: np.dtype[Any] | None = None) -> Array:
    """Data as an array of a type that tensors have; it shares memory where it can."""
    if isinstance(data, TensorBase):
        array = data._array
    elif hasattr(data, "__array__"):
        array = np.asarray(data)
    elif isinstance(data, (bool, int, float, complex)) or _is_list(data):
        return _from_python(data, wanted)
    else:
        array = _from_buffer(data)
    known = dtypes.of(array.dtype).dtype  # objects and strings are refused, whatever is wanted
    target = wanted or known
    with np.errstate(invalid="ignore", over="ignore"):
        return array.astype(target, copy=False)


def _is_list(data: Any) -> bool:
    return isinstance(data, Sequence) and not isinstance(data, (str, bytes, bytearray, memoryview))


def _from_buffer(data: Any) -> Array:
    """The array of an object with Python's buffer protocol, such as `array.array`."""
    if isinstance(data, (str, bytes)):
        raise TypeError(f"expected numbers, got data of type {type(data).__name__!r}")
    try:
        return np.asarray(memoryview(data))
    except TypeError:
        raise RuntimeError(
            f"Could not infer dtype of {type(data).__name__}: a tensor is made of a number, "
            "of nested lists of numbers, or of an array"
        ) from None


def _from_python(data: Any, wanted: np.dtype[Any] | None) -> Array:
    """The array of a number or of nested lists."""
    found: set[np.dtype[Any]] = set()
    plain = _plain(data, found)
    target = wanted or (functools.reduce(dtypes.promote, found) if found else _of_python(float))
    try:
        with np.errstate(over="ignore"):
            array = np.array(plain, target if target.kind in "fc" else None)
    except ValueError:
        _check_lengths(plain)
        raise
    if target.kind in "iu" and array.dtype.kind != "b" and array.size:
        low, high = dtypes.bounds(target)
        if not (low <= array.min() and array.max() < high + 1):  # so for nan too
            raise RuntimeError(
                f"value cannot be converted to type {target} without overflow: the values lie "
                f"between {array.min()} and {array.max()}, those of the type between {low} "
                f"and {high}"
            )
    return array.astype(target, copy=False)


def _plain(data: Any, found: set[np.dtype[Any]]) -> Any:
    """`data` with arrays for tensors in it; puts the dtypes that occur in it into `found`."""
    if _is_list(data):
        types = set(map(type, data))
        if not types <= {bool, int, float, complex}:
            return [_plain(d, found) for d in data]
        found.update(map(_of_python, types))
        return data
    if isinstance(data, (bool, int, float, complex)) and not isinstance(data, np.generic):
        found.add(_of_python(type(data)))
        return data
    array = as_array(data)
    found.add(array.dtype)
    if isinstance(data, TensorBase):
        looked_at("a list of tensors, for which there is stack(),")
        if array.size != 1:
            raise ValueError(
                "only one element tensors can be converted to Python scalars, got one of shape "
                f"{list(array.shape)}; stack() makes one tensor of several"
            )
        array = array.reshape(())
    return array


def _of_python(kind: type) -> np.dtype[Any]:
    """The dtype of Python's numbers of this type."""
    if issubclass(kind, bool):
        return dtypes.bool_.dtype
    if issubclass(kind, int):
        return dtypes.int64.dtype
    default = dtypes.default_float()
    return dtypes.complex_of(default) if issubclass(kind, complex) else default


def _check_lengths(data: Any) -> None:
    """ValueError that names the first lengths that differ side by side."""
    level = [data]
    for dim in itertools.count():
        lengths = [len(d) if _is_list(d) or np.ndim(d) else None for d in level]
        for length in lengths:
            if length != lengths[0]:
                got, expected = ("a number" if n is None else n for n in (length, lengths[0]))
                raise ValueError(f"expected sequence of length {expected} at dim {dim} (got {got})")
        if lengths[0] is None:
            return
        level = [item for d in level for item in d]
