"""Distances and angles between vectors, and the losses that they make."""

from __future__ import annotations

from collections.abc import Callable

from tinygrad_np.ops.broadcast import broadcast_tensors
from tinygrad_np.ops.cast import in_float32
from tinygrad_np.ops.choice import clamp_min, minimum, where
from tinygrad_np.ops.division import div
from tinygrad_np.ops.elementwise import add, mul, rsub, sub
from tinygrad_np.ops.exponential import sqrt, square
from tinygrad_np.ops.norms import norm
from tinygrad_np.ops.reduce import sum
from tinygrad_np.ops.reduction import at_least, named, reduced
from tinygrad_np.tape.op import Array

__all__ = [
    "cosine_embedding_loss",
    "cosine_similarity",
    "pairwise_distance",
    "triplet_margin_loss",
    "triplet_margin_with_distance_loss",
]


def pairwise_distance(
    x1: Array, x2: Array, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False
) -> Array:
    """The distances between the vectors of two tensors, which lie along the last dimension.

    Parameters
    ----------
    x1, x2 : Tensor
        (N, D) or (D,); they broadcast.
    p : float, default 2
        Of the norm.
    eps : float, default 1e-6
        Added to each difference, so that no distance is 0.
    keepdim : bool, default False

    Returns
    -------
    Tensor
        (N,) or (); with `keepdim` (N, 1) or (1,).

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.pairwise_distance(tg.tensor([[0.0, 0.0], [3.0, 4.0]]), tg.tensor([0.0, 0.0]))
    tensor([1.4142e-06, 5.0000e+00])
    """
    return norm(add(sub(x1, x2), eps), p, -1, keepdim)


@in_float32
def cosine_similarity(x1: Array, x2: Array, dim: int = 1, eps: float = 1e-8) -> Array:
    """The cosine of the angles between vectors, ``x1 @ x2 / (norm(x1) * norm(x2))``.

    Parameters
    ----------
    x1, x2 : Tensor
        They broadcast.
    dim : int, default 1
        The dimension that the vectors lie along, after broadcasting.
    eps : float, default 1e-8
        Smaller norms count as this.

    Returns
    -------
    Tensor
        Without dimension `dim`.

    Raises
    ------
    RuntimeError
        For two tensors of integers.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.cosine_similarity(tg.tensor([1.0, 0.0]), tg.tensor([[1.0, 1.0], [0.0, 2.0]]))
    tensor([0.7071, 0.0000])
    """
    x1, x2 = broadcast_tensors(x1, x2)
    return sum(mul(_unit(x1, dim, eps), _unit(x2, dim, eps)), dim)


def _unit(x: Array, dim: int, eps: float) -> Array:
    return div(x, at_least(norm(x, 2, dim, True), low=eps))


