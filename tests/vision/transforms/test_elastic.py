"""ElasticTransform: what it draws, and where it reads an image."""

import numpy as np
import pytest

import tinygrad_np as tg
from tinygrad_np.vision import transforms as T
from tinygrad_np.vision.transforms import functional as F
from tinygrad_np.vision.transforms import v2


def test_whole_pixels():
    image = np.arange(20, dtype=np.uint8).reshape(4, 5)
    displacement = tg.zeros(1, 4, 5, 2)
    np.testing.assert_array_equal(F.elastic_transform(image, displacement), image)
    displacement[..., 0] = 2 / 5  # a pixel to the right
    displacement[..., 1] = -2 / 4
    for mode in (T.InterpolationMode.NEAREST, T.InterpolationMode.BILINEAR):
        moved = F.elastic_transform(image, displacement, mode, fill=9)
        np.testing.assert_array_equal(moved[1:, :4], image[:3, 1:])
        assert set(moved[0]) | set(moved[:, 4]) == {9}
    colours = np.stack([image] * 3, -1)
    assert F.elastic_transform(colours, displacement).shape == (4, 5, 3)


def test_wrong_arguments():
    with pytest.raises(TypeError, match="should be a Tensor"):
        F.elastic_transform(np.ones((2, 2)), np.ones((1, 2, 2, 2)))
    with pytest.raises(ValueError, match=r"should be \(1, 2, 3, 2\), but given \(1, 3, 2, 2\)"):
        F.elastic_transform(np.ones((2, 3)), tg.ones(1, 3, 2, 2))
    with pytest.raises(ValueError, match="NEAREST or BILINEAR"):
        F.elastic_transform(np.ones((1, 1)), tg.ones(1, 1, 1, 2), T.InterpolationMode.BICUBIC)
    with pytest.raises(ValueError, match="alpha is a number or two"):
        T.ElasticTransform([1.0, 2.0, 3.0])
    assert v2.ElasticTransform is T.ElasticTransform
    assert "alpha=[50.0, 50.0], sigma=[5.0, 5.0]" in repr(T.ElasticTransform())


def blurred(torch, x, size, sigma):
    at = torch.arange(size) - (size - 1) / 2
    bells = [torch.exp(-0.5 * (at / s) ** 2) for s in sigma]
    across, down = (bell / bell.sum() for bell in bells)
    x = torch.nn.functional.pad(x, [size // 2] * 4, mode="reflect")
    return torch.nn.functional.conv2d(x, torch.outer(down, across)[None, None])


@pytest.mark.torch
@pytest.mark.parametrize("sigma", [[1.0, 1.5], [0.0, 0.0]])
def test_it_reads_where_pytorch_would(sigma):
    import torch

    image = np.random.default_rng(0).random((3, 14, 16)).astype(np.float32)
    torch.manual_seed(3)
    parts = []
    for alpha, width, side in zip([20.0, 30.0], sigma, [14, 16], strict=True):
        part = torch.rand(1, 1, 14, 16) * 2 - 1
        if width:
            size = int(8 * width + 1)
            part = blurred(torch, part, size + 1 - size % 2, sigma)
        parts.append(part * alpha / side)
    rows, columns = (torch.linspace((1 - n) / n, (n - 1) / n, n) for n in (14, 16))
    grid = torch.stack(torch.meshgrid(columns, rows, indexing="xy"), -1)
    grid = grid[None] + torch.cat(parts, 1).permute(0, 2, 3, 1)
    planes = torch.cat([torch.tensor(image), torch.ones(1, 14, 16)])[None]
    read = torch.nn.functional.grid_sample(planes, grid, align_corners=False)[0]
    expected = read[:3] * read[3:] + (1 - read[3:]) * 0.5

    tg.manual_seed(3)
    made = T.ElasticTransform([20.0, 30.0], sigma, fill=0.5)(tg.tensor(image))
    np.testing.assert_allclose(made.numpy(), expected.numpy(), atol=2e-5)
