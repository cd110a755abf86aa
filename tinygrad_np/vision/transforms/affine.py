"""Turning, shifting, scaling and shearing an image."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from tinygrad_np.vision.transforms.image import (
    Array,
    Image,
    InterpolationMode,
    change,
    get_dimensions,
)
from tinygrad_np.vision.transforms.places import require_bilinear, rounded, working_type

__all__ = ["affine", "rotate"]

NEAREST = InterpolationMode.NEAREST


def affine(
    img: Image,
    angle: float,
    translate: Sequence[int],
    scale: float,
    shear: float | Sequence[float],
    interpolation: InterpolationMode = NEAREST,
    fill: float | None = None,
    center: Sequence[float] | None = None,
) -> Image:
    """Turn, scale and shear an image around a point, then shift it.

    Parameters
    ----------
    angle : float
        Degrees, clockwise.
    translate : (int, int)
        Pixels to the right and down.
    scale : float
    shear : float or (float, float)
        Degrees along the rows, and along the columns.
    interpolation : InterpolationMode
    fill : float, default 0
        What stands where there was nothing.
    center : (float, float), optional
        Column and row, from the upper left corner; the image's middle unless given.

    Raises
    ------
    ValueError
        If the scale is not positive.

    Examples
    --------
    >>> import numpy as np
    >>> from tinygrad_np.vision.transforms import functional as F
    >>> F.affine(np.array([[1, 2, 3]]), 0, translate=(1, 0), scale=1.0, shear=0).tolist()
    [[0, 1, 2]]
    """
    if scale <= 0:
        raise ValueError(f"scale must be positive, got {scale}")
    across, down = (shear, 0.0) if isinstance(shear, (int, float)) else (*shear, 0.0)[:2]
    turn = _turn(angle)
    shears = np.array([[1.0, 0], [-math.tan(math.radians(down)), 1]]) @ np.array(
        [[1.0, -math.tan(math.radians(across))], [0, 1]]
    )
    _, rows, columns = get_dimensions(img)
    return _warp(
        img, scale * turn @ shears, translate, center, (rows, columns), interpolation, fill
    )


def rotate(
    img: Image,
    angle: float,
    interpolation: InterpolationMode = NEAREST,
    expand: bool = False,
    center: Sequence[float] | None = None,
    fill: float | None = None,
) -> Image:
    """Turn an image around a point.

    Parameters
    ----------
    angle : float
        Degrees, counter-clockwise.
    interpolation : InterpolationMode
    expand : bool, default False
        Make the image large enough for the whole of the turned one; for turns around the middle.
    center : (float, float), optional
        Column and row, from the upper left corner; the image's middle unless given.
    fill : float, default 0
        What stands where there was nothing.

    Examples
    --------
    >>> import numpy as np
    >>> from tinygrad_np.vision.transforms import functional as F
    >>> F.rotate(np.array([[1, 2], [3, 4]]), 90).tolist()
    [[2, 4], [1, 3]]
    """
    _, rows, columns = get_dimensions(img)
    turn, size = _turn(-angle), (rows, columns)
    if expand:
        half = np.array([columns, rows]) / 2
        reach = np.abs(turn) @ half
        wide = np.ceil(half + reach - 1e-4) - np.floor(half - reach + 1e-4)
        size = int(wide[1]), int(wide[0])
        center = None
    return _warp(img, turn, (0, 0), center, size, interpolation, fill)


def _turn(degrees: float) -> Array:
    """Clockwise, for columns to the right and rows down."""
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return np.array([[cos, -sin], [sin, cos]])


def _warp(
    img: Image,
    matrix: Array,
    shift: Sequence[float],
    center: Sequence[float] | None,
    size: tuple[int, int],
    interpolation: InterpolationMode,
    fill: float | None,
) -> Image:
    """The image of `size` whose pixels are where `matrix` around `center`, and `shift`, put them.

    Points are (column, row), measured from the images' middles.
    """
    _, rows, columns = get_dimensions(img)
    middle = np.array([columns, rows]) / 2
    pivot = np.zeros(2) if center is None else np.asarray(center, float) - middle
    inverse = np.linalg.inv(matrix)
    away = np.asarray(shift, float) + pivot
    column = np.arange(size[1]) + 0.5 - size[1] / 2 - away[0]
    row = np.arange(size[0])[:, None] + 0.5 - size[0] / 2 - away[1]
    x = inverse[0, 0] * column + inverse[0, 1] * row + pivot[0] + middle[0] - 0.5
    y = inverse[1, 0] * column + inverse[1, 1] * row + pivot[1] + middle[1] - 0.5
    blank = 0 if fill is None else fill

    def at(a: Array, i: Any, j: Any) -> Array:
        inside = (i >= 0) & (i < rows) & (j >= 0) & (j < columns)
        i, j = (v.clip(0, n - 1).astype(int) for v, n in ((i, rows), (j, columns)))
        return np.where(inside, a[..., i, j], a.dtype.type(blank))  # type: ignore[no-any-return]

    if interpolation is NEAREST:
        return change(img, lambda a: at(a, np.rint(y), np.rint(x)))
    require_bilinear(interpolation)
    top, left = np.floor(y), np.floor(x)
    lower, further = y - top, x - left

    def mean(a: Array) -> Array:
        working = working_type(a)
        total = np.zeros((*a.shape[:-2], *size), working)
        for i, in_row in ((top, 1 - lower), (top + 1, lower)):
            for j, in_column in ((left, 1 - further), (left + 1, further)):
                total += (in_row * in_column).astype(working) * at(a.astype(working), i, j)
        return rounded(total, a.dtype)

    return change(img, mean)
