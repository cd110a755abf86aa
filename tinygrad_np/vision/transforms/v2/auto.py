"""Changes of images that are drawn from many, by the second version's draws."""

from __future__ import annotations

from tinygrad_np.tape.graph import TensorBase
from tinygrad_np.vision.transforms import auto
from tinygrad_np.vision.transforms.draws import integer, uniform
from tinygrad_np.vision.transforms.image import Image, bound


class Auto(auto.Auto):
    """A sign from a number from 0 to 1, and thresholds as shares of the brightest."""

    brightest = 1.0

    def negative(self) -> bool:
        """Draw a sign."""
        return uniform(0, 1) <= 0.5

    def threshold(self, img: Image, magnitude: float) -> float:
        """What `solarize` is given."""
        return magnitude * (bound(img._array.dtype) if isinstance(img, TensorBase) else 255.0)


class AutoAugment(Auto, auto.AutoAugment):
    __doc__ = auto.AutoAugment.__doc__

    def forward(self, img: Image) -> Image:
        for name, p, degree in self.policies[integer(0, len(self.policies))]:
            if uniform(0, 1) <= p:
                img = self.drawn(name, 10, degree, img)
        return img


class RandAugment(Auto, auto.RandAugment):
    __doc__ = auto.RandAugment.__doc__


class TrivialAugmentWide(Auto, auto.TrivialAugmentWide):
    __doc__ = auto.TrivialAugmentWide.__doc__
