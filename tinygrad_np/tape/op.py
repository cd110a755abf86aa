"""`@op`: a pure function on arrays, with one backward rule for each argument.

The parameter names of a rule say what the tape keeps for it::

    @op
    def mul(input: Array, other: Array) -> Array:
        return np.multiply(input, other)

    mul.backward(
        input=lambda grad, other: grad * other,
        other=lambda grad, input: grad * input,
    )

A rule may ask for an argument (``other``), only its shape (``other_shape``), a parameter
(``dim``), the result (``out``) or what the forward returned beside it (``aux``); with a default
(``input=None``), for what it looks at under ``create_graph=True`` alone. An op of a Tensor returns
a Tensor and records a node; of arrays it returns an array. The engine gives rules arrays, or
Tensors under ``create_graph=True``: operators, ``.reshape``, indexing and ops fit both.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Concatenate, Generic, ParamSpec, TypeVar, cast
from typing import overload as _overload

import numpy as np

from tinygrad_np import dtypes
from tinygrad_np.kernels.layout import as_first
from tinygrad_np.tape.complex import (
    MAKES_COMPLEX,
    TAKES_COMPLEX,
    ComplexJointNode,
    ComplexNode,
    refuse_complex,
)
from tinygrad_np.tape.grad_mode import mode, recorders
from tinygrad_np.tape.graph import JointNode, Node, TensorBase, make
from tinygrad_np.tape.lanes import FEW, Way, binary, unary, view_of
from tinygrad_np.tape.signature import Rule, Signature, missing, numbers

if TYPE_CHECKING:
    from tinygrad_np.tensor import Tensor

Array = Any  # an ndarray in a forward; an ndarray or a Tensor in a rule
P = ParamSpec("P")
R = TypeVar("R", bound=Callable[..., Any])
Promoter = Callable[[list[Any]], list[Any]]

REGISTRY: dict[str, Op[Any]] = {}


class Foreign:
    """A tensor of another kind, as a sparse one: an op that meets one leaves the rest to it."""

    shape: Any

    def _apply(self, op: Any, args: tuple[Any, ...], params: dict[str, Any]) -> Any:
        raise NotImplementedError


NO_ARRAY = (list, tuple, str, Foreign)  # what NumPy would make an array of, or can't


class Op(Generic[P]):
    """The type of ops, for type checkers: at run time an op is a plain function.

    Attributes
    ----------
    name : str
    rules : dict of str to Rule
        The rules by argument name.
    forward : callable
        The function on arrays.
    """

    name: str
    rules: dict[str, Rule]
    forward: Callable[..., Any]
    array_names: list[str]
    is_view: bool
    __name__: str

    if TYPE_CHECKING:

        @_overload
        def __get__(self, instance: None, owner: Any) -> Op[P]: ...
        @_overload
        def __get__(self, instance: object, owner: Any) -> Callable[P, Tensor]: ...
        def __get__(self, instance: Any, owner: Any) -> Any: ...

        def __call__(self, input: Any, *args: P.args, **kwargs: P.kwargs) -> Tensor: ...

        @_overload
        def backward(self, *arguments: str) -> Callable[[R], R]: ...
        @_overload
        def backward(self, **rules: Callable[..., Any]) -> None: ...
        def backward(self, *arguments: Any, **rules: Any) -> Any: ...


@_overload
def op(forward: Callable[Concatenate[Any, P], Any], /) -> Op[P]: ...
@_overload
def op(
    *,
    promote: bool | type[float] | Promoter = False,
    over: tuple[str, ...] | None = None,
    view: bool = False,
    aux: bool = False,
    ufunc: Callable[..., Any] | None = None,
) -> Callable[[Callable[Concatenate[Any, P], Any]], Op[P]]: ...
def op(
    forward: Any = None,
    /,
    *,
    promote: bool | type[float] | Promoter = False,
    over: tuple[str, ...] | None = None,
    view: bool = False,
    aux: bool = False,
    ufunc: Callable[..., Any] | None = None,
) -> Any:
    """Make an op of a function on arrays.

    Its array arguments are those without a default in front of ``*``; an annotation, where there
    is one, decides instead (``Array`` makes an array argument, also of ``bias: Array | None =
    None``). The others are parameters. ``*tensors: Array`` takes any number of arrays; their one
    rule has a last parameter ``index``, and may ask for all shapes (``tensors_shape``).

    Parameters
    ----------
    forward : callable
        Arrays in, a new array out; it leaves its arguments as they are.
    promote : bool, float or callable, default False
        True: the array arguments are brought to their common dtype by PyTorch's rules first.
        `float`: likewise, and integers become the default float dtype. A function is given them,
        if they are of several dtypes or not all of floats, and returns what is to be computed with.
    over : tuple of str, optional
        The array arguments that `promote` is about; all of them unless given.
    view : bool, default False
        The result may share memory with the first argument (a NumPy view).
    aux : bool, default False
        The forward returns ``(out, aux)``; `aux` is for the rules alone.
    ufunc : callable, optional
        What the forward comes to for floats, a ufunc of NumPy or of `kernels.elementwise`: few of
        them are given to it without a detour.

    Returns
    -------
    Op
        The function, with a method `backward` that registers rules: ``f.backward(x=rule)``, or
        ``@f.backward("x")`` above a function; with several names, ``@f.backward("x", "y")``, it
        is the op's only rule and returns a gradient for each. TypeError for a rule that asks for
        a name that the op does not have.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> @tg.op
    ... def cube(input):
    ...     return input * input * input
    >>> cube.backward(input=lambda grad, input: grad * 3 * input * input)
    >>> x = tg.tensor([1.0, 2.0], dtype=tg.float64, requires_grad=True)
    >>> tg.autograd.gradcheck(cube, (x,))
    True
    """
    if forward is None:
        return functools.partial(op, promote=promote, over=over, view=view, aux=aux, ufunc=ufunc)

    name: str = forward.__name__
    spec = Signature(name, forward)
    variadic, parameters = spec.variadic, spec.defaults.keys()
    count = len(spec.arrays) if spec.leading else -1  # that many arguments need no binding
    compute = forward if spec.leading else spec.by_name(forward)
    promoting = tuple(spec.arrays.index(a) for a in (over or spec.arrays)) if promote else None
    promoter: Promoter = functools.partial(dtypes.promoted, floating=promote is float)
    if callable(promote) and promote is not float:
        promoter = cast(Promoter, promote)
    operands: tuple[type, ...] = (int, float, complex, np.ndarray)
    if spec.optional:
        operands += (type(None),)
    rules: dict[str, Rule] = {}
    rule_of: list[Rule] = [missing(name, a) for a in spec.arrays]

    @functools.cache
    def rule_at(index: int) -> Rule:
        return rule_of[0]._replace(function=functools.partial(rule_of[0].function, index=index))

    def call(*args: Any, **params: Any) -> Any:
        if len(args) != count or (params and not params.keys() <= parameters):
            if "out" in params and "out" not in parameters:
                from tinygrad_np.tape.out import into  # which is made of ops

                return into(params.pop("out"), made, args, params)
            args, params = spec.bind(args, params)
        params = spec.plain(params) if params else params
        recorder = mode.recorder if recorders else None

        if view and isinstance(args[0], TensorBase):
            args[0]._in_order()
        raw: list[Any] = []  # the arguments, Tensors as arrays
        parents: list[tuple[Node, Rule]] = []  # the nodes of those on the tape, and their rules
        tensors = mixed = scalars = False
        dtype: Any = None
        for a in args:
            if isinstance(a, TensorBase):
                tensors = True
                node = a._node if a._view is None else a._place()
                if node is not None:
                    parents.append((node, rule_at(len(raw)) if variadic else rule_of[len(raw)]))
                a = a._array
                if a.dtype is not dtype:
                    mixed = dtype is not None or a.dtype.kind != "f"
                    dtype = a.dtype
            elif type(a) is np.ndarray:
                if a.dtype is not dtype:
                    mixed = dtype is not None or a.dtype.kind != "f"
                    dtype = a.dtype
            elif isinstance(a, np.generic):
                mixed = scalars = True
            elif isinstance(a, (complex, bool)):
                mixed, dtype = True, False  # so that what comes next is of another
            elif isinstance(a, NO_ARRAY) or (promoting and not isinstance(a, operands)):
                if isinstance(a, Foreign):
                    return a._apply(made, args, params)
                raise spec.not_an_operand(len(raw), a)
            raw.append(a)
        if scalars:  # NumPy's are numbers beside a Tensor, as for PyTorch; in a rule 0-d arrays
            raw = [_number(a, tensors) if isinstance(a, np.generic) else a for a in raw]
        if tensors and params:
            params = numbers(params)
        if mixed and not view and name not in TAKES_COMPLEX:
            refuse_complex(name, raw)
        if mixed and promoting is not None:
            cast = promoter([raw[i] for i in promoting])
            for i, a in zip(promoting, cast, strict=True):
                raw[i] = a

        run = compute if recorder is None else recorder.apart(compute)
        try:
            out = run(*raw, **params)
        except ValueError as error:
            if str(error).startswith(("operands could not be broadcast", "shape mismatch")):
                raise spec.no_broadcast(raw) from None
            raise
        except OverflowError:
            out = run(*dtypes.wrapped(raw), **params)
        side = None
        if aux:
            out, side = out
        if not tensors:
            if recorder is not None:
                recorder.op_of_arrays(made, args, params, out)
            return out
        first, found = raw[0], out
        if promoting is not None and isinstance(first, np.ndarray) and first.ndim > 1:
            out = out if first.flags.c_contiguous else as_first(first, out)
        if type(out) is not np.ndarray:
            out = np.asarray(out)

        node = version = come_from = None
        if view:
            version, come_from = view_of(args[0], out, made, params)
        if parents and mode.grad and out.dtype.kind in "fc":
            edges: list[tuple[Node, Rule, Any, Any]] = []
            for parent, rule in parents:
                if rule.place is None or not edges:
                    values, refs, version = rule.save(args, raw, params, out, side, version)
                edges.append((parent, rule, values, refs))
            kind = Node if rule.place is None else JointNode
            if out.dtype.kind == "c" or (mixed and any(p.dtype.kind == "c" for p, _ in parents)):
                kind = ComplexNode if rule.place is None else ComplexJointNode
            node = kind(made, edges, out.shape, out.dtype)
        if recorder is not None:
            function = made if mixed and promoting is not None else compute
            if ufunc is not None and not params and not mixed and out.size <= FEW:
                function = ufunc
            values = (found, side, out) if aux else (found, out)
            recorder.op(function, spec, args, params, values, node)
        return make(out, node, version, come_from)

    def backward(*arguments: str, **functions: Callable[..., Any]) -> Any:
        """Register rules: ``f.backward(x=rule, ...)`` or ``@f.backward("x")``.

        With several names, ``@f.backward("x", "y")``, it is one rule, the op's only one, which
        returns a gradient for each.
        """
        if arguments:

            def register(function: Callable[..., Any]) -> Callable[..., Any]:
                new = [spec.rule(a, function, aux) for a in arguments]
                for place, (a, rule) in enumerate(zip(arguments, new, strict=True)):
                    put(a, rule._replace(place=place) if len(new) > 1 else rule)
                return function

            return register
        for a, rule in {a: spec.rule(a, f, aux) for a, f in functions.items()}.items():
            put(a, rule)
        return None

    def put(argument: str, rule: Rule) -> None:
        rules[argument] = rule_of[spec.arrays.index(argument)] = rule
        rule_at.cache_clear()

    lane = {1: unary, 2: binary}.get(count)
    if aux or (view and count != 1) or name in MAKES_COMPLEX:
        lane = None

    def quick(otherwise: Callable[..., Any]) -> Any:
        """The op for the commonest arguments, and for others what is given."""
        made = cast(Any, otherwise)
        if lane is not None:
            made = lane(Way(forward, ufunc, rule_of, otherwise, parameters, bool(promote), view))
        functools.update_wrapper(made, forward)
        made.name, made.rules, made.forward, made.backward = name, rules, forward, backward
        made.array_names, made.is_view, made.quick = spec.arrays, view, quick
        return made

    made = quick(call)
    REGISTRY[f"{forward.__module__}.{name}"] = made
    return made


def _number(scalar: np.generic, beside_tensors: bool) -> Any:
    return scalar.item() if beside_tensors else np.asarray(scalar)
