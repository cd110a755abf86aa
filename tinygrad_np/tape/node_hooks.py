"""Hooks of nodes, which see what arrives at them and what they pass on."""

from __future__ import annotations

import functools
import weakref
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from tinygrad_np.tape.engine import fitted
from tinygrad_np.tape.graph import Leaf, Node, Part, TensorBase, make
from tinygrad_np.tape.handle import RemovableHandle, added

Hook = Callable[..., Any]

metadata: weakref.WeakKeyDictionary[Any, dict[str, Any]] = weakref.WeakKeyDictionary()
_hooks: weakref.WeakKeyDictionary[Any, Hooks] = weakref.WeakKeyDictionary()


class Hooks(NamedTuple):
    """Those called before a node is walked, and those called when it has been."""

    before: dict[int, Hook]
    after: dict[int, Hook]


def before(node: Node, hook: Hook) -> RemovableHandle:
    """Let a hook be called with what arrives at a node, after the hooks of its tensor."""
    if isinstance(node, Leaf):
        return added(node.before, lambda grad: _changed(hook, (grad,), (grad,))[0])
    return added(_hooks_of(node).before, hook)


def after(node: Node, hook: Hook) -> RemovableHandle:
    """Let a hook be called when a node has been walked."""
    if isinstance(node, Leaf):
        return added(node.last, lambda grad: _changed(hook, (), (), (grad,)))
    return added(_hooks_of(node).after, hook)


def _hooks_of(node: Node) -> Hooks:
    """The hooks of a node, which is made one of a class whose step calls them."""
    if node not in _hooks:
        _hooks[node] = Hooks({}, {})
        node.__class__ = _hooked(type(node))  # type: ignore[arg-type]  # mypy takes it for no key
    return _hooks[node]


@functools.cache
def _hooked(kind: type[Node]) -> type[Node]:
    def backward(
        self: Node, grad: Any, record: bool, needed: set[Node] | None = None
    ) -> list[tuple[Node, Any]]:
        hooks = _hooks[self]
        arrived = tuple(_as_tensor(g) for g in self.arrived(grad))
        for hook in list(hooks.before.values()):
            arrived = _changed(hook, arrived, arrived)
        if all(g is None for g in arrived):
            return []
        grad = self.together(tuple(_as_given(g, record) for g in arrived))
        found = [
            (parent, None if g is None else _fitted(g, parent))
            for parent, g in kind.backward(self, grad, record, needed)
        ]
        places = self.walked(found, needed)
        inputs: list[Any] = [None] * len(self.next_functions)
        for place, (_, g) in zip(places, found, strict=True):
            inputs[place] = _as_tensor(g)
        given: tuple[Any, ...] = tuple(inputs)
        for hook in list(hooks.after.values()):
            given = _changed(hook, given, given, arrived)
        results = (_as_given(given[place], record) for place in places)
        return [(parent, g) for (parent, _), g in zip(found, results, strict=True)]

    return type(kind.__name__, (kind,), {"__slots__": (), "backward": backward})


def _fitted(grad: Any, node: Node) -> Any:
    if isinstance(grad, Part):
        grad = grad.whole(node)
    return grad if node.shape is None else fitted(grad, node.shape, node.dtype)


def _as_tensor(grad: Any) -> Any:
    return make(np.asarray(grad)) if isinstance(grad, (np.ndarray, np.generic)) else grad


def _as_given(grad: Any, record: bool) -> Any:
    return grad._array if isinstance(grad, TensorBase) and not record else grad


def _changed(hook: Hook, grads: tuple[Any, ...], *args: tuple[Any, ...]) -> tuple[Any, ...]:
    """The gradients, or what a hook returns in their place."""
    changed = hook(*args)
    if changed is None:
        return grads
    name = getattr(hook, "__name__", type(hook).__name__)
    if not isinstance(changed, tuple):
        raise TypeError(f"expected tuple, but hook returned {type(changed).__name__!r}")
    if len(changed) != len(grads):
        raise RuntimeError(
            f"hook {name!r} has returned an incorrect number of values (got {len(changed)}, but "
            f"expected {len(grads)})"
        )
    for old, new in zip(grads, changed, strict=True):
        if new is not None and not isinstance(new, TensorBase):
            raise TypeError(f"expected Tensor, but hook returned {type(new).__name__!r}")
        if new is not None and old is not None and new._array.shape != old._array.shape:
            raise RuntimeError(
                f"hook {name!r} has changed the size of value: expected "
                f"{list(old._array.shape)}, got {list(new._array.shape)}"
            )
    return changed
