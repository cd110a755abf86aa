"""PyTorch's `torch.distributed.nn`: collectives that give new tensors and have gradients."""

from __future__ import annotations

from typing import Any

from tinygrad_np.distributed.collectives import ReduceOp
from tinygrad_np.distributed.world import begun

__all__ = ["all_gather", "all_reduce", "broadcast"]


def all_reduce(tensor: Any, op: Any = ReduceOp.SUM, group: Any = None) -> Any:
    """The sum over the one process, a tensor of its own; ValueError before there is a world.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.distributed.init_process_group("gloo", world_size=1, rank=0)
    >>> tg.distributed.nn.all_reduce(tg.ones(2))
    tensor([1., 1.])
    >>> tg.distributed.destroy_process_group()
    """
    begun()
    return tensor.clone()


def all_gather(tensor: Any, group: Any = None) -> tuple[Any, ...]:
    """The tensors of all processes, here of one; ValueError before there is a world.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.distributed.init_process_group("gloo", world_size=1, rank=0)
    >>> tg.distributed.nn.all_gather(tg.ones(2))
    (tensor([1., 1.]),)
    >>> tg.distributed.destroy_process_group()
    """
    begun()
    return (tensor.clone(),)


def broadcast(tensor: Any, src: int, group: Any = None) -> Any:
    """The sender's tensor, one of its own; ValueError before there is a world.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.distributed.init_process_group("gloo", world_size=1, rank=0)
    >>> tg.distributed.nn.broadcast(tg.ones(2), 0)
    tensor([1., 1.])
    >>> tg.distributed.destroy_process_group()
    """
    begun()
    return tensor.clone()
