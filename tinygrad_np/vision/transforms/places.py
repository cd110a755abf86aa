"""Changes of where an image's pixels are: flips, borders, parts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tinygrad_np.vision.transforms.image import (
    Array,
    Image,
    change,
    filling,
    get_dimensions,
)

__all__ = ["center_crop", "crop", "five_crop", "hflip", "pad", "ten_crop", "vflip"]


def hflip(img: Image) -> Image:
    """Left and right exchanged.

    Examples
    --------
    >>> import numpy as np
    >>> from tinygrad_np.vision.transforms import functional as F
    >>> F.hflip(np.array([[1, 2], [3, 4]])).tolist()
    [[2, 1], [4, 3]]
    """
    return change(img, _mirrored)


def _mirrored(a: Array) -> Array:
    out = np.empty_like(a)  # of the same layout
    if a.ndim == 3:  # channel by channel: a loop over three channels of each pixel is slow
        for new, old in zip(out, a, strict=True):
            new[...] = old[:, ::-1]
    else:
        out[...] = a[..., ::-1]
    return out


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
    img: Image,
    padding: int | Sequence[int],
    fill: float | Sequence[float] | None = 0,
    padding_mode: str = "constant",
) -> Image:
    """Add a border; a negative number takes so many pixels away.

    Parameters
    ----------
    padding : int or sequence of int
        One for all sides, two for left and right and for top and bottom, or four: left, top,
        right, bottom.
    fill : float or sequence of float, default 0
        The border's value in the mode "constant", or one for each channel.
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
    if min(left, top, right, bottom) < 0:
        _, rows, columns = get_dimensions(img)
        less = [max(-n, 0) for n in (left, top, right, bottom)]
        height, width = rows - less[1] - less[3], columns - less[0] - less[2]
        if min(height, width) <= 0:
            raise RuntimeError(
                f"a padding of {padding} leaves nothing of an image of {rows} rows and {columns} "
                "columns"
            )
        img = crop(img, less[1], less[0], height, width)
        left, top, right, bottom = (max(n, 0) for n in (left, top, right, bottom))
    mode: Any = padding_mode

    def function(a: Array) -> Array:
        if mode != "constant":
            border = [(0, 0)] * (a.ndim - 2) + [(top, bottom), (left, right)]
            return np.pad(a, border, mode)  # type: ignore[no-any-return]
        rows, columns = a.shape[-2:]
        shape = *a.shape[:-2], top + rows + bottom, left + columns + right
        out = np.empty_like(a, shape=shape)  # of the same layout
        out[...] = filling(fill, a)
        out[..., top : top + rows, left : left + columns] = a
        return out

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


def five_crop(img: Image, size: int | Sequence[int]) -> tuple[Image, ...]:
    """The four corners and the middle: upper left, upper right, lower left, lower right, middle.

    Raises
    ------
    ValueError
        If the image is smaller than a part.

    Examples
    --------
    >>> import numpy as np
    >>> from tinygrad_np.vision.transforms import functional as F
    >>> [part.item() for part in F.five_crop(np.arange(9).reshape(3, 3), 1)]
    [0, 2, 6, 8, 4]
    """
    height, width = size_pair(size)
    _, rows, columns = get_dimensions(img)
    if height > rows or width > columns:
        raise ValueError(
            f"Requested crop size {(height, width)} is bigger than input size {(rows, columns)}"
        )
    corners = [(top, left) for top in (0, rows - height) for left in (0, columns - width)]
    parts = [crop(img, top, left, height, width) for top, left in corners]
    return (*parts, center_crop(img, (height, width)))


def ten_crop(
    img: Image, size: int | Sequence[int], vertical_flip: bool = False
) -> tuple[Image, ...]:
    """`five_crop` of the image, and of the image with left and right exchanged.

    Parameters
    ----------
    size : int or (int, int)
    vertical_flip : bool, default False
        Exchange top and bottom instead.

    Examples
    --------
    >>> import numpy as np
    >>> from tinygrad_np.vision.transforms import functional as F
    >>> [part.item() for part in F.ten_crop(np.arange(9).reshape(3, 3), 1)]
    [0, 2, 6, 8, 4, 2, 0, 8, 6, 4]
    """
    turned = vflip(img) if vertical_flip else hflip(img)
    return five_crop(img, size) + five_crop(turned, size)


def size_pair(size: int | Sequence[int]) -> tuple[int, int]:
    """A size as (rows, columns); one number is both."""
    sizes = (size,) if isinstance(size, int) else tuple(size)
    if len(sizes) not in (1, 2):
        raise ValueError(f"size must be an int or 1 or 2 ints, got {size}")
    return sizes[0], sizes[-1]
