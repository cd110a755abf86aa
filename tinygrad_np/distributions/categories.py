"""Distributions of classes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from tinygrad_np.creation import arange, eye, full
from tinygrad_np.distributions import constraints
from tinygrad_np.distributions.constraints import Constraint
from tinygrad_np.distributions.counts import Binomial, within
from tinygrad_np.distributions.distribution import Distribution, derived, one_of, together
from tinygrad_np.dtypes import finfo, int64
from tinygrad_np.nn.functional import one_hot
from tinygrad_np.ops.sample import multinomial
from tinygrad_np.ops.special import lgamma
from tinygrad_np.tape.grad_mode import no_grad

__all__ = ["Categorical", "Multinomial", "OneHotCategorical", "OneHotCategoricalStraightThrough"]


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
    has_enumerate_support = True

    def __init__(
        self, probs: Any = None, logits: Any = None, validate_args: bool | None = None
    ) -> None:
        one_of(type(self).__name__, probs, logits)
        given = logits if probs is None else probs
        if given.dim() < 1:
            raise ValueError("`probs` or `logits` parameter must be at least one-dimensional.")
        self._num_events = given.shape[-1]
        if probs is not None:
            self.probs = probs / probs.sum(-1, keepdim=True)
        else:
            self.logits = logits - logits.logsumexp(dim=-1, keepdim=True)
        super().__init__(given.shape[:-1], validate_args=validate_args)

    @derived
    def probs(self) -> Any:
        return self.logits.softmax(dim=-1)

    @derived
    def logits(self) -> Any:
        return within(self.probs).log()

    @constraints.dependent_property(is_discrete=True, event_dim=0)
    def support(self) -> Any:  # type: ignore[override]
        return constraints.integer_interval(0, self._num_events - 1)

    @property
    def _param(self) -> Any:
        return vars(self).get("probs", vars(self).get("logits"))

    param_shape = property(lambda self: self._param.shape)
    mode = property(lambda self: self.probs.argmax(dim=-1))

    @property
    def mean(self) -> Any:
        """nan: classes have no order."""
        return full(self._extended_shape(), math.nan, dtype=self._param.dtype)

    variance = mean

    def sample(self, sample_shape: Sequence[int] = ()) -> Any:
        with no_grad():
            rows = self.probs.reshape(-1, self._num_events)
            drawn = multinomial(rows, math.prod(sample_shape), True).T
            return drawn.reshape(self._extended_shape(sample_shape))

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

    def enumerate_support(self, expand: bool = True) -> Any:
        return self._enumerated(arange(self._num_events), expand)


class OneHotCategorical(Distribution):
    """`Categorical` whose samples are vectors with a 1 at the class."""

    arg_constraints = Categorical.arg_constraints
    support = constraints.one_hot
    has_enumerate_support = True

    def __init__(
        self, probs: Any = None, logits: Any = None, validate_args: bool | None = None
    ) -> None:
        self._categorical = Categorical(probs, logits, validate_args)
        shape = self._categorical.batch_shape
        super().__init__(shape, (self._categorical._num_events,), validate_args)

    _param = property(lambda self: self._categorical._param)
    param_shape = property(lambda self: self._categorical.param_shape)
    mode = property(  # type: ignore[assignment]
        lambda self: one_hot(self._categorical.mode, self.event_shape[0]).to(self.probs.dtype)
    )

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

    def enumerate_support(self, expand: bool = True) -> Any:
        return self._enumerated(eye(self.event_shape[0], dtype=self._param.dtype), expand)


class OneHotCategoricalStraightThrough(OneHotCategorical):
    """`OneHotCategorical` whose samples have the gradient of the probabilities.

    Source: Y. Bengio et al., Estimating or Propagating Gradients Through Stochastic Neurons, 2013,
    https://arxiv.org/abs/1308.3432
    """

    has_rsample = True

    def rsample(self, sample_shape: Sequence[int] = ()) -> Any:
        return self.sample(sample_shape) + (self.probs - self.probs.detach())


class Multinomial(Distribution):
    """How often each of K classes comes in `total_count` draws."""

    arg_constraints = Categorical.arg_constraints

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
        super().__init__(self._categorical.batch_shape, (classes,), validate_args)

    @constraints.dependent_property(is_discrete=True, event_dim=1)
    def support(self) -> Any:  # type: ignore[override]
        return constraints.multinomial(self.total_count)

    _param = property(lambda self: self._categorical._param)
    param_shape = property(lambda self: self._categorical.param_shape)

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
        logits, value = together(self.logits, value)
        sure = logits.where((value != 0) | (logits != -math.inf), 0.0) * value
        return lgamma(value.sum(-1) + 1) - lgamma(value + 1).sum(-1) + sure.sum(-1)

    def entropy(self) -> Any:
        n = float(self.total_count)
        counts = Binomial(self.total_count, self.probs)
        values = counts.enumerate_support(False)[1:]
        spread = (counts.log_prob(values).exp() * lgamma(values + 1)).sum((0, -1))
        return n * self._categorical.entropy() - math.lgamma(n + 1) + spread
