"""Rounding, and what else has a zero gradient wherever it has one."""

from __future__ import annotations

import numpy as np

from tinygrad_np.kernels.silence import silent
from tinygrad_np.tape.op import Array, op

__all__ = ["ceil", "fix", "floor", "frac", "round", "trunc"]


@op
def zero(grad: Array) -> Array:
    """The rule of a function that is flat: zeros, also where `grad` is inf or nan."""
    return np.zeros_like(grad)


zero.backward(grad=lambda grad: zero(grad))


@op
def floor(input: Array) -> Array:
    """The largest integer that is not greater; its gradient is zero.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.floor(tg.tensor([-1.5, 1.5]))
    tensor([-2.,  1.])
    """
    return _rounded(np.floor, input)


floor.backward(input=zero)


@op
def ceil(input: Array) -> Array:
    """The smallest integer that is not less; its gradient is zero.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.ceil(tg.tensor([-1.5, 1.5]))
    tensor([-1.,  2.])
    """
    return _rounded(np.ceil, input)


ceil.backward(input=zero)


@op
def trunc(input: Array) -> Array:
    """The integer next to it towards zero; its gradient is zero.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.trunc(tg.tensor([-1.5, 1.5]))
    tensor([-1.,  1.])
    """
    return _rounded(np.trunc, input)


trunc.backward(input=zero)
fix = trunc


@op
def round(input: Array, *, decimals: int = 0) -> Array:
    """Round to the nearest multiple of ``10 ** -decimals``, halves to the even one.

    Its gradient is zero.

    Parameters
    ----------
    input : Tensor
    decimals : int, default 0
        Negative to round to tens, hundreds, ...

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.round(tg.tensor([0.5, 1.5, 2.6])), tg.round(tg.tensor([1234.567]), decimals=-2)
    (tensor([0., 2., 3.]), tensor([1200.]))
    """
    return silent.run(np.round, input, decimals)


round.backward(input=zero)


@op
def frac(input: Array) -> Array:
    """``input - trunc(input)``, with the sign of `input`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.frac(tg.tensor([1.25, -3.5]))
    tensor([ 0.2500, -0.5000])
    """
    return silent.run(np.subtract, input, _rounded(np.trunc, input))


frac.backward(input=lambda grad: grad)


def _rounded(function: np.ufunc, input: Array) -> Array:
    """Floats rounded, integers as they are."""
    return function(input) if input.dtype.kind == "f" else input.copy()
