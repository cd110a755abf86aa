"""The walk back over the tape.

A heap on the nodes' sequence numbers: no recursion, so any depth. Around each rule the engine
does what every rule would repeat: it sums a gradient down to the shape of a broadcast argument,
casts it to the argument's dtype, and adds up the gradients of an argument that is used twice.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from heapq import heappop, heappush
from typing import Any

import numpy as np

from tinygrad_np.kernels.along import add_up
from tinygrad_np.kernels.layout import apart, kept, last
from tinygrad_np.kernels.silence import quiet
from tinygrad_np.tape.grad_mode import mode, recorders
from tinygrad_np.tape.graph import Leaf, Node, Part, make, tensor_class
from tinygrad_np.tape.refuse import refuse


def run(
    roots: Iterable[tuple[Node, Any]],
    *,
    retain_graph: bool = False,
    create_graph: bool = False,
    inputs: Sequence[Node] | None = None,
    accumulate: bool = True,
) -> dict[Node, Any]:
    """Walk from `roots`, (node, gradient) pairs, back to the leaves.

    Gradients are arrays, or Tensors with `create_graph`.

    Parameters
    ----------
    retain_graph : bool
        Keep what the rules saved, for another walk.
    create_graph : bool
        Record the walk itself.
    inputs : sequence of Node, optional
        Walk only to these; the default is every leaf.
    accumulate : bool
        Add to the `.grad` of leaves; else only return the gradients of `inputs`.

    Returns
    -------
    dict
        The gradients of those `inputs` that were reached.
    """
    if recorders and mode.recorder is not None and not create_graph:
        walked: dict[Node, Any] = mode.recorder.walk(roots, retain_graph, inputs, accumulate)
        return walked
    roots = list(roots)
    wanted = None if inputs is None else set(inputs)
    needed = None if wanted is None else _leading_to(wanted, [node for node, _ in roots])
    found: dict[Node, Any] = {}
    pending: dict[int, tuple[Node, Any, bool]] = {}  # by sequence number; whether it is our sum
    heap: list[int] = []
    before = mode.grad, mode.walk
    walk = Walk([node for node, _ in roots], needed)
    mode.grad, mode.walk = create_graph, walk
    with quiet():  # a gradient may be inf or nan, as in PyTorch without a word
        try:
            for node, grad in roots:
                if needed is None or node in needed:
                    _put(node, grad, pending, heap)
            while heap:
                node, grad, _ = pending.pop(-heappop(heap))
                if node.hooks or node.retains:
                    grad = _run_hooks(node, grad, create_graph)
                if wanted is not None and node in wanted:
                    found[node] = grad if create_graph or _is_ours(grad) else np.array(grad)
                if isinstance(node, Leaf):
                    if accumulate and (wanted is None or node in wanted):
                        if node.before:
                            grad = _run_before(node, grad, create_graph)
                            if grad is None:
                                continue
                        ours = _is_ours(grad)  # not among the arguments: there it would count twice
                        _give(node, grad, ours, create_graph)
                        if node.after or node.last:
                            _run_after(node, grad, create_graph)
                elif needed is None or any(edge[0] in needed for edge in node.edges):
                    for parent, grad in node.backward(grad, create_graph, needed):
                        if grad is not None:
                            _put(parent, grad, pending, heap)
                    if not retain_graph:
                        node.release()
        finally:
            mode.grad, mode.walk = before
            walk.on = False
    return found


class Walk:
    """A walk back; `on` while it is under way."""

    on = True

    def __init__(self, roots: list[Node], needed: set[Node] | None) -> None:
        self._roots, self._nodes = roots, needed
        self.whole = needed is None  # to every leaf

    def meets(self, node: Node) -> bool:
        """Whether the gradient of a node's result is among what is computed."""
        if self._nodes is None:
            self._nodes = _below(self._roots)
        return node in self._nodes


def _put(
    node: Node, grad: Any, pending: dict[int, tuple[Node, Any, bool]], heap: list[int]
) -> None:
    """Add a gradient to what waits at a node."""
    if type(grad) is Part:
        whole = pending.get(node.seq)
        if whole is not None and _is_ours(whole[1]):
            place = whole[1][grad.where]
            np.add(place, grad.array, out=place)
            return
        grad = grad.whole(node)
    if grad.shape != node.shape or grad.dtype != node.dtype:
        grad = fitted(grad, node.shape, node.dtype)
    seq = node.seq
    there = pending.get(seq)
    if there is None:
        pending[seq] = (node, grad, False)
        heappush(heap, -seq)
    elif there[2]:
        np.add(there[1], grad, out=there[1])
    elif _is_ours(there[1]):
        np.add(there[1], grad, out=there[1])
        pending[seq] = (node, there[1], True)
    else:
        total = there[1] + grad
        pending[seq] = (node, total, type(total) is np.ndarray)


def fitted(grad: Any, shape: tuple[int, ...], dtype: Any) -> Any:
    """A gradient in the shape and dtype of the result of its node."""
    if grad.shape != shape:
        grad = _sum_to(grad, shape)
    if grad.dtype != dtype:
        grad = (grad if dtype.kind == "c" else grad.real).astype(dtype)
    return grad


def _references(grad: Any) -> int:
    return sys.getrefcount(grad)


def _references_to_base(grad: Any) -> int:
    base = grad.base
    return sys.getrefcount(base)


