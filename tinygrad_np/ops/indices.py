"""Reading and writing by index tensors: along one dimension, or anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tinygrad_np.dtypes import fitting
from tinygrad_np.ops.dims import numpy_names, one
from tinygrad_np.ops.index import Where, _index, _scatter, fitted, index_array, same_dtype
from tinygrad_np.ops.shape import expand, raw, reshape
from tinygrad_np.tape.graph import TensorBase
from tinygrad_np.tape.inplace import write
from tinygrad_np.tape.op import Array
from tinygrad_np.tape.out import takes_out
from tinygrad_np.tape.record import recorded_whole

__all__ = [
    "index_add",
    "index_copy",
    "index_fill",
    "index_put",
    "index_select",
    "put",
    "take",
]


@recorded_whole
def checked_index(
    index: Any,
    size: int,
    dim: int,
    name: str,
    *,
    dtypes: tuple[Any, ...] = (np.int64, np.int32),
    negative: bool = False,
    error: type[Exception] = IndexError,
) -> Array:
    """An index tensor as an array of its own, counted from 0.

    The errors name the dtype, or index, dimension and size. Negative ones are errors too, unless
    `negative` lets them count from the end.
    """
    array = raw(index)
    if not isinstance(array, np.ndarray):
        raise TypeError(f"{name}(): index must be a tensor, not {type(index).__name__}")
    if array.dtype not in dtypes:
        wanted = " or ".join(np.dtype(d).name for d in dtypes)
        raise RuntimeError(f"{name}(): expected dtype {wanted} for index, got {array.dtype}")
    if array.size:
        least, most = int(array.min()), int(array.max())
        if least < (-size if negative else 0) or most >= size:
            bad = most if most >= size else least
            raise error(
                f"{name}(): index {bad} is out of bounds for dimension {dim} with size {size}"
            )
    array = array.astype(np.intp)
    return np.where(array < 0, array + size, array) if negative else array


def _vector(input: Any, dim: int, index: Any, name: str, **options: Any) -> tuple[Any, int, Where]:
    """The input, at least 1-d, `dim` from the front, and the places an index vector names."""
    tensor = input if len(input.shape) else reshape(input, (1,))
    at = one(dim, len(tensor.shape))
    array = checked_index(index, tensor.shape[at], at, name, **options)
    if array.ndim > 1:
        raise IndexError(f"{name}(): index must be a vector, got shape {list(array.shape)}")
    return tensor, at, (slice(None),) * at + (array.reshape(-1),)


def _source(
    tensor: Any, at: int, where: Where, source: Any, name: str, error: type[Exception]
) -> Any:
    """A source of the shape and dtype of what it is written to."""
    same_dtype(tensor, source, f"{name}()")
    shape = list(tensor.shape)
    shape[at] = len(where[-1])
    if list(source.shape) != shape and not (len(source.shape) == 0 and shape == [1]):
        raise error(
            f"{name}(): for {shape[at]} indices along dim {at} of a tensor of shape "
            f"{list(tensor.shape)} the source must have shape {shape}, got {list(source.shape)}"
        )
    return reshape(source, shape)


@numpy_names
def index_select(input: Any, dim: int, index: Any) -> Any:
    """What stands at the indices along `dim`, as a copy.

    Parameters
    ----------
    input : Tensor
    dim : int
    index : Tensor (n,) of int64 or int32
        Each from 0 to the size of `dim` less 1.

    Raises
    ------
    IndexError
        For an index out of range.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.index_select(tg.tensor([[1, 2], [3, 4]]), 1, tg.tensor([1, 1]))
    tensor([[2, 2],
            [4, 4]])
    """
    tensor, _, where = _vector(input, dim, index, "index_select")
    out = _index(tensor, where=where)
    return out if len(input.shape) else reshape(out, ())


@numpy_names
def index_add(input: Any, dim: int, index: Any, source: Any, *, alpha: float = 1) -> Any:
    """``input`` with ``alpha * source`` added at the indices along `dim`, repeated ones too.

    Parameters
    ----------
    input : Tensor
    dim : int
    index : Tensor (n,) of int64 or int32
        Each from 0 to the size of `dim` less 1.
    source : Tensor
        Of the dtype of `input`, and its shape but for n along `dim`.
    alpha : float, default 1

    Raises
    ------
    RuntimeError
        For an index out of range, or a source of another shape or dtype.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.index_add(tg.zeros(3), 0, tg.tensor([2, 2]), tg.tensor([1.0, 5.0]))
    tensor([0., 0., 6.])
    """
    tensor, at, where = _vector(input, dim, index, "index_add", error=RuntimeError)
    values = _source(tensor, at, where, source, "index_add", RuntimeError)
    added = _scatter(values, shape=tuple(tensor.shape), where=where)
    return input + reshape(added if alpha == 1 else added * alpha, tuple(input.shape))


@numpy_names
def index_copy(input: Any, dim: int, index: Any, source: Any) -> Any:
    """``input`` with `source` written at the indices along `dim`.

    If an index stands twice, the last of its values stays.

    Parameters
    ----------
    input : Tensor
    dim : int
    index : Tensor (n,) of int64
        Each from 0 to the size of `dim` less 1.
    source : Tensor
        Of the dtype of `input`, and its shape but for n along `dim`.

    Raises
    ------
    IndexError
        For an index out of range, or a source of another shape.
    RuntimeError
        For a source of another dtype.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.index_copy(tg.zeros(3), 0, tg.tensor([2, 0]), tg.tensor([1.0, 5.0]))
    tensor([5., 0., 1.])
    """
    tensor, at, where = _vector(input, dim, index, "index_copy", dtypes=(np.int64,))
    values = _source(tensor, at, where, source, "index_copy", IndexError)
    return reshape(write(tensor, values, where=where), tuple(input.shape))


@numpy_names
def index_fill(input: Any, dim: int, index: Any, value: Any) -> Any:
    """``input`` with one value written at the indices along `dim`.

    Parameters
    ----------
    input : Tensor
    dim : int
    index : Tensor (n,) of int64
        Negative ones count from the end.
    value : float or Tensor ()

    Raises
    ------
    IndexError
        For an index out of range, or of another dtype.
    RuntimeError
        For a value that is not a single one.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.index_fill(tg.zeros(3), 0, tg.tensor([2, 0]), 7)
    tensor([7., 0., 7.])
    """
    tensor, _, where = _vector(input, dim, index, "index_fill", dtypes=(np.int64,), negative=True)
    if np.ndim(raw(value)):
        raise RuntimeError(
            f"index_fill(): value must be a number or a 0-d tensor, got shape {list(value.shape)}"
        )
    if isinstance(value, (int, float, complex, np.number)):
        value = fitting(value, raw(input).dtype)
    return reshape(write(tensor, value, where=where), tuple(input.shape))


# --- anywhere ---


def index_put(input: Any, indices: Sequence[Any], values: Any, accumulate: bool = False) -> Any:
    """``input`` with values written, or added, at ``input[indices]``.

    Parameters
    ----------
    input : Tensor
    indices : sequence of Tensor
        Of int64, int32 or bool.
    values : Tensor
        Of the dtype of `input`; broadcasts to the shape of ``input[indices]``.
    accumulate : bool, default False
        Add, repeated indices counting each time; else the last of their values stays.

    Raises
    ------
    IndexError
        For an index out of range.
    RuntimeError
        For values of another dtype, or that do not broadcast.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> where = (tg.tensor([0, 0]),)
    >>> tg.index_put(tg.zeros(2), where, tg.tensor([1.0, 5.0]), accumulate=True)
    tensor([6., 0.])
    """
    for given in (*indices, values):
        if not isinstance(given, (TensorBase, np.ndarray)):
            raise TypeError(f"index_put() takes tensors, got {type(given).__name__}")
    where = tuple(map(index_array, indices))
    same_dtype(input, values, "index_put()")
    values = fitted(values, raw(input), where)
    if not accumulate:
        return write(input, values, where=where)
    full = expand(values, raw(input)[where].shape)
    return input + _scatter(full, shape=tuple(input.shape), where=where)


@takes_out
def take(input: Any, index: Any) -> Any:
    """The elements at positions in the flattened tensor.

    Parameters
    ----------
    input : Tensor
    index : Tensor of int64
        Negative ones count from the end.

    Returns
    -------
    Tensor
        Of the shape of `index`.

    Raises
    ------
    IndexError
        For an index out of range.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.take(tg.tensor([[1, 2], [3, 4]]), tg.tensor([0, 3]))
    tensor([1, 4])
    """
    flat = reshape(input, (-1,))
    return _index(flat, where=(_position(flat, index, "take"),))


def put(input: Any, index: Any, source: Any, accumulate: bool = False) -> Any:
    """``input`` with values written, or added, at positions in the flattened tensor.

    Parameters
    ----------
    input : Tensor
    index : Tensor of int64
        Negative ones count from the end.
    source : Tensor
        Of the dtype of `input`, with as many elements as `index`.
    accumulate : bool, default False
        Add, repeated indices counting each time.

    Raises
    ------
    IndexError
        For an index out of range, or another number of values.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.put(tg.zeros(2, 2), tg.tensor([1, 3]), tg.tensor([7.0, 8.0]))
    tensor([[0., 7.],
            [0., 8.]])
    """
    flat = reshape(input, (-1,))
    where = (_position(flat, index, "put").reshape(-1),)
    same_dtype(input, source, "put()")
    if raw(source).size != where[0].size:
        raise IndexError(
            f"put(): source and index must have the same number of elements, got "
            f"{raw(source).size} and {where[0].size}"
        )
    values = reshape(source, (-1,))
    if accumulate:
        out = flat + _scatter(values, shape=tuple(flat.shape), where=where)
    else:
        out = write(flat, values, where=where)
    return reshape(out, tuple(input.shape))


def _position(flat: Any, index: Any, name: str) -> Array:
    return checked_index(index, flat.shape[0], 0, name, dtypes=(np.int64,), negative=True)
