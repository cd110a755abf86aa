import pytest

import tinygrad_np as tg
from tinygrad_np.utils._pytree import (
    TreeSpec,
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
    assert tree_structure([1, (2,)]) == tree_structure([None, ("x",)]) == TreeSpec([0, (0,)])
    assert tree_structure([1, (2,)]) != tree_structure([1, [2]])
    assert len({tree_structure([1]), tree_structure([2])}) == 1


def test_functions_are_mapped_over_leaves():
    assert tree_map(lambda x: str(x), TREE) == {"a": ["1", ("2", "None")], "b": "3.5"}
    assert tree_map(lambda x, y: x + y, [1, (2,)], [10, (20,)]) == [11, (22,)]
    with pytest.raises(ValueError, match="one form"):
        tree_map(lambda x, y: x + y, [1, (2,)], [10, [20]])
    some = tree_map_only(tg.Tensor, lambda t: t.shape, [tg.ones(2, 3), 4])
    assert some == [(2, 3), 4]
    assert tree_all(lambda x: x > 1, [2, (3,)])
    assert not tree_any(lambda x: x > 3, [2, (3,)])
