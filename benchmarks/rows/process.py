"""What a process costs: the time of `import`, and the peak memory of training steps."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

from benchmarks import apart
from benchmarks.harness import ROWS, row
from benchmarks.peers import LIKE_TORCH


def importing(peer: str) -> Callable[[], float] | None:
    if peer in LIKE_TORCH and (not LIKE_TORCH[peer].plain or LIKE_TORCH[peer].threads):
        return None
    statement = f"import {apart.module(peer)}"
    apart.python("-c", statement)  # compiles what is not compiled yet

    def measure() -> float:
        start = time.perf_counter()
        apart.python("-c", statement)
        return 1000 * (time.perf_counter() - start)

    return measure


def memory(peer: str, name: str) -> Callable[[], float] | None:
    if peer in LIKE_TORCH and LIKE_TORCH[peer].threads:
        return None
    if name and ROWS[name].build(peer) is None:
        return None
    return apart.peak_of(name, peer)


row("import, with the start of Python", "import", rounds=7)(importing)
row("memory after import", "peak memory", unit="MB", rounds=1, slow=True)(partial(memory, name=""))
for _name in [r.name for r in ROWS.values() if r.group == "training step"]:
    row(f"peak memory, {_name}", "peak memory", unit="MB", rounds=1, slow=True)(
        partial(memory, name=_name)
    )
