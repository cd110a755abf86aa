"""Small parameters, updated as one.

An update of ten NumPy calls costs a bias of ten numbers as much as a weight of thousands. So the
small parameters of a group are joined, as are their gradients, in one flat array for the update,
and what is remembered of each is a part of one flat array too. An update that goes element by
element does not notice: `elementwise` marks those.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from operator import attrgetter, is_
from typing import Any, TypeVar

import numpy as np

from tinygrad_np.optim.update import Array
from tinygrad_np.tape.graph import TensorBase
from tinygrad_np.tape.inplace import check_memory
from tinygrad_np.tensor import Tensor

__all__ = ["Groups", "elementwise"]

SMALL = 1 << 13  # numbers, up to which joining a parameter costs less than updating it alone
ARRAY = attrgetter("_array")
State = dict[str, Any]
Update = Callable[[Array, Array, State, dict[str, Any]], None]
F = TypeVar("F", bound=Callable[..., None])


def elementwise(update: F) -> F:
    """Decorator: an `_update` that computes each element from its own numbers alone.

    What it remembers has the parameter's shape, or is one number that depends on nothing but how
    often it was called. The mark is the method's: one that overrides it has none.
    """
    update.elementwise = True  # type: ignore[attr-defined]
    return update


class Flat:
    """Parameters of one dtype whose states are alike: the same entries, the same numbers."""

    def __init__(self, params: list[Tensor], states: list[State]) -> None:
        self.params, self.states = params, states
        self.arrays = [p._array for p in params]
        ends = np.cumsum([a.size for a in self.arrays]).tolist()
        self.slices = [slice(end - a.size, end) for a, end in zip(self.arrays, ends, strict=True)]
        self.param, self.grad = np.empty((2, ends[-1]), self.arrays[0].dtype)
        self.parts = self._parts(self.param)
        self.state: State = {}
        for key, value in states[0].items():
            array = value._array
            whole = [s[key]._array for s in states] if array.ndim else [array]
            joined = np.concatenate(whole, axis=None) if array.ndim else array.copy()
            self.state[key] = Tensor._make(joined)
        self._hand_out()

    def _parts(self, flat: Array) -> list[Array]:
        return [flat[s].reshape(a.shape) for s, a in zip(self.slices, self.arrays, strict=True)]

    def _hand_out(self) -> None:
        """Make each parameter's state of parts of the joined one, and copies of its numbers."""
        self.numbers: list[tuple[Array, list[Array]]] = []
        for key, value in self.state.items():
            array = value._array
            if array.ndim:
                memory, width = array.view(np.uint8).data, array.itemsize
                own = [  # of a base that is no array: each is `save`d as memory of its own
                    np.frombuffer(memory, array.dtype, a.size, s.start * width).reshape(a.shape)
                    for s, a in zip(self.slices, self.arrays, strict=True)
                ]
            else:
                own = [array.copy() for _ in self.params]
                self.numbers.append((array, own))
            for state, part in zip(self.states, own, strict=True):
                known = state.setdefault(key, Tensor._make(part))
                known._array = part  # in the tensor that a user may hold
        self.members = [
            (param, state, [v._array for v in state.values()])
            for param, state in zip(self.params, self.states, strict=True)
        ]

    def fits(self, state: dict[Tensor, State]) -> bool:
        """Whether the states still are those that were joined."""
        try:
            for param, own, known in self.members:
                if state[param] is not own or len(own) != len(known):
                    return False
                if known and not all(map(is_, map(ARRAY, own.values()), known)):
                    return False
        except AttributeError:  # of an entry that is no tensor
            return False
        return all(own.count(number) == len(own) for number, own in self.numbers)

    def update(self, update: Update, group: dict[str, Any]) -> None:
        """Call `update` for all of them at once."""
        np.concatenate(self.arrays, axis=None, out=self.param)
        grads: list[Any] = [p._grad._array for p in self.params]  # type: ignore[union-attr]
        np.concatenate(grads, axis=None, out=self.grad)
        new = not self.state
        update(self.param, self.grad, self.state, group)
        if new:
            self._hand_out()
        for param, array, part in zip(self.params, self.arrays, self.parts, strict=True):
            array[...] = part
            (param._counter or param._versions()).n += 1
        for number, own in self.numbers:
            for array in own:
                array[...] = number


class Group:
    """What there is to update in a group of parameters: some joined, the others one by one."""

    def __init__(self, params: list[Tensor], state: dict[Tensor, State], joins: bool) -> None:
        self.params = list(params)
        self.arrays = [None if p._grad is None else p._array for p in params]
        live = [p for p in params if p._grad is not None]
        for param in live:
            check_memory(param)
        small = [p for p in live if joins and p._array.size <= SMALL]
        self.flats, self.others = _joined(small, state)
        self.others += [p for p in live if not joins or p._array.size > SMALL]

    def holds(self, params: list[Tensor], state: dict[Tensor, State]) -> bool:
        """Whether parameters, states, and which of them have gradients are as they were."""
        if len(params) != len(self.params):
            return False
        for param, before, array in zip(params, self.params, self.arrays, strict=True):
            if param is not before or (None if param._grad is None else param._array) is not array:
                return False
            if array is not None and not array.flags.writeable:
                return False
        return all(flat.fits(state) for flat in self.flats)


class Groups:
    """The groups of an optimizer, as they were for the last step."""

    def __init__(self) -> None:
        self.last: list[Group] = []

    def __reduce__(self) -> Any:
        return Groups, ()  # a copy of an optimizer joins its own

    def ready(
        self, groups: list[dict[str, Any]], state: dict[Tensor, State], joins: bool
    ) -> list[Group]:
        """What there is to update; RuntimeError for a parameter that can't be written to."""
        for index, group in enumerate(groups):
            params = group["params"]
            if index == len(self.last):
                self.last.append(Group(params, state, joins))
            elif not self.last[index].holds(params, state):
                self.last[index] = Group(params, state, joins)
        del self.last[len(groups) :]
        return self.last


def _joined(params: list[Tensor], state: dict[Tensor, State]) -> tuple[list[Flat], list[Tensor]]:
    alike: dict[Any, list[Tensor]] = defaultdict(list)
    memory: dict[int, list[Tensor]] = defaultdict(list)
    for param in params:
        array = param._array
        memory[id(array if array.base is None else array.base)].append(param)
    for sharing in memory.values():  # a parameter whose memory others share is updated in turn
        for param in sharing:
            alike[_kind(param, state[param]) if len(sharing) == 1 else None].append(param)
    others = alike.pop(None, [])
    flats = []
    for group in alike.values():
        if len(group) > 1:
            flats.append(Flat(group, [state[p] for p in group]))
        else:
            others += group
    return flats, others


def _kind(param: Tensor, state: State) -> Any:
    """What parameters have in common that can be joined; None for one that can't be."""
    array = param._array
    if array.dtype.kind == "c":
        return None
    entries: list[Any] = [array.dtype]
    for key, value in state.items():
        own = _array(value)
        if own is None or not array.ndim or own.shape not in ((), array.shape):
            return None
        entries.append((key, own.dtype, None if own.ndim else own.item()))
    return tuple(entries) if array.ndim else None


def _array(value: Any) -> Array | None:
    return value._array if isinstance(value, TensorBase) else None
