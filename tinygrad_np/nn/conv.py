"""Convolution layers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from tinygrad_np.creation import empty
from tinygrad_np.nn import functional as F
from tinygrad_np.nn.linear import draw_weights
from tinygrad_np.nn.module import Module
from tinygrad_np.nn.parameter import Parameter
from tinygrad_np.tensor import Tensor

__all__ = [
    "Conv1d",
    "Conv2d",
    "Conv3d",
    "ConvTranspose1d",
    "ConvTranspose2d",
    "ConvTranspose3d",
]

Ints = int | tuple[int, ...]
_MODES = ("zeros", "reflect", "replicate", "circular")


class _ConvNd(Module):
    """What convolutions of any number of dimensions share."""

    weight: Parameter
    bias: Parameter | None
    dims: ClassVar[int]
    function: ClassVar[Callable[..., Tensor]]
    padding: Any  # a string, or a number for each dimension
    transposed: ClassVar[bool] = False

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Ints,
        stride: Ints,
        padding: Ints | str,
        output_padding: Ints,
        dilation: Ints,
        groups: int,
        bias: bool,
        padding_mode: str,
        device: Any,
        dtype: Any,
    ) -> None:
        super().__init__()
        if groups <= 0:
            raise ValueError(f"groups must be a positive integer, got {groups}")
        for name, channels in (("in_channels", in_channels), ("out_channels", out_channels)):
            if channels % groups:
                raise ValueError(
                    f"{name} must be divisible by groups, got {name}={channels}, groups={groups}"
                )
        if padding_mode not in (_MODES[:1] if self.transposed else _MODES):
            raise ValueError(
                f'Only "zeros" padding mode is supported for {self._get_name()}'
                if self.transposed
                else f"padding_mode must be one of {_MODES}, got {padding_mode!r}"
            )
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.kernel_size = self._spread("kernel_size", kernel_size)
        self.stride = self._spread("stride", stride)
        self.dilation = self._spread("dilation", dilation)
        self.output_padding = self._spread("output_padding", output_padding)
        self.groups = groups
        self.padding_mode = padding_mode
        self.padding = padding if isinstance(padding, str) else self._spread("padding", padding)
        if isinstance(padding, str):
            if padding not in ("same", "valid"):
                raise ValueError(
                    f"Invalid padding string {padding!r}, should be one of 'same', 'valid'"
                )
            if padding == "same" and any(step != 1 for step in self.stride):
                raise ValueError("padding='same' is not supported for strided convolutions")
        ends = (in_channels, out_channels) if self.transposed else (out_channels, in_channels)
        shape = (ends[0], ends[1] // groups, *self.kernel_size)
        self.weight = Parameter(empty(*shape, device=device, dtype=dtype))
        self.register_parameter(
            "bias", Parameter(empty(out_channels, device=device, dtype=dtype)) if bias else None
        )
        self.reset_parameters()

    def _spread(self, name: str, value: Ints) -> tuple[int, ...]:
        """A value for each dimension."""
        values = tuple(value) if isinstance(value, Sequence) else (value,) * self.dims
        if len(values) == 1 and name != "kernel_size":
            values *= self.dims
        if len(values) != self.dims or not all(isinstance(v, int) for v in values):
            raise ValueError(
                f"{self._get_name()}: {name} must be an int or {self.dims} of them, got {value!r}"
            )
        return values

    def reset_parameters(self) -> None:
        """Draw the initial values anew."""
        draw_weights(self.weight, self.bias)

    def _reversed_padding_repeated_twice(self) -> list[int]:
        """How much to pad the input with: both ends of each dimension, the last one first."""
        margins = []
        for i in reversed(range(self.dims)):
            if isinstance(self.padding, str):
                reach = self.dilation[i] * (self.kernel_size[i] - 1)
                total = reach if self.padding == "same" else 0
                margins += [total // 2, total - total // 2]
            else:
                margins += [self.padding[i]] * 2
        return margins

    def forward(self, input: Tensor) -> Tensor:
        return self._conv_forward(input, self.weight, self.bias)

    def _conv_forward(self, input: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        """`forward` with another weight and bias: what subclasses that make them call."""
        padding = self.padding
        if self.padding_mode != "zeros":
            input = F.pad(input, self._reversed_padding_repeated_twice(), mode=self.padding_mode)
            padding = 0
        return type(self).function(
            input, weight, bias, self.stride, padding, self.dilation, self.groups
        )

    def extra_repr(self) -> str:
        words = [
            f"{self.in_channels}, {self.out_channels}",
            f"kernel_size={self.kernel_size}, stride={self.stride}",
        ]
        for name in ("padding", "dilation", "output_padding"):
            if set(getattr(self, name)) != {int(name == "dilation")}:
                words.append(f"{name}={getattr(self, name)}")
        if self.groups != 1:
            words.append(f"groups={self.groups}")
        if self.bias is None:
            words.append("bias=False")
        if self.padding_mode != "zeros":
            words.append(f"padding_mode={self.padding_mode}")
        return ", ".join(words)


class _Forward(_ConvNd):
    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Ints,
        stride: Ints = 1,
        padding: Ints | str = 0,
        dilation: Ints = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(
            in_channels, out_channels, kernel_size, stride, padding, 0,
            dilation, groups, bias, padding_mode, device, dtype,
        )  # fmt: skip


class _ConvTransposeNd(_ConvNd):
    transposed = True

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Ints,
        stride: Ints = 1,
        padding: Ints = 0,
        output_padding: Ints = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: Ints = 1,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(
            in_channels, out_channels, kernel_size, stride, padding, output_padding,
            dilation, groups, bias, padding_mode, device, dtype,
        )  # fmt: skip

    def forward(self, input: Tensor, output_size: Sequence[int] | None = None) -> Tensor:
        padding = self.output_padding
        if output_size is not None:
            padding = self._padding_for(input, output_size)
        return type(self).function(
            input, self.weight, self.bias, self.stride, self.padding, padding,
            self.groups, self.dilation,
        )  # fmt: skip

    def _padding_for(self, input: Tensor, output_size: Sequence[int]) -> tuple[int, ...]:
        """The output padding that gives `output_size`; ValueError if none does."""
        wanted = tuple(output_size)[-self.dims :]
        least = [
            (n - 1) * self.stride[i]
            - 2 * self.padding[i]
            + self.dilation[i] * (self.kernel_size[i] - 1)
            + 1
            for i, n in enumerate(input.shape[-self.dims :])
        ]
        most = [n + step - 1 for n, step in zip(least, self.stride, strict=True)]
        if len(output_size) not in (self.dims, input.ndim) or not all(
            low <= n <= high for low, n, high in zip(least, wanted, most, strict=True)
        ):
            raise ValueError(
                f"requested an output size of {tuple(output_size)}, but valid sizes range from "
                f"{least} to {most} (for an input of {list(input.shape[-self.dims :])})"
            )
        return tuple(n - low for n, low in zip(wanted, least, strict=True))


class Conv2d(_Forward):
    """Cross-correlation of images with weights that are learned.

    Parameters
    ----------
    in_channels, out_channels : int
    kernel_size : int or (int, int)
    stride : int or (int, int), default 1
    padding : int, (int, int), "same" or "valid", default 0
        "same" keeps the size and needs a stride of 1.
    dilation : int or (int, int), default 1
        Distance of the kernel's elements.
    groups : int, default 1
        Input and output channels are split into groups that have no effect on each other.
    bias : bool, default True
    padding_mode : {"zeros", "reflect", "replicate", "circular"}
    device, dtype : optional
        As for `Linear`.

    Attributes
    ----------
    weight : Parameter
        (out_channels, in_channels / groups, *kernel_size), drawn evenly from ±1 / sqrt(fan_in),
        the number of inputs to each output.
    bias : Parameter or None
        (out_channels,), drawn likewise.

    Raises
    ------
    ValueError
        If `groups` does not divide the channels, or for another padding or padding mode.

    Source: https://pytorch.org/docs/stable/generated/torch.nn.Conv2d.html

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> layer = tg.nn.Conv2d(1, 8, 3, padding=1)
    >>> layer(tg.ones(2, 1, 28, 28)).shape
    torch.Size([2, 8, 28, 28])
    """

    dims = 2
    function = F.conv2d


class Conv1d(_Forward):
    """Cross-correlation of sequences (N, C, L) or (C, L); see `Conv2d` for the parameters.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.nn.Conv1d(4, 8, 3)(tg.ones(2, 4, 10)).shape
    torch.Size([2, 8, 8])
    """

    dims = 1
    function = F.conv1d


class Conv3d(_Forward):
    """Cross-correlation of volumes (N, C, D, H, W); see `Conv2d` for the parameters."""

    dims = 3
    function = F.conv3d


class ConvTranspose2d(_ConvTransposeNd):
    """The gradient of `Conv2d` with respect to its input, as a layer: it makes images larger.

    Parameters
    ----------
    in_channels, out_channels : int
    kernel_size, stride, padding, dilation, groups, bias : optional
        Of the convolution whose gradient it is, as for `Conv2d`.
    output_padding : int or (int, int), default 0
        Added to the size of one side of the result.
    padding_mode : {"zeros"}
    device, dtype : optional
        As for `Linear`.

    Attributes
    ----------
    weight : Parameter
        (in_channels, out_channels / groups, *kernel_size)
    bias : Parameter or None
        (out_channels,)

    Raises
    ------
    ValueError
        As `Conv2d`; and by `forward` for an `output_size` that can't be.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> layer = tg.nn.ConvTranspose2d(8, 1, 2, stride=2)
    >>> layer(tg.ones(2, 8, 14, 14)).shape
    torch.Size([2, 1, 28, 28])
    """

    dims = 2
    function = F.conv_transpose2d


class ConvTranspose1d(_ConvTransposeNd):
    """The gradient of `Conv1d` as a layer; see `ConvTranspose2d` for the parameters."""

    dims = 1
    function = F.conv_transpose1d


class ConvTranspose3d(_ConvTransposeNd):
    """The gradient of `Conv3d` as a layer; see `ConvTranspose2d` for the parameters."""

    dims = 3
    function = F.conv_transpose3d
