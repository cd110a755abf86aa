"""`backward` and `grad`: the walk back as users call it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from tinygrad_np.tape.engine import run
from tinygrad_np.tape.graph import Node, TensorBase, tensor_class
from tinygrad_np.tape.op import REGISTRY
from tinygrad_np.tape.record import always

if TYPE_CHECKING:
    from tinygrad_np.tensor import Tensor

TensorOrTensors = Any  # a Tensor, or the edge of one, or a sequence of them


class GradientEdge(NamedTuple):
    """The place of a tensor on the tape, for `backward` and `grad` in place of the tensor.

    Attributes
    ----------
    node : Node
    output_nr : int
        Which result of the node it is.
    ownership_token : Node, optional
        Of no use: `node` keeps the tape alive.
    """

    node: Node
    output_nr: int
    ownership_token: Node | None = None


def backward(
    tensors: TensorOrTensors,
    grad_tensors: TensorOrTensors | None = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    grad_variables: TensorOrTensors | None = None,
    inputs: TensorOrTensors | None = None,
) -> None:
    """Add the gradients of the sum of `tensors` to the `.grad` of the leaves they depend on.

    Parameters
    ----------
    tensors : Tensor or sequence of Tensor
    grad_tensors : Tensor or sequence of (Tensor or None), optional
        The gradient of each tensor, of its shape; may be left out for tensors of one element.
    retain_graph : bool, optional
        Keep the graph for another walk; the default is the value of `create_graph`.
    create_graph : bool, default False
        Record the walk, so that the gradients can be differentiated again.
    grad_variables : optional
        The old name of `grad_tensors`.
    inputs : Tensor or sequence of Tensor, optional
        Only these get a gradient; the default is every leaf.

    Raises
    ------
    RuntimeError
        If a tensor does not require grad, has several elements and no gradient is given, if the
        shapes differ, if the graph has been freed, if a saved value was changed in place, or if
        both names are given.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> x = tg.tensor([1.0, 2.0], requires_grad=True)
    >>> tg.autograd.backward((x * x).sum())
    >>> x.grad
    tensor([2., 4.])
    """
    if grad_variables is not None:
        if grad_tensors is not None:
            raise RuntimeError("backward(): give grad_tensors, or its old name grad_variables")
        grad_tensors = grad_variables
    roots = _roots(_sequence(tensors), grad_tensors, create_graph)
    nodes = None
    if inputs is not None:
        nodes = _nodes(_sequence(inputs))
        if not nodes:
            raise RuntimeError("'inputs' argument to backward() cannot be empty.")
    found = run(
        roots,
        retain_graph=create_graph if retain_graph is None else retain_graph,
        create_graph=create_graph,
        inputs=nodes,
    )
    for tensor in _sequence(inputs) if inputs is not None else ():
        if isinstance(tensor, GradientEdge):
            continue  # a leaf has its gradient, and of another there is nothing to keep it in
        node = tensor._node
        retained = node.retains is not None and node.retains() is tensor
        if not tensor.is_leaf and node in found and not retained:
            new = found[node]
            new = new if create_graph else tensor_class[0]._make(new)
            tensor._grad = new if tensor._grad is None else tensor._grad + new


def grad(
    outputs: TensorOrTensors,
    inputs: TensorOrTensors,
    grad_outputs: TensorOrTensors | None = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    only_inputs: bool = True,
    allow_unused: bool | None = None,
    is_grads_batched: bool = False,
    materialize_grads: bool = False,
) -> tuple[Tensor, ...]:
    """The gradients of the sum of `outputs` with respect to `inputs`; no `.grad` is changed.

    Parameters
    ----------
    outputs, inputs : Tensor or sequence of Tensor
    grad_outputs : Tensor or sequence of (Tensor or None), optional
        The gradient of each output, of its shape; may be left out for outputs of one element.
    retain_graph, create_graph : bool
        As for `backward`.
    only_inputs : bool, default True
        Of no effect, as in PyTorch: no other `.grad` is changed.
    allow_unused : bool, optional
        Give None for an input that the outputs do not depend on, instead of an error.
    is_grads_batched : bool, default False
        Each of `grad_outputs` has a first dimension more, of as many gradients; so have the
        results. The walk is made once for each.
    materialize_grads : bool, default False
        Zeros instead of None for unused inputs.

    Returns
    -------
    tuple of Tensor
        One for each input, of its shape and dtype.

    Raises
    ------
    RuntimeError
        As `backward`, and for an input that does not require grad or, unless allowed, is unused.
    ValueError
        For batches of several sizes, or none.
    IndexError
        For a batch of no gradients, or without a first dimension.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> x = tg.tensor(3.0, requires_grad=True)
    >>> (first,) = tg.autograd.grad(x**3, x, create_graph=True)
    >>> tg.autograd.grad(first, x)
    (tensor(18.),)
    """
    if is_grads_batched:
        batch = _batch(_sequence(outputs), grad_outputs)
        keep = (create_graph if retain_graph is None else retain_graph,)
        columns = zip(
            *(
                grad(
                    outputs, inputs, g, kept, create_graph, only_inputs, allow_unused,
                    materialize_grads=materialize_grads,
                )
                for g, kept in zip(batch, (True,) * (len(batch) - 1) + keep, strict=True)
            ),
            strict=True,
        )  # fmt: skip
        stack = REGISTRY["tinygrad_np.ops.join._stack"]  # the ops are built on the tape
        return tuple(None if c[0] is None else stack(*c, dim=0) for c in columns)  # type: ignore[misc]
    if materialize_grads and allow_unused is False:
        raise ValueError("Expected allow_unused to be True or not passed with materialize_grads")
    targets = _sequence(inputs)
    nodes = _nodes(targets)
    if not nodes:
        raise RuntimeError("'inputs' argument to grad() cannot be empty.")
    found = run(
        _roots(_sequence(outputs), grad_outputs, create_graph),
        retain_graph=create_graph if retain_graph is None else retain_graph,
        create_graph=create_graph,
        inputs=nodes,
        accumulate=False,
    )
    result: list[Any] = []
    for i, (tensor, node) in enumerate(zip(targets, nodes, strict=True)):
        if node in found:
            g = found[node]
            result.append(g if create_graph else tensor_class[0]._make(g))
        elif materialize_grads and isinstance(tensor, GradientEdge):
            raise RuntimeError(
                "materialize_grads cannot be used when the given input is a GradientEdge"
            )
        elif materialize_grads:
            result.append(tensor_class[0]._make(np.zeros_like(tensor._array)))
        elif allow_unused:
            result.append(None)
        else:
            raise RuntimeError(
                f"One of the differentiated Tensors (input {i}, of shape {node.shape}) "
                "appears to not have been used in the graph. Set allow_unused=True if this is "
                "the desired behavior."
            )
    return tuple(result)


def _batch(outputs: Sequence[Any], grads: TensorOrTensors) -> list[list[Any]]:
    """The gradients of the outputs for each walk, from tensors with a first dimension more."""
    grads = _sequence(grads) if grads is not None else (None,)
    shapes = [tuple(getattr(g, "shape", ())) for g in grads]
    sizes = {shape[0] for shape in shapes if shape}
    if grads[0] is not None and () in shapes:
        raise IndexError("is_grads_batched: a gradient has no dimension for the batch")
    if () in shapes or len(sizes) != 1:
        raise ValueError(
            "is_grads_batched: expected grad_outputs with the same first dimension, the gradients "
            f"of one walk each; their shapes are {[list(shape) for shape in shapes]}"
        )
    for i, (shape, output) in enumerate(zip(shapes, outputs, strict=False)):
        node = _node(output)
        if node is not None and tuple(shape[1:]) != node.shape:
            raise RuntimeError(
                "If `is_grads_batched=True`, the first dimension of each grad_output is the batch "
                f"dimension and the others match the output's: grad_output[{i}] has the shape "
                f"{list(shape)} and output[{i}] {list(node.shape)}"
            )
    (size,) = sizes
    if size == 0:
        raise IndexError("is_grads_batched: expected one gradient at least, got a batch of none")
    return [[g[i] for g in grads] for i in range(size)]


def _sequence(tensors: TensorOrTensors) -> Sequence[Any]:
    one = (TensorBase, np.ndarray, GradientEdge)
    return (tensors,) if isinstance(tensors, one) else tuple(tensors)


def _node(tensor: Any) -> Node | None:
    return tensor.node if isinstance(tensor, GradientEdge) else tensor._place()  # type: ignore[no-any-return]


def _nodes(tensors: Sequence[Any]) -> list[Node]:
    nodes = []
    for i, tensor in enumerate(tensors):
        node = _node(tensor)
        if node is None:
            raise RuntimeError(
                f"One of the differentiated Tensors (input {i}, of shape {tuple(tensor.shape)}) "
                "does not require grad"
            )
        nodes.append(node)
    return nodes


def _roots(
    tensors: Sequence[Any], grads: TensorOrTensors | None, create_graph: bool
) -> list[tuple[Node, Any]]:
    """The nodes to start from, each with its gradient: a Tensor with `create_graph`."""
    gradients = (None,) * len(tensors) if grads is None else _sequence(grads)
    if len(gradients) != len(tensors):
        raise RuntimeError(
            f"got {len(tensors)} tensors and {len(gradients)} gradients; expected one for each"
        )
    roots = []
    for i, (tensor, gradient) in enumerate(zip(tensors, gradients, strict=True)):
        node = _node(tensor)
        if node is None:
            raise RuntimeError(
                f"element {i} of tensors does not require grad and does not have a grad_fn: "
                "no input of its computation had requires_grad=True, or it was computed under "
                "no_grad() or from a detach()ed tensor"
            )
        if gradient is None:
            if math.prod(node.shape) != 1:
                raise RuntimeError(
                    "grad can be implicitly created only for scalar outputs, but the tensor has "
                    f"shape {node.shape}: reduce it, with .sum() or .mean(), or pass "
                    "backward() a gradient of that shape"
                )
            if node.dtype.kind == "c":
                raise RuntimeError(
                    "grad can be implicitly created only for real scalar outputs, but the tensor "
                    f"is of {node.dtype}: take .abs() or .real of it, or pass backward() a "
                    "gradient"
                )
            gradient = always(np.ones(node.shape, node.dtype))
        elif not isinstance(gradient, TensorBase):
            gradient = np.asarray(gradient)
        if tuple(gradient.shape) != node.shape:
            raise RuntimeError(
                f"Mismatch in shape: the gradient for element {i} has shape "
                f"{tuple(gradient.shape)} and the tensor has shape {node.shape}"
            )
        if isinstance(gradient, TensorBase) and not create_graph:
            gradient = gradient._array
        elif isinstance(gradient, np.ndarray) and create_graph:
            gradient = tensor_class[0]._make(gradient)
        roots.append((node, gradient))
    return roots
