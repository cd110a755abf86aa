"""`compile(backend="replay")`: steps that are recorded once, then run as one program on arrays."""

from __future__ import annotations

import dataclasses
import functools
import operator
import types
from collections import OrderedDict
from dataclasses import fields
from typing import Any

import numpy as np

from tinygrad_np.dtypes import default_float
from tinygrad_np.nn.module import Module
from tinygrad_np.nn.module_hooks import register_module_forward_pre_hook
from tinygrad_np.tape.grad_mode import mode, recorders
from tinygrad_np.tape.graph import TensorBase, tensor_class
from tinygrad_np.tape.program import Program
from tinygrad_np.tape.record import Recorder
from tinygrad_np.tape.refuse import refuse

__all__ = ["Replayed"]

MOST = 32  # programs that are kept: for so many forms of the arguments, and of the rest for each


class Replayed:
    """A function whose operations on tensors are recorded, and then run without the function.

    For the arguments' shapes and dtypes, and the values of arguments that are no tensors, the
    first call is as any; the second is recorded: forward, backward and the optimizer's step
    become one straight program on arrays (`code`). The calls after it run that program. It saves
    what small steps cost beside their arithmetic, about half of their time.

    What Python does beside the operations, prints, counters, branches, happens in the first two
    calls alone. Tensors that the function finds elsewhere, as parameters, are looked up at each
    run, and what has changed about them (shapes, whether they ask for gradients) or about the
    modules that it calls (`training` and other attributes, hooks) makes it record anew. State that
    goes on from call to call is changed in place: ``total += x``, not ``total = total + x``.
    Results are off the tape: `backward` is called inside.

    Parameters
    ----------
    function : callable
        Of tensors that don't require grad, in tuples, lists, dicts and dataclasses, and of values
        that can be hashed; each other value makes another program, so that numbers which change
        are better given as tensors.

    Raises
    ------
    RuntimeError
        While recording, for what can't be written down: values that become Python's (`item()`,
        ``if x > 0``), arrays computed past the operations on tensors, hooks, functions of
        one's own (`autograd.Function`), closures of optimizers, seeds, tensors that are replaced
        where they were found. The steps' other effects have then happened.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> model = tg.nn.Linear(2, 1)
    >>> optimizer = tg.optim.SGD(model.parameters(), lr=0.1)
    >>> @tg.compile(backend="replay")
    ... def step(x, y):
    ...     loss = ((model(x) - y) ** 2).mean()
    ...     optimizer.zero_grad()
    ...     loss.backward()
    ...     optimizer.step()
    ...     return loss
    >>> x, y = tg.ones(4, 2), tg.zeros(4, 1)
    >>> losses = [step(x, y) for _ in range(50)]
    >>> bool(losses[-1] < losses[0])
    True
    """

    def __init__(self, function: Any) -> None:
        if isinstance(function, Module):
            raise TypeError(
                f"backend='replay' takes a function of a whole step, not a module, "
                f"{type(function).__name__}: put model(x), backward() and optimizer.step() into one"
            )
        functools.update_wrapper(self, function)
        self.function = function
        self._programs: OrderedDict[Any, list[tuple[Program, _Modules]]]
        self._programs = OrderedDict()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if recorders and mode.recorder is not None:  # within another, of which it is a part
            return self.function(*args, **kwargs)
        tensors: list[Any] = []
        key: Any = tuple([_form(value, tensors) for value in args])
        if kwargs:
            key += dict, _form(kwargs, tensors)  # apart from a dict among args
        key += mode.grad, default_float()
        if key not in self._programs:
            self._programs[key] = []
            if len(self._programs) > MOST:
                self._programs.popitem(last=False)
            return self.function(*args, **kwargs)
        for program, modules in self._programs[key]:
            if modules.hold() and program.holds():
                return program(*[tensor._array for tensor in tensors])
        return self._record(self._programs[key], tensors, args, kwargs)

    def __reduce__(self) -> Any:  # a copy records anew
        return type(self), (self.function,)

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        """A method, where it is found in a class."""
        return self if instance is None else types.MethodType(self, instance)

    def _record(self, programs: list[Any], tensors: list[Any], args: Any, kwargs: Any) -> Any:
        if any(tensor._place() is not None for tensor in tensors):
            refuse("an argument that requires grad")
        modules = _Modules()
        with register_module_forward_pre_hook(modules.meet), Recorder(tensors) as recorder:
            result = self.function(*args, **kwargs)
            program = recorder.program(result)
        del recorder
        cells = getattr(self.function, "__closure__", None) or ()
        known = [*modules.values(), *(c.cell_contents for c in cells if c != types.CellType())]
        if any(value is tensor for tensor in tensors for value in known):
            refuse("an argument that the step finds elsewhere, too: clone() it, it")
        del known
        modules.settle()
        replaced = program.abandoned()
        if replaced is not None:
            refuse(
                f"a step that replaces a tensor of shape {list(replaced.shape)} that it reads: "
                "change that in place, as copy_() does, it"
            )
        others = [found for found in programs if found[0].abandoned() is None]
        programs[:] = [(program, modules), *others][:MOST]
        return result

    @property
    def code(self) -> str:
        """The programs, as text."""
        return "\n".join(p.code for found in self._programs.values() for p, _ in found)


