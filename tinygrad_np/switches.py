"""Switches of PyTorch that need no setting here."""

from __future__ import annotations

from typing import Any

__all__ = [
    "are_deterministic_algorithms_enabled", "clear_autocast_cache", "get_deterministic_debug_mode",
    "get_float32_matmul_precision", "get_num_interop_threads", "is_autocast_enabled",
    "is_deterministic_algorithms_warn_only_enabled", "is_warn_always_enabled",
    "set_autocast_enabled", "set_deterministic_debug_mode", "set_float32_matmul_precision",
    "set_flush_denormal", "set_num_interop_threads", "set_warn_always",
    "use_deterministic_algorithms",
]  # fmt: skip

_state: dict[str, Any] = {
    "precision": "highest", "deterministic": False, "warn_only": False, "warn_always": False
}  # fmt: skip
MODES = ("default", "warn", "error")


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
    _state["deterministic"], _state["warn_only"] = bool(mode), bool(warn_only)


def are_deterministic_algorithms_enabled() -> bool:
    """What `use_deterministic_algorithms` was given.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.are_deterministic_algorithms_enabled()
    False
    """
    return bool(_state["deterministic"])


def is_deterministic_algorithms_warn_only_enabled() -> bool:
    """What `use_deterministic_algorithms` was given as `warn_only`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.is_deterministic_algorithms_warn_only_enabled()
    False
    """
    return bool(_state["warn_only"])


def set_deterministic_debug_mode(debug_mode: int | str) -> None:
    """`use_deterministic_algorithms` in one word: "default", "warn" or "error", or 0, 1 or 2.

    Raises
    ------
    RuntimeError
        For another.
    TypeError
        For what is neither an int nor a str.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.set_deterministic_debug_mode("default")
    """
    if not isinstance(debug_mode, (int, str)):
        raise TypeError(f"debug_mode must be str or int, but got {type(debug_mode)}")
    if debug_mode not in (*MODES, 0, 1, 2):
        raise RuntimeError(
            f"invalid value of debug_mode, expected one of {MODES} or 0, 1, 2, but got {debug_mode}"
        )
    mode = MODES.index(debug_mode) if isinstance(debug_mode, str) else debug_mode
    use_deterministic_algorithms(mode > 0, warn_only=mode == 1)


def get_deterministic_debug_mode() -> int:
    """0, 1 or 2, for "default", "warn" and "error".

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.get_deterministic_debug_mode()
    0
    """
    return (1 if _state["warn_only"] else 2) if _state["deterministic"] else 0


def set_warn_always(b: bool) -> None:
    """Accept whether warnings are repeated: Python's filters decide that.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.set_warn_always(False)
    """
    _state["warn_always"] = bool(b)


def is_warn_always_enabled() -> bool:
    """What `set_warn_always` was given.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.is_warn_always_enabled()
    False
    """
    return bool(_state["warn_always"])


def is_autocast_enabled(device_type: str = "cuda") -> bool:
    """False: `autocast` changes nothing.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.is_autocast_enabled()
    False
    """
    return False


def set_autocast_enabled(device_type: str | bool, enabled: bool = True) -> None:
    """Accept whether `autocast` is on: it changes nothing.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.set_autocast_enabled("cpu", False)
    """


def clear_autocast_cache() -> None:
    """Do nothing: there is no cache.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.clear_autocast_cache()
    """


def set_flush_denormal(mode: bool) -> bool:
    """False: the smallest numbers stay what they are.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.set_flush_denormal(True)
    False
    """
    return False
