"""Joining tensors."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import numpy as np

from tinygrad_np import dtypes
from tinygrad_np.ops.dims import one
from tinygrad_np.tape.op import Array, op

__all__ = ["cat", "stack"]


def _common_dtype(arrays: Sequence[Array]) -> np.dtype[Any]:
    return functools.reduce(dtypes.promote, (a.dtype for a in arrays))


@op
def _cat(*tensors: Array, dim: int = 0) -> Array:
    full = [a for a in tensors if a.shape != (0,)] or tensors
    return np.concatenate(full, dim, dtype=_common_dtype(tensors))


@_cat.backward("tensors")
def _(grad: Array, tensors_shape: list[tuple[int, ...]], dim: int, index: int) -> Array:
    if tensors_shape[index] == (0,):
        return grad.reshape((-1,))[:0]
    start = sum(s[dim] for s in tensors_shape[:index] if s != (0,))
    return grad[(slice(None),) * dim + (slice(start, start + tensors_shape[index][dim]),)]


def cat(tensors: Sequence[Any], dim: int = 0) -> Any:
    """The tensors one after the other along `dim`."""
    return _cat(*tensors, dim=one(dim, max(len(t.shape) for t in tensors)))


@op
def _stack(*tensors: Array, dim: int = 0) -> Array:
    return np.stack(tensors, dim, dtype=_common_dtype(tensors))


_stack.backward(tensors=lambda grad, dim, index: grad[(slice(None),) * dim + (index,)])


def stack(tensors: Sequence[Any], dim: int = 0) -> Any:
    """The tensors side by side along a new dimension `dim`."""
    return _stack(*tensors, dim=one(dim, len(tensors[0].shape) + 1))
