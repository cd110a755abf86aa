"""Transforms that draw how to turn, shift, scale, shear and tilt the image."""

from __future__ import annotations

from collections.abc import Sequence

from tinygrad_np.nn.module import Module
from tinygrad_np.ops.join import cat
from tinygrad_np.random import rand
from tinygrad_np.tensor import Tensor
from tinygrad_np.vision.transforms import functional
from tinygrad_np.vision.transforms.draws import angles, integer, uniform
from tinygrad_np.vision.transforms.image import (
    Image,
    InterpolationMode,
    get_dimensions,
    interpolation_mode,
)

__all__ = ["ElasticTransform", "RandomAffine", "RandomPerspective", "RandomRotation"]


class ElasticTransform(Module):
    """Displace the pixels at random, those beside each other alike: as through moving water.

    Parameters
    ----------
    alpha : float or (float, float), default 50.0
        How far, along the rows and the columns.
    sigma : float or (float, float), default 5.0
        How smoothly: the width of the bell that the displacements are blurred by.
    interpolation : InterpolationMode, default BILINEAR
    fill : float or sequence of float, default 0

    Raises
    ------
    ValueError
        For `alpha` or `sigma` of other than one or two numbers.
    """

    def __init__(
        self,
        alpha: float | Sequence[float] = 50.0,
        sigma: float | Sequence[float] = 5.0,
        interpolation: InterpolationMode = InterpolationMode.BILINEAR,
        fill: float | Sequence[float] = 0,
    ) -> None:
        super().__init__()
        self.alpha, self.sigma = _pair("alpha", alpha), _pair("sigma", sigma)
        self.interpolation = interpolation_mode(interpolation)
        self.fill = fill

    @staticmethod
    def get_params(alpha: Sequence[float], sigma: Sequence[float], size: Sequence[int]) -> Tensor:
        """Draw the displacements, (1, H, W, 2)."""
        parts = []
        for strength, width, side in zip(alpha, sigma, size, strict=True):
            part = rand(1, 1, *size) * 2 - 1
            if width > 0:
                n = int(8 * width + 1) | 1  # odd
                part = functional.gaussian_blur(part, [n, n], list(sigma))
            parts.append(part * strength / side)
        drawn: Tensor = cat(parts, 1).permute(0, 2, 3, 1)
        return drawn

    def forward(self, tensor: Image) -> Image:
        _, *size = get_dimensions(tensor)
        displacement = self.get_params(self.alpha, self.sigma, size)
        return functional.elastic_transform(tensor, displacement, self.interpolation, self.fill)

    def __repr__(self) -> str:
        return (
            f"ElasticTransform(alpha={self.alpha}, sigma={self.sigma}, "
            f"interpolation={self.interpolation}, fill={self.fill})"
        )


def _pair(name: str, value: float | Sequence[float]) -> list[float]:
    values = [value] if isinstance(value, (int, float)) else list(value)
    if len(values) not in (1, 2):
        raise ValueError(f"{name} is a number or two of them, got {value}")
    return [float(values[0]), float(values[-1])]


class RandomRotation(Module):
    """Turn the image by a random angle.

    Parameters
    ----------
    degrees : float or (float, float)
        From and to, counter-clockwise; one number is both sides of 0.
    interpolation : InterpolationMode, default NEAREST
    expand : bool, default False
        Make the image large enough for the whole of the turned one.
    center : (float, float), optional
        Column and row to turn around; the image's middle unless given.
    fill : float, default 0
    """

    def __init__(
        self,
        degrees: float | Sequence[float],
        interpolation: InterpolationMode = InterpolationMode.NEAREST,
        expand: bool = False,
        center: Sequence[float] | None = None,
        fill: float | Sequence[float] = 0,
    ) -> None:
        super().__init__()
        self.degrees = angles("degrees", degrees, 2)
        self.interpolation = interpolation_mode(interpolation)
        self.expand = expand
        self.center = center
        self.fill = fill

    @staticmethod
    def get_params(degrees: Sequence[float]) -> float:
        """Draw the angle."""
        return uniform(degrees[0], degrees[1])

    def forward(self, img: Image) -> Image:
        angle = self.get_params(self.degrees)
        return functional.rotate(
            img, angle, self.interpolation, self.expand, self.center, self.fill
        )

    def __repr__(self) -> str:
        center = "" if self.center is None else f", center={self.center}"
        return (
            f"RandomRotation(degrees={self.degrees}, interpolation={self.interpolation.value}, "
            f"expand={self.expand}{center}, fill={self.fill})"
        )


