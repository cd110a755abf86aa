"""Modules as functions of their parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tinygrad_np.nn.utils import stateless
from tinygrad_np.ops.join import stack

if TYPE_CHECKING:
    from tinygrad_np.nn.module import Module
    from tinygrad_np.tensor import Tensor

__all__ = ["functional_call", "stack_module_state"]


def functional_call(
    module: Module,
    parameter_and_buffer_dicts: Mapping[str, Tensor] | Sequence[Mapping[str, Tensor]],
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
    parameter_and_buffer_dicts : dict of str to Tensor, or sequence of them
    args, kwargs, tie_weights, strict
        As for `nn.utils.stateless.functional_call`.

    Raises
    ------
    ValueError
        If two dicts have a name in common.
    RuntimeError, AttributeError
        As there.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> layer = tg.nn.Linear(2, 1)
    >>> given = {"weight": tg.tensor([[1.0, 2.0]])}, {"bias": tg.zeros(1)}
    >>> tg.func.functional_call(layer, given, tg.ones(1, 2))
    tensor([[3.]])
    """
    several = parameter_and_buffer_dicts
    given: dict[str, Tensor] = {}
    for mapping in [several] if isinstance(several, Mapping) else several:
        twice = given.keys() & mapping.keys()
        if twice:
            raise ValueError(f"{sorted(twice)} appeared in multiple dictionaries")
        given.update(mapping)
    return stateless.functional_call(
        module, given, args, kwargs, tie_weights=tie_weights, strict=strict
    )


def stack_module_state(models: Sequence[Module]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The parameters, and the buffers, of modules of one kind, each stacked along dimension 0.

    Raises
    ------
    RuntimeError
        If there is no module, or they differ in class or mode.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> params, buffers = tg.func.stack_module_state([tg.nn.Linear(3, 2) for _ in range(4)])
    >>> params["weight"].shape
    torch.Size([4, 2, 3])
    """
    models = list(models)
    if not models:
        raise RuntimeError("stack_module_state: Expected at least one model, got 0.")
    if len({(type(m), m.training) for m in models}) > 1:
        raise RuntimeError(
            "stack_module_state: Expected all models to be of the same class and in the same "
            f"mode, got {[(type(m).__name__, m.training) for m in models]}"
        )

    def stacked(tensors: list[dict[str, Any]]) -> dict[str, Any]:
        found = {}
        for name, first in tensors[0].items():
            found[name] = stack([own[name] for own in tensors]).detach()
            found[name].requires_grad_(first.requires_grad)
        return found

    return (
        stacked([dict(m.named_parameters()) for m in models]),
        stacked([dict(m.named_buffers()) for m in models]),
    )
