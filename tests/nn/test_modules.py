"""`nn.modules`: the layers under the names of PyTorch's files."""

import importlib
import inspect

import pytest

import tinygrad_np as tg
from tinygrad_np import nn
from tinygrad_np.nn.modules import FILES


def test_are_the_layers_themselves():
    from tinygrad_np.nn.modules.rnn import LSTM

    assert LSTM is nn.LSTM is nn.modules.rnn.LSTM is nn.modules.LSTM
    assert nn.modules.linear.NonDynamicallyQuantizableLinear(2, 3).weight.shape == (3, 2)
    assert isinstance(nn.Conv2d(1, 1, 1), nn.modules.conv._ConvNd)
    assert isinstance(nn.BatchNorm1d(1), nn.modules.batchnorm._BatchNorm)
    assert nn.modules.loss._Loss.forward is nn.Module.forward
    with pytest.raises(AttributeError, match="none_such"):
        nn.modules.none_such  # noqa: B018


def test_numbers_for_each_dimension():
    utils = nn.modules.utils
    assert [utils._single(3), utils._pair(3), utils._triple(3)] == [(3,), (3, 3), (3, 3, 3)]
    assert utils._pair([1, 2]) == (1, 2)
    assert len(utils._quadruple(tg.tensor(1).item())) == 4


@pytest.mark.torch
@pytest.mark.parametrize("name", FILES)
def test_every_layer_is_where_pytorch_has_it(name):
    theirs = importlib.import_module(f"torch.nn.modules.{name}")
    ours = importlib.import_module(f"tinygrad_np.nn.modules.{name}")
    expected = {
        n for n, v in vars(theirs).items()
        if inspect.isclass(v) and v.__module__ == theirs.__name__ and hasattr(nn, n)
    }  # fmt: skip
    assert {n for n in expected if getattr(ours, n, None) is not getattr(nn, n)} == set()
