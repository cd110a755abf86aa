"""Normalization layers with running statistics: batch and instance normalization."""

from __future__ import annotations

import copy
from typing import Any, ClassVar

from tinygrad_np.creation import ones, zeros
from tinygrad_np.dtypes import int64
from tinygrad_np.nn import functional as F
from tinygrad_np.nn import init
from tinygrad_np.nn.module import Module
from tinygrad_np.nn.normalization import _Affine
from tinygrad_np.nn.parameter import Parameter
from tinygrad_np.ops.reduction import array
from tinygrad_np.tape.inplace import assign
from tinygrad_np.tape.record import recorded_whole
from tinygrad_np.tensor import Tensor

__all__ = [
    "BatchNorm1d",
    "BatchNorm2d",
    "BatchNorm3d",
    "InstanceNorm1d",
    "InstanceNorm2d",
    "InstanceNorm3d",
    "SyncBatchNorm",
]


class _NormBase(_Affine):
    """What batch and instance normalization share: running statistics."""

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
        bias: bool,
    ) -> None:
        super().__init__()
        self.num_features = num_features
        self.eps = eps
        self.momentum = momentum
        self.affine = affine
        self.track_running_stats = track_running_stats
        kind: dict[str, Any] = {"device": device, "dtype": dtype}
        self._add_parameters((num_features,), **kind, weight=affine, bias=affine and bias)
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
        super().reset_parameters()

    def _check_input_dim(self, input: Tensor) -> None:
        if input.ndim not in self.accepted:
            dims = " or ".join(f"{n}D" for n in self.accepted)
            raise ValueError(
                f"expected {dims} input (got {input.ndim}D input): {self._get_name()} was given "
                f"shape {tuple(input.shape)}"
            )

    def extra_repr(self) -> str:
        return (
            f"{self.num_features}, eps={self.eps}, momentum={self.momentum}, "
            f"affine={self.affine}, bias={self.bias is not None}, "
            f"track_running_stats={self.track_running_stats}"
        )

    def _load_from_state_dict(
        self, state_dict: Any, prefix: str, local_metadata: Any, *args: Any
    ) -> None:
        key = f"{prefix}num_batches_tracked"
        if local_metadata.get("version", 1) < 2 and self.num_batches_tracked is not None:
            state_dict.setdefault(key, self.num_batches_tracked)
        super()._load_from_state_dict(state_dict, prefix, local_metadata, *args)


@recorded_whole
def _count(batches: Tensor) -> None:
    assign(batches, array(batches) + 1)


class _BatchNorm(_NormBase):
    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__(
            num_features, eps, momentum, affine, track_running_stats, device, dtype, bias
        )

    def forward(self, input: Tensor) -> Tensor:
        self._check_input_dim(input)
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
            _count(count)
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
    bias : bool, default True
        With ``affine=True``: whether there is a bias.

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


class SyncBatchNorm(_BatchNorm):
    """`BatchNorm2d` for (N, C, *); there is one process, whose statistics are those of all.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> model = tg.nn.Sequential(tg.nn.Linear(2, 3), tg.nn.BatchNorm1d(3))
    >>> tg.nn.SyncBatchNorm.convert_sync_batchnorm(model)[1]
    SyncBatchNorm(3, eps=1e-05, momentum=0.1, affine=True, bias=True, track_running_stats=True)
    """

    accepted = tuple(range(2, 64))

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        process_group: Any = None,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__(
            num_features, eps, momentum, affine, track_running_stats, device, dtype, bias=bias
        )

    @classmethod
    def convert_sync_batchnorm(cls, module: Module, process_group: Any = None) -> Module:
        """The module with its batch norms, and those inside it, made into `SyncBatchNorm`."""
        new = module
        if isinstance(module, _BatchNorm) and not isinstance(module, cls):
            new = copy.copy(module)
            new.__class__ = cls
        for name, child in module.named_children():
            setattr(new, name, cls.convert_sync_batchnorm(child, process_group))
        return new


class _InstanceNorm(_NormBase):
    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float = 0.1,
        affine: bool = False,
        track_running_stats: bool = False,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__(
            num_features, eps, momentum, affine, track_running_stats, device, dtype, bias
        )

    def forward(self, input: Tensor) -> Tensor:
        self._check_input_dim(input)
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
    num_features, eps, momentum, affine, track_running_stats, device, dtype, bias
        As for `BatchNorm2d`, but without weights and running statistics unless asked for.

    Source: Ulyanov et al., Instance Normalization: The Missing Ingredient for Fast Stylization,
    2016.
    """

    accepted = (3, 4)


class InstanceNorm1d(_InstanceNorm):
    """`InstanceNorm2d` for (N, C, L) or (C, L)."""

    accepted = (2, 3)


class InstanceNorm3d(_InstanceNorm):
    """`InstanceNorm2d` for (N, C, D, H, W) or (C, D, H, W)."""

    accepted = (4, 5)
