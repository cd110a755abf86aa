"""The way back from a broadcast."""

from __future__ import annotations

from typing import Any

from tinygrad_np.ops.reduce import sum
from tinygrad_np.ops.shape import numbers

__all__ = ["sum_to_size"]


def sum_to_size(input: Any, *size: Any) -> Any:
    """The sums over what broadcasting a tensor of this size to the shape of `input` repeats.

    Raises
    ------
    RuntimeError
        If it does not broadcast to that shape.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.ones(2, 3).sum_to_size(1, 3)
    tensor([[2., 2., 2.]])
    """
    sizes, shape = numbers(size), tuple(input.shape)
    more = len(shape) - len(sizes)
    fits = more >= 0 and all(n in (1, m) for n, m in zip(sizes, shape[more:], strict=True))
    if not fits:
        raise RuntimeError(f"size {list(sizes)} is not expandable to size {list(shape)}.")
    dims = tuple(i for i, n in enumerate((1,) * more + sizes) if n == 1 != shape[i])
    return (sum(input, dims, True) if dims else input).reshape(sizes)
