"""What processes send each other: in a world of one, each result is what it has itself."""

from __future__ import annotations

import enum
from typing import Any

from tinygrad_np.distributed.world import begun
from tinygrad_np.tape.graph import TensorBase

__all__ = [
    "ReduceOp", "Work", "all_gather", "all_gather_object", "all_reduce", "barrier", "broadcast",
    "broadcast_object_list", "gather", "reduce", "scatter",
]  # fmt: skip


class ReduceOp(enum.Enum):
    """How the values of all processes become one; of one value they all make itself.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.distributed.ReduceOp.SUM.name
    'SUM'
    """

    SUM = 0
    AVG = 1
    PRODUCT = 2
    MIN = 3
    MAX = 4
    BAND = 5
    BOR = 6
    BXOR = 7


class Work:
    """What ``async_op=True`` gives to wait for: it is done.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.distributed.Work().wait()
    True
    """

    def wait(self, timeout: Any = None) -> bool:
        """Return True."""
        return True

    def is_completed(self) -> bool:
        """True."""
        return True


def barrier(group: Any = None, async_op: bool = False, device_ids: Any = None) -> Work | None:
    """Return: all of the one process are here; ValueError before `init_process_group`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.distributed.init_process_group("gloo", world_size=1, rank=0)
    >>> tg.distributed.barrier()
    >>> tg.distributed.destroy_process_group()
    """
    return _done(async_op)


def all_reduce(
    tensor: Any, op: Any = ReduceOp.SUM, group: Any = None, async_op: bool = False
) -> Work | None:
    """Leave the tensor: it is the sum over one process.

    Raises
    ------
    TypeError
        For what is no tensor or no `ReduceOp`.
    RuntimeError
        For operations on bits of floats, and means of integers.
    ValueError
        Before `init_process_group`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.distributed.init_process_group("gloo", world_size=1, rank=0)
    >>> t = tg.ones(2)
    >>> tg.distributed.all_reduce(t)
    >>> t
    tensor([1., 1.])
    >>> tg.distributed.destroy_process_group()
    """
    begun()
    _check_tensor("all_reduce", "tensor", tensor)
    _check_op("all_reduce", tensor, op)
    return _done(async_op)


def reduce(
    tensor: Any,
    dst: int | None = None,
    op: Any = ReduceOp.SUM,
    group: Any = None,
    async_op: bool = False,
) -> Work | None:
    """Leave the tensor: it is the sum over one process.

    Raises
    ------
    TypeError
        For what is no tensor or no `ReduceOp`.
    RuntimeError
        For another receiver than 0, operations on bits of floats, and means of integers.
    ValueError
        Without a receiver, or before `init_process_group`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.distributed.init_process_group("gloo", world_size=1, rank=0)
    >>> tg.distributed.reduce(tg.ones(2), dst=0)
    >>> tg.distributed.destroy_process_group()
    """
    begun()
    _check_tensor("reduce", "tensor", tensor)
    _check_rank("reduce", dst)
    _check_op("reduce", tensor, op)
    return _done(async_op)


def broadcast(
    tensor: Any, src: int | None = None, group: Any = None, async_op: bool = False
) -> Work | None:
    """Leave the tensor: it is the sender's.

    Raises
    ------
    TypeError
        For what is no tensor.
    RuntimeError
        For another sender than 0.
    ValueError
        Without a sender, or before `init_process_group`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.distributed.init_process_group("gloo", world_size=1, rank=0)
    >>> tg.distributed.broadcast(tg.ones(1), 0)
    >>> tg.distributed.destroy_process_group()
    """
    begun()
    _check_tensor("broadcast", "tensor", tensor)
    _check_rank("broadcast", src)
    return _done(async_op)


def broadcast_object_list(
    object_list: list[Any], src: int | None = None, group: Any = None, device: Any = None
) -> None:
    """Leave the objects: they are the sender's.

    Raises
    ------
    RuntimeError
        For another sender than 0.
    ValueError
        Before `init_process_group`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.distributed.init_process_group("gloo", world_size=1, rank=0)
    >>> tg.distributed.broadcast_object_list(["a"], src=0)
    >>> tg.distributed.destroy_process_group()
    """
    begun()
    _check_rank("broadcast_object_list", src or 0)


def all_gather(
    tensor_list: list[Any], tensor: Any, group: Any = None, async_op: bool = False
) -> Work | None:
    """Write the tensor of each process to its place in a list of as many; here to the one.

    Raises
    ------
    ValueError
        Before `init_process_group`, and for tensors of two dtypes.
    RuntimeError
        If the list holds another number of tensors than 1, or one of another shape.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.distributed.init_process_group("gloo", world_size=1, rank=0)
    >>> places = [tg.zeros(2)]
    >>> tg.distributed.all_gather(places, tg.ones(2))
    >>> places
    [tensor([1., 1.])]
    >>> tg.distributed.destroy_process_group()
    """
    begun()
    _put("all_gather", _one("all_gather", "tensor_list", tensor_list), tensor)
    return _done(async_op)


