"""Parts of a tensor along one dimension: all of them are views."""

from __future__ import annotations

import itertools
import operator
from collections.abc import Sequence
from typing import Any

import numpy as np

from tinygrad_np.ops.dims import numpy_names, one
from tinygrad_np.ops.index import _getitem
from tinygrad_np.ops.shape import clone, raw, reshape
from tinygrad_np.tape.graph import TensorBase
from tinygrad_np.tape.op import Array, Foreign, op
from tinygrad_np.tape.refuse import looked_at

__all__ = [
    "chunk",
    "dsplit",
    "hsplit",
    "narrow",
    "narrow_copy",
    "select",
    "split",
    "split_with_sizes",
    "tensor_split",
    "unbind",
    "unfold",
    "vsplit",
]

Tensors = tuple[Any, ...]


def _dim(input: Any, dim: int, name: str, error: type[Exception] = RuntimeError) -> int:
    """A dimension of a tensor that has dimensions, counted from the front."""
    if not len(input.shape):
        raise error(f"{name}() cannot be applied to a 0-dim tensor")
    return one(dim, len(input.shape))


def _part(input: Any, dim: int, part: Any) -> Any:
    """What an int or a slice picks out along `dim`."""
    return _getitem(input, where=(slice(None),) * dim + (part, ...))


@numpy_names
def narrow_copy(input: Any, dim: int, start: Any, length: int) -> Any:
    """`narrow`, on memory of its own.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.narrow_copy(tg.tensor([1, 2, 3, 4]), 0, 1, 2)
    tensor([2, 3])
    """
    if isinstance(input, Foreign):  # a sparse tensor, which has no views
        return input.narrow_copy(dim, start, length)  # type: ignore[attr-defined]
    return clone(narrow(input, dim, start, length))


@numpy_names
def narrow(input: Any, dim: int, start: Any, length: int) -> Any:
    """The `length` elements along `dim` from `start` on; a negative start counts from the end.

    Raises
    ------
    IndexError, RuntimeError
        If they are not all there.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.narrow(tg.tensor([1, 2, 3, 4]), 0, 1, 2)
    tensor([2, 3])
    """
    at = _dim(input, dim, "narrow")
    size, first = input.shape[at], operator.index(start)
    if length < 0:
        raise RuntimeError(f"narrow(): length must be non-negative, got {length}")
    if not -size <= first <= size:
        raise IndexError(
            f"start out of range (expected to be in range of [{-size}, {size}], but got {first})"
        )
    first += size if first < 0 else 0
    if first + length > size:
        raise RuntimeError(
            f"start ({first}) + length ({length}) exceeds dimension size ({size}) of dim {dim} of "
            f"a tensor of shape {list(input.shape)}"
        )
    return _part(input, at, slice(first, first + length))


@numpy_names
def select(input: Any, dim: int, index: int) -> Any:
    """What stands at one index of `dim`, a dimension less.

    Raises
    ------
    IndexError
        If there is no such dimension or index.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.select(tg.tensor([[1, 2], [3, 4]]), 1, 0)
    tensor([1, 3])
    """
    return _part(input, _dim(input, dim, "select", IndexError), operator.index(index))


@numpy_names
def unbind(input: Any, dim: int = 0) -> Tensors:
    """The tensor taken apart along `dim`, a dimension less.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.unbind(tg.tensor([[1, 2], [3, 4]]))
    (tensor([1, 2]), tensor([3, 4]))
    """
    at = _dim(input, dim, "unbind", IndexError)
    return tuple(_part(input, at, i) for i in range(input.shape[at]))


