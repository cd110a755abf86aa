"""Regions of feature maps: against loops over points and pixels."""

import math

import numpy as np
import pytest

import tinygrad_np as tg
from tinygrad_np.autograd import gradcheck
from tinygrad_np.vision import ops

rng = np.random.default_rng(0)
MAPS = rng.standard_normal((2, 3, 9, 11))
BOXES = [
    [1, 0.4, 1.2, 7.7, 6.1],
    [0, -3.0, -2.0, 20.0, 5.0],
    [0, 4.0, 4.0, 4.2, 4.1],
    [1, 30.0, 30.0, 33.0, 31.0],
    [0, 2.6, 1.6, 3.5, 7.5],
]
REGIONS = tg.tensor(BOXES, dtype=tg.float64)


def point(plane, y, x):
    """Between pixels; 0 from a pixel beyond the edge on."""
    rows, columns = plane.shape
    if not (-1 <= y <= rows and -1 <= x <= columns):
        return 0
    y, x = min(max(y, 0), rows - 1), min(max(x, 0), columns - 1)
    i, j = min(int(y), rows - 2), min(int(x), columns - 2)
    a, b = y - i, x - j
    return np.array([1 - a, a]) @ plane[i : i + 2, j : j + 2] @ np.array([1 - b, b])


@pytest.mark.parametrize("aligned", [False, True])
@pytest.mark.parametrize("ratio", [-1, 1, 3])
@pytest.mark.parametrize("scale", [1.0, 0.5])
def test_means(aligned, ratio, scale):
    got = ops.roi_align(tg.tensor(MAPS), REGIONS, (2, 3), scale, ratio, aligned).numpy()
    assert got.shape == (5, 3, 2, 3)
    for k, (image, *corners) in enumerate(BOXES):
        x1, y1, x2, y2 = (c * scale - aligned / 2 for c in corners)
        wide, high = (d if aligned else max(d, 1) for d in (x2 - x1, y2 - y1))
        down = ratio if ratio > 0 else math.ceil(high / 2)
        across = ratio if ratio > 0 else math.ceil(wide / 3)
        for i, j in np.ndindex(2, 3):
            for plane, value in zip(MAPS[int(image)], got[k, :, i, j], strict=True):
                points = [
                    point(plane, y1 + (i + (p + 0.5) / down) * high / 2,
                          x1 + (j + (q + 0.5) / across) * wide / 3)
                    for p in range(down) for q in range(across)
                ]  # fmt: skip
                np.testing.assert_allclose(value, np.mean(points), atol=1e-12)


@pytest.mark.parametrize("scale", [1.0, 0.5])
def test_largest(scale):
    got = ops.roi_pool(tg.tensor(MAPS), REGIONS, (2, 3), scale).numpy()
    assert got.shape == (5, 3, 2, 3)
    for k, (image, *corners) in enumerate(BOXES):
        x1, y1, x2, y2 = (math.floor(abs(c * scale) + 0.5) * (1 if c >= 0 else -1) for c in corners)
        high, wide = max(y2 - y1 + 1, 1) / 2, max(x2 - x1 + 1, 1) / 3
        for i, j in np.ndindex(2, 3):
            rows = [y for y in range(y1 + math.floor(i * high), y1 + math.ceil((i + 1) * high))
                    if 0 <= y < 9]  # fmt: skip
            columns = [x for x in range(x1 + math.floor(j * wide), x1 + math.ceil((j + 1) * wide))
                       if 0 <= x < 11]  # fmt: skip
            part = MAPS[int(image)][:, rows][:, :, columns]
            expected = part.max((1, 2)) if part.size else np.zeros(3)
            np.testing.assert_array_equal(got[k, :, i, j], expected)


def test_boxes_by_image():
    x = tg.tensor(MAPS)
    order = [1, 2, 4, 0, 3]  # by image
    lists = [REGIONS[REGIONS[:, 0] == i][:, 1:] for i in (0, 1)]
    for layer in (ops.RoIAlign(2, 0.5, 2, aligned=True), ops.RoIPool((2, 2), 0.5)):
        expected = layer(x, REGIONS).numpy()[order]
        np.testing.assert_array_equal(layer(x, lists).numpy(), expected)
        assert layer(x, tg.zeros(0, 5)).shape == (0, 3, 2, 2)
        assert "spatial_scale=0.5" in repr(layer)
        with pytest.raises(AssertionError, match=r"Tensor \(K, 5\), got shape \(1, 4\)"):
            layer(x, tg.zeros(1, 4))
        with pytest.raises(AssertionError, match=r"list of \(L, 4\), got shape \(1, 5\)"):
            layer(x, [tg.zeros(1, 5)])


def test_gradients():
    x, boxes = (
        tg.tensor(MAPS[:, :1, :6, :6], requires_grad=True),
        REGIONS[:3],
    )
    assert gradcheck(lambda x: ops.roi_align(x, boxes, 2), (x,))
    assert gradcheck(lambda x: ops.roi_pool(x, boxes, 2), (x,))
