"""Weights that are held orthogonal."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np

from tinygrad_np.creation import eye
from tinygrad_np.linalg import qr, solve
from tinygrad_np.nn.functional import pad
from tinygrad_np.nn.module import Module
from tinygrad_np.nn.utils.parametrize import register_parametrization
from tinygrad_np.ops.complex import view_as_complex
from tinygrad_np.ops.factors import solve_triangular
from tinygrad_np.ops.join import cat
from tinygrad_np.ops.matrix_functions import matrix_exp
from tinygrad_np.random import randn
from tinygrad_np.tape.grad_mode import no_grad
from tinygrad_np.tensor import Tensor

__all__ = ["orthogonal"]

M = TypeVar("M", bound=Module)
_MAPS = ("matrix_exp", "cayley", "householder")


class _Orthogonal(Module):
    """What a map makes of (n, k), k <= n, after a base (n, n) that is kept."""

    base: Tensor | None

    def __init__(self, weight: Tensor, orthogonal_map: str, use_trivialization: bool) -> None:
        super().__init__()
        if weight.is_complex() and orthogonal_map == "householder":
            raise ValueError("The householder parametrization does not support complex tensors.")
        self.shape, self.orthogonal_map = weight.shape, orthogonal_map
        self.use_trivialization = use_trivialization
        if use_trivialization:
            self.register_buffer("base", None)

    def forward(self, x: Tensor) -> Any:
        wide = x.shape[-2] < x.shape[-1]
        x = x.mT if wide else x
        turned = _reflected(x) if self.orthogonal_map == "householder" else self._turned(x)
        if self.use_trivialization and self.base is not None:
            turned = self.base @ turned
        return turned.mT if wide else turned

    def _turned(self, x: Tensor) -> Any:
        """The first k columns of what the map makes of a skew-symmetric (n, n)."""
        n, k = x.shape[-2:]
        lower = pad(x.tril(), (0, n - k))
        skew = lower - lower.mH
        if self.orthogonal_map == "matrix_exp":
            return matrix_exp(skew)[..., :k]
        unit = eye(n, dtype=x.dtype)
        return solve(unit - skew / 2, unit + skew / 2)[..., :k]

    def right_inverse(self, value: Tensor) -> Tensor:
        """What is trained, for the orthogonal part of `value`."""
        if value.shape != self.shape:
            raise ValueError(
                f"Expected a matrix or batch of matrices of shape {tuple(self.shape)}. "
                f"Got a tensor of shape {tuple(value.shape)}."
            )
        with no_grad():
            wide = value.shape[-2] < value.shape[-1]
            tall = value.mT if wide else value
            if not self.use_trivialization:
                if self.orthogonal_map != "householder":
                    raise NotImplementedError(
                        "It is not possible to assign to the matrix exponential or the Cayley "
                        "parametrizations when use_trivialization=False."
                    )
                found = _reflections(tall)
                return found.mT if wide else found
            self.base = _completed(tall)
            # of which the maps make the unit matrix: `_reflected` reads signs on the diagonal
            return -eye(*value.shape[-2:], dtype=value.dtype).expand(value.shape).clone()


def _reflected(x: Tensor) -> Any:
    """The first k columns of the product of k reflections, whose vectors are below the diagonal.

    With the vectors as the columns of V it is ``1 - V T V'``, where the inverse of T is the upper
    triangle of ``V' V`` with half its diagonal.

    Source: C. Puglisi, Modification of the Householder Method Based on the Compact WY
    Representation, 1992, https://doi.org/10.1137/0913042
    """
    n, k = x.shape[-2:]
    unit = eye(n, k, dtype=x.dtype)
    vectors = x.tril(-1) + unit
    inner = vectors.mT @ vectors
    middle = inner.triu(1) + (inner.diagonal(dim1=-2, dim2=-1) / 2).diag_embed()
    product = unit - vectors @ solve_triangular(middle, vectors[..., :k, :].mT, upper=True)
    signs = x.detach().diagonal(dim1=-2, dim2=-1).trunc()
    return product * signs.unsqueeze(-2)


def _reflections(x: Tensor) -> Tensor:
    """What `_reflected` makes the orthogonal part of `x` of."""
    raw, scales = np.linalg.qr(x.detach().numpy(), mode="raw")
    found = np.ascontiguousarray(raw.swapaxes(-1, -2))
    diagonal = np.arange(found.shape[-1])
    # where LAPACK does not reflect, `_reflected` does
    found[..., diagonal, diagonal] = np.sign(found[..., diagonal, diagonal]) * np.where(
        scales == 0, -1, 1
    )
    made: Tensor = Tensor._make(found)
    return made


def _completed(x: Tensor) -> Any:
    """The orthogonal part of (n, k), with columns drawn at random to be (n, n)."""
    n, k = x.shape[-2:]
    if n > k:
        more = randn(*x.shape[:-2], n, n - k, 1 + x.is_complex(), dtype=abs(x).dtype)
        x = cat([x, view_as_complex(more) if x.is_complex() else more[..., 0]], -1)
    else:
        off = abs((x.mH @ x - eye(n, dtype=x.dtype)).numpy())
        if (off <= 10 * n * np.finfo(off.dtype).eps + 1e-5 * np.eye(n)).all():
            return x.detach().clone()
    q, r = qr(x.detach())
    return q * r.diagonal(dim1=-2, dim2=-1).sgn().unsqueeze(-2)


def orthogonal(
    module: M,
    name: str = "weight",
    orthogonal_map: str | None = None,
    *,
    use_trivialization: bool = True,
) -> M:
    """Hold a weight orthogonal: its columns, or its rows if these are fewer.

    Parameters
    ----------
    module : Module
    name : str, default "weight"
        A matrix (..., n, k), or a batch of them.
    orthogonal_map : {None, "matrix_exp", "cayley", "householder"}
        The exponential of a skew-symmetric matrix A; ``(1 + A / 2) (1 - A / 2)**-1``; a product of
        reflections. None is "matrix_exp" for square and complex matrices, else "householder".
    use_trivialization : bool, default True
        What the map gives turns a base (n, n), the orthogonal part of the weight as it was. A
        value can then be assigned. Without it the weight begins as what the map makes of it, or,
        for "householder", as its orthogonal part.

    Raises
    ------
    ValueError
        If there is no such matrix, or no such map, and for reflections of complex numbers.
    NotImplementedError
        When a value is assigned that the map can't give back, with ``use_trivialization=False``.

    Source: M. Lezcano-Casado, Trivializations for Gradient-Based Optimization on Manifolds, 2019,
    https://arxiv.org/abs/1909.09501

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> layer = tg.nn.utils.parametrizations.orthogonal(tg.nn.Linear(4, 2))
    >>> tg.allclose(layer.weight @ layer.weight.T, tg.eye(2), atol=1e-5)
    True
    """
    weight = getattr(module, name, None)
    if not isinstance(weight, Tensor):
        raise ValueError(f"Module '{module}' has no parameter or buffer with name '{name}'")
    if weight.ndim < 2:
        raise ValueError(
            "Expected a matrix or batch of matrices. "
            f"Got a tensor of {weight.ndim} dimensions, of shape {tuple(weight.shape)}."
        )
    if orthogonal_map is None:
        square = weight.shape[-2] == weight.shape[-1] or weight.is_complex()
        orthogonal_map = "matrix_exp" if square else "householder"
    if orthogonal_map not in _MAPS:
        raise ValueError(
            'orthogonal_map has to be one of "matrix_exp", "cayley", "householder". '
            f"Got: {orthogonal_map}"
        )
    new = _Orthogonal(weight, orthogonal_map, use_trivialization)
    return register_parametrization(module, name, new, unsafe=True)
