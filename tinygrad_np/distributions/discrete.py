"""Distributions of classes and counts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from tinygrad_np.distributions import constraints
from tinygrad_np.distributions.constraints import Constraint
from tinygrad_np.distributions.distribution import (
    Distribution,
    one_of,
    together,
)
from tinygrad_np.dtypes import finfo, int64
from tinygrad_np.nn.functional import binary_cross_entropy_with_logits, one_hot
from tinygrad_np.ops.sample import bernoulli, multinomial, poisson
from tinygrad_np.random import rand
from tinygrad_np.tape.grad_mode import no_grad
from tinygrad_np.tensor import Tensor

__all__ = ["Bernoulli", "Binomial", "Categorical", "Multinomial", "OneHotCategorical", "Poisson"]


def _within(probs: Any) -> Any:
    eps = finfo(probs.dtype).eps
    return probs.clamp(eps, 1 - eps)


def _log_factorial(x: Any) -> Any:
    import scipy.special

    array = x.detach().numpy()
    return Tensor._make(np.asarray(scipy.special.gammaln(array + 1), array.dtype))


class _Coin(Distribution):
    """What distributions made of yes and no share: `probs` or `logits`."""

    arg_constraints: ClassVar[dict[str, Constraint]] = {
        "probs": constraints.unit_interval,
        "logits": constraints.real,
    }

    def _coins(self, probs: Any, logits: Any, *others: Any) -> list[Any]:
        one_of(type(self).__name__, probs, logits)
        given, *rest = together(logits if probs is None else probs, *others)
        vars(self)["logits" if probs is None else "probs"] = given
        self._shape = given.shape
        return rest

    def __getattr__(self, name: str) -> Any:
        if name == "probs":
            return self.logits.sigmoid()
        if name == "logits":
            inside = _within(vars(self)["probs"])
            return inside.log() - (-inside).log1p()
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")


class Bernoulli(_Coin):
    """1 with probability `probs`, else 0; `logits` are the logarithms of the odds."""

    support = constraints.boolean

    def __init__(
        self, probs: Any = None, logits: Any = None, validate_args: bool | None = None
    ) -> None:
        self._coins(probs, logits)
        super().__init__(self._shape, validate_args=validate_args)

    mean = property(lambda self: self.probs)  # type: ignore[assignment]
    variance = property(lambda self: self.probs * (1 - self.probs))  # type: ignore[assignment]

    def sample(self, sample_shape: Sequence[int] = ()) -> Any:
        with no_grad():
            return bernoulli(self.probs.expand(self._extended(sample_shape)))

    def log_prob(self, value: Any) -> Any:
        self._validate_sample(value)
        logits, value = together(self.logits, value)
        return -binary_cross_entropy_with_logits(logits, value, reduction="none")

    def entropy(self) -> Any:
        return binary_cross_entropy_with_logits(self.logits, self.probs, reduction="none")


class Binomial(_Coin):
    """How many of `total_count` tries succeed; samples are not PyTorch's numbers."""

    def __init__(
        self,
        total_count: Any = 1,
        probs: Any = None,
        logits: Any = None,
        validate_args: bool | None = None,
    ) -> None:
        (self.total_count,) = self._coins(probs, logits, total_count)
        self.support = constraints.integer_interval(0, self.total_count)
        super().__init__(self._shape, validate_args=validate_args)

    mean = property(lambda self: self.total_count * self.probs)  # type: ignore[assignment]

    @property
    def variance(self) -> Any:
        return self.total_count * self.probs * (1 - self.probs)

    def sample(self, sample_shape: Sequence[int] = ()) -> Any:
        shape = self._extended(sample_shape)
        with no_grad():
            tries = int(self.total_count.max())
            drawn = rand((tries, *shape), dtype=self.total_count.dtype) < self.probs
            counted = Tensor._make(np.arange(tries).reshape(-1, *(1,) * len(shape)))
            return (drawn & (counted < self.total_count)).to(self.total_count.dtype).sum(0)

    def log_prob(self, value: Any) -> Any:
        self._validate_sample(value)
        n, logits = self.total_count, self.logits
        ways = _log_factorial(n) - _log_factorial(value) - _log_factorial(n - value)
        # log(1 + exp(x)) without overflow
        soft = logits.clamp(min=0) + (-abs(logits)).exp().log1p()
        return value * logits - n * soft + ways


