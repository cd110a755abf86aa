"""Losses of regressions: how far numbers are from their targets."""

from __future__ import annotations

import math

import numpy as np

from tinygrad_np.kernels.silence import silent
from tinygrad_np.ops.cast import in_float32
from tinygrad_np.ops.choice import clamp, where
from tinygrad_np.ops.division import div
from tinygrad_np.ops.elementwise import abs, add, mul, sub
from tinygrad_np.ops.exponential import exp, log, square, xlogy
from tinygrad_np.ops.reduce import check_floating, sum
from tinygrad_np.ops.reduction import array, at_least, named, reduced, same_shape
from tinygrad_np.ops.shape import unsqueeze
from tinygrad_np.tape.op import Array, op

__all__ = [
    "gaussian_nll_loss",
    "huber_loss",
    "kl_div",
    "l1_loss",
    "mse_loss",
    "poisson_nll_loss",
    "smooth_l1_loss",
]


@op(promote=True)
def _mse_loss(input: Array, target: Array, *, reduction: str) -> Array:
    check_floating("mse_loss", input)
    errors = silent.run(np.subtract, input, target)
    if reduction == "none":
        return silent.run(np.square, errors)
    errors = errors.ravel(order="K")
    return errors.dot(errors) * _share(input.size, reduction)


_mse_loss.backward(
    input=lambda grad, input, target, reduction: (
        (input - target) * (grad * (2 * _share(math.prod(input.shape), reduction)))
    ),
    target=lambda grad, input, target, reduction: (
        (target - input) * (grad * (2 * _share(math.prod(input.shape), reduction)))
    ),
)


def _share(size: int, reduction: str) -> float:
    """What one of `size` losses contributes to the result."""
    return 1 / (size or math.nan) if reduction == "mean" else 1.0


def mse_loss(
    input: Array,
    target: Array,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    weight: Array | None = None,
) -> Array:
    """The mean of the squared errors, ``(input - target) ** 2``.

    Parameters
    ----------
    input, target : Tensor
        Of one shape.
    size_average, reduce : bool, optional
        Deprecated; use `reduction`.
    reduction : {"mean", "sum", "none"}
        With a weight the mean is the weighted one: over the sum of the weights.
    weight : Tensor, optional
        Of the shape of the input.

    Returns
    -------
    Tensor
        0-d, or of the input's shape for ``reduction="none"``. The mean of nothing is nan.

    Raises
    ------
    ValueError
        If the shapes differ, even if they would broadcast.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.nn.functional.mse_loss(tg.tensor([1.0, 2.0]), tg.tensor([1.0, 4.0]))
    tensor(2.)
    """
    reduction = named(reduction, size_average, reduce)
    same_shape("mse_loss", input, target)
    if weight is None:
        return in_float32(_mse_loss)(input, target, reduction=reduction)
    return _weighted_mean("mse_loss", square(sub(input, target)), weight, reduction)


def l1_loss(
    input: Array,
    target: Array,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    weight: Array | None = None,
) -> Array:
    """The mean of the absolute errors, ``abs(input - target)``.

    Parameters, Returns, Raises
    ---------------------------
    Those of `mse_loss`. The gradient of an error of 0 is 0.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.nn.functional.l1_loss(tg.tensor([1.0, 2.0]), tg.tensor([1.0, 4.0]))
    tensor(1.)
    """
    reduction = named(reduction, size_average, reduce)
    same_shape("l1_loss", input, target)
    return _weighted_mean("l1_loss", abs(sub(input, target)), weight, reduction)


def _weighted_mean(name: str, losses: Array, weight: Array | None, reduction: str) -> Array:
    if weight is None:
        return reduced(losses, reduction)
    same_shape(name, losses, weight, "weight")
    losses = mul(losses, weight)
    return div(sum(losses), sum(weight)) if reduction == "mean" else reduced(losses, reduction)


@op
def _huber(input: Array, *, delta: float) -> Array:
    """Half the square up to `delta`, and the line that goes on from there."""
    size = np.abs(input)
    bent = np.minimum(size, delta)
    return bent * (size - 0.5 * bent)


