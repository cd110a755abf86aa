"""What libraries take from PyTorch's `torch._utils`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tinygrad_np.ops.join import cat

__all__: list[str] = []


def _flatten_dense_tensors(tensors: Sequence[Any]) -> Any:
    """The elements of tensors of one dtype, one after the other."""
    return cat([t.contiguous().view(-1) for t in tensors])


def _unflatten_dense_tensors(flat: Any, tensors: Sequence[Any]) -> tuple[Any, ...]:
    """Views of `flat` in the shapes of tensors."""
    parts = flat.split([t.numel() for t in tensors])
    return tuple(part.view_as(t) for part, t in zip(parts, tensors, strict=True))
