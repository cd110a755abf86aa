"""Watchers of new nodes: what is called when an op is recorded, and costs nothing while nobody is.

Without a watcher `Node.__init__` is the plain one; with the first of them another takes its place.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from tinygrad_np.tape.graph import Node

Watcher = Callable[[Node], None]

_init = Node.__init__
_watchers: list[Watcher] = []
_lock = threading.Lock()


def watch(watcher: Watcher) -> None:
    """Let a function be called with each node that is made, of any thread, until `unwatch`."""
    with _lock:
        _watchers.append(watcher)
        Node.__init__ = _watched  # type: ignore[assignment, method-assign]


def unwatch(watcher: Watcher) -> None:
    """Take back one `watch`."""
    with _lock:
        _watchers.remove(watcher)
        if not _watchers:
            Node.__init__ = _init  # type: ignore[method-assign]


def _watched(self: Node, *args: Any) -> None:
    _init(self, *args)
    for watcher in dict.fromkeys(_watchers):
        watcher(self)
