"""Indexing, read and written.

An index is parsed once into a view part (ints, slices, None, Ellipsis) and a part with arrays,
which copies. Reading and writing by arrays are three ops: `_index`, its gradient `_scatter`, and
the tape's `write`; everything that gathers or scatters is made of these.
"""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from tinygrad_np.kernels import scatter as kernels
from tinygrad_np.ops.dims import one
from tinygrad_np.ops.shape import expand
from tinygrad_np.tape.graph import TensorBase
from tinygrad_np.tape.inplace import assign
from tinygrad_np.tape.op import Array, op

__all__ = ["gather", "take_along_dim"]

Where = tuple[Any, ...]


@op(view=True)
def _getitem(input: Array, where: Where) -> Array:
    return input[where]


_getitem.backward(
    input=lambda grad, input_shape, where: _scatter(grad, shape=input_shape, where=where)
)


@op
def _index(input: Array, where: Where) -> Array:
    return input[where]


_index.backward(
    input=lambda grad, input_shape, where: _scatter(grad, shape=input_shape, where=where)
)


@op
def _scatter(input: Array, shape: tuple[int, ...], where: Where) -> Array:
    """Zeros of `shape` with `input` added at `where`."""
    out = np.zeros(shape, input.dtype)
    kernels.add_at(out, where, input)
    return out


_scatter.backward(input=lambda grad, where: _index(grad, where=where))


def getitem(input: Any, where: Any) -> Any:
    """``input[where]``: a view for ints, slices, None and Ellipsis, a copy for arrays."""
    if type(where) is int:
        return _getitem(input, where=(where, ...))
    basic, advanced = _parse(where)
    if basic is not None:
        input = _getitem(input, where=basic)
    return input if advanced is None else _index(input, where=advanced)


def setitem(input: Any, where: Any, value: Any) -> None:
    """``input[where] = value``."""
    basic, advanced = _parse(where)
    if basic is not None:
        input = _getitem(input, where=basic)
    assign(input, value, where=advanced or ...)


def _parse(where: Any) -> tuple[Where | None, Where | None]:
    """An index as a part that makes a view and one that copies; either may be None."""
    items = [_item(w) for w in (where if isinstance(where, tuple) else (where,))]
    arrays = any(isinstance(w, np.ndarray) for w in items)
    if not arrays:
        return (*items, *([] if Ellipsis in items else [...])), None  # a 0-d result stays an array
    if not any(isinstance(w, int) for w in items):
        return None, tuple(items)
    # PyTorch takes ints first and on their own; NumPy would broadcast them with the arrays.
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
    return tuple(basic), tuple(advanced)


def _item(w: Any) -> Any:
    """One part of an index: an int, a slice, None, Ellipsis, or an array of its own memory."""
    if w is None or w is Ellipsis or type(w) is int:
        return w
    if isinstance(w, slice):
        if w.step is not None and operator.index(w.step) <= 0:
            raise ValueError(f"slice step must be greater than zero, got {w.step}; use flip()")
        return w
    if isinstance(w, TensorBase):
        w = w._array
    array = np.array(w)  # a copy: the gradient is to find the index as it is now
    if array.dtype.kind == "f" and not array.size:
        array = array.astype(np.intp)
    if array.dtype.kind not in "iub":
        raise IndexError(
            "an index is an int, a slice, None, Ellipsis, or a tensor or list of ints or bools; "
            f"got {type(w).__name__} of dtype {array.dtype}"
        )
    if array.dtype.kind == "b":
        return array
    return int(array) if array.ndim == 0 else array.astype(np.intp, copy=False)


def gather(input: Any, dim: int, index: Any) -> Any:
    """``out[i][j][k] = input[i][index[i][j][k]][k]``, for ``dim=1``."""
    return _index(input, where=_along(input, dim, index))


def _along(input: Any, dim: int, index: Any) -> Where:
    """The place in `input` for each entry of `index`, which counts along `dim`."""
    array = np.array(index._array if isinstance(index, TensorBase) else index, np.intp)
    where: list[Any] = list(np.ogrid[tuple(slice(n) for n in array.shape)])
    where[one(dim, array.ndim)] = array
    return tuple(where)


def take_along_dim(input: Any, indices: Any, dim: int | None = None) -> Any:
    """`gather` with shapes broadcast."""
    if dim is None:
        return gather(input.reshape(-1), 0, indices.reshape(-1))
    at = one(dim, input.ndim)
    lead = np.broadcast_shapes(*((*x.shape[:at], 1, *x.shape[at + 1 :]) for x in (input, indices)))
    whole = (*lead[:at], indices.shape[at], *lead[at + 1 :])
    array = indices._array if isinstance(indices, TensorBase) else indices
    full = (*lead[:at], input.shape[at], *lead[at + 1 :])
    return gather(expand(input, full), at, np.broadcast_to(array, whole))
