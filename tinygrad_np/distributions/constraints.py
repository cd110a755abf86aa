"""Sets of values: what parameters must be, and what samples are.

Source: https://pytorch.org/docs/stable/distributions.html#module-torch.distributions.constraints
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tinygrad_np.tensor import Tensor

__all__ = [
    "Constraint", "boolean", "greater_than", "greater_than_eq", "half_open_interval", "independent",
    "integer_interval", "interval", "less_than", "lower_cholesky", "multinomial", "nonnegative",
    "nonnegative_integer", "one_hot", "positive", "positive_definite", "positive_integer", "real",
    "real_vector", "simplex", "unit_interval",
]  # fmt: skip


class Constraint:
    """A set of values.

    Parameters
    ----------
    name : str
        How it is printed.
    holds : callable
        For an array, of which each value is in the set.
    is_discrete : bool, default False
    event_dim : int, default 0
        So many of the last dimensions make one value.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> constraints = tg.distributions.constraints
    >>> constraints.positive, constraints.positive.check(tg.tensor([1.0, 0.0]))
    (GreaterThan(lower_bound=0.0), tensor([ True, False]))
    """

    def __init__(
        self, name: str, holds: Callable[[Any], Any], is_discrete: bool = False, event_dim: int = 0
    ) -> None:
        self._name, self._holds = name, holds
        self.is_discrete, self.event_dim = is_discrete, event_dim

    def check(self, value: Tensor) -> Tensor:
        """Whether values are in the set, a bool for each."""
        found: Tensor = Tensor._make(np.asarray(self._holds(value.detach().numpy())))
        return found

    def __repr__(self) -> str:
        return self._name


def _bound(value: Any) -> Any:
    """A bound as what arrays are compared with."""
    return value.detach().numpy() if isinstance(value, Tensor) else value


def _whole(x: Any) -> Any:
    return x == np.floor(x)


def greater_than(lower_bound: Any) -> Constraint:
    """Numbers above a bound."""
    low = _bound(lower_bound)
    return Constraint(f"GreaterThan(lower_bound={lower_bound})", lambda x: x > low)


def greater_than_eq(lower_bound: Any) -> Constraint:
    """Numbers not below a bound."""
    low = _bound(lower_bound)
    return Constraint(f"GreaterThanEq(lower_bound={lower_bound})", lambda x: x >= low)


def less_than(upper_bound: Any) -> Constraint:
    """Numbers below a bound."""
    high = _bound(upper_bound)
    return Constraint(f"LessThan(upper_bound={upper_bound})", lambda x: x < high)


def interval(lower_bound: Any, upper_bound: Any) -> Constraint:
    """Numbers from one bound to the other, both included."""
    low, high = _bound(lower_bound), _bound(upper_bound)
    name = f"Interval(lower_bound={lower_bound}, upper_bound={upper_bound})"
    return Constraint(name, lambda x: (x >= low) & (x <= high))


def half_open_interval(lower_bound: Any, upper_bound: Any) -> Constraint:
    """Numbers from one bound to the other, which is not included."""
    low, high = _bound(lower_bound), _bound(upper_bound)
    name = f"HalfOpenInterval(lower_bound={lower_bound}, upper_bound={upper_bound})"
    return Constraint(name, lambda x: (x >= low) & (x < high))


def integer_interval(lower_bound: Any, upper_bound: Any) -> Constraint:
    """Integers from one bound to the other, both included."""
    low, high = _bound(lower_bound), _bound(upper_bound)
    name = f"IntegerInterval(lower_bound={lower_bound}, upper_bound={upper_bound})"
    return Constraint(name, lambda x: _whole(x) & (x >= low) & (x <= high), is_discrete=True)


def _integers_from(low: int) -> Constraint:
    name = f"IntegerGreaterThan(lower_bound={low})"
    return Constraint(name, lambda x: _whole(x) & (x >= low), is_discrete=True)


def independent(base_constraint: Constraint, reinterpreted_batch_ndims: int) -> Constraint:
    """Values all of whose parts, along so many of the last dimensions, are in a set."""
    n = reinterpreted_batch_ndims
    return Constraint(
        f"IndependentConstraint({base_constraint!r}, {n})",
        lambda x: base_constraint._holds(x).all(tuple(range(-n, 0))),
        base_constraint.is_discrete,
        base_constraint.event_dim + n,
    )


def multinomial(upper_bound: int) -> Constraint:
    """Vectors of counts that add up to at most a bound."""
    return Constraint(
        "Multinomial()",
        lambda x: (_whole(x) & (x >= 0)).all(-1) & (x.sum(-1) <= upper_bound),
        is_discrete=True,
        event_dim=1,
    )


def _is_cholesky(x: Any) -> Any:
    lower = (np.tril(x) == x).all((-2, -1))
    return lower & (np.diagonal(x, axis1=-2, axis2=-1) > 0).all(-1)


def _is_definite(x: Any) -> Any:
    symmetric = np.isclose(x, x.swapaxes(-1, -2), atol=1e-6).all((-2, -1))
    return symmetric & (np.linalg.eigvalsh(x) > 0).all(-1)


real = Constraint("Real()", lambda x: x == x)
real_vector = independent(real, 1)
positive, nonnegative = greater_than(0.0), greater_than_eq(0.0)
unit_interval = interval(0.0, 1.0)
boolean = Constraint("Boolean()", lambda x: (x == 0) | (x == 1), is_discrete=True)
nonnegative_integer, positive_integer = _integers_from(0), _integers_from(1)
simplex = Constraint(
    "Simplex()", lambda x: (x >= 0).all(-1) & (abs(x.sum(-1) - 1) < 1e-6), event_dim=1
)
one_hot = Constraint(
    "OneHot()", lambda x: ((x == 0) | (x == 1)).all(-1) & (x.sum(-1) == 1), True, event_dim=1
)
lower_cholesky = Constraint("LowerCholesky()", _is_cholesky, event_dim=2)
positive_definite = Constraint("PositiveDefinite()", _is_definite, event_dim=2)
