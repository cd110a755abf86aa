"""Time to 99 % test accuracy on MNIST: the same weights, batches and schedule for all.

After how many steps that is depends on rounding too, by a third: there are several rounds, each
with batches in another order.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks import peers
from benchmarks.harness import row
from benchmarks.rows.elsewhere import weights
from benchmarks.rows.models import ELSEWHERE, mnist_cnn

GOAL, BATCH, EPOCHS, EVERY = 0.99, 128, 5, 100
data = "data"  # the folder of MNIST's files; --data


def load() -> list[np.ndarray[Any, Any]] | None:
    """Images and labels for training, then for the test; None without the files."""
    from tinygrad_np.vision.datasets import MNIST

    root = data
    if not MNIST.found_in(root):
        print(f"no MNIST in {root!r}: time to 99 % is left out (--data FOLDER)")
        return None
    found: list[np.ndarray[Any, Any]] = []
    for train in (True, False):
        part = MNIST(root, train=train)
        images = part.data.numpy().astype(np.float32).reshape(-1, 1, 28, 28)
        found += [(images / 255 - 0.1307) / 0.3081, part.targets.numpy()]
    return found


@row("time to 99 % on MNIST", "time to accuracy", unit="s", rounds=3, slow=True)
def to_99(peer: str) -> Callable[[], float] | None:
    if peer not in peers.LIKE_TORCH or peers.LIKE_TORCH[peer].threads:
        return None
    found = load()
    if found is None:
        return None
    p = peers.LIKE_TORCH[peer]
    x, y, test_x, test_y = found
    seeds = itertools.count()

    def train() -> float:
        model = mnist_cnn(p.nn)
        with p.lib.no_grad():
            for parameter, value in zip(model.parameters(), weights(*ELSEWHERE[mnist_cnn])):
                parameter.copy_(p.tensor(value))
        model = p.ready(model)
        update = p.optim.Adam(model.parameters(), lr=1e-3)
        random = np.random.default_rng(next(seeds))
        seconds, steps = 0.0, EPOCHS * (len(x) // BATCH)
        for done in range(steps):
            if done % (len(x) // BATCH) == 0:
                order = random.permutation(len(x))
            start = time.perf_counter()
            chosen = order[done % (len(x) // BATCH) * BATCH :][:BATCH]
            update.param_groups[0]["lr"] = 1e-3 * (1 - done / steps)
            loss = p.F.cross_entropy(model(p.ready(p.tensor(x[chosen]))), p.tensor(y[chosen]))
            update.zero_grad()
            loss.backward()
            update.step()
            seconds += time.perf_counter() - start
            if done % EVERY == EVERY - 1 and accuracy(model) >= GOAL:
                return seconds
        raise RuntimeError(f"{peer} did not reach {GOAL:.0%} in {EPOCHS} epochs")

    def accuracy(model: Any) -> float:
        right = 0
        with p.lib.no_grad():
            for i in range(0, len(test_x), 500):
                output = model(p.ready(p.tensor(test_x[i : i + 500])))
                right += int((output.numpy().argmax(1) == test_y[i : i + 500]).sum())
        return right / len(test_x)

    return train
