"""Mixtures of distributions of one kind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tinygrad_np.distributions import constraints
from tinygrad_np.distributions.categories import Categorical
from tinygrad_np.distributions.distribution import Distribution
from tinygrad_np.ops.broadcast import broadcast_shapes
from tinygrad_np.tape.grad_mode import no_grad

__all__ = ["MixtureSameFamily"]


class MixtureSameFamily(Distribution):
    """Samples each of one of K distributions, which a `Categorical` chooses.

    Parameters
    ----------
    mixture_distribution : Categorical
        Of K classes.
    component_distribution : Distribution
        Whose last batch dimension is K.
    validate_args : bool, optional

    Raises
    ------
    ValueError
        For other kinds of distributions, and batches that don't fit.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> d = tg.distributions
    >>> two = d.MixtureSameFamily(
    ...     d.Categorical(tg.tensor([0.5, 0.5])), d.Normal(tg.tensor([-1.0, 1.0]), 1.0)
    ... )
    >>> two.mean, two.variance
    (tensor(0.), tensor(2.))
    """

    def __init__(
        self,
        mixture_distribution: Categorical,
        component_distribution: Distribution,
        validate_args: bool | None = None,
    ) -> None:
        if not isinstance(mixture_distribution, Categorical):
            raise ValueError(
                "The Mixture distribution needs to be an instance of Categorical, got "
                f"{type(mixture_distribution).__name__}"
            )
        if not isinstance(component_distribution, Distribution):
            raise ValueError(
                "The Component distribution needs to be an instance of Distribution, got "
                f"{type(component_distribution).__name__}"
            )
        mixed, (*batch, count) = (
            mixture_distribution.batch_shape, component_distribution.batch_shape
        )  # fmt: skip
        try:
            broadcast_shapes(mixed, batch)
        except RuntimeError:
            raise ValueError(
                f"`mixture_distribution.batch_shape` ({tuple(mixed)}) is not compatible with "
                f"`component_distribution.batch_shape` ({tuple(batch)})"
            ) from None
        if mixture_distribution._num_events != count:
            raise ValueError(
                f"`mixture_distribution component` ({mixture_distribution._num_events}) does not "
                f"equal `component_distribution.batch_shape[-1]` ({count})"
            )
        self.mixture_distribution: Any = mixture_distribution
        self.component_distribution: Any = component_distribution
        super().__init__(batch, component_distribution.event_shape, validate_args)
        self._at = -1 - len(self.event_shape)  # where the components are

    @constraints.dependent_property
    def support(self) -> Any:  # type: ignore[override]
        return constraints.MixtureSameFamilyConstraint(self.component_distribution.support)

    @property
    def _shares(self) -> Any:
        probs = self.mixture_distribution.probs
        return probs.reshape(*probs.shape, *(1,) * len(self.event_shape))

    @property
    def mean(self) -> Any:
        return (self._shares * self.component_distribution.mean).sum(self._at)

    @property
    def variance(self) -> Any:
        parts = self.component_distribution
        apart = (parts.mean - self.mean.unsqueeze(self._at)) ** 2
        return (self._shares * (parts.variance + apart)).sum(self._at)

    def cdf(self, x: Any) -> Any:
        below = self.component_distribution.cdf(x.unsqueeze(self._at))
        return (below * self.mixture_distribution.probs).sum(-1)

    def log_prob(self, x: Any) -> Any:
        self._validate_sample(x)
        parts = self.component_distribution.log_prob(x.unsqueeze(self._at))
        return (parts + self.mixture_distribution.logits.log_softmax(-1)).logsumexp(-1)

    def sample(self, sample_shape: Sequence[int] = ()) -> Any:
        with no_grad():
            chosen = self.mixture_distribution.expand(self.batch_shape).sample(sample_shape)
            drawn = self.component_distribution.sample(sample_shape)
            at = drawn.ndim + self._at
            index = chosen.reshape(*chosen.shape, *(1,) * -self._at)
            index = index.expand(*drawn.shape[:at], 1, *self.event_shape)
            return drawn.gather(at, index).squeeze(at)

    def __repr__(self) -> str:
        mixed, parts = self.mixture_distribution, self.component_distribution
        return f"MixtureSameFamily(\n  {mixed},\n  {parts})"
