"""Values written into a tensor, in place."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_np.ops.mask import masked_fill
from tinygrad_np.ops.shape import expand, raw
from tinygrad_np.tape.inplace import assign
from tinygrad_np.tape.record import always

__all__ = ["copy_", "fill", "fill_", "fill_diagonal_", "zero_"]


def copy_(input: Any, src: Any, non_blocking: bool = False) -> Any:
    """Write the values of another tensor, broadcast and converted to this one's dtype.

    Parameters
    ----------
    input : Tensor
    src : Tensor, ndarray or float
        Its shape broadcasts to that of `input`.
    non_blocking : bool
        Ignored.

    Returns
    -------
    Tensor
        `input`.

    Raises
    ------
    RuntimeError
        If the shapes do not fit, and for a leaf that requires grad.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.zeros(2, 2).copy_(tg.tensor([1, 2]))
    tensor([[1., 2.],
            [1., 2.]])
    """
    shape = tuple(input.shape)
    if np.shape(raw(src)) not in (shape, ()):
        src = expand(src, shape)
    return assign(input, src)


def fill_(input: Any, value: Any) -> Any:
    """Give all elements one value; returns the tensor.

    Parameters
    ----------
    input : Tensor
    value : float or Tensor ()

    Raises
    ------
    RuntimeError
        For a value that is not a single one, and for a leaf that requires grad.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.zeros(2).fill_(3)
    tensor([3., 3.])
    """
    if np.ndim(raw(value)):
        raise RuntimeError(
            f"fill_() takes a number or a 0-d tensor, got a tensor of shape {list(value.shape)}"
        )
    return assign(input, value)


def fill(input: Any, value: Any) -> Any:
    """A tensor of the shape and dtype of `input` with all elements of one value.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.fill(tg.zeros(2), 3)
    tensor([3., 3.])
    """
    return masked_fill(input, np.ones((), bool), value)


def zero_(input: Any) -> Any:
    """Make all elements 0; returns the tensor.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.ones(2).zero_()
    tensor([0., 0.])
    """
    return assign(input, 0)


def fill_diagonal_(input: Any, fill_value: float, wrap: bool = False) -> Any:
    """Write one value into the main diagonal; returns the tensor.

    Parameters
    ----------
    input : Tensor
        A matrix, or of more dimensions that are all of one size.
    fill_value : float
    wrap : bool, default False
        In a tall matrix go on below the diagonal, a row left out each time.

    Raises
    ------
    RuntimeError
        For other shapes.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.zeros(2, 3).fill_diagonal_(5)
    tensor([[5., 0., 0.],
            [0., 5., 0.]])
    """
    shape = tuple(input.shape)
    if len(shape) < 2 or (len(shape) > 2 and len(set(shape)) > 1):
        raise RuntimeError(
            "fill_diagonal_() takes a matrix, or a tensor whose dimensions are all of one size; "
            f"got shape {list(shape)}"
        )
    if wrap and len(shape) == 2 and shape[0] > shape[1]:
        positions = always(np.arange(0, shape[0] * shape[1], shape[1] + 1))
        where = np.unravel_index(positions, shape)
    else:
        where = (np.arange(min(shape)),) * len(shape)
    return assign(input, fill_value, where=where)
