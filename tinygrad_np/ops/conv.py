"""Convolutions and transposed convolutions in 1, 2 and 3 dimensions, in PyTorch's words.

Source: https://pytorch.org/docs/stable/nn.functional.html#convolution-functions
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import Any

from tinygrad_np.kernels.windows import Geometry
from tinygrad_np.ops.convolution import conv_transpose, convolution
from tinygrad_np.ops.sliding import Numbers, batch, each, hashable, unbatch

__all__ = [
    "conv1d",
    "conv2d",
    "conv3d",
    "conv_transpose1d",
    "conv_transpose2d",
    "conv_transpose3d",
]

Shape = tuple[int, ...]


# --- what the arguments mean ---


@functools.lru_cache(maxsize=512)
def _plan(
    shape: Shape,
    weight: Shape,
    bias: Shape | None,
    stride: Any,
    padding: Any,
    dilation: Any,
    groups: int,
) -> tuple[Shape, Geometry]:
    """The output size and the geometry of a convolution; RuntimeError if shapes don't fit."""
    sizes, kernel = shape[2:], weight[2:]
    dims = len(sizes)
    stride, dilation = _checked(weight, stride, dilation, groups, dims)
    if shape[1] != weight[1] * groups:
        raise RuntimeError(
            f"Given groups={groups}, weight of size {list(weight)}, expected input{list(shape)} "
            f"to have {weight[1] * groups} channels, but got {shape[1]} channels instead"
        )
    _check_bias(weight, bias, weight[0])
    spans = [d * (k - 1) for k, d in zip(kernel, dilation, strict=True)]
    if isinstance(padding, str):
        if padding not in ("same", "valid"):
            raise RuntimeError(f"Invalid padding string: {padding!r}; expected 'same' or 'valid'")
        if padding == "same":
            if max(stride) > 1:
                raise RuntimeError("padding='same' is not supported for strided convolutions")
            return sizes, Geometry(stride, tuple(s // 2 for s in spans), dilation, groups)
        padding = 0
    padding = _not_negative("padding", padding, dims)
    padded = [n + 2 * p for n, p in zip(sizes, padding, strict=True)]
    if any(n <= span for n, span in zip(padded, spans, strict=True)):
        raise RuntimeError(
            f"Calculated padded input size per channel: {_times(padded)}. Kernel size: "
            f"{_times(span + 1 for span in spans)}. Kernel size can't be greater than actual "
            f"input size; the input has shape {list(shape)} and the weight {list(weight)}"
        )
    size = tuple((n - span - 1) // s + 1 for n, span, s in zip(padded, spans, stride, strict=True))
    return size, Geometry(stride, padding, dilation, groups)


@functools.lru_cache(maxsize=512)
def _plan_transpose(
    shape: Shape,
    weight: Shape,
    bias: Shape | None,
    stride: Any,
    padding: Any,
    output_padding: Any,
    groups: int,
    dilation: Any,
) -> tuple[Shape, Geometry]:
    """The output size of a transposed convolution, and the geometry of the convolution back."""
    sizes, kernel = shape[2:], weight[2:]
    dims = len(sizes)
    stride, dilation = _checked(weight, stride, dilation, groups, dims)
    padding = _not_negative("padding", padding, dims)
    extra = _not_negative("output_padding", output_padding, dims)
    if shape[1] != weight[0]:
        raise RuntimeError(
            f"Given transposed=1, weight of size {list(weight)}, expected input{list(shape)} to "
            f"have {weight[0]} channels, but got {shape[1]} channels instead"
        )
    _check_bias(weight, bias, weight[1] * groups)
    if any(e >= max(s, d) for e, s, d in zip(extra, stride, dilation, strict=True)):
        raise RuntimeError(
            "output padding must be smaller than either stride or dilation, but got "
            f"output_padding={extra}, stride={stride} and dilation={dilation}"
        )
    size = tuple(
        (n - 1) * s - 2 * p + d * (k - 1) + e + 1
        for n, s, p, d, k, e in zip(sizes, stride, padding, dilation, kernel, extra, strict=True)
    )
    if min(size) < 1 or min(sizes) < 1:
        raise RuntimeError(
            f"Given input size per channel: {_times(sizes)}. Calculated output size per channel: "
            f"{_times(size)}. Output size is too small"
        )
    return size, Geometry(stride, padding, dilation, groups)


def _checked(
    weight: Shape, stride: Any, dilation: Any, groups: int, dims: int
) -> tuple[Shape, Shape]:
    """Stride and dilation for each dimension, after the checks that all convolutions share."""
    if len(weight) != dims + 2:
        raise RuntimeError(
            f"expected a weight of {dims + 2} dimensions for {dims} spatial dimensions, but got "
            f"weight of size {list(weight)}"
        )
    stride, dilation = each("stride", stride, dims), each("dilation", dilation, dims)
    if groups < 1 or min(stride) < 1 or min(dilation) < 1:
        raise RuntimeError(
            "groups, stride and dilation must be greater than zero, but got "
            f"groups={groups}, stride={stride} and dilation={dilation}"
        )
    if min(weight) < 1 or weight[0] % groups:
        raise RuntimeError(
            f"Given groups={groups}, expected a weight without empty dimensions whose dimension 0 "
            f"is divisible by {groups}, but got weight of size {list(weight)} instead"
        )
    return stride, dilation


def _not_negative(name: str, value: Any, dims: int) -> Shape:
    numbers = each(name, value, dims)
    if min(numbers) < 0:
        raise RuntimeError(f"negative {name} is not supported, but got {name}={value}")
    return numbers


def _check_bias(weight: Shape, bias: Shape | None, channels: int) -> None:
    if bias is not None and bias != (channels,):
        raise RuntimeError(
            f"Given weight of size {list(weight)}, expected bias to be 1-dimensional with "
            f"{channels} elements, but got bias of size {list(bias)} instead"
        )


def _times(sizes: Iterable[int]) -> str:
    return f"({' x '.join(map(str, sizes))})"


def _shape(bias: Any) -> Shape | None:
    return None if bias is None else bias.shape


def _convolve(
    dims: int, input: Any, weight: Any, bias: Any, stride: Any, padding: Any, dilation: Any,
    groups: int,
) -> Any:  # fmt: skip
    given = batch(f"conv{dims}d", input, dims)
    size, geometry = _plan(
        given.shape, weight.shape, _shape(bias),
        hashable(stride), hashable(padding), hashable(dilation), groups,
    )  # fmt: skip
    return unbatch(convolution(given, weight, bias, size=size, geometry=geometry), input, dims)


def _transpose(
    dims: int, input: Any, weight: Any, bias: Any, stride: Any, padding: Any, output_padding: Any,
    groups: int, dilation: Any,
) -> Any:  # fmt: skip
    given = batch(f"conv_transpose{dims}d", input, dims)
    size, geometry = _plan_transpose(
        given.shape, weight.shape, _shape(bias),
        hashable(stride), hashable(padding), hashable(output_padding), groups, hashable(dilation),
    )  # fmt: skip
    return unbatch(conv_transpose(given, weight, bias, size=size, geometry=geometry), input, dims)


# --- PyTorch's functions ---


def conv1d(
    input: Any,
    weight: Any,
    bias: Any = None,
    stride: Numbers = 1,
    padding: Numbers | str = 0,
    dilation: Numbers = 1,
    groups: int = 1,
) -> Any:
    """Cross-correlate signals with filters; `conv2d` says the rest.

    Parameters
    ----------
    input : Tensor
        (N, C, L) or (C, L).
    weight : Tensor
        (O, C / groups, K)
    bias : Tensor, optional
        (O,)

    Returns
    -------
    Tensor
        (N, O, L') or (O, L')

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.conv1d(tg.tensor([[1.0, 2.0, 4.0]]), tg.tensor([[[-1.0, 1.0]]]))
    tensor([[1., 2.]])
    """
    return _convolve(1, input, weight, bias, stride, padding, dilation, groups)


def conv2d(
    input: Any,
    weight: Any,
    bias: Any = None,
    stride: Numbers = 1,
    padding: Numbers | str = 0,
    dilation: Numbers = 1,
    groups: int = 1,
) -> Any:
    """Cross-correlate images with filters.

    Parameters
    ----------
    input : Tensor
        (N, C, H, W), or one image (C, H, W).
    weight : Tensor
        (O, C / groups, KH, KW): O filters.
    bias : Tensor, optional
        (O,), added to each filter's results.
    stride : int or tuple, default 1
        Steps from one window to the next.
    padding : int, tuple, 'valid' or 'same', default 0
        Zeros put around the images. 'valid' is none; 'same' is as many as keep the size, the odd
        one behind, for stride 1 only.
    dilation : int or tuple, default 1
        Steps from one element of a window to the next.
    groups : int, default 1
        The channels are split into so many groups, and each filter sees one of them; with as many
        groups as channels the convolution is depthwise.

    Returns
    -------
    Tensor
        (N, O, H', W') or (O, H', W'), with
        ``H' = (H + 2 padding - dilation (KH - 1) - 1) // stride + 1``.

    Raises
    ------
    RuntimeError
        If the channels do not fit, the window is larger than the padded image, or the dtypes
        differ.

    Notes
    -----
    Source: https://pytorch.org/docs/stable/generated/torch.nn.functional.conv2d.html

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> image = tg.arange(9.0).reshape(1, 3, 3)
    >>> tg.conv2d(image, tg.ones(1, 1, 2, 2))
    tensor([[[ 8., 12.],
             [20., 24.]]])
    >>> tg.conv2d(tg.zeros(8, 3, 28, 28), tg.zeros(16, 3, 3, 3), padding="same").shape
    torch.Size([8, 16, 28, 28])
    """
    return _convolve(2, input, weight, bias, stride, padding, dilation, groups)


def conv3d(
    input: Any,
    weight: Any,
    bias: Any = None,
    stride: Numbers = 1,
    padding: Numbers | str = 0,
    dilation: Numbers = 1,
    groups: int = 1,
) -> Any:
    """Cross-correlate volumes (N, C, D, H, W) with filters (O, C / groups, KD, KH, KW).

    `conv2d` says the rest.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.conv3d(tg.zeros(2, 3, 8, 8, 8), tg.zeros(4, 3, 3, 3, 3)).shape
    torch.Size([2, 4, 6, 6, 6])
    """
    return _convolve(3, input, weight, bias, stride, padding, dilation, groups)


def conv_transpose1d(
    input: Any,
    weight: Any,
    bias: Any = None,
    stride: Numbers = 1,
    padding: Numbers = 0,
    output_padding: Numbers = 0,
    groups: int = 1,
    dilation: Numbers = 1,
) -> Any:
    """The transposed convolution of signals (N, C, L) with weight (C, O / groups, K).

    `conv_transpose2d` says the rest.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.conv_transpose1d(tg.tensor([[1.0, 2.0]]), tg.tensor([[[1.0, 10.0]]]))
    tensor([[ 1., 12., 20.]])
    """
    return _transpose(1, input, weight, bias, stride, padding, output_padding, groups, dilation)


def conv_transpose2d(
    input: Any,
    weight: Any,
    bias: Any = None,
    stride: Numbers = 1,
    padding: Numbers = 0,
    output_padding: Numbers = 0,
    groups: int = 1,
    dilation: Numbers = 1,
) -> Any:
    """The transposed convolution of images: the gradient of `conv2d` for its input.

    Each pixel puts its multiple of the filters where `conv2d` with the same arguments would have
    read it.

    Parameters
    ----------
    input : Tensor
        (N, C, H, W) or (C, H, W).
    weight : Tensor
        (C, O / groups, KH, KW)
    bias : Tensor, optional
        (O,)
    stride, padding, dilation, groups
        Of the convolution that it is the transpose of.
    output_padding : int or tuple, default 0
        Added to the size of the result, less than stride or dilation: for a stride above 1 there
        are several sizes that `conv2d` brings to the input's.

    Returns
    -------
    Tensor
        (N, O, H', W') or (O, H', W'), with
        ``H' = (H - 1) stride - 2 padding + dilation (KH - 1) + output_padding + 1``.

    Raises
    ------
    RuntimeError
        If the channels do not fit, the result would be empty, or the dtypes differ.

    Notes
    -----
    Source: https://pytorch.org/docs/stable/generated/torch.nn.functional.conv_transpose2d.html

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.conv_transpose2d(tg.ones(1, 1, 2), tg.ones(1, 1, 1, 2), stride=2)
    tensor([[[1., 1., 1., 1.]]])
    """
    return _transpose(2, input, weight, bias, stride, padding, output_padding, groups, dilation)


def conv_transpose3d(
    input: Any,
    weight: Any,
    bias: Any = None,
    stride: Numbers = 1,
    padding: Numbers = 0,
    output_padding: Numbers = 0,
    groups: int = 1,
    dilation: Numbers = 1,
) -> Any:
    """The transposed convolution of volumes (N, C, D, H, W), weight (C, O / groups, KD, KH, KW).

    `conv_transpose2d` says the rest.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.conv_transpose3d(tg.zeros(2, 3, 4, 4, 4), tg.zeros(3, 5, 3, 3, 3)).shape
    torch.Size([2, 5, 6, 6, 6])
    """
    return _transpose(3, input, weight, bias, stride, padding, output_padding, groups, dilation)
