"""Complex parameters, updated as what they are made of: twice as many real numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tinygrad_np.ops.complex import view_as_complex, view_as_real
from tinygrad_np.optim.update import Array
from tinygrad_np.tensor import Tensor

__all__ = ["by_parts"]

State = dict[str, Any]


def by_parts(
    update: Callable[[Array, Array, State, dict[str, Any]], None],
    param: Array,
    grad: Array,
    state: State,
    group: dict[str, Any],
) -> None:
    """Call an `elementwise` update with real views of complex arrays, of shape (*, 2).

    What it remembers is complex too, as in PyTorch.
    """
    apart = {key: _apart(value) for key, value in state.items()}
    update(view_as_real.forward(param), view_as_real.forward(grad), apart, group)
    for key, value in apart.items():
        if isinstance(value, Tensor) and value._array.shape == (*param.shape, 2):
            value = Tensor._make(view_as_complex.forward(value._array))
        state[key] = value


def _apart(value: Any) -> Any:
    if isinstance(value, Tensor) and value._array.dtype.kind == "c":
        return Tensor._make(view_as_real.forward(value._array))
    return value
