"""From numbers without bounds to the sets of values that distributions need."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from tinygrad_np.distributions import constraints, transforms
from tinygrad_np.distributions.constraints import Constraint

__all__ = ["ConstraintRegistry", "biject_to", "transform_to"]


class ConstraintRegistry:
    """For each kind of constraint the transform that gives it.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> d = tg.distributions
    >>> d.transform_to(d.constraints.unit_interval), d.biject_to(d.constraints.simplex)
    (SigmoidTransform(), StickBreakingTransform())
    """

    def __init__(self) -> None:
        self._registry: dict[type, Callable[[Any], Any]] = {}

    def register(self, constraint: Any, factory: Callable[[Any], Any] | None = None) -> Any:
        """Let a function of the constraint make the transform; without it, a decorator.

        Raises
        ------
        TypeError
            For what is neither a constraint nor a class of them.
        """
        if factory is None:
            return lambda function: self.register(constraint, function)
        kind = type(constraint) if isinstance(constraint, Constraint) else constraint
        if not isinstance(kind, type) or not issubclass(kind, Constraint):
            raise TypeError(
                "Expected constraint to be either a Constraint subclass or instance, "
                f"but got {constraint!r}"
            )
        self._registry[kind] = factory
        return factory

    def __call__(self, constraint: Constraint) -> Any:
        """The transform for a constraint; NotImplementedError if none is registered."""
        if type(constraint) not in self._registry:
            raise NotImplementedError(
                f"Cannot transform {type(constraint).__name__} constraints: "
                "register() makes a transform known"
            )
        return self._registry[type(constraint)](constraint)


biject_to, transform_to = ConstraintRegistry(), ConstraintRegistry()


def _both(*kinds: Any) -> Callable[[Any], Any]:
    """Register a function of the registry and the constraint in both."""

    def register(make: Callable[[Any, Any], Any]) -> Any:
        for registry in (biject_to, transform_to):
            for kind in kinds:
                registry.register(kind, functools.partial(make, registry))
        return make

    return register


@_both(constraints.real)
def _(registry: Any, constraint: Any) -> Any:
    return transforms.identity_transform


@_both(constraints.independent)
def _(registry: Any, constraint: Any) -> Any:
    return transforms.IndependentTransform(
        registry(constraint.base_constraint), constraint.reinterpreted_batch_ndims
    )


@_both(constraints.greater_than, constraints.greater_than_eq)
def _(registry: Any, constraint: Any) -> Any:
    return _from(constraint.lower_bound, 1)


@_both(constraints.less_than)
def _(registry: Any, constraint: Any) -> Any:
    return _from(constraint.upper_bound, -1)


def _from(bound: Any, sign: int) -> Any:
    parts = [transforms.ExpTransform(), transforms.AffineTransform(bound, sign)]
    return transforms.ComposeTransform(parts)


@_both(constraints.interval, constraints.half_open_interval)
def _(registry: Any, constraint: Any) -> Any:
    low, high = constraint.lower_bound, constraint.upper_bound
    sigmoid = transforms.SigmoidTransform()
    if isinstance(low, int | float) and isinstance(high, int | float) and (low, high) == (0, 1):
        return sigmoid
    return transforms.ComposeTransform([sigmoid, transforms.AffineTransform(low, high - low)])


@_both(constraints.corr_cholesky)
def _(registry: Any, constraint: Any) -> Any:
    return transforms.CorrCholeskyTransform()


@_both(constraints.cat)
def _(registry: Any, constraint: Any) -> Any:
    parts = [registry(c) for c in constraint.cseq]
    return transforms.CatTransform(parts, constraint.dim, constraint.lengths)


@_both(constraints.stack)
def _(registry: Any, constraint: Any) -> Any:
    return transforms.StackTransform([registry(c) for c in constraint.cseq], constraint.dim)


biject_to.register(constraints.simplex, lambda c: transforms.StickBreakingTransform())
transform_to.register(constraints.simplex, lambda c: transforms.SoftmaxTransform())
transform_to.register(constraints.lower_cholesky, lambda c: transforms.LowerCholeskyTransform())
for _kind in (constraints.positive_definite, constraints.positive_semidefinite):
    transform_to.register(_kind, lambda c: transforms.PositiveDefiniteTransform())
