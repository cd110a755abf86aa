"""The second version of the transforms: those of the first, and some more.

A transform is called with one image here, which is a Tensor, a picture of Pillow's or an array:
there are no boxes, masks and videos that go with it.

Source: https://pytorch.org/vision/stable/transforms.html#v2-api-reference-recommended

Examples
--------
>>> import tinygrad_np as tg
>>> from tinygrad_np.vision import datasets
>>> from tinygrad_np.vision.transforms import v2
>>> transform = v2.Compose([v2.ToImage(), v2.ToDtype(tg.float32, scale=True)])
>>> image, label = datasets.Digits(train=False, transform=transform)[0]
>>> image.shape, image.max()
(torch.Size([1, 28, 28]), tensor(1.))
"""

from tinygrad_np.vision.transforms import (
    AutoAugmentPolicy,
    CenterCrop,
    ColorJitter,
    Compose,
    ConvertImageDtype,
    ElasticTransform,
    FiveCrop,
    GaussianBlur,
    InterpolationMode,
    Lambda,
    LinearTransformation,
    Normalize,
    Pad,
    PILToTensor,
    RandomAdjustSharpness,
    RandomAffine,
    RandomApply,
    RandomAutocontrast,
    RandomEqualize,
    RandomErasing,
    RandomGrayscale,
    RandomHorizontalFlip,
    RandomInvert,
    RandomPerspective,
    RandomPosterize,
    RandomRotation,
    RandomSolarize,
    RandomVerticalFlip,
    TenCrop,
    ToPILImage,
    ToTensor,
)
from tinygrad_np.vision.transforms.v2 import functional
from tinygrad_np.vision.transforms.v2.auto import AutoAugment, RandAugment, TrivialAugmentWide
from tinygrad_np.vision.transforms.v2.mix import CutMix, MixUp
from tinygrad_np.vision.transforms.v2.more import (
    RGB,
    GaussianNoise,
    Grayscale,
    Identity,
    RandomChannelPermutation,
    RandomChoice,
    RandomCrop,
    RandomOrder,
    RandomPhotometricDistort,
    RandomResizedCrop,
    Resize,
    ToDtype,
    ToImage,
    ToPureTensor,
)

__all__ = [
    "RGB",
    "AutoAugment",
    "AutoAugmentPolicy",
    "CenterCrop",
    "ColorJitter",
    "Compose",
    "ConvertImageDtype",
    "CutMix",
    "ElasticTransform",
    "FiveCrop",
    "GaussianBlur",
    "GaussianNoise",
    "Grayscale",
    "Identity",
    "InterpolationMode",
    "Lambda",
    "LinearTransformation",
    "MixUp",
    "Normalize",
    "PILToTensor",
    "Pad",
    "RandAugment",
    "RandomAdjustSharpness",
    "RandomAffine",
    "RandomApply",
    "RandomAutocontrast",
    "RandomChannelPermutation",
    "RandomChoice",
    "RandomCrop",
    "RandomEqualize",
    "RandomErasing",
    "RandomGrayscale",
    "RandomHorizontalFlip",
    "RandomInvert",
    "RandomOrder",
    "RandomPerspective",
    "RandomPhotometricDistort",
    "RandomPosterize",
    "RandomResizedCrop",
    "RandomRotation",
    "RandomSolarize",
    "RandomVerticalFlip",
    "Resize",
    "TenCrop",
    "ToDtype",
    "ToImage",
    "ToPILImage",
    "ToPureTensor",
    "ToTensor",
    "TrivialAugmentWide",
    "functional",
]
