"""`accelerator`: there is none."""

from __future__ import annotations

from typing import Any

from tinygrad_np.device import NoDevice

__all__ = [
    "current_accelerator", "current_device_index", "device_count", "is_available", "synchronize",
]  # fmt: skip


def is_available() -> bool:
    """False.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.accelerator.is_available()
    False
    """
    return False


def current_accelerator(check_available: bool = False) -> None:
    """None.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> print(tg.accelerator.current_accelerator())
    None
    """


def device_count() -> int:
    """0.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.accelerator.device_count()
    0
    """
    return 0


def current_device_index() -> int:
    """Raise RuntimeError: there is no device.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.accelerator.current_device_index()
    Traceback (most recent call last):
    tinygrad_np.device.NoDevice: Cannot access accelerator device when none is available...
    """
    raise NoDevice("Cannot access accelerator device when none is available: there is the CPU")


def synchronize(device: Any = None) -> None:
    """Do nothing: nothing runs on a device. PyTorch raises here.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.accelerator.synchronize()
    """
