"""Normal numbers: the functions beside float64, and PyTorch's numbers to the bit."""

import numpy as np
import pytest

import tinygrad_np as tg
from tinygrad_np.kernels import box_muller


def test_functions_are_exact_but_for_rounding():
    x = np.linspace(2.0**-24, 1, 100_001, dtype=np.float32)
    wide = x.astype(np.float64)
    np.testing.assert_allclose(box_muller._log(x), np.log(wide), rtol=2e-7)
    angle = (2 * np.pi * x).astype(np.float32)
    sin, cos = box_muller._sin_cos(angle)
    np.testing.assert_allclose(sin, np.sin(angle.astype(np.float64)), atol=1.2e-7)
    np.testing.assert_allclose(cos, np.cos(angle.astype(np.float64)), atol=1.2e-7)


def test_pairs_have_the_radius_and_angle():
    u = np.random.default_rng(0).random((40_000, 2, 8))
    z = box_muller.normal(u.reshape(-1)).reshape(u.shape)
    np.testing.assert_allclose(np.hypot(z[:, 0], z[:, 1]), np.sqrt(-2 * np.log(1 - u[:, 0])))
    np.testing.assert_allclose(np.arctan2(z[:, 1], z[:, 0]) % (2 * np.pi), 2 * np.pi * u[:, 1])


@pytest.mark.torch
@pytest.mark.parametrize("n", [1, 15, 16, 33, 100, 200_000])
def test_the_numbers_are_pytorchs(n):
    torch = pytest.importorskip("torch")
    if torch.backends.cpu.get_cpu_capability() not in ("AVX2", "AVX512"):
        pytest.skip("PyTorch makes other numbers on this CPU")
    for draw in (
        lambda T: T.randn(n),
        lambda T: T.empty(n).normal_(3.0, 0.7),
        lambda T: T.normal(-1.5, 0.3, (n,)),
        lambda T: T.nn.init.xavier_normal_(T.empty(n, 2)),
        lambda T: T.nn.Embedding(n, 3).weight.detach(),
    ):
        found = []
        for T in (tg, torch):
            T.manual_seed(5)
            found.append(draw(T).numpy())
        np.testing.assert_array_equal(*found)
