"""The transforms as functions of an image and of numbers that say what to do.

An image is a NumPy array (H, W) or (H, W, C), or a Tensor (..., H, W). What comes out is of the
same kind, on memory of its own and off the tape; a Tensor that requires grad is refused.

Source: https://pytorch.org/vision/stable/transforms.html#functional-transforms
"""

from tinygrad_np.vision.transforms.affine import affine, rotate
from tinygrad_np.vision.transforms.image import InterpolationMode, get_dimensions, get_image_size
from tinygrad_np.vision.transforms.places import (
    center_crop,
    crop,
    hflip,
    pad,
    resize,
    resized_crop,
    vflip,
)
from tinygrad_np.vision.transforms.values import convert_image_dtype, normalize, to_tensor

__all__ = [
    "InterpolationMode",
    "affine",
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
    "rotate",
    "to_tensor",
    "vflip",
]
