"""Boxes: against loops over each pair of them."""

import numpy as np
import pytest

import tinygrad_np as tg
from tinygrad_np.autograd import gradcheck
from tinygrad_np.vision import ops

rng = np.random.default_rng(0)


def boxes(n):
    corners = rng.random((n, 2)) * 50
    return np.concatenate([corners, corners + rng.random((n, 2)) * 40 + 1], 1)


A, B = boxes(6), boxes(5)


def pair(a, b):
    """The areas of intersection, of union, and of the box around both."""
    wide = max(0, min(a[2], b[2]) - max(a[0], b[0]))
    high = max(0, min(a[3], b[3]) - max(a[1], b[1]))
    union = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - wide * high
    around = (max(a[2], b[2]) - min(a[0], b[0])) * (max(a[3], b[3]) - min(a[1], b[1]))
    return wide * high, union, around


def iou(a, b):
    inter, union, _ = pair(a, b)
    return inter / union


def test_overlaps():
    x, y = tg.tensor(A), tg.tensor(B)
    expected = [[iou(a, b) for b in B] for a in A]
    np.testing.assert_allclose(ops.box_iou(x, y).numpy(), expected)
    for fmt in ("xywh", "cxcywh"):
        converted = (ops.box_convert(z, "xyxy", fmt) for z in (x, y))
        np.testing.assert_allclose(ops.box_iou(*converted, fmt).numpy(), expected)
    generalized = [[i / u - (c - u) / c for i, u, c in (pair(a, b) for b in B)] for a in A]
    np.testing.assert_allclose(ops.generalized_box_iou(x, y).numpy(), generalized)
    batch = ops.box_iou(tg.tensor(A.reshape(2, 3, 4)), tg.tensor(B[:4].reshape(2, 2, 4)))
    np.testing.assert_allclose(batch[1].numpy(), np.array(expected)[3:, 2:4])
    assert ops.box_iou(tg.zeros(0, 4), y.float()).shape == (0, 5)


def test_gradients():
    x, y = (tg.tensor(z, requires_grad=True) for z in (A[:3], B[:2]))
    assert gradcheck(ops.box_iou, (x, y))
    assert gradcheck(ops.generalized_box_iou, (x, y))


def test_formats():
    x = tg.tensor([[1.0, 2.0, 5.0, 10.0]])
    forms = {"xyxy": [1, 2, 5, 10], "xywh": [1, 2, 4, 8], "cxcywh": [3, 6, 4, 8]}
    for start, values in forms.items():
        assert ops.box_area(tg.tensor([values]).float(), start).tolist() == [32]
        for end, expected in forms.items():
            got = ops.box_convert(tg.tensor([values]).float(), start, end)
            assert got.tolist() == [expected]
    assert ops.box_convert(x, "xyxy", "xyxy") is not x
    small = tg.tensor([[0, 0, 200, 200]], dtype=tg.uint8)
    assert ops.box_area(small).tolist() == [40000]
    for call in (lambda: ops.box_area(x, "xyz"), lambda: ops.box_convert(x, "xyxy", "yxyx")):
        with pytest.raises(ValueError, match="expected one of xyxy, xywh, cxcywh"):
            call()


def kept(corners, scores, threshold):
    found = []
    for i in sorted(range(len(scores)), key=lambda i: -scores[i]):
        if all(iou(corners[i], corners[k]) <= threshold for k in found):
            found.append(i)
    return found


@pytest.mark.parametrize("threshold", [0.0, 0.2, 0.5, 1.0])
def test_which_are_kept(threshold):
    corners, scores = boxes(40), rng.random(40)
    scores[7] = scores[3]
    got = ops.nms(tg.tensor(corners), tg.tensor(scores), threshold)
    assert got.dtype == tg.int64
    assert got.tolist() == kept(corners, scores, threshold)
    classes = rng.integers(0, 3, 40)
    own = [np.nonzero(classes == c)[0] for c in range(3)]
    each = [int(o[k]) for o in own for k in kept(corners[o], scores[o], threshold)]
    got = ops.batched_nms(tg.tensor(corners), tg.tensor(scores), tg.tensor(classes), threshold)
    assert got.tolist() == sorted(each, key=lambda i: -scores[i])


def test_none_and_wrong_ones():
    assert ops.nms(tg.zeros(0, 4), tg.zeros(0), 0.5).tolist() == []
    assert ops.batched_nms(tg.zeros(0, 4), tg.zeros(0), tg.zeros(0).long(), 0.5).tolist() == []
    flat = tg.tensor([[1.0, 1, 1, 1], [1, 1, 1, 1]])
    assert ops.nms(flat, tg.tensor([1.0, 2.0]), 0.5).tolist() == [1, 0]
    with pytest.raises(RuntimeError, match=r"shapes \(3, 4\) and \(2,\)"):
        ops.nms(tg.zeros(3, 4), tg.zeros(2), 0.5)


def test_clipped_and_small_ones():
    x = tg.tensor([[-3.0, -1.0, 4.0, 20.0], [5.0, 6.0, 30.0, 7.0]])
    assert ops.clip_boxes_to_image(x, (10, 20)).tolist() == [[0, 0, 4, 10], [5, 6, 20, 7]]
    assert ops.remove_small_boxes(x, 2).tolist() == [0]
    assert ops.remove_small_boxes(x, 1).tolist() == [0, 1]


def test_boxes_of_masks():
    masks = np.zeros((3, 5, 6), bool)
    masks[0, 1:3, 2:5] = masks[2, 4, 0] = True
    got = ops.masks_to_boxes(tg.tensor(masks))
    assert got.dtype == tg.float32
    assert got.tolist() == [[2, 1, 4, 2], [0, 0, 0, 0], [0, 4, 0, 4]]
