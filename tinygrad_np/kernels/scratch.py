"""Memory that is kept from call to call.

A large temporary that is freed and taken anew costs a page fault for every 4 KB each time, which
is more than what is done with it. Kernels therefore work in blocks that fit the cache, on memory
that each thread keeps.
"""

from __future__ import annotations

import math
import threading
from typing import Any

import numpy as np
import numpy.typing as npt

NDArray = npt.NDArray[Any]


class _Kept(threading.local):
    def __init__(self) -> None:
        self.memory: dict[str, NDArray] = {}


_kept = _Kept()


def scratch(name: str, shape: tuple[int, ...], dtype: np.dtype[Any]) -> NDArray:
    """An array of any content, valid until this thread next asks for the same name."""
    size = math.prod(shape) * dtype.itemsize
    memory = _kept.memory.get(name)
    if memory is None or memory.nbytes < size:
        memory = _kept.memory[name] = np.empty(size, np.uint8)
    return np.ndarray(shape, dtype, memory)
