"""Transforms of images, in torchvision's names: objects to be called with an image.

An image is a NumPy array (H, W) or (H, W, C), as most datasets give it, a picture of Pillow's, or a
Tensor (..., H, W); what comes out is of the same kind, save for those that convert. An array of
uint8 stands for a picture, and is computed with as Pillow would. What is random is drawn from the
default generator, in a DataLoader's worker from the worker's own, and is what torchvision draws for
the same seed.

Source: https://pytorch.org/vision/stable/transforms.html

Examples
--------
>>> import tinygrad_np as tg
>>> from tinygrad_np.vision import datasets, transforms
>>> transform = transforms.Compose(
...     [transforms.ToTensor(), transforms.Normalize((0.1307,), (0.3081,))]
... )
>>> image, label = datasets.Digits(train=False, transform=transform)[0]
>>> image.shape, image.dtype
(torch.Size([1, 28, 28]), torch.float32)
"""

from tinygrad_np.vision.transforms import functional
from tinygrad_np.vision.transforms.auto import (
    AutoAugment,
    AutoAugmentPolicy,
    RandAugment,
    TrivialAugmentWide,
)
from tinygrad_np.vision.transforms.basic import (
    CenterCrop,
    Compose,
    ConvertImageDtype,
    FiveCrop,
    Grayscale,
    Lambda,
    LinearTransformation,
    Normalize,
    Pad,
    PILToTensor,
    Resize,
    TenCrop,
    ToPILImage,
    ToTensor,
)
from tinygrad_np.vision.transforms.choice import RandomApply, RandomChoice, RandomOrder
from tinygrad_np.vision.transforms.image import InterpolationMode
from tinygrad_np.vision.transforms.random import (
    RandomCrop,
    RandomErasing,
    RandomHorizontalFlip,
    RandomResizedCrop,
    RandomVerticalFlip,
)
from tinygrad_np.vision.transforms.random_colour import (
    ColorJitter,
    GaussianBlur,
    RandomAdjustSharpness,
    RandomAutocontrast,
    RandomEqualize,
    RandomGrayscale,
    RandomInvert,
    RandomPosterize,
    RandomSolarize,
)
from tinygrad_np.vision.transforms.random_turns import (
    ElasticTransform,
    RandomAffine,
    RandomPerspective,
    RandomRotation,
)

from tinygrad_np.vision.transforms import v2  # isort: skip  # made of those above

__all__ = [
    "AutoAugment",
    "AutoAugmentPolicy",
    "CenterCrop",
    "ColorJitter",
    "Compose",
    "ConvertImageDtype",
    "ElasticTransform",
    "FiveCrop",
    "GaussianBlur",
    "Grayscale",
    "InterpolationMode",
    "Lambda",
    "LinearTransformation",
    "Normalize",
    "PILToTensor",
    "Pad",
    "RandAugment",
    "RandomAdjustSharpness",
    "RandomAffine",
    "RandomApply",
    "RandomAutocontrast",
    "RandomChoice",
    "RandomCrop",
    "RandomEqualize",
    "RandomErasing",
    "RandomGrayscale",
    "RandomHorizontalFlip",
    "RandomInvert",
    "RandomOrder",
    "RandomPerspective",
    "RandomPosterize",
    "RandomResizedCrop",
    "RandomRotation",
    "RandomSolarize",
    "RandomVerticalFlip",
    "Resize",
    "TenCrop",
    "ToPILImage",
    "ToTensor",
    "TrivialAugmentWide",
    "functional",
    "v2",
]
