"""What random transforms draw, from the generator of the place where they run."""

from __future__ import annotations

from collections.abc import Sequence

from tinygrad_np import dtypes
from tinygrad_np.generator import source


def uniform(low: float, high: float) -> float:
    """A number from [low, high), of the default dtype, as a float."""
    return source().uniform(low, high, (1,), dtypes.default_float()).item()  # type: ignore[no-any-return]


def integer(low: int, high: int) -> int:
    """One of the integers of [low, high)."""
    return source().randint(low, high, (1,)).item()  # type: ignore[no-any-return]


def angles(name: str, value: float | Sequence[float], *lengths: int) -> list[float]:
    """A range of degrees, of one of these lengths; a number stands for both sides of 0."""
    if isinstance(value, (int, float)):
        if value < 0:
            raise ValueError(f"If {name} is a single number, it must be positive, got {value}")
        return [-float(value), float(value)]
    if len(value) not in lengths:
        raise ValueError(f"{name} must have length {' or '.join(map(str, lengths))}, got {value}")
    return [float(v) for v in value]
