"""Shapes: views and copies."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_np.tape.op import Array, op


@op(view=True)
def reshape(input: Array, shape: Any) -> Array:
    return np.reshape(input, shape)


reshape.backward(input=lambda grad, input_shape: grad.reshape(input_shape))


@op(view=True)
def expand(input: Array, shape: Any) -> Array:
    return np.broadcast_to(input, shape)


expand.backward(input=lambda grad: grad)


@op
def clone(input: Array) -> Array:
    return input.copy()


clone.backward(input=lambda grad: grad)


def unbind(input: Any, dim: int = 0) -> Any:
    return tuple(input[i] for i in range(input.shape[0]))
