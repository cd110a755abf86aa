"""Residual networks: layers that learn what to add to their input.

The modules have torchvision's names and are made in its order, so that its files of weights fit,
and a seed gives its initial values.

Source: K. He, X. Zhang, S. Ren, J. Sun, Deep Residual Learning for Image Recognition, 2015.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from tinygrad_np import nn
from tinygrad_np.tensor import Tensor
from tinygrad_np.vision.models.builders import builder, fill

__all__ = [
    "ResNet",
    "resnet101",
    "resnet152",
    "resnet18",
    "resnet34",
    "resnet50",
    "resnext50_32x4d",
    "wide_resnet50_2",
]

Norm = Callable[[int], nn.Module]


def _conv3x3(
    inplanes: int, planes: int, stride: int = 1, groups: int = 1, dilation: int = 1
) -> Any:
    return nn.Conv2d(
        inplanes, planes, 3, stride, dilation, dilation=dilation, groups=groups, bias=False
    )


def _conv1x1(inplanes: int, planes: int, stride: int = 1) -> Any:
    return nn.Conv2d(inplanes, planes, 1, stride, bias=False)


class BasicBlock(nn.Module):
    """Two convolutions of 3 x 3, added to their input.

    Parameters
    ----------
    inplanes, planes : int
        Channels before and after.
    stride : int
    downsample : Module, optional
        What makes the input fit for the sum.
    groups, base_width, dilation : int
        Only 1, 64 and 1.
    norm_layer : callable, default BatchNorm2d
    """

    expansion: ClassVar[int] = 1

    def __init__(
        self,
        inplanes: int,
        planes: int,
        stride: int = 1,
        downsample: nn.Module | None = None,
        groups: int = 1,
        base_width: int = 64,
        dilation: int = 1,
        norm_layer: Norm = nn.BatchNorm2d,
    ) -> None:
        super().__init__()
        if (groups, base_width, dilation) != (1, 64, 1):
            raise ValueError("BasicBlock has groups=1, base_width=64, dilation=1 only")
        self.conv1 = _conv3x3(inplanes, planes, stride)
        self.bn1 = norm_layer(planes)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = _conv3x3(planes, planes)
        self.bn2 = norm_layer(planes)
        self.downsample = downsample

    def forward(self, x: Tensor) -> Tensor:
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        out += x if self.downsample is None else self.downsample(x)
        return self.relu(out)


class Bottleneck(nn.Module):
    """A convolution of 3 x 3 between two of 1 x 1, which let it have fewer channels.

    Parameters
    ----------
    inplanes, planes : int
        Channels before, and a quarter of those after.
    stride : int
    downsample : Module, optional
        What makes the input fit for the sum.
    groups, base_width, dilation : int
        Of the convolution of 3 x 3; its width is 64 for as many planes.
    norm_layer : callable, default BatchNorm2d
    """

    expansion: ClassVar[int] = 4

    def __init__(
        self,
        inplanes: int,
        planes: int,
        stride: int = 1,
        downsample: nn.Module | None = None,
        groups: int = 1,
        base_width: int = 64,
        dilation: int = 1,
        norm_layer: Norm = nn.BatchNorm2d,
    ) -> None:
        super().__init__()
        width = int(planes * (base_width / 64)) * groups
        self.conv1 = _conv1x1(inplanes, width)
        self.bn1 = norm_layer(width)
        self.conv2 = _conv3x3(width, width, stride, groups, dilation)
        self.bn2 = norm_layer(width)
        self.conv3 = _conv1x1(width, planes * self.expansion)
        self.bn3 = norm_layer(planes * self.expansion)
        self.relu = nn.ReLU(inplace=True)
        self.downsample = downsample

    def forward(self, x: Tensor) -> Tensor:
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.relu(self.bn2(self.conv2(out)))
        out = self.bn3(self.conv3(out))
        out += x if self.downsample is None else self.downsample(x)
        return self.relu(out)


class ResNet(nn.Module):
    """Four groups of blocks, each of half the size and twice the channels of the one before.

    Parameters
    ----------
    block : type
        `BasicBlock` or `Bottleneck`.
    layers : sequence of int
        How many blocks each group has.
    num_classes : int, default 1000
    zero_init_residual : bool, default False
        Let each block add nothing at first.
    groups, width_per_group : int, default 1 and 64
        Of the convolutions of 3 x 3 in `Bottleneck`.
    replace_stride_with_dilation : sequence of three bool, optional
        For each group but the first: keep the size, and reach further.
    norm_layer : callable, default BatchNorm2d

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> from tinygrad_np.vision.models.resnet import BasicBlock, ResNet
    >>> model = ResNet(BasicBlock, [1, 1, 1, 1], num_classes=10).eval()
    >>> model(tg.rand(2, 3, 32, 32)).shape
    torch.Size([2, 10])
    """

    def __init__(
        self,
        block: type[BasicBlock] | type[Bottleneck],
        layers: Sequence[int],
        num_classes: int = 1000,
        zero_init_residual: bool = False,
        groups: int = 1,
        width_per_group: int = 64,
        replace_stride_with_dilation: Sequence[bool] | None = None,
        norm_layer: Norm | None = None,
    ) -> None:
        super().__init__()
        dilate = list(replace_stride_with_dilation or [False] * 3)
        if len(dilate) != 3:
            raise ValueError(
                "replace_stride_with_dilation should be None or have 3 elements, got "
                f"{replace_stride_with_dilation}"
            )
        self.inplanes = 64
        self.dilation = 1
        norm = norm_layer or nn.BatchNorm2d
        self.conv1 = nn.Conv2d(3, 64, 7, stride=2, padding=3, bias=False)
        self.bn1 = norm(64)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(3, stride=2, padding=1)
        make = functools.partial(self._group, block, groups, width_per_group, norm)
        self.layer1 = make(64, layers[0])
        self.layer2 = make(128, layers[1], 2, dilate[0])
        self.layer3 = make(256, layers[2], 2, dilate[1])
        self.layer4 = make(512, layers[3], 2, dilate[2])
        self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
        self.fc = nn.Linear(512 * block.expansion, num_classes)
        fill(self, lambda w: nn.init.kaiming_normal_(w, mode="fan_out", nonlinearity="relu"))
        if zero_init_residual:
            for layer in self.modules():
                if isinstance(layer, (BasicBlock, Bottleneck)):
                    last = layer.bn3 if isinstance(layer, Bottleneck) else layer.bn2
                    nn.init.zeros_(last.weight)  # type: ignore[arg-type]

    def _group(
        self,
        block: type[BasicBlock] | type[Bottleneck],
        groups: int,
        width: int,
        norm: Norm,
        planes: int,
        count: int,
        stride: int = 1,
        dilate: bool = False,
    ) -> nn.Sequential:
        before, out = self.dilation, planes * block.expansion
        if dilate:
            self.dilation *= stride
            stride = 1
        downsample = None
        if stride != 1 or self.inplanes != out:
            downsample = nn.Sequential(_conv1x1(self.inplanes, out, stride), norm(out))
        made = [block(self.inplanes, planes, stride, downsample, groups, width, before, norm)]
        self.inplanes = out
        for _ in range(1, count):
            made.append(block(out, planes, 1, None, groups, width, self.dilation, norm))
        return nn.Sequential(*made)

    def forward(self, x: Tensor) -> Tensor:
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.fc(self.avgpool(x).flatten(1))


@builder
def resnet18(**kwargs: Any) -> ResNet:
    """ResNet of 18 layers: 11.7 million parameters."""
    return ResNet(BasicBlock, [2, 2, 2, 2], **kwargs)


@builder
def resnet34(**kwargs: Any) -> ResNet:
    """ResNet of 34 layers: 21.8 million parameters."""
    return ResNet(BasicBlock, [3, 4, 6, 3], **kwargs)


@builder
def resnet50(**kwargs: Any) -> ResNet:
    """ResNet of 50 layers: 25.6 million parameters."""
    return ResNet(Bottleneck, [3, 4, 6, 3], **kwargs)


@builder
def resnet101(**kwargs: Any) -> ResNet:
    """ResNet of 101 layers: 44.5 million parameters."""
    return ResNet(Bottleneck, [3, 4, 23, 3], **kwargs)


@builder
def resnet152(**kwargs: Any) -> ResNet:
    """ResNet of 152 layers: 60.2 million parameters."""
    return ResNet(Bottleneck, [3, 8, 36, 3], **kwargs)


@builder
def resnext50_32x4d(**kwargs: Any) -> ResNet:
    """ResNet of 50 layers whose convolutions have 32 groups: 25 million parameters."""
    return ResNet(Bottleneck, [3, 4, 6, 3], **{"groups": 32, "width_per_group": 4, **kwargs})


@builder
def wide_resnet50_2(**kwargs: Any) -> ResNet:
    """ResNet of 50 layers of twice the width: 68.9 million parameters."""
    return ResNet(Bottleneck, [3, 4, 6, 3], **{"width_per_group": 128, **kwargs})
