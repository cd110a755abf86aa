"""`compile(backend="replay")`: steps that are recorded once, then run as one program on arrays."""

from __future__ import annotations

import functools
import types
from collections import OrderedDict
from typing import Any

import numpy as np

from tinygrad_np.dtypes import default_float
from tinygrad_np.nn.module import Module
from tinygrad_np.nn.module_hooks import register_module_forward_pre_hook
from tinygrad_np.tape.grad_mode import mode
from tinygrad_np.tape.graph import TensorBase
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
    run, and what has changed about them (shapes, whether they ask for gradients, a module's
    `training`) makes it record anew. Results are off the tape: `backward` is called inside.

    Parameters
    ----------
    function : callable
        Of tensors that don't require grad, and of values that can be hashed; each other value
        makes another program, so that numbers which change are better given as tensors.

    Raises
    ------
    RuntimeError
        While recording, for what can't be written down: values that become Python's (`item()`,
        ``if x > 0``), arrays computed past the operations on tensors, hooks, functions of
        one's own (`autograd.Function`). The steps' other effects have then happened.

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
        self._programs: OrderedDict[Any, list[tuple[Program, list[Module], list[bool]]]]
        self._programs = OrderedDict()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        tensors: list[Any] = []
        key: Any = tuple([_form(value, tensors) for value in args])
        if kwargs:
            key += (_form(kwargs, tensors),)
        key += mode.grad, default_float()
        if key not in self._programs:
            self._programs[key] = []
            if len(self._programs) > MOST:
                self._programs.popitem(last=False)
            return self.function(*args, **kwargs)
        for program, modules, training in self._programs[key]:
            if [module.training for module in modules] == training and program.holds():
                return program(*[tensor._array for tensor in tensors])
        return self._record(self._programs[key], tensors, args, kwargs)

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        """A method, where it is found in a class."""
        return self if instance is None else types.MethodType(self, instance)

    def _record(self, programs: list[Any], tensors: list[Any], args: Any, kwargs: Any) -> Any:
        if any(tensor._node is not None for tensor in tensors):
            refuse("an argument that requires grad")
        modules: dict[Module, bool] = {}

        def meet(module: Module, _: Any) -> None:
            modules[module] = module.training

        with register_module_forward_pre_hook(meet), Recorder(tensors) as recorder:
            result = self.function(*args, **kwargs)
        found = recorder.program(result), list(modules), list(modules.values())
        programs[:] = [found, *programs][:MOST]
        return result

    @property
    def code(self) -> str:
        """The programs, as text."""
        return "\n".join(p.code for found in self._programs.values() for p, *_ in found)


def _form(value: Any, tensors: list[Any]) -> Any:
    """What arguments have in common that one program is for; gathers the tensors among them."""
    if isinstance(value, TensorBase):
        tensors.append(value)
        array = value._array
        return array.shape, array.dtype.char, array.strides
    if isinstance(value, (tuple, list)):
        return type(value), *[_form(v, tensors) for v in value]
    if isinstance(value, dict):
        return tuple(value), *[_form(v, tensors) for v in value.values()]
    if isinstance(value, slice):
        return slice, value.start, value.stop, value.step
    if isinstance(value, np.ndarray):
        raise TypeError("a replayed function takes tensors, not arrays: give it from_numpy(array)")
    return type(value), value
