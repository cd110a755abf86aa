"""VGG: convolutions of 3 x 3 one after the other.

Source: K. Simonyan, A. Zisserman, Very Deep Convolutional Networks for Large-Scale Image
Recognition, 2014.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tinygrad_np import nn
from tinygrad_np.tensor import Tensor
from tinygrad_np.vision.models.builders import builder, fill

__all__ = [
    "VGG",
    "vgg11",
    "vgg11_bn",
    "vgg13",
    "vgg13_bn",
    "vgg16",
    "vgg16_bn",
    "vgg19",
    "vgg19_bn",
]


class VGG(nn.Module):
    """Features by convolutions, then three layers that classify them.

    Parameters
    ----------
    features : Module
        Gives (N, 512, H, W).
    num_classes : int, default 1000
    init_weights : bool, default True
        He's normal distribution for convolutions, a narrow one for the last layers.
    dropout : float, default 0.5

    Examples
    --------
    >>> from tinygrad_np.vision.models.vgg import VGG, features
    >>> VGG(features(11))  # doctest: +SKIP
    """

    def __init__(
        self,
        features: nn.Module,
        num_classes: int = 1000,
        init_weights: bool = True,
        dropout: float = 0.5,
    ) -> None:
        super().__init__()
        self.features = features
        self.avgpool = nn.AdaptiveAvgPool2d((7, 7))
        self.classifier = nn.Sequential(
            nn.Linear(512 * 7 * 7, 4096),
            nn.ReLU(True),
            nn.Dropout(dropout),
            nn.Linear(4096, 4096),
            nn.ReLU(True),
            nn.Dropout(dropout),
            nn.Linear(4096, num_classes),
        )
        if init_weights:
            fill(
                self,
                lambda w: nn.init.kaiming_normal_(w, mode="fan_out", nonlinearity="relu"),
                lambda w: nn.init.normal_(w, 0, 0.01),
            )

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(self.avgpool(self.features(x)).flatten(1))


COUNTS = {11: (1, 1, 2, 2, 2), 13: (2, 2, 2, 2, 2), 16: (2, 2, 3, 3, 3), 19: (2, 2, 4, 4, 4)}


def make_layers(cfg: Sequence[int | str], batch_norm: bool = False) -> nn.Sequential:
    """Convolutions of 3 x 3 with so many channels each; "M" stands for pooling.

    Examples
    --------
    >>> from tinygrad_np.vision.models.vgg import make_layers
    >>> len(make_layers([8, "M", 16, "M"]))
    6
    """
    made: list[nn.Module] = []
    channels = 3
    for planes in cfg:
        if isinstance(planes, str):
            made.append(nn.MaxPool2d(2, 2))
            continue
        made.append(nn.Conv2d(channels, planes, 3, padding=1))
        made += [nn.BatchNorm2d(planes)] if batch_norm else []
        made.append(nn.ReLU(inplace=True))
        channels = planes
    return nn.Sequential(*made)


def features(layers: int, batch_norm: bool = False) -> nn.Sequential:
    """The convolutions of a VGG of so many layers: five groups, each ends in pooling."""
    cfg: list[int | str] = []
    for planes, count in zip((64, 128, 256, 512, 512), COUNTS[layers], strict=True):
        cfg += [*[planes] * count, "M"]
    return make_layers(cfg, batch_norm)


@builder
def vgg11(**kwargs: Any) -> VGG:
    """VGG of 11 layers: 132.9 million parameters."""
    return VGG(features(11), **kwargs)


@builder
def vgg11_bn(**kwargs: Any) -> VGG:
    """VGG of 11 layers with batch normalisation."""
    return VGG(features(11, batch_norm=True), **kwargs)


@builder
def vgg13(**kwargs: Any) -> VGG:
    """VGG of 13 layers: 133 million parameters."""
    return VGG(features(13), **kwargs)


@builder
def vgg13_bn(**kwargs: Any) -> VGG:
    """VGG of 13 layers with batch normalisation."""
    return VGG(features(13, batch_norm=True), **kwargs)


@builder
def vgg16(**kwargs: Any) -> VGG:
    """VGG of 16 layers: 138.4 million parameters."""
    return VGG(features(16), **kwargs)


@builder
def vgg16_bn(**kwargs: Any) -> VGG:
    """VGG of 16 layers with batch normalisation."""
    return VGG(features(16, batch_norm=True), **kwargs)


@builder
def vgg19(**kwargs: Any) -> VGG:
    """VGG of 19 layers: 143.7 million parameters."""
    return VGG(features(19), **kwargs)


@builder
def vgg19_bn(**kwargs: Any) -> VGG:
    """VGG of 19 layers with batch normalisation."""
    return VGG(features(19, batch_norm=True), **kwargs)
