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

Step = Callable[[], Any]
Build = Callable[[str], "Step | None"]
ROWS: dict[str, Row] = {}


@dataclass(frozen=True)
class Row:
    """One piece of work: `build(peer name)` gives a function that does it once, or None."""

    name: str
    group: str
    build: Build


def row(name: str, group: str) -> Callable[[Build], Build]:
    """Decorator: register a row."""

    def register(build: Build) -> Build:
        ROWS[name] = Row(name, group, build)
        return build

    return register


@dataclass
class Result:
    """What was measured for one row: milliseconds for each peer, and our ratio to each."""

    name: str
    group: str
    times: dict[str, list[float]] = field(default_factory=dict)

    def median(self, peer: str) -> float:
        return statistics.median(self.times[peer])

    def ratio(self, peer: str) -> tuple[float, float, float]:
        """Ours by theirs, round by round: the 10th percentile, the median, the 90th."""
        ratios = sorted(a / b for a, b in zip(self.times[peers.OURS.name], self.times[peer]))
        tenth = len(ratios) // 10
        return ratios[tenth], statistics.median(ratios), ratios[-1 - tenth]

    def to_torch(self) -> tuple[float, float, float] | None:
        """Our ratio to PyTorch in its faster memory format."""
        theirs = [p for p in (peers.TORCH.name, peers.TORCH_CL.name) if p in self.times]
        return self.ratio(min(theirs, key=self.median)) if theirs else None

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "group": self.group,
            "milliseconds": {p: self.median(p) for p in self.times},
            "ratios": {p: self.ratio(p) for p in self.times if p != peers.OURS.name},
            "to_torch": self.to_torch(),
        }


def measure(
    chosen: Row, names: list[str], rounds: int = 15, budget: float = 4.0, pause: float = 0.002
) -> Result:
    """Time a row on the peers in turn.

    Each round runs a block of calls on each peer. A block lasts about a fortieth of the budget;
    a short pause after it lets a peer's spinning threads fall asleep.
    """
    result = Result(chosen.name, chosen.group)
    steps = {}
    for name in names:
        step = chosen.build(name)
        if step is not None:
            step()
            step()
            steps[name] = step
    blocks = {name: _calls(step, budget / 40) for name, step in steps.items()}
    result.times = {name: [] for name in steps}
    enabled = gc.isenabled()
    gc.collect()
    end = time.perf_counter() + budget * len(steps)
    for done in range(rounds):
        if done >= 5 and time.perf_counter() > end:
            break
        for name, step in steps.items():
            calls = blocks[name]
            time.sleep(pause)
            step()
            start = time.perf_counter()
            for _ in range(calls):
                step()
            result.times[name].append(1000 * (time.perf_counter() - start) / calls)
    if enabled:
        gc.enable()
    return result


def _calls(step: Step, seconds: float) -> int:
    """How many calls fill a block."""
    start = time.perf_counter()
    step()
    once = time.perf_counter() - start
    return max(1, min(2000, int(seconds / max(once, 1e-7) / 2)))


def choose(patterns: list[str]) -> Iterator[Row]:
    """The rows whose name or group contains one of the patterns; all without patterns."""
    for r in ROWS.values():
        if not patterns or any(p.lower() in f"{r.group}: {r.name}".lower() for p in patterns):
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
    }
