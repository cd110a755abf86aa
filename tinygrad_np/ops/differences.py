"""Slopes and running integrals of values at places along a dimension."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tinygrad_np.ops.dims import several
from tinygrad_np.ops.join import cat
from tinygrad_np.ops.parts import narrow
from tinygrad_np.ops.scan import cumsum, diff
from tinygrad_np.ops.shape import raw
from tinygrad_np.tape.op import Array

__all__ = ["cumulative_trapezoid", "gradient"]


def cumulative_trapezoid(y: Array, x: Any = None, *, dx: float = 1, dim: int = -1) -> Any:
    """The integrals along `dim` from its beginning, by the trapezoidal rule; one fewer than values.

    Parameters
    ----------
    y : Tensor
        The values.
    x : Tensor, optional
        Where they are: of the shape of `y`, or of one dimension.
    dx : float, default 1
        The distance between them, without `x`.
    dim : int, default -1

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.cumulative_trapezoid(tg.tensor([1.0, 5.0, 10.0]))
    tensor([ 3.0000, 10.5000])
    """
    (at,) = several(dim, len(y.shape))
    steps: Any = dx
    if x is not None:
        if len(x.shape) == 1 != len(y.shape):
            x = x.reshape([-1 if i == at else 1 for i in range(len(y.shape))])
        steps = diff(x, dim=at - len(y.shape))
    size = max(y.shape[at] - 1, 0)
    pairs = narrow(y, at, y.shape[at] - size, size) + narrow(y, at, 0, size)
    return cumsum(pairs * steps, at) / 2


def gradient(
    input: Array,
    *,
    spacing: Any = 1,
    dim: int | Sequence[int] | None = None,
    edge_order: int = 1,
) -> tuple[Any, ...]:
    """The slopes of values along dimensions: of second order inside, as told at the edges.

    Parameters
    ----------
    input : Tensor
    spacing : number, or sequence of numbers or of 1-d tensors
        The distance between values, for all dimensions or for each; or where the values are.
    dim : int or sequence of int, optional
        All dimensions unless given.
    edge_order : {1, 2}
        Whether two or three values make the slopes at the edges.

    Returns
    -------
    tuple of Tensor
        Of the shape of `input`, one for each dimension.

    Raises
    ------
    RuntimeError
        For another `edge_order`, for dimensions of too few values, and for a spacing that does
        not fit them.

    Source: B. Fornberg, Generation of Finite Difference Formulas on Arbitrarily Spaced Grids,
    Mathematics of Computation 51, 1988.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.gradient(tg.tensor([1.0, 4.0, 9.0, 16.0]), spacing=2.0)
    (tensor([1.5000, 2.0000, 3.0000, 3.5000]),)
    """
    dims = several(dim, len(input.shape))
    if edge_order not in (1, 2):
        raise RuntimeError(
            f"torch.gradient only supports edge_order=1 and edge_order=2, got {edge_order}"
        )
    spacings = list(spacing) if isinstance(spacing, Sequence) else [spacing] * len(dims)
    if len(spacings) != len(dims):
        raise RuntimeError(
            "torch.gradient expected spacing to be unspecified, a scalar, or a list of length "
            f"equal to the number of dimensions, {len(dims)}; got {len(spacings)}"
        )
    return tuple(
        _slopes(input, at, step, edge_order) for at, step in zip(dims, spacings, strict=True)
    )


def _slopes(input: Any, at: int, spacing: Any, edge_order: int) -> Any:
    n, kind = input.shape[at], raw(input).dtype
    if n < edge_order + 1:
        raise RuntimeError(
            "torch.gradient expected each dimension size to be at least edge_order+1, "
            f"{edge_order + 1}; got {n}"
        )
    places = np.asarray(raw(spacing), np.float64)
    places = np.arange(n) * places if not places.ndim else places
    if places.shape != (n,):
        raise RuntimeError(
            f"torch.gradient expected each tensor of spacing to have the size of its dimension, "
            f"{n}; got {list(places.shape)}"
        )
    shape = [-1 if i == at else 1 for i in range(len(input.shape))]
    kind = kind if kind.kind in "fc" else np.dtype(np.float32)

    def slope(at_places: Any, *first: int) -> Any:
        """The slopes at places, of parabolas through three values, or lines through two."""
        count = len(at_places)
        x = np.stack([places[i : i + count] for i in first])
        total = 0
        for i, start in enumerate(first):
            others = [x[j] for j in range(len(first)) if j != i]
            over = np.prod([x[i] - o for o in others], axis=0)
            if len(others) == 1:
                weight = 1 / over
            else:
                weight = (2 * at_places - others[0] - others[1]) / over
            total = total + narrow(input, at, start, count) * weight.reshape(shape).astype(kind)
        return total

    last = range(n - edge_order - 1, n)
    inner = [slope(places[1:-1], 0, 1, 2)] if n > 2 else []
    ends = slope(places[:1], *range(edge_order + 1)), slope(places[-1:], *last)
    return cat([ends[0], *inner, ends[1]], at)
