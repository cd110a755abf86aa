"""Pooling to a given size, whatever the size of the input.

Window `i` of `m` on `n` elements reaches from ``floor(i n / m)`` to before ``ceil((i + 1) n / m)``.

Source: https://pytorch.org/docs/stable/nn.functional.html#pooling-functions
"""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from typing import Any

import numpy as np

from tinygrad_np.kernels.pool import Pooling, first_largest
from tinygrad_np.ops.gathering import gather
from tinygrad_np.ops.pool import window_mean
from tinygrad_np.ops.resample import averaging, resample
from tinygrad_np.ops.sliding import batch, unbatch
from tinygrad_np.tape.op import Array, op

__all__ = [
    "adaptive_avg_pool1d",
    "adaptive_avg_pool2d",
    "adaptive_max_pool1d",
    "adaptive_max_pool2d",
]

Sizes = int | Sequence[int | None] | None
Shape = tuple[int, ...]


@op
def adaptive_argmax(input: Array, *, size: Shape) -> Array:
    """The positions of the windows' maxima in their image (N, C, *S), counted in C order.

    Of equal ones the first, of several nan the last.
    """
    shape = input.shape[2:]
    places = np.arange(math.prod(shape)).reshape(shape)
    out = np.empty((*input.shape[:2], *size), np.int64)
    for cell in np.ndindex(*size):
        window = tuple(
            slice(i * n // m, -(-(i + 1) * n // m))
            for i, n, m in zip(cell, shape, size, strict=True)
        )
        inside = places[window].ravel()
        number = first_largest(input[(..., *window)].reshape(-1, inside.size))
        out[(..., *cell)] = inside[number].reshape(input.shape[:2])
    return out


def _batch_and_size(name: str, input: Any, dims: int, output_size: Any) -> tuple[Any, Shape]:
    """The input as a batch, and the size for each dimension: its own where None is given."""
    given = batch(name, input, dims)
    wanted = tuple(output_size) if isinstance(output_size, (tuple, list)) else (output_size,) * dims
    sizes = tuple(given.shape[2:])
    if len(wanted) != dims:
        raise ValueError(
            f"{name}: expected output_size to be one number or {dims} for input of shape "
            f"{list(input.shape)}, but got {output_size}"
        )
    size = tuple(n if m is None else operator.index(m) for n, m in zip(sizes, wanted, strict=True))
    if min(size) < 0 or min(given.shape[1:]) < 1:
        raise RuntimeError(
            f"{name}: expected elements of output_size to be at least 0 and an input whose "
            f"dimensions, but for the batch, are not empty; got output_size={output_size} and "
            f"input of shape {list(input.shape)}"
        )
    return given, size


def _adaptive_avg(dims: int, input: Any, output_size: Any) -> Any:
    given, size = _batch_and_size(f"adaptive_avg_pool{dims}d", input, dims, output_size)
    sizes = tuple(given.shape[2:])
    if all(m and n % m == 0 for n, m in zip(sizes, size, strict=True)):
        kernel = tuple(n // m for n, m in zip(sizes, size, strict=True))
        pooling = Pooling(kernel, kernel, (0,) * dims, (1,) * dims, size)
        out = window_mean(given, pooling=pooling, divisor=float(math.prod(kernel)))
    else:
        out = given
        for dim, (n, m) in enumerate(zip(sizes, size, strict=True), 2):
            out = resample(out, matrix=averaging(n, m), dim=dim)
    return unbatch(out, input, dims)


def _adaptive_max(dims: int, input: Any, output_size: Any, return_indices: bool) -> Any:
    given, size = _batch_and_size(f"adaptive_max_pool{dims}d", input, dims, output_size)
    indices = adaptive_argmax(given, size=size)
    lead, sizes = tuple(given.shape[:2]), tuple(given.shape[2:])
    images = given.reshape((*lead, math.prod(sizes)))
    out = gather(images, -1, indices.reshape((*lead, math.prod(size)))).reshape((*lead, *size))
    if return_indices:
        return unbatch(out, input, dims), unbatch(indices, input, dims)
    return unbatch(out, input, dims)


def adaptive_avg_pool1d(input: Any, output_size: Sizes) -> Any:
    """The means of `output_size` windows on signals (N, C, L) or (C, L).

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.adaptive_avg_pool1d(tg.tensor([[1.0, 2.0, 3.0, 4.0, 5.0]]), 2)
    tensor([[2., 4.]])
    """
    return _adaptive_avg(1, input, output_size)


def adaptive_avg_pool2d(input: Any, output_size: Sizes) -> Any:
    """The means of windows on images, as many as are asked for; of size 1 the global mean.

    Parameters
    ----------
    input : Tensor
        (N, C, H, W) or (C, H, W).
    output_size : int, None or tuple of them
        The height and width of the result; None keeps the input's.

    Returns
    -------
    Tensor
        (N, C, *output_size) or (C, *output_size)

    Raises
    ------
    RuntimeError
        If the input is empty or a size is negative.

    Notes
    -----
    Source: https://pytorch.org/docs/stable/generated/torch.nn.functional.adaptive_avg_pool2d.html

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> from tinygrad_np.nn import functional as F
    >>> F.adaptive_avg_pool2d(tg.arange(9.0).reshape(1, 3, 3), 1)
    tensor([[[4.]]])
    >>> F.adaptive_avg_pool2d(tg.zeros(2, 8, 7, 9), (None, 4)).shape
    torch.Size([2, 8, 7, 4])
    """
    return _adaptive_avg(2, input, output_size)


def adaptive_max_pool1d(input: Any, output_size: Sizes, return_indices: bool = False) -> Any:
    """The maxima of `output_size` windows on signals (N, C, L) or (C, L).

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> from tinygrad_np.nn import functional as F
    >>> F.adaptive_max_pool1d(tg.tensor([[1.0, 2.0, 5.0, 4.0, 3.0]]), 2, return_indices=True)
    (tensor([[5., 5.]]), tensor([[2, 2]]))
    """
    return _adaptive_max(1, input, output_size, return_indices)


def adaptive_max_pool2d(input: Any, output_size: Sizes, return_indices: bool = False) -> Any:
    """The maxima of windows on images, as many as are asked for.

    The first of equal maxima gets the gradient; a window with nan gives nan.

    Parameters
    ----------
    input : Tensor
        (N, C, H, W) or (C, H, W).
    output_size : int, None or tuple of them
        The height and width of the result; None keeps the input's.
    return_indices : bool, default False
        Return also where the maxima stand, as positions in their image counted row by row.

    Returns
    -------
    Tensor
        (N, C, *output_size) or (C, *output_size); with `return_indices` a pair of it and an int64
        tensor of the same shape.

    Raises
    ------
    RuntimeError
        If the input is empty or a size is negative.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> from tinygrad_np.nn import functional as F
    >>> F.adaptive_max_pool2d(tg.arange(9.0).reshape(1, 3, 3), 1)
    tensor([[[8.]]])
    """
    return _adaptive_max(2, input, output_size, return_indices)
