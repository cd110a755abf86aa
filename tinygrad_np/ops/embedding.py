"""Embedding: rows of a table, looked up by number; and the table of the unit vectors."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_np.kernels.layout import ordered
from tinygrad_np.ops.choice import where
from tinygrad_np.ops.index import _scatter
from tinygrad_np.ops.indices import checked_index
from tinygrad_np.ops.shape import raw
from tinygrad_np.tape.graph import TensorBase, make
from tinygrad_np.tape.op import Array, op
from tinygrad_np.tape.record import recorded_whole
from tinygrad_np.tape.refuse import looked_at

__all__ = ["embedding", "one_hot"]


@op
def _embedding(
    weight: Array, index: Any, padding_idx: int | None, scale_grad_by_freq: bool
) -> Array:
    return weight[index]


@_embedding.backward("weight")
def _(
    grad: Array,
    weight_shape: tuple[int, int],
    index: Any,
    padding_idx: int | None,
    scale_grad_by_freq: bool,
) -> Any:
    if padding_idx is not None:
        grad = where((index != padding_idx)[..., None], grad, 0.0)
    if scale_grad_by_freq:
        counts = np.bincount(index.reshape(-1), minlength=weight_shape[0]).astype(grad.dtype)
        grad = grad / counts[index][..., None]
    return _scatter(grad, shape=weight_shape, where=(index,))


def embedding(
    input: Any,
    weight: Any,
    padding_idx: int | None = None,
    max_norm: float | None = None,
    norm_type: float = 2.0,
    scale_grad_by_freq: bool = False,
    sparse: bool = False,
) -> Any:
    """The rows of `weight` that the numbers in `input` name.

    Parameters
    ----------
    input : Tensor (*) of int64 or int32
        Each from 0 to V - 1.
    weight : Tensor (V, D)
    padding_idx : int, optional
        This row gets no gradient; a negative one counts from the end.
    max_norm : float, optional
        First scale the rows looked up, in place, that have a larger norm down to it.
    norm_type : float, default 2
        The p of that norm.
    scale_grad_by_freq : bool, default False
        Divide the gradient of a row by how often it is looked up.
    sparse : bool, default False
        Ignored: gradients are dense.

    Returns
    -------
    Tensor (*, D)

    Raises
    ------
    IndexError
        For a number out of range.
    RuntimeError
        For numbers of another dtype, or a weight that is not a matrix.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> weight = tg.tensor([[0.0, 0.5], [1.0, 1.5], [2.0, 2.5]])
    >>> tg.nn.functional.embedding(tg.tensor([2, 0]), weight)
    tensor([[2.0000, 2.5000],
            [0.0000, 0.5000]])
    """
    if len(weight.shape) != 2:
        raise RuntimeError(f"embedding(): weight must be 2-d, got shape {list(weight.shape)}")
    rows = weight.shape[0]
    index = checked_index(input, rows, 0, "embedding")
    if padding_idx is not None:
        assert -rows <= padding_idx < rows, (
            f"padding_idx must be within num_embeddings, from {-rows} to {rows - 1}; "
            f"got {padding_idx}"
        )
        padding_idx %= rows
    if max_norm is not None:
        _renormalize(weight, np.unique(index), max_norm, norm_type)
    return _embedding(
        weight, index=index, padding_idx=padding_idx, scale_grad_by_freq=scale_grad_by_freq
    )


@recorded_whole
def _renormalize(weight: Any, rows: Array, max_norm: float, norm_type: float) -> None:
    """Scale rows of a larger norm down to `max_norm`, in place and off the tape."""
    table = raw(weight)
    norms = np.linalg.norm(table[rows], norm_type, axis=1)
    large = norms > max_norm
    table[rows[large]] *= (max_norm / (norms[large] + 1e-7))[:, None].astype(table.dtype)
    if isinstance(weight, TensorBase):
        weight._versions().n += 1


def one_hot(input: Any, num_classes: int = -1) -> Any:
    """A 1 at the place of each class number, 0 elsewhere.

    Parameters
    ----------
    input : Tensor (*) of int64
        Class numbers, from 0.
    num_classes : int, default -1
        -1: one more than the largest number.

    Returns
    -------
    Tensor (*, num_classes) of int64

    Raises
    ------
    RuntimeError
        For numbers of another dtype or out of range, and for no numbers without `num_classes`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.nn.functional.one_hot(tg.tensor([1, 0, 2]))
    tensor([[0, 1, 0],
            [1, 0, 0],
            [0, 0, 1]])
    """
    if num_classes == -1:
        looked_at("one_hot() without num_classes")
    return _one_hot(input, num_classes)


@recorded_whole
def _one_hot(input: Any, num_classes: int) -> Any:
    array = raw(input)
    if array.dtype != np.int64:
        raise RuntimeError(f"one_hot(): expected class numbers of dtype int64, got {array.dtype}")
    if num_classes == -1:
        if not array.size:
            raise RuntimeError("one_hot(): num_classes can't be inferred from an empty tensor")
        num_classes = max(int(array.max()) + 1, 1)
    if array.size and (array.min() < 0 or array.max() >= num_classes):
        raise RuntimeError(
            f"one_hot(): class numbers must be from 0 to {num_classes - 1}, got numbers from "
            f"{array.min()} to {array.max()}"
        )
    out = ordered((array[..., None] == np.arange(num_classes)).astype(np.int64))
    return make(out) if isinstance(input, TensorBase) else out
