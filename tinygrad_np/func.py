"""PyTorch's `torch.func`: functions of functions.

Derivatives are taken on the tape, so they may be nested; `vmap` calls the function for each
example and puts the results together.

Source: the interface is PyTorch's, https://pytorch.org/docs/stable/func.api.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tinygrad_np.autograd import functional
from tinygrad_np.nn.utils import stateless
from tinygrad_np.ops.join import stack
from tinygrad_np.ops.parts import select
from tinygrad_np.tape.backward import grad as gradients
from tinygrad_np.tape.grad_mode import enable_grad
from tinygrad_np.tape.graph import Leaf
from tinygrad_np.tensor import Tensor

if TYPE_CHECKING:
    from tinygrad_np.nn.module import Module

__all__ = [
    "functional_call",
    "grad",
    "grad_and_value",
    "hessian",
    "jacfwd",
    "jacrev",
    "jvp",
    "stack_module_state",
    "vjp",
    "vmap",
]

Tree = Any  # a Tensor, or a dict, list or tuple of trees
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
        trees = _like(_chosen(args, argnums), iter(_free(found, leaves)))
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
                _leaves(result),
                leaves,
                _leaves(cotangents),
                retain_graph=True,
                create_graph=True,
                allow_unused=True,
                materialize_grads=True,
            )
        return _like(args, iter(_free(found, leaves)))

    shown, aux = _freed((result, aux), leaves)
    return (shown, back, aux) if has_aux else (shown, back)


def jvp(
    func: Callable[..., Any], primals: Any, tangents: Any, *, strict: bool = False,
    has_aux: bool = False,
) -> tuple[Any, ...]:  # fmt: skip
    """The result of `func`, and the product of its Jacobian with the tangents.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.func.jvp(lambda x: x * x, (tg.tensor([1.0, 2.0]),), (tg.tensor([1.0, 0.0]),))
    (tensor([1., 4.]), tensor([2., 0.]))
    """
    aux, leaves = None, []

    def result(*args: Any) -> Any:
        nonlocal aux, leaves
        value, leaves = func(*args), _leaves(args)
        if has_aux:
            value, aux = value
        return value

    found = functional.jvp(result, tuple(primals), tuple(tangents), strict=strict)
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
        trees = _like(_chosen(args, argnums), iter(_free(found, leaves)))
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


def vmap(
    func: Callable[..., Any],
    in_dims: Any = 0,
    out_dims: int | tuple[int, ...] = 0,
    randomness: str = "error",
    *,
    chunk_size: int | None = None,
) -> Any:
    """The function of batches that calls `func` for each example.

    Parameters
    ----------
    func : callable
    in_dims : int, None or nested structure of them, default 0
        Along which dimension of each argument the examples stand; None for one that all share.
    out_dims : int or tuple of int, default 0
        Along which dimension they are to stand in each result.
    randomness : str
        Each example draws random numbers of its own, whatever is given.
    chunk_size : int, optional
        Has no effect.

    Raises
    ------
    ValueError
        If no argument has examples, or their numbers differ.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.func.vmap(tg.dot)(tg.ones(3, 2), tg.ones(3, 2))
    tensor([2., 2., 2.])
    """

    def mapped(*args: Any, **kwargs: Any) -> Any:
        dims = in_dims if isinstance(in_dims, tuple) else (in_dims,) * len(args)
        if len(dims) != len(args):
            raise ValueError(f"vmap: in_dims has {len(dims)} entries for {len(args)} arguments")
        counts = {n for a, d in zip(args, dims, strict=True) for n in _counts(a, d)}
        counts |= {n for a in kwargs.values() for n in _counts(a, 0)}
        if len(counts) != 1:
            raise ValueError(
                "vmap: expected examples along one dimension at least, and everywhere as many; "
                f"got {sorted(counts)}"
            )
        results = [
            func(
                *(_example(a, d, i) for a, d in zip(args, dims, strict=True)),
                **{name: _example(a, 0, i) for name, a in kwargs.items()},
            )
            for i in range(counts.pop())
        ]
        columns = list(zip(*map(_leaves, results), strict=True))
        outs = out_dims if isinstance(out_dims, tuple) else (out_dims,) * len(columns)
        together = (stack(column, dim) for column, dim in zip(columns, outs, strict=True))
        return _like(results[0], together)

    return mapped


# --- modules ---


def functional_call(
    module: Module,
    parameter_and_buffer_dicts: Mapping[str, Tensor] | Sequence[Mapping[str, Tensor]],
    args: Any = None,
    kwargs: dict[str, Any] | None = None,
    *,
    tie_weights: bool = True,
    strict: bool = False,
) -> Any:
    """What `module` computes with these tensors in place of its parameters and buffers.

    Parameters
    ----------
    module : Module
    parameter_and_buffer_dicts : dict of str to Tensor, or sequence of them
    args, kwargs, tie_weights, strict
        As for `nn.utils.stateless.functional_call`.

    Raises
    ------
    ValueError
        If two dicts have a name in common.
    RuntimeError, AttributeError
        As there.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> layer = tg.nn.Linear(2, 1)
    >>> given = {"weight": tg.tensor([[1.0, 2.0]])}, {"bias": tg.zeros(1)}
    >>> tg.func.functional_call(layer, given, tg.ones(1, 2))
    tensor([[3.]])
    """
    several = parameter_and_buffer_dicts
    given: dict[str, Tensor] = {}
    for mapping in [several] if isinstance(several, Mapping) else several:
        twice = given.keys() & mapping.keys()
        if twice:
            raise ValueError(f"{sorted(twice)} appeared in multiple dictionaries")
        given.update(mapping)
    return stateless.functional_call(
        module, given, args, kwargs, tie_weights=tie_weights, strict=strict
    )


def stack_module_state(models: Sequence[Module]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The parameters, and the buffers, of modules of one kind, each stacked along dimension 0.

    Raises
    ------
    RuntimeError
        If there is no module, or they differ in class or mode.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> params, buffers = tg.func.stack_module_state([tg.nn.Linear(3, 2) for _ in range(4)])
    >>> params["weight"].shape
    torch.Size([4, 2, 3])
    """
    models = list(models)
    if not models:
        raise RuntimeError("stack_module_state: Expected at least one model, got 0.")
    if len({(type(m), m.training) for m in models}) > 1:
        raise RuntimeError(
            "stack_module_state: Expected all models to be of the same class and in the same "
            f"mode, got {[(type(m).__name__, m.training) for m in models]}"
        )

    def stacked(tensors: list[dict[str, Any]]) -> dict[str, Any]:
        found = {}
        for name, first in tensors[0].items():
            found[name] = stack([own[name] for own in tensors]).detach()
            found[name].requires_grad_(first.requires_grad)
        return found

    return (
        stacked([dict(m.named_parameters()) for m in models]),
        stacked([dict(m.named_buffers()) for m in models]),
    )


