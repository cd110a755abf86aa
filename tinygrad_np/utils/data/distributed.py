"""A sampler for several processes, each of which takes its part of the items."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sized

from tinygrad_np import distributed
from tinygrad_np.generator import Generator
from tinygrad_np.utils.data.sampler import Sampler

__all__ = ["DistributedSampler"]


class DistributedSampler(Sampler[int]):
    """Every so many-th item, of an order that is the same in all processes.

    Parameters
    ----------
    dataset : Dataset
    num_replicas : int, optional
        How many processes there are; that of `distributed` unless given.
    rank : int, optional
        Which of them this is.
    shuffle : bool, default True
        In an order drawn from `seed` and the epoch, see `set_epoch`: PyTorch's.
    seed : int, default 0
    drop_last : bool, default False
        Leave out what can't be shared evenly, instead of taking some items twice.

    Raises
    ------
    ValueError
        If `rank` is not among the processes.

    Examples
    --------
    >>> from tinygrad_np.utils.data.distributed import DistributedSampler
    >>> list(DistributedSampler(range(5), num_replicas=2, rank=1, shuffle=False))
    [1, 3, 0]
    """

    def __init__(
        self,
        dataset: Sized,
        num_replicas: int | None = None,
        rank: int | None = None,
        shuffle: bool = True,
        seed: int = 0,
        drop_last: bool = False,
    ) -> None:
        count = distributed.get_world_size() if num_replicas is None else num_replicas
        own = distributed.get_rank() if rank is None else rank
        if not 0 <= own < count:
            raise ValueError(f"Invalid rank {own}, rank should be in the interval [0, {count - 1}]")
        self.dataset, self.num_replicas, self.rank = dataset, count, own
        self.shuffle, self.seed, self.drop_last, self.epoch = shuffle, seed, drop_last, 0
        share = len(dataset) / count
        self.num_samples = math.floor(share) if drop_last else math.ceil(share)
        self.total_size = self.num_samples * count

    def __iter__(self) -> Iterator[int]:
        count = len(self.dataset)
        order = list(range(count))
        if self.shuffle:
            order = Generator().manual_seed(self.seed + self.epoch).randperm(count).tolist()
        if not self.drop_last and order:
            order *= math.ceil(self.total_size / count)
        return iter(order[self.rank : self.total_size : self.num_replicas])

    def __len__(self) -> int:
        return self.num_samples

    def set_epoch(self, epoch: int) -> None:
        """Say which epoch begins, for another order."""
        self.epoch = epoch
