"""Layers that networks for images are made of."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tinygrad_np import nn
from tinygrad_np.creation import ones, zeros
from tinygrad_np.tensor import Tensor

__all__ = ["Conv2dNormActivation", "FrozenBatchNorm2d", "Permute", "SqueezeExcitation"]

Layer = Callable[..., nn.Module]


class Conv2dNormActivation(nn.Sequential):
    """A convolution, a normalisation and an activation.

    Parameters
    ----------
    in_channels, out_channels : int
    kernel_size, stride : int, default 3 and 1
    padding : int, optional
        The size stays at a stride of 1 unless given.
    groups : int, default 1
    norm_layer, activation_layer : callable, optional
        None for none of it.
    dilation : int, default 1
    inplace : bool, optional
        Of the activation; None if it takes no such argument.
    bias : bool, optional
        There is one where there is no normalisation, unless given.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> from tinygrad_np.vision.ops import Conv2dNormActivation
    >>> Conv2dNormActivation(3, 8, stride=2)(tg.rand(1, 3, 8, 8)).shape
    torch.Size([1, 8, 4, 4])
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int = 3,
        stride: int = 1,
        padding: int | None = None,
        groups: int = 1,
        norm_layer: Layer | None = nn.BatchNorm2d,
        activation_layer: Layer | None = nn.ReLU,
        dilation: int = 1,
        inplace: bool | None = True,
        bias: bool | None = None,
    ) -> None:
        if padding is None:
            padding = (kernel_size - 1) // 2 * dilation
        layers: list[nn.Module] = [
            nn.Conv2d(
                in_channels,
                out_channels,
                kernel_size,
                stride,
                padding,
                dilation=dilation,
                groups=groups,
                bias=norm_layer is None if bias is None else bias,
            )
        ]
        if norm_layer is not None:
            layers.append(norm_layer(out_channels))
        if activation_layer is not None:
            layers.append(activation_layer(**({} if inplace is None else {"inplace": inplace})))
        super().__init__(*layers)
        self.out_channels = out_channels


class SqueezeExcitation(nn.Module):
    """Weigh channels by what the whole image has of them.

    Parameters
    ----------
    input_channels, squeeze_channels : int
        Of the image, and of the layer between.
    activation, scale_activation : callable, default ReLU and Sigmoid

    Source: J. Hu et al., Squeeze-and-Excitation Networks, 2017.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> from tinygrad_np.vision.ops import SqueezeExcitation
    >>> SqueezeExcitation(8, 2)(tg.rand(1, 8, 5, 5)).shape
    torch.Size([1, 8, 5, 5])
    """

    def __init__(
        self,
        input_channels: int,
        squeeze_channels: int,
        activation: Layer = nn.ReLU,
        scale_activation: Layer = nn.Sigmoid,
    ) -> None:
        super().__init__()
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc1 = nn.Conv2d(input_channels, squeeze_channels, 1)
        self.fc2 = nn.Conv2d(squeeze_channels, input_channels, 1)
        self.activation = activation()
        self.scale_activation = scale_activation()

    def forward(self, input: Tensor) -> Tensor:
        scale = self.activation(self.fc1(self.avgpool(input)))
        return self.scale_activation(self.fc2(scale)) * input


class FrozenBatchNorm2d(nn.Module):
    """Batch normalisation whose statistics and weights do not change.

    Parameters
    ----------
    num_features : int
    eps : float, default 1e-5
    """

    def __init__(self, num_features: int, eps: float = 1e-5) -> None:
        super().__init__()
        self.eps = eps
        self.register_buffer("weight", ones(num_features))
        self.register_buffer("bias", zeros(num_features))
        self.register_buffer("running_mean", zeros(num_features))
        self.register_buffer("running_var", ones(num_features))

    def forward(self, x: Tensor) -> Tensor:
        scale = self.weight * (self.running_var + self.eps).rsqrt()
        shift = self.bias - self.running_mean * scale
        return x * scale.reshape(1, -1, 1, 1) + shift.reshape(1, -1, 1, 1)

    def extra_repr(self) -> str:
        return f"{len(self.weight)}, eps={self.eps}"


class Permute(nn.Module):
    """The dimensions in another order.

    Parameters
    ----------
    dims : sequence of int
    """

    def __init__(self, dims: Sequence[int]) -> None:
        super().__init__()
        self.dims = dims

    def forward(self, x: Tensor) -> Tensor:
        return x.permute(*self.dims)
