"""What distributions of one's own are written with."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tinygrad_np.creation import zeros
from tinygrad_np.distributions.distribution import together
from tinygrad_np.dtypes import finfo
from tinygrad_np.random import randn
from tinygrad_np.tape.grad_mode import enable_grad
from tinygrad_np.tensor import Tensor

__all__ = [
    "broadcast_all", "clamp_probs", "lazy_property", "logits_to_probs", "probs_to_logits",
    "tril_matrix_to_vec", "vec_to_tril_matrix",
]  # fmt: skip

euler_constant = float(np.euler_gamma)


class lazy_property:
    """A property that is computed once, with gradients, and then kept."""

    def __init__(self, wrapped: Callable[[Any], Any]) -> None:
        self.wrapped = wrapped
        functools.update_wrapper(self, wrapped)  # type: ignore[arg-type]

    def __get__(self, instance: Any, obj_type: Any = None) -> Any:
        if instance is None:
            return self
        with enable_grad():
            value = self.wrapped(instance)
        setattr(instance, self.wrapped.__name__, value)
        return value


def broadcast_all(*values: Any) -> tuple[Any, ...]:
    """Numbers and tensors as tensors of one shape; ValueError for anything else.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.distributions.utils.broadcast_all(1.0, tg.zeros(2))
    (tensor([1., 1.]), tensor([0., 0.]))
    """
    for value in values:
        if not isinstance(value, (int, float, Tensor)):
            raise ValueError(
                "Input arguments must all be instances of Number or torch.Tensor, got "
                f"{type(value).__name__}"
            )
    return tuple(together(*values))


def clamp_probs(probs: Any) -> Any:
    """Probabilities at least the machine epsilon away from 0 and from 1.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.distributions.utils.clamp_probs(tg.tensor([0.0, 0.5])).log()
    tensor([-15.9424,  -0.6931])
    """
    eps = finfo(probs.dtype).eps
    return probs.clamp(min=eps, max=1 - eps)


def probs_to_logits(probs: Any, is_binary: bool = False) -> Any:
    """The logarithms of probabilities of classes, or the log odds of single ones.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.distributions.utils.probs_to_logits(tg.tensor([0.5, 0.8]), is_binary=True)
    tensor([0.0000, 1.3863])
    """
    probs = clamp_probs(probs)
    return probs.log() - (-probs).log1p() if is_binary else probs.log()


def logits_to_probs(logits: Any, is_binary: bool = False) -> Any:
    """The probabilities of classes along the last dimension, or single ones.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.distributions.utils.logits_to_probs(tg.zeros(2))
    tensor([0.5000, 0.5000])
    """
    return logits.sigmoid() if is_binary else logits.softmax(-1)


def tril_matrix_to_vec(mat: Any, diag: int = 0) -> Any:
    """The elements of (..., n, n) on and below a diagonal, row by row.

    Raises
    ------
    ValueError
        For a diagonal that there is not.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.distributions.utils.tril_matrix_to_vec(tg.tensor([[1, 0], [2, 3]]))
    tensor([1, 2, 3])
    """
    n = mat.shape[-1]
    if not -n <= diag < n:
        raise ValueError(f"diag ({diag}) provided is outside [{-n}, {n - 1}].")
    return mat[(..., *map(_indices, np.tril_indices(n, diag)))]


def vec_to_tril_matrix(vec: Any, diag: int = 0) -> Any:
    """The inverse of `tril_matrix_to_vec`, with zeros above the diagonal.

    Raises
    ------
    ValueError
        If no square matrix has so many elements there.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.distributions.utils.vec_to_tril_matrix(tg.tensor([1.0, 2.0, 3.0]))
    tensor([[1., 0.],
            [2., 3.]])
    """
    size, b = vec.shape[-1], 1 + 2 * diag
    n = (math.sqrt(max(b * b + 8 * size + 4 * abs(diag) * (diag + 1), 0)) - b) / 2
    if n != round(n):
        raise ValueError(
            f"The size of last dimension is {size} which cannot be expressed as the lower "
            "triangular part of a square D x D matrix."
        )
    mat = zeros(*vec.shape[:-1], round(n), round(n), dtype=vec.dtype)
    mat[(..., *map(_indices, np.tril_indices(round(n), diag)))] = vec
    return mat


def _indices(array: Any) -> Any:
    return Tensor._make(array)


def _standard_normal(shape: Sequence[int], dtype: Any, device: Any) -> Any:
    return randn(*shape, dtype=dtype, device=device)


def _sum_rightmost(value: Any, dim: int) -> Any:
    """`value` summed over the last `dim` dimensions."""
    return value.sum(tuple(range(-dim, 0))) if dim else value
