"""Matrices of covariances at random."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from typing import Any

from tinygrad_np.conversion import as_tensor
from tinygrad_np.creation import arange
from tinygrad_np.distributions import constraints
from tinygrad_np.distributions.distribution import Distribution, derived
from tinygrad_np.distributions.joint import the_one, tril_of
from tinygrad_np.distributions.positive import Chi2
from tinygrad_np.dtypes import finfo
from tinygrad_np.ops.broadcast import broadcast_shapes
from tinygrad_np.ops.factors import cholesky_solve
from tinygrad_np.ops.gamma import multigammaln
from tinygrad_np.ops.inverse import slogdet
from tinygrad_np.ops.special import digamma
from tinygrad_np.random import randn

__all__ = ["Wishart"]


class Wishart(Distribution):
    """Sums ``x x'`` over `df` vectors x of normal numbers; samples are not PyTorch's numbers.

    Parameters
    ----------
    df : float or Tensor
        Above n - 1; a fraction is allowed.
    covariance_matrix, precision_matrix, scale_tril : Tensor, optional
        (..., n, n), one of the three: the covariances of x, their inverse, or their Cholesky
        factor.
    validate_args : bool, optional

    Raises
    ------
    AssertionError
        For not just one of the three.
    ValueError
        For other shapes, a `df` that is too small, and matrices that are none of the kind.

    Source: P. L. Odell, A. H. Feiveson, A numerical procedure to generate a sample covariance
    matrix, Journal of the American Statistical Association 61, 1966.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.distributions.Wishart(3.0, tg.eye(2)).mean
    tensor([[3., 0.],
            [0., 3.]])
    """

    support = constraints.positive_definite
    has_rsample = True

    def __init__(
        self,
        df: Any,
        covariance_matrix: Any = None,
        precision_matrix: Any = None,
        scale_tril: Any = None,
        validate_args: bool | None = None,
    ) -> None:
        given = {
            "covariance_matrix": covariance_matrix,
            "scale_tril": scale_tril,
            "precision_matrix": precision_matrix,
        }
        name, matrix = the_one(given, AssertionError)
        n = matrix.shape[-1]
        df = as_tensor(df, dtype=matrix.dtype) if isinstance(df, (int, float)) else df
        if (df <= n - 1).any():
            raise ValueError(f"Value of df={df} expected to be greater than ndim - 1 = {n - 1}.")
        if (df < n).any():
            warnings.warn(
                "Low df values detected. Singular samples are highly likely to occur for "
                "ndim - 1 < df < ndim.",
                stacklevel=2,
            )
        batch = broadcast_shapes(matrix.shape[:-2], df.shape)
        self.df = df.expand(batch)
        vars(self)[name] = matrix.expand((*batch, n, n))
        super().__init__(batch, (n, n), validate_args)
        self._tril = tril_of(name, vars(self)[name])

    @property
    def arg_constraints(self) -> dict[str, constraints.Constraint]:  # type: ignore[override]
        return {
            "covariance_matrix": constraints.positive_definite,
            "precision_matrix": constraints.positive_definite,
            "scale_tril": constraints.lower_cholesky,
            "df": constraints.greater_than(self.event_shape[-1] - 1),
        }

    scale_tril = derived(lambda self: self._tril)
    covariance_matrix = derived(lambda self: self._tril @ self._tril.mT)
    precision_matrix = derived(lambda self: (self._tril @ self._tril.mT).inverse())

    @property
    def mean(self) -> Any:
        return self.df[..., None, None] * self.covariance_matrix

    @property
    def mode(self) -> Any:
        """Not a number for a `df` of at most n + 1."""
        factor = self.df - self.event_shape[-1] - 1
        return factor.where(factor > 0, math.nan)[..., None, None] * self.covariance_matrix

    @property
    def variance(self) -> Any:
        along = self.covariance_matrix.diagonal(dim1=-2, dim2=-1)
        spread = self.covariance_matrix**2 + along.unsqueeze(-1) * along.unsqueeze(-2)
        return self.df[..., None, None] * spread

    def rsample(
        self, sample_shape: Sequence[int] = (), max_try_correction: int | None = None
    ) -> Any:
        """Samples with a gradient; singular ones, of a `df` below n, are not drawn again."""
        n, dtype = self.event_shape[-1], self._tril.dtype
        squares = Chi2(self.df.unsqueeze(-1) - arange(n, dtype=dtype)).rsample(sample_shape)
        lengths = squares.sqrt().clamp(min=finfo(dtype).eps)
        below = randn(*self._extended_shape(sample_shape), dtype=dtype).tril(-1)
        factor = self._tril @ (below + lengths.diag_embed())
        return factor @ factor.mT

    def log_prob(self, value: Any) -> Any:
        self._validate_sample(value)
        n = self.event_shape[-1]
        apart = cholesky_solve(value, self._tril).diagonal(dim1=-2, dim2=-1).sum(-1)
        volume = (self.df - n - 1) / 2 * slogdet(value).logabsdet
        return volume - apart / 2 - self.df * self._log_volume() - multigammaln(self.df / 2, n)

    def entropy(self) -> Any:
        n, half = self.event_shape[-1], self.df / 2
        slope = sum(digamma(half - i / 2) for i in range(1, n)) + digamma(half)
        norm = (n + 1) * self._log_volume() + multigammaln(half, n)
        return norm - (half - (n + 1) / 2) * slope + half * n

    def _log_volume(self) -> Any:
        """Half the logarithm of the determinant of twice the covariances."""
        half = self.event_shape[-1] * math.log(2) / 2
        return self._tril.diagonal(dim1=-2, dim2=-1).log().sum(-1) + half
