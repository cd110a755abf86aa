"""Transforms that are made of others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tinygrad_np.creation import zeros_like
from tinygrad_np.distributions import constraints
from tinygrad_np.distributions.constraints import Constraint
from tinygrad_np.distributions.transform import Transform, over_last, spread
from tinygrad_np.ops.join import cat, stack

__all__ = [
    "CatTransform",
    "ComposeTransform",
    "IndependentTransform",
    "StackTransform",
    "identity_transform",
]


class ComposeTransform(Transform):
    """One transform after the other; see `Transform` for the other parameter."""

    _same = ("parts",)

    def __init__(self, parts: Sequence[Transform], cache_size: int = 0) -> None:
        super().__init__(cache_size)
        self.parts = [part.with_cache(cache_size) if cache_size else part for part in parts]

    @property
    def domain(self) -> Any:  # type: ignore[override]
        if not self.parts:
            return constraints.real
        dims = self.parts[-1].codomain.event_dim
        for part in reversed(self.parts):
            dims += part.domain.event_dim - part.codomain.event_dim
            dims = max(dims, part.domain.event_dim)
        return spread(self.parts[0].domain, dims)

    @property
    def codomain(self) -> Any:  # type: ignore[override]
        if not self.parts:
            return constraints.real
        dims = self.parts[0].domain.event_dim
        for part in self.parts:
            dims += part.codomain.event_dim - part.domain.event_dim
            dims = max(dims, part.codomain.event_dim)
        return spread(self.parts[-1].codomain, dims)

    bijective = property(lambda self: all(part.bijective for part in self.parts))

    @property
    def sign(self) -> Any:
        product: Any = 1
        for part in self.parts:
            product = product * part.sign
        return product

    @property
    def inv(self) -> Transform:
        return ComposeTransform([part.inv for part in reversed(self.parts)], self._cache_size)

    def with_cache(self, cache_size: int = 1) -> Any:
        return self if cache_size == self._cache_size else type(self)(self.parts, cache_size)

    def __call__(self, x: Any) -> Any:
        for part in self.parts:
            x = part(x)
        return x

    def _inv_call(self, y: Any) -> Any:
        for part in reversed(self.parts):
            y = part._inv_call(y)
        return y

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        dims = self.domain.event_dim
        total = zeros_like(over_last(x, dims))
        for i, part in enumerate(self.parts):
            after = part(x) if i < len(self.parts) - 1 else y
            slope = part.log_abs_det_jacobian(x, after)
            total = total + over_last(slope, dims - part.domain.event_dim)
            dims += part.codomain.event_dim - part.domain.event_dim
            x = after
        return total

    def forward_shape(self, shape: Sequence[int]) -> Any:
        for part in self.parts:
            shape = part.forward_shape(shape)
        return shape

    def inverse_shape(self, shape: Sequence[int]) -> Any:
        for part in reversed(self.parts):
            shape = part.inverse_shape(shape)
        return shape

    def __repr__(self) -> str:
        return "ComposeTransform(\n    " + ",\n    ".join(map(repr, self.parts)) + "\n)"


identity_transform = ComposeTransform([])


class IndependentTransform(Transform):
    """A transform more of whose last dimensions count as one event.

    Parameters
    ----------
    base_transform : Transform
    reinterpreted_batch_ndims : int
        So many more.
    cache_size : {0, 1}, default 0
    """

    def __init__(
        self, base_transform: Transform, reinterpreted_batch_ndims: int, cache_size: int = 0
    ) -> None:
        super().__init__(cache_size)
        self.base_transform = base_transform.with_cache(cache_size)
        self.reinterpreted_batch_ndims = reinterpreted_batch_ndims

    bijective = property(lambda self: self.base_transform.bijective)
    sign = property(lambda self: self.base_transform.sign)  # type: ignore[assignment]

    @property
    def domain(self) -> Constraint:  # type: ignore[override]
        inner = self.base_transform.domain
        return constraints.independent(inner, self.reinterpreted_batch_ndims)

    @property
    def codomain(self) -> Constraint:  # type: ignore[override]
        inner = self.base_transform.codomain
        return constraints.independent(inner, self.reinterpreted_batch_ndims)

    def _call(self, x: Any) -> Any:
        return self.base_transform(x)

    def _inverse(self, y: Any) -> Any:
        return self.base_transform._inv_call(y)

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        slope = self.base_transform.log_abs_det_jacobian(x, y)
        return over_last(slope, self.reinterpreted_batch_ndims)

    def forward_shape(self, shape: Sequence[int]) -> Any:
        return self.base_transform.forward_shape(shape)

    def inverse_shape(self, shape: Sequence[int]) -> Any:
        return self.base_transform.inverse_shape(shape)

    def __repr__(self) -> str:
        return f"IndependentTransform({self.base_transform!r}, {self.reinterpreted_batch_ndims})"


class _Parts(Transform):
    """Transforms of parts along a dimension."""

    def __init__(self, tseq: Sequence[Transform], dim: int, cache_size: int) -> None:
        super().__init__(cache_size)
        self.transforms = [t.with_cache(cache_size) if cache_size else t for t in tseq]
        self.dim = dim

    bijective = property(lambda self: all(t.bijective for t in self.transforms))

    def _parts(self, x: Any) -> Any:
        raise NotImplementedError

    def _joined(self, parts: Sequence[Any], dim: int) -> Any:
        raise NotImplementedError

    def _call(self, x: Any) -> Any:
        return self._joined([t(p) for t, p in zip(self.transforms, self._parts(x))], self.dim)

    def _inverse(self, y: Any) -> Any:
        parts = [t._inv_call(p) for t, p in zip(self.transforms, self._parts(y))]
        return self._joined(parts, self.dim)

    def _slopes(self, x: Any, y: Any) -> list[Any]:
        three = zip(self.transforms, self._parts(x), self._parts(y))
        return [t.log_abs_det_jacobian(p, q) for t, p, q in three]


class CatTransform(_Parts):
    """Transforms of parts of so many `lengths` along a dimension.

    Parameters
    ----------
    tseq : sequence of Transform
    dim : int, default 0
    lengths : sequence of int, optional
        1 for each without it.
    cache_size : {0, 1}, default 0
    """

    def __init__(
        self,
        tseq: Sequence[Transform],
        dim: int = 0,
        lengths: Sequence[int] | None = None,
        cache_size: int = 0,
    ) -> None:
        super().__init__(tseq, dim, cache_size)
        self.lengths = [1] * len(self.transforms) if lengths is None else list(lengths)
        self.length = sum(self.lengths)

    event_dim = property(lambda self: max(t.event_dim for t in self.transforms))  # type: ignore[assignment]

    @property
    def domain(self) -> Any:  # type: ignore[override]
        return constraints.cat([t.domain for t in self.transforms], self.dim, self.lengths)

    @property
    def codomain(self) -> Any:  # type: ignore[override]
        return constraints.cat([t.codomain for t in self.transforms], self.dim, self.lengths)

    def _parts(self, x: Any) -> Any:
        return x.split(self.lengths, self.dim)

    def _joined(self, parts: Sequence[Any], dim: int) -> Any:
        return cat(parts, dim)

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        slopes = [
            over_last(slope, self.event_dim - t.event_dim)
            for t, slope in zip(self.transforms, self._slopes(x, y))
        ]
        dim = (self.dim - x.ndim if self.dim >= 0 else self.dim) + self.event_dim
        return cat(slopes, dim) if dim < 0 else sum(slopes)


class StackTransform(_Parts):
    """A transform for each index of a dimension; the parameters are those of `CatTransform`."""

    def __init__(self, tseq: Sequence[Transform], dim: int = 0, cache_size: int = 0) -> None:
        super().__init__(tseq, dim, cache_size)

    @property
    def domain(self) -> Any:  # type: ignore[override]
        return constraints.stack([t.domain for t in self.transforms], self.dim)

    @property
    def codomain(self) -> Any:  # type: ignore[override]
        return constraints.stack([t.codomain for t in self.transforms], self.dim)

    def _parts(self, x: Any) -> Any:
        if x.shape[self.dim] != len(self.transforms):
            raise ValueError(
                f"expected {len(self.transforms)} indices of dimension {self.dim}, one for each "
                f"transform, got the shape {tuple(x.shape)}"
            )
        return x.unbind(self.dim)

    def _joined(self, parts: Sequence[Any], dim: int) -> Any:
        return stack(parts, dim)

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        return stack(self._slopes(x, y), self.dim)
