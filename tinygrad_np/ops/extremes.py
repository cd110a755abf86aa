"""Largest and smallest elements.

Where several elements are equally large, `max` and `min` over all and `amax` and `amin` share the
gradient evenly among them; `max` and `min` along a dimension give it to the one they name. nan
counts as larger than all numbers for the maximum, and as smaller for the minimum.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_np import dtypes, return_types
from tinygrad_np.kernels.along import places
from tinygrad_np.kernels.layout import ordered
from tinygrad_np.ops.choice import maximum, minimum, where
from tinygrad_np.ops.dims import Dims, numpy_names, one, restored, several
from tinygrad_np.ops.gathering import gather
from tinygrad_np.ops.index import _index
from tinygrad_np.ops.rounding import zero
from tinygrad_np.ops.shape import raw, squeeze
from tinygrad_np.tape.graph import TensorBase
from tinygrad_np.tape.op import Array, op
from tinygrad_np.tape.record import recorded_whole

__all__ = ["amax", "amin", "aminmax", "argmax", "argmin", "max", "min"]


@op
def amax(input: Array, dim: Dims = (), keepdim: bool = False) -> Array:
    """The largest element over `dim`.

    Parameters
    ----------
    input : Tensor
    dim : int or sequence of int, optional
        All dimensions by default.
    keepdim : bool, default False
        Keep the reduced dimensions, with size 1.

    Returns
    -------
    Tensor
        nan where an element is nan. The gradient is shared evenly by all elements that are as
        large.

    Raises
    ------
    IndexError, RuntimeError
        If there is nothing to choose from.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.amax(tg.tensor([[1.0, 5.0], [7.0, 2.0]]), dim=1)
    tensor([5., 7.])
    """
    axes = check_nonempty("amax", input, dim)
    return ordered(input.max(axis=axes, keepdims=keepdim))


@op
def amin(input: Array, dim: Dims = (), keepdim: bool = False) -> Array:
    """The smallest element over `dim`; see `amax`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.amin(tg.tensor([[1.0, 5.0], [7.0, 2.0]]), dim=1)
    tensor([1., 2.])
    """
    axes = check_nonempty("amin", input, dim)
    return ordered(input.min(axis=axes, keepdims=keepdim))


def _shared(grad: Array, input: Array, out: Array, dim: Dims) -> Array:
    shape = tuple(input.shape)
    return shared(restored(grad, dim, shape), input, restored(out, dim, shape), dim)


def shared(grad: Array, input: Array, value: Array, dim: Dims) -> Array:
    """A gradient, shared evenly by the elements that equal `value`; 0 for all others."""
    part = share(input, value, dim=dim)
    return where(part == 0, 0.0, grad * part)  # not infinity times 0


amax.backward(input=_shared)
amin.backward(input=_shared)


@op
def share(input: Array, value: Array, *, dim: Dims) -> Array:
    """1 / n for each of the n elements along `dim` that equal `value`, 0 for the others."""
    mask = np.where(np.isnan(value), np.isnan(input), input == value)
    count = mask.sum(axis=several(dim, input.ndim), keepdims=True)
    return np.divide(mask, count, dtype=input.dtype)


share.backward(input=zero, value=zero)


def _is_bool(input: Array) -> bool:
    return input.dtype in (bool, dtypes.bool_)


def _numbers(input: Array) -> Array:
    """Bools as numbers, which `argmax` takes alone."""
    return input * 1 if _is_bool(input) else input


def refuse_bool(name: str, input: Array, kind: type[RuntimeError] = NotImplementedError) -> None:
    """An error for a tensor of bools, as PyTorch has it."""
    if _is_bool(input):
        raise kind(
            f"{name}() does not support bool: got a tensor of shape {list(input.shape)}; convert "
            "it with .int() first"
        )


def check_nonempty(name: str, input: Array, dim: Dims) -> tuple[int, ...]:
    """The dimensions; an error if there is no element to choose along them."""
    axes = several(dim, input.ndim)
    for d in axes:
        if input.shape[d] == 0:
            if dim is None or dim == ():
                kind = IndexError if name in ("argmax", "argmin") else RuntimeError
                raise kind(
                    f"{name}(): Expected reduction dim to be specified for input.numel() == 0, "
                    f"of shape {list(input.shape)}. Specify the reduction dim with the 'dim' "
                    "argument."
                )
            raise IndexError(
                f"{name}(): Expected reduction dim {d} to have non-zero size, "
                f"but the shape is {list(input.shape)}."
            )
    return axes


@op
def argmax(input: Array, dim: int | None = None, keepdim: bool = False) -> Array:
    """The index along `dim` of the first of the largest elements; of dtype int64.

    Without `dim` it counts through all elements.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.argmax(tg.tensor([[1.0, 5.0], [7.0, 2.0]]), dim=1)
    tensor([1, 0])
    """
    return _position(np.argmax, input, dim, keepdim)


@op
def argmin(input: Array, dim: int | None = None, keepdim: bool = False) -> Array:
    """The index along `dim` of the first of the smallest elements; see `argmax`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.argmin(tg.tensor([[1.0, 5.0], [7.0, 2.0]]), dim=1)
    tensor([0, 1])
    """
    return _position(np.argmin, input, dim, keepdim)


def _position(find: Any, input: Array, dim: int | None, keepdim: bool) -> Array:
    refuse_bool(find.__name__, input, RuntimeError)
    check_nonempty(find.__name__, input, dim)
    axis = None if dim is None or not input.ndim else one(dim, input.ndim)
    return find(input, axis=axis, keepdims=keepdim)


@numpy_names
def max(input: Array, dim: Any = None, keepdim: bool = False, *, other: Any = None) -> Any:
    """The largest element: of all, along a dimension, or of two tensors.

    Parameters
    ----------
    input : Tensor
    dim : int, optional
        Without it the result is one tensor, as of `amax`. A tensor here is taken for `other`.
    keepdim : bool, default False
        Keep the reduced dimension, with size 1.
    other : Tensor, optional
        The result is then ``maximum(input, other)``.

    Returns
    -------
    Tensor or (values, indices)
        With `dim`, a named tuple; the gradient goes to the elements at `indices`, the first ones
        of the largest.

    Raises
    ------
    IndexError, RuntimeError
        If there is nothing to choose from.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> x = tg.tensor([[1.0, 5.0], [7.0, 2.0]])
    >>> tg.max(x)
    tensor(7.)
    >>> tg.max(x, dim=1).indices
    tensor([1, 0])
    """
    if other is not None or isinstance(dim, (TensorBase, np.ndarray)):
        return maximum(input, dim if other is None else other)
    if dim is None:
        return amax(input)
    return selected(return_types.max, input, dim, keepdim, argmax(_numbers(input), dim, True))


@numpy_names
def min(input: Array, dim: Any = None, keepdim: bool = False, *, other: Any = None) -> Any:
    """The smallest element: of all, along a dimension, or of two tensors; see `max`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> values, indices = tg.min(tg.tensor([[1.0, 5.0], [7.0, 2.0]]), dim=1)
    >>> values
    tensor([1., 2.])
    """
    if other is not None or isinstance(dim, (TensorBase, np.ndarray)):
        return minimum(input, dim if other is None else other)
    if dim is None:
        return amin(input)
    return selected(return_types.min, input, dim, keepdim, argmin(_numbers(input), dim, True))


def selected(kind: Any, input: Array, dim: int, keepdim: bool, indices: Array) -> Any:
    """The elements at `indices` along `dim`, with them, as a named tuple of that kind."""
    if input.ndim:  # `gather`, but for its checks
        where = _where(indices, one(dim, input.ndim))
        values = _index(input, where=where)
    else:
        values = gather(input, dim, indices)
    return kind(values, indices) if keepdim else kind(squeeze(values, dim), squeeze(indices, dim))


@recorded_whole
def _where(indices: Array, dim: int) -> tuple[Array, ...]:
    return places(raw(indices).astype(np.intp), dim)


@numpy_names
def aminmax(input: Array, *, dim: int | None = None, keepdim: bool = False) -> Any:
    """`amin` and `amax` as a named tuple (min, max).

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> low, high = tg.aminmax(tg.tensor([3.0, 1.0, 2.0]))
    >>> low, high
    (tensor(1.), tensor(3.))
    """
    return return_types.aminmax(amin(input, dim, keepdim), amax(input, dim, keepdim))
