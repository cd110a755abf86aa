"""Hooks of nodes, which see what arrives at them and what they pass on."""

from __future__ import annotations

import functools
import weakref
from collections.abc import Callable
from typing import Any

from tinygrad_np.tape.graph import Leaf, Node, Part, TensorBase, make
from tinygrad_np.tape.handle import RemovableHandle, added

Hook = Callable[..., Any]

metadata: weakref.WeakKeyDictionary[Any, dict[str, Any]] = weakref.WeakKeyDictionary()
_after: weakref.WeakKeyDictionary[Any, dict[int, Hook]] = weakref.WeakKeyDictionary()


def before(node: Node, hook: Hook) -> RemovableHandle:
    """Let a hook be called with what arrives at a node."""

    def call(grad: Any) -> Any:
        changed = hook((grad,))
        return None if changed is None else _checked(changed, 1)[0]

    if node.hooks is None:
        node.hooks = {}
    return added(node.hooks, call)


def after(node: Node, hook: Hook) -> RemovableHandle:
    """Let a hook be called when a node has been walked.

    The node is made one of a class whose step calls its hooks, so that others do without.
    """
    if isinstance(node, Leaf):
        return added(node.after, lambda grad: hook((), (grad,)))
    if node not in _after:
        _after[node] = {}
        node.__class__ = _hooked(type(node))  # type: ignore[arg-type]  # mypy takes it for no key
    return added(_after[node], hook)


@functools.cache
def _hooked(kind: type[Node]) -> type[Node]:
    def backward(
        self: Node, grad: Any, record: bool, needed: set[Node] | None = None
    ) -> list[tuple[Node, Any]]:
        found = kind.backward(self, grad, record, needed)
        places = self.walked(found, needed)
        inputs: list[Any] = [None] * len(self.next_functions)
        for place, (parent, g) in zip(places, found, strict=True):
            inputs[place] = _as_tensor(g, parent, record)
        given: tuple[Any, ...] = tuple(inputs)
        for hook in list(_after[self].values()):
            changed = hook(given, (_as_tensor(grad, self, record),))
            given = given if changed is None else _checked(changed, len(given))
        results = (given[place] for place in places)
        return [
            (parent, g if record or g is None else g._array)
            for (parent, _), g in zip(found, results, strict=True)
        ]

    return type(kind.__name__, (kind,), {"__slots__": (), "backward": backward})


def _as_tensor(grad: Any, node: Node, record: bool) -> Any:
    if grad is None or isinstance(grad, TensorBase):
        return grad
    if isinstance(grad, Part):
        grad = grad.whole(node)
    return make(grad)


def _checked(grads: Any, count: int) -> tuple[Any, ...]:
    if not isinstance(grads, tuple):
        raise TypeError(f"expected tuple, but hook returned {type(grads).__name__!r}")
    if len(grads) != count:
        raise RuntimeError(f"a hook returned {len(grads)} gradients; expected {count}")
    return grads
