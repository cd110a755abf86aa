"""Masks: writing and choosing elements by a bool tensor, and where elements are not zero."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_np import dtypes
from tinygrad_np.ops.broadcast import broadcast_shapes
from tinygrad_np.ops.index import _index, same_dtype
from tinygrad_np.ops.shape import expand, raw, reshape
from tinygrad_np.tape.graph import TensorBase, make
from tinygrad_np.tape.inplace import write
from tinygrad_np.tape.op import Array, op
from tinygrad_np.tape.out import takes_out

__all__ = ["argwhere", "masked_fill", "masked_scatter", "masked_select", "nonzero"]


def _mask(mask: Any, name: str) -> Array:
    """A mask as an array."""
    array = raw(mask)
    if array.dtype != bool:
        raise RuntimeError(
            f"{name}(): expected a mask of dtype bool, got {array.dtype}; compare it with != 0"
        )
    return array


def _common_shape(input: Any, mask: Any) -> tuple[int, ...]:
    return tuple(broadcast_shapes(tuple(input.shape), tuple(mask.shape)))


@op
def _masked_fill(input: Array, mask: Array, value: Array) -> Array:
    out = input.copy()
    np.copyto(out, value, casting="unsafe", where=mask)
    return out


_masked_fill.backward(
    input=lambda grad, mask: _masked_fill(grad, mask, 0.0),
    value=lambda grad, mask: _masked_fill(grad, mask == 0, 0.0),
)


def masked_fill(input: Any, mask: Any, value: Any) -> Any:
    """``input`` with one value where the mask is True.

    Parameters
    ----------
    input : Tensor
    mask : Tensor of bool
        Broadcasts with `input`.
    value : float or Tensor ()

    Returns
    -------
    Tensor
        Of the dtype of `input`.

    Raises
    ------
    RuntimeError
        For a mask of another dtype, or a value that is not a single one.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> x = tg.tensor([1.0, 2.0, 3.0])
    >>> tg.masked_fill(x, x > 1, 0)
    tensor([1., 0., 0.])
    """
    _mask(mask, "masked_fill")
    if np.ndim(raw(value)):
        raise RuntimeError(
            f"masked_fill(): value must be a number or a 0-d tensor, got shape {list(value.shape)}"
        )
    if isinstance(value, (int, float, complex, np.number)):
        value = dtypes.fitting(value, dtypes.as_numpy(input.dtype))
    shape = _common_shape(input, mask)
    if tuple(input.shape) != shape:
        input = expand(input, shape)
    return _masked_fill(input, mask, value)


@takes_out
def masked_select(input: Any, mask: Any) -> Any:
    """The elements where the mask is True, as a vector.

    Parameters
    ----------
    input : Tensor
    mask : Tensor of bool
        Broadcasts with `input`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> x = tg.tensor([[1, 2], [3, 4]])
    >>> tg.masked_select(x, x > 1)
    tensor([2, 3, 4])
    """
    array, shape = _mask(mask, "masked_select"), _common_shape(input, mask)
    return _index(expand(input, shape), where=(np.broadcast_to(array, shape).copy(),))


def masked_scatter(input: Any, mask: Any, source: Any) -> Any:
    """``input`` with the elements of `source`, in their order, where the mask is True.

    Parameters
    ----------
    input : Tensor
    mask : Tensor of bool
        Broadcasts with `input`.
    source : Tensor
        Of the dtype of `input`, with at least as many elements as the mask has True ones.

    Raises
    ------
    RuntimeError
        For a mask or source of another dtype, or too few elements.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> mask = tg.tensor([True, False, True])
    >>> tg.masked_scatter(tg.zeros(3), mask, tg.tensor([1.0, 2.0]))
    tensor([1., 0., 2.])
    """
    array, shape = _mask(mask, "masked_scatter"), _common_shape(input, mask)
    same_dtype(input, source, "masked_scatter()")
    places = np.broadcast_to(array, shape).copy()
    count = int(places.sum())
    if raw(source).size < count:
        raise RuntimeError(
            f"masked_scatter(): the mask has {count} True elements, but source of shape "
            f"{list(source.shape)} has only {raw(source).size}"
        )
    return write(expand(input, shape), reshape(source, (-1,))[:count], where=(places,))


@takes_out
def nonzero(input: Any, *, as_tuple: bool = False) -> Any:
    """The places of the elements that are not 0, in the order of the elements.

    Parameters
    ----------
    input : Tensor
    as_tuple : bool, default False
        Give a vector for each dimension, to index with, instead of a row for each element.

    Returns
    -------
    Tensor (n, ndim) or tuple of Tensor (n,)
        Of dtype int64.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.nonzero(tg.tensor([[0, 1], [2, 0]]))
    tensor([[0, 1],
            [1, 0]])
    """
    array = raw(input)
    wrap: Any = make if isinstance(input, TensorBase) else np.asarray
    if as_tuple:
        return tuple(wrap(places) for places in np.nonzero(np.atleast_1d(array)))
    return wrap(np.argwhere(array))


def argwhere(input: Any) -> Any:
    """The places of the elements that are not 0, as rows: `nonzero` under NumPy's name.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.argwhere(tg.tensor([0, 5, 6]))
    tensor([[1],
            [2]])
    """
    return nonzero(input)


def nonzero_static(input: Any, *, size: int, fill_value: int = -1) -> Any:
    """The first `size` rows of `nonzero`; rows of `fill_value` where there are fewer.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.nonzero_static(tg.tensor([0, 5, 6]), size=3)
    tensor([[ 1],
            [ 2],
            [-1]])
    """
    found = np.argwhere(raw(input))[:size]
    rows = np.full((size, found.shape[1]), fill_value, found.dtype)
    rows[: len(found)] = found
    return make(rows)
