"""SqueezeNet: convolutions of 1 x 1 before and among those of 3 x 3.

Source: F. N. Iandola et al., SqueezeNet: AlexNet-level accuracy with 50x fewer parameters and
<0.5MB model size, 2016.
"""

from __future__ import annotations

from typing import Any

from tinygrad_np import nn
from tinygrad_np.ops.join import cat
from tinygrad_np.tensor import Tensor
from tinygrad_np.vision.models.builders import builder

__all__ = ["SqueezeNet", "squeezenet1_0", "squeezenet1_1"]


class Fire(nn.Module):
    """A convolution of 1 x 1 to few channels, then one of 1 x 1 beside one of 3 x 3.

    Parameters
    ----------
    inplanes, squeeze_planes, expand1x1_planes, expand3x3_planes : int
        Channels before, between, and after each of the two.
    """

    def __init__(
        self, inplanes: int, squeeze_planes: int, expand1x1_planes: int, expand3x3_planes: int
    ) -> None:
        super().__init__()
        self.squeeze = nn.Conv2d(inplanes, squeeze_planes, 1)
        self.squeeze_activation = nn.ReLU(inplace=True)
        self.expand1x1 = nn.Conv2d(squeeze_planes, expand1x1_planes, 1)
        self.expand1x1_activation = nn.ReLU(inplace=True)
        self.expand3x3 = nn.Conv2d(squeeze_planes, expand3x3_planes, 3, padding=1)
        self.expand3x3_activation = nn.ReLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        x = self.squeeze_activation(self.squeeze(x))
        one = self.expand1x1_activation(self.expand1x1(x))
        three = self.expand3x3_activation(self.expand3x3(x))
        return cat([one, three], 1)


# The first convolution, then the channels of each Fire (half of them from 3 x 3), 0 for pooling.
_FIRST = {"1_0": (96, 7), "1_1": (64, 3)}
_FIRES = {
    "1_0": (0, 128, 128, 256, 0, 256, 384, 384, 512, 0, 512),
    "1_1": (0, 128, 128, 0, 256, 256, 0, 384, 384, 512, 512),
}


class SqueezeNet(nn.Module):
    """A stack of `Fire`, and a convolution to the classes.

    Parameters
    ----------
    version : {"1_0", "1_1"}
    num_classes : int, default 1000
    dropout : float, default 0.5

    Raises
    ------
    ValueError
        For another version.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> from tinygrad_np.vision.models import SqueezeNet
    >>> SqueezeNet("1_1", num_classes=10).eval()(tg.rand(1, 3, 64, 64)).shape
    torch.Size([1, 10])
    """

    def __init__(self, version: str = "1_0", num_classes: int = 1000, dropout: float = 0.5) -> None:
        super().__init__()
        if version not in _FIRST:
            raise ValueError(f"Unsupported SqueezeNet version {version}: 1_0 or 1_1 expected")
        channels, size = _FIRST[version]
        made: list[nn.Module] = [nn.Conv2d(3, channels, size, stride=2), nn.ReLU(inplace=True)]
        for planes in _FIRES[version]:
            if planes == 0:
                made.append(nn.MaxPool2d(3, stride=2, ceil_mode=True))
            else:
                made.append(Fire(channels, planes // 8, planes // 2, planes // 2))
                channels = planes
        self.features = nn.Sequential(*made)
        last = nn.Conv2d(512, num_classes, 1)
        self.classifier = nn.Sequential(
            nn.Dropout(dropout), last, nn.ReLU(inplace=True), nn.AdaptiveAvgPool2d((1, 1))
        )
        for layer in self.modules():
            if isinstance(layer, nn.Conv2d):
                if layer is last:
                    nn.init.normal_(layer.weight, 0, 0.01)
                else:
                    nn.init.kaiming_uniform_(layer.weight)
                nn.init.zeros_(layer.bias)  # type: ignore[arg-type]

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(self.features(x)).flatten(1)  # type: ignore[no-any-return]


@builder
def squeezenet1_0(**kwargs: Any) -> SqueezeNet:
    """SqueezeNet 1.0: 1.2 million parameters."""
    return SqueezeNet("1_0", **kwargs)


@builder
def squeezenet1_1(**kwargs: Any) -> SqueezeNet:
    """SqueezeNet 1.1, of less than half the work of 1.0."""
    return SqueezeNet("1_1", **kwargs)
