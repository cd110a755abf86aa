"""Tensors of any steps through memory.

Source: https://pytorch.org/docs/stable/generated/torch.as_strided.html
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from tinygrad_np.conversion import Options, made
from tinygrad_np.creation import float_type
from tinygrad_np.ops.shape import numbers
from tinygrad_np.storage import _memory, _strided
from tinygrad_np.tape.grad_mode import mode, set_grad_enabled
from tinygrad_np.tape.graph import make
from tinygrad_np.tape.op import Array, op

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from tinygrad_np.tensor import Tensor

__all__ = ["as_strided", "as_strided_scatter", "empty_strided"]

Ints = tuple[int, ...]


@op(view=True)
def _steps(input: Array, *, size: Ints, stride: Ints, offset: int) -> Array:
    return _strided(np.ascontiguousarray(input), offset, size, stride)


@_steps.backward("input")
def _(grad: Array, input_shape: Ints, size: Ints, stride: Ints, offset: int) -> Any:
    return _add_steps(grad, count=input_shape[0], size=size, stride=stride, offset=offset)


@op
def _add_steps(input: Array, *, count: int, size: Ints, stride: Ints, offset: int) -> Array:
    """As many zeros with values added where `_steps` takes them."""
    where = _strided(np.arange(count), offset, size, stride)
    out = np.zeros(count, input.dtype)
    np.add.at(out, where, input)
    return out


@_add_steps.backward("input")
def _(grad: Array, size: Ints, stride: Ints, offset: int) -> Any:
    return _steps(grad, size=size, stride=stride, offset=offset)


def as_strided(
    input: Any, size: Sequence[int], stride: Sequence[int], storage_offset: int | None = None
) -> Any:
    """The elements of a tensor's memory at these steps, as a tensor of this size; a view.

    Parameters
    ----------
    input : Tensor
    size, stride : sequence of int
        The shape, and the steps in memory along each dimension, in elements.
    storage_offset : int, optional
        Of the first element; that of `input` unless given.

    Raises
    ------
    RuntimeError
        For steps or an offset below 0, for elements outside of the memory, and for a tensor on
        the tape that is not contiguous.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.as_strided(tg.tensor([1, 2, 3, 4]), (3, 2), (1, 1))
    tensor([[1, 2],
            [2, 3],
            [3, 4]])
    """
    shape, steps = numbers((size,)), numbers((stride,))
    if len(shape) != len(steps):
        raise RuntimeError(f"mismatch in length of strides and shape: {steps} and {shape}")
    if min(steps, default=0) < 0:
        raise RuntimeError(f"as_strided: Negative strides are not supported, got {list(steps)}")
    memory, at = _memory(input)
    offset = at if storage_offset is None else operator.index(storage_offset)
    if offset < 0:
        raise RuntimeError(f"Tensor: invalid storage offset {offset}")
    array = _strided(memory, offset, shape, steps)  # or an error
    last = offset + sum((n - 1) * s for n, s in zip(shape, steps, strict=True))
    inside = at <= offset and last < at + array_size(input)
    source = input if inside or input._view is None else input._view.base
    if source is input:
        offset -= at
    if not source.is_contiguous() or source.dtype != input.dtype:
        if source.requires_grad:
            raise RuntimeError(
                f"as_strided: a tensor of shape {list(source.shape)} that requires grad is not "
                "contiguous; call .contiguous() on it first"
            )
        return make(array, None, input._versions())
    with set_grad_enabled(mode.grad and (input.requires_grad or not source.requires_grad)):
        return _steps(source.reshape(-1), size=shape, stride=steps, offset=offset)


def array_size(input: Any) -> int:
    """How many elements lie in memory from a tensor's first on, of a contiguous one."""
    return int(input.numel()) if input.is_contiguous() else 0


def as_strided_scatter(
    input: Any,
    src: Any,
    size: Sequence[int],
    stride: Sequence[int],
    storage_offset: int | None = None,
) -> Any:
    """A copy of `input` with `src` where `as_strided` takes elements.

    Raises
    ------
    RuntimeError
        If `src` does not have that size, and as `as_strided`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.as_strided_scatter(tg.zeros(2, 2), tg.ones(2), (2,), (3,))
    tensor([[1., 0.],
            [0., 1.]])
    """
    if tuple(src.shape) != tuple(size):
        raise RuntimeError(
            "expected src to have a size equal to the slice of self. src size = "
            f"{list(src.shape)}, slice size = {list(size)}"
        )
    memory, at = _memory(input)
    if memory.size == input.numel() and input.is_contiguous():
        out = input * 1
        as_strided(out, size, stride, storage_offset).copy_(src)
        return out
    out = as_strided(input, (memory.size,), (1,), 0) * 1  # where the offset counts
    as_strided(out, size, stride, at if storage_offset is None else storage_offset).copy_(src)
    return as_strided(out, input.shape, input.stride(), at)


def empty_strided(size: Sequence[int], stride: Sequence[int], **options: Unpack[Options]) -> Tensor:
    """A tensor of arbitrary values with these steps in memory along its dimensions.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.empty_strided((2, 3), (1, 2)).stride()
    (1, 2)
    """
    shape, steps = numbers((size,)), numbers((stride,))
    if len(shape) != len(steps):
        raise RuntimeError(f"mismatch in length of strides and shape: {steps} and {shape}")
    count = 1 + sum((n - 1) * s for n, s in zip(shape, steps, strict=True)) if 0 not in shape else 0
    return made(_strided(np.empty(count, float_type(options)), 0, shape, steps), options)
