"""`vmap`: a function called for each example of a batch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tinygrad_np.func.trees import Tree, in_form_of, tensors_of
from tinygrad_np.ops.join import stack
from tinygrad_np.ops.parts import select

__all__ = ["vmap"]


def vmap(
    func: Callable[..., Any],
    in_dims: Any = 0,
    out_dims: int | tuple[int, ...] = 0,
    randomness: str = "error",
    *,
    chunk_size: int | None = None,
) -> Any:
    """The function of batches that calls `func` for each example.

    Parameters
    ----------
    func : callable
    in_dims : int, None or nested structure of them, default 0
        Along which dimension of each argument the examples stand; None for one that all share.
    out_dims : int or tuple of int, default 0
        Along which dimension they are to stand in each result.
    randomness : str
        Each example draws random numbers of its own, whatever is given.
    chunk_size : int, optional
        Has no effect.

    Raises
    ------
    ValueError
        If no argument has examples, or their numbers differ.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.func.vmap(tg.dot)(tg.ones(3, 2), tg.ones(3, 2))
    tensor([2., 2., 2.])
    """

    def mapped(*args: Any, **kwargs: Any) -> Any:
        dims = in_dims if isinstance(in_dims, tuple) else (in_dims,) * len(args)
        if len(dims) != len(args):
            raise ValueError(f"vmap: in_dims has {len(dims)} entries for {len(args)} arguments")
        counts = {n for a, d in zip(args, dims, strict=True) for n in _counts(a, d)}
        counts |= {n for a in kwargs.values() for n in _counts(a, 0)}
        if len(counts) != 1:
            raise ValueError(
                "vmap: expected examples along one dimension at least, and everywhere as many; "
                f"got {sorted(counts)}"
            )
        results = [
            func(
                *(_example(a, d, i) for a, d in zip(args, dims, strict=True)),
                **{name: _example(a, 0, i) for name, a in kwargs.items()},
            )
            for i in range(counts.pop())
        ]
        columns = list(zip(*map(tensors_of, results), strict=True))
        outs = out_dims if isinstance(out_dims, tuple) else (out_dims,) * len(columns)
        together = (stack(column, dim) for column, dim in zip(columns, outs, strict=True))
        return in_form_of(results[0], together)

    return mapped


def _counts(tree: Tree, dim: Any) -> list[int]:
    if dim is None:
        return []
    if isinstance(dim, int):
        return [int(leaf.shape[dim]) for leaf in tensors_of(tree)]
    pairs = [(tree[k], dim[k]) for k in dim] if isinstance(dim, dict) else zip(tree, dim)
    return [n for branch, d in pairs for n in _counts(branch, d)]


def _example(tree: Tree, dim: Any, i: int) -> Any:
    if dim is None:
        return tree
    if isinstance(dim, int):
        return in_form_of(tree, iter([select(leaf, dim, i) for leaf in tensors_of(tree)]))
    if isinstance(dim, dict):
        return {k: _example(branch, dim.get(k), i) for k, branch in tree.items()}
    return type(tree)(_example(branch, d, i) for branch, d in zip(tree, dim, strict=True))
