"""Losses that are 0 once right and wrong are a margin apart, and their smooth relatives."""

from __future__ import annotations

import numpy as np

from tinygrad_np.kernels.along import places
from tinygrad_np.ops.activation import logsigmoid
from tinygrad_np.ops.binary import _logits_cross_entropy
from tinygrad_np.ops.choice import clamp_min, where
from tinygrad_np.ops.classification import check_range, check_weight
from tinygrad_np.ops.division import div
from tinygrad_np.ops.elementwise import add, mul, neg, rsub, sub
from tinygrad_np.ops.exponential import square
from tinygrad_np.ops.index import _index
from tinygrad_np.ops.piecewise import relu
from tinygrad_np.ops.reduce import mean, sum
from tinygrad_np.ops.reduction import array, named, reduced, same_shape, weighted
from tinygrad_np.ops.shape import unsqueeze
from tinygrad_np.tape.op import Array
from tinygrad_np.tape.record import recorded_whole

__all__ = [
    "hinge_embedding_loss",
    "margin_ranking_loss",
    "multi_margin_loss",
    "multilabel_margin_loss",
    "multilabel_soft_margin_loss",
    "soft_margin_loss",
]


def hinge_embedding_loss(
    input: Array,
    target: Array,
    margin: float = 1.0,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Array:
    """Distances of pairs that belong together, and what others lack to a distance of `margin`.

    Parameters
    ----------
    input : Tensor
        Distances.
    target : Tensor
        Of the input's shape: 1 for pairs that belong together, -1 for others.
    margin : float, default 1
    size_average, reduce : bool, optional
        Deprecated; use `reduction`.
    reduction : {"mean", "sum", "none"}

    Returns
    -------
    Tensor
        0-d, or of the input's shape for ``reduction="none"``.

    Raises
    ------
    ValueError
        If the shapes differ, even if they would broadcast.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> distances, together = tg.tensor([0.25, 0.25, 3.0]), tg.tensor([1, -1, -1])
    >>> tg.nn.functional.hinge_embedding_loss(distances, together, reduction="none")
    tensor([0.2500, 0.7500, 0.0000])
    """
    reduction = named(reduction, size_average, reduce)
    same_shape("hinge_embedding_loss", input, target)
    near = where(target != -1, input, 0.0)
    far = where(target != 1, clamp_min(rsub(input, margin), 0), 0.0)
    return reduced(add(near, far), reduction)


def margin_ranking_loss(
    input1: Array,
    input2: Array,
    target: Array,
    margin: float = 0,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Array:
    """What the first input lacks to be `margin` above the second, or below it.

    Parameters
    ----------
    input1, input2, target : Tensor
        Of one shape; the target is 1 where `input1` is to be the larger one and -1 where `input2`.
    margin : float, default 0
    size_average, reduce : bool, optional
        Deprecated; use `reduction`.
    reduction : {"mean", "sum", "none"}

    Returns
    -------
    Tensor
        0-d, or of the inputs' shape for ``reduction="none"``.

    Raises
    ------
    RuntimeError
        If the shapes differ, even if they would broadcast.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> a, b = tg.tensor([1.0, 1.0]), tg.tensor([3.0, 3.0])
    >>> tg.nn.functional.margin_ranking_loss(a, b, tg.tensor([1, -1]), reduction="none")
    tensor([2., 0.])
    """
    reduction = named(reduction, size_average, reduce)
    if not input1.shape == input2.shape == target.shape:
        raise RuntimeError(
            "margin_ranking_loss: expected tensors of one shape, got sizes: input1: "
            f"{list(input1.shape)}, input2: {list(input2.shape)}, target: {list(target.shape)}; "
            "bring them to it with .view_as(), .unsqueeze() or .squeeze()"
        )
    short = add(mul(neg(target), sub(input1, input2)), margin)
    return reduced(clamp_min(short, 0), reduction)


def soft_margin_loss(
    input: Array,
    target: Array,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Array:
    """The logistic loss ``log(1 + exp(-target * input))`` of targets 1 and -1.

    Parameters
    ----------
    input, target : Tensor
        Of one shape.
    size_average, reduce : bool, optional
        Deprecated; use `reduction`.
    reduction : {"mean", "sum", "none"}

    Returns
    -------
    Tensor
        0-d, or of the input's shape for ``reduction="none"``.

    Raises
    ------
    ValueError
        If the shapes differ, even if they would broadcast.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> x, side = tg.tensor([0.0, 1000.0]), tg.tensor([1, -1])
    >>> tg.nn.functional.soft_margin_loss(x, side, reduction="none")
    tensor([6.9315e-01, 1.0000e+03])
    """
    reduction = named(reduction, size_average, reduce)
    same_shape("soft_margin_loss", input, target)
    return reduced(neg(logsigmoid(mul(target, input))), reduction)


def multi_margin_loss(
    input: Array,
    target: Array,
    p: int = 1,
    margin: float = 1.0,
    weight: Array | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Array:
    """What the score of the right class lacks to be `margin` above each other's, over the classes.

    Parameters
    ----------
    input : Tensor
        Scores of C classes, (N, C) or (C,).
    target : Tensor
        Class numbers of dtype int64, (N,); () or (1,) for scores of (C,).
    p : {1, 2}
        The power that each shortfall is raised to.
    margin : float, default 1
    weight : Tensor, optional
        (C,), of the dtype of the input: how much each class counts as the right one.
    size_average, reduce : bool, optional
        Deprecated; use `reduction`.
    reduction : {"mean", "sum", "none"}

    Returns
    -------
    Tensor
        0-d, or of the target's shape for ``reduction="none"``.

    Raises
    ------
    ValueError
        For another `p`.
    IndexError
        For a target that is not the number of a class.
    RuntimeError
        If shapes or dtypes don't fit.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> scores = tg.tensor([[0.5, 0.0, 2.0]])
    >>> tg.nn.functional.multi_margin_loss(scores, tg.tensor([0]))
    tensor(1.)
    """
    reduction = named(reduction, size_average, reduce)
    if p not in (1, 2):
        raise ValueError(f"multi_margin_loss: only p == 1 and p == 2 supported, got {p}")
    labels = _labels(target)
    if input.ndim == labels.ndim == 1:
        input = unsqueeze(input, 0)
    _check_scores("multi_margin_loss", input, labels, tuple(input.shape)[:-1])
    if weight is not None:
        check_weight("multi_margin_loss", input, weight)
    *right, counts = _others(labels, weight, input)
    short = relu(add(sub(input, _index(input, where=tuple(right))), margin))
    losses = sum(mul(square(short) if p == 2 else short, counts), -1)
    return reduced(div(losses, input.shape[-1]), reduction)


@recorded_whole
def _labels(target: Array) -> Array:
    """A copy of the labels: the gradient is to find them as they are now."""
    return np.array(array(target))


@recorded_whole
def _others(labels: Array, weight: Array, input: Array) -> tuple[Array, ...]:
    """Where the classes of the labels are, and what each of the others counts."""
    check_range("multi_margin_loss", labels, input.shape[-1], _shapes(input, labels))
    right = places(labels[..., None], input.ndim - 1)
    counts = np.ones(input.shape, array(input).dtype)
    counts[right] = 0
    if weight is not None:
        counts *= array(weight)[labels][..., None]
    return *right, counts


def multilabel_margin_loss(
    input: Array,
    target: Array,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Array:
    """What each right class lacks to be 1 above each wrong one, over the number of classes.

    Parameters
    ----------
    input : Tensor
        Scores of C classes, (N, C) or (C,).
    target : Tensor
        Of the input's shape and dtype int64: the numbers of the right classes, in front of the
        first -1.
    size_average, reduce : bool, optional
        Deprecated; use `reduction`.
    reduction : {"mean", "sum", "none"}

    Returns
    -------
    Tensor
        0-d, or of shape (N,) for ``reduction="none"`` and a batch.

    Raises
    ------
    IndexError
        For a target that is neither -1 nor the number of a class.
    RuntimeError
        If shapes or dtypes don't fit.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> scores, right = tg.tensor([0.5, 0.0, 2.0]), tg.tensor([2, 0, -1])
    >>> tg.nn.functional.multilabel_margin_loss(scores, right)
    tensor(0.1667)
    """
    reduction = named(reduction, size_average, reduce)
    labels = array(target)
    _check_scores("multilabel_margin_loss", input, labels, tuple(input.shape))
    classes = input.shape[-1]
    numbers = np.where(labels == -1, 0, labels)
    check_range("multilabel_margin_loss", numbers, classes, f" or -1{_shapes(input, labels)}")
    given = np.logical_and.accumulate(labels >= 0, axis=-1)
    labels = np.where(given, labels, 0)
    at = places(labels, input.ndim - 1)
    wrong = np.ones(labels.shape, bool)
    wrong[tuple(np.broadcast_to(i, given.shape)[given] for i in at)] = False
    pairs = given[..., :, None] & wrong[..., None, :]
    gaps = sub(unsqueeze(input, -2), unsqueeze(_index(input, where=at), -1))
    losses = sum(mul(relu(add(gaps, 1.0)), pairs.astype(array(input).dtype)), (-2, -1))
    return reduced(div(losses, classes), reduction)


def _check_scores(name: str, input: Array, labels: Array, wanted: tuple[int, ...]) -> None:
    if input.ndim not in (1, 2) or not input.shape[-1] or labels.shape != wanted:
        raise RuntimeError(
            f"{name}: expected scores of shape (N, C) or (C,) and a target of shape "
            f"{list(wanted)}{_shapes(input, labels)}"
        )
    if labels.dtype != np.int64:
        raise RuntimeError(
            f"{name}: expected class numbers of dtype int64, got {labels.dtype}"
            f"{_shapes(input, labels)}; convert them with .long()"
        )


def _shapes(input: Array, labels: Array) -> str:
    return f"; got an input of shape {list(input.shape)} and a target of shape {list(labels.shape)}"


def multilabel_soft_margin_loss(
    input: Array,
    target: Array,
    weight: Array | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Array:
    """`binary_cross_entropy_with_logits`, its mean over the classes (the last dimension) first.

    Parameters
    ----------
    input : Tensor
        Logits of C classes, (*, C).
    target : Tensor
        0 or 1 for each, of the input's shape.
    weight : Tensor, optional
        Of a shape that expands to the input's.
    size_average, reduce : bool, optional
        Deprecated; use `reduction`.
    reduction : {"mean", "sum", "none"}

    Returns
    -------
    Tensor
        0-d, or of shape (*) for ``reduction="none"``.

    Raises
    ------
    ValueError
        If the shapes differ, even if they would broadcast.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> x, right = tg.tensor([[0.0, 0.0]]), tg.tensor([[1.0, 0.0]])
    >>> tg.nn.functional.multilabel_soft_margin_loss(x, right)
    tensor(0.6931)
    """
    reduction = named(reduction, size_average, reduce)
    same_shape("multilabel_soft_margin_loss", input, target)
    losses = weighted(_logits_cross_entropy(input, target), weight)
    return reduced(mean(losses, -1), reduction)
