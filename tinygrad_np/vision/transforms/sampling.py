"""An image read at the places that a map of its plane sends its pixels to.

A picture is left to Pillow, an array computed as Pillow does it, a Tensor as torchvision does it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from tinygrad_np.creation import linspace
from tinygrad_np.tape.graph import TensorBase
from tinygrad_np.vision.transforms.image import (
    PILLOW_MODES,
    Array,
    Image,
    InterpolationMode,
    change,
    filling,
    get_dimensions,
    interpolation_mode,
    is_picture,
    rounded,
    working_type,
)

__all__ = ["elastic_transform"]

NEAREST = InterpolationMode.NEAREST
Fill = float | Sequence[float] | None


def resample(
    img: Image, matrix: Array, size: tuple[int, int], interpolation: Any, fill: Fill
) -> Image:
    """The image of `size` (rows, columns) made of what is at the places of its pixels.

    Parameters
    ----------
    matrix : ndarray
        (2, 3), or (3, 3) for a change of perspective: from (column, row, 1) in the result to places
        in the image. They are measured from the upper left corner, but those of a Tensor under an
        affine map from the middles of both images.
    """
    mode = interpolation_mode(interpolation)
    if is_picture(img):
        method, numbers = (0, 6) if len(matrix) == 2 else (2, 8)  # AFFINE, PERSPECTIVE
        data = matrix.ravel()[:numbers].tolist()
        return img.transform(size[::-1], method, data, _number(mode), fillcolor=_colour(img, fill))
    if mode not in (NEAREST, InterpolationMode.BILINEAR):
        raise ValueError(
            f"interpolation is NEAREST or BILINEAR here, got {mode}; of pictures BICUBIC, too"
        )
    if isinstance(img, TensorBase):
        x, y = _tensor_places(img, matrix, size)
        return change(img, lambda a: _read_tensor(a, x, y, mode, fill))
    x, y = _places(matrix, size)
    if mode is NEAREST and len(matrix) == 2 and matrix[[0, 1], [1, 0]].any():
        x, y = (_steps(at[0, 0], row, size) for at, row in ((x, matrix[0]), (y, matrix[1])))
    return change(img, lambda a: _read_array(a, x, y, mode, fill))


def elastic_transform(
    img: Image,
    displacement: Any,
    interpolation: InterpolationMode = InterpolationMode.BILINEAR,
    fill: Fill = None,
) -> Image:
    """The image read at the places that its pixels are displaced to.

    Parameters
    ----------
    displacement : Tensor
        (1, H, W, 2): along the rows and the columns, as parts of half the image.
    interpolation : InterpolationMode, default BILINEAR
    fill : float or sequence of float, default 0
        What stands where there was nothing, or one for each channel.

    Raises
    ------
    TypeError
        If the displacement is no Tensor.
    ValueError
        If it is of another shape, and for other interpolations than NEAREST and BILINEAR.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> from tinygrad_np.vision.transforms import functional as F
    >>> right = tg.tensor([0.5, 0.0]).expand(1, 1, 4, 2)  # a quarter of the four pixels
    >>> F.elastic_transform(tg.arange(4.0).reshape(1, 1, 4), right)
    tensor([[[1., 2., 3., 0.]]])
    """
    if not isinstance(displacement, TensorBase):
        raise TypeError("Argument displacement should be a Tensor")
    _, *sides = get_dimensions(img)
    if tuple(displacement._array.shape) != (1, *sides, 2):
        raise ValueError(
            f"Argument displacement shape should be {(1, *sides, 2)}, but given "
            f"{tuple(displacement._array.shape)}"
        )
    mode = interpolation_mode(interpolation)
    if mode not in (NEAREST, InterpolationMode.BILINEAR):
        raise ValueError(f"interpolation is NEAREST or BILINEAR here, got {mode}")
    rows, columns = sides
    x, y = (
        _pixels(linspace(1 / n - 1, 1 - 1 / n, n)._array.reshape(shape) + part, n)
        for n, shape, part in (
            (columns, (1, -1), displacement._array[0, ..., 0]),
            (rows, (-1, 1), displacement._array[0, ..., 1]),
        )
    )
    return change(img, lambda a: _read_tensor(a, x, y, mode, fill))


def turned_picture(
    img: Any, angle: float, interpolation: Any, expand: bool, center: Any, fill: Fill
) -> Any:
    """A picture turned by Pillow, which has a way of its own for quarters of a turn."""
    number = _number(interpolation_mode(interpolation))
    return img.rotate(angle, number, expand, center, fillcolor=_colour(img, fill))


def _number(mode: InterpolationMode) -> int:
    if mode is InterpolationMode.NEAREST_EXACT:
        mode = NEAREST
    return PILLOW_MODES.index(mode.name)


def _colour(img: Any, fill: Fill) -> Any:
    """`fill` as a colour of a picture."""
    bands = len(img.getbands())
    values: list[float] = [fill or 0] if not isinstance(fill, Sequence) else list(fill)
    if len(values) not in (1, bands):
        raise ValueError(
            f"fill: expected a number or one for each channel, got {fill} for a picture of {bands}"
        )
    if img.mode != "F":
        values = [int(v) for v in values]
    return values[0] if bands == 1 else tuple(values * bands)[:bands]


def _places(matrix: Array, size: tuple[int, int]) -> tuple[Array, Array]:
    """The columns and rows of pixels, in float64."""
    column, row = np.arange(size[1]) + 0.5, np.arange(size[0])[:, None] + 0.5
    x, y, *rest = (a * column + b * row + c for a, b, c in matrix.astype(float))
    depth = rest[0] if rest else 1.0
    return x / depth - 0.5, y / depth - 0.5


def _tensor_places(img: Image, matrix: Array, size: tuple[int, int]) -> tuple[Array, Array]:
    """The same, rounded as torchvision's grid is: half-way between pixels it matters."""
    working = working_type(img._array)
    _, *sides = get_dimensions(img)
    affine = len(matrix) == 2
    row, column = (
        np.arange(n, dtype=working) + working(0.5 - n / 2 if affine else 0.5) for n in size
    )
    row = row[:, None]
    known = matrix.astype(working)
    places = []
    for line, n in zip(known, sides[::-1], strict=False):  # as parts of half the image
        a, b, c = line / working(n / 2)
        at = column * a + row * b + c
        if not affine:
            with np.errstate(divide="ignore", invalid="ignore"):
                at = at / (column * known[2, 0] + row * known[2, 1] + known[2, 2]) - working(1)
        places.append(np.nan_to_num(_pixels(at, n), nan=-9.0))  # nowhere is outside
    x, y = places
    return x, y


