"""PyTorch's `torch.autograd.graph`: what the tape saves, hooks over several tensors, and edges.

Source: https://pytorch.org/docs/stable/autograd.html#autograd-graph
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from tinygrad_np.tape.backward import GradientEdge
from tinygrad_np.tape.grad_mode import mode as state
from tinygrad_np.tape.graph import Node
from tinygrad_np.tape.handle import RemovableHandle
from tinygrad_np.tape.names import named
from tinygrad_np.tape.saved import Pair, pack
from tinygrad_np.tape.watch import unwatch, watch
from tinygrad_np.tensor import Tensor

__all__ = [
    "GradientEdge", "Node", "allow_mutation_on_saved_tensors", "disable_saved_tensors_hooks",
    "get_gradient_edge", "increment_version", "register_multi_grad_hook", "save_on_cpu",
    "saved_tensors_hooks",
]  # fmt: skip


class saved_tensors_hooks:
    """The context in which something else is kept in place of what operations save.

    Of nested ones the innermost counts. `pack_hook` is called outside the tape.

    Parameters
    ----------
    pack_hook : callable
        ``pack_hook(tensor) -> Any``, for each tensor that is saved, of any shape and dtype; it
        leaves the tensor as it is. An argument comes with its place on the tape, a result and
        what an operation keeps for itself (a mask, indices) without.
    unpack_hook : callable
        ``unpack_hook(kept) -> Tensor``, in the walk back: a tensor of the same values.

    Raises
    ------
    RuntimeError
        On entry inside `disable_saved_tensors_hooks`, and if `pack_hook` changes what it is given.
    TypeError
        In the walk back, if `unpack_hook` returns no tensor.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> x = tg.ones(2, requires_grad=True)
    >>> with tg.autograd.graph.saved_tensors_hooks(lambda t: t.half(), lambda kept: kept.float()):
    ...     y = x * x  # keeps half as much
    >>> tg.autograd.grad(y.sum(), x)
    (tensor([2., 2.]),)
    """

    def __init__(
        self, pack_hook: Callable[[Tensor], Any], unpack_hook: Callable[[Any], Tensor]
    ) -> None:
        self.pack_hook, self.unpack_hook = pack_hook, unpack_hook

    def __enter__(self) -> None:
        if state.no_packing is not None:
            raise RuntimeError(state.no_packing)
        state.packing = (*state.packing, Pair(self.pack_hook, self.unpack_hook))
        watch(pack)

    def __exit__(self, *_: object) -> None:
        unwatch(pack)
        state.packing = state.packing[:-1]


class save_on_cpu(saved_tensors_hooks):
    """The context in which what is saved waits in the memory of the CPU: where it is anyway.

    Parameters
    ----------
    pin_memory : bool, default False
        Keep copies, as PyTorch does then.
    device_type : str, default "cuda"
        Of no effect.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> x = tg.ones(2, requires_grad=True)
    >>> with tg.autograd.graph.save_on_cpu():
    ...     y = x.exp()
    """

    def __init__(self, pin_memory: bool = False, device_type: str = "cuda") -> None:
        super().__init__(Tensor.clone if pin_memory else Tensor.detach, lambda kept: kept)


@contextlib.contextmanager
def disable_saved_tensors_hooks(error_message: str) -> Iterator[None]:
    """The context in which `saved_tensors_hooks` is an error, with that message.

    Raises
    ------
    RuntimeError
        On entry if there are hooks on already.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> with tg.autograd.graph.disable_saved_tensors_hooks("not here"):
    ...     with tg.autograd.graph.save_on_cpu():
    ...         pass
    Traceback (most recent call last):
    RuntimeError: not here
    """
    if state.packing:
        raise RuntimeError(error_message)
    before, state.no_packing = state.no_packing, error_message
    try:
        yield
    finally:
        state.no_packing = before


@contextlib.contextmanager
def allow_mutation_on_saved_tensors() -> Iterator[None]:
    """The context in which tensors that the tape saves may be changed in place, with no harm.

    What is saved is copied at once; PyTorch copies it when it is changed.

    Raises
    ------
    RuntimeError
        If contexts are nested.
    AssertionError
        In a walk back outside of the context.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> x = tg.ones(2, requires_grad=True)
    >>> with tg.autograd.graph.allow_mutation_on_saved_tensors():
    ...     y = x.clone()
    ...     z = (y * y).sum()
    ...     _ = y.zero_()
    ...     z.backward()
    >>> x.grad
    tensor([2., 2.])
    """
    if any(isinstance(pair.pack, _Copies) for pair in state.packing):
        raise RuntimeError("allow_mutation_on_saved_tensors contexts cannot be nested")
    copies = _Copies()
    with saved_tensors_hooks(copies, copies.found):
        try:
            yield
        finally:
            copies.on = False


class _Copies:
    """A pack hook that copies, and what finds the copy while the context is on."""

    on = True

    def __call__(self, tensor: Tensor) -> Tensor:
        return tensor.detach().clone()

    def found(self, copy: Tensor) -> Tensor:
        if not self.on:
            raise AssertionError(
                "Trying to backward outside of the 'allow_mutation_on_saved_tensors' context in "
                "which the graph was originally recorded: call backward() inside of it"
            )
        return copy


def register_multi_grad_hook(
    tensors: Sequence[Tensor], fn: Callable[..., None], *, mode: str = "all"
) -> RemovableHandle:
    """Call a hook when a walk back has computed the gradients of several tensors.

    Parameters
    ----------
    tensors : sequence of Tensor
    fn : callable
        Under "all" ``fn(grads)``, once in each walk, with None for a tensor which the walk does
        not meet; under "any" ``fn(grad)``, with the first gradient.
    mode : {"all", "any"}

    Returns
    -------
    RemovableHandle
        Its `remove()` takes the hook away.

    Raises
    ------
    ValueError
        For another mode.
    RuntimeError
        Under "all", for a tensor that does not require grad.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> x, y = tg.ones(1, requires_grad=True), tg.ones(1, requires_grad=True)
    >>> handle = tg.autograd.graph.register_multi_grad_hook([x, y], print)
    >>> (x * y * 2).backward()
    [tensor([2.]), tensor([2.])]
    """
    if mode not in ("all", "any"):
        raise ValueError(f"Expects mode to be one of ('all', 'any') but got {mode}")
    tensors = [t for t in tensors if mode == "all" or t.requires_grad]
    nodes = [get_gradient_edge(t).node for t in tensors]
    seen: dict[Any, list[Any]] = {}  # by the walk; of an old one that an error ended none remains

    def hook(place: int, grad: Tensor) -> None:
        walk = state.walk
        for other in [w for w in seen if not w.on]:
            del seen[other]
        first = walk not in seen
        grads = seen.setdefault(walk, [None] * len(nodes))
        grads[place] = grad
        if mode == "any":
            if first:
                fn(grad)
        elif all(g is not None or not walk.meets(n) for g, n in zip(grads, nodes, strict=True)):
            fn(list(grads))

    handles = [t.register_hook(_at(i, hook)) for i, t in enumerate(tensors)]
    return _Handles(handles)


def _at(place: int, hook: Callable[[int, Tensor], None]) -> Callable[[Tensor], None]:
    return lambda grad: hook(place, grad)


class _Handles(RemovableHandle):
    """The handle of several hooks."""

    def __init__(self, handles: Sequence[RemovableHandle]) -> None:
        super().__init__({})
        self._handles = handles

    def remove(self) -> None:
        for handle in self._handles:
            handle.remove()


def get_gradient_edge(tensor: Tensor) -> GradientEdge:
    """The place of a tensor on the tape: `backward` and `grad` take it in place of the tensor.

    It outlives a change of the tensor in place.

    Raises
    ------
    RuntimeError
        For a tensor that does not require grad.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> x = tg.ones(2, requires_grad=True)
    >>> edge = tg.autograd.graph.get_gradient_edge(x)
    >>> tg.autograd.grad((x * 3).sum(), [edge])
    (tensor([3., 3.]),)
    """
    node = tensor._place()
    if node is None:
        raise RuntimeError(
            "It is not possible to get the gradient edge for a Tensor that does not require "
            "gradients"
        )
    return GradientEdge(named(node), 0)


def increment_version(tensor: Tensor | Iterable[Tensor]) -> None:
    """Count a change in place of tensors whose memory was changed by other means.

    Raises
    ------
    TypeError
        For what is no tensor; none is counted then.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> x = tg.ones(2, requires_grad=True)
    >>> y = x * 1
    >>> z = y * y
    >>> y.detach().numpy()[0] = 3.0
    >>> tg.autograd.graph.increment_version(y)  # now a walk back from z is an error
    """
    tensors = [tensor] if isinstance(tensor, Tensor) else list(tensor)
    for t in tensors:
        if not isinstance(t, Tensor):
            raise TypeError(f"increment_version expects Tensors, got {type(t).__name__}")
    for t in tensors:
        t._versions().n += 1
