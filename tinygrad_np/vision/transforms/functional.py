"""The transforms as functions of an image and of numbers that say what to do.

An image is a NumPy array (H, W) or (H, W, C), or a Tensor (..., H, W). What comes out is of the
same kind, on memory of its own and off the tape; a Tensor that requires grad is refused.

Source: https://pytorch.org/vision/stable/transforms.html#functional-transforms
"""

from __future__ import annotations

import enum
import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tinygrad_np import dtypes
from tinygrad_np.tape.graph import TensorBase
from tinygrad_np.tensor import Tensor

__all__ = [
    "InterpolationMode",
    "center_crop",
    "convert_image_dtype",
    "crop",
    "get_dimensions",
    "get_image_size",
    "hflip",
    "normalize",
    "pad",
    "resize",
    "resized_crop",
    "to_tensor",
    "vflip",
]

Array = np.ndarray[Any, np.dtype[Any]]
Image = Any  # an array (H, W) or (H, W, C), or a Tensor (..., H, W)


class InterpolationMode(enum.Enum):
    """How pixels between pixels are made: the nearest one, or a weighted mean of the next ones."""

    NEAREST = "nearest"
    BILINEAR = "bilinear"


def change(image: Image, function: Callable[[Array], Array]) -> Any:
    """Apply to an image a function of arrays (..., H, W)."""
    if isinstance(image, TensorBase):
        if image._array.ndim < 2:
            raise ValueError(
                f"expected an image (..., H, W), got a tensor of shape {tuple(image._array.shape)}"
            )
        return Tensor._make(np.ascontiguousarray(function(image.numpy())))  # type: ignore[attr-defined]
    if not isinstance(image, np.ndarray):
        raise TypeError(f"expected an image as ndarray or Tensor, got {type(image).__name__}")
    if image.ndim == 2:
        return np.ascontiguousarray(function(image))
    if image.ndim == 3:
        planes = function(np.moveaxis(image, 2, 0))
        return np.ascontiguousarray(np.moveaxis(planes, 0, 2))
    raise ValueError(f"expected an image (H, W) or (H, W, C), got an array of shape {image.shape}")


def get_dimensions(img: Image) -> list[int]:
    """The numbers of channels, rows and columns."""
    shape = list(img.shape)
    if isinstance(img, TensorBase):
        return [1 if len(shape) == 2 else shape[-3], *shape[-2:]]
    return [1 if len(shape) == 2 else shape[2], *shape[:2]]


def get_image_size(img: Image) -> list[int]:
    """The numbers of columns and rows."""
    _, height, width = get_dimensions(img)
    return [width, height]


# --- values ---


def to_tensor(pic: Image) -> Tensor:
    """An array (H, W) or (H, W, C) as a Tensor (C, H, W); uint8 becomes floats from 0 to 1.

    Anything that NumPy can make such an array of will do, a picture of Pillow's too.

    Raises
    ------
    TypeError
        For something else.
    ValueError
        For an array of another number of dimensions.

    Examples
    --------
    >>> import numpy as np
    >>> from tinygrad_np.vision.transforms import functional as F
    >>> F.to_tensor(np.array([[0, 255]], np.uint8))
    tensor([[[0., 1.]]])
    """
    if isinstance(pic, TensorBase) or not hasattr(pic, "__array_interface__"):
        raise TypeError(f"to_tensor: expected an ndarray (H, W) or (H, W, C), got {type(pic)}")
    image = np.asarray(pic)
    if image.ndim not in (2, 3):
        raise ValueError(f"to_tensor: expected 2 or 3 dimensions, got shape {image.shape}")
    planes = image[None] if image.ndim == 2 else np.moveaxis(image, 2, 0)
    if planes.dtype == np.uint8:
        default = dtypes.default_float()
        out = np.empty(planes.shape, default)
        np.divide(planes, default.type(255), out=out)
    else:
        out = np.array(planes, order="C")
    return Tensor._make(out)  # type: ignore[no-any-return]


