"""Parts of a tensor made no longer than a bound."""

from __future__ import annotations

from typing import Any

from tinygrad_np.ops.choice import where
from tinygrad_np.ops.dims import one
from tinygrad_np.ops.norms import vector_norm
from tinygrad_np.tape.out import takes_out

__all__ = ["renorm"]


@takes_out
def renorm(input: Any, p: float, dim: int, maxnorm: float) -> Any:
    """A copy in which the parts along a dimension, each index of it, have at most this norm.

    Parameters
    ----------
    input : Tensor
        Of 2 dimensions or more.
    p : float
        Of the norm.
    dim : int
    maxnorm : float

    Raises
    ------
    RuntimeError
        For fewer dimensions, a `p` that is not positive, and a negative bound.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.renorm(tg.tensor([[3.0, 4.0], [0.3, 0.4]]), 2, 0, 1.0)
    tensor([[0.6000, 0.8000],
            [0.3000, 0.4000]])
    """
    ndim = len(input.shape)
    if ndim < 2:
        raise RuntimeError(f"renorm: input needs at least 2 dimensions, got {ndim} dimensions")
    if p <= 0:
        raise RuntimeError(f"renorm: non-positive-norm not supported, got {p}")
    if maxnorm < 0:
        raise RuntimeError(f"renorm: expected maxnorm to be >= 0 but got {maxnorm}")
    at = one(dim, ndim)
    norms: Any = vector_norm(input, p, tuple(d for d in range(ndim) if d != at), True)
    return input * where(norms > maxnorm, maxnorm / (norms + 1e-7), 1.0)
