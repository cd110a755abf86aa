"""`device`: where tensors live. Devices can be named as in PyTorch; there is one, the CPU."""

from __future__ import annotations

from typing import Any

__all__ = [
    "AcceleratorError",
    "OutOfMemoryError",
    "device",
    "get_default_device",
    "set_default_device",
]

KINDS = (
    "cpu", "cuda", "ipu", "xpu", "mkldnn", "opengl", "opencl", "ideep", "hip", "ve", "fpga", "maia",
    "xla", "lazy", "vulkan", "mps", "meta", "hpu", "mtia",
)  # fmt: skip


class NoDevice(AssertionError, RuntimeError):  # noqa: N818
    """A device that is not there. PyTorch raises AssertionError for CUDA, else RuntimeError."""


class OutOfMemoryError(RuntimeError):
    """What an accelerator raises when its memory is full: scripts name it in ``except``.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> issubclass(tg.OutOfMemoryError, RuntimeError)
    True
    """


class AcceleratorError(RuntimeError):
    """What an accelerator raises when it fails.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> issubclass(tg.AcceleratorError, RuntimeError)
    True
    """


class device:
    """The name of a device. Tensors are on the CPU; another one is an error where it is used.

    Also a context, in which PyTorch makes tensors on the device.

    Parameters
    ----------
    type : str or device
        Such as ``"cpu"`` or ``"cuda:0"``.
    index : int, optional

    Raises
    ------
    RuntimeError
        For what is no name of a device, and for a number: it would count accelerators.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.device("cpu")
    device(type='cpu')
    >>> tg.device("cuda", 1).index
    1
    """

    __slots__ = ("index", "type")
    index: int | None
    type: str

    def __init__(self, type: str | device | int = "cpu", index: int | None = None) -> None:
        if isinstance(type, int):
            raise NoDevice(f"device {type}: there is no accelerator; use 'cpu'")
        name, colon, number = str(type).partition(":")  # of a device, too, its name
        if name not in KINDS:
            raise RuntimeError(f"Expected one of {', '.join(KINDS)} as a device, got {name!r}")
        if colon and not number.isdigit():
            raise RuntimeError(f"Invalid device string: {type!r}")
        if colon and index is not None:
            raise RuntimeError(f"the index of {type!r} is given twice, by index={index}, too")
        self.type = name
        self.index = int(number) if colon else index

    def __repr__(self) -> str:
        return f"device(type='{self.type}'{'' if self.index is None else f', index={self.index}'})"

    def __str__(self) -> str:
        return self.type if self.index is None else f"{self.type}:{self.index}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, device) and (self.type, self.index) == (other.type, other.index)

    def __hash__(self) -> int:
        return hash((self.type, self.index))

    def __enter__(self) -> device:
        return require_cpu(self)

    def __exit__(self, *_: Any) -> None:
        pass


CPU = device("cpu")


def require_cpu(where: Any) -> device:
    """`where` as a device, if it is the CPU.

    Raises
    ------
    RuntimeError
        If it is another; AssertionError, too, as PyTorch's for CUDA.
    """
    found = where if isinstance(where, device) else device(where)
    if found.type != "cpu":
        raise NoDevice(
            f"device {str(found)!r} is not available: tinygrad_np runs on 'cpu' "
            f"(Torch not compiled with {found.type.upper()} enabled)"
        )
    return found


def get_default_device() -> device:
    """The device of tensors made without naming one: the CPU.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.get_default_device()
    device(type='cpu')
    """
    return CPU


def set_default_device(device: Any) -> None:
    """Accept the CPU as the device of new tensors; RuntimeError for another.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.set_default_device("cpu")
    """
    if device is not None:
        require_cpu(device)
