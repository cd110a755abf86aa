"""Other sizes of an image."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence

import numpy as np

from tinygrad_np.tape.graph import TensorBase
from tinygrad_np.vision.transforms.image import (
    Array,
    Image,
    InterpolationMode,
    change,
    get_dimensions,
    interpolation_mode,
    is_picture,
    rounded,
    working_type,
)
from tinygrad_np.vision.transforms.places import crop

__all__ = ["resize", "resized_crop"]

Mode = InterpolationMode
BITS = 22  # of a weight, after the point, where Pillow computes in whole numbers


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
        BOX, HAMMING and LANCZOS are for arrays and pictures.
    max_size : int, optional
        The longer side's largest length, with one int for `size`.
    antialias : bool, default True
        Let a smaller image take the mean over all pixels that fall together; a picture always does.

    An array of uint8 and a picture become what Pillow makes of them, bit for bit; a Tensor what
    PyTorch makes of it.

    Examples
    --------
    >>> import numpy as np
    >>> from tinygrad_np.vision.transforms import functional as F
    >>> F.resize(np.array([[0.0, 8.0]]), (1, 4)).tolist()
    [[0.0, 2.0, 6.0, 8.0]]
    """
    return resized(img, size, interpolation, max_size, antialias)


def resized(
    img: Image,
    size: int | Sequence[int],
    interpolation: InterpolationMode,
    max_size: int | None,
    antialias: bool | None,
    whole: bool = False,
) -> Image:
    """`resize`; with `whole` a Tensor of uint8 is computed in whole numbers, too, as in v2."""
    mode = interpolation_mode(interpolation)
    tensor = isinstance(img, TensorBase)
    antialias = antialias or is_picture(img)  # Pillow knows no other way
    _, rows, columns = get_dimensions(img)
    height, width = _new_size(rows, columns, size, max_size)
    if (height, width) == (rows, columns):
        return change(img, np.copy)
    if mode in (Mode.NEAREST, Mode.NEAREST_EXACT):
        row, column = (
            _nearest(old, new, None if not tensor else 0.5 if mode is Mode.NEAREST_EXACT else 0.0)
            for old, new in ((rows, height), (columns, width))
        )
        return change(img, lambda a: a[..., row[:, None], column])
    if tensor and mode not in (Mode.BILINEAR, Mode.BICUBIC):
        raise ValueError(f"interpolation of a Tensor is not {mode}: take BILINEAR or BICUBIC")
    down = _weights(rows, height, mode, antialias)
    across = _weights(columns, width, mode, antialias)

    def function(a: Array) -> Array:
        if a.dtype == np.uint8 and tensor and whole:
            return _whole(down, _across(across, a, _bits(across)), _bits(down))
        if a.dtype == np.uint8 and antialias and not tensor:
            if height < rows and rows - height > 2 * (columns - width):  # as Pillow 13 has it
                return _across(across, _whole(down, a))
            return _whole(down, _across(across, a))
        working = working_type(a)
        out = down.astype(working) @ a.astype(working) @ across.astype(working).T
        return rounded(out, a.dtype)

    return change(img, function)


def _bits(weights: Array) -> int:
    """How many bits PyTorch gives the weights after the point: all fit in 16 with the sign."""
    largest = weights.max()
    return max(n for n in range(BITS + 1) if int(largest * 2**n + 0.5) < 2**15)


def _whole(weights: Array, a: Array, bits: int = BITS) -> Array:
    """``weights @ a`` in whole numbers, as Pillow has it: rounded after each axis."""
    scale = 2.0**bits
    whole = np.trunc(weights * scale + np.copysign(0.5, weights))  # exact in float64
    return (
        np.floor((whole @ a.astype(np.float64) + scale / 2) / scale).clip(0, 255).astype(np.uint8)
    )


def _across(weights: Array, a: Array, bits: int = BITS) -> Array:
    return _whole(weights, a.swapaxes(-1, -2), bits).swapaxes(-1, -2)


def _nearest(old: int, new: int, offset: float | None) -> Array:
    """Which of the `old` pixels each of the `new` ones is."""
    if offset is None:  # as Pillow has it: step by step from the middle of the first
        at = np.cumsum([old / new * 0.5, *[old / new] * (new - 1)])
    else:  # as PyTorch has it, in float32
        at = (np.arange(new, dtype=np.float32) + np.float32(offset)) * np.float32(old / new)
    return np.minimum(at.astype(int), old - 1)  # type: ignore[no-any-return]


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


def _cubic(a: float) -> Callable[[Array], Array]:
    def function(x: Array) -> Array:
        near = ((a + 2) * x - (a + 3)) * x * x + 1
        far = (((x - 5) * x + 8) * x - 4) * a
        return np.where(x < 1, near, np.where(x < 2, far, 0))

    return function


def _hamming(x: Array) -> Array:
    return np.where(x < 1, np.sinc(x) * (0.54 + 0.46 * np.cos(np.pi * x)), 0)


# What a pixel counts by how far it is away: from -reach to reach, alike on both sides.
_KERNELS: dict[Mode, Callable[[Array], Array]] = {
    Mode.BILINEAR: lambda x: np.maximum(0, 1 - x),
    Mode.BICUBIC: _cubic(-0.5),
    Mode.HAMMING: _hamming,
    Mode.LANCZOS: lambda x: np.where(x < 3, np.sinc(x) * np.sinc(x / 3), 0),
}


@functools.lru_cache(64)
def _weights(old: int, new: int, mode: Mode, antialias: bool) -> Array:
    """What each of the `old` pixels counts for each of the `new` ones, (new, old)."""
    scale = old / new
    stretch = max(scale, 1.0) if antialias else 1.0
    edge = 0 if antialias else 2  # the first and the last pixel go on beyond the edge
    centre = (np.arange(new) + 0.5)[:, None] * scale
    away = (np.arange(-edge, old + edge) - centre + 0.5) * (1 / stretch)
    if mode is Mode.BOX:
        weights = ((away > -0.5) & (away <= 0.5)).astype(float)
    else:
        kernel = _KERNELS[mode] if antialias or mode is not Mode.BICUBIC else _cubic(-0.75)
        weights = kernel(np.abs(away))
    if edge:
        inner = weights[:, edge:-edge]
        inner[:, 0] += weights[:, :edge].sum(1)
        inner[:, -1] += weights[:, -edge:].sum(1)
        weights = inner
    return weights / weights.sum(1, keepdims=True)  # type: ignore[no-any-return]


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
