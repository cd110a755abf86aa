"""What the updates are written in: array code, a block at a time, and state tensors.

Updates work element by element. They take large arrays a block at a time: the many short NumPy
calls of one update then find parameter, gradient and state in the processor's cache, and need
scratch memory for a block only.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tinygrad_np.kernels import elementwise, threads
from tinygrad_np.kernels.scratch import scratch as kept
from tinygrad_np.tensor import Tensor

Array = np.ndarray[Any, np.dtype[Any]]


def blocks(*arrays: Any, scratch: int = 1) -> Callable[[Callable[..., None]], None]:
    """Decorator: call the function with matching parts of `arrays`, in several threads.

    After the parts it is given as many scratch arrays of their shape as wanted. An array may be
    None, and so is its part. Small arrays come whole.
    """
    first = arrays[0]

    def call(update: Callable[..., None]) -> None:
        if first.size * len(arrays) <= 3 * elementwise.PART:
            update(*arrays, *[np.empty_like(first) for _ in range(scratch)])
            return
        given = arrays
        if all(a is None or a.flags.c_contiguous for a in arrays):
            given = tuple(None if a is None else a.reshape(-1) for a in arrays)
        count = len(given[0])

        def some(part: slice) -> None:
            shape = given[0][part].shape
            spare = [kept(f"update {i}", shape, first.dtype) for i in range(scratch)]
            update(*[None if a is None else a[part] for a in given], *spare)

        threads.run(some, elementwise.split(count, first.size))

    return call


def regularized(param: Array, grad: Array, group: dict[str, Any], out: Array) -> Array:
    """The gradient to go down: negated to maximize, plus the weight decay (an L2 penalty).

    Written to `out` where it differs from `grad`.
    """
    decay = float(group["weight_decay"])
    if decay:
        np.multiply(param, decay, out=out)
        return (np.subtract if group["maximize"] else np.add)(out, grad, out=out)
    return np.negative(grad, out=out) if group["maximize"] else grad


def zeros_like(param: Array) -> Tensor:
    """A state tensor of zeros."""
    return Tensor._make(np.zeros_like(param))  # type: ignore[no-any-return]


def number(value: float) -> Tensor:
    """A state tensor of one number; float32 whatever the parameter is."""
    return Tensor._make(np.array(value, np.float32))  # type: ignore[no-any-return]


def count(state: dict[str, Any]) -> float:
    """Raise the number of steps by one and return it."""
    step = state["step"]._array
    step += 1
    return step.item()  # type: ignore[no-any-return]


def decayed(param: Array, grad: Array, group: dict[str, Any], lr: float, out: Array) -> Array:
    """The gradient to go down, as `regularized`; decoupled decay shrinks `param` itself."""
    if not group["decoupled_weight_decay"]:
        return regularized(param, grad, group, out)
    if group["weight_decay"]:
        param *= 1 - lr * group["weight_decay"]
    return np.negative(grad, out=out) if group["maximize"] else grad


def move_towards(mean: Array, value: Array, share: float, scratch: Array) -> None:
    """``mean += share * (value - mean)``."""
    np.subtract(value, mean, out=scratch)
    scratch *= share
    mean += scratch


def move_square(square: Array, value: Array, keep: float, scratch: Array) -> None:
    """``square = keep * square + (1 - keep) * value**2``."""
    square *= keep
    np.multiply(value, value, out=scratch)
    scratch *= 1 - keep
    square += scratch
