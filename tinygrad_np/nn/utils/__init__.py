"""PyTorch's `torch.nn.utils`: clipping gradients, parameters as one vector."""
# ruff: noqa: F403

from tinygrad_np.nn.utils import parametrizations as parametrizations
from tinygrad_np.nn.utils import parametrize as parametrize
from tinygrad_np.nn.utils import prune as prune
from tinygrad_np.nn.utils import rnn as rnn
from tinygrad_np.nn.utils import stateless as stateless
from tinygrad_np.nn.utils.clip_grad import *
from tinygrad_np.nn.utils.convert_parameters import *
from tinygrad_np.nn.utils.fusion import *
from tinygrad_np.nn.utils.init import *
from tinygrad_np.nn.utils.spectral_norm import *
from tinygrad_np.nn.utils.weight_norm import *
