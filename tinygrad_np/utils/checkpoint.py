"""Checkpoints of activations: the function is called, and its activations are kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

__all__ = ["checkpoint", "checkpoint_sequential"]


def checkpoint(
    function: Callable[..., Any],
    *args: Any,
    use_reentrant: bool | None = None,
    context_fn: Any = None,
    determinism_check: str = "default",
    debug: bool = False,
    early_stop: bool = True,
    **kwargs: Any,
) -> Any:
    """Call a function. PyTorch would compute it again in backward, to save memory.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.utils.checkpoint.checkpoint(tg.exp, tg.zeros(1), use_reentrant=False)
    tensor([1.])
    """
    kwargs.pop("preserve_rng_state", None)
    return function(*args, **kwargs)


def checkpoint_sequential(
    functions: Any, segments: int, input: Any, use_reentrant: bool | None = None, **kwargs: Any
) -> Any:
    """Call the functions or modules one after another.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.utils.checkpoint.checkpoint_sequential([tg.exp, tg.exp], 2, tg.zeros(1))
    tensor([2.7183])
    """
    for function in functions:
        input = function(input)
    return input
