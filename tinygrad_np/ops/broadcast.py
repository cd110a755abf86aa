"""Shapes made to fit: expanded to a common one, or given the dimensions that are missing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tinygrad_np.ops.shape import expand, reshape
from tinygrad_np.size import Size

__all__ = [
    "atleast_1d",
    "atleast_2d",
    "atleast_3d",
    "broadcast_shapes",
    "broadcast_tensors",
    "broadcast_to",
    "expand_as",
]


def expand_as(input: Any, other: Any) -> Any:
    """`expand` to the shape of another tensor.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.tensor([1, 2]).expand_as(tg.zeros(2, 2))
    tensor([[1, 2],
            [1, 2]])
    """
    return expand(input, tuple(other.shape))


def broadcast_to(input: Any, *sizes: Any, size: Any = None) -> Any:
    """`expand` under NumPy's name.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.broadcast_to(tg.tensor([1, 2]), (2, 2))
    tensor([[1, 2],
            [1, 2]])
    """
    return expand(input, *sizes, size=size)


def broadcast_shapes(*shapes: Any) -> Any:
    """The shape that these shapes broadcast to.

    Raises
    ------
    RuntimeError
        If they do not broadcast.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.broadcast_shapes((2, 1), (3,))
    torch.Size([2, 3])
    """
    try:
        return Size(np.broadcast_shapes(*shapes))
    except ValueError:
        found = " and ".join(str(list(s) if isinstance(s, Sequence) else s) for s in shapes)
        raise RuntimeError(
            f"the shapes {found} can't be broadcast to one: from the last dimension on, sizes "
            "must be equal or 1"
        ) from None


def broadcast_tensors(*tensors: Any) -> tuple[Any, ...]:
    """The tensors expanded to their common shape.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> [t.shape for t in tg.broadcast_tensors(tg.zeros(2, 1), tg.zeros(3))]
    [torch.Size([2, 3]), torch.Size([2, 3])]
    """
    shape = broadcast_shapes(*(tuple(t.shape) for t in tensors))
    return tuple(expand(t, shape) for t in tensors)


def atleast_1d(*tensors: Any) -> Any:
    """0-d tensors as 1-d ones, others as they are; a tuple for several tensors.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.atleast_1d(tg.tensor(3))
    tensor([3])
    """
    return _each(tensors, lambda shape: shape or (1,))


def atleast_2d(*tensors: Any) -> Any:
    """Tensors of fewer dimensions as 2-d ones, with new dimensions in front.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.atleast_2d(tg.tensor([3, 4]))
    tensor([[3, 4]])
    """
    return _each(tensors, lambda shape: (1,) * (2 - len(shape)) + shape)


def atleast_3d(*tensors: Any) -> Any:
    """Tensors of fewer dimensions as 3-d ones: (n,) becomes (1, n, 1), (m, n) becomes (m, n, 1).

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.atleast_3d(tg.zeros(5)).shape, tg.atleast_3d(tg.zeros(4, 5)).shape
    (torch.Size([1, 5, 1]), torch.Size([4, 5, 1]))
    """
    return _each(
        tensors,
        lambda s: ((1, 1, 1), (1, *s, 1), (*s, 1))[len(s)] if len(s) < 3 else s,
    )


def _each(tensors: tuple[Any, ...], wanted: Any) -> Any:
    """Each of the tensors in the shape that `wanted` makes of its own."""
    if len(tensors) == 1 and not isinstance(tensors[0], (tuple, list)):
        return reshape(tensors[0], wanted(tuple(tensors[0].shape)))
    many = tensors[0] if len(tensors) == 1 else tensors
    return tuple(reshape(t, wanted(tuple(t.shape))) for t in many)
