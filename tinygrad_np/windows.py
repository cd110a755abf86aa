"""Windows by which a signal is multiplied before its Fourier transform.

A window of n points is symmetric, or, `periodic`, the first n of the symmetric one of n + 1. More
of them are in `signal.windows`.

Source: F. J. Harris, On the Use of Windows for Harmonic Analysis with the Discrete Fourier
Transform, Proc. IEEE 66, 1978.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from tinygrad_np.conversion import Options, made
from tinygrad_np.creation import float_type
from tinygrad_np.tape.record import always

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from tinygrad_np.tensor import Tensor

__all__ = ["bartlett_window", "blackman_window", "hamming_window", "hann_window", "kaiser_window"]

Array = Any


def hann_window(window_length: int, periodic: bool = True, **options: Unpack[Options]) -> Tensor:
    """The window ``0.5 - 0.5 * cos(2 * pi * i / n)``.

    Parameters
    ----------
    window_length : int
        A window of one point is 1.
    periodic : bool, default True
        n is `window_length`; else, one less, so that the window is symmetric.
    **options
        As for `zeros`.

    Raises
    ------
    RuntimeError
        For a negative length, and a dtype that is not of floats.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.hann_window(4)
    tensor([0.0000, 0.5000, 1.0000, 0.5000])
    >>> tg.hann_window(4, periodic=False)
    tensor([0.0000, 0.7500, 0.7500, 0.0000])
    """
    return _window("hann_window", window_length, periodic, cosines(0.5, 0.5), options)


def hamming_window(
    window_length: int,
    periodic: bool = True,
    alpha: float = 0.54,
    beta: float = 0.46,
    **options: Unpack[Options],
) -> Tensor:
    """The window ``alpha - beta * cos(2 * pi * i / n)``; see `hann_window`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.hamming_window(4)
    tensor([0.0800, 0.5400, 1.0000, 0.5400])
    """
    return _window("hamming_window", window_length, periodic, cosines(alpha, beta), options)


def blackman_window(
    window_length: int, periodic: bool = True, **options: Unpack[Options]
) -> Tensor:
    """The window ``0.42 - 0.5 * cos(2 * pi * i / n) + 0.08 * cos(4 * pi * i / n)``.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.blackman_window(4).round(decimals=4) + 0
    tensor([0.0000, 0.3400, 1.0000, 0.3400])
    """
    return _window("blackman_window", window_length, periodic, cosines(0.42, 0.5, 0.08), options)


def bartlett_window(
    window_length: int, periodic: bool = True, **options: Unpack[Options]
) -> Tensor:
    """A triangle, from 0 to 1 to 0; see `hann_window`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.bartlett_window(4)
    tensor([0.0000, 0.5000, 1.0000, 0.5000])
    """
    return _window("bartlett_window", window_length, periodic, triangle, options)


def kaiser_window(
    window_length: int, periodic: bool = True, beta: float = 12.0, **options: Unpack[Options]
) -> Tensor:
    """The window ``i0(beta * sqrt(1 - x ** 2)) / i0(beta)``, x from -1 to 1; see `hann_window`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.kaiser_window(4, beta=4.0)
    tensor([0.0885, 0.6334, 1.0000, 0.6334])
    """
    return _window("kaiser_window", window_length, periodic, kaiser(beta), options)


# --- their shapes, of places x from 0 to 1 ---

Shape = Callable[[Array], Array]


def cosines(*coefficients: float) -> Shape:
    """Of the 0, 1, 2, ... periods of a cosine in a window, with alternating signs."""
    return lambda x: sum(
        a * (-1) ** i * np.cos(2 * np.pi * i * x) for i, a in enumerate(coefficients)
    )


def triangle(x: Array) -> Array:
    """As high as the place is far from the ends."""
    return 1 - abs(2 * x - 1)


def kaiser(beta: float) -> Shape:
    """Of Bessel functions; `beta` says how narrow."""
    return lambda x: np.i0(beta * np.sqrt(np.maximum(1 - (2 * x - 1) ** 2, 0))) / np.i0(beta)


def places(n: int, periodic: bool) -> Array:
    """Where the points of a window lie between 0 and 1; the one point in the middle."""
    return np.arange(n) / (n if periodic else n - 1) if n > 1 else np.full(n, 0.5)


def _window(name: str, length: int, periodic: bool, shape: Shape, options: Options) -> Tensor:
    try:
        n = operator.index(length)
    except TypeError:
        raise TypeError(f"{name}: window_length must be int, not {length!r}") from None
    if n < 0:
        raise RuntimeError(f"{name} requires non-negative window_length, got window_length={n}")
    dtype = float_type(options)
    if dtype.kind != "f":
        raise RuntimeError(f"{name} expects floating point dtypes, got: {dtype}")
    values = np.ones(1) if n == 1 else shape(places(n, periodic))
    return made(always(values.astype(dtype)), options)
