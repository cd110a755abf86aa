"""What losses share: how they are reduced, and shapes held against each other."""

from __future__ import annotations

import itertools
import warnings
from typing import Any

import numpy as np

from tinygrad_np.ops.elementwise import mul
from tinygrad_np.ops.reduce import mean, sum
from tinygrad_np.ops.shape import expand
from tinygrad_np.tape.graph import TensorBase
from tinygrad_np.tape.op import Array, op

__all__ = ["array", "at_least", "named", "reduced", "same_shape", "weighted"]


def named(reduction: str, size_average: bool | None = None, reduce: bool | None = None) -> str:
    """The name of a reduction; the two flags that PyTorch had before stand above it.

    Raises
    ------
    ValueError
        If there is no such reduction.
    """
    if size_average is not None or reduce is not None:
        reduction = of_flags(size_average, reduce)
        warnings.warn(
            f"size_average and reduce are deprecated; pass reduction={reduction!r} instead",
            stacklevel=3,
        )
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(
            f"{reduction} is not a valid value for reduction; expected 'none', 'mean' or 'sum'"
        )
    return reduction


def of_flags(size_average: bool | None, reduce: bool | None) -> str:
    """The reduction that the two flags stand for."""
    kept = reduce is None or reduce
    return "none" if not kept else "sum" if size_average is False else "mean"


def reduced(losses: Array, reduction: str) -> Array:
    """The losses themselves, their mean or their sum."""
    if reduction == "none":
        return losses
    return mean(losses) if reduction == "mean" else sum(losses)


def weighted(losses: Array, weight: Array | None) -> Array:
    """The losses times a weight, which broadcasts to their shape; RuntimeError if it can't."""
    return losses if weight is None else mul(losses, expand(weight, tuple(losses.shape)))


def same_shape(name: str, input: Array, other: Array, what: str = "target") -> None:
    """ValueError unless the shapes are equal; RuntimeError if they do not even broadcast.

    Shapes that merely broadcast, such as (N, 1) and (N,), would give the losses of all pairs.
    """
    if input.shape != other.shape:
        sizes = itertools.zip_longest(input.shape[::-1], other.shape[::-1], fillvalue=1)
        fits = name.startswith("binary") or all(a == b or 1 in (a, b) for a, b in sizes)
        raise (ValueError if fits else RuntimeError)(
            f"{name}: expected a {what} of the input's shape, got input {list(input.shape)} and "
            f"{what} {list(other.shape)}; bring them to one shape with .view_as(), .unsqueeze() "
            "or .squeeze()"
        )


def array(value: Any) -> Any:
    """The array of a Tensor; anything else as it is."""
    return value._array if isinstance(value, TensorBase) else value


@op
def at_least(input: Array, *, low: float) -> Array:
    """`input` raised to `low`, for the values alone: the gradient passes unchanged."""
    return np.maximum(input, low)


at_least.backward(input=lambda grad: grad)
