"""TorchScript: there is none, and what is to be compiled runs as it stands."""

from __future__ import annotations

# Names of types are read from torch.jit.annotations, too.
from typing import Any, Dict, Final, List, Optional, Tuple, Union  # noqa: F401, UP035

from tinygrad_np import serialization
from tinygrad_np.nn.module import Module

__all__ = [
    "Final", "ScriptModule", "annotate", "export", "ignore", "is_scripting", "is_tracing",
    "load", "save", "script", "script_method", "trace",
]  # fmt: skip


class ScriptModule(Module):
    """What PyTorch's compiler makes of a module; here a name to derive from and to ask for."""


def script(obj: Any, *args: Any, **kwargs: Any) -> Any:
    """Return the module or function as it is.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.jit.script(tg.nn.ReLU())
    ReLU()
    """
    return obj


def trace(func: Any, example_inputs: Any = None, *args: Any, **kwargs: Any) -> Any:
    """Return the module or function as it is; `example_inputs` are not looked at.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.jit.trace(tg.nn.ReLU(), tg.ones(1))
    ReLU()
    """
    return func


def is_scripting() -> bool:
    """False.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.jit.is_scripting()
    False
    """
    return False


def is_tracing() -> bool:
    """False.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.jit.is_tracing()
    False
    """
    return False


def annotate(the_type: Any, the_value: Any) -> Any:
    """Return the value as it is: types need not be told.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.jit.annotate(list[int], [])
    []
    """
    return the_value


def save(m: Any, f: Any, _extra_files: Any = None) -> None:
    """Write a module with `save`.

    Examples
    --------
    >>> import io
    >>> import tinygrad_np as tg
    >>> tg.jit.save(tg.nn.ReLU(), io.BytesIO())
    """
    serialization.save(m, f)


def load(f: Any, map_location: Any = None, _extra_files: Any = None) -> Any:
    """Read a module that `jit.save` wrote; it runs what the file says, so trust the file.

    Examples
    --------
    >>> import io
    >>> import tinygrad_np as tg
    >>> file = io.BytesIO()
    >>> tg.jit.save(tg.nn.ReLU(), file)
    >>> _ = file.seek(0)
    >>> tg.jit.load(file)
    ReLU()
    """
    return serialization.load(f, map_location, weights_only=False)


def ignore(drop: Any = False, **kwargs: Any) -> Any:
    """Return the function as it is; called with anything else, a decorator that does.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.jit.ignore(len) is tg.jit.ignore()(len) is len
    True
    """
    return drop if callable(drop) else lambda function: function


export = unused = script_method = freeze = optimize_for_inference = script_if_tracing = script
