"""What the second version of the transforms adds, or draws otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tinygrad_np import dtypes
from tinygrad_np.generator import source
from tinygrad_np.nn.module import Module
from tinygrad_np.tensor import Tensor
from tinygrad_np.vision.transforms import basic, choice, random
from tinygrad_np.vision.transforms.draws import integer, uniform
from tinygrad_np.vision.transforms.image import Image, get_dimensions
from tinygrad_np.vision.transforms.v2 import functional as F


class Identity(Module):
    """The image as it is."""

    def forward(self, *inputs: Any) -> Any:
        return inputs if len(inputs) > 1 else inputs[0]


class ToImage(Module):
    """An array or a picture as a Tensor (C, H, W) of its values; a Tensor as it is.

    Examples
    --------
    >>> import numpy as np
    >>> from tinygrad_np.vision.transforms import v2
    >>> v2.ToImage()(np.array([[0, 255]], np.uint8))
    tensor([[[  0, 255]]], dtype=torch.uint8)
    """

    def forward(self, inpt: Image) -> Tensor:
        return F.to_image(inpt)


class ToPureTensor(Identity):
    """The image as it is: a Tensor is a plain one here."""


class ToDtype(Module):
    """Another dtype, and with `scale` its range, too.

    Parameters
    ----------
    dtype : dtype
    scale : bool, default False
        Let floats go from 0 to 1, integers from 0 to their largest.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> from tinygrad_np.vision.transforms import v2
    >>> v2.ToDtype(tg.float32, scale=True)(tg.tensor([0, 255], dtype=tg.uint8))
    tensor([0., 1.])
    """

    def __init__(self, dtype: dtypes.DTypeLike, scale: bool = False) -> None:
        super().__init__()
        self.dtype = dtypes.as_numpy(dtype)
        self.scale = scale

    def forward(self, inpt: Tensor) -> Tensor:
        return F.to_dtype(inpt, self.dtype, self.scale)

    def extra_repr(self) -> str:
        return f"scale={self.scale}"


class Grayscale(basic.Grayscale):
    """The lightness of an image: one channel, or three alike.

    Parameters
    ----------
    num_output_channels : {1, 3}
    """

    def forward(self, img: Image) -> Image:
        return F.rgb_to_grayscale(img, self.num_output_channels)


class RGB(Module):
    """A grey image as one in red, green and blue; one of three channels as it is."""

    def forward(self, inpt: Image) -> Image:
        return F.grayscale_to_rgb(inpt)


class Resize(basic.Resize):
    __doc__ = basic.Resize.__doc__

    def forward(self, img: Image) -> Image:
        return F.resize(img, self.size, self.interpolation, self.max_size, self.antialias)


class RandomResizedCrop(random.RandomResizedCrop):
    __doc__ = random.RandomResizedCrop.__doc__

    def forward(self, img: Image) -> Image:
        place = self.get_params(img, self.scale, self.ratio)
        return F.resized_crop(img, *place, self.size, self.interpolation, self.antialias)


class RandomCrop(random.RandomCrop):
    """A part of the image from a random place; nothing is drawn for a side that fits.

    Parameters
    ----------
    size : int or (int, int)
    padding : int or sequence of int, optional
        A border to add first, as for `Pad`.
    pad_if_needed : bool, default False
        Add a border to an image that is too small.
    fill : float, default 0
    padding_mode : {"constant", "edge", "reflect", "symmetric"}, default "constant"
    """

    @staticmethod
    def get_params(img: Image, output_size: tuple[int, int]) -> tuple[int, int, int, int]:
        """Draw the upper row and the left column of a part; and its rows and columns."""
        spare = [n - m for n, m in zip(get_dimensions(img)[1:], output_size, strict=True)]
        if min(spare) < 0:
            return random.RandomCrop.get_params(img, output_size)  # refused there
        top, left = (integer(0, n + 1) if n else 0 for n in spare)
        return top, left, *output_size


class RandomChoice(choice.RandomTransforms):
    """Apply one of some transforms, drawn from the generator.

    Parameters
    ----------
    transforms : sequence of callable
    p : sequence of float, optional
        How likely each is, in any unit; equally so unless given.

    Raises
    ------
    ValueError
        For another number of probabilities.

    Examples
    --------
    >>> from tinygrad_np.vision.transforms import v2
    >>> v2.RandomChoice([abs, lambda x: 2 * x], p=[1, 0])(-3)
    3
    """

    def __init__(self, transforms: choice.Transforms, p: Sequence[float] | None = None) -> None:
        super().__init__(transforms)
        weights = [1] * len(transforms) if p is None else p
        if len(weights) != len(transforms):
            raise ValueError(f"p: expected {len(transforms)} numbers, got {len(weights)}")
        self.p = [w / sum(weights) for w in weights]

    def forward(self, *inputs: Any) -> Any:
        drawn = source().multinomial(np.array(self.p, dtypes.default_float()), 1, False)
        return self.transforms[int(drawn.item())](*inputs)


class RandomOrder(choice.RandomTransforms):
    """Apply some transforms in an order drawn from the generator.

    Parameters
    ----------
    transforms : sequence of callable

    Examples
    --------
    >>> from tinygrad_np.vision.transforms import v2
    >>> v2.RandomOrder([abs, lambda x: 2 * x])(-3)
    6
    """

    def forward(self, img: Any) -> Any:
        for i in source().randperm(len(self.transforms)):
            img = self.transforms[int(i)](img)
        return img


class GaussianNoise(Module):
    """Add noise of a normal distribution to a Tensor.

    Parameters
    ----------
    mean, sigma : float, default 0 and 0.1
        For values from 0 to 1.
    clip : bool, default True
        Keep the values from 0 to 1.
    """

    def __init__(self, mean: float = 0.0, sigma: float = 0.1, clip: bool = True) -> None:
        super().__init__()
        self.mean = mean
        self.sigma = sigma
        self.clip = clip

    def forward(self, inpt: Tensor) -> Tensor:
        return F.gaussian_noise(inpt, self.mean, self.sigma, self.clip)

    def extra_repr(self) -> str:
        return f"mean={self.mean}, sigma={self.sigma}, clip={self.clip}"


class RandomChannelPermutation(Module):
    """The channels in a random order."""

    def forward(self, inpt: Image) -> Image:
        return F.permute_channels(inpt, source().randperm(get_dimensions(inpt)[0]).tolist())


class RandomPhotometricDistort(Module):
    """Change brightness, contrast, saturation, hue and the order of channels, each with a chance.

    Parameters
    ----------
    brightness, contrast, saturation, hue : (float, float)
        Of the factors, from and to.
    p : float, default 0.5
        How likely each of the changes is.

    Source: W. Liu et al., SSD: Single Shot MultiBox Detector, 2016.
    """

    def __init__(
        self,
        brightness: tuple[float, float] = (0.875, 1.125),
        contrast: tuple[float, float] = (0.5, 1.5),
        saturation: tuple[float, float] = (0.5, 1.5),
        hue: tuple[float, float] = (-0.05, 0.05),
        p: float = 0.5,
    ) -> None:
        super().__init__()
        self.brightness = brightness
        self.contrast = contrast
        self.hue = hue
        self.saturation = saturation
        self.p = p

    def forward(self, inpt: Image) -> Image:
        ranges = (self.brightness, self.contrast, self.saturation, self.hue)
        factors = [uniform(*r) if uniform(0, 1) < self.p else None for r in ranges]
        contrast_first = uniform(0, 1) < 0.5
        permutation = None
        if uniform(0, 1) < self.p:
            permutation = source().randperm(get_dimensions(inpt)[0]).tolist()
        changes = [F.adjust_brightness, F.adjust_contrast, F.adjust_saturation, F.adjust_hue]
        for i in (0, 1, 2, 3) if contrast_first else (0, 2, 3, 1):
            factor = factors[i]
            if factor is not None:
                inpt = changes[i](inpt, factor)
        return inpt if permutation is None else F.permute_channels(inpt, permutation)
