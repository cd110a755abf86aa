"""Transforms of vectors and matrices."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from tinygrad_np.creation import arange, eye, zeros
from tinygrad_np.distributions import constraints
from tinygrad_np.distributions.transform import Transform
from tinygrad_np.dtypes import finfo
from tinygrad_np.nn.functional import logsigmoid, pad, softplus
from tinygrad_np.ops.inverse import cholesky
from tinygrad_np.ops.triangle import tril_indices
from tinygrad_np.size import Size

__all__ = [
    "CorrCholeskyTransform",
    "LowerCholeskyTransform",
    "PositiveDefiniteTransform",
    "ReshapeTransform",
    "SoftmaxTransform",
    "StickBreakingTransform",
]


def within(p: Any) -> Any:
    """Probabilities held off 0 and 1, so that their logarithms are finite."""
    limits = finfo(p.dtype)
    return p.clamp(limits.tiny, 1 - limits.eps)


def clipped_sigmoid(x: Any) -> Any:
    """The sigmoid, held off 0 and 1."""
    return within(x.sigmoid())


def _need(shape: Sequence[int], dims: int) -> None:
    if len(shape) < dims:
        raise ValueError(f"Too few dimensions on input: {tuple(shape)} has not {dims}")


class SoftmaxTransform(Transform):
    """The softmax of vectors: not bijective, as what they have in common does not matter."""

    domain, codomain = constraints.real_vector, constraints.simplex
    _same = ()

    def _call(self, x: Any) -> Any:
        return x.softmax(-1)

    def _inverse(self, y: Any) -> Any:
        return y.log()

    def forward_shape(self, shape: Sequence[int]) -> Any:
        _need(shape, 1)
        return shape

    inverse_shape = forward_shape


class StickBreakingTransform(Transform):
    """n numbers as n + 1 probabilities: each number breaks a share off what the others left."""

    domain, codomain = constraints.real_vector, constraints.simplex
    bijective = True
    _same = ()

    def _even(self, n: int, like: Any) -> Any:
        """What makes the shares equal at 0."""
        return arange(n, 0, -1, dtype=like.dtype).log()

    def _call(self, x: Any) -> Any:
        share = clipped_sigmoid(x - self._even(x.shape[-1], x))
        left = (1 - share).cumprod(-1)
        return pad(share, [0, 1], value=1) * pad(left, [1, 0], value=1)

    def _inverse(self, y: Any) -> Any:
        taken = y[..., :-1]
        left = (1 - taken.cumsum(-1)).clamp(min=finfo(y.dtype).tiny)
        return taken.log() - left.log() + self._even(taken.shape[-1], y)

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        x = x - self._even(x.shape[-1], x)
        return (logsigmoid(x) - x + y[..., :-1].log()).sum(-1)

    def forward_shape(self, shape: Sequence[int]) -> Any:
        _need(shape, 1)
        return Size((*shape[:-1], shape[-1] + 1))

    def inverse_shape(self, shape: Sequence[int]) -> Any:
        _need(shape, 1)
        return Size((*shape[:-1], shape[-1] - 1))


class LowerCholeskyTransform(Transform):
    """The lower triangle of matrices, with the exponential of the diagonal."""

    domain, codomain = constraints.independent(constraints.real, 2), constraints.lower_cholesky
    _same = ()

    def _call(self, x: Any) -> Any:
        return x.tril(-1) + x.diagonal(dim1=-2, dim2=-1).exp().diag_embed()

    def _inverse(self, y: Any) -> Any:
        return y.tril(-1) + y.diagonal(dim1=-2, dim2=-1).log().diag_embed()


class PositiveDefiniteTransform(Transform):
    """The product of what `LowerCholeskyTransform` gives and its transpose."""

    domain, codomain = constraints.independent(constraints.real, 2), constraints.positive_definite
    _same = ()

    def _call(self, x: Any) -> Any:
        factor = LowerCholeskyTransform()(x)
        return factor @ factor.mT

    def _inverse(self, y: Any) -> Any:
        return LowerCholeskyTransform().inv(cholesky(y))


class CorrCholeskyTransform(Transform):
    """``n * (n - 1) / 2`` numbers as the Cholesky factor (n, n) of a matrix of correlations.

    The hyperbolic tangents of the numbers, row by row below the diagonal, each take a share of the
    square of a row's length that those before have left.

    Source: Stan Reference Manual, Cholesky factors of correlation matrices,
    https://mc-stan.org/docs/reference-manual/transforms.html
    """

    domain, codomain = constraints.real_vector, constraints.corr_cholesky
    bijective = True

    def _call(self, x: Any) -> Any:
        eps = finfo(x.dtype).eps
        n = self.forward_shape(x.shape)[-1]
        rows, columns = tril_indices(n, n, -1)
        share = zeros((*x.shape[:-1], n, n), dtype=x.dtype)
        share[..., rows, columns] = x.tanh().clamp(eps - 1, 1 - eps)
        left = (1 - share**2).sqrt().cumprod(-1)
        return (share + eye(n, dtype=x.dtype)) * pad(left[..., :-1], [1, 0], value=1)

    def _inverse(self, y: Any) -> Any:
        left = pad(1 - (y * y).cumsum(-1)[..., :-1], [1, 0], value=1)
        share = _below(y, -1) / _below(left, -1).sqrt()
        return (share.log1p() - (-share).log1p()) / 2

    def log_abs_det_jacobian(self, x: Any, y: Any, intermediates: Any = None) -> Any:
        """Of `x` and what is below the diagonal of `y`; `intermediates` are not used."""
        left = _below(1 - (y * y).cumsum(-1), -2)
        return 0.5 * left.log().sum(-1) - 2 * (x + softplus(-2 * x) - math.log(2)).sum(-1)

    def forward_shape(self, shape: Sequence[int]) -> Any:
        _need(shape, 1)
        n = round((0.25 + 2 * shape[-1]) ** 0.5 + 0.5)
        if n * (n - 1) // 2 != shape[-1]:
            raise ValueError(f"Input is not a flattened lower-diagonal number: {shape[-1]}")
        return Size((*shape[:-1], n, n))

    def inverse_shape(self, shape: Sequence[int]) -> Any:
        _need(shape, 2)
        if shape[-2] != shape[-1]:
            raise ValueError(f"Input is not square: {tuple(shape)}")
        return Size((*shape[:-2], shape[-1] * (shape[-1] - 1) // 2))


def _below(x: Any, diagonal: int) -> Any:
    """What is on and below a diagonal, row by row."""
    rows, columns = tril_indices(x.shape[-2], x.shape[-1], diagonal)
    return x[..., rows, columns]


class ReshapeTransform(Transform):
    """Events of one shape in another of as many elements; ValueError if there are not as many."""

    bijective = True

    def __init__(
        self, in_shape: Sequence[int], out_shape: Sequence[int], cache_size: int = 0
    ) -> None:
        super().__init__(cache_size)
        self.in_shape, self.out_shape = Size(in_shape), Size(out_shape)
        if self.in_shape.numel() != self.out_shape.numel():
            raise ValueError(
                "in_shape, out_shape have different numbers of elements: "
                f"{tuple(in_shape)} and {tuple(out_shape)}"
            )

    domain = property(lambda self: constraints.independent(constraints.real, len(self.in_shape)))
    codomain = property(lambda self: constraints.independent(constraints.real, len(self.out_shape)))

    def _call(self, x: Any) -> Any:
        return x.reshape(self.forward_shape(x.shape))

    def _inverse(self, y: Any) -> Any:
        return y.reshape(self.inverse_shape(y.shape))

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        return x.new_zeros(x.shape[: x.ndim - len(self.in_shape)])

    def forward_shape(self, shape: Sequence[int]) -> Any:
        return _exchanged(shape, self.in_shape, self.out_shape)

    def inverse_shape(self, shape: Sequence[int]) -> Any:
        return _exchanged(shape, self.out_shape, self.in_shape)


def _exchanged(shape: Sequence[int], old: Sequence[int], new: Sequence[int]) -> Any:
    """A shape that ends in `old`, ending in `new`."""
    cut = len(shape) - len(old)
    if cut < 0:
        raise ValueError(f"Too few dimensions on input: {tuple(shape)} does not end in {old}")
    if tuple(shape[cut:]) != tuple(old):
        raise ValueError(f"Shape mismatch: expected {tuple(old)} but got {tuple(shape[cut:])}")
    return Size((*shape[:cut], *new))
