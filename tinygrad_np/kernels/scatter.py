"""Adding values at places that may repeat: what the gradient of indexing comes down to."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

Array = Any
FEW = 8  # indices whose lines are added one by one
SMALL = 2**14  # up to so many values a sparse matrix takes longer to set up than it saves


def add_rows(out: Array, index: Array, rows: Array) -> None:
    """``out[index[i]] += rows[i]`` for every i, repeated indices counting each time.

    Parameters
    ----------
    out : ndarray (V, D), contiguous
        Of zeros; changed in place.
    index : ndarray of int (n,)
        Each in [0, V).
    rows : ndarray (n, D)

    Notes
    -----
    The sparse product goes once through `rows`, at the speed of memory; `np.add.at` on rows is
    ten times slower, and sorting before `np.add.reduceat` is no better.
    """
    n, width = rows.shape
    if rows.size <= SMALL or width == 1 or out.dtype.char not in "fd":
        places = index[:, None] * width + np.arange(width)
        np.add.at(out.reshape(-1), places.reshape(-1), rows.reshape(-1))
        return
    from scipy.sparse import csc_array

    column_ends = np.arange(n + 1)
    selection = csc_array((np.ones(n, out.dtype), index, column_ends), shape=(len(out), n))
    out[...] = selection @ rows


def add_at(out: Array, where: tuple[Any, ...], values: Array) -> None:
    """``out[where] += values``, repeated places counting each time.

    Parameters
    ----------
    out : ndarray, contiguous
        Of zeros; changed in place.
    where : tuple
        An index without Python ints among its arrays.
    values : ndarray
        Of the shape of ``out[where]``.
    """
    integers = [w for w in where if isinstance(w, np.ndarray) and w.dtype.kind != "b"]
    if not integers:  # slices and masks name each place once
        out[where] = values
        return
    axis = _only_index(where, out.ndim)
    if axis is not None:
        index = np.where(integers[0] < 0, integers[0] + out.shape[axis], integers[0])
        lines = np.moveaxis(out, axis, 0)
        inner = values.ndim - (out.ndim - 1 - axis)  # the index's own dimensions end here
        values = np.moveaxis(values, range(axis, inner), range(inner - axis))
        values = values.reshape(index.size, *lines.shape[1:])
        if index.size <= FEW:
            for i, line in zip(index.flat, values, strict=True):
                lines[i] += line
            return
        target = lines if axis == 0 else np.zeros(lines.shape, out.dtype)
        width = math.prod(lines.shape[1:])
        rows = values.reshape(index.size, width)
        add_rows(target.reshape(len(lines), width), index.reshape(-1), rows)
        if axis:
            lines[...] = target
        return
    if len(integers) == len(where) == out.ndim:
        places = np.ravel_multi_index(tuple(where), out.shape, mode="wrap")
    else:
        places = np.arange(out.size).reshape(out.shape)[where]
    np.add.at(out.reshape(-1), places.reshape(-1), values.reshape(-1))


def _only_index(where: tuple[Any, ...], ndim: int) -> int | None:
    """The axis that one index array picks from while all others are whole; else None."""
    axis, position = None, 0
    for w in where:
        if isinstance(w, np.ndarray):
            if axis is not None:
                return None
            axis = position
        elif w is Ellipsis:
            position += ndim - len(where)
        elif not isinstance(w, slice) or w != slice(None):
            return None
        position += 1
    return axis
