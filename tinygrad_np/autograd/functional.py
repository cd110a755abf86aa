"""Jacobians, Hessians and their products with vectors.

Source: the interface is PyTorch's, https://pytorch.org/docs/stable/autograd.html#functional-higher-level-api
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tinygrad_np.autograd.products import blocks, directions, product
from tinygrad_np.tape.grad_mode import enable_grad, mode
from tinygrad_np.tape.graph import make
from tinygrad_np.tensor import Tensor

__all__ = ["hessian", "hvp", "jacobian", "jvp", "vhp", "vjp"]

Tensors = Any  # a Tensor or a tuple of them


def vjp(
    func: Callable[..., Any],
    inputs: Tensors,
    v: Tensors | None = None,
    create_graph: bool = False,
    strict: bool = False,
) -> tuple[Tensors, Tensors]:
    """The outputs of `func` and the product of a vector with its Jacobian.

    Parameters
    ----------
    func : callable
        Tensors in, a Tensor or a tuple of them out.
    inputs : Tensor or tuple of Tensor
    v : Tensor or tuple of Tensor, optional
        Of the shapes of the outputs; may be left out for one output of one element.
    create_graph : bool, default False
        Record the computation, so that the results can be differentiated.
    strict : bool, default False
        RuntimeError, instead of zeros, for an input that the outputs do not depend on, and with
        `create_graph` for one that the derivative does not depend on.

    Returns
    -------
    outputs : Tensor or tuple of Tensor
    vjp : Tensor or tuple of Tensor
        Of the shapes of the inputs.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.autograd.functional.vjp(lambda x: x * x, tg.tensor([1.0, 2.0]), tg.ones(2))
    (tensor([1., 4.]), tensor([2., 4.]))
    """
    with enable_grad():
        xs = _live(inputs, create_graph)
        results = func(*xs)
        ys = _tuple(results)
        vs = None if v is None else _tuple(v)
        _check_shapes(vs, ys, "v", "outputs")
        products = product(ys, xs, vs, create_graph, strict)
        _check_strict(products, create_graph and strict)
    return _like(results, _done(ys, create_graph)), _like(inputs, _done(products, create_graph))


def jvp(
    func: Callable[..., Any],
    inputs: Tensors,
    v: Tensors | None = None,
    create_graph: bool = False,
    strict: bool = False,
) -> tuple[Tensors, Tensors]:
    """The outputs of `func` and the product of its Jacobian with a vector (see `directions`).

    Parameters
    ----------
    func, inputs, create_graph, strict
        As for `vjp`.
    v : Tensor or tuple of Tensor, optional
        Of the shapes of the inputs; may be left out for one input of one element.

    Returns
    -------
    outputs, jvp : Tensor or tuple of Tensor
        Both of the shapes of the outputs.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.autograd.functional.jvp(lambda x: x.sum(), tg.ones(3), tg.ones(3))
    (tensor(3.), tensor(3.))
    """
    with enable_grad():
        xs = _live(inputs, create_graph)
        results = func(*xs)
        ys = _tuple(results)
        vs = tuple(make(np.ones_like(x._array)) for x in xs) if v is None else _tuple(v)
        if v is None and (len(xs) != 1 or xs[0].numel() != 1):
            raise RuntimeError("v can be left out only for one input of one element")
        _check_shapes(vs, xs, "v", "inputs")
        along = directions(ys, xs, strict)(vs, create_graph)
        _check_strict(along, create_graph and strict)
    return _like(results, _done(ys, create_graph)), _like(results, _done(along, create_graph))


def jacobian(
    func: Callable[..., Any],
    inputs: Tensors,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    strategy: str = "reverse-mode",
) -> Any:
    """The Jacobian of `func`.

    Parameters
    ----------
    func, inputs, create_graph, strict
        As for `vjp`.
    vectorize : bool
        Of no effect: the Jacobian is computed row by row.
    strategy : {"reverse-mode", "forward-mode"}
        Of no effect: the rows are computed by walks back.

    Returns
    -------
    Tensor or nested tuples
        For one output and one input a Tensor of shape ``output.shape + input.shape``; a tuple
        over the inputs, the outputs, or the outputs of tuples over the inputs, where there are
        several.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.autograd.functional.jacobian(lambda x: x * x, tg.tensor([1.0, 2.0]))
    tensor([[2., 0.],
            [0., 4.]])
    """
    if strategy not in ("reverse-mode", "forward-mode"):
        raise AssertionError(
            f"expected strategy to be 'reverse-mode' or 'forward-mode', got {strategy!r}"
        )
    with enable_grad():
        xs = _live(inputs, create_graph)
        results = func(*xs)
        found = [blocks(y, xs, create_graph, strict) for y in _tuple(results)]
        for row in found:
            _check_strict(row, create_graph and strict)
    rows = [_like(inputs, row) for row in found]
    return tuple(rows) if isinstance(results, tuple) else rows[0]


def hessian(
    func: Callable[..., Any],
    inputs: Tensors,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    outer_jacobian_strategy: str = "reverse-mode",
) -> Any:
    """The Hessian of a function of one output element.

    Parameters
    ----------
    func, inputs, create_graph, strict, vectorize
        As for `jacobian`; under `strict` the gradient must depend on each input, too.
    outer_jacobian_strategy
        As `strategy` of `jacobian`.

    Returns
    -------
    Tensor or tuple of tuples of Tensor
        For one input a Tensor of shape ``input.shape + input.shape``.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.autograd.functional.hessian(lambda x: (x**3).sum(), tg.tensor([1.0, 2.0]))
    tensor([[ 6.,  0.],
            [ 0., 12.]])
    """

    def gradient(*xs: Tensor) -> Tensors:
        y = _scalar(func(*xs))
        return _like(inputs, product((y,), xs, None, True, strict))

    return jacobian(gradient, inputs, create_graph, strict, vectorize, outer_jacobian_strategy)


def hvp(
    func: Callable[..., Any],
    inputs: Tensors,
    v: Tensors | None = None,
    create_graph: bool = False,
    strict: bool = False,
) -> tuple[Tensor, Tensors]:
    """The output of a scalar function and the product of its Hessian with a vector.

    Parameters
    ----------
    func, inputs, create_graph, strict
        As for `vjp`.
    v : Tensor or tuple of Tensor, optional
        Of the shapes of the inputs; may be left out for one input of one element.

    Returns
    -------
    output : Tensor
    hvp : Tensor or tuple of Tensor
        Of the shapes of the inputs.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> x = tg.tensor([1.0, 2.0])
    >>> tg.autograd.functional.hvp(lambda x: (x**3).sum(), x, tg.ones(2))
    (tensor(9.), tensor([ 6., 12.]))
    """
    with enable_grad():
        xs = _live(inputs, create_graph)
        y = _scalar(func(*xs))
        vs = tuple(make(np.ones_like(x._array)) for x in xs) if v is None else _tuple(v)
        if v is None and (len(xs) != 1 or xs[0].numel() != 1):
            raise RuntimeError("v can be left out only for one input of one element")
        _check_shapes(vs, xs, "v", "inputs")
        first = product((y,), xs, None, True, strict)
        products = product(first, xs, vs, create_graph, strict)
        _check_strict(products, create_graph and strict)
    return _done((y,), create_graph)[0], _like(inputs, _done(products, create_graph))


vhp = hvp  # the Hessian is symmetric


def _tuple(values: Tensors) -> tuple[Any, ...]:
    found = values if isinstance(values, tuple) else (values,)
    for value in found:
        if not isinstance(value, Tensor):
            raise TypeError(f"expected a Tensor or a tuple of Tensors, got {type(value).__name__}")
    return found


def _scalar(value: Any) -> Tensor:
    _tuple(value)
    if not isinstance(value, Tensor) or value.numel() != 1:
        shape = tuple(value.shape) if isinstance(value, Tensor) else type(value).__name__
        raise RuntimeError(f"the function should return a Tensor of one element, got {shape}")
    return value


def _like(model: Tensors, values: tuple[Any, ...]) -> Any:
    """A tuple, or the one value where the model is one Tensor."""
    return values[0] if isinstance(model, Tensor) else values


def _live(inputs: Tensors, create_graph: bool) -> tuple[Any, ...]:
    """The inputs as tensors that require grad: with `create_graph` still on the user's tape."""
    return tuple(
        x.view_as(x) if create_graph and x.requires_grad else x.detach().requires_grad_()
        for x in _tuple(inputs)
    )


def _done(values: tuple[Any, ...], create_graph: bool) -> tuple[Any, ...]:
    return values if create_graph and mode.grad else tuple(v.detach() for v in values)


def _check_strict(values: tuple[Any, ...], strict: bool) -> None:
    """RuntimeError for a derivative that does not depend on the inputs."""
    for i, value in enumerate(values):
        if strict and not value.requires_grad:
            raise RuntimeError(
                f"The jacobian of the user-provided function is independent of input {i}. This is "
                "not allowed in strict mode when create_graph=True."
            )


def _check_shapes(vs: Any, targets: tuple[Any, ...], name: str, of: str) -> None:
    if vs is None:
        return
    got, want = [tuple(v.shape) for v in vs], [tuple(t.shape) for t in targets]
    if got != want:
        raise RuntimeError(f"{name} should have the shapes of the {of}: expected {want}, got {got}")
