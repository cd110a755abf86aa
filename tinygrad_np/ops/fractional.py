"""Max pooling over windows whose places are drawn: by a factor that is no whole number."""

from __future__ import annotations

import math
import operator
from typing import Any

import numpy as np

from tinygrad_np.generator import source
from tinygrad_np.ops.extremes import max
from tinygrad_np.ops.gathering import gather
from tinygrad_np.ops.reduction import array
from tinygrad_np.ops.shape import reshape
from tinygrad_np.tape.graph import make

__all__ = ["fractional_max_pool2d", "fractional_max_pool3d"]


def fractional_max_pool2d(
    input: Any,
    kernel_size: Any,
    output_size: Any = None,
    output_ratio: Any = None,
    return_indices: bool = False,
    _random_samples: Any = None,
) -> Any:
    """The largest element of windows that begin at drawn places, about evenly apart.

    Parameters
    ----------
    input : Tensor
        (N, C, H, W) or (C, H, W)
    kernel_size : int or (int, int)
        Of the windows.
    output_size : int or (int, int), optional
        How many windows there are; either this or `output_ratio`.
    output_ratio : float or (float, float), optional
        What the size is multiplied by.
    return_indices : bool, default False
        Give the places of the largest elements, too.
    _random_samples : Tensor, optional
        (N, C, 2) in [0, 1): where the windows begin; drawn unless given.

    Returns
    -------
    Tensor, or (Tensor, Tensor)
        (N, C, *output_size), and of that shape the indices into the flattened H x W.

    Raises
    ------
    ValueError
        Unless a size or a ratio is given.
    RuntimeError
        If the windows don't fit.

    Source: B. Graham, Fractional Max-Pooling, 2014, https://arxiv.org/abs/1412.6071

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> x = tg.arange(25.0).reshape(1, 1, 5, 5)
    >>> tg.nn.functional.fractional_max_pool2d(x, 2, output_size=(3, 3)).shape
    torch.Size([1, 1, 3, 3])
    """
    return _pooled(
        2, input, kernel_size, output_size, output_ratio, return_indices, _random_samples
    )


def fractional_max_pool3d(
    input: Any,
    kernel_size: Any,
    output_size: Any = None,
    output_ratio: Any = None,
    return_indices: bool = False,
    _random_samples: Any = None,
) -> Any:
    """`fractional_max_pool2d` of volumes (N, C, D, H, W) or (C, D, H, W).

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> x = tg.arange(64.0).reshape(1, 4, 4, 4)
    >>> tg.nn.functional.fractional_max_pool3d(x, 2, output_ratio=0.5).shape
    torch.Size([1, 2, 2, 2])
    """
    return _pooled(
        3, input, kernel_size, output_size, output_ratio, return_indices, _random_samples
    )


def _pooled(
    dims: int, input: Any, kernel: Any, size: Any, ratio: Any, indices: bool, samples: Any
) -> Any:
    name, whole = f"fractional_max_pool{dims}d", tuple(input.shape)
    if input.ndim not in (dims + 1, dims + 2) or 0 in whole[-dims - 1 :]:
        raise RuntimeError(
            f"{name}: expected {dims + 1}D or {dims + 2}D tensor with non-zero sizes other than "
            f"the batch's, but got {list(whole)}"
        )
    if size is None and ratio is None:
        raise ValueError(f"{name} requires specifying either an output_size or an output_ratio")
    spatial, channels = whole[-dims:], whole[-dims - 1]
    batch = whole[0] if input.ndim == dims + 2 else 1
    if size is None:
        size = [int(n * r) for n, r in zip(spatial, _each(ratio, dims), strict=True)]
    size, kernel = (tuple(map(operator.index, _each(v, dims))) for v in (size, kernel))
    if any(k < 1 or o < 1 or o + k - 1 > n for n, o, k in zip(spatial, size, kernel, strict=True)):
        raise RuntimeError(
            f"{name}: windows of {list(kernel)} don't fit {list(size)} times into {list(spatial)}"
        )
    x = array(input)
    if samples is None:
        drawn = source().uniform(0, 1, (batch, channels, dims), x.dtype)
    else:
        drawn = array(samples)
    if drawn.shape != (batch, channels, dims):
        raise RuntimeError(
            f"{name}: expected _random_samples of shape {[batch, channels, dims]}, got "
            f"{list(drawn.shape)}"
        )
    place: Any = 0  # in the flattened dimensions, of each element of each window
    for d, (n, out, k) in enumerate(zip(spatial, size, kernel, strict=True)):
        sample = drawn[:, :, 1 - d if dims == 2 else d]  # in 2-D that of the width is first
        at = _begins(sample, n, out, k)[..., None] + np.arange(k)
        before, after = (1,) * d, (1,) * (dims - 1 - d)
        at = at.reshape(batch, channels, *before, out, *after, *before, k, *after)
        place = place * n + at
    many = math.prod(size) * math.prod(kernel)
    windows = place.reshape(batch, channels, many)
    flat = reshape(input, (batch, channels, math.prod(spatial)))
    found = gather(flat, 2, make(windows) if flat is not x else windows)
    values, which = max(reshape(found, (batch, channels, *size, math.prod(kernel))), -1)
    values = reshape(values, (*whole[:-dims], *size))
    if not indices:
        return values
    places = place.reshape(*which.shape, math.prod(kernel))
    chosen = np.take_along_axis(places, array(which)[..., None], -1)
    return values, make(chosen.reshape(tuple(values.shape)))


def _begins(sample: Any, n: int, out: int, k: int) -> Any:
    """(N, C, out): where the windows begin."""
    begins = np.full((*sample.shape, out), n - k)
    if out > 1:
        step = sample.dtype.type(n - k) / sample.dtype.type(out - 1)
        first = (sample * step).astype(np.int64)[..., None]
        moved = (np.arange(out - 1) + sample[..., None]) * step
        begins[..., :-1] = moved.astype(sample.dtype).astype(np.int64) - first
    return begins


def _each(value: Any, dims: int) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, (tuple, list)) else (value,) * dims