# --- trees of tensors ---


def _leaves(tree: Tree) -> list[Any]:
    """The tensors of a tree, in its order."""
    if isinstance(tree, dict):
        return [leaf for branch in tree.values() for leaf in _leaves(branch)]
    if isinstance(tree, (list, tuple)):
        return [leaf for branch in tree for leaf in _leaves(branch)]
    return [tree] if isinstance(tree, Tensor) else []


def _like(tree: Tree, tensors: Any) -> Any:
    """A tree of the same form, with the next tensors in place of its own."""
    if isinstance(tree, dict):
        return type(tree)((name, _like(branch, tensors)) for name, branch in tree.items())
    if isinstance(tree, tuple) and hasattr(tree, "_fields"):
        return type(tree)(*(_like(branch, tensors) for branch in tree))
    if isinstance(tree, (list, tuple)):
        return type(tree)(_like(branch, tensors) for branch in tree)
    return next(tensors) if isinstance(tree, Tensor) else tree


def _chosen(args: Sequence[Any], argnums: Argnums) -> Any:
    return args[argnums] if isinstance(argnums, int) else tuple(args[i] for i in argnums)


def _followed(args: Sequence[Any], argnums: Argnums) -> tuple[tuple[Any, ...], list[Any]]:
    """The arguments, those to differentiate for with new places on the tape; these tensors."""
    chosen = {i % len(args) for i in ((argnums,) if isinstance(argnums, int) else argnums)}
    followed, leaves = list(args), []
    for i in sorted(chosen):
        new = [x[...] if x.requires_grad else x.detach().requires_grad_() for x in _leaves(args[i])]
        followed[i] = _like(args[i], iter(new))
    for i in (argnums,) if isinstance(argnums, int) else argnums:
        leaves += _leaves(followed[i])
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
    return _like(tree, iter(_free(_leaves(tree), leaves)))


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


def _counts(tree: Tree, dim: Any) -> list[int]:
    if dim is None:
        return []
    if isinstance(dim, int):
        return [int(leaf.shape[dim]) for leaf in _leaves(tree)]
    pairs = [(tree[k], dim[k]) for k in dim] if isinstance(dim, dict) else zip(tree, dim)
    return [n for branch, d in pairs for n in _counts(branch, d)]


def _example(tree: Tree, dim: Any, i: int) -> Any:
    if dim is None:
        return tree
    if isinstance(dim, int):
        return _like(tree, iter([select(leaf, dim, i) for leaf in _leaves(tree)]))
    if isinstance(dim, dict):
        return {k: _example(branch, dim.get(k), i) for k, branch in tree.items()}
    return type(tree)(_example(branch, d, i) for branch, d in zip(tree, dim, strict=True))
