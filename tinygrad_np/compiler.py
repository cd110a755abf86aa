"""PyTorch's compilers: what is to be compiled runs as it stands, or is recorded and replayed."""

from __future__ import annotations

import contextlib
from typing import Any

from tinygrad_np.replay import Replayed
from tinygrad_np.tape.grad_mode import mode as _mode

__all__ = [
    "allow_in_graph", "assume_constant_result", "compile", "cudagraph_mark_step_begin", "disable",
    "is_compiling", "is_dynamo_compiling", "is_exporting", "list_backends", "reset",
    "set_stance",
]  # fmt: skip


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
    """Return the function or module as it is, or recorded; with options alone, a decorator.

    Parameters
    ----------
    model : callable, optional
    backend : optional
        "replay" makes a `Replayed` of a function: its operations on tensors are recorded once
        and from then on only these run. With any other, nothing is done.
    fullgraph, dynamic, mode, options, name, disable
        Accepted and ignored, but for `disable`.

    Raises
    ------
    RuntimeError
        For `mode` and `options` together, as in PyTorch.
    TypeError
        For a module to replay: it is whole steps that are recorded.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.compile(tg.nn.ReLU(), mode="max-autotune")
    ReLU()
    """
    if mode is not None and options is not None:
        raise RuntimeError("Either mode or options can be specified, but both can't be specified")
    made = Replayed if backend == "replay" and not disable else _as_it_is
    return made if model is None else made(model)


def _as_it_is(function: Any) -> Any:
    return function


def disable(fn: Any = None, recursive: bool = True, *, reason: str | None = None) -> Any:
    """Return the function as it is: nothing is compiled.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.compiler.disable(abs) is abs
    True
    """
    return (lambda function: function) if fn is None else fn


def allow_in_graph(fn: Any) -> Any:
    """Return the function as it is: there is no graph of a compiler.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.compiler.allow_in_graph(abs) is abs
    True
    """
    return fn


def assume_constant_result(fn: Any) -> Any:
    """Return the function as it is: it is called each time.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.compiler.assume_constant_result(abs) is abs
    True
    """
    return fn


def is_compiling() -> bool:
    """Whether this thread is recording a step for ``compile(backend="replay")``.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.compiler.is_compiling()
    False
    """
    return _mode.recorder is not None


def is_dynamo_compiling() -> bool:
    """False.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.compiler.is_dynamo_compiling()
    False
    """
    return False


def is_exporting() -> bool:
    """False.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.compiler.is_exporting()
    False
    """
    return False


def list_backends(exclude_tags: Any = ("debug", "experimental")) -> list[str]:
    """The backends of `compile`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.compiler.list_backends()
    ['replay']
    """
    return ["replay"]


def cudagraph_mark_step_begin() -> None:
    """Do nothing: there are no graphs of CUDA's.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.compiler.cudagraph_mark_step_begin()
    """


class set_stance(contextlib.nullcontext[None]):
    """Change nothing, as a function and as a context: nothing is compiled.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> with tg.compiler.set_stance("force_eager"):
    ...     tg.compiler.is_compiling()
    False
    """

    def __init__(self, stance: str = "default", **options: Any) -> None:
        super().__init__()

    def __call__(self, function: Any) -> Any:
        return function


def reset() -> None:
    """Do nothing: nothing is compiled.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.compiler.reset()
    """


optimized_execution = contextlib.nullcontext
