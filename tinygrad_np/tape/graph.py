"""What the tape is made of: nodes, views, and the bare base of Tensor.

A `Node` is one recorded application of an op. Its edges point to the nodes of the arguments,
never to tensors, so an activation lives no longer than its user or a rule needs it, and there are
no reference cycles: dropping the last tensor of a graph frees all of it at once.
"""

from __future__ import annotations

import itertools
import sys
import weakref
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from tinygrad_np.kernels import layout
from tinygrad_np.tape import names
from tinygrad_np.tape.grad_mode import enable_grad, mode, recorders
from tinygrad_np.tape.handle import RemovableHandle
from tinygrad_np.tape.version import Version, check_stale, only_through_data

if TYPE_CHECKING:
    from tinygrad_np.tensor import Tensor

sequence = itertools.count(1)
_new = object.__new__
SELF: Any = object()  # stands for the node itself among what it saved: no reference cycle


class View:
    """Where a view comes from: its base, the steps that lead to it, and the version seen.

    `steps` is None for a view made while nothing was recorded: it can't be put on the tape later.
    """

    __slots__ = ("_base", "at", "steps")

    def __init__(
        self, base: TensorBase, steps: tuple[tuple[Any, dict[str, Any]], ...] | None, at: int
    ) -> None:
        self._base, self.steps, self.at = base, steps, at

    @property
    def base(self) -> TensorBase:
        """The tensor that the steps begin at."""
        while self._base._view is not None:  # it became a view of what it was, by `t_`
            self._base = self._base._view.base
        return self._base


class Node:
    """One recorded application of an op.

    Attributes
    ----------
    op : Any
        The op that was applied.
    seq : int
        Larger than the `seq` of every node that it depends on: the walk back follows it.
    edges : sequence of (Node, rule, values, refs)
        For each argument that needs a gradient its node, the op's rule for it, the values that
        the rule asked for, and how those of them that are tensors are checked and put back on
        the tape: (position, version, count, node). Both are empty once released.
    shape, dtype
        Of the result, and so of the gradient that arrives here.
    hooks : dict or None
        Of the tensor: called with its gradient before it is kept or passed on.
    retains : weak reference or None
        To the tensor that keeps the gradient of a result (`Tensor.retain_grad`).
    """

    __slots__ = ("__weakref__", "dtype", "edges", "hooks", "op", "retains", "seq", "shape")
    called: ClassVar[str | None] = None  # in classes of one name

    def __init__(
        self,
        op: Any,
        edges: Sequence[tuple[Node, Any, Any, Any]],
        shape: Any,
        dtype: Any,
    ) -> None:
        self.op = op
        self.edges = edges
        self.shape = shape
        self.dtype = dtype
        self.hooks: dict[int, Callable[[Any], Any]] | None = None
        self.retains: weakref.ref[TensorBase] | None = None
        self.seq = next(sequence)

    def name(self) -> str:
        """PyTorch's name for the node of an op: MulBackward0 for mul.

        Examples
        --------
        >>> import tinygrad_np as tg
        >>> (tg.ones(2, requires_grad=True) * 2).grad_fn.name()
        'MulBackward0'

        That is also the name of its class, ``type(x.grad_fn).__name__``.
        """
        return self.called or names.name_of(self.op, self)

    def __repr__(self) -> str:
        return f"<{self.name().rpartition(':')[2]}>"

    @property
    def metadata(self) -> dict[str, Any]:
        """A dict for whatever is to be kept with the node."""
        from tinygrad_np.tape.node_hooks import metadata  # which knows nodes

        return metadata.setdefault(self, {})

    @property
    def next_functions(self) -> tuple[tuple[Node | None, int], ...]:
        """The nodes of the arguments, each with the number of the result that the argument is.

        That is 0 but for results of a `Function`; a None stands for an argument without gradient.
        """
        places: dict[int, tuple[Node | None, int]]
        places = dict.fromkeys(range(len(self._arguments())), (None, 0))
        for i, edge in enumerate(self.edges):
            node, number = edge[0].result
            places[self.argument(i)] = names.named(node), number
        return tuple(places[i] for i in sorted(places))

    @property
    def result(self) -> tuple[Node, int]:
        """The node as users see it, and which of its results this one stands for."""
        return self, 0

    def arrived(self, grad: Any) -> tuple[Any, ...]:
        """What arrives at a node as a gradient for each of its results."""
        return (grad,)

    def together(self, grads: tuple[Any, ...]) -> Any:
        """What arrives at a node, from a gradient for each of its results."""
        return grads[0]

    def walked(self, found: Sequence[Any], needed: set[Node] | None) -> list[int]:
        """To which arguments the gradients belong that `backward` found."""
        edges = range(len(self.edges))
        if len(found) < len(edges) and needed is not None:
            return [self.argument(i) for i in edges if self.edges[i][0] in needed]
        return [self.argument(i) for i in edges]

    def argument(self, i: int) -> int:
        """Which argument an edge belongs to."""
        rule, names = self.edges[i][1], self._arguments()
        return next((k for k, name in enumerate(names) if self.op.rules.get(name) is rule), i)

    def _arguments(self) -> Sequence[str]:
        return () if self.op is None or len(self.op.rules) < 2 else self.op.array_names

    def register_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call ``hook(grad_inputs, grad_outputs)`` when the node was walked.

        Both are tuples, `grad_inputs` as `next_functions`; what `hook` returns takes their place.
        """
        from tinygrad_np.tape.node_hooks import after  # which knows nodes

        return after(self, hook)

    def register_prehook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call ``hook(grad_outputs)``, a tuple, before the node is walked; as for the other."""
        from tinygrad_np.tape.node_hooks import before

        return before(self, hook)

    def backward(
        self, grad: Any, record: bool, needed: set[Node] | None = None
    ) -> list[tuple[Node, Any]]:
        """The gradients of the arguments: (node, gradient) for each edge to a needed node.

        With `record` the rules are given Tensors, else arrays.
        """
        result = []
        for parent, rule, values, refs in self.edges:
            if needed is not None and parent not in needed:
                continue
            for ref in refs:
                if ref[1].n != ref[2]:
                    self._stale(ref, values, rule, record)
            if len(values) != len(rule.needs):
                raise self._freed()
            if record:
                values = self._on_tape(values, refs)
            result.append((parent, rule.function(grad, *values)))
        return result

    def _freed(self) -> RuntimeError:
        return RuntimeError(names.FREED.format(self.name()))

    def _on_tape(self, values: Sequence[Any], refs: Sequence[Any]) -> list[Any]:
        """What was saved, the arrays as Tensors in their old place on the tape."""
        values = list(values)
        for position, version, _, node in refs:
            values[position] = tensor_class[0]._make(
                values[position], self if node is SELF else node, version
            )
        return values

    def _stale(self, ref: Any, values: Sequence[Any], rule: Any, record: bool = True) -> None:
        position, version, at, _ = ref
        if rule.names[position] in rule.late and not record:
            return
        what = f"{rule.names[position]!r} of shape {list(values[position].shape)}"
        check_stale(f"{what}, saved by {self.name()},", version.n, at)

    def release(self) -> None:
        """Drop what the rules saved; a node whose rules need no values can be walked again."""
        for _, rule, values, refs in self.edges:
            if rule.holds:
                values.clear()
                refs.clear()


