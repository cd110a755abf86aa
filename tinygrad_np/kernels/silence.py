"""NumPy's floating point warnings, off where PyTorch has none.

PyTorch gives inf and nan without a word: log(0), 1 / 0, an exp that overflows. NumPy warns of
them. An `np.errstate` around each call takes longer than a small operation itself; a context kept
for each thread, in which the warnings are off, is entered in a tenth of a microsecond, and what
the user has told NumPy stands everywhere else.
"""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable
from typing import Any

import numpy as np

__all__ = ["silent"]


class _Silent(threading.local):
    """``silent.run(function, *args)`` calls a NumPy function with warnings off.

    A function that computes with tensors must not be run so: a context can't be entered twice.
    """

    def __init__(self) -> None:
        context = contextvars.Context()
        context.run(np.seterr, all="ignore")
        self.run: Callable[..., Any] = context.run


silent = _Silent()
