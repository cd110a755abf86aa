"""Padding: constant, by reflection, with the edge, or around."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tinygrad_np.ops.index import getitem
from tinygrad_np.ops.join import cat
from tinygrad_np.ops.shape import raw
from tinygrad_np.tape.op import Array, op

__all__ = ["pad"]

Widths = tuple[tuple[int, int], ...]  # for each dimension, before and after; negative ones crop


@op
def _pad(input: Array, widths: Widths, value: float) -> Array:
    shape = tuple(
        n + before + after for n, (before, after) in zip(input.shape, widths, strict=True)
    )
    out = np.full(shape, value, input.dtype)
    out[_inner(shape, widths)] = input[_inner(input.shape, [(-a, -b) for a, b in widths])]
    return out


def _inner(shape: Sequence[int], widths: Any) -> tuple[slice, ...]:
    """The part of a padded array that is not padding."""
    return tuple(
        slice(max(before, 0), n - max(after, 0))
        for n, (before, after) in zip(shape, widths, strict=True)
    )


# to crop is to pad by a negative width
@_pad.backward("input")
def _(grad: Array, widths: Widths) -> Any:
    return _pad(grad, widths=tuple((-before, -after) for before, after in widths), value=0.0)


def pad(input: Any, pad: Sequence[int], mode: str = "constant", value: float | None = None) -> Any:
    """Add elements before and after those along the last dimensions.

    Parameters
    ----------
    input : Tensor
    pad : sequence of int
        How many before and after, for the last dimension, then for the one before it, and so on.
        Negative numbers take elements away.
    mode : {'constant', 'reflect', 'replicate', 'circular'}
        'constant': `value`; 'reflect': the elements mirrored at the edge, which is not repeated;
        'replicate': the edge; 'circular': the elements from the other side. All but the first
        pad 1 dimension of 2-d and 3-d tensors, 2 of 3-d and 4-d and 3 of 4-d and 5-d ones.
    value : float, default 0
        Of the constant.

    Raises
    ------
    RuntimeError
        For an odd number of numbers, or too many; if more would be taken away than there is, or
        more mirrored or taken from the other side than there is.
    NotImplementedError
        For a mode, or a number of dimensions in it, that there is not.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> x = tg.tensor([[1, 2, 3]])
    >>> tg.nn.functional.pad(x, (1, 2))
    tensor([[0, 1, 2, 3, 0, 0]])
    >>> tg.nn.functional.pad(x, (1, 2), mode="reflect")
    tensor([[2, 1, 2, 3, 2, 1]])
    """
    given, shape = [int(p) for p in pad], list(input.shape)
    if len(given) % 2 or len(given) > 2 * len(shape):
        raise RuntimeError(
            f"pad() takes two numbers for each of at most {len(shape)} dimensions of a tensor of "
            f"shape {shape}, got {len(given)}: {given}"
        )
    widths = [(0, 0)] * (len(shape) - len(given) // 2) + [
        (given[i], given[i + 1]) for i in range(len(given) - 2, -1, -2)
    ]
    for dim, (n, (before, after)) in enumerate(zip(shape, widths, strict=True)):
        if n + min(before, 0) + min(after, 0) < 0 or n + before + after < 0:
            raise RuntimeError(
                f"pad() can't take {(before, after)} away from dimension {dim} of a tensor of "
                f"shape {shape}"
            )
    if mode == "constant":
        filling = raw(input).dtype.type(value or 0).item()
        return _pad(input, widths=tuple(widths), value=filling)
    if mode not in _POSITIONS:
        raise NotImplementedError(
            f"unrecognised padding mode {mode!r}: there are constant, {', '.join(_POSITIONS)}"
        )
    if value not in (None, 0):
        raise RuntimeError(f'padding mode "{mode}" takes no value, got {value}')
    spatial = len(given) // 2
    if spatial not in (1, 2, 3) or len(shape) not in (spatial + 1, spatial + 2):
        raise NotImplementedError(
            f"padding mode {mode!r} pads the last 1, 2 or 3 dimensions of a tensor with one or "
            f"two dimensions more; got {spatial} for shape {shape}"
        )
    out = input
    for dim in range(len(shape) - spatial, len(shape)):
        before, after = widths[dim]
        size = shape[dim]
        places = _POSITIONS[mode](size, before, after, dim, shape)
        kept = slice(max(-before, 0), size - max(-after, 0))
        parts = (places[: max(before, 0)], kept, places[len(places) - max(after, 0) :])
        out = cat([getitem(out, (slice(None),) * dim + (part,)) for part in parts], dim)
    return out


def _reflect(size: int, before: int, after: int, dim: int, shape: list[int]) -> Array:
    """For each element along the padded dimension the one that it repeats."""
    if max(before, after) >= size:
        raise RuntimeError(
            f"padding by reflection must be less than the size of the dimension, got "
            f"{(before, after)} for dimension {dim} of a tensor of shape {shape}"
        )
    places = np.abs(np.arange(-before, size + after))
    return size - 1 - np.abs(size - 1 - places)


def _replicate(size: int, before: int, after: int, dim: int, shape: list[int]) -> Array:
    if not size:
        raise RuntimeError(f"there is no edge to replicate in dimension {dim} of shape {shape}")
    return np.clip(np.arange(-before, size + after), 0, size - 1)


def _circular(size: int, before: int, after: int, dim: int, shape: list[int]) -> Array:
    first, left = max(-before, 0), size + min(before, 0) + min(after, 0)
    if max(before, after) > left:
        raise RuntimeError(
            f"circular padding can't wrap around more than once, got {(before, after)} for "
            f"dimension {dim} of a tensor of shape {shape}"
        )
    return first + np.arange(-max(before, 0), left + max(after, 0)) % max(left, 1)


_POSITIONS = {"reflect": _reflect, "replicate": _replicate, "circular": _circular}
