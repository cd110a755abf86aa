"""PyTorch's `torch.fx`, of which there is the mark alone: no module is traced."""

from __future__ import annotations

from typing import Any

__all__ = ["wrap"]


def wrap(fn_or_name: Any) -> Any:
    """Return the function, or its name, as it is: nothing is traced that could go into it.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.fx.wrap(len) is len
    True
    """
    return fn_or_name
