"""Learning rate schedules, in PyTorch's names: call `step()` after each epoch, or each batch."""

from tinygrad_np.optim.lr_scheduler.base import LRScheduler
from tinygrad_np.optim.lr_scheduler.base import _LRScheduler as _LRScheduler
from tinygrad_np.optim.lr_scheduler.combined import ChainedScheduler, SequentialLR
from tinygrad_np.optim.lr_scheduler.cosine import CosineAnnealingLR, CosineAnnealingWarmRestarts
from tinygrad_np.optim.lr_scheduler.cyclic import CyclicLR, OneCycleLR
from tinygrad_np.optim.lr_scheduler.factor import (
    ConstantLR,
    ExponentialLR,
    LambdaLR,
    LinearLR,
    MultiplicativeLR,
    MultiStepLR,
    PolynomialLR,
    StepLR,
)
from tinygrad_np.optim.lr_scheduler.plateau import ReduceLROnPlateau

__all__ = [
    "ChainedScheduler",
    "ConstantLR",
    "CosineAnnealingLR",
    "CosineAnnealingWarmRestarts",
    "CyclicLR",
    "ExponentialLR",
    "LRScheduler",
    "LambdaLR",
    "LinearLR",
    "MultiStepLR",
    "MultiplicativeLR",
    "OneCycleLR",
    "PolynomialLR",
    "ReduceLROnPlateau",
    "SequentialLR",
    "StepLR",
]

for (
    _name
) in __all__:  # scripts know a schedule of PyTorch's by `s.__module__ == lr_scheduler.__name__`
    globals()[_name].__module__ = __name__
del _name
