"""Maxima put back where `max_pool1d` and `max_pool2d` with ``return_indices=True`` found them.

Source: https://pytorch.org/docs/stable/generated/torch.nn.functional.max_unpool2d.html
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from tinygrad_np.ops.gathering import scatter
from tinygrad_np.ops.shape import raw
from tinygrad_np.ops.sliding import Numbers, batch, each, unbatch

__all__ = ["max_unpool1d", "max_unpool2d"]


def max_unpool1d(
    input: Any,
    indices: Any,
    kernel_size: Numbers,
    stride: Numbers | None = None,
    padding: Numbers = 0,
    output_size: Sequence[int] | None = None,
) -> Any:
    """The inverse, as far as there is one, of `max_pool1d`; `max_unpool2d` says the rest.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> from tinygrad_np.nn import functional as F
    >>> F.max_unpool1d(tg.tensor([[5.0, 3.0]]), tg.tensor([[1, 3]]), 2)
    tensor([[0., 5., 0., 3.]])
    """
    return _max_unpool(1, input, indices, kernel_size, stride, padding, output_size)


def max_unpool2d(
    input: Any,
    indices: Any,
    kernel_size: Numbers,
    stride: Numbers | None = None,
    padding: Numbers = 0,
    output_size: Sequence[int] | None = None,
) -> Any:
    """Images of zeros, with the maxima that `max_pool2d` found in their old places.

    Parameters
    ----------
    input : Tensor
        (N, C, H, W) or (C, H, W).
    indices : Tensor of int64
        Of the same shape: positions in the images to be made, counted row by row. Where one is
        named twice, which of the maxima stays is not defined.
    kernel_size, stride, padding : int or tuple
        Of the pooling.
    output_size : tuple, optional
        The size of the images, (H', W') or (N, C, H', W'), where several sizes are pooled to the
        input's.

    Returns
    -------
    Tensor
        (N, C, H', W') or (C, H', W'), where ``H' = (H - 1) stride - 2 padding + kernel_size``
        unless given.

    Raises
    ------
    ValueError
        If `output_size` can't have been pooled to the input's size.
    RuntimeError
        If `indices` has another shape or dtype, or names a place outside of the images.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> from tinygrad_np.nn import functional as F
    >>> image = tg.arange(16.0).reshape(1, 4, 4)
    >>> maxima, indices = F.max_pool2d(image, 2, return_indices=True)
    >>> F.max_unpool2d(maxima, indices, 2)
    tensor([[[ 0.,  0.,  0.,  0.],
             [ 0.,  5.,  0.,  7.],
             [ 0.,  0.,  0.,  0.],
             [ 0., 13.,  0., 15.]]])
    """
    return _max_unpool(2, input, indices, kernel_size, stride, padding, output_size)


def _max_unpool(
    dims: int,
    input: Any,
    indices: Any,
    kernel_size: Any,
    stride: Any,
    padding: Any,
    output_size: Sequence[int] | None,
) -> Any:
    given = batch(f"max_unpool{dims}d", input, dims)
    if raw(indices).dtype != np.int64 or indices.shape != input.shape:
        raise RuntimeError(
            f"Expected indices of type int64 and of the input's shape {list(input.shape)}, but "
            f"got {raw(indices).dtype} and {list(indices.shape)}"
        )
    kernel, pad = each("kernel_size", kernel_size, dims), each("padding", padding, dims)
    step = each("stride", stride, dims) if stride else kernel
    size = tuple(
        (n - 1) * s + k - 2 * p
        for n, s, k, p in zip(given.shape[2:], step, kernel, pad, strict=True)
    )
    if output_size is not None:
        wanted = tuple(output_size)[-dims:]
        if len(output_size) not in (dims, dims + 2) or any(
            abs(w - n) >= s for w, n, s in zip(wanted, size, step, strict=True)
        ):
            raise ValueError(
                f"invalid output_size {tuple(output_size)}: it must have {dims} or {dims + 2} "
                f"elements, the last {dims} of them less than the stride {step} away from {size}"
            )
        size = wanted
    lead = tuple(given.shape[:2])
    zeros = np.zeros((*lead, math.prod(size)), raw(given).dtype)
    images = (*lead, math.prod(given.shape[2:]))
    out = scatter(zeros, -1, indices.reshape(images), given.reshape(images))
    return unbatch(out.reshape((*lead, *size)), input, dims)
