"""Sums, means and products, variances, and logical reductions.

In all of them `dim` is an int, several ints or None for all dimensions; a negative one counts
from the end.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_np import dtypes
from tinygrad_np.ops.dims import Dims, restored, several
from tinygrad_np.ops.shape import expand
from tinygrad_np.tape.op import Array, op

__all__ = ["sum"]

Shape = tuple[int, ...]


@op
def sum(
    input: Array, dim: Dims = None, keepdim: bool = False, *, dtype: dtypes.DTypeLike | None = None
) -> Array:
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
    return input.sum(axis=axes, dtype=_summed(input, dtype), keepdims=keepdim)


@sum.backward("input")
def _(grad: Array, input_shape: Shape, dim: Dims, keepdim: bool) -> Array:
    return expand(restored(grad, dim, keepdim, input_shape), input_shape)


def _summed(input: Array, dtype: dtypes.DTypeLike | None) -> Any:
    """The dtype of a sum or product: integers give int64."""
    if dtype is not None:
        return dtypes.as_numpy(dtype)
    return input.dtype if input.dtype.kind == "f" else np.int64
