"""Comparisons, logical operations and tests of values; their results carry no gradient."""

from __future__ import annotations

import numpy as np

from tinygrad_np.tape.op import Array, op


@op(promote=True)
def eq(input: Array, other: Array) -> Array:
    """``input == other``, of dtype bool."""
    return np.equal(input, other)


@op(promote=True)
def gt(input: Array, other: Array) -> Array:
    """``input > other``, of dtype bool."""
    return np.greater(input, other)
