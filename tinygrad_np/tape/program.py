"""A recorded step: one straight program on arrays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from sys import getrefcount
from typing import Any

from tinygrad_np.kernels.silence import quiet
from tinygrad_np.tape.graph import Leaf
from tinygrad_np.tape.refuse import RecordingError


def _asking() -> int:
    """How many references to an entry of a tuple it takes to ask for their number, as below."""
    for thing, *_ in [(object(), None)]:
        return getrefcount(thing) - 1
    raise AssertionError


ASKING = _asking()  # which differs between versions of Python
_held: Counter[int] = Counter()  # how many programs hold a tensor, by its id


class Program:
    """A recorded step: `code` is its text.

    It holds as long as the tensors that it found elsewhere keep their shapes, dtypes and memory
    layouts, go on to ask for gradients or not to, and are still somebody's; `grads` are those that
    begin with a gradient or without one.
    """

    def __init__(
        self, code: str, scope: dict[str, Any], outside: list[Any], grads: list[tuple[Any, bool]]
    ) -> None:
        self.code = code
        exec(compile(code, "<recorded>", "exec"), scope)
        self.run: Callable[..., Any] = scope.pop("program")
        self.outside = [(t, t._array, t._node) for t in outside]
        leaves = [t._node for t in outside if isinstance(t._node, Leaf)]
        self.hooks = [table for leaf in leaves for table in (leaf.before, leaf.after, leaf.last)]
        self.grads = grads
        _held.update(map(id, outside))

    def __del__(self) -> None:
        _held.subtract(id(tensor) for tensor, *_ in self.outside)

    def abandoned(self) -> Any:
        """A tensor that was found elsewhere, and is nobody's but programs' by now."""
        for tensor, *_ in self.outside:
            if getrefcount(tensor) <= 2 * _held[id(tensor)] + ASKING:
                return tensor
        return None

    def holds(self) -> bool:
        """Whether what was found elsewhere is still alike."""
        for i, (tensor, array, node) in enumerate(self.outside):
            now = tensor._array
            if tensor._node is not node or (node is not None and node.hooks):
                return False
            if now is not array:
                if (now.shape, now.dtype, now.strides) != (array.shape, array.dtype, array.strides):
                    return False
                self.outside[i] = tensor, now, node
            if getrefcount(tensor) <= 2 * _held[id(tensor)] + ASKING:
                return False
        return not any(self.hooks) and all((t._grad is None) is none for t, none in self.grads)

    def __call__(self, *arrays: Any) -> Any:
        with quiet():
            return self.run(*arrays)


def still_none(tensor: Any) -> None:
    """RecordingError if a gradient is there that was not when a program was recorded."""
    if tensor._grad is not None:
        raise RecordingError(
            f"a gradient of shape {list(tensor.shape)} is there that was None when this step was "
            "recorded: clear gradients in the step, or always before it"
        )
