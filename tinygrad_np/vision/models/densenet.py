"""DenseNet: each layer is given the results of all before it.

Source: G. Huang et al., Densely Connected Convolutional Networks, 2016.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tinygrad_np import nn
from tinygrad_np.ops.join import cat
from tinygrad_np.tensor import Tensor
from tinygrad_np.vision.models.builders import builder

__all__ = ["DenseNet", "densenet121", "densenet161", "densenet169", "densenet201"]


class DenseLayer(nn.Module):
    """A convolution of 1 x 1 and one of 3 x 3, each after normalisation.

    Parameters
    ----------
    inplanes, growth_rate : int
        Channels before and after.
    bn_size : int
        How many times `growth_rate` there are in between.
    drop_rate : float
    """

    def __init__(self, inplanes: int, growth_rate: int, bn_size: int, drop_rate: float) -> None:
        super().__init__()
        self.norm1 = nn.BatchNorm2d(inplanes)
        self.relu1 = nn.ReLU(inplace=True)
        self.conv1 = nn.Conv2d(inplanes, bn_size * growth_rate, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(bn_size * growth_rate)
        self.relu2 = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(bn_size * growth_rate, growth_rate, 3, padding=1, bias=False)
        self.drop_rate = drop_rate

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv1(self.relu1(self.norm1(x)))
        x = self.conv2(self.relu2(self.norm2(x)))
        return nn.functional.dropout(x, self.drop_rate, self.training) if self.drop_rate else x


class DenseBlock(nn.ModuleDict):
    """Layers of which each is given the block's input and what all before it made."""

    def forward(self, x: Tensor) -> Tensor:
        features = [x]
        for layer in self.values():
            features.append(layer(cat(features, 1)))
        return cat(features, 1)


class DenseNet(nn.Module):
    """Four blocks, with a convolution and pooling in between.

    Parameters
    ----------
    growth_rate : int, default 32
        Channels that each layer adds.
    block_config : sequence of int
        How many layers each block has.
    num_init_features : int, default 64
        Channels of the first convolution.
    bn_size : int, default 4
        How many times `growth_rate` channels there are within a layer.
    drop_rate : float, default 0
    num_classes : int, default 1000

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> from tinygrad_np.vision.models import DenseNet
    >>> model = DenseNet(8, (2, 2), 16, num_classes=10).eval()
    >>> model(tg.rand(1, 3, 32, 32)).shape
    torch.Size([1, 10])
    """

    def __init__(
        self,
        growth_rate: int = 32,
        block_config: Sequence[int] = (6, 12, 24, 16),
        num_init_features: int = 64,
        bn_size: int = 4,
        drop_rate: float = 0,
        num_classes: int = 1000,
    ) -> None:
        super().__init__()
        channels = num_init_features
        self.features = nn.Sequential()
        for name, layer in (
            ("conv0", nn.Conv2d(3, channels, 7, stride=2, padding=3, bias=False)),
            ("norm0", nn.BatchNorm2d(channels)),
            ("relu0", nn.ReLU(inplace=True)),
            ("pool0", nn.MaxPool2d(3, stride=2, padding=1)),
        ):
            self.features.add_module(name, layer)
        for i, count in enumerate(block_config, 1):
            block = DenseBlock()
            for k in range(count):
                planes = channels + k * growth_rate
                block.add_module(
                    f"denselayer{k + 1}", DenseLayer(planes, growth_rate, bn_size, drop_rate)
                )
            self.features.add_module(f"denseblock{i}", block)
            channels += count * growth_rate
            if i < len(block_config):
                self.features.add_module(f"transition{i}", _transition(channels, channels // 2))
                channels //= 2
        self.features.add_module("norm5", nn.BatchNorm2d(channels))
        self.classifier = nn.Linear(channels, num_classes)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight)
        nn.init.zeros_(self.classifier.bias)  # type: ignore[arg-type]

    def forward(self, x: Tensor) -> Tensor:
        x = nn.functional.relu(self.features(x))
        return self.classifier(nn.functional.adaptive_avg_pool2d(x, (1, 1)).flatten(1))


def _transition(inplanes: int, planes: int) -> nn.Sequential:
    made = nn.Sequential()
    made.add_module("norm", nn.BatchNorm2d(inplanes))
    made.add_module("relu", nn.ReLU(inplace=True))
    made.add_module("conv", nn.Conv2d(inplanes, planes, 1, bias=False))
    made.add_module("pool", nn.AvgPool2d(2, stride=2))
    return made


@builder
def densenet121(**kwargs: Any) -> DenseNet:
    """DenseNet of 121 layers: 8 million parameters."""
    return DenseNet(**kwargs)


@builder
def densenet161(**kwargs: Any) -> DenseNet:
    """DenseNet of 161 layers: 28.7 million parameters."""
    return DenseNet(48, (6, 12, 36, 24), 96, **kwargs)


@builder
def densenet169(**kwargs: Any) -> DenseNet:
    """DenseNet of 169 layers: 14.1 million parameters."""
    return DenseNet(32, (6, 12, 32, 32), **kwargs)


@builder
def densenet201(**kwargs: Any) -> DenseNet:
    """DenseNet of 201 layers: 20 million parameters."""
    return DenseNet(32, (6, 12, 48, 32), **kwargs)
