"""The world: one process."""

from __future__ import annotations

from typing import Any

__all__ = [
    "Backend", "ProcessGroup", "destroy_process_group", "get_backend", "get_rank",
    "get_world_size", "group", "init_process_group",
    "is_available", "is_gloo_available", "is_initialized", "is_mpi_available",
    "is_nccl_available", "new_group",
]  # fmt: skip

_state = {"initialized": False}


class Backend(str):
    """The name of a backend, in small letters.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.distributed.Backend("GLOO") == tg.distributed.Backend.GLOO
    True
    """

    GLOO, MPI, NCCL, UNDEFINED = "gloo", "mpi", "nccl", "undefined"

    def __new__(cls, name: str) -> Backend:
        return super().__new__(cls, name.lower())


class ProcessGroup:
    """The processes of a world of one.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> group = tg.distributed.group.WORLD
    >>> group.rank(), group.size()
    (0, 1)
    """

    def rank(self) -> int:
        """0."""
        return 0

    def size(self) -> int:
        """1."""
        return 1


class group:
    """Has the group of all processes, `WORLD`."""

    WORLD = ProcessGroup()


def new_group(ranks: Any = None, *args: Any, **kwargs: Any) -> ProcessGroup:
    """The group of the one process; ValueError for others, and before `init_process_group`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.distributed.init_process_group("gloo", world_size=1, rank=0)
    >>> tg.distributed.new_group([0]).size()
    1
    >>> tg.distributed.destroy_process_group()
    """
    begun()
    if ranks is not None and list(ranks) != [0]:
        raise ValueError(f"new_group: the world has process 0 alone, got ranks {list(ranks)}")
    return group.WORLD


def is_available() -> bool:
    """True: a world of one process can be initialized.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.distributed.is_available(), tg.distributed.is_initialized()
    (True, False)
    """
    return True


def is_initialized() -> bool:
    """Whether `init_process_group` has been called.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.distributed.is_initialized()
    False
    """
    return _state["initialized"]


def is_gloo_available() -> bool:
    """True: 'gloo' is the backend whose name the world of one process has.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.distributed.is_gloo_available()
    True
    """
    return True


def is_nccl_available() -> bool:
    """False: there is no CUDA.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.distributed.is_nccl_available()
    False
    """
    return False


def is_mpi_available() -> bool:
    """False: there is one process.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.distributed.is_mpi_available()
    False
    """
    return False


def init_process_group(
    backend: str | None = None,
    init_method: str | None = None,
    timeout: Any = None,
    world_size: int = -1,
    rank: int = -1,
    store: Any = None,
    group_name: str = "",
    pg_options: Any = None,
    device_id: Any = None,
) -> None:
    """Begin a world of one process.

    Raises
    ------
    RuntimeError
        For more processes: tensors cannot be sent between them. For the backend nccl.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.distributed.init_process_group("gloo", rank=0, world_size=1)
    >>> tg.distributed.get_world_size()
    1
    >>> tg.distributed.destroy_process_group()
    """
    import os

    size = world_size if world_size != -1 else int(os.environ.get("WORLD_SIZE", 1))
    if size != 1:
        raise RuntimeError(
            f"init_process_group: a world of {size} processes can't be; tinygrad_np trains in one "
            "process, in which torch.set_num_threads and DataLoader's workers use more processors"
        )
    if backend == "nccl":
        raise RuntimeError("init_process_group: there is no CUDA for nccl; use 'gloo'")
    if _state["initialized"]:
        raise ValueError("trying to initialize the default process group twice!")
    _state["initialized"] = True


def destroy_process_group(group: Any = None) -> None:
    """End the world.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.distributed.init_process_group("gloo", world_size=1, rank=0)
    >>> tg.distributed.destroy_process_group()
    """
    begun()
    _state["initialized"] = False


def get_backend(group: Any = None) -> str:
    """'gloo'; ValueError before `init_process_group`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.distributed.init_process_group("gloo", world_size=1, rank=0)
    >>> tg.distributed.get_backend()
    'gloo'
    >>> tg.distributed.destroy_process_group()
    """
    begun()
    return "gloo"


def get_rank(group: Any = None) -> int:
    """0; ValueError before `init_process_group`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.distributed.init_process_group("gloo", world_size=1, rank=0)
    >>> tg.distributed.get_rank()
    0
    >>> tg.distributed.destroy_process_group()
    """
    begun()
    return 0


def get_world_size(group: Any = None) -> int:
    """1; ValueError before `init_process_group`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.distributed.get_world_size()
    Traceback (most recent call last):
    ValueError: Default process group has not been initialized...
    """
    begun()
    return 1


def begun() -> None:
    """Raise ValueError before `init_process_group`."""
    if not _state["initialized"]:
        raise ValueError(
            "Default process group has not been initialized, please make sure to call "
            "init_process_group."
        )
