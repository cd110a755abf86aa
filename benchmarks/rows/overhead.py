"""What Python costs: a hundred times an op on a few numbers (ms per 100 are 10 us per op)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from benchmarks.harness import Step, row
from benchmarks.peers import LIKE_TORCH

LENGTH = 100
CHAINS: dict[str, Callable[[Any, Any], Any]] = {
    "mul": lambda y, w: y * w,
    "add": lambda y, w: y + w,
    "relu": lambda y, w: y.relu(),
    "sum": lambda y, w: y.sum(),
    "matmul": lambda y, w: y @ w,
    "reshape": lambda y, w: y.reshape(2, 8),
    "transpose": lambda y, w: y.transpose(0, 1),
    "index": lambda y, w: y[1:],
}
SHAPES = {"matmul": (8, 8), "reshape": (4, 4), "transpose": (4, 4), "index": (LENGTH + 8,)}


def build(peer: str, name: str, mode: str) -> Step | None:
    if peer not in LIKE_TORCH or not LIKE_TORCH[peer].plain:
        return None
    p = LIKE_TORCH[peer]
    op = CHAINS[name]
    start = np.ones(SHAPES.get(name, (8,))) / (8 if name == "matmul" else 1)
    x, w = (p.tensor(start, requires_grad=True) for _ in range(2))

    def chain() -> Any:
        y = x
        for _ in range(LENGTH):
            y = op(y, w)
        return y

    gradient = p.lib.ones_like(chain().detach())

    def forward_and_backward() -> None:
        chain().backward(gradient)

    def no_grad() -> None:
        with p.lib.no_grad():
            chain()

    return {"forward": chain, "forward and backward": forward_and_backward, "no_grad": no_grad}[
        mode
    ]


for _name in CHAINS:
    for _mode in ("forward", "forward and backward", "no_grad"):
        row(f"{LENGTH} {_name}, {_mode}", "overhead")(partial(build, name=_name, mode=_mode))


@row(f"{LENGTH} np.add", "overhead")
def numpy_add(peer: str) -> Step | None:
    """The floor: NumPy's own cost of such an op."""
    if peer != "tinygrad_np":
        return None
    a = np.ones(8)

    def step() -> None:
        for _ in range(LENGTH):
            np.add(a, a)

    return step
