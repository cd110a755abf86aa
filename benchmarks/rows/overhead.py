"""What Python costs: a chain of ops on eight numbers."""

from __future__ import annotations

import numpy as np

from benchmarks.harness import Step, row
from benchmarks.peers import LIKE_TORCH

LENGTH = 100


@row(f"{LENGTH} mul, forward", "overhead")
def forward(peer: str) -> Step | None:
    if peer not in LIKE_TORCH or peer.endswith("channels_last"):
        return None
    p = LIKE_TORCH[peer]
    x, w = (p.tensor(np.ones(8), requires_grad=True) for _ in range(2))

    def step() -> None:
        y = x
        for _ in range(LENGTH):
            y = y * w

    return step


@row(f"{LENGTH} mul, forward and backward", "overhead")
def backward(peer: str) -> Step | None:
    if peer not in LIKE_TORCH or peer.endswith("channels_last"):
        return None
    p = LIKE_TORCH[peer]
    x, w = (p.tensor(np.ones(8), requires_grad=True) for _ in range(2))
    gradient = p.tensor(np.ones(8))

    def step() -> None:
        y = x
        for _ in range(LENGTH):
            y = y * w
        y.backward(gradient)

    return step


@row(f"{LENGTH} mul, no_grad", "overhead")
def no_grad(peer: str) -> Step | None:
    if peer not in LIKE_TORCH or peer.endswith("channels_last"):
        return None
    p = LIKE_TORCH[peer]
    x, w = (p.tensor(np.ones(8), requires_grad=True) for _ in range(2))

    def step() -> None:
        with p.lib.no_grad():
            y = x
            for _ in range(LENGTH):
                y = y * w

    return step


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
