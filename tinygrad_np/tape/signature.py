"""What the signatures of forwards and rules say.

The parameters of a forward are arrays or plain values; those of a rule name what it needs.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, KeysView
from typing import Any, NamedTuple, cast

import numpy as np

from tinygrad_np.tape.flags import check_flags, flags
from tinygrad_np.tape.graph import SELF, TensorBase
from tinygrad_np.tape.version import Version

ARRAY = re.compile("array|tensor", re.IGNORECASE)  # in the annotation of an array argument
VARIADIC = 0x04  # the flag of a code object that takes *args
NUMPY_NAMES = {"axis": "dim", "keepdims": "keepdim", "x": "input", "x1": "input", "x2": "other"}

# What a rule can ask for.
ARGUMENT, SHAPE, PARAMETER, OUT, AUX = range(5)


def is_saved(need: tuple[int, Any]) -> bool:
    """Whether what a rule asks for are values of a tensor, not a shape or a parameter."""
    return need[0] in (ARGUMENT, OUT, AUX)


class Rule(NamedTuple):
    """A backward rule: its function, the names it asks for and where they come from.

    `holds` says that there are values of tensors among them, not only shapes and parameters;
    `place`, of a rule for several arguments, where in its results the argument's gradient is.
    `late` are the names, with a default, of what the rule looks at under ``create_graph`` alone.
    ``save(args, raw, params, out, aux, version)`` gives the values, how those of them that are
    tensors are checked and put back on the tape, and the version of `out` if that is among them.
    """

    function: Callable[..., Any]
    names: tuple[str, ...]
    needs: tuple[tuple[int, Any], ...]
    holds: bool
    save: Callable[..., tuple[Any, Any, Version | None]]
    place: int | None = None
    late: tuple[str, ...] = ()


def unwrapped(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function under its decorators."""
    while hasattr(function, "__wrapped__"):
        function = function.__wrapped__
    return function


NO_NUMBERS = (TensorBase, np.generic)


def fit(params: dict[str, Any], parameters: KeysView[str]) -> bool:
    """Whether all are parameters, and none a tensor or a number of NumPy's."""
    for name, value in params.items():  # a loop: a generator would cost more
        if name not in parameters or isinstance(value, NO_NUMBERS):
            return False
    return True


def numbers(params: dict[str, Any]) -> dict[str, Any]:
    """Python's numbers for NumPy's, whose float64 would make float64 of float32."""
    for value in params.values():
        if isinstance(value, np.generic):
            return {k: v.item() if isinstance(v, np.generic) else v for k, v in params.items()}
    return params


