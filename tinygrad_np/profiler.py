"""PyTorch's profiler in its outlines: it counts seconds, not ops."""

from __future__ import annotations

import enum
import time
from collections.abc import Callable, Iterable
from typing import Any

__all__ = [
    "ProfilerActivity", "profile", "record_function", "schedule", "tensorboard_trace_handler",
]  # fmt: skip


class ProfilerActivity(enum.Enum):
    """What may be profiled."""

    CPU = 0
    CUDA = 1
    XPU = 2


class profile:
    """A context that measures how long its block takes.

    Ops are not told apart: Python's own profilers (``python -m cProfile``) do that, since every op
    here is a Python function.

    Parameters
    ----------
    activities, schedule, record_shapes, profile_memory, with_stack, with_flops, with_modules
        Accepted and ignored.
    on_trace_ready : callable, optional
        Called with the profile at the end.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> with tg.profiler.profile() as prof:
    ...     _ = tg.ones(2) + 1
    ...     prof.step()
    >>> prof.key_averages().table(sort_by="cpu_time_total")
    'steps: 1; seconds: ...; for each function: python -m cProfile'
    """

    def __init__(
        self,
        *,
        activities: Iterable[Any] | None = None,
        schedule: Callable[[int], Any] | None = None,
        on_trace_ready: Callable[..., Any] | None = None,
        record_shapes: bool = False,
        profile_memory: bool = False,
        with_stack: bool = False,
        with_flops: bool = False,
        with_modules: bool = False,
        **more: Any,
    ) -> None:
        self.on_trace_ready = on_trace_ready
        self.step_num, self.seconds, self._began = 0, 0.0, 0.0

    def __enter__(self) -> profile:
        self.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self.stop()

    def start(self) -> None:
        """Begin."""
        self._began = time.perf_counter()

    def stop(self) -> None:
        """End."""
        self.seconds += time.perf_counter() - self._began
        if self.on_trace_ready is not None:
            self.on_trace_ready(self)

    def step(self) -> None:
        """Count a step."""
        self.step_num += 1

    def key_averages(self, *args: Any, **kwargs: Any) -> profile:
        """The profile itself."""
        return self

    def table(self, *args: Any, **kwargs: Any) -> str:
        """What was measured, in words."""
        return (
            f"steps: {self.step_num}; seconds: {self.seconds:.3f}; for each function: "
            "python -m cProfile"
        )

    __str__ = table

    def export_chrome_trace(self, path: str) -> None:
        """Raise NotImplementedError: there is no trace of single ops."""
        raise NotImplementedError(
            "there is no trace of single ops; python -m cProfile -o FILE writes Python's profile"
        )


class record_function:
    """A context that names a part of a profile, without effect.

    Parameters
    ----------
    name : str
    args : str, optional
    """

    def __init__(self, name: str, args: str | None = None) -> None:
        self.name = name

    def __enter__(self) -> record_function:
        return self

    def __exit__(self, *_: Any) -> None:
        pass


def schedule(
    *, wait: int, warmup: int, active: int, repeat: int = 0, skip_first: int = 0, **more: Any
) -> Callable[[int], int]:
    """Which steps to record: all are.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.profiler.schedule(wait=1, warmup=1, active=2)(0)
    0
    """
    return lambda step: 0


def tensorboard_trace_handler(
    dir_name: str, worker_name: str | None = None, use_gzip: bool = False
) -> Callable[[Any], None]:
    """What to do with a finished profile: nothing, there is no trace of single ops.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> with tg.profiler.profile(on_trace_ready=tg.profiler.tensorboard_trace_handler("log")):
    ...     pass
    """
    return lambda profile: None
