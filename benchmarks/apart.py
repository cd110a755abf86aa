"""What needs a process of its own: ``python -m benchmarks.apart ROW PEER THREADS``."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from collections.abc import Callable

from benchmarks import harness, peers

MODULES = {"numpy by hand": "numpy", "jax.jit": "jax", "mygrad": "mygrad"}


def module(peer: str) -> str:
    """The module that a peer imports."""
    return peers.LIKE_TORCH[peer].module if peer in peers.LIKE_TORCH else MODULES[peer]


def peak() -> float:
    """The most memory that this process has held, in MB.

    On Linux `ru_maxrss` starts from the parent's, so the kernel's own figure is read there.
    """
    if os.path.exists("/proc/self/status"):
        with open("/proc/self/status") as file:
            return next(int(line.split()[1]) / 1024 for line in file if line.startswith("VmHWM"))
    import resource

    scale = 1024**2 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / scale


def memory(name: str, peer: str, threads: int, steps: int = 3) -> float:
    """Peak memory of a few calls of a row; of the import alone without a name."""
    importlib.import_module(module(peer))
    if name:
        import benchmarks.rows  # noqa: F401  registers the rows

        peers.set_threads(peer, threads)
        step = harness.ROWS[name].build(peer)
        assert step is not None
        for _ in range(steps):
            step()
    return peak()


def python(*arguments: str) -> str:
    """What a new Python prints; it may keep compiled files, whatever the environment says."""
    env = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run([sys.executable, *arguments], env=env, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"python {' '.join(arguments)} failed:\n{done.stderr}")
    return done.stdout


def peak_of(name: str, peer: str) -> Callable[[], float]:
    """A function that measures a row's memory in a new process."""
    threads = str(peers.threads)
    return lambda: float(python("-m", "benchmarks.apart", name, peer, threads))


if __name__ == "__main__":
    print(memory(sys.argv[1], sys.argv[2], int(sys.argv[3])))
