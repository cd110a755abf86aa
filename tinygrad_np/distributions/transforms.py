"""Invertible functions, and what they make of a distribution."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from tinygrad_np.creation import full_like, zeros_like
from tinygrad_np.distributions import constraints
from tinygrad_np.distributions.distribution import Distribution
from tinygrad_np.nn.functional import softplus
from tinygrad_np.tape.grad_mode import no_grad
from tinygrad_np.tensor import Tensor

__all__ = [
    "AffineTransform",
    "ComposeTransform",
    "ExpTransform",
    "SigmoidTransform",
    "TanhTransform",
    "Transform",
    "TransformedDistribution",
]


def over_last(x: Any, dims: int) -> Any:
    """The sum over so many of the last dimensions."""
    return x.sum(tuple(range(-dims, 0))) if dims else x


class Transform:
    """A function of each element, with its inverse and the logarithm of its slope.

    Parameters
    ----------
    cache_size : {0, 1}, default 0
        1: the inverse of the value that was computed last is the very tensor it came from.

    Attributes
    ----------
    event_dim : int
        So many of the last dimensions count as one event: `log_abs_det_jacobian` sums over them.
    """

    event_dim = 0

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

    def _back(self, y: Any) -> Any:
        """The inverse, by way of the cache."""
        return self._last[0] if self._cache_size and y is self._last[1] else self._inverse(y)

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
        return _Inverse(self)


class _Inverse(Transform):
    def __init__(self, of: Transform) -> None:
        super().__init__()
        self._of, self.event_dim = of, of.event_dim

    def _call(self, x: Any) -> Any:
        return self._of._back(x)

    def _inverse(self, y: Any) -> Any:
        return self._of(y)

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        return -self._of.log_abs_det_jacobian(y, x)

    @property
    def inv(self) -> Transform:
        return self._of


class ExpTransform(Transform):
    """``exp(x)``."""

    def _call(self, x: Any) -> Any:
        return x.exp()

    def _inverse(self, y: Any) -> Any:
        return y.log()

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        return x


class SigmoidTransform(Transform):
    """``1 / (1 + exp(-x))``."""

    def _call(self, x: Any) -> Any:
        return x.sigmoid()

    def _inverse(self, y: Any) -> Any:
        return y.log() - (-y).log1p()

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        return -softplus(-x) - softplus(x)


class TanhTransform(Transform):
    """``tanh(x)``."""

    def _call(self, x: Any) -> Any:
        return x.tanh()

    def _inverse(self, y: Any) -> Any:
        return y.atanh()

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        return 2 * (math.log(2) - x - softplus(-2 * x))


class AffineTransform(Transform):
    """``loc + scale * x``; see `Transform` for the other parameters."""

    def __init__(self, loc: Any, scale: Any, event_dim: int = 0, cache_size: int = 0) -> None:
        super().__init__(cache_size)
        self.loc, self.scale, self.event_dim = loc, scale, event_dim

    def _call(self, x: Any) -> Any:
        return self.loc + self.scale * x

    def _inverse(self, y: Any) -> Any:
        return (y - self.loc) / self.scale

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        if isinstance(self.scale, Tensor):
            slope = abs(self.scale).log().expand(x.shape)
        else:
            slope = full_like(x, math.log(abs(self.scale)))
        return over_last(slope, self.event_dim)


class ComposeTransform(Transform):
    """One transform after the other; see `Transform` for the other parameter."""

    def __init__(self, parts: Sequence[Transform], cache_size: int = 0) -> None:
        super().__init__(cache_size)
        self.parts = list(parts)
        self.event_dim = max((part.event_dim for part in self.parts), default=0)

    def _call(self, x: Any) -> Any:
        for part in self.parts:
            x = part(x)
        return x

    def _inverse(self, y: Any) -> Any:
        for part in reversed(self.parts):
            y = part._back(y)
        return y

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        total = zeros_like(over_last(x, self.event_dim))
        for part in self.parts:
            after = part(x)
            slope = part.log_abs_det_jacobian(x, after)
            total, x = total + over_last(slope, self.event_dim - part.event_dim), after
        return total


class TransformedDistribution(Distribution):
    """What transforms make of the samples of a distribution.

    Parameters
    ----------
    base_distribution : Distribution
    transforms : Transform or list of Transform
        One after the other.
    """

    support = constraints.real
    has_rsample = True

    def __init__(
        self, base_distribution: Distribution, transforms: Any, validate_args: bool | None = None
    ) -> None:
        self.base_dist: Any = base_distribution
        self.transforms = [transforms] if isinstance(transforms, Transform) else list(transforms)
        self._whole = ComposeTransform(self.transforms)
        whole = (*base_distribution.batch_shape, *base_distribution.event_shape)
        self._event_dim = max(len(base_distribution.event_shape), self._whole.event_dim)
        cut = len(whole) - self._event_dim
        if cut < 0:
            raise ValueError(
                f"base_distribution needs to have shape with size at least {self._event_dim}, "
                f"but got {list(whole)}."
            )
        super().__init__(whole[:cut], whole[cut:], validate_args)

    def sample(self, sample_shape: Sequence[int] = ()) -> Any:
        with no_grad():
            return self._whole(self.base_dist.sample(sample_shape))

    def rsample(self, sample_shape: Sequence[int] = ()) -> Any:
        return self._whole(self.base_dist.rsample(sample_shape))

    def log_prob(self, value: Any) -> Any:
        self._validate_sample(value)
        x = self._whole._back(value)
        slope = self._whole.log_abs_det_jacobian(x, value)
        density = over_last(
            self.base_dist.log_prob(x), self._event_dim - len(self.base_dist.event_shape)
        )
        return density - over_last(slope, self._event_dim - self._whole.event_dim)
