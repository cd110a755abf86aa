"""Transforms that draw what they do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from tinygrad_np.utils.data.worker import generator_here
from tinygrad_np.vision.transforms import functional
from tinygrad_np.vision.transforms.image import Image, InterpolationMode, get_dimensions
from tinygrad_np.vision.transforms.places import size_pair

__all__ = [
    "RandomAffine",
    "RandomApply",
    "RandomCrop",
    "RandomHorizontalFlip",
    "RandomRotation",
    "RandomVerticalFlip",
]


def _uniform(low: float, high: float) -> float:
    return generator_here().uniform(low, high, (1,)).item()  # type: ignore[no-any-return]


def _integer(count: int) -> int:
    return generator_here().randint(0, count, (1,)).item()  # type: ignore[no-any-return]


def _range(name: str, value: float | Sequence[float], *lengths: int) -> list[float]:
    """A range of degrees, of one of these lengths; a number stands for both sides of 0."""
    if isinstance(value, (int, float)):
        if value < 0:
            raise ValueError(f"If {name} is a single number, it must be positive, got {value}")
        return [-float(value), float(value)]
    if len(value) not in lengths:
        raise ValueError(f"{name} must have length {' or '.join(map(str, lengths))}, got {value}")
    return [float(v) for v in value]


class RandomHorizontalFlip:
    """Exchange left and right with a probability.

    Parameters
    ----------
    p : float, default 0.5
    """

    def __init__(self, p: float = 0.5) -> None:
        self.p = p

    def __call__(self, img: Image) -> Image:
        return functional.hflip(img) if _uniform(0, 1) < self.p else img

    def __repr__(self) -> str:
        return f"RandomHorizontalFlip(p={self.p})"


class RandomVerticalFlip:
    """Exchange top and bottom with a probability.

    Parameters
    ----------
    p : float, default 0.5
    """

    def __init__(self, p: float = 0.5) -> None:
        self.p = p

    def __call__(self, img: Image) -> Image:
        return functional.vflip(img) if _uniform(0, 1) < self.p else img

    def __repr__(self) -> str:
        return f"RandomVerticalFlip(p={self.p})"


class RandomApply:
    """Apply all of some transforms with a probability, else none.

    Parameters
    ----------
    transforms : sequence of callable
    p : float, default 0.5
    """

    def __init__(self, transforms: Sequence[Callable[[Any], Any]], p: float = 0.5) -> None:
        self.transforms = transforms
        self.p = p

    def __call__(self, img: Any) -> Any:
        if self.p < _uniform(0, 1):
            return img
        for transform in self.transforms:
            img = transform(img)
        return img

    def __repr__(self) -> str:
        lines = ["RandomApply(", f"    p={self.p}", *(f"    {t!r}" for t in self.transforms), ")"]
        return "\n".join(lines)


class RandomCrop:
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
        fill: float = 0,
        padding_mode: str = "constant",
    ) -> None:
        self.size = size_pair(size)
        self.padding = padding
        self.pad_if_needed = pad_if_needed
        self.fill = fill
        self.padding_mode = padding_mode

    def __call__(self, img: Image) -> Image:
        if self.padding is not None:
            img = functional.pad(img, self.padding, self.fill, self.padding_mode)
        height, width = self.size
        _, rows, columns = get_dimensions(img)
        if self.pad_if_needed and (rows < height or columns < width):
            border = [max(width - columns, 0), max(height - rows, 0)]
            img = functional.pad(img, border, self.fill, self.padding_mode)
            _, rows, columns = get_dimensions(img)
        if rows < height or columns < width:
            raise ValueError(
                f"Required crop size {self.size} is larger than input image size {(rows, columns)}"
            )
        if (rows, columns) == self.size:
            return img
        top, left = _integer(rows - height + 1), _integer(columns - width + 1)
        return functional.crop(img, top, left, height, width)

    def __repr__(self) -> str:
        return f"RandomCrop(size={self.size}, padding={self.padding})"


class RandomRotation:
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
        fill: float = 0,
    ) -> None:
        self.degrees = _range("degrees", degrees, 2)
        self.interpolation = interpolation
        self.expand = expand
        self.center = center
        self.fill = fill

    def __call__(self, img: Image) -> Image:
        angle = _uniform(*self.degrees)
        return functional.rotate(
            img, angle, self.interpolation, self.expand, self.center, self.fill
        )

    def __repr__(self) -> str:
        center = "" if self.center is None else f", center={self.center}"
        return (
            f"RandomRotation(degrees={self.degrees}, interpolation={self.interpolation.value}, "
            f"expand={self.expand}{center}, fill={self.fill})"
        )


class RandomAffine:
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
        fill: float = 0,
        center: Sequence[float] | None = None,
    ) -> None:
        self.degrees = _range("degrees", degrees, 2)
        for share in translate or ():
            if not 0 <= share <= 1:
                raise ValueError(f"translation values should be between 0 and 1, got {translate}")
        for factor in scale or ():
            if factor <= 0:
                raise ValueError(f"scale values should be positive, got {scale}")
        self.translate = translate
        self.scale = scale
        self.shear = None if shear is None else _range("shear", shear, 2, 4)
        self.interpolation = interpolation
        self.fill = fill
        self.center = center

    def __call__(self, img: Image) -> Image:
        _, rows, columns = get_dimensions(img)
        angle = _uniform(*self.degrees)
        shift, scale, shear = [0, 0], 1.0, [0.0, 0.0]
        if self.translate is not None:
            most = [float(s * n) for s, n in zip(self.translate, (columns, rows), strict=True)]
            shift = [round(_uniform(-m, m)) for m in most]
        if self.scale is not None:
            scale = _uniform(*self.scale)
        if self.shear is not None:
            shear = [
                _uniform(*self.shear[i : i + 2]) if i < len(self.shear) else 0.0 for i in (0, 2)
            ]
        return functional.affine(
            img, angle, shift, scale, shear, self.interpolation, self.fill, self.center
        )

    def __repr__(self) -> str:
        words = [f"degrees={self.degrees}"]
        for name in ("translate", "scale", "shear"):
            if getattr(self, name) is not None:
                words.append(f"{name}={getattr(self, name)}")
        return f"RandomAffine({', '.join(words)})"
