"""Finding the operation that an error, or the first nan, of a walk back comes from.

While the mode is on, the methods of nodes are others: they keep where a node was made, and look
at what its rules return. While it is off, nothing is looked for and nothing is paid.

Source: https://pytorch.org/docs/stable/autograd.html#anomaly-detection
"""

from __future__ import annotations

import functools
import itertools
import os
import sys
import traceback
import warnings
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from tinygrad_np.tape.graph import Node, Part, TensorBase
from tinygrad_np.tape.watch import unwatch, watch

__all__ = [
    "detect_anomaly", "is_anomaly_check_nan_enabled", "is_anomaly_enabled", "set_detect_anomaly",
]  # fmt: skip

_HERE = os.path.dirname(os.path.dirname(__file__)) + os.sep  # the package
_LAUNCHER = _HERE + "launch"  # below it is the user's script


class _State:
    """The mode, of all threads; and while it is on, where nodes were made."""

    on, check_nan = False, True
    places: weakref.WeakKeyDictionary[Node, traceback.StackSummary] = weakref.WeakKeyDictionary()
    own: list[tuple[type[Node], Callable[..., Any]]] = []


def is_anomaly_enabled() -> bool:
    """Whether walks back are watched.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.is_anomaly_enabled()
    False
    """
    return _State.on


def is_anomaly_check_nan_enabled() -> bool:
    """Whether walks back, if they are watched, are searched for nan.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.is_anomaly_check_nan_enabled()
    True
    """
    return _State.check_nan


class set_detect_anomaly:
    """Watch walks back or no longer: at once when called, undone at the end of a ``with`` block.

    Then an error in a walk comes with a warning that shows where the operation was called. So
    does a gradient that is nan, which is an error. It is the mode of all threads, and takes time.

    Parameters
    ----------
    mode : bool
    check_nan : bool, default True
        Whether nan is an error.

    Raises
    ------
    RuntimeError
        In a walk back, if an operation's rule returns nan.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> with tg.autograd.set_detect_anomaly(True):
    ...     tg.is_anomaly_enabled()
    True
    """

    def __init__(self, mode: bool, check_nan: bool = True) -> None:
        self._before = _State.on, _State.check_nan
        _set(mode, check_nan)

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        _set(*self._before)


class detect_anomaly:
    """The context in which walks back are watched; see `set_detect_anomaly`.

    Parameters
    ----------
    check_nan : bool, default True
        Whether nan is an error.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> x = tg.zeros(1, requires_grad=True)
    >>> with tg.autograd.detect_anomaly():  # doctest: +SKIP
    ...     (x.sqrt() * 0).sum().backward()
    RuntimeError: Function 'SqrtBackward0' returned nan values in its 0th output.
    """

    def __init__(self, check_nan: bool = True) -> None:
        self.check_nan = check_nan
        warnings.warn(
            "Anomaly Detection has been enabled: every operation keeps where it was called, and "
            "walks back take longer. It is for debugging.",
            stacklevel=2,
        )

    def __enter__(self) -> None:
        self._before = _State.on, _State.check_nan
        _set(True, self.check_nan)

    def __exit__(self, *_: object) -> None:
        _set(*self._before)


def _set(on: bool, check_nan: bool) -> None:
    _State.check_nan = bool(check_nan)
    if bool(on) == _State.on:
        return
    _State.on = bool(on)
    if on:
        watch(_place)
        _State.own = [(k, vars(k)["backward"]) for k in _kinds(Node)]
    else:
        unwatch(_place)
    for kind, method in _State.own:
        kind.backward = _watched(method) if on else method  # type: ignore[method-assign]


def _kinds(kind: type[Node]) -> Iterator[type[Node]]:
    """The classes of nodes that have a step of their own."""
    if "backward" in vars(kind):
        yield kind
    for below in kind.__subclasses__():
        yield from _kinds(below)


def _place(node: Node) -> None:
    """Keep where a node was made."""
    frame: Any = sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_HERE):
        frame = frame.f_back  # to the user's call
    frames = itertools.takewhile(_not_launching, traceback.walk_stack(frame))
    stack = traceback.StackSummary.extract(frames, lookup_lines=False)
    stack.reverse()
    _State.places[node] = stack


def _not_launching(frame_and_line: Any) -> bool:
    return not frame_and_line[0].f_code.co_filename.startswith(_LAUNCHER)


def _watched(backward: Callable[..., Any]) -> Callable[..., Any]:
    """A step of the walk that looks at the gradients it gives."""

    @functools.wraps(backward)
    def call(self: Node, grad: Any, record: bool, needed: set[Node] | None = None) -> Any:
        if getattr(type(self), "backward") is not call:  # noqa: B009  the step of a base class
            return backward(self, grad, record, needed)
        try:
            found = backward(self, grad, record, needed)
            if _State.check_nan:
                for i, (_, result) in zip(self.walked(found, needed), found, strict=True):
                    if _has_nan(result):
                        raise RuntimeError(
                            f"Function '{self.name()}' returned nan values in its {i}th output."
                        )
        except Exception:
            _tell(self)
            raise
        return found

    return call


def _has_nan(grad: Any) -> bool:
    array = grad.array if isinstance(grad, Part) else grad
    array = array._array if isinstance(array, TensorBase) else array
    return isinstance(array, (np.ndarray, np.generic)) and bool(
        array.dtype.kind in "fc" and np.isnan(array).any()
    )


def _tell(node: Node) -> None:
    stack = _State.places.get(node)
    warnings.warn(
        f"Error detected in {node.name()}. "
        + (
            "It is not known where it was called: that was before anomaly detection was on."
            if stack is None
            else "Traceback of forward call that caused the error:\n" + "".join(stack.format())
        ),
        stacklevel=2,
    )
