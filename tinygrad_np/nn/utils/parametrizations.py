"""Weights of a given norm, as parametrizations."""

from __future__ import annotations

from typing import Any, TypeVar

from tinygrad_np.nn.module import Module
from tinygrad_np.nn.utils.orthogonal import orthogonal
from tinygrad_np.nn.utils.parametrize import register_parametrization
from tinygrad_np.nn.utils.spectral_norm import first_vectors, iterate, matrix
from tinygrad_np.nn.utils.weight_norm import norms
from tinygrad_np.ops.normalize import normalize
from tinygrad_np.tape.grad_mode import no_grad
from tinygrad_np.tensor import Tensor

__all__ = ["orthogonal", "spectral_norm", "weight_norm"]

M = TypeVar("M", bound=Module)


class _WeightNorm(Module):
    def __init__(self, dim: int | None = 0) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, weight_g: Tensor, weight_v: Tensor) -> Any:
        return weight_v * (weight_g / norms(weight_v, self.dim))

    def right_inverse(self, weight: Tensor) -> tuple[Any, Tensor]:
        return norms(weight, self.dim), weight.detach().clone()


def weight_norm(module: M, name: str = "weight", dim: int | None = 0) -> M:
    """Train a weight's length (`original0`) and direction (`original1`) apart.

    Parameters
    ----------
    module : Module
    name : str, default "weight"
    dim : int, optional
        Each part along it has a length of its own; with None there is one for all.

    Source: T. Salimans, D. P. Kingma, Weight Normalization, 2016,
    https://arxiv.org/abs/1602.07868

    Examples
    --------
    >>> from tinygrad_np import nn
    >>> layer = nn.utils.parametrizations.weight_norm(nn.Linear(2, 3))
    >>> layer.parametrizations.weight.original0.shape
    torch.Size([3, 1])
    """
    register_parametrization(module, name, _WeightNorm(dim), unsafe=True)
    module.register_load_state_dict_pre_hook(_OldNames(name))
    return module


class _OldNames:
    """Takes what `nn.utils.weight_norm` saved."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, module: Module, state_dict: dict[str, Any], prefix: str, *_: Any) -> None:
        old = [f"{prefix}{self.name}_g", f"{prefix}{self.name}_v"]
        if all(key in state_dict for key in old):
            for i, key in enumerate(old):
                new = f"{prefix}parametrizations.{self.name}.original{i}"
                state_dict[new] = state_dict.pop(key)


class _SpectralNorm(Module):
    def __init__(self, weight: Tensor, n_power_iterations: int, dim: int, eps: float) -> None:
        super().__init__()
        if n_power_iterations <= 0:
            raise ValueError(
                "Expected n_power_iterations to be positive, but got "
                f"n_power_iterations={n_power_iterations}"
            )
        if not -weight.ndim <= dim < weight.ndim:
            raise IndexError(
                "Dimension out of range (expected to be in range of "
                f"[{-weight.ndim}, {weight.ndim - 1}], but got {dim})"
            )
        self.dim, self.eps, self.n_power_iterations = dim % weight.ndim, eps, n_power_iterations
        if weight.ndim < 2:  # its norm is its singular value
            return
        u, v = first_vectors(matrix(weight.detach(), self.dim), eps)
        self.register_buffer("_u", u)
        self.register_buffer("_v", v)
        with no_grad():
            iterate(matrix(weight.detach(), self.dim).T, v, u, 15, eps)

    def forward(self, weight: Tensor) -> Any:
        if weight.ndim < 2:
            return normalize(weight, dim=0, eps=self.eps)
        flat, vectors = matrix(weight, self.dim), self.__dict__
        u, v = vectors["_u"], vectors["_v"]
        if self.training:
            with no_grad():
                iterate(flat.detach().T, v, u, self.n_power_iterations, self.eps)
        return weight / u.clone().dot(flat @ v.clone())

    def right_inverse(self, value: Tensor) -> Tensor:
        return value


def spectral_norm(
    module: M,
    name: str = "weight",
    n_power_iterations: int = 1,
    eps: float = 1e-12,
    dim: int | None = None,
) -> M:
    """Divide a weight by its largest singular value, found by power iteration.

    A vector is divided by its norm.

    Parameters
    ----------
    module : Module
    name : str, default "weight"
    n_power_iterations : int, default 1
        For each time that the weight is read in training mode.
    eps : float, default 1e-12
        Smaller norms of vectors count as this.
    dim : int, optional
        The rows of the weight as a matrix: 1 for transposed convolutions, else 0.

    Raises
    ------
    ValueError
        If there is no such weight, or no iteration.

    Source: T. Miyato et al., Spectral Normalization for Generative Adversarial Networks, 2018,
    https://arxiv.org/abs/1802.05957

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> layer = tg.nn.utils.parametrizations.spectral_norm(tg.nn.Linear(4, 4)).eval()
    >>> tg.allclose(tg.linalg.matrix_norm(layer.weight, 2), tg.ones(()), atol=0.1)
    True
    """
    weight = getattr(module, name, None)
    if not isinstance(weight, Tensor):
        raise ValueError(f"Module '{module}' has no parameter or buffer with name '{name}'")
    if dim is None:
        dim = int(type(module).__name__.startswith("ConvTranspose"))
    new = _SpectralNorm(weight, n_power_iterations, dim, eps)
    return register_parametrization(module, name, new)
