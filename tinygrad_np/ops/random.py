"""Random numbers of the shape and dtype of a tensor: what `normal_` and its like write into it.

Each function returns a new array and leaves its argument alone; `methods` makes the methods of
them. The numbers, for contiguous tensors, are PyTorch's (see `generator`).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from tinygrad_np.generator import Generator, default_generator
from tinygrad_np.tape.graph import TensorBase

__all__: list[str] = []

NDArray = npt.NDArray[Any]


def source(generator: Generator | None) -> Generator:
    """The generator to draw from: the default one for None."""
    if generator is None:
        return default_generator
    if isinstance(generator, Generator):
        return generator
    raise TypeError(f"generator must be a Generator or None, got {type(generator).__name__}")


def require_float(name: str, dtype: np.dtype[Any]) -> None:
    """NotImplementedError, which PyTorch raises, for integers where the numbers are not."""
    if dtype.kind != "f":
        raise NotImplementedError(
            f"{name}: its numbers are not integers, so a floating point dtype is needed, got "
            f"{dtype}; give dtype=, or convert with .float()"
        )


def require(holds: bool, name: str, expected: str, **got: Any) -> None:
    """RuntimeError unless a parameter is as expected."""
    if not holds:
        values = ", ".join(f"{k}={v}" for k, v in got.items())
        raise RuntimeError(f"{name} expects {expected}, but got {values}")


def normal(
    input: Any, mean: float = 0.0, std: float = 1.0, *, generator: Generator | None = None
) -> NDArray:
    """Numbers from a normal distribution."""
    array = input._array
    require_float("normal_", array.dtype)
    require(std >= 0, "normal_", "std >= 0", std=std)
    return source(generator).normal(mean, std, array.shape, array.dtype)


def uniform(
    input: Any, from_: float = 0.0, to: float = 1.0, *, generator: Generator | None = None
) -> NDArray:
    """Numbers evenly spread over [from_, to)."""
    array = input._array
    require_float("uniform_", array.dtype)
    require(math.isfinite(to - from_), "uniform_", "finite bounds", from_=from_, to=to)
    require(from_ <= to, "uniform_", "from <= to", from_=from_, to=to)
    return source(generator).uniform(from_, to, array.shape, array.dtype)


def log_normal(
    input: Any, mean: float = 1.0, std: float = 2.0, *, generator: Generator | None = None
) -> NDArray:
    """Numbers whose logarithm is normally distributed, with this mean and deviation."""
    array = input._array
    require_float("log_normal_", array.dtype)
    require(std > 0, "log_normal_", "std > 0", std=std)
    return source(generator).log_normal(mean, std, array.shape, array.dtype)


def exponential(input: Any, lambd: float = 1.0, *, generator: Generator | None = None) -> NDArray:
    """Numbers of density ``lambd * exp(-lambd * x)``."""
    array = input._array
    require_float("exponential_", array.dtype)
    require(lambd > 0, "exponential_", "lambd > 0", lambd=lambd)
    return source(generator).exponential(lambd, array.shape, array.dtype)


def cauchy(
    input: Any, median: float = 0.0, sigma: float = 1.0, *, generator: Generator | None = None
) -> NDArray:
    """Numbers from a Cauchy distribution."""
    array = input._array
    require_float("cauchy_", array.dtype)
    require(sigma > 0, "cauchy_", "sigma > 0", sigma=sigma)
    return source(generator).cauchy(median, sigma, array.shape, array.dtype)


def geometric(input: Any, p: float, *, generator: Generator | None = None) -> NDArray:
    """How many tosses of a coin it takes to win, at probability `p`: 1, 2, ..."""
    require(0 < p < 1, "geometric_", "p in (0, 1)", p=p)
    return source(generator).geometric(p, input._array.shape, input._array.dtype)


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
    return source(generator).bernoulli(p, array.shape, array.dtype)


def require_chance(name: str, p: Any) -> None:
    """RuntimeError for a probability outside [0, 1]."""
    values = np.asarray(p)
    inside = (values >= 0) & (values <= 1)
    require(bool(inside.all()), name, "p in [0, 1]", p=values[~inside].tolist())


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
        return integers(low, high, array.shape, array.dtype, generator)
    _, last = _bounds(array.dtype)
    wide = array.dtype.itemsize == 8
    return source(generator).randint(0, last + 1, array.shape, array.dtype, wide)


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
