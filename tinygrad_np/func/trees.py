"""Trees of tensors: what functions are given and give back."""

from __future__ import annotations

from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from tinygrad_np.size import Size
from tinygrad_np.tensor import Tensor

Tree = Any  # a leaf (a Tensor, a number, None, ...), or a dict, list or tuple of trees


class Kind(NamedTuple):
    """How trees of a type are taken apart and put together.

    parts: a tree -> its branches, and what else it consists of. whole: the reverse.
    """

    parts: Callable[[Tree], tuple[Iterable[Tree], Any]]
    whole: Callable[[Iterable[Tree], Any], Tree]


KINDS: dict[type, Kind] = {
    list: Kind(lambda tree: (tree, None), lambda branches, _: list(branches)),
    tuple: Kind(lambda tree: (tree, None), lambda branches, _: tuple(branches)),
    Size: Kind(lambda tree: (tree, None), lambda branches, _: tuple(branches)),
    deque: Kind(lambda tree: (tree, tree.maxlen), deque),
    dict: Kind(
        lambda tree: (tree.values(), list(tree)),
        lambda branches, keys: dict(zip(keys, branches, strict=True)),
    ),
    OrderedDict: Kind(
        lambda tree: (tree.values(), list(tree)),
        lambda branches, keys: OrderedDict(zip(keys, branches, strict=True)),
    ),
    defaultdict: Kind(
        lambda tree: (tree.values(), [tree.default_factory, list(tree)]),
        lambda branches, rest: defaultdict(rest[0], zip(rest[1], branches, strict=True)),
    ),
}
DICTS: dict[Any, Callable[[Any], list[Any]]] = {  # their keys, in the rest of their parts
    dict: lambda rest: rest, OrderedDict: lambda rest: rest, defaultdict: lambda rest: rest[1],
}  # fmt: skip
NAMED = Kind(lambda tree: (tree, type(tree)), lambda branches, kind: kind(*branches))


def kind_of(tree: Tree) -> Kind | None:
    """How a tree is taken apart; None for a leaf, as PyTorch has it: subclasses of dict are."""
    named = isinstance(tree, tuple) and hasattr(tree, "_fields")
    return NAMED if named else KINDS.get(type(tree))


def leaves_of(tree: Tree) -> list[Any]:
    """The leaves of a tree, in its order."""
    kind = kind_of(tree)
    if kind is None:
        return [tree]
    return [leaf for branch in kind.parts(tree)[0] for leaf in leaves_of(branch)]


def tensors_of(tree: Tree) -> list[Any]:
    """The tensors of a tree, in its order."""
    return [leaf for leaf in leaves_of(tree) if isinstance(leaf, Tensor)]


def with_leaves(tree: Tree, leaves: Iterator[Any]) -> Tree:
    """A tree of the same form, with the next leaves in place of its own."""
    kind = kind_of(tree)
    if kind is None:
        return next(leaves)
    branches, rest = kind.parts(tree)
    return kind.whole([with_leaves(branch, leaves) for branch in branches], rest)


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
