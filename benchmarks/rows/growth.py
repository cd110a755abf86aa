"""How time and memory grow with depth, batch, image size and channels."""

from __future__ import annotations

from functools import partial

import numpy as np

from benchmarks.harness import Step, row
from benchmarks.peers import LIKE_TORCH
from benchmarks.rows.process import memory


def deep(peer: str, depth: int) -> Step | None:
    """A chain of products, and the walk back."""
    if peer not in LIKE_TORCH or not LIKE_TORCH[peer].plain:
        return None
    p = LIKE_TORCH[peer]
    x, w = (p.tensor(np.ones(8), requires_grad=True) for _ in range(2))

    def step() -> None:
        x.grad = w.grad = None
        y = x
        for _ in range(depth):
            y = y * w
        y.sum().backward()

    return step


def wide(peer: str, batch: int, size: int, channels: int) -> Step | None:
    """Two 3x3 convolutions and a pool, forward and backward."""
    if peer not in LIKE_TORCH:
        return None
    p = LIKE_TORCH[peer]
    nn = p.nn
    model = p.ready(
        nn.Sequential(
            nn.Conv2d(channels, channels, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(channels, channels, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
        )
    )
    images = np.random.default_rng(0).standard_normal((batch, channels, size, size), np.float32)
    x = p.ready(p.tensor(images))

    def step() -> None:
        model.zero_grad()
        model(x).sum().backward()

    return step


DEFAULT = {"batch": 16, "size": 32, "channels": 32}
GROWING = {"batch": (4, 16, 64), "size": (16, 32, 64), "channels": (8, 32, 128)}
_builds = {("depth", n): partial(deep, depth=n) for n in (10, 100, 1000, 10_000, 100_000)}
for _what, _sizes in GROWING.items():
    for _n in _sizes:
        _builds[_what, _n] = partial(wide, **{**DEFAULT, _what: _n})
for (_what, _n), _build in _builds.items():
    _name = f"{_what} {_n}"
    row(_name, f"growth: time by {_what}", size=_n)(_build)
for _what, _n in _builds:
    _name = f"{_what} {_n}"
    row(
        f"peak memory, {_name}",
        f"growth: memory by {_what}",
        unit="MB",
        rounds=1,
        size=_n,
        slow=True,
    )(partial(memory, name=_name))
