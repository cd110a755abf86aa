"""Batches of images whose neighbours are mixed, and their labels with them."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from tinygrad_np.generator import source
from tinygrad_np.nn.functional import one_hot
from tinygrad_np.nn.module import Module
from tinygrad_np.tape.graph import TensorBase
from tinygrad_np.vision.transforms.draws import integer

__all__ = ["CutMix", "MixUp"]


class _Mix(Module):
    """Each entry of a batch with the one before it; the first with the last."""

    def __init__(
        self,
        *,
        alpha: float = 1.0,
        num_classes: int | None = None,
        labels_getter: str | Callable[[Any], Any] = "default",
    ) -> None:
        super().__init__()
        if not alpha > 0:
            raise ValueError(f"alpha must be positive, got {alpha}")
        self.alpha, self.num_classes, self._labels_getter = float(alpha), num_classes, labels_getter

    def forward(self, *inputs: Any) -> Any:
        batch = inputs if len(inputs) > 1 else inputs[0]
        labels = batch[1] if self._labels_getter == "default" else self._labels_getter(batch)  # type: ignore[operator]
        self._check_labels(labels)
        images = [x for x in batch if isinstance(x, TensorBase) and x is not labels]
        for image in images:
            if image.ndim != 4 or len(image) != len(labels):  # type: ignore[attr-defined,arg-type]
                raise ValueError(
                    f"expected images ({len(labels)}, C, H, W), as many as labels, got "
                    f"{list(image.shape)}"  # type: ignore[attr-defined]
                )
        mix, share = self._drawn(*images[0].shape[-2:])  # type: ignore[attr-defined]

        def mixed(x: Any) -> Any:
            if x is labels:
                return self._mixed_labels(x, share)
            return mix(x) if isinstance(x, TensorBase) else x

        return type(batch)(mixed(x) for x in batch)

    def _check_labels(self, labels: Any) -> None:
        if not isinstance(labels, TensorBase):
            raise ValueError(f"The labels must be a tensor, but got {type(labels)} instead.")
        shape = labels._array.shape
        if len(shape) not in (1, 2):
            raise ValueError(f"expected labels (N,) or (N, num_classes), got {list(shape)}")
        if len(shape) == 1 and self.num_classes is None:
            raise ValueError("num_classes must be passed if the labels are index-based (1D)")
        if len(shape) == 2 and self.num_classes not in (None, shape[1]):
            raise ValueError(
                f"the labels have {shape[1]} classes, where num_classes is {self.num_classes}"
            )

    def _mixed_labels(self, labels: Any, share: float) -> Any:
        if labels.ndim == 1:
            labels = one_hot(labels, self.num_classes or -1)
        labels = labels if labels.is_floating_point() else labels.float()
        return labels * share + labels.roll(1, 0) * (1 - share)

    def _share(self) -> float:
        """From the distribution Beta(alpha, alpha)."""
        first, second = source().gamma(np.full(2, self.alpha))
        return float(first / (first + second))

    def _drawn(self, rows: int, columns: int) -> tuple[Callable[[Any], Any], float]:
        """How images are mixed, and how much of each stays."""
        raise NotImplementedError

    def extra_repr(self) -> str:
        return f"alpha={self.alpha}, num_classes={self.num_classes}"


class MixUp(_Mix):
    """Means of neighbours in a batch, of images and of labels, with one random weight for all.

    Parameters
    ----------
    alpha : float, default 1.0
        Of the distribution Beta(alpha, alpha) that the weight is drawn from.
    num_classes : int, optional
        For labels (N,), which become (N, num_classes); not needed for those that are so.
    labels_getter : callable, optional
        Finds the labels among what the transform is given; the second is it unless given.

    Raises
    ------
    ValueError
        For labels and images of other shapes.

    Source: https://arxiv.org/abs/1710.09412

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> from tinygrad_np.vision.transforms import v2
    >>> images, labels = v2.MixUp(num_classes=3)(tg.rand(4, 1, 5, 5), tg.tensor([0, 1, 2, 0]))
    >>> labels.shape
    torch.Size([4, 3])
    """

    def _drawn(self, rows: int, columns: int) -> tuple[Callable[[Any], Any], float]:
        share = self._share()
        return lambda x: x * share + x.roll(1, 0) * (1 - share), share


class CutMix(_Mix):
    """A random rectangle of each image from its neighbour in the batch; labels go by its area.

    Parameters
    ----------
    alpha, num_classes, labels_getter
        As for `MixUp`.

    Raises
    ------
    ValueError
        For labels and images of other shapes.

    Source: https://arxiv.org/abs/1905.04899

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> from tinygrad_np.vision.transforms import v2
    >>> images, labels = v2.CutMix(num_classes=3)(tg.rand(4, 1, 5, 5), tg.tensor([0, 1, 2, 0]))
    >>> labels.shape
    torch.Size([4, 3])
    """

    def _drawn(self, rows: int, columns: int) -> tuple[Callable[[Any], Any], float]:
        half = 0.5 * math.sqrt(1 - self._share())
        x, y = integer(0, columns), integer(0, rows)
        wide, high = int(half * columns), int(half * rows)
        left, right = max(x - wide, 0), min(x + wide, columns)
        top, bottom = max(y - high, 0), min(y + high, rows)

        def mix(images: Any) -> Any:
            out = images.clone()
            out[..., top:bottom, left:right] = images.roll(1, 0)[..., top:bottom, left:right]
            return out

        return mix, 1 - (right - left) * (bottom - top) / (rows * columns)
