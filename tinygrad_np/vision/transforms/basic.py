"""Transforms that draw nothing."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from tinygrad_np import dtypes
from tinygrad_np.nn.module import Module
from tinygrad_np.tensor import Tensor
from tinygrad_np.vision.transforms import functional
from tinygrad_np.vision.transforms.image import (
    Array,
    Image,
    InterpolationMode,
    interpolation_mode,
)
from tinygrad_np.vision.transforms.places import size_pair

__all__ = [
    "CenterCrop",
    "Compose",
    "ConvertImageDtype",
    "FiveCrop",
    "Grayscale",
    "Lambda",
    "LinearTransformation",
    "Normalize",
    "PILToTensor",
    "Pad",
    "Resize",
    "TenCrop",
    "ToPILImage",
    "ToTensor",
]


class Compose:
    """Several transforms one after the other.

    Parameters
    ----------
    transforms : sequence of callable

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> from tinygrad_np.vision import transforms
    >>> transforms.Compose([transforms.CenterCrop(1), lambda image: -image])(tg.ones(3, 3))
    tensor([[-1.]])
    """

    def __init__(self, transforms: Sequence[Callable[[Any], Any]]) -> None:
        self.transforms = transforms

    def __call__(self, img: Any) -> Any:
        for transform in self.transforms:
            img = transform(img)
        return img

    def __repr__(self) -> str:
        return "\n".join(["Compose(", *(f"    {t!r}" for t in self.transforms), ")"])


class ToTensor:
    """An array (H, W) or (H, W, C) as a Tensor (C, H, W); uint8 becomes floats from 0 to 1.

    Examples
    --------
    >>> import numpy as np
    >>> from tinygrad_np.vision import transforms
    >>> transforms.ToTensor()(np.array([[0, 51, 255]], np.uint8))
    tensor([[[0.0000, 0.2000, 1.0000]]])
    """

    def __call__(self, pic: Image) -> Tensor:
        return functional.to_tensor(pic)

    def __repr__(self) -> str:
        return "ToTensor()"


class Normalize(Module):
    """``(image - mean) / std``, with a mean and a deviation for each channel.

    Parameters
    ----------
    mean, std : sequence of float
    inplace : bool, default False

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> from tinygrad_np.vision import transforms
    >>> transforms.Normalize([1.0], [2.0])(tg.tensor([[[1.0, 5.0]]]))
    tensor([[[0., 2.]]])
    """

    def __init__(self, mean: Sequence[float], std: Sequence[float], inplace: bool = False) -> None:
        super().__init__()
        self.mean = mean
        self.std = std
        self.inplace = inplace

    def forward(self, tensor: Tensor) -> Tensor:
        return functional.normalize(tensor, self.mean, self.std, self.inplace)

    def __repr__(self) -> str:
        return f"Normalize(mean={self.mean}, std={self.std})"


class LinearTransformation(Module):
    """Images as rows of numbers, less a mean, times a square matrix: whitening, for one.

    Parameters
    ----------
    transformation_matrix : Tensor
        (D, D), where D is C * H * W.
    mean_vector : Tensor
        (D,)

    Raises
    ------
    ValueError
        For a matrix that is not square, and for a mean or images that it does not fit.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> from tinygrad_np.vision import transforms
    >>> transforms.LinearTransformation(2 * tg.eye(2), tg.ones(2))(tg.tensor([[[1.0, 5.0]]]))
    tensor([[[0., 8.]]])
    """

    def __init__(self, transformation_matrix: Tensor, mean_vector: Tensor) -> None:
        super().__init__()
        size = tuple(transformation_matrix.shape)
        if len(size) != 2 or size[0] != size[1]:
            raise ValueError(
                f"transformation_matrix should be square. Got {list(size)} rectangular matrix."
            )
        if tuple(mean_vector.shape) != size[:1]:
            raise ValueError(
                f"mean_vector should have the same length {size[0]} as any one of the dimensions "
                f"of the transformation_matrix {list(size)}, got the shape "
                f"{list(mean_vector.shape)}"
            )
        self.transformation_matrix = transformation_matrix
        self.mean_vector = mean_vector

    def forward(self, tensor: Tensor) -> Tensor:
        shape, n = tuple(tensor.shape), len(self.mean_vector)
        if math.prod(shape[-3:]) != n:
            raise ValueError(
                "Input tensor and transformation matrix have incompatible shape: "
                f"{list(shape[-3:])} and {n} x {n}"
            )
        flat = tensor.reshape(-1, n) - self.mean_vector
        out: Tensor = (flat @ self.transformation_matrix).reshape(shape)
        return out

    def __repr__(self) -> str:
        return (
            f"LinearTransformation(transformation_matrix={self.transformation_matrix.tolist()}, "
            f"mean_vector={self.mean_vector.tolist()})"
        )


class Lambda:
    """A function as a transform.

    Parameters
    ----------
    lambd : callable
    """

    def __init__(self, lambd: Callable[[Any], Any]) -> None:
        if not callable(lambd):
            raise TypeError(f"Argument lambd should be callable, got {type(lambd).__name__}")
        self.lambd = lambd

    def __call__(self, img: Any) -> Any:
        return self.lambd(img)

    def __repr__(self) -> str:
        return "Lambda()"


class ConvertImageDtype(Module):
    """Another dtype, and its range: floats go from 0 to 1, integers from 0 to their largest.

    Parameters
    ----------
    dtype : dtype

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> from tinygrad_np.vision import transforms
    >>> transforms.ConvertImageDtype(tg.float32)(tg.tensor([[0, 255]], dtype=tg.uint8))
    tensor([[0., 1.]])
    """

    def __init__(self, dtype: dtypes.DTypeLike) -> None:
        super().__init__()
        self.dtype = dtype

    def forward(self, image: Tensor) -> Tensor:
        return functional.convert_image_dtype(image, self.dtype)

    def __repr__(self) -> str:
        return "ConvertImageDtype()"


class Resize(Module):
    """Another size.

    Parameters
    ----------
    size : int or (int, int)
        Rows and columns; one int is the shorter side's length.
    interpolation : InterpolationMode, default BILINEAR
    max_size : int, optional
        The longer side's largest length, with one int for `size`.
    antialias : bool, default True
        Let a smaller image take the mean over all pixels that fall together.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> from tinygrad_np.vision import transforms
    >>> transforms.Resize((1, 2))(tg.tensor([[0.0, 0.0, 2.0, 2.0]]))
    tensor([[0.2857, 1.7143]])
    """

    def __init__(
        self,
        size: int | Sequence[int],
        interpolation: InterpolationMode = InterpolationMode.BILINEAR,
        max_size: int | None = None,
        antialias: bool | None = True,
    ) -> None:
        super().__init__()
        self.size = size
        self.interpolation = interpolation_mode(interpolation)
        self.max_size = max_size
        self.antialias = antialias

    def forward(self, img: Image) -> Image:
        return functional.resize(img, self.size, self.interpolation, self.max_size, self.antialias)

    def __repr__(self) -> str:
        return (
            f"Resize(size={self.size}, interpolation={self.interpolation.value}, "
            f"max_size={self.max_size}, antialias={self.antialias})"
        )


class CenterCrop(Module):
    """The middle of the image; zeros around it where it is smaller.

    Parameters
    ----------
    size : int or (int, int)
    """

    def __init__(self, size: int | Sequence[int]) -> None:
        super().__init__()
        self.size = size_pair(size)

    def forward(self, img: Image) -> Image:
        return functional.center_crop(img, self.size)

    def __repr__(self) -> str:
        return f"CenterCrop(size={self.size})"


class Pad(Module):
    """Add a border.

    Parameters
    ----------
    padding : int or sequence of int
        One for all sides, two for left and right and for top and bottom, or four: left, top,
        right, bottom.
    fill : float or sequence of float, default 0
        The border's value, or one for each channel.
    padding_mode : {"constant", "edge", "reflect", "symmetric"}, default "constant"
    """

    def __init__(
        self,
        padding: int | Sequence[int],
        fill: float | Sequence[float] = 0,
        padding_mode: str = "constant",
    ) -> None:
        super().__init__()
        self.padding = padding
        self.fill = fill
        self.padding_mode = padding_mode

    def forward(self, img: Image) -> Image:
        return functional.pad(img, self.padding, self.fill, self.padding_mode)

    def __repr__(self) -> str:
        return f"Pad(padding={self.padding}, fill={self.fill}, padding_mode={self.padding_mode})"


class PILToTensor:
    """A picture of Pillow's, or an array, as a Tensor (C, H, W) of its values as they are.

    Examples
    --------
    >>> import numpy as np
    >>> from tinygrad_np.vision import transforms
    >>> transforms.PILToTensor()(np.array([[0, 255]], np.uint8))
    tensor([[[  0, 255]]], dtype=torch.uint8)
    """

    def __call__(self, pic: Any) -> Tensor:
        return functional.pil_to_tensor(pic)

    def __repr__(self) -> str:
        return "PILToTensor()"


class ToPILImage:
    """A Tensor (C, H, W), or an array (H, W, C), as a picture of Pillow's.

    Parameters
    ----------
    mode : str, optional
        Of Pillow's; the number of channels and the type say it unless given.
    """

    def __init__(self, mode: str | None = None) -> None:
        self.mode = mode

    def __call__(self, pic: Tensor | Array) -> Any:
        return functional.to_pil_image(pic, self.mode)

    def __repr__(self) -> str:
        return f"ToPILImage({'' if self.mode is None else f'mode={self.mode}'})"


class FiveCrop(Module):
    """The four corners and the middle, as a tuple.

    Parameters
    ----------
    size : int or (int, int)

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> from tinygrad_np.vision import transforms
    >>> tg.stack(transforms.FiveCrop(2)(tg.rand(3, 5, 5))).shape
    torch.Size([5, 3, 2, 2])
    """

    def __init__(self, size: int | Sequence[int]) -> None:
        super().__init__()
        self.size = size_pair(size)

    def forward(self, img: Image) -> tuple[Image, ...]:
        return functional.five_crop(img, self.size)

    def __repr__(self) -> str:
        return f"FiveCrop(size={self.size})"


class TenCrop(Module):
    """The four corners and the middle of the image and of its mirror image, as a tuple.

    Parameters
    ----------
    size : int or (int, int)
    vertical_flip : bool, default False
        Exchange top and bottom instead of left and right.
    """

    def __init__(self, size: int | Sequence[int], vertical_flip: bool = False) -> None:
        super().__init__()
        self.size = size_pair(size)
        self.vertical_flip = vertical_flip

    def forward(self, img: Image) -> tuple[Image, ...]:
        return functional.ten_crop(img, self.size, self.vertical_flip)

    def __repr__(self) -> str:
        return f"TenCrop(size={self.size}, vertical_flip={self.vertical_flip})"


class Grayscale(Module):
    """The lightness of an image in red, green and blue.

    Parameters
    ----------
    num_output_channels : {1, 3}
        One channel, or three alike.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> from tinygrad_np.vision import transforms
    >>> transforms.Grayscale()(tg.rand(3, 5, 5)).shape
    torch.Size([1, 5, 5])
    """

    def __init__(self, num_output_channels: int = 1) -> None:
        super().__init__()
        self.num_output_channels = num_output_channels

    def forward(self, img: Image) -> Image:
        return functional.rgb_to_grayscale(img, self.num_output_channels)

    def __repr__(self) -> str:
        return f"Grayscale(num_output_channels={self.num_output_channels})"
