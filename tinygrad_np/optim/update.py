"""What the updates are written in: array code, a block at a time, and state tensors.

Updates work element by element. They take large arrays a block at a time: the many short NumPy
calls of one update then find parameter, gradient and state in the processor's cache, and need
scratch memory for a block only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from tinygrad_np.tensor import Tensor

Array = np.ndarray[Any, np.dtype[Any]]
BLOCK = 1 << 15  # elements: with float32, six arrays of it take 768 KiB


def blocks(*arrays: Any, scratch: int = 1) -> Iterable[tuple[Any, ...]]:
    """Matching slices of `arrays` and as many scratch arrays of their shape as wanted.

    An array may be None, and so is its slice. Small arrays come whole.
    """
    first = arrays[0]
    if first.size > BLOCK:
        return _slices(arrays, scratch)
    return ((*arrays, *[np.empty_like(first) for _ in range(scratch)]),)


def _slices(arrays: tuple[Any, ...], scratch: int) -> Iterator[tuple[Any, ...]]:
    first = arrays[0]
    rows = max(1, BLOCK * len(first) // first.size)
    spare = [np.empty((rows, *first.shape[1:]), first.dtype) for _ in range(scratch)]
    for start in range(0, len(first), rows):
        part = slice(start, start + rows)
        count = min(rows, len(first) - start)
        yield (
            *[None if array is None else array[part] for array in arrays],
            *[array[:count] for array in spare],
        )


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
