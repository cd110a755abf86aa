"""Jacobians on the tape, and their products with vectors: what `functional` and `func` ask for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from tinygrad_np.ops.join import stack
from tinygrad_np.tape.backward import grad
from tinygrad_np.tape.graph import make

if TYPE_CHECKING:
    from tinygrad_np.tensor import Tensor


def product(
    outputs: Sequence[Any], inputs: Sequence[Any], vs: Any, create_graph: bool, strict: bool = False
) -> tuple[Any, ...]:
    """The products of vectors, one for each output, with the Jacobian: one for each input.

    They are 0 for inputs that no output depends on, an error if `strict`.
    """
    live = [i for i, y in enumerate(outputs) if y.requires_grad]
    if strict and len(live) < len(outputs):
        raise RuntimeError("an output of the function is independent of the inputs (strict=True)")
    if not live or not inputs:
        return zeros(inputs)
    return grad(
        [outputs[i] for i in live],
        inputs,
        None if vs is None else [vs[i] for i in live],
        retain_graph=True,
        create_graph=create_graph,
        allow_unused=not strict,
        materialize_grads=not strict,
    )


def directions(ys: Sequence[Any], xs: Sequence[Any], strict: bool = False) -> Callable[..., Any]:
    """The function from directions of `xs`, None for 0, to those in which the results `ys` move.

    That is the product of the Jacobian with a vector, by walks back: the product from the other
    side is linear in its vector, and the gradient of that is the product looked for.
    """
    vectors = tuple(
        v.requires_grad_() if y.requires_grad else v for y, v in zip(ys, zeros(ys), strict=True)
    )
    moved = [v for v in vectors if v.requires_grad]
    products = product(ys, xs, vectors, True, strict)

    def along(vs: Sequence[Any], create_graph: bool) -> tuple[Any, ...]:
        pairs = [(p, v) for p, v in zip(products, vs, strict=True) if v is not None]
        found = iter(product([p for p, _ in pairs], moved, [v for _, v in pairs], create_graph))
        return tuple(next(found) if v.requires_grad else v.clone() for v in vectors)

    return along


def blocks(
    y: Tensor, xs: Sequence[Any], create_graph: bool, strict: bool = False
) -> tuple[Any, ...]:
    """The Jacobian of a result, for each of `xs` a tensor of (*y.shape, *x.shape), row by row."""
    rows = []
    for k in range(y.numel()):
        seed = np.zeros(y._array.shape, y._array.dtype)
        seed.reshape(-1)[k] = 1
        rows.append(product((y,), xs, (make(seed),), create_graph, strict))
    if not rows:
        return tuple(make(np.zeros((*y.shape, *x.shape), x._array.dtype)) for x in xs)
    columns = zip(*rows, strict=True)
    return tuple(stack(c).reshape((*y.shape, *x.shape)) for c, x in zip(columns, xs, strict=True))


def zeros(tensors: Sequence[Any]) -> tuple[Any, ...]:
    """Constants of the same shapes and dtypes."""
    return tuple(make(np.zeros_like(t._array)) for t in tensors)
