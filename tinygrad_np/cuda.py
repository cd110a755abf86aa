"""`cuda`: there is none, so that scripts that ask for it run on the CPU."""

from __future__ import annotations

from typing import Any

__all__ = [
    "device_count", "empty_cache", "is_available", "manual_seed", "manual_seed_all", "synchronize",
]  # fmt: skip


def is_available() -> bool:
    """False.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.device("cuda" if tg.cuda.is_available() else "cpu")
    device(type='cpu')
    """
    return False


def device_count() -> int:
    """0.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.cuda.device_count()
    0
    """
    return 0


def _nothing(*_: Any) -> None:
    """Nothing to do where there is no CUDA; accepted so that scripts run unchanged.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.cuda.manual_seed_all(0)
    """


manual_seed = manual_seed_all = empty_cache = synchronize = _nothing