def normalize(
    tensor: Tensor, mean: Sequence[float], std: Sequence[float], inplace: bool = False
) -> Tensor:
    """``(tensor - mean) / std``, with a mean and a deviation for each channel.

    Parameters
    ----------
    tensor : Tensor
        Of floats, (..., C, H, W).
    mean, std : sequence of float
        One for each channel, or one for all.
    inplace : bool, default False

    Raises
    ------
    TypeError
        For something else than a Tensor of floats.
    ValueError
        If a deviation is 0, for less than 3 dimensions, and for another number of channels.
    """
    if not isinstance(tensor, TensorBase) or tensor._array.dtype.kind != "f":
        what = tensor.dtype if isinstance(tensor, TensorBase) else type(tensor).__name__
        raise TypeError(f"normalize: expected a Tensor of floats, got {what}; ToTensor() makes one")
    array = tensor.numpy()
    if array.ndim < 3:
        raise ValueError(f"normalize: expected (..., C, H, W), got shape {array.shape}")
    centre, spread = (np.asarray(v, array.dtype).reshape(-1, 1, 1) for v in (mean, std))
    if (spread == 0).any():
        raise ValueError(f"normalize: a std of 0 leads to division by zero: {std}")
    for name, value in (("mean", centre), ("std", spread)):
        if len(value) not in (1, array.shape[-3]):
            raise ValueError(
                f"normalize: {len(value)} values of {name} for {array.shape[-3]} channels"
            )
    out = np.subtract(array, centre, out=array if inplace else None)
    out /= spread
    if inplace:
        tensor._versions().n += 1
        return tensor
    return Tensor._make(out)  # type: ignore[no-any-return]


def convert_image_dtype(image: Tensor, dtype: Any = dtypes.float32) -> Tensor:
    """Another dtype, and its range: floats go from 0 to 1, integers from 0 to their largest.

    Raises
    ------
    RuntimeError
        From float32 to int32 or int64, and from float64 to int64, which can't hold the result.
    """
    array, target = image.numpy(), dtypes.as_numpy(dtype)
    if array.dtype == target:
        return image
    from_float, to_float = array.dtype.kind == "f", target.kind == "f"
    if not from_float and to_float:
        out = array.astype(target) / target.type(np.iinfo(array.dtype).max)
    elif from_float and not to_float:
        if target.itemsize >= 2 * array.dtype.itemsize or target.itemsize == array.dtype.itemsize:
            raise RuntimeError(
                f"the cast from {array.dtype} to {target} can't be made without loss; convert to "
                "a smaller integer type, or from a wider float"
            )
        out = (array * (np.iinfo(target).max + 1.0 - 1e-3)).astype(target)
    elif from_float:
        out = array.astype(target)
    else:
        have, want = int(np.iinfo(array.dtype).max), int(np.iinfo(target).max)
        if have > want:
            out = (array // ((have + 1) // (want + 1))).astype(target)
        else:
            out = array.astype(target) * ((want + 1) // (have + 1))
    return Tensor._make(out)  # type: ignore[no-any-return]


# --- places ---


def hflip(img: Image) -> Image:
    """Left and right exchanged."""
    return change(img, lambda a: a[..., ::-1])


def vflip(img: Image) -> Image:
    """Top and bottom exchanged."""
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
    """A part of the image; zeros where it reaches beyond."""
    _, rows, columns = get_dimensions(img)
    beyond = [-left, -top, left + width - columns, top + height - rows]
    if max(beyond) > 0:
        img = pad(img, [max(n, 0) for n in beyond])
        left, top = max(left, 0), max(top, 0)
    return change(img, lambda a: a[..., top : top + height, left : left + width])


def center_crop(img: Image, output_size: int | Sequence[int]) -> Image:
    """The middle of the image; zeros around it where it is smaller."""
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
    """`crop`, then `resize`."""
    part = crop(img, top, left, height, width)
    return resize(part, size, interpolation, antialias=antialias)


def size_pair(size: int | Sequence[int]) -> tuple[int, int]:
    """A size as (rows, columns); one number is both."""
    sizes = (size,) if isinstance(size, int) else tuple(size)
    if len(sizes) not in (1, 2):
        raise ValueError(f"size must be an int or 1 or 2 ints, got {size}")
    return sizes[0], sizes[-1]
