"""Worker threads: they read batches ahead of the one that is asked for.

NumPy, zlib and files let go of the interpreter while they work, so threads read while the model
computes. Batch k is the work of worker k modulo their number, and each worker hands its batches
over in order: the order of batches is always that of the sampler.
"""

from __future__ import annotations

import queue
import random
import threading
import weakref
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from tinygrad_np.generator import Generator, own

__all__ = ["WorkerInfo", "get_worker_info"]

STOP: Any = object()
Fetch = Callable[[Any], Any]  # from numbers of items to a batch


class RandomSources:
    """Generators of a worker's own, so that its numbers don't depend on the other workers.

    Attributes
    ----------
    torch_generator : Generator
    random_generator : random.Random
    numpy_generator : numpy.random.Generator
    """

    def __init__(self, seed: int) -> None:
        self.torch_generator = Generator().manual_seed(seed)
        self.random_generator = random.Random(seed)
        self.numpy_generator = np.random.default_rng(seed)


class WorkerInfo(NamedTuple):
    """What a worker knows about itself.

    Attributes
    ----------
    id : int
        From 0 to ``num_workers - 1``.
    num_workers : int
    seed : int
        One that differs from worker to worker, and from epoch to epoch.
    dataset : Dataset
        The worker's shallow copy of the dataset, for `worker_init_fn` to set attributes of.
    rng : RandomSources
        Generators of the worker's own, with that seed.
    worker_method : str
    """

    id: int
    num_workers: int
    seed: int
    dataset: Any
    rng: RandomSources
    worker_method: str = "thread"


class _Here(threading.local):
    info: WorkerInfo | None = None


_here = _Here()


def get_worker_info() -> WorkerInfo | None:
    """What the worker in whose thread this is called knows about itself; None outside of workers.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.utils.data.get_worker_info() is None
    True
    """
    return _here.info


class _Worker:
    """A thread with its queue of numbers of items and its queue of batches."""

    def __init__(
        self,
        info: WorkerInfo,
        make_fetch: Callable[[Any], Fetch],
        init: Callable[[int], None] | None,
        stopped: threading.Event,
    ) -> None:
        self.tasks: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.results: queue.SimpleQueue[tuple[Any, BaseException | None]] = queue.SimpleQueue()
        self.id = info.id
        self.ended = False  # its stream has
        self.thread = threading.Thread(
            target=_work,
            args=(info, make_fetch, init, self.tasks, self.results, stopped),
            name=f"DataLoader worker {info.id}",
            daemon=True,
        )
        self.thread.start()


def _work(
    info: WorkerInfo,
    make_fetch: Callable[[Any], Fetch],
    init: Callable[[int], None] | None,
    tasks: queue.SimpleQueue[Any],
    results: queue.SimpleQueue[tuple[Any, BaseException | None]],
    stopped: threading.Event,
) -> None:
    """What a worker's thread runs; it knows nothing of the iterator, whose end ends it."""
    _here.info, own.generator = info, info.rng.torch_generator
    fetch: Fetch | None = None
    for task in iter(tasks.get, STOP):
        if stopped.is_set():
            break
        try:
            if fetch is None:
                if init is not None:
                    init(info.id)
                fetch = make_fetch(info.dataset)
            results.put((fetch(task), None))
        except BaseException as error:  # not kept here: its traceback will hold the iterator
            results.put((None, error))


class Workers:
    """An iterator over the batches that worker threads read ahead.

    Parameters
    ----------
    indices : iterator
        The numbers of the items of each batch.
    make_fetch : callable
        Called by each worker, with its dataset, for its function from such numbers to a batch;
        that raises StopIteration at the end of a stream.
    infos : list of WorkerInfo
    ahead : int
        How many batches each worker reads ahead.
    init : callable, optional
        Called by each worker before its first batch, with its id.
    timeout : float
        Seconds to wait for a batch; 0 is without limit.
    """

    def __init__(
        self,
        indices: Iterator[Any],
        make_fetch: Callable[[Any], Fetch],
        infos: list[WorkerInfo],
        ahead: int,
        init: Callable[[int], None] | None,
        timeout: float,
    ) -> None:
        stopped = threading.Event()
        self._indices = indices
        self._timeout = timeout
        self._workers = [_Worker(info, make_fetch, init, stopped) for info in infos]
        self._next = deque(self._workers)  # the first one gets the next task
        self._waiting: deque[_Worker] = deque()  # who works on the batches to come, in order
        self._close = weakref.finalize(self, _close, self._workers, stopped)
        for _ in range(ahead * len(infos)):
            self._give_task()

    def _give_task(self) -> None:
        task = next(self._indices, STOP) if self._next else STOP
        if task is not STOP:
            worker = self._next[0]
            self._next.rotate(-1)
            worker.tasks.put(task)
            self._waiting.append(worker)

    def __iter__(self) -> Workers:
        return self

    def __next__(self) -> Any:
        while self._waiting:
            worker = self._waiting.popleft()
            try:
                batch, error = worker.results.get(timeout=self._timeout or None)
            except queue.Empty:
                self._waiting.appendleft(worker)
                raise RuntimeError(
                    f"DataLoader timed out after {self._timeout} seconds: worker {worker.id} has "
                    "not read its batch yet"
                ) from None
            if isinstance(error, StopIteration):
                if not worker.ended:
                    worker.ended = True
                    self._next.remove(worker)
                continue
            self._give_task()
            if error is not None:
                try:
                    raise error
                finally:
                    del error  # its traceback holds this frame
            return batch
        self._close()
        raise StopIteration


def _close(workers: list[_Worker], stopped: threading.Event) -> None:
    """End the threads, each after the batch that it is reading."""
    stopped.set()
    for worker in workers:
        worker.tasks.put(STOP)
    for worker in workers:
        if worker.thread is not threading.current_thread():
            worker.thread.join(5)
