"""Making modules without initial values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tinygrad_np.nn.module import Module
from tinygrad_np.random import fork_rng

__all__ = ["skip_init"]


def skip_init(module_cls: Callable[..., Module], *args: Any, **kwargs: Any) -> Any:
    """A module whose parameters are for the caller to fill; no random numbers are used up for it.

    Parameters
    ----------
    module_cls : type
        Of the module.
    *args, **kwargs
        What it is made with.

    Source: https://pytorch.org/docs/stable/generated/torch.nn.utils.skip_init.html

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.nn.utils.skip_init(tg.nn.Linear, 2, 3).weight.shape
    torch.Size([3, 2])
    """
    with fork_rng():
        return module_cls(*args, **kwargs)
