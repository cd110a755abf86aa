"""Windows as columns and back, and channels as pixels and back.

Source: https://pytorch.org/docs/stable/nn.functional.html
"""

from __future__ import annotations

import functools
import math
from typing import Any

from tinygrad_np.kernels.windows import Geometry, col2im, im2col
from tinygrad_np.ops.sliding import Numbers, batch, each, hashable, unbatch
from tinygrad_np.tape.op import Array, op

__all__ = ["fold", "pixel_shuffle", "pixel_unshuffle", "unfold"]

Shape = tuple[int, ...]


@op
def to_columns(input: Array, *, kernel: Shape, size: Shape, geometry: Geometry) -> Array:
    """(N, C, *S) to (N, C, *kernel, *size): element k of the window of each position."""
    return im2col(input, kernel, size, geometry)


@op
def from_columns(input: Array, *, shape: Shape, geometry: Geometry) -> Array:
    """The adjoint of `to_columns`: (N, C, *kernel, *size) to (N, C, *shape)."""
    return col2im(input, shape, geometry)


to_columns.backward(
    input=lambda grad, input_shape, geometry: from_columns(
        grad, shape=input_shape[2:], geometry=geometry
    )
)


@from_columns.backward("input")
def _(grad: Array, input_shape: Shape, geometry: Geometry) -> Array:
    kernel, size = input_shape[2:4], input_shape[4:]
    return to_columns(grad, kernel=kernel, size=size, geometry=geometry)


@functools.lru_cache(maxsize=512)
def _plan(
    shape: Shape, kernel_size: Any, dilation: Any, padding: Any, stride: Any
) -> tuple[Shape, Shape, Geometry]:
    """The kernel, the number of windows each way, and how they lie on images of `shape`."""
    kernel, apart = each("kernel_size", kernel_size, 2), each("dilation", dilation, 2)
    pad, step = each("padding", padding, 2), each("stride", stride, 2)
    if min(*kernel, *apart, *step) < 1 or min(pad) < 0:
        raise RuntimeError(
            "kernel_size, dilation and stride should be greater than zero and padding not "
            f"negative, but got kernel_size={kernel}, dilation={apart}, padding={pad} and "
            f"stride={step}"
        )
    size = tuple(
        (n + 2 * p - d * (k - 1) - 1) // s + 1
        for n, p, d, k, s in zip(shape, pad, apart, kernel, step, strict=True)
    )
    if min(size) < 1:
        raise RuntimeError(
            f"Given spatial size {shape}, kernel_size={kernel}, dilation={apart}, padding={pad}, "
            f"calculated shape of the array of sliding blocks as {size}, but its components must "
            "be at least one"
        )
    return kernel, size, Geometry(step, pad, apart)


def unfold(
    input: Any,
    kernel_size: Numbers,
    dilation: Numbers = 1,
    padding: Numbers = 0,
    stride: Numbers = 1,
) -> Any:
    """The windows that a convolution sees, as columns.

    Parameters
    ----------
    input : Tensor
        (N, C, H, W) or (C, H, W).
    kernel_size, dilation, padding, stride : int or tuple
        As for `conv2d`.

    Returns
    -------
    Tensor
        (N, C * KH * KW, L) or (C * KH * KW, L), L being the number of windows.

    Raises
    ------
    RuntimeError
        If the window is larger than the padded image.

    Notes
    -----
    Source: https://pytorch.org/docs/stable/generated/torch.nn.functional.unfold.html

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> from tinygrad_np.nn import functional as F
    >>> F.unfold(tg.arange(6.0).reshape(1, 2, 3), (2, 2))
    tensor([[0., 1.],
            [1., 2.],
            [3., 4.],
            [4., 5.]])
    """
    given = batch("unfold", input, 2)
    kernel, size, geometry = _plan(
        tuple(given.shape[2:]), *map(hashable, (kernel_size, dilation, padding, stride))
    )
    count, channels = given.shape[:2]
    columns = to_columns(given, kernel=kernel, size=size, geometry=geometry)
    shape = (count, channels * math.prod(kernel), math.prod(size))
    return unbatch(columns.reshape(shape), input, 2)


