"""The error function and its relatives, element by element."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tinygrad_np.ops.exponential import exp
from tinygrad_np.tape.op import Array, op

__all__ = ["erf", "erfc", "erfinv"]

_SLOPE = 2 / math.sqrt(math.pi)  # of erf at 0


@op(promote=float)
def erf(input: Array) -> Array:
    """The error function, ``2 / sqrt(pi)`` times the integral of ``exp(-t**2)`` from 0.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.erf(tg.tensor([0.0, -1.0, 10.0]))
    tensor([ 0.0000, -0.8427,  1.0000])
    """
    return _scipy("erf", input)


erf.backward(input=lambda grad, input: grad * exp(-(input * input)) * _SLOPE)


@op(promote=float)
def erfc(input: Array) -> Array:
    """``1 - erf(input)``, exact where it is small.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.erfc(tg.tensor([0.0, -1.0, 3.0]))
    tensor([1.0000e+00, 1.8427e+00, 2.2090e-05])
    """
    return _scipy("erfc", input)


erfc.backward(input=lambda grad, input: grad * exp(-(input * input)) * -_SLOPE)


@op(promote=float)
def erfinv(input: Array) -> Array:
    """The inverse of `erf` on (-1, 1); inf at 1, nan beyond.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.erfinv(tg.tensor([0.0, 0.5, -1.0]))
    tensor([0.0000, 0.4769,   -inf])
    """
    return _scipy("erfinv", input)


erfinv.backward(input=lambda grad, out: grad * exp(out * out) / _SLOPE)


def _scipy(name: str, input: Any) -> Array:
    """A function of SciPy, which is imported when first needed; float16 stays what it is."""
    import scipy.special

    return getattr(scipy.special, name)(input).astype(np.result_type(input), copy=False)
