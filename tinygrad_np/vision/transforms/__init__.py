"""Transforms of images, in torchvision's names: objects to be called with an image.

An image is a NumPy array (H, W) or (H, W, C), as the datasets give it, or a Tensor (..., H, W);
what comes out is of the same kind, save for `ToTensor`. What is random is drawn from the default
generator, in a DataLoader's worker from the worker's own, and is what torchvision draws for the
same seed.

Source: https://pytorch.org/vision/stable/transforms.html

Examples
--------
>>> import tinygrad_np as tg
>>> from tinygrad_np.vision import datasets, transforms
>>> transform = transforms.Compose(
...     [transforms.ToTensor(), transforms.Normalize((0.1307,), (0.3081,))]
... )
>>> image, label = datasets.Digits(train=False, transform=transform)[0]
>>> image.shape, image.dtype
(torch.Size([1, 28, 28]), torch.float32)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from tinygrad_np import dtypes
from tinygrad_np.tensor import Tensor
from tinygrad_np.vision.transforms import functional
from tinygrad_np.vision.transforms.image import Image, InterpolationMode
from tinygrad_np.vision.transforms.places import size_pair
from tinygrad_np.vision.transforms.random import (
    RandomAffine,
    RandomApply,
    RandomCrop,
    RandomHorizontalFlip,
    RandomRotation,
    RandomVerticalFlip,
)

__all__ = [
    "CenterCrop",
    "Compose",
    "ConvertImageDtype",
    "InterpolationMode",
    "Lambda",
    "Normalize",
    "Pad",
    "RandomAffine",
    "RandomApply",
    "RandomCrop",
    "RandomHorizontalFlip",
    "RandomRotation",
    "RandomVerticalFlip",
    "Resize",
    "ToTensor",
    "functional",
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


class Normalize:
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
        self.mean = mean
        self.std = std
        self.inplace = inplace

    def __call__(self, tensor: Tensor) -> Tensor:
        return functional.normalize(tensor, self.mean, self.std, self.inplace)

    def __repr__(self) -> str:
        return f"Normalize(mean={self.mean}, std={self.std})"


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


class ConvertImageDtype:
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
        self.dtype = dtype

    def __call__(self, image: Tensor) -> Tensor:
        return functional.convert_image_dtype(image, self.dtype)

    def __repr__(self) -> str:
        return "ConvertImageDtype()"


class Resize:
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
        self.size = size
        self.interpolation = interpolation
        self.max_size = max_size
        self.antialias = antialias

    def __call__(self, img: Image) -> Image:
        return functional.resize(img, self.size, self.interpolation, self.max_size, self.antialias)

    def __repr__(self) -> str:
        return (
            f"Resize(size={self.size}, interpolation={self.interpolation.value}, "
            f"max_size={self.max_size}, antialias={self.antialias})"
        )


class CenterCrop:
    """The middle of the image; zeros around it where it is smaller.

    Parameters
    ----------
    size : int or (int, int)
    """

    def __init__(self, size: int | Sequence[int]) -> None:
        self.size = size_pair(size)

    def __call__(self, img: Image) -> Image:
        return functional.center_crop(img, self.size)

    def __repr__(self) -> str:
        return f"CenterCrop(size={self.size})"


class Pad:
    """Add a border.

    Parameters
    ----------
    padding : int or sequence of int
        One for all sides, two for left and right and for top and bottom, or four: left, top,
        right, bottom.
    fill : float, default 0
    padding_mode : {"constant", "edge", "reflect", "symmetric"}, default "constant"
    """

    def __init__(
        self, padding: int | Sequence[int], fill: float = 0, padding_mode: str = "constant"
    ) -> None:
        self.padding = padding
        self.fill = fill
        self.padding_mode = padding_mode

    def __call__(self, img: Image) -> Image:
        return functional.pad(img, self.padding, self.fill, self.padding_mode)

    def __repr__(self) -> str:
        return f"Pad(padding={self.padding}, fill={self.fill}, padding_mode={self.padding_mode})"
