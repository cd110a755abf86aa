"""Transforms that draw which of others to apply."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from tinygrad_np.nn.module import Module
from tinygrad_np.vision.transforms.draws import uniform

__all__ = ["RandomApply", "RandomChoice", "RandomOrder", "Sometimes"]

Transforms = Sequence[Callable[[Any], Any]]


class Sometimes(Module):
    """The base of transforms that `change` an image with a probability, and else leave it.

    Parameters
    ----------
    p : float, default 0.5
    """

    shown: ClassVar[tuple[str, ...]] = ()  # attributes to name in the repr, before p

    def __init__(self, p: float = 0.5) -> None:
        super().__init__()
        self.p = p

    def change(self, img: Any) -> Any:
        raise NotImplementedError

    def forward(self, img: Any) -> Any:
        return self.change(img) if uniform(0, 1) < self.p else img

    def __repr__(self) -> str:
        values = ",".join(f"{name}={getattr(self, name)}" for name in (*self.shown, "p"))
        return f"{type(self).__name__}({values})"


class RandomTransforms(Module):
    """The base of those below.

    Parameters
    ----------
    transforms : sequence of callable
    """

    def __init__(self, transforms: Any) -> None:
        super().__init__()
        if not hasattr(transforms, "__getitem__"):
            raise TypeError(f"transforms should be a sequence, got {type(transforms).__name__}")
        self.transforms = transforms

    def __repr__(self) -> str:
        return "\n".join([type(self).__name__ + "(", *(f"    {t!r}" for t in self.transforms), ")"])


class RandomApply(RandomTransforms):
    """Apply all of some transforms with a probability, else none.

    Parameters
    ----------
    transforms : sequence of callable
    p : float, default 0.5
    """

    def __init__(self, transforms: Transforms, p: float = 0.5) -> None:
        super().__init__(transforms)
        self.p = p

    def forward(self, img: Any) -> Any:
        if self.p < uniform(0, 1):
            return img
        for transform in self.transforms:
            img = transform(img)
        return img

    def __repr__(self) -> str:
        lines = ["RandomApply(", f"    p={self.p}", *(f"    {t!r}" for t in self.transforms), ")"]
        return "\n".join(lines)


class RandomChoice(RandomTransforms):
    """Apply one of some transforms, drawn by Python's `random`, as in torchvision.

    Parameters
    ----------
    transforms : sequence of callable
    p : sequence of float, optional
        How likely each is, in any unit; equally so unless given.

    Examples
    --------
    >>> from tinygrad_np.vision import transforms
    >>> transforms.RandomChoice([abs, lambda x: 2 * x], p=[1, 0])(-3)
    3
    """

    def __init__(self, transforms: Transforms, p: Sequence[float] | None = None) -> None:
        super().__init__(transforms)
        if p is not None and (not hasattr(p, "__len__") or len(p) != len(transforms)):
            raise TypeError(f"p should be a sequence of {len(transforms)} numbers, got {p}")
        self.p = p

    def forward(self, *args: Any) -> Any:
        (transform,) = random.choices(self.transforms, weights=self.p)
        return transform(*args)

    def __repr__(self) -> str:
        return f"{super().__repr__()}(p={self.p})"


class RandomOrder(RandomTransforms):
    """Apply some transforms in an order drawn by Python's `random`, as in torchvision.

    Parameters
    ----------
    transforms : sequence of callable

    Examples
    --------
    >>> from tinygrad_np.vision import transforms
    >>> transforms.RandomOrder([abs, lambda x: 2 * x])(-3)
    6
    """

    def forward(self, img: Any) -> Any:
        order = list(range(len(self.transforms)))
        random.shuffle(order)
        for i in order:
            img = self.transforms[i](img)
        return img
