"""Changes of where an image's pixels are: flips, borders, parts, sizes."""

from __future__ import annotations

import functools
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

__all__ = ["center_crop", "crop", "hflip", "pad", "resize", "resized_crop", "vflip"]


def hflip(img: Image) -> Image:
    """Left and right exchanged.

    Examples
    --------
    >>> import numpy as np
    >>> from tinygrad_np.vision.transforms import functional as F
    >>> F.hflip(np.array([[1, 2], [3, 4]])).tolist()
    [[2, 1], [4, 3]]
    """
    return change(img, lambda a: a[..., ::-1])


def vflip(img: Image) -> Image:
    """Top and bottom exchanged.

    Examples
    --------
    >>> import numpy as np
    >>> from tinygrad_np.vision.transforms import functional as F
    >>> F.vflip(np.array([[1, 2], [3, 4]])).tolist()
    [[3, 4], [1, 2]]
    """
    return change(img, lambda a: a[..., ::-1, :])


def pad(
    img: Image, padding: int | Sequence[int], fill: float = 0, padding_mode: str = "constant"
) -> Image:
    """Add a border.

    Parameters
    ----------
    padding : int or sequence of int
        One for all sides, two for left and right and for top and bottom, or four: left, top,
        right, bottom.
    fill : float, default 0
        The border's value in the mode "constant".
    padding_mode : {"constant", "edge", "reflect", "symmetric"}
        Of one value, of the last pixels, or mirrored without or with the last pixels.

    Examples
    --------
    >>> import numpy as np
    >>> from tinygrad_np.vision.transforms import functional as F
    >>> F.pad(np.array([[1, 2]]), (1, 0), fill=9).tolist()
    [[9, 1, 2, 9]]
    """
    sides = [padding] if isinstance(padding, int) else list(padding)
    if len(sides) not in (1, 2, 4):
        raise ValueError(f"padding must be an int or 1, 2 or 4 ints, got {padding}")
    left, top, right, bottom = sides * (4 // len(sides))
    if padding_mode not in ("constant", "edge", "reflect", "symmetric"):
        raise ValueError(
            f"padding_mode is 'constant', 'edge', 'reflect' or 'symmetric', got {padding_mode!r}"
        )
    options: Any = {"constant_values": fill} if padding_mode == "constant" else {}

    def function(a: Array) -> Array:
        border = [(0, 0)] * (a.ndim - 2) + [(top, bottom), (left, right)]
        return np.pad(a, border, padding_mode, **options)  # type: ignore[call-overload,no-any-return]

    return change(img, function)


def crop(img: Image, top: int, left: int, height: int, width: int) -> Image:
    """A part of the image; zeros where it reaches beyond.

    Examples
    --------
    >>> import numpy as np
    >>> from tinygrad_np.vision.transforms import functional as F
    >>> F.crop(np.arange(9).reshape(3, 3), top=1, left=0, height=1, width=2).tolist()
    [[3, 4]]
    """
    _, rows, columns = get_dimensions(img)
    beyond = [-left, -top, left + width - columns, top + height - rows]
    if max(beyond) > 0:
        img = pad(img, [max(n, 0) for n in beyond])
        left, top = max(left, 0), max(top, 0)
    return change(img, lambda a: a[..., top : top + height, left : left + width])


def center_crop(img: Image, output_size: int | Sequence[int]) -> Image:
    """The middle of the image; zeros around it where it is smaller.

    Examples
    --------
    >>> import numpy as np
    >>> from tinygrad_np.vision.transforms import functional as F
    >>> F.center_crop(np.arange(9).reshape(3, 3), 1).tolist()
    [[4]]
    """
    height, width = size_pair(output_size)
    _, rows, columns = get_dimensions(img)
    if height > rows or width > columns:
        more, wider = max(height - rows, 0), max(width - columns, 0)
        img = pad(img, [wider // 2, more // 2, (wider + 1) // 2, (more + 1) // 2])
        _, rows, columns = get_dimensions(img)
    return crop(img, round((rows - height) / 2), round((columns - width) / 2), height, width)


def resize(
    img: Image,
    size: int | Sequence[int],
    interpolation: InterpolationMode = InterpolationMode.BILINEAR,
    max_size: int | None = None,
    antialias: bool | None = True,
) -> Image:
    """Another size.

    Parameters
    ----------
    size : int or (int, int)
        Rows and columns; one int is the shorter side's length, and the other side goes with it.
    interpolation : InterpolationMode
    max_size : int, optional
        The longer side's largest length, with one int for `size`.
    antialias : bool, default True
        Let a smaller image take the mean over all pixels that fall together.

    Examples
    --------
    >>> import numpy as np
    >>> from tinygrad_np.vision.transforms import functional as F
    >>> F.resize(np.array([[0.0, 8.0]]), (1, 4)).tolist()
    [[0.0, 2.0, 6.0, 8.0]]
    """
    _, rows, columns = get_dimensions(img)
    height, width = _new_size(rows, columns, size, max_size)
    if (height, width) == (rows, columns):
        return change(img, np.copy)
    if interpolation is InterpolationMode.NEAREST:
        row = np.arange(height) * rows // height
        column = np.arange(width) * columns // width
        return change(img, lambda a: a[..., row[:, None], column])
    require_bilinear(interpolation)
    down = _weights(rows, height, bool(antialias))
    across = _weights(columns, width, bool(antialias)).T

    def function(a: Array) -> Array:
        working = working_type(a)
        return rounded(down.astype(working) @ a.astype(working) @ across.astype(working), a.dtype)

    return change(img, function)


def _new_size(
    rows: int, columns: int, size: int | Sequence[int], max_size: int | None
) -> tuple[int, int]:
    sizes = [size] if isinstance(size, int) else list(size)
    if len(sizes) not in (1, 2):
        raise ValueError(f"size must be an int or 1 or 2 ints, got {size}")
    if len(sizes) == 2:
        if max_size is not None:
            raise ValueError(f"max_size goes with one int for size, got size={size}")
        return sizes[0], sizes[1]
    shorter, longer = sizes[0], int(sizes[0] * max(rows, columns) / min(rows, columns))
    if max_size is not None:
        if max_size <= sizes[0]:
            raise ValueError(f"max_size = {max_size} must be greater than size = {size}")
        if longer > max_size:
            shorter, longer = int(max_size * shorter / longer), max_size
    return (shorter, longer) if rows <= columns else (longer, shorter)


def require_bilinear(interpolation: Any) -> None:
    """ValueError for a mode that there isn't."""
    if interpolation is not InterpolationMode.BILINEAR:
        raise ValueError(
            "interpolation is InterpolationMode.NEAREST or InterpolationMode.BILINEAR, got "
            f"{interpolation!r}"
        )


@functools.lru_cache(64)
def _weights(old: int, new: int, antialias: bool) -> Array:
    """What each of the `old` pixels counts for each of the `new` ones: a triangle around it."""
    scale = old / new
    reach = max(scale, 1.0) if antialias else 1.0
    centre = (np.arange(new) + 0.5) * scale
    if reach == 1:
        centre = centre.clip(0.5, old - 0.5)  # the first and the last pixel go on beyond the edge
    away = np.abs(np.arange(old) + 0.5 - centre[:, None])
    weights = np.maximum(0, 1 - away / reach)
    return weights / weights.sum(1, keepdims=True)  # type: ignore[no-any-return]


def working_type(a: Array) -> Any:
    """The float type to compute means of pixels in."""
    return np.float64 if a.dtype == np.float64 else np.float32


def rounded(a: Array, dtype: np.dtype[Any]) -> Array:
    """The result of a mean as `dtype`, rounded for integers."""
    return (a if dtype.kind == "f" else np.rint(a)).astype(dtype)


def resized_crop(
    img: Image,
    top: int,
    left: int,
    height: int,
    width: int,
    size: int | Sequence[int],
    interpolation: InterpolationMode = InterpolationMode.BILINEAR,
    antialias: bool | None = True,
) -> Image:
    """`crop`, then `resize`.

    Examples
    --------
    >>> import numpy as np
    >>> from tinygrad_np.vision.transforms import functional as F
    >>> F.resized_crop(np.eye(4), top=0, left=0, height=2, width=2, size=4).shape
    (4, 4)
    """
    part = crop(img, top, left, height, width)
    return resize(part, size, interpolation, antialias=antialias)


def size_pair(size: int | Sequence[int]) -> tuple[int, int]:
    """A size as (rows, columns); one number is both."""
    sizes = (size,) if isinstance(size, int) else tuple(size)
    if len(sizes) not in (1, 2):
        raise ValueError(f"size must be an int or 1 or 2 ints, got {size}")
    return sizes[0], sizes[-1]
