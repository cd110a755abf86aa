"""The focal loss against its formula."""

import numpy as np
import pytest

import tinygrad_np as tg
from tinygrad_np.autograd import gradcheck
from tinygrad_np.vision.ops import sigmoid_focal_loss

rng = np.random.default_rng(0)
X, Y = rng.standard_normal((4, 3)), (rng.random((4, 3)) > 0.5).astype(float)


@pytest.mark.parametrize("alpha", [0.25, 0.9, -1])
@pytest.mark.parametrize("gamma", [0, 2, 3.5])
def test_formula(alpha, gamma):
    right = np.where(Y == 1, 1 / (1 + np.exp(-X)), 1 / (1 + np.exp(X)))
    weight = 1 if alpha == -1 else np.where(Y == 1, alpha, 1 - alpha)
    expected = -weight * (1 - right) ** gamma * np.log(right)
    x, y = tg.tensor(X), tg.tensor(Y)
    np.testing.assert_allclose(sigmoid_focal_loss(x, y, alpha, gamma).numpy(), expected)
    for reduction in ("mean", "sum"):
        got = sigmoid_focal_loss(x, y, alpha, gamma, reduction).item()
        np.testing.assert_allclose(got, getattr(expected, reduction)())


def test_gradients():
    x = tg.tensor(X, requires_grad=True)
    assert gradcheck(lambda x: sigmoid_focal_loss(x, tg.tensor(Y)), (x,))


@pytest.mark.parametrize(
    ("options", "message"), [({"alpha": 2}, "alpha"), ({"reduction": "max"}, "'max'")]
)
def test_refused(options, message):
    with pytest.raises(ValueError, match=message):
        sigmoid_focal_loss(tg.tensor(X), tg.tensor(Y), **options)
