"""Sets of values: what parameters must be, and what samples are.

Source: https://pytorch.org/docs/stable/distributions.html#module-torch.distributions.constraints
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tinygrad_np.tensor import Tensor

__all__ = [
    "Constraint", "MixtureSameFamilyConstraint", "boolean", "cat", "corr_cholesky", "dependent",
    "dependent_property", "greater_than", "greater_than_eq", "half_open_interval", "independent",
    "integer_interval", "interval", "is_dependent", "less_than", "lower_cholesky",
    "lower_triangular", "multinomial", "nonnegative", "nonnegative_integer", "one_hot", "positive",
    "positive_definite", "positive_integer", "positive_semidefinite", "real", "real_vector",
    "simplex", "square", "stack", "symmetric", "unit_interval",
]  # fmt: skip


class Constraint:
    """A set of values.

    Attributes
    ----------
    is_discrete : bool
    event_dim : int
        So many of the last dimensions make one value.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> constraints = tg.distributions.constraints
    >>> constraints.positive, constraints.positive.check(tg.tensor([1.0, 0.0]))
    (GreaterThan(lower_bound=0.0), tensor([ True, False]))
    """

    is_discrete: Any = False
    event_dim: Any = 0

    def check(self, value: Tensor) -> Any:
        """Whether values are in the set, a bool for each."""
        return Tensor._make(np.asarray(self._holds(value.detach().numpy())))

    def _holds(self, x: Any) -> Any:
        raise NotImplementedError(f"{type(self).__name__} does not define check(value)")

    def __repr__(self) -> str:
        return f"{type(self).__name__.lstrip('_')}()"


def _set(name: str, holds: Callable[[Any], Any], is_discrete: bool = False, dims: int = 0) -> Any:
    """The one constraint of a class of its own, by which `transform_to` knows it.

    `holds` is its test on arrays. A class derived from it is made without arguments, too.
    """
    of_set = {"_holds": staticmethod(holds), "is_discrete": is_discrete, "event_dim": dims}
    return type(name, (Constraint,), of_set)()


class _Dependent(Constraint):
    """What depends on a distribution's parameters, and is known only of an instance."""

    def __init__(self, *, is_discrete: Any = None, event_dim: Any = None) -> None:
        self.is_discrete, self.event_dim = is_discrete, event_dim

    def __call__(self, *, is_discrete: Any = None, event_dim: Any = None) -> _Dependent:
        return _Dependent(
            is_discrete=self.is_discrete if is_discrete is None else is_discrete,
            event_dim=self.event_dim if event_dim is None else event_dim,
        )

    def check(self, value: Tensor) -> Tensor:
        raise ValueError("Cannot determine validity of dependent constraint")


class dependent_property(property, _Dependent):
    """A property of a distribution that is a constraint, and depends on its parameters."""

    def __init__(
        self, fn: Any = None, *, is_discrete: bool | None = None, event_dim: int | None = None
    ) -> None:
        super().__init__(fn)
        self.is_discrete, self.event_dim = is_discrete, event_dim

    def __call__(self, fn: Any) -> Any:  # type: ignore[override]  # as a decorator with arguments
        return dependent_property(fn, is_discrete=self.is_discrete, event_dim=self.event_dim)


def is_dependent(constraint: Constraint) -> bool:
    """Whether a constraint depends on a distribution's parameters.

    Examples
    --------
    >>> from tinygrad_np.distributions import constraints
    >>> constraints.is_dependent(constraints.dependent), constraints.is_dependent(constraints.real)
    (True, False)
    """
    return isinstance(constraint, _Dependent)


class _Bounded(Constraint):
    """A set with bounds, which its printed form shows."""

    def __repr__(self) -> str:
        bounds = ", ".join(f"{name}={value}" for name, value in vars(self).items())
        return f"{type(self).__name__.lstrip('_')}({bounds})"


def _bound(value: Any) -> Any:
    """A bound as what arrays are compared with."""
    return value.detach().numpy() if isinstance(value, Tensor) else value


