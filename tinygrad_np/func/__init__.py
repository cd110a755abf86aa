"""PyTorch's `torch.func`: functions of functions.

Source: the interface is PyTorch's, https://pytorch.org/docs/stable/func.api.html
"""

from tinygrad_np.func.derivatives import grad, grad_and_value, jvp, linearize, vjp
from tinygrad_np.func.jacobians import hessian, jacfwd, jacrev
from tinygrad_np.func.modules import functional_call, stack_module_state
from tinygrad_np.func.vectorize import vmap

__all__ = [
    "functional_call",
    "grad",
    "grad_and_value",
    "hessian",
    "jacfwd",
    "jacrev",
    "jvp",
    "linearize",
    "stack_module_state",
    "vjp",
    "vmap",
]
