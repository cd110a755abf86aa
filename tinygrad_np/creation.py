"""Tensors made of sizes: of one value, of even steps, of random numbers."""

from __future__ import annotations

import math
import operator
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from tinygrad_np import dtypes, formats
from tinygrad_np.conversion import Array, Options, as_array, dtype_of, made, number
from tinygrad_np.kernels import layout
from tinygrad_np.tape.graph import TensorBase
from tinygrad_np.tape.record import always

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from tinygrad_np.tensor import Tensor

__all__ = [
    "arange",
    "empty",
    "empty_like",
    "empty_permuted",
    "eye",
    "full",
    "full_like",
    "linspace",
    "logspace",
    "ones",
    "ones_like",
    "range",
    "zeros",
    "zeros_like",
]


def shape_of(sizes: tuple[Any, ...], size: Any = None) -> tuple[int, ...]:
    """The shape that arguments name: ints, or one sequence of ints, or ``size=`` it.

    Raises
    ------
    TypeError
        For anything else.
    RuntimeError
        For a negative size, and for more elements than any memory holds.
    """
    if size is not None:
        if not isinstance(size, (tuple, list)):
            raise TypeError(f"size must be a tuple of ints, got {size!r}")
        sizes = (size,)
    if not sizes:
        raise TypeError("expected sizes: ints, or one tuple of ints")
    if len(sizes) == 1 and isinstance(sizes[0], (tuple, list)):
        sizes = tuple(sizes[0])
    try:
        shape = tuple(map(operator.index, sizes))
    except TypeError:
        raise TypeError(f"sizes must be ints, or one tuple of ints, got {sizes}") from None
    if min(shape, default=0) < 0:
        raise RuntimeError(f"a size can't be negative, got {list(shape)}")
    if math.prod(shape) >= 2**60:
        raise RuntimeError(f"a tensor of sizes {list(shape)} is larger than any memory")
    return shape


def float_type(options: Options) -> np.dtype[Any]:
    """The dtype asked for, or the default."""
    dtype: np.dtype[Any] = dtype_of(options, dtypes.default_float())
    return dtype


def type_like(input: Any, options: Options) -> np.dtype[Any]:
    """The dtype asked for, or that of a tensor; TypeError if `input` is none."""
    if not isinstance(input, TensorBase):
        kind = type(input).__name__
        raise TypeError(f"input must be a Tensor, got {kind}; call tensor() or to_dense() on it")
    dtype: np.dtype[Any] = dtype_of(options, input._array.dtype)
    return dtype


# Sparse tensors without values are zeros; every other factory refuses their layout.


def _zeros(make: Any, sizes: tuple[Any, ...], size: Any, options: Options) -> Any:
    """What `make` makes of a shape and a dtype, or a sparse tensor where one is asked for."""
    shape = shape_of(sizes, size)
    if options.get("layout") is formats.sparse_coo:
        return _sparse(shape, options)
    return made(always(make(shape, float_type(options))), options)


def _zeros_like(make: Any, input: Any, options: Options) -> Any:
    """The same in the shape and dtype of `input`, and sparse if that is."""
    if (options.get("layout") or getattr(input, "layout", None)) is formats.sparse_coo:
        return _sparse(input.shape, {**options, "dtype": options.get("dtype") or input.dtype})
    dtype = type_like(input, options)
    return made(always(make(input._array, dtype, layout.kept(input._array))), options)


def _sparse(shape: tuple[int, ...], options: Options) -> Any:
    from tinygrad_np.sparse import sparse_coo_tensor

    dtype = float_type({**options, "layout": None})
    return sparse_coo_tensor(shape, dtype=dtype, requires_grad=options.get("requires_grad", False))


# --- one value ---


def zeros(*sizes: Any, size: Any = None, **options: Unpack[Options]) -> Tensor:
    """A tensor of zeros.

    Parameters
    ----------
    *sizes : int, or one tuple of int
        The shape; also as ``size=``.
    **options
        dtype (the default dtype unless given), requires_grad; ``layout=sparse_coo`` makes a
        `SparseTensor` without values; device, pin_memory and memory_format are accepted.

    Raises
    ------
    RuntimeError
        For a negative size.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.zeros(2, 3)
    tensor([[0., 0., 0.],
            [0., 0., 0.]])
    """
    return _zeros(np.zeros, sizes, size, options)  # type: ignore[no-any-return]


def ones(*sizes: Any, size: Any = None, **options: Unpack[Options]) -> Tensor:
    """A tensor of ones; takes what `zeros` takes.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.ones(2, dtype=tg.int64)
    tensor([1, 1])
    """
    return made(always(np.ones(shape_of(sizes, size), float_type(options))), options)


