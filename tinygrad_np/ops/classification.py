"""Losses over classes: cross entropy and the negative log likelihood under it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tinygrad_np.kernels.along import places
from tinygrad_np.kernels.elementwise import compute
from tinygrad_np.kernels.exponentials import at, cross_entropies
from tinygrad_np.kernels.silence import quiet
from tinygrad_np.ops.choice import where
from tinygrad_np.ops.division import div
from tinygrad_np.ops.elementwise import add, mul, neg
from tinygrad_np.ops.index import _scatter
from tinygrad_np.ops.linalg import same_dtype
from tinygrad_np.ops.reduce import check_floating, sum
from tinygrad_np.ops.reduction import array, named, reduced
from tinygrad_np.ops.softmax import _softmax, log_softmax
from tinygrad_np.tape.graph import TensorBase
from tinygrad_np.tape.op import Array, op
from tinygrad_np.tape.record import recorded_whole

__all__ = ["cross_entropy", "nll_loss"]

Shape = tuple[int, ...]

LABELS = (np.dtype(np.int64), np.dtype(np.uint8))


@op(aux=True)
def _cross_entropy(
    input: Array, target: Array, weight: Array | None = None, *, ignore_index: int, reduction: str
) -> Any:
    labels, keep, each = _labels("cross_entropy", input, target, weight, ignore_index)
    axis = _class_axis(input.shape)
    losses, total, exps, truth = cross_entropies(input, labels, axis)
    out, share = _reduced(losses, keep, each, reduction, target.shape)
    return out, (exps, total, truth, keep, share)


@_cross_entropy.backward("input")
def _(grad: Array, aux: Any, input: Array = None) -> Array:
    exps, total, truth, keep, share = aux
    grad = _shared(grad, total.shape, keep, share)
    if isinstance(grad, TensorBase):  # create_graph: softmax has to be a function of the input
        ones = np.zeros(exps.shape, exps.dtype)
        at(ones, truth)[truth] = 1
        return (_softmax(input, dim=_class_axis(exps.shape), dtype=None) - ones) * grad
    out = compute(np.multiply, exps, grad / total)
    at(out, truth)[truth] -= grad
    return out


@op(aux=True)
def _nll_loss(
    input: Array, target: Array, weight: Array | None = None, *, ignore_index: int, reduction: str
) -> Any:
    labels, keep, each = _labels("nll_loss", input, target, weight, ignore_index)
    truth = places(labels, _class_axis(input.shape))
    out, share = _reduced(-input[truth], keep, each, reduction, target.shape)
    return out, (truth, labels.shape, keep, share)


@_nll_loss.backward("input")
def _(grad: Array, input_shape: Shape, aux: Any) -> Array:
    truth, rows, keep, share = aux
    return _scatter(-_shared(grad, rows, keep, share), shape=input_shape, where=truth)


def _class_axis(shape: Shape) -> int:
    """Where the classes are: in dimension 1 if there is a batch, else in dimension 0."""
    return min(len(shape), 2) - 1


def _labels(
    name: str, input: Array, target: Array, weight: Array | None, ignore_index: int
) -> tuple[Array, Array | None, Array | None]:
    """The labels, which of them count, None if all do, and how much each counts, None if 1.

    They have a dimension of size 1 where the input has its classes. Labels that are ignored
    become 0, and so does what they count.

    Raises
    ------
    ValueError, RuntimeError
        If the shapes or dtypes don't fit.
    IndexError
        If a label that is not ignored is not the number of a class.
    """
    shape = input.shape
    axis = _class_axis(shape)
    if not shape or target.shape != shape[:axis] + shape[axis + 1 :]:
        raise _misfit(name, shape, target.shape)
    check_floating(name, input)
    if target.dtype not in LABELS:
        raise RuntimeError(
            f"{name}: expected class numbers of dtype int64 or uint8 for a target of shape "
            f"{list(target.shape)}, got {target.dtype}; convert it with .long()"
        )
    classes, keep, each = shape[axis], None, None
    # a copy: the gradient is to find the labels as they are now
    labels = target.astype(np.int64).reshape((*shape[:axis], 1, *shape[axis + 1 :]))
    # as an unsigned number, a negative one is huge; where the largest is, is found sooner
    unsigned = labels.view(np.uint64)
    if ignore_index >= 0 or (labels.size and unsigned.item(unsigned.argmax()) >= classes):
        keep = labels != ignore_index
        labels = np.where(keep, labels, 0)
        given = f"; got an input of shape {list(shape)} and a target of shape {list(target.shape)}"
        check_range(name, labels, classes, f" or ignore_index={ignore_index}{given}")
        each = keep.astype(input.dtype)
    if weight is not None:
        check_weight(name, input, weight)
        each = _kept(weight[labels], keep)
    return labels, keep, each


def _single(input: Array, target: Array) -> Array:
    """The target; that of an input without a batch as a 0-d one."""
    return target.reshape(()) if input.ndim == 1 and tuple(target.shape) == (1,) else target


def check_range(name: str, labels: Array, classes: int, otherwise: str = "") -> None:
    """IndexError for a label that is not the number of a class."""
    wrong = labels[(labels < 0) | (labels >= classes)]
    if wrong.size:
        raise IndexError(
            f"Target {wrong[0]} is out of bounds. {name}: expected class numbers from 0 to "
            f"{classes - 1}{otherwise}"
        )


def _misfit(name: str, shape: Shape, target: Shape) -> Exception:
    """What to raise for a target of the wrong shape; PyTorch's types."""
    given = f"{name}: got an input of shape {list(shape)} and a target of shape {list(target)}"
    if not shape:
        return ValueError(f"{given}; expected an input with a dimension of classes")
    wanted = [] if len(shape) == 1 else [shape[0], *shape[2:]]
    if not wanted and len(target) == 1:
        return ValueError(f"{given}; for a 1D input, a 1D target must have size 1")
    batch = target[0] if target else 0
    if wanted and batch != shape[0]:
        return ValueError(
            f"Expected input batch_size ({shape[0]}) to match target batch_size ({batch}). "
            f"{given}; expected class numbers of shape {wanted}"
        )
    return RuntimeError(
        f"{given}; expected class numbers of shape {wanted}: .squeeze() or .view() may give it"
    )


