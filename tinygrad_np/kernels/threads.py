"""Work shared out over threads.

NumPy and BLAS let go of the interpreter lock while they compute, so that threads of Python keep
several cores busy. The parts of the work, and the order in which their results are added up, do
not depend on the number of threads: results are the same, bit for bit, with any.

BLAS has threads of its own, which would fight with these for the cores. They are held to one
while ours run; that takes threadpoolctl, and without it the work stays in one thread, which is
said once.
"""

from __future__ import annotations

import contextlib
import os
import threading
import warnings
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from queue import SimpleQueue
from typing import Any, TypeVar

from tinygrad_np.kernels.silence import quiet

__all__ = ["blas_alone", "collect", "get_num_threads", "run", "set_num_threads"]

P = TypeVar("P")
R = TypeVar("R")
AVX512 = {"SkylakeX", "Cooperlake", "SapphireRapids"}  # as OpenBLAS names processors


class _Pool:
    """The threads, and the controls of BLAS's own; made when first needed."""

    def __init__(self) -> None:
        asked = os.environ.get("OMP_NUM_THREADS", "").partition(",")[0]
        self.wanted = (int(asked) if asked.isdecimal() else 0) or (
            len(os.sched_getaffinity(0))
            if hasattr(os, "sched_getaffinity")
            else (os.cpu_count() or 1)
        )
        self.said = False
        self.reset()

    def after_fork(self) -> None:
        """Forget the threads, which the child of a fork does not have, and what they hold."""
        if self.busy:
            self._set_blas(self.blas_threads)
        self.reset()

    def reset(self) -> None:
        """Begin without threads."""
        self.lock = threading.Lock()
        self.busy = 0  # runs under way, in any thread
        self.inbox: SimpleQueue[Any] = SimpleQueue()
        self.count = 0  # of threads that read it
        self.blas: list[Any] | None = None
        self.blas_threads: list[int] = []

    def ready(self) -> bool:
        """Whether there are threads to share with."""
        if self.blas is None:
            with self.lock:
                self.blas = self.blas or _blas_controls()
        return bool(self.blas)

    def hold_blas(self) -> None:
        """BLAS to one thread, until as many calls of `release_blas`."""
        with self.lock:
            self.busy += 1
            if self.busy == 1:
                self.blas_threads = [lib.get_num_threads() for lib in self.blas or ()]
                self._set_blas([1] * len(self.blas_threads))

    def release_blas(self) -> None:
        """Give BLAS its threads back."""
        with self.lock:
            self.busy -= 1
            if self.busy == 0:
                self._set_blas(self.blas_threads)

    def _set_blas(self, counts: list[int]) -> None:
        for lib, count in zip(self.blas or (), counts):
            lib.set_num_threads(count)
            # threadpoolctl keeps to the thread that was first to set a number
            if hasattr(lib, "clear_controlling_thread"):
                lib.clear_controlling_thread(force=True)

    def hand_out(self, places: deque[Any], copies: int) -> None:
        """Call that many threads, which are started if there are fewer, to take places."""
        with self.lock:
            for number in range(self.count + 1, copies + 1):
                name = f"tinygrad_np-{number}"
                thread = threading.Thread(target=_serve, args=(self.inbox,), name=name, daemon=True)
                try:
                    thread.start()
                except RuntimeError:
                    break  # at the interpreter's exit, or at a limit: who called does it all
                self.count = number
        for _ in range(copies):
            self.inbox.put(places)


def _serve(inbox: SimpleQueue[Any]) -> None:
    """What a thread of ours does: jobs, for as long as the program runs."""
    while True:
        job = _take(inbox.get())
        if job is None:
            continue  # all is done already
        work, queue, done = job
        failure = None
        try:
            _each(work, queue)
        except BaseException as error:
            failure = error
        del job, work, queue  # and what they hold, before anybody takes it for alone
        done.put(failure)
        del done, failure


def _take(places: deque[Any]) -> Any:
    """The job of a place, if there is one left; two threads never take the same."""
    try:
        return places.pop()
    except IndexError:
        return None


def _blas_controls() -> list[Any]:
    """The controls that threadpoolctl has of each BLAS that is loaded."""
    try:
        from threadpoolctl import ThreadpoolController
    except ImportError:
        return []
    found = ThreadpoolController().lib_controllers
    return [lib for lib in found if lib.user_api == "blas"]


