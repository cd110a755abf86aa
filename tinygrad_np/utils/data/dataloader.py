"""DataLoader: batches of a dataset."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Generic, TypeVar

from tinygrad_np.generator import Generator
from tinygrad_np.utils.data import dataset as datasets
from tinygrad_np.utils.data.collate import default_collate, default_convert
from tinygrad_np.utils.data.dataset import Dataset, IterableDataset
from tinygrad_np.utils.data.sampler import (
    BatchSampler,
    RandomSampler,
    Sampler,
    SequentialSampler,
    draw_seed,
)
from tinygrad_np.utils.data.worker import Fetch, RandomSources, WorkerInfo, Workers

__all__ = ["DataLoader"]

T_co = TypeVar("T_co", covariant=True)


class _Endless(Sampler[None]):
    """For streams, which have no numbers: None over and over."""

    def __iter__(self) -> Iterator[None]:
        return itertools.repeat(None)


class DataLoader(Generic[T_co]):
    """Iterate over a dataset in batches.

    Parameters
    ----------
    dataset : Dataset or IterableDataset
        Anything with ``len`` and items by number will do, a list too.
    batch_size : int or None, default 1
        None: items one by one, as they are.
    shuffle : bool, default False
        Take the items in random order, anew in each epoch; PyTorch's order for the same seed.
    sampler : Sampler or iterable of int, optional
        Another order.
    batch_sampler : Sampler or iterable of list of int, optional
        Other batches.
    num_workers : int, default 0
        Threads that read ahead. Each has a shallow copy of the dataset, so that what one sets as
        its attributes the others don't see, and a default generator of its own: they draw
        PyTorch's numbers. NumPy's and Python's generators are shared by all of them;
        `get_worker_info` has some for each.
    collate_fn : callable, optional
        From a list of items to a batch; `default_collate` unless given. Batches of a
        `TensorDataset` are then taken out of the tensors at once.
    pin_memory, pin_memory_device, multiprocessing_context, persistent_workers, in_order
        Accepted for PyTorch's sake: the memory is the CPU's, the workers are threads, begun with
        each epoch, and batches come in order.
    drop_last : bool, default False
        Leave out the last batch if it is smaller.
    timeout : float, default 0
        Seconds to wait for a worker's batch; 0 is without limit.
    worker_init_fn : callable, optional
        Called in each worker at first, with its id.
    generator : Generator, optional
        For `shuffle` and the workers' seeds; the default generator unless given.
    prefetch_factor : int, optional
        How many batches each worker reads ahead, 2 unless given.

    Raises
    ------
    ValueError
        For options that contradict each other or are out of range.

    Source: https://pytorch.org/docs/stable/data.html#torch.utils.data.DataLoader

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> from tinygrad_np.utils.data import DataLoader, TensorDataset
    >>> dataset = TensorDataset(tg.arange(5), tg.arange(5) * 10)
    >>> for x, y in DataLoader(dataset, batch_size=2):
    ...     print(x, y)
    tensor([0, 1]) tensor([ 0, 10])
    tensor([2, 3]) tensor([20, 30])
    tensor([4]) tensor([40])
    """

    def __init__(
        self,
        dataset: Any,
        batch_size: int | None = 1,
        shuffle: bool | None = None,
        sampler: Iterable[Any] | None = None,
        batch_sampler: Iterable[list[Any]] | None = None,
        num_workers: int = 0,
        collate_fn: Callable[[list[Any]], Any] | None = None,
        pin_memory: bool = False,
        drop_last: bool = False,
        timeout: float = 0,
        worker_init_fn: Callable[[int], None] | None = None,
        multiprocessing_context: Any = None,
        generator: Generator | None = None,
        *,
        prefetch_factor: int | None = None,
        persistent_workers: bool = False,
        pin_memory_device: str = "",
        in_order: bool = True,
    ) -> None:
        _check_workers(
            num_workers, timeout, prefetch_factor, persistent_workers, multiprocessing_context
        )
        streams = isinstance(dataset, IterableDataset)
        if streams:
            for name, value in [
                ("shuffle", shuffle or None),
                ("sampler", sampler),
                ("batch_sampler", batch_sampler),
            ]:
                if value is not None:
                    raise ValueError(
                        "DataLoader with IterableDataset: expected unspecified "
                        f"{name} option, but got {name}={value}"
                    )
        if sampler is not None and shuffle:
            raise ValueError("sampler option is mutually exclusive with shuffle")
        if batch_sampler is not None:
            if batch_size != 1 or shuffle or sampler is not None or drop_last:
                raise ValueError(
                    "batch_sampler option is mutually exclusive with batch_size, shuffle, "
                    "sampler, and drop_last"
                )
            batch_size = None
        elif batch_size is None and drop_last:
            raise ValueError(
                "batch_size=None option disables auto-batching and is mutually exclusive with "
                "drop_last"
            )
        if sampler is None:
            if streams:
                sampler = _Endless()
            elif shuffle:
                sampler = RandomSampler(dataset, generator=generator)
            else:
                sampler = SequentialSampler(dataset)
        if batch_size is not None:
            batch_sampler = BatchSampler(sampler, batch_size, drop_last)
        if collate_fn is None:
            collate_fn = default_convert if batch_sampler is None else default_collate

        self.dataset = dataset
        self.batch_size = batch_size
        self.sampler = sampler
        self.batch_sampler = batch_sampler
        self.drop_last = drop_last
        self.num_workers = num_workers
        self.prefetch_factor = 2 if num_workers and prefetch_factor is None else prefetch_factor
        self.collate_fn = collate_fn
        self.pin_memory = pin_memory
        self.pin_memory_device = pin_memory_device
        self.timeout = timeout
        self.worker_init_fn = worker_init_fn
        self.multiprocessing_context = multiprocessing_context
        self.generator = generator
        self.persistent_workers = persistent_workers
        self.in_order = in_order
        self._ready = True

    def __setattr__(self, name: str, value: Any) -> None:
        fixed = "dataset", "batch_size", "sampler", "batch_sampler", "drop_last"
        if name in (*fixed, "persistent_workers") and hasattr(self, "_ready"):
            raise ValueError(f"{name} attribute should not be set after DataLoader is initialized")
        super().__setattr__(name, value)

    @property
    def _index_sampler(self) -> Any:
        return self.sampler if self.batch_sampler is None else self.batch_sampler

    def __iter__(self) -> Iterator[Any]:
        indices = iter(self._index_sampler)
        seed = draw_seed(self.generator)  # before the sampler draws: as PyTorch does
        make_fetch = functools.partial(
            _fetcher, self.collate_fn, self.batch_sampler is not None, self.drop_last
        )
        if self.num_workers == 0:
            return map(make_fetch(self.dataset), indices)
        infos = [
            WorkerInfo(i, self.num_workers, seed + i, _own(self.dataset), RandomSources(seed + i))
            for i in range(self.num_workers)
        ]
        return Workers(
            indices,
            make_fetch,
            infos,
            self.prefetch_factor or 1,
            self.worker_init_fn,
            self.timeout,
        )

    def __len__(self) -> int:
        if not isinstance(self.dataset, IterableDataset):
            return len(self._index_sampler)
        count = len(self.dataset)  # type: ignore[arg-type]
        if self.batch_size is None:
            return count
        whole, rest = divmod(count, self.batch_size)
        return whole + (rest > 0 and not self.drop_last)


def _check_workers(
    num_workers: int,
    timeout: float,
    prefetch_factor: int | None,
    persistent_workers: bool,
    multiprocessing_context: Any,
) -> None:
    if num_workers < 0:
        raise ValueError(
            f"num_workers option should be non-negative, got {num_workers}; use num_workers=0 to "
            "read without threads"
        )
    if timeout < 0:
        raise ValueError(f"timeout option should be non-negative, got {timeout}")
    if prefetch_factor is not None and prefetch_factor < 0:
        raise ValueError(f"prefetch_factor option should be non-negative, got {prefetch_factor}")
    if num_workers == 0:
        for name, value in [
            ("prefetch_factor", prefetch_factor),
            ("persistent_workers", persistent_workers or None),
            ("multiprocessing_context", multiprocessing_context),
        ]:
            if value is not None:
                raise ValueError(f"{name} option needs num_workers > 0, but got num_workers=0")


def _own(dataset: Any) -> Any:
    """A dataset whose attributes a worker may set for itself, as in a process of its own."""
    if not isinstance(dataset, Dataset) or type(dataset).__new__ is not object.__new__:
        return dataset
    own = object.__new__(type(dataset))  # past what it says of copying or pickling
    own.__dict__.update(vars(dataset))
    return own


def _fetcher(
    collate: Callable[[Any], Any], in_batches: bool, drop_last: bool, dataset: Dataset[Any]
) -> Fetch:
    """The function from numbers of items to a batch; at the end of a stream StopIteration."""
    if isinstance(dataset, IterableDataset):
        stream = iter(dataset)

        def fetch(indices: Any) -> Any:
            if not in_batches:
                return collate(next(stream))
            found = list(itertools.islice(stream, len(indices)))
            if not found or (drop_last and len(found) < len(indices)):
                raise StopIteration
            return collate(found)

        return fetch

    def read(indices: Any) -> Any:
        if not in_batches:
            return collate(dataset[indices])
        if collate is default_collate:
            batch = datasets.batch(dataset, indices)
            if batch is not None:
                return batch
        return collate(datasets.items(dataset, indices))

    def fetch_numbered(indices: Any) -> Any:
        try:
            return read(indices)
        except StopIteration as error:  # else the epoch would seem to end here
            raise RuntimeError(
                f"the dataset, or collate_fn, raised StopIteration for the items {indices}; "
                "it should raise IndexError for an item that does not exist"
            ) from error

    return fetch_numbered
