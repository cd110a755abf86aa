"""Shapes: the same elements seen in another shape.

The results are NumPy views wherever NumPy can make one. Whatever only adds, drops or groups
dimensions is one op, `_reshape`; whatever repeats them without a copy is another, `_expand`.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from typing import Any

import numpy as np

from tinygrad_np import dtypes
from tinygrad_np.kernels import layout
from tinygrad_np.ops.dims import numpy_names, one, several
from tinygrad_np.tape.graph import TensorBase
from tinygrad_np.tape.op import Array, op

__all__ = [
    "clone",
    "contiguous",
    "expand",
    "flatten",
    "ravel",
    "reshape",
    "reshape_as",
    "squeeze",
    "unflatten",
    "unsqueeze",
    "view",
    "view_as",
]

Shape = tuple[int, ...]


def raw(value: Any) -> Any:
    """The array of a Tensor; anything else as it is."""
    return value._array if isinstance(value, TensorBase) else value


def numbers(given: Sequence[Any], named: Any = None) -> Shape:
    """Sizes or dimensions given as ``f(x, 2, 3)``, as ``f(x, (2, 3))`` or by name."""
    if named is not None:
        given = (named,)
    if len(given) == 1 and isinstance(given[0], (tuple, list)):
        given = given[0]
    return tuple(map(operator.index, given))


# --- one op for whatever keeps the elements and their order ---


@op(view=True)
def _reshape(input: Array, shape: Shape) -> Array:
    try:
        if not shape or min(shape) >= -1:
            return input.reshape(shape)
    except ValueError:
        pass
    hint = ": only one dimension can be inferred" if list(shape).count(-1) > 1 else ""
    raise RuntimeError(f"shape '{list(shape)}' is invalid for input of size {input.size}{hint}")


_reshape.backward(input=lambda grad, input_shape: grad.reshape(input_shape))


@op(view=True)
def _view(input: Array, shape: Shape) -> Array:
    out: Any = _reshape.forward(input, shape)
    if out.size and out.base is not input and (out.base is None or out.base is not input.base):
        steps = [s // input.itemsize for s in input.strides]
        raise RuntimeError(
            f"view size {list(shape)} is not compatible with the input's shape "
            f"{list(input.shape)} and strides {steps}: it would take a copy. Use reshape()"
        )
    return out


_view.backward(input=lambda grad, input_shape: grad.reshape(input_shape))


@op(view=True)
def _view_dtype(input: Array, dtype: np.dtype[Any]) -> Array:
    try:
        return input.view(dtype)
    except (ValueError, TypeError) as error:
        raise RuntimeError(
            f"can't view a tensor of shape {list(input.shape)} and dtype {input.dtype} as "
            f"{dtype}: {error}"
        ) from None


def reshape(input: Any, *sizes: Any, shape: Any = None) -> Any:
    """The elements, in their order, in another shape: a view where possible, else a copy.

    Parameters
    ----------
    input : Tensor
    *sizes : int or tuple of int
        The shape; one size may be -1 and is found from the others.

    Raises
    ------
    RuntimeError
        If the sizes do not multiply up to the number of elements.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.reshape(tg.arange(6), (2, -1))
    tensor([[0, 1, 2],
            [3, 4, 5]])
    """
    return _reshape(input, shape=numbers(sizes, shape))


def view(input: Any, *sizes: Any, size: Any = None, dtype: Any = None) -> Any:
    """The elements in another shape, in the same memory; or the same bytes as another dtype.

    Parameters
    ----------
    input : Tensor
    *sizes : int, tuple of int or dtype
        The shape, with at most one -1; or the dtype that the bytes are to be read as.

    Raises
    ------
    RuntimeError
        If the shape does not fit, or takes a copy (then `reshape` does it).

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> x = tg.zeros(2, 2)
    >>> x.view(4)[0] = 1
    >>> x
    tensor([[1., 0.],
            [0., 0.]])
    >>> tg.ones(2).view(tg.int32)
    tensor([1065353216, 1065353216], dtype=torch.int32)
    """
    if len(sizes) == 1 and isinstance(sizes[0], (dtypes.dtype, np.dtype)):
        dtype = sizes[0]
    if dtype is None:
        return _view(input, shape=numbers(sizes, size))
    if input.dtype == dtype:
        return _view(input, shape=tuple(input.shape))
    return _view_dtype(input, dtype=dtypes.as_numpy(dtype))


def view_as(input: Any, other: Any) -> Any:
    """`view` in the shape of another tensor.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.arange(4).view_as(tg.zeros(2, 2)).shape
    torch.Size([2, 2])
    """
    return _view(input, shape=tuple(other.shape))


def reshape_as(input: Any, other: Any) -> Any:
    """`reshape` to the shape of another tensor.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.arange(4).reshape_as(tg.zeros(2, 2)).shape
    torch.Size([2, 2])
    """
    return _reshape(input, shape=tuple(other.shape))


def flatten(input: Any, start_dim: int = 0, end_dim: int = -1) -> Any:
    """The dimensions from `start_dim` to `end_dim` as one; a 0-d tensor becomes 1-d.

    Raises
    ------
    IndexError
        If there is no such dimension.
    RuntimeError
        If `start_dim` comes after `end_dim`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.flatten(tg.zeros(2, 3, 4), 1).shape
    torch.Size([2, 12])
    """
    shape = tuple(input.shape) or (1,)
    start, end = one(start_dim, len(shape)), one(end_dim, len(shape))
    if start > end:
        raise RuntimeError(
            f"flatten(): start_dim cannot come after end_dim, got {start_dim} and {end_dim} for "
            f"a tensor of shape {list(shape)}"
        )
    middle = math.prod(shape[start : end + 1])
    return _reshape(input, shape=(*shape[:start], middle, *shape[end + 1 :]))


def unflatten(input: Any, dim: int, sizes: Sequence[int]) -> Any:
    """One dimension as several.

    Parameters
    ----------
    input : Tensor
    dim : int
    sizes : sequence of int
        What `dim` becomes; one may be -1.

    Raises
    ------
    RuntimeError
        If the sizes do not multiply up to that of `dim`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.unflatten(tg.zeros(2, 12), 1, (3, -1)).shape
    torch.Size([2, 3, 4])
    """
    shape, at = tuple(input.shape), one(dim, len(input.shape))
    given, n = list(sizes), shape[at]
    known = math.prod(s for s in given if s != -1)
    if given.count(-1) == 1 and known and n % known == 0:
        given[given.index(-1)] = n // known
    if not given or min(given) < 0 or math.prod(given) != n:
        raise RuntimeError(
            f"unflatten(): sizes {list(sizes)} don't multiply up to {n}, the size of dim {dim} "
            f"of a tensor of shape {list(shape)}"
        )
    return _reshape(input, shape=(*shape[:at], *given, *shape[at + 1 :]))


def ravel(input: Any) -> Any:
    """All elements in one dimension, of a copy unless they lie in memory in order.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.ravel(tg.tensor([[1, 2], [3, 4]]))
    tensor([1, 2, 3, 4])
    """
    return _reshape(contiguous(input), shape=(-1,))


@numpy_names
def squeeze(input: Any, dim: int | Sequence[int] | None = None) -> Any:
    """The tensor without its dimensions of size 1, or without those of them named by `dim`.

    Raises
    ------
    IndexError
        If there is no such dimension; one of another size than 1 just stays.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> x = tg.zeros(1, 2, 1)
    >>> x.squeeze().shape, x.squeeze(0).shape
    (torch.Size([2]), torch.Size([2, 1]))
    """
    shape = input.shape
    if dim is None:
        named = tuple(range(len(shape)))
    else:
        dims = numbers((dim,))
        named = several(dims, len(shape)) if dims else ()
    kept = tuple(n for i, n in enumerate(shape) if n != 1 or i not in named)
    return _reshape(input, shape=kept)


@numpy_names
def unsqueeze(input: Any, dim: int) -> Any:
    """The tensor with a dimension of size 1 put in, which becomes dimension `dim`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.unsqueeze(tg.zeros(2, 3), -1).shape
    torch.Size([2, 3, 1])
    """
    shape = tuple(input.shape)
    at = one(dim, len(shape) + 1)
    return _reshape(input, shape=(*shape[:at], 1, *shape[at:]))


# --- broadcasting ---


@op(view=True)
def _expand(input: Array, shape: Shape) -> Array:
    lead, size = len(shape) - input.ndim, input.size
    if -1 in shape and lead >= 0:
        kept = zip(input.shape, shape[lead:], strict=True)
        shape = shape[:lead] + tuple(have if want == -1 else want for have, want in kept)
    if size == 1 and lead >= 0 and shape and min(shape) >= 0:  # a quarter of the time
        out = np.ndarray(shape, input.dtype, input, 0, (0,) * len(shape))
        return out if out.size != 1 else input.reshape(shape)
    try:
        out = np.broadcast_to(input, shape)
    except ValueError:
        raise RuntimeError(
            f"a tensor of shape {list(input.shape)} can't be expanded to {list(shape)}: sizes "
            "of 1 can be expanded, others must match or be -1, and new dimensions come in front"
        ) from None
    out.flags.writeable = input.flags.writeable  # of NumPy read-only
    return out if out.size != size else input.reshape(shape)


_expand.backward(input=lambda grad: grad)


def expand(input: Any, *sizes: Any, size: Any = None) -> Any:
    """The tensor with dimensions of size 1 repeated, without a copy.

    Parameters
    ----------
    input : Tensor
    *sizes : int or tuple of int
        The shape to expand to; -1 keeps a size. More sizes than dimensions put new ones in front.

    Returns
    -------
    Tensor
        A view; its elements share memory, so that only parts that don't can be written to.

    Raises
    ------
    RuntimeError
        If a dimension of another size than 1 would have to change.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.tensor([[1], [2]]).expand(-1, 3)
    tensor([[1, 1, 1],
            [2, 2, 2]])
    """
    return _expand(input, shape=numbers(sizes, size))


# --- copies ---


@op
def clone(input: Array, *, memory_format: Any = None) -> Array:
    """A copy on the tape, in the memory layout of the original; `memory_format` is ignored.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> x = tg.tensor([1.0, 2.0])
    >>> x.clone().zero_()
    tensor([0., 0.])
    >>> x
    tensor([1., 2.])
    """
    return input.copy(order=layout.kept(input))


clone.backward(input=lambda grad: grad)


@op
def _contiguous(input: Array) -> Array:
    return input.copy()


_contiguous.backward(input=lambda grad: grad)


def contiguous(input: Any, memory_format: Any = None) -> Any:
    """The tensor itself if its elements lie in memory in order, else a copy where they do.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> x = tg.zeros(2, 3)
    >>> x.contiguous() is x, x.T.contiguous().is_contiguous()
    (True, True)
    """
    array = input._in_order() if isinstance(input, TensorBase) else input
    return input if array.flags.c_contiguous else _contiguous(input)
