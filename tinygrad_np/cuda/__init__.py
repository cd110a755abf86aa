"""`cuda`: there is none, so that scripts that ask for it run on the CPU."""

from __future__ import annotations

from typing import Any

from tinygrad_np.cuda import amp as amp
from tinygrad_np.device import AcceleratorError, NoDevice, OutOfMemoryError

__all__ = [
    "AcceleratorError", "BoolTensor", "ByteTensor", "current_device", "device", "device_count",
    "DoubleTensor", "empty_cache", "Event", "FloatTensor", "get_device_capability",
    "get_device_name", "get_device_properties", "HalfTensor", "init", "IntTensor", "is_available",
    "is_bf16_supported", "is_initialized", "LongTensor", "manual_seed", "manual_seed_all",
    "max_memory_allocated", "memory_allocated", "memory_reserved", "OutOfMemoryError",
    "reset_peak_memory_stats", "set_device", "Stream", "synchronize",
]  # fmt: skip

_initialized = False  # read by scripts that keep the state of generators


def is_available() -> bool:
    """False.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.device("cuda" if tg.cuda.is_available() else "cpu")
    device(type='cpu')
    """
    return False


def is_initialized() -> bool:
    """False.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.cuda.is_initialized()
    False
    """
    return False


def is_bf16_supported(including_emulation: bool = True) -> bool:
    """False.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.cuda.is_bf16_supported()
    False
    """
    return False


def device_count() -> int:
    """0.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.cuda.device_count()
    0
    """
    return 0


def memory_allocated(device: Any = None) -> int:
    """0.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.cuda.memory_allocated()
    0
    """
    return 0


def manual_seed(seed: int) -> None:
    """Do nothing: there is no generator to seed.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.cuda.manual_seed(0)
    """


def empty_cache() -> None:
    """Do nothing: nothing is cached on a device.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.cuda.empty_cache()
    """


def synchronize(device: Any = None) -> None:
    """Do nothing: nothing runs on a device, so that all of it is done.

    PyTorch without CUDA raises here; a script that times its steps runs.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.cuda.synchronize()
    """


def current_device() -> int:
    """Raise: there is no device.

    Raises
    ------
    AssertionError

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.cuda.current_device()
    Traceback (most recent call last):
    tinygrad_np.device.NoDevice: Torch not compiled with CUDA enabled: ...
    """
    raise _none()


def set_device(device: Any) -> None:
    """Raise: there is no device to be chosen.

    Raises
    ------
    AssertionError

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.cuda.set_device(0)
    Traceback (most recent call last):
    tinygrad_np.device.NoDevice: Torch not compiled with CUDA enabled: ...
    """
    raise _none()


def get_device_name(device: Any = None) -> str:
    """Raise: there is no device.

    Raises
    ------
    AssertionError

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.cuda.get_device_name(0)
    Traceback (most recent call last):
    tinygrad_np.device.NoDevice: Torch not compiled with CUDA enabled: ...
    """
    raise _none()


class device:
    """The context that makes a CUDA device the current one, without effect, as PyTorch's is."""

    def __init__(self, device: Any) -> None:
        self.idx = device

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: Any) -> None:
        pass


class _Absent:
    """A class that cannot be instantiated without CUDA."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        raise _none()


class Stream(_Absent):
    """A queue of work on a device; RuntimeError: there is none."""


class Event(_Absent):
    """A mark in a queue of work on a device; RuntimeError: there is none."""


class FloatTensor:
    """The type of tensors on a device, which there are not: TypeError, as in PyTorch."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        name = type(self).__name__
        raise TypeError(
            f"type torch.cuda.{name} not available: tinygrad_np runs on the CPU; torch.{name} is "
            "the type there"
        )


class DoubleTensor(FloatTensor):
    """See FloatTensor."""


class HalfTensor(FloatTensor):
    """See FloatTensor."""


class LongTensor(FloatTensor):
    """See FloatTensor."""


class IntTensor(FloatTensor):
    """See FloatTensor."""


class ByteTensor(FloatTensor):
    """See FloatTensor."""


class BoolTensor(FloatTensor):
    """See FloatTensor."""


def _none() -> NoDevice:
    return NoDevice("Torch not compiled with CUDA enabled: tinygrad_np runs on the CPU")


manual_seed_all = manual_seed
init = reset_peak_memory_stats = synchronize
get_device_capability = get_device_properties = get_device_name
max_memory_allocated = memory_reserved = memory_allocated
