"""Reductions."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_np.ops.shape import expand
from tinygrad_np.tape.op import Array, op


@op
def sum(input: Array, dim: Any = None, keepdim: bool = False) -> Array:
    """The sum over `dim`."""
    return np.sum(input, axis=dim, keepdims=keepdim)


@sum.backward("input")
def _(grad: Array, input_shape: Any, dim: Any, keepdim: bool) -> Array:
    if dim is not None and not keepdim:
        axes = {a % len(input_shape) for a in (dim if isinstance(dim, tuple) else (dim,))}
        grad = grad.reshape(tuple(1 if i in axes else s for i, s in enumerate(input_shape)))
    return expand(grad, input_shape)