class RandomAffine(Module):
    """Turn, shift, scale and shear the image at random.

    Parameters
    ----------
    degrees : float or (float, float)
        Of the angle, from and to, clockwise; one number is both sides of 0.
    translate : (float, float), optional
        How far at most to shift, as a share of the columns and of the rows.
    scale : (float, float), optional
        From and to.
    shear : float or sequence of float, optional
        Degrees along the rows, from and to, or one number for both sides of 0; two more for those
        along the columns.
    interpolation : InterpolationMode, default NEAREST
    fill : float, default 0
    center : (float, float), optional
        Column and row to turn around; the image's middle unless given.

    Raises
    ------
    ValueError
        For values out of range.
    """

    def __init__(
        self,
        degrees: float | Sequence[float],
        translate: Sequence[float] | None = None,
        scale: Sequence[float] | None = None,
        shear: float | Sequence[float] | None = None,
        interpolation: InterpolationMode = InterpolationMode.NEAREST,
        fill: float | Sequence[float] = 0,
        center: Sequence[float] | None = None,
    ) -> None:
        super().__init__()
        self.degrees = angles("degrees", degrees, 2)
        for share in translate or ():
            if not 0 <= share <= 1:
                raise ValueError(f"translation values should be between 0 and 1, got {translate}")
        for factor in scale or ():
            if factor <= 0:
                raise ValueError(f"scale values should be positive, got {scale}")
        self.translate = translate
        self.scale = scale
        self.shear = None if shear is None else angles("shear", shear, 2, 4)
        self.interpolation = interpolation_mode(interpolation)
        self.fill = fill
        self.center = center

    @staticmethod
    def get_params(
        degrees: Sequence[float],
        translate: Sequence[float] | None,
        scale_ranges: Sequence[float] | None,
        shears: Sequence[float] | None,
        img_size: Sequence[int],
    ) -> tuple[float, tuple[int, int], float, tuple[float, float]]:
        """Draw the angle, the shift, the scale and the shear for an image (columns, rows)."""
        angle = uniform(degrees[0], degrees[1])
        shift, scale, shear = (0, 0), 1.0, (0.0, 0.0)
        if translate is not None:
            wide, high = (float(s * n) for s, n in zip(translate, img_size, strict=True))
            shift = round(uniform(-wide, wide)), round(uniform(-high, high))
        if scale_ranges is not None:
            scale = uniform(scale_ranges[0], scale_ranges[1])
        if shears is not None:
            across = uniform(shears[0], shears[1])
            shear = across, uniform(shears[2], shears[3]) if len(shears) == 4 else 0.0
        return angle, shift, scale, shear

    def forward(self, img: Image) -> Image:
        _, rows, columns = get_dimensions(img)
        drawn = self.get_params(
            self.degrees, self.translate, self.scale, self.shear, (columns, rows)
        )
        return functional.affine(img, *drawn, self.interpolation, self.fill, self.center)

    def __repr__(self) -> str:
        words = [f"degrees={self.degrees}"]
        for name in ("translate", "scale", "shear"):
            if getattr(self, name) is not None:
                words.append(f"{name}={getattr(self, name)}")
        if self.interpolation is not InterpolationMode.NEAREST:
            words.append(f"interpolation={self.interpolation.value}")
        if self.fill != 0:
            words.append(f"fill={self.fill}")
        if self.center is not None:
            words.append(f"center={self.center}")
        return f"RandomAffine({', '.join(words)})"


class RandomPerspective(Module):
    """Tilt the image at random, with a probability.

    Parameters
    ----------
    distortion_scale : float, default 0.5
        How far at most a corner moves inwards, as a share of half the image's sides.
    p : float, default 0.5
    interpolation : InterpolationMode, default BILINEAR
    fill : float or sequence of float, default 0

    Raises
    ------
    ValueError
        For a `distortion_scale` outside of [0, 1].
    """

    def __init__(
        self,
        distortion_scale: float = 0.5,
        p: float = 0.5,
        interpolation: InterpolationMode = InterpolationMode.BILINEAR,
        fill: float | Sequence[float] = 0,
    ) -> None:
        super().__init__()
        if not 0 <= distortion_scale <= 1:
            raise ValueError(f"distortion_scale should be between 0 and 1, got {distortion_scale}")
        self.distortion_scale = distortion_scale
        self.p = p
        self.interpolation = interpolation_mode(interpolation)
        self.fill = fill

    @staticmethod
    def get_params(
        width: int, height: int, distortion_scale: float
    ) -> tuple[list[list[int]], list[list[int]]]:
        """Draw where the corners come to lie; (column, row) each, before and after."""
        wide = int(distortion_scale * (width // 2)) + 1
        high = int(distortion_scale * (height // 2)) + 1
        left, right, top, bottom = (
            (0, wide),
            (width - wide, width),
            (0, high),
            (height - high, height),
        )
        corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
        before = [[0, 0], [width - 1, 0], [width - 1, height - 1], [0, height - 1]]
        return before, [[integer(*x), integer(*y)] for x, y in corners]

    def forward(self, img: Image) -> Image:
        if uniform(0, 1) >= self.p:
            return img
        _, rows, columns = get_dimensions(img)
        points = self.get_params(columns, rows, self.distortion_scale)
        return functional.perspective(img, *points, self.interpolation, self.fill)

    def __repr__(self) -> str:
        return f"RandomPerspective(p={self.p})"
