"""Optimizers and learning rate schedules, in PyTorch's names."""

from tinygrad_np.optim import lr_scheduler, swa_utils
from tinygrad_np.optim.adadelta import Adadelta
from tinygrad_np.optim.adafactor import Adafactor
from tinygrad_np.optim.adagrad import Adagrad
from tinygrad_np.optim.adam import Adam, AdamW
from tinygrad_np.optim.adamax import Adamax
from tinygrad_np.optim.asgd import ASGD
from tinygrad_np.optim.lbfgs import LBFGS
from tinygrad_np.optim.muon import Muon
from tinygrad_np.optim.nadam import NAdam
from tinygrad_np.optim.optimizer import Optimizer
from tinygrad_np.optim.radam import RAdam
from tinygrad_np.optim.rmsprop import RMSprop
from tinygrad_np.optim.rprop import Rprop
from tinygrad_np.optim.sgd import SGD
from tinygrad_np.optim.sparse_adam import SparseAdam

__all__ = [
    "ASGD",
    "LBFGS",
    "SGD",
    "Adadelta",
    "Adafactor",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "Muon",
    "NAdam",
    "Optimizer",
    "RAdam",
    "RMSprop",
    "Rprop",
    "SparseAdam",
    "lr_scheduler",
    "swa_utils",
]
