"""What a module is made of: its parameters, buffers and submodules.

They are ordinary attributes of the module, found as fast as any other; beside them stand three
tables that say which names are parameters, buffers and submodules, in the order of definition.
"""

from __future__ import annotations

from collections.abc import Callable, ItemsView, Iterable, Iterator, MutableMapping, ValuesView
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from tinygrad_np.nn.parameter import Buffer, Parameter
from tinygrad_np.tape.grad_mode import mode, recorders
from tinygrad_np.tape.graph import TensorBase
from tinygrad_np.tape.op import Foreign
from tinygrad_np.tensor import Tensor

if TYPE_CHECKING:
    from tinygrad_np.nn.module import Module

T = TypeVar("T")


class Members:
    """The part of `Module` that registers and finds its members."""

    _parameter_names: dict[str, bool]
    _buffer_names: dict[str, bool]  # whether persistent
    _module_names: dict[str, bool]

    def __init__(self) -> None:
        for kind in _KINDS:
            self.__dict__[kind.table] = {}

    # --- registration ---

    def register_parameter(self, name: str, param: Parameter | None) -> None:
        """Add a parameter, as ``self.name = param`` does; None for one that is left out.

        Raises
        ------
        TypeError
            If `name` is not a string or `param` neither a Parameter nor None.
        KeyError
            If `name` is empty, has a dot or is an attribute already.
        ValueError
            If `param` is a result on the tape, not a leaf.
        """
        self._register(_PARAMETER, name, param)

    def register_buffer(self, name: str, tensor: Tensor | None, persistent: bool = True) -> None:
        """Add a tensor that is not trained but belongs to the state, such as a running mean.

        Parameters
        ----------
        name : str
        tensor : Tensor or None
            None keeps the name for a buffer that is left out.
        persistent : bool, default True
            Whether it is part of `state_dict`.

        Raises
        ------
        TypeError, KeyError
            As `register_parameter`.
        """
        self._register(_BUFFER, name, tensor)
        self._buffer_names[name] = persistent

    def add_module(self, name: str, module: Module | None) -> None:
        """Add a submodule, as ``self.name = module`` does.

        Raises
        ------
        TypeError, KeyError
            As `register_parameter`.
        """
        self._register(_MODULE, name, module)

    register_module = add_module

    def _register(self, kind: _Kind, name: str, value: Any) -> None:
        self._check(kind, name, value)
        if hasattr(self, name) and name not in self.__dict__[kind.table]:
            raise KeyError(f"attribute '{name}' already exists")
        self._put(kind, name, value)

    def _check(self, kind: _Kind, name: str, value: Any) -> None:
        """An error if there can be no member of this kind, name and value."""
        if "_parameter_names" not in self.__dict__:
            raise _not_initialized(self, f"assign {kind.word} {name!r}")
        if not isinstance(name, str):
            raise TypeError(f"{kind.word} name should be a string, got {_typename(name)}")
        if "." in name:
            raise KeyError(f'{kind.word} name can\'t contain ".", got: {name!r}')
        if name == "":
            raise KeyError(f'{kind.word} name can\'t be empty string ""')
        if value is not None and not isinstance(value, kind.type):
            hint = f"; assign {value.__name__}(...)" if isinstance(value, type) else ""
            if isinstance(value, (list, tuple)) and kind.word == "module":
                hint = "; pass what it holds one by one, Sequential(*layers)"
            raise TypeError(
                f"cannot assign '{_typename(value)}' as {kind.word} '{name}' "
                f"({kind.expected} or None expected{hint})"
            )
        if isinstance(value, Parameter) and not value.is_leaf:
            raise ValueError(
                f"Cannot assign non-leaf Tensor to parameter '{name}'. Model parameters must be "
                f"created explicitly. To express '{name}' as a function of another Tensor, "
                "compute the value in the forward() method."
            )

    def _put(self, kind: _Kind, name: str, value: Any) -> None:
        """Make `name` a member of this kind, and of no other; in its old place if it has one."""
        for other in _KINDS:
            if other is not kind:
                self.__dict__[other.table].pop(name, None)
        self.__dict__[kind.table].setdefault(name, True)
        self.__dict__[name] = value

    # --- attributes ---

    def __setattr__(self, name: str, value: Any) -> None:
        if recorders and isinstance(value, TensorBase) and mode.recorder is not None:
            mode.recorder.attribute(self, name, value)
        kind = _kind_of(value)
        if kind is None and "_parameter_names" in self.__dict__:
            kind = next((k for k in _KINDS if name in self.__dict__[k.table]), None)
        if kind is None:
            object.__setattr__(self, name, value)
            return
        self._check(kind, name, value)
        # a property that can't be read yet stands before the member, as in PyTorch
        if kind is not _MODULE and hasattr(type(self), name) and hasattr(self, name):
            raise KeyError(f"attribute '{name}' already exists")
        self._put(kind, name, value)
        if isinstance(value, Buffer):
            self._buffer_names[name] = value.persistent

    def __getattr__(self, name: str) -> Any:  # for what is not there, or called by name
        if any(name in self.__dict__.get(kind.table, ()) for kind in _KINDS):
            return self.__dict__[name]
        if "_parameter_names" not in self.__dict__ and not name.startswith("__"):
            raise _not_initialized(self, f"read {name!r}")
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    def __delattr__(self, name: str) -> None:
        object.__delattr__(self, name)
        for kind in _KINDS:
            self.__dict__[kind.table].pop(name, None)

    # PyTorch's names for the members of one kind, by name
    @property
    def _parameters(self) -> MutableMapping[str, Parameter | None]:
        return _View(self, _PARAMETER)

    @property
    def _buffers(self) -> MutableMapping[str, Tensor | None]:
        return _View(self, _BUFFER)

    @property
    def _modules(self) -> MutableMapping[str, Module | None]:
        return _View(self, _MODULE)

    @property
    def _non_persistent_buffers_set(self) -> set[str]:
        return {name for name, persistent in self._buffer_names.items() if not persistent}

    # --- walking over them ---

    def named_children(self) -> Iterator[tuple[str, Module]]:
        """The direct submodules with their names; one that occurs twice comes once."""
        return _once(_items(self, self._module_names))

    def children(self) -> Iterator[Module]:
        """The direct submodules."""
        return (module for _, module in self.named_children())

    def named_modules(
        self, memo: set[Any] | None = None, prefix: str = "", remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Module]]:
        """This module and all below it with their names, a module before its children.

        Parameters
        ----------
        memo : set, optional
            The modules to leave out; those that come are added to it.
        prefix : str, default ""
            Stands in front of each name.
        remove_duplicate : bool, default True
            A module that is used twice comes once.

        Examples
        --------
        >>> from tinygrad_np import nn
        >>> model = nn.Sequential(nn.Linear(2, 3), nn.ReLU())
        >>> [name for name, _ in model.named_modules()]
        ['', '0', '1']
        """
        memo = set() if memo is None else memo
        if self in memo:
            return
        if remove_duplicate:
            memo.add(self)
        yield prefix, self  # type: ignore[misc]
        for name, module in _items(self, self._module_names):
            below = f"{prefix}.{name}" if prefix else name
            yield from module.named_modules(memo, below, remove_duplicate)

    def modules(self, remove_duplicate: bool = True) -> Iterator[Module]:
        """This module and all below it, each once unless `remove_duplicate` is False."""
        return (m for _, m in self.named_modules(remove_duplicate=remove_duplicate))

    def named_parameters(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Parameter]]:
        """The parameters with their names, in the order of definition.

        Parameters
        ----------
        prefix : str, default ""
            Stands in front of each name.
        recurse : bool, default True
            Those of submodules too.
        remove_duplicate : bool, default True
            A parameter that is shared comes once.

        Examples
        --------
        >>> from tinygrad_np import nn
        >>> [(name, tuple(p.shape)) for name, p in nn.Linear(2, 3).named_parameters()]
        [('weight', (3, 2)), ('bias', (3,))]
        """
        return self._named_members(
            lambda module: _items(module, module._parameter_names),
            prefix,
            recurse,
            remove_duplicate,
        )

    def parameters(self, recurse: bool = True) -> Iterator[Parameter]:
        """The parameters, each once: what an optimizer is given."""
        return (param for _, param in self.named_parameters(recurse=recurse))

    def named_buffers(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Tensor]]:
        """The buffers with their names, as `named_parameters` for parameters."""
        return self._named_members(
            lambda module: _items(module, module._buffer_names), prefix, recurse, remove_duplicate
        )

    def buffers(self, recurse: bool = True) -> Iterator[Tensor]:
        """The buffers, each once."""
        return (buffer for _, buffer in self.named_buffers(recurse=recurse))

    def _named_members(
        self,
        get_members_fn: Callable[[Any], Iterable[tuple[str, T]]],
        prefix: str = "",
        recurse: bool = True,
        remove_duplicate: bool = True,
    ) -> Iterator[tuple[str, T]]:
        modules: Iterable[tuple[str, Any]] = (
            self.named_modules(prefix=prefix, remove_duplicate=remove_duplicate)
            if recurse
            else [(prefix, self)]
        )
        found = (
            (f"{path}.{name}" if path else name, member)
            for path, module in modules
            for name, member in get_members_fn(module)
        )
        return _once(found) if remove_duplicate else found

    # --- one by its path ---

    def get_submodule(self, target: str) -> Module:
        """The submodule at a path such as ``"features.0"``; ``""`` is this module.

        Raises
        ------
        AttributeError
            If there is none.
        """
        module: Any = self
        for name in target.split(".") if target else ():
            if name not in module.__dict__ and not hasattr(module, name):
                raise AttributeError(f"{type(module).__name__} has no attribute `{name}`")
            module = getattr(module, name)
            if not isinstance(module, Members):
                raise AttributeError(f"`{name}` is not an nn.Module")
        return module

    def set_submodule(self, target: str, module: Module, strict: bool = False) -> None:
        """Put `module` at a path such as ``"features.0"``; with `strict` only over another."""
        if not target:
            raise ValueError("Cannot set the submodule without a target name!")
        if not isinstance(module, Members):
            raise ValueError(f"`module` is not an nn.Module, found {type(module)}")
        path, _, name = target.rpartition(".")
        if strict:
            self.get_submodule(target)
        setattr(self.get_submodule(path), name, module)

    def get_parameter(self, target: str) -> Parameter:
        """The parameter at a path such as ``"fc.weight"``; AttributeError if there is none."""
        return self._get(_PARAMETER, target)

    def get_buffer(self, target: str) -> Tensor:
        """The buffer at a path such as ``"norm.running_mean"``; AttributeError if none."""
        return self._get(_BUFFER, target)

    def _get(self, kind: _Kind, target: str) -> Any:
        path, _, name = target.rpartition(".")
        module = self.get_submodule(path)
        if not hasattr(module, name):
            raise AttributeError(f"{type(module).__name__} has no attribute `{name}`")
        if name not in module.__dict__[kind.table]:
            raise AttributeError(f"`{name}` is not a {kind.word} of {type(module).__name__}")
        return getattr(module, name)


