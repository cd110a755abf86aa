"""Weights over their largest singular value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from tinygrad_np.nn.parameter import Parameter
from tinygrad_np.nn.utils.weight_norm import find_hook
from tinygrad_np.ops.normalize import normalize
from tinygrad_np.random import randn
from tinygrad_np.tape.grad_mode import no_grad
from tinygrad_np.tensor import Tensor

if TYPE_CHECKING:
    from tinygrad_np.nn.module import Module

__all__ = ["remove_spectral_norm", "spectral_norm"]

M = TypeVar("M", bound="Module")


def matrix(weight: Tensor, dim: int) -> Tensor:
    """A weight with its dimension `dim` in front, and the others joined."""
    moved = weight.permute(dim, *(d for d in range(weight.ndim) if d != dim)) if dim else weight
    return moved.reshape(moved.shape[0], -1)


def first_vectors(flat: Tensor, eps: float) -> tuple[Any, Any]:
    """Vectors to begin the iteration with, drawn at random."""
    return tuple(  # type: ignore[return-value]
        normalize(randn(n, dtype=flat.dtype), dim=0, eps=eps) for n in flat.shape
    )


def iterate(flat: Tensor, u: Tensor, v: Tensor, times: int, eps: float) -> None:
    """Bring `u` and `v`, in place, nearer to the first singular vectors."""
    for _ in range(times):
        v.copy_(normalize(flat.T @ u, dim=0, eps=eps))
        u.copy_(normalize(flat @ v, dim=0, eps=eps))


class SpectralNorm:
    """The hook that computes ``weight = weight_orig / sigma`` before each forward."""

    def __init__(self, name: str, n_power_iterations: int, dim: int, eps: float) -> None:
        self.name, self.dim, self.eps = name, dim, eps
        self.n_power_iterations = n_power_iterations

    def compute_weight(self, module: Module, do_power_iteration: bool) -> Any:
        """The weight of the module's original and its vectors."""
        weight, u, v = (getattr(module, self.name + end) for end in ("_orig", "_u", "_v"))
        flat = matrix(weight, self.dim)
        if do_power_iteration:
            with no_grad():
                iterate(flat.detach(), u, v, self.n_power_iterations, self.eps)
        return weight / u.clone().dot(flat @ v.clone())

    def __call__(self, module: Module, inputs: Any) -> None:
        module.__dict__[self.name] = self.compute_weight(module, module.training)


def spectral_norm(
    module: M,
    name: str = "weight",
    n_power_iterations: int = 1,
    eps: float = 1e-12,
    dim: int | None = None,
) -> M:
    """Divide a weight by its largest singular value before each forward; returns the module.

    `nn.utils.parametrizations.spectral_norm` is the newer form. What is trained is
    ``weight_orig``.

    Parameters
    ----------
    module : Module
    name : str, default "weight"
    n_power_iterations : int, default 1
        Steps of the power iteration before each forward in training mode.
    eps : float, default 1e-12
        Smaller norms of vectors count as this.
    dim : int, optional
        The rows of the weight as a matrix: 1 for transposed convolutions, else 0.

    Raises
    ------
    RuntimeError
        If it is done already.
    ValueError
        If there is no iteration.

    Source: T. Miyato et al., Spectral Normalization for Generative Adversarial Networks, 2018,
    https://arxiv.org/abs/1802.05957

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> layer = tg.nn.utils.spectral_norm(tg.nn.Linear(2, 3))
    >>> [name for name, _ in layer.named_parameters()], [name for name, _ in layer.named_buffers()]
    (['bias', 'weight_orig'], ['weight_u', 'weight_v'])
    """
    if find_hook(module, SpectralNorm, name) is not None:
        raise RuntimeError(f"Cannot register two spectral_norm hooks on the same parameter {name}")
    if n_power_iterations <= 0:
        raise ValueError(
            "Expected n_power_iterations to be positive, but got "
            f"n_power_iterations={n_power_iterations}"
        )
    if dim is None:
        dim = int(type(module).__name__.startswith("ConvTranspose"))
    weight = getattr(module, name)
    u, v = first_vectors(matrix(weight.detach(), dim), eps)
    delattr(module, name)
    module.register_parameter(name + "_orig", weight)
    module.__dict__[name] = weight.detach()
    module.register_buffer(name + "_u", u)
    module.register_buffer(name + "_v", v)
    module.register_forward_pre_hook(SpectralNorm(name, n_power_iterations, dim, eps))
    return module


def remove_spectral_norm(module: M, name: str = "weight") -> M:
    """Undo `spectral_norm`, and keep the weight as it is; ValueError if it was not done.

    Examples
    --------
    >>> from tinygrad_np import nn
    >>> layer = nn.utils.spectral_norm(nn.Linear(2, 3))
    >>> [name for name, _ in nn.utils.remove_spectral_norm(layer).named_parameters()]
    ['bias', 'weight']
    """
    key = find_hook(module, SpectralNorm, name)
    if key is None:
        raise ValueError(f"spectral_norm of '{name}' not found in {module}")
    hook: Any = module._forward_pre_hooks.pop(key)
    with no_grad():
        weight = hook.compute_weight(module, False).detach()
    for part in (name, name + "_orig", name + "_u", name + "_v"):
        delattr(module, part)
    setattr(module, name, Parameter(weight))
    return module
