"""PyTorch's `torch.utils._pytree`: the leaves of nested lists, tuples and dicts, and back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from tinygrad_np.func.trees import DICTS, KINDS, NAMED, Kind, Tree, kind_of

__all__ = [
    "LeafSpec", "PyTree", "TreeSpec", "register_pytree_node", "tree_all", "tree_all_only",
    "tree_any", "tree_any_only", "tree_flatten", "tree_is_leaf", "tree_iter", "tree_leaves",
    "tree_map", "tree_map_", "tree_map_only", "tree_map_only_", "tree_structure",
    "tree_unflatten",
]  # fmt: skip

PyTree = Any
IsLeaf = Callable[[Tree], bool] | None
Chosen = type | tuple[type, ...] | Callable[[Any], bool]  # the leaves of types, or that pass


class TreeSpec:
    """The form of a tree: the type of each container, what it has beside its branches, and these.

    Attributes
    ----------
    type : type or None
        None for a leaf.
    context : object
        The keys of a dict, the type of a named tuple, the `maxlen` of a deque.
    num_leaves, num_nodes, num_children : int
    """

    def __init__(self, type: Any, context: Any, children_specs: Iterable[TreeSpec]) -> None:
        self.type, self.context = type, context
        self.children_specs = list(children_specs)
        self.num_children = len(self.children_specs)
        self.num_nodes: int = 1 + sum(child.num_nodes for child in self.children_specs)
        self.num_leaves: int = sum(child.num_leaves for child in self.children_specs)
        if type is None:
            self.num_leaves = 1

    def is_leaf(self) -> bool:
        """Whether it is the form of one leaf."""
        return self.type is None

    def children(self) -> list[TreeSpec]:
        """The forms of the branches."""
        return list(self.children_specs)

    def child(self, index: int) -> TreeSpec:
        """The form of one branch."""
        return self.children_specs[index]

    def unflatten(self, leaves: Iterable[Any]) -> Tree:
        """A tree of this form with these leaves; see `tree_unflatten`."""
        leaves = list(leaves)
        if len(leaves) != self.num_leaves:
            raise ValueError(
                f"unflatten: expected as many leaves as the tree has, {self.num_leaves}, "
                f"but got {len(leaves)}"
            )
        return self._with(iter(leaves))

    def _with(self, leaves: Iterator[Any]) -> Tree:
        if self.type is None:
            return next(leaves)
        branches = [child._with(leaves) for child in self.children_specs]
        return _kind(self.type).whole(branches, self.context)

    def flatten_up_to(self, tree: Tree) -> list[Tree]:
        """The parts of a tree that stand where this form has leaves.

        Raises
        ------
        ValueError
            If the tree has another form, so far.
        """
        if self.type is None:
            return [tree]
        kind, own = _type_of(tree), self.type
        both_dicts = own in DICTS and kind in DICTS
        if kind is not own and not both_dicts:
            raise ValueError(f"Node type mismatch; expected {own}, but got {type(tree)}")
        branches, context = _kind(own).parts(tree) if kind is own else (tree.values(), None)
        branches = list(branches)
        if len(branches) != self.num_children:
            raise ValueError(
                f"Node arity mismatch; expected {self.num_children}, but got {len(branches)}"
            )
        if both_dicts:
            keys = DICTS[own](self.context)
            if set(keys) != set(tree):
                raise ValueError(f"Node keys mismatch; expected {keys}, but got {list(tree)}")
            branches = [tree[key] for key in keys]
        elif context != self.context:
            raise ValueError(f"Node context mismatch; expected {self.context}, but got {context}")
        pairs = zip(self.children_specs, branches, strict=True)
        return [part for child, branch in pairs for part in child.flatten_up_to(branch)]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, TreeSpec):
            return NotImplemented
        mine, theirs = ((s.type, s.context, s.children_specs) for s in (self, other))
        return mine == theirs

    def __hash__(self) -> int:
        return hash((self.type, tuple(self.children_specs)))  # contexts may be unhashable

    def __repr__(self) -> str:
        if self.type is None:
            return "*"
        name = "namedtuple" if self.type is NAMED else self.type.__name__
        inner = ",\n".join(map(repr, self.children_specs)).replace("\n", "\n  ")
        return f"TreeSpec({name}, {self.context}, [{inner}])"


def LeafSpec() -> TreeSpec:  # noqa: N802
    """The form of one leaf."""
    return TreeSpec(None, None, [])


def _type_of(tree: Tree) -> Any:
    """The type of a tree in its form: its own, `NAMED` for named tuples, None for leaves."""
    kind = kind_of(tree)
    return kind if kind in (None, NAMED) else type(tree)


def _kind(type: Any) -> Kind:
    return NAMED if type is NAMED else KINDS[type]


def register_pytree_node(
    cls: type,
    flatten_fn: Callable[[Any], tuple[Iterable[Any], Any]],
    unflatten_fn: Callable[[Iterable[Any], Any], Any],
    **names: Any,
) -> None:
    """Let the objects of a class be trees, here and in `tinygrad_np.func`.

    Parameters
    ----------
    cls : type
        The class itself; its subclasses stay leaves.
    flatten_fn : callable
        An object -> its branches, and what else it consists of.
    unflatten_fn : callable
        The reverse.
    **names
        What PyTorch's exports need; not used.

    Raises
    ------
    ValueError
        If the class is registered already.
    """
    if cls in KINDS:
        raise ValueError(f"{cls} is already registered as pytree node")
    KINDS[cls] = Kind(flatten_fn, unflatten_fn)


def tree_is_leaf(tree: Tree, is_leaf: IsLeaf = None) -> bool:
    """Whether a tree is one leaf: no container, or what `is_leaf` says yes to."""
    return bool(is_leaf and is_leaf(tree)) or kind_of(tree) is None


def tree_flatten(tree: Tree, is_leaf: IsLeaf = None) -> tuple[list[Any], TreeSpec]:
    """The leaves of a tree, and its form; what `is_leaf` says yes to is one leaf."""
    leaves: list[Any] = []
    return leaves, _flatten(tree, is_leaf, leaves)


def _flatten(tree: Tree, is_leaf: IsLeaf, leaves: list[Any]) -> TreeSpec:
    if tree_is_leaf(tree, is_leaf):
        leaves.append(tree)
        return LeafSpec()
    type = _type_of(tree)
    branches, context = _kind(type).parts(tree)
    return TreeSpec(type, context, [_flatten(branch, is_leaf, leaves) for branch in branches])


def tree_leaves(tree: Tree, is_leaf: IsLeaf = None) -> list[Any]:
    """The leaves of a tree, in its order: all that is no dict, list, tuple or deque."""
    return tree_flatten(tree, is_leaf)[0]


def tree_iter(tree: Tree, is_leaf: IsLeaf = None) -> Iterator[Any]:
    """The leaves of a tree one by one."""
    return iter(tree_leaves(tree, is_leaf))


def tree_structure(tree: Tree, is_leaf: IsLeaf = None) -> TreeSpec:
    """The form of a tree."""
    return tree_flatten(tree, is_leaf)[1]


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


def tree_map(func: Callable[..., Any], tree: Tree, *rests: Tree, is_leaf: IsLeaf = None) -> Tree:
    """A tree of what a function makes of each leaf, and of what others have in its place.

    Raises
    ------
    ValueError
        If a tree of the rest has another form.
    """
    leaves, form = tree_flatten(tree, is_leaf)
    return form.unflatten(map(func, leaves, *map(form.flatten_up_to, rests)))


def tree_map_(func: Callable[..., Any], tree: Tree, *rests: Tree, is_leaf: IsLeaf = None) -> Tree:
    """The tree itself, after a function was called for each leaf."""
    tree_map(func, tree, *rests, is_leaf=is_leaf)
    return tree


def _is(chosen: Chosen) -> Callable[[Any], bool]:
    if isinstance(chosen, (type, tuple)) or not callable(chosen):
        return lambda leaf: isinstance(leaf, chosen)
    return chosen


def tree_map_only(
    kind: Chosen, func: Callable[[Any], Any], tree: Tree, is_leaf: IsLeaf = None
) -> Tree:
    """A tree with a function's values for the leaves of a kind, and the others as they are.

    The kind is a type, a tuple of types, or a function that says yes to a leaf.
    """
    test = _is(kind)
    return tree_map(lambda leaf: func(leaf) if test(leaf) else leaf, tree, is_leaf=is_leaf)


def tree_map_only_(
    kind: Chosen, func: Callable[[Any], Any], tree: Tree, is_leaf: IsLeaf = None
) -> Tree:
    """The tree itself, after a function was called for each leaf of a kind."""
    tree_map_only(kind, func, tree, is_leaf)
    return tree


def tree_all(pred: Callable[[Any], bool], tree: Tree, is_leaf: IsLeaf = None) -> bool:
    """Whether a condition holds for all leaves."""
    return all(map(pred, tree_iter(tree, is_leaf)))


def tree_any(pred: Callable[[Any], bool], tree: Tree, is_leaf: IsLeaf = None) -> bool:
    """Whether a condition holds for any leaf."""
    return any(map(pred, tree_iter(tree, is_leaf)))


def tree_all_only(
    kind: Chosen, pred: Callable[[Any], bool], tree: Tree, is_leaf: IsLeaf = None
) -> bool:
    """Whether a condition holds for all leaves of a kind."""
    return all(map(pred, filter(_is(kind), tree_iter(tree, is_leaf))))


def tree_any_only(
    kind: Chosen, pred: Callable[[Any], bool], tree: Tree, is_leaf: IsLeaf = None
) -> bool:
    """Whether a condition holds for any leaf of a kind."""
    return any(map(pred, filter(_is(kind), tree_iter(tree, is_leaf))))