def split(tensor: Any, split_size_or_sections: int | Sequence[int], dim: int = 0) -> Tensors:
    """The tensor cut along `dim` into parts of one size (the last may be smaller) or of many.

    Parameters
    ----------
    tensor : Tensor
    split_size_or_sections : int or sequence of int
        The size of each part, or their sizes.
    dim : int, default 0

    Raises
    ------
    RuntimeError
        For a negative size, or sizes that do not add up to that of `dim`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.split(tg.tensor([1, 2, 3]), 2)
    (tensor([1, 2]), tensor([3]))
    >>> tg.split(tg.tensor([1, 2, 3]), [1, 2])
    (tensor([1]), tensor([2, 3]))
    """
    if not isinstance(split_size_or_sections, int):
        return split_with_sizes(tensor, split_size_or_sections, dim)
    at, step = _dim(tensor, dim, "split"), split_size_or_sections
    size = tensor.shape[at]
    if step < 0 or (step == 0 and size):
        raise RuntimeError(f"split(): the size of parts must be positive, got {step}")
    if not size:
        return (_part(tensor, at, slice(None)),)
    return tuple(_part(tensor, at, slice(i, min(i + step, size))) for i in range(0, size, step))


def _split(self: Any, split_size: int | Sequence[int], dim: int = 0) -> Tensors:
    """The tensor cut along `dim` into parts; see `split`, which calls `split_size` otherwise."""
    return split(self, split_size, dim)


@numpy_names
def split_with_sizes(input: Any, split_sizes: Sequence[int], dim: int = 0) -> Tensors:
    """The tensor cut along `dim` into parts of the given sizes.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.split_with_sizes(tg.tensor([1, 2, 3]), [1, 2])
    (tensor([1]), tensor([2, 3]))
    """
    at = _dim(input, dim, "split_with_sizes")
    size, parts = input.shape[at], list(split_sizes)
    if sum(parts) != size or min(parts, default=0) < 0:
        raise RuntimeError(
            f"split_with_sizes(): the sizes must be non-negative and add up to {size}, the size "
            f"of dim {dim} of a tensor of shape {list(input.shape)}; got {parts}"
        )
    ends = np.cumsum(parts).tolist()
    return tuple(_part(input, at, slice(e - n, e)) for n, e in zip(parts, ends, strict=True))


