"""Jacobians as functions, of trees of tensors for trees of tensors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tinygrad_np.autograd.products import blocks, directions, zeros
from tinygrad_np.func.level import Argnums, Level
from tinygrad_np.func.trees import with_leaves
from tinygrad_np.func.vectorize import Draws
from tinygrad_np.ops.join import stack
from tinygrad_np.tape.grad_mode import enable_grad

__all__ = ["hessian", "jacfwd", "jacrev"]


def jacrev(
    func: Callable[..., Any],
    argnums: Argnums = 0,
    *,
    has_aux: bool = False,
    chunk_size: int | None = None,
) -> Any:
    """The function that computes the Jacobian of `func`, by a walk back for each result element.

    Parameters
    ----------
    func : callable
        It returns a tensor, or a dict, list or tuple of them.
    argnums : int or tuple of int, default 0
        The arguments to differentiate for; each a tensor, or a dict, list or tuple of them.
    has_aux : bool, default False
        `func` returns a pair ``(result, aux)``, and the new function ``(Jacobian, aux)``.
    chunk_size : int, optional
        Has no effect.

    Returns
    -------
    callable
        In place of each tensor of the result it gives the arguments' form, and in place of each
        tensor of these one of (*result.shape, *argument.shape), of the argument's dtype.

    Raises
    ------
    ValueError
        For a `chunk_size` below 1, and an argument to differentiate for that is no tensor.
    RuntimeError
        For complex numbers, and results that are not of floats; if `argnums` does not fit.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.func.jacrev(lambda x: x * x)(tg.tensor([1.0, 2.0]))
    tensor([[2., 0.],
            [0., 4.]])
    """
    if chunk_size is not None and chunk_size <= 0:
        raise ValueError(f"jacrev: chunk_size should be greater than 0, got {chunk_size}")

    def jacobian(*args: Any, **kwargs: Any) -> Any:
        level = _real(Level("jacrev", func, args, kwargs, argnums, has_aux))
        level.only("f", "floating-point")
        rows = [blocks(y, level.leaves, level.records(y)) for y in level.outputs]
        found = with_leaves(level.result, map(level.as_chosen, rows))
        return (found, level.freed(level.aux)) if has_aux else found

    return jacobian


def jacfwd(
    func: Callable[..., Any],
    argnums: Argnums = 0,
    has_aux: bool = False,
    *,
    randomness: str = "error",
) -> Any:
    """As `jacrev`, but by two walks and then one for each element of the arguments.

    Parameters
    ----------
    func, argnums, has_aux
        As for `jacrev`.
    randomness : {"error", "same", "different"}
        Whether `func` may draw random numbers.

    Returns
    -------
    callable
        As for `jacrev`, but the Jacobians are of the results' dtypes.

    Raises
    ------
    ValueError
        For an argument to differentiate for that is no tensor.
    RuntimeError
        For complex and, unless allowed, random numbers; if `argnums` does not fit.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.func.jacfwd(lambda x: x.sum())(tg.ones(2))
    tensor([1., 1.])
    """

    def jacobian(*args: Any, **kwargs: Any) -> Any:
        with Draws(randomness):
            level = _real(Level("jacfwd", func, args, kwargs, argnums, has_aux))
        record = level.records(*level.outputs)
        with enable_grad():
            along = directions(level.outputs, level.leaves)
        columns = []  # for each leaf, its block for each output
        for i, leaf in enumerate(level.leaves):
            steps: list[Any] = [None] * len(level.leaves)
            moves = []
            for k in range(leaf.numel()):
                (steps[i],) = zeros([leaf])
                steps[i]._array.reshape(-1)[k] = 1
                moves.append(along(steps, record))
            columns.append(
                [
                    stack([m[j] for m in moves], -1).reshape((*y.shape, *leaf.shape))
                    if moves
                    else y.new_zeros((*y.shape, *leaf.shape))
                    for j, y in enumerate(level.outputs)
                ]
            )
        rows = zip(*columns, strict=True)
        found = with_leaves(level.result, map(level.as_chosen, rows))
        return (found, level.freed(level.aux)) if has_aux else found

    return jacobian


def hessian(func: Callable[..., Any], argnums: Argnums = 0) -> Any:
    """The Jacobian of the Jacobian.

    Parameters
    ----------
    func, argnums
        As for `jacrev`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.func.hessian(lambda x: (x**3).sum())(tg.tensor([1.0, 2.0]))
    tensor([[ 6.,  0.],
            [ 0., 12.]])
    """
    return jacrev(jacrev(func, argnums), argnums)


def _real(level: Level) -> Level:
    for t in (*level.leaves, *level.outputs):
        if t._array.dtype.kind == "c":
            raise RuntimeError(
                f"{level.name}: Expected all inputs and outputs to be real, got a complex tensor; "
                "take its parts (view_as_real)"
            )
    return level
