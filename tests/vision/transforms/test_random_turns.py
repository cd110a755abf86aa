"""Random turns and tilts: what is drawn, by the draws of PyTorch."""

import numpy as np
import pytest

import tinygrad_np as tg
from tinygrad_np.vision import transforms as T
from tinygrad_np.vision.transforms import functional as F

X = tg.tensor(np.random.default_rng(0).random((3, 20, 30)).astype(np.float32))


@pytest.mark.torch
@pytest.mark.parametrize("seed", range(4))
def test_draws_are_torchvisions(seed):
    torch = pytest.importorskip("torch")
    torch.manual_seed(seed)
    tg.manual_seed(seed)

    def uniform(low, high):
        return torch.empty(1).uniform_(low, high).item()

    def integer(low, high):
        return int(torch.randint(low, high, (1,)))

    assert T.RandomRotation.get_params([-30, 40]) == uniform(-30, 40)
    got = T.RandomAffine.get_params([-9, 9], (0.1, 0.3), (0.5, 2), [1, 2, 3, 4], (30, 20))
    angle = uniform(-9, 9)
    shift = round(uniform(-3, 3)), round(uniform(-6, 6))
    assert got == (angle, shift, uniform(0.5, 2), (uniform(1, 2), uniform(3, 4)))
    before, after = T.RandomPerspective.get_params(30, 20, 0.5)
    assert before == [[0, 0], [29, 0], [29, 19], [0, 19]]
    left, right, top, bottom = (0, 8), (22, 30), (0, 6), (14, 20)
    corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
    assert after == [[integer(*x), integer(*y)] for x, y in corners]


def test_perspective():
    tilt = T.RandomPerspective(0.3, p=1, fill=2)
    tg.manual_seed(0)
    out = tilt(X)
    tg.manual_seed(0)
    assert tg.rand(1).item() < 1
    points = tilt.get_params(30, 20, 0.3)
    np.testing.assert_array_equal(out.numpy(), F.perspective(X, *points, fill=2).numpy())
    assert T.RandomPerspective(p=0)(X) is X
    assert repr(tilt) == "RandomPerspective(p=1)"
    affine = T.RandomAffine(
        30, (0.1, 0.2), interpolation=T.InterpolationMode.BILINEAR, fill=3, center=(1, 2)
    )
    assert repr(affine) == (
        "RandomAffine(degrees=[-30.0, 30.0], translate=(0.1, 0.2), interpolation=bilinear, "
        "fill=3, center=(1, 2))"
    )
    with pytest.raises(ValueError, match="distortion_scale .* got 2"):
        T.RandomPerspective(2)
