"""PyTorch's `torch.nn.modules`: the layers under the names of PyTorch's files.

`nn.modules.rnn.LSTM` is `nn.LSTM`; each of these modules shows the names of some files of ours.
"""

from __future__ import annotations

import importlib
import sys
import types
from typing import Any

from tinygrad_np import nn

FILES = {  # PyTorch's, and ours with the same layers
    "activation": "activation multihead softmax",
    "adaptive": "adaptive",
    "batchnorm": "batch_norm lazy",
    "container": "container",
    "conv": "conv lazy",
    "distance": "distance",
    "dropout": "dropout",
    "flatten": "linear",
    "fold": "resampling",
    "instancenorm": "batch_norm lazy",
    "linear": "linear lazy",
    "loss": "loss margin_loss",
    "module": "module state module_hooks",
    "normalization": "normalization",
    "padding": "padding",
    "pixelshuffle": "resampling",
    "channelshuffle": "resampling",
    "pooling": "pooling",
    "rnn": "recurrent recurrent_cell",
    "sparse": "sparse",
    "transformer": "transformer",
    "upsampling": "resampling",
    "utils": "modules.spread",
}


def _shown(name: str, files: str) -> types.ModuleType:
    """A module with the names that some files of ours define."""
    module = types.ModuleType(f"{__name__}.{name}", f"PyTorch's `torch.nn.modules.{name}`.")
    for file in files.split():
        source = importlib.import_module(f"tinygrad_np.nn.{file}")
        for key, value in vars(source).items():
            if getattr(value, "__module__", None) == source.__name__:
                setattr(module, key, value)
    return module


for _name, _files in FILES.items():
    globals()[_name] = sys.modules[f"{__name__}.{_name}"] = _shown(_name, _files)


def __getattr__(name: str) -> Any:  # the layers themselves are there, too
    if name.startswith("__") or not hasattr(nn, name):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(nn, name)
