"""Changes of an image that mix each pixel with those around it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tinygrad_np.vision.transforms.colour import blend, require_factor
from tinygrad_np.vision.transforms.image import (
    Array,
    Image,
    change,
    get_dimensions,
    rounded,
    working_type,
)

__all__ = ["adjust_sharpness", "gaussian_blur"]


def gaussian_blur(
    img: Image, kernel_size: int | Sequence[int], sigma: float | Sequence[float] | None = None
) -> Image:
    """The mean of the pixels around, with weights of a bell curve; mirrored beyond the edges.

    Parameters
    ----------
    kernel_size : int or (int, int)
        How many pixels along the rows, and along the columns: odd.
    sigma : float or (float, float), optional
        The bells' standard deviations, in pixels; ``0.15 * kernel_size + 0.35`` unless given.

    Raises
    ------
    ValueError
        For sizes that are not odd, and deviations that are not positive.
    RuntimeError
        If the image has not more than half as many pixels along a side.

    Examples
    --------
    >>> import numpy as np
    >>> from tinygrad_np.vision.transforms import functional as F
    >>> F.gaussian_blur(np.eye(3), kernel_size=3, sigma=1.0).round(2).tolist()
    [[0.5, 0.37, 0.3], [0.37, 0.35, 0.37], [0.3, 0.37, 0.5]]
    """
    sizes = [kernel_size] * 2 if isinstance(kernel_size, int) else list(kernel_size)
    if len(sizes) != 2 or any(n < 1 or n % 2 == 0 for n in sizes):
        raise ValueError(f"kernel_size should be one or two odd and positive ints. Got {sizes}")
    if sigma is None:
        sigma = [0.15 * n + 0.35 for n in sizes]
    for n, side in zip(sizes, get_dimensions(img)[:0:-1], strict=True):
        if n // 2 >= side:
            raise RuntimeError(
                f"Padding size should be less than the corresponding input dimension: a "
                f"kernel_size of {n} reaches {n // 2} pixels, the image has {side}"
            )
    widths = [sigma] if isinstance(sigma, (int, float)) else list(sigma)
    if len(widths) not in (1, 2) or min(widths) <= 0:
        raise ValueError(f"sigma should be one or two positive numbers. Got {sigma}")
    across, down = (_bell(n, s) for n, s in zip(sizes, (widths[0], widths[-1]), strict=True))

    def function(a: Array) -> Array:
        x = a.astype(working_type(a))
        return rounded(_along(_along(x, across, -1), down, -2), a.dtype)

    return change(img, function)


def _bell(size: int, sigma: float) -> Array:
    x = (np.arange(size) - (size - 1) / 2) / sigma
    bell = np.exp(-0.5 * x**2)
    return bell / bell.sum()  # type: ignore[no-any-return]


def _along(a: Array, kernel: Array, axis: int) -> Array:
    """The mean along an axis with the weights of `kernel`."""
    border = [(0, 0)] * a.ndim
    border[axis] = (len(kernel) // 2,) * 2
    padded = np.pad(a, border, "reflect")
    windows = np.lib.stride_tricks.sliding_window_view(padded, len(kernel), axis)
    return windows @ kernel.astype(a.dtype)  # type: ignore[no-any-return]


def adjust_sharpness(img: Image, sharpness_factor: float) -> Image:
    """Multiply how far the image is from a blurred one: 0 is blurred, 1 the image as it is.

    Raises
    ------
    ValueError
        For a negative factor.
    TypeError
        For an image of other than 1 or 3 channels.

    Examples
    --------
    >>> import numpy as np
    >>> from tinygrad_np.vision.transforms import functional as F
    >>> F.adjust_sharpness(np.eye(3, dtype=np.uint8) * 26, 0.0).tolist()
    [[26, 0, 0], [0, 14, 0], [0, 0, 26]]
    """
    require_factor("sharpness_factor", sharpness_factor)
    _, rows, columns = get_dimensions(img)
    if rows <= 2 or columns <= 2:
        return blend(img, 1, np.copy)
    return blend(img, sharpness_factor, _smooth)


def _smooth(a: Array) -> Array:
    """The mean of 3 x 3 pixels, of which the middle counts five times; the border stays."""
    windows = np.lib.stride_tricks.sliding_window_view(a, (3, 3), (-2, -1))
    working = np.float64 if a.dtype != np.float32 else np.float32
    inner = a[..., 1:-1, 1:-1]
    out = a.copy()
    out[..., 1:-1, 1:-1] = rounded(
        (windows.sum((-2, -1), working) + 4 * inner.astype(working)) / working(13), a.dtype
    )
    return out
