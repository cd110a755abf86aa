"""Recording: what a function does with tensors, written down as one straight program on arrays.

While a `Recorder` is on, each op that runs writes a line, its forward with the arguments, and so
does, where the function walks back, each rule and each sum between them. What is left out is what
a step costs beside its arithmetic: tensors, nodes, dispatch, and checks that the same shapes and
dtypes have passed already. The program is Python::

    v1 = linear(x0, p0._array, p1._array)
    v2 = relu(v1)
    ...
    add_to_grad(p0, v9, True)
    step(sgd)

`x` are the arguments, `p` tensors that the function found elsewhere, whose arrays are looked up
each time, `v` arrays in between. What comes from anywhere else, as an array that was computed
outside of the ops, would stay what it was at recording: that is refused.
"""

from __future__ import annotations

import functools
import keyword
import re
import threading
from collections.abc import Callable, Sequence
from typing import Any, TypeVar, cast

import numpy as np

from tinygrad_np.generator import Generator, watch
from tinygrad_np.kernels.layout import as_first
from tinygrad_np.tape import graph
from tinygrad_np.tape.grad_mode import mode, recorders
from tinygrad_np.tape.graph import Leaf, Node, TensorBase, make
from tinygrad_np.tape.program import Program, still_none
from tinygrad_np.tape.record_result import returned
from tinygrad_np.tape.record_walk import walk
from tinygrad_np.tape.record_whole import whole
from tinygrad_np.tape.refuse import refuse
from tinygrad_np.tape.signature import ARGUMENT, OUT, PARAMETER, SHAPE
from tinygrad_np.tape.version import DATA

F = TypeVar("F", bound=Callable[..., Any])
VARIABLE = re.compile(r"\bv\d+\b")
OWN = re.compile(r"[pvx]\d+")  # names that functions may not take

_alone = threading.Lock()  # one recording at a time: all have new tensors told to themselves