def empty(*sizes: Any, size: Any = None, **options: Unpack[Options]) -> Tensor:
    """A tensor of arbitrary values, to be filled; takes what `zeros` takes.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.empty(2, 0).shape
    torch.Size([2, 0])
    """
    return _zeros(np.empty, sizes, size, options)  # type: ignore[no-any-return]


def empty_permuted(size: Any, physical_layout: Sequence[int], **options: Unpack[Options]) -> Tensor:
    """A tensor of arbitrary values, with its dimensions in some order in memory.

    Parameters
    ----------
    size : sequence of int
    physical_layout : sequence of int
        The dimensions, from the widest apart in memory to the closest.
    **options
        As for `zeros`.

    Raises
    ------
    RuntimeError
        If `physical_layout` is not each dimension once.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.empty_permuted((2, 3, 5), (0, 2, 1)).stride()
    (15, 1, 3)
    """
    order = tuple(physical_layout)
    if sorted(order) != np.arange(len(size)).tolist():
        raise RuntimeError(
            f"empty_permuted: expected each of the {len(size)} dimensions once as physical_layout, "
            f"got {list(order)}"
        )
    trained = options.pop("requires_grad", False)
    out: Tensor = empty([size[d] for d in order], **options).permute(*np.argsort(order).tolist())
    out.requires_grad_(trained)
    return out


def full(size: Any, fill_value: Any, **options: Unpack[Options]) -> Tensor:
    """A tensor of one value.

    Parameters
    ----------
    size : tuple of int
    fill_value : number or 0-d Tensor
    **options
        As for `zeros`; unless given, dtype is that of `fill_value`: bool, int64 or the default.

    Raises
    ------
    RuntimeError
        If the value does not fit the dtype.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.full((2,), 3.5)
    tensor([3.5000, 3.5000])
    """
    given, wanted = number(fill_value, "fill_value"), dtype_of(options)
    value = as_array(given if wanted is None else dtypes.fitting(given, wanted), wanted)
    return made(always(np.full(shape_of((), size), value)), options)


def zeros_like(input: Tensor, **options: Unpack[Options]) -> Tensor:
    """A tensor of zeros with the shape, and unless told the dtype, of `input`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.zeros_like(tg.tensor([1, 2]))
    tensor([0, 0])
    """
    return _zeros_like(np.zeros_like, input, options)  # type: ignore[no-any-return]


def ones_like(input: Tensor, **options: Unpack[Options]) -> Tensor:
    """A tensor of ones with the shape, and unless told the dtype, of `input`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.ones_like(tg.zeros(2))
    tensor([1., 1.])
    """
    dtype = type_like(input, options)
    return made(always(np.ones_like(input._array, dtype, layout.kept(input._array))), options)


def empty_like(input: Tensor, **options: Unpack[Options]) -> Tensor:
    """A tensor of arbitrary values with the shape, and unless told the dtype, of `input`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.empty_like(tg.zeros(2, 3)).shape
    torch.Size([2, 3])
    """
    return _zeros_like(np.empty_like, input, options)  # type: ignore[no-any-return]


def full_like(input: Tensor, fill_value: Any, **options: Unpack[Options]) -> Tensor:
    """A tensor of one value with the shape, and unless told the dtype, of `input`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.full_like(tg.zeros(2), 7)
    tensor([7., 7.])
    """
    value = as_array(number(fill_value, "fill_value"), type_like(input, options))
    array = np.full_like(input._array, value, value.dtype, layout.kept(input._array))
    return made(always(array), options)


# --- even steps ---


def arange(start: Any = 0, end: Any = None, step: Any = 1, **options: Unpack[Options]) -> Tensor:
    """The numbers from `start` to before `end` in steps: ``arange(end)``, ``arange(start, end)``.

    Parameters
    ----------
    start : number, default 0
    end : number
        Not among the numbers, but for rounding: float steps may hit it or miss it.
    step : number, default 1
    **options
        As for `zeros`; unless given, dtype is int64 if all three are integers, else the default.
        For a dtype of integers they are truncated first.

    Returns
    -------
    Tensor
        1-d, of ``ceil((end - start) / step)`` elements.

    Raises
    ------
    RuntimeError
        If `step` is 0 or leads away from `end`, or a bound is not finite.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.arange(5)
    tensor([0, 1, 2, 3, 4])
    >>> tg.arange(1, 2.5, 0.5)
    tensor([1.0000, 1.5000, 2.0000])
    """
    if end is None:
        start, end = 0, start
    floats = any(isinstance(number(v, "a bound"), float) for v in (start, end, step))
    wanted = dtype_of(options, dtypes.default_float() if floats else dtypes.int64.dtype)
    return _steps(start, end, step, wanted, False, options)


