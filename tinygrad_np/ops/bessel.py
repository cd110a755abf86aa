"""Bessel functions and what is near them, element by element.

Where a rule divides by an input that is 0, its limit stands.

Source: NIST Digital Library of Mathematical Functions, 9 and 10.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_np.ops.choice import where
from tinygrad_np.ops.elementwise import sign
from tinygrad_np.ops.special import from_scipy
from tinygrad_np.ops.trigonometry import cos
from tinygrad_np.tape.op import Array, op

__all__ = [
    "airy_ai",
    "bessel_j0",
    "bessel_j1",
    "bessel_y0",
    "bessel_y1",
    "i0",
    "i0e",
    "i1",
    "i1e",
    "modified_bessel_k0",
    "modified_bessel_k1",
    "scaled_modified_bessel_k0",
    "scaled_modified_bessel_k1",
    "spherical_bessel_j0",
]


def _over(out: Any, input: Any) -> Any:
    """``out / input`` of functions that are about half the input near 0."""
    return where(input == 0, 0.5, out / _apart(input))


def _apart(input: Any) -> Any:
    """The input, 1 where it is 0: neither a quotient nor its derivatives are nan there."""
    return where(input == 0, 1.0, input)


@op(promote=float)
def i0(input: Array) -> Array:
    """The modified Bessel function of the first kind, of order 0.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.special.i0(tg.tensor([0.5, 2.0]))
    tensor([1.0635, 2.2796])
    """
    return from_scipy("i0", input)


@i0.backward("input")
def _(grad: Array, input: Array) -> Any:
    return grad * i1(input)


@op(promote=float)
def i0e(input: Array) -> Array:
    """``exp(-abs(input)) * i0(input)``, which does not overflow.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.special.i0e(tg.tensor([0.5, 2.0]))
    tensor([0.6450, 0.3085])
    """
    return from_scipy("i0e", input)


@i0e.backward("input")
def _(grad: Array, input: Array, out: Array) -> Any:
    return grad * (i1e(input) - sign(input) * out)


@op(promote=float)
def i1(input: Array) -> Array:
    """The modified Bessel function of the first kind, of order 1.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.special.i1(tg.tensor([0.5, 2.0]))
    tensor([0.2579, 1.5906])
    """
    return from_scipy("i1", input)


@i1.backward("input")
def _(grad: Array, input: Array, out: Array) -> Any:
    return grad * (i0(input) - _over(out, input))


@op(promote=float)
def i1e(input: Array) -> Array:
    """``exp(-abs(input)) * i1(input)``, which does not overflow.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.special.i1e(tg.tensor([0.5, 2.0]))
    tensor([0.1564, 0.2153])
    """
    return from_scipy("i1e", input)


@i1e.backward("input")
def _(grad: Array, input: Array, out: Array) -> Any:
    return grad * (i0e(input) - sign(input) * out - _over(out, input))


@op(promote=float)
def bessel_j0(input: Array) -> Array:
    """The Bessel function of the first kind, of order 0.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.special.bessel_j0(tg.tensor([0.5, 2.0]))
    tensor([0.9385, 0.2239])
    """
    return from_scipy("j0", input)


@bessel_j0.backward("input")
def _(grad: Array, input: Array) -> Any:
    return grad * -bessel_j1(input)


@op(promote=float)
def bessel_j1(input: Array) -> Array:
    """The Bessel function of the first kind, of order 1.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.special.bessel_j1(tg.tensor([0.5, 2.0]))
    tensor([0.2423, 0.5767])
    """
    return from_scipy("j1", input)


@bessel_j1.backward("input")
def _(grad: Array, input: Array, out: Array) -> Any:
    return grad * (bessel_j0(input) - _over(out, input))


@op(promote=float)
def bessel_y0(input: Array) -> Array:
    """The Bessel function of the second kind, of order 0; -inf at 0, nan below.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.special.bessel_y0(tg.tensor([0.5, 2.0]))
    tensor([-0.4445,  0.5104])
    """
    return from_scipy("y0", input)


@bessel_y0.backward("input")
def _(grad: Array, input: Array) -> Any:
    return grad * -bessel_y1(input)


@op(promote=float)
def bessel_y1(input: Array) -> Array:
    """The Bessel function of the second kind, of order 1; -inf at 0, nan below.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.special.bessel_y1(tg.tensor([0.5, 2.0]))
    tensor([-1.4715, -0.1070])
    """
    return from_scipy("y1", input)


@bessel_y1.backward("input")
def _(grad: Array, input: Array, out: Array) -> Any:
    return grad * (bessel_y0(input) - out / input)


@op(promote=float)
def modified_bessel_k0(input: Array) -> Array:
    """The modified Bessel function of the second kind, of order 0; inf at 0, nan below.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.special.modified_bessel_k0(tg.tensor([0.5, 2.0]))
    tensor([0.9244, 0.1139])
    """
    return from_scipy("k0", input)


@modified_bessel_k0.backward("input")
def _(grad: Array, input: Array) -> Any:
    return grad * -modified_bessel_k1(input)


@op(promote=float)
def modified_bessel_k1(input: Array) -> Array:
    """The modified Bessel function of the second kind, of order 1; inf at 0, nan below.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.special.modified_bessel_k1(tg.tensor([0.5, 2.0]))
    tensor([1.6564, 0.1399])
    """
    return from_scipy("k1", input)


@modified_bessel_k1.backward("input")
def _(grad: Array, input: Array, out: Array) -> Any:
    return grad * (-modified_bessel_k0(input) - out / input)


@op(promote=float)
def scaled_modified_bessel_k0(input: Array) -> Array:
    """``exp(input) * modified_bessel_k0(input)``, which does not underflow.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.special.scaled_modified_bessel_k0(tg.tensor([0.5, 2.0]))
    tensor([1.5241, 0.8416])
    """
    return from_scipy("k0e", input)


@scaled_modified_bessel_k0.backward("input")
def _(grad: Array, input: Array, out: Array) -> Any:
    return grad * (out - scaled_modified_bessel_k1(input))


@op(promote=float)
def scaled_modified_bessel_k1(input: Array) -> Array:
    """``exp(input) * modified_bessel_k1(input)``, which does not underflow.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.special.scaled_modified_bessel_k1(tg.tensor([0.5, 2.0]))
    tensor([2.7310, 1.0335])
    """
    return from_scipy("k1e", input)


@scaled_modified_bessel_k1.backward("input")
def _(grad: Array, input: Array, out: Array) -> Any:
    return grad * (out - scaled_modified_bessel_k0(input) - out / input)


@op(promote=float)
def spherical_bessel_j0(input: Array) -> Array:
    """The spherical Bessel function of the first kind, of order 0: ``sin(input) / input``.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.special.spherical_bessel_j0(tg.tensor([0.5, 2.0]))
    tensor([0.9589, 0.4546])
    """
    with np.errstate(all="ignore"):
        ratio = np.where(input == 0, 1, np.sin(input) / input)
    return np.where(np.isinf(input), 0, ratio).astype(input.dtype)


@spherical_bessel_j0.backward("input")
def _(grad: Array, input: Array, out: Array) -> Any:
    return grad * where(input == 0, input / -3, (cos(input) - out) / _apart(input))


@op(promote=float)
def airy_ai(input: Array) -> Array:
    """The Airy function Ai, which decays; it solves ``y'' = x * y``.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.special.airy_ai(tg.tensor([0.5, 2.0]))
    tensor([0.2317, 0.0349])
    """
    return _airy(input, 0)


@airy_ai.backward("input")
def _(grad: Array, input: Array) -> Any:
    return grad * _airy_ai_slope(input)


@op(promote=float)
def _airy_ai_slope(input: Array) -> Array:
    return _airy(input, 1)


@_airy_ai_slope.backward("input")
def _(grad: Array, input: Array) -> Any:
    return grad * input * airy_ai(input)


def _airy(input: Array, derivative: int) -> Array:
    from scipy.special import airy

    return airy(input)[derivative].astype(input.dtype, copy=False)
