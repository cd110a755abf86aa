"""Distributions of several numbers together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, ClassVar

from tinygrad_np.creation import eye, ones, zeros
from tinygrad_np.distributions import constraints
from tinygrad_np.distributions.constraints import Constraint
from tinygrad_np.distributions.distribution import Distribution, derived
from tinygrad_np.distributions.transform import over_last
from tinygrad_np.ops.broadcast import broadcast_shapes
from tinygrad_np.ops.factors import solve_triangular
from tinygrad_np.ops.inverse import cholesky
from tinygrad_np.random import normal
from tinygrad_np.size import Size

__all__ = ["Independent", "MultivariateNormal"]


class Independent(Distribution):
    """A batch of distributions as one of several numbers, which are independent.

    Parameters
    ----------
    base_distribution : Distribution
    reinterpreted_batch_ndims : int
        So many of the last batch dimensions become dimensions of the event.
    validate_args : bool, optional

    Raises
    ------
    ValueError
        If there are not so many batch dimensions.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> normal = tg.distributions.Normal(tg.zeros(2, 3), 1.0)
    >>> tg.distributions.Independent(normal, 1).log_prob(tg.zeros(2, 3)).shape
    torch.Size([2])
    """

    def __init__(
        self,
        base_distribution: Distribution,
        reinterpreted_batch_ndims: int,
        validate_args: bool | None = None,
    ) -> None:
        self.base_dist, n = base_distribution, reinterpreted_batch_ndims
        self.reinterpreted_batch_ndims = n
        shape = (*base_distribution.batch_shape, *base_distribution.event_shape)
        cut = len(base_distribution.batch_shape) - n
        if cut < 0:
            raise ValueError(
                "Expected reinterpreted_batch_ndims <= len(base_distribution.batch_shape), "
                f"actual {n} vs {len(base_distribution.batch_shape)}"
            )
        super().__init__(shape[:cut], shape[cut:], validate_args)

    @property
    def support(self) -> Any:  # type: ignore[override]
        n = self.reinterpreted_batch_ndims
        return constraints.independent(self.base_dist.support, n) if n else self.base_dist.support

    @property
    def has_enumerate_support(self) -> bool:  # type: ignore[override]
        return self.reinterpreted_batch_ndims == 0 and self.base_dist.has_enumerate_support

    has_rsample = property(lambda self: self.base_dist.has_rsample)  # type: ignore[assignment]
    mean = property(lambda self: self.base_dist.mean)  # type: ignore[assignment]
    mode = property(lambda self: self.base_dist.mode)  # type: ignore[assignment]
    variance = property(lambda self: self.base_dist.variance)  # type: ignore[assignment]

    def sample(self, sample_shape: Sequence[int] = ()) -> Any:
        return self.base_dist.sample(sample_shape)

    def rsample(self, sample_shape: Sequence[int] = ()) -> Any:
        return self.base_dist.rsample(sample_shape)

    def log_prob(self, value: Any) -> Any:
        return over_last(self.base_dist.log_prob(value), self.reinterpreted_batch_ndims)

    def entropy(self) -> Any:
        return over_last(self.base_dist.entropy(), self.reinterpreted_batch_ndims)

    def enumerate_support(self, expand: bool = True) -> Any:
        if self.reinterpreted_batch_ndims:
            raise NotImplementedError("Enumeration over cartesian product is not implemented")
        return self.base_dist.enumerate_support(expand)

    def __repr__(self) -> str:
        return f"Independent({self.base_dist!r}, {self.reinterpreted_batch_ndims})"


class MultivariateNormal(Distribution):
    """Normal numbers that are not independent.

    Parameters
    ----------
    loc : Tensor
        (..., n), the mean.
    covariance_matrix, precision_matrix, scale_tril : Tensor, optional
        (..., n, n), one of the three: the covariances, their inverse, or their Cholesky factor.
    validate_args : bool, optional

    Raises
    ------
    ValueError
        For other shapes, not just one of the three, and matrices that are none of the kind.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> m = tg.distributions.MultivariateNormal(tg.zeros(2), tg.eye(2))
    >>> m.log_prob(tg.zeros(2))
    tensor(-1.8379)
    """

    arg_constraints: ClassVar[dict[str, Constraint]] = {
        "loc": constraints.real_vector,
        "covariance_matrix": constraints.positive_definite,
        "precision_matrix": constraints.positive_definite,
        "scale_tril": constraints.lower_cholesky,
    }
    support = constraints.real_vector
    has_rsample = True

    def __init__(
        self,
        loc: Any,
        covariance_matrix: Any = None,
        precision_matrix: Any = None,
        scale_tril: Any = None,
        validate_args: bool | None = None,
    ) -> None:
        if loc.dim() < 1:
            raise ValueError("loc must be at least one-dimensional.")
        given = {
            "covariance_matrix": covariance_matrix,
            "scale_tril": scale_tril,
            "precision_matrix": precision_matrix,
        }
        name, matrix = the_one(given)
        batch = broadcast_shapes(matrix.shape[:-2], loc.shape[:-1])
        vars(self)[name] = matrix.expand((*batch, *matrix.shape[-2:]))
        self.loc = loc.expand((*batch, loc.shape[-1]))
        super().__init__(batch, loc.shape[-1:], validate_args)
        self._tril = tril_of(name, vars(self)[name])

    scale_tril = derived(lambda self: self._tril)
    covariance_matrix = derived(lambda self: self._tril @ self._tril.mT)
    precision_matrix = derived(lambda self: (self._tril @ self._tril.mT).inverse())
    mean = mode = property(lambda self: self.loc)  # type: ignore[assignment]

    @property
    def variance(self) -> Any:
        return (self._tril**2).sum(-1).expand((*self.batch_shape, *self.event_shape))

    def rsample(self, sample_shape: Sequence[int] = ()) -> Any:
        shape, dtype = Size(self._extended_shape(sample_shape)), self.loc.dtype
        drawn = normal(zeros(shape, dtype=dtype), ones(shape, dtype=dtype))
        return self.loc + (self._tril @ drawn.unsqueeze(-1)).squeeze(-1)

    def log_prob(self, value: Any) -> Any:
        self._validate_sample(value)
        apart = solve_triangular(self._tril, (value - self.loc).unsqueeze(-1), upper=False)
        n = self.event_shape[0]
        return -0.5 * (n * math.log(2 * math.pi) + (apart**2).sum((-2, -1))) - self._log_volume()

    def entropy(self) -> Any:
        n = self.event_shape[0]
        found = 0.5 * n * (1 + math.log(2 * math.pi)) + self._log_volume()
        return found.expand(self.batch_shape)

    def _log_volume(self) -> Any:
        return self._tril.diagonal(dim1=-2, dim2=-1).log().sum(-1)


def the_one(given: dict[str, Any], error: type[Exception] = ValueError) -> tuple[str, Any]:
    """The matrix that is given, of several that may be, and its name."""
    matrices = {name: matrix for name, matrix in given.items() if matrix is not None}
    if len(matrices) != 1:
        raise error(
            "Exactly one of covariance_matrix or precision_matrix or scale_tril may be "
            f"specified, got {len(matrices)}."
        )
    ((name, matrix),) = matrices.items()
    if matrix.dim() < 2:
        raise ValueError(
            f"{name} must be at least two-dimensional, with optional leading batch dimensions"
        )
    return name, matrix


def tril_of(name: str, matrix: Any) -> Any:
    """The Cholesky factor of covariances, which are given as one of three."""
    if name == "scale_tril":
        return matrix
    if name == "covariance_matrix":
        return cholesky(matrix)
    # of the inverse, by the factor of the matrix with both orders reversed
    turned = cholesky(matrix.flip(-2, -1)).flip(-2, -1).mT
    unit = eye(matrix.shape[-1], dtype=matrix.dtype).expand_as(turned)
    return solve_triangular(turned, unit, upper=False)
