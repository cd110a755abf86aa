"""Pooling in one and two dimensions.

Source: https://pytorch.org/docs/stable/nn.functional.html#pooling-functions
"""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np

from tinygrad_np.kernels import pool
from tinygrad_np.kernels.layout import ordered
from tinygrad_np.kernels.pool import Pooling
from tinygrad_np.ops.elementwise import sign
from tinygrad_np.ops.exponential import pow
from tinygrad_np.ops.piecewise import relu
from tinygrad_np.ops.rounding import zero
from tinygrad_np.ops.sliding import Numbers, batch, each, hashable, unbatch
from tinygrad_np.tape.op import Array, op
from tinygrad_np.tape.record import always

__all__ = [
    "avg_pool1d",
    "avg_pool2d",
    "lp_pool1d",
    "lp_pool2d",
    "max_pool1d",
    "max_pool2d",
]

Shape = tuple[int, ...]


# --- maxima ---


@op
def window_max(input: Array, *, pooling: Pooling) -> Array:
    """The largest element of each window: (N, C, *S) to (N, C, *pooling.size)."""
    if input.dtype.kind == "b":
        raise NotImplementedError("max_pool is not implemented for bool: call .to(uint8) first")
    return ordered(pool.maximum(input, pooling))


@op
def window_place(input: Array, other: Array, *, pooling: Pooling) -> Array:
    """Zeros, with each element of input added where the maximum of its window of `other` stands."""
    return pool.place(input, other, pooling)


@op
def window_pick(input: Array, other: Array, *, pooling: Pooling) -> Array:
    """The elements of input where the maxima of the windows of `other` stand."""
    return pool.pick(input, other, pooling)


window_max.backward(input=lambda grad, input, pooling: window_place(grad, input, pooling=pooling))
window_place.backward(
    input=lambda grad, other, pooling: window_pick(grad, other, pooling=pooling),
    other=lambda grad, other: zero(other),
)
window_pick.backward(
    input=lambda grad, other, pooling: window_place(grad, other, pooling=pooling),
    other=lambda grad, other: zero(other),
)


@op
def window_positions(input: Array, *, pooling: Pooling) -> Array:
    """Where the maximum of each window stands in its image, counted in C order."""
    return pool.positions(input, pooling)


# --- means ---


@op
def window_mean(input: Array, *, pooling: Pooling, divisor: Any) -> Array:
    """The sum of each window over `divisor`, a number or an array that broadcasts to the size."""
    if input.dtype.kind != "f" and input.dtype != np.int64:
        raise NotImplementedError(
            f"avg_pool is not implemented for {input.dtype}: call .float() first"
        )
    if input.dtype == np.float16:  # sums may be beyond it where means are not
        return window_mean(input.astype(np.float32), pooling=pooling, divisor=divisor).astype(
            input.dtype
        )
    out = ordered(pool.total(input, pooling))
    if input.dtype == np.int64:  # rounded towards 0
        return np.trunc(out / divisor).astype(np.int64)
    out /= divisor
    return out


@op
def window_share(input: Array, *, shape: Shape, pooling: Pooling, divisor: Any) -> Array:
    """The adjoint of `window_mean`: each element shared out over its window."""
    return pool.spread_total(np.divide(input, divisor, dtype=input.dtype), shape, pooling)


window_mean.backward(
    input=lambda grad, input_shape, pooling, divisor: window_share(
        grad, shape=input_shape, pooling=pooling, divisor=divisor
    )
)
window_share.backward(
    input=lambda grad, pooling, divisor: window_mean(grad, pooling=pooling, divisor=divisor)
)


# --- what the arguments mean ---


