"""PyTorch's `torch.overrides`: nothing is overridden, for `__torch_function__` is not called."""

from __future__ import annotations

from typing import Any

from tinygrad_np.queries import is_tensor

__all__ = ["has_torch_function", "is_tensor_like"]


def has_torch_function(*relevant_args: Any) -> bool:
    """False.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.overrides.has_torch_function((tg.ones(1),))
    False
    """
    return False


has_torch_function_unary = has_torch_function_variadic = has_torch_function


def is_tensor_like(inp: Any) -> bool:
    """Whether it is a tensor.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.overrides.is_tensor_like(tg.ones(1)), tg.overrides.is_tensor_like([1])
    (True, False)
    """
    return is_tensor(inp)
