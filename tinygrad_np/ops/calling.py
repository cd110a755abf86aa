"""Values that a Python function makes of each element, in place and off the tape."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tinygrad_np.ops.broadcast import broadcast_to
from tinygrad_np.tape.inplace import assign

__all__ = ["apply_", "map2_", "map_"]


def apply_(self: Any, callable: Callable[[Any], Any]) -> Any:
    """Give each element the value of a function of it; slow.

    Raises
    ------
    RuntimeError
        If the tensor requires grad.
    """
    return _made("apply_", self, callable)


def map_(self: Any, tensor: Any, callable: Callable[[Any, Any], Any]) -> Any:
    """Give each element the value of a function of it and of that of another tensor; slow.

    Raises
    ------
    RuntimeError
        If a tensor requires grad.
    TypeError
        For a tensor of another dtype.
    """
    return _made("map_", self, callable, tensor)


def map2_(self: Any, x: Any, y: Any, callable: Callable[[Any, Any, Any], Any]) -> Any:
    """The same with two other tensors."""
    return _made("map2_", self, callable, x, y)


def _made(name: str, self: Any, callable: Callable[..., Any], *others: Any) -> Any:
    for tensor in (self, *others):
        if tensor.requires_grad:
            raise RuntimeError(
                f"Can't call {name}() on a tensor that requires grad. "
                f"Use tensor.detach().{name}() instead."
            )
        if tensor.dtype != self.dtype:
            raise TypeError(f"{name}: expected a tensor of {self.dtype}, got {tensor.dtype}")
    rows = [self.flatten().tolist()]
    rows += [broadcast_to(tensor, self.shape).flatten().tolist() for tensor in others]
    values = self.new_tensor([_number(callable(*row)) for row in zip(*rows, strict=True)])
    return assign(self, values.reshape(self.shape))


def _number(value: Any) -> Any:
    if not hasattr(value, "__float__") and not isinstance(value, complex):
        raise TypeError(f"the function must return a real number, not {type(value).__name__}")
    return value