def check_weight(name: str, input: Array, weight: Array) -> None:
    """RuntimeError unless there is one weight for each class, of the dtype of the input."""
    classes = input.shape[_class_axis(input.shape)]
    if tuple(weight.shape) != (classes,):
        raise RuntimeError(
            f"{name}: weight tensor should be defined either for all {classes} classes or no "
            f"classes but got weight tensor of shape: {list(weight.shape)}"
        )
    same_dtype(name, input, weight)


def _reduced(
    losses: Array, keep: Array | None, each: Array | None, reduction: str, shape: Shape
) -> tuple[Array, Any]:
    """The losses reduced, and what each of them contributes to the result."""
    if each is not None:
        with quiet():  # a weight may be infinite
            losses = _kept(losses, keep) * each
            if reduction == "mean":
                count = each.sum()
                return losses.sum() / (count or math.nan), each / count
    share: Any = 1.0 if each is None else each
    if reduction == "none":
        return losses.reshape(shape), share
    total = np.add.reduce(losses, None)
    if reduction == "sum":
        return total, share
    # a number of Python's: NumPy's would make float64 of float32
    return total / (losses.size or math.nan), 1 / (losses.size or 1)


def _kept(values: Array, keep: Array | None) -> Array:
    """The values, and 0 where they don't count: inf * 0 would be nan there, too."""
    return values if keep is None else where(keep, values, 0.0)


def _shared(grad: Array, shape: Shape, keep: Array | None, share: Any) -> Array:
    """What reaches each loss, with a dimension of size 1 for the classes unless it is 0-d."""
    if grad.ndim:
        grad = grad.reshape(shape)
    return _kept(grad * share, keep)


