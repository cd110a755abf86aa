"""Changes of an image's colours: brightness, contrast, saturation, hue and the like.

An array of uint8 and a picture become what Pillow makes of them, a Tensor what torchvision makes of
it; the two differ in how they round.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tinygrad_np.tape.graph import TensorBase
from tinygrad_np.vision.transforms.image import (
    Array,
    Image,
    bound,
    change,
    get_dimensions,
    pixels,
    working_type,
)
from tinygrad_np.vision.transforms.values import converted

__all__ = [
    "adjust_brightness",
    "adjust_contrast",
    "adjust_hue",
    "adjust_saturation",
    "rgb_to_grayscale",
    "to_grayscale",
]


def recolour(img: Image, function: Callable[[Array], Array]) -> Any:
    """Apply to a grey image, or one in red, green and blue, a function of arrays (..., C, H, W)."""
    channels = get_dimensions(img)[0]
    if channels not in (1, 3):
        raise TypeError(
            f"expected an image of 1 or 3 channels, got {channels}; a picture can be converted: "
            '.convert("RGB")'
        )
    return change(img, lambda a: function(a) if a.ndim > 2 else function(a[None])[0])


def like_pillow(img: Image) -> bool:
    """Whether an image is computed as Pillow does it."""
    return not isinstance(img, TensorBase) and pixels(img).dtype == np.uint8


def blend(img: Image, factor: float, other: Callable[[Array], Array]) -> Any:
    """``factor * image + (1 - factor) * other(image)``, within the range of pixels."""
    pillow = like_pillow(img)

    def function(a: Array) -> Array:
        x, y = (v.astype(working_type(a)) for v in (a, other(a)))
        mixed = y + np.float32(factor) * (x - y) if pillow else factor * x + (1 - factor) * y
        return mixed.clip(0, bound(a.dtype)).astype(a.dtype)  # type: ignore[no-any-return]

    return recolour(img, function)


def require_factor(name: str, factor: float) -> None:
    """ValueError for a negative factor."""
    if factor < 0:
        raise ValueError(f"{name} ({factor}) is not non-negative.")


def _grey(a: Array, pillow: bool) -> Array:
    """The lightness of planes (..., C, H, W), as planes (..., 1, H, W)."""
    if a.shape[-3] == 1:
        return a
    if pillow:
        red, green, blue = np.moveaxis(a, -3, 0).astype(np.uint32)
        grey = (red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16
    else:
        red, green, blue = np.moveaxis(a, -3, 0).astype(working_type(a))
        grey = 0.2989 * red + 0.587 * green + 0.114 * blue
    return grey.astype(a.dtype)[..., None, :, :]  # type: ignore[no-any-return]


def rgb_to_grayscale(img: Image, num_output_channels: int = 1) -> Image:
    """The lightness of an image in red, green and blue.

    Parameters
    ----------
    num_output_channels : {1, 3}
        One channel, or three alike; an array of one is (H, W). A Tensor of one channel stays so.

    Raises
    ------
    ValueError
        For another number.
    TypeError
        For an image of other than 1 or 3 channels.

    Examples
    --------
    >>> import numpy as np
    >>> from tinygrad_np.vision.transforms import functional as F
    >>> F.rgb_to_grayscale(np.array([[[255, 0, 0], [0, 255, 0]]], np.uint8)).tolist()
    [[76, 150]]
    """
    if num_output_channels not in (1, 3):
        raise ValueError(f"num_output_channels should be either 1 or 3, got {num_output_channels}")
    if get_dimensions(img)[0] not in (1, 3):
        return recolour(img, np.copy)  # refused there
    tensor, pillow = isinstance(img, TensorBase), like_pillow(img)

    def function(a: Array) -> Array:
        grey = _grey(a if a.ndim > 2 else a[None], pillow)
        if num_output_channels == 3 and not (tensor and a.ndim > 2 and a.shape[-3] == 1):
            return np.repeat(grey, 3, -3)
        return grey.copy() if tensor and a.ndim > 2 else grey[0].copy()

    return change(img, function)


def to_grayscale(img: Image, num_output_channels: int = 1) -> Image:
    """`rgb_to_grayscale`, by its name for pictures.

    Examples
    --------
    >>> import numpy as np
    >>> from tinygrad_np.vision.transforms import functional as F
    >>> F.to_grayscale(np.array([[[255, 0, 0], [0, 255, 0]]], np.uint8)).tolist()
    [[76, 150]]
    """
    return rgb_to_grayscale(img, num_output_channels)


def adjust_brightness(img: Image, brightness_factor: float) -> Image:
    """Multiply the values: 0 is black, 1 the image as it is.

    Raises
    ------
    ValueError
        For a negative factor.
    TypeError
        For an image of other than 1 or 3 channels.

    Examples
    --------
    >>> import numpy as np
    >>> from tinygrad_np.vision.transforms import functional as F
    >>> F.adjust_brightness(np.array([[10, 200]], np.uint8), 1.5).tolist()
    [[15, 255]]
    """
    require_factor("brightness_factor", brightness_factor)
    return blend(img, brightness_factor, np.zeros_like)


def adjust_contrast(img: Image, contrast_factor: float) -> Image:
    """Multiply how far the values are from the image's mean lightness: 0 is grey, 1 as it is.

    Raises
    ------
    ValueError
        For a negative factor.
    TypeError
        For an image of other than 1 or 3 channels.

    Examples
    --------
    >>> import numpy as np
    >>> from tinygrad_np.vision.transforms import functional as F
    >>> F.adjust_contrast(np.array([[100, 110]], np.uint8), 2.0).tolist()
    [[95, 115]]
    """
    require_factor("contrast_factor", contrast_factor)
    pillow = like_pillow(img)

    def mean(a: Array) -> Array:
        lightness = _grey(a, pillow).mean((-3, -2, -1), np.float64, keepdims=True)
        return np.floor(lightness + 0.5) if pillow else lightness  # type: ignore[no-any-return]

    return blend(img, contrast_factor, mean)


def adjust_saturation(img: Image, saturation_factor: float) -> Image:
    """Multiply how far the colours are from grey: 0 is without colour, 1 the image as it is.

    Raises
    ------
    ValueError
        For a negative factor.
    TypeError
        For an image of other than 1 or 3 channels.

    Examples
    --------
    >>> import numpy as np
    >>> from tinygrad_np.vision.transforms import functional as F
    >>> F.adjust_saturation(np.array([[[100, 50, 50]]], np.uint8), 0.0).tolist()
    [[[65, 65, 65]]]
    """
    require_factor("saturation_factor", saturation_factor)
    pillow = like_pillow(img)
    return blend(img, saturation_factor, lambda a: _grey(a, pillow))


def adjust_hue(img: Image, hue_factor: float) -> Image:
    """Turn the colours on their circle: 0 is the image as it is, 0.5 and -0.5 are half a turn.

    Raises
    ------
    ValueError
        For a factor outside of [-0.5, 0.5].
    TypeError
        For an image of other than 1 or 3 channels.

    Examples
    --------
    >>> import numpy as np
    >>> from tinygrad_np.vision.transforms import functional as F
    >>> F.adjust_hue(np.array([[[200, 0, 0]]], np.uint8), 0.5).tolist()
    [[[0, 200, 198]]]
    """
    if not -0.5 <= hue_factor <= 0.5:
        raise ValueError(f"hue_factor ({hue_factor}) is not in [-0.5, 0.5].")
    pillow = like_pillow(img)

    def function(a: Array) -> Array:
        if a.shape[-3] == 1:
            return a.copy()
        if not pillow:
            hue, saturation, value = _hsv(converted(a, np.dtype(np.float32)))
            return converted(_rgb((hue + hue_factor) % 1, saturation, value), a.dtype)
        hue, saturation, value = _hsv(a.astype(np.float32), np.float64)
        hue = (np.trunc(hue * 255) + int(hue_factor * 255)) % 256 / 255  # as bytes, going round
        saturation = np.trunc(saturation * 255) / 255
        rgb = _rgb(hue, saturation, value)
        return np.floor(rgb + 0.5).astype(np.uint8)

    return recolour(img, function)


def _hsv(a: Array, wide: Any = np.float32) -> tuple[Array, Array, Array]:
    """Hue and saturation, from 0 to 1, and value, of planes (..., 3, H, W) of float32.

    Pillow computes a part of it in float64 (`wide`) in between, which truncation can show.
    """
    high, low = a.max(-3), a.min(-3)
    grey, spread = high == low, high - low
    red, green, blue = np.moveaxis(high[..., None, :, :] - a, -3, 0) / np.where(grey, 1, spread)
    is_red, is_green = (high == a[..., i, :, :] for i in (0, 1))
    from_green = (wide(2) + red) - blue
    from_blue = (wide(4) + green) - red
    sixth = np.where(is_red, blue - green, np.where(is_green, from_green, from_blue))
    turned = np.fmod(sixth.astype(np.float32).astype(wide) / wide(6) + wide(1), 1)
    hue = np.where(grey, 0, turned.astype(np.float32))
    return hue.astype(wide), (spread / np.where(grey, 1, high)).astype(wide), high


def _rgb(hue: Array, saturation: Array, value: Array) -> Array:
    """Planes (..., 3, H, W) of what `_hsv` gives."""
    sixth = np.floor(hue * 6)
    rest = hue * 6 - sixth
    p = value * (1 - saturation)
    q = value * (1 - saturation * rest)
    t = value * (1 - saturation * (1 - rest))
    which = sixth.astype(int) % 6
    columns = (value, q, p, p, t, value), (t, value, value, q, p, p), (p, p, t, value, value, q)
    return np.stack([np.choose(which, c) for c in columns], -3)
