"""Arguments that are True or False: a number in their place is a mistake, not a yes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import numpy as np

Flags = tuple[tuple[int, str], ...]
_BOOL = (bool, np.bool_)


def flags(function: Callable[..., Any]) -> Flags:
    """The positions and names of those parameters that are True or False."""
    code = cast(Any, function).__code__
    names = enumerate(code.co_varnames[: code.co_argcount])
    return tuple((i, p) for i, p in names if function.__annotations__.get(p) in ("bool", bool))


def check_flags(name: str, found: Flags, args: tuple[Any, ...]) -> None:
    """TypeError for ``x.sum(0, 1)``, which does not sum over two dimensions."""
    for i, flag in found:
        if i < len(args) and not isinstance(args[i], _BOOL):
            raise TypeError(
                f"{name}(): argument {flag!r} must be True or False, not {args[i]!r}; "
                "several dimensions are one argument: (0, 1)"
            )