def fold(
    input: Any,
    output_size: Numbers,
    kernel_size: Numbers,
    dilation: Numbers = 1,
    padding: Numbers = 0,
    stride: Numbers = 1,
) -> Any:
    """Columns put back as windows of images, added up where windows overlap.

    The adjoint of `unfold`, not its inverse.

    Parameters
    ----------
    input : Tensor
        (N, C * KH * KW, L) or (C * KH * KW, L), L being the number of windows.
    output_size : int or tuple
        Of the images.
    kernel_size, dilation, padding, stride : int or tuple
        As for `unfold`.

    Returns
    -------
    Tensor
        (N, C, *output_size) or (C, *output_size)

    Raises
    ------
    RuntimeError
        If the shape of the columns does not go with the other arguments.

    Notes
    -----
    Source: https://pytorch.org/docs/stable/generated/torch.nn.functional.fold.html

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> from tinygrad_np.nn import functional as F
    >>> F.fold(tg.ones(1, 4, 2), (2, 3), (2, 2))
    tensor([[[[1., 2., 1.],
              [1., 2., 1.]]]])
    """
    given = batch("fold", input, 1)
    shape = each("output_size", output_size, 2)
    kernel, size, geometry = _plan(shape, *map(hashable, (kernel_size, dilation, padding, stride)))
    count, elements, windows = given.shape
    if elements % math.prod(kernel) or windows != math.prod(size):
        raise RuntimeError(
            f"Given output_size={shape}, kernel_size={kernel}, dilation={geometry.dilation}, "
            f"padding={geometry.padding}, stride={geometry.stride}, expected input of shape "
            f"[N, C * {math.prod(kernel)}, {size[0]} * {size[1]} = {math.prod(size)}], but got "
            f"{list(input.shape)}"
        )
    columns = given.reshape((count, elements // math.prod(kernel), *kernel, *size))
    return unbatch(from_columns(columns, shape=shape, geometry=geometry), input, 1)


@op
def pixel_shuffle(input: Array, upscale_factor: int) -> Array:
    """Channels as pixels: (*, C r^2, H, W) to (*, C, H r, W r), r being `upscale_factor`.

    Raises
    ------
    RuntimeError
        If the channels are not divisible by r^2.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.pixel_shuffle(tg.arange(4.0).reshape(4, 1, 1), 2)
    tensor([[[0., 1.],
             [2., 3.]]])
    """
    r, shape = upscale_factor, input.shape
    if len(shape) < 3 or r < 1 or shape[-3] % (r * r):
        raise RuntimeError(
            "pixel_shuffle expects a positive upscale_factor and an input (*, C, H, W) whose "
            "channels are divisible by its square, but got "
            f"upscale_factor={r} and input of shape {list(shape)}"
        )
    *lead, channels, height, width = shape
    split = input.reshape((*lead, channels // (r * r), r, r, height, width))
    order = [*range(len(lead) + 1), *(len(lead) + i for i in (3, 1, 4, 2))]
    shuffled = split.transpose(order).copy()
    return shuffled.reshape((*lead, channels // (r * r), height * r, width * r))


@op
def pixel_unshuffle(input: Array, downscale_factor: int) -> Array:
    """Pixels as channels, the inverse of `pixel_shuffle`: (*, C, H r, W r) to (*, C r^2, H, W).

    Raises
    ------
    RuntimeError
        If the height or the width is not divisible by r, the `downscale_factor`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.pixel_unshuffle(tg.arange(4.0).reshape(1, 2, 2), 2).shape
    torch.Size([4, 1, 1])
    """
    r, shape = downscale_factor, input.shape
    if len(shape) < 3 or r < 1 or shape[-2] % r or shape[-1] % r:
        raise RuntimeError(
            "pixel_unshuffle expects a positive downscale_factor and an input (*, C, H, W) whose "
            f"height and width are divisible by it, but got downscale_factor={r} and input of "
            f"shape {list(shape)}"
        )
    *lead, channels, height, width = shape
    split = input.reshape((*lead, channels, height // r, r, width // r, r))
    order = [*range(len(lead) + 1), *(len(lead) + i for i in (2, 4, 1, 3))]
    shuffled = split.transpose(order).copy()
    return shuffled.reshape((*lead, channels * r * r, height // r, width // r))


pixel_shuffle.backward(input=lambda grad, upscale_factor: pixel_unshuffle(grad, upscale_factor))
pixel_unshuffle.backward(input=lambda grad, downscale_factor: pixel_shuffle(grad, downscale_factor))
