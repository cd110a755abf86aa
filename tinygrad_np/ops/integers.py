"""Divisors and multiples of integers, and indices in several dimensions."""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from typing import Any

import numpy as np

from tinygrad_np.ops.division import remainder
from tinygrad_np.ops.shape import raw
from tinygrad_np.tape.op import Array, op

__all__ = ["gcd", "lcm", "unravel_index"]


@op(promote=True)
def gcd(input: Array, other: Array) -> Array:
    """The greatest common divisor, not negative; NotImplementedError if not of integers.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.gcd(tg.tensor([12, -8, 0]), tg.tensor([18, 6, 5]))
    tensor([6, 2, 5])
    """
    _integers("gcd", input, other)
    return np.gcd(input, other)


@op(promote=True)
def lcm(input: Array, other: Array) -> Array:
    """The least common multiple, not negative; NotImplementedError if not of integers.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.lcm(tg.tensor([12, -8, 0]), tg.tensor([18, 6, 5]))
    tensor([36, 24,  0])
    """
    _integers("lcm", input, other)
    return np.lcm(input, other)


def unravel_index(indices: Any, shape: int | Sequence[int]) -> tuple[Any, ...]:
    """Where the elements of flat `indices` are in a tensor of `shape`: an index per dimension.

    Indices beyond its end count on from its beginning, as negative ones count from the end.

    Raises
    ------
    TypeError
        For indices that are not integers.
    ValueError
        For a negative size.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.unravel_index(tg.tensor([3, 5]), (2, 3))
    (tensor([1, 1]), tensor([0, 2]))
    """
    if raw(indices).dtype.kind not in "iu":
        raise TypeError(f"expected 'indices' to be integer dtype, but got {indices.dtype}")
    sizes = [shape] if isinstance(shape, int) else [operator.index(n) for n in shape]
    if min(sizes, default=0) < 0:
        raise ValueError(f"'shape' cannot have negative values, but got {tuple(sizes)}")
    steps = [math.prod(sizes[i + 1 :]) for i in range(len(sizes))]
    return tuple(remainder(indices // step, n) for n, step in zip(sizes, steps, strict=True))


def _integers(name: str, *values: Any) -> None:
    for value in values:
        if np.asarray(value).dtype.kind not in "iu":
            raise NotImplementedError(
                f"{name} is not implemented for {np.asarray(value).dtype}: it takes integers"
            )
