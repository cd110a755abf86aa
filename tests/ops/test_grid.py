"""Grids: where they lie exactly on pixels, to the last bit as PyTorch's."""

import numpy as np
import pytest

import tinygrad_np as tg

SIZES = [(1, 1, 28, 28), (2, 1, 7, 224), (1, 1, 5, 4, 33)]


@pytest.mark.torch
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("align_corners", [False, True])
def test_the_grid_of_the_identity_is_pytorchs(size, align_corners):
    torch = pytest.importorskip("torch")
    dims = len(size) - 2
    theta = np.tile(np.eye(dims, dims + 1, dtype=np.float32), (size[0], 1, 1))
    ours, theirs = (
        T.nn.functional.affine_grid(T.tensor(theta), size, align_corners=align_corners)
        for T in (tg, torch)
    )
    np.testing.assert_array_equal(ours.numpy(), theirs.numpy())
