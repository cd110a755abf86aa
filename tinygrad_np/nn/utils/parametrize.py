"""Parameters as functions of others: a module's weight that is computed from what is trained."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator
from typing import Any, TypeVar

from tinygrad_np.nn.container import ModuleDict, ModuleList
from tinygrad_np.nn.module import Module
from tinygrad_np.nn.parameter import Parameter
from tinygrad_np.nn.utils.parametrization_list import ParametrizationList
from tinygrad_np.tape.grad_mode import no_grad
from tinygrad_np.tensor import Tensor

__all__ = [
    "ParametrizationList",
    "cached",
    "is_parametrized",
    "register_parametrization",
    "remove_parametrizations",
    "transfer_parametrizations_and_params",
    "type_before_parametrizations",
]

M = TypeVar("M", bound=Module)
_kept: dict[ParametrizationList, Any] | None = None  # what `cached` has computed


@contextlib.contextmanager
def cached() -> Iterator[None]:
    """Compute each parametrized tensor once for the whole block.

    Examples
    --------
    >>> from tinygrad_np.nn.utils import parametrize
    >>> with parametrize.cached():
    ...     pass
    """
    global _kept
    before, _kept = _kept, {} if _kept is None else _kept
    try:
        yield
    finally:
        _kept = before


class _Computed:
    """What goes in front of a module's class when it is parametrized."""

    def __getattr__(self, name: str) -> Any:
        if not is_parametrized(self, name):
            return super().__getattr__(name)  # type: ignore[misc]
        chain = self.__dict__["parametrizations"][name]
        if _kept is None:
            return chain()
        if chain not in _kept:
            _kept[chain] = chain()
        return _kept[chain]

    def __setattr__(self, name: str, value: Any) -> None:
        if is_parametrized(self, name):
            if isinstance(value, Parameter):
                raise KeyError(
                    f"attribute '{name}' already exists: it is parametrized, and takes plain "
                    "tensors; assign its .data"
                )
            self.__dict__["parametrizations"][name].right_inverse(value)
        else:
            super().__setattr__(name, value)


@functools.cache
def _parametrized(cls: type[Any]) -> type[Any]:
    return type(f"Parametrized{cls.__name__}", (_Computed, cls), {})


def register_parametrization(
    module: M, tensor_name: str, parametrization: Module, *, unsafe: bool = False
) -> M:
    """Make a parameter or buffer of `module` the result of a module that is given what is trained.

    It is then computed anew each time that it is read; what is trained is
    ``module.parametrizations[tensor_name].original``. A second parametrization is applied after
    the first.

    Parameters
    ----------
    module : Module
        Its class becomes ``Parametrized...``, which inherits from what it was.
    tensor_name : str
    parametrization : Module
        With a method `right_inverse` a value may be assigned to the tensor.
    unsafe : bool, default False
        Do not hold shape and dtype to those that the tensor has.

    Returns
    -------
    Module
        The module.

    Raises
    ------
    ValueError
        If there is no such tensor, or its shape or dtype would change.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> class Symmetric(tg.nn.Module):
    ...     def forward(self, x):
    ...         return x.triu() + x.triu(1).T
    >>> layer = tg.nn.Linear(3, 3)
    >>> layer = tg.nn.utils.parametrize.register_parametrization(layer, "weight", Symmetric())
    >>> tg.allclose(layer.weight, layer.weight.T)
    True
    >>> [name for name, _ in layer.named_parameters()]
    ['bias', 'parametrizations.weight.original']
    """
    if is_parametrized(module, tensor_name):
        found: Any = module.parametrizations
        chain = found[tensor_name]
        before = getattr(module, tensor_name)
        if not (unsafe or chain.unsafe):
            _same_form(parametrization(before), before, tensor_name)
        chain.append(parametrization)
        chain.unsafe |= unsafe
        return module
    if tensor_name not in module._parameter_names and tensor_name not in module._buffer_names:
        raise ValueError(
            f"Module '{module}' does not have a parameter, a buffer, or a parametrized element "
            f"with name '{tensor_name}'"
        )
    original = getattr(module, tensor_name)
    chain = ParametrizationList([parametrization], original, unsafe)
    if not unsafe:
        with no_grad():
            _same_form(chain(), original, tensor_name)
    _install(module, tensor_name, chain)
    return module


def _install(module: Any, tensor_name: str, chain: ParametrizationList) -> None:
    """Let what `chain` computes take the place of a tensor, if there is one."""
    if hasattr(module, tensor_name):
        delattr(module, tensor_name)
    if not is_parametrized(module):
        kind: Any = type(module)
        module.__class__ = _parametrized(kind)
        module.parametrizations = ModuleDict()
    module.parametrizations[tensor_name] = chain