_pool = _Pool()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_pool.after_fork)


def set_num_threads(count: int) -> None:
    """Use this many threads for convolution and pooling; results do not depend on it.

    More than one take threadpoolctl: ``pip install "tinygrad_np[fast]"``.

    Raises
    ------
    RuntimeError
        If `count` is not positive.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.set_num_threads(2)
    >>> tg.get_num_threads()
    2
    """
    if isinstance(count, bool) or not isinstance(count, int) or count < 1:
        raise RuntimeError(f"set_num_threads expects a positive integer, got {count!r}")
    with _pool.lock:
        _pool.wanted = count


def get_num_threads() -> int:
    """The number of threads for convolution and pooling: the cores, unless set.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.get_num_threads() >= 1
    True
    """
    return _pool.wanted


class _Inside(threading.local):
    yes = False


_inside = _Inside()


def inside() -> bool:
    """Whether this thread is at work on a part: what is called then is not shared out again."""
    return _inside.yes


@contextlib.contextmanager
def blas_alone() -> Iterator[None]:
    """BLAS held to one thread, where that can be done; also a decorator."""
    if not _can_hold():
        yield
        return
    _pool.hold_blas()
    try:
        yield
    finally:
        _pool.release_blas()


def blas_kernels() -> set[str | None]:
    """The processors for which the kernels of BLAS were written, as OpenBLAS names them."""
    _pool.ready()
    return {getattr(lib, "architecture", None) for lib in _pool.blas or ()}


def blas_has_avx512() -> bool:
    """Whether BLAS is known to be OpenBLAS with its kernels for AVX-512."""
    return bool(kernels := blas_kernels()) and kernels <= AVX512


def _can_hold() -> bool:
    """Whether this thread may hold BLAS to one thread: at work on a part it is held already."""
    return not _inside.yes and _pool.ready()


def run(work: Callable[[P], Any], parts: Sequence[P], small: bool = False) -> None:
    """Call `work` with each part, in any order and in several threads.

    BLAS is left alone if there is one part, or if all are `small` together, so that to wake a
    thread would not pay: its products are to be small then too, or held to one thread.
    """
    if small or len(parts) < 2 or not _can_hold():
        if not small and len(parts) > 1 and _pool.wanted > 1 and not (_inside.yes or _pool.said):
            _say_what_is_missing()
        for part in parts:
            work(part)
        return
    queue = deque(parts)  # each thread takes the next part when it is free
    helpers = min(_pool.wanted, len(parts)) - 1
    done: SimpleQueue[BaseException | None] = SimpleQueue()
    # Places for those that come before all is done. They hold the job: what comes later finds
    # nothing, and the queue that it comes from keeps no array alive.
    places = deque([(work, queue, done)] * helpers)
    _pool.hold_blas()
    try:
        _pool.hand_out(places, helpers)
        try:
            _each(work, queue)
        finally:
            while _take(places) is not None:
                helpers -= 1
            failures = [error for _ in range(helpers) if (error := done.get())]
        for error in failures:
            raise error
    finally:
        _pool.release_blas()


def collect(work: Callable[[P], R], parts: Sequence[P], small: bool = False) -> list[R]:
    """What `work` returns for each part, in the order of the parts; see `run`."""
    found: list[Any] = [None] * len(parts)

    def some(i: int) -> None:
        found[i] = work(parts[i])

    run(some, range(len(parts)), small)
    return found


def _say_what_is_missing() -> None:
    """Once, when work is first large enough to be shared out."""
    _pool.said = True
    try:
        import threadpoolctl  # noqa: F401
    except ImportError:
        warnings.warn(
            "large work stays in one thread, because BLAS can't be held to one beside others: "
            'pip install "tinygrad_np[fast]" for more, or set_num_threads(1) to be content with it',
            RuntimeWarning,
            stacklevel=3,
        )


def _each(work: Callable[[P], Any], queue: deque[P]) -> None:
    _inside.yes = True
    try:
        with quiet():
            while True:
                try:
                    part = queue.popleft()
                except IndexError:
                    return
                work(part)
    finally:
        _inside.yes = False
