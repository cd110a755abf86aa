"""Normalization layers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from tinygrad_np.creation import ones, zeros
from tinygrad_np.dtypes import int64
from tinygrad_np.nn import functional as F
from tinygrad_np.nn import init
from tinygrad_np.nn.module import Module
from tinygrad_np.nn.parameter import Parameter
from tinygrad_np.tensor import Tensor

__all__ = [
    "BatchNorm1d",
    "BatchNorm2d",
    "BatchNorm3d",
    "GroupNorm",
    "InstanceNorm1d",
    "InstanceNorm2d",
    "LayerNorm",
    "LocalResponseNorm",
    "RMSNorm",
]


class _RunningNorm(Module):
    """What batch and instance normalization share: weights and running statistics."""

    _version = 2  # 1 had no num_batches_tracked
    accepted: ClassVar[tuple[int, ...]]  # numbers of dimensions of an input
    weight: Parameter | None
    bias: Parameter | None
    running_mean: Tensor | None
    running_var: Tensor | None
    num_batches_tracked: Tensor | None

    def __init__(
        self,
        num_features: int,
        eps: float,
        momentum: float | None,
        affine: bool,
        track_running_stats: bool,
        device: Any,
        dtype: Any,
    ) -> None:
        super().__init__()
        self.num_features = num_features
        self.eps = eps
        self.momentum = momentum
        self.affine = affine
        self.track_running_stats = track_running_stats
        kind = {"device": device, "dtype": dtype}
        for name, make in (("weight", ones), ("bias", zeros)):
            self.register_parameter(name, Parameter(make(num_features, **kind)) if affine else None)
        tracked = track_running_stats
        self.register_buffer("running_mean", zeros(num_features, **kind) if tracked else None)
        self.register_buffer("running_var", ones(num_features, **kind) if tracked else None)
        self.register_buffer("num_batches_tracked", zeros((), dtype=int64) if tracked else None)

    def reset_running_stats(self) -> None:
        """Forget the statistics of the batches seen."""
        if self.track_running_stats:
            for buffer, value in zip(self.buffers(), (0, 1, 0), strict=True):
                init.constant_(buffer, value)

    def reset_parameters(self) -> None:
        """Weights 1, biases 0, and no statistics."""
        self.reset_running_stats()
        if self.weight is not None and self.bias is not None:
            init.ones_(self.weight)
            init.zeros_(self.bias)

    def _check_input(self, input: Tensor) -> None:
        if input.ndim not in self.accepted:
            dims = " or ".join(f"{n}D" for n in self.accepted)
            raise ValueError(
                f"expected {dims} input (got {input.ndim}D input): {self._get_name()} was given "
                f"shape {tuple(input.shape)}"
            )

    def extra_repr(self) -> str:
        return (
            f"{self.num_features}, eps={self.eps}, momentum={self.momentum}, "
            f"affine={self.affine}, track_running_stats={self.track_running_stats}"
        )

    def _load_from_state_dict(
        self, state_dict: Any, prefix: str, local_metadata: Any, *args: Any
    ) -> None:
        key = f"{prefix}num_batches_tracked"
        if local_metadata.get("version", 1) < 2 and self.num_batches_tracked is not None:
            state_dict.setdefault(key, self.num_batches_tracked)
        super()._load_from_state_dict(state_dict, prefix, local_metadata, *args)


class _BatchNorm(_RunningNorm):
    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(num_features, eps, momentum, affine, track_running_stats, device, dtype)

    def forward(self, input: Tensor) -> Tensor:
        self._check_input(input)
        count = self.num_batches_tracked if self.training else None
        share = self.momentum
        if share is None:
            share = 0.0 if count is None else 1.0 / (count.item() + 1)
        use_running = not self.training or self.track_running_stats
        out = F.batch_norm(
            input,
            self.running_mean if use_running else None,
            self.running_var if use_running else None,
            self.weight,
            self.bias,
            self.training or self.running_mean is None,
            share,
            self.eps,
        )
        if count is not None:
            count.add_(1)
        return out


class BatchNorm2d(_BatchNorm):
    """Brings each channel to mean 0 and variance 1, over the batch and all positions.

    In training the statistics are those of the batch, and running means of them are kept, which
    take their place in evaluation.

    Parameters
    ----------
    num_features : int
        The number of channels: dimension 1 of the input.
    eps : float, default 1e-5
        Added to the variance.
    momentum : float or None, default 0.1
        The share of a new batch in the running statistics; None for the mean of all batches.
    affine : bool, default True
        Multiply by a weight and add a bias that are learned.
    track_running_stats : bool, default True
        Without them evaluation too uses the statistics of the batch.
    device, dtype : optional
        As for `Linear`.

    Attributes
    ----------
    weight, bias : Parameter or None
        (num_features,), 1 and 0 at first.
    running_mean, running_var : Tensor or None
        (num_features,); the variance is the unbiased one.
    num_batches_tracked : Tensor or None

    Source: Ioffe and Szegedy, Batch Normalization: Accelerating Deep Network Training by
    Reducing Internal Covariate Shift, 2015.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.nn.BatchNorm2d(3)(tg.randn(4, 3, 8, 8)).shape
    torch.Size([4, 3, 8, 8])
    """

    accepted = (4,)


class BatchNorm1d(_BatchNorm):
    """`BatchNorm2d` for (N, C) or (N, C, L)."""

    accepted = (2, 3)


class BatchNorm3d(_BatchNorm):
    """`BatchNorm2d` for (N, C, D, H, W)."""

    accepted = (5,)


class _InstanceNorm(_RunningNorm):
    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float = 0.1,
        affine: bool = False,
        track_running_stats: bool = False,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(num_features, eps, momentum, affine, track_running_stats, device, dtype)

    def forward(self, input: Tensor) -> Tensor:
        self._check_input(input)
        single = input.ndim == self.accepted[0]
        out = F.instance_norm(
            input.unsqueeze(0) if single else input,
            self.running_mean,
            self.running_var,
            self.weight,
            self.bias,
            self.training or not self.track_running_stats,
            0.0 if self.momentum is None else self.momentum,
            self.eps,
        )
        return out.squeeze(0) if single else out


class InstanceNorm2d(_InstanceNorm):
    """Brings each channel of each image to mean 0 and variance 1, over its positions.

    Parameters
    ----------
    num_features, eps, momentum, affine, track_running_stats, device, dtype
        As for `BatchNorm2d`, but without weights and running statistics unless asked for.

    Source: Ulyanov et al., Instance Normalization: The Missing Ingredient for Fast Stylization,
    2016.
    """

    accepted = (3, 4)


class InstanceNorm1d(_InstanceNorm):
    """`InstanceNorm2d` for (N, C, L) or (C, L)."""

    accepted = (2, 3)


class LayerNorm(Module):
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
        for name, make, wanted in (("weight", ones, True), ("bias", zeros, bias)):
            values = make(*self.normalized_shape, device=device, dtype=dtype)
            use = elementwise_affine and wanted
            self.register_parameter(name, Parameter(values) if use else None)

    def reset_parameters(self) -> None:
        """Weights 1, biases 0."""
        if self.weight is not None:
            init.ones_(self.weight)
        if self.bias is not None:
            init.zeros_(self.bias)

    def forward(self, input: Tensor) -> Tensor:
        return F.layer_norm(input, self.normalized_shape, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        return (
            f"{self.normalized_shape}, eps={self.eps}, "
            f"elementwise_affine={self.elementwise_affine}, bias={self.bias is not None}"
        )


def _as_shape(shape: int | Sequence[int]) -> tuple[int, ...]:
    return (shape,) if isinstance(shape, int) else tuple(shape)


class RMSNorm(Module):
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
        values = ones(*self.normalized_shape, device=device, dtype=dtype)
        self.register_parameter("weight", Parameter(values) if elementwise_affine else None)

    def reset_parameters(self) -> None:
        """Weights 1."""
        if self.weight is not None:
            init.ones_(self.weight)

    def forward(self, input: Tensor) -> Tensor:
        return F.rms_norm(input, self.normalized_shape, self.weight, self.eps)

    def extra_repr(self) -> str:
        return (
            f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}"
        )


class GroupNorm(Module):
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
        for name, make in (("weight", ones), ("bias", zeros)):
            values = make(num_channels, device=device, dtype=dtype)
            self.register_parameter(name, Parameter(values) if affine else None)

    def reset_parameters(self) -> None:
        """Weights 1, biases 0."""
        if self.weight is not None and self.bias is not None:
            init.ones_(self.weight)
            init.zeros_(self.bias)

    def forward(self, input: Tensor) -> Tensor:
        return F.group_norm(input, self.num_groups, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        return f"{self.num_groups}, {self.num_channels}, eps={self.eps}, affine={self.affine}"


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
