"""Trees of tensors: what functions are given and give back."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from tinygrad_np.tensor import Tensor

Tree = Any  # a leaf (a Tensor, a number, None, ...), or a dict, list or tuple of trees


def leaves_of(tree: Tree) -> list[Any]:
    """The leaves of a tree, in its order."""
    if isinstance(tree, dict):
        return [leaf for branch in tree.values() for leaf in leaves_of(branch)]
    if isinstance(tree, (list, tuple)):
        return [leaf for branch in tree for leaf in leaves_of(branch)]
    return [tree]


def tensors_of(tree: Tree) -> list[Any]:
    """The tensors of a tree, in its order."""
    return [leaf for leaf in leaves_of(tree) if isinstance(leaf, Tensor)]


def with_leaves(tree: Tree, leaves: Iterator[Any]) -> Tree:
    """A tree of the same form, with the next leaves in place of its own."""
    if isinstance(tree, dict):
        new = copy.copy(tree)  # whatever kind of dict it is
        new.update({name: with_leaves(branch, leaves) for name, branch in tree.items()})
        return new
    if isinstance(tree, tuple) and hasattr(tree, "_fields"):
        return type(tree)(*(with_leaves(branch, leaves) for branch in tree))
    if isinstance(tree, (list, tuple)):
        return type(tree)(with_leaves(branch, leaves) for branch in tree)
    return next(leaves)


def in_form_of(tree: Tree, tensors: Iterator[Any]) -> Tree:
    """A tree of the same form, with the next tensors in place of its own."""
    return with_leaves(
        tree, (next(tensors) if isinstance(leaf, Tensor) else leaf for leaf in leaves_of(tree))
    )


def spread(values: Tree, tree: Tree) -> list[Any] | None:
    """A value for each leaf of a tree; one for a whole branch is that of all its leaves.

    None for values that do not have the form of the tree, as far as they reach.
    """
    kind = next((k for k in (dict, list, tuple) if isinstance(values, k)), None)
    if kind is None:
        return [values] * len(leaves_of(tree))
    if not isinstance(tree, kind):
        return None
    mine, theirs = (dict(t if kind is dict else enumerate(t)) for t in (values, tree))
    if mine.keys() != theirs.keys():
        return None
    found: list[Any] = []
    for name, branch in theirs.items():
        some = spread(mine[name], branch)
        if some is None:
            return None
        found += some
    return found


def form_of(tree: Tree) -> str:
    """The form of a tree in words: its containers and keys, with * for each leaf."""
    return repr(with_leaves(tree, iter([_Star()] * len(leaves_of(tree)))))


class _Star:
    def __repr__(self) -> str:
        return "*"
