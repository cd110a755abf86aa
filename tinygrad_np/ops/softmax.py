"""Softmax and its relatives: numbers along a dimension made into probabilities."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from tinygrad_np import dtypes
from tinygrad_np.kernels import exponentials
from tinygrad_np.kernels.layout import ordered
from tinygrad_np.ops.dims import one
from tinygrad_np.ops.elementwise import neg
from tinygrad_np.ops.exponential import exp
from tinygrad_np.ops.moments import product_to
from tinygrad_np.tape.op import Array, op
from tinygrad_np.tape.out import takes_out

__all__ = ["log_softmax", "softmax", "softmin"]


@op
def _softmax(input: Array, *, dim: int, dtype: np.dtype[Any] | None) -> Array:
    return ordered(exponentials.softmax(_floats(input, dtype), dim))


@_softmax.backward("input")
def _(grad: Array, out: Array, dim: int) -> Array:
    shape = tuple(1 if d == dim else n for d, n in enumerate(out.shape))
    return out * (grad - product_to(grad, out, shape=shape))


@op
def _log_softmax(input: Array, *, dim: int, dtype: np.dtype[Any] | None) -> Array:
    return ordered(exponentials.log_softmax(_floats(input, dtype), dim))


_log_softmax.backward(
    input=lambda grad, out, dim: grad - exp(out) * grad.sum(axis=dim, keepdims=True)
)


def _floats(input: Array, dtype: np.dtype[Any] | None) -> Array:
    kind = input.dtype if dtype is None else dtype
    if kind.kind != "f":
        raise NotImplementedError(
            f"softmax is not implemented for {dtypes.dtype(kind.name)}, the dtype of a tensor of "
            f"shape {list(input.shape)}: convert it with .float(), or give dtype=float32"
        )
    return input.astype(kind, copy=False)


@takes_out
def softmax(input: Array, dim: int | None = None, dtype: dtypes.DTypeLike | None = None) -> Array:
    """The exponentials of the elements, divided by their sum along `dim`.

    Parameters
    ----------
    input : Tensor
    dim : int
        Where the results add up to 1. Leaving it out is deprecated: it is then 0 for tensors of
        0, 1 or 3 dimensions, and otherwise 1.
    dtype : dtype, optional
        Of the result; the input is converted to it first.

    Returns
    -------
    Tensor
        nan where all elements are -inf, or one is inf.

    Raises
    ------
    IndexError
        For a `dim` that there is not.
    NotImplementedError
        For a tensor of integers, unless `dtype` is given.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.softmax(tg.tensor([0.0, 0.0, -float("inf")]), dim=0)
    tensor([0.5000, 0.5000, 0.0000])
    """
    return _softmax(input, **_options("softmax", input, dim, dtype))


@takes_out
def log_softmax(
    input: Array, dim: int | None = None, dtype: dtypes.DTypeLike | None = None
) -> Array:
    """The logarithm of `softmax`, computed without ever taking the logarithm of 0.

    Parameters, Raises
    ------------------
    Those of `softmax`.

    Returns
    -------
    Tensor

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.log_softmax(tg.tensor([0.0, 1000.0]), dim=0)
    tensor([-1000.,     0.])
    """
    return _log_softmax(input, **_options("log_softmax", input, dim, dtype))


def softmin(input: Array, dim: int | None = None, dtype: dtypes.DTypeLike | None = None) -> Array:
    """`softmax` of ``-input``: the smallest elements get the largest shares.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.nn.functional.softmin(tg.tensor([0.0, 0.0, float("inf")]), dim=0)
    tensor([0.5000, 0.5000, 0.0000])
    """
    return _softmax(neg(input), **_options("softmin", input, dim, dtype))


def _options(name: str, input: Array, dim: int | None, dtype: Any) -> dict[str, Any]:
    ndim = input.ndim
    if dim is None:
        warnings.warn(
            f"{name}: choosing the dimension has been deprecated; pass dim=", stacklevel=3
        )
        dim = 0 if ndim in (0, 1, 3) else 1
    return {
        "dim": one(dim, ndim),
        "dtype": None if dtype is None else dtypes.as_numpy(dtype),
    }
