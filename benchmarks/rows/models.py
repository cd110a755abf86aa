"""Training steps of whole models: forward, backward and the optimizer."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from benchmarks.harness import Step, row
from benchmarks.peers import LIKE_TORCH, Peer
from benchmarks.rows.elsewhere import LR, in_jax, in_mygrad


def training(
    peer: Peer,
    model: Any,
    inputs: Any,
    labels: Any,
) -> Step:
    """A step of training a classifier."""
    model = peer.ready(model)
    x, y = peer.ready(peer.tensor(inputs)), peer.tensor(labels)
    update = peer.optim.Adam(model.parameters(), lr=LR)

    def step() -> None:
        loss = peer.F.cross_entropy(model(x), y)
        update.zero_grad()
        loss.backward()
        update.step()

    return step


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


def transformer(nn: Any, features: int = 128, heads: int = 4) -> Any:
    """A block of attention and a small MLP, normalised before each, on (N, L, features)."""

    class Block(nn.Module):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.before, self.between = nn.LayerNorm(features), nn.LayerNorm(features)
            self.into, self.out = nn.Linear(features, 3 * features), nn.Linear(features, features)
            self.mlp = nn.Sequential(
                nn.Linear(features, 4 * features), nn.GELU(), nn.Linear(4 * features, features)
            )
            self.classify = nn.Linear(features, 10)

        def forward(self, x: Any) -> Any:
            n, length, _ = x.shape
            whole = self.into(self.before(x)).reshape(n, length, 3, heads, features // heads)
            q, k, v = whole.permute(2, 0, 3, 1, 4).unbind(0)
            weight = (q @ k.transpose(-2, -1) / (features // heads) ** 0.5).softmax(-1)
            x = x + self.out((weight @ v).transpose(1, 2).reshape(n, length, features))
            x = x + self.mlp(self.between(x))
            return self.classify(x.mean(1))

    return Block()


def lstm(nn: Any, features: int = 64, hidden: int = 128) -> Any:
    """An LSTM over (N, L, features) and a classifier on its last output, or None without one."""
    if not hasattr(nn, "LSTM"):
        return None

    class Classifier(nn.Module):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.lstm = nn.LSTM(features, hidden, batch_first=True)
            self.classify = nn.Linear(hidden, 10)

        def forward(self, x: Any) -> Any:
            return self.classify(self.lstm(x)[0][:, -1])

    return Classifier()


ELSEWHERE = {mnist_cnn: ([(1, 32), (32, 64)], [9216, 128, 10]), mlp: ([], [784, 512, 512, 10])}


def build(peer: str, make: Callable[[Any], Any], shape: tuple[int, ...]) -> Step | None:
    random = np.random.default_rng(0)
    x = random.standard_normal(shape, np.float32)
    labels = random.integers(0, 10, shape[0])
    if peer in LIKE_TORCH:
        p = LIKE_TORCH[peer]
        if len(shape) != 4 and not p.plain:
            return None
        p.lib.manual_seed(0)
        model = make(p.nn)
        return model and training(p, model, x, labels)
    framework = {"jax.jit": in_jax, "mygrad": in_mygrad}.get(peer)
    if framework is None or make not in ELSEWHERE:
        return None
    return framework(*ELSEWHERE[make], x, labels)


for _name, _make, _shape in (
    ("MNIST CNN, batch 64", mnist_cnn, (64, 1, 28, 28)),
    ("MNIST CNN, batch 128", mnist_cnn, (128, 1, 28, 28)),
    ("MLP 784-512-512-10, batch 128", mlp, (128, 1, 28, 28)),
    ("VGG-like, 32x32, batch 32", vgg, (32, 3, 32, 32)),
    ("ResNet-18-like, 32x32, batch 32", resnet, (32, 3, 32, 32)),
    ("transformer block, 128 features, length 64, batch 16", transformer, (16, 64, 128)),
    ("LSTM 64-128, length 32, batch 32", lstm, (32, 32, 64)),
):
    row(_name, "training step")(partial(build, make=_make, shape=_shape))
