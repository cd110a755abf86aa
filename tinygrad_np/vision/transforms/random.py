"""Transforms that draw a part of the image, or where it faces."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from tinygrad_np import dtypes
from tinygrad_np.generator import source
from tinygrad_np.nn.module import Module
from tinygrad_np.tape.graph import TensorBase
from tinygrad_np.tensor import Tensor
from tinygrad_np.vision.transforms import functional
from tinygrad_np.vision.transforms.choice import Sometimes
from tinygrad_np.vision.transforms.draws import integer, uniform
from tinygrad_np.vision.transforms.image import (
    Image,
    InterpolationMode,
    get_dimensions,
    interpolation_mode,
)
from tinygrad_np.vision.transforms.places import size_pair

__all__ = [
    "RandomCrop",
    "RandomErasing",
    "RandomHorizontalFlip",
    "RandomResizedCrop",
    "RandomVerticalFlip",
]


class RandomHorizontalFlip(Sometimes):
    """Exchange left and right with a probability.

    Parameters
    ----------
    p : float, default 0.5
    """

    def change(self, img: Image) -> Image:
        return functional.hflip(img)


class RandomVerticalFlip(Sometimes):
    """Exchange top and bottom with a probability.

    Parameters
    ----------
    p : float, default 0.5
    """

    def change(self, img: Image) -> Image:
        return functional.vflip(img)


class RandomCrop(Module):
    """A part of the image from a random place.

    Parameters
    ----------
    size : int or (int, int)
    padding : int or sequence of int, optional
        A border to add first, as for `Pad`.
    pad_if_needed : bool, default False
        Add a border to an image that is too small.
    fill : float, default 0
    padding_mode : {"constant", "edge", "reflect", "symmetric"}, default "constant"

    Raises
    ------
    ValueError
        If the image is smaller than the part.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> from tinygrad_np.vision import transforms
    >>> generator = tg.manual_seed(0)
    >>> transforms.RandomCrop(2)(tg.arange(12).reshape(3, 4))
    tensor([[0, 1],
            [4, 5]])
    """

    def __init__(
        self,
        size: int | Sequence[int],
        padding: int | Sequence[int] | None = None,
        pad_if_needed: bool = False,
        fill: float | Sequence[float] = 0,
        padding_mode: str = "constant",
    ) -> None:
        super().__init__()
        self.size = size_pair(size)
        self.padding = padding
        self.pad_if_needed = pad_if_needed
        self.fill = fill
        self.padding_mode = padding_mode

    @staticmethod
    def get_params(img: Image, output_size: tuple[int, int]) -> tuple[int, int, int, int]:
        """Draw the upper row and the left column of a part; and its rows and columns."""
        height, width = output_size
        _, rows, columns = get_dimensions(img)
        if rows < height or columns < width:
            raise ValueError(
                f"Required crop size {output_size} is larger than input image size "
                f"{(rows, columns)}"
            )
        if (rows, columns) == output_size:
            return 0, 0, height, width
        top, left = integer(0, rows - height + 1), integer(0, columns - width + 1)
        return top, left, height, width

    def forward(self, img: Image) -> Image:
        if self.padding is not None:
            img = functional.pad(img, self.padding, self.fill, self.padding_mode)
        height, width = self.size
        _, rows, columns = get_dimensions(img)
        if self.pad_if_needed and (rows < height or columns < width):
            border = [max(width - columns, 0), max(height - rows, 0)]
            img = functional.pad(img, border, self.fill, self.padding_mode)
            _, rows, columns = get_dimensions(img)
        if (rows, columns) == self.size:
            return img
        return functional.crop(img, *self.get_params(img, self.size))

    def __repr__(self) -> str:
        return f"RandomCrop(size={self.size}, padding={self.padding})"


def _range_pair(name: str, value: Sequence[float]) -> tuple[float, float]:
    if isinstance(value, (int, float)) or len(value) != 2 or value[0] > value[1]:
        raise ValueError(f"{name} should be of kind (min, max), got {value}")
    return value[0], value[1]


def _share_and_ratio(scale: Sequence[float], ratio: Sequence[float]) -> tuple[float, float]:
    """Draw a share of the area, and a ratio of the sides evenly in its logarithm."""
    share = uniform(scale[0], scale[1])
    default = dtypes.default_float()
    low, high = (float(v) for v in np.log(np.asarray(ratio, default)))
    return share, float(np.exp(default.type(uniform(low, high))))


class RandomResizedCrop(Module):
    """A part of the image of random size, sides and place, brought to one size.

    Parameters
    ----------
    size : int or (int, int)
        What it is brought to.
    scale : (float, float), default (0.08, 1.0)
        From and to: the part's share of the area.
    ratio : (float, float), default (3 / 4, 4 / 3)
        From and to: its width by its height.
    interpolation : InterpolationMode, default BILINEAR
    antialias : bool, default True

    Raises
    ------
    ValueError
        For ranges that are none.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> from tinygrad_np.vision import transforms
    >>> transforms.RandomResizedCrop(224)(tg.rand(3, 300, 400)).shape
    torch.Size([3, 224, 224])
    """

    def __init__(
        self,
        size: int | Sequence[int],
        scale: Sequence[float] = (0.08, 1.0),
        ratio: Sequence[float] = (3.0 / 4.0, 4.0 / 3.0),
        interpolation: InterpolationMode = InterpolationMode.BILINEAR,
        antialias: bool | None = True,
    ) -> None:
        super().__init__()
        self.size = size_pair(size)
        self.scale = _range_pair("scale", scale)
        self.ratio = _range_pair("ratio", ratio)
        self.interpolation = interpolation_mode(interpolation)
        self.antialias = antialias

    @staticmethod
    def get_params(
        img: Image, scale: Sequence[float], ratio: Sequence[float]
    ) -> tuple[int, int, int, int]:
        """Draw the upper row, the left column, and the numbers of rows and columns of a part."""
        _, rows, columns = get_dimensions(img)
        for _ in range(10):
            share, aspect = _share_and_ratio(scale, ratio)
            area = rows * columns * share
            width, height = round(math.sqrt(area * aspect)), round(math.sqrt(area / aspect))
            if 0 < width <= columns and 0 < height <= rows:
                top = integer(0, rows - height + 1)
                return top, integer(0, columns - width + 1), height, width
        height, width = rows, columns  # the largest part in the middle
        if columns / rows < min(ratio):
            height = round(columns / min(ratio))
        elif columns / rows > max(ratio):
            width = round(rows * max(ratio))
        return (rows - height) // 2, (columns - width) // 2, height, width

    def forward(self, img: Image) -> Image:
        place = self.get_params(img, self.scale, self.ratio)
        return functional.resized_crop(
            img, *place, self.size, self.interpolation, antialias=self.antialias
        )

    def __repr__(self) -> str:
        scale, ratio = (tuple(round(v, 4) for v in pair) for pair in (self.scale, self.ratio))
        return (
            f"RandomResizedCrop(size={self.size}, scale={scale}, ratio={ratio}, "
            f"interpolation={self.interpolation.value}, antialias={self.antialias})"
        )


class RandomErasing(Module):
    """Put a value into a random rectangle of a Tensor, with a probability.

    Parameters
    ----------
    p : float, default 0.5
    scale : (float, float), default (0.02, 0.33)
        From and to: the rectangle's share of the area.
    ratio : (float, float), default (0.3, 3.3)
        From and to: its height by its width.
    value : float, sequence of float or "random", default 0
        One for all channels, one for each, or noise.
    inplace : bool, default False

    Raises
    ------
    ValueError
        For ranges that are none, and probabilities and shares outside of [0, 1].
    TypeError
        For something else than a Tensor.

    Source: Z. Zhong et al., Random Erasing Data Augmentation, 2017.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> from tinygrad_np.vision import transforms
    >>> erased = transforms.RandomErasing(p=1)(tg.ones(1, 8, 8))
    >>> 1 <= (erased == 0).sum().item() <= 0.4 * 64
    True
    """

    def __init__(
        self,
        p: float = 0.5,
        scale: Sequence[float] = (0.02, 0.33),
        ratio: Sequence[float] = (0.3, 3.3),
        value: float | str | Sequence[float] = 0,
        inplace: bool = False,
    ) -> None:
        super().__init__()
        if isinstance(value, str) and value != "random":
            raise ValueError(f"If value is str, it should be 'random', got {value!r}")
        if not 0 <= p <= 1:
            raise ValueError(f"p should be between 0 and 1, got {p}")
        self.p = p
        self.scale = _range_pair("scale", scale)
        self.ratio = _range_pair("ratio", ratio)
        if self.scale[0] < 0 or self.scale[1] > 1:
            raise ValueError(f"scale should be between 0 and 1, got {scale}")
        self.value = value
        self.inplace = inplace

    @staticmethod
    def get_params(
        img: Tensor,
        scale: Sequence[float],
        ratio: Sequence[float],
        value: Sequence[float] | None = None,
    ) -> tuple[int, int, int, int, Tensor]:
        """Draw the row, the column, the size and the value; the whole image where none fits."""
        channels, rows, columns = img.shape[-3:]
        for _ in range(10):
            share, aspect = _share_and_ratio(scale, ratio)
            area = rows * columns * share
            height, width = round(math.sqrt(area * aspect)), round(math.sqrt(area / aspect))
            if not (height < rows and width < columns):
                continue
            if value is None:
                v = source().normal(0, 1, (channels, height, width))
            else:
                v = np.asarray(value, np.float32)[:, None, None]
            top = integer(0, rows - height + 1)
            return top, integer(0, columns - width + 1), height, width, Tensor._make(v)
        return 0, 0, rows, columns, img

    def forward(self, img: Tensor) -> Tensor:
        if uniform(0, 1) >= self.p:
            return img
        if not isinstance(img, TensorBase):
            raise TypeError(f"img should be Tensor Image. Got {type(img)}")
        value: Sequence[float] | None = None
        if not isinstance(self.value, str):
            value = [self.value] if isinstance(self.value, (int, float)) else list(self.value)
            if len(value) not in (1, img.shape[-3]):
                raise ValueError(
                    f"value: expected one for all channels or {img.shape[-3]}, got {self.value}"
                )
        return functional.erase(
            img, *self.get_params(img, self.scale, self.ratio, value), self.inplace
        )

    def __repr__(self) -> str:
        return (
            f"RandomErasing(p={self.p}, scale={self.scale}, ratio={self.ratio}, "
            f"value={self.value}, inplace={self.inplace})"
        )
