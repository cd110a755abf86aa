"""PyTorch's compilers: there is none, and what is to be compiled runs as it stands."""

from __future__ import annotations

import contextlib
from typing import Any

__all__ = ["compile", "disable", "is_compiling", "reset"]


def compile(
    model: Any = None,
    *,
    fullgraph: bool = False,
    dynamic: bool | None = None,
    backend: Any = None,
    mode: str | None = None,
    options: Any = None,
    name: str | None = None,
    disable: bool = False,
    **more: Any,
) -> Any:
    """Return the function or module as it is; with options alone, a decorator that does.

    Parameters
    ----------
    model : callable, optional
    fullgraph, dynamic, backend, mode, options, name, disable
        Accepted and ignored.

    Raises
    ------
    RuntimeError
        For `mode` and `options` together, as in PyTorch.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.compile(tg.nn.ReLU(), mode="max-autotune")
    ReLU()
    """
    if mode is not None and options is not None:
        raise RuntimeError("Either mode or options can be specified, but both can't be specified")
    return (lambda function: function) if model is None else model


def disable(fn: Any = None, recursive: bool = True, *, reason: str | None = None) -> Any:
    """Return the function as it is: nothing is compiled.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.compiler.disable(abs) is abs
    True
    """
    return (lambda function: function) if fn is None else fn


def is_compiling() -> bool:
    """False.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.compiler.is_compiling()
    False
    """
    return False


def reset() -> None:
    """Do nothing: nothing is compiled.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.compiler.reset()
    """


optimized_execution = contextlib.nullcontext
