"""Names for how elements lie in memory: `channels_last`, `strided` and others."""

from __future__ import annotations

__all__ = [
    "channels_last", "channels_last_3d", "contiguous_format", "layout", "memory_format",
    "preserve_format", "sparse_coo", "strided",
]  # fmt: skip


class memory_format:
    """An order of the elements in memory; `axes` are the dimensions from the outermost one in.

    Functions take it and leave the order as it is: layers choose what is fastest themselves, and
    that is not to be seen.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.zeros(2, 3, 4, 5).to(memory_format=tg.channels_last).stride()
    (60, 20, 5, 1)
    """

    def __init__(self, name: str, axes: tuple[int, ...] = ()) -> None:
        self.name, self.axes = name, axes

    def __repr__(self) -> str:
        return f"torch.{self.name}"

    def __reduce__(self) -> str:
        return self.name


class layout(memory_format):
    """A kind of tensor: `strided`, one array, or `sparse_coo`, values and where they are."""


contiguous_format = memory_format("contiguous_format")
preserve_format = memory_format("preserve_format")
channels_last = memory_format("channels_last", (0, 2, 3, 1))
channels_last_3d = memory_format("channels_last_3d", (0, 2, 3, 4, 1))
strided = layout("strided")
sparse_coo = layout("sparse_coo")
