"""What is called around an optimizer's steps, and when its state is taken or loaded."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from tinygrad_np.tape.handle import RemovableHandle, added
from tinygrad_np.tape.record import recorded_whole

__all__ = ["register_optimizer_step_post_hook", "register_optimizer_step_pre_hook"]

Hook = Callable[..., Any]
BEFORE_ALL: dict[int, Hook] = {}  # around the steps of every optimizer
AFTER_ALL: dict[int, Hook] = {}


def register_optimizer_step_pre_hook(hook: Hook) -> RemovableHandle:
    """Call ``hook(optimizer, args, kwargs)`` before each step of any optimizer.

    Parameters
    ----------
    hook : callable
        As for `Optimizer.register_step_pre_hook`; those of an optimizer come after it.

    Returns
    -------
    RemovableHandle
        Its `remove()` takes the hook away.

    Source: `register_optimizer_step_pre_hook
    <https://pytorch.org/docs/stable/generated/torch.optim.Optimizer.register_step_pre_hook.html>`_.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> from tinygrad_np.optim.optimizer import register_optimizer_step_pre_hook
    >>> x = tg.ones(2, requires_grad=True)
    >>> with register_optimizer_step_pre_hook(lambda *_: print("step")):
    ...     tg.optim.SGD([x]).step()
    step
    """
    return added(BEFORE_ALL, hook)


def register_optimizer_step_post_hook(hook: Hook) -> RemovableHandle:
    """Call ``hook(optimizer, args, kwargs)`` after each step of any optimizer.

    Parameters
    ----------
    hook : callable
        Those of an optimizer, `Optimizer.register_step_post_hook`, come before it.

    Returns
    -------
    RemovableHandle
        Its `remove()` takes the hook away.

    Source: `register_optimizer_step_post_hook
    <https://pytorch.org/docs/stable/generated/torch.optim.Optimizer.register_step_post_hook.html>`_.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> from tinygrad_np.optim.optimizer import register_optimizer_step_post_hook
    >>> x, steps = tg.ones(2, requires_grad=True), []
    >>> with register_optimizer_step_post_hook(lambda *_: steps.append(1)):
    ...     tg.optim.SGD([x]).step()
    >>> steps
    [1]
    """
    return added(AFTER_ALL, hook)


def hooked(step: Callable[..., Any]) -> Callable[..., Any]:
    """A class's `step` with the hooks around it."""

    @recorded_whole
    @functools.wraps(step)
    def call(self: Hooks, *args: Any, **kwargs: Any) -> Any:
        for hook in (*BEFORE_ALL.values(), *self._hooks("step_pre")):
            changed = hook(self, (self, *args), kwargs)
            if changed is not None:
                if not (isinstance(changed, tuple) and len(changed) == 2):
                    raise RuntimeError(
                        "a step pre hook must return None or a tuple of (new_args, new_kwargs), "
                        f"but got {changed!r}"
                    )
                (_, *args), kwargs = changed  # type: ignore[assignment]
        result = step(self, *args, **kwargs)
        self._opt_called = True  # asked by the learning rate schedulers
        for hook in (*self._hooks("step_post"), *AFTER_ALL.values()):
            hook(self, (self, *args), kwargs)
        return result

    return call


class Hooks:
    """The hooks of one optimizer.

    Their tables are made when a hook is added: a wrapper such as Lookahead may not have called
    `Optimizer.__init__`.
    """

    _opt_called: bool

    def _hooks(self, kind: str) -> list[Hook]:
        return list(self.__dict__.get(f"_{kind}_hooks", {}).values())

    def _add_hook(self, kind: str, hook: Hook, prepend: bool = False) -> RemovableHandle:
        table = self.__dict__.setdefault(f"_{kind}_hooks", {})
        others = dict(table) if prepend else {}
        for number in others:
            del table[number]
        handle = added(table, hook)
        table.update(others)
        return handle

    def register_step_pre_hook(self, hook: Hook) -> RemovableHandle:
        """Call ``hook(optimizer, args, kwargs)`` before each step.

        It may return a pair ``(args, kwargs)`` for the step to use; `args` begins with the
        optimizer. The handle's `remove()` takes the hook away.
        """
        return self._add_hook("step_pre", hook)

    def register_step_post_hook(self, hook: Hook) -> RemovableHandle:
        """Call ``hook(optimizer, args, kwargs)`` after each step."""
        return self._add_hook("step_post", hook)

    def register_state_dict_pre_hook(self, hook: Hook, prepend: bool = False) -> RemovableHandle:
        """Call ``hook(optimizer)`` before `state_dict` is made; `prepend` puts it first."""
        return self._add_hook("state_dict_pre", hook, prepend)

    def register_state_dict_post_hook(self, hook: Hook, prepend: bool = False) -> RemovableHandle:
        """Call ``hook(optimizer, state_dict)`` of what `state_dict` made.

        It may change the dict, or return another in its place.
        """
        return self._add_hook("state_dict_post", hook, prepend)

    def register_load_state_dict_pre_hook(
        self, hook: Hook, prepend: bool = False
    ) -> RemovableHandle:
        """Call ``hook(optimizer, state_dict)`` before `load_state_dict` takes it over.

        It may change the dict, which is a shallow copy, or return another in its place.
        """
        return self._add_hook("load_state_dict_pre", hook, prepend)

    def register_load_state_dict_post_hook(
        self, hook: Hook, prepend: bool = False
    ) -> RemovableHandle:
        """Call ``hook(optimizer)`` after `load_state_dict`."""
        return self._add_hook("load_state_dict_post", hook, prepend)
