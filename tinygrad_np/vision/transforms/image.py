"""What an image is, and how a function of its planes is applied to it."""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import Any

import numpy as np

from tinygrad_np.tape.graph import TensorBase
from tinygrad_np.tensor import Tensor

__all__ = ["InterpolationMode", "get_dimensions", "get_image_num_channels", "get_image_size"]

Array = np.ndarray[Any, np.dtype[Any]]
Image = Any  # an array (H, W) or (H, W, C), a picture of Pillow's, or a Tensor (..., H, W)


class InterpolationMode(enum.Enum):
    """How pixels between pixels are made: the nearest one, or a weighted mean of the next ones."""

    NEAREST = "nearest"
    NEAREST_EXACT = "nearest-exact"
    BILINEAR = "bilinear"
    BICUBIC = "bicubic"
    BOX = "box"
    HAMMING = "hamming"
    LANCZOS = "lanczos"


PILLOW_MODES = ("NEAREST", "LANCZOS", "BILINEAR", "BICUBIC", "BOX", "HAMMING")  # Pillow's constants


def interpolation_mode(value: Any) -> InterpolationMode:
    """A mode, also by its number among Pillow's constants.

    Raises
    ------
    ValueError
        For something else.
    """
    if isinstance(value, InterpolationMode):
        return value
    if isinstance(value, int) and 0 <= value < len(PILLOW_MODES):
        return InterpolationMode[PILLOW_MODES[value]]
    raise ValueError(
        f"interpolation is an InterpolationMode or a constant of Pillow, got {value!r}"
    )


def is_picture(image: Any) -> bool:
    """Whether an image is Pillow's."""
    return hasattr(image, "getbands")


def pixels(image: Any) -> Array:
    """An array as it is; a picture of Pillow's as one.

    Raises
    ------
    TypeError
        For something else.
    """
    if isinstance(image, np.ndarray):
        return image
    if isinstance(image, TensorBase) or not hasattr(image, "__array_interface__"):
        raise TypeError(
            f"expected an image as ndarray, Tensor or Pillow's, got {type(image).__name__}"
        )
    return np.asarray(image)


def change(image: Image, function: Callable[[Array], Array]) -> Any:
    """Apply to an image a function of arrays (..., H, W); what comes out is of the same kind."""
    if isinstance(image, TensorBase):
        if image._array.ndim < 2:
            raise ValueError(
                f"expected an image (..., H, W), got a tensor of shape {tuple(image._array.shape)}"
            )
        return Tensor._make(np.ascontiguousarray(function(image.numpy())))  # type: ignore[attr-defined]
    array = pixels(image)
    if array.ndim not in (2, 3):
        raise ValueError(
            f"expected an image (H, W) or (H, W, C), got an array of shape {array.shape}"
        )
    planes = function(array if array.ndim == 2 else np.moveaxis(array, 2, 0))
    out = np.ascontiguousarray(planes if planes.ndim == 2 else np.moveaxis(planes, 0, 2))
    return picture(out, image) if is_picture(image) else out


def picture(array: Array, like: Any = None, mode: str | None = None) -> Any:
    """An array as a picture of Pillow's: of the kind of another one, or of a mode.

    Raises
    ------
    ImportError
        Without Pillow: ``pip install "tinygrad_np[image]"``.
    """
    try:
        from PIL import Image
    except ImportError as error:
        raise ImportError(
            'pictures need Pillow, which the extra "image" has: pip install "tinygrad_np[image]"'
        ) from error
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[..., 0]
    made = Image.fromarray(array) if mode is None else None
    if made is not None and like is not None and len(made.getbands()) == len(like.getbands()):
        mode = like.mode  # as HSV, which looks like RGB
    if made is None or (mode not in (None, made.mode)):
        size = (array.shape[1], array.shape[0])
        made = Image.frombytes(mode or "", size, np.ascontiguousarray(array).tobytes())
    if made.mode == "P" and like is not None:
        made.putpalette(like.getpalette())
    return made


def filling(fill: Any, a: Array) -> Array:
    """What stands where there was nothing in planes `a`: one value, or one for each channel."""
    value = np.array(0 if fill is None else fill, a.dtype)
    if value.ndim and (a.ndim < 3 or value.shape not in ((1,), (a.shape[-3],))):
        raise ValueError(
            f"fill: expected a number or one for each channel, got {fill} for an image of "
            f"{1 if a.ndim < 3 else a.shape[-3]}"
        )
    return value.reshape(-1, 1, 1) if value.ndim else value


def working_type(a: Array) -> Any:
    """The float type to compute means of pixels in."""
    return np.float64 if a.dtype == np.float64 else np.float32


def rounded(a: Array, dtype: np.dtype[Any]) -> Array:
    """The result of a mean as `dtype`, rounded for integers and kept in their range."""
    if dtype.kind not in "iu":
        return a.astype(dtype)
    limits = np.iinfo(dtype)
    return np.rint(a).clip(limits.min, limits.max).astype(dtype)


def bound(dtype: np.dtype[Any]) -> int:
    """The largest value of a pixel: 1 for floats, the type's largest for integers."""
    return int(np.iinfo(dtype).max) if dtype.kind in "iu" else 1


def get_dimensions(img: Image) -> list[int]:
    """The numbers of channels, rows and columns.

    Examples
    --------
    >>> import numpy as np
    >>> from tinygrad_np.vision.transforms import functional as F
    >>> F.get_dimensions(np.zeros((20, 30, 3)))
    [3, 20, 30]
    """
    if isinstance(img, TensorBase):
        shape = img._array.shape
        return [1 if len(shape) == 2 else shape[-3], *shape[-2:]]
    shape = pixels(img).shape
    return [1 if len(shape) == 2 else shape[2], *shape[:2]]


def get_image_size(img: Image) -> list[int]:
    """The numbers of columns and rows.

    Examples
    --------
    >>> import numpy as np
    >>> from tinygrad_np.vision.transforms import functional as F
    >>> F.get_image_size(np.zeros((20, 30, 3)))
    [30, 20]
    """
    _, height, width = get_dimensions(img)
    return [width, height]


def get_image_num_channels(img: Image) -> int:
    """The number of channels.

    Examples
    --------
    >>> import numpy as np
    >>> from tinygrad_np.vision.transforms import functional as F
    >>> F.get_image_num_channels(np.zeros((20, 30, 3)))
    3
    """
    return get_dimensions(img)[0]
