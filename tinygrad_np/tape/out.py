"""`out=`: results that are written into tensors which the caller has.

Every function takes it that is an op or is decorated with `takes_out`; a call without it pays
nothing, or nearly so: ops look for `out` only among arguments that they don't know.

Source: https://pytorch.org/docs/stable/notes/out.html
"""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable, Iterator
from typing import Any, TypeVar, cast

import numpy as np

from tinygrad_np.tape.grad_mode import mode
from tinygrad_np.tape.graph import TensorBase
from tinygrad_np.tape.inplace import assign, check_value

F = TypeVar("F", bound=Callable[..., Any])


def into(out: Any, function: Callable[..., Any], args: Any, params: dict[str, Any]) -> Any:
    """``function(*args, **params)``, written into `out`, a Tensor or a tuple of them.

    Returns
    -------
    Tensor or tuple of Tensor
        `out`, with the fields of the result if that is a named tuple.

    Raises
    ------
    RuntimeError
        If an argument or `out` requires grad while that is recorded, and if the result's kind of
        number does not fit.
    TypeError
        For an `out` that is no Tensor, or not as many as there are results.
    """
    if out is None:
        return function(*args, **params)
    name = getattr(function, "__name__", "function")
    targets = tuple(out) if isinstance(out, (tuple, list)) else (out,)
    for target in targets:
        if not isinstance(target, TensorBase):
            raise TypeError(f"{name}(): argument 'out' must be Tensor, not {type(target).__name__}")
    if mode.grad and any(t._place() is not None for t in _tensors((targets, args, params))):
        raise RuntimeError(
            f"{name}(): functions with out=... arguments don't support automatic differentiation, "
            "but one of the arguments requires grad; leave out=... away, or use no_grad()"
        )
    result = function(*args, **params)
    results = result if isinstance(result, tuple) else (result,)
    if len(results) != len(targets):
        raise TypeError(
            f"{name}(): the result is {len(results)} tensors, but out is {len(targets)}"
        )
    for target, value in zip(targets, results, strict=True):
        write_into(target, value)
    if not isinstance(result, tuple):
        return targets[0]
    return type(result)(*targets) if hasattr(result, "_fields") else targets


def write_into(target: Any, value: Any) -> Any:
    """Write an array or a Tensor into a tensor, which is given its shape; returns the tensor."""
    array = value._array if isinstance(value, TensorBase) else np.asarray(value)
    if target._array.shape != array.shape:
        resized = np.empty(array.shape, target._array.dtype)
        check_value(resized, array, cast=False)
        if target._array.size:
            warnings.warn(
                f"An output with one or more elements was resized since it had shape "
                f"{list(target._array.shape)}, which does not match the required output shape "
                f"{list(array.shape)}. Make an out tensor of that shape, or an empty one.",
                UserWarning,
                stacklevel=4,
            )
        target._array = resized
        target._view = None
    return assign(target, array, cast=False)


def takes_out(function: F) -> F:
    """Give a function that is no op an argument `out`; see `into`."""

    @functools.wraps(function)
    def call(*args: Any, **params: Any) -> Any:
        if "out" in params:
            return into(params.pop("out"), function, args, params)
        return function(*args, **params)

    call.takes_out = True  # type: ignore[attr-defined]
    return cast(F, call)


def _tensors(value: Any) -> Iterator[Any]:
    if isinstance(value, TensorBase):
        yield value
    elif isinstance(value, (tuple, list)):
        for v in value:
            yield from _tensors(v)
    elif isinstance(value, dict):
        yield from _tensors(list(value.values()))
