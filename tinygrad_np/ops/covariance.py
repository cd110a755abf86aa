"""Covariances and correlations of the rows of a matrix."""

from __future__ import annotations

import warnings
from typing import Any

from tinygrad_np.ops.choice import clamp
from tinygrad_np.ops.complex import conj
from tinygrad_np.ops.division import div
from tinygrad_np.ops.elementwise import mul, sub
from tinygrad_np.ops.exponential import sqrt
from tinygrad_np.ops.linalg import matmul
from tinygrad_np.ops.reduce import sum
from tinygrad_np.ops.shape import reshape, squeeze, unsqueeze
from tinygrad_np.ops.triangle import diagonal
from tinygrad_np.tape.op import Array

__all__ = ["corrcoef", "cov"]


def cov(input: Array, *, correction: int = 1, fweights: Any = None, aweights: Any = None) -> Array:
    """The covariances between the rows of a matrix, whose columns are observations.

    Parameters
    ----------
    input : Tensor
        (variables, observations), or (observations,) of one variable.
    correction : int, default 1
        Subtracted from the number of observations that the sum is divided by.
    fweights : Tensor of int, optional
        How often each observation was made.
    aweights : Tensor of float, optional
        How much each observation counts.

    Returns
    -------
    Tensor
        (variables, variables), or () of one variable.

    Raises
    ------
    RuntimeError
        For more than two dimensions, and weights of another length.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.cov(tg.tensor([[0.0, 1.0, 2.0], [2.0, 1.0, 0.0]]))
    tensor([[ 1., -1.],
            [-1.,  1.]])
    """
    if len(input.shape) > 2:
        raise RuntimeError(
            f"cov(): expected input to have two or fewer dimensions, got shape {list(input.shape)}"
        )
    rows = input if len(input.shape) == 2 else reshape(input, (1, -1))
    count = rows.shape[1]
    weight: Any = None
    for name, given in (("fweights", fweights), ("aweights", aweights)):
        if given is not None:
            if tuple(given.shape) != (count,):
                raise RuntimeError(
                    f"cov(): expected {name} of shape [{count}], got {list(given.shape)}"
                )
            weight = given if weight is None else mul(weight, given)
    total = count if weight is None else sum(weight)
    mean = div(sum(rows if weight is None else mul(rows, weight), 1, True), total)
    away = sub(rows, mean)
    if aweights is None:
        freedom = total - correction
    else:
        freedom = sub(total, div(mul(correction, sum(mul(weight, aweights))), total))
    if not freedom > 0:
        warnings.warn("cov(): degrees of freedom is <= 0", UserWarning, stacklevel=2)
        freedom = 0.0
    weighted = away if weight is None else mul(away, weight)
    return squeeze(div(matmul(weighted, conj(away.swapaxes(0, 1))), freedom))


def corrcoef(input: Array) -> Array:
    """The correlations between the rows of a matrix; see `cov`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.corrcoef(tg.tensor([[0.0, 1.0, 2.0], [2.0, 1.0, 0.0]]))
    tensor([[ 1., -1.],
            [-1.,  1.]])
    """
    found = cov(input)
    if not len(found.shape):
        return div(found, found)
    deviation = sqrt(diagonal(found))
    return clamp(div(div(found, unsqueeze(deviation, 1)), unsqueeze(deviation, 0)), -1, 1)
