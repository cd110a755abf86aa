"""Trees of tensors: what functions are given and give back."""

from __future__ import annotations

from typing import Any

from tinygrad_np.tensor import Tensor

Tree = Any  # a Tensor, or a dict, list or tuple of trees


def tensors_of(tree: Tree) -> list[Any]:
    """The tensors of a tree, in its order."""
    if isinstance(tree, dict):
        return [leaf for branch in tree.values() for leaf in tensors_of(branch)]
    if isinstance(tree, (list, tuple)):
        return [leaf for branch in tree for leaf in tensors_of(branch)]
    return [tree] if isinstance(tree, Tensor) else []


def in_form_of(tree: Tree, tensors: Any) -> Any:
    """A tree of the same form, with the next tensors in place of its own."""
    if isinstance(tree, dict):
        return type(tree)((name, in_form_of(branch, tensors)) for name, branch in tree.items())
    if isinstance(tree, tuple) and hasattr(tree, "_fields"):
        return type(tree)(*(in_form_of(branch, tensors) for branch in tree))
    if isinstance(tree, (list, tuple)):
        return type(tree)(in_form_of(branch, tensors) for branch in tree)
    return next(tensors) if isinstance(tree, Tensor) else tree
