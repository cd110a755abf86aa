"""Which kernel computes attention: it can be chosen, and changes nothing here."""

from __future__ import annotations

import contextlib
import enum
from collections.abc import Iterator
from typing import Any

__all__ = ["SDPBackend", "sdpa_kernel"]


class SDPBackend(enum.Enum):
    """The kernels that PyTorch has."""

    ERROR = -1
    MATH = 0
    FLASH_ATTENTION = 1
    EFFICIENT_ATTENTION = 2
    CUDNN_ATTENTION = 3
    OVERRIDEABLE = 4


@contextlib.contextmanager
def sdpa_kernel(backends: Any, set_priority: bool = False) -> Iterator[None]:
    """Do nothing for the block: there is one kernel.

    Examples
    --------
    >>> from tinygrad_np.nn import attention
    >>> with attention.sdpa_kernel(attention.SDPBackend.MATH):
    ...     pass
    """
    yield