_huber.backward(input=lambda grad, input, delta: grad * clamp(input, -delta, delta))


def huber_loss(
    input: Array,
    target: Array,
    reduction: str = "mean",
    delta: float = 1.0,
    weight: Array | None = None,
) -> Array:
    """Half the squared error up to `delta`; beyond, the line of slope `delta` that goes on from it.

    Parameters
    ----------
    input, target : Tensor
        Of one shape.
    reduction : {"mean", "sum", "none"}
    delta : float, default 1
        Greater than 0.
    weight : Tensor, optional
        Of the shape of the input. The mean is over their number, not over the weights.

    Returns
    -------
    Tensor
        0-d, or of the input's shape for ``reduction="none"``.

    Raises
    ------
    ValueError
        If the shapes differ, even if they would broadcast.
    RuntimeError
        If `delta` is not greater than 0.

    Source: P. J. Huber, Robust Estimation of a Location Parameter, 1964.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.nn.functional.huber_loss(tg.tensor([1.0, 3.0]), tg.zeros(2), reduction="none")
    tensor([0.5000, 2.5000])
    """
    reduction = named(reduction)
    same_shape("huber_loss", input, target)
    if not delta > 0:
        raise RuntimeError(
            f"huber_loss does not support non-positive values for delta, got {delta}"
        )
    losses = _huber(sub(input, target), delta=delta)
    if weight is not None:
        same_shape("huber_loss", input, weight, "weight")
        losses = mul(losses, weight)
    return reduced(losses, reduction)


def smooth_l1_loss(
    input: Array,
    target: Array,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    beta: float = 1.0,
) -> Array:
    """`huber_loss` with ``delta=beta``, divided by `beta`: its slope is at most 1.

    Parameters
    ----------
    input, target : Tensor
        Of one shape.
    size_average, reduce : bool, optional
        Deprecated; use `reduction`.
    reduction : {"mean", "sum", "none"}
    beta : float, default 1
        At least 0, which gives `l1_loss`.

    Returns
    -------
    Tensor
        0-d, or of the input's shape for ``reduction="none"``.

    Raises
    ------
    ValueError
        If the shapes differ, even if they would broadcast.
    RuntimeError
        If `beta` is negative.

    Source: R. Girshick, Fast R-CNN, 2015, https://arxiv.org/abs/1504.08083

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.nn.functional.smooth_l1_loss(tg.tensor([0.5, 3.0]), tg.zeros(2), reduction="none")
    tensor([0.1250, 2.5000])
    """
    reduction = named(reduction, size_average, reduce)
    same_shape("smooth_l1_loss", input, target)
    if beta < 0:
        raise RuntimeError(f"smooth_l1_loss does not support negative values for beta, got {beta}")
    errors = sub(input, target)
    return reduced(div(_huber(errors, delta=beta), beta) if beta else abs(errors), reduction)


def kl_div(
    input: Array,
    target: Array,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    log_target: bool = False,
) -> Array:
    """The Kullback-Leibler divergence, ``target * (log(target) - input)``, element by element.

    Parameters
    ----------
    input : Tensor
        Logarithms of probabilities.
    target : Tensor
        Probabilities, of the input's shape; with `log_target` their logarithms.
    size_average, reduce : bool, optional
        Deprecated; use `reduction`.
    reduction : {"mean", "batchmean", "sum", "none"}
        The divergence itself, for a batch of distributions, is "batchmean": the sum over the size
        of the first dimension. "mean" divides by the number of elements.
    log_target : bool, default False

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
    >>> p, q = tg.tensor([[0.5, 0.5]]), tg.tensor([[0.25, 0.75]])
    >>> tg.nn.functional.kl_div(q.log(), p, reduction="batchmean")
    tensor(0.1438)
    """
    rows = input.shape[0] if reduction == "batchmean" and input.ndim else 1
    reduction = named("sum" if reduction == "batchmean" else reduction, size_average, reduce)
    same_shape("kl_div", input, target)
    if log_target:
        losses = mul(exp(target), sub(target, input))
    else:
        losses = sub(xlogy(target, target), mul(target, input))
    return div(reduced(losses, reduction), rows) if rows != 1 else reduced(losses, reduction)