@numpy_names
def chunk(input: Any, chunks: int, dim: int = 0) -> Tensors:
    """The tensor cut along `dim` into at most `chunks` parts, all but the last of one size.

    Raises
    ------
    RuntimeError
        Unless `chunks` is positive.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.chunk(tg.tensor([1, 2, 3]), 2)
    (tensor([1, 2]), tensor([3]))
    """
    at = _dim(input, dim, "chunk")
    if chunks <= 0:
        raise RuntimeError(f"chunk expects `chunks` to be greater than 0, got: {chunks}")
    size = input.shape[at]
    if not size:
        return split_with_sizes(input, [0] * chunks, at)
    return split(input, -(-size // chunks), at)


@numpy_names
def tensor_split(input: Any, indices_or_sections: Any, dim: int = 0) -> Tensors:
    """The tensor cut along `dim` into a number of parts, or at indices.

    Parameters
    ----------
    input : Tensor
    indices_or_sections : int, sequence of int or 1-d Tensor of int
        The number of parts, of sizes that differ by at most 1; or where each next part begins.
    dim : int, default 0

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.tensor_split(tg.tensor([1, 2, 3]), 2)
    (tensor([1, 2]), tensor([3]))
    >>> tg.tensor_split(tg.tensor([1, 2, 3]), (1,))
    (tensor([1]), tensor([2, 3]))
    """
    at = _dim(input, dim, "tensor_split")
    if isinstance(indices_or_sections, TensorBase):
        looked_at("tensor_split by a tensor")
    size, where = input.shape[at], np.asarray(raw(indices_or_sections)).tolist()
    if isinstance(where, int):
        if where <= 0:
            raise RuntimeError(f"number of sections must be larger than 0, got {where}")
        long, short = size % where, size // where
        return split_with_sizes(input, [short + 1] * long + [short] * (where - long), at)
    edges = [0, *where, size]
    return tuple(_part(input, at, slice(a, b)) for a, b in itertools.pairwise(edges))


def _even_split(input: Any, indices_or_sections: Any, dim: int, least: int, name: str) -> Tensors:
    """`tensor_split` into equal parts along a fixed dimension."""
    shape, sections = list(input.shape), indices_or_sections
    if len(shape) < least:
        raise RuntimeError(
            f"{name}() takes a tensor of at least {least} dimensions, got shape {shape}"
        )
    if isinstance(sections, int) and (sections <= 0 or shape[dim] % sections):
        raise RuntimeError(
            f"{name}(): dimension {dim}, of size {shape[dim]}, can't be cut into {sections} equal "
            "parts; tensor_split() takes unequal ones"
        )
    return tensor_split(input, sections, dim)


def hsplit(input: Any, indices_or_sections: Any) -> Tensors:
    """Cut along dimension 1 (0 for vectors) into equal parts, or at indices.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.hsplit(tg.tensor([1, 2, 3, 4]), 2)
    (tensor([1, 2]), tensor([3, 4]))
    """
    return _even_split(input, indices_or_sections, min(len(input.shape), 2) - 1, 1, "hsplit")


def vsplit(input: Any, indices_or_sections: Any) -> Tensors:
    """Cut along dimension 0 into equal parts, or at indices.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.vsplit(tg.tensor([[1, 2], [3, 4]]), 2)
    (tensor([[1, 2]]), tensor([[3, 4]]))
    """
    return _even_split(input, indices_or_sections, 0, 2, "vsplit")


def dsplit(input: Any, indices_or_sections: Any) -> Tensors:
    """Cut along dimension 2 into equal parts, or at indices.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> [part.shape for part in tg.dsplit(tg.zeros(1, 2, 6), 2)]
    [torch.Size([1, 2, 3]), torch.Size([1, 2, 3])]
    """
    return _even_split(input, indices_or_sections, 2, 3, "dsplit")


# --- windows ---


@op(view=True)
def _unfold(input: Array, dimension: int, size: int, step: int) -> Array:
    windows = np.lib.stride_tricks.sliding_window_view(input, size, dimension, writeable=True)
    return windows[(slice(None),) * dimension + (slice(None, None, step),)]


@_unfold.backward("input")
def _(grad: Array, input_shape: Sequence[int], dimension: int, size: int, step: int) -> Any:
    return _add_windows(grad, shape=input_shape, dimension=dimension, size=size, step=step)


@op
def _add_windows(input: Array, shape: Sequence[int], dimension: int, size: int, step: int) -> Array:
    """Zeros of `shape` with windows added where `_unfold` takes them."""
    out = np.zeros(shape, input.dtype)
    last = input.shape[dimension] * step
    for k in range(size):
        out[(slice(None),) * dimension + (slice(k, k + last, step),)] += input[..., k]
    return out


@_add_windows.backward("input")
def _(grad: Array, dimension: int, size: int, step: int) -> Any:
    return _unfold(grad, dimension=dimension, size=size, step=step)


def unfold(input: Any, dimension: int, size: int, step: int) -> Any:
    """Windows of `size` elements along a dimension, each `step` after the one before; a view.

    Parameters
    ----------
    input : Tensor
    dimension, size, step : int

    Returns
    -------
    Tensor
        Along `dimension` the windows, and their elements in a new last dimension.

    Raises
    ------
    RuntimeError
        If not even one window fits.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.arange(5).unfold(0, 2, 2)
    tensor([[0, 1],
            [2, 3]])
    """
    shape = tuple(input.shape)
    at = one(dimension, len(shape))
    length = shape[at] if shape else 1
    if not 0 <= size <= length:
        raise RuntimeError(
            f"maximum size for tensor at dimension {dimension} is {length} but size is {size}"
        )
    if step <= 0:
        raise RuntimeError(f"step is {step} but must be > 0")
    if not shape:
        return _part(reshape(input, (1,)), 0, slice(0, size))
    return _unfold(input, dimension=at, size=size, step=step)
