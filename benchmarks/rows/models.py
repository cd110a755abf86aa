"""Training steps of whole models: forward, backward and the optimizer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.harness import Step, row
from benchmarks.peers import LIKE_TORCH, Peer


def training(
    peer: Peer,
    model: Any,
    inputs: Any,
    labels: Any,
    optimizer: str = "Adam",
    lr: float = 1e-4,
) -> Step:
    """A step of training a classifier."""
    model = peer.ready(model)
    x, y = peer.ready(peer.tensor(inputs)), peer.tensor(labels)
    update = getattr(peer.optim, optimizer)(model.parameters(), lr=lr)

    def step() -> None:
        loss = peer.F.cross_entropy(model(x), y)
        update.zero_grad()
        loss.backward()
        update.step()

    return step


def images(batch: int, channels: int, size: int) -> tuple[Any, Any]:
    random = np.random.default_rng(0)
    x = random.standard_normal((batch, channels, size, size)).astype(np.float32)
    return x, random.integers(0, 10, batch)


def mnist_cnn(nn: Any) -> Any:
    return nn.Sequential(
        nn.Conv2d(1, 32, 3),
        nn.ReLU(),
        nn.Conv2d(32, 64, 3),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(9216, 128),
        nn.ReLU(),
        nn.Linear(128, 10),
    )


def mlp(nn: Any) -> Any:
    return nn.Sequential(
        nn.Flatten(),
        nn.Linear(784, 512),
        nn.ReLU(),
        nn.Linear(512, 512),
        nn.ReLU(),
        nn.Linear(512, 10),
    )


def vgg(nn: Any) -> Any:
    layers: list[Any] = []
    channels = 3
    for width, depth in ((64, 2), (128, 2), (256, 2)):
        for _ in range(depth):
            layers += [nn.Conv2d(channels, width, 3, padding=1), nn.BatchNorm2d(width), nn.ReLU()]
            channels = width
        layers.append(nn.MaxPool2d(2))
    return nn.Sequential(
        *layers, nn.Flatten(), nn.Linear(256 * 16, 256), nn.ReLU(), nn.Linear(256, 10)
    )


def resnet(nn: Any) -> Any:
    """ResNet-18's blocks at CIFAR's size."""

    class Block(nn.Module):  # type: ignore[misc, name-defined]
        def __init__(self, before: int, width: int, stride: int) -> None:
            super().__init__()
            self.body = nn.Sequential(
                nn.Conv2d(before, width, 3, stride, 1, bias=False),
                nn.BatchNorm2d(width),
                nn.ReLU(),
                nn.Conv2d(width, width, 3, 1, 1, bias=False),
                nn.BatchNorm2d(width),
            )
            self.skip = nn.Sequential()
            if stride != 1 or before != width:
                self.skip = nn.Sequential(
                    nn.Conv2d(before, width, 1, stride, bias=False), nn.BatchNorm2d(width)
                )
            self.relu = nn.ReLU()

        def forward(self, x: Any) -> Any:
            return self.relu(self.body(x) + self.skip(x))

    layers: list[Any] = [nn.Conv2d(3, 64, 3, 1, 1, bias=False), nn.BatchNorm2d(64), nn.ReLU()]
    before = 64
    for width, stride in ((64, 1), (128, 2), (256, 2), (512, 2)):
        layers += [Block(before, width, stride), Block(width, width, 1)]
        before = width
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, 10))


def _register(name: str, make: Callable[[Any], Any], batch: int, channels: int, size: int) -> None:
    def build(peer: str) -> Step | None:
        if peer not in LIKE_TORCH:
            return None
        p = LIKE_TORCH[peer]
        p.lib.manual_seed(0)
        return training(p, make(p.nn), *images(batch, channels, size))

    row(name, "training step")(build)


_register("MNIST CNN, batch 64", mnist_cnn, 64, 1, 28)
_register("MNIST CNN, batch 128", mnist_cnn, 128, 1, 28)
_register("MLP 784-512-512-10, batch 128", mlp, 128, 1, 28)
_register("VGG-like, 32x32, batch 32", vgg, 32, 3, 32)
_register("ResNet-18-like, 32x32, batch 32", resnet, 32, 3, 32)
