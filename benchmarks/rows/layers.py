"""Single layers, forward and backward, and optimizers alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.harness import Step, row
from benchmarks.peers import LIKE_TORCH, Peer


def layer(name: str, shape: tuple[int, ...]) -> Callable[[Callable[[Peer], Any]], Any]:
    """Register a layer: forward and backward on an input that requires grad."""

    def register(make: Callable[[Peer], Any]) -> Any:
        def build(peer: str) -> Step | None:
            if peer not in LIKE_TORCH:
                return None
            p = LIKE_TORCH[peer]
            x = np.random.default_rng(0).standard_normal(shape).astype(np.float32)
            function = make(p)
            x = p.ready(p.tensor(x)).requires_grad_()
            gradient = p.ready(p.lib.ones_like(function(x).detach()))

            def step() -> None:
                x.grad = None
                function(x).backward(gradient)

            return step

        row(name, "layer")(build)
        return make

    return register


@layer("max_pool2d 2x2, 64x64x24x24", (64, 64, 24, 24))
def _(p: Peer) -> Any:
    return lambda x: p.F.max_pool2d(x, 2)


@layer("max_pool2d 3x3 stride 2 padding 1, 32x64x32x32", (32, 64, 32, 32))
def _(p: Peer) -> Any:
    return lambda x: p.F.max_pool2d(x, 3, 2, 1)


@layer("avg_pool2d 2x2, 64x64x24x24", (64, 64, 24, 24))
def _(p: Peer) -> Any:
    return lambda x: p.F.avg_pool2d(x, 2)


@layer("softmax cross-entropy, 128x10", (128, 10))
def _(p: Peer) -> Any:
    labels = p.tensor(np.arange(128) % 10)
    return lambda x: p.F.cross_entropy(x, labels)


@layer("softmax cross-entropy, 512x1000", (512, 1000))
def _(p: Peer) -> Any:
    labels = p.tensor(np.arange(512))
    return lambda x: p.F.cross_entropy(x, labels)


@layer("batch_norm, 32x64x32x32", (32, 64, 32, 32))
def _(p: Peer) -> Any:
    return p.nn.BatchNorm2d(64)


@layer("layer_norm, 512x512", (512, 512))
def _(p: Peer) -> Any:
    return p.nn.LayerNorm(512)


@layer("relu, 32x64x32x32", (32, 64, 32, 32))
def _(p: Peer) -> Any:
    return p.F.relu


@layer("gelu, 512x2048", (512, 2048))
def _(p: Peer) -> Any:
    return p.F.gelu


@layer("bias add, 128x512", (128, 512))
def _(p: Peer) -> Any:
    bias = p.lib.zeros(512, requires_grad=True)
    return lambda x: x + bias


@layer("dropout, 512x1024", (512, 1024))
def _(p: Peer) -> Any:
    return p.nn.Dropout(0.5)


@row("embedding 10,000x128, 64x64 indices", "layer")
def embedding(peer: str) -> Step | None:
    if peer not in LIKE_TORCH:
        return None
    p = LIKE_TORCH[peer]
    table = p.nn.Embedding(10_000, 128)
    indices = p.tensor(np.random.default_rng(0).integers(0, 10_000, (64, 64)))
    gradient = p.lib.ones(64, 64, 128)

    def step() -> None:
        table.weight.grad = None
        table(indices).backward(gradient)

    return step


def _optimizer(name: str, numbers: int, tensors: int) -> None:
    def build(peer: str) -> Step | None:
        if peer not in LIKE_TORCH or peer.endswith("channels_last"):
            return None
        p = LIKE_TORCH[peer]
        parameters = [p.lib.ones(numbers // tensors, requires_grad=True) for _ in range(tensors)]
        for parameter in parameters:
            parameter.grad = p.lib.full((numbers // tensors,), 0.1)
        kwargs = {"momentum": 0.9} if name == "SGD" else {}
        return getattr(p.optim, name)(parameters, lr=1e-4, **kwargs).step

    row(f"{name}, {numbers // 1_000_000} M numbers in {tensors} tensors", "optimizer")(build)


for _name in ("SGD", "Adam"):
    for _numbers in (1_000_000, 10_000_000):
        for _tensors in (10, 300):
            _optimizer(_name, _numbers, _tensors)
