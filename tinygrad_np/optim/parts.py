"""Complex parameters, updated as what they are made of: twice as many real numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tinygrad_np.ops.complex import view_as_complex, view_as_real
from tinygrad_np.optim.update import Array
from tinygrad_np.tensor import Tensor

__all__ = ["apart", "by_parts"]

State = dict[str, Any]


def apart(array: Array) -> Array:
    """An array; of a complex one its real numbers, on the same memory, in a dimension of 2 more."""
    return view_as_real.forward(array) if array.dtype.kind == "c" else array


def by_parts(
    update: Callable[[Array, Array, State, dict[str, Any]], None],
    param: Array,
    grad: Array,
    state: State,
    group: dict[str, Any],
) -> None:
    """Call an `elementwise` update with the real numbers of complex arrays.

    What it remembers is complex too, as in PyTorch.
    """
    real = {
        k: Tensor._make(apart(v._array)) if isinstance(v, Tensor) else v for k, v in state.items()
    }
    update(apart(param), apart(grad), real, group)
    for key, value in real.items():
        if isinstance(value, Tensor) and value._array.shape == (*param.shape, 2):
            value = Tensor._make(view_as_complex.forward(value._array))
        state[key] = value
