"""What PyTorch calls nodes, and what can be asked of one: its name, and what it saved.

A node's class has the node's name (`MmBackward0`) once a user has met it: `named` gives it one.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from tinygrad_np.tape.graph import Node

PREFIX = "_saved_"
OURS = {"self": "input", "result": "out"}  # what PyTorch calls otherwise
FREED = (
    "Trying to backward through the graph a second time (or directly access saved tensors after "
    "they have already been freed): what {} saved has been freed. Pass retain_graph=True to the "
    "first backward() or grad() if the graph is needed again."
)


def name_of(op: Any, node: Node) -> str:
    """PyTorch's name for the node of an op; of an op of the user's own by the op's name."""
    plain = op.name.strip("_")
    name: Any = "".join(w[:1].upper() + w[1:] for w in plain.split("_"))
    if op.forward.__module__.startswith("tinygrad_np."):
        name = _NAMES.get(plain, name)
    if callable(name):
        name = name(node, _kept(node))
    whole = "Backward" in name or "::" in name
    return name if whole else f"{name}Backward0"  # type: ignore[no-any-return]


def named(node: Node) -> Node:
    """The node, of a class that has its name."""
    if node.called is None:
        node.__class__ = _class(type(node), node.name())  # type: ignore[arg-type]
    return node


@functools.cache
def _class(kind: type[Node], name: str) -> type[Node]:
    short = name.rpartition(":")[2]
    return type(short, (kind, Met), {"__slots__": (), "called": name})


class Met:
    """What a node has beside when a user has met it; it would slow the walk back elsewhere."""

    __slots__ = ()

    def __getattr__(self: Any, name: str) -> Any:
        """What the node saved for the walk back: ``_saved_self``, ``_saved_other``."""
        if name.startswith(PREFIX):
            return saved(self, name)
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def __dir__(self: Any) -> list[str]:
        return [*super().__dir__(), *saved_names(self)]


def _kept(node: Node) -> dict[str, Any]:
    """What the rules of a node asked for, by name, until it is freed."""
    return {
        name: value
        for _, rule, values, _ in node.edges
        for name, value in zip(getattr(rule, "names", ()), values, strict=False)
    }


def _numbered(name: str, plain: str = "0", other: str = "1") -> Callable[[Any, Any], str]:
    """The name of a reduction: of everything, or over dimensions."""
    return lambda node, kept: f"{name}Backward{plain if kept.get('dim') is None else other}"


def _ndim(kept: dict[str, Any], name: str, otherwise: int) -> int:
    value, shape = kept.get(name), kept.get(f"{name}_shape")
    return len(shape) if shape is not None else getattr(value, "ndim", otherwise)


def _matmul(node: Node, kept: dict[str, Any]) -> str:
    whole = min(len(node.shape), 3)
    dims = _ndim(kept, "input", whole), _ndim(kept, "other", whole)
    return {(1, 1): "Dot", (2, 1): "Mv"}.get(dims, "Mm" if max(dims) < 3 else "Bmm")


def _pow(node: Node, kept: dict[str, Any]) -> str:
    number = (int, float, complex)
    if isinstance(kept.get("input"), number):
        return "PowBackward2"
    return f"PowBackward{0 if isinstance(kept.get('exponent'), number) else 1}"


def _getitem(node: Node, kept: dict[str, Any]) -> str:
    where = kept.get("where")
    where = where if isinstance(where, tuple) else (where,)
    told = [w for w in where if w is not Ellipsis]
    last = [w for w in told if w != slice(None)][-1:] or told[-1:]
    if not last:
        return "Alias"
    return "Slice" if isinstance(last[0], slice) else "Unsqueeze" if last[0] is None else "Select"


def _standardize(node: Node, kept: dict[str, Any]) -> str:
    dims = tuple(kept.get("dims", ()))
    return "NativeBatchNorm" if 0 in dims and len(dims) < len(node.shape) else "NativeLayerNorm"


def _pool(name: str) -> Callable[[Any, Any], str]:
    return lambda node, kept: name.format(max(len(node.shape) - 2, 2))


_NAMES: dict[str, Any] = {
    "affine": "NativeBatchNorm",
    "cast": "ToCopy",
    "cholesky": "LinalgCholeskyEx",
    "clamp": lambda node, kept: "Clamp" if {"min", "max"} & _arguments(node) else "ClampBackward1",
    "contiguous": "Clone",
    "conv_transpose": "Convolution",
    "cross_entropy": "NllLoss",
    "det": "LinalgDet",
    "from_columns": "Col2Im",
    "getitem": _getitem,
    "inv": "LinalgInvEx",
    "linear": lambda node, kept: "Addmm" if "bias" in _arguments(node) else "Mm",
    "log1p": "Log1P",
    "logsigmoid": "LogSigmoid",
    "matmul": _matmul,
    "mean": _numbered("Mean"),
    "pow": _pow,
    "prod": _numbered("Prod"),
    "reshape": "View",
    "standardize": _standardize,
    "steps": "AsStrided",
    "sum": _numbered("Sum"),
    "vector_norm": "LinalgVectorNorm",
    "window_max": _pool("MaxPool{}DWithIndices"),
    "window_mean": _pool("AvgPool{}D"),
    "write": "torch::autograd::CopySlices",
}


def _arguments(node: Node) -> set[str]:
    """The arguments that the node gives gradients to."""
    names: Any = node.op.array_names
    return {names[node.argument(i)] for i in range(len(node.edges))}


def saved_names(node: Node) -> Iterator[str]:
    """The attributes with what a node saved; without what can't be in a set."""
    theirs = {ours: name for name, ours in OURS.items()}
    for _, rule, values, refs in node.edges:
        tensors = {ref[0] for ref in refs}
        for i, value in enumerate(values):
            name = rule.names[i]
            with contextlib.suppress(TypeError):
                hash(None if i in tensors else _fixed(value))
                yield PREFIX + theirs.get(name, name)


def saved(node: Node, attribute: str) -> Any:
    """What a node saved under a name: leaves themselves, other values as Tensors, lists as tuples.

    Raises
    ------
    AttributeError
        For another name.
    RuntimeError
        If it has been freed, or was changed in place since.
    """
    from tinygrad_np.tape.saved import leaf_of

    name = attribute.removeprefix(PREFIX)
    name = OURS.get(name, name)
    for _, rule, values, refs in node.edges:
        names = getattr(rule, "names", ())
        if name in names:
            if len(values) != len(names):
                raise RuntimeError(FREED.format(node.name()))
            place = names.index(name)
            value = _fixed(values[place])
            for ref in refs:
                if ref[0] == place:
                    if ref[1].n != ref[2]:
                        node._stale(ref, values, rule)
                    leaf = leaf_of(ref[3], value._array)
                    if leaf is not None:
                        return leaf
                    (value,) = node._on_tape([value._array], [(0, *ref[1:])])
            return value
    raise AttributeError(f"{node.name()} object has no attribute {attribute!r}")


def _fixed(value: Any) -> Any:
    """A value as others may have it."""
    from tinygrad_np.tape.graph import make
    from tinygrad_np.tape.saved import Packed

    if isinstance(value, Packed):
        return value.tensor()
    if type(value) in (tuple, list):
        return tuple(map(_fixed, value))
    return make(value) if isinstance(value, np.ndarray) else value
