"""Distributions with covariances of low rank, and of matrices of correlations."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, ClassVar

from tinygrad_np.creation import arange, eye, zeros
from tinygrad_np.distributions import constraints
from tinygrad_np.distributions.constraints import Constraint
from tinygrad_np.distributions.distribution import Distribution, together
from tinygrad_np.distributions.positive import Beta
from tinygrad_np.dtypes import finfo
from tinygrad_np.ops.broadcast import broadcast_shapes
from tinygrad_np.ops.factors import solve_triangular
from tinygrad_np.ops.gamma import multigammaln
from tinygrad_np.ops.inverse import cholesky
from tinygrad_np.ops.join import cat
from tinygrad_np.ops.special import lgamma
from tinygrad_np.random import randn
from tinygrad_np.tape.grad_mode import no_grad

__all__ = ["LKJCholesky", "LowRankMultivariateNormal"]


class LowRankMultivariateNormal(Distribution):
    """Normal numbers whose covariances are ``W W' + D``, D diagonal: of few common causes.

    `log_prob` and samples take O(n m^2), not O(n^3).

    Parameters
    ----------
    loc : Tensor
        (..., n), the mean.
    cov_factor : Tensor
        W, (..., n, m).
    cov_diag : Tensor
        (..., n), the diagonal of D, above 0.
    validate_args : bool, optional

    Raises
    ------
    ValueError
        For other shapes.
    """

    arg_constraints: ClassVar[dict[str, Constraint]] = {
        "loc": constraints.real_vector,
        "cov_factor": constraints.independent(constraints.real, 2),
        "cov_diag": constraints.independent(constraints.positive, 1),
    }
    support = constraints.real_vector
    has_rsample = True

    def __init__(
        self, loc: Any, cov_factor: Any, cov_diag: Any, validate_args: bool | None = None
    ) -> None:
        if loc.dim() < 1:
            raise ValueError("loc must be at least one-dimensional.")
        if cov_factor.dim() < 2:
            raise ValueError(
                "cov_factor must be at least two-dimensional, "
                "with optional leading batch dimensions"
            )
        n, m = loc.shape[-1], cov_factor.shape[-1]
        if cov_factor.shape[-2] != n:
            raise ValueError(
                f"cov_factor must be a batch of matrices with shape {n} x m, got "
                f"{tuple(cov_factor.shape)}"
            )
        if cov_diag.shape[-1:] != loc.shape[-1:]:
            raise ValueError(
                f"cov_diag must be a batch of vectors with shape {tuple(loc.shape[-1:])}, got "
                f"{tuple(cov_diag.shape)}"
            )
        shapes = loc.shape[:-1], cov_factor.shape[:-2], cov_diag.shape[:-1]
        try:
            batch = broadcast_shapes(*shapes)
        except RuntimeError:
            raise ValueError(f"Incompatible batch shapes: {[tuple(s) for s in shapes]}") from None
        self.loc, self.cov_diag = loc.expand(*batch, n), cov_diag.expand(*batch, n)
        self.cov_factor = cov_factor.expand(*batch, n, m)
        super().__init__(batch, (n,), validate_args)

    mean = mode = property(lambda self: self.loc)  # type: ignore[assignment]

    @property
    def variance(self) -> Any:
        return (self.cov_factor**2).sum(-1) + self.cov_diag

    @property
    def covariance_matrix(self) -> Any:
        """W W' + D."""
        return self.cov_factor @ self.cov_factor.mT + self.cov_diag.diag_embed()

    @property
    def scale_tril(self) -> Any:
        """The Cholesky factor of the covariances, by way of a matrix with eigenvalues above 1."""
        root = self.cov_diag.sqrt().unsqueeze(-1)
        return root * _one_more(self.cov_factor / root)

    @property
    def precision_matrix(self) -> Any:
        """The inverse of the covariances."""
        whitened = self._shrink(self.cov_factor.mT / self.cov_diag.unsqueeze(-2))
        return (1 / self.cov_diag).diag_embed() - whitened.mT @ whitened

    @property
    def _inner(self) -> Any:
        """The Cholesky factor of ``1 + W' D**-1 W``, (..., m, m)."""
        return _one_more((self.cov_factor / self.cov_diag.sqrt().unsqueeze(-1)).mT)

    def _shrink(self, x: Any) -> Any:
        return solve_triangular(self._inner, x, upper=False)

    def _log_volume(self) -> Any:
        inner = self._inner.diagonal(dim1=-2, dim2=-1).log().sum(-1)
        return inner + 0.5 * self.cov_diag.log().sum(-1)

    def rsample(self, sample_shape: Sequence[int] = ()) -> Any:
        shape, dtype = self._extended_shape(sample_shape), self.loc.dtype
        common = randn(*shape[:-1], self.cov_factor.shape[-1], dtype=dtype)
        own = randn(*shape, dtype=dtype)
        moved = (self.cov_factor @ common.unsqueeze(-1)).squeeze(-1)
        return self.loc + moved + self.cov_diag.sqrt() * own

    def log_prob(self, value: Any) -> Any:
        self._validate_sample(value)
        apart = value - self.loc
        scaled = (apart / self.cov_diag).unsqueeze(-1)
        explained = self._shrink(self.cov_factor.mT @ scaled)
        far = (apart**2 / self.cov_diag).sum(-1) - (explained**2).sum((-2, -1))
        return -0.5 * (self.event_shape[0] * math.log(2 * math.pi) + far) - self._log_volume()

    def entropy(self) -> Any:
        return 0.5 * self.event_shape[0] * (1 + math.log(2 * math.pi)) + self._log_volume()


