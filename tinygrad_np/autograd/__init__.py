"""PyTorch's `torch.autograd`: backward, grad, Function, gradcheck."""

from tinygrad_np.autograd.gradcheck import GradcheckError, gradcheck, gradgradcheck
from tinygrad_np.tape.backward import backward, grad
from tinygrad_np.tape.grad_mode import enable_grad, inference_mode, no_grad, set_grad_enabled

__all__ = [
    "GradcheckError",
    "backward",
    "enable_grad",
    "grad",
    "gradcheck",
    "gradgradcheck",
    "inference_mode",
    "no_grad",
    "set_grad_enabled",
]
