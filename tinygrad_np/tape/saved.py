"""Hooks of what the tape saves: another object is kept in place of a tensor, and later undone.

While a pair of hooks is on, new nodes are packed as they are made: their class becomes one whose
step unpacks first. Other nodes, and ops while no hooks are on, know nothing of it.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from tinygrad_np.tape.grad_mode import mode, no_grad
from tinygrad_np.tape.graph import SELF, Leaf, Node, TensorBase, make
from tinygrad_np.tape.signature import is_saved
from tinygrad_np.tape.version import Version, check_stale


class Pair(NamedTuple):
    """Two hooks: ``pack(tensor)`` gives what is kept, ``unpack`` makes a tensor of that."""

    pack: Callable[[Any], Any]
    unpack: Callable[[Any], Any]


class Packed:
    """What a pack hook returned, and what makes a tensor of it."""

    __slots__ = ("at", "kept", "unpack", "version")

    def __init__(self, tensor: Any, hooks: Pair) -> None:
        self.version: Version = tensor._versions()
        self.at = self.version.n
        with no_grad():
            self.kept = hooks.pack(tensor)
        if self.version.n != self.at:
            raise RuntimeError(
                "A saved tensor pack hook is modifying its input in place: the tensor is still in "
                "use. Return a changed clone() of it"
            )
        self.unpack = hooks.unpack

    def tensor(self) -> Any:
        """What the unpack hook makes of it."""
        found: Any = self.unpack(self.kept)
        if not isinstance(found, TensorBase):
            raise TypeError(
                "Output of saved tensor unpack_hook expected to be a Tensor but got result of type "
                f"{type(found).__name__}"
            )
        if found._counter is self.version and self.version.n != self.at:
            what = f"a tensor of shape {list(found._array.shape)}, kept by a pack hook,"
            check_stale(what, self.version.n, self.at)
        return found


def pack(node: Node) -> None:
    """Pack what the rules of a new node saved, if hooks are on in this thread.

    What rules share is packed once: an argument, the result, a side result.
    """
    hooks = mode.packing[-1] if mode.packing else None
    if hooks is None:
        return
    places: dict[Any, list[tuple[Any, Any, int]]] = {}
    for _, rule, values, refs in node.edges:
        for i, need in enumerate(rule.needs if rule and values else ()):
            if is_saved(need) and not isinstance(values[i], Packed):
                places.setdefault(need, []).append((values, refs, i))
    for shared in places.values():
        values, refs, i = shared[0]
        packed = _packed(values[i], next((r for r in refs if r[0] == i), None), hooks)
        for values, refs, i in shared:
            values[i] = packed
            refs[:] = [(i, Version(), 0, r[3]) if r[0] == i else r for r in refs]
    if places:
        node.__class__ = _packing(type(node))  # type: ignore[arg-type]  # mypy takes it for no key


def _packed(value: Any, ref: Any, hooks: Pair) -> Any:
    """A value with its arrays packed; a number stays what it is."""
    if type(value) is tuple:
        return tuple(_packed(v, None, hooks) for v in value)
    if not isinstance(value, np.ndarray):
        return value
    _, version, _, node = ref or (0, None, 0, None)
    if (leaf := leaf_of(node, value)) is not None:
        return Packed(leaf, hooks)
    # a result is given without its place: no cycle if the hook keeps it
    return Packed(make(value, None if node is SELF else node, version), hooks)


def leaf_of(node: Any, array: Any) -> Any:
    """The tensor that a node is the leaf of, if it is there and this is its array; or None."""
    leaf = node.tensor() if isinstance(node, Leaf) else None
    return leaf if leaf is not None and leaf._array is array else None


def _unpacked(value: Any, done: dict[Packed, Any]) -> Any:
    if type(value) is tuple:
        return tuple(_unpacked(v, done) for v in value)
    if not isinstance(value, Packed):
        return value
    if value not in done:
        done[value] = value.tensor()._array
    return done[value]


@functools.cache
def _packing(kind: type[Node]) -> type[Node]:
    """The class of nodes of a kind which unpack what they saved before they are walked."""

    def backward(
        self: Node, grad: Any, record: bool, needed: set[Node] | None = None
    ) -> list[tuple[Node, Any]]:
        packed = self.edges
        done: dict[Packed, Any] = {}
        self.edges = [
            (parent, rule, [_unpacked(v, done) for v in values], refs)
            if needed is None or parent in needed
            else (parent, rule, values, refs)
            for parent, rule, values, refs in packed
        ]
        try:
            return kind.backward(self, grad, record, needed)
        finally:
            self.edges = packed

    return type(kind.__name__, (kind,), {"__slots__": (), "backward": backward})
