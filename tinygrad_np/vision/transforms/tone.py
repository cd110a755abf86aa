"""Changes of how light an image's pixels are, each by itself.

An array of uint8 and a picture become what Pillow makes of them, a Tensor what torchvision makes of
it; the two differ in how they round.
"""

from __future__ import annotations

import numpy as np

from tinygrad_np.tape.graph import TensorBase
from tinygrad_np.vision.transforms.colour import like_pillow, recolour
from tinygrad_np.vision.transforms.image import Array, Image, bound, pixels, working_type
from tinygrad_np.vision.transforms.values import converted

__all__ = ["adjust_gamma", "autocontrast", "equalize", "invert", "posterize", "solarize"]


def require_bytes(name: str, img: Image) -> None:
    """TypeError for an image of another type than uint8."""
    dtype = img._array.dtype if isinstance(img, TensorBase) else pixels(img).dtype
    if dtype != np.uint8:
        raise TypeError(f"{name}: expected an image of uint8, got {dtype}")


def adjust_gamma(img: Image, gamma: float, gain: float = 1) -> Image:
    """``gain * image ** gamma``, for an image from 0 to 1: above 1 shadows become darker.

    Raises
    ------
    ValueError
        For a negative `gamma`.
    TypeError
        For an image of other than 1 or 3 channels.

    Examples
    --------
    >>> import numpy as np
    >>> from tinygrad_np.vision.transforms import functional as F
    >>> F.adjust_gamma(np.array([[0, 128, 255]], np.uint8), 2.0).tolist()
    [[0, 64, 255]]
    """
    if gamma < 0:
        raise ValueError(f"Gamma should be a non-negative real number, got {gamma}")
    working = np.dtype(np.float64 if like_pillow(img) else np.float32)

    def function(a: Array) -> Array:
        x = a if a.dtype.kind == "f" else converted(a, working)
        return converted((gain * x**gamma).clip(0, 1), a.dtype)

    return recolour(img, function)


def invert(img: Image) -> Image:
    """The negative: the largest value of a pixel less the image.

    Examples
    --------
    >>> import numpy as np
    >>> from tinygrad_np.vision.transforms import functional as F
    >>> F.invert(np.array([[0, 200]], np.uint8)).tolist()
    [[255, 55]]
    """
    return recolour(img, lambda a: a.dtype.type(bound(a.dtype)) - a)


def posterize(img: Image, bits: int) -> Image:
    """Only the first of each value's 8 bits.

    Parameters
    ----------
    img : image
        Of uint8.
    bits : int
        How many are kept, from 0 to 8.

    Raises
    ------
    ValueError
        For another number of bits.
    TypeError
        For an image of another type.

    Examples
    --------
    >>> import numpy as np
    >>> from tinygrad_np.vision.transforms import functional as F
    >>> F.posterize(np.array([[100, 255]], np.uint8), 2).tolist()
    [[64, 192]]
    """
    if not 0 <= bits <= 8:
        raise ValueError(f"The number of bits should be between 0 and 8. Got {bits}")
    require_bytes("posterize", img)
    return recolour(img, lambda a: a & np.uint8(256 - 2 ** (8 - bits)))


def solarize(img: Image, threshold: float) -> Image:
    """`invert` of the values that are not below a threshold.

    Raises
    ------
    TypeError
        If the threshold is larger than a value of a Tensor can be.

    Examples
    --------
    >>> import numpy as np
    >>> from tinygrad_np.vision.transforms import functional as F
    >>> F.solarize(np.array([[10, 128]], np.uint8), 128).tolist()
    [[10, 127]]
    """
    if isinstance(img, TensorBase) and threshold > bound(img._array.dtype):
        raise TypeError(
            f"threshold ({threshold}) should not be above {bound(img._array.dtype)}, the largest "
            "value of a pixel"
        )
    return recolour(img, lambda a: np.where(a >= threshold, a.dtype.type(bound(a.dtype)) - a, a))


def autocontrast(img: Image) -> Image:
    """Let each channel's values go from 0 to the largest; a channel of one value stays.

    Examples
    --------
    >>> import numpy as np
    >>> from tinygrad_np.vision.transforms import functional as F
    >>> F.autocontrast(np.array([[100, 101, 102]], np.uint8)).tolist()
    [[0, 127, 255]]
    """
    pillow = like_pillow(img)

    def function(a: Array) -> Array:
        x = a.astype(np.float64 if pillow else working_type(a))
        low, high = x.min((-2, -1), keepdims=True), x.max((-2, -1), keepdims=True)
        flat, most = low == high, bound(a.dtype)
        scale = most / np.where(flat, 1, high - low)
        out = x * scale - low * scale if pillow else (x - low) * scale
        return np.where(flat, a, out.clip(0, most).astype(a.dtype))

    return recolour(img, function)


def equalize(img: Image) -> Image:
    """Spread each channel's values so that all ranges of values are about equally frequent.

    Raises
    ------
    TypeError
        For an image of another type than uint8.

    Examples
    --------
    >>> import numpy as np
    >>> from tinygrad_np.vision.transforms import functional as F
    >>> F.equalize(np.arange(100, 104, dtype=np.uint8).repeat(255).reshape(4, 255))[:, 0].tolist()
    [0, 85, 170, 255]
    """
    require_bytes("equalize", img)

    def function(a: Array) -> Array:
        channels = a.reshape(-1, *a.shape[-2:])
        return np.stack([_equalized(channel) for channel in channels]).reshape(a.shape)

    return recolour(img, function)


def _equalized(channel: Array) -> Array:
    count = np.bincount(channel.ravel(), minlength=256)
    step = count[: channel.max()].sum() // 255
    if step == 0:
        return channel
    below = np.cumsum(count) - count
    table = ((below + step // 2) // step).clip(0, 255).astype(np.uint8)
    return table[channel]  # type: ignore[no-any-return]
