"""Tensor among NumPy's functions: what `np.sin(t)`, `np.concatenate([t, u])` and others do."""

from __future__ import annotations

from typing import Any

import numpy as np


def array_ufunc(self: Any, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
    return NotImplemented


def array_function(self: Any, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
    return NotImplemented


def as_array(data: Any) -> Any:
    return np.asarray(data)