class JointNode(Node):
    """Where one rule gives the gradients of several arguments, which share what it asked for."""

    __slots__ = ()

    def backward(
        self, grad: Any, record: bool, needed: set[Node] | None = None
    ) -> list[tuple[Node, Any]]:
        edges = self.edges if needed is None else [e for e in self.edges if e[0] in needed]
        if not edges:
            return []
        _, rule, values, refs = edges[0]
        for ref in refs:
            if ref[1].n != ref[2]:
                self._stale(ref, values, rule, record)
        if len(values) != len(rule.needs):
            raise self._freed()
        gradients = rule.function(grad, *(self._on_tape(values, refs) if record else values))
        return [(parent, gradients[rule.place]) for parent, rule, *_ in edges]


class Part:
    """A gradient that is 0 but at one place: a rule gives it in place of an array of zeros.

    So the gradients of many views of one tensor are added up in the time of one.
    """

    __slots__ = ("array", "where")

    def __init__(self, array: np.ndarray[Any, Any], where: tuple[Any, ...]) -> None:
        self.array, self.where = array, where

    def whole(self, node: Node) -> np.ndarray[Any, Any]:
        """The gradient as an array, of a node."""
        whole = np.zeros(node.shape, node.dtype)
        whole[self.where] = self.array
        return whole


