"""PyTorch's `torch.nn`: modules, layers, losses, their functions and initial values."""
# ruff: noqa: F403

from tinygrad_np.nn import functional as functional
from tinygrad_np.nn import init as init
from tinygrad_np.nn import utils as utils
from tinygrad_np.nn.activation import *
from tinygrad_np.nn.adaptive import *
from tinygrad_np.nn.batch_norm import *
from tinygrad_np.nn.container import *
from tinygrad_np.nn.conv import *
from tinygrad_np.nn.distance import *
from tinygrad_np.nn.dropout import *
from tinygrad_np.nn.lazy import *
from tinygrad_np.nn.linear import *
from tinygrad_np.nn.loss import *
from tinygrad_np.nn.margin_loss import *
from tinygrad_np.nn.module import *
from tinygrad_np.nn.multihead import *
from tinygrad_np.nn.normalization import *
from tinygrad_np.nn.padding import *
from tinygrad_np.nn.parallel import DataParallel as DataParallel
from tinygrad_np.nn.parameter import *
from tinygrad_np.nn.pooling import *
from tinygrad_np.nn.recurrent import *
from tinygrad_np.nn.recurrent_cell import *
from tinygrad_np.nn.resampling import *
from tinygrad_np.nn.softmax import *
from tinygrad_np.nn.sparse import *
from tinygrad_np.nn.transformer import *

from tinygrad_np.nn import modules as modules  # isort: skip  # shows what is above
