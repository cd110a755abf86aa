"""Turning, shifting, scaling, shearing and tilting an image."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from tinygrad_np.tape.graph import TensorBase
from tinygrad_np.vision.transforms.image import (
    Array,
    Image,
    InterpolationMode,
    change,
    filling,
    get_dimensions,
    interpolation_mode,
    rounded,
    working_type,
)

__all__ = ["affine", "perspective", "rotate"]

NEAREST = InterpolationMode.NEAREST


def affine(
    img: Image,
    angle: float,
    translate: Sequence[int],
    scale: float,
    shear: float | Sequence[float],
    interpolation: InterpolationMode = NEAREST,
    fill: float | Sequence[float] | None = None,
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
    fill : float or sequence of float, default 0
        What stands where there was nothing, or one for each channel.
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
    fill: float | Sequence[float] | None = None,
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
    fill : float or sequence of float, default 0
        What stands where there was nothing, or one for each channel.

    Examples
    --------
    >>> import numpy as np
    >>> from tinygrad_np.vision.transforms import functional as F
    >>> F.rotate(np.array([[1, 2], [3, 4]]), 90).tolist()
    [[2, 4], [1, 3]]
    """
    _, rows, columns = get_dimensions(img)
    quarters, rest = divmod(angle, 90)
    whole = rest == 0 and center is None and (quarters % 2 == 0 or expand or rows == columns)
    if whole and not isinstance(img, TensorBase):
        return change(img, lambda a: np.rot90(a, int(quarters), (-2, -1)).copy())
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
    fill: float | Sequence[float] | None,
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
    nearest = interpolation_mode(interpolation) is NEAREST
    if nearest and not isinstance(img, TensorBase) and inverse[[0, 1], [1, 0]].any():
        x, y = _steps(x[0, 0], inverse[0], size), _steps(y[0, 0], inverse[1], size)
    return _sample(img, x, y, interpolation, fill)


def _steps(first: float, step: Array, size: tuple[int, int]) -> Array:
    """Pixels on the way from the first one, as Pillow goes: in units of 1/65536 of a pixel."""
    start, right, below = (math.floor(v * 65536 + 0.5) for v in (first + 0.5, *step))
    return (start + right * np.arange(size[1]) + below * np.arange(size[0])[:, None]) >> 16  # type: ignore[no-any-return]


def perspective(
    img: Image,
    startpoints: Sequence[Sequence[int]],
    endpoints: Sequence[Sequence[int]],
    interpolation: InterpolationMode = InterpolationMode.BILINEAR,
    fill: float | Sequence[float] | None = None,
) -> Image:
    """Tilt an image, so that four points of it come to lie elsewhere.

    Parameters
    ----------
    startpoints, endpoints : sequence of four (int, int)
        Columns and rows, where the points are and where they come to lie: upper left, upper right,
        lower right, lower left.
    interpolation : InterpolationMode
    fill : float or sequence of float, default 0
        What stands where there was nothing, or one for each channel.

    Raises
    ------
    ValueError
        For another number of points.

    Examples
    --------
    >>> import numpy as np
    >>> from tinygrad_np.vision.transforms import functional as F
    >>> corners = [(0, 0), (2, 0), (2, 2), (0, 2)]
    >>> turned = F.perspective(np.arange(9).reshape(3, 3), corners, corners[1:] + corners[:1])
    >>> turned[0, 0].item()
    3
    """
    if len(startpoints) != 4 or len(endpoints) != 4:
        raise ValueError(
            f"expected four corners, got {len(startpoints)} startpoints and {len(endpoints)} "
            "endpoints"
        )
    equations = []
    for (to_x, to_y), (x, y) in zip(endpoints, startpoints, strict=True):
        equations += [
            [to_x, to_y, 1, 0, 0, 0, -x * to_x, -x * to_y],
            [0, 0, 0, to_x, to_y, 1, -y * to_x, -y * to_y],
        ]
    known = np.asarray(startpoints, float).reshape(8)
    a, b, c, d, e, f, g, h = np.linalg.solve(np.asarray(equations, float), known)
    _, rows, columns = get_dimensions(img)
    column, row = np.arange(columns) + 0.5, np.arange(rows)[:, None] + 0.5
    depth = g * column + h * row + 1
    x, y = (a * column + b * row + c) / depth - 0.5, (d * column + e * row + f) / depth - 0.5
    return _sample(img, x, y, interpolation, fill)


def _sample(
    img: Image,
    x: Array,
    y: Array,
    interpolation: InterpolationMode,
    fill: float | Sequence[float] | None,
) -> Image:
    """The image whose pixels are those at the columns `x` and rows `y` of `img`."""
    mode = interpolation_mode(interpolation)
    if mode not in (NEAREST, InterpolationMode.BILINEAR):
        raise ValueError(f"interpolation is NEAREST or BILINEAR here, got {mode}")
    tensor = isinstance(img, TensorBase)
    _, rows, columns = get_dimensions(img)

    def inside(i: Array, j: Array) -> Array:
        return (i >= 0) & (i < rows) & (j >= 0) & (j < columns)  # type: ignore[no-any-return]

    def at(a: Array, i: Array, j: Array) -> Array:
        number = (i.clip(0, rows - 1) * columns + j.clip(0, columns - 1)).astype(np.intp)
        if a.ndim == 3 and a.strides[0] == a.itemsize:  # a picture: the channels of a pixel at once
            pixels = np.moveaxis(a, 0, 2).reshape(rows * columns, len(a))
            return np.moveaxis(pixels.take(number, 0), 2, 0)
        return a.reshape(*a.shape[:-2], rows * columns).take(number, -1)  # type: ignore[no-any-return]

    if mode is NEAREST:
        i, j = (np.rint(y), np.rint(x)) if tensor else (np.floor(y + 0.5), np.floor(x + 0.5))
        return change(img, lambda a: np.where(inside(i, j), at(a, i, j), filling(fill, a)))
    top, left = np.floor(y), np.floor(x)
    lower, further = y - top, x - left

    def tensor_mean(a: Array) -> Array:
        """PyTorch's: a pixel beyond the edge counts nothing."""
        working = working_type(a)
        total, known = np.zeros((*a.shape[:-2], *x.shape), working), np.zeros(x.shape, working)
        for i, in_row in ((top, 1 - lower), (top + 1, lower)):
            for j, in_column in ((left, 1 - further), (left + 1, further)):
                weight = (in_row * in_column * inside(i, j)).astype(working)
                total += weight * at(a.astype(working), i, j)
                known += weight
        if fill is not None:  # torchvision lets the edge fade by what is known, once more
            total = total * known + (1 - known) * filling(fill, total)
        return rounded(total, a.dtype)

    def picture_mean(a: Array) -> Array:
        """Pillow's: the edge's pixels go on beyond it, for half a pixel; integers are cut off."""
        wide = a.astype(np.float64)
        above, below = (
            at(wide, i, left) + (at(wide, i, left + 1) - at(wide, i, left)) * further
            for i in (top, top + 1)
        )
        out = (above + (below - above) * lower).astype(a.dtype)
        return np.where(inside(np.floor(y + 0.5), np.floor(x + 0.5)), out, filling(fill, a))

    return change(img, tensor_mean if tensor else picture_mean)
