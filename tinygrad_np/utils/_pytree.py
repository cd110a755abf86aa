"""PyTorch's `torch.utils._pytree`: the leaves of nested lists, tuples and dicts, and back."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from tinygrad_np.func.trees import Tree, form_of, leaves_of, with_leaves

__all__ = [
    "PyTree", "TreeSpec", "tree_all", "tree_any", "tree_flatten", "tree_iter", "tree_leaves",
    "tree_map", "tree_map_only", "tree_structure", "tree_unflatten",
]  # fmt: skip

PyTree = Any


class TreeSpec:
    """The form of a tree: its containers and keys, without its leaves."""

    def __init__(self, tree: Tree) -> None:
        self.num_leaves = len(leaves_of(tree))
        self._form = with_leaves(tree, iter(range(self.num_leaves)))

    def unflatten(self, leaves: Iterable[Any]) -> Tree:
        """A tree of this form with these leaves; see `tree_unflatten`."""
        leaves = list(leaves)
        if len(leaves) != self.num_leaves:
            raise ValueError(
                f"unflatten: expected as many leaves as the tree has, {self.num_leaves}, "
                f"but got {len(leaves)}"
            )
        return with_leaves(self._form, iter(leaves))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TreeSpec) and repr(self) == repr(other)

    def __hash__(self) -> int:
        return hash(repr(self))

    def __repr__(self) -> str:
        return f"TreeSpec({form_of(self._form)})"


def tree_leaves(tree: Tree) -> list[Any]:
    """The leaves of a tree, in its order: all that is no dict, list or tuple."""
    return leaves_of(tree)


def tree_iter(tree: Tree) -> Iterable[Any]:
    """The leaves of a tree one by one."""
    return iter(leaves_of(tree))


def tree_structure(tree: Tree) -> TreeSpec:
    """The form of a tree."""
    return TreeSpec(tree)


def tree_flatten(tree: Tree) -> tuple[list[Any], TreeSpec]:
    """The leaves of a tree, and its form."""
    return leaves_of(tree), TreeSpec(tree)


def tree_unflatten(leaves: Iterable[Any], treespec: TreeSpec) -> Tree:
    """The tree of a form with these leaves.

    Raises
    ------
    ValueError
        If there are more or fewer leaves than the form has.

    Examples
    --------
    >>> from tinygrad_np.utils._pytree import tree_flatten, tree_unflatten
    >>> leaves, form = tree_flatten({"a": [1, (2, 3)], "b": 4})
    >>> tree_unflatten([x * 10 for x in leaves], form)
    {'a': [10, (20, 30)], 'b': 40}
    """
    return treespec.unflatten(leaves)


def tree_map(func: Callable[..., Any], tree: Tree, *rests: Tree) -> Tree:
    """A tree of what a function makes of each leaf, and of the leaves of others of that form.

    Raises
    ------
    ValueError
        If a tree of the rest has another form.
    """
    leaves, form = tree_flatten(tree)
    for rest in rests:
        if TreeSpec(rest) != form:
            raise ValueError(
                f"tree_map: expected trees of one form, {form}, but got {TreeSpec(rest)}"
            )
    return form.unflatten(map(func, leaves, *map(leaves_of, rests)))


def tree_map_only(kind: type | tuple[type, ...], func: Callable[[Any], Any], tree: Tree) -> Tree:
    """A tree with a function's values for the leaves of a kind, and the others as they are."""
    return tree_map(lambda leaf: func(leaf) if isinstance(leaf, kind) else leaf, tree)


def tree_all(pred: Callable[[Any], bool], tree: Tree) -> bool:
    """Whether a condition holds for all leaves."""
    return all(map(pred, leaves_of(tree)))


def tree_any(pred: Callable[[Any], bool], tree: Tree) -> bool:
    """Whether a condition holds for any leaf."""
    return any(map(pred, leaves_of(tree)))
