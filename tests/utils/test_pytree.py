import importlib
from collections import OrderedDict, defaultdict, deque, namedtuple

import pytest

import tinygrad_np as tg
from tinygrad_np.utils._pytree import (
    register_pytree_node,
    tree_all,
    tree_any,
    tree_flatten,
    tree_iter,
    tree_leaves,
    tree_map,
    tree_map_only,
    tree_structure,
    tree_unflatten,
)  # fmt: skip

TREE = {"a": [1, (2, None)], "b": 3.5}


def test_flatten_and_unflatten_are_inverse():
    leaves, form = tree_flatten(TREE)
    assert leaves == tree_leaves(TREE) == list(tree_iter(TREE)) == [1, 2, None, 3.5]
    assert form.num_leaves == 4
    assert tree_unflatten(leaves, form) == TREE
    assert tree_unflatten("wxyz", form) == {"a": ["w", ("x", "y")], "b": "z"}
    for wrong in ("wxy", "vwxyz"):
        with pytest.raises(ValueError, match="expected as many leaves as the tree has, 4"):
            tree_unflatten(wrong, form)


def test_forms_are_equal_whatever_the_leaves():
    assert tree_structure([1, (2,)]) == tree_structure([None, ("x",)])
    assert tree_structure([1, (2,)]) != tree_structure([1, [2]])
    assert len({tree_structure([1]), tree_structure([2])}) == 1


def test_functions_are_mapped_over_leaves():
    assert tree_map(lambda x: str(x), TREE) == {"a": ["1", ("2", "None")], "b": "3.5"}
    assert tree_map(lambda x, y: x + y, [1, (2,)], [10, (20,)]) == [11, (22,)]
    with pytest.raises(ValueError, match="type mismatch"):
        tree_map(lambda x, y: x + y, [1, (2,)], [10, [20]])
    some = tree_map_only(tg.Tensor, lambda t: t.shape, [tg.ones(2, 3), 4])
    assert some == [(2, 3), 4]
    assert tree_all(lambda x: x > 1, [2, (3,)])
    assert not tree_any(lambda x: x > 3, [2, (3,)])


Pair = namedtuple("Pair", "a b")
TREES = [
    TREE, OrderedDict(b=1, a=2), defaultdict(list, b=1, a=[2]), deque([1, [2]], maxlen=3),
    Pair(1, [2]), [(), {}], {1, 2}, 3,
]  # fmt: skip


@pytest.mark.torch
@pytest.mark.parametrize("tree", TREES, ids=lambda tree: type(tree).__name__)
def test_trees_are_taken_apart_as_by_pytorch(tree):
    pytest.importorskip("torch")
    theirs = importlib.import_module("torch.utils._pytree")
    leaves, form = tree_flatten(tree)
    wanted, their_form = theirs.tree_flatten(tree)
    assert leaves == wanted
    assert repr(form) == repr(their_form)
    assert (form.num_leaves, form.num_nodes) == (their_form.num_leaves, their_form.num_nodes)
    assert hash(form) == hash(tree_structure(tree))
    again = tree_map(lambda x: [x], tree)
    assert again == theirs.tree_map(lambda x: [x], tree)
    assert type(again) is type(theirs.tree_map(lambda x: [x], tree))
    assert getattr(again, "maxlen", 0) == getattr(tree, "maxlen", 0)


def test_other_trees_are_read_along_the_first():
    pairs = tree_map(lambda x, y: (x, y), {"b": 1, "a": 2}, OrderedDict(a=3, b=[4]))
    assert pairs == {"b": (1, [4]), "a": (2, 3)}
    for first, other, says in (
        ([1], [1, 2], "arity"), ({"a": 1}, {"b": 1}, "keys"), ([1], (1,), "type"),
        (Pair(1, 2), namedtuple("Other", "a b")(1, 2), "context"),
    ):  # fmt: skip
        with pytest.raises(ValueError, match=says):
            tree_map(lambda x, y: x, first, other)


def test_is_leaf_and_kinds_of_leaves():
    def row(x):
        return isinstance(x, tuple)

    rows = [(1, 2), (3,)]
    assert tree_leaves(rows, is_leaf=row) == list(tree_iter(rows, row)) == rows
    assert tree_map(len, rows, is_leaf=row) == [2, 1]
    assert tree_map_only((int, str), lambda x: x * 2, [1, 2.0, "a"]) == [2, 2.0, "aa"]
    assert tree_map_only(lambda x: x == 1, str, [1, 2.0]) == ["1", 2.0]


def test_classes_of_ones_own():
    class Box:
        def __init__(self, inside):
            self.inside = inside

    assert len(tree_leaves(Box([1, 2]))) == 1
    register_pytree_node(Box, lambda box: ([box.inside], None), lambda inside, _: Box(*inside))
    assert tree_map(lambda x: -x, Box([1, 2])).inside == [-1, -2]
    x = tg.tensor(3.0)
    assert tg.func.grad(lambda box: box.inside[0] ** 2)(Box([x])).inside[0] == 6
    with pytest.raises(ValueError, match="already registered"):
        register_pytree_node(Box, None, None)
