"""The state of a module: `state_dict` and `load_state_dict`."""

from __future__ import annotations

import functools
import warnings
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from tinygrad_np.nn.hooks import Hooks, add_hook
from tinygrad_np.nn.members import _items
from tinygrad_np.nn.parameter import Parameter
from tinygrad_np.size import Size
from tinygrad_np.tape.grad_mode import no_grad
from tinygrad_np.tape.handle import RemovableHandle
from tinygrad_np.tape.inplace import assign
from tinygrad_np.tape.op import Foreign
from tinygrad_np.tensor import Tensor

EXTRA = "_extra_state"
_DENSE = (Tensor, np.ndarray)


class _IncompatibleKeys(NamedTuple):
    """What `load_state_dict` found: keys that the module has and the state not, and vice versa."""

    missing_keys: list[str]
    unexpected_keys: list[str]

    def __repr__(self) -> str:
        if not self.missing_keys and not self.unexpected_keys:
            return "<All keys matched successfully>"
        return (
            f"_IncompatibleKeys(missing_keys={self.missing_keys}, "
            f"unexpected_keys={self.unexpected_keys})"
        )


class State(Hooks):
    """The part of `Module` that takes its state out and puts one in."""

    _version = 1  # of the layout of a class's state, written beside it

    def __init__(self) -> None:
        super().__init__()
        self._state_dict_pre_hooks: OrderedDict[int, Callable[..., Any]] = OrderedDict()
        self._state_dict_hooks: OrderedDict[int, Callable[..., Any]] = OrderedDict()
        self._load_state_dict_pre_hooks: OrderedDict[int, Callable[..., Any]] = OrderedDict()
        self._load_state_dict_post_hooks: OrderedDict[int, Callable[..., Any]] = OrderedDict()

    # --- out ---

    def state_dict(
        self, *args: Any, destination: Any = None, prefix: str = "", keep_vars: bool = False
    ) -> OrderedDict[str, Any]:
        """The parameters and persistent buffers by name, of this module and all below it.

        Parameters
        ----------
        *args
            The same three by position, which is deprecated.
        destination : dict, optional
            Where to put them; a new OrderedDict unless given.
        prefix : str, default ""
            Stands in front of each name.
        keep_vars : bool, default False
            The parameters themselves; else Tensors on their memory, outside the tape.

        Returns
        -------
        OrderedDict
            Its `_metadata` holds the version of each module's layout.

        Examples
        --------
        >>> import tinygrad_np as tg
        >>> list(tg.nn.Linear(2, 3).state_dict())
        ['weight', 'bias']
        """
        if args:
            warnings.warn(
                "state_dict(): positional arguments are deprecated; give destination=, prefix= "
                "and keep_vars= by name",
                FutureWarning,
                stacklevel=2,
            )
            given = (*args, *(destination, prefix, keep_vars)[len(args) :])
            destination, prefix, keep_vars = given
        if destination is None:
            destination = OrderedDict()
            destination._metadata = OrderedDict()
        local_metadata = {"version": self._version}
        if hasattr(destination, "_metadata"):
            destination._metadata[prefix[:-1]] = local_metadata
        for hook in self._state_dict_pre_hooks.values():
            hook(self, prefix, keep_vars)
        self._save_to_state_dict(destination, prefix, keep_vars)
        for name, module in _items(self, self._module_names):
            module.state_dict(
                destination=destination, prefix=f"{prefix}{name}.", keep_vars=keep_vars
            )
        for hook in self._state_dict_hooks.values():
            hook(self, destination, prefix, local_metadata)
        return destination

    def _save_to_state_dict(self, destination: Any, prefix: str, keep_vars: bool) -> None:
        """Put this module's own state into `destination`; a subclass may put more."""
        for name, value in self._own_state():
            destination[prefix + name] = value if keep_vars else value.detach()
        if type(self).get_extra_state is not State.get_extra_state:
            destination[prefix + EXTRA] = self.get_extra_state()

    def _own_state(self) -> Iterator[tuple[str, Tensor]]:
        yield from _items(self, self._parameter_names)
        yield from _items(self, [name for name, kept in self._buffer_names.items() if kept])

    def get_extra_state(self) -> Any:
        """What a subclass wants in its state beside tensors; with `set_extra_state`."""
        raise RuntimeError(f"{type(self).__name__} has no get_extra_state(): define it")

    def set_extra_state(self, state: Any) -> None:
        """Take back what `get_extra_state` gave."""
        raise RuntimeError(
            f"the state has extra state for {type(self).__name__}, which has no "
            "set_extra_state(): define it"
        )

    # --- in ---

    def load_state_dict(
        self, state_dict: Mapping[str, Any], strict: bool = True, assign: bool = False
    ) -> _IncompatibleKeys:
        """Copy a state into the parameters and buffers of this module and all below it.

        Parameters
        ----------
        state_dict : mapping
            Names to Tensors or arrays, as `state_dict` returns them.
        strict : bool, default True
            The names must be exactly those of the module.
        assign : bool, default False
            Put the state's tensors in the place of the module's instead of copying, and so keep
            their dtypes.

        Returns
        -------
        _IncompatibleKeys
            With the lists `missing_keys` and `unexpected_keys`.

        Raises
        ------
        TypeError
            If `state_dict` is not a mapping.
        RuntimeError
            If a shape differs, and with `strict` for missing and unexpected names. Nothing is
            changed then.

        Examples
        --------
        >>> import tinygrad_np as tg
        >>> model = tg.nn.Linear(2, 3)
        >>> model.load_state_dict(tg.nn.Linear(2, 3).state_dict())
        <All keys matched successfully>
        """
        if not isinstance(state_dict, Mapping):
            raise TypeError(
                f"Expected state_dict to be dict-like, got {type(state_dict)}: pass what "
                "state_dict() gave, or load(path) where it was saved"
            )
        metadata = getattr(state_dict, "_metadata", {})
        found = _IncompatibleKeys([], [])
        errors: list[str] = []
        writes: list[Callable[[], None]] = []
        post_hooks: list[Callable[[], None]] = []

        def compare(module: Any, state: Mapping[str, Any], prefix: str) -> None:
            local_metadata = {
                **metadata.get(prefix[:-1], {}),
                "assign_to_params_buffers": assign,
                "writes": writes,
            }
            module._load_from_state_dict(state, prefix, local_metadata, True, *found, errors)
            for name, child in _items(module, module._module_names):
                below = f"{prefix}{name}."
                part = OrderedDict((k, v) for k, v in state.items() if k.startswith(below))
                compare(child, part, below)
            for hook in module._load_state_dict_post_hooks.values():
                post_hooks.append(functools.partial(hook, module, found))

        def fail() -> None:
            lines = [f"{type(self).__name__}:"]
            for kind, keys in zip(("Missing", "Unexpected"), found, strict=True):
                if strict and keys:
                    names = ", ".join(f'"{key}"' for key in keys)
                    lines.append(f"{kind} key(s) in state_dict: {names}. ")
            lines += errors
            raise RuntimeError("Error(s) in loading state_dict for " + "\n\t".join(lines))

        compare(self, OrderedDict(state_dict), "")
        wrong_keys = strict and any(found)
        if errors or (wrong_keys and not post_hooks):  # a hook may forgive wrong keys
            fail()
        with no_grad():
            for write in writes:
                write()
        for call in post_hooks:
            call()
        if strict and any(found):
            fail()
        return found

    def _load_from_state_dict(
        self,
        state_dict: dict[str, Any],
        prefix: str,
        local_metadata: dict[str, Any],
        strict: bool,
        missing_keys: list[str],
        unexpected_keys: list[str],
        error_msgs: list[str],
    ) -> None:
        """Compare this module's own state with `state_dict`, and note what is to be written.

        What does not fit is added to the lists, the writing to ``local_metadata["writes"]``: it
        is done when all modules have been found to fit. A subclass may change `state_dict`, in
        which the names begin with `prefix`, before it calls this.
        """
        for pre_hook in self._load_state_dict_pre_hooks.values():
            pre_hook(
                self, state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys,
                error_msgs,
            )  # fmt: skip
        own = dict(self._own_state())
        for name, tensor in own.items():
            key = prefix + name
            if key not in state_dict:
                missing_keys.append(key)
                continue
            value = state_dict[key]
            if tensor.shape == () and getattr(value, "shape", None) == (1,):
                value = value.reshape(())  # how checkpoints were before there were 0-d tensors
            if not isinstance(value, Foreign if isinstance(tensor, Foreign) else _DENSE):
                error_msgs.append(
                    f'While copying the parameter named "{key}", expected a Tensor or an array '
                    f"from checkpoint but received {type(value)}"
                )
            elif tuple(value.shape) != tensor.shape:
                error_msgs.append(
                    f"size mismatch for {key}: copying a param with shape {Size(value.shape)} "
                    f"from checkpoint, the shape in current model is {tensor.shape}."
                )
            else:
                put = self._assign if local_metadata["assign_to_params_buffers"] else _copy
                local_metadata["writes"].append(functools.partial(put, name, tensor, value))
        if type(self).set_extra_state is not State.set_extra_state:
            if prefix + EXTRA in state_dict:
                load = functools.partial(self.set_extra_state, state_dict[prefix + EXTRA])
                local_metadata["writes"].append(load)
            else:
                missing_keys.append(prefix + EXTRA)
            own[EXTRA] = None  # type: ignore[assignment]
        if strict:
            for key in state_dict:
                if key.startswith(prefix):
                    name, dot, _ = key[len(prefix) :].partition(".")
                    if name not in (self._module_names if dot else own):
                        unexpected_keys.append(key)

    def _assign(self, name: str, old: Tensor, value: Any) -> None:
        """Put a value of the state in the place of a parameter or buffer."""
        new = value if isinstance(value, Tensor) else Tensor._make(value)
        if isinstance(old, Parameter):
            if not isinstance(new, Parameter):
                new = Parameter(new, old.requires_grad)
            new.requires_grad_(old.requires_grad)
        setattr(self, name, new)

    # --- hooks ---

    def register_state_dict_pre_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call ``hook(module, prefix, keep_vars)`` before each `state_dict`."""
        return add_hook(self._state_dict_pre_hooks, hook)

    def register_state_dict_post_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call ``hook(module, state_dict, prefix, local_metadata)`` after each `state_dict`."""
        return add_hook(self._state_dict_hooks, hook)

    def register_load_state_dict_pre_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call `hook` before the module's part of each `load_state_dict`, to change the state.

        It is called as ``hook(module, state_dict, prefix, local_metadata, strict, missing_keys,
        unexpected_keys, error_msgs)``.
        """
        return add_hook(self._load_state_dict_pre_hooks, hook)

    def _register_load_state_dict_pre_hook(
        self, hook: Callable[..., Any], with_module: bool = False
    ) -> RemovableHandle:
        """The same, as it was before the method was public: `hook` is not given the module."""
        if with_module:
            return self.register_load_state_dict_pre_hook(hook)
        return self.register_load_state_dict_pre_hook(lambda module, *args: hook(*args))

    def register_load_state_dict_post_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call ``hook(module, incompatible_keys)`` after each `load_state_dict`.

        It may clear the lists of keys, and so forgive them. For that the state is written before
        the hook is called, also where keys are missing.
        """
        return add_hook(self._load_state_dict_post_hooks, hook)


def _copy(name: str, tensor: Tensor, value: Any) -> None:
    if isinstance(tensor, Foreign):
        tensor.copy_(value)
    else:
        assign(tensor, value)