class Leaf(Node):
    """The node of a tensor that the user made: gradients end here, in its `.grad`.

    Attributes
    ----------
    tensor : weak reference
    before, after, last : dict
        Hooks, called with a gradient that is to be added to `.grad`, or has been: those of the
        tensor, and then those of the node.
    """

    __slots__ = ("after", "before", "last", "tensor")

    def __init__(self, tensor: TensorBase) -> None:
        super().__init__(None, (), tensor._array.shape, tensor._array.dtype)
        self.tensor = weakref.ref(tensor)
        self.before: dict[int, Callable[[Any], Any]] = {}
        self.after: dict[int, Callable[[Any], None]] = {}
        self.last: dict[int, Callable[[Any], None]] = {}

    @property
    def watched(self) -> bool:
        """Whether there are hooks."""
        return bool(self.hooks or self.before or self.after or self.last)

    def name(self) -> str:
        return "torch::autograd::AccumulateGrad"

    @property
    def variable(self) -> TensorBase:
        """The tensor; AttributeError when it is no more."""
        tensor = self.tensor()
        if tensor is None:
            raise AttributeError("the tensor of this node is no more: keep it where it was made")
        return tensor

    def release(self) -> None:
        pass


class TensorBase:
    """An array with a place on the tape; `Tensor` gives it methods.

    `_node` is None for a constant. `_counter` is made when first needed. `_view` is None unless
    the array is a view of another tensor's.
    """

    __slots__ = ("_array", "_counter", "_grad", "_node", "_view")

    _array: np.ndarray[Any, np.dtype[Any]]
    _grad: Tensor | None
    _node: Node | None
    _counter: Version | None
    _view: View | None

    @classmethod
    def _make(
        cls,
        array: np.ndarray[Any, np.dtype[Any]],
        node: Node | None = None,
        version: Version | None = None,
        view: View | None = None,
    ) -> Any:
        self = _new(cls)  # past Tensor.__init__
        self._array = array
        self._node = node
        self._counter = version
        self._view = view
        self._grad = None
        return self

    def _in_order(self) -> np.ndarray[Any, np.dtype[Any]]:
        """The array, for others to share or to look at closely.

        Convolutions and what follows them leave images with channels last in memory. That is not
        to be seen: before the memory is first shared, it is laid out in the order of the indices.
        """
        array = self._array
        if array.ndim < 4 or array.flags.c_contiguous or self._view is not None:
            return array
        base = array.base
        if base is not None and (not isinstance(base, np.ndarray) or sys.getrefcount(base) > 3):
            return array  # the user's own memory, in the user's order
        if layout.last(array):
            self._array = np.ascontiguousarray(array)
            if recorders and mode.recorder is not None:
                mode.recorder.laid_out(array, self._array)
        return self._array

    def _place(self) -> Node | None:
        """The tensor's node, found anew if its base was changed in place since."""
        view = self._view
        if view is None or view.at == self._versions().n:
            return self._node
        if not only_through_data(self._versions().n, view.at):
            return self._placed_anew(view)
        view.at = self._versions().n
        return self._node

    def _placed_anew(self, view: View) -> Node | None:
        if view.steps is None:
            if self._node is not None:
                raise RuntimeError(
                    f"a view of shape {self._array.shape} that a custom Function returned, or an "
                    "input that it returned as it is, was changed in place since, or its base was: "
                    "the gradient is unknown; clone() it in forward()"
                )
            return None
        view.at = self._versions().n
        base = view.base._place()
        if base is None:
            if not isinstance(self._node, Leaf):
                self._node = None
        else:
            again = tensor_class[0]._make(view.base._array, base, self._counter)
            with enable_grad():
                self._move(replay(again, view.steps)._node)
        return self._node

    def _move(self, node: Any) -> None:
        """Take a new place on the tape, where a gradient that is retained is the new value's."""
        old = self._node
        if old is not None and old.retains is not None and old.retains() is self:
            node.retains, old.retains = old.retains, None
        self._node = node

    def _versions(self) -> Version:
        """The tensor's version, shared with its views."""
        version = self._counter
        if version is None:
            version = self._counter = Version()
        return version


def replay(value: Any, steps: Sequence[tuple[Any, dict[str, Any]]]) -> Any:
    """The view of an array or Tensor that these view ops lead to."""
    for op, params in steps:
        value = op(value, **params)
    return value


# The class of results. Tensor is defined far above the tape, and puts itself here.
tensor_class: list[Any] = [TensorBase]


def make(
    array: np.ndarray[Any, np.dtype[Any]],
    node: Node | None = None,
    version: Version | None = None,
    view: View | None = None,
) -> Any:
    """A Tensor: `tensor_class[0]._make`, without the cost of a class method."""
    self = _new(tensor_class[0])
    self._array = array
    self._node = node
    self._counter = version
    self._view = view
    self._grad = None
    return self
