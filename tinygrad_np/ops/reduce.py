"""Sums, means and products, and logical reductions.

In all of them `dim` is an int, several ints or None for all dimensions; a negative one counts
from the end.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tinygrad_np import dtypes
from tinygrad_np.kernels.along import HALF, add_up
from tinygrad_np.kernels.layout import ordered
from tinygrad_np.kernels.silence import silent
from tinygrad_np.ops.dims import Dims, one, restored, several
from tinygrad_np.ops.join import cat
from tinygrad_np.ops.shape import expand
from tinygrad_np.tape.op import Array, op

__all__ = ["all", "any", "count_nonzero", "mean", "prod", "sum"]

Shape = tuple[int, ...]
DType = dtypes.DTypeLike | None


@op
def sum(input: Array, dim: Dims = None, keepdim: bool = False, *, dtype: DType = None) -> Array:
    """The sum over `dim`.

    Parameters
    ----------
    input : Tensor
    dim : int or sequence of int, optional
        The dimensions to sum over; all of them by default.
    keepdim : bool, default False
        Keep the reduced dimensions, with size 1.
    dtype : dtype, optional
        Of the result; the input is converted to it first. By default that of `input`, and int64
        for integers and bool.

    Returns
    -------
    Tensor
        0 where there is nothing to sum.

    Raises
    ------
    IndexError, RuntimeError
        For a `dim` that there is not, or that is named twice.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.sum(tg.tensor([[1.0, 2.0], [3.0, 4.0]]), dim=1)
    tensor([3., 7.])
    """
    axes = None if dim is None else several(dim, input.ndim)
    return ordered(silent.run(add_up, input, axes, summed(input, dtype), keepdim))


@sum.backward("input")
def _(grad: Array, input_shape: Shape, dim: Dims) -> Array:
    return expand(restored(grad, dim, input_shape), input_shape)


def summed(input: Array, dtype: DType) -> Any:
    """The dtype of a sum or product: int64 for integers."""
    if dtype is not None:
        return dtypes.as_numpy(dtype)
    return input.dtype if input.dtype.kind in "fc" else np.int64


@op
def mean(input: Array, dim: Dims = None, keepdim: bool = False, *, dtype: DType = None) -> Array:
    """The mean over `dim`.

    Parameters
    ----------
    input : Tensor
        Of floating point numbers, unless `dtype` is given.
    dim : int or sequence of int, optional
        The dimensions to average over; all of them by default.
    keepdim : bool, default False
        Keep the reduced dimensions, with size 1.
    dtype : dtype, optional
        Of the result; the input is converted to it first.

    Returns
    -------
    Tensor
        nan where there is nothing to average.

    Raises
    ------
    RuntimeError
        For a tensor of integers: give ``dtype=`` or convert it with ``.float()``.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.mean(tg.tensor([[1.0, 2.0], [3.0, 4.0]]), dim=0, keepdim=True)
    tensor([[2., 3.]])
    """
    kind = check_floating("mean", input, dtype)
    axes = several(dim, input.ndim)
    wide = np.float32 if kind is HALF else kind  # the sum may be out of the range of the mean
    total = silent.run(add_up, input, axes, wide, keepdim)
    count = _count(input.shape, dim)  # nan for none, of which NumPy would warn for complex numbers
    out = total / count if count == count else silent.run(np.true_divide, total, count)
    return ordered(out.astype(kind) if kind is HALF else out)


@mean.backward("input")
def _(grad: Array, input_shape: Shape, dim: Dims) -> Array:
    grad = restored(grad / _count(input_shape, dim), dim, input_shape)
    return expand(grad, input_shape)


def _count(shape: Shape, dim: Dims) -> float:
    """How many elements a reduction puts together; nan for none."""
    return math.prod(shape[d] for d in several(dim, len(shape))) or math.nan


def check_floating(name: str, input: Array, dtype: DType = None) -> np.dtype[Any]:
    """The dtype to compute in; RuntimeError unless it is a floating point or complex one."""
    kind = dtypes.as_numpy(input.dtype if dtype is None else dtype)
    if kind.kind not in "fc":
        raise RuntimeError(
            f"{name}(): expected a floating point dtype, but got {kind} for a tensor of shape "
            f"{list(input.shape)}; convert it with .float() first"
        )
    return kind


@op
def prod(
    input: Array, dim: int | None = None, keepdim: bool = False, *, dtype: DType = None
) -> Array:
    """The product over `dim`; its gradients are right with zeros among the factors too.

    Parameters
    ----------
    input : Tensor
    dim : int, optional
        The dimension to multiply over; all of them by default.
    keepdim : bool, default False
        Keep the reduced dimension, with size 1.
    dtype : dtype, optional
        Of the result; the input is converted to it first. By default that of `input`, and int64
        for integers and bool.

    Returns
    -------
    Tensor
        1 where there is nothing to multiply.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.prod(tg.tensor([[1.0, 2.0], [3.0, 4.0]]), dim=1)
    tensor([ 2., 12.])
    """
    axes = None if dim is None else several(one(dim, input.ndim), input.ndim)
    kind = summed(input, dtype)
    return ordered(silent.run(np.multiply.reduce, input, axes, kind, keepdims=keepdim))


@prod.backward("input")
def _(grad: Array, input: Array, dim: int | None) -> Array:
    shape = tuple(input.shape)
    grad = restored(grad, dim, shape)
    if dim is None or not shape:
        return grad * _others(input.reshape((math.prod(shape),))).reshape(shape)
    return grad * _others(input.swapaxes(0, dim)).swapaxes(0, dim)


def _others(x: Array) -> Array:
    """For each entry along dimension 0 the product of all the others, without dividing."""
    n = len(x)
    if n < 2:
        return np.ones(x.shape, x.dtype)
    # Pair the first half with the second. Outside its pair an entry has for others those of the
    # pair's product; an odd one out is a pair of its own.
    half = n // 2
    first, second, odd = x[:half], x[half : 2 * half], x[2 * half :]
    outside = _others(cat([first * second, odd]))
    pairs = outside[:half]
    return cat([second * pairs, first * pairs, outside[half:]])


def _logical(reduce: Any, input: Array, dim: Dims, keepdim: bool) -> Array:
    """`any` or `all`: bool, but uint8 for uint8."""
    axes = several(dim, input.ndim)
    out = reduce(input, axis=axes, keepdims=keepdim)
    return out.astype(np.uint8) if input.dtype == np.uint8 else out


@op
def any(input: Array, dim: Dims = None, keepdim: bool = False) -> Array:
    """Whether any element along `dim` is not 0; of dtype bool, for uint8 of uint8.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.any(tg.tensor([[0, 0], [0, 3]]), dim=1)
    tensor([False,  True])
    """
    return _logical(np.any, input, dim, keepdim)


@op
def all(input: Array, dim: Dims = None, keepdim: bool = False) -> Array:
    """Whether all elements along `dim` are not 0; of dtype bool, for uint8 of uint8.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.all(tg.tensor([[0, 0], [1, 3]]), dim=1)
    tensor([False,  True])
    """
    return _logical(np.all, input, dim, keepdim)


@op
def count_nonzero(input: Array, dim: Dims = None) -> Array:
    """How many elements along `dim` are not 0; of dtype int64.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.count_nonzero(tg.tensor([[0, 0], [1, 3]]), dim=1)
    tensor([0, 2])
    """
    return np.count_nonzero(input, axis=several(dim, input.ndim))
