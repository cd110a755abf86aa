"""`vmap`: a function called for each example of a batch."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tinygrad_np.func.trees import Tree, leaves_of, spread, with_leaves
from tinygrad_np.generator import Generator, watch
from tinygrad_np.ops.join import stack
from tinygrad_np.ops.parts import select
from tinygrad_np.tensor import Tensor

__all__ = ["vmap"]


def vmap(
    func: Callable[..., Any],
    in_dims: Any = 0,
    out_dims: Any = 0,
    randomness: str = "error",
    *,
    chunk_size: int | None = None,
) -> Any:
    """The function of batches that calls `func` for each example.

    Parameters
    ----------
    func : callable
        Its results are tensors, or dicts, lists or tuples of them. Of a batch of no examples it
        is given one of zeros, for the shapes of the results.
    in_dims : int, None or nested structure of them, default 0
        Along which dimension of each argument the examples stand; None for one that all share.
        Arguments by name are shared.
    out_dims : int, None or nested structure of them, default 0
        Along which dimension they are to stand in each result; None for a result that is the same
        for all, which is given as it is.
    randomness : {"error", "same", "different"}
        Whether the examples may draw random numbers, and if so each the same or its own.
    chunk_size : int, optional
        Has no effect.

    Raises
    ------
    ValueError
        If no argument has examples, their numbers differ, `in_dims` or `out_dims` do not fit what
        is given and returned, a result is no tensor, or one under None is not the same for all.
    RuntimeError
        For random numbers under "error", and another `randomness`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.func.vmap(tg.dot)(tg.ones(3, 2), tg.ones(3, 2))
    tensor([2., 2., 2.])
    """
    name = getattr(func, "__name__", repr(func))
    Draws(randomness)  # refuses anything else
    if chunk_size is not None and chunk_size <= 0:
        raise ValueError(f"vmap: chunk_size should be None or greater than 0. (got {chunk_size})")

    @functools.wraps(func)
    def mapped(*args: Any, **kwargs: Any) -> Any:
        leaves, dims = leaves_of(args), _dims(name, in_dims, args)
        count = _count(name, leaves, dims)
        results = []
        with Draws(randomness) as draws:
            for i in range(count) if count else [None]:
                draws.begin()
                example = map(_example, leaves, dims, [i] * len(dims))
                results.append(func(*with_leaves(args, example), **kwargs))
        return _together(name, results, out_dims, count)

    return mapped


def _dims(name: str, in_dims: Any, args: tuple[Any, ...]) -> list[int | None]:
    """For each leaf of the arguments the dimension of its examples."""
    if not isinstance(in_dims, (int, tuple)):
        raise ValueError(
            f"vmap({name}, in_dims={in_dims}): expected `in_dims` to be int or a (potentially "
            f"nested) tuple matching the structure of inputs, got {type(in_dims).__name__}"
        )
    if not args:
        raise ValueError(
            f"vmap({name})(): got no inputs; those by name are shared by all examples, give one "
            "by position"
        )
    dims = spread(in_dims, args)
    if dims is None:
        raise ValueError(
            f"vmap({name}, in_dims={in_dims}): in_dims is not compatible with the structure of "
            f"inputs: it should have an entry for each of the {len(args)} arguments, in the same "
            "containers"
        )
    return dims


def _count(name: str, leaves: list[Any], dims: list[Any]) -> int:
    """How many examples there are; each leaf and its dimension are checked."""
    counts = set()
    for leaf, dim in zip(leaves, dims, strict=True):
        if dim is None:
            continue
        if not isinstance(dim, int) or not isinstance(leaf, Tensor):
            raise ValueError(
                f"vmap({name}): Got in_dim={dim!r} for an input of type {type(leaf).__name__}; "
                "expected an int for a Tensor, and None for anything else"
            )
        if not -leaf.ndim <= dim < leaf.ndim:
            raise ValueError(
                f"vmap({name}): Got in_dim={dim} for some input, but that input is a Tensor of "
                f"dimensionality {leaf.ndim}, so expected -{leaf.ndim} <= in_dim < {leaf.ndim}"
            )
        counts.add(int(leaf.shape[dim]))
    if len(counts) == 1:
        return counts.pop()
    if not counts:
        raise ValueError(f"vmap({name}): Expected at least one Tensor to vmap over")
    raise ValueError(
        f"vmap({name}): Expected all tensors to have the same size in the mapped dimension, got "
        f"sizes {sorted(counts)}"
    )


def _example(leaf: Any, dim: int | None, i: int | None) -> Any:
    if dim is None:
        return leaf
    if i is None:  # the sum over no examples: zeros, of the shape of one, and on the tape
        return leaf.sum(dim, dtype=leaf.dtype)
    return select(leaf, dim, i)


def _together(name: str, results: list[Tree], out_dims: Any, count: int) -> Tree:
    """The results of the examples as one."""
    first = results[0]
    if isinstance(first, Tensor) and isinstance(out_dims, tuple) and len(out_dims) == 1:
        (out_dims,) = out_dims
    dims = spread(out_dims, first)
    if dims is None:
        raise ValueError(
            f"vmap({name}, out_dims={out_dims}): out_dims is not compatible with the structure of "
            "the results: it should be an int, or ints and None in the same containers"
        )
    columns = zip(*map(leaves_of, results), strict=True)
    joined = [_joined(name, c, dim, count) for c, dim in zip(columns, dims, strict=True)]
    return with_leaves(first, iter(joined))


def _joined(name: str, column: Sequence[Any], dim: Any, count: int) -> Any:
    first = column[0]
    if dim is None:
        if not all(_same(first, other) for other in column):
            raise ValueError(
                f"vmap({name}): `{name}` can not return a BatchedTensor when out_dim is None: a "
                "result differs between the examples, give the dimension along which they stand"
            )
        return first
    if not isinstance(dim, int):
        raise ValueError(
            f"vmap({name}): `out_dims` must be an int, None or a collection of them, got "
            f"{type(dim).__name__}"
        )
    if not all(isinstance(leaf, Tensor) for leaf in column):
        raise ValueError(
            f"vmap({name}): `{name}` must only return Tensors, got type {type(first).__name__}; "
            "for anything else set its out_dims to None"
        )
    whole = stack(column, dim)
    return whole if count else whole.narrow(dim, 0, 0)


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, Tensor) and isinstance(other, Tensor):
        return np.array_equal(one._array, other._array, equal_nan=one._array.dtype.kind in "fc")
    return one is other or bool(one == other)


class Draws:
    """Keeps the random numbers that the examples draw to what `randomness` says."""

    def __init__(self, randomness: str) -> None:
        if randomness not in ("error", "different", "same"):
            raise RuntimeError(
                f"vmap: randomness is one of 'error', 'different' and 'same', got {randomness!r}"
            )
        self.randomness = randomness
        self.states: dict[Generator, Any] = {}  # of those that were drawn from, before that

    def __enter__(self) -> Draws:
        self.before = watch.draws
        if self.randomness != "different":
            watch.draws = (*watch.draws, self.drawn)
        return self

    def __exit__(self, *_: object) -> None:
        watch.draws = self.before

    def begin(self) -> None:
        """Bring the generators back to where the first example found them."""
        for generator, state in self.states.items():
            generator.set_state(state)

    def drawn(self, generator: Generator) -> None:
        if self.randomness == "error":
            raise RuntimeError(
                "vmap: called random operation while in randomness error mode: give vmap "
                "randomness='different', or 'same', or draw the numbers outside of it"
            )
        if generator not in self.states:
            self.states[generator] = generator.get_state()
