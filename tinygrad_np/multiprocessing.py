"""Python's `multiprocessing`, where tensors can lie in memory that processes share.

`Tensor.share_memory_` and `Module.share_memory` bring them there. What is sent to another process
then, or inherited by it, is the same memory; other tensors are copied.

Source: the interface is PyTorch's, https://pytorch.org/docs/stable/multiprocessing.html
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from multiprocessing import *  # noqa: F403
from multiprocessing import get_context
from multiprocessing.reduction import register
from typing import Any

from tinygrad_np.kernels import shared
from tinygrad_np.nn.parameter import Buffer, Parameter
from tinygrad_np.tensor import Tensor

__all__ = [
    *multiprocessing.__all__, "get_all_sharing_strategies", "get_sharing_strategy",
    "set_sharing_strategy", "spawn",
]  # fmt: skip


def _reduce(tensor: Tensor) -> Any:
    """How a tensor goes to another process: by the name of its memory if that is shared."""
    if not tensor.is_leaf:
        raise RuntimeError(
            "a non-leaf tensor which requires_grad can't go to another process: the tape that it "
            "was computed on stays in this one; send tensor.detach()"
        )
    rebuild, (kind, array, *rest) = tensor.__reduce_ex__(2)
    block = shared.block_of(array)
    if block is None:
        return rebuild, (kind, array, *rest)
    return _attach, (rebuild, kind, block, array.shape, array.dtype.str, *rest)


def _attach(
    rebuild: Callable[..., Any], kind: type, block: str, shape: Any, dtype: str, *rest: Any
) -> Any:
    return rebuild(kind, shared.array_in(block, shape, dtype), *rest)


for _kind in (Tensor, Parameter, Buffer):
    register(_kind, _reduce)


# --- processes ---


class ProcessContext:
    """The processes that `spawn` started."""

    def __init__(self, processes: list[Any]) -> None:
        self.processes = processes

    def pids(self) -> list[int]:
        """Their numbers."""
        return [int(p.pid) for p in self.processes]

    def join(self, timeout: float | None = None) -> bool:
        """Wait for their ends; True if all have ended, RuntimeError if one has failed."""
        for process in self.processes:
            process.join(timeout)
        for i, process in enumerate(self.processes):
            if process.exitcode:
                for other in self.processes:
                    other.terminate()
                raise RuntimeError(
                    f"process {i} terminated with exit code {process.exitcode}; what it said is "
                    "above"
                )
        return all(process.exitcode == 0 for process in self.processes)


def spawn(
    fn: Callable[..., Any],
    args: tuple[Any, ...] = (),
    nprocs: int = 1,
    join: bool = True,
    daemon: bool = False,
    start_method: str = "spawn",
) -> ProcessContext | None:
    """Call ``fn(i, *args)`` in `nprocs` processes.

    Parameters
    ----------
    fn : callable
        Of a module's top level, as `multiprocessing` demands.
    args : tuple
    nprocs : int, default 1
    join : bool, default True
        Wait for all of them, and return None.
    daemon : bool, default False
    start_method : str, default "spawn"

    Raises
    ------
    RuntimeError
        If one of them fails.
    """
    context = get_context(start_method)
    processes: list[Any] = [
        context.Process(target=fn, args=(i, *args), daemon=daemon)  # type: ignore[attr-defined]
        for i in range(nprocs)
    ]
    for process in processes:
        process.start()
    started = ProcessContext(processes)
    if not join:
        return started
    started.join()
    return None


def get_all_sharing_strategies() -> set[str]:
    """There is one: memory with a name.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.multiprocessing.get_all_sharing_strategies()
    {'file_system'}
    """
    return {"file_system"}


def get_sharing_strategy() -> str:
    """The one strategy.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.multiprocessing.get_sharing_strategy()
    'file_system'
    """
    return "file_system"


def set_sharing_strategy(new_strategy: str) -> None:
    """Do nothing: there is one strategy.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.multiprocessing.set_sharing_strategy("file_system")
    """
