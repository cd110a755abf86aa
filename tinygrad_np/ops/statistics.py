"""Variances and standard deviations; sums and means of what is not nan."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from tinygrad_np.kernels.layout import ordered
from tinygrad_np.kernels.silence import silent
from tinygrad_np.ops.cast import in_float32
from tinygrad_np.ops.choice import where
from tinygrad_np.ops.compare import eq, isnan
from tinygrad_np.ops.dims import Dims, numpy_names, restored, several
from tinygrad_np.ops.division import div
from tinygrad_np.ops.logic import logical_not
from tinygrad_np.ops.reduce import DType, check_floating, mean, sum
from tinygrad_np.tape.op import Array, op

__all__ = ["nanmean", "nansum", "std", "std_mean", "var", "var_mean"]


@op
def _var(input: Array, *, dim: Dims, freedom: float, keepdim: bool) -> Array:
    average = mean(input, dim, True)
    return silent.run(_variance, input, average, several(dim, input.ndim), freedom, keepdim)


@_var.backward("input")
def _(grad: Array, input: Array, dim: Dims, freedom: float) -> Array:
    away = input - mean(input, dim, True)
    return restored(grad, dim, tuple(input.shape)) * away * (2 / (freedom or math.nan))


@in_float32
@op
def _std(input: Array, *, dim: Dims, freedom: float, keepdim: bool) -> Array:
    return silent.run(np.sqrt, _var(input, dim=dim, freedom=freedom, keepdim=keepdim))


@_std.backward("input")
def _(grad: Array, input: Array, out: Array, dim: Dims, freedom: float) -> Array:
    grad = div(grad, where(eq(out, 0), math.inf, out))  # 0 where nothing varies
    away = input - mean(input, dim, True)
    return restored(grad, dim, tuple(input.shape)) * away * (1 / (freedom or math.nan))


def _variance(
    input: Array, average: Array, axes: tuple[int, ...], freedom: float, keepdim: bool
) -> Array:
    if input.dtype == np.float16:  # squares are soon beyond it
        wide = input.astype(np.float32), average.astype(np.float32)
        return _variance(*wide, axes, freedom, keepdim).astype(np.float16)
    away = np.asarray(input - average)
    return ordered(np.square(away, out=away).sum(axis=axes, keepdims=keepdim)) / freedom


def _freedom(
    name: str, input: Array, dim: Dims | bool, unbiased: bool, correction: float | None
) -> tuple[Dims, float]:
    """The dimensions, and what to divide the squares by, from PyTorch's ways to say so."""
    dims, unbiased = (None, dim) if isinstance(dim, bool) else (dim, unbiased)  # var(x, unbiased)
    check_floating(name, input)
    count = math.prod(input.shape[d] for d in several(dims, input.ndim))
    freedom = count - (int(unbiased) if correction is None else correction)
    if freedom <= 0:
        warnings.warn(
            f"{name}(): degrees of freedom is <= 0: {count} elements for each result of a tensor "
            f"of shape {list(input.shape)}, with a correction of {count - freedom}",
            UserWarning,
            stacklevel=3,
        )
    return dims, max(freedom, 0)


@numpy_names
def var(
    input: Array,
    dim: Dims | bool = None,
    unbiased: bool = True,
    keepdim: bool = False,
    *,
    correction: float | None = None,
) -> Array:
    """The variance over `dim`.

    Parameters
    ----------
    input : Tensor
        Of floating point numbers.
    dim : int or sequence of int, optional
        All dimensions by default. A bool is taken for `unbiased`.
    unbiased : bool, default True
        Whether the correction is 1 (Bessel's) or 0.
    keepdim : bool, default False
        Keep the reduced dimensions, with size 1.
    correction : number, optional
        What is taken from the number of elements that the squares are divided by; goes before
        `unbiased`.

    Returns
    -------
    Tensor
        nan or inf, with a warning, where the correction leaves nothing to divide by.

    Raises
    ------
    RuntimeError
        For a tensor of integers.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> x = tg.tensor([[1.0, 3.0], [2.0, 6.0]])
    >>> tg.var(x, dim=1), tg.var(x, dim=1, correction=0)
    (tensor([2., 8.]), tensor([1., 4.]))
    """
    dim, freedom = _freedom("var", input, dim, unbiased, correction)
    return _var(input, dim=dim, freedom=freedom, keepdim=keepdim)


@numpy_names
def std(
    input: Array,
    dim: Dims | bool = None,
    unbiased: bool = True,
    keepdim: bool = False,
    *,
    correction: float | None = None,
) -> Array:
    """The square root of `var`, with its arguments; the gradient is 0 where it is 0.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.std(tg.tensor([1.0, 5.0]), correction=0)
    tensor(2.)
    """
    dim, freedom = _freedom("std", input, dim, unbiased, correction)
    return _std(input, dim=dim, freedom=freedom, keepdim=keepdim)


@numpy_names
def var_mean(
    input: Array,
    dim: Dims | bool = None,
    unbiased: bool = True,
    keepdim: bool = False,
    *,
    correction: float | None = None,
) -> tuple[Any, Any]:
    """`var` and `mean`, with the arguments of `var`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.var_mean(tg.tensor([1.0, 5.0]), correction=0)
    (tensor(4.), tensor(3.))
    """
    dim, freedom = _freedom("var_mean", input, dim, unbiased, correction)
    return _var(input, dim=dim, freedom=freedom, keepdim=keepdim), mean(input, dim, keepdim)


@numpy_names
def std_mean(
    input: Array,
    dim: Dims | bool = None,
    unbiased: bool = True,
    keepdim: bool = False,
    *,
    correction: float | None = None,
) -> tuple[Any, Any]:
    """`std` and `mean`, with the arguments of `var`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.std_mean(tg.tensor([1.0, 5.0]), correction=0)
    (tensor(2.), tensor(3.))
    """
    dim, freedom = _freedom("std_mean", input, dim, unbiased, correction)
    return _std(input, dim=dim, freedom=freedom, keepdim=keepdim), mean(input, dim, keepdim)


@numpy_names
def nansum(input: Array, dim: Dims = None, keepdim: bool = False, *, dtype: DType = None) -> Array:
    """`sum` with nan taken as 0.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.nansum(tg.tensor([1.0, float("nan"), 2.0]))
    tensor(3.)
    """
    return sum(where(isnan(input), 0, input), dim, keepdim, dtype=dtype)


@numpy_names
def nanmean(input: Array, dim: Dims = None, keepdim: bool = False, *, dtype: DType = None) -> Array:
    """`mean` of the elements that are not nan; nan where there are none.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.nanmean(tg.tensor([1.0, float("nan"), 2.0]))
    tensor(1.5000)
    """
    check_floating("nanmean", input, dtype)
    total = nansum(input, dim, keepdim, dtype=dtype)
    return div(total, sum(logical_not(isnan(input)), dim, keepdim))
