"""Tensors from data, numbers and shapes."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_np import dtypes
from tinygrad_np.tensor import Tensor


def tensor(
    data: Any,
    *,
    dtype: dtypes.DTypeLike | None = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
) -> Tensor:
    array = np.array(data)
    if dtype is not None:
        array = array.astype(dtypes.as_numpy(dtype))
    elif not isinstance(data, (np.ndarray, np.generic)) and array.dtype.kind == "f":
        array = array.astype(dtypes.default_float())
    result: Tensor = Tensor._make(array)
    return result.requires_grad_() if requires_grad else result


def ones(*size: Any, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    return tensor(np.ones(size), dtype=dtype or dtypes.float32, requires_grad=requires_grad)


def ones_like(input: Tensor) -> Tensor:
    return tensor(np.ones_like(input._array))
