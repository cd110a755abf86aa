"""How tensors are printed: as PyTorch prints them."""

from __future__ import annotations

from typing import Any


def tensor_repr(tensor: Any) -> str:
    return f"tensor({tensor._array!r})"
