"""Distributions of the exponential family, whose entropy follows from their normalizer."""

from __future__ import annotations

from typing import Any

from tinygrad_np.autograd import grad
from tinygrad_np.distributions.distribution import Distribution
from tinygrad_np.tape.grad_mode import enable_grad

__all__ = ["ExponentialFamily"]


class ExponentialFamily(Distribution):
    """A base for densities ``exp(t(x) . theta - F(theta) + k(x))``.

    A subclass gives theta as `_natural_params`, F as `_log_normalizer` and the mean of k as
    `_mean_carrier_measure`; its entropy is then ``F(theta) - theta . F'(theta) - E[k]``.

    Source: F. Nielsen, R. Nock, Entropies and cross-entropies of exponential families, 2010
    """

    @property
    def _natural_params(self) -> tuple[Any, ...]:
        raise NotImplementedError(f"{type(self).__name__} does not give its natural parameters")

    def _log_normalizer(self, *natural_params: Any) -> Any:
        raise NotImplementedError

    @property
    def _mean_carrier_measure(self) -> float:
        raise NotImplementedError

    def entropy(self) -> Any:
        """Of the shape of the batch."""
        with enable_grad():
            params = [p.detach().requires_grad_() for p in self._natural_params]
            normalizer = self._log_normalizer(*params)
            slopes = grad(normalizer.sum(), params, create_graph=True)
        result = normalizer - self._mean_carrier_measure
        for param, slope in zip(params, slopes, strict=True):
            result = result - (param * slope).reshape(*self.batch_shape, -1).sum(-1)
        return result
