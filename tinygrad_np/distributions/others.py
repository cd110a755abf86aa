"""Distributions of ratios, tails and angles."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, ClassVar

from tinygrad_np.creation import zeros
from tinygrad_np.distributions import constraints
from tinygrad_np.distributions.constraints import Constraint
from tinygrad_np.distributions.continuous import Located
from tinygrad_np.distributions.distribution import Distribution, together
from tinygrad_np.distributions.positive import Gamma
from tinygrad_np.dtypes import finfo, float64
from tinygrad_np.ops.special import lgamma
from tinygrad_np.random import rand
from tinygrad_np.special import i0e, i1e
from tinygrad_np.tape.grad_mode import no_grad

__all__ = ["FisherSnedecor", "GeneralizedPareto", "VonMises"]


class FisherSnedecor(Distribution):
    """The ratio of two `Chi2` over their degrees of freedom; not PyTorch's numbers."""

    arg_constraints: ClassVar[dict[str, Constraint]] = {
        "df1": constraints.positive,
        "df2": constraints.positive,
    }
    support = constraints.positive
    has_rsample = True

    def __init__(self, df1: Any, df2: Any, validate_args: bool | None = None) -> None:
        self.df1, self.df2 = together(df1, df2)
        super().__init__(self.df1.shape, validate_args=validate_args)

    @property
    def mean(self) -> Any:
        b = self.df2.where(self.df2 > 2, math.nan)
        return b / (b - 2)

    @property
    def mode(self) -> Any:
        found = (self.df1 - 2) / self.df1 * self.df2 / (self.df2 + 2)
        return found.where(self.df1 > 2, math.nan)

    @property
    def variance(self) -> Any:
        a, b = self.df1, self.df2.where(self.df2 > 4, math.nan)
        return 2 * b**2 * (a + b - 2) / (a * (b - 2) ** 2 * (b - 4))

    def rsample(self, sample_shape: Sequence[int] = ()) -> Any:
        over, under = (Gamma(df * 0.5, df).rsample(sample_shape) for df in (self.df1, self.df2))
        return (over / under).clamp(min=finfo(over.dtype).tiny)

    def log_prob(self, value: Any) -> Any:
        self._validate_sample(value)
        a, b, ratio = self.df1 * 0.5, self.df2 * 0.5, self.df1 / self.df2
        norm = lgamma(a + b) - lgamma(a) - lgamma(b)
        steep = a * ratio.log() + (a - 1) * value.log()
        return norm + steep - (a + b) * (ratio * value).log1p()


class GeneralizedPareto(Located):
    """What exceeds a high threshold.

    Parameters
    ----------
    loc, scale, concentration : float or Tensor
        The threshold, how far beyond it numbers are, and how heavy their tail is: bounded below
        0, exponential at 0, a power of the distance above.
    validate_args : bool, optional
    """

    arg_constraints: ClassVar[dict[str, Constraint]] = {
        **Located.arg_constraints,
        "concentration": constraints.real,
    }

    def __init__(
        self, loc: Any, scale: Any, concentration: Any, validate_args: bool | None = None
    ) -> None:
        self.loc, self.scale, self.concentration = together(loc, scale, concentration)
        Distribution.__init__(self, self.loc.shape, validate_args=validate_args)

    @constraints.dependent_property(is_discrete=False, event_dim=0)
    def support(self) -> Any:  # type: ignore[override]
        end = self.loc - self.scale / self.concentration
        return constraints.interval(self.loc, end.where(self.concentration < 0, math.inf))

    @property
    def _bent(self) -> Any:
        """The concentration, and 1 where it is 0 and the tail exponential."""
        return self.concentration.where(~self._straight, 1.0)

    @property
    def _straight(self) -> Any:
        return abs(self.concentration) <= 1e-8

    @property
    def mean(self) -> Any:
        found = self.loc + self.scale / (1 - self.concentration)
        return found.where(self.concentration < 1, math.nan)

    @property
    def variance(self) -> Any:
        c = self.concentration
        return (self.scale**2 / ((1 - c) ** 2 * (1 - 2 * c))).where(c < 0.5, math.nan)

    def rsample(self, sample_shape: Sequence[int] = ()) -> Any:
        return self.icdf(rand(self._extended_shape(sample_shape), dtype=self.loc.dtype))

    def log_prob(self, value: Any) -> Any:
        self._validate_sample(value)
        z, c = (value - self.loc) / self.scale, self._bent
        steep = 1 / c + 1
        bent = (steep * (c * z).log1p()).where(steep != 0, 0.0)
        return -self.scale.log() - z.where(self._straight, bent)

    def log_survival_function(self, value: Any) -> Any:
        """The logarithm of the probability of what is above `value`."""
        self._validate_sample(value)
        z, c = (value - self.loc) / self.scale, self._bent
        return (-z).where(self._straight, -(c * z).log1p() / c)

    def log_cdf(self, value: Any) -> Any:
        """The logarithm of `cdf`."""
        return (-self.log_survival_function(value).exp()).log1p()

    def cdf(self, value: Any) -> Any:
        return self.log_cdf(value).exp()

    def icdf(self, value: Any) -> Any:
        above, c = (-value).log1p(), self._bent
        bent = self.loc + self.scale / c * (-c * above).expm1()
        return (self.loc - self.scale * above).where(self._straight, bent)

    def entropy(self) -> Any:
        return self.scale.log() + self.concentration + 1


class VonMises(Distribution):
    """Angles about `loc`, in radians, the nearer the larger `concentration` is.

    Source: D. J. Best, N. I. Fisher, Efficient Simulation of the von Mises Distribution, Applied
    Statistics 28, 1979.
    """

    arg_constraints: ClassVar[dict[str, Constraint]] = {
        "loc": constraints.real,
        "concentration": constraints.positive,
    }
    support = constraints.real

    def __init__(self, loc: Any, concentration: Any, validate_args: bool | None = None) -> None:
        self.loc, self.concentration = together(loc, concentration)
        super().__init__(self.loc.shape, validate_args=validate_args)

    mean = mode = property(lambda self: self.loc)  # type: ignore[assignment]

    @property
    def variance(self) -> Any:
        """Of directions: 1 less the length of the mean of unit vectors."""
        return 1 - i1e(self.concentration) / i0e(self.concentration)

    def log_prob(self, value: Any) -> Any:
        self._validate_sample(value)
        k = self.concentration
        return k * (value - self.loc).cos() - math.log(2 * math.pi) - k - i0e(k).log()

    def sample(self, sample_shape: Sequence[int] = ()) -> Any:
        """Angles in [-pi, pi), drawn in float64, of which some are refused and drawn anew."""
        shape = self._extended_shape(sample_shape)
        with no_grad():
            k = self.concentration.to(float64)
            tau = 1 + (1 + 4 * k**2).sqrt()
            rho = (tau - (2 * tau).sqrt()) / (2 * k)
            r = ((1 + rho**2) / (2 * rho)).where(k >= 1e-5, 1 / k + k)
            angle, done = zeros(shape, dtype=float64), zeros(shape).bool()
            while not done.all():
                u, v, side = rand(3, *shape, dtype=float64).unbind()
                z = (math.pi * u).cos()
                f = (1 + r * z) / (r + z)
                c = k * (r - f)
                taken = (c * (2 - c) - v > 0) | ((c / v).log() + 1 - c >= 0)
                angle = ((side - 0.5).sign() * f.acos()).where(taken, angle)
                done = done | taken
            turned = (angle + math.pi + self.loc) % (2 * math.pi) - math.pi
            return turned.to(self.loc.dtype)
