"""Whether operations are recorded: a switch that every thread has for itself."""

from __future__ import annotations

import functools
import inspect
import threading
from collections.abc import Callable, Generator
from types import TracebackType
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


class _Mode(threading.local):
    grad = True
    inference = False
    packing: tuple[Any, ...] = ()  # pairs of hooks of what is saved (`tape.saved`)
    no_packing: str | None = None  # why there may be none
    walk: Any = None  # the walk back that is under way
    recorder: Any = None  # what writes down all that is done (`tape.record`)


mode = _Mode()
recorders: list[Any] = []  # those of all threads: to find that there are none costs least


def is_grad_enabled() -> bool:
    """True while operations in this thread are recorded.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> with tg.no_grad():
    ...     tg.is_grad_enabled()
    False
    """
    return mode.grad


def is_inference_mode_enabled() -> bool:
    """True inside `inference_mode`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> with tg.inference_mode():
    ...     tg.is_inference_mode_enabled()
    True
    """
    return mode.inference


class _GradMode:
    """Sets the mode in a `with` block, or around each call (each resumption) of a function."""

    def __init__(self) -> None:
        self._previous: list[tuple[bool, bool]] = []

    def _set(self) -> None:
        raise NotImplementedError("abstract")

    def _fresh(self) -> _GradMode:
        return type(self)()

    def __enter__(self) -> None:
        self._previous.append((mode.grad, mode.inference))
        self._set()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        mode.grad, mode.inference = self._previous.pop()

    def __call__(self, function: F) -> F:
        fresh = self._fresh
        if inspect.isgeneratorfunction(function):

            @functools.wraps(function)
            def generate(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
                generator = function(*args, **kwargs)
                send: Callable[[], Any] = functools.partial(next, generator)
                try:
                    while True:
                        with fresh():
                            item = send()
                        try:
                            send = functools.partial(generator.send, (yield item))
                        except GeneratorExit:
                            raise
                        except BaseException as error:
                            send = functools.partial(generator.throw, error)
                except StopIteration as stop:
                    return stop.value
                finally:
                    generator.close()

            return generate  # type: ignore[return-value]

        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            with fresh():
                return function(*args, **kwargs)

        return call  # type: ignore[return-value]


class _Switch(_GradMode):
    """A mode without arguments: ``@no_grad`` works as well as ``@no_grad()``."""

    def __new__(cls, function: Callable[..., Any] | None = None) -> Any:
        instance = super().__new__(cls)
        if function is None:
            return instance
        instance.__init__()  # type: ignore[misc]
        return instance(function)


class no_grad(_Switch):
    """Context manager and decorator: nothing inside is recorded.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> x = tg.ones(2, requires_grad=True)
    >>> with tg.no_grad():
    ...     y = x * 2
    >>> y.requires_grad
    False
    """

    def _set(self) -> None:
        mode.grad = False


class enable_grad(_Switch):
    """Context manager and decorator: recording is on again, inside `no_grad` too.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> x = tg.ones(2, requires_grad=True)
    >>> with tg.no_grad(), tg.enable_grad():
    ...     y = x * 2
    >>> y.requires_grad
    True
    """

    def _set(self) -> None:
        mode.grad = True
        mode.inference = False


class set_grad_enabled(_GradMode):
    """Turn recording on or off: at once when called, undone at the end of a `with` block.

    Parameters
    ----------
    mode : bool

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> with tg.set_grad_enabled(False):
    ...     tg.is_grad_enabled()
    False
    >>> tg.is_grad_enabled()
    True
    """

    def __init__(self, mode: bool) -> None:
        super().__init__()
        self.mode = bool(mode)
        self._before: tuple[bool, bool] | None = _swap(self.mode)

    def _set(self) -> None:
        mode.grad = self.mode

    def _fresh(self) -> _GradMode:
        return _Set(self.mode)

    def __enter__(self) -> None:
        if self._before is None:  # entered again
            super().__enter__()
        else:
            self._previous.append(self._before)
            self._before = None
            self._set()

    def __call__(self, function: F) -> F:
        if self._before is not None:
            mode.grad, mode.inference = self._before
            self._before = None
        return super().__call__(function)

    def __repr__(self) -> str:
        return f"torch.autograd.grad_mode.set_grad_enabled(mode={self.mode})"


class _Set(_GradMode):
    def __init__(self, on: bool) -> None:
        super().__init__()
        self.on = on

    def _set(self) -> None:
        mode.grad = self.on


def _swap(on: bool) -> tuple[bool, bool]:
    before = (mode.grad, mode.inference)
    mode.grad = on
    return before


class inference_mode(_GradMode):
    """Context manager and decorator for evaluation: as `no_grad`, and told apart from it by
    `is_inference_mode_enabled`.

    Tensors made inside are ordinary tensors without a place on the tape; PyTorch forbids their
    later use in a recorded operation, here it is allowed.

    Parameters
    ----------
    mode : bool, default True
        False leaves the mode on that records.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> @tg.inference_mode()
    ... def predict(x):
    ...     return x * 2
    >>> predict(tg.ones(2, requires_grad=True)).requires_grad
    False
    """

    def __new__(cls, mode: bool | Callable[..., Any] = True) -> Any:
        instance = super().__new__(cls)
        if callable(mode):
            instance.__init__()  # type: ignore[misc]
            return instance(mode)
        return instance

    def __init__(self, mode: bool = True) -> None:
        super().__init__()
        self.mode = bool(mode)

    def _set(self) -> None:
        mode.grad, mode.inference = not self.mode, self.mode

    def _fresh(self) -> _GradMode:
        fresh: _GradMode = inference_mode(self.mode)
        return fresh
