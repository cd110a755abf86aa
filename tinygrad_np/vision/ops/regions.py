"""Parts of feature maps, brought to one size.

Sources: R. Girshick, Fast R-CNN, 2015; K. He et al., Mask R-CNN, 2017.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from tinygrad_np import nn
from tinygrad_np.ops.join import stack
from tinygrad_np.tape.graph import TensorBase
from tinygrad_np.tensor import Tensor

__all__ = ["RoIAlign", "RoIPool", "roi_align", "roi_pool"]

Array = np.ndarray[Any, np.dtype[Any]]
Boxes = Tensor | Sequence[Tensor]


def _regions(boxes: Boxes, scale: float) -> list[tuple[int, Array]]:
    """Of each region its image's number, and x1, y1, x2, y2 in the feature map's units."""
    if isinstance(boxes, TensorBase):
        if boxes._array.ndim != 2 or boxes._array.shape[1] != 5:
            raise AssertionError(
                f"boxes: expected a Tensor (K, 5), got shape {tuple(boxes._array.shape)}"
            )
        return [(int(row[0]), row[1:] * scale) for row in boxes._array]
    for one in boxes:
        if one.ndim != 2 or one.shape[1] != 4:
            raise AssertionError(f"boxes: expected a list of (L, 4), got shape {tuple(one.shape)}")
    return [(i, row * scale) for i, one in enumerate(boxes) for row in one._array]


def _pair(size: int | Sequence[int]) -> tuple[int, int]:
    return (size, size) if isinstance(size, int) else (size[0], size[1])


def roi_align(
    input: Tensor,
    boxes: Boxes,
    output_size: int | Sequence[int],
    spatial_scale: float = 1.0,
    sampling_ratio: int = -1,
    aligned: bool = False,
) -> Tensor:
    """Means over parts of each region, of points between pixels.

    Parameters
    ----------
    input : Tensor
        (N, C, H, W)
    boxes : Tensor or list of Tensor
        (K, 5): the number of the image, x1, y1, x2, y2; or for each image (L, 4).
    output_size : int or (int, int)
        How many rows and columns of parts.
    spatial_scale : float, default 1
        What the boxes are multiplied with.
    sampling_ratio : int, default -1
        How many points each way in a part; as many as it has pixels if it is not positive.
    aligned : bool, default False
        Let 0 be the edge of the first pixel, not its middle.

    Returns
    -------
    Tensor
        (K, C, rows, columns). Gradients go to `input`.

    Raises
    ------
    AssertionError
        For boxes of another shape.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> from tinygrad_np.vision.ops import roi_align
    >>> x = tg.arange(16.0).reshape(1, 1, 4, 4)
    >>> roi_align(x, [tg.tensor([[0.0, 0.0, 2.0, 2.0]])], 2, sampling_ratio=1)
    tensor([[[[2.5000, 3.5000],
              [6.5000, 7.5000]]]])
    """
    rows, columns = _pair(output_size)
    height, width = input.shape[-2:]
    shift = 0.5 if aligned else 0.0
    parts = []
    for image, (x1, y1, x2, y2) in _regions(boxes, spatial_scale):
        down = _means(y1 - shift, y2 - y1, rows, height, sampling_ratio, aligned)
        across = _means(x1 - shift, x2 - x1, columns, width, sampling_ratio, aligned)
        down, across = (Tensor._make(m.astype(input._array.dtype)) for m in (down, across.T))
        parts.append(down @ input[image] @ across)
    return stack(parts) if parts else input[:0, :, :1, :1].expand(0, -1, rows, columns)


def _means(start: float, length: float, count: int, size: int, ratio: int, exact: bool) -> Array:
    """The matrix (count, size) of means over `count` parts of a stretch of `size` pixels."""
    length = length if exact else max(length, 1.0)
    points = ratio if ratio > 0 else math.ceil(length / count)
    matrix = np.zeros((count, size))
    if points <= 0:
        return matrix
    at = start + (np.arange(count * points) + 0.5) * length / (count * points)
    known = (at >= -1) & (at <= size)
    at = at.clip(0, size - 1)
    low = np.floor(at).astype(int)
    part = np.arange(count * points) // points
    np.add.at(matrix, (part, low), known * (1 - (at - low)) / points)
    np.add.at(matrix, (part, np.minimum(low + 1, size - 1)), known * (at - low) / points)
    return matrix


def roi_pool(
    input: Tensor, boxes: Boxes, output_size: int | Sequence[int], spatial_scale: float = 1.0
) -> Tensor:
    """The largest values of parts of each region, whose corners are rounded to pixels.

    Parameters
    ----------
    input : Tensor
        (N, C, H, W)
    boxes : Tensor or list of Tensor
        (K, 5): the number of the image, x1, y1, x2, y2; or for each image (L, 4).
    output_size : int or (int, int)
        How many rows and columns of parts.
    spatial_scale : float, default 1
        What the boxes are multiplied with.

    Returns
    -------
    Tensor
        (K, C, rows, columns): 0 where a part has no pixels. Gradients go to `input`.

    Raises
    ------
    AssertionError
        For boxes of another shape.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> from tinygrad_np.vision.ops import roi_pool
    >>> roi_pool(tg.arange(16.0).reshape(1, 1, 4, 4), [tg.tensor([[0.0, 0.0, 3.0, 3.0]])], 2)
    tensor([[[[ 5.,  7.],
              [13., 15.]]]])
    """
    rows, columns = _pair(output_size)
    height, width = input.shape[-2:]
    parts = []
    for image, corners in _regions(boxes, spatial_scale):
        x1, y1, x2, y2 = np.trunc(corners + np.copysign(0.5, corners)).astype(int).tolist()
        for top, bottom in _stretches(y1, y2, rows, height):
            for left, right in _stretches(x1, x2, columns, width):
                part = input[image, :, top:bottom, left:right].flatten(1)
                parts.append(part.max(1).values if part.shape[1] else input[image, :, 0, 0] * 0)
    if not parts:
        return input[:0, :, :1, :1].expand(0, -1, rows, columns)
    values = stack(parts).reshape(-1, rows, columns, input.shape[1])
    return values.permute(0, 3, 1, 2)


def _stretches(start: int, end: int, count: int, size: int) -> list[tuple[int, int]]:
    """From where to where each of `count` parts goes, of what lies within `size` pixels."""
    step = max(end - start + 1, 1) / count
    edges = [
        (start + math.floor(i * step), start + math.ceil((i + 1) * step)) for i in range(count)
    ]
    return [(min(max(a, 0), size), min(max(b, 0), size)) for a, b in edges]


class RoIAlign(nn.Module):
    """`roi_align` as a layer.

    Parameters
    ----------
    output_size : int or (int, int)
    spatial_scale : float
    sampling_ratio : int
    aligned : bool, default False
    """

    def __init__(
        self,
        output_size: int | Sequence[int],
        spatial_scale: float,
        sampling_ratio: int,
        aligned: bool = False,
    ) -> None:
        super().__init__()
        self.output_size = output_size
        self.spatial_scale = spatial_scale
        self.sampling_ratio = sampling_ratio
        self.aligned = aligned

    def forward(self, input: Tensor, rois: Boxes) -> Tensor:
        return roi_align(
            input, rois, self.output_size, self.spatial_scale, self.sampling_ratio, self.aligned
        )

    def extra_repr(self) -> str:
        return (
            f"output_size={self.output_size}, spatial_scale={self.spatial_scale}, "
            f"sampling_ratio={self.sampling_ratio}, aligned={self.aligned}"
        )


class RoIPool(nn.Module):
    """`roi_pool` as a layer.

    Parameters
    ----------
    output_size : int or (int, int)
    spatial_scale : float
    """

    def __init__(self, output_size: int | Sequence[int], spatial_scale: float) -> None:
        super().__init__()
        self.output_size = output_size
        self.spatial_scale = spatial_scale

    def forward(self, input: Tensor, rois: Boxes) -> Tensor:
        return roi_pool(input, rois, self.output_size, self.spatial_scale)

    def extra_repr(self) -> str:
        return f"output_size={self.output_size}, spatial_scale={self.spatial_scale}"
