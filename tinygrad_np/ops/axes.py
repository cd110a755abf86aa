"""The order of dimensions, and of the elements along them.

`transpose`, `permute` and their relatives are views; `flip`, `roll` and `rot90` are copies.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tinygrad_np.kernels.layout import kept, ordered
from tinygrad_np.ops.dims import one, several
from tinygrad_np.ops.shape import clone, numbers
from tinygrad_np.tape.op import Array, op

__all__ = [
    "adjoint",
    "flip",
    "fliplr",
    "flipud",
    "moveaxis",
    "movedim",
    "permute",
    "roll",
    "rot90",
    "swapaxes",
    "swapdims",
    "t",
    "transpose",
]

Order = tuple[int, ...]


@op(view=True)
def _transpose(input: Array, dim0: int, dim1: int) -> Array:
    return input.swapaxes(dim0, dim1)


_transpose.backward(input=lambda grad, dim0, dim1: grad.swapaxes(dim0, dim1))


def transpose(input: Any, dim0: int, dim1: int) -> Any:
    """The tensor with two dimensions swapped, as a view.

    Raises
    ------
    IndexError
        If there is no such dimension.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.transpose(tg.tensor([[1, 2], [3, 4]]), 0, 1)
    tensor([[1, 3],
            [2, 4]])
    """
    ndim = input.ndim
    first, second = one(dim0, ndim), one(dim1, ndim)
    return _transpose(input, dim0=first, dim1=second) if ndim else _permute(input, dims=())


def swapaxes(input: Any, axis0: int, axis1: int) -> Any:
    """`transpose` under NumPy's name.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.swapaxes(tg.zeros(2, 3, 4), 0, -1).shape
    torch.Size([4, 3, 2])
    """
    return transpose(input, axis0, axis1)


def swapdims(input: Any, dim0: int, dim1: int) -> Any:
    """`transpose` under another name.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.swapdims(tg.zeros(2, 3, 4), 0, 1).shape
    torch.Size([3, 2, 4])
    """
    return transpose(input, dim0, dim1)


@op(view=True)
def _permute(input: Array, dims: Order) -> Array:
    return input.transpose(dims)


@_permute.backward("input")
def _(grad: Array, dims: Order) -> Any:
    return _permute(grad, dims=tuple(np.argsort(dims).tolist()))


def permute(input: Any, *dims_: Any, dims: Any = None) -> Any:
    """The tensor with its dimensions in another order, as a view.

    Parameters
    ----------
    input : Tensor
    *dims : int or tuple of int
        For each dimension of the result, which one of the input it is.

    Raises
    ------
    IndexError
        If there is no such dimension.
    RuntimeError
        Unless each dimension is named once.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.permute(tg.zeros(2, 3, 4), (2, 0, 1)).shape
    torch.Size([4, 2, 3])
    """
    order, ndim = numbers(dims_, dims), len(input.shape)
    if len(order) != ndim:
        raise RuntimeError(
            f"permute(): a tensor of shape {list(input.shape)} takes {ndim} dims, each once; "
            f"got {list(order)}"
        )
    return _permute(input, dims=several(order, ndim) if ndim else ())


def t(input: Any) -> Any:
    """A matrix transposed, as a view; tensors of 0 or 1 dimensions as they are.

    Raises
    ------
    RuntimeError
        For more than 2 dimensions; `mT` transposes a batch of matrices.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.t(tg.tensor([[1, 2], [3, 4]]))
    tensor([[1, 3],
            [2, 4]])
    """
    ndim = len(input.shape)
    if ndim > 2:
        raise RuntimeError(
            f"t() takes a tensor of at most 2 dimensions, got shape {list(input.shape)}; use mT "
            "for batches of matrices"
        )
    return reverse(input)


def reverse(input: Any) -> Any:
    """The tensor with all its dimensions reversed: its attribute `T`."""
    return _permute(input, dims=tuple(reversed(range(len(input.shape)))))


def matrix_transpose(input: Any) -> Any:
    """Matrices transposed, in the last two dimensions, as a view: the attribute `mT`."""
    ndim = len(input.shape)
    if ndim == 1:
        raise RuntimeError(
            f"mT is for matrices or batches of matrices, got shape {list(input.shape)}"
        )
    return transpose(input, -2, -1) if ndim else reverse(input)


def adjoint(input: Any) -> Any:
    """Matrices transposed, and conjugated if they are complex: the attribute `mH`.

    Raises
    ------
    RuntimeError
        For 1-d tensors.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.adjoint(tg.zeros(5, 2, 3)).shape
    torch.Size([5, 3, 2])
    """
    return matrix_transpose(input).conj()


def hermitian(input: Any) -> Any:
    """A matrix transposed, and conjugated if it is complex: the attribute `H`."""
    if len(input.shape) not in (0, 2):
        raise RuntimeError(
            f"H is for matrices (2-d tensors), got shape {list(input.shape)}; use mH for batches"
        )
    return reverse(input).conj()


def movedim(input: Any, source: int | Sequence[int], destination: int | Sequence[int]) -> Any:
    """The tensor with some dimensions moved and the others in their order, as a view.

    Parameters
    ----------
    input : Tensor
    source, destination : int or sequence of int
        Which dimensions, and where each goes.

    Raises
    ------
    RuntimeError
        If one is named twice, or their numbers differ.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.movedim(tg.zeros(2, 3, 4), 0, -1).shape
    torch.Size([3, 4, 2])
    """
    sources, places = numbers((source,)), numbers((destination,))
    if len(sources) != len(places):
        raise RuntimeError(
            f"movedim(): source {list(sources)} and destination {list(places)} must name the "
            "same number of dimensions"
        )
    ndim = len(input.shape)
    if not sources or not ndim:
        return reverse(input) if not ndim else _permute(input, dims=tuple(range(ndim)))
    sources, places = several(sources, ndim), several(places, ndim)
    order = [d for d in range(ndim) if d not in sources]
    for place, dim in sorted(zip(places, sources, strict=True)):
        order.insert(place, dim)
    return _permute(input, dims=tuple(order))


def moveaxis(input: Any, source: int | Sequence[int], destination: int | Sequence[int]) -> Any:
    """`movedim` under NumPy's name.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.moveaxis(tg.zeros(2, 3, 4), (0, 1), (1, 2)).shape
    torch.Size([4, 2, 3])
    """
    return movedim(input, source, destination)


# --- the order of elements ---


@op
def _flip(input: Array, dims: Order) -> Array:
    return np.flip(input, dims).copy(kept(input))


_flip.backward(input=lambda grad, dims: _flip(grad, dims=dims))


def flip(input: Any, *dims_: Any, dims: Any = None) -> Any:
    """The elements in reverse order along `dims`.

    Raises
    ------
    IndexError, RuntimeError
        For a dimension that there is not, or that is named twice.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.flip(tg.tensor([[1, 2], [3, 4]]), (1,))
    tensor([[2, 1],
            [4, 3]])
    """
    given, ndim = numbers(dims_, dims), len(input.shape)
    order = several(given, ndim) if given else ()
    return _flip(input, dims=order if ndim else ())


def fliplr(input: Any) -> Any:
    """The columns in reverse order: `flip` of dimension 1.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.fliplr(tg.tensor([[1, 2], [3, 4]]))
    tensor([[2, 1],
            [4, 3]])
    """
    if len(input.shape) < 2:
        raise RuntimeError(f"fliplr(): the input must be >= 2-d, got shape {list(input.shape)}")
    return _flip(input, dims=(1,))


def flipud(input: Any) -> Any:
    """The rows in reverse order: `flip` of dimension 0.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.flipud(tg.tensor([[1, 2], [3, 4]]))
    tensor([[3, 4],
            [1, 2]])
    """
    if not len(input.shape):
        raise RuntimeError("flipud(): the input must be >= 1-d, got a 0-d tensor")
    return _flip(input, dims=(0,))


@op
def _roll(input: Array, shifts: Order, dims: Order | None) -> Array:
    return ordered(np.roll(input, shifts if dims is not None else shifts[0], dims))


@_roll.backward("input")
def _(grad: Array, shifts: Order, dims: Order | None) -> Any:
    return _roll(grad, shifts=tuple(-s for s in shifts), dims=dims)


def roll(input: Any, shifts: int | Sequence[int], dims: int | Sequence[int] | None = None) -> Any:
    """The elements moved on along `dims`; those pushed over the end come in at the start.

    Parameters
    ----------
    input : Tensor
    shifts : int or sequence of int
        How far, for each of `dims`; negative numbers move towards the start.
    dims : int or sequence of int, optional
        By default the tensor is rolled as if flattened.

    Raises
    ------
    RuntimeError
        If there are not as many shifts as dims.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.roll(tg.tensor([1, 2, 3]), 1)
    tensor([3, 1, 2])
    """
    by = numbers((shifts,))
    along = None if dims is None or dims == () else numbers((dims,))
    if len(by) != (1 if along is None else len(along)):
        raise RuntimeError(
            f"roll(): shifts and dims must align, got {len(by)} shifts and {len(along or ())} dims"
        )
    if along is not None:
        if not len(input.shape):
            raise IndexError(f"roll(): a 0-d tensor has no dimension {along[0]}")
        along = tuple(one(d, len(input.shape)) for d in along)
    return _roll(input, shifts=by, dims=along)


def rot90(input: Any, k: int = 1, dims: Sequence[int] = (0, 1)) -> Any:
    """The tensor rotated `k` times by 90 degrees in a plane, from ``dims[0]`` towards ``dims[1]``.

    Raises
    ------
    RuntimeError
        Unless `dims` are two different dimensions.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.rot90(tg.tensor([[1, 2], [3, 4]]))
    tensor([[2, 4],
            [1, 3]])
    """
    ndim = len(input.shape)
    if len(dims) != 2 or ndim < 2:
        raise RuntimeError(
            f"rot90() takes two dims and a tensor of at least 2 dimensions, got dims "
            f"{list(dims)} and shape {list(input.shape)}"
        )
    first, second = several(dims, ndim)
    if k % 4 == 0:
        return clone(input)
    if k % 4 == 2:
        return _flip(input, dims=(first, second))
    flipped = _flip(input, dims=(second if k % 4 == 1 else first,))
    return _transpose(flipped, dim0=first, dim1=second)
