"""Random numbers of the shape and dtype of a tensor: what `normal_` and its like write into it.

Each function returns a new array and leaves its argument alone; `methods` makes the methods of
them. The numbers are PyTorch's (see `generator`), and lie as there in the order of the memory: a
transposed tensor is filled as the tensor that it is the transpose of.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from tinygrad_np.generator import Generator, source
from tinygrad_np.kernels import layout
from tinygrad_np.tape.graph import TensorBase
from tinygrad_np.tape.record import recorded_whole

__all__: list[str] = []

NDArray = npt.NDArray[Any]


def memory_order(input: Any) -> list[int] | None:
    """The dimensions of a tensor from the widest apart in memory to the closest.

    None for a contiguous one. Convolutions lay out images with channels last behind PyTorch's
    back; these count as contiguous.
    """
    array = input._array
    if array.flags.c_contiguous or 0 in array.strides:
        return None
    if input._view is None and layout.last(array):
        return None
    inner = iter(sorted((d for d, n in enumerate(array.shape) if n > 1), key=_apart(array)))
    return [next(inner) if n > 1 else d for d, n in enumerate(array.shape)]


def _apart(array: NDArray) -> Callable[[int], int]:
    return lambda d: -array.strides[d]


def in_memory_order(input: Any, draw: Callable[[tuple[int, ...]], NDArray]) -> NDArray:
    """What `draw` gives for a shape, of the shape of a tensor and in the order of its memory."""
    order = memory_order(input)
    if order is None:
        return draw(input._array.shape)
    drawn = draw(tuple(input._array.shape[d] for d in order))
    return drawn.transpose(np.argsort(order))


def require_float(name: str, dtype: np.dtype[Any], kinds: str = "f") -> None:
    """NotImplementedError, which PyTorch raises, for integers where the numbers are not."""
    if dtype.kind not in kinds:
        raise NotImplementedError(
            f"{name}: its numbers are not integers, so a floating point dtype is needed, got "
            f"{dtype}; give dtype=, or convert with .float()"
        )


def require(holds: bool, name: str, expected: str, **got: Any) -> None:
    """RuntimeError unless a parameter is as expected."""
    if not holds:
        values = ", ".join(f"{k}={v}" for k, v in got.items())
        raise RuntimeError(f"{name} expects {expected}, but got {values}")


@recorded_whole
def normal(
    input: Any, mean: float = 0.0, std: float = 1.0, *, generator: Generator | None = None
) -> NDArray:
    """Numbers from a normal distribution."""
    array = input._array
    require_float("normal_", array.dtype, "fc")
    require(std >= 0, "normal_", "std >= 0", std=std)
    draw, singly = source(generator).normal, memory_order(input) is not None
    return in_memory_order(input, lambda shape: draw(mean, std, shape, array.dtype, singly))


@recorded_whole
def uniform(
    input: Any, from_: float = 0.0, to: float = 1.0, *, generator: Generator | None = None
) -> NDArray:
    """Numbers evenly spread over [from_, to)."""
    array = input._array
    require_float("uniform_", array.dtype, "fc")
    require(math.isfinite(to - from_), "uniform_", "finite bounds", from_=from_, to=to)
    require(from_ <= to, "uniform_", "from <= to", from_=from_, to=to)
    draw = source(generator).uniform
    return in_memory_order(input, lambda shape: draw(from_, to, shape, array.dtype))


@recorded_whole
def log_normal(
    input: Any, mean: float = 1.0, std: float = 2.0, *, generator: Generator | None = None
) -> NDArray:
    """Numbers whose logarithm is normally distributed, with this mean and deviation."""
    array = input._array
    require_float("log_normal_", array.dtype)
    require(std > 0, "log_normal_", "std > 0", std=std)
    draw = source(generator).log_normal
    return in_memory_order(input, lambda shape: draw(mean, std, shape, array.dtype))


@recorded_whole
def exponential(input: Any, lambd: float = 1.0, *, generator: Generator | None = None) -> NDArray:
    """Numbers of density ``lambd * exp(-lambd * x)``."""
    array = input._array
    require_float("exponential_", array.dtype)
    require(lambd > 0, "exponential_", "lambd > 0", lambd=lambd)
    draw = source(generator).exponential
    return in_memory_order(input, lambda shape: draw(lambd, shape, array.dtype))


@recorded_whole
def cauchy(
    input: Any, median: float = 0.0, sigma: float = 1.0, *, generator: Generator | None = None
) -> NDArray:
    """Numbers from a Cauchy distribution."""
    array = input._array
    require_float("cauchy_", array.dtype)
    require(sigma > 0, "cauchy_", "sigma > 0", sigma=sigma)
    draw = source(generator).cauchy
    return in_memory_order(input, lambda shape: draw(median, sigma, shape, array.dtype))


@recorded_whole
def geometric(input: Any, p: float, *, generator: Generator | None = None) -> NDArray:
    """How many tosses of a coin it takes to win, at probability `p`: 1, 2, ..."""
    require(0 < p < 1, "geometric_", "p in (0, 1)", p=p)
    draw, dtype = source(generator).geometric, input._array.dtype
    return in_memory_order(input, lambda shape: draw(p, shape, dtype))


@recorded_whole
def bernoulli(input: Any, p: Any = 0.5, *, generator: Generator | None = None) -> NDArray:
    """Ones with probability `p`, a number or a tensor that broadcasts, else zeros."""
    array = input._array
    if isinstance(p, TensorBase):
        try:
            p = np.broadcast_to(p._array, array.shape)
        except ValueError:
            raise RuntimeError(
                f"bernoulli_: p of shape {list(p.shape)} does not broadcast to {list(array.shape)}"
            ) from None
    require_chance("bernoulli_", p)
    draw, order = source(generator).bernoulli, memory_order(input)
    chance = p.transpose(order) if order is not None and isinstance(p, np.ndarray) else p
    return in_memory_order(input, lambda shape: draw(chance, shape, array.dtype))


def require_chance(name: str, p: Any) -> None:
    """RuntimeError for a probability outside [0, 1]."""
    values = np.asarray(p)
    inside = (values >= 0) & (values <= 1)
    require(bool(inside.all()), name, "p in [0, 1]", p=values[~inside].tolist())


@recorded_whole
def random(
    input: Any,
    from_: int | None = None,
    to: int | None = None,
    *,
    generator: Generator | None = None,
) -> NDArray:
    """Integers in [from_, to), in [0, from_) if given alone, else all that the dtype holds."""
    array = input._array
    if from_ is not None:
        low, high = (0, from_) if to is None else (from_, to)
        return in_memory_order(
            input, lambda shape: integers(low, high, shape, array.dtype, generator)
        )
    _, last = _bounds(array.dtype)
    draw, wide = source(generator).randint, array.dtype.itemsize == 8
    return in_memory_order(input, lambda shape: draw(0, last + 1, shape, array.dtype, wide))


def integers(
    low: int, high: int, shape: tuple[int, ...], dtype: np.dtype[Any], generator: Generator | None
) -> NDArray:
    """Integers in [low, high), of a dtype that holds all of them."""
    require(low < high, "random_", "from < to", from_=low, to=high)
    first, last = _bounds(dtype)
    if low < first or high - 1 > last:
        raise RuntimeError(
            f"integers from {low} to {high - 1} do not fit {dtype}, which holds those from "
            f"{first} to {last}"
        )
    return source(generator).randint(low, high, shape, dtype)


def _bounds(dtype: np.dtype[Any]) -> tuple[int, int]:
    """The first and the last of the integers up to which `dtype` holds every one."""
    if dtype.kind == "f":
        last = 2 ** (np.finfo(dtype).nmant + 1)
        return -last, last
    if dtype.kind == "b":
        return 0, 1
    info = np.iinfo(dtype)
    return int(info.min), int(info.max)
