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
    get_dimensions,
    is_picture,
)
from tinygrad_np.vision.transforms.sampling import resample, turned_picture

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
    shear : float or sequence of float
        Degrees along the rows, and along the columns; in a sequence one number is both.
    interpolation : InterpolationMode
    fill : float or sequence of float, default 0
        What stands where there was nothing, or one for each channel.
    center : (float, float), optional
        Column and row, from the upper left corner; the image's middle unless given.

    Raises
    ------
    ValueError
        If the scale is not positive, or there are more than two shears.

    Examples
    --------
    >>> import numpy as np
    >>> from tinygrad_np.vision.transforms import functional as F
    >>> F.affine(np.array([[1, 2, 3]]), 0, translate=(1, 0), scale=1.0, shear=0).tolist()
    [[0, 1, 2]]
    """
    if scale <= 0:
        raise ValueError(f"scale must be positive, got {scale}")
    shears = (shear, 0.0) if isinstance(shear, (int, float)) else (*shear, *shear)[-2:]
    if not isinstance(shear, (int, float)) and len(shear) not in (1, 2):
        raise ValueError(f"shear: expected one number or two, got {shear}")
    _, rows, columns = get_dimensions(img)
    matrix = _around(_pivot(img, center), _inverse(angle, scale, shears), translate)
    return resample(img, matrix, (rows, columns), interpolation, fill)


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
        Make the image large enough for the whole of the turned one.
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
    if is_picture(img):
        return turned_picture(img, angle, interpolation, expand, center, fill)
    _, rows, columns = get_dimensions(img)
    tensor = isinstance(img, TensorBase)
    quarters, rest = divmod(angle, 90)
    whole = rest == 0 and center is None and (quarters % 2 == 0 or expand or rows == columns)
    if whole and not tensor:
        return change(img, lambda a: np.rot90(a, int(quarters), (-2, -1)).copy())
    back = _inverse(-angle)
    matrix = _around(_pivot(img, center), back if tensor else back.round(15))  # Pillow's digits
    size = (rows, columns)
    if expand:
        size = _tensor_bounds(matrix, *size) if tensor else _bounds(matrix, *size)
        if not tensor:  # its middle is to stay
            old, new = (np.array(s[::-1]) / 2 for s in ((rows, columns), size))
            matrix[:, 2] += matrix[:, :2] @ (old - new)
    return resample(img, matrix, size, interpolation, fill)


def _pivot(img: Image, center: Sequence[float] | None) -> Array:
    """The point to turn around: from a Tensor's middle, or another image's upper left corner."""
    _, rows, columns = get_dimensions(img)
    middle = np.array([columns, rows]) / 2
    pivot = middle if center is None else np.asarray(center, float)
    return pivot - middle if isinstance(img, TensorBase) else pivot


def _inverse(angle: float, scale: float = 1, shear: Sequence[float] = (0, 0)) -> Array:
    """Back from a shear along the rows and the columns, a clockwise turn and a scale: (2, 2)."""
    turn, across, down = (math.radians(v) for v in (angle, *shear))
    lean = math.tan(across)
    cos, sin = (f(turn - down) / math.cos(down) for f in (math.cos, math.sin))
    right = (-sin * lean + math.cos(turn), cos * lean + math.sin(turn))
    return np.array([right, (-sin, cos)]) / scale


def _around(pivot: Array, inverse: Array, shift: Sequence[float] = (0, 0)) -> Array:
    """From (column, row, 1) in the result to places in the image: (2, 3)."""
    away = pivot + np.asarray(shift, float)
    return np.column_stack([inverse, pivot - (inverse * away).sum(1)])


def _bounds(matrix: Array, rows: int, columns: int) -> tuple[int, int]:
    """The rows and columns that hold the whole of a turned array."""
    corners = matrix @ [[0, columns, 0, columns], [0, 0, rows, rows], [1] * 4]
    corners = corners.round(9)  # what is a whole number but for rounding counts as one
    wide = np.ceil(corners.max(1)) - np.floor(corners.min(1))
    return int(wide[1]), int(wide[0])


def _tensor_bounds(matrix: Array, rows: int, columns: int) -> tuple[int, int]:
    """The same for a Tensor, rounded as torchvision does it: in float32, and 4 digits are kept."""
    half, small = np.array([columns, rows], np.float32) / 2, np.float32(1e-4)
    signs = np.array([[-1, 1, -1, 1], [-1, -1, 1, 1]], np.float32)
    corners = matrix.astype(np.float32) @ np.vstack([signs * half[:, None], np.ones(4, np.float32)])
    low, high = (np.trunc((v + half) / small) * small for v in (corners.min(1), corners.max(1)))
    wide = np.ceil(high) - np.floor(low)
    return int(wide[1]), int(wide[0])


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
    solved = np.linalg.solve(np.asarray(equations, float), known).astype(np.float32)
    _, rows, columns = get_dimensions(img)
    return resample(img, np.append(solved, 1).reshape(3, 3), (rows, columns), interpolation, fill)
