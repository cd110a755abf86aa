"""Windows of M points in SciPy's words: symmetric ones, or, with ``sym=False``, periodic ones.

Source: https://pytorch.org/docs/stable/signal.html
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from tinygrad_np.conversion import Options, made
from tinygrad_np.creation import float_type
from tinygrad_np.windows import Shape, cosines, places, triangle
from tinygrad_np.windows import kaiser as bessel

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from tinygrad_np.tensor import Tensor

__all__ = [
    "bartlett", "blackman", "cosine", "exponential", "gaussian", "general_cosine",
    "general_hamming", "hamming", "hann", "kaiser", "nuttall",
]  # fmt: skip


def general_cosine(
    M: int,  # noqa: N803
    *,
    a: Iterable[float],
    sym: bool = True,
    **options: Unpack[Options],
) -> Tensor:
    """``a[0] - a[1] * cos(2 * pi * i / n) + a[2] * cos(4 * pi * i / n) - ...``.

    Parameters
    ----------
    M : int
        The number of points; a window of one point is 1.
    a : sequence of float
    sym : bool, default True
        n is ``M - 1``, and the window symmetric; else M.
    **options
        As for `zeros`.

    Raises
    ------
    TypeError
        For an `a` that is not a sequence of numbers.
    ValueError
        For an empty one, a negative M, and a dtype that is not float32 or float64.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.signal.windows.general_cosine(5, a=[0.5, 0.25])
    tensor([0.2500, 0.5000, 0.7500, 0.5000, 0.2500])
    """
    if not isinstance(a, Iterable):
        raise TypeError(f"Coefficients must be a list/tuple, got {a!r}")
    coefficients = [_number(v) for v in a]
    if not coefficients:
        raise ValueError("Coefficients cannot be empty")
    return _window(M, sym, cosines(*coefficients), options)


def general_hamming(
    M: int,  # noqa: N803
    *,
    alpha: float = 0.54,
    sym: bool = True,
    **options: Unpack[Options],
) -> Tensor:
    """``alpha - (1 - alpha) * cos(2 * pi * i / n)``; see `general_cosine`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.signal.windows.general_hamming(3, alpha=0.6)
    tensor([0.2000, 1.0000, 0.2000])
    """
    return _window(M, sym, cosines(alpha, 1 - alpha), options)


def hamming(M: int, *, sym: bool = True, **options: Unpack[Options]) -> Tensor:  # noqa: N803
    """``0.54 - 0.46 * cos(2 * pi * i / n)``; see `general_cosine`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.signal.windows.hamming(3)
    tensor([0.0800, 1.0000, 0.0800])
    """
    return _window(M, sym, cosines(0.54, 0.46), options)


def hann(M: int, *, sym: bool = True, **options: Unpack[Options]) -> Tensor:  # noqa: N803
    """``0.5 - 0.5 * cos(2 * pi * i / n)``; see `general_cosine`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.signal.windows.hann(5)
    tensor([0.0000, 0.5000, 1.0000, 0.5000, 0.0000])
    """
    return _window(M, sym, cosines(0.5, 0.5), options)


def blackman(M: int, *, sym: bool = True, **options: Unpack[Options]) -> Tensor:  # noqa: N803
    """Three cosines with 0.42, 0.5 and 0.08; see `general_cosine`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.signal.windows.blackman(5).round(decimals=4) + 0
    tensor([0.0000, 0.3400, 1.0000, 0.3400, 0.0000])
    """
    return _window(M, sym, cosines(0.42, 0.5, 0.08), options)


def nuttall(M: int, *, sym: bool = True, **options: Unpack[Options]) -> Tensor:  # noqa: N803
    """Four cosines, with little at the ends; see `general_cosine`.

    Source: A. H. Nuttall, Some Windows with Very Good Sidelobe Behavior, IEEE Trans. Acoustics 29,
    1981.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.signal.windows.nuttall(5)
    tensor([3.6280e-04, 2.2698e-01, 1.0000e+00, 2.2698e-01, 3.6280e-04])
    """
    return _window(M, sym, cosines(0.3635819, 0.4891775, 0.1365995, 0.0106411), options)


def bartlett(M: int, *, sym: bool = True, **options: Unpack[Options]) -> Tensor:  # noqa: N803
    """A triangle from 0 to 1 to 0; see `general_cosine`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.signal.windows.bartlett(5)
    tensor([0.0000, 0.5000, 1.0000, 0.5000, 0.0000])
    """
    return _window(M, sym, triangle, options)


def kaiser(
    M: int,  # noqa: N803
    *,
    beta: float = 12.0,
    sym: bool = True,
    **options: Unpack[Options],
) -> Tensor:
    """``i0(beta * sqrt(1 - x ** 2)) / i0(beta)``, x from -1 to 1; see `general_cosine`.

    Raises
    ------
    ValueError
        For a negative `beta` as well.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.signal.windows.kaiser(3, beta=4.0)
    tensor([0.0885, 1.0000, 0.0885])
    """
    if beta < 0:
        raise ValueError(f"beta must be non-negative, got: {beta} instead.")
    return _window(M, sym, bessel(beta), options)


def cosine(M: int, *, sym: bool = True, **options: Unpack[Options]) -> Tensor:  # noqa: N803
    """Half a period of a sine, which nowhere is 0: ``sin(pi * (i + 0.5) / M)``.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.signal.windows.cosine(3)
    tensor([0.5000, 1.0000, 0.5000])
    """
    n = M + (not sym)
    return _window(M, sym, lambda x: np.sin(np.pi * (_steps(x, n) + n / 2) / n), options)


def exponential(
    M: int,  # noqa: N803
    *,
    center: float | None = None,
    tau: float = 1.0,
    sym: bool = True,
    **options: Unpack[Options],
) -> Tensor:
    """``exp(-abs(i - center) / tau)``; see `general_cosine`.

    Parameters
    ----------
    center : float, optional
        The middle unless given, for a periodic window only.
    tau : float, default 1

    Raises
    ------
    ValueError
        For a `center` of a symmetric window, and a `tau` that is not positive, as well.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.signal.windows.exponential(3)
    tensor([0.3679, 1.0000, 0.3679])
    """
    if tau <= 0:
        raise ValueError(f"Tau must be positive, got: {tau} instead.")
    if sym and center is not None:
        raise ValueError(f"Center must be None for symmetric windows, got {center}")
    n = M + (not sym)
    shift = 0.0 if center is None else center - (n - 1) / 2
    return _window(M, sym, lambda x: np.exp(-abs(_steps(x, n) - shift) / tau), options)


def gaussian(
    M: int,  # noqa: N803
    *,
    std: float = 1.0,
    sym: bool = True,
    **options: Unpack[Options],
) -> Tensor:
    """``exp(-(i - center) ** 2 / (2 * std ** 2))``; see `general_cosine`.

    Raises
    ------
    ValueError
        For an `std` that is not positive, as well.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.signal.windows.gaussian(3)
    tensor([0.6065, 1.0000, 0.6065])
    """
    if std <= 0:
        raise ValueError(f"Standard deviation must be positive, got: {std} instead.")
    n = M + (not sym)
    return _window(M, sym, lambda x: np.exp(-0.5 * (_steps(x, n) / std) ** 2), options)


def _steps(x: Any, n: int) -> Any:
    """Places from 0 to 1 as steps from the middle of n points."""
    return (x - 0.5) * (n - 1)


def _number(value: Any) -> float:
    if not isinstance(value, (int, float)):
        raise TypeError(f"a coefficient must be real number, not {type(value).__name__}")
    return float(value)


def _window(n: int, symmetric: bool, shape: Shape, options: Options) -> Tensor:
    if n < 0:
        raise ValueError(f"a window requires non-negative window length, got M={n}")
    dtype = float_type(options)
    if dtype not in (np.float32, np.float64):
        raise ValueError(f"a window expects float32 or float64 dtypes, got: {dtype}")
    values = np.ones(1) if n == 1 else shape(places(n, not symmetric))
    return made(values.astype(dtype), options)