class Recorder:
    """Writes down what this thread does in a `with` block.

    Parameters
    ----------
    arguments : sequence of Tensor
        Those of the program: other arrays take their place when it runs.
    """

    def __init__(self, arguments: Sequence[Any]) -> None:
        self.lines: list[tuple[list[str], str, bool]] = []  # targets, text, whether it acts
        self.scope: dict[str, Any] = {"make": make}  # what the names of the program stand for
        self.arrays: dict[int, tuple[Any, str]] = {}  # arrays that have a name, by their id
        self.outside: dict[int, tuple[Any, str]] = {}  # tensors from elsewhere
        self.born: dict[int, Any] = {}  # tensors made since
        self.rules: dict[Node, list[list[str]]] = {}  # what a node's rules are to be given
        self.walked: set[Node] = set()
        self.locked: list[Any] = []  # arrays that have no tensor, and are not to be changed
        self.leaves: dict[int, str] = {}  # those among them whose gradients are asked for
        self.grads: list[tuple[Any, bool]] = []  # whether tensors begin without a gradient
        self.broken = ""  # what made this recording void, should the function go on
        self.drew = False  # whether what runs has drawn random numbers
        self.count = 0
        self.thread = threading.get_ident()
        self.given = {id(tensor) for tensor in arguments}
        self.versions: dict[int, tuple[Any, int]] = {}  # how often tensors were changed in place
        self.arguments = [f"x{i}" for i in range(len(arguments))]
        for tensor, name in zip(arguments, self.arguments, strict=True):
            self.arrays.setdefault(id(tensor._array), (tensor._array, name))

    def __enter__(self) -> Recorder:
        if mode.recorder is not None:
            refuse("a recording within another")
        if mode.packing or mode.inference:
            refuse("saved tensors' hooks and inference mode")
        _alone.acquire()
        self._new, graph._new = graph._new, self._make
        recorders.append(self)
        self._watch = watch.draws, watch.states
        watch.draws, watch.states = (*watch.draws, self._drawn), (*watch.states, self._stated)
        mode.recorder = self
        return self

    def __exit__(self, *_: object) -> None:
        mode.recorder = None
        watch.draws, watch.states = self._watch
        recorders.remove(self)
        graph._new = self._new
        _alone.release()

    def _make(self, cls: Any) -> Any:
        new = object.__new__(cls)
        if threading.get_ident() == self.thread:
            self.born[id(new)] = new
        return new

    def _drawn(self, _: Generator) -> None:
        if mode.recorder is self:
            refuse("numbers drawn past the functions of random tensors")
        self.drew = True

    def _stated(self, _: Generator) -> None:
        if mode.recorder is self:
            refuse("a generator's state or seed, which would be the same each time,")

    # --- what stands for a value ---

    def name(self, value: Any, like: str = "") -> str:
        """The name of something that is the same each time."""
        for name, other in self.scope.items():
            if other is value:
                return name
        plain = getattr(value, "__name__", type(value).__name__.lower())
        base = re.sub(r"\W", "", like or plain).strip("_") or "k"
        name = next(
            n
            for n in (base, *(f"{base}_{i}" for i in range(2, len(self.scope) + 3)))
            if n not in self.scope and not keyword.iskeyword(n)
            if n == like or not OWN.fullmatch(n)
        )
        self.scope[name] = value
        return name

    def tensor(self, tensor: Any) -> str:
        """What stands for a tensor itself."""
        if id(tensor) in self.given or id(tensor) in self.born:
            known = self.arrays.get(id(tensor._array))
            if id(tensor) not in self.leaves and known is not None:
                if not isinstance(tensor._node, Leaf):
                    return f"make({known[1]})"
                (self.leaves[id(tensor)],) = self.line(f"make({known[1]})")
            if id(tensor) in self.leaves:
                return self.leaves[id(tensor)]
        return self._outside(tensor)

    def _outside(self, tensor: Any) -> str:
        if id(tensor) in self.born:
            refuse(
                f"a tensor of shape {list(tensor._array.shape)} that is not the result of an "
                "operation on tensors: make it before, or pass it in"
            )
        if id(tensor) not in self.outside:
            if self.arrays.get(id(tensor._array), (None, ""))[1] in self.arguments:
                refuse(
                    "an argument on the array of a tensor that is found elsewhere: clone() it, it"
                )
            name = self.name(tensor, f"p{len(self.outside)}")
            self.outside[id(tensor)] = tensor, name
            self.know(tensor._array, f"{name}._array")
            self.expect(tensor)
        return self.outside[id(tensor)][1]

    def text(self, value: Any) -> str:
        """What stands for an argument: the array of a tensor, a number, or several of these."""
        if isinstance(value, TensorBase):
            known = self.arrays.get(id(value._array))
            ours = id(value) in self.born or id(value) in self.given
            if known is None or (not ours and known[1] in self.arguments):
                self._outside(value)
            value = value._array
        if isinstance(value, np.ndarray):
            if id(value) in self.arrays:
                return self.arrays[id(value)][1]
            whole: Any = value.base
            if (
                id(whole) in self.arrays
                and whole.size == value.size
                and (value.flags.c_contiguous and whole.flags.c_contiguous)
            ):
                return f"{self.text(whole)}.reshape({value.shape})"
            refuse(
                f"an array of shape {list(value.shape)} that was computed outside of the "
                "operations on tensors"
            )
        if value is None or value is ... or type(value) in (bool, int, str):
            return repr(value)
        if type(value) is float and np.isfinite(value):
            return repr(value)
        if type(value) in (tuple, list):
            inside = ", ".join(map(self.text, value))
            if type(value) is list:
                return f"[{inside}]"
            return f"({inside},)" if len(value) == 1 else f"({inside})"
        if type(value) is slice:
            return f"slice({', '.join(map(self.text, (value.start, value.stop, value.step)))})"
        if type(value) is dict:
            return f"{{{', '.join(f'{k!r}: {self.text(v)}' for k, v in value.items())}}}"
        return self.name(value, value.name if isinstance(value, np.dtype) else "")

    # --- lines ---

    def write(self, text: str, *values: Any, acts: bool = False) -> list[str]:
        """Write a line, which gives these values; returns their names."""
        names = self.line(text, len(values), acts)
        for value, name in zip(values, names):
            self.know(value, name)
        return names

    def line(self, text: str, count: int = 1, acts: bool = False) -> list[str]:
        """Write a line, which gives as many values; returns their names."""
        names = [f"v{self.count + i}" for i in range(1, count + 1)]
        self.count += count
        self.lines.append((names, text, acts))
        return names.copy()

    def know(self, value: Any, text: str) -> None:
        """Remember what stands for an array, and for those in a tuple of several."""
        if isinstance(value, np.ndarray):
            self.arrays[id(value)] = value, text
        elif isinstance(value, tuple):
            for i, part in enumerate(value):
                self.know(part, f"{text}[{i}]")

    def call(self, function: Any, *args: str, **params: Any) -> str:
        """The text of a call; `args` are texts."""
        given = [*args, *(f"{k}={self.text(v)}" for k, v in params.items())]
        return f"{self.name(function)}({', '.join(given)})"

    def expect(self, tensor: Any, changes: int = 0) -> None:
        """Remember how often a tensor was changed, so that other changes are noticed."""
        self.versions[id(tensor)] = tensor, tensor._versions().n + changes

    # --- what happens ---

    def laid_out(self, old: Any, new: Any) -> None:
        """A tensor's array was replaced by one in the order of its indices."""
        if id(old) in self.arrays:
            text = self.text(old)
            if text.endswith("._array"):  # of a tensor that keeps the new one
                self.know(new, text)
            else:
                self.write(self.call(np.ascontiguousarray, text), new)

    def op(
        self, function: Any, spec: Any, args: Any, params: Any, values: Any, node: Node | None
    ) -> None:
        """An op gave these values: what `function` returned, then its array as it is kept."""
        *found, out = values
        if len(found) == 2 and function.__dict__.get("rules"):
            refuse(f"{spec.name} of several dtypes")
        texts: list[str] = [self.text(a) for a in args]
        names = self.write(self.call(function, *texts, **params), *found, acts=self.drew)
        self.drew = False
        if any(array is found[0] for array in self.locked):  # now a tensor's
            found[0].flags.writeable = True
        if type(found[0]) is not np.ndarray:
            names[:1] = self.write(self.call(np.asarray, names[0]), out)
        elif out is not found[0]:
            names[:1] = self.write(self.call(as_first, texts[0], names[0]), out)
        if node is None:
            return

        def needed(kind: int, key: Any) -> str | Any:
            if kind == ARGUMENT:
                return texts[key]
            if kind == SHAPE:
                shapes = [tuple(getattr(a, "shape", ())) for a in args]
                return self.text(shapes if spec.variadic else shapes[key])
            if kind == PARAMETER:
                return self.text(params[key] if key in params else spec.defaults[key])
            return names[0] if kind == OUT else names[1]

        self.rules[node] = [
            [needed(*need) for need in rule.needs[: len(rule.needs) - len(rule.late)]]
            for _, rule, *_ in node.edges
        ]

    def apart(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, with nothing of what it does recorded."""

        def call(*args: Any, **params: Any) -> Any:
            mode.recorder = None
            try:
                return function(*args, **params)
            except OverflowError:
                raise
            except BaseException:
                self.broken = f"a step that goes on after an error in {function.__name__}()"
                raise
            finally:
                mode.recorder = self

        return call

    def op_of_arrays(self, op: Any, args: Any, params: Any, out: Any) -> None:
        """An op was called with arrays: its result is known if they are."""
        known = all(id(a) in self.arrays for a in args if isinstance(a, np.ndarray))
        if known and isinstance(out, np.ndarray):
            self.lock(out)
            self.write(self.call(op, *map(self.text, args), **params), out, acts=self.drew)
        self.drew = False

    def lock(self, array: Any) -> None:
        """Let an array that has no tensor not be changed: past the operations it would be lost."""
        if id(array) not in self.arrays and array.flags.writeable:
            array.flags.writeable = False
            self.locked.append(array)

    def copied(self, tensor: Any, copy: Any) -> None:
        """What a tensor was before a change in place was kept."""
        self.write(f"{self.text(tensor)}.copy('K')", copy._array)

    def changed(self, tensor: Any, where: Any, value: Any) -> None:
        """A tensor was given a value in place."""
        if isinstance(value, np.generic):
            refuse(f"{value}, which NumPy computed,")
        at = "..." if where is ... else self.text(where)
        self.write(f"{self.text(tensor)}[{at}] = {self.text(value)}", acts=True)
        version, times = tensor._versions(), 1
        if version.counted is not version:  # of x.data: its changes are counted elsewhere, too
            version, times = version.counted, DATA
        counted = [t for t, _ in self.versions.values() if t._versions() is version]
        for other in counted:
            self.expect(other, times)
        for other in [t for t in counted if id(t) in self.outside][:1]:
            self.write(f"{self._outside(other)}._versions().n += {times}", acts=True)

    def shared(self, tensor: Any) -> None:
        """Another tensor is to have the array of this one."""
        if id(tensor._in_order()) not in self.arrays:
            self._outside(tensor)

    def gradient(self, tensor: Any) -> None:
        """A tensor's `.grad` was looked up: that it is None, or not, is to be so again."""
        none = tensor._grad is None
        if id(tensor) not in self.born and id(tensor) not in self.given:
            if not any(acts for _, _, acts in self.lines):
                self._outside(tensor)
                self.grads.append((tensor, none))
            elif none:
                self.write(self.call(still_none, self.tensor(tensor)), acts=True)
        if not none:
            self.write(f"{self.tensor(tensor)}._grad._array", tensor._grad._array)

    def gradient_is(self, tensor: Any, value: Any) -> None:
        """A tensor's `.grad` was set."""
        new = None if value is None else self.tensor(value)
        self.write(f"{self.tensor(tensor)}._grad = {new}", acts=True)

    def data_is(self, tensor: Any, value: Any) -> None:
        """A tensor's `.data` is set: it has the array of another from now on."""
        text = self.text(value)
        if id(tensor) in self.leaves or not (id(tensor) in self.born or id(tensor) in self.given):
            self.write(f"{self.tensor(tensor)}._array = {text}", acts=True)
        self.versions.pop(id(tensor), None)

    def attribute(self, owner: Any, name: str, value: Any) -> None:
        """A tensor became an attribute of a module."""
        if isinstance(value._node, Leaf) and id(value) in self.born:
            refuse("a parameter that the step makes for a module")
        self.write(f"{self.name(owner)}.{name} = {self.tensor(value)}", acts=True)

    def asked(self, tensor: Any) -> None:
        """A tensor asks for gradients from now on."""
        if id(tensor) in self.given:
            refuse("requires_grad_() of an argument: detach() it first, it")

    walk = walk
    whole = whole
    returned = returned

    # --- the program ---

    def program(self, result: Any) -> Program:
        """What was written down, as a function that returns what stands for `result`."""
        for tensor, n in self.versions.values():
            if tensor._versions().n != n:
                refuse(f"a change in place, past the operations, of a tensor {tuple(tensor.shape)}")
        if self.broken:
            refuse(self.broken)
        returned = self.returned(result)
        kept, needed = [], set(VARIABLE.findall(returned))
        for targets, text, acts in reversed(self.lines):
            if acts or needed.intersection(targets):
                used = set(VARIABLE.findall(text))
                last = sorted(used - needed)  # their last use
                needed |= used
                kept.append((targets, text, last))
        lines = [f"def program({', '.join(self.arguments)}):"]
        for targets, text, last in reversed(kept):
            gone = last + [v for v in targets if v not in needed]
            given = f"{', '.join(targets)} = " if targets else ""
            lines.append(f"    {given}{text}" + (f"; del {', '.join(gone)}" if gone else ""))
        lines.append(f"    return {returned}")
        outside = [t for t, _ in self.outside.values()]
        return Program("\n".join(lines) + "\n", self.scope, outside, self.grads)


def recorded_whole(function: F) -> F:
    """Let a function that changes tensors past the ops, or draws numbers, be a line by itself."""

    @functools.wraps(function)
    def call(*args: Any, **params: Any) -> Any:
        if recorders and mode.recorder is not None:
            return mode.recorder.whole(function, args, params)
        return function(*args, **params)

    return cast(F, call)


def always(array: Any, data: Any = None) -> Any:
    """An array that sizes and Python's numbers make: the same each time, but a new one.

    Not so if it is of `data` that is an array or a tensor.
    """
    if (
        isinstance(array, np.ndarray)
        and not isinstance(data, (np.ndarray, TensorBase))
        and (recorders and mode.recorder is not None)
    ):
        mode.recorder.write(f"{mode.recorder.name(array.copy('K'), 'k')}.copy('K')", array)
    return array
