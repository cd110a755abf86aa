"""Values that are still to come, as `torch.futures` has them.

Source: the interface is PyTorch's, https://pytorch.org/docs/stable/futures.html
"""

from __future__ import annotations

import concurrent.futures
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

__all__ = ["Future", "collect_all", "wait_all"]

T = TypeVar("T")
S = TypeVar("S")


class Future(Generic[T]):
    """A value that another thread sets.

    Parameters
    ----------
    devices : sequence, optional
        None or empty: there are no devices but the CPU.

    Raises
    ------
    RuntimeError
        For devices; and from `set_result` and `set_exception` the second time.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> future = tg.futures.Future()
    >>> doubled = future.then(lambda f: f.value() * 2)
    >>> future.set_result(21)
    >>> doubled.wait()
    42
    """

    def __init__(self, *, devices: Sequence[Any] | None = None) -> None:
        if devices:
            raise RuntimeError(f"Future: there are no devices but the CPU, got devices={devices}")
        self._held: concurrent.futures.Future[T] = concurrent.futures.Future()

    def done(self) -> bool:
        """Whether there is a result or an exception."""
        return self._held.done()

    def wait(self) -> T:
        """The value, as soon as there is one; raises the exception if there is that instead."""
        return self._held.result()

    def value(self) -> T:
        """The value that there is; RuntimeError if there is none yet."""
        if not self.done():
            raise RuntimeError("Future.value(): there is no value yet; wait() waits for it")
        return self.wait()

    def set_result(self, result: T) -> None:
        """Give it its value, once."""
        self._complete(self._held.set_result, result)

    def set_exception(self, result: Exception) -> None:
        """Let `wait` and `value` raise, instead of giving it a value."""
        if not isinstance(result, Exception):
            raise AssertionError(f"{result} is of type {type(result)}, not an Exception.")
        self._complete(self._held.set_exception, result)

    def _complete(self, method: Callable[[Any], None], value: Any) -> None:
        try:
            method(value)
        except concurrent.futures.InvalidStateError:
            raise RuntimeError(
                "Attempting to mark a completed Future as complete again. Note that a Future can "
                "only be marked completed once."
            ) from None

    def add_done_callback(self, callback: Callable[[Future[T]], Any]) -> None:
        """Call ``callback(future)`` when it is done, at once if it is; its errors are logged."""
        self._held.add_done_callback(lambda _: callback(self))

    def then(self, callback: Callable[[Future[T]], S]) -> Future[S]:
        """A Future of what ``callback(future)`` returns, called when this one is done.

        An error in the callback is the new one's, a RuntimeError that names it.
        """
        new: Future[S] = Future()

        def run(future: Future[T]) -> None:
            try:
                result = callback(future)
            except Exception as error:
                wrapped = RuntimeError(
                    "Got the following error when running the callback: "
                    f"{type(error).__name__}: {error}"
                )
                wrapped.__cause__ = error
                new.set_exception(wrapped)
            else:
                new.set_result(result)

        self.add_done_callback(run)
        return new


def collect_all(futures: Sequence[Future[Any]]) -> Future[list[Future[Any]]]:
    """A Future of the list of all, which is done when they are; with the error of one of them.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> both = tg.futures.Future(), tg.futures.Future()
    >>> together = tg.futures.collect_all(both)
    >>> for number, future in enumerate(both):
    ...     future.set_result(number)
    >>> [future.wait() for future in together.wait()]
    [0, 1]
    """
    new: Future[list[Future[Any]]] = Future()
    waiting = list(range(len(futures)))  # one taken away by each; `pop` is safe between threads

    def run(_: Any) -> None:
        if waiting.pop() == 0:
            _finish()

    def _finish() -> None:
        errors = [e for f in futures if isinstance(e := f._held.exception(), Exception)]
        if errors:
            new.set_exception(errors[0])
        else:
            new.set_result(list(futures))

    for future in futures:
        future.add_done_callback(run)
    if not futures:
        _finish()
    return new


def wait_all(futures: Sequence[Future[Any]]) -> list[Any]:
    """The values of all, when they are done; raises what one of them raises.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> future = tg.futures.Future()
    >>> future.set_result(1)
    >>> tg.futures.wait_all([future])
    [1]
    """
    return [future.wait() for future in collect_all(futures).wait()]
