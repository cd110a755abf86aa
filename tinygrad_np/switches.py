"""Switches of PyTorch that need no setting here."""

from __future__ import annotations

from typing import Any

__all__ = [
    "are_deterministic_algorithms_enabled", "get_float32_matmul_precision",
    "get_num_interop_threads", "is_autocast_enabled", "set_float32_matmul_precision",
    "set_flush_denormal", "set_num_interop_threads", "use_deterministic_algorithms",
]  # fmt: skip

_state: dict[str, Any] = {"precision": "highest", "deterministic": False}


def set_float32_matmul_precision(precision: str) -> None:
    """Accept how exact products of float32 may be: they are exact to float32 in any case.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.set_float32_matmul_precision("highest")
    """
    if precision not in ("highest", "high", "medium"):
        raise RuntimeError(f"expected 'highest', 'high' or 'medium', got {precision!r}")
    _state["precision"] = precision


def get_float32_matmul_precision() -> str:
    """What `set_float32_matmul_precision` was given.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.get_float32_matmul_precision()
    'highest'
    """
    return str(_state["precision"])


def set_num_interop_threads(num: int) -> None:
    """Accept how many ops may run at once: one does, in the threads of `set_num_threads`.

    Raises
    ------
    RuntimeError
        For less than one.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.set_num_interop_threads(1)
    """
    if num < 1:
        raise RuntimeError(f"Expected positive number of threads, got {num}")


def get_num_interop_threads() -> int:
    """1: ops run one after the other.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.get_num_interop_threads()
    1
    """
    return 1


def use_deterministic_algorithms(mode: bool, *, warn_only: bool = False) -> None:
    """Accept whether the same run must give the same numbers: it does in any case.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.use_deterministic_algorithms(False)
    """
    _state["deterministic"] = bool(mode)


def are_deterministic_algorithms_enabled() -> bool:
    """What `use_deterministic_algorithms` was given.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.are_deterministic_algorithms_enabled()
    False
    """
    return bool(_state["deterministic"])


def is_autocast_enabled(device_type: str = "cuda") -> bool:
    """False: `autocast` changes nothing.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.is_autocast_enabled()
    False
    """
    return False


def set_flush_denormal(mode: bool) -> bool:
    """False: the smallest numbers stay what they are.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.set_flush_denormal(True)
    False
    """
    return False
