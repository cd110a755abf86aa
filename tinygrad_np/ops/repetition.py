"""Repetition: copies of a whole tensor or of its elements, grids and combinations."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from tinygrad_np.kernels.layout import ordered
from tinygrad_np.ops.dims import numpy_names, one
from tinygrad_np.ops.index import getitem
from tinygrad_np.ops.join import stack
from tinygrad_np.ops.shape import expand, numbers, ravel, raw, reshape
from tinygrad_np.tape.op import Array, op
from tinygrad_np.tape.record import always

__all__ = [
    "cartesian_prod",
    "combinations",
    "meshgrid",
    "repeat",
    "repeat_interleave",
    "tile",
]

Shape = tuple[int, ...]


@op
def _repeat(input: Array, repeats: Shape) -> Array:
    return ordered(np.tile(input, repeats))


@_repeat.backward("input")
def _(grad: Array, input_shape: Shape, repeats: Shape) -> Any:
    lead = len(repeats) - len(input_shape)
    pairs = zip(repeats, (1,) * lead + input_shape, strict=True)
    grid = grad.reshape(tuple(n for pair in pairs for n in pair))
    return grid.sum(axis=tuple(range(0, grid.ndim, 2))).reshape(input_shape)


def repeat(input: Any, *sizes: Any, repeats: Any = None) -> Any:
    """The whole tensor repeated along each dimension.

    Parameters
    ----------
    input : Tensor
    *sizes : int or tuple of int
        How often, for each dimension; more numbers than dimensions make new ones in front.

    Raises
    ------
    RuntimeError
        For fewer numbers than dimensions, or a negative one.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.tensor([1, 2]).repeat(2, 2)
    tensor([[1, 2, 1, 2],
            [1, 2, 1, 2]])
    """
    times = numbers(sizes, repeats)
    if len(times) < len(input.shape) or min(times, default=0) < 0:
        raise RuntimeError(
            f"repeat() takes a number, not negative, for each dimension of a tensor of shape "
            f"{list(input.shape)}, got {list(times)}"
        )
    return _repeat(input, repeats=times)


def tile(input: Any, *sizes: Any, dims: Any = None) -> Any:
    """`repeat`, for the last dimensions if there are fewer numbers than dimensions.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.tile(tg.tensor([[1, 2], [3, 4]]), (2,))
    tensor([[1, 2, 1, 2],
            [3, 4, 3, 4]])
    """
    times = numbers(sizes, dims)
    return repeat(input, (1,) * (len(input.shape) - len(times)) + times)


@numpy_names
def repeat_interleave(
    input: Any, repeats: Any = None, dim: int | None = None, *, output_size: int | None = None
) -> Any:
    """Each element repeated in its place.

    Parameters
    ----------
    input : Tensor
    repeats : int or Tensor of int
        How often: one number, or one for each index of `dim`. If it is left out, `input` holds
        these numbers and its indices are what is repeated.
    dim : int, optional
        By default the tensor is flattened.
    output_size : int, optional
        The size of the result along `dim`; RuntimeError if it has another.

    Raises
    ------
    RuntimeError
        For negative numbers, and for another number of them than `dim` has indices.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.repeat_interleave(tg.tensor([[1, 2], [3, 4]]), tg.tensor([1, 2]), dim=0)
    tensor([[1, 2],
            [3, 4],
            [3, 4]])
    """
    if repeats is None:
        counts = input
        return repeat_interleave(type(input)._make(np.arange(input.shape[0])), counts, 0)
    if dim is None or not len(input.shape):
        input, dim = ravel(input), dim or 0
    at = one(dim, len(input.shape))
    size, times = input.shape[at], np.asarray(raw(repeats))
    if times.dtype.kind not in "iu":
        raise RuntimeError(f"repeats must be int32 or int64, got {times.dtype}")
    if times.ndim > 1 or times.size not in (1, size):
        raise RuntimeError(
            f"repeats must be one number or have the size of the input along dim {dim}, {size}; "
            f"got shape {list(times.shape)}"
        )
    if (times < 0).any():
        raise RuntimeError(f"repeats can not be negative, got {times.min()}")
    index = always(np.repeat(np.arange(size), times), raw(repeats))
    if output_size not in (None, len(index)):
        raise RuntimeError(f"output_size is {output_size}, but the repeats make {len(index)}")
    return getitem(input, (slice(None),) * at + (index,))


def meshgrid(*tensors: Any, indexing: str | None = None) -> tuple[Any, ...]:
    """Vectors expanded over the grid that they span.

    Parameters
    ----------
    *tensors : Tensor
        Of 1 or 0 dimensions and one dtype; or one list of them.
    indexing : {'ij', 'xy'}, optional
        'ij', the default: dimension i of the results is that of the i-th vector; 'xy': the first
        two are swapped.

    Returns
    -------
    tuple of Tensor
        Views of the vectors.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> rows, columns = tg.meshgrid(tg.tensor([1, 2]), tg.tensor([3, 4]), indexing="ij")
    >>> rows
    tensor([[1, 1],
            [2, 2]])
    """
    if len(tensors) == 1 and isinstance(tensors[0], (tuple, list)):
        tensors = tuple(tensors[0])
    if not tensors or any(len(t.shape) > 1 for t in tensors):
        raise RuntimeError(
            "meshgrid() takes at least one tensor, all of 0 or 1 dimensions; got shapes "
            f"{[list(t.shape) for t in tensors]}"
        )
    if len({t.dtype for t in tensors}) > 1:
        raise RuntimeError(
            f"meshgrid() takes tensors of the same dtype, got {[t.dtype for t in tensors]}"
        )
    if indexing not in ("ij", "xy", None):
        raise RuntimeError(f'indexing must be one of "xy" or "ij", but received: {indexing}')
    places = list(range(len(tensors)))
    if indexing == "xy" and len(tensors) > 1:
        places[:2] = [1, 0]
    shape = tuple(raw(tensors[places.index(i)]).size for i in range(len(tensors)))
    return tuple(
        expand(reshape(t, tuple(n if i == p else 1 for i, n in enumerate(shape))), shape)
        for p, t in zip(places, tensors, strict=True)
    )


def cartesian_prod(*tensors: Any) -> Any:
    """All combinations of one element of each vector, as rows.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.cartesian_prod(tg.tensor([1, 2]), tg.tensor([3, 4]))
    tensor([[1, 3],
            [1, 4],
            [2, 3],
            [2, 4]])
    """
    for t in tensors:
        if len(t.shape) != 1:
            raise RuntimeError(f"cartesian_prod() takes vectors, got shape {list(t.shape)}")
    if len(tensors) == 1:
        return tensors[0]
    return stack([ravel(t) for t in meshgrid(*tensors)], 1)


def combinations(input: Any, r: int = 2, with_replacement: bool = False) -> Any:
    """All choices of `r` elements of a vector, as rows.

    Parameters
    ----------
    input : Tensor (n,)
    r : int, default 2
    with_replacement : bool, default False
        Whether an element may be chosen more than once.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.combinations(tg.tensor([1, 2, 3]))
    tensor([[1, 2],
            [1, 3],
            [2, 3]])
    """
    if len(input.shape) != 1 or r < 0:
        raise RuntimeError(
            f"combinations() takes a vector and a number that is not negative, got shape "
            f"{list(input.shape)} and {r}"
        )
    if r == 0:
        return input[:0]
    choose: Any = (
        itertools.combinations_with_replacement if with_replacement else (itertools.combinations)
    )
    rows = list(choose(range(input.shape[0]), r))
    return getitem(input, always(np.array(rows, np.intp).reshape(-1, r)))