def _pixels(at: Array, n: int) -> Array:
    """Places between -1 and 1 as pixels; rounded once, as by a fused product."""
    return ((at + at.dtype.type(1)).astype(float) * (n / 2) - 0.5).astype(at.dtype)  # type: ignore[no-any-return]


def _steps(first: float, step: Array, size: tuple[int, int]) -> Array:
    """Pixels on the way from the first one, as Pillow goes: in units of 1/65536 of a pixel."""
    start, right, below = (math.floor(v * 65536 + 0.5) for v in (first + 0.5, *step[:2]))
    return (start + right * np.arange(size[1]) + below * np.arange(size[0])[:, None]) >> 16  # type: ignore[no-any-return]


def _inside(a: Array, i: Array, j: Array) -> Array:
    return (i >= 0) & (i < a.shape[-2]) & (j >= 0) & (j < a.shape[-1])  # type: ignore[no-any-return]


def _at(a: Array, i: Array, j: Array) -> Array:
    """The pixels in the rows `i` and columns `j`; outside of the image those at its edge."""
    rows, columns = a.shape[-2:]
    number = (i.clip(0, rows - 1) * columns + j.clip(0, columns - 1)).astype(np.intp)
    if a.ndim == 3 and a.strides[0] == a.itemsize:  # an array: the channels of a pixel at once
        pixels = np.moveaxis(a, 0, 2).reshape(rows * columns, len(a))
        return np.moveaxis(pixels.take(number, 0), 2, 0)
    return a.reshape(*a.shape[:-2], rows * columns).take(number, -1)  # type: ignore[no-any-return]


def _nearest(a: Array, i: Array, j: Array, fill: Fill) -> Array:
    return np.where(_inside(a, i, j), _at(a, i, j), filling(fill, a))


def _read_tensor(a: Array, x: Array, y: Array, mode: InterpolationMode, fill: Fill) -> Array:
    """PyTorch's: half-way is the even pixel, and a pixel beyond the edge counts nothing."""
    if mode is NEAREST:
        return _nearest(a, np.rint(y), np.rint(x), fill)
    top, left = np.floor(y), np.floor(x)
    lower, further = y - top, x - left
    working, wide = working_type(a), a.astype(np.float64)
    total, known = np.zeros((*a.shape[:-2], *x.shape), working), np.zeros(x.shape, working)
    for i, in_row in ((top, 1 - lower), (top + 1, lower)):
        for j, in_column in ((left, 1 - further), (left + 1, further)):
            weight = (in_row * in_column * _inside(a, i, j)).astype(np.float64)
            total[...] = total + weight * _at(wide, i, j)  # rounded once, too
            known[...] = known + weight
    if fill is not None:  # torchvision lets the edge fade by what is known, once more
        total = total * known + (1 - known) * filling(fill, total)
    return rounded(total, a.dtype)


def _read_array(a: Array, x: Array, y: Array, mode: InterpolationMode, fill: Fill) -> Array:
    """Pillow's: the edge's pixels go on beyond it, for half a pixel; integers are cut off."""
    i, j = np.floor(y + 0.5), np.floor(x + 0.5)
    if mode is NEAREST:
        return _nearest(a, i, j, fill)
    top, left = np.floor(y), np.floor(x)
    lower, further = y - top, x - left
    wide = a.astype(np.float64)
    above, below = (
        _at(wide, i, left) + (_at(wide, i, left + 1) - _at(wide, i, left)) * further
        for i in (top, top + 1)
    )
    out = (above + (below - above) * lower).astype(a.dtype)
    return np.where(_inside(a, i, j), out, filling(fill, a))
