"""Hooks of a tensor, which see its gradient in a walk back."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tinygrad_np.tape.graph import Leaf, TensorBase
from tinygrad_np.tape.handle import RemovableHandle, added

if TYPE_CHECKING:
    from tinygrad_np.tensor import Tensor


class Hooks(TensorBase):
    """The part of `Tensor` that registers hooks."""

    __slots__ = ()

    def register_hook(self, hook: Callable[[Tensor], Tensor | None]) -> RemovableHandle:
        """Call `hook` with the gradient of this tensor each time it is computed.

        Parameters
        ----------
        hook : callable
            ``hook(grad) -> Tensor or None``; a Tensor takes the gradient's place.

        Returns
        -------
        RemovableHandle
            Its `remove()` takes the hook away.

        Examples
        --------
        >>> import tinygrad_np as tg
        >>> x = tg.ones(2, requires_grad=True)
        >>> handle = x.register_hook(lambda grad: grad * 10)
        >>> x.sum().backward()
        >>> x.grad
        tensor([10., 10.])
        """
        node = self._place()
        if node is None:
            raise RuntimeError("cannot register a hook on a tensor that doesn't require gradient")
        if node.hooks is None:
            node.hooks = {}
        return added(node.hooks, hook)

    def register_post_accumulate_grad_hook(self, hook: Callable[[Tensor], None]) -> RemovableHandle:
        """Call `hook` with this leaf each time a walk back has added to its `.grad`.

        Parameters
        ----------
        hook : callable
            ``hook(tensor) -> None``; it may use up the gradient and set ``tensor.grad`` to None.

        Returns
        -------
        RemovableHandle
            Its `remove()` takes the hook away.

        Raises
        ------
        RuntimeError
            For a result, and for a tensor that does not require grad.

        Examples
        --------
        >>> import tinygrad_np as tg
        >>> x = tg.ones(2, requires_grad=True)
        >>> handle = x.register_post_accumulate_grad_hook(lambda x: print(x.grad))
        >>> (x * 3).sum().backward()
        tensor([3., 3.])
        """
        node = self._place()
        if node is None:
            raise RuntimeError("cannot register a hook on a tensor that doesn't require gradient")
        if not isinstance(node, Leaf):
            raise RuntimeError(
                "post accumulate grad hooks cannot be registered on non-leaf tensors: no gradient "
                "is added up there; register_hook() is called with it as it passes"
            )

        def after(grad: Any) -> None:
            changed: Any = hook(self_of())  # type: ignore[func-returns-value]
            if changed is not None and changed is not self_of():
                raise TypeError(
                    "a post accumulate grad hook returns None, but this one returned "
                    f"{type(changed).__name__}"
                )

        self_of: Any = weakref.ref(self)  # no reference cycle
        return added(node.after, after)
