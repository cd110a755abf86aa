"""What transforms make of a distribution."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tinygrad_np.distributions.compound_transforms import ComposeTransform
from tinygrad_np.distributions.distribution import Distribution
from tinygrad_np.distributions.joint import Independent
from tinygrad_np.distributions.transform import Transform, over_last, spread
from tinygrad_np.tape.grad_mode import no_grad

__all__ = ["TransformedDistribution"]


class TransformedDistribution(Distribution):
    """What transforms make of the samples of a distribution.

    Parameters
    ----------
    base_distribution : Distribution
        It is expanded to the shapes of the transforms' parameters.
    transforms : Transform or list of Transform
        One after the other.
    validate_args : bool, optional

    Raises
    ------
    ValueError
        If the distribution has fewer dimensions than the transforms take.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> d = tg.distributions
    >>> moved = d.AffineTransform(tg.tensor([1.0, 2.0]), 3.0)
    >>> d.TransformedDistribution(d.Normal(0.0, 1.0), moved).batch_shape
    torch.Size([2])
    """

    def __init__(
        self, base_distribution: Distribution, transforms: Any, validate_args: bool | None = None
    ) -> None:
        self.transforms = [transforms] if isinstance(transforms, Transform) else list(transforms)
        whole = ComposeTransform(self.transforms)
        base: Any = base_distribution
        shape = (*base.batch_shape, *base.event_shape)
        taken, given = whole.domain.event_dim, whole.codomain.event_dim
        if len(shape) < taken:
            raise ValueError(
                f"base_distribution needs to have shape with size at least {taken}, "
                f"but got {list(shape)}."
            )
        out = whole.forward_shape(shape)
        wanted = tuple(whole.inverse_shape(out))
        if wanted != shape:
            base = base.expand(wanted[: len(wanted) - len(base.event_shape)])
        if taken > len(base.event_shape):
            base = Independent(base, taken - len(base.event_shape))
        self.base_dist = base
        cut = len(out) - max(given, len(base.event_shape) + given - taken)
        super().__init__(out[:cut], out[cut:], validate_args)

    has_rsample = property(lambda self: self.base_dist.has_rsample)  # type: ignore[assignment]

    @property
    def support(self) -> Any:  # type: ignore[override]
        if not self.transforms:
            return self.base_dist.support
        return spread(self.transforms[-1].codomain, len(self.event_shape))

    def sample(self, sample_shape: Sequence[int] = ()) -> Any:
        with no_grad():
            return self._forward(self.base_dist.sample(sample_shape))

    def rsample(self, sample_shape: Sequence[int] = ()) -> Any:
        return self._forward(self.base_dist.rsample(sample_shape))

    def _forward(self, x: Any) -> Any:
        for transform in self.transforms:
            x = transform(x)
        return x

    def log_prob(self, value: Any) -> Any:
        self._validate_sample(value)
        total, dims = 0.0, len(self.event_shape)
        for transform in reversed(self.transforms):
            before = transform._inv_call(value)
            dims += transform.domain.event_dim - transform.codomain.event_dim
            slope = transform.log_abs_det_jacobian(before, value)
            total = total - over_last(slope, dims - transform.domain.event_dim)
            value = before
        return total + over_last(
            self.base_dist.log_prob(value), dims - len(self.base_dist.event_shape)
        )

    def _turned(self, p: Any) -> Any:
        """What lies below, or above where the transforms fall."""
        sign = ComposeTransform(self.transforms).sign
        return p if isinstance(sign, int) and sign == 1 else sign * (p - 0.5) + 0.5

    def cdf(self, value: Any) -> Any:
        self._validate_sample(value)
        for transform in reversed(self.transforms):
            value = transform._inv_call(value)
        return self._turned(self.base_dist.cdf(value))

    def icdf(self, value: Any) -> Any:
        return self._forward(self.base_dist.icdf(self._turned(value)))
