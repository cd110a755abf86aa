"""Joining tensors: along a dimension that they have, or along a new one.

Tensors of different dtypes are brought to their common one.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import numpy as np

from tinygrad_np import dtypes
from tinygrad_np.kernels.layout import ordered
from tinygrad_np.ops.broadcast import atleast_1d, atleast_2d, atleast_3d
from tinygrad_np.ops.dims import numpy_names, one
from tinygrad_np.ops.shape import raw, reshape
from tinygrad_np.tape.op import Array, op
from tinygrad_np.tape.out import takes_out

__all__ = [
    "cat",
    "column_stack",
    "concat",
    "concatenate",
    "dstack",
    "hstack",
    "row_stack",
    "stack",
    "vstack",
]

Shape = tuple[int, ...]
EMPTY: Shape = (0,)  # `cat` skips tensors of this shape, whatever the shape of the others


def _common_dtype(arrays: Sequence[Array]) -> np.dtype[Any]:
    return functools.reduce(dtypes.promote, (a.dtype for a in arrays))


@op
def _cat(*tensors: Array, dim: int) -> Array:
    kept = [a for a in tensors if a.shape != EMPTY] or tensors
    return ordered(np.concatenate(kept, dim, dtype=_common_dtype(tensors)))


@_cat.backward("tensors")
def _(grad: Array, tensors_shape: list[Shape], dim: int, index: int) -> Any:
    if tensors_shape[index] == EMPTY:
        return grad.reshape((-1,))[:0]
    start = sum(shape[dim] for shape in tensors_shape[:index] if shape != EMPTY)
    return grad[(slice(None),) * dim + (slice(start, start + tensors_shape[index][dim]),)]


@numpy_names
def cat(tensors: Sequence[Any], dim: int = 0) -> Any:
    """The tensors one after the other along `dim`.

    Parameters
    ----------
    tensors : sequence of Tensor
        At least one; equal in shape but for `dim`. Those of shape (0,) are skipped.
    dim : int, default 0

    Raises
    ------
    RuntimeError
        If the shapes do not fit, or a tensor is 0-d (`stack` joins those).
    ValueError
        For an empty list.
    TypeError
        If `tensors` is a single tensor.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.cat([tg.tensor([1, 2]), tg.tensor([3])])
    tensor([1, 2, 3])
    """
    given = _list(tensors, "cat")
    if not given:
        raise ValueError("cat() expects a non-empty list of tensors")
    shapes = [raw(t).shape for t in given]
    first = next((s for s in shapes if s != EMPTY), EMPTY)
    at = one(dim, len(first)) if first != EMPTY else 0
    rest = first[:at] + first[at + 1 :]
    for shape in shapes:
        fits = len(shape) == len(first) and shape[:at] + shape[at + 1 :] == rest
        if not shape or not (fits or shape == EMPTY):
            raise RuntimeError(
                "cat() takes tensors of at least 1 dimension whose sizes match except in "
                f"dimension {dim}; got shapes {[list(s) for s in shapes]}"
            )
    return _cat(*given, dim=at)


def _list(tensors: Sequence[Any], name: str) -> list[Any]:
    """Tensors given as a list or tuple; TypeError for one tensor or other things."""
    if not isinstance(tensors, (list, tuple)):
        raise TypeError(
            f"{name}(): tensors must be a list or tuple of tensors, not {type(tensors).__name__}"
        )
    for i, t in enumerate(tensors):
        if not hasattr(t, "shape"):
            raise TypeError(f"{name}(): expected a tensor as element {i}, got {type(t).__name__}")
    return list(tensors)


@numpy_names
def concat(tensors: Sequence[Any], dim: int = 0) -> Any:
    """`cat` under another name.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.concat([tg.tensor([1, 2]), tg.tensor([3])])
    tensor([1, 2, 3])
    """
    return cat(tensors, dim)


def concatenate(tensors: Sequence[Any], axis: int = 0, *, dim: int | None = None) -> Any:
    """`cat` under NumPy's name.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.concatenate([tg.tensor([1, 2]), tg.tensor([3])], axis=0)
    tensor([1, 2, 3])
    """
    return cat(tensors, axis if dim is None else dim)


@op
def _stack(*tensors: Array, dim: int) -> Array:
    return ordered(np.stack(tensors, dim, dtype=_common_dtype(tensors)))


_stack.backward(tensors=lambda grad, dim, index: grad[(slice(None),) * dim + (index,)])


@numpy_names
def stack(tensors: Sequence[Any], dim: int = 0) -> Any:
    """The tensors side by side along a new dimension.

    Parameters
    ----------
    tensors : sequence of Tensor
        At least one, all of one shape.
    dim : int, default 0
        Where the new dimension stands in the result.

    Raises
    ------
    RuntimeError
        For different shapes, and for an empty list.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.stack([tg.tensor([1, 2]), tg.tensor([3, 4])], dim=1)
    tensor([[1, 3],
            [2, 4]])
    """
    given = _list(tensors, "stack")
    if not given or any(t.shape != given[0].shape for t in given):
        raise RuntimeError(
            "stack() expects a non-empty list of tensors of equal size, got shapes "
            f"{[list(t.shape) for t in given]}"
        )
    return _stack(*given, dim=one(dim, len(given[0].shape) + 1))


@takes_out
def hstack(tensors: Sequence[Any]) -> Any:
    """The tensors side by side: along dimension 1, vectors along dimension 0.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.hstack([tg.tensor([[1], [2]]), tg.tensor([[3], [4]])])
    tensor([[1, 3],
            [2, 4]])
    """
    given = _some(tensors, "hstack", atleast_1d)
    return cat(given, 0 if len(given[0].shape) == 1 else 1)


@takes_out
def vstack(tensors: Sequence[Any]) -> Any:
    """The tensors one below the other: along dimension 0, vectors as rows.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.vstack([tg.tensor([1, 2]), tg.tensor([3, 4])])
    tensor([[1, 2],
            [3, 4]])
    """
    return cat(_some(tensors, "vstack", atleast_2d), 0)


def row_stack(tensors: Sequence[Any]) -> Any:
    """`vstack` under another name.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.row_stack([tg.tensor([1, 2]), tg.tensor([3, 4])])
    tensor([[1, 2],
            [3, 4]])
    """
    return vstack(tensors)


@takes_out
def dstack(tensors: Sequence[Any]) -> Any:
    """The tensors one behind the other: along dimension 2.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.dstack([tg.tensor([1, 2]), tg.tensor([3, 4])])
    tensor([[[1, 3],
             [2, 4]]])
    """
    return cat(_some(tensors, "dstack", atleast_3d), 2)


@takes_out
def column_stack(tensors: Sequence[Any]) -> Any:
    """The tensors side by side, vectors as columns.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.column_stack([tg.tensor([1, 2]), tg.tensor([3, 4])])
    tensor([[1, 3],
            [2, 4]])
    """
    return cat(_some(tensors, "column_stack", _as_columns), 1)


def _as_columns(tensor: Any) -> Any:
    return reshape(tensor, (-1, 1)) if len(tensor.shape) < 2 else tensor


def _some(tensors: Sequence[Any], name: str, shaped: Any) -> list[Any]:
    """At least one tensor, each brought to a shape."""
    given = _list(tensors, name)
    if not given:
        raise RuntimeError(f"{name}() expects a non-empty list of tensors")
    return [shaped(t) for t in given]