class _From(_Bounded):
    def __init__(self, lower_bound: Any) -> None:
        self.lower_bound = lower_bound


class _GreaterThan(_From):
    """Numbers above a bound."""

    def _holds(self, x: Any) -> Any:
        return x > _bound(self.lower_bound)


class _GreaterThanEq(_From):
    """Numbers not below a bound."""

    def _holds(self, x: Any) -> Any:
        return x >= _bound(self.lower_bound)


class _IntegerGreaterThan(_From):
    """Integers not below a bound."""

    is_discrete = True

    def _holds(self, x: Any) -> Any:
        return _whole(x) & (x >= _bound(self.lower_bound))


class _LessThan(_Bounded):
    """Numbers below a bound."""

    def __init__(self, upper_bound: Any) -> None:
        self.upper_bound = upper_bound

    def _holds(self, x: Any) -> Any:
        return x < _bound(self.upper_bound)


class _Interval(_Bounded):
    """Numbers from one bound to the other, both included."""

    def __init__(self, lower_bound: Any, upper_bound: Any) -> None:
        self.lower_bound, self.upper_bound = lower_bound, upper_bound

    def _holds(self, x: Any) -> Any:
        return (x >= _bound(self.lower_bound)) & (x <= _bound(self.upper_bound))


class _HalfOpenInterval(_Interval):
    """Numbers from one bound to the other, which is not included."""

    def _holds(self, x: Any) -> Any:
        return (x >= _bound(self.lower_bound)) & (x < _bound(self.upper_bound))


class _IntegerInterval(_Interval):
    """Integers from one bound to the other, both included."""

    is_discrete = True

    def _holds(self, x: Any) -> Any:
        return _whole(x) & super()._holds(x)


class _Multinomial(Constraint):
    """Vectors of counts that add up to at most a bound; they need not be whole."""

    is_discrete, event_dim = True, 1

    def __init__(self, upper_bound: Any) -> None:
        self.upper_bound = upper_bound

    def _holds(self, x: Any) -> Any:
        return (x >= 0).all(-1) & (x.sum(-1) <= _bound(self.upper_bound))


class _IndependentConstraint(Constraint):
    """Values all of whose parts, along so many of the last dimensions, are in a set."""

    def __init__(self, base_constraint: Constraint, reinterpreted_batch_ndims: int) -> None:
        self.base_constraint = base_constraint
        self.reinterpreted_batch_ndims = reinterpreted_batch_ndims
        self.is_discrete = base_constraint.is_discrete
        self.event_dim = base_constraint.event_dim + reinterpreted_batch_ndims

    def check(self, value: Tensor) -> Any:
        if value.ndim < self.event_dim:
            raise ValueError(
                f"Expected value.dim() >= {self.event_dim} but got {value.ndim}: the last "
                f"{self.event_dim} dimensions make one value of {self!r}"
            )
        inner = self.base_constraint.check(value)
        n = self.reinterpreted_batch_ndims
        return inner.reshape(*inner.shape[: inner.ndim - n], -1).all(-1)

    def __repr__(self) -> str:
        return f"IndependentConstraint({self.base_constraint!r}, {self.reinterpreted_batch_ndims})"


class MixtureSameFamilyConstraint(Constraint):
    """Values that all components of a mixture can give."""

    def __init__(self, base_constraint: Constraint) -> None:
        self.base_constraint = base_constraint
        self.is_discrete, self.event_dim = base_constraint.is_discrete, base_constraint.event_dim

    def check(self, value: Tensor) -> Any:
        inner = self.base_constraint.check(value.unsqueeze(-1 - self.event_dim))
        return inner.all(-1)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.base_constraint!r})"


