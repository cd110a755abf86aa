"""The base of datasets of images."""

import pytest

from tinygrad_np.vision.datasets import FakeData, VisionDataset
from tinygrad_np.vision.datasets.vision import StandardTransform


class Two(VisionDataset):
    def __getitem__(self, index):
        return self.transforms(index, -index)

    def __len__(self):
        return 2

    def extra_repr(self):
        return "Split: a\nSplit: b"


def test_transforms_of_both():
    assert Two(transforms=lambda x, y: (y, x))[1] == (-1, 1)
    assert Two(transform=lambda x: x + 5)[1] == (6, -1)
    assert Two(target_transform=lambda y: y + 5)[1] == (1, 4)
    with pytest.raises(ValueError, match="Only transforms or"):
        Two(transforms=max, transform=abs)
    with pytest.raises(NotImplementedError, match="VisionDataset must define __getitem__"):
        VisionDataset()[0]
    with pytest.raises(NotImplementedError, match="VisionDataset must define __len__"):
        len(VisionDataset())


def test_a_transform_set_later_counts():
    data = FakeData(2, (1, 2, 2))
    data.transform, data.target_transform = (lambda image: "image"), (lambda label: "label")
    assert data[0] == ("image", "label")


def test_words(monkeypatch):
    monkeypatch.setenv("HOME", "/home/of")
    assert repr(Two("~/x")).splitlines() == [
        "Dataset Two",
        "    Number of datapoints: 2",
        "    Root location: /home/of/x",
        "    Split: a",
        "    Split: b",
    ]
    both = StandardTransform(abs, max)
    assert repr(both).splitlines() == [
        "StandardTransform",
        "Transform: <built-in function abs>",
        "Target transform: <built-in function max>",
    ]
