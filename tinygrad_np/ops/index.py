"""Indexing, read and written."""

from __future__ import annotations

from typing import Any

from tinygrad_np.tape.inplace import assign
from tinygrad_np.tape.op import Array, op


@op(view=True)
def getitem(input: Array, where: Any) -> Array:
    index = where if isinstance(where, tuple) else (where,)
    return input[(*index, ...)]


@getitem.backward("input")
def _(grad: Array, input_shape: Any, where: Any) -> Array:
    raise NotImplementedError


def setitem(input: Any, where: Any, value: Any) -> None:
    assign(input[where], value)
