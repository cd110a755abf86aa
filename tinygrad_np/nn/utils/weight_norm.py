"""Weights as a direction and a length."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from tinygrad_np.nn.parameter import Parameter
from tinygrad_np.ops.norms import norm

if TYPE_CHECKING:
    from tinygrad_np.nn.module import Module
    from tinygrad_np.tensor import Tensor

__all__ = ["remove_weight_norm", "weight_norm"]

M = TypeVar("M", bound="Module")


def norms(v: Tensor, dim: int | None) -> Any:
    """The norms over all dimensions but one, or for None or -1 over all."""
    kept = None if dim is None or dim == -1 else dim % v.ndim
    others = tuple(d for d in range(v.ndim) if d != kept)
    return norm(v, 2, others, kept is not None) if others else abs(v)


def find_hook(module: Module, kind: type[Any], name: str) -> int | None:
    """The key of the hook of this kind that computes the weight of this name."""
    for key, hook in module._forward_pre_hooks.items():
        if isinstance(hook, kind) and hook.name == name:
            return key
    return None


class WeightNorm:
    """The hook that computes ``weight = g * v / |v|`` before each forward."""

    def __init__(self, name: str, dim: int | None) -> None:
        self.name, self.dim = name, dim

    def compute_weight(self, module: Module) -> Any:
        """The weight of the module's direction and length."""
        v = getattr(module, self.name + "_v")
        return v * (getattr(module, self.name + "_g") / norms(v, self.dim))

    def __call__(self, module: Module, inputs: Any) -> None:
        module.__dict__[self.name] = self.compute_weight(module)


def weight_norm(module: M, name: str = "weight", dim: int | None = 0) -> M:
    """Train a weight's direction ``weight_v`` and length ``weight_g`` apart; returns the module.

    Parameters
    ----------
    module : Module
    name : str, default "weight"
    dim : int, optional
        Each part along it has a length of its own; with None there is one for all.

    Raises
    ------
    RuntimeError
        If it is done already.

    Source: T. Salimans, D. P. Kingma, Weight Normalization, 2016,
    https://arxiv.org/abs/1602.07868

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> layer = tg.nn.utils.weight_norm(tg.nn.Linear(2, 3))
    >>> layer.weight_g.shape
    torch.Size([3, 1])
    """
    if find_hook(module, WeightNorm, name) is not None:
        raise RuntimeError(f"Cannot register two weight_norm hooks on the same parameter {name}")
    hook = WeightNorm(name, dim)
    weight = getattr(module, name)
    delattr(module, name)
    module.register_parameter(name + "_g", Parameter(norms(weight.detach(), dim)))
    module.register_parameter(name + "_v", Parameter(weight.detach()))
    hook(module, ())
    module.register_forward_pre_hook(hook)
    return module


def remove_weight_norm(module: M, name: str = "weight") -> M:
    """Undo `weight_norm`; ValueError if it was not done.

    Examples
    --------
    >>> from tinygrad_np import nn
    >>> layer = nn.utils.weight_norm(nn.Linear(2, 3))
    >>> [name for name, _ in nn.utils.remove_weight_norm(layer).named_parameters()]
    ['bias', 'weight']
    """
    key = find_hook(module, WeightNorm, name)
    if key is None:
        raise ValueError(f"weight_norm of '{name}' not found in {module}")
    hook: Any = module._forward_pre_hooks.pop(key)
    weight = hook.compute_weight(module).detach()
    for part in (name, name + "_g", name + "_v"):
        delattr(module, part)
    setattr(module, name, Parameter(weight))
    return module
