"""`xpu`: Intel's GPUs, of which there are none."""

from __future__ import annotations

__all__ = [
    "device_count", "empty_cache", "is_available", "is_initialized", "manual_seed",
    "manual_seed_all",
]  # fmt: skip


def is_available() -> bool:
    """False."""
    return False


def device_count() -> int:
    """0."""
    return 0


def manual_seed(seed: int) -> None:
    """Do nothing: there is no generator but the CPU's."""


def manual_seed_all(seed: int) -> None:
    """Do nothing: there is no generator but the CPU's."""


def is_initialized() -> bool:
    """False."""
    return False


def empty_cache() -> None:
    """Do nothing: there is no cache."""
