"""The transforms as functions, with the names that the second version adds.

Source: https://pytorch.org/vision/stable/transforms.html#v2-api-reference-recommended
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tinygrad_np import dtypes
from tinygrad_np.generator import source
from tinygrad_np.tape.graph import TensorBase
from tinygrad_np.tensor import Tensor
from tinygrad_np.vision.transforms.functional import *  # noqa: F403
from tinygrad_np.vision.transforms.functional import __all__ as _shared
from tinygrad_np.vision.transforms.functional import (
    convert_image_dtype,
    crop,
    get_dimensions,
    hflip,
    pil_to_tensor,
    vflip,
)
from tinygrad_np.vision.transforms.functional import rgb_to_grayscale as _first_grey
from tinygrad_np.vision.transforms.image import Array, Image, InterpolationMode, change
from tinygrad_np.vision.transforms.resampling import resized

__all__ = [
    *_shared,
    "gaussian_noise",
    "get_num_channels",
    "get_size",
    "grayscale_to_rgb",
    "horizontal_flip",
    "permute_channels",
    "to_dtype",
    "to_image",
    "vertical_flip",
]

horizontal_flip = hflip
vertical_flip = vflip


def resize(  # type: ignore[no-redef]
    inpt: Image,
    size: int | Sequence[int],
    interpolation: InterpolationMode = InterpolationMode.BILINEAR,
    max_size: int | None = None,
    antialias: bool | None = True,
) -> Image:
    """Another size; a Tensor of uint8 is computed in whole numbers, and rounded after each axis.

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
    >>> import tinygrad_np as tg
    >>> from tinygrad_np.vision.transforms.v2 import functional as F
    >>> F.resize(tg.tensor([[0, 8]], dtype=tg.uint8), (1, 4))
    tensor([[0, 2, 6, 8]], dtype=torch.uint8)
    """
    return resized(inpt, size, interpolation, max_size, antialias, whole=True)


def resized_crop(  # type: ignore[no-redef]
    inpt: Image,
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
    >>> from tinygrad_np.vision.transforms.v2 import functional as F
    >>> F.resized_crop(np.eye(4), top=0, left=0, height=2, width=2, size=4).shape
    (4, 4)
    """
    part = crop(inpt, top, left, height, width)
    return resize(part, size, interpolation, antialias=antialias)


def get_size(inpt: Image) -> list[int]:
    """The numbers of rows and columns.

    Examples
    --------
    >>> import numpy as np
    >>> from tinygrad_np.vision.transforms.v2 import functional as F
    >>> F.get_size(np.zeros((20, 30, 3)))
    [20, 30]
    """
    return get_dimensions(inpt)[1:]


def get_num_channels(inpt: Image) -> int:
    """The number of channels.

    Examples
    --------
    >>> import numpy as np
    >>> from tinygrad_np.vision.transforms.v2 import functional as F
    >>> F.get_num_channels(np.zeros((20, 30, 3)))
    3
    """
    return get_dimensions(inpt)[0]


def to_image(inpt: Image) -> Tensor:
    """An array or a picture as a Tensor (C, H, W) of its values; a Tensor as it is.

    Examples
    --------
    >>> import numpy as np
    >>> from tinygrad_np.vision.transforms.v2 import functional as F
    >>> F.to_image(np.array([[0, 255]], np.uint8))
    tensor([[[  0, 255]]], dtype=torch.uint8)
    """
    return inpt if isinstance(inpt, TensorBase) else pil_to_tensor(inpt)  # type: ignore[return-value]


def to_dtype(inpt: Tensor, dtype: dtypes.DTypeLike = dtypes.float32, scale: bool = False) -> Tensor:
    """Another dtype; with `scale` its range, too: floats from 0 to 1, integers from 0 on.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> from tinygrad_np.vision.transforms.v2 import functional as F
    >>> F.to_dtype(tg.tensor([0, 255], dtype=tg.uint8), tg.float32, scale=True)
    tensor([0., 1.])
    """
    return convert_image_dtype(inpt, dtype) if scale else inpt.to(dtype)


def rgb_to_grayscale(inpt: Image, num_output_channels: int = 1) -> Image:  # type: ignore[no-redef]
    """The lightness of an image; one of one channel becomes one of three, too.

    Parameters
    ----------
    num_output_channels : {1, 3}
        One channel, or three alike; an array of one is (H, W).

    Raises
    ------
    ValueError
        For another number.
    TypeError
        For an image of other than 1 or 3 channels.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> from tinygrad_np.vision.transforms.v2 import functional as F
    >>> F.rgb_to_grayscale(tg.rand(1, 4, 5), 3).shape
    torch.Size([3, 4, 5])
    """
    grey = _first_grey(inpt, num_output_channels)
    if get_dimensions(grey)[0] == num_output_channels:
        return grey
    return change(grey, lambda a: np.repeat(a, 3, -3))


def grayscale_to_rgb(inpt: Image) -> Image:
    """A grey image as one in red, green and blue; one of three channels as it is.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> from tinygrad_np.vision.transforms.v2 import functional as F
    >>> F.grayscale_to_rgb(tg.rand(1, 4, 5)).shape
    torch.Size([3, 4, 5])
    """
    return inpt if get_dimensions(inpt)[0] == 3 else rgb_to_grayscale(inpt, 3)


def permute_channels(inpt: Image, permutation: Sequence[int]) -> Image:
    """The channels in another order.

    Raises
    ------
    ValueError
        If `permutation` is not one of all channels.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> from tinygrad_np.vision.transforms.v2 import functional as F
    >>> F.permute_channels(tg.arange(3).reshape(3, 1, 1), [2, 0, 1]).flatten()
    tensor([2, 0, 1])
    """
    order = [int(i) for i in permutation]
    if sorted(order) != list(range(get_dimensions(inpt)[0])):
        raise ValueError(
            f"permutation: expected the numbers from 0 to {get_dimensions(inpt)[0] - 1} in some "
            f"order, got {order}"
        )
    return change(inpt, lambda a: a if a.ndim == 2 else a[..., order, :, :])


def gaussian_noise(inpt: Image, mean: float = 0.0, sigma: float = 0.1, clip: bool = True) -> Tensor:
    """The image and noise of a normal distribution.

    Parameters
    ----------
    inpt : Tensor
        Of floats from 0 to 1, or of uint8, whose values are divided by 255 meanwhile.
    mean, sigma : float
    clip : bool, default True
        Keep the values from 0 to 1.

    Raises
    ------
    ValueError
        For another dtype, and a negative `sigma`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> from tinygrad_np.vision.transforms.v2 import functional as F
    >>> F.gaussian_noise(tg.zeros(1, 4, 5)).shape
    torch.Size([1, 4, 5])
    """
    dtype = inpt._array.dtype if isinstance(inpt, TensorBase) else None
    if dtype is None or (dtype.kind != "f" and dtype != np.uint8):
        raise ValueError(f"gaussian_noise: expected a Tensor of floats or uint8, got {dtype}")
    if sigma < 0:
        raise ValueError(f"sigma shouldn't be negative, got {sigma}")
    working = dtype if dtype.kind == "f" else np.dtype(np.float32)
    drawn = source().normal(0, 1, inpt.shape, working)

    def function(a: Array) -> Array:
        if dtype.kind == "f":
            out = a + (mean + drawn * sigma)
            return out.clip(0, 1) if clip else out
        out = a + (mean * 255 + drawn * (sigma * 255)).astype(np.int16)
        return (out.clip(0, 255) if clip else out).astype(np.uint8)

    return change(inpt, function)  # type: ignore[no-any-return]