class _Cat(Constraint):
    """Parts along a dimension, each of so many values of a set of its own."""

    def __init__(
        self, cseq: Sequence[Constraint], dim: int = 0, lengths: Sequence[int] | None = None
    ) -> None:
        self.cseq, self.dim = list(cseq), dim
        self.lengths = [1] * len(self.cseq) if lengths is None else list(lengths)
        self.is_discrete = any(c.is_discrete for c in self.cseq)
        self.event_dim = max(c.event_dim for c in self.cseq)

    def check(self, value: Tensor) -> Any:
        from tinygrad_np.ops.join import cat

        parts = value.split(self.lengths, self.dim)
        return cat([c.check(part) for c, part in zip(self.cseq, parts)], self.dim)


class _Stack(Constraint):
    """Values along a dimension, each of a set of its own."""

    def __init__(self, cseq: Sequence[Constraint], dim: int = 0) -> None:
        self.cseq, self.dim = list(cseq), dim
        self.is_discrete = any(c.is_discrete for c in self.cseq)
        dims = max(c.event_dim for c in self.cseq)
        self.event_dim = dims + 1 if self.dim + dims < 0 else dims

    def check(self, value: Tensor) -> Any:
        from tinygrad_np.ops.join import stack

        return stack([c.check(v) for c, v in zip(self.cseq, value.unbind(self.dim))], self.dim)


def _whole(x: Any) -> Any:
    return x == np.floor(x)


def _is_cholesky(x: Any) -> Any:
    return _is_lower(x) & (np.diagonal(x, axis1=-2, axis2=-1) > 0).all(-1)


def _is_lower(x: Any) -> Any:
    return (np.tril(x) == x).all((-2, -1))


def _is_square(x: Any) -> Any:
    return np.full(x.shape[:-2], x.shape[-2] == x.shape[-1])


def _is_symmetric(x: Any) -> Any:
    if x.shape[-2] != x.shape[-1]:
        return _is_square(x)
    return np.isclose(x, x.swapaxes(-1, -2), atol=1e-6).all((-2, -1))


def _has_eigenvalues(x: Any, holds: Callable[[Any], Any]) -> Any:
    symmetric = _is_symmetric(x)
    if not symmetric.all():
        return symmetric
    return holds(np.linalg.eigvalsh(x)).all(-1)


def _has_unit_rows(x: Any) -> Any:
    tolerance = np.finfo(x.dtype).eps * x.shape[-1] * 10
    return (abs(np.linalg.norm(x, axis=-1) - 1) < tolerance).all(-1)


greater_than, greater_than_eq, less_than = _GreaterThan, _GreaterThanEq, _LessThan
interval, half_open_interval, integer_interval = _Interval, _HalfOpenInterval, _IntegerInterval
independent, multinomial, cat, stack = _IndependentConstraint, _Multinomial, _Cat, _Stack
dependent = _Dependent()
real = _set("_Real", lambda x: x == x)
real_vector = independent(real, 1)
positive, nonnegative = greater_than(0.0), greater_than_eq(0.0)
unit_interval = interval(0.0, 1.0)
boolean = _set("_Boolean", lambda x: (x == 0) | (x == 1), True)
nonnegative_integer, positive_integer = _IntegerGreaterThan(0), _IntegerGreaterThan(1)
simplex = _set("_Simplex", lambda x: (x >= 0).all(-1) & (abs(x.sum(-1) - 1) < 1e-6), dims=1)
one_hot = _set("_OneHot", lambda x: ((x == 0) | (x == 1)).all(-1) & (x.sum(-1) == 1), True, 1)
square = _set("_Square", _is_square, dims=2)
symmetric = _set("_Symmetric", _is_symmetric, dims=2)
lower_triangular = _set("_LowerTriangular", _is_lower, dims=2)
lower_cholesky = _set("_LowerCholesky", _is_cholesky, dims=2)
corr_cholesky = _set("_CorrCholesky", lambda x: _is_cholesky(x) & _has_unit_rows(x), dims=2)
positive_semidefinite = _set(
    "_PositiveSemidefinite", lambda x: _has_eigenvalues(x, lambda e: e >= 0), dims=2
)
positive_definite = _set(
    "_PositiveDefinite", lambda x: _has_eigenvalues(x, lambda e: e > 0), dims=2
)
