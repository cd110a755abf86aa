"""Automatic mixed precision: there is none, and scripts that ask for it run in full precision."""

from __future__ import annotations

import functools
import warnings
from typing import Any, TypeVar

import numpy as np

from tinygrad_np.device import device
from tinygrad_np.dtypes import bfloat16, float16

__all__ = [
    "GradScaler", "autocast", "custom_bwd", "custom_fwd", "is_autocast_available",
]  # fmt: skip

F = TypeVar("F")


class autocast:
    """The context and decorator under which PyTorch computes in a smaller dtype; here, nothing.

    NumPy has no bfloat16, and no BLAS for float16: products in it would take many times as long.
    So ops keep their dtypes, results are float32 and at least as exact, and a warning says so.

    Parameters
    ----------
    device_type : str
    dtype : dtype, optional
        The default is PyTorch's: bfloat16 for the CPU, else float16.
    enabled : bool, default True
        False: without a warning.
    cache_enabled : bool, optional

    Raises
    ------
    ValueError
        If `device_type` is no str.
    RuntimeError
        If it names no kind of device.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> with tg.autocast("cpu", enabled=False):
    ...     (tg.ones(1, 2) @ tg.ones(2, 1)).dtype
    torch.float32
    """

    def __init__(
        self,
        device_type: str,
        dtype: Any = None,
        enabled: bool = True,
        cache_enabled: bool | None = None,
    ) -> None:
        if not isinstance(device_type, str):
            raise ValueError(
                f"Expected device_type of type `str`, got: {type(device_type).__name__}"
            )
        self.device, self._enabled = device(device_type).type, False
        self.fast_dtype = dtype or get_autocast_dtype(self.device)
        if not enabled:
            return
        if self.device != "cpu":
            why = f"{self.device} is not available. Disabling autocast."
        elif self.fast_dtype not in (bfloat16, float16):
            why = (
                f"autocast on the CPU to {self.fast_dtype}: the target dtype is not supported. "
                "Disabling autocast: it is for torch.bfloat16 and torch.float16."
            )
        else:
            why = (
                f"autocast to {self.fast_dtype} changes nothing here: ops keep their dtypes, and "
                "their results are at least as exact. Where a script needs the smaller dtype, "
                "convert a result with .half()."
            )
        warnings.warn(why, stacklevel=2 if type(self) is autocast else 3)

    def __enter__(self) -> autocast:
        return self

    def __exit__(self, *_: Any) -> None:
        pass

    def __call__(self, func: Any) -> Any:
        @functools.wraps(func)
        def decorated(*args: Any, **kwargs: Any) -> Any:
            return func(*args, **kwargs)

        return decorated


