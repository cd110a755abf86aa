"""The walk back while it is recorded: what `engine.run` does, a line for each rule and each sum."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from heapq import heappop, heappush
from typing import Any

import numpy as np

from tinygrad_np.kernels.silence import quiet
from tinygrad_np.tape.complex import ComplexJointNode, ComplexNode, conjugate
from tinygrad_np.tape.engine import _is_ours, _leading_to, add_to_grad, fitted
from tinygrad_np.tape.grad_mode import mode
from tinygrad_np.tape.graph import JointNode, Leaf, Node, Part
from tinygrad_np.tape.refuse import refuse

KINDS = Node, JointNode, ComplexNode, ComplexJointNode  # whose rules are an op's
Pending = dict[int, tuple[Node, Any, str, bool]]  # whether it is a sum, as the engine has it


def walk(
    recorder: Any,
    roots: Iterable[tuple[Node, Any]],
    retain_graph: bool,
    inputs: Sequence[Node] | None,
    accumulate: bool,
) -> dict[Node, Any]:
    """`engine.run` on arrays."""
    roots = list(roots)
    wanted = None if inputs is None else set(inputs)
    needed = None if wanted is None else _leading_to(wanted, [node for node, _ in roots])
    found: dict[Node, Any] = {}
    pending: Pending = {}
    heap: list[int] = []
    before = mode.grad
    mode.grad, mode.recorder = False, None  # what the rules call is theirs
    with quiet():
        try:
            for node, grad in roots:
                recorder.walked.add(node)
                if needed is None or node in needed:
                    _put(recorder, node, grad, recorder.text(grad), pending, heap)
            while heap:
                node, grad, text, _ = pending.pop(-heappop(heap))
                if node.hooks or node.retains:
                    refuse("a hook of a tensor, or retain_grad(),")
                if wanted is not None and node in wanted:
                    ours = _is_ours(grad)
                    found[node] = grad if ours else np.array(grad)
                    recorder.know(
                        found[node],
                        text if ours else recorder.line(recorder.call(np.array, text))[0],
                    )
                if isinstance(node, Leaf):
                    if accumulate and (wanted is None or node in wanted):
                        ours = _is_ours(grad)
                        _keep(recorder, node, grad, text, ours)
                elif needed is None or any(edge[0] in needed for edge in node.edges):
                    for parent, grad, text in _backward(recorder, node, grad, text, needed):
                        if grad is not None:
                            _put(recorder, parent, grad, text, pending, heap)
                    recorder.walked.add(node)
                    if not retain_graph:
                        node.release()
        except BaseException:
            recorder.broken = "a step that goes on after an error in backward()"
            raise
        finally:
            mode.grad, mode.recorder = before, recorder
    return found


def _backward(
    recorder: Any, node: Node, grad: Any, text: str, needed: set[Node] | None
) -> list[tuple[Node, Any, str]]:
    """`Node.backward`, and the text of each gradient."""
    if type(node) not in KINDS or node not in recorder.rules:
        refuse(f"a walk back through {node.name()}")
    found = node.backward(grad, False, needed)
    if isinstance(node, ComplexNode):
        (text,) = recorder.line(f"{text}.conj()")
    edges = [
        (edge, given)
        for edge, given in zip(node.edges, recorder.rules[node], strict=True)
        if needed is None or edge[0] in needed
    ]
    texts: list[str] = []
    for i, ((_, rule, *_), given) in enumerate(edges):
        if rule.place is None or not i:
            argument = next(
                (a for a, r in node.op.rules.items() if r is rule), node.op.array_names[0]
            )
            recorder.name(rule.function, f"{node.op.__name__}_by_{argument}")
            texts += recorder.line(recorder.call(rule.function, text, *given))
    if isinstance(node, JointNode):
        texts = [f"{texts[0]}[{edge[1].place}]" for edge, _ in edges]
    if isinstance(node, ComplexNode):
        texts = [recorder.line(recorder.call(conjugate, t))[0] for t in texts]
    return [(parent, g, t) for (parent, g), t in zip(found, texts, strict=True)]


def _put(
    recorder: Any, node: Node, grad: Any, text: str, pending: Pending, heap: list[int]
) -> None:
    """Add a gradient to what waits at a node: where the engine adds in place, and only there.

    Elsewhere the sum may lie in another order in memory, and be rounded otherwise from then on.
    """
    if type(grad) is Part:
        whole = pending.get(node.seq)
        if whole is not None and _is_ours(whole[1]):
            add_part(whole[1], grad)
            (text,) = recorder.line(recorder.call(add_part, whole[2], text))
            pending[node.seq] = node, whole[1], text, whole[3]
            return
        (text,) = recorder.line(recorder.call(Part.whole, text, recorder.name(node, "node")))
        grad = grad.whole(node)
    if grad.shape != node.shape or grad.dtype != node.dtype:
        form = f"{tuple(node.shape)}, {recorder.text(node.dtype)}"
        (text,) = recorder.line(recorder.call(fitted, text, form))
        grad = fitted(grad, node.shape, node.dtype)
    there = pending.get(node.seq)
    if there is None:
        pending[node.seq] = node, grad, text, False
        heappush(heap, -node.seq)
    elif there[3] or _is_ours(there[1]):
        np.add(there[1], grad, out=there[1])
        (text,) = recorder.line(f"{recorder.call(np.add, there[2], text)[:-1]}, out={there[2]})")
        pending[node.seq] = node, there[1], text, True
    else:
        (text,) = recorder.line(recorder.call(np.add, there[2], text))
        total = there[1] + grad
        pending[node.seq] = node, total, text, type(total) is np.ndarray


def add_part(whole: Any, part: Part) -> Any:
    """Add a gradient that is 0 but at one place."""
    place = whole[part.where]
    np.add(place, part.array, out=place)
    return whole


def _keep(recorder: Any, leaf: Leaf, grad: Any, text: str, ours: bool) -> None:
    """Add to the `.grad` of a leaf."""
    if leaf.watched:
        refuse("a hook of a parameter")
    tensor = leaf.tensor()
    if tensor is not None and tensor._node is not None:
        name = recorder.tensor(tensor)
        add_to_grad(tensor, grad, ours)
        recorder.expect(tensor._grad)
        recorder.line(recorder.call(add_to_grad, name, text, repr(ours)), 0, acts=True)
