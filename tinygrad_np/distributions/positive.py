"""The gamma distribution, and those that are made of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, ClassVar

from tinygrad_np.distributions import constraints
from tinygrad_np.distributions.constraints import Constraint
from tinygrad_np.distributions.distribution import Distribution, together
from tinygrad_np.distributions.exp_family import ExponentialFamily
from tinygrad_np.dtypes import finfo
from tinygrad_np.nn.functional import one_hot
from tinygrad_np.ops.gamma import gammainc
from tinygrad_np.ops.join import stack
from tinygrad_np.ops.sample import standard_gamma
from tinygrad_np.ops.special import digamma, lgamma
from tinygrad_np.random import randn

__all__ = ["Beta", "Chi2", "Dirichlet", "Gamma", "StudentT"]


class Gamma(ExponentialFamily):
    """The gamma distribution; samples are not PyTorch's numbers.

    Parameters
    ----------
    concentration, rate : float or Tensor
        Both above 0; the mean is their quotient.
    validate_args : bool, optional

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.distributions.Gamma(3.0, 2.0).mean
    tensor(1.5000)
    """

    arg_constraints: ClassVar[dict[str, Constraint]] = {
        "concentration": constraints.positive,
        "rate": constraints.positive,
    }
    support = constraints.nonnegative
    has_rsample = True

    def __init__(self, concentration: Any, rate: Any, validate_args: bool | None = None) -> None:
        self.concentration, self.rate = together(concentration, rate)
        super().__init__(self.concentration.shape, validate_args=validate_args)

    mean = property(lambda self: self.concentration / self.rate)  # type: ignore[assignment]
    variance = property(lambda self: self.concentration / self.rate**2)  # type: ignore[assignment]

    @property
    def mode(self) -> Any:
        return ((self.concentration - 1) / self.rate).clamp(min=0)

    def rsample(self, sample_shape: Sequence[int] = ()) -> Any:
        drawn = standard_gamma(self.concentration.expand(self._extended_shape(sample_shape)))
        return (drawn / self.rate).clamp(min=finfo(drawn.dtype).tiny)

    def log_prob(self, value: Any) -> Any:
        (value,) = together(value)
        self._validate_sample(value)
        a, rate = self.concentration, self.rate
        return a.xlogy(rate) + (a - 1).xlogy(value) - rate * value - lgamma(a)

    def entropy(self) -> Any:
        a = self.concentration
        return a - self.rate.log() + lgamma(a) + (1 - a) * digamma(a)

    def cdf(self, value: Any) -> Any:
        self._validate_sample(value)
        return gammainc(self.concentration, self.rate * value)


class Chi2(Gamma):
    """The sum of the squares of `df` standard normal numbers."""

    arg_constraints: ClassVar[dict[str, Constraint]] = {"df": constraints.positive}

    def __init__(self, df: Any, validate_args: bool | None = None) -> None:
        super().__init__(0.5 * df, 0.5, validate_args)

    df = property(lambda self: self.concentration * 2)


class Dirichlet(ExponentialFamily):
    """Vectors of probabilities; samples are not PyTorch's numbers.

    Parameters
    ----------
    concentration : Tensor
        (..., K), above 0: how much weight each of the K probabilities has.
    validate_args : bool, optional

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.distributions.Dirichlet(tg.tensor([1.0, 3.0])).mean
    tensor([0.2500, 0.7500])
    """

    arg_constraints: ClassVar[dict[str, Constraint]] = {
        "concentration": constraints.independent(constraints.positive, 1)
    }
    support = constraints.simplex
    has_rsample = True

    def __init__(self, concentration: Any, validate_args: bool | None = None) -> None:
        if concentration.dim() < 1:
            raise ValueError("`concentration` parameter must be at least one-dimensional.")
        self.concentration = concentration
        super().__init__(concentration.shape[:-1], concentration.shape[-1:], validate_args)

    mean = property(  # type: ignore[assignment]
        lambda self: self.concentration / self.concentration.sum(-1, True)
    )

    @property
    def mode(self) -> Any:
        above = (self.concentration - 1).clamp(min=0)
        mode = above / above.sum(-1, True)  # nan where all are 1, and each point is as likely
        at_corners = (self.concentration < 1).all(-1, True)  # at all of them: the first is taken
        corner = one_hot(mode.argmax(-1), mode.shape[-1]).to(mode.dtype)
        return corner.where(at_corners, mode)

    @property
    def variance(self) -> Any:
        total = self.concentration.sum(-1, True)
        return self.concentration * (total - self.concentration) / (total**2 * (total + 1))

    def rsample(self, sample_shape: Sequence[int] = ()) -> Any:
        drawn = standard_gamma(self.concentration.expand(self._extended_shape(sample_shape)))
        drawn = drawn.clamp(min=finfo(drawn.dtype).tiny)
        return drawn / drawn.sum(-1, True)

    def log_prob(self, value: Any) -> Any:
        self._validate_sample(value)
        a = self.concentration
        return (a - 1).xlogy(value).sum(-1) + lgamma(a.sum(-1)) - lgamma(a).sum(-1)

    def entropy(self) -> Any:
        a, k = self.concentration, self.concentration.size(-1)
        total = a.sum(-1)
        spread = lgamma(a).sum(-1) - lgamma(total) - (k - total) * digamma(total)
        return spread - ((a - 1) * digamma(a)).sum(-1)


class Beta(ExponentialFamily):
    """A probability: the first of a `Dirichlet` of two.

    Parameters
    ----------
    concentration1, concentration0 : float or Tensor
        How much weight the probability has, and what is missing to 1.
    validate_args : bool, optional

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.distributions.Beta(1.0, 3.0).mean
    tensor(0.2500)
    """

    arg_constraints: ClassVar[dict[str, Constraint]] = {
        "concentration1": constraints.positive,
        "concentration0": constraints.positive,
    }
    support = constraints.unit_interval
    has_rsample = True

    def __init__(
        self, concentration1: Any, concentration0: Any, validate_args: bool | None = None
    ) -> None:
        pair = stack(together(concentration1, concentration0), -1)
        self._dirichlet = Dirichlet(pair, validate_args)
        super().__init__(pair.shape[:-1], validate_args=validate_args)

    concentration1 = property(lambda self: self._dirichlet.concentration[..., 0])
    concentration0 = property(lambda self: self._dirichlet.concentration[..., 1])
    mean = property(lambda self: self._dirichlet.mean[..., 0])  # type: ignore[assignment]
    mode = property(lambda self: self._dirichlet.mode[..., 0])  # type: ignore[assignment]
    variance = property(lambda self: self._dirichlet.variance[..., 0])  # type: ignore[assignment]

    def rsample(self, sample_shape: Sequence[int] = ()) -> Any:
        return self._dirichlet.rsample(sample_shape)[..., 0]

    def log_prob(self, value: Any) -> Any:
        self._validate_sample(value)
        return self._dirichlet.log_prob(stack([value, 1.0 - value], -1))

    def entropy(self) -> Any:
        return self._dirichlet.entropy()


class StudentT(Distribution):
    """Student's distribution, moved and stretched; samples are not PyTorch's numbers.

    Parameters
    ----------
    df : float or Tensor
        Degrees of freedom, above 0.
    loc, scale : float or Tensor
    validate_args : bool, optional
    """

    arg_constraints: ClassVar[dict[str, Constraint]] = {
        "df": constraints.positive,
        "loc": constraints.real,
        "scale": constraints.positive,
    }
    has_rsample = True

    def __init__(
        self, df: Any, loc: Any = 0.0, scale: Any = 1.0, validate_args: bool | None = None
    ) -> None:
        self.df, self.loc, self.scale = together(df, loc, scale)
        super().__init__(self.df.shape, validate_args=validate_args)

    mode = property(lambda self: self.loc)  # type: ignore[assignment]

    @property
    def mean(self) -> Any:
        return self.loc.where(self.df > 1, math.nan)

    @property
    def variance(self) -> Any:
        finite = self.scale**2 * self.df / (self.df - 2)
        return finite.where(self.df > 2, math.inf).where(self.df > 1, math.nan)

    def rsample(self, sample_shape: Sequence[int] = ()) -> Any:
        shape = self._extended_shape(sample_shape)
        normal = randn(shape, dtype=self.df.dtype)
        chi2 = 2 * standard_gamma((self.df / 2).expand(shape))
        return self.loc + self.scale * normal * (chi2 / self.df).rsqrt()

    def log_prob(self, value: Any) -> Any:
        self._validate_sample(value)
        df, y = self.df, (value - self.loc) / self.scale
        norm = self.scale.log() + 0.5 * df.log() + 0.5 * math.log(math.pi)
        norm = norm + lgamma(0.5 * df) - lgamma(0.5 * (df + 1))
        return -0.5 * (df + 1) * (y**2 / df).log1p() - norm

    def entropy(self) -> Any:
        df = self.df
        log_beta = lgamma(0.5 * df) + math.lgamma(0.5) - lgamma(0.5 * (df + 1))
        steep = 0.5 * (df + 1) * (digamma(0.5 * (df + 1)) - digamma(0.5 * df))
        return self.scale.log() + steep + 0.5 * df.log() + log_beta
