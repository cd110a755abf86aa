"""Derivatives as functions; they are taken on the tape, so they may be nested."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from tinygrad_np.autograd import functional
from tinygrad_np.func.trees import Tree, in_form_of, tensors_of
from tinygrad_np.ops.join import stack
from tinygrad_np.tape.backward import grad as gradients
from tinygrad_np.tape.grad_mode import enable_grad
from tinygrad_np.tape.graph import Leaf
from tinygrad_np.tensor import Tensor

__all__ = ["grad", "grad_and_value", "hessian", "jacfwd", "jacrev", "jvp", "vjp"]

Argnums = int | tuple[int, ...]


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
    RuntimeError
        If the result is not a 0-d tensor.

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
        with enable_grad():
            args, leaves = _followed(args, argnums)
            value = func(*args, **kwargs)
            result, aux = value if has_aux else (value, None)
            if not isinstance(result, Tensor) or result.ndim:
                what = list(result.shape) if isinstance(result, Tensor) else type(result).__name__
                raise RuntimeError(f"grad: func must return a 0-d tensor, but it returned {what}")
            found = _gradients(result, leaves)
        trees = in_form_of(_chosen(args, argnums), iter(_free(found, leaves)))
        result, aux = _freed((result, aux), leaves)
        return trees, (result, aux) if has_aux else result

    return both


def vjp(func: Callable[..., Any], *primals: Tree, has_aux: bool = False) -> Any:
    """The result of `func`, and the function that multiplies a vector with its Jacobian.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> result, back = tg.func.vjp(lambda x: x * x, tg.tensor([1.0, 2.0]))
    >>> result, back(tg.tensor([1.0, 1.0]))
    (tensor([1., 4.]), (tensor([2., 4.]),))
    """
    argnums = tuple(range(len(primals)))
    with enable_grad():
        args, leaves = _followed(primals, argnums)
        value = func(*args)
    result, aux = value if has_aux else (value, None)

    def back(*cotangents: Tree) -> Any:
        with enable_grad():
            found = gradients(
                tensors_of(result),
                leaves,
                tensors_of(cotangents),
                retain_graph=True,
                create_graph=True,
                allow_unused=True,
                materialize_grads=True,
            )
        return in_form_of(args, iter(_free(found, leaves)))

    shown, aux = _freed((result, aux), leaves)
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
        RuntimeError for an argument that the result does not depend on.
    has_aux : bool, default False
        `func` returns a pair ``(result, aux)``, and `aux` comes third.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.func.jvp(lambda x: x * x, (tg.tensor([1.0, 2.0]),), (tg.tensor([1.0, 0.0]),))
    (tensor([1., 4.]), tensor([2., 0.]))
    """
    aux = form = None
    leaves: list[Any] = []

    def result(*tensors: Any) -> Any:
        nonlocal aux, form, leaves
        value, leaves = func(*in_form_of(primals, iter(tensors))), list(tensors)
        form, aux = value if has_aux else (value, None)
        return tuple(tensors_of(form))

    pair = functional.jvp(
        result, tuple(tensors_of(primals)), tuple(tensors_of(tangents)), True, strict
    )
    found = tuple(in_form_of(form, iter(_free(some, leaves))) for some in pair)
    return (*found, _freed(aux, leaves)) if has_aux else found


def jacrev(
    func: Callable[..., Any],
    argnums: Argnums = 0,
    *,
    has_aux: bool = False,
    chunk_size: int | None = None,
) -> Any:
    """The function that computes the Jacobian of `func`, whose result is a tensor.

    Returns
    -------
    callable
        Its result is (*result.shape, *argument.shape), for each tensor among the arguments.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.func.jacrev(lambda x: x * x)(tg.tensor([1.0, 2.0]))
    tensor([[2., 0.],
            [0., 4.]])
    """

    def jacobian(*args: Any, **kwargs: Any) -> Any:
        with enable_grad():
            args, leaves = _followed(args, argnums)
            value = func(*args, **kwargs)
            result, aux = value if has_aux else (value, None)
            rows = [_gradients(element, leaves) for element in result.reshape(-1)]
            found = [
                stack(some).reshape((*result.shape, *leaf.shape))
                for leaf, *some in zip(leaves, *rows, strict=True)
            ]
        trees = in_form_of(_chosen(args, argnums), iter(_free(found, leaves)))
        return (trees, _freed(aux, leaves)) if has_aux else trees

    return jacobian


def jacfwd(
    func: Callable[..., Any],
    argnums: Argnums = 0,
    has_aux: bool = False,
    *,
    randomness: str = "error",
) -> Any:
    """The same as `jacrev`: here too the walk goes backwards.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.func.jacfwd(lambda x: x.sum())(tg.ones(2))
    tensor([1., 1.])
    """
    return jacrev(func, argnums, has_aux=has_aux)


def hessian(func: Callable[..., Any], argnums: Argnums = 0) -> Any:
    """The Jacobian of the Jacobian.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.func.hessian(lambda x: (x**3).sum())(tg.tensor([1.0, 2.0]))
    tensor([[ 6.,  0.],
            [ 0., 12.]])
    """
    return jacrev(jacrev(func, argnums), argnums)


def _chosen(args: Sequence[Any], argnums: Argnums) -> Any:
    return args[argnums] if isinstance(argnums, int) else tuple(args[i] for i in argnums)


def _followed(args: Sequence[Any], argnums: Argnums) -> tuple[tuple[Any, ...], list[Any]]:
    """The arguments, those to differentiate for with new places on the tape; these tensors."""
    chosen = {i % len(args) for i in ((argnums,) if isinstance(argnums, int) else argnums)}
    followed, leaves = list(args), []
    for i in sorted(chosen):
        new = [
            x[...] if x.requires_grad else x.detach().requires_grad_() for x in tensors_of(args[i])
        ]
        followed[i] = in_form_of(args[i], iter(new))
    for i in (argnums,) if isinstance(argnums, int) else argnums:
        leaves += tensors_of(followed[i])
    return tuple(followed), leaves


def _gradients(result: Any, leaves: list[Any]) -> Any:
    if not result.requires_grad:
        return [leaf * 0 for leaf in leaves]
    return gradients(
        result, leaves, retain_graph=True, create_graph=True, allow_unused=True,
        materialize_grads=True,
    )  # fmt: skip


def _free(tensors: Sequence[Any], leaves: list[Any]) -> list[Any]:
    """The tensors, detached where only leaves that were made here lead to them."""
    made = {leaf._node for leaf in leaves if leaf.is_leaf}
    return [t if _others(t, made) else t.detach() for t in tensors]


def _freed(tree: Tree, leaves: list[Any]) -> Any:
    return in_form_of(tree, iter(_free(tensors_of(tree), leaves)))


def _others(tensor: Any, made: set[Any]) -> bool:
    """Whether a tensor depends on other leaves."""
    seen, todo = set(), [tensor._node] if tensor.requires_grad else []
    while todo:
        node = todo.pop()
        if node in seen or node in made:
            continue
        if isinstance(node, Leaf):
            return True
        seen.add(node)
        todo += [edge[0] for edge in node.edges]
    return False
