"""What an image is, and how a function of its planes is applied to it."""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import Any

import numpy as np

from tinygrad_np.tape.graph import TensorBase
from tinygrad_np.tensor import Tensor

__all__ = ["InterpolationMode", "get_dimensions", "get_image_size"]

Array = np.ndarray[Any, np.dtype[Any]]
Image = Any  # an array (H, W) or (H, W, C), or a Tensor (..., H, W)


class InterpolationMode(enum.Enum):
    """How pixels between pixels are made: the nearest one, or a weighted mean of the next ones."""

    NEAREST = "nearest"
    BILINEAR = "bilinear"


def pixels(image: Any) -> Image:
    """A picture of Pillow's as an array; a Tensor and an array as they are.

    Raises
    ------
    TypeError
        For something else.
    """
    if isinstance(image, (TensorBase, np.ndarray)):
        return image
    if not hasattr(image, "__array_interface__"):
        raise TypeError(
            f"expected an image as ndarray, Tensor or Pillow's, got {type(image).__name__}"
        )
    return np.asarray(image)


def change(image: Image, function: Callable[[Array], Array]) -> Any:
    """Apply to an image a function of arrays (..., H, W)."""
    image = pixels(image)
    if isinstance(image, TensorBase):
        if image._array.ndim < 2:
            raise ValueError(
                f"expected an image (..., H, W), got a tensor of shape {tuple(image._array.shape)}"
            )
        return Tensor._make(np.ascontiguousarray(function(image.numpy())))  # type: ignore[attr-defined]
    if image.ndim == 2:
        return np.ascontiguousarray(function(image))
    if image.ndim == 3:
        planes = function(np.moveaxis(image, 2, 0))
        return np.ascontiguousarray(np.moveaxis(planes, 0, 2))
    raise ValueError(f"expected an image (H, W) or (H, W, C), got an array of shape {image.shape}")


def get_dimensions(img: Image) -> list[int]:
    """The numbers of channels, rows and columns.

    Examples
    --------
    >>> import numpy as np
    >>> from tinygrad_np.vision.transforms import functional as F
    >>> F.get_dimensions(np.zeros((20, 30, 3)))
    [3, 20, 30]
    """
    img = pixels(img)
    shape = list(img.shape)
    if isinstance(img, TensorBase):
        return [1 if len(shape) == 2 else shape[-3], *shape[-2:]]
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
