"""Containers: modules and parameters in sequences and dictionaries."""

from __future__ import annotations

import itertools
import operator
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, MutableMapping
from typing import Any, TypeVar

from tinygrad_np.nn.module import Module, indent
from tinygrad_np.nn.parameter import Parameter
from tinygrad_np.tensor import Tensor

__all__ = ["ModuleDict", "ModuleList", "ParameterDict", "ParameterList", "Sequential"]

L = TypeVar("L", bound="_ModuleSequence")
S = TypeVar("S", bound="Sequential")
P = TypeVar("P", bound="ParameterList")


class _ModuleSequence(Module):
    """What `Sequential` and `ModuleList` share: submodules in a row."""

    def _name(self, idx: int) -> str:
        """The name of the module at an index."""
        size = len(self)
        if not -size <= operator.index(idx) < size:
            raise IndexError(f"index {idx} is out of range: there are {size} modules")
        return list(self._module_names)[idx]

    def _renumber(self, modules: Iterable[Module]) -> None:
        modules = list(modules)
        for name in list(self._module_names):
            delattr(self, name)
        for i, module in enumerate(modules):
            self.add_module(str(i), module)

    def _part(self, names: list[str]) -> Any:
        """What to make a container of these modules of."""
        return [self.__dict__[name] for name in names]

    def __getitem__(self, idx: Any) -> Any:
        if isinstance(idx, slice):
            make: Any = type(self)
            return make(self._part(list(self._module_names)[idx]))
        return self.__dict__[self._name(idx)]

    def __setitem__(self, idx: int, module: Module) -> None:
        setattr(self, self._name(idx), module)

    def __delitem__(self, idx: int | slice) -> None:
        modules = list(self)
        del modules[idx]
        self._renumber(modules)

    def __len__(self) -> int:
        return len(self._module_names)

    def __iter__(self) -> Iterator[Any]:
        return map(self.__dict__.__getitem__, self._module_names)

    def append(self: L, module: Module) -> L:
        """Add a module at the end; returns the container."""
        names = map(str, itertools.count(len(self)))  # a slice may have the first ones already
        self.add_module(next(n for n in names if n not in self._module_names), module)
        return self

    def extend(self: L, modules: Iterable[Module]) -> L:
        """Add modules at the end; returns the container."""
        if not isinstance(modules, Iterable):
            raise TypeError(
                f"{type(self).__name__}.extend should be called with an iterable, "
                f"but got {type(modules).__name__}"
            )
        for module in list(modules):
            self.append(module)
        return self

    def insert(self: L, index: int, module: Module) -> L:
        """Put a module in front of the one at `index`; returns the container."""
        size = len(self)
        if not -size <= index <= size:
            raise IndexError(f"Index out of range: {index}, there are {size} modules")
        modules = list(self)
        self.append(module)  # an error if it is no module
        modules.insert(index, module)
        self._renumber(modules)
        return self

    def pop(self, key: int | slice) -> Any:
        """Take a module, or those of a slice, out, and return it."""
        module = self[key]
        del self[key]
        return module


class Sequential(_ModuleSequence):
    """Modules called one after another, each with the result of the one before.

    Parameters
    ----------
    *args : Module
        Named "0", "1", ...; or one OrderedDict of names to modules.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> from tinygrad_np import nn
    >>> model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
    >>> model
    Sequential(
      (0): Linear(in_features=4, out_features=8, bias=True)
      (1): ReLU()
      (2): Linear(in_features=8, out_features=2, bias=True)
    )
    >>> model(tg.ones(3, 4)).shape
    torch.Size([3, 2])
    >>> model[1]
    ReLU()
    """

    def __init__(self, *args: Any) -> None:
        super().__init__()
        named = len(args) == 1 and isinstance(args[0], OrderedDict)
        items = args[0].items() if named else enumerate(args)
        for name, module in items:
            self.add_module(str(name), module)

    def forward(self, input: Any) -> Any:
        """The last module's result."""
        for module in self:
            input = module(input)
        return input

    def _part(self, names: list[str]) -> Any:
        return OrderedDict((name, self.__dict__[name]) for name in names)

    def __add__(self, other: Sequential) -> Sequential:
        return Sequential(*self).__iadd__(other)

    def __iadd__(self: S, other: Sequential) -> S:
        if not isinstance(other, Sequential):
            raise ValueError(
                "add operator supports only objects of Sequential class, "
                f"but {type(other).__name__} is given."
            )
        return self.extend(other)

    def __mul__(self, other: int) -> Sequential:
        return Sequential(*list(self) * _factor(other))

    __rmul__ = __mul__

    def __imul__(self: S, other: int) -> S:
        return self.extend(list(self) * (_factor(other) - 1))


