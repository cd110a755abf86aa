"""Derivatives as functions; they are taken on the tape, so they may be nested."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tinygrad_np.autograd.products import directions, product
from tinygrad_np.func.level import Argnums, Level
from tinygrad_np.func.trees import Tree, leaves_of, with_leaves
from tinygrad_np.tape.grad_mode import enable_grad
from tinygrad_np.tensor import Tensor

__all__ = ["grad", "grad_and_value", "linearize", "jvp", "vjp"]


def grad(func: Callable[..., Any], argnums: Argnums = 0, has_aux: bool = False) -> Any:
    """The function that computes the gradient of `func`, whose result is a 0-d tensor.

    Parameters
    ----------
    func : callable
    argnums : int or tuple of int, default 0
        The arguments to differentiate for; each a tensor, or a dict, list or tuple of them.
    has_aux : bool, default False
        `func` returns a pair ``(result, aux)``, and the new function ``(gradient, aux)``.

    Raises
    ------
    ValueError
        For an argument to differentiate for that is no tensor.
    RuntimeError
        If the result is not a 0-d tensor, or `argnums` does not fit the arguments.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> cube = lambda x: x**3
    >>> tg.func.grad(cube)(tg.tensor(2.0)), tg.func.grad(tg.func.grad(cube))(tg.tensor(2.0))
    (tensor(12.), tensor(12.))
    """
    both = grad_and_value(func, argnums, has_aux)

    def gradient(*args: Any, **kwargs: Any) -> Any:
        found, value = both(*args, **kwargs)
        return (found, value[1]) if has_aux else found

    return gradient


def grad_and_value(func: Callable[..., Any], argnums: Argnums = 0, has_aux: bool = False) -> Any:
    """As `grad`, but for a function that returns ``(gradient, result)``.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.func.grad_and_value(lambda x: x * x)(tg.tensor(3.0))
    (tensor(6.), tensor(9.))
    """

    def both(*args: Any, **kwargs: Any) -> Any:
        level = Level("grad", func, args, kwargs, argnums, has_aux)
        result = level.result
        if not isinstance(result, Tensor) or result.ndim:
            what = list(result.shape) if isinstance(result, Tensor) else type(result).__name__
            raise RuntimeError(f"grad: func must return a 0-d tensor, but it returned {what}")
        found = product([result], level.leaves, None, level.records(result))
        trees = level.as_chosen(found)
        result, aux = level.freed((result, level.aux))
        return trees, (result, aux) if has_aux else result

    return both


def vjp(func: Callable[..., Any], *primals: Tree, has_aux: bool = False) -> Any:
    """The result of `func`, and the function that multiplies a vector with its Jacobian.

    Parameters
    ----------
    func : callable
    *primals : Tree
        The arguments: tensors, or dicts, lists or tuples of them.
    has_aux : bool, default False
        `func` returns a pair ``(result, aux)``, and `aux` comes third.

    Raises
    ------
    ValueError
        For an argument that is no tensor.
    RuntimeError
        For results that are not tensors of floats, and for vectors of another form than theirs.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> result, back = tg.func.vjp(lambda x: x * x, tg.tensor([1.0, 2.0]))
    >>> result, back(tg.tensor([1.0, 1.0]))
    (tensor([1., 4.]), (tensor([2., 4.]),))
    """
    level = Level("vjp", func, primals, {}, range(len(primals)), has_aux)
    level.only("fc", "floating-point or complex")

    def back(cotangents: Tree, retain_graph: bool = True, create_graph: bool | None = None) -> Tree:
        level.check_form(cotangents, level.result, "cotangents and result")
        vectors = leaves_of(cotangents)
        record = level.records(*level.outputs, *(v for v in vectors if isinstance(v, Tensor)))
        return level.as_chosen(product(level.outputs, level.leaves, vectors, record))

    shown, aux = level.freed((level.result, level.aux))
    return (shown, back, aux) if has_aux else (shown, back)


def jvp(
    func: Callable[..., Any], primals: Any, tangents: Any, *, strict: bool = False,
    has_aux: bool = False,
) -> tuple[Any, ...]:  # fmt: skip
    """The result of `func`, and the product of its Jacobian with the tangents.

    Parameters
    ----------
    func : callable
    primals, tangents : tuple
        The arguments, and directions of the same form: tensors, or dicts, lists or tuples of them.
    strict : bool, default False
        RuntimeError for a result that does not depend on the arguments.
    has_aux : bool, default False
        `func` returns a pair ``(result, aux)``, and `aux` comes third.

    Raises
    ------
    RuntimeError
        For arguments that are not tensors in a tuple, for tangents of another form or other
        shapes, and for results that are not tensors.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.func.jvp(lambda x: x * x, (tg.tensor([1.0, 2.0]),), (tg.tensor([1.0, 0.0]),))
    (tensor([1., 4.]), tensor([2., 0.]))
    """
    leaves = leaves_of(primals)
    if not isinstance(primals, tuple) or not all(isinstance(x, Tensor) for x in leaves or [None]):
        raise RuntimeError(
            "jvp: expected primals to be a tuple with the arguments of the function, which are "
            f"tensors or made of them, one at least; got {primals!r}"
        )
    level, along = _linear("jvp", func, primals, strict, has_aux)
    slopes = along(tangents)
    result, aux = level.freed((level.result, level.aux))
    return (result, slopes, aux) if has_aux else (result, slopes)


def linearize(func: Callable[..., Any], *primals: Tree) -> tuple[Any, Callable[..., Any]]:
    """The result of `func`, and the function that multiplies its Jacobian with tangents.

    Parameters
    ----------
    func : callable
    *primals : Tree
        The arguments: tensors, or dicts, lists or tuples of them.

    Returns
    -------
    result : Tree
    along : callable
        ``along(*tangents)`` is what `jvp` gives for these, but `func` is not called again.

    Raises
    ------
    ValueError
        For an argument that is no tensor.
    RuntimeError
        As `jvp`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> result, along = tg.func.linearize(lambda x: x * x, tg.tensor([1.0, 2.0]))
    >>> result, along(tg.tensor([1.0, 0.0]))
    (tensor([1., 4.]), tensor([2., 0.]))
    """
    level, along = _linear("linearize", func, primals)
    return level.freed(level.result), lambda *tangents: along(tangents)


def _linear(
    name: str, func: Any, primals: Any, strict: bool = False, has_aux: bool = False
) -> tuple[Level, Callable[[Tree], Tree]]:
    """The call, and the function from directions of its arguments to those of its results."""
    level = Level(name, func, primals, {}, range(len(primals)), has_aux)
    if strict and not all(y.requires_grad for y in level.outputs):
        raise RuntimeError(f"{name}: a result is independent of the arguments, and strict=True")
    with enable_grad():
        push = directions(level.outputs, level.leaves)

    def along(tangents: Tree) -> Tree:
        level.check_form(tangents, level.chosen, "tangents and primals")
        given = leaves_of(tangents)
        for tangent, leaf in zip(given, level.leaves, strict=True):
            if not isinstance(tangent, Tensor) or tangent.shape != leaf.shape:
                got = list(tangent.shape) if isinstance(tangent, Tensor) else type(tangent).__name__
                raise RuntimeError(
                    f"{name}: expected a tangent of the shape of its primal, {list(leaf.shape)}, "
                    f"got {got}"
                )
        found = push(given, level.records(*level.outputs, *given))
        return with_leaves(level.result, iter(level.freed(found)))

    return level, along
