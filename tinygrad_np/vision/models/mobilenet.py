"""MobileNets: convolutions of one channel each between those of 1 x 1.

Sources: M. Sandler et al., MobileNetV2: Inverted Residuals and Linear Bottlenecks, 2018;
A. Howard et al., Searching for MobileNetV3, 2019.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

from tinygrad_np import nn
from tinygrad_np.tensor import Tensor
from tinygrad_np.vision.models.builders import builder, divisible, fill
from tinygrad_np.vision.ops.misc import Conv2dNormActivation, SqueezeExcitation

__all__ = [
    "MobileNetV2",
    "MobileNetV3",
    "mobilenet_v2",
    "mobilenet_v3_large",
    "mobilenet_v3_small",
]


def _initial_values(model: nn.Module) -> None:
    fill(
        model,
        lambda w: nn.init.kaiming_normal_(w, mode="fan_out"),
        lambda w: nn.init.normal_(w, 0, 0.01),
    )


class InvertedResidual(nn.Module):
    """More channels, a convolution of each by itself, fewer channels; added to the input.

    Parameters
    ----------
    inp, oup : int
        Channels before and after.
    stride : {1, 2}
    expand_ratio : float
        How many times more channels there are in between.
    norm_layer : callable, default BatchNorm2d
    """

    def __init__(
        self,
        inp: int,
        oup: int,
        stride: int,
        expand_ratio: float,
        norm_layer: Callable[..., nn.Module] = nn.BatchNorm2d,
    ) -> None:
        super().__init__()
        if stride not in (1, 2):
            raise ValueError(f"stride should be 1 or 2 instead of {stride}")
        hidden = round(inp * expand_ratio)
        made = functools.partial(
            Conv2dNormActivation, norm_layer=norm_layer, activation_layer=nn.ReLU6
        )
        layers: list[nn.Module] = [] if expand_ratio == 1 else [made(inp, hidden, 1)]
        layers.append(made(hidden, hidden, stride=stride, groups=hidden))
        layers += [nn.Conv2d(hidden, oup, 1, bias=False), norm_layer(oup)]
        self.conv = nn.Sequential(*layers)
        self.use_res_connect = stride == 1 and inp == oup

    def forward(self, x: Tensor) -> Tensor:
        return x + self.conv(x) if self.use_res_connect else self.conv(x)


class MobileNetV2(nn.Module):
    """A stack of `InvertedResidual`.

    Parameters
    ----------
    num_classes : int, default 1000
    width_mult : float, default 1
        More or fewer channels everywhere.
    inverted_residual_setting : sequence of (int, int, int, int), optional
        Of each group: expansion, channels, number of blocks, stride of the first.
    round_nearest : int, default 8
        Channels are a multiple of it.
    norm_layer : callable, default BatchNorm2d
    dropout : float, default 0.2

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> from tinygrad_np.vision.models import MobileNetV2
    >>> model = MobileNetV2(num_classes=10, width_mult=0.25).eval()
    >>> model(tg.rand(1, 3, 32, 32)).shape
    torch.Size([1, 10])
    """

    def __init__(
        self,
        num_classes: int = 1000,
        width_mult: float = 1.0,
        inverted_residual_setting: Sequence[Sequence[int]] | None = None,
        round_nearest: int = 8,
        norm_layer: Callable[..., nn.Module] | None = None,
        dropout: float = 0.2,
    ) -> None:
        super().__init__()
        norm = norm_layer or nn.BatchNorm2d
        groups = inverted_residual_setting or (
            (1, 16, 1, 1),
            (6, 24, 2, 2),
            (6, 32, 3, 2),
            (6, 64, 4, 2),
            (6, 96, 3, 1),
            (6, 160, 3, 2),
            (6, 320, 1, 1),
        )
        if any(len(group) != 4 for group in groups):
            raise ValueError(
                f"inverted_residual_setting should have elements of four, got {groups}"
            )
        made = functools.partial(Conv2dNormActivation, norm_layer=norm, activation_layer=nn.ReLU6)
        channels = divisible(32 * width_mult, round_nearest)
        self.last_channel = divisible(1280 * max(1.0, width_mult), round_nearest)
        layers: list[nn.Module] = [made(3, channels, stride=2)]
        for expansion, planes, count, stride in groups:
            planes = divisible(planes * width_mult, round_nearest)
            for i in range(count):
                first = stride if i == 0 else 1
                layers.append(InvertedResidual(channels, planes, first, expansion, norm))
                channels = planes
        layers.append(made(channels, self.last_channel, 1))
        self.features = nn.Sequential(*layers)
        self.classifier = nn.Sequential(
            nn.Dropout(dropout), nn.Linear(self.last_channel, num_classes)
        )
        _initial_values(self)

    def forward(self, x: Tensor) -> Tensor:
        x = nn.functional.adaptive_avg_pool2d(self.features(x), (1, 1))
        return self.classifier(x.flatten(1))


class Block(nn.Module):
    """As `InvertedResidual`, of any size, with channels weighed by what the image has of them.

    Parameters
    ----------
    inp, kernel, hidden, oup : int
        Channels before, size of the convolution, channels between and after.
    squeeze : bool
        Whether channels are weighed.
    activation : type
    stride : {1, 2}
    norm_layer : callable
    """

    def __init__(
        self,
        inp: int,
        kernel: int,
        hidden: int,
        oup: int,
        squeeze: bool,
        activation: type[nn.Module],
        stride: int,
        norm_layer: Callable[..., nn.Module],
    ) -> None:
        super().__init__()
        made = functools.partial(
            Conv2dNormActivation, norm_layer=norm_layer, activation_layer=activation
        )
        layers: list[nn.Module] = [] if hidden == inp else [made(inp, hidden, 1)]
        layers.append(made(hidden, hidden, kernel, stride, groups=hidden))
        if squeeze:
            layers.append(
                SqueezeExcitation(hidden, divisible(hidden // 4), scale_activation=nn.Hardsigmoid)
            )
        layers.append(made(hidden, oup, 1, activation_layer=None))
        self.block = nn.Sequential(*layers)
        self.use_res_connect = stride == 1 and inp == oup

    def forward(self, x: Tensor) -> Tensor:
        return x + self.block(x) if self.use_res_connect else self.block(x)


# Of each block: size, channels between and after, whether they are weighed, HS or RE, stride.
Setting = tuple[int, int, int, bool, str, int]
LARGE: list[Setting] = [
    (3, 16, 16, False, "RE", 1),
    (3, 64, 24, False, "RE", 2),
    (3, 72, 24, False, "RE", 1),
    (5, 72, 40, True, "RE", 2),
    (5, 120, 40, True, "RE", 1),
    (5, 120, 40, True, "RE", 1),
    (3, 240, 80, False, "HS", 2),
    (3, 200, 80, False, "HS", 1),
    (3, 184, 80, False, "HS", 1),
    (3, 184, 80, False, "HS", 1),
    (3, 480, 112, True, "HS", 1),
    (3, 672, 112, True, "HS", 1),
    (5, 672, 160, True, "HS", 2),
    (5, 960, 160, True, "HS", 1),
    (5, 960, 160, True, "HS", 1),
]
SMALL: list[Setting] = [
    (3, 16, 16, True, "RE", 2),
    (3, 72, 24, False, "RE", 2),
    (3, 88, 24, False, "RE", 1),
    (5, 96, 40, True, "HS", 2),
    (5, 240, 40, True, "HS", 1),
    (5, 240, 40, True, "HS", 1),
    (5, 120, 48, True, "HS", 1),
    (5, 144, 48, True, "HS", 1),
    (5, 288, 96, True, "HS", 2),
    (5, 576, 96, True, "HS", 1),
    (5, 576, 96, True, "HS", 1),
]


class MobileNetV3(nn.Module):
    """A stack of `Block`.

    Parameters
    ----------
    settings : list of tuple
        `LARGE` or `SMALL`.
    last_channel : int
        Features of the layer before the last.
    num_classes : int, default 1000
    width_mult : float, default 1
        More or fewer channels everywhere.
    norm_layer : callable, default BatchNorm2d with eps=0.001 and momentum=0.01
    dropout : float, default 0.2
    """

    def __init__(
        self,
        settings: Sequence[Setting],
        last_channel: int,
        num_classes: int = 1000,
        width_mult: float = 1.0,
        norm_layer: Callable[..., nn.Module] | None = None,
        dropout: float = 0.2,
    ) -> None:
        super().__init__()
        norm = norm_layer or functools.partial(nn.BatchNorm2d, eps=0.001, momentum=0.01)
        made = functools.partial(
            Conv2dNormActivation, norm_layer=norm, activation_layer=nn.Hardswish
        )
        channels = divisible(16 * width_mult)
        layers: list[nn.Module] = [made(3, channels, stride=2)]
        for kernel, hidden, planes, squeeze, activation, stride in settings:
            hidden, planes = divisible(hidden * width_mult), divisible(planes * width_mult)
            kind = nn.Hardswish if activation == "HS" else nn.ReLU
            layers.append(Block(channels, kernel, hidden, planes, squeeze, kind, stride, norm))
            channels = planes
        layers.append(made(channels, 6 * channels, 1))
        last_channel = divisible(last_channel * width_mult)
        self.features = nn.Sequential(*layers)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Sequential(
            nn.Linear(6 * channels, last_channel),
            nn.Hardswish(inplace=True),
            nn.Dropout(dropout, inplace=True),
            nn.Linear(last_channel, num_classes),
        )
        _initial_values(self)

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(self.avgpool(self.features(x)).flatten(1))


@builder
def mobilenet_v2(**kwargs: Any) -> MobileNetV2:
    """MobileNetV2: 3.5 million parameters."""
    return MobileNetV2(**kwargs)


@builder
def mobilenet_v3_large(**kwargs: Any) -> MobileNetV3:
    """The large MobileNetV3: 5.5 million parameters."""
    return MobileNetV3(LARGE, 1280, **kwargs)


@builder
def mobilenet_v3_small(**kwargs: Any) -> MobileNetV3:
    """The small MobileNetV3: 2.5 million parameters."""
    return MobileNetV3(SMALL, 1024, **kwargs)
