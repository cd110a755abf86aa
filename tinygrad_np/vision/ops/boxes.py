"""Boxes around things in images: their areas, how far they overlap, which of them to keep.

A box is (x1, y1, x2, y2) unless a format says otherwise: columns and rows of its upper left and its
lower right corner.

Source: https://pytorch.org/vision/stable/ops.html
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_np import dtypes
from tinygrad_np.ops.join import stack
from tinygrad_np.tensor import Tensor

__all__ = [
    "batched_nms",
    "box_area",
    "box_convert",
    "box_iou",
    "clip_boxes_to_image",
    "generalized_box_iou",
    "masks_to_boxes",
    "nms",
    "remove_small_boxes",
]

FORMATS = ("xyxy", "xywh", "cxcywh")


def box_convert(boxes: Tensor, in_fmt: str, out_fmt: str) -> Tensor:
    """Boxes in another format.

    Parameters
    ----------
    boxes : Tensor
        (..., 4)
    in_fmt, out_fmt : {"xyxy", "xywh", "cxcywh"}
        Two corners; the upper left corner, width and height; the middle, width and height.

    Raises
    ------
    ValueError
        For another format.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> from tinygrad_np.vision.ops import box_convert
    >>> box_convert(tg.tensor([[1.0, 2.0, 5.0, 4.0]]), "xyxy", "cxcywh")
    tensor([[3., 3., 4., 2.]])
    """
    for fmt in (in_fmt, out_fmt):
        if fmt not in FORMATS:
            raise ValueError(f"Unsupported format {fmt!r}: expected one of {', '.join(FORMATS)}")
    if in_fmt == out_fmt:
        return boxes.clone()
    a, b, c, d = boxes.unbind(-1)
    if in_fmt == "xywh":
        corners = [a, b, a + c, b + d]
    elif in_fmt == "cxcywh":
        corners = [a - 0.5 * c, b - 0.5 * d, a + 0.5 * c, b + 0.5 * d]
    else:
        corners = [a, b, c, d]
    x1, y1, x2, y2 = corners
    if out_fmt == "xywh":
        corners = [x1, y1, x2 - x1, y2 - y1]
    elif out_fmt == "cxcywh":
        corners = [(x1 + x2) / 2, (y1 + y2) / 2, x2 - x1, y2 - y1]
    return stack(corners, -1)


def _wide(boxes: Tensor) -> Tensor:
    """Of a type in which areas have room."""
    kind, size = boxes._array.dtype.kind, boxes._array.dtype.itemsize
    if size >= 4:
        return boxes
    return boxes.to(dtypes.float32 if kind == "f" else dtypes.int32)


def box_area(boxes: Tensor, fmt: str = "xyxy") -> Tensor:
    """The areas of boxes.

    Parameters
    ----------
    boxes : Tensor
        (..., 4)
    fmt : {"xyxy", "xywh", "cxcywh"}

    Raises
    ------
    ValueError
        For another format.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> from tinygrad_np.vision.ops import box_area
    >>> box_area(tg.tensor([[1.0, 2.0, 5.0, 4.0]]))
    tensor([8.])
    """
    if fmt not in FORMATS:
        raise ValueError(f"Unsupported format {fmt!r}: expected one of {', '.join(FORMATS)}")
    boxes = _wide(boxes)
    if fmt == "xyxy":
        return (boxes[..., 2] - boxes[..., 0]) * (boxes[..., 3] - boxes[..., 1])
    return boxes[..., 2] * boxes[..., 3]


def _overlap(a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    """The areas of intersection and of union of each of `a` with each of `b`."""
    a, b = a[..., :, None, :], b[..., None, :, :]
    sides = _wide(a[..., 2:].minimum(b[..., 2:]) - a[..., :2].maximum(b[..., :2])).clamp(min=0)
    inter = sides[..., 0] * sides[..., 1]
    return inter, box_area(a) + box_area(b) - inter


def box_iou(boxes1: Tensor, boxes2: Tensor, fmt: str = "xyxy") -> Tensor:
    """Intersection over union, of each box with each.

    Parameters
    ----------
    boxes1, boxes2 : Tensor
        (..., N, 4) and (..., M, 4)
    fmt : {"xyxy", "xywh", "cxcywh"}

    Returns
    -------
    Tensor
        (..., N, M)

    Raises
    ------
    ValueError
        For another format.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> from tinygrad_np.vision.ops import box_iou
    >>> box_iou(tg.tensor([[0.0, 0.0, 2.0, 2.0]]), tg.tensor([[1.0, 0.0, 3.0, 2.0]]))
    tensor([[0.3333]])
    """
    corners = (box_convert(boxes, fmt, "xyxy") for boxes in (boxes1, boxes2))
    inter, union = _overlap(*corners)
    return inter / union


def generalized_box_iou(boxes1: Tensor, boxes2: Tensor) -> Tensor:
    """`box_iou`, less the share of the box around both that neither covers: from -1 to 1.

    Parameters
    ----------
    boxes1, boxes2 : Tensor
        (..., N, 4) and (..., M, 4)

    Returns
    -------
    Tensor
        (..., N, M)

    Source: H. Rezatofighi et al., Generalized Intersection over Union, 2019.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> from tinygrad_np.vision.ops import generalized_box_iou
    >>> generalized_box_iou(tg.tensor([[0.0, 0.0, 1.0, 1.0]]), tg.tensor([[3.0, 0.0, 4.0, 1.0]]))
    tensor([[-0.5000]])
    """
    inter, union = _overlap(boxes1, boxes2)
    a, b = boxes1[..., :, None, :], boxes2[..., None, :, :]
    sides = _wide(a[..., 2:].maximum(b[..., 2:]) - a[..., :2].minimum(b[..., :2])).clamp(min=0)
    around = sides[..., 0] * sides[..., 1]
    return inter / union - (around - union) / around


def clip_boxes_to_image(boxes: Tensor, size: tuple[int, int]) -> Tensor:
    """Boxes without what lies beyond an image.

    Parameters
    ----------
    boxes : Tensor
        (..., 4)
    size : (int, int)
        Rows and columns of the image.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> from tinygrad_np.vision.ops import clip_boxes_to_image
    >>> clip_boxes_to_image(tg.tensor([[-1.0, 2.0, 9.0, 9.0]]), (4, 6))
    tensor([[0., 2., 6., 4.]])
    """
    height, width = size
    x = boxes[..., 0::2].clamp(min=0, max=width)
    y = boxes[..., 1::2].clamp(min=0, max=height)
    return stack([x, y], -1).reshape(boxes.shape)


def remove_small_boxes(boxes: Tensor, min_size: float) -> Tensor:
    """Which boxes have no side that is shorter.

    Parameters
    ----------
    boxes : Tensor
        (N, 4)
    min_size : float

    Returns
    -------
    Tensor
        Their numbers.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> from tinygrad_np.vision.ops import remove_small_boxes
    >>> remove_small_boxes(tg.tensor([[0.0, 0.0, 1.0, 9.0], [0.0, 0.0, 3.0, 9.0]]), 2)
    tensor([1])
    """
    corners = boxes.detach().numpy()
    sides = corners[..., 2:] - corners[..., :2]
    return _numbers(np.nonzero((sides >= min_size).all(-1))[0])


def _numbers(found: Any) -> Tensor:
    return Tensor._make(np.asarray(found, np.int64))


def nms(boxes: Tensor, scores: Tensor, iou_threshold: float) -> Tensor:
    """Which boxes to keep: one after the other by their scores, without those that overlap it.

    Parameters
    ----------
    boxes : Tensor
        (N, 4)
    scores : Tensor
        (N,)
    iou_threshold : float
        A box goes whose intersection over union with one that is kept is larger.

    Returns
    -------
    Tensor
        The numbers of the boxes that are kept, by falling scores; of equal scores the first is
        first.

    Raises
    ------
    RuntimeError
        For other shapes.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> from tinygrad_np.vision.ops import nms
    >>> boxes = tg.tensor([[0.0, 0.0, 9.0, 9.0], [0.0, 1.0, 9.0, 9.0], [9.0, 9.0, 11.0, 11.0]])
    >>> nms(boxes, tg.tensor([0.5, 0.9, 0.1]), 0.5)
    tensor([1, 2])
    """
    if boxes.ndim != 2 or boxes.shape[1] != 4 or scores.shape != boxes.shape[:1]:
        raise RuntimeError(
            f"nms: expected boxes (N, 4) and scores (N,), got shapes {tuple(boxes.shape)} and "
            f"{tuple(scores.shape)}"
        )
    corners, area = boxes.detach().numpy(), box_area(boxes).detach().numpy()
    left = np.argsort(-scores.detach().numpy(), kind="stable")
    kept = []
    while len(left):
        first, left = left[0], left[1:]
        kept.append(first)
        low = np.maximum(corners[left, :2], corners[first, :2])
        sides = (np.minimum(corners[left, 2:], corners[first, 2:]) - low).clip(0)
        inter = sides[:, 0] * sides[:, 1]
        with np.errstate(invalid="ignore"):  # two boxes without area
            overlap = inter / (area[left] + area[first] - inter)
        left = left[~(overlap > iou_threshold)]
    return _numbers(kept)


def batched_nms(boxes: Tensor, scores: Tensor, idxs: Tensor, iou_threshold: float) -> Tensor:
    """`nms` of the boxes of each class by themselves.

    Parameters
    ----------
    boxes : Tensor
        (N, 4)
    scores : Tensor
        (N,)
    idxs : Tensor
        (N,): the number of each one's class.
    iou_threshold : float

    Returns
    -------
    Tensor
        The numbers of the boxes that are kept, by falling scores.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> from tinygrad_np.vision.ops import batched_nms
    >>> boxes = tg.tensor([[0.0, 0.0, 9.0, 9.0], [0.0, 1.0, 9.0, 9.0], [0.0, 0.0, 9.0, 8.0]])
    >>> batched_nms(boxes, tg.tensor([0.5, 0.9, 0.1]), tg.tensor([0, 1, 0]), 0.5)
    tensor([1, 0])
    """
    classes = idxs.numpy()
    kept: list[Any] = []
    for one in np.unique(classes):
        own = np.nonzero(classes == one)[0]
        kept.extend(own[nms(boxes[own], scores[own], iou_threshold).numpy()])
    order = np.argsort(-scores.detach().numpy()[np.array(kept, int)], kind="stable")
    return _numbers(np.array(kept, int)[order])


def masks_to_boxes(masks: Tensor) -> Tensor:
    """The boxes around masks.

    Parameters
    ----------
    masks : Tensor
        (N, H, W), 0 where there is nothing.

    Returns
    -------
    Tensor
        (N, 4) of float32: the first and the last column and row; zeros for a mask of nothing.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> from tinygrad_np.vision.ops import masks_to_boxes
    >>> masks_to_boxes(tg.tensor([[[0, 0, 0], [0, 1, 1]]]))
    tensor([[1., 1., 2., 1.]])
    """
    boxes = np.zeros((len(masks), 4), np.float32)
    for box, mask in zip(boxes, masks.numpy() != 0, strict=True):
        rows, columns = np.nonzero(mask)
        if len(rows):
            box[:] = columns.min(), rows.min(), columns.max(), rows.max()
    return Tensor._make(boxes)