class _Modules:
    """The modules that a recorded step calls, and what of them is to stay as it was."""

    def __init__(self) -> None:
        self.before: dict[Module, dict[str, Any]] = {}

    def meet(self, module: Module, _: Any) -> None:
        if module not in self.before:
            self.before[module] = module.__dict__.copy()

    def values(self) -> list[Any]:
        """The values of their attributes."""
        return [value for module in self.before for value in module.__dict__.values()]

    def settle(self) -> None:
        """The recording is over: what it left alone is what it may have gone by."""
        self.modules = list(self.before)
        self.kinds = list(map(type, self.modules))
        self.tables = [t for m in self.modules for t in (m.__dict__, *_hooks(m))]
        self.sizes = list(map(len, self.tables))
        self.attributes: list[Any] = []
        for module, before in self.before.items():
            now = module.__dict__
            same = [
                name
                for name, value in before.items()
                if now.get(name, self) is value and not isinstance(value, dict)
            ]
            if same:
                look = operator.itemgetter(*same, same[0])
                self.attributes.append((now, look, look(now)))
        del self.before

    def hold(self) -> bool:
        """Whether they are of their classes, with the attributes and as many hooks as they had."""
        if list(map(len, self.tables)) != self.sizes or list(map(type, self.modules)) != self.kinds:
            return False
        try:
            for now, look, values in self.attributes:
                if not all(map(operator.is_, look(now), values)):
                    return False
        except KeyError:
            return False
        return True


def _hooks(m: Module) -> tuple[Any, ...]:
    return m._forward_hooks, m._forward_pre_hooks, m._backward_hooks, m._backward_pre_hooks


def _form(value: Any, tensors: list[Any]) -> Any:
    """What arguments have in common that one program is for; gathers the tensors among them."""
    if isinstance(value, TensorBase):
        tensors.append(value)
        array = value._array
        form = array.shape, array.dtype.char, array.strides
        if value._node is not None or type(value) is not tensor_class[0]:
            return *form, type(value), value._node is None
        for i, other in enumerate(tensors[:-1]):
            if other._array is array:
                return *form, i
        return form
    if isinstance(value, (tuple, list)):
        return type(value), *[_form(v, tensors) for v in value]
    if isinstance(value, dict):
        return tuple(value), *[_form(v, tensors) for v in value.values()]
    if dataclasses.is_dataclass(value) and not isinstance(value, (type, Module)):
        return type(value), *[_form(getattr(value, f.name), tensors) for f in fields(value)]
    if isinstance(value, slice):
        return slice, value.start, value.stop, value.step
    if isinstance(value, np.ndarray):
        raise TypeError("a replayed function takes tensors, not arrays: give it from_numpy(array)")
    return type(value), value.hex() if type(value) is float else value  # nan, and 0.0 from -0.0
