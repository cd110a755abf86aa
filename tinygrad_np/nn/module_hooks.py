"""Hooks of all modules at once.

Source: https://pytorch.org/docs/stable/nn.html#global-hooks-for-module
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tinygrad_np.nn.hooks import Hook, everywhere
from tinygrad_np.tape.handle import RemovableHandle, added


def register_module_forward_pre_hook(hook: Callable[..., Any]) -> RemovableHandle:
    """Call ``hook(module, args)`` before each forward of any module, and before its own hooks.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> from tinygrad_np.nn.modules.module import register_module_forward_pre_hook
    >>> with register_module_forward_pre_hook(lambda module, args: print(module)):
    ...     _ = tg.nn.ReLU()(tg.ones(1))
    ReLU()
    """
    return added(everywhere, ("forward_pre", Hook(hook)))


def register_module_forward_hook(
    hook: Callable[..., Any], *, with_kwargs: bool = False, always_call: bool = False
) -> RemovableHandle:
    """Call ``hook(module, args, output)`` after each forward of any module, before its own hooks.

    The arguments are those of `Module.register_forward_hook`.
    """
    return added(everywhere, ("forward", Hook(hook, with_kwargs, always_call)))


def register_module_full_backward_pre_hook(hook: Callable[..., Any]) -> RemovableHandle:
    """Call ``hook(module, grad_output)`` of any module, as `Module` does for its own."""
    return added(everywhere, ("backward_pre", Hook(hook)))


def register_module_full_backward_hook(hook: Callable[..., Any]) -> RemovableHandle:
    """Call ``hook(module, grad_input, grad_output)`` of any module, as `Module` for its own."""
    return added(everywhere, ("backward", Hook(hook)))


def register_module_backward_hook(hook: Callable[..., Any]) -> RemovableHandle:
    """PyTorch's old name of `register_module_full_backward_hook`, which it is here."""
    return register_module_full_backward_hook(hook)
