"""Size: the shape of a tensor."""

from __future__ import annotations

import math

_item = tuple.__getitem__


class Size(tuple[int, ...]):
    """The shape of a tensor: a tuple of ints.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.zeros(2, 3).shape
    torch.Size([2, 3])
    >>> tg.zeros(2, 3).shape.numel()
    6
    """

    __slots__ = ()

    def numel(self) -> int:
        """The product of the sizes."""
        return math.prod(self)

    def __repr__(self) -> str:
        return f"torch.Size({list(self)})"

    def __getitem__(self, key):  # type: ignore[no-untyped-def]
        got = _item(self, key)
        return Size(got) if type(key) is slice else got

    def __add__(self, other: tuple[int, ...]) -> Size:  # type: ignore[override]
        if not isinstance(other, tuple):
            raise TypeError(
                f"can only concatenate tuple (not {type(other).__name__}) to torch.Size"
            )
        return Size(super().__add__(other))

    def __radd__(self, other: tuple[int, ...]) -> Size:
        return Size(other) + self

    def __mul__(self, count) -> Size:  # type: ignore[no-untyped-def, override]
        return Size(super().__mul__(count))

    __rmul__ = __mul__
