"""What invertible functions share."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any, ClassVar

from tinygrad_np.distributions import constraints
from tinygrad_np.tensor import Tensor

__all__ = ["Transform"]


def over_last(x: Any, dims: int) -> Any:
    """The sum over so many of the last dimensions."""
    return x.sum(tuple(range(-dims, 0))) if dims else x


def spread(constraint: Any, event_dim: int) -> Any:
    """A constraint with this many dimensions in an event."""
    more = event_dim - constraint.event_dim
    return constraints.independent(constraint, more) if more > 0 else constraint


class Transform:
    """A function with its inverse and the logarithm of its slope.

    One's own defines `domain`, `codomain`, `bijective`, where it is monotone `sign`, and the
    methods `_call(x)`, `_inverse(y)` and `log_abs_det_jacobian(x, y)`.

    Parameters
    ----------
    cache_size : {0, 1}, default 0
        1: the inverse of the value that was computed last is the very tensor it came from.

    Attributes
    ----------
    domain, codomain : Constraint
        What it takes and gives.
    bijective : bool
        Whether there is just one `x` for each `y`.
    sign : int or Tensor
        1 where it rises, -1 where it falls.
    event_dim : int
        So many of the last dimensions count as one event: `log_abs_det_jacobian` sums over them.
    """

    domain: Any = constraints.real
    codomain: Any = constraints.real
    bijective: Any = False
    _same: ClassVar[tuple[str, ...] | None] = None  # what two must share to be equal

    def __init__(self, cache_size: int = 0) -> None:
        if cache_size not in (0, 1):
            raise ValueError(f"cache_size must be 0 or 1, got {cache_size}")
        self._cache_size = cache_size
        self._last: tuple[Any, Any] = (None, None)

    def __call__(self, x: Any) -> Any:
        if self._cache_size and x is self._last[0]:
            return self._last[1]
        y = self._call(x)
        if self._cache_size:
            self._last = x, y
        return y

    def _inv_call(self, y: Any) -> Any:
        """The inverse, by way of the cache."""
        if self._cache_size and y is self._last[1]:
            return self._last[0]
        x = self._inverse(y)
        if self._cache_size:
            self._last = x, y
        return x

    def _call(self, x: Any) -> Any:
        raise NotImplementedError(f"{type(self).__name__} does not define _call(x)")

    def _inverse(self, y: Any) -> Any:
        raise NotImplementedError(f"{type(self).__name__} has no inverse")

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        """The logarithm of the absolute slope at `x`, where the value is `y`."""
        raise NotImplementedError(f"{type(self).__name__} has no log_abs_det_jacobian")

    @property
    def inv(self) -> Transform:
        """The inverse."""
        return _InverseTransform(self)

    @property
    def sign(self) -> Any:
        """1 where it rises, -1 where it falls."""
        raise NotImplementedError(f"{type(self).__name__} has no sign: it is not monotone")

    @property
    def event_dim(self) -> int:
        """So many of the last dimensions count as one event."""
        if self.domain.event_dim != self.codomain.event_dim:
            raise ValueError("Please use either .domain.event_dim or .codomain.event_dim")
        found: int = self.domain.event_dim
        return found

    def with_cache(self, cache_size: int = 1) -> Any:
        """The same transform with a cache of this size."""
        if cache_size == self._cache_size:
            return self
        new = copy.copy(self)
        Transform.__init__(new, cache_size)
        return new

    def forward_shape(self, shape: Sequence[int]) -> Any:
        """The shape of what it gives for an argument of a shape."""
        return shape

    def inverse_shape(self, shape: Sequence[int]) -> Any:
        """The shape of what its inverse gives."""
        return shape

    def __eq__(self, other: object) -> bool:
        if self is other or self._same is None or type(self) is not type(other):
            return self is other
        return all(_equal(getattr(self, n), getattr(other, n)) for n in self._same)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


def _equal(a: Any, b: Any) -> bool:
    same = a == b
    return bool(same.all()) if isinstance(same, Tensor) else bool(same)


class _InverseTransform(Transform):
    _same = ("_inv",)

    def __init__(self, transform: Transform) -> None:
        super().__init__(transform._cache_size)
        self._inv = transform

    domain = property(lambda self: self._inv.codomain)
    codomain = property(lambda self: self._inv.domain)
    bijective = property(lambda self: self._inv.bijective)
    sign = property(lambda self: self._inv.sign)  # type: ignore[assignment]
    inv = property(lambda self: self._inv)  # type: ignore[assignment]

    def __call__(self, x: Any) -> Any:
        return self._inv._inv_call(x)

    def _inv_call(self, y: Any) -> Any:
        return self._inv(y)

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        return -self._inv.log_abs_det_jacobian(y, x)

    def with_cache(self, cache_size: int = 1) -> Any:
        return self._inv.with_cache(cache_size).inv

    def forward_shape(self, shape: Sequence[int]) -> Any:
        return self._inv.inverse_shape(shape)

    def inverse_shape(self, shape: Sequence[int]) -> Any:
        return self._inv.forward_shape(shape)

    def __repr__(self) -> str:
        return f"_InverseTransform({self._inv!r})"