def _is_ours(grad: Any) -> bool:
    """Whether an array is in nobody's hands but the walk's, so that it may be changed or kept.

    The one name or tuple in the walk through which it is handed to this function is then all that
    refers to it. It owns its memory, or is a view of all of an array which is referred to by
    nothing else: with channels last in memory, as convolutions leave it.
    """
    if type(grad) is not np.ndarray or _references(grad) > _ALONE:
        return False
    base = grad.base
    return base is None or (
        type(base) is np.ndarray
        and base.base is None
        and base.size == grad.size
        and grad.flags.writeable
        and apart(grad)
        and _references_to_base(grad) <= _ALONE_AS_BASE + 1  # `base` is one of them here
    )


def _alone() -> int:
    """What `_references` says, seen from `_is_ours`, of an array that nothing else refers to.

    How many references a call itself holds differs between versions of Python, so it is measured,
    for a name and for an entry of a tuple. The smaller count is the safe one: it can only take
    an array that is ours for one that is not.
    """

    def through(grad: Any) -> int:
        return _references(grad)

    name = np.empty(0)
    pair = (0, np.empty(0))
    return min(through(name), through(pair[1]))


_ALONE = _alone()
_ALONE_AS_BASE = _references_to_base(np.empty(1).reshape(1, 1))


def _below(roots: list[Node], oldest: int = 0) -> set[Node]:
    """The roots and the nodes that they depend on, down to that sequence number."""
    seen, stack = set(roots), list(roots)
    while stack:
        for edge in stack.pop().edges:
            parent = edge[0]
            if parent.seq >= oldest and parent not in seen:
                seen.add(parent)
                stack.append(parent)
    return seen


def _leading_to(wanted: set[Node], roots: list[Node]) -> set[Node]:
    """The nodes below `roots` that lead to `wanted`, these included."""
    seen = _below(roots, min((node.seq for node in wanted), default=0))
    needed = set(wanted)
    for node in sorted(seen, key=lambda node: node.seq):  # arguments before results
        if any(edge[0] in needed for edge in node.edges):
            needed.add(node)
    return needed


def _sum_to(grad: Any, shape: tuple[int, ...]) -> Any:
    """Sum a gradient down to the shape that was broadcast; an array or a Tensor."""
    lead = grad.ndim - len(shape)
    if lead == 1 and grad.shape[1:] == shape and isinstance(grad, np.ndarray):
        return add_up(grad, (0,), grad.dtype)  # a bias
    pairs = list(zip(grad.shape[max(lead, 0) :], shape, strict=False))
    if lead < 0 or any(have != want and want != 1 for have, want in pairs):
        raise RuntimeError(
            f"a backward rule returned a gradient of shape {tuple(grad.shape)} for an argument "
            f"of shape {shape}: it must have that shape, or one that {shape} broadcasts to"
        )
    axes = tuple(range(lead)) + tuple(
        lead + i for i, (have, want) in enumerate(pairs) if have != want
    )
    if len(axes) == lead and isinstance(grad, np.ndarray):
        return add_up(grad, axes, grad.dtype)
    return grad.sum(axis=axes, keepdims=True).reshape(shape)


def _run_hooks(node: Node, grad: Any, record: bool) -> Any:
    """The gradient after the tensor's hooks; kept by the tensor if it retains it."""
    tensor = grad if record else make(np.asarray(grad))
    for hook in list((node.hooks or {}).values()):
        changed = hook(tensor)
        if changed is not None:
            if not isinstance(changed, tensor_class[0]):
                raise TypeError(
                    f"a hook returned a {type(changed).__name__}; expected a Tensor or None"
                )
            if tuple(changed.shape) != node.shape:
                raise RuntimeError(
                    f"a hook returned a gradient of shape {tuple(changed.shape)}; "
                    f"expected {node.shape}"
                )
            tensor = changed
    keeper = node.retains() if node.retains is not None else None
    if keeper is not None:
        if keeper._grad is not None:
            keeper._grad = keeper._grad + tensor
        else:
            keeper._grad = tensor if record else make(tensor._array.copy())
    return tensor if record else tensor._array


def _run_before(leaf: Leaf, grad: Any, record: bool) -> Any:
    """The gradient after the hooks of a leaf's node; None if one takes it away."""
    tensor = grad if record else make(np.asarray(grad))
    for hook in list(leaf.before.values()):
        tensor = hook(tensor)
        if tensor is None:
            return None
    return tensor if record else tensor._array


def _run_after(leaf: Leaf, grad: Any, record: bool) -> None:
    for hook in [*leaf.after.values(), *leaf.last.values()]:
        hook(grad if record else make(np.asarray(grad)))


def _give(leaf: Leaf, grad: Any, ours: bool, record: bool) -> None:
    """Give a leaf its gradient."""
    tensor = leaf.tensor()
    if tensor is None or tensor._node is None:  # frozen since it was used
        return
    if record:
        if recorders and mode.recorder is not None:
            refuse("backward(create_graph=True)")
        tensor._grad = grad.clone() if tensor._grad is None else tensor._grad + grad
    else:
        add_to_grad(tensor, grad, ours)


def add_to_grad(tensor: Any, grad: Any, ours: bool) -> None:
    """Add to the `.grad` of a leaf; a first gradient that others may see is copied."""
    old, array = tensor._grad, tensor._array
    if old is None:
        if not (ours and (grad.strides == array.strides or last(grad))):
            grad = _laid_out_as(array, grad)
        tensor._grad = make(grad)
    elif old._node is None and apart(old._array):
        np.add(old._array, grad, out=old._array)
        old._versions().n += 1
    else:
        tensor._grad = old + make(np.asarray(grad))


def _laid_out_as(array: Any, grad: Any) -> Any:
    """A copy of a gradient in the memory layout of its leaf, where PyTorch puts it too."""
    copy = np.empty_like(array, order=kept(array))
    copy[...] = grad
    return copy
