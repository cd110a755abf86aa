"""Indexing, read and written.

An index is parsed once, into a part that makes a view (ints, slices, None, Ellipsis) and a part
with arrays, which copies. Reading by arrays is the op `_index`, its gradient is `_scatter`, and
writing is the tape's `write`: everything that gathers or scatters is made of these three.
"""

from __future__ import annotations

import operator
import warnings
from collections.abc import Sequence
from types import EllipsisType
from typing import Any

import numpy as np

from tinygrad_np.kernels import scatter as kernels
from tinygrad_np.kernels.layout import ordered
from tinygrad_np.ops.shape import expand, raw, reshape
from tinygrad_np.tape.graph import Part, TensorBase
from tinygrad_np.tape.inplace import assign
from tinygrad_np.tape.op import Array, op
from tinygrad_np.tape.record import recorded_whole
from tinygrad_np.tape.refuse import looked_at

__all__ = ["getitem", "setitem"]

Where = tuple[Any, ...]
_ALL = slice(None)


@op(view=True)
def _getitem(input: Array, where: Where) -> Array:
    return _picked(input, where)


def _picked(array: Array, where: Where) -> Array:
    try:
        return array[where]
    except IndexError as error:
        if not str(error).startswith("too many indices"):
            raise
        count = str(error).rpartition("but ")[2]  # "3 were indexed"
        hint = "" if array.ndim else "; .item() gives its number to Python"
        raise IndexError(
            f"too many indices for tensor of dimension {array.ndim}: {count}{hint}"
        ) from None


@_getitem.backward("input")
def _(grad: Array, input_shape: Sequence[int], where: Where) -> Any:
    if isinstance(grad, np.ndarray):
        return Part(grad, where)
    return _scatter(grad, shape=input_shape, where=where)


@op
def _index(input: Array, where: Where) -> Array:
    *whole, last = where
    numbers = isinstance(last, np.ndarray) and last.dtype.kind == "i"
    plain = all(isinstance(w, slice) and w == _ALL for w in whole)
    if numbers and plain and len(whole) < input.ndim:
        return input.take(last, len(whole))  # straight into the order of the indices
    return ordered(_picked(input, where))


@_index.backward("input")
def _(grad: Array, input_shape: Sequence[int], where: Where) -> Any:
    return _scatter(grad, shape=input_shape, where=where)


@op
def _scatter(input: Array, shape: Sequence[int], where: Where) -> Array:
    """Zeros of `shape` with `input` added at `where`."""
    out = np.zeros(shape, input.dtype)
    kernels.add_at(out, where, input)
    return out


_scatter.backward(input=lambda grad, where: _index(grad, where=where))


def getitem(input: Any, where: Any) -> Any:
    """``input[where]``: a view for ints, slices, None and Ellipsis, a copy for arrays.

    Ints, slices with a positive step, None, Ellipsis, and tensors, arrays, lists or ranges of
    ints or bools, in any mixture.

    Raises
    ------
    IndexError
        For an index out of range, too many of them, or one of floats.
    ValueError
        For a step that is not positive; `flip` reverses.

    Notes
    -----
    A list of numbers stands for the tensor of them. One with tensors, lists, slices, None or
    Ellipsis in it stands for the tuple of its elements, as still in PyTorch 2, with a warning.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> x = tg.tensor([[1, 2, 3], [4, 5, 6]])
    >>> x[:, 1], x[x > 4], x[[1, 0], [0, 2]]
    (tensor([2, 5]), tensor([5, 6]), tensor([4, 3]))
    """
    if type(where) is int:
        return _getitem(input, where=(where, ...))
    basic, advanced = _parse(where)
    if basic is not None:
        input = _getitem(input, where=basic)
    return input if advanced is None else _index(input, where=advanced)


def setitem(input: Any, where: Any, value: Any) -> None:
    """``input[where] = value``, for a number or a tensor that broadcasts to what is written to.

    If an index stands twice, the last of its values stays.

    Raises
    ------
    IndexError, ValueError
        As for reading.
    RuntimeError
        If the value does not fit in shape or dtype, and for a leaf that requires grad.
    TypeError
        For a list and other things.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> x = tg.zeros(2, 3)
    >>> x[0, 1:] = tg.tensor([1.0, 2.0])
    >>> x[x == 0] = 7
    >>> x
    tensor([[7., 1., 2.],
            [7., 7., 7.]])
    """
    if not isinstance(value, (TensorBase, np.ndarray, np.generic, int, float, complex)):
        raise TypeError(
            f"can't assign a {type(value).__name__} to elements of a tensor: expected a number or "
            "a tensor; make one with tensor(...)"
        )
    basic, advanced = _parse(where, masks=np.ndim(raw(value)) == 0)
    if basic is not None:
        input = _getitem(input, where=basic)
    if advanced is None:
        assign(input, _without_leading_ones(value, len(input.shape)))
    else:
        same_dtype(input, value, "x[...] = value")
        assign(input, fitted(value, raw(input), advanced), where=advanced)