def range(start: Any = 0, end: Any = None, step: Any = 1, **options: Unpack[Options]) -> Tensor:
    """The numbers from `start` to `end` in steps, `end` among them: use `arange`, as in Python.

    Parameters
    ----------
    start : number, default 0
    end : number
    step : number, default 1
    **options
        As for `zeros`; unless given, dtype is the default dtype, also for integers.

    Raises
    ------
    TypeError
        Without `end`. RuntimeError as `arange`.

    Examples
    --------
    >>> import warnings, tinygrad_np as tg
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")
    ...     tg.range(1, 4)
    tensor([1., 2., 3., 4.])
    """
    if end is None:
        raise TypeError("range(): missing the argument 'end'; arange(n) counts from 0 to n - 1")
    warnings.warn(
        "torch.range is deprecated and will be removed in a future release because its behavior "
        "is inconsistent with Python's range builtin. Instead, use torch.arange, which produces "
        "values in [start, end).",
        UserWarning,
        stacklevel=2,
    )
    return _steps(start, end, step, float_type(options), True, options)


def linspace(start: Any, end: Any, steps: int, **options: Unpack[Options]) -> Tensor:
    """`steps` numbers from `start` to `end`, both among them, evenly spread.

    Parameters
    ----------
    start, end : number or 0-d Tensor
    steps : int
    **options
        As for `zeros`; for a dtype of integers the numbers are truncated.

    Raises
    ------
    RuntimeError
        If `steps` is negative.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.linspace(0, 1, 5)
    tensor([0.0000, 0.2500, 0.5000, 0.7500, 1.0000])
    """
    wanted = float_type(options)
    return made(always(_line(start, end, steps, wanted).astype(wanted)), options)


def logspace(
    start: Any, end: Any, steps: int, base: float = 10.0, **options: Unpack[Options]
) -> Tensor:
    """`steps` numbers from ``base**start`` to ``base**end``, their logarithms evenly spread.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.logspace(0, 2, 3)
    tensor([  1.,  10., 100.])
    """
    wanted = float_type(options)
    return made(always((base ** _line(start, end, steps, wanted)).astype(wanted)), options)


def _steps(
    start: Any, end: Any, step: Any, wanted: np.dtype[Any], inclusive: bool, options: Options
) -> Tensor:
    bounds = [number(v, name) for v, name in ((start, "start"), (end, "end"), (step, "step"))]
    if not all(map(math.isfinite, bounds)):
        raise RuntimeError(f"unsupported range: from {start} to {end} in steps of {step}")
    floats = any(isinstance(v, float) for v in bounds)
    if wanted.kind != "f":
        bounds = [int(v) for v in bounds]
    first, last, by = bounds
    if by == 0:
        raise RuntimeError("step must be nonzero")
    if (last - first) * by < 0:
        raise RuntimeError(
            f"upper bound and lower bound inconsistent with step sign: from {first} to {last} in "
            f"steps of {by}"
        )
    if inclusive:
        n = math.floor((last - first) / by) + 1
    else:
        n = math.ceil((last - first) / by) if floats else -((first - last) // by)
    values = first + by * np.arange(n)
    return made(always(values.astype(wanted, copy=False)), options)


def _line(start: Any, end: Any, steps: int, wanted: np.dtype[Any]) -> Array:
    """In float64: the first half counted from `start`, the second from `end`, as in PyTorch."""
    first, last = number(start, "start"), number(end, "end")
    (n,) = shape_of((steps,))
    if wanted.kind != "f":
        first, last = int(first), int(last)
    by = (last - first) / max(n - 1, 1)
    if wanted == np.float32:  # as PyTorch's step is
        low, high = np.float32(first), np.float32(last)
        first, last, by = float(low), float(high), float((high - low) / np.float32(max(n - 1, 1)))
    i = np.arange(n)
    line: Array = np.where((i < n // 2) | (n == 1), first + by * i, last - by * (n - 1 - i))
    return line


# --- matrices ---


def eye(n: int, m: int | None = None, **options: Unpack[Options]) -> Tensor:
    """An n x m matrix (n x n unless told) with ones on its diagonal, else zeros.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.eye(2)
    tensor([[1., 0.],
            [0., 1.]])
    """
    rows, columns = shape_of((n, n if m is None else m))
    return made(always(np.eye(rows, columns, dtype=float_type(options))), options)