def _same_form(new: Any, old: Tensor, name: str) -> None:
    if not isinstance(new, Tensor) or new.shape != old.shape or new.dtype != old.dtype:
        got = f"{list(new.shape)}, {new.dtype}" if isinstance(new, Tensor) else type(new).__name__
        raise ValueError(
            f"Registering a parametrization may not change the shape or dtype of the tensor "
            f"'{name}': {list(old.shape)}, {old.dtype} became {got}; pass unsafe=True to allow it"
        )


def is_parametrized(module: Any, tensor_name: str | None = None) -> bool:
    """Whether a module has a parametrized tensor, or one of this name.

    Examples
    --------
    >>> from tinygrad_np import nn
    >>> nn.utils.parametrize.is_parametrized(nn.Linear(2, 2))
    False
    """
    found = module.__dict__.get("parametrizations")
    if not isinstance(found, ModuleDict):
        return False
    return len(found) > 0 if tensor_name is None else tensor_name in found


def remove_parametrizations(module: M, tensor_name: str, leave_parametrized: bool = True) -> M:
    """Make a tensor an ordinary parameter or buffer again; returns the module.

    Parameters
    ----------
    module : Module
    tensor_name : str
    leave_parametrized : bool, default True
        With the value that it has; otherwise with that of `original`.

    Raises
    ------
    ValueError
        If the tensor is not parametrized, or has several originals that can't be left.

    Examples
    --------
    >>> from tinygrad_np import nn
    >>> layer = nn.utils.parametrizations.weight_norm(nn.Linear(2, 3))
    >>> layer = nn.utils.parametrize.remove_parametrizations(layer, "weight")
    >>> type(layer).__name__, [name for name, _ in layer.named_parameters()]
    ('Linear', ['bias', 'weight'])
    """
    if not is_parametrized(module, tensor_name):
        raise ValueError(f"Module {module} does not have a parametrization on {tensor_name}")
    found: Any = module.parametrizations
    chain = found[tensor_name]
    if not chain.is_tensor and not leave_parametrized:
        raise ValueError(
            "Cannot leave unparametrized (`leave_parametrized=False`) a tensor that is "
            "parametrized in terms of a sequence of tensors."
        )
    trained = getattr(chain, chain._names()[0])
    with no_grad():
        value = getattr(module, tensor_name).detach() if leave_parametrized else trained.detach()
    del found[tensor_name]
    if not len(found):
        del module.parametrizations
        module.__class__ = type(module).__bases__[1]
    if isinstance(trained, Parameter):
        if chain.is_tensor:  # the same one, for the optimizers that have it
            trained.data = value
        else:
            trained = Parameter(value, trained.requires_grad)
        module.register_parameter(tensor_name, trained)
    else:
        module.register_buffer(tensor_name, value)
    return module


def type_before_parametrizations(module: Module) -> type:
    """The class of a module, or the one that it had before it was parametrized.

    Examples
    --------
    >>> from tinygrad_np import nn
    >>> layer = nn.utils.parametrizations.weight_norm(nn.Linear(2, 3))
    >>> nn.utils.parametrize.type_before_parametrizations(layer).__name__
    'Linear'
    """
    return type(module).__bases__[1] if is_parametrized(module) else type(module)


def transfer_parametrizations_and_params(
    from_module: Module, to_module: M, tensor_name: str | None = None
) -> M:
    """Let a module share the parametrizations of another, and what they train; returns it.

    Parameters
    ----------
    from_module, to_module : Module
    tensor_name : str, optional
        Of the one tensor that is shared, instead of all that are parametrized.

    Raises
    ------
    KeyError
        If that tensor is not parametrized.

    Examples
    --------
    >>> from tinygrad_np import nn
    >>> layer = nn.utils.parametrizations.weight_norm(nn.Linear(2, 3))
    >>> other = nn.utils.parametrize.transfer_parametrizations_and_params(layer, nn.Linear(2, 3))
    >>> other.parametrizations.weight.original0 is layer.parametrizations.weight.original0
    True
    """
    if is_parametrized(from_module):
        found: Any = from_module.parametrizations
        for name in list(found) if tensor_name is None else [tensor_name]:
            chain = found[name]
            shared = ParametrizationList.__new__(ParametrizationList)
            ModuleList.__init__(shared, chain)
            shared.unsafe, shared.is_tensor, shared.ntensors = (
                chain.unsafe,
                chain.is_tensor,
                chain.ntensors,
            )
            for original in chain._names():
                tensor = getattr(chain, original)
                if isinstance(tensor, Parameter):
                    shared.register_parameter(original, tensor)
                else:
                    shared.register_buffer(original, tensor)
            _install(to_module, name, shared)
    return to_module