def cosine_embedding_loss(
    input1: Array,
    input2: Array,
    target: Array,
    margin: float = 0,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Array:
    """What the cosine lacks to 1 for pairs that belong together, and its excess over `margin` else.

    Parameters
    ----------
    input1, input2 : Tensor
        The vectors, (N, D) or (D,).
    target : Tensor
        (N,) or (): 1 for pairs that belong together, -1 for others.
    margin : float, default 0
        Best from 0 to 0.5.
    size_average, reduce : bool, optional
        Deprecated; use `reduction`.
    reduction : {"mean", "sum", "none"}

    Returns
    -------
    Tensor
        0-d, or of the target's shape for ``reduction="none"``.

    Raises
    ------
    RuntimeError
        If the shapes don't fit.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> a, b = tg.tensor([[1.0, 0.0], [1.0, 0.0]]), tg.tensor([[0.0, 2.0], [2.0, 0.0]])
    >>> tg.nn.functional.cosine_embedding_loss(a, b, tg.tensor([1, -1]), reduction="none")
    tensor([1., 1.])
    """
    reduction = named(reduction, size_average, reduce)
    wanted = tuple(input1.shape)[:-1]
    if input1.ndim not in (1, 2) or input1.shape != input2.shape or target.shape != wanted:
        raise RuntimeError(
            "cosine_embedding_loss: a 0D target tensor expects 1D input tensors, and a 1D target "
            f"of shape (N,) 2D inputs of shape (N, D), but found inputs with sizes "
            f"{list(input1.shape)} and {list(input2.shape)} and a target of {list(target.shape)}"
        )
    cosine = div(
        sum(mul(input1, input2), -1),
        sqrt(mul(_squared_norm(input1), _squared_norm(input2))),
    )
    near = where(target == 1, rsub(cosine, 1.0), 0.0)
    far = where(target == -1, clamp_min(sub(cosine, margin), 0), 0.0)
    return reduced(add(near, far), reduction)


def _squared_norm(x: Array) -> Array:
    return add(sum(square(x), -1), 1e-12)


def triplet_margin_loss(
    anchor: Array,
    positive: Array,
    negative: Array,
    margin: float = 1.0,
    p: float = 2,
    eps: float = 1e-6,
    swap: bool = False,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Array:
    """What the negative lacks to be `margin` farther from the anchor than the positive is.

    Parameters
    ----------
    anchor, positive, negative : Tensor
        (N, D) or (D,)
    margin : float, default 1
        Greater than 0.
    p, eps : float
        Of `pairwise_distance`.
    swap : bool, default False
        Count the distance of negative and positive where it is smaller than the anchor's.
    size_average, reduce : bool, optional
        Deprecated; use `reduction`.
    reduction : {"mean", "sum", "none"}

    Returns
    -------
    Tensor
        0-d, or of shape (N,) or () for ``reduction="none"``.

    Raises
    ------
    ValueError
        If `margin` is not greater than 0.
    RuntimeError
        If the numbers of dimensions differ.

    Source: V. Balntas et al., Learning shallow convolutional feature descriptors with triplet
    losses, 2016, http://www.bmva.org/bmvc/2016/papers/paper119/index.html

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> anchor, near, far = tg.zeros(1, 2), tg.tensor([[0.0, 2.0]]), tg.tensor([[0.0, -2.5]])
    >>> tg.nn.functional.triplet_margin_loss(anchor, near, far)
    tensor(0.5000)
    """
    return triplet_margin_with_distance_loss(
        anchor,
        positive,
        negative,
        distance_function=lambda a, b: pairwise_distance(a, b, p, eps),
        margin=margin,
        swap=swap,
        reduction=named(reduction, size_average, reduce),
    )


def triplet_margin_with_distance_loss(
    anchor: Array,
    positive: Array,
    negative: Array,
    *,
    distance_function: Callable[[Array, Array], Array] | None = None,
    margin: float = 1.0,
    swap: bool = False,
    reduction: str = "mean",
) -> Array:
    """`triplet_margin_loss` with a distance of one's own.

    Parameters
    ----------
    anchor, positive, negative : Tensor
        Of as many dimensions.
    distance_function : callable, optional
        Takes two of them; `pairwise_distance` by default.
    margin : float, default 1
        Greater than 0.
    swap : bool, default False
        Count the distance of negative and positive where it is smaller than the anchor's.
    reduction : {"mean", "sum", "none"}

    Returns
    -------
    Tensor
        0-d, or of the distances' shape for ``reduction="none"``.

    Raises
    ------
    ValueError
        If `margin` is not greater than 0.
    RuntimeError
        If the numbers of dimensions differ.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> a, p, n = tg.zeros(1, 2), tg.zeros(1, 2), tg.full((1, 2), 0.25)
    >>> tg.nn.functional.triplet_margin_with_distance_loss(
    ...     a, p, n, distance_function=lambda x, y: (x - y).abs().sum(1)
    ... )
    tensor(0.5000)
    """
    reduction = named(reduction)
    if not margin > 0:
        raise ValueError(f"margin must be greater than 0, got {margin}")
    if not anchor.ndim == positive.ndim == negative.ndim:
        raise RuntimeError(
            "The anchor, positive, and negative tensors are expected to have the same number of "
            f"dimensions, but got: anchor {list(anchor.shape)}, positive {list(positive.shape)}, "
            f"and negative {list(negative.shape)}"
        )
    distance = distance_function or pairwise_distance
    far = distance(anchor, negative)
    if swap:
        far = minimum(far, distance(positive, negative))
    return reduced(clamp_min(add(sub(distance(anchor, positive), far), margin), 0), reduction)