@functools.lru_cache(maxsize=512)
def _plan(
    shape: Shape, kernel_size: Any, stride: Any, padding: Any, dilation: Any, ceil_mode: bool
) -> Pooling:
    """The windows on an input (N, C, *S); RuntimeError if there can't be any."""
    sizes, dims = shape[2:], len(shape) - 2
    kernel = each("kernel_size", kernel_size, dims)
    step = kernel if stride is None or stride == () else each("stride", stride, dims)
    pad, apart = each("padding", padding, dims), each("dilation", dilation, dims)
    if min(*kernel, *step, *apart) < 1:
        raise RuntimeError(
            "kernel_size, stride and dilation should be greater than zero, but got "
            f"kernel_size={kernel}, stride={step} and dilation={apart}"
        )
    spans = [d * (k - 1) + 1 for k, d in zip(kernel, apart, strict=True)]
    if min(pad) < 0 or any(2 * p > span for p, span in zip(pad, spans, strict=True)):
        raise RuntimeError(
            "pad should be non-negative and at most half of effective kernel size, but got "
            f"pad={pad}, kernel_size={kernel} and dilation={apart}"
        )
    if min(shape[1:]) < 1:
        raise RuntimeError(
            "Expected an input whose dimensions, but for the batch, are not empty, got one of "
            f"shape {list(shape)}"
        )
    size = []
    for n, span, s, p in zip(sizes, spans, step, pad, strict=True):
        room = n + 2 * p - span
        out = (-(-room // s) if ceil_mode else room // s) + 1
        size.append(out - 1 if ceil_mode and (out - 1) * s >= n + p else out)
    if min(size) < 1:
        raise RuntimeError(
            f"Given input size: {list(shape[1:])}. Calculated output size: {size}. Output size "
            f"is too small for kernel_size={kernel}, stride={step}, padding={pad} and "
            f"dilation={apart}"
        )
    return Pooling(kernel, step, pad, apart, tuple(size))


def _planned(
    name: str, input: Any, dims: int, kernel_size: Any, stride: Any, padding: Any,
    dilation: Any, ceil_mode: bool,
) -> tuple[Any, Pooling]:  # fmt: skip
    """The input as a batch, and the windows on it."""
    given = batch(name, input, dims)
    return given, _plan(
        given.shape, hashable(kernel_size), hashable(stride), hashable(padding),
        hashable(dilation), bool(ceil_mode),
    )  # fmt: skip


def _max_pool(
    dims: int, input: Any, kernel_size: Any, stride: Any, padding: Any, dilation: Any,
    ceil_mode: bool, return_indices: bool,
) -> Any:  # fmt: skip
    given, pooling = _planned(
        f"max_pool{dims}d", input, dims, kernel_size, stride, padding, dilation, ceil_mode
    )
    out = window_max(given, pooling=pooling)
    if not return_indices:
        return unbatch(out, input, dims)
    indices = window_positions(given, pooling=pooling)
    return unbatch(out, input, dims), unbatch(indices, input, dims)


def _avg_pool(
    dims: int, input: Any, kernel_size: Any, stride: Any, padding: Any, ceil_mode: bool,
    count_include_pad: bool, divisor_override: int | None,
) -> Any:  # fmt: skip
    given, pooling = _planned(
        f"avg_pool{dims}d", input, dims, kernel_size, stride, padding, 1, ceil_mode
    )
    if divisor_override == 0:
        raise RuntimeError("divisor must be not zero: leave out divisor_override for the mean")
    counts = _counts(given.shape[2:], pooling, bool(count_include_pad))
    divisor = divisor_override or always(counts)
    return unbatch(window_mean(given, pooling=pooling, divisor=divisor), input, dims)


@functools.lru_cache(maxsize=512)
def _counts(shape: Shape, pooling: Pooling, with_padding: bool) -> Any:
    """How many elements each window has, an array (*size): a window may reach over the edge."""
    counts = np.ones(())
    for n, kernel, stride, padding, _, size in zip(shape, *pooling, strict=True):
        start = np.arange(size) * stride - padding
        end = np.minimum(start + kernel, n + padding)
        if not with_padding:
            start, end = np.maximum(start, 0), np.minimum(end, n)
        counts = counts[..., None] * (end - start)
    all_equal = counts.size and counts.min() == counts.max()
    return float(counts.flat[0]) if all_equal else counts


# --- PyTorch's functions ---


def max_pool1d(
    input: Any,
    kernel_size: Numbers,
    stride: Numbers | None = None,
    padding: Numbers = 0,
    dilation: Numbers = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """The maxima of windows on signals (N, C, L) or (C, L); `max_pool2d` says the rest.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.max_pool1d(tg.tensor([[1.0, 5.0, 2.0, 3.0]]), 2)
    tensor([[5., 3.]])
    """
    return _max_pool(1, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices)


def max_pool2d(
    input: Any,
    kernel_size: Numbers,
    stride: Numbers | None = None,
    padding: Numbers = 0,
    dilation: Numbers = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """The maxima of windows on images.

    Of several equal maxima in a window the first, row by row, gets the gradient. A window with
    nan gives nan.

    Parameters
    ----------
    input : Tensor
        (N, C, H, W), or one image (C, H, W).
    kernel_size : int or tuple
        Of a window.
    stride : int or tuple, optional
        Steps from one window to the next; the window's size unless given.
    padding : int or tuple, default 0
        How far windows reach over the edge, where there is nothing: at most half a window.
    dilation : int or tuple, default 1
        Steps from one element of a window to the next.
    ceil_mode : bool, default False
        Whether to have a last window that reaches over the far edge.
    return_indices : bool, default False
        Return also where the maxima stand, as positions in their image counted row by row.

    Returns
    -------
    Tensor
        (N, C, H', W') or (C, H', W'), with
        ``H' = (H + 2 padding - dilation (KH - 1) - 1) // stride + 1``; with `return_indices` a
        pair of it and an int64 tensor of the same shape.

    Raises
    ------
    RuntimeError
        If the windows do not fit the input.

    Notes
    -----
    Source: https://pytorch.org/docs/stable/generated/torch.nn.functional.max_pool2d.html

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> image = tg.arange(16.0).reshape(1, 4, 4)
    >>> tg.max_pool2d(image, 2)
    tensor([[[ 5.,  7.],
             [13., 15.]]])
    """
    return _max_pool(2, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices)


def avg_pool1d(
    input: Any,
    kernel_size: Numbers,
    stride: Numbers | None = None,
    padding: Numbers = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Any:
    """The means of windows on signals (N, C, L) or (C, L); `avg_pool2d` says the rest.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.avg_pool1d(tg.tensor([[1.0, 5.0, 2.0, 3.0]]), 2)
    tensor([[3.0000, 2.5000]])
    """
    return _avg_pool(1, input, kernel_size, stride, padding, ceil_mode, count_include_pad, None)


def avg_pool2d(
    input: Any,
    kernel_size: Numbers,
    stride: Numbers | None = None,
    padding: Numbers = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Any:
    """The means of windows on images.

    Parameters
    ----------
    input : Tensor
        (N, C, H, W), or one image (C, H, W).
    kernel_size, stride, ceil_mode
        As for `max_pool2d`.
    padding : int or tuple, default 0
        Zeros put around the images, at most half a window.
    count_include_pad : bool, default True
        Whether these zeros count as elements of the windows.
    divisor_override : int, optional
        Divide the sums by this instead of by the number of elements.

    Returns
    -------
    Tensor
        (N, C, H', W') or (C, H', W')

    Raises
    ------
    RuntimeError
        If the windows do not fit the input.

    Notes
    -----
    Source: https://pytorch.org/docs/stable/generated/torch.nn.functional.avg_pool2d.html

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> from tinygrad_np.nn import functional as F
    >>> F.avg_pool2d(tg.arange(16.0).reshape(1, 4, 4), 2)
    tensor([[[ 2.5000,  4.5000],
             [10.5000, 12.5000]]])
    """
    return _avg_pool(
        2, input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override
    )


def lp_pool1d(
    input: Any,
    norm_type: float,
    kernel_size: Numbers,
    stride: Numbers | None = None,
    ceil_mode: bool = False,
) -> Any:
    """``sum(x ** p) ** (1 / p)`` of windows on signals (N, C, L) or (C, L), p = `norm_type`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> from tinygrad_np.nn import functional as F
    >>> F.lp_pool1d(tg.tensor([[3.0, 4.0, 6.0, 8.0]]), 2, 2)
    tensor([[ 5., 10.]])
    """
    return _lp_pool(1, input, norm_type, kernel_size, stride, ceil_mode)


def lp_pool2d(
    input: Any,
    norm_type: float,
    kernel_size: Numbers,
    stride: Numbers | None = None,
    ceil_mode: bool = False,
) -> Any:
    """``sum(x ** p) ** (1 / p)`` of windows on images (N, C, H, W) or (C, H, W), p = `norm_type`.

    A window that reaches over the edge (`ceil_mode`) counts as if it were full of what it has. The
    norm of inf is the largest magnitude, that of -inf the smallest.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> from tinygrad_np.nn import functional as F
    >>> F.lp_pool2d(tg.ones(1, 4, 4), 2, 2)
    tensor([[[2., 2.],
             [2., 2.]]])
    """
    return _lp_pool(2, input, norm_type, kernel_size, stride, ceil_mode)


def _lp_pool(
    dims: int, input: Any, norm_type: float, kernel_size: Any, stride: Any, ceil_mode: bool
) -> Any:
    if math.isinf(norm_type):
        way = math.copysign(1.0, norm_type)
        pick = _max_pool(dims, abs(input) * way, kernel_size, stride, 0, 1, ceil_mode, False)
        return pick * way
    means = _avg_pool(dims, pow(input, norm_type), kernel_size, stride, 0, ceil_mode, True, None)
    means = sign(means) * relu(abs(means))  # through a mean of 0 goes no gradient
    return pow(means * math.prod(each("kernel_size", kernel_size, dims)), 1.0 / norm_type)
