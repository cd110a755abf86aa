"""`device`: there is one, the CPU."""

from __future__ import annotations


class device:
    """Where a tensor lives: always the CPU. Accepted wherever PyTorch takes a device.

    Parameters
    ----------
    type : str or device
        ``"cpu"`` or ``"cpu:0"``.
    index : int, optional

    Raises
    ------
    RuntimeError
        For any other device.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.device("cpu")
    device(type='cpu')
    """

    __slots__ = ("index", "type")
    index: int | None
    type: str

    def __init__(self, type: str | device = "cpu", index: int | None = None) -> None:
        name, _, number = str(type).partition(":")  # of a device, too, its name
        if name != "cpu" or (number or "0") != "0" or index not in (None, 0):
            raise RuntimeError(f"device {str(type)!r} is not available: tinygrad_np runs on 'cpu'")
        self.type = name
        self.index = 0 if number else index

    def __repr__(self) -> str:
        return f"device(type='{self.type}'{'' if self.index is None else f', index={self.index}'})"

    def __str__(self) -> str:
        return self.type if self.index is None else f"{self.type}:{self.index}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, device) and (self.type, self.index) == (other.type, other.index)

    def __hash__(self) -> int:
        return hash((self.type, self.index))


CPU = device("cpu")
