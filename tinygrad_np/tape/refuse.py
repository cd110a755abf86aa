"""What a recording refuses."""

from __future__ import annotations

import threading
from typing import NoReturn

from tinygrad_np.tape.grad_mode import mode, recorders


class RecordingError(RuntimeError):
    """What a function does can't be written down as a program of its tensors."""


def refuse(what: str) -> NoReturn:
    """RecordingError: `what` can't be recorded."""
    for recorder in recorders:
        if recorder.thread == threading.get_ident():
            recorder.broken = what  # also if the function catches this error
    raise RecordingError(f"{what} can't be recorded")


def looked_at(what: str) -> None:
    """Refuse to record a function that goes on with a tensor's values as Python's."""
    if recorders and mode.recorder is not None:
        refuse(f"{what}, which makes a value that would be the same each time,")