class GradScaler:
    """Scales a loss up, and its gradients down before the step, so that float16 holds them.

    Disabled, each method passes through what it gets; it is disabled for CUDA, which is not there.

    Parameters
    ----------
    device : str, default "cuda"
    init_scale : float, default 65536
    growth_factor, backoff_factor : float, default 2, 0.5
        What the scale is multiplied by after `growth_interval` steps without an infinite gradient,
        and after one with.
    growth_interval : int, default 2000
    enabled : bool, default True

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.amp.GradScaler("cpu", init_scale=4.0).scale(tg.ones(1))
    tensor([4.])
    >>> tg.amp.GradScaler(enabled=False).scale(tg.ones(1))
    tensor([1.])
    """

    def __init__(
        self,
        device: str = "cuda",
        init_scale: float = 65536.0,
        growth_factor: float = 2.0,
        backoff_factor: float = 0.5,
        growth_interval: int = 2000,
        enabled: bool = True,
    ) -> None:
        if enabled and device != "cpu":
            warnings.warn(
                f"GradScaler is enabled, but {device} is not available. Disabling.", stacklevel=2
            )
            enabled = False
        self._enabled = enabled
        self._scale, self._growth_tracker = float(init_scale), 0
        self._growth_factor, self._backoff_factor = growth_factor, backoff_factor
        self._growth_interval = growth_interval
        self._unscaled: dict[int, bool] = {}  # by optimizer: whether a gradient was infinite

    def is_enabled(self) -> bool:
        """Whether it scales."""
        return self._enabled

    def get_scale(self) -> float:
        """The factor now; 1 when disabled."""
        return self._scale if self._enabled else 1.0

    def scale(self, outputs: Any) -> Any:
        """The tensor, or each of a list or tuple, times the scale."""
        if not self._enabled:
            return outputs
        if isinstance(outputs, (list, tuple)):
            return type(outputs)(self.scale(o) for o in outputs)
        return outputs * self._scale

    def unscale_(self, optimizer: Any) -> None:
        """Divide the gradients of an optimizer's parameters by the scale, before clipping them."""
        if not self._enabled:
            return
        if id(optimizer) in self._unscaled:
            raise RuntimeError(
                "unscale_() has already been called on this optimizer since the last update()."
            )
        infinite = False
        for group in optimizer.param_groups:
            for param in group["params"]:
                if param.grad is not None:
                    param.grad.mul_(1.0 / self._scale)
                    infinite |= not bool(np.isfinite(param.grad.numpy()).all())
        self._unscaled[id(optimizer)] = infinite

    def step(self, optimizer: Any, *args: Any, **kwargs: Any) -> Any:
        """Unscale and step, unless a gradient is infinite or nan."""
        if not self._enabled:
            return optimizer.step(*args, **kwargs)
        if id(optimizer) not in self._unscaled:
            self.unscale_(optimizer)
        return None if self._unscaled[id(optimizer)] else optimizer.step(*args, **kwargs)

    def update(self, new_scale: float | None = None) -> None:
        """Let the scale follow the steps since the last `update`, or set it."""
        if not self._enabled:
            return
        if new_scale is not None:
            self._scale = float(new_scale)
        elif any(self._unscaled.values()):
            self._scale *= self._backoff_factor
            self._growth_tracker = 0
        else:
            self._growth_tracker += 1
            if self._growth_tracker == self._growth_interval:
                self._scale *= self._growth_factor
                self._growth_tracker = 0
        self._unscaled.clear()

    def state_dict(self) -> dict[str, Any]:
        """The state as PyTorch has it; empty when disabled."""
        if not self._enabled:
            return {}
        return {
            "scale": self._scale,
            "growth_factor": self._growth_factor,
            "backoff_factor": self._backoff_factor,
            "growth_interval": self._growth_interval,
            "_growth_tracker": self._growth_tracker,
        }

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over what `state_dict` gave."""
        if not self._enabled:
            return
        for key, value in state_dict.items():
            setattr(self, f"_{key.lstrip('_')}", value)


def custom_fwd(fwd: Any = None, *, device_type: str = "cpu", cast_inputs: Any = None) -> Any:
    """Mark the forward of an `autograd.Function` for autocast: it is left as it is.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.amp.custom_fwd(device_type="cpu")(abs) is tg.amp.custom_bwd(abs) is abs
    True
    """
    return (lambda function: function) if fwd is None else fwd


def custom_bwd(bwd: Any = None, *, device_type: str = "cpu") -> Any:
    """Mark the backward of an `autograd.Function` for autocast: it is left as it is.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.amp.custom_bwd(abs) is abs
    True
    """
    return (lambda function: function) if bwd is None else bwd


def is_autocast_available(device_type: str) -> bool:
    """Whether `autocast` may be asked for on a device, as it may on the CPU.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.amp.is_autocast_available("cpu")
    True
    """
    return device_type == "cpu"


def get_autocast_dtype(device_type: str) -> Any:
    """The dtype that `autocast` is to if none is given: bfloat16 for the CPU, else float16.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.get_autocast_dtype("cpu"), tg.get_autocast_gpu_dtype()
    (torch.bfloat16, torch.float16)
    """
    return bfloat16 if device(device_type).type == "cpu" else float16


def get_autocast_cpu_dtype() -> Any:
    """`get_autocast_dtype` of the CPU.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.get_autocast_cpu_dtype()
    torch.bfloat16
    """
    return get_autocast_dtype("cpu")


def get_autocast_gpu_dtype() -> Any:
    """`get_autocast_dtype` of CUDA.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.get_autocast_gpu_dtype()
    torch.float16
    """
    return get_autocast_dtype("cuda")


def is_autocast_cpu_enabled() -> bool:
    """False: `autocast` changes nothing.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.is_autocast_cpu_enabled()
    False
    """
    return False
