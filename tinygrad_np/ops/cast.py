"""Types of elements."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_np import dtypes
from tinygrad_np.device import device
from tinygrad_np.tape.graph import TensorBase
from tinygrad_np.tape.op import Array, op


@op
def _cast(input: Array, dtype: np.dtype[Any]) -> Array:
    with np.errstate(invalid="ignore", over="ignore"):
        return input.astype(dtype)


_cast.backward(input=lambda grad: grad)


def cast(input: Any, dtype: dtypes.DTypeLike) -> Any:
    """The tensor with elements of another type; itself if it has that type."""
    new = dtypes.as_numpy(dtype)
    return input if input.dtype == new else _cast(input, dtype=new)


def to(input: Any, *args: Any, dtype: Any = None, device_: Any = None) -> Any:
    """The tensor with another dtype."""
    for a in args:
        if isinstance(a, TensorBase):
            dtype = a._array.dtype
        elif isinstance(a, (str, device)):
            device(a)
        elif not isinstance(a, bool):
            dtype = a
    return input if dtype is None else cast(input, dtype)
