"""conv2d alone, forward and forward + backward, over a list of shapes."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.harness import Step, row
from benchmarks.peers import LIKE_TORCH

# batch, channels, size, filters, kernel, stride, padding, groups
SHAPES = [
    (64, 1, 28, 32, 3, 1, 0, 1),
    (64, 32, 26, 64, 3, 1, 0, 1),
    (128, 32, 26, 64, 3, 1, 0, 1),
    (1, 64, 56, 64, 3, 1, 1, 1),
    (32, 64, 32, 64, 3, 1, 1, 1),
    (32, 128, 16, 128, 3, 1, 1, 1),
    (32, 128, 18, 128, 3, 1, 0, 1),
    (32, 256, 8, 256, 3, 1, 1, 1),
    (32, 256, 10, 256, 3, 1, 0, 1),
    (32, 64, 32, 128, 3, 2, 1, 1),
    (32, 128, 16, 256, 3, 2, 1, 1),
    (32, 64, 32, 64, 1, 1, 0, 1),
    (32, 256, 8, 256, 1, 1, 0, 1),
    (32, 64, 32, 128, 1, 2, 0, 1),
    (64, 16, 14, 32, 5, 1, 2, 1),
    (1, 3, 32, 16, 3, 1, 1, 1),
    (128, 3, 32, 64, 3, 1, 1, 1),
    (2, 1, 28, 1, 3, 1, 0, 1),
    (8, 3, 64, 64, 7, 2, 3, 1),
    (32, 64, 32, 64, 3, 1, 1, 64),
    (32, 64, 32, 64, 3, 1, 1, 4),
]


def build(peer: str, shape: tuple[int, ...], backward: bool) -> Step | None:
    if peer not in LIKE_TORCH:
        return None
    p = LIKE_TORCH[peer]
    n, c, size, o, k, stride, padding, groups = shape
    random = np.random.default_rng(0)
    x = random.standard_normal((n, c, size, size)).astype(np.float32)
    w = (random.standard_normal((o, c // groups, k, k)) / (c * k * k) ** 0.5).astype(np.float32)
    b = np.zeros(o, np.float32)
    x, w, b = p.inside(x), p.ready(p.tensor(w)), p.tensor(b)
    kwargs: dict[str, Any] = {"stride": stride, "padding": padding, "groups": groups}
    if not backward:

        def forward() -> None:
            with p.lib.no_grad():
                p.F.conv2d(x, w, b, **kwargs)

        return forward
    live = [t.requires_grad_() for t in (x, w, b)]
    gradient = p.inside(np.ones(p.F.conv2d(x, w, b, **kwargs).shape, np.float32))

    def both() -> None:
        for t in live:
            t.grad = None
        p.F.conv2d(x, w, b, **kwargs).backward(gradient)

    return both


for _shape in SHAPES:
    _n, _c, _size, _o, _k, _stride, _padding, _groups = _shape
    _words = f"{_k}x{_k} {_c}-{_o}, {_n}x{_size}x{_size}"
    _words += f", stride {_stride}" * (_stride > 1) + f", padding {_padding}" * (_padding > 0)
    _words += f", groups {_groups}" * (_groups > 1)
    for _backward in (False, True):

        def _build(peer: str, shape: Any = _shape, backward: bool = _backward) -> Step | None:
            return build(peer, shape, backward)

        row(f"{_words}{', with backward' * _backward}", "conv2d")(_build)
