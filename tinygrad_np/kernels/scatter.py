"""Adding values at places that may repeat: what a gradient of indexing comes down to."""

from __future__ import annotations

from typing import Any

import numpy as np

Array = Any
SMALL = 2**14  # below this many values a sparse matrix takes longer to set up than to multiply


def add_rows(out: Array, index: Array, rows: Array) -> None:
    """``out[index[i]] += rows[i]`` for every i, repeated indices counting each time.

    Parameters
    ----------
    out : ndarray (V, D), contiguous
        Of zeros; changed in place.
    index : ndarray of int (n,)
        Each in [0, V).
    rows : ndarray (n, D)
    """
    width = out.shape[1]
    if rows.size <= SMALL or width == 1 or out.dtype.char not in "fd":
        places = index[:, None] * width + np.arange(width)
        np.add.at(out.reshape(-1), places.reshape(-1), rows.reshape(-1))
        return
    from scipy.sparse import csc_array

    n = len(index)
    ones = np.ones(n, out.dtype)
    out[...] = csc_array((ones, index, np.arange(n + 1)), shape=(len(out), n)) @ rows


def add_at(out: Array, where: tuple[Any, ...], values: Array) -> None:
    """``out[where] += values`` into contiguous zeros, repeated places counting each time."""
    integers = [i for i, w in enumerate(where) if isinstance(w, np.ndarray) and w.dtype.kind != "b"]
    if not integers:  # slices and masks name each place once
        out[where] = values
        return
    index = where[integers[0]]
    if len(integers) == 1 and _names_first(where):
        rows = values.reshape(index.size, -1) if values.size else values.reshape(index.size, 0)
        flat = np.where(index < 0, index + out.shape[0], index).reshape(-1)
        add_rows(out.reshape(out.shape[0], -1), flat, rows)
        return
    places = np.arange(out.size).reshape(out.shape)[where]
    np.add.at(
        out.reshape(-1), places.reshape(-1), np.broadcast_to(values, places.shape).reshape(-1)
    )


def _names_first(where: tuple[Any, ...]) -> bool:
    """Whether an index array stands in front of nothing but full slices."""
    return isinstance(where[0], np.ndarray) and all(
        w is Ellipsis or (isinstance(w, slice) and w == slice(None)) for w in where[1:]
    )