def _factor(number: int) -> int:
    if not isinstance(number, int):
        raise TypeError(f"a Sequential can be multiplied by an int, got {type(number).__name__}")
    if number <= 0:
        raise ValueError(f"Non-positive multiplication factor {number} for a Sequential")
    return number


class ModuleList(_ModuleSequence):
    """Modules in a list; it has no forward, what is done with them is up to the model.

    Parameters
    ----------
    modules : iterable of Module, optional

    Examples
    --------
    >>> from tinygrad_np import nn
    >>> layers = nn.ModuleList(nn.Linear(4, 4) for _ in range(3))
    >>> layers
    ModuleList(
      (0-2): 3 x Linear(in_features=4, out_features=4, bias=True)
    )
    >>> len(list(layers.parameters()))
    6
    """

    def __init__(self, modules: Iterable[Module] | None = None) -> None:
        super().__init__()
        if modules is not None:
            self.extend(modules)

    def __add__(self, other: Iterable[Module]) -> ModuleList:
        return ModuleList([*self, *other])

    def __iadd__(self: L, modules: Iterable[Module]) -> L:
        return self.extend(modules)

    def insert(self, index: int, module: Module) -> None:  # type: ignore[override]
        """Put a module in front of the one at `index`."""
        super().insert(index, module)

    def __repr__(self) -> str:
        runs: list[list[Any]] = []  # [first, last, words] of equal neighbours
        for i, words in enumerate(map(repr, self)):
            if runs and runs[-1][2] == words:
                runs[-1][1] = i
            else:
                runs.append([i, i, words])
        lines = [
            indent(f"({a}): {words}" if a == b else f"({a}-{b}): {b - a + 1} x {words}")
            for a, b, words in runs
        ]
        name = self._get_name()
        return f"{name}(\n  " + "\n  ".join(lines) + "\n)" if lines else f"{name}()"


class _ModuleMapping(Module, MutableMapping[str, Any]):
    """What `ModuleDict` and `ParameterDict` share: a dictionary that is a module."""

    def pop(self, key: str) -> Any:  # type: ignore[override]
        """Take a value out, and return it."""
        value = self[key]
        del self[key]
        return value

    __eq__ = object.__eq__  # two modules are equal if they are the same
    __hash__ = object.__hash__


class ModuleDict(_ModuleMapping):
    """Modules in a dictionary; it has no forward.

    Parameters
    ----------
    modules : mapping or iterable of pairs, optional
        Names to modules.

    Examples
    --------
    >>> from tinygrad_np import nn
    >>> choices = nn.ModuleDict({"relu": nn.ReLU(), "tanh": nn.Tanh()})
    >>> choices["tanh"]
    Tanh()
    """

    def __init__(self, modules: Any = None) -> None:
        super().__init__()
        if modules is not None:
            self.update(modules)

    def __getitem__(self, key: str) -> Any:
        return self._modules[key]

    def __setitem__(self, key: str, module: Module) -> None:
        self.add_module(key, module)

    def __delitem__(self, key: str) -> None:
        del self._modules[key]

    def __len__(self) -> int:
        return len(self._module_names)

    def __iter__(self) -> Iterator[str]:
        return iter(self._module_names)

    def update(self, modules: Any) -> None:  # type: ignore[override]
        """Add the modules of a mapping or of pairs, in place of those of the same key."""
        super().update(modules)


def _as_parameter(value: Any) -> Any:
    """Tensors become parameters, anything else stays."""
    return Parameter(value) if type(value) is Tensor else value


def _describe(name: Any, value: Any, typename: Callable[[Any], object]) -> str:
    if not isinstance(value, Tensor):
        return f"  ({name}): Object of type: {type(value).__name__}"
    kind = "Parameter" if isinstance(value, Parameter) else "Tensor"
    size = "x".join(map(str, value.shape))
    return f"  ({name}): {kind} containing: [{typename(value)} of size {size}]"


