"""Gathering and scattering along one dimension, with an index for every element."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tinygrad_np.dtypes import fitting
from tinygrad_np.ops.broadcast import broadcast_shapes
from tinygrad_np.ops.dims import numpy_names, one
from tinygrad_np.ops.index import _index, _scatter, same_dtype
from tinygrad_np.ops.indices import checked_index
from tinygrad_np.ops.mask import masked_fill
from tinygrad_np.ops.shape import expand, raw, reshape
from tinygrad_np.tape.graph import TensorBase
from tinygrad_np.tape.inplace import write
from tinygrad_np.tape.op import Array, op
from tinygrad_np.tape.record import always, recorded_whole

__all__ = ["gather", "scatter", "scatter_add", "scatter_reduce", "take_along_dim"]


@recorded_whole
def _places(input: Any, dim: int, index: Any, name: str, **options: Any) -> Array:
    """For each entry of an index along `dim`, a position in the flattened input."""
    shape = tuple(input.shape) or (1,)
    at = one(dim, len(shape))
    array = checked_index(index, shape[at], at, name, **{"error": RuntimeError, **options})
    if not array.size:  # whatever its shape
        return array
    if (array.ndim or 1) != len(shape):
        raise RuntimeError(
            f"{name}(): index must have as many dimensions as input, got shapes "
            f"{list(array.shape)} and {list(input.shape)}"
        )
    if any(n > m and i != at for i, (n, m) in enumerate(zip(array.shape, shape, strict=False))):
        raise RuntimeError(
            f"{name}(): index of shape {list(array.shape)} must be no larger than input of shape "
            f"{list(shape)} apart from dimension {at}"
        )
    steps = [math.prod(shape[i + 1 :]) for i in range(len(shape))]
    array *= steps[at]
    for i, n in enumerate(array.shape):
        if i != at:
            array += np.arange(0, n * steps[i], steps[i]).reshape(-1, *[1] * (array.ndim - 1 - i))
    return array


@numpy_names
def gather(input: Any, dim: int, index: Any, *, sparse_grad: bool = False) -> Any:
    """The elements that an index names along `dim`.

    For ``dim=1``: ``out[i][j][k] = input[i][index[i][j][k]][k]``.

    Parameters
    ----------
    input : Tensor
    dim : int
    index : Tensor of int64 or int32
        Of as many dimensions as `input`, and no larger but along `dim`; each from 0 to the size
        of `dim` less 1.
    sparse_grad : bool, default False
        Ignored: gradients are dense.

    Returns
    -------
    Tensor
        Of the shape of `index`.

    Raises
    ------
    RuntimeError
        For an index out of range or of the wrong shape or dtype.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.gather(tg.tensor([[1, 2], [3, 4]]), 1, tg.tensor([[1], [0]]))
    tensor([[2],
            [3]])
    """
    places = _places(input, dim, index, "gather")
    return _index(reshape(input, (-1,)), where=(places,))


@numpy_names
def take_along_dim(input: Any, indices: Any, dim: int | None = None) -> Any:
    """`gather` with shapes broadcast, and negative indices that count from the end.

    Parameters
    ----------
    input : Tensor
    indices : Tensor of int64
        Its shape broadcasts with that of `input` but for `dim`.
    dim : int, optional
        By default both are flattened.

    Raises
    ------
    IndexError
        For an index out of range.
    RuntimeError
        For an index of the wrong shape or dtype.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> x = tg.tensor([[3, 1, 2], [6, 4, 5]])
    >>> tg.take_along_dim(x, tg.tensor([[0], [2]]), dim=1)
    tensor([[3],
            [5]])
    """
    if dim is None:
        input, indices, dim = reshape(input, (-1,)), reshape(indices, (-1,)), 0
    shape, wanted = list(input.shape), list(indices.shape)
    if len(shape) != len(wanted):
        raise RuntimeError(
            "take_along_dim(): input and indices should have the same number of dimensions, got "
            f"shapes {shape} and {wanted}"
        )
    at = one(dim, len(shape))
    size, count = shape[at], wanted[at]
    shape[at] = wanted[at] = 1
    full = list(broadcast_shapes(shape, wanted))
    tensor = expand(input, (*full[:at], size, *full[at + 1 :]))
    index = expand(indices, (*full[:at], count, *full[at + 1 :]))
    options = {"dtypes": (np.int64,), "negative": True, "error": IndexError}
    places = _places(tensor, at, index, "take_along_dim", **options)
    return _index(reshape(tensor, (-1,)), where=(places,))


def _flat(input: Any, dim: int, index: Any, src: Any, name: str) -> tuple[Any, Any, Array]:
    """The input flattened, of the source what the index has entries for, and where that goes."""
    places = _places(input, dim, index, name)
    same_dtype(input, src, f"{name}()")
    shape = places.shape
    if places.size and (
        len(src.shape) != len(shape) or any(n > m for n, m in zip(shape, src.shape, strict=True))
    ):
        raise RuntimeError(
            f"{name}(): index of shape {list(shape)} must have as many dimensions as src of shape "
            f"{list(src.shape)}, and be no larger"
        )
    if src.shape != shape:
        src = src[tuple(slice(n) for n in shape)] if places.size else reshape(src, (-1,))[:0]
    return reshape(input, (-1,)), reshape(src, (-1,)), places.reshape(-1)


@numpy_names
def scatter(
    input: Any,
    dim: int,
    index: Any,
    src: Any = None,
    *,
    value: Any = None,
    reduce: str | None = None,
) -> Any:
    """``input`` with the elements of `src` written where an index names places along `dim`.

    For ``dim=1``: ``out[i][index[i][j][k]][k] = src[i][j][k]``. If a place is named twice, the
    last of its values stays.

    Parameters
    ----------
    input : Tensor
    dim : int
    index : Tensor of int64 or int32
        No larger than `src`, nor than `input` but along `dim`; each from 0 to the size of `dim`
        less 1.
    src : Tensor or float
        Of the dtype of `input`.
    value : float
        In place of `src`.
    reduce : {'add', 'multiply'}, optional
        Combine with what is there instead.

    Raises
    ------
    RuntimeError
        For an index out of range, or of the wrong shape or dtype.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.scatter(tg.zeros(2, 3), 1, tg.tensor([[2], [0]]), 5.0)
    tensor([[0., 0., 5.],
            [5., 0., 0.]])
    """
    src = value if src is None else src
    if src is None:
        raise TypeError("scatter() missing the argument 'src' or 'value'")
    if not isinstance(src, (TensorBase, np.ndarray)):
        dtype = raw(input).dtype
        src = always(np.full(np.shape(raw(index)), fitting(src, dtype), dtype))
    if reduce is not None:
        names = {"add": "sum", "multiply": "prod"}
        if reduce not in names:
            raise RuntimeError(f"reduce argument must be either add or multiply, got {reduce}")
        return scatter_reduce(input, dim, index, src, names[reduce])
    tensor, values, places = _flat(input, dim, index, src, "scatter")
    return reshape(write(tensor, values, where=(places,)), tuple(input.shape))


@numpy_names
def scatter_add(input: Any, dim: int, index: Any, src: Any) -> Any:
    """``input`` with the elements of `src` added where an index names places along `dim`.

    For ``dim=1``: ``out[i][index[i][j][k]][k] += src[i][j][k]``; a place may be named often.

    Parameters
    ----------
    input : Tensor
    dim : int
    index : Tensor of int64 or int32
        No larger than `src`, nor than `input` but along `dim`; each from 0 to the size of `dim`
        less 1.
    src : Tensor
        Of the dtype of `input`.

    Raises
    ------
    RuntimeError
        For an index out of range, or of the wrong shape or dtype.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.scatter_add(tg.zeros(3), 0, tg.tensor([2, 2, 0]), tg.ones(3))
    tensor([1., 0., 2.])
    """
    if not isinstance(src, (TensorBase, np.ndarray)):
        raise TypeError(f"scatter_add(): src must be a tensor, not {type(src).__name__}")
    tensor, values, places = _flat(input, dim, index, src, "scatter_add")
    added = _scatter(values, shape=tuple(tensor.shape), where=(places,))
    return input + reshape(added, tuple(input.shape))


# --- other reductions ---


@op(aux=True)
def _scatter_prod(input: Array, src: Array, places: Any) -> Any:
    """The products of `input` and the elements of `src` for the same place."""
    zero, zero_src = input == 0, src == 0
    zeros = zero.astype(np.intp)
    np.add.at(zeros, places, zero_src)
    out = input.copy()
    np.multiply.at(out, places, src)
    # a factor's gradient is the product of the others: 0 where one of these is 0
    return out, (zero, zero_src, zeros == zero, zeros[places] == zero_src)


@_scatter_prod.backward("input")
def _(grad: Array, input: Array, src: Array, places: Any, aux: Any) -> Any:
    return grad * _others(input, src, places, aux) / masked_fill(input, aux[0], 1.0) * aux[2]


@_scatter_prod.backward("src")
def _(grad: Array, input: Array, src: Array, places: Any, aux: Any) -> Any:
    flow = _index(grad * _others(input, src, places, aux), where=(places,))
    return flow / masked_fill(src, aux[1], 1.0) * aux[3]


def _others(input: Any, src: Any, places: Any, aux: Any) -> Any:
    """The products without the factors that are 0."""
    kept = masked_fill(input, aux[0], 1.0), masked_fill(src, aux[1], 1.0)
    return _scatter_prod(*kept, places=places)


@op(aux=True)
def _scatter_extreme(input: Array, src: Array, places: Any, largest: bool) -> Any:
    """The largest or smallest of `input` and the elements of `src` for the same place."""
    out = input.copy()
    (np.maximum if largest else np.minimum).at(out, places, src)
    hit, hit_src = input == out, src == out[places]
    ties = hit.astype(out.dtype)
    np.add.at(ties, places, hit_src)
    ties = np.maximum(ties, 1)  # 0 where the result is nan
    return out, (hit / ties, hit_src / ties[places])


_scatter_extreme.backward(
    input=lambda grad, aux: grad * aux[0],
    src=lambda grad, places, aux: _index(grad, where=(places,)) * aux[1],
)


@numpy_names
def scatter_reduce(
    input: Any, dim: int, index: Any, src: Any, reduce: str, *, include_self: bool = True
) -> Any:
    """``input`` combined with the elements of `src` for the same place along `dim`.

    Parameters
    ----------
    input : Tensor
    dim : int
    index : Tensor of int64 or int32
        As for `scatter_add`.
    src : Tensor
        Of the dtype of `input`.
    reduce : {'sum', 'prod', 'mean', 'amax', 'amin'}
    include_self : bool, default True
        Whether the element of `input` counts where an index names its place.

    Raises
    ------
    RuntimeError
        For an index out of range, or of the wrong shape or dtype; for another reduction.

    Notes
    -----
    Equal extremes share their gradient. Second derivatives of products are those where no
    factor is 0.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> index, src = tg.tensor([0, 0, 1]), tg.tensor([1.0, 5.0, 2.0])
    >>> tg.scatter_reduce(tg.zeros(2), 0, index, src, "amax")
    tensor([5., 2.])
    """
    if reduce not in ("sum", "prod", "mean", "amax", "amin"):
        raise RuntimeError(
            f"reduce argument must be either sum, prod, mean, amax or amin, got {reduce}"
        )
    tensor, values, places = _flat(input, dim, index, src, "scatter_reduce")
    shape, dtype = tuple(tensor.shape), raw(input).dtype
    counts = np.bincount(places, minlength=shape[0]).astype(dtype)
    if not include_self:
        tensor = masked_fill(tensor, counts > 0, _neutral(reduce, dtype))
    if reduce in ("sum", "mean"):
        out = tensor + _scatter(values, shape=shape, where=(places,))
        if reduce == "mean":
            divisor = np.maximum(counts + include_self, 1)
            out = out / divisor if dtype.kind == "f" else out // divisor
    elif reduce == "prod":
        out = _scatter_prod(tensor, values, places=places)
    else:
        out = _scatter_extreme(tensor, values, places=places, largest=reduce == "amax")
    return reshape(out, tuple(input.shape))


def _neutral(reduce: str, dtype: np.dtype[Any]) -> Any:
    """What changes nothing in a reduction."""
    if reduce not in ("amax", "amin"):
        return 1 if reduce == "prod" else 0
    if dtype.kind == "f":
        return -np.inf if reduce == "amax" else np.inf
    limits = np.iinfo(dtype)
    return limits.min if reduce == "amax" else limits.max
