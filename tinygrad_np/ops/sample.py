"""Random numbers from distributions that tensors describe.

A draw has no derivative: the gradients of `bernoulli`, `binomial`, `normal` and
`poisson` are zero, as PyTorch's are.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_np.generator import Generator, source
from tinygrad_np.ops.random import require, require_chance, require_float
from tinygrad_np.tape.op import Array, op

__all__ = ["bernoulli", "binomial", "multinomial", "poisson"]


@op
def bernoulli(input: Array, p: float | None = None, *, generator: Generator | None = None) -> Array:
    """Ones with the probabilities in `input`, else zeros.

    Parameters
    ----------
    input : Tensor
        Of probabilities, or, with `p`, only a shape and a dtype.
    p : float, optional
        The probability for all elements.
    generator : Generator, optional

    Raises
    ------
    RuntimeError
        If a probability is not in [0, 1].

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.bernoulli(tg.tensor([0.0, 1.0]))
    tensor([0., 1.])
    """
    if p is None:
        require_float("bernoulli", input.dtype)
    chance = input if p is None else p
    require_chance("bernoulli", chance)
    return source(generator).bernoulli(chance, input.shape, input.dtype)


@op
def normal(mean: Array, std: Array, *, generator: Generator | None = None) -> Array:
    """Numbers from normal distributions, one for each mean and deviation."""
    dtype = (mean if isinstance(mean, np.ndarray) else std).dtype
    require_float("normal", dtype)
    require(bool(np.all(np.greater_equal(std, 0))), "normal", "std >= 0", std=std)
    try:
        shape = np.broadcast_shapes(np.shape(mean), np.shape(std))
    except ValueError:
        raise RuntimeError(
            f"normal: mean of shape {list(np.shape(mean))} and std of shape "
            f"{list(np.shape(std))} do not broadcast"
        ) from None
    return (source(generator).normal(0.0, 1.0, shape, dtype) * std + mean).astype(dtype)


@op
def poisson(input: Array, generator: Generator | None = None) -> Array:
    """How many events happen where `input` are expected on average.

    Not PyTorch's numbers, unlike the other functions here.

    Parameters
    ----------
    input : Tensor
        Of non-negative rates.
    generator : Generator, optional

    Raises
    ------
    RuntimeError
        If a rate is negative.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.poisson(tg.tensor([0.0, 1e6])) > 1000
    tensor([False,  True])
    """
    require_float("poisson", input.dtype)
    require(bool((input >= 0).all()), "poisson", "rates >= 0", smallest=input.min(initial=0))
    return source(generator).poisson(input)


@op
def binomial(count: Array, prob: Array, generator: Generator | None = None) -> Array:
    """How many of `count` tries succeed, each with the probability `prob`.

    Not PyTorch's numbers.

    Parameters
    ----------
    count, prob : Tensor
        Of one floating point dtype; they broadcast together.
    generator : Generator, optional

    Raises
    ------
    RuntimeError
        If a count is negative, or a probability not in [0, 1].

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.binomial(tg.tensor([5.0, 5.0]), tg.tensor([0.0, 1.0]))
    tensor([0., 5.])
    """
    require_float("binomial", count.dtype)
    require_float("binomial", prob.dtype)
    require(bool((count >= 0).all()), "binomial", "counts >= 0", smallest=count.min(initial=0))
    require_chance("binomial", prob)
    return source(generator).binomial(count, prob)


@op
def standard_gamma(input: Array, generator: Generator | None = None) -> Array:
    """Numbers of the gamma distributions with these concentrations, and the rate 1.

    Not PyTorch's numbers. The gradient says how a number moves when its concentration does, and
    its place in the distribution stays.

    Source: M. Figurnov et al., Implicit Reparameterization Gradients, 2018,
    https://arxiv.org/abs/1805.08498
    """
    require_float("standard_gamma", input.dtype)
    return source(generator).gamma(input)


@op
def _gamma_slope(input: Array, value: Array) -> Array:
    """How `value` moves with the concentration: ``-dF/da / f`` for the distribution function F.

    Of F and 1 - F the smaller, which is exact to its last digits also where it is tiny; the
    derivative of its logarithm by differences of fourth order, in float64.
    """
    import scipy.special

    a, x = input.astype(np.float64), value.astype(np.float64)
    upper = x > a
    step = 1e-3 * a

    def logarithm(a: Array) -> Array:
        low, high = scipy.special.gammainc(a, x), scipy.special.gammaincc(a, x)
        return np.log(np.where(upper, high, low))

    with np.errstate(all="ignore"):
        near = logarithm(a + step) - logarithm(a - step)
        far = logarithm(a + 2 * step) - logarithm(a - 2 * step)
        logs = logarithm(a) - ((a - 1) * np.log(x) - x - scipy.special.gammaln(a))
        slope = np.where(upper, 1, -1) * np.exp(logs) * (8 * near - far) / (12 * step)
    return slope.astype(input.dtype)


standard_gamma.backward(input=lambda grad, input, out: grad * _gamma_slope(input, out))
bernoulli.backward(input=lambda grad: None)
normal.backward(mean=lambda grad: None, std=lambda grad: None)
poisson.backward(input=lambda grad: None)
binomial.backward(count=lambda grad: None, prob=lambda grad: None)


@op
def multinomial(
    input: Array,
    num_samples: int,
    replacement: bool = False,
    *,
    generator: Generator | None = None,
) -> Array:
    """Indices drawn with probabilities proportional to the weights in each row of `input`.

    Parameters
    ----------
    input : Tensor
        Weights, (categories,) or (rows, categories): not negative, not all zero.
    num_samples : int
        How many to draw from each row.
    replacement : bool, default False
        Whether an index can be drawn again.
    generator : Generator, optional

    Returns
    -------
    Tensor
        int64, (num_samples,) or (rows, num_samples).

    Raises
    ------
    RuntimeError
        For other weights, and for more samples than there are to draw.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.multinomial(tg.tensor([0.0, 3.0]), 2, replacement=True)
    tensor([1, 1])
    """
    shape: Any = list(input.shape)
    require(input.ndim in (1, 2), "multinomial", "1 or 2 dimensions", shape=shape)
    require(input.dtype.kind == "f", "multinomial", "floating point weights", dtype=input.dtype)
    require(num_samples > 0, "multinomial", "num_samples > 0", num_samples=num_samples)
    require(
        replacement or num_samples <= shape[-1],
        "multinomial without replacement",
        "no more samples than there are categories",
        num_samples=num_samples,
        shape=shape,
    )
    good = np.isfinite(input).all() and (input >= 0).all()
    extremes = {"smallest": input.min(initial=0), "largest": input.max(initial=0)}
    require(bool(good), "multinomial", "finite weights >= 0", **extremes)
    sums = input.sum(-1)
    require(bool((sums > 0).all()), "multinomial", "weights with a sum > 0", sums=sums)
    return source(generator).multinomial(input, num_samples, replacement)
