"""PyTorch's `torch.autograd`: backward, grad, Function, gradcheck, functional."""

from tinygrad_np.autograd import functional, graph, profiler
from tinygrad_np.autograd.anomaly_mode import detect_anomaly, set_detect_anomaly
from tinygrad_np.autograd.function import Function
from tinygrad_np.autograd.gradcheck import GradcheckError, gradcheck, gradgradcheck
from tinygrad_np.legacy import Variable
from tinygrad_np.tape.backward import backward, grad
from tinygrad_np.tape.grad_mode import (
    enable_grad,
    inference_mode,
    no_grad,
    set_grad_enabled,
)

__all__ = [
    "Function",
    "GradcheckError",
    "Variable",
    "backward",
    "detect_anomaly",
    "enable_grad",
    "functional",
    "grad",
    "gradcheck",
    "gradgradcheck",
    "graph",
    "inference_mode",
    "no_grad",
    "profiler",
    "set_detect_anomaly",
    "set_grad_enabled",
]
