"""Images of noise, for trying a program out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tinygrad_np import random
from tinygrad_np.vision.datasets.vision import VisionDataset

__all__ = ["FakeData"]


class FakeData(VisionDataset):
    """Images of noise with labels; an index always gives the same one.

    Parameters
    ----------
    size : int, default 1000
        How many.
    image_size : tuple of int, default (3, 224, 224)
        (C, H, W)
    num_classes : int, default 10
    transform, target_transform : callable, optional
        Applied to each image, an array of uint8, (H, W, C), or (H, W) if C is 1; to each label.
    random_offset : int, default 0
        Added to an index, for the seed of what is drawn.

    Raises
    ------
    IndexError
        For an index that is not below `size`.

    Source: https://pytorch.org/vision/stable/generated/torchvision.datasets.FakeData.html

    Examples
    --------
    >>> from tinygrad_np.vision.datasets import FakeData
    >>> image, label = FakeData(size=4, image_size=(3, 8, 8))[0]
    >>> image.shape, label in range(10)
    ((8, 8, 3), True)
    """

    def __init__(
        self,
        size: int = 1000,
        image_size: tuple[int, int, int] = (3, 224, 224),
        num_classes: int = 10,
        transform: Callable[[Any], Any] | None = None,
        target_transform: Callable[[Any], Any] | None = None,
        random_offset: int = 0,
    ) -> None:
        super().__init__(None, None, transform, target_transform)
        self.size = size
        self.num_classes = num_classes
        self.image_size = image_size
        self.random_offset = random_offset

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        if index >= len(self):
            raise IndexError(f"{type(self).__name__} index out of range")
        with random.fork_rng():
            random.manual_seed(index + self.random_offset)
            noise = random.randn(*self.image_size).numpy()
            label = random.randint(0, self.num_classes, (1,)).item()
        pixels = (noise * 255).astype(np.int64).astype(np.uint8)  # going round, as in PyTorch
        image: Any = pixels[0] if len(pixels) == 1 else pixels.transpose(1, 2, 0)
        return self._transformed(image, label)

    def __len__(self) -> int:
        return self.size