def poisson_nll_loss(
    input: Array,
    target: Array,
    log_input: bool = True,
    full: bool = False,
    size_average: bool | None = None,
    eps: float = 1e-8,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Array:
    """The negative log likelihood of counts under Poisson distributions.

    Parameters
    ----------
    input : Tensor
        The rates that are expected, or with `log_input` their logarithms.
    target : Tensor
        The counts, of the input's shape.
    log_input : bool, default True
    full : bool, default False
        Add Stirling's approximation of the logarithm of the counts' factorials, for counts
        greater than 1.
    size_average, reduce : bool, optional
        Deprecated; use `reduction`.
    eps : float, default 1e-8
        Added to rates before their logarithm is taken.
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
    >>> tg.nn.functional.poisson_nll_loss(tg.tensor([0.0, 1.0]), tg.tensor([1.0, 2.0]))
    tensor(0.8591)
    """
    reduction = named(reduction, size_average, reduce)
    same_shape("poisson_nll_loss", input, target)
    if log_input:
        losses = sub(exp(input), mul(target, input))
    else:
        losses = sub(input, mul(target, log(add(input, eps))))
    if full:
        many = target > 1
        n = where(many, target, 1.0)
        stirling = add(sub(mul(n, log(n)), n), log(mul(n, 2 * math.pi)), alpha=0.5)
        losses = add(losses, where(many, stirling, 0.0))
    return reduced(losses, reduction)


def gaussian_nll_loss(
    input: Array,
    target: Array,
    var: Array | float,
    full: bool = False,
    eps: float = 1e-6,
    reduction: str = "mean",
) -> Array:
    """The negative log likelihood of values under normal distributions.

    Parameters
    ----------
    input : Tensor
        The means that are expected.
    target : Tensor
        The values: of the input's shape, or with size 1 in some dimensions.
    var : Tensor or float
        The variances: of the input's shape, or lacking its last dimension, or with size 1 in one.
    full : bool, default False
        Add the constant ``log(2 * pi) / 2``.
    eps : float, default 1e-6
        Smaller variances are raised to this value, which their gradient does not see.
    reduction : {"mean", "sum", "none"}

    Returns
    -------
    Tensor
        0-d, or of the input's shape for ``reduction="none"``.

    Raises
    ------
    ValueError
        If the shapes don't fit, or a variance is negative.

    Source: D. A. Nix, A. S. Weigend, Estimating the mean and variance of the target probability
    distribution, 1994.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> mean, value = tg.tensor([0.0, 0.0]), tg.tensor([0.0, 2.0])
    >>> tg.nn.functional.gaussian_nll_loss(mean, value, tg.ones(2))
    tensor(1.)
    """
    reduction = named(reduction)
    shape = tuple(input.shape)
    if isinstance(var, (int, float)):
        var = np.full(shape, var, array(input).dtype)
    if (array(var) < 0).any():
        raise ValueError(f"var has negative entry/entries: the least is {array(var).min()}")
    if tuple(var.shape) == shape[:-1] != shape:
        var = unsqueeze(var, -1)
    given = f"input {list(shape)}, target {list(target.shape)} and var {list(var.shape)}"
    differing = [v for i, v in zip(shape, var.shape, strict=False) if i != v]
    if var.ndim != input.ndim or differing not in ([], [1]):
        raise ValueError(
            "var is of incorrect size: expected the input's shape, that without its last "
            f"dimension, or that with size 1 in one dimension; got {given}"
        )
    pairs = zip(shape, target.shape, strict=False)
    if target.ndim != input.ndim or any(i != t and 1 not in (i, t) for i, t in pairs):
        raise ValueError(
            "gaussian_nll_loss: expected a target of the input's shape, or with size 1 in some "
            f"dimensions; got {given}; use .view_as(), .unsqueeze() or .squeeze()"
        )
    var = at_least(var, low=eps)
    losses = mul(add(log(var), div(square(sub(input, target)), var)), 0.5)
    if full:
        losses = add(losses, 0.5 * math.log(2 * math.pi))
    return reduced(losses, reduction)
