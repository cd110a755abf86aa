"""Pooling in three dimensions.

Source: https://pytorch.org/docs/stable/nn.functional.html#pooling-functions
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tinygrad_np.ops.adaptive import Sizes, _adaptive_avg, _adaptive_max
from tinygrad_np.ops.pool import _avg_pool, _lp_pool, _max_pool
from tinygrad_np.ops.sliding import Numbers
from tinygrad_np.ops.unpool import _max_unpool

__all__ = [
    "adaptive_avg_pool3d",
    "adaptive_max_pool3d",
    "avg_pool3d",
    "lp_pool3d",
    "max_pool3d",
    "max_unpool3d",
]


def max_pool3d(
    input: Any,
    kernel_size: Numbers,
    stride: Numbers | None = None,
    padding: Numbers = 0,
    dilation: Numbers = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """The maxima of windows on volumes (N, C, D, H, W) or (C, D, H, W); see `max_pool2d`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.max_pool3d(tg.arange(8.0).reshape(1, 2, 2, 2), 2)
    tensor([[[[7.]]]])
    """
    return _max_pool(3, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices)


def avg_pool3d(
    input: Any,
    kernel_size: Numbers,
    stride: Numbers | None = None,
    padding: Numbers = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Any:
    """The means of windows on volumes (N, C, D, H, W) or (C, D, H, W); see `avg_pool2d`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.nn.functional.avg_pool3d(tg.arange(8.0).reshape(1, 2, 2, 2), 2)
    tensor([[[[3.5000]]]])
    """
    return _avg_pool(
        3, input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override
    )


def lp_pool3d(
    input: Any,
    norm_type: float,
    kernel_size: Numbers,
    stride: Numbers | None = None,
    ceil_mode: bool = False,
) -> Any:
    """``sum(x ** p) ** (1 / p)`` of windows on volumes, p = `norm_type`; see `lp_pool2d`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.nn.functional.lp_pool3d(tg.ones(1, 2, 2, 1), 2, (2, 2, 1))
    tensor([[[[2.]]]])
    """
    return _lp_pool(3, input, norm_type, kernel_size, stride, ceil_mode)


def adaptive_avg_pool3d(input: Any, output_size: Sizes) -> Any:
    """The means of windows on volumes, as many as are asked for; see `adaptive_avg_pool2d`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.nn.functional.adaptive_avg_pool3d(tg.arange(8.0).reshape(1, 2, 2, 2), 1)
    tensor([[[[3.5000]]]])
    """
    return _adaptive_avg(3, input, output_size)


def adaptive_max_pool3d(input: Any, output_size: Sizes, return_indices: bool = False) -> Any:
    """The maxima of windows on volumes, as many as are asked for; see `adaptive_max_pool2d`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.nn.functional.adaptive_max_pool3d(tg.arange(8.0).reshape(1, 2, 2, 2), 1)
    tensor([[[[7.]]]])
    """
    return _adaptive_max(3, input, output_size, return_indices)


def max_unpool3d(
    input: Any,
    indices: Any,
    kernel_size: Numbers,
    stride: Numbers | None = None,
    padding: Numbers = 0,
    output_size: Sequence[int] | None = None,
) -> Any:
    """The inverse, as far as there is one, of `max_pool3d`; see `max_unpool2d`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> x = tg.tensor([[[[5.0]]]])
    >>> tg.nn.functional.max_unpool3d(x, tg.tensor([[[[1]]]]), (1, 1, 2))
    tensor([[[[0., 5.]]]])
    """
    return _max_unpool(3, input, indices, kernel_size, stride, padding, output_size)
