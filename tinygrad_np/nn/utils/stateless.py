"""A module called with parameters that are not its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tinygrad_np.nn.module import Module
    from tinygrad_np.tensor import Tensor

__all__ = ["functional_call"]


def functional_call(
    module: Module,
    parameters_and_buffers: Mapping[str, Tensor],
    args: Any = None,
    kwargs: dict[str, Any] | None = None,
    *,
    tie_weights: bool = True,
    strict: bool = False,
) -> Any:
    """What `module` computes with these tensors in place of its parameters and buffers.

    Parameters
    ----------
    module : Module
        It has its own again afterwards.
    parameters_and_buffers : dict of str to Tensor
        By name, as `named_parameters` gives them; those that are missing stay as they are.
    args : any or tuple
        The arguments; a single one that is not a tuple may be given as it is.
    kwargs : dict, optional
    tie_weights : bool, default True
        A tensor that the module has under several names is replaced under all of them.
    strict : bool, default False
        RuntimeError unless all names are given, and no others.

    Raises
    ------
    ValueError
        If a tensor under several names is to be replaced by several, with `tie_weights`.
    RuntimeError
        For other names, with `strict`.
    AttributeError
        For a name that leads to no module.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> layer = tg.nn.Linear(2, 1)
    >>> given = {"weight": tg.tensor([[1.0, 2.0]]), "bias": tg.zeros(1)}
    >>> tg.nn.utils.stateless.functional_call(layer, given, tg.ones(1, 2))
    tensor([[3.]])
    """
    given = dict(parameters_and_buffers)
    own: dict[str, Tensor] = dict(module.named_parameters(remove_duplicate=False))
    own.update(module.named_buffers(remove_duplicate=False))
    if tie_weights:
        instead: dict[int, Tensor] = {}
        for name, tensor in given.items():
            if name in own and instead.setdefault(id(own[name]), tensor) is not tensor:
                tied = [other for other in given if own.get(other) is own[name]]
                raise ValueError(
                    f"functional_call got multiple values for keys {tied}, which are tied: give "
                    "one tensor, or tie_weights=False"
                )
        given = {
            **{name: instead[id(value)] for name, value in own.items() if id(value) in instead},
            **given,
        }
    if strict and given.keys() != own.keys():
        raise RuntimeError(
            f"functional_call: missing {sorted(own.keys() - given.keys())}, "
            f"unexpected {sorted(given.keys() - own.keys())}"
        )
    places = [_place(module, name) for name in given]
    before = [members.get(name) for members, name in places]
    args = () if args is None else args if isinstance(args, tuple) else (args,)
    try:
        for (members, name), tensor in zip(places, given.values(), strict=True):
            members[name] = tensor
        return module(*args, **(kwargs or {}))
    finally:
        for (members, name), own_tensor in zip(places, before, strict=True):
            members[name] = own_tensor


def _place(module: Module, name: str) -> tuple[dict[str, Any], str]:
    path, _, last = name.rpartition(".")
    return module.get_submodule(path).__dict__, last
