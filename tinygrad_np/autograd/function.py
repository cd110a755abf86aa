"""Function: an operation with a backward of one's own, in PyTorch's form.

`tinygrad_np.op` is the shorter form, and needs nothing to be saved by hand.

Source: https://pytorch.org/docs/stable/autograd.html#torch.autograd.Function
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar
from weakref import WeakValueDictionary

import numpy as np

from tinygrad_np.tape.grad_mode import mode, no_grad, set_grad_enabled
from tinygrad_np.tape.graph import Node, make
from tinygrad_np.tape.inplace import rebase
from tinygrad_np.tape.saved import Packed
from tinygrad_np.tape.version import check_stale
from tinygrad_np.tensor import Tensor

F = TypeVar("F", bound=Callable[..., Any])


class FunctionCtx:
    """What `forward` hands on to `backward`: saved tensors, and any attribute set on it.

    Attributes
    ----------
    needs_input_grad : tuple of bool
        For each argument of `forward`, whether its gradient is wanted.
    saved_tensors : tuple of Tensor
        What `save_for_backward` was given.
    """

    def __init__(self) -> None:
        self.needs_input_grad: tuple[bool, ...] = ()
        self._to_save: tuple[Tensor | None, ...] = ()
        self._saved: list[Any] | None = []
        self._dirty: tuple[Tensor, ...] = ()
        self._constant: tuple[Tensor, ...] = ()
        self._materialize = True
        self._node: FunctionNode | None = None  # while its backward runs

    def save_for_backward(self, *tensors: Tensor | None) -> None:
        """Keep inputs or outputs of `forward`; a later change in place of one is an error."""
        for t in tensors:
            if t is not None and not isinstance(t, Tensor):
                raise TypeError(
                    f"save_for_backward can only save Tensors, got {type(t).__name__}; "
                    "set other values as attributes: ctx.value = value"
                )
        self._to_save = tensors

    def save_for_forward(self, *tensors: Tensor | None) -> None:
        """Does nothing: `jvp` is for gradients in forward mode, which there are not."""

    def mark_non_differentiable(self, *outputs: Tensor) -> None:
        """Say that these outputs have no gradient."""
        self._constant = outputs

    def mark_dirty(self, *inputs: Tensor) -> None:
        """Say that `forward` changed these inputs in place, and returns them."""
        self._dirty = inputs

    def set_materialize_grads(self, value: bool) -> None:
        """Whether `backward` is given zeros (True) or None for an output without gradient."""
        self._materialize = value

    @property
    def saved_tensors(self) -> tuple[Any, ...]:
        if self._saved is None:
            raise RuntimeError(
                "Trying to backward through the graph a second time: the saved tensors have been "
                "freed. Pass retain_graph=True to the first backward() or grad()."
            )
        result: list[Any] = []
        for entry in self._saved:
            if entry is None:
                result.append(None)
                continue
            array, node, version, at = entry
            if isinstance(array, Packed):
                array, version = array.tensor()._array, None
            elif version.n != at:
                check_stale(f"a saved tensor of shape {list(array.shape)}", version.n, at)
            if isinstance(node, int):
                node = self._node and self._node.output(node)
            result.append(make(array, node, version))
        return tuple(result)

    def _keep(self, outputs: tuple[Any, ...]) -> None:
        """Pack what was given to `save_for_backward`, an output as its number: no way to itself."""
        self._saved, hooks = [], mode.packing[-1] if mode.packing else None
        for t in self._to_save:
            if t is None:
                self._saved.append(None)
                continue
            place: Any = next((i for i, out in enumerate(outputs) if t is out), None)
            if place is None:
                place = t._place()
            version = t._versions()
            kept: Any = t._array
            if hooks is not None:
                kept = Packed(t.detach() if isinstance(place, int) else t, hooks)
            self._saved.append((kept, place, version, version.n))
        self._to_save = ()


class _Gradients:
    """The gradients of several outputs on their way to their one node."""

    shape = dtype = None

    def __init__(self, parts: dict[int, Any]) -> None:
        self.parts = parts

    def __add__(self, other: _Gradients) -> _Gradients:
        parts = dict(self.parts)
        for i, grad in other.parts.items():
            parts[i] = parts[i] + grad if i in parts else grad
        return _Gradients(parts)


class FunctionNode(Node):
    """The node of an application of a `Function`: `shape` is None when it has several outputs."""

    __slots__ = ("ctx", "function", "outputs", "places", "specs")

    def __init__(
        self, function: type[Function], ctx: FunctionCtx, inputs: tuple[Any, ...], specs: Any
    ) -> None:
        shape, dtype = specs[0] or (None, None) if len(specs) == 1 else (None, None)
        parents = [x._place() if isinstance(x, Tensor) else None for x in inputs]
        super().__init__(
            None,
            [(p, None, (), ()) for p in parents if p is not None],
            shape,
            dtype,
        )
        self.function, self.ctx, self.specs, self.places = function, ctx, specs, parents
        self.outputs: WeakValueDictionary[int, Node] = WeakValueDictionary()

    def name(self) -> str:
        return f"{self.function.__name__}Backward"

    def __getattr__(self, name: str) -> Any:
        """What `forward` left on its context: ``y.grad_fn.saved_tensors``."""
        if name in ("ctx", "__deepcopy__") or not hasattr(self.ctx, name):
            return super().__getattr__(name)  # type: ignore[misc]  # of nodes that were met
        return getattr(self.ctx, name)

    def output(self, index: int) -> Node:
        """The node of one output."""
        if len(self.specs) == 1:
            return self
        node = self.outputs.get(index)
        if node is None:
            node = self.outputs[index] = _OutputNode(self, index)
        return node

    def arrived(self, grad: Any) -> tuple[Any, ...]:
        parts = grad.parts if isinstance(grad, _Gradients) else {0: grad}
        return tuple(parts.get(i) for i in range(len(self.specs)))

    def together(self, grads: tuple[Any, ...]) -> Any:
        parts = {i: g for i, g in enumerate(grads) if g is not None}
        return parts[0] if len(grads) == 1 else _Gradients(parts)

    def backward(
        self, grad: Any, record: bool, needed: set[Node] | None = None
    ) -> list[tuple[Node, Any]]:
        gradients: list[Any] = []
        for spec, g in zip(self.specs, self.arrived(grad), strict=True):
            if g is None and spec is not None and self.ctx._materialize:
                g = np.zeros(*spec)
            if isinstance(g, (np.ndarray, np.generic)):
                g = make(np.asarray(g))
            gradients.append(g)
        self.ctx._node = self
        try:
            with set_grad_enabled(record):
                results = self.function.backward(self.ctx, *gradients)
        finally:
            self.ctx._node = None  # a reference cycle otherwise
        return self._sorted(results, record)

    def _sorted(self, results: Any, record: bool) -> list[tuple[Node, Any]]:
        """The gradients that `backward` returned, for those inputs that have a node."""
        results = results if isinstance(results, tuple) else (results,)
        extra = results[len(self.places) :]
        if len(results) < len(self.places) or any(r is not None for r in extra):
            raise RuntimeError(
                f"function {self.name()} returned an incorrect number of gradients "
                f"(expected {len(self.places)}, got {len(results)})"
            )
        pairs = []
        for i, (place, g) in enumerate(zip(self.places, results, strict=False)):
            if place is None:
                continue
            if g is not None and not isinstance(g, Tensor):
                raise TypeError(
                    f"function {self.name()} returned a {type(g).__name__} as gradient {i}; "
                    "expected a Tensor or None"
                )
            pairs.append((place, g if record or g is None else g._array))
        return pairs

    def release(self) -> None:
        if self.ctx._saved:
            self.ctx._saved = None


class _OutputNode(Node):
    """One of several outputs of a `FunctionNode`."""

    __slots__ = ("index",)

    def __init__(self, parent: FunctionNode, index: int) -> None:
        shape, dtype = parent.specs[index]
        super().__init__(None, [(parent, None, (), ())], shape, dtype)
        self.index = index

    @property
    def result(self) -> tuple[Node, int]:
        return self.edges[0][0], self.index

    def name(self) -> str:
        return self.edges[0][0].name()

    def backward(
        self, grad: Any, record: bool, needed: set[Node] | None = None
    ) -> list[tuple[Node, Any]]:
        return [(self.edges[0][0], _Gradients({self.index: grad}))]

    def release(self) -> None:
        pass


class Function:
    """An operation defined by the static methods `forward` and `backward`; called by `apply`.

    ``forward(ctx, *args)`` computes with Tensors, unrecorded; ``backward(ctx, *grads)`` returns
    one gradient, or None, for each argument of `forward`. With a `setup_context(ctx, inputs,
    output)` beside them, `forward` takes no `ctx`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> class Cube(tg.autograd.Function):
    ...     @staticmethod
    ...     def forward(ctx, x):
    ...         ctx.save_for_backward(x)
    ...         return x * x * x
    ...     @staticmethod
    ...     def backward(ctx, grad):
    ...         (x,) = ctx.saved_tensors
    ...         return grad * 3 * x * x
    >>> x = tg.tensor(2.0, requires_grad=True)
    >>> Cube.apply(x).backward()
    >>> x.grad
    tensor(12.)
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        raise RuntimeError(
            f"{type(self).__name__} should not be instantiated: an autograd Function has static "
            f"methods and is called with {type(self).__name__}.apply(...)"
        )

    @staticmethod
    def forward(*args: Any, **kwargs: Any) -> Any:
        """Compute the outputs."""
        raise NotImplementedError(
            "You must implement the forward function for custom autograd.Function."
        )

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Any) -> Any:
        """Save what `backward` needs, apart from `forward`."""
        raise NotImplementedError("setup_context is not implemented.")

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Any) -> Any:
        """Compute the gradients of the inputs from those of the outputs."""
        raise NotImplementedError(
            "You must implement the backward method for your custom autograd.Function."
        )

    @classmethod
    def apply(cls, *args: Any, **kwargs: Any) -> Any:
        """Compute `forward` and record it.

        Returns
        -------
        Tensor or tuple
            What `forward` returned.
        """
        ctx = FunctionCtx()
        ctx.needs_input_grad = tuple(isinstance(a, Tensor) and a.requires_grad for a in args)
        separate = cls.setup_context is not Function.setup_context
        with no_grad():
            if separate:
                result = cls.forward(*args, **kwargs)
                cls.setup_context(ctx, args, result)
            else:
                result = cls.forward(ctx, *args, **kwargs)
        outputs = result if isinstance(result, tuple) else (result,)
        recorded = mode.grad and any(ctx.needs_input_grad)
        for dirty in ctx._dirty:
            if recorded and dirty.requires_grad and dirty.is_leaf:
                raise RuntimeError(
                    "a leaf Variable that requires grad is being used in an in-place operation."
                )
            dirty._versions().n += 1
        inputs = [a for a in args if not any(a is d for d in ctx._dirty)]
        placed = tuple(  # an input that is returned becomes a tensor of its own
            make(o._array, None, o._versions()) if any(o is a for a in inputs) else o
            for o in outputs
        )
        if recorded:
            specs = [
                (o._array.shape, o._array.dtype) if isinstance(o, Tensor) else None for o in outputs
            ]
            node = FunctionNode(cls, ctx, args, specs)
            for i, (o, p) in enumerate(zip(outputs, placed, strict=True)):
                constant = any(o is c for c in ctx._constant)
                if isinstance(p, Tensor) and p._array.dtype.kind == "f" and not constant:
                    if any(p is d for d in ctx._dirty):
                        rebase(p, node.output(i))
                    else:
                        p._node = node.output(i)
            ctx._keep(placed)
        return placed if isinstance(result, tuple) else placed[0]