def _without_leading_ones(value: Any, ndim: int) -> Any:
    """A value with more dimensions than its place has, if these are of size 1."""
    shape = np.shape(raw(value))
    extra = max(len(shape) - ndim, 0)
    return reshape(value, shape[extra:]) if extra and set(shape[:extra]) == {1} else value


def fitted(values: Any, array: Array, where: Where) -> Any:
    """A number, or a tensor expanded to the shape of ``array[where]``."""
    place, shape = _picked(array, where).shape, np.shape(raw(values))
    if not shape:
        return values
    values = _without_leading_ones(values, len(place))
    try:
        return expand(values, place)
    except RuntimeError:
        raise RuntimeError(
            f"shape mismatch: a value of shape {list(shape)} cannot be broadcast to what the "
            f"index picks out of a tensor of shape {list(array.shape)}: {list(place)}"
        ) from None


def same_dtype(input: Any, source: Any, name: str) -> None:
    """RuntimeError for tensors of different dtypes."""
    a, b = raw(input), raw(source)
    if isinstance(b, np.ndarray) and a.dtype != b.dtype:
        raise RuntimeError(
            f"{name}: the tensor and the values must have the same dtype, got {a.dtype} and "
            f"{b.dtype}; convert with .to()"
        )


# --- parsing an index ---


def _parse(where: Any, masks: bool = False) -> tuple[Where | None, Where | None]:
    """An index as a part that makes a view and a part that copies; either may be None.

    With `masks` it does not matter how many elements masks pick out.
    """
    if isinstance(where, list) and any(isinstance(w, _NOT_NUMBERS) for w in where):
        warnings.warn(
            "Using a non-tuple sequence for multidimensional indexing is deprecated: a list with "
            "tensors or lists in it is taken for the tuple of its elements. Use x[tuple(index)], "
            "or x[tensor(index)] for one index",
            UserWarning,
            stacklevel=4,
        )
        where = tuple(where)
    items = [_item(w, masks) for w in (where if isinstance(where, tuple) else (where,))]
    while items and items[-1] is Ellipsis and any(w is Ellipsis for w in items[:-1]):
        items.pop()  # a second one stands for nothing
    kinds = {*map(type, items)}
    if np.ndarray not in kinds:
        if Ellipsis not in items:
            items.append(...)  # so that a 0-d result is an array, not a NumPy scalar
        return tuple(items), None
    if int not in kinds:
        return None, tuple(items)
    # PyTorch takes ints first and for themselves; NumPy would broadcast them with the arrays.
    basic: list[Any] = []
    advanced: list[Any] = []
    for w in items:
        if isinstance(w, np.ndarray):
            basic += [slice(None)] * (w.ndim if w.dtype.kind == "b" else 1)
            advanced.append(w)
        else:
            basic.append(w)
            if not isinstance(w, int):
                advanced.append(w if w is Ellipsis else slice(None))
    if Ellipsis not in basic:
        basic.append(...)  # so that of ints alone it is a view, too
    return tuple(basic), tuple(advanced)


_PLAIN = (int, type(None))
_NOT_NUMBERS = (slice, EllipsisType, type(None), TensorBase, np.ndarray, list, tuple, range)


def _plain(w: slice) -> slice:
    """A slice whose ends may be tensors as one of ints."""
    return slice(*(None if v is None else operator.index(v) for v in (w.start, w.stop, w.step)))


def _item(w: Any, masks: bool) -> Any:
    """One part of an index: an int, a slice, None, Ellipsis, or an array of its own memory."""
    if w is None or w is Ellipsis or type(w) is int:
        return w
    if isinstance(w, slice):
        start, stop, step = w.start, w.stop, w.step
        if step is not None and operator.index(step) <= 0:
            raise ValueError(f"slice step must be greater than zero, got {step}; use flip()")
        plain = type(start) in _PLAIN and type(stop) in _PLAIN and type(step) in _PLAIN
        return w if plain else _plain(w)
    array = index_array(w)
    if not array.ndim or (array.dtype.kind == "b" and not masks):
        looked_at("an index of bools or of no dimensions")
    return int(array) if array.ndim == 0 and array.dtype.kind != "b" else array


@recorded_whole
def index_array(w: Any) -> Array:
    """An index of ints or bools as an array of its own memory: it is found again as it is now."""
    array = np.array(raw(w))
    if not array.size and isinstance(w, (list, tuple, range)):
        array = array.astype(np.intp)
    if array.dtype == np.uint8:
        warnings.warn("indexing with a uint8 mask is deprecated, use bool", stacklevel=5)
        array = array.astype(bool)
    if array.dtype not in (np.int64, np.int32, bool):
        raise (TypeError if isinstance(w, str) else IndexError)(
            "an index is an int, a slice, None, Ellipsis, or a tensor or list of dtype int64, "
            f"int32 or bool; got {type(w).__name__} of dtype {array.dtype}"
        )
    return array.astype(np.intp, copy=False) if array.dtype.kind != "b" else array