class _Kind(NamedTuple):
    """A kind of members: the attribute with its table of names, and how to speak of it."""

    table: str
    word: str
    type: type | tuple[type, ...]
    expected: str


_PARAMETER = _Kind("_parameter_names", "parameter", Parameter, "nn.Parameter")
_BUFFER = _Kind("_buffer_names", "buffer", (Tensor, Foreign), "nn.Buffer, Tensor")
_MODULE = _Kind("_module_names", "module", Members, "nn.Module")
_KINDS = (_PARAMETER, _BUFFER, _MODULE)


def _kind_of(value: Any) -> _Kind | None:
    """The kind of member that a value becomes by being assigned."""
    if isinstance(value, Parameter):
        return _PARAMETER
    if isinstance(value, Members):
        return _MODULE
    return _BUFFER if isinstance(value, Buffer) else None


class _View(MutableMapping[str, Any]):
    """The members of one kind as a live mapping."""

    def __init__(self, module: Members, kind: _Kind) -> None:
        self._module, self._kind = module, kind
        self._names: dict[str, Any] = module.__dict__[kind.table]

    def __getitem__(self, name: str) -> Any:
        if name not in self._names:
            raise KeyError(name)
        return self._module.__dict__[name]

    def __setitem__(self, name: str, value: Any) -> None:
        self._module._put(self._kind, name, value)

    def __delitem__(self, name: str) -> None:
        del self._names[name]
        del self._module.__dict__[name]

    def __reversed__(self) -> Iterator[str]:
        return reversed(self._names)

    def items(self) -> ItemsView[str, Any]:
        return dict(self).items()  # which can be reversed

    def values(self) -> ValuesView[Any]:
        return dict(self).values()

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __repr__(self) -> str:
        return repr(dict(self))


def _items(module: Members, names: Iterable[str]) -> Iterator[tuple[str, Any]]:
    """The members of these names that are not None."""
    members = module.__dict__
    return ((name, members[name]) for name in names if members[name] is not None)


def _once(items: Iterable[tuple[str, T]]) -> Iterator[tuple[str, T]]:
    """The items whose value has not come before."""
    seen = set()
    for name, value in items:
        if value not in seen:
            seen.add(value)
            yield name, value


def _typename(value: object) -> str:
    return type(value).__name__


def _not_initialized(module: object, what: str) -> AttributeError:
    name = type(module).__name__
    return AttributeError(
        f"cannot {what} before Module.__init__() call: {name}.__init__ must call "
        f"super().__init__() first.\n"
        f"  Wrong:  class {name}(nn.Module):\n"
        f"              def __init__(self):\n"
        f"                  self.layer = nn.Linear(2, 3)\n"
        f"  Right:  class {name}(nn.Module):\n"
        f"              def __init__(self):\n"
        f"                  super().__init__()\n"
        f"                  self.layer = nn.Linear(2, 3)"
    )
