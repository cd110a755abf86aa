"""The handle of a hook."""

from __future__ import annotations

import itertools
from typing import Any

_ids = itertools.count()


class RemovableHandle:
    """What `register_hook` returns; `remove()`, or the end of a `with` block, ends the hook.

    Parameters
    ----------
    hooks_dict : dict
        Where the hook is kept, under the handle's `id`.
    extra_dict : dict or list of dict, optional
        From where `remove` takes that `id`, too.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> hooks = {}
    >>> handle = tg.utils.hooks.RemovableHandle(hooks)
    >>> hooks[handle.id] = print
    >>> handle.remove()
    >>> hooks
    {}
    """

    def __init__(self, hooks_dict: dict[int, Any], *, extra_dict: Any = None) -> None:
        self.id = next(_ids)
        extra = extra_dict if isinstance(extra_dict, (list, tuple)) else (extra_dict,)
        self._tables = [hooks_dict, *(table for table in extra if table is not None)]

    def remove(self) -> None:
        """Take the hook away; a second call does nothing."""
        for table in self._tables:
            table.pop(self.id, None)

    def __enter__(self) -> RemovableHandle:
        return self

    def __exit__(self, *exception: object) -> None:
        self.remove()


def added(hooks: dict[int, Any], hook: Any) -> RemovableHandle:
    """The handle of a hook that is put among others."""
    handle = RemovableHandle(hooks)
    hooks[handle.id] = hook
    return handle
