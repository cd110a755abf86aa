"""Timing: every row runs on all peers in turn, again and again, so that noise hits all alike."""

from __future__ import annotations

import gc
import os
import platform
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from benchmarks import peers
from tinygrad_np.launch.info import blas

Step = Callable[[], Any]
Build = Callable[[str], "Step | None"]
ROWS: dict[str, Row] = {}


@dataclass(frozen=True)
class Row:
    """One piece of work: `build(peer name)` gives a function that does it once, or None.

    With `rounds`, the function returns its own figure, in `unit`, and is called that many times.
    `size` is what grows from row to row within a group.
    """

    name: str
    group: str
    build: Build
    unit: str = "ms"
    rounds: int | None = None
    size: int | None = None
    slow: bool = False


def row(name: str, group: str, **kwargs: Any) -> Callable[[Build], Build]:
    """Decorator: register a row."""

    def register(build: Build) -> Build:
        if name in ROWS:
            raise ValueError(f"there are two rows named {name!r}")
        ROWS[name] = Row(name, group, build, **kwargs)
        return build

    return register


@dataclass
class Result:
    """What was measured for one row: figures of each peer, and our ratio to each.

    `beside` are our figures from the rounds of those peers that have rounds of their own.
    """

    row: Row
    figures: dict[str, list[float]] = field(default_factory=dict)
    beside: dict[str, list[float]] = field(default_factory=dict)

    def median(self, peer: str) -> float:
        return statistics.median(self.figures[peer])

    def ratio(self, peer: str) -> tuple[float, float, float]:
        """Ours by theirs, round by round: the 10th percentile, the median, the 90th."""
        ours = self.beside.get(peer, self.figures[peers.OURS.name])
        ratios = sorted(a / b for a, b in zip(ours, self.figures[peer]))
        tenth = len(ratios) // 10
        return ratios[tenth], statistics.median(ratios), ratios[-1 - tenth]

    def to_torch(self) -> tuple[float, float, float] | None:
        """Our ratio to PyTorch in its faster memory format."""
        theirs = [p for p in (peers.TORCH.name, peers.TORCH_CL.name) if p in self.figures]
        ours = peers.OURS.name in self.figures
        return self.ratio(min(theirs, key=self.median)) if theirs and ours else None

    def as_json(self) -> dict[str, Any]:
        others = [p for p in self.figures if p != peers.OURS.name]
        return {
            "name": self.row.name,
            "group": self.row.group,
            "unit": self.row.unit,
            "size": self.row.size,
            "medians": {p: self.median(p) for p in self.figures},
            "ratios": {p: self.ratio(p) for p in others} if len(others) < len(self.figures) else {},
            "to_torch": self.to_torch(),
        }


def measure(
    chosen: Row,
    names: list[str],
    rounds: int = 15,
    budget: float = 3.0,
    threads: int = 2,
) -> Result:
    """Measure a row on the peers in turn.

    Each round runs a block of calls on each peer, and the rounds share the budget (seconds); five
    are run at least. A short pause before a block lets a peer's spinning threads fall asleep. Those
    of BLAS spin for longer, and so peers that use them have rounds of their own, with us.
    """
    steps = {}
    for name in names:
        peers.set_threads(name, threads)
        step = chosen.build(name)
        if step is not None:
            steps[name] = step
    result = Result(chosen, {name: [] for name in steps})
    if chosen.rounds:
        for _ in range(chosen.rounds):
            for name, step in steps.items():
                peers.set_threads(name, threads)
                result.figures[name].append(step())
        return result
    others = [name for name in steps if name not in peers.LIKE_TORCH]
    likes = {name: step for name, step in steps.items() if name not in others}
    result.figures.update(_interleaved(likes, rounds, budget, threads, 0.002))
    if others:
        beside = {name: steps[name] for name in (peers.OURS.name, *others) if name in steps}
        found = _interleaved(beside, rounds, budget, threads, 0.03)
        ours = found.pop(peers.OURS.name, [])
        result.figures.update(found)
        result.beside.update(dict.fromkeys(others, ours))
    return result


def _interleaved(
    steps: dict[str, Step], rounds: int, budget: float, threads: int, pause: float
) -> dict[str, list[float]]:
    """Milliseconds of a call in each round."""
    found: dict[str, list[float]] = {name: [] for name in steps}
    blocks = {}
    for name, step in steps.items():
        peers.set_threads(name, threads)
        step()
        blocks[name] = _calls(step, budget / rounds / len(steps))
    gc.collect()
    gc.freeze()  # what other peers imported is not for the collector to look through each time
    try:
        end = time.perf_counter() + budget
        for done in range(rounds):
            if done >= 5 and time.perf_counter() > end:
                break
            for name, step in steps.items():
                peers.set_threads(name, threads)
                time.sleep(pause)
                step()
                start = time.perf_counter()
                for _ in range(blocks[name]):
                    step()
                taken = time.perf_counter() - start
                found[name].append(1000 * taken / blocks[name])
    finally:
        gc.unfreeze()
    return found


def _calls(step: Step, seconds: float) -> int:
    """How many calls fill a block."""
    start = time.perf_counter()
    step()
    once = time.perf_counter() - start
    return max(1, min(2000, int(seconds / max(once, 1e-7))))


def choose(patterns: list[str], quick: bool = False) -> Iterator[Row]:
    """The rows whose name or group contains one of the patterns; all without patterns.

    A slow row must begin with the pattern, and is left out of a quick look.
    """
    for r in ROWS.values():
        full, name = f"{r.group}: {r.name}".lower(), r.name.lower()
        found = [p for p in map(str.lower, patterns) if p in full]
        if r.slow:
            found = [p for p in found if full.startswith(p) or name.startswith(p)]
        if (found or not patterns) and not (quick and r.slow):
            yield r


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    model = platform.processor() or platform.machine()
    if os.path.exists("/proc/cpuinfo"):
        with open("/proc/cpuinfo") as file:
            models = [line.split(":")[1].strip() for line in file if line.startswith("model name")]
        model = models[0] if models else model
    return {
        "cpu": model,
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "blas": blas(),
    }
