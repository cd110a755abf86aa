"""Transforms that draw how to change the colours, and how sharp the image is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tinygrad_np.generator import source
from tinygrad_np.nn.module import Module
from tinygrad_np.vision.transforms import functional
from tinygrad_np.vision.transforms.choice import Sometimes
from tinygrad_np.vision.transforms.draws import uniform
from tinygrad_np.vision.transforms.image import Image, get_dimensions

__all__ = [
    "ColorJitter",
    "GaussianBlur",
    "RandomAdjustSharpness",
    "RandomAutocontrast",
    "RandomEqualize",
    "RandomGrayscale",
    "RandomInvert",
    "RandomPosterize",
    "RandomSolarize",
]

Range = tuple[float, float]


class ColorJitter(Module):
    """Change brightness, contrast, saturation and hue by random factors in a random order.

    Parameters
    ----------
    brightness, contrast, saturation : float or (float, float), default 0
        From and to, 0 or more; one number is how far from 1 at most.
    hue : float or (float, float), default 0
        From and to, between -0.5 and 0.5; one number is how far from 0 at most.

    Raises
    ------
    ValueError
        For values out of range.
    TypeError
        For something else.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> from tinygrad_np.vision import transforms
    >>> transforms.ColorJitter(brightness=0.4, hue=(-0.1, 0.1))
    ColorJitter(brightness=(0.6, 1.4), contrast=None, saturation=None, hue=(-0.1, 0.1))
    """

    def __init__(
        self,
        brightness: float | Sequence[float] | None = 0,
        contrast: float | Sequence[float] | None = 0,
        saturation: float | Sequence[float] | None = 0,
        hue: float | Sequence[float] | None = 0,
    ) -> None:
        super().__init__()
        self.brightness = _around(1, "brightness", brightness, 0, float("inf"))
        self.contrast = _around(1, "contrast", contrast, 0, float("inf"))
        self.saturation = _around(1, "saturation", saturation, 0, float("inf"))
        self.hue = _around(0, "hue", hue, -0.5, 0.5)

    @staticmethod
    def get_params(
        brightness: Sequence[float] | None,
        contrast: Sequence[float] | None,
        saturation: Sequence[float] | None,
        hue: Sequence[float] | None,
    ) -> tuple[Any, ...]:
        """Draw the order, as numbers from 0 to 3, and the factors; None for a range of none."""
        order = source().randperm(4)
        ranges = (brightness, contrast, saturation, hue)
        return order, *(None if r is None else uniform(r[0], r[1]) for r in ranges)

    def forward(self, img: Image) -> Image:
        order, *factors = self.get_params(self.brightness, self.contrast, self.saturation, self.hue)
        changes = (
            functional.adjust_brightness,
            functional.adjust_contrast,
            functional.adjust_saturation,
            functional.adjust_hue,
        )
        for i in order:
            factor = factors[i]
            if factor is not None:
                img = changes[i](img, factor)
        return img

    def __repr__(self) -> str:
        return (
            f"ColorJitter(brightness={self.brightness}, contrast={self.contrast}, "
            f"saturation={self.saturation}, hue={self.hue})"
        )


def _around(
    centre: int, name: str, value: float | Sequence[float] | None, low: float, high: float
) -> Range | None:
    """A range of factors; None if it is that which changes nothing."""
    if isinstance(value, (int, float)):
        if value < 0:
            raise ValueError(f"If {name} is a single number, it must be non negative, got {value}")
        pair = max(centre - float(value), 0.0) if centre else -float(value), centre + float(value)
    elif value is None:
        return None
    elif isinstance(value, (tuple, list)) and len(value) == 2:
        pair = float(value[0]), float(value[1])
    else:
        raise TypeError(f"{name} should be a single number or two, got {value}")
    if not low <= pair[0] <= pair[1] <= high:
        raise ValueError(f"{name} values should be between {low} and {high}, got {value}")
    return None if pair[0] == pair[1] == centre else pair


class GaussianBlur(Module):
    """Blur the image by a bell of random width.

    Parameters
    ----------
    kernel_size : int or (int, int)
        How many pixels along the rows, and along the columns: odd.
    sigma : float or (float, float), default (0.1, 2.0)
        The bell's standard deviation, from and to, in pixels.

    Raises
    ------
    ValueError
        For sizes that are not odd, and deviations that are not positive.
    """

    def __init__(
        self, kernel_size: int | Sequence[int], sigma: float | Sequence[float] = (0.1, 2.0)
    ) -> None:
        super().__init__()
        sizes = (kernel_size,) if isinstance(kernel_size, int) else tuple(kernel_size)
        if len(sizes) not in (1, 2) or any(n < 1 or n % 2 == 0 for n in sizes):
            raise ValueError(f"Kernel size should be odd and positive, got {kernel_size}")
        widths = (sigma, sigma) if isinstance(sigma, (int, float)) else tuple(sigma)
        if len(widths) != 2 or not 0 < widths[0] <= widths[1]:
            raise ValueError(f"sigma should be positive, or of the form (min, max), got {sigma}")
        self.kernel_size = sizes[0], sizes[-1]
        self.sigma = widths

    @staticmethod
    def get_params(sigma_min: float, sigma_max: float) -> float:
        """Draw the standard deviation."""
        return uniform(sigma_min, sigma_max)

    def forward(self, img: Image) -> Image:
        sigma = self.get_params(*self.sigma)
        return functional.gaussian_blur(img, self.kernel_size, [sigma, sigma])

    def __repr__(self) -> str:
        return f"GaussianBlur(kernel_size={self.kernel_size}, sigma={self.sigma})"


class RandomGrayscale(Sometimes):
    """Take the colours away with a probability; the number of channels stays.

    Parameters
    ----------
    p : float, default 0.1
    """

    def __init__(self, p: float = 0.1) -> None:
        super().__init__(p)

    def change(self, img: Image) -> Image:
        return functional.rgb_to_grayscale(img, get_dimensions(img)[0])


class RandomInvert(Sometimes):
    """Take the negative with a probability.

    Parameters
    ----------
    p : float, default 0.5
    """

    def change(self, img: Image) -> Image:
        return functional.invert(img)


class RandomPosterize(Sometimes):
    """Keep only the first of each value's 8 bits, with a probability.

    Parameters
    ----------
    bits : int
        How many are kept, from 0 to 8.
    p : float, default 0.5
    """

    shown = ("bits",)

    def __init__(self, bits: int, p: float = 0.5) -> None:
        super().__init__(p)
        self.bits = bits

    def change(self, img: Image) -> Image:
        return functional.posterize(img, self.bits)


class RandomSolarize(Sometimes):
    """Take the negative of the values that are not below a threshold, with a probability.

    Parameters
    ----------
    threshold : float
    p : float, default 0.5
    """

    shown = ("threshold",)

    def __init__(self, threshold: float, p: float = 0.5) -> None:
        super().__init__(p)
        self.threshold = threshold

    def change(self, img: Image) -> Image:
        return functional.solarize(img, self.threshold)


class RandomAdjustSharpness(Sometimes):
    """Change how sharp the image is, with a probability.

    Parameters
    ----------
    sharpness_factor : float
        0 is blurred, 1 the image as it is.
    p : float, default 0.5
    """

    shown = ("sharpness_factor",)

    def __init__(self, sharpness_factor: float, p: float = 0.5) -> None:
        super().__init__(p)
        self.sharpness_factor = sharpness_factor

    def change(self, img: Image) -> Image:
        return functional.adjust_sharpness(img, self.sharpness_factor)


class RandomAutocontrast(Sometimes):
    """Let each channel's values go from 0 to the largest, with a probability.

    Parameters
    ----------
    p : float, default 0.5
    """

    def change(self, img: Image) -> Image:
        return functional.autocontrast(img)


class RandomEqualize(Sometimes):
    """Make all ranges of values about equally frequent, with a probability.

    Parameters
    ----------
    p : float, default 0.5
    """

    def change(self, img: Image) -> Image:
        return functional.equalize(img)
