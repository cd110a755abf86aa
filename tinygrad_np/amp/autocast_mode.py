"""Automatic mixed precision: there is none, and scripts that ask for it run in full precision."""

from __future__ import annotations

import functools
import warnings
from typing import Any, TypeVar

from tinygrad_np.device import device
from tinygrad_np.dtypes import bfloat16, float16

__all__ = [
    "autocast", "custom_bwd", "custom_fwd", "get_autocast_cpu_dtype", "get_autocast_dtype",
    "get_autocast_gpu_dtype", "is_autocast_available", "is_autocast_cpu_enabled",
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
