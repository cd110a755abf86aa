"""PyTorch's `torch.nn.functional`: the functions behind the layers.

Source: https://pytorch.org/docs/stable/nn.functional.html
"""
# ruff: noqa: F403

from tinygrad_np.nn.composite import *
from tinygrad_np.ops.activation import *
from tinygrad_np.ops.adaptive import *
from tinygrad_np.ops.attention import *
from tinygrad_np.ops.batch_norm import *
from tinygrad_np.ops.binary import *
from tinygrad_np.ops.cdist import pdist as pdist
from tinygrad_np.ops.classification import *
from tinygrad_np.ops.conv import *
from tinygrad_np.ops.ctc import *
from tinygrad_np.ops.distance import *
from tinygrad_np.ops.dropout import *
from tinygrad_np.ops.einsum import bilinear as bilinear
from tinygrad_np.ops.embedding import *
from tinygrad_np.ops.embedding_bag import *
from tinygrad_np.ops.exponential import sigmoid as sigmoid
from tinygrad_np.ops.fold import *
from tinygrad_np.ops.fractional import *
from tinygrad_np.ops.grid import *
from tinygrad_np.ops.interpolate import *
from tinygrad_np.ops.linalg import linear as linear
from tinygrad_np.ops.loss import *
from tinygrad_np.ops.margin import *
from tinygrad_np.ops.normalize import *
from tinygrad_np.ops.pad import *
from tinygrad_np.ops.piecewise import *
from tinygrad_np.ops.pool import *
from tinygrad_np.ops.softmax import *
from tinygrad_np.ops.trigonometry import tanh as tanh
from tinygrad_np.ops.unpool import *
from tinygrad_np.ops.volume import *
