"""Single layers, forward and backward, and optimizers alone."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from benchmarks.harness import Step, row
from benchmarks.peers import LIKE_TORCH, Peer


def layer(name: str, shape: tuple[int, ...]) -> Callable[[Callable[[Peer], Any]], Any]:
    """Register a layer: forward and backward on an input that requires grad."""

    def register(make: Callable[[Peer], Any]) -> Any:
        def build(peer: str, backward: bool) -> Step | None:
            if peer not in LIKE_TORCH:
                return None
            p = LIKE_TORCH[peer]
            function = make(p)
            x = p.inside(np.random.default_rng(0).standard_normal(shape, np.float32))
            if not backward:

                def forward() -> None:
                    with p.lib.no_grad():
                        function(x)

                return forward
            x.requires_grad_()
            gradient = p.inside(np.ones(function(x).shape, np.float32))

            def both() -> None:
                x.grad = None
                function(x).backward(gradient)

            return both

        row(name, "layer")(partial(build, backward=True))
        row(f"{name}, forward", "layer")(partial(build, backward=False))
        return make

    return register


def simple(name: str, *shapes: tuple[int, ...]) -> Callable[[Callable[[Peer, Any], Any]], None]:
    """Register a layer made for the last axis, or the channels, of each shape."""

    def register(make: Callable[[Peer, Any], Any]) -> None:
        for shape in shapes:
            words = "x".join(map(str, shape))
            layer(f"{name}, {words}", shape)(partial(make, shape=shape))

    return register


IMAGES = (32, 64, 32, 32)

simple("max_pool2d 2x2", (2, 1, 26, 26), (64, 64, 24, 24))(
    lambda p, shape: lambda x: p.F.max_pool2d(x, 2)
)
simple("max_pool2d 3x3 stride 2 padding 1", IMAGES)(
    lambda p, shape: lambda x: p.F.max_pool2d(x, 3, 2, 1)
)
simple("avg_pool2d 2x2", (64, 64, 24, 24))(lambda p, shape: lambda x: p.F.avg_pool2d(x, 2))
simple("adaptive_avg_pool2d 1", (32, 512, 4, 4))(
    lambda p, shape: lambda x: p.F.adaptive_avg_pool2d(x, 1)
)


@simple("softmax cross-entropy", (128, 10), (512, 1000), (4096, 1000))
def _(p: Peer, shape: Any) -> Any:
    labels = p.tensor(np.arange(shape[0]) % shape[1])
    return lambda x: p.F.cross_entropy(x, labels)


@simple("bias add", (128, 512), (4096, 1024))
def _(p: Peer, shape: Any) -> Any:
    bias = p.lib.zeros(shape[-1], requires_grad=True)
    return lambda x: x + bias


simple("batch_norm", (8, 16, 8, 8), IMAGES)(lambda p, shape: p.nn.BatchNorm2d(shape[1]))
simple("layer_norm", (32, 64), (512, 512))(lambda p, shape: p.nn.LayerNorm(shape[-1]))
simple("relu", (128, 128), IMAGES)(lambda p, shape: p.F.relu)
simple("gelu", (32, 64), (512, 2048))(lambda p, shape: p.F.gelu)
simple("softmax", (128, 10), (2048, 64))(lambda p, shape: lambda x: p.F.softmax(x, -1))
simple("dropout", (128, 128), (512, 1024))(lambda p, shape: p.nn.Dropout(0.5))
simple("linear 512", (1, 512), (128, 512), (1024, 512))(lambda p, shape: p.nn.Linear(512, 512))


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
        if peer not in LIKE_TORCH or not LIKE_TORCH[peer].plain:
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
