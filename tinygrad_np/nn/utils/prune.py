"""Pruning: weights that a mask holds at 0.

A pruned weight is computed anew before each forward: what is trained is ``weight_orig``, and the
buffer ``weight_mask`` says what of it counts.

Source: the interface is PyTorch's, https://pytorch.org/docs/stable/nn.html#utilities
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tinygrad_np.creation import ones_like
from tinygrad_np.nn.module import Module
from tinygrad_np.nn.utils.convert_parameters import parameters_to_vector
from tinygrad_np.nn.utils.pruning_methods import (
    Amount,
    BasePruningMethod,
    CustomFromMask,
    Identity,
    L1Unstructured,
    LnStructured,
    PruningContainer,
    RandomStructured,
    RandomUnstructured,
)  # fmt: skip
from tinygrad_np.nn.utils.weight_norm import find_hook
from tinygrad_np.tensor import Tensor

__all__ = [
    "BasePruningMethod", "CustomFromMask", "Identity", "L1Unstructured", "LnStructured",
    "PruningContainer", "RandomStructured", "RandomUnstructured", "custom_from_mask",
    "global_unstructured", "identity", "is_pruned", "l1_unstructured", "ln_structured",
    "random_structured", "random_unstructured", "remove",
]  # fmt: skip


def identity(module: Module, name: str) -> Module:
    """Make a weight a pruned one of which nothing is pruned.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> layer = tg.nn.utils.prune.identity(tg.nn.Linear(2, 1), "weight")
    >>> layer.weight_mask
    tensor([[1., 1.]])
    """
    Identity.apply(module, name)
    return module


def random_unstructured(module: Module, name: str, amount: Amount) -> Module:
    """Prune numbers of a weight at random: a share (float) or so many (int).

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> layer = tg.nn.utils.prune.random_unstructured(tg.nn.Linear(4, 2), "weight", 3)
    >>> (layer.weight == 0).sum()
    tensor(3)
    """
    RandomUnstructured.apply(module, name, amount)
    return module


def l1_unstructured(
    module: Module, name: str, amount: Amount, importance_scores: Tensor | None = None
) -> Module:
    """Prune the numbers of a weight, or of `importance_scores`, that are nearest to 0.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> layer = tg.nn.Linear(2, 1, bias=False)
    >>> layer.weight.data = tg.tensor([[0.1, -2.0]])
    >>> tg.nn.utils.prune.l1_unstructured(layer, "weight", 0.5).weight.detach()
    tensor([[ 0., -2.]])
    """
    L1Unstructured.apply(module, name, amount, importance_scores=importance_scores)
    return module


def random_structured(module: Module, name: str, amount: Amount, dim: int) -> Module:
    """Prune channels along `dim` at random.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> layer = tg.nn.utils.prune.random_structured(tg.nn.Linear(4, 2), "weight", 1, dim=0)
    >>> (layer.weight_mask == 0).sum()
    tensor(4)
    """
    RandomStructured.apply(module, name, amount, dim)
    return module


def ln_structured(
    module: Module,
    name: str,
    amount: Amount,
    n: float | str,
    dim: int,
    importance_scores: Tensor | None = None,
) -> Module:
    """Prune the channels along `dim` of the smallest norm of order `n`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> layer = tg.nn.utils.prune.ln_structured(tg.nn.Linear(4, 2), "weight", 0.5, n=2, dim=0)
    >>> (layer.weight_mask == 0).sum()
    tensor(4)
    """
    LnStructured.apply(module, name, amount, n, dim, importance_scores=importance_scores)
    return module


def custom_from_mask(module: Module, name: str, mask: Tensor) -> Module:
    """Prune by a mask of ones and zeros.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> mask = tg.tensor([[1, 0]])
    >>> tg.nn.utils.prune.custom_from_mask(tg.nn.Linear(2, 1), "weight", mask).weight[0, 1].item()
    0.0
    """
    CustomFromMask.apply(module, name, mask)
    return module


def global_unstructured(
    parameters: Iterable[tuple[Module, str]],
    pruning_method: type[BasePruningMethod],
    importance_scores: dict[tuple[Module, str], Tensor] | None = None,
    **kwargs: Any,
) -> None:
    """Prune weights of several modules as if they were one.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> prune, a, b = tg.nn.utils.prune, tg.nn.Linear(4, 2), tg.nn.Linear(2, 2)
    >>> prune.global_unstructured(
    ...     [(a, "weight"), (b, "weight")], prune.L1Unstructured, amount=6
    ... )
    >>> ((a.weight == 0).sum() + (b.weight == 0).sum()).item()
    6
    """
    given, scores = list(parameters), importance_scores or {}
    originals = [getattr(m, name + "_orig", None) for m, name in given]
    weights = [
        getattr(m, name) if o is None else o for (m, name), o in zip(given, originals, strict=True)
    ]
    masks = [
        ones_like(w) if o is None else getattr(m, name + "_mask")
        for (m, name), w, o in zip(given, weights, originals, strict=True)
    ]
    whole = parameters_to_vector([scores.get(p, w) for p, w in zip(given, weights, strict=True)])
    container = PruningContainer(_named(pruning_method(**kwargs)))
    if container._methods[0].PRUNING_TYPE != "unstructured":
        raise TypeError(
            'Only "unstructured" PRUNING_TYPE is supported for the `pruning_method`. Found method '
            f"{pruning_method} of type {container._methods[0].PRUNING_TYPE}"
        )
    mask = container.compute_mask(whole.detach(), parameters_to_vector(masks).detach())
    at = 0
    for (module, name), weight in zip(given, weights, strict=True):
        part = mask[at : at + weight.numel()].view_as(weight)
        custom_from_mask(module, name, part)
        at += weight.numel()


def _named(method: BasePruningMethod) -> BasePruningMethod:
    method._tensor_name = "whole"
    return method


def remove(module: Module, name: str) -> Module:
    """Leave a pruned weight as it is, and forget the mask; ValueError if it is not pruned.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> prune = tg.nn.utils.prune
    >>> layer = prune.remove(prune.random_unstructured(tg.nn.Linear(4, 2), "weight", 3), "weight")
    >>> (layer.weight == 0).sum().item(), prune.is_pruned(layer)
    (3, False)
    """
    key = find_hook(module, BasePruningMethod, name)
    if key is None:
        raise ValueError(
            f"Parameter '{name}' of module {module} has to be pruned before pruning can be removed"
        )
    hook: Any = module._forward_pre_hooks.pop(key)
    hook.remove(module)
    return module


def is_pruned(module: Module) -> bool:
    """Whether a weight of the module, or of one in it, is pruned.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.nn.utils.prune.is_pruned(tg.nn.Linear(2, 2))
    False
    """
    return any(
        isinstance(hook, BasePruningMethod)
        for m in module.modules()
        for hook in m._forward_pre_hooks.values()
    )
