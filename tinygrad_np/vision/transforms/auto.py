"""Changes of images that are drawn from many.

Sources: E. D. Cubuk et al., AutoAugment, 2018, and RandAugment, 2019; S. G. Müller, F. Hutter,
TrivialAugment, 2021.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from tinygrad_np import dtypes
from tinygrad_np.creation import linspace
from tinygrad_np.generator import source
from tinygrad_np.nn.module import Module
from tinygrad_np.vision.transforms import functional as F
from tinygrad_np.vision.transforms.draws import integer
from tinygrad_np.vision.transforms.image import (
    Array,
    Image,
    InterpolationMode,
    get_dimensions,
    interpolation_mode,
)
from tinygrad_np.vision.transforms.policies import AutoAugmentPolicy, pairs

__all__ = ["AutoAugment", "AutoAugmentPolicy", "RandAugment", "TrivialAugmentWide"]

SIGNED = ("ShearX", "ShearY", "TranslateX", "TranslateY", "Rotate", "Brightness", "Color",
          "Contrast", "Sharpness")  # fmt: skip
CHANGES = ("Identity", *SIGNED, "Posterize", "Solarize", "AutoContrast", "Equalize")
FACTORS = {
    "Brightness": F.adjust_brightness,
    "Color": F.adjust_saturation,
    "Contrast": F.adjust_contrast,
    "Sharpness": F.adjust_sharpness,
}
PLAIN = {"AutoContrast": F.autocontrast, "Equalize": F.equalize, "Invert": F.invert}


class Auto(Module):
    """The base of those below: how strong a change can be, and the change.

    Parameters
    ----------
    interpolation : InterpolationMode
    fill : float or sequence of float, optional
    """

    brightest: ClassVar[float] = 255.0  # the threshold from which nothing is inverted
    wide: ClassVar[bool] = False

    def __init__(
        self, interpolation: InterpolationMode, fill: float | Sequence[float] | None
    ) -> None:
        super().__init__()
        self.interpolation = interpolation_mode(interpolation)
        self.fill = fill

    def magnitudes(self, name: str, bins: int, img: Image) -> Array | None:
        """How much of a change there is in so many degrees; None if there are none."""
        _, rows, columns = get_dimensions(img)
        if name == "Posterize":
            return 8 - np.rint(np.arange(bins) / ((bins - 1) / (6 if self.wide else 4)))
        if name == "Solarize":
            return linspace(self.brightest, 0.0, bins).numpy()
        if name not in SIGNED:
            return None
        shift = 32.0 if self.wide else 150.0 / 331.0 * (columns if name[-1] == "X" else rows)
        usual, wide = {"Shear": (0.3, 0.99), "Rotat": (30.0, 135.0)}.get(name[:5], (0.9, 0.99))
        top = shift if name.startswith("Translate") else wide if self.wide else usual
        return linspace(0.0, top, bins).numpy()

    def negative(self) -> bool:
        """Draw a sign."""
        return integer(0, 2) == 1

    def drawn(self, name: str, bins: int, degree: int | None, img: Image) -> Image:
        """The image changed by a degree, drawn if None, of a sign that is drawn."""
        values = self.magnitudes(name, bins, img)
        if values is None:
            return self.change(img, name, 0.0)
        magnitude = float(values[integer(0, len(values)) if degree is None else degree])
        if name in SIGNED and self.negative():
            magnitude = -magnitude
        return self.change(img, name, magnitude)

    def threshold(self, img: Image, magnitude: float) -> float:
        """What `solarize` is given."""
        return magnitude

    def change(self, img: Image, name: str, magnitude: float) -> Image:
        """The image changed."""
        if name in PLAIN:
            return PLAIN[name](img)
        if name in FACTORS:
            return FACTORS[name](img, 1.0 + magnitude)
        if name == "Posterize":
            return F.posterize(img, int(magnitude))
        if name == "Solarize":
            return F.solarize(img, self.threshold(img, magnitude))
        if name == "Rotate":
            return F.rotate(img, magnitude, self.interpolation, fill=self.fill)
        if name.startswith("Shear"):
            degrees = math.degrees(math.atan(magnitude))
            shear = (degrees, 0.0) if name == "ShearX" else (0.0, degrees)
            return F.affine(
                img, 0.0, (0, 0), 1.0, shear, self.interpolation, self.fill, center=(0, 0)
            )
        if name.startswith("Translate"):
            pixels = int(magnitude)
            shift = (pixels, 0) if name == "TranslateX" else (0, pixels)
            return F.affine(img, 0.0, shift, 1.0, (0.0, 0.0), self.interpolation, self.fill)
        return img


class AutoAugment(Auto):
    """A pair of changes, drawn from those that were found to help.

    Parameters
    ----------
    policy : AutoAugmentPolicy, default IMAGENET
    interpolation : InterpolationMode, default NEAREST
    fill : float or sequence of float, optional

    An image that is not of uint8 is refused by some of the changes with a TypeError.

    Examples
    --------
    >>> import numpy as np
    >>> from tinygrad_np.vision import transforms
    >>> augment = transforms.AutoAugment(transforms.AutoAugmentPolicy.CIFAR10)
    >>> augment(np.zeros((32, 32, 3), np.uint8)).shape
    (32, 32, 3)
    """

    def __init__(
        self,
        policy: AutoAugmentPolicy = AutoAugmentPolicy.IMAGENET,
        interpolation: InterpolationMode = InterpolationMode.NEAREST,
        fill: float | Sequence[float] | None = None,
    ) -> None:
        super().__init__(interpolation, fill)
        self.policy = AutoAugmentPolicy(policy)
        self.policies = pairs(self.policy)

    @staticmethod
    def get_params(transform_num: int) -> tuple[int, Any, Any]:
        """Draw the number of a pair, and for each of the two a number from 0 to 1 and a sign."""
        generator = source()
        number = integer(0, transform_num)
        chances = generator.uniform(0, 1, (2,), dtypes.default_float())
        return number, chances, generator.randint(0, 2, (2,))

    def forward(self, img: Image) -> Image:
        number, chances, signs = self.get_params(len(self.policies))
        for (name, p, degree), chance, sign in zip(
            self.policies[number], chances, signs, strict=True
        ):
            if chance <= p:
                values = self.magnitudes(name, 10, img) if degree is not None else None
                magnitude = 0.0 if values is None else float(values[degree])
                img = self.change(
                    img, name, -magnitude if name in SIGNED and not sign else magnitude
                )
        return img

    def __repr__(self) -> str:
        return f"AutoAugment(policy={self.policy}, fill={self.fill})"


class RandAugment(Auto):
    """Some changes, drawn from fourteen, all of one strength.

    Parameters
    ----------
    num_ops : int, default 2
        How many, one after the other.
    magnitude : int, default 9
        How strong.
    num_magnitude_bins : int, default 31
        How many degrees of strength there are.
    interpolation : InterpolationMode, default NEAREST
    fill : float or sequence of float, optional

    Raises
    ------
    ValueError
        If there is no such degree.

    An image that is not of uint8 is refused by some of the changes with a TypeError.

    Examples
    --------
    >>> import numpy as np
    >>> from tinygrad_np.vision import transforms
    >>> transforms.RandAugment()(np.zeros((32, 32, 3), np.uint8)).shape
    (32, 32, 3)
    """

    def __init__(
        self,
        num_ops: int = 2,
        magnitude: int = 9,
        num_magnitude_bins: int = 31,
        interpolation: InterpolationMode = InterpolationMode.NEAREST,
        fill: float | Sequence[float] | None = None,
    ) -> None:
        super().__init__(interpolation, fill)
        if not 0 <= magnitude < num_magnitude_bins:
            raise ValueError(
                f"magnitude should be from 0 to {num_magnitude_bins - 1}, got {magnitude}"
            )
        self.num_ops = num_ops
        self.magnitude = magnitude
        self.num_magnitude_bins = num_magnitude_bins

    def forward(self, img: Image) -> Image:
        for _ in range(self.num_ops):
            name = CHANGES[integer(0, len(CHANGES))]
            img = self.drawn(name, self.num_magnitude_bins, self.magnitude, img)
        return img

    def __repr__(self) -> str:
        return (
            f"RandAugment(num_ops={self.num_ops}, magnitude={self.magnitude}, "
            f"num_magnitude_bins={self.num_magnitude_bins}, interpolation={self.interpolation}, "
            f"fill={self.fill})"
        )


class TrivialAugmentWide(Auto):
    """One change, drawn from fourteen, of any strength.

    Parameters
    ----------
    num_magnitude_bins : int, default 31
        How many degrees of strength there are.
    interpolation : InterpolationMode, default NEAREST
    fill : float or sequence of float, optional

    An image that is not of uint8 is refused by some of the changes with a TypeError.

    Examples
    --------
    >>> import numpy as np
    >>> from tinygrad_np.vision import transforms
    >>> transforms.TrivialAugmentWide()(np.zeros((32, 32, 3), np.uint8)).shape
    (32, 32, 3)
    """

    wide = True

    def __init__(
        self,
        num_magnitude_bins: int = 31,
        interpolation: InterpolationMode = InterpolationMode.NEAREST,
        fill: float | Sequence[float] | None = None,
    ) -> None:
        super().__init__(interpolation, fill)
        self.num_magnitude_bins = num_magnitude_bins

    def forward(self, img: Image) -> Image:
        name = CHANGES[integer(0, len(CHANGES))]
        return self.drawn(name, self.num_magnitude_bins, None, img)

    def __repr__(self) -> str:
        return (
            f"TrivialAugmentWide(num_magnitude_bins={self.num_magnitude_bins}, "
            f"interpolation={self.interpolation}, fill={self.fill})"
        )
