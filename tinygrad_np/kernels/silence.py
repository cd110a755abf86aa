"""How NumPy is to go about it: without floating point warnings, and in short buffers.

PyTorch gives inf and nan without a word: log(0), 1 / 0, an exp that overflows. NumPy warns of
them. An `np.errstate` around each call takes longer than a small operation itself; a context kept
for each thread, in which the warnings are off, is entered in a tenth of a microsecond, and what
the user has told NumPy stands everywhere else.

Rows that are shorter than its buffers NumPy copies into these, several at a time, wherever an
array is broadcast or has gaps. From some hundred elements on, the copies take longer than what
is done with them: twice as long as a product, five times in arrays with gaps. NumPy before 2.3
also adds up by buffers, so that short ones would cost digits of long sums: there they stay.
"""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable
from typing import Any

import numpy as np

__all__ = ["quiet", "silent"]

# elements; the rows that `layout` makes are longer
BUFFER = 512 if np.lib.NumpyVersion(np.__version__) >= "2.3.0" else np.getbufsize()


def _settings() -> contextvars.Context:
    """A context in which NumPy is set so; it holds nothing else."""
    context = contextvars.Context()
    context.run(np.seterr, all="ignore")
    context.run(np.setbufsize, BUFFER)
    return context


((_variable, _value),) = _settings().items()


class quiet:
    """``with quiet():``, a tenth of what `np.errstate` and `np.setbufsize` take."""

    __slots__ = ("token",)

    def __enter__(self) -> None:
        self.token = _variable.set(_value)

    def __exit__(self, *_: object) -> None:
        _variable.reset(self.token)


class _Silent(threading.local):
    """``silent.run(function, *args)`` calls a NumPy function so, faster still.

    A function that computes with tensors must not be run so: a context can't be entered twice.
    """

    def __init__(self) -> None:
        self.run: Callable[..., Any] = _settings().run


silent = _Silent()
