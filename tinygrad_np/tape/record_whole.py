"""Functions that are one line of a recording: `recorded_whole`'s way into it."""

from __future__ import annotations

import functools
import types
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from tinygrad_np.tape.graph import TensorBase
from tinygrad_np.tape.refuse import refuse

FUNCTIONS = (types.FunctionType, types.MethodType, functools.partial)


def whole(recorder: Any, function: Callable[..., Any], args: Any, params: Any) -> Any:
    """Call a function that is a line by itself: what it does is not written down."""
    args = [list(a) if isinstance(a, Iterator) else a for a in args]
    _check(recorder, function, (*args, *params.values()))
    texts = [_given(recorder, a) for a in args]
    texts += [f"{k}={_given(recorder, v)}" for k, v in params.items()]
    result = recorder.apart(function)(*args, **params)
    recorder.drew = False
    for tensor, _ in list(recorder.versions.values()):
        recorder.expect(tensor)
    text = f"{recorder.name(function)}({', '.join(texts)})"
    if result is None:
        recorder.write(text, acts=True)
    elif isinstance(result, TensorBase):
        recorder.write(f"{text}._array", result._array, acts=True)
    else:
        for value in result if type(result) is tuple else (result,):
            if not isinstance(value, np.ndarray):
                refuse(f"{function.__name__}, which returns a {type(value).__name__},")
            recorder.lock(value)
        recorder.write(text, result, acts=True)
    return result


def _check(recorder: Any, function: Any, args: tuple[Any, ...]) -> None:
    """Refuse what would bring this call's tensors into each: closures, and what optimizers hold."""
    for a in args:
        if isinstance(a, FUNCTIONS):
            refuse(f"{function.__name__}() with a function: call that before, it")
        for group in getattr(a, "param_groups", ()):
            for value in (*group.values(), *group["params"]):
                if id(value) in recorder.born or id(value) in recorder.given:
                    refuse("an optimizer's parameter or option that the step makes")


def _given(recorder: Any, value: Any) -> str:
    if isinstance(value, TensorBase):
        tensor: str = recorder.tensor(value)
        return tensor
    if type(value) is list:
        return f"[{', '.join(_given(recorder, v) for v in value)}]"
    if type(value) is tuple:
        return f"({''.join(f'{_given(recorder, v)}, ' for v in value)})"
    text: str = recorder.text(value)
    return text