class Categorical(Distribution):
    """One of K classes, with probabilities `probs` (..., K), or from `logits` (..., K).

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> m = tg.distributions.Categorical(tg.tensor([1.0, 3.0]))
    >>> m.log_prob(tg.tensor(1)).exp()
    tensor(0.7500)
    """

    arg_constraints: ClassVar[dict[str, Constraint]] = {
        "probs": constraints.simplex,
        "logits": constraints.real_vector,
    }

    def __init__(
        self, probs: Any = None, logits: Any = None, validate_args: bool | None = None
    ) -> None:
        one_of(type(self).__name__, probs, logits)
        given = logits if probs is None else probs
        if given.dim() < 1:
            raise ValueError("`probs` or `logits` parameter must be at least one-dimensional.")
        if probs is not None:
            self.probs = probs / probs.sum(-1, keepdim=True)
        else:
            self.logits = logits - logits.logsumexp(dim=-1, keepdim=True)
        self._num_events = given.shape[-1]
        self.support = constraints.integer_interval(0, self._num_events - 1)
        super().__init__(given.shape[:-1], validate_args=validate_args)

    def __getattr__(self, name: str) -> Any:
        if name == "probs":
            return self.logits.softmax(dim=-1)
        if name == "logits":
            return _within(vars(self)["probs"]).log()
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    mode = property(lambda self: self.probs.argmax(dim=-1))

    @property
    def mean(self) -> Any:
        return self.probs[..., 0] * float("nan")

    variance = mean

    def sample(self, sample_shape: Sequence[int] = ()) -> Any:
        with no_grad():
            rows = self.probs.reshape(-1, self._num_events)
            drawn = multinomial(rows, math.prod(sample_shape), True).T
            return drawn.reshape(self._extended(sample_shape))

    def log_prob(self, value: Any) -> Any:
        self._validate_sample(value)
        logits = self.logits
        value = value.to(int64).unsqueeze(-1)
        lead = np.broadcast_shapes(tuple(value.shape[:-1]), tuple(logits.shape[:-1]))
        picked = logits.expand(*lead, logits.shape[-1]).gather(-1, value.expand(*lead, 1))
        return picked.squeeze(-1)

    def entropy(self) -> Any:
        logits = self.logits.clamp(min=finfo(self.logits.dtype).min)
        return -(logits * self.probs).sum(-1)


class OneHotCategorical(Distribution):
    """`Categorical` whose samples are vectors with a 1 at the class."""

    arg_constraints = Categorical.arg_constraints
    support = constraints.one_hot

    def __init__(
        self, probs: Any = None, logits: Any = None, validate_args: bool | None = None
    ) -> None:
        self._categorical = Categorical(probs, logits, validate_args)
        shape = self._categorical.batch_shape
        super().__init__(shape, (self._categorical._num_events,), validate_args)

    probs = mean = property(lambda self: self._categorical.probs)  # type: ignore[assignment]
    logits = property(lambda self: self._categorical.logits)
    variance = property(lambda self: self.probs * (1 - self.probs))  # type: ignore[assignment]

    def sample(self, sample_shape: Sequence[int] = ()) -> Any:
        drawn = self._categorical.sample(sample_shape)
        return one_hot(drawn, self.event_shape[0]).to(self.probs.dtype)

    def log_prob(self, value: Any) -> Any:
        self._validate_sample(value)
        return self._categorical.log_prob(value.argmax(-1))

    def entropy(self) -> Any:
        return self._categorical.entropy()


class Multinomial(Distribution):
    """How often each of K classes comes in `total_count` draws."""

    def __init__(
        self,
        total_count: int = 1,
        probs: Any = None,
        logits: Any = None,
        validate_args: bool | None = None,
    ) -> None:
        if not isinstance(total_count, int):
            raise NotImplementedError("inhomogeneous total_count is not supported")
        self.total_count = total_count
        self._categorical = Categorical(probs, logits, validate_args)
        classes = self._categorical._num_events
        self.support = constraints.multinomial(total_count)
        super().__init__(self._categorical.batch_shape, (classes,), validate_args)

    probs = property(lambda self: self._categorical.probs)
    logits = property(lambda self: self._categorical.logits)
    mean = property(lambda self: self.total_count * self.probs)  # type: ignore[assignment]

    @property
    def variance(self) -> Any:
        return self.total_count * self.probs * (1 - self.probs)

    def sample(self, sample_shape: Sequence[int] = ()) -> Any:
        drawn = self._categorical.sample((self.total_count, *sample_shape))
        return one_hot(drawn, self.event_shape[0]).sum(0).to(self.probs.dtype)

    def log_prob(self, value: Any) -> Any:
        self._validate_sample(value)
        ways = _log_factorial(value.sum(-1)) - _log_factorial(value).sum(-1)
        return ways + (self.logits * value).sum(-1)


class Poisson(Distribution):
    """How many events come that come at a rate."""

    arg_constraints: ClassVar[dict[str, Constraint]] = {"rate": constraints.nonnegative}
    support = constraints.nonnegative_integer

    def __init__(self, rate: Any, validate_args: bool | None = None) -> None:
        (self.rate,) = together(rate)
        super().__init__(self.rate.shape, validate_args=validate_args)

    mean = variance = property(lambda self: self.rate)  # type: ignore[assignment]

    def sample(self, sample_shape: Sequence[int] = ()) -> Any:
        with no_grad():
            return poisson(self.rate.expand(self._extended(sample_shape)))

    def log_prob(self, value: Any) -> Any:
        self._validate_sample(value)
        return value * self.rate.log() - self.rate - _log_factorial(value)
