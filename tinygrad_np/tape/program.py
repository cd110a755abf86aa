"""A recorded step: one straight program on arrays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tinygrad_np.kernels.silence import quiet


class Program:
    """A recorded step: `code` is its text.

    It holds as long as the tensors that it found elsewhere keep their shapes, dtypes and memory
    layouts, and go on to ask for gradients or not to.
    """

    def __init__(self, code: str, scope: dict[str, Any], outside: list[Any]) -> None:
        self.code = code
        exec(compile(code, "<recorded>", "exec"), scope)
        self.run: Callable[..., Any] = scope.pop("program")
        self.outside = [(t, t._array, t._node) for t in outside]

    def holds(self) -> bool:
        """Whether what was found elsewhere is still alike."""
        for i, (tensor, array, node) in enumerate(self.outside):
            now = tensor._array
            if tensor._node is not node:
                return False
            if now is not array:
                if (now.shape, now.dtype, now.strides) != (array.shape, array.dtype, array.strides):
                    return False
                self.outside[i] = tensor, now, node
        return True

    def __call__(self, *arrays: Any) -> Any:
        with quiet():
            return self.run(*arrays)