def _one_more(x: Any) -> Any:
    """The Cholesky factor of ``1 + x x'``."""
    return cholesky(x @ x.mT + eye(x.shape[-2], dtype=x.dtype))


class LKJCholesky(Distribution):
    """Cholesky factors of matrices of correlations; samples are not PyTorch's numbers.

    Parameters
    ----------
    dim : int
        Of how many variables.
    concentration : float or Tensor, default 1.0
        With 1 all matrices of correlations are as likely; above it those near the unit matrix are
        likelier.
    validate_args : bool, optional

    Raises
    ------
    ValueError
        For a `dim` below 2.

    Source: D. Lewandowski, D. Kurowicka, H. Joe, Generating random correlation matrices based on
    vines and extended onion method, Journal of Multivariate Analysis 100, 2009.
    """

    arg_constraints: ClassVar[dict[str, Constraint]] = {"concentration": constraints.positive}
    support = constraints.corr_cholesky

    def __init__(
        self, dim: int, concentration: Any = 1.0, validate_args: bool | None = None
    ) -> None:
        if dim < 2:
            raise ValueError(
                f"Expected dim to be an integer greater than or equal to 2. Found dim={dim}."
            )
        self.dim = dim
        (self.concentration,) = together(concentration)
        super().__init__(self.concentration.shape, (dim, dim), validate_args)

    def sample(self, sample_shape: Sequence[int] = ()) -> Any:
        """Each row a direction at random, of a length that leaves the rest to the diagonal.

        PyTorch's lengths, from the third row on, are others than those that its `log_prob` is of.
        """
        dtype = self.concentration.dtype
        with no_grad():
            before = cat([zeros(1, dtype=dtype), arange(self.dim - 1, dtype=dtype)])
            spare = self.concentration.unsqueeze(-1) + 0.5 * (self.dim - 2) - 0.5 * before
            square = Beta((before + 1) / 2, spare).sample(sample_shape).unsqueeze(-1)
            ways = randn(*self._extended_shape(sample_shape), dtype=dtype).tril(-1)
            length = (ways**2).sum(-1, True).sqrt()
            rows = square.sqrt() * ways / length.where(length > 0, 1.0)
            rest = (1 - (rows**2).sum(-1)).clamp(min=finfo(dtype).tiny).sqrt()
            return rows + rest.diag_embed()

    def log_prob(self, value: Any) -> Any:
        self._validate_sample(value)
        diagonal = value.diagonal(dim1=-1, dim2=-2)[..., 1:]
        order = 2 * (self.concentration - 1).unsqueeze(-1) + arange(self.dim - 2, -1, -1)
        rest = self.dim - 1
        alpha = self.concentration + 0.5 * rest
        norm = 0.5 * rest * math.log(math.pi) + multigammaln(alpha - 0.5, rest)
        return (order * diagonal.log()).sum(-1) - norm + rest * lgamma(alpha)
