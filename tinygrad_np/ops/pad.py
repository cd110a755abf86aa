"""Padding: constant, by reflection, with the edge, or around."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tinygrad_np.ops.index import _getitem
from tinygrad_np.ops.join import cat
from tinygrad_np.ops.shape import expand, raw
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
    if mode not in _EDGES:
        raise NotImplementedError(
            f"unrecognised padding mode {mode!r}: there are constant, {', '.join(_EDGES)}"
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
        out = _extend(out, dim, *widths[dim], mode)
    return out


def _extend(input: Any, dim: int, before: int, after: int, mode: str) -> Any:
    """The tensor joined with what stands before and after it along one dimension."""
    shape = list(input.shape)
    first, end = max(-before, 0), shape[dim] - max(-after, 0)
    before, after = max(before, 0), max(after, 0)
    ahead, behind, most = _EDGES[mode](shape[dim], first, end, before, after)
    if max(before, after) > most:
        raise RuntimeError(
            f"padding mode {mode!r} can add at most {most} elements on each side of dimension "
            f"{dim} of a tensor of shape {shape}, got {(before, after)}"
        )

    def part(where: slice, count: int) -> Any:
        piece = _getitem(input, where=(slice(None),) * dim + (where, ...))
        return expand(piece, (*shape[:dim], count, *shape[dim + 1 :]))

    sides = [part(ahead, before)] * bool(before), [part(behind, after)] * bool(after)
    return cat([*sides[0], part(slice(first, end), end - first), *sides[1]], dim)


Edges = tuple[slice, slice, float]  # what comes before and after, and the most of it


def _reflect(size: int, first: int, end: int, before: int, after: int) -> Edges:
    last = size - 2 - after
    return slice(before, 0, -1), slice(size - 2, last if last >= 0 else None, -1), size - 1


def _replicate(size: int, first: int, end: int, before: int, after: int) -> Edges:
    return slice(0, 1), slice(size - 1, size), np.inf if size else 0


def _circular(size: int, first: int, end: int, before: int, after: int) -> Edges:
    return slice(end - before, end), slice(first, first + after), end - first


_EDGES = {"reflect": _reflect, "replicate": _replicate, "circular": _circular}
