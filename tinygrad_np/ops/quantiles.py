"""Medians and quantiles."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tinygrad_np import return_types
from tinygrad_np.ops.axes import movedim
from tinygrad_np.ops.blend import lerp
from tinygrad_np.ops.dims import numpy_names, one, several
from tinygrad_np.ops.extremes import check_nonempty, refuse_bool, selected, shared
from tinygrad_np.ops.gathering import gather
from tinygrad_np.ops.reduce import check_floating
from tinygrad_np.ops.shape import raw
from tinygrad_np.ops.sort import sort
from tinygrad_np.tape.graph import TensorBase
from tinygrad_np.tape.op import Array, op

__all__ = ["median", "nanmedian", "nanquantile", "quantile"]


@op
def _middle(input: Array, *, dim: int, skip_nan: bool) -> Array:
    """The index along `dim` of the median, and of the first nan unless these are skipped."""
    axis = one(dim, input.ndim)
    if not input.ndim:
        return np.zeros((), np.int64)
    order = np.argsort(input, axis, kind="stable")  # nan last
    count = np.count_nonzero(~np.isnan(input), axis=axis, keepdims=True)
    middle = np.maximum(count - 1, 0) // 2
    if not skip_nan:
        middle = np.where(count < input.shape[axis], count, middle)
    return np.take_along_axis(order, middle, axis)


@op
def _median(input: Array, *, skip_nan: bool) -> Array:
    """The median of all elements; the gradient is shared evenly by all that equal it."""
    if not input.size:
        return np.array(math.nan, input.dtype)
    flat = input.reshape(-1)
    return flat[_middle(flat, dim=0, skip_nan=skip_nan)[0]]


_median.backward(input=lambda grad, input, out: shared(grad, input, out, None))


@numpy_names
def median(input: Array, dim: int | None = None, keepdim: bool = False) -> Any:
    """The middle element; of an even number the lower of the two in the middle.

    Parameters
    ----------
    input : Tensor
    dim : int, optional
        Without it the result is one tensor, the median of all elements.
    keepdim : bool, default False
        Keep the reduced dimension, with size 1.

    Returns
    -------
    Tensor or (values, indices)
        nan where an element is nan. With `dim` a named tuple, and the gradient goes to the
        elements at `indices`; without, it is shared evenly by all that equal the median.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> x = tg.tensor([[4.0, 1.0, 3.0, 2.0]])
    >>> tg.median(x), tg.median(x, dim=1).indices
    (tensor(2.), tensor([3]))
    """
    refuse_bool("median", input)
    if dim is None:
        return _median(input, skip_nan=False)
    check_nonempty("median", input, dim)
    indices = _middle(input, dim=dim, skip_nan=False)
    return selected(return_types.median, input, dim, keepdim, indices)


@numpy_names
def nanmedian(input: Array, dim: int | None = None, keepdim: bool = False) -> Any:
    """The `median` of the elements that are not nan; nan where there are none.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.nanmedian(tg.tensor([4.0, float("nan"), 3.0]))
    tensor(3.)
    """
    refuse_bool("nanmedian", input)
    if dim is None:
        return _median(input, skip_nan=True)
    check_nonempty("nanmedian", input, dim)
    indices = _middle(input, dim=dim, skip_nan=True)
    return selected(return_types.nanmedian, input, dim, keepdim, indices)


@numpy_names
def quantile(
    input: Array,
    q: Any,
    dim: int | None = None,
    keepdim: bool = False,
    *,
    interpolation: str = "linear",
) -> Array:
    """The values below which the fractions `q` of the elements lie.

    Parameters
    ----------
    input : Tensor
        Of floating point numbers.
    q : float or Tensor
        In [0, 1]; one fraction or several (Q,), of the dtype of `input`.
    dim : int, optional
        All elements together by default.
    keepdim : bool, default False
        Keep the reduced dimension, with size 1.
    interpolation : {'linear', 'lower', 'higher', 'nearest', 'midpoint'}
        What to take between two elements.

    Returns
    -------
    Tensor
        For several fractions they are the first dimension. nan where an element is nan.

    Raises
    ------
    RuntimeError
        For a fraction out of range, other dtypes, or nothing to choose from. ValueError for
        another interpolation.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.quantile(tg.tensor([0.0, 1.0, 2.0, 3.0]), tg.tensor([0.25, 0.5]))
    tensor([0.7500, 1.5000])
    """
    return _quantile("quantile", input, q, dim, keepdim, interpolation)


@numpy_names
def nanquantile(
    input: Array,
    q: Any,
    dim: int | None = None,
    keepdim: bool = False,
    *,
    interpolation: str = "linear",
) -> Array:
    """The `quantile` of the elements that are not nan; nan where there are none.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.nanquantile(tg.tensor([0.0, float("nan"), 3.0]), 0.5)
    tensor(1.5000)
    """
    return _quantile("nanquantile", input, q, dim, keepdim, interpolation)


def _quantile(
    name: str, input: Array, q: Any, dim: int | None, keepdim: bool, interpolation: str
) -> Array:
    kind = check_floating(name, input)
    q = raw(q) if isinstance(q, TensorBase) else np.asarray(q, kind)
    if q.dtype != kind or q.ndim > 1:
        raise RuntimeError(
            f"{name}(): q must be a number or a vector of the dtype of the input, {input.dtype}, "
            f"but has the dtype {q.dtype} and the shape {list(q.shape)}"
        )
    if not ((q >= 0) & (q <= 1)).all():
        raise RuntimeError(f"{name}(): q must be in the range [0, 1] but got {q}")
    if interpolation not in ("linear", "lower", "higher", "nearest", "midpoint"):
        raise ValueError(
            f"{name}(): interpolation is 'linear', 'lower', 'higher', 'nearest' or 'midpoint', "
            f"got {interpolation!r}"
        )
    reduced = several(dim, input.ndim)
    x = movedim(input, dim, -1) if input.ndim and dim is not None else input.reshape((-1,))
    check_nonempty(name, x, -1)
    array = raw(x)
    count = np.count_nonzero(~np.isnan(array), axis=-1, keepdims=True)
    rank = q * np.maximum(count - 1, 0)  # (..., Q)
    if name == "quantile":
        last = array.shape[-1] - 1
        rank = np.where(count <= last, last, rank)  # where nan comes to stand
    if interpolation == "nearest":
        rank = np.round(rank)
    low, high = np.floor(rank), np.ceil(rank)
    weight = {"linear": rank - low, "midpoint": 0.5, "higher": 1.0}.get(interpolation, 0.0)
    ordered = sort(x).values
    found = lerp(
        gather(ordered, -1, low.astype(np.intp)),
        gather(ordered, -1, high.astype(np.intp)),
        np.asarray(weight, kind),
    )
    kept = (
        1 if i in reduced else n for i, n in enumerate(input.shape) if keepdim or i not in reduced
    )
    return movedim(found, -1, 0).reshape((*q.shape, *kept))