def once_differentiable(backward: F) -> F:
    """Decorator for a `backward` whose gradients can't be differentiated again: that is an error.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> from tinygrad_np.autograd.function import once_differentiable
    >>> class Double(tg.autograd.Function):
    ...     @staticmethod
    ...     def forward(ctx, x):
    ...         return x * 2
    ...     @staticmethod
    ...     @once_differentiable
    ...     def backward(ctx, grad):
    ...         return grad * 2
    """

    @functools.wraps(backward)
    def call(ctx: Any, *grads: Any) -> Any:
        recording = mode.grad
        with no_grad():
            results = backward(ctx, *grads)
        tracked = recording and any(isinstance(g, Tensor) and g.requires_grad for g in grads)
        saved = recording and any(e is not None and e[1] is not None for e in ctx._saved or ())
        if tracked or saved:
            several = isinstance(results, tuple)
            for r in results if several else (results,):
                if isinstance(r, Tensor):
                    r._node = _OnceNode(r)
        return results

    return call  # type: ignore[return-value]


class _OnceNode(Node):
    """Where differentiating twice ends in an error."""

    __slots__ = ()

    def __init__(self, tensor: Tensor) -> None:
        super().__init__(None, (), tensor._array.shape, tensor._array.dtype)

    def name(self) -> str:
        return "OnceDifferentiable"

    def backward(
        self, grad: Any, record: bool, needed: set[Node] | None = None
    ) -> list[tuple[Node, Any]]:
        raise RuntimeError(
            "trying to differentiate twice a function that was marked with @once_differentiable"
        )

    def release(self) -> None:
        pass
