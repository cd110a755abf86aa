"""PyTorch's way of writing models, on NumPy and SciPy alone."""

from tinygrad_np import autograd, dtypes
from tinygrad_np.creation import ones, ones_like, tensor
from tinygrad_np.dtypes import (
    float16,
    float32,
    float64,
    int32,
    int64,
)
from tinygrad_np.ops.compare import eq
from tinygrad_np.ops.elementwise import add, exp, mul, neg, sub, tanh
from tinygrad_np.ops.index import gather, take_along_dim
from tinygrad_np.ops.join import cat, stack
from tinygrad_np.ops.shape import clone, expand, permute, reshape, squeeze, swapaxes, transpose, unsqueeze
from tinygrad_np.ops.linalg import bmm, dot, ger, matmul, mm, mv, outer, vdot
from tinygrad_np.ops.reduce import sum
from tinygrad_np.tape.grad_mode import (
    enable_grad,
    inference_mode,
    is_grad_enabled,
    is_inference_mode_enabled,
    no_grad,
    set_grad_enabled,
)
from tinygrad_np.tape.op import op
from tinygrad_np.tensor import Tensor
