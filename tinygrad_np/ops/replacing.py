"""Copies of a tensor in which a part is replaced."""

from __future__ import annotations

from typing import Any

from tinygrad_np.ops.dims import one
from tinygrad_np.ops.gathering import scatter_reduce
from tinygrad_np.ops.shape import expand, raw
from tinygrad_np.tape.inplace import write

__all__ = ["index_reduce", "select_scatter", "slice_scatter"]


def select_scatter(input: Any, src: Any, dim: int, index: int) -> Any:
    """A copy of `input` with `src` where `select` takes a part.

    Raises
    ------
    IndexError
        If there is no such index.
    RuntimeError
        If `src` does not have the shape of the part.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.select_scatter(tg.zeros(2, 2), tg.ones(2), 0, 1)
    tensor([[0., 0.],
            [1., 1.]])
    """
    at = one(dim, len(input.shape))
    if not -input.shape[at] <= index < input.shape[at]:
        raise IndexError(
            f"select(): index {index} out of range for tensor of size {list(input.shape)} at "
            f"dimension {at}"
        )
    return _replaced(input, src, (slice(None),) * at + (index,))


def slice_scatter(
    input: Any,
    src: Any,
    dim: int = 0,
    start: int | None = None,
    end: int | None = None,
    step: int = 1,
) -> Any:
    """A copy of `input` with `src` at ``start:end:step`` of a dimension.

    Raises
    ------
    RuntimeError
        If `src` does not have the shape of that part.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.slice_scatter(tg.zeros(2, 3), tg.ones(2, 2), dim=1, start=1)
    tensor([[0., 1., 1.],
            [0., 1., 1.]])
    """
    if step < 1:
        raise RuntimeError(f"slice step must be positive, got {step}")
    at = one(dim, len(input.shape))
    return _replaced(input, src, (slice(None),) * at + (slice(start, end, step),))


def index_reduce(
    input: Any, dim: int, index: Any, source: Any, reduce: str, *, include_self: bool = True
) -> Any:
    """A copy of `input` combined with the parts of `source` along `dim`, at the places of `index`.

    Parameters
    ----------
    input : Tensor
    dim : int
    index : Tensor of int64 or int32
        (n,): for each part of `source` its place in `input`.
    source : Tensor
        Of the shape of `input`, but of size n along `dim`.
    reduce : {'prod', 'mean', 'amax', 'amin'}
    include_self : bool, default True
        Whether what is in `input` counts where an index names its place.

    Raises
    ------
    RuntimeError
        As `scatter_reduce`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> index, source = tg.tensor([0, 0, 1]), tg.tensor([1.0, 5.0, 2.0])
    >>> tg.index_reduce(tg.zeros(2), 0, index, source, "amax")
    tensor([5., 2.])
    """
    if reduce not in ("prod", "mean", "amax", "amin"):
        raise RuntimeError(
            f"index_reduce(): expected reduce to be one of prod, mean, amax or amin, got {reduce}"
        )
    at, shape = one(dim, len(source.shape)), tuple(source.shape)
    if tuple(index.shape) != shape[at : at + 1]:
        raise RuntimeError(
            f"index_reduce(): Number of indices should be equal to source.size(dim), {shape}[{at}]"
            f"; got an index of shape {list(index.shape)}"
        )
    places = index.reshape([-1 if i == at else 1 for i in range(len(shape))])
    return scatter_reduce(
        input, dim, expand(places, shape), source, reduce, include_self=include_self
    )


def _replaced(input: Any, src: Any, where: tuple[Any, ...]) -> Any:
    part = raw(input)[where].shape
    if tuple(src.shape) != part:
        raise RuntimeError(
            "expected src to have a size equal to the slice of self. src size = "
            f"{list(src.shape)}, slice size = {list(part)}"
        )
    return write(input, src, where=where)