def factor_last(
    name: str, factor: str, count: int, args: tuple[Any, ...], params: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Arguments whose factor came second, as in ``add_(1 - beta, grad)``, in today's order."""
    if len(args) != count + 1 or factor in params or isinstance(args[1], np.ndarray):
        return args, params
    if isinstance(args[1], TensorBase) and args[1]._array.ndim:
        return args, params
    warnings.warn(
        f"This overload of {name} is deprecated: give the number after the tensors, {factor}=",
        stacklevel=5,
    )
    return (args[0], *args[2:]), {**params, factor: args[1]}


class Signature:
    """What the signature of a forward says: its array arguments and its parameters."""

    def __init__(self, name: str, forward: Callable[..., Any]) -> None:
        # read from the code object: inspect.signature would take a third of the package's import
        forward = unwrapped(forward)
        code = cast(Any, forward).__code__
        self.name = name
        self.variadic = bool(code.co_flags & VARIADIC)
        positional = code.co_varnames[: code.co_argcount]
        keywords = code.co_varnames[code.co_argcount :][: code.co_kwonlyargcount + self.variadic]
        given = getattr(forward, "__defaults__", None) or ()
        defaults = dict(zip(positional[len(positional) - len(given) :], given))
        defaults.update(getattr(forward, "__kwdefaults__", None) or {})
        self.arrays: list[str] = []
        self.defaults: dict[str, Any] = {}  # of parameters
        self.numbers: list[str] = []  # parameters that are given as 0-d tensors, too
        self.optional: dict[str, Any] = {}  # array arguments with a default (bias=None)
        for p in (*positional, *keywords):
            is_array = p not in defaults and (p in positional or p == keywords[-1] * self.variadic)
            if p in forward.__annotations__:
                is_array = bool(ARRAY.search(str(forward.__annotations__[p])))
            if not is_array:
                self.defaults[p] = defaults.get(p, ...)
                if str(forward.__annotations__.get(p)) in ("float", "int"):
                    self.numbers.append(p)
            else:
                self.arrays.append(p)
                if p in defaults:
                    self.optional[p] = defaults[p]
        self.positional = list(positional)
        self.flags = flags(forward)
        self.leading = not self.variadic and self.positional[: len(self.arrays)] == self.arrays

    def by_name(self, forward: Callable[..., Any]) -> Callable[..., Any]:
        """The forward called with its arrays by name, where parameters stand between them."""
        if self.variadic:
            return forward

        def call(*arrays: Any, **params: Any) -> Any:
            return forward(**dict(zip(self.arrays, arrays, strict=True)), **params)

        return call

    def plain(self, params: dict[str, Any]) -> dict[str, Any]:
        """The parameters, with numbers for tensors of one element that stand for numbers."""
        for p in self.numbers:
            if isinstance(params.get(p), TensorBase):
                params = {**params, p: params[p].item()}
        return params

    def bind(self, args: Any, params: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Arguments as (arrays, parameters by name), from any mix of positions and names."""
        if self.variadic:
            return args, params
        if len(args) > len(self.positional) and "alpha" in self.defaults:
            args, params = factor_last(self.name, "alpha", len(self.positional), args, params)
        if len(args) > len(self.positional):
            raise TypeError(
                f"{self.name}() takes {len(self.positional)} positional arguments "
                f"({', '.join(self.positional)}) but {len(args)} were given"
            )
        check_flags(self.name, self.flags, args)
        given = dict(zip(self.positional, args, strict=False))
        for key, value in params.items():
            if key not in self.arrays and key not in self.defaults:
                key = self.arrays[0] if key == "input" else NUMPY_NAMES.get(key, key)
            if key in given:
                raise TypeError(f"{self.name}() got multiple values for argument {key!r}")
            given[key] = value
        arrays = []
        for a in self.arrays:
            if a in given:
                arrays.append(given.pop(a))
            elif a in self.optional:
                arrays.append(self.optional[a])
            else:
                raise TypeError(f"{self.name}() missing the argument {a!r}")
        return tuple(arrays), given

    def no_broadcast(self, arguments: list[Any]) -> RuntimeError:
        """PyTorch's kind of error for shapes that do not broadcast."""
        shapes = " and ".join(str(a.shape) for a in arguments if isinstance(a, np.ndarray))
        return RuntimeError(
            f"{self.name.strip('_')}: the shapes {shapes} do not broadcast: counted from the last "
            "dimension, sizes must be equal or 1 (use .unsqueeze(), .view() or .transpose())"
        )

    def not_an_operand(self, index: int, value: Any) -> TypeError:
        argument = self.arrays[0 if self.variadic else index]
        return TypeError(
            f"{self.name.strip('_')}(): argument {argument!r} must be a Tensor or a number, "
            f"not {type(value).__name__}; tensor(...) makes one of data"
        )

    def rule(self, argument: str, function: Callable[..., Any], aux: bool) -> Rule:
        """A rule for an argument; TypeError if it asks for what the op does not have."""
        if argument not in self.arrays:
            raise TypeError(
                f"{self.name}.backward: there is no array argument {argument!r}; "
                f"there are {', '.join(self.arrays)}"
            )
        known: dict[str, tuple[int, Any]] = {
            "out": (OUT, None),
            **{a + "_shape": (SHAPE, i) for i, a in enumerate(self.arrays)},
            **{p: (PARAMETER, p) for p in self.defaults},
            **({"aux": (AUX, None)} if aux else {}),
        }
        code = cast(Any, unwrapped(function)).__code__
        names = code.co_varnames[1 : code.co_argcount]
        if self.variadic:  # the rule of any number of arguments is told which one, by name
            names = tuple(n for n in names if n != "index")
        else:
            known.update({a: (ARGUMENT, i) for i, a in enumerate(self.arrays)})
        unknown = [n for n in names if n not in known]
        if unknown:
            raise TypeError(
                f"{self.name}.backward({argument!r}): the rule asks for {', '.join(unknown)}; "
                f"it may ask for {', '.join(sorted(known))}"
            )
        needs = tuple(known[n] for n in names)
        holds = any(map(is_saved, needs))
        late = names[len(names) - len(cast(Any, unwrapped(function)).__defaults__ or ()) :]
        save = _saver(needs, self.defaults, self.variadic)
        return Rule(function, names, needs, holds, save, late=late)


def _saver(
    needs: tuple[tuple[int, Any], ...], defaults: dict[str, Any], variadic: bool
) -> Callable[..., tuple[Any, Any, Version | None]]:
    """What keeps for a rule what it needs (`Rule.save`)."""

    def nothing(
        args: Any, raw: Any, params: Any, out: Any, aux: Any, version: Version | None
    ) -> Any:
        return (), (), version

    def argument(
        args: Any, raw: Any, params: Any, out: Any, aux: Any, version: Version | None
    ) -> Any:
        a = args[needs[0][1]]
        if not isinstance(a, TensorBase):
            return [a], [], version
        at = a._counter or a._versions()
        return [a._array], [(0, at, at.n, a._node)], version

    def shape(args: Any, raw: Any, params: Any, out: Any, aux: Any, version: Version | None) -> Any:
        return (_shape(raw[needs[0][1]]),), (), version

    def anything(
        args: Any, raw: Any, params: Any, out: Any, aux: Any, version: Version | None
    ) -> Any:
        values: list[Any] = []
        refs: list[Any] = []
        for kind, key in needs:
            if kind == ARGUMENT:
                a = args[key]
                if isinstance(a, TensorBase):
                    at = a._counter or a._versions()
                    refs.append((len(values), at, at.n, a._node))
                    a = a._array
                values.append(a)
            elif kind == SHAPE:
                values.append([_shape(a) for a in raw] if variadic else _shape(raw[key]))
            elif kind == PARAMETER:
                values.append(params[key] if key in params else defaults[key])
            elif kind == OUT:
                version = version or Version()
                refs.append((len(values), version, version.n, SELF))
                values.append(out)
            else:
                values.append(aux)
        return values, refs, version

    if not needs:
        return nothing
    if len(needs) > 1 or variadic:
        return anything
    return {ARGUMENT: argument, SHAPE: shape}.get(needs[0][0], anything)


def _shape(argument: Any) -> tuple[int, ...]:
    return argument.shape if isinstance(argument, np.ndarray) else ()


def missing(name: str, argument: str) -> Rule:
    """Stands where no rule was registered."""

    def function(grad: Any, **_: Any) -> Any:
        raise NotImplementedError(
            f"the derivative of {name} for {argument!r} is not implemented: "
            f"register a rule with {name}.backward({argument}=...), or detach() the argument"
        )

    return Rule(function, (), (), False, _saver((), {}, False))
