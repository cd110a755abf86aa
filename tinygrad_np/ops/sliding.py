"""Arguments of functions that slide a window: numbers for each dimension, batches of one."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

__all__ = ["Numbers", "batch", "each", "hashable", "unbatch"]

Numbers = int | Sequence[int]


def each(name: str, value: Any, dims: int) -> tuple[int, ...]:
    """A number for each of `dims` dimensions, from one number for all or from a sequence.

    Raises
    ------
    TypeError
        If it is no int and no sequence of ints.
    RuntimeError
        If the sequence has another length.
    """
    try:
        if isinstance(value, (tuple, list)):
            numbers = tuple(map(operator.index, value))
        else:
            numbers = (operator.index(value),)
    except TypeError:
        raise TypeError(f"{name} must be an int or a tuple of ints, but got {value!r}") from None
    if len(numbers) == 1:
        return numbers * dims
    if len(numbers) != dims:
        raise RuntimeError(
            f"expected {name} to be a single integer value or a list of {dims} values to match "
            f"the number of spatial dimensions, but got {name}={list(numbers)}"
        )
    return numbers


def hashable(value: Any) -> Any:
    """Lists as tuples, which caches take as keys."""
    return tuple(value) if isinstance(value, list) else value


def batch(name: str, input: Any, dims: int) -> Any:
    """An input (C, *S) as a batch of one; a batch (N, C, *S) as it is.

    Raises
    ------
    RuntimeError
        If it is neither.
    TypeError
        If it is no tensor.
    """
    if not hasattr(input, "ndim"):
        raise TypeError(f"{name}(): argument 'input' must be Tensor, not {type(input).__name__}")
    if input.ndim == dims + 2:
        return input
    if input.ndim == dims + 1:
        return input.reshape((1, *input.shape))
    raise RuntimeError(
        f"Expected {dims + 1}D (unbatched) or {dims + 2}D (batched) input to {name}, but got "
        f"input of size: {list(input.shape)}"
    )


def unbatch(out: Any, input: Any, dims: int) -> Any:
    """What was computed of `batch(input)`, without the batch if `input` had none."""
    return out if input.ndim == dims + 2 else out.reshape(tuple(out.shape[1:]))
