"""Arrays in memory that processes share: each in a block of its own, which has a name."""

from __future__ import annotations

import atexit
import os
from multiprocessing.shared_memory import SharedMemory
from typing import Any

import numpy as np

__all__ = ["array_in", "block_of", "moved"]

NDArray = Any
_blocks: dict[int, SharedMemory] = {}  # by the address where they begin; they live to the end


def moved(array: NDArray) -> NDArray:
    """The array's elements in a new block, which goes when this process ends."""
    block = SharedMemory(create=True, size=max(array.nbytes, 1))
    atexit.register(_remove, block, os.getpid())
    new = _placed(block, array.shape, array.dtype)
    new[...] = array
    return new


def array_in(name: str, shape: tuple[int, ...], dtype: str) -> NDArray:
    """The array that fills the block of this name."""
    known = {block.name: block for block in _blocks.values()}
    return _placed(known.get(name) or SharedMemory(name), shape, np.dtype(dtype))


def block_of(array: NDArray) -> str | None:
    """The name of the block that an array fills."""
    block = _blocks.get(_address(array)) if array.flags.c_contiguous else None
    return block.name if block else None


def _placed(block: SharedMemory, shape: Any, dtype: Any) -> NDArray:
    array: NDArray = np.ndarray(shape, dtype, block.buf)
    _blocks[_address(array)] = block
    return array


def _address(array: NDArray) -> int:
    address: int = array.__array_interface__["data"][0]
    return address


def _remove(block: SharedMemory, process: int) -> None:
    if os.getpid() == process:  # not a fork of it
        block.unlink()
