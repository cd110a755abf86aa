"""The transforms as functions of an image and of numbers that say what to do.

An image is a NumPy array (H, W) or (H, W, C), a picture of Pillow's, or a Tensor (..., H, W). What
comes out is of the same kind, on memory of its own and off the tape; a Tensor that requires grad is
refused.

Source: https://pytorch.org/vision/stable/transforms.html#functional-transforms
"""

from tinygrad_np.vision.transforms.affine import affine, perspective, rotate
from tinygrad_np.vision.transforms.colour import (
    adjust_brightness,
    adjust_contrast,
    adjust_hue,
    adjust_saturation,
    rgb_to_grayscale,
    to_grayscale,
)
from tinygrad_np.vision.transforms.filters import adjust_sharpness, gaussian_blur
from tinygrad_np.vision.transforms.image import (
    InterpolationMode,
    get_dimensions,
    get_image_num_channels,
    get_image_size,
)
from tinygrad_np.vision.transforms.places import (
    center_crop,
    crop,
    five_crop,
    hflip,
    pad,
    ten_crop,
    vflip,
)
from tinygrad_np.vision.transforms.resampling import resize, resized_crop
from tinygrad_np.vision.transforms.sampling import elastic_transform
from tinygrad_np.vision.transforms.tone import (
    adjust_gamma,
    autocontrast,
    equalize,
    invert,
    posterize,
    solarize,
)
from tinygrad_np.vision.transforms.values import (
    convert_image_dtype,
    erase,
    normalize,
    pil_to_tensor,
    to_pil_image,
    to_tensor,
)

__all__ = [
    "InterpolationMode",
    "adjust_brightness",
    "adjust_contrast",
    "adjust_gamma",
    "adjust_hue",
    "adjust_saturation",
    "adjust_sharpness",
    "affine",
    "autocontrast",
    "center_crop",
    "convert_image_dtype",
    "crop",
    "elastic_transform",
    "equalize",
    "erase",
    "five_crop",
    "gaussian_blur",
    "get_dimensions",
    "get_image_num_channels",
    "get_image_size",
    "hflip",
    "invert",
    "normalize",
    "pad",
    "perspective",
    "pil_to_tensor",
    "posterize",
    "resize",
    "resized_crop",
    "rgb_to_grayscale",
    "rotate",
    "solarize",
    "ten_crop",
    "to_grayscale",
    "to_pil_image",
    "to_tensor",
    "vflip",
]
