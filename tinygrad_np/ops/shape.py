"""Shapes: the same elements seen in another shape, and copies.

Everything here but `clone` and `contiguous` is a NumPy view wherever NumPy can make one. Whatever
only adds, drops or groups dimensions is one op, `_reshape`.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from typing import Any

import numpy as np

from tinygrad_np.ops.dims import one
from tinygrad_np.tape.op import Array, op

__all__ = [
    "clone",
    "expand",
    "permute",
    "reshape",
    "squeeze",
    "swapaxes",
    "transpose",
    "unsqueeze",
    "view",
]


def sizes(given: Sequence[Any], named: Any = None) -> tuple[int, ...]:
    """Sizes or dimensions that were given as ``f(x, 2, 3)``, as ``f(x, (2, 3))`` or by name."""
    if named is not None:
        given = (named,) if isinstance(named, int) else named
    elif len(given) == 1 and not isinstance(given[0], int):
        given = given[0] if isinstance(given[0], (tuple, list)) else given
    return tuple(map(operator.index, given))


@op(view=True)
def _reshape(input: Array, shape: tuple[int, ...]) -> Array:
    try:
        if min(shape, default=0) >= -1:
            return input.reshape(shape)
    except ValueError:
        pass
    raise RuntimeError(f"shape '{list(shape)}' is invalid for input of size {input.size}")


_reshape.backward(input=lambda grad, input_shape: grad.reshape(input_shape))


@op(view=True)
def _view(input: Array, shape: tuple[int, ...]) -> Array:
    out = _reshape(input, shape=shape)
    if out.size and not np.may_share_memory(out, input):
        raise RuntimeError(
            f"a tensor of shape {list(input.shape)} and strides {list(input.strides)} (in bytes) "
            f"can't be viewed as {list(shape)} without a copy; use reshape()"
        )
    return out


_view.backward(input=lambda grad, input_shape: grad.reshape(input_shape))


def reshape(input: Any, *sizes_: Any, shape: Any = None) -> Any:
    """The elements in another shape: a view where possible, else a copy."""
    return _reshape(input, shape=sizes(sizes_, shape))


def view(input: Any, *sizes_: Any, size: Any = None) -> Any:
    """The elements in another shape, always in the same memory."""
    return _view(input, shape=sizes(sizes_, size))


def squeeze(input: Any, dim: int | Sequence[int] | None = None) -> Any:
    """The tensor without its dimensions of size 1, or without those of them in `dim`."""
    shape = input.shape
    if dim is None:
        return _reshape(input, shape=tuple(n for n in shape if n != 1))
    dims = {one(d, len(shape)) for d in ((dim,) if isinstance(dim, int) else dim)}
    kept = tuple(n for i, n in enumerate(shape) if n != 1 or i not in dims)
    return _reshape(input, shape=kept)


def unsqueeze(input: Any, dim: int) -> Any:
    """The tensor with a dimension of size 1 put in before `dim`."""
    shape = tuple(input.shape)
    at = one(dim, len(shape) + 1)
    return _reshape(input, shape=(*shape[:at], 1, *shape[at:]))


@op(view=True)
def _expand(input: Array, shape: tuple[int, ...]) -> Array:
    lead = len(shape) - input.ndim
    full = shape[: max(lead, 0)] + tuple(
        have if want == -1 else want for have, want in zip(input.shape, shape[lead:], strict=False)
    )
    fits = lead >= 0 and min(full, default=0) >= 0
    if not (fits and all(a in (1, b) for a, b in zip(input.shape, full[lead:], strict=True))):
        raise RuntimeError(
            f"a tensor of shape {list(input.shape)} can't be expanded to {list(shape)}: only "
            "dimensions of size 1 can, and new ones are put in front"
        )
    return input.reshape(full) if math.prod(full) == input.size else np.broadcast_to(input, full)


_expand.backward(input=lambda grad: grad)


def expand(input: Any, *sizes_: Any, size: Any = None) -> Any:
    """The tensor with dimensions of size 1 repeated, without a copy."""
    return _expand(input, shape=sizes(sizes_, size))


@op(view=True)
def transpose(input: Array, dim0: int, dim1: int) -> Array:
    """The tensor with two dimensions swapped."""
    return (
        input.swapaxes(one(dim0, input.ndim), one(dim1, input.ndim)) if input.ndim else input[...]
    )


transpose.backward(input=lambda grad, dim0, dim1: grad.swapaxes(dim0, dim1) if grad.ndim else grad)


def swapaxes(input: Any, axis0: int, axis1: int) -> Any:
    """`transpose`, by NumPy's name."""
    return transpose(input, dim0=axis0, dim1=axis1)


@op(view=True)
def _permute(input: Array, dims: tuple[int, ...]) -> Array:
    return input.transpose(dims)


_permute.backward(input=lambda grad, dims: _permute(grad, dims=tuple(np.argsort(dims).tolist())))


def permute(input: Any, *dims_: Any, dims: Any = None) -> Any:
    """The tensor with its dimensions in another order."""
    order = sizes(dims_, dims)
    ndim = len(input.shape)
    if len(order) != ndim:
        raise RuntimeError(
            f"permute(): {list(order)} names {len(order)} dimensions; the input of "
            f"shape {list(input.shape)} has {ndim}"
        )
    wrapped = tuple(one(d, ndim) for d in order)
    if len(set(wrapped)) != ndim:
        raise RuntimeError(f"permute(): a dimension stands twice in {list(order)}")
    return _permute(input, dims=wrapped)


@op
def clone(input: Array) -> Array:
    """A copy, in the memory layout of the original."""
    return input.copy(order="K")


clone.backward(input=lambda grad: grad)


def unbind(input: Any, dim: int = 0) -> Any:
    return tuple(input[i] for i in range(input.shape[0]))
