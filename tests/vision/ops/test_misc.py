"""Layers that networks for images are made of."""

import numpy as np

import tinygrad_np as tg
from tinygrad_np import nn
from tinygrad_np.vision import ops

X = np.random.default_rng(0).random((2, 4, 6, 6)).astype(np.float32)


def test_convolution_normalisation_activation():
    kinds = [type(layer) for layer in ops.Conv2dNormActivation(4, 8)]
    assert kinds == [nn.Conv2d, nn.BatchNorm2d, nn.ReLU]
    plain = ops.Conv2dNormActivation(4, 8, 5, norm_layer=None, activation_layer=None, dilation=2)
    assert [name for name, _ in plain.named_parameters()] == ["0.weight", "0.bias"]
    assert plain(tg.tensor(X)).shape == (2, 8, 6, 6)
    assert ops.Conv2dNormActivation(4, 8, padding=0, stride=2)(tg.tensor(X)).shape == (2, 8, 2, 2)
    bare = ops.Conv2dNormActivation(4, 8, activation_layer=nn.GELU, inplace=None, bias=True)
    assert bare[0].bias is not None
    assert bare.out_channels == 8


def test_squeeze_and_excitation():
    layer = ops.SqueezeExcitation(4, 2)
    state = {k: v.numpy() for k, v in layer.state_dict().items()}
    hidden = X.mean((2, 3)) @ state["fc1.weight"][:, :, 0, 0].T + state["fc1.bias"]
    scale = np.maximum(hidden, 0) @ state["fc2.weight"][:, :, 0, 0].T + state["fc2.bias"]
    expected = X / (1 + np.exp(-scale))[:, :, None, None]
    np.testing.assert_allclose(layer(tg.tensor(X)).detach().numpy(), expected, rtol=1e-5)


def test_frozen_normalisation():
    layer = ops.FrozenBatchNorm2d(4)
    assert not list(layer.parameters())
    layer.running_mean += 0.5
    layer.running_var *= 4
    layer.weight *= 3
    layer.bias += 1
    expected = (X - 0.5) / np.sqrt(4 + 1e-5) * 3 + 1
    np.testing.assert_allclose(layer(tg.tensor(X)).numpy(), expected, rtol=1e-5)
    assert repr(layer) == "FrozenBatchNorm2d(4, eps=1e-05)"


def test_permute():
    assert ops.Permute([0, 2, 3, 1])(tg.tensor(X)).shape == (2, 6, 6, 4)
