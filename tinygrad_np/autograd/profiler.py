"""The profiler under its old name."""

from __future__ import annotations

from typing import Any

from tinygrad_np import profiler

__all__ = ["profile", "record_function"]

record_function = profiler.record_function


class profile(profiler.profile):
    """`profiler.profile`, which can be disabled."""

    def __init__(self, enabled: bool = True, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.enabled = enabled
