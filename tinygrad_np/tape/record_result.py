"""What a recorded step returns: containers of tensors are made anew, of what they hold then."""

from __future__ import annotations

import dataclasses
from collections import OrderedDict
from typing import Any

import numpy as np

from tinygrad_np.tape.graph import TensorBase, tensor_class
from tinygrad_np.tape.refuse import refuse

PLAIN = (type(None), bool, int, float, complex, str, bytes, np.generic, np.dtype, type)


def returned(recorder: Any, value: Any) -> str:
    """The text of a result."""
    if isinstance(value, TensorBase):
        if value._node is not None and value._node not in recorder.walked:
            refuse("a result that is still to be differentiated: call backward() inside, it")
        text: str = recorder.tensor(value)
        if type(value) is not tensor_class[0] and id(value) not in recorder.outside:
            refuse(f"a result of type {type(value).__name__}")
        return text

    def all_of(values: Any) -> str:
        return "".join(f"{recorder.returned(v)}, " for v in values)

    if type(value) is list:
        return f"[{all_of(value)}]"
    if type(value) is tuple:
        return f"({all_of(value)})"
    if isinstance(value, tuple) and hasattr(value, "_make"):
        return f"{recorder.name(type(value))}._make(({all_of(value)}))"
    if type(value) in (dict, OrderedDict):
        keys = [_plain(recorder, k) for k in value]
        pairs = [f"{k}: {recorder.returned(v)}" for k, v in zip(keys, value.values(), strict=True)]
        inside = f"{{{', '.join(pairs)}}}"
        return inside if type(value) is dict else f"{recorder.name(OrderedDict)}({inside})"
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {f.name: getattr(value, f.name) for f in dataclasses.fields(value) if f.init}
        given = ", ".join(f"{k}={recorder.returned(v)}" for k, v in fields.items())
        return f"{recorder.name(type(value))}({given})"
    return _plain(recorder, value)


def _plain(recorder: Any, value: Any) -> str:
    """The text of what holds no tensors."""
    numbers = isinstance(value, tuple) and all(isinstance(v, int) for v in value)  # a Size
    if not (numbers or isinstance(value, (*PLAIN, np.ndarray)) or type(value) in _own()):
        refuse(f"a result or key of type {type(value).__name__}")
    text: str = recorder.text(value)
    return text


def _own() -> tuple[type, ...]:
    from tinygrad_np import device, dtype

    return device, dtype
