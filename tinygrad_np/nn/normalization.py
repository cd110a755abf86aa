"""Normalization layers that treat each sample alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tinygrad_np.creation import empty
from tinygrad_np.nn import functional as F
from tinygrad_np.nn import init
from tinygrad_np.nn.module import Module
from tinygrad_np.nn.parameter import Parameter
from tinygrad_np.tensor import Tensor

__all__ = ["GroupNorm", "LayerNorm", "LocalResponseNorm", "RMSNorm"]


class _Affine(Module):
    """What all normalizations share: a weight and a bias, either of which may be left out."""

    def _add_parameters(
        self, shape: tuple[int, ...], device: Any, dtype: Any, **wanted: bool
    ) -> None:
        for name, use in wanted.items():
            param = Parameter(empty(shape, device=device, dtype=dtype)) if use else None
            self.register_parameter(name, param)
        _Affine.reset_parameters(self)

    def reset_parameters(self) -> None:
        """Weights 1, biases 0."""
        for name, param in self.named_parameters(recurse=False):
            init.constant_(param, float(name == "weight"))


class LayerNorm(_Affine):
    """Brings the last dimensions to mean 0 and variance 1, each element of the others alone.

    Parameters
    ----------
    normalized_shape : int or tuple of int
        Their sizes.
    eps : float, default 1e-5
        Added to the variance.
    elementwise_affine : bool, default True
        Multiply by a weight and, with `bias`, add a bias that are learned.
    bias : bool, default True
    device, dtype : optional
        As for `Linear`.

    Attributes
    ----------
    weight, bias : Parameter or None
        Of the normalized shape, 1 and 0 at first.

    Source: Ba, Kiros and Hinton, Layer Normalization, 2016.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.nn.LayerNorm(3)(tg.tensor([[1.0, 2.0, 3.0]])).detach()
    tensor([[-1.2247,  0.0000,  1.2247]])
    """

    weight: Parameter | None
    bias: Parameter | None

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        eps: float = 1e-5,
        elementwise_affine: bool = True,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.normalized_shape = _as_shape(normalized_shape)
        self.eps = eps
        self.elementwise_affine = elementwise_affine
        self._add_parameters(
            self.normalized_shape, device, dtype,
            weight=elementwise_affine, bias=elementwise_affine and bias,
        )  # fmt: skip

    def forward(self, input: Tensor) -> Tensor:
        return F.layer_norm(input, self.normalized_shape, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        return (
            f"{self.normalized_shape}, eps={self.eps}, "
            f"elementwise_affine={self.elementwise_affine}, bias={self.bias is not None}"
        )


def _as_shape(shape: int | Sequence[int]) -> tuple[int, ...]:
    return (shape,) if isinstance(shape, int) else tuple(shape)


class RMSNorm(_Affine):
    """Divides the last dimensions by the root of the mean of their squares.

    Parameters
    ----------
    normalized_shape : int or tuple of int
        Their sizes.
    eps : float, optional
        Added to the mean; the spacing of the dtype's numbers at 1 unless given.
    elementwise_affine : bool, default True
        Multiply by a weight that is learned, 1 at first.
    device, dtype : optional
        As for `Linear`.

    Source: Zhang and Sennrich, Root Mean Square Layer Normalization, 2019.
    """

    weight: Parameter | None

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        eps: float | None = None,
        elementwise_affine: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.normalized_shape = _as_shape(normalized_shape)
        self.eps = eps
        self.elementwise_affine = elementwise_affine
        self._add_parameters(self.normalized_shape, device, dtype, weight=elementwise_affine)

    def forward(self, x: Tensor) -> Tensor:
        return F.rms_norm(x, self.normalized_shape, self.weight, self.eps)

    def extra_repr(self) -> str:
        return (
            f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}"
        )


class GroupNorm(_Affine):
    """Brings each group of channels of each sample to mean 0 and variance 1.

    Parameters
    ----------
    num_groups : int
    num_channels : int
        A multiple of it: dimension 1 of the input.
    eps : float, default 1e-5
        Added to the variance.
    affine : bool, default True
        Multiply by a weight and add a bias for each channel that are learned.
    device, dtype : optional
        As for `Linear`.
    bias : bool, default True
        With ``affine=True``: whether there is a bias.

    Raises
    ------
    ValueError
        If `num_groups` does not divide `num_channels`.

    Source: Wu and He, Group Normalization, 2018.
    """

    weight: Parameter | None
    bias: Parameter | None

    def __init__(
        self,
        num_groups: int,
        num_channels: int,
        eps: float = 1e-5,
        affine: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__()
        if num_channels % num_groups:
            raise ValueError(
                f"num_channels ({num_channels}) must be divisible by num_groups ({num_groups})"
            )
        self.num_groups = num_groups
        self.num_channels = num_channels
        self.eps = eps
        self.affine = affine
        self._add_parameters((num_channels,), device, dtype, weight=affine, bias=affine and bias)

    def forward(self, input: Tensor) -> Tensor:
        return F.group_norm(input, self.num_groups, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        return (
            f"{self.num_groups}, {self.num_channels}, eps={self.eps}, affine={self.affine}, "
            f"bias={self.bias is not None}"
        )


class LocalResponseNorm(Module):
    """Divides each channel by a power of the mean square of its neighbours among the channels.

    Parameters
    ----------
    size : int
        The number of channels that count as neighbours.
    alpha, beta, k : float
        The divisor is ``(k + alpha * mean) ** beta``.

    Source: Krizhevsky et al., ImageNet Classification with Deep Convolutional Neural Networks,
    2012.
    """

    def __init__(self, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0) -> None:
        super().__init__()
        self.size = size
        self.alpha = alpha
        self.beta = beta
        self.k = k

    def forward(self, input: Tensor) -> Tensor:
        return F.local_response_norm(input, self.size, self.alpha, self.beta, self.k)

    def extra_repr(self) -> str:
        return f"{self.size}, alpha={self.alpha}, beta={self.beta}, k={self.k}"
