"""Networks for images, under torchvision's names, without their weights.

The modules have torchvision's names and are made in its order: its files of weights fit
(``model.load_state_dict(tinygrad_np.load(file))``), and a seed gives its initial values.

Source: https://pytorch.org/vision/stable/models.html

Examples
--------
>>> import tinygrad_np as tg
>>> from tinygrad_np.vision import models
>>> model = models.squeezenet1_1(num_classes=10).eval()
>>> model(tg.rand(1, 3, 64, 64)).shape
torch.Size([1, 10])
"""

from typing import Any

from tinygrad_np.vision.models import alexnet as _alexnet
from tinygrad_np.vision.models import densenet, mobilenet, resnet, squeezenet, vgg
from tinygrad_np.vision.models.alexnet import *  # noqa: F403
from tinygrad_np.vision.models.builders import get_model, list_models, weights_of
from tinygrad_np.vision.models.densenet import *  # noqa: F403
from tinygrad_np.vision.models.mobilenet import *  # noqa: F403
from tinygrad_np.vision.models.resnet import *  # noqa: F403
from tinygrad_np.vision.models.squeezenet import *  # noqa: F403
from tinygrad_np.vision.models.vgg import *  # noqa: F403

__all__ = [
    *_alexnet.__all__,
    *densenet.__all__,
    "get_model",
    "list_models",
    *mobilenet.__all__,
    *resnet.__all__,
    *squeezenet.__all__,
    *vgg.__all__,
]


def __getattr__(name: str) -> Any:
    return weights_of(name)
