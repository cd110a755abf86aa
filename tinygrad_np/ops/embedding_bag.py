"""Sums, means and maxima of bags of rows of a table."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_np.ops.embedding import embedding
from tinygrad_np.ops.gathering import scatter_reduce
from tinygrad_np.ops.indices import checked_index, index_add
from tinygrad_np.ops.shape import raw
from tinygrad_np.tape.graph import make

__all__ = ["embedding_bag"]


def embedding_bag(
    input: Any,
    weight: Any,
    offsets: Any = None,
    max_norm: float | None = None,
    norm_type: float = 2,
    scale_grad_by_freq: bool = False,
    mode: str = "mean",
    sparse: bool = False,
    per_sample_weights: Any = None,
    include_last_offset: bool = False,
    padding_idx: int | None = None,
) -> Any:
    """The sum, the mean or the largest elements of the rows of `weight` that each bag names.

    Parameters
    ----------
    input : Tensor of int64 or int32
        (B, n) for bags of one size, or (N,): all numbers in a row, with `offsets`.
    weight : Tensor
        (V, D)
    offsets : Tensor of int64, optional
        (B,), where each bag begins in `input`.
    max_norm, norm_type, scale_grad_by_freq, sparse
        As for `embedding`.
    mode : {"mean", "sum", "max"}
    per_sample_weights : Tensor, optional
        Of the shape of `input`, a factor for each row; for sums only.
    include_last_offset : bool, default False
        `offsets` has one entry more, where the last bag ends.
    padding_idx : int, optional
        This row counts for nothing, and gets no gradient.

    Returns
    -------
    Tensor
        (B, D); 0 for an empty bag.

    Raises
    ------
    ValueError
        For other shapes, and offsets that do not begin at 0 or go beyond the input.
    NotImplementedError
        For `per_sample_weights` in another mode than "sum".

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> weight = tg.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    >>> numbers, begin = tg.tensor([0, 2, 1]), tg.tensor([0, 2])
    >>> tg.nn.functional.embedding_bag(numbers, weight, begin)
    tensor([[3., 4.],
            [3., 4.]])
    """
    if mode not in ("sum", "mean", "max"):
        raise ValueError(f"mode has to be one of sum, mean or max, got {mode!r}")
    if per_sample_weights is not None:
        if mode != "sum":
            raise NotImplementedError(
                "embedding_bag: per_sample_weights was not None. per_sample_weights is only "
                f"supported for mode='sum' (got mode='{mode}')."
            )
        if tuple(per_sample_weights.shape) != tuple(input.shape):
            raise ValueError(
                f"embedding_bag: If per_sample_weights ({list(per_sample_weights.shape)}) is not "
                f"None, then it must have the same shape as the input ({list(input.shape)})"
            )
    begin = _begin(input, offsets, include_last_offset)
    count = int(np.prod(input.shape))
    bag = np.repeat(np.arange(len(begin)), np.diff([*begin, count]))
    numbers = input.reshape(-1)
    rows = embedding(numbers, weight, padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse)
    if per_sample_weights is not None:
        rows = rows * per_sample_weights.reshape(-1, 1)
    if padding_idx is not None:
        index = checked_index(numbers, weight.shape[0], 0, "embedding_bag")
        kept = np.flatnonzero(index != padding_idx % weight.shape[0])
        rows, bag = rows[make(kept)], bag[kept]
    zeros = make(np.zeros((len(begin), weight.shape[1]), raw(weight).dtype))
    if mode == "max":
        places = make(np.repeat(bag[:, None], weight.shape[1], axis=1))
        return scatter_reduce(zeros, 0, places, rows, "amax", include_self=False)
    sums = index_add(zeros, 0, make(bag), rows)
    if mode == "sum":
        return sums
    sizes = np.maximum(np.bincount(bag, minlength=len(begin)), 1)
    return sums / make(sizes[:, None].astype(raw(weight).dtype))


def _begin(input: Any, offsets: Any, include_last_offset: bool) -> Any:
    """Where each bag begins."""
    if len(input.shape) == 2:
        if offsets is not None:
            raise ValueError(
                "if input is 2D, then offsets has to be None, as input is treated as a mini-batch "
                f"of fixed length sequences. However, found offsets of type {type(offsets)}"
            )
        return np.arange(input.shape[0]) * input.shape[1]
    if len(input.shape) != 1:
        raise ValueError(
            f"input has to be 1D or 2D Tensor, but got Tensor of dimension {input.ndim}"
        )
    if offsets is None or len(offsets.shape) != 1:
        raise ValueError("offsets has to be a 1D Tensor for a 1D input")
    begin = raw(offsets)[: len(offsets) - include_last_offset]
    if begin.size and (begin[0] != 0 or (np.diff(begin) < 0).any() or begin[-1] > len(input)):
        raise ValueError(
            "offsets must begin at 0, not fall, and not go beyond the input, of length "
            f"{len(input)}; got {begin.tolist()}"
        )
    return begin