def all_gather_object(object_list: list[Any], obj: Any, group: Any = None) -> None:
    """Write the object of each process to its place in a list of as many; here to the one.

    Raises
    ------
    ValueError
        Before `init_process_group`.
    RuntimeError
        If the list has another number of places than 1.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.distributed.init_process_group("gloo", world_size=1, rank=0)
    >>> places = [None]
    >>> tg.distributed.all_gather_object(places, {"loss": 1})
    >>> places
    [{'loss': 1}]
    >>> tg.distributed.destroy_process_group()
    """
    begun()
    _one("all_gather_object", "object_list", object_list)
    object_list[0] = obj


def gather(
    tensor: Any,
    gather_list: list[Any] | None = None,
    dst: int | None = None,
    group: Any = None,
    async_op: bool = False,
) -> Work | None:
    """Write the tensor of each process to its place in the receiver's list; here to the one.

    Raises
    ------
    ValueError
        Before `init_process_group`, and for tensors of two dtypes.
    RuntimeError
        If the list holds another number of tensors than 1, or one of another shape, or the receiver
        is not 0.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.distributed.init_process_group("gloo", world_size=1, rank=0)
    >>> places = [tg.zeros(2)]
    >>> tg.distributed.gather(tg.ones(2), places)
    >>> places
    [tensor([1., 1.])]
    >>> tg.distributed.destroy_process_group()
    """
    begun()
    _check_rank("gather", dst or 0)
    _put("gather", _one("gather", "gather_list", gather_list), tensor)
    return _done(async_op)


def scatter(
    tensor: Any,
    scatter_list: list[Any] | None = None,
    src: int | None = None,
    group: Any = None,
    async_op: bool = False,
) -> Work | None:
    """Write to the tensor of each process its own of the sender's list; here the one.

    Raises
    ------
    ValueError
        Before `init_process_group`, and for tensors of two dtypes.
    RuntimeError
        If the list holds another number of tensors than 1, or one of another shape, or the sender
        is not 0.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.distributed.init_process_group("gloo", world_size=1, rank=0)
    >>> t = tg.zeros(2)
    >>> tg.distributed.scatter(t, [tg.ones(2)])
    >>> t
    tensor([1., 1.])
    >>> tg.distributed.destroy_process_group()
    """
    begun()
    _check_rank("scatter", src or 0)
    _put("scatter", tensor, _one("scatter", "scatter_list", scatter_list))
    return _done(async_op)


def _done(async_op: bool) -> Work | None:
    begun()
    return Work() if async_op else None


def _check_tensor(function: str, name: str, tensor: Any) -> None:
    if not isinstance(tensor, TensorBase):
        raise TypeError(
            f"{function}: Invalid function argument. Expected parameter `{name}` of type Tensor, "
            f"but got {type(tensor).__name__}"
        )


def _check_op(function: str, tensor: Any, op: Any) -> None:
    if not isinstance(op, ReduceOp):
        raise TypeError(f"{function}: expected op to be a member of ReduceOp, but got {op!r}")
    floating = tensor.is_floating_point() or tensor.is_complex()
    if floating if op.name in ("BAND", "BOR", "BXOR") else op.name == "AVG" and not floating:
        raise RuntimeError(f"{function}: Cannot use ReduceOp.{op.name} with {tensor.dtype}")


def _check_rank(function: str, rank: int | None) -> None:
    if rank is None:
        raise ValueError(f"{function}: Must specify the rank of the one that sends or receives")
    if rank != 0:
        raise RuntimeError(
            f"{function}: invalid root rank: expected 0, the only one in a world of one process, "
            f"but got {rank}"
        )


def _put(function: str, place: Any, tensor: Any) -> None:
    """Copy a tensor to its place, which is to be of its shape and dtype."""
    _check_tensor(function, "tensor", tensor)
    _check_tensor(function, "place", place)
    if place.dtype != tensor.dtype:
        raise ValueError(
            f"{function}: Invalid usage of tensors with different dtypes: {place.dtype} and "
            f"{tensor.dtype}"
        )
    if place.shape != tensor.shape:
        raise RuntimeError(
            f"{function}: invalid tensor size (expected {tuple(tensor.shape)}, got "
            f"{tuple(place.shape)})"
        )
    place.detach().copy_(tensor.detach())


def _one(function: str, name: str, values: list[Any] | None) -> Any:
    """The only element of a list that has one for each process."""
    if values is None or len(values) != 1:
        raise RuntimeError(
            f"{function}: expected {name} to have one element for each of the world's processes, "
            f"which is one, but got {values if values is None else len(values)}"
        )
    return values[0]
