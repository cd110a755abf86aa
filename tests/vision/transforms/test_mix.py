"""Batches that are mixed, and labels that go with them."""

import numpy as np
import pytest

import tinygrad_np as tg
from tinygrad_np.vision.transforms import v2

rng = np.random.default_rng(0)
IMAGES = rng.random((5, 2, 8, 11)).astype(np.float32)
LABELS = np.array([0, 3, 1, 2, 0])
CLASSES = np.eye(4, dtype=np.float32)[LABELS]


def share_of(labels):
    """How much of its own class the second entry kept, which it has not in common."""
    share = labels[1, 3].item()
    np.testing.assert_allclose(
        labels.numpy(), share * CLASSES + (1 - share) * np.roll(CLASSES, 1, 0), atol=1e-6
    )
    return share


@pytest.mark.parametrize("labels", [LABELS, CLASSES], ids=["numbers", "shares"])
def test_images_go_as_their_labels(labels):
    tg.manual_seed(0)
    shares = []
    for _ in range(20):
        out, kept = v2.MixUp(alpha=0.5, num_classes=4)(tg.tensor(IMAGES), tg.tensor(labels))
        share = share_of(kept)
        np.testing.assert_allclose(
            out.numpy(), share * IMAGES + (1 - share) * np.roll(IMAGES, 1, 0), atol=1e-6
        )
        shares.append(share)
    assert min(shares) < 0.2
    assert max(shares) > 0.8


def test_rectangles_go_as_their_labels():
    tg.manual_seed(0)
    areas = []
    for _ in range(20):
        batch = v2.CutMix(num_classes=4)((tg.tensor(IMAGES), tg.tensor(LABELS), "names"))
        assert batch[2] == "names"
        changed = (batch[0].numpy() != IMAGES).all((0, 1))
        rows, columns = changed.any(1), changed.any(0)
        np.testing.assert_array_equal(changed, rows[:, None] & columns)  # a rectangle
        other = np.roll(IMAGES, 1, 0)
        np.testing.assert_array_equal(batch[0].numpy(), np.where(changed, other, IMAGES))
        assert share_of(batch[1]) == pytest.approx(1 - changed.mean())
        areas.append(changed.mean())
    assert max(areas) > 0.3


def test_other_places_of_labels():
    mix = v2.MixUp(num_classes=4, labels_getter=lambda batch: batch[0])
    labels, images = mix(tg.tensor(LABELS), tg.tensor(IMAGES))
    assert (labels.shape, images.shape) == ((5, 4), (5, 2, 8, 11))


@pytest.mark.parametrize(
    ("images", "labels", "words"),
    [
        (IMAGES, [1, 2], "must be a tensor"),
        (IMAGES, np.zeros((5, 4, 1)), r"got \[5, 4, 1\]"),
        (IMAGES, np.zeros((5, 3)), "have 3 classes, where num_classes is 4"),
        (IMAGES[:3], LABELS, r"expected images \(5, C, H, W\).* got \[3, 2, 8, 11\]"),
        (IMAGES[0], LABELS, r"got \[2, 8, 11\]"),
    ],
)
def test_refused(images, labels, words):
    given = labels if isinstance(labels, list) else tg.tensor(labels)
    for kind in (v2.MixUp, v2.CutMix):
        with pytest.raises(ValueError, match=words):
            kind(num_classes=4)(tg.tensor(images), given)
    with pytest.raises(ValueError, match="num_classes must be passed"):
        v2.MixUp()(tg.tensor(IMAGES), tg.tensor(LABELS))
    with pytest.raises(ValueError, match="alpha must be positive, got 0"):
        v2.CutMix(alpha=0)
