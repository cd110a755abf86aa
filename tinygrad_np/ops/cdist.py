"""Distances between all vectors of two sets."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_np.ops.choice import where
from tinygrad_np.ops.compare import eq, same_dtype
from tinygrad_np.ops.division import div
from tinygrad_np.ops.elementwise import sub
from tinygrad_np.ops.linalg import matmul
from tinygrad_np.ops.norms import norm
from tinygrad_np.ops.shape import unsqueeze
from tinygrad_np.tape.op import Array, op

__all__ = ["cdist", "pdist"]

MODES = {
    "use_mm_for_euclid_dist_if_necessary": 25,  # more vectors than this on either side
    "use_mm_for_euclid_dist": 0,
    "donot_use_mm_for_euclid_dist": np.inf,
}


@op
def _by_products(x1: Array, x2: Array) -> Array:
    """Euclidean distances from products: the memory of the result, and few digits where small."""
    squares = [np.square(x).sum(axis=-1) for x in (x1, x2)]
    out = np.matmul(x1, x2.swapaxes(-1, -2))
    out *= -2
    out += squares[0][..., :, None]
    out += squares[1][..., None, :]
    return np.sqrt(np.maximum(out, 0, out=out), out=out)


_by_products.backward(
    x1=lambda grad, x1, x2, out: _pull(_shares(grad, out), x1, x2),
    x2=lambda grad, x1, x2, out: _pull(_shares(grad, out).swapaxes(-1, -2), x2, x1),
)


def _shares(grad: Array, out: Array) -> Array:
    """``grad / out``, 0 where the distance is."""
    return div(where(eq(out, 0), 0.0, grad), where(eq(out, 0), 1.0, out))


def _pull(shares: Array, x: Array, others: Array) -> Array:
    return x * shares.sum(axis=-1, keepdims=True) - matmul(shares, others)


def cdist(
    x1: Array,
    x2: Array,
    p: float = 2.0,
    compute_mode: str = "use_mm_for_euclid_dist_if_necessary",
) -> Array:
    """The distances between each vector of `x1` and each of `x2`.

    Parameters
    ----------
    x1 : Tensor
        (..., P, M): P vectors.
    x2 : Tensor
        (..., R, M); the dimensions in front broadcast.
    p : float, default 2
        Of the norm, from 0 to inf.
    compute_mode : str
        Whether Euclidean distances come from products of matrices:
        'use_mm_for_euclid_dist_if_necessary', for more than 25 vectors,
        'use_mm_for_euclid_dist' or 'donot_use_mm_for_euclid_dist'. It is fast and needs little
        memory, and loses digits where vectors are close.

    Returns
    -------
    Tensor
        (..., P, R). The gradient at a distance of 0 is 0.

    Raises
    ------
    RuntimeError
        For vectors of different sizes or dtypes, tensors of one dimension and a negative `p`.
    ValueError
        For another `compute_mode`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.cdist(tg.tensor([[0.0, 0.0], [3.0, 0.0]]), tg.tensor([[0.0, 4.0]]))
    tensor([[4.],
            [5.]])
    """
    first, second = tuple(x1.shape), tuple(x2.shape)
    if min(len(first), len(second)) < 2 or first[-1] != second[-1]:
        raise RuntimeError(
            "cdist(): expected (..., P, M) and (..., R, M) with vectors of one size M, got "
            f"{list(first)} and {list(second)}"
        )
    if p < 0:
        raise RuntimeError(f"cdist only supports non-negative p values, got {p}")
    same_dtype("cdist", x1, x2)
    least = MODES.get(compute_mode)
    if least is None:
        raise ValueError(f"{compute_mode} is not a valid value for compute_mode: {list(MODES)}")
    if p == 2 and max(first[-2], second[-2]) > least:
        return _by_products(x1, x2)
    return norm(sub(unsqueeze(x1, -2), unsqueeze(x2, -3)), p, -1)


def pdist(input: Array, p: float = 2) -> Any:
    """The distances between each two vectors of a tensor: the upper triangle of `cdist`.

    Parameters
    ----------
    input : Tensor
        (N, D).
    p : float, default 2
        Of the norm.

    Returns
    -------
    Tensor
        (N * (N - 1) / 2,), first those of the first vector.

    Raises
    ------
    RuntimeError
        For a tensor of other than 2 dimensions, and a negative `p`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.pdist(tg.tensor([[0.0, 0.0], [3.0, 4.0], [0.0, 1.0]]))
    tensor([5.0000, 1.0000, 4.2426])
    """
    if len(input.shape) != 2:
        raise RuntimeError(f"pdist only supports 2D tensors, got: {len(input.shape)}D")
    if p < 0:
        raise RuntimeError(f"pdist only supports non-negative p values, got {p}")
    first, second = np.triu_indices(input.shape[0], 1)
    return norm(sub(input[first], input[second]), p, -1)