class ParameterList(Module):
    """Parameters in a list. Tensors that are put in become parameters; other values are kept.

    Parameters
    ----------
    values : iterable, optional

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> weights = tg.nn.ParameterList([tg.ones(2), tg.ones(2, 3)])
    >>> weights
    ParameterList(
        (0): Parameter containing: [torch.float32 of size 2]
        (1): Parameter containing: [torch.float32 of size 2x3]
    )
    """

    def __init__(self, values: Iterable[Any] | None = None) -> None:
        super().__init__()
        self._size = 0
        if values is not None:
            self.extend(values)

    def _name(self, idx: int) -> str:
        if not -self._size <= operator.index(idx) < self._size:
            raise IndexError(f"index {idx} is out of range: there are {self._size} values")
        return str(idx % self._size)

    def __getitem__(self, idx: Any) -> Any:
        if isinstance(idx, slice):
            return type(self)(list(self)[idx])
        return self.__dict__[self._name(idx)]

    def __setitem__(self, idx: int, param: Any) -> None:
        setattr(self, self._name(idx), _as_parameter(param))

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[Any]:
        return (self.__dict__[str(i)] for i in range(self._size))

    def __iadd__(self: P, parameters: Iterable[Any]) -> P:
        return self.extend(parameters)

    def append(self: P, value: Any) -> P:
        """Add a value at the end; returns the list."""
        setattr(self, str(self._size), _as_parameter(value))
        self._size += 1
        return self

    def extend(self: P, values: Iterable[Any]) -> P:
        """Add values at the end; returns the list."""
        if not isinstance(values, Iterable) or isinstance(values, Tensor):
            raise TypeError(
                "ParameterList.extend should be called with an iterable, "
                f"but got {type(values).__name__}"
            )
        for value in values:
            self.append(value)
        return self

    def extra_repr(self) -> str:
        return "\n".join(
            _describe(i, value, operator.attrgetter("dtype")) for i, value in enumerate(self)
        )

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        raise RuntimeError("ParameterList should not be called.")


class ParameterDict(_ModuleMapping):
    """Parameters in a dictionary. Tensors that are put in become parameters.

    Parameters
    ----------
    parameters : mapping or iterable of pairs, optional
        A plain dict is sorted by its keys, as PyTorch does; other mappings keep their order.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> weights = tg.nn.ParameterDict({"left": tg.ones(2), "right": tg.ones(3)})
    >>> weights["left"].requires_grad
    True
    """

    def __init__(self, parameters: Any = None) -> None:
        super().__init__()
        self._keys: dict[str, None] = {}
        if parameters is not None:
            self.update(parameters)

    def __getitem__(self, key: str) -> Any:
        if key not in self._keys:
            raise KeyError(key)
        return self.__dict__[key]

    def __setitem__(self, key: str, value: Any) -> None:
        if not isinstance(key, str):
            raise TypeError(f"a key of ParameterDict must be a string, got {type(key).__name__}")
        setattr(self, key, _as_parameter(value))
        self._keys[key] = None

    def __delitem__(self, key: str) -> None:
        del self._keys[key]
        delattr(self, key)

    def __len__(self) -> int:
        return len(self._keys)

    def __iter__(self) -> Iterator[str]:
        return iter(self._keys)

    def __reversed__(self) -> Iterator[str]:
        return reversed(self._keys)

    def update(self, parameters: Any) -> None:  # type: ignore[override]
        """Add the values of a mapping or of pairs, over those of the same key."""
        super().update(sorted(parameters.items()) if type(parameters) is dict else parameters)

    def popitem(self) -> tuple[str, Any]:
        """Take the last value out, and return its key and it."""
        if not self._keys:
            raise KeyError("popitem(): the ParameterDict is empty")
        key = next(reversed(self._keys))
        return key, self.pop(key)

    def copy(self) -> ParameterDict:
        """Another dictionary of the same parameters."""
        return ParameterDict(self.items())

    def fromkeys(self, keys: Iterable[str], default: Any = None) -> ParameterDict:
        """A new dictionary with `default` for each key."""
        return ParameterDict((key, default) for key in keys)

    def __or__(self, other: ParameterDict) -> ParameterDict:
        new = self.copy()
        new.update(other)
        return new

    def __ior__(self, other: ParameterDict) -> ParameterDict:
        self.update(other)
        return self

    def extra_repr(self) -> str:
        return "\n".join(_describe(key, value, Tensor.type) for key, value in self.items())

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        raise RuntimeError("ParameterDict should not be called.")