def nll_loss(
    input: Array,
    target: Array,
    weight: Array | None = None,
    size_average: bool | None = None,
    ignore_index: int = -100,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Array:
    """The negative log likelihood: minus the entry of `input` at each target.

    Parameters
    ----------
    input : Tensor
        Logarithms of probabilities, (C,), (N, C) or (N, C, d1, d2, ...) for C classes.
    target : Tensor
        Class numbers in [0, C), int64 or uint8: () or (1,) for an input of (C,), else
        (N, d1, d2, ...).
    weight : Tensor, optional
        (C,), of the dtype of the input: how much each class counts.
    size_average, reduce : bool, optional
        Deprecated; use `reduction`.
    ignore_index : int, default -100
        A target that doesn't count.
    reduction : {"mean", "sum", "none"}
        The mean is over what the targets weigh: nan if that is 0.

    Returns
    -------
    Tensor
        0-d, or of the target's shape for ``reduction="none"``.

    Raises
    ------
    IndexError
        For a target that is neither a class number nor `ignore_index`.
    ValueError, RuntimeError
        If shapes or dtypes don't fit, or `weight` requires grad.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> p = tg.tensor([[0.25, 0.75], [0.5, 0.5]])
    >>> tg.nn.functional.nll_loss(p.log(), tg.tensor([1, 0]), reduction="none")
    tensor([0.2877, 0.6931])
    """
    reduction = named(reduction, size_average, reduce)
    _check_constant("nll_loss", weight)
    target = _single(input, target)
    return _nll_loss(input, target, weight, ignore_index=ignore_index, reduction=reduction)


def cross_entropy(
    input: Array,
    target: Array,
    weight: Array | None = None,
    size_average: bool | None = None,
    ignore_index: int = -100,
    reduce: bool | None = None,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Array:
    """Cross entropy of the softmax of `input` and the target: ``-log_softmax(input)[target]``.

    Parameters
    ----------
    input : Tensor
        Unnormalised logarithms of probabilities (logits), (C,), (N, C) or (N, C, d1, d2, ...)
        for C classes.
    target : Tensor
        Class numbers in [0, C), int64 or uint8: () or (1,) for an input of (C,), else
        (N, d1, d2, ...).
        Or probabilities of the classes, of the shape of the input; gradients reach these too.
    weight : Tensor, optional
        (C,), of the dtype of the input: how much each class counts.
    size_average, reduce : bool, optional
        Deprecated; use `reduction`.
    ignore_index : int, default -100
        A class number that doesn't count.
    reduction : {"mean", "sum", "none"}
        The mean is over what the class numbers weigh, nan if that is 0; for probabilities it is
        over N, d1, d2, ....
    label_smoothing : float, default 0
        In [0, 1]: how much of the target is spread evenly over all classes.

    Returns
    -------
    Tensor
        0-d, or of shape (), (N,) or (N, d1, d2, ...) for ``reduction="none"``.

    Raises
    ------
    IndexError
        For a target that is neither a class number nor `ignore_index`.
    ValueError, RuntimeError
        If shapes, dtypes or parameters don't fit, or `weight` requires grad beside class numbers.

    Source: C. Szegedy et al., Rethinking the Inception Architecture for Computer Vision, 2016,
    section 7 (label smoothing), https://arxiv.org/abs/1512.00567

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> logits = tg.tensor([[0.0, 0.0], [0.0, 100.0]])
    >>> tg.nn.functional.cross_entropy(logits, tg.tensor([0, 1]), reduction="none")
    tensor([0.6931, 0.0000])
    """
    reduction = named(reduction, size_average, reduce)
    if not 0 <= label_smoothing <= 1:
        raise RuntimeError(f"label_smoothing must be between 0.0 and 1.0. Got: {label_smoothing}")
    try:
        if target.shape != input.shape:
            target = _single(input, target)
        probable = target.ndim == input.ndim
    except AttributeError:
        raise TypeError(
            "cross_entropy: expected tensors as input and target, got "
            f"{type(input).__name__} and {type(target).__name__}"
        ) from None
    if probable:
        _check_probabilities(input, target, weight, ignore_index)
        if label_smoothing:
            even = label_smoothing / input.shape[_class_axis(input.shape)]
            target = add(mul(target, 1 - label_smoothing), even)
        return reduced(_expected(input, target, weight), reduction)
    _check_constant("cross_entropy", weight)
    if not label_smoothing:
        return _cross_entropy(input, target, weight, ignore_index=ignore_index, reduction=reduction)
    smooth, counts, total = _smoothed(input, target, weight, ignore_index, label_smoothing)
    losses = where(counts, _expected(input, smooth, weight), 0.0)
    if reduction == "mean":
        return div(sum(losses), total)
    return reduced(losses, reduction)


def _expected(input: Array, target: Array, weight: Array | None) -> Array:
    """Minus the logarithms of softmax, added up over the classes by their probabilities."""
    axis = _class_axis(input.shape)
    logs = mul(log_softmax(input, axis), target)
    if weight is not None:
        logs = mul(logs, weight.reshape((-1,) + (1,) * (input.ndim - axis - 1)))
    return neg(sum(logs, axis))


@recorded_whole
def _smoothed(
    input: Array, target: Array, weight: Array | None, ignore_index: int, label_smoothing: float
) -> tuple[Array, Array, Array]:
    """Class numbers made into probabilities, which of them count, and what these weigh."""
    input, target, weight = array(input), array(target), array(weight)
    labels, _, each = _labels("cross_entropy", input, target, weight, ignore_index)
    axis = _class_axis(input.shape)
    smooth = np.full(input.shape, label_smoothing / input.shape[axis], input.dtype)
    smooth[places(labels, axis)] += 1 - label_smoothing
    total = labels.size if each is None else each.sum()
    return smooth, target != ignore_index, np.asarray(total or math.nan, input.dtype)


def _check_probabilities(
    input: Array, target: Array, weight: Array | None, ignore_index: int
) -> None:
    shapes = tuple(input.shape), tuple(target.shape)
    if not input.ndim or shapes[0] != shapes[1]:
        raise _misfit("cross_entropy", *shapes)
    if array(target).dtype.kind != "f":
        raise RuntimeError(
            "Expected floating point type for target with class probabilities, got "
            f"{target.dtype} for an input and a target of shape {list(shapes[0])}; class numbers "
            "lack the dimension of the classes"
        )
    if ignore_index >= 0:
        raise RuntimeError("ignore_index is not supported for floating point target")
    if weight is not None:
        check_weight("cross_entropy", input, weight)


def _check_constant(name: str, weight: Array | None) -> None:
    if isinstance(weight, TensorBase) and weight._place() is not None:
        raise RuntimeError(
            f"{name} is not differentiable with respect to 'weight' for class numbers; detach() it"
        )
