"""Losses of yes-or-no questions: cross entropies of single probabilities."""

from __future__ import annotations

import numpy as np

from tinygrad_np.kernels.silence import silent
from tinygrad_np.ops.activation import logsigmoid
from tinygrad_np.ops.cast import in_float32
from tinygrad_np.ops.choice import clamp
from tinygrad_np.ops.elementwise import mul, sub
from tinygrad_np.ops.exponential import log, log1p, sigmoid
from tinygrad_np.ops.linalg import same_dtype
from tinygrad_np.ops.reduce import check_floating
from tinygrad_np.ops.reduction import array, named, reduced, same_shape, weighted
from tinygrad_np.tape.op import Array, op

__all__ = [
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
]

LEAST = -100.0  # what PyTorch raises the logarithm of 0 to


@op
def _binary_cross_entropy(input: Array, target: Array) -> Array:
    check_floating("binary_cross_entropy", input)
    for name, x in (("input", input), ("target", target)):
        if not ((x >= 0) & (x <= 1)).all():
            raise RuntimeError(
                f"all elements of {name} should be between 0 and 1; got values from {x.min()} to "
                f"{x.max()} in shape {list(x.shape)}"
            )
    return silent.run(_entropy, input, target)


def _entropy(p: Array, target: Array) -> Array:
    no = np.maximum(np.log1p(-p), LEAST)
    return target * (no - np.maximum(np.log(p), LEAST)) - no


_binary_cross_entropy.backward(
    input=lambda grad, input, target: (
        grad * (input - target) / clamp(input * (1 - input), min=1e-12)
    ),
    target=lambda grad, input: (
        grad * (clamp(log1p(-input), min=LEAST) - clamp(log(input), min=LEAST))
    ),
)


def binary_cross_entropy(
    input: Array,
    target: Array,
    weight: Array | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Array:
    """Cross entropy of probabilities, ``-target * log(input) - (1 - target) * log(1 - input)``.

    Logarithms below -100 count as -100, so a loss is at most 100. From scores instead of
    probabilities, `binary_cross_entropy_with_logits` is more accurate.

    Parameters
    ----------
    input : Tensor
        Probabilities, in [0, 1].
    target : Tensor
        Probabilities, of the shape and dtype of the input.
    weight : Tensor, optional
        Of a shape that expands to the input's.
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
    RuntimeError
        If the dtypes differ, or a value is not a probability.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> p = tg.tensor([0.5, 0.0, 0.0])
    >>> tg.nn.functional.binary_cross_entropy(p, tg.tensor([1.0, 0.0, 1.0]), reduction="none")
    tensor([  0.6931,   0.0000, 100.0000])
    """
    reduction = named(reduction, size_average, reduce)
    same_shape("binary_cross_entropy", input, target)
    same_dtype("binary_cross_entropy", array(input), array(target))
    losses = in_float32(_binary_cross_entropy)(input, target)
    return reduced(weighted(losses, weight), reduction)


@op(promote=True)
def _logits_cross_entropy(input: Array, target: Array) -> Array:
    return silent.run(_entropy_of_logits, input, target)


def _entropy_of_logits(x: Array, target: Array) -> Array:
    return (1 - target) * x + np.maximum(-x, 0) + np.log1p(np.exp(-np.abs(x)))


_logits_cross_entropy.backward(
    input=lambda grad, input, target: grad * (sigmoid(input) - target),
    target=lambda grad, input: grad * -input,
)


def binary_cross_entropy_with_logits(
    input: Array,
    target: Array,
    weight: Array | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    pos_weight: Array | None = None,
) -> Array:
    """`binary_cross_entropy` of ``sigmoid(input)``, accurate for every finite input.

    Parameters
    ----------
    input : Tensor
        Logits: any numbers.
    target : Tensor
        Probabilities, of the input's shape and a floating point dtype.
    weight : Tensor, optional
        Of a shape that expands to the input's.
    size_average, reduce : bool, optional
        Deprecated; use `reduction`.
    reduction : {"mean", "sum", "none"}
    pos_weight : Tensor, optional
        How much a yes counts, for a no counting 1; of a shape that expands to the input's.

    Returns
    -------
    Tensor
        0-d, or of the input's shape for ``reduction="none"``.

    Raises
    ------
    ValueError
        If the shapes differ, even if they would broadcast.
    RuntimeError
        For targets of integers, and if `pos_weight` does not expand to the input's shape.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> x, yes = tg.tensor([0.0, 1000.0]), tg.tensor([1.0, 0.0])
    >>> tg.nn.functional.binary_cross_entropy_with_logits(x, yes, reduction="none")
    tensor([6.9315e-01, 1.0000e+03])
    """
    reduction = named(reduction, size_average, reduce)
    same_shape("binary_cross_entropy_with_logits", input, target)
    check_floating("binary_cross_entropy_with_logits", array(target))
    losses = _logits_cross_entropy(input, target)
    if pos_weight is not None:
        more = weighted(mul(target, logsigmoid(input)), sub(pos_weight, 1.0))
        losses = sub(losses, more)
    return reduced(weighted(losses, weight), reduction)
