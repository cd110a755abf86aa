"""Sorting, and choosing by rank. nan counts as larger than every number."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_np import return_types
from tinygrad_np.ops.dims import numpy_names, one
from tinygrad_np.ops.extremes import check_nonempty, refuse_bool, selected
from tinygrad_np.tape.op import Array, op
from tinygrad_np.tape.out import takes_out

__all__ = ["argsort", "kthvalue", "mode", "msort", "sort", "topk"]


@op
def argsort(input: Array, dim: int = -1, descending: bool = False, stable: bool = False) -> Array:
    """The indices that sort a tensor along `dim`; of dtype int64.

    Parameters
    ----------
    input : Tensor
    dim : int, default -1
    descending : bool, default False
    stable : bool, default False
        Taken for PyTorch's sake: equal elements always keep their order.

    Returns
    -------
    Tensor
        Of the shape of `input`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.argsort(tg.tensor([3.0, 1.0, 2.0]))
    tensor([1, 2, 0])
    """
    axis = one(dim, input.ndim)
    if not input.ndim:
        return np.zeros((), np.int64)
    if not descending:
        return np.argsort(input, axis, kind="stable")
    # from the back, so that equal elements keep their order
    order = np.argsort(np.flip(input, axis), axis, kind="stable")
    return input.shape[axis] - 1 - np.flip(order, axis)


@numpy_names
def sort(input: Array, dim: int = -1, descending: bool = False, stable: bool = False) -> Any:
    """Sort the elements along `dim`.

    Parameters
    ----------
    input : Tensor
    dim : int, default -1
    descending : bool, default False
    stable : bool, default False
        Taken for PyTorch's sake: equal elements always keep their order.

    Returns
    -------
    (values, indices)
        A named tuple of tensors of the shape of `input`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> values, indices = tg.sort(tg.tensor([3.0, 1.0, 2.0]), descending=True)
    >>> values, indices
    (tensor([3., 2., 1.]), tensor([0, 2, 1]))
    """
    return selected(return_types.sort, input, dim, True, argsort(input, dim, descending))


@takes_out
def msort(input: Array) -> Array:
    """The elements sorted along the first dimension.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.msort(tg.tensor([[3, 1], [2, 4]]))
    tensor([[2, 1],
            [3, 4]])
    """
    return sort(input, 0).values


@numpy_names
def topk(input: Array, k: int, dim: int = -1, largest: bool = True, sorted: bool = True) -> Any:
    """The `k` largest elements along `dim`, or the smallest.

    Parameters
    ----------
    input : Tensor
    k : int
    dim : int, default -1
    largest : bool, default True
    sorted : bool, default True
        Taken for PyTorch's sake: the elements always come in order.

    Returns
    -------
    (values, indices)
        A named tuple of tensors with size `k` along `dim`.

    Raises
    ------
    RuntimeError
        If there are not as many elements.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.topk(tg.tensor([3.0, 1.0, 2.0]), 2).indices
    tensor([0, 2])
    """
    refuse_bool("topk", input, RuntimeError)
    first = _ranked("topk", input, dim, largest, 0, k)
    return selected(return_types.topk, input, dim, True, first)


@numpy_names
def kthvalue(input: Array, k: int, dim: int = -1, keepdim: bool = False) -> Any:
    """The `k`-th smallest element along `dim`, counted from 1.

    Parameters
    ----------
    input : Tensor
    k : int
    dim : int, default -1
    keepdim : bool, default False
        Keep the reduced dimension, with size 1.

    Returns
    -------
    (values, indices)
        A named tuple.

    Raises
    ------
    RuntimeError
        If there are not as many elements. IndexError if there are none.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.kthvalue(tg.tensor([3.0, 1.0, 2.0]), 2).values
    tensor(2.)
    """
    refuse_bool("kthvalue", input)
    check_nonempty("kthvalue", input, dim)
    kth = _ranked("kthvalue", input, dim, False, k - 1, k)
    return selected(return_types.kthvalue, input, dim, keepdim, kth)


def _ranked(name: str, input: Array, dim: int, descending: bool, start: int, stop: int) -> Array:
    """The indices along `dim` of the elements from one rank to another."""
    at = one(dim, input.ndim)
    size = input.shape[at] if input.ndim else 1
    if not 0 <= start <= stop <= size:
        raise RuntimeError(
            f"{name}(): selected number k out of range for dimension {dim}: k is {stop}, and the "
            f"shape is {list(input.shape)}"
        )
    order = argsort(input, dim, descending)
    return order[(slice(None),) * at + (slice(start, stop),)] if input.ndim else order


@numpy_names
def mode(input: Array, dim: int = -1, keepdim: bool = False) -> Any:
    """The value that is most frequent along `dim`, the smallest of several such.

    Returns
    -------
    (values, indices)
        A named tuple; where it is for the last time.

    Raises
    ------
    IndexError
        For a dimension without elements.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> values, indices = tg.mode(tg.tensor([3, 2, 3, 2, 5]))
    >>> values, indices
    (tensor(2), tensor(3))
    """
    axis = one(dim, len(input.shape))
    check_nonempty("mode", input, axis)
    return selected(return_types.mode, input, dim, keepdim, _mode_at(input, dim=axis))


@op
def _mode_at(input: Array, *, dim: int) -> Array:
    if not input.ndim:
        return np.zeros((), np.int64)
    order = np.moveaxis(np.argsort(input, dim, kind="stable"), dim, -1)
    ranked = np.take_along_axis(np.moveaxis(input, dim, -1), order, -1)
    places = np.arange(ranked.shape[-1])
    new = np.ones(ranked.shape, bool)
    new[..., 1:] = ranked[..., 1:] != ranked[..., :-1]
    run = places - np.maximum.accumulate(np.where(new, places, 0), -1)  # equal ones before each
    best = run.argmax(-1, keepdims=True)  # the first of the longest runs, at its end
    return np.moveaxis(np.take_along_axis(order, best, -1), -1, dim)
