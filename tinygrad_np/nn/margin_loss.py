"""Losses with margins as modules: the functions of `nn.functional` with their parameters.

For ``reduction``, ``size_average`` and ``reduce`` see `loss`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tinygrad_np.nn import functional as F
from tinygrad_np.nn.distance import PairwiseDistance
from tinygrad_np.nn.loss import Flag, _Loss, _WeightedLoss
from tinygrad_np.tensor import Tensor

__all__ = [
    "CosineEmbeddingLoss",
    "HingeEmbeddingLoss",
    "MarginRankingLoss",
    "MultiLabelMarginLoss",
    "MultiLabelSoftMarginLoss",
    "MultiMarginLoss",
    "SoftMarginLoss",
    "TripletMarginLoss",
    "TripletMarginWithDistanceLoss",
]


class _MarginLoss(_Loss):
    def __init__(
        self,
        margin: float = 0.0,
        size_average: Flag = None,
        reduce: Flag = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.margin = margin


class HingeEmbeddingLoss(_MarginLoss):
    """The input, a distance, where the target is 1; ``max(0, margin - input)`` where it is -1.

    Parameters
    ----------
    margin : float, default 1
    reduction : {"mean", "sum", "none"}
    """

    def __init__(
        self,
        margin: float = 1.0,
        size_average: Flag = None,
        reduce: Flag = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(margin, size_average, reduce, reduction)

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.hinge_embedding_loss(input, target, margin=self.margin, reduction=self.reduction)


class MarginRankingLoss(_MarginLoss):
    """``max(0, -target * (input1 - input2) + margin)``: which is to rank higher is told by ±1.

    Parameters
    ----------
    margin : float, default 0
    reduction : {"mean", "sum", "none"}
    """

    def forward(self, input1: Tensor, input2: Tensor, target: Tensor) -> Tensor:
        return F.margin_ranking_loss(
            input1, input2, target, margin=self.margin, reduction=self.reduction
        )


class CosineEmbeddingLoss(_MarginLoss):
    """``1 - cos`` of vectors where the target is 1, ``max(0, cos - margin)`` where it is -1.

    Parameters
    ----------
    margin : float, default 0
    reduction : {"mean", "sum", "none"}
    """

    def forward(self, input1: Tensor, input2: Tensor, target: Tensor) -> Tensor:
        return F.cosine_embedding_loss(
            input1, input2, target, margin=self.margin, reduction=self.reduction
        )


class SoftMarginLoss(_Loss):
    """``log(1 + exp(-target * input))``, with targets ±1.

    Parameters
    ----------
    reduction : {"mean", "sum", "none"}
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.soft_margin_loss(input, target, reduction=self.reduction)


class MultiLabelMarginLoss(_Loss):
    """How far the right classes, of which there may be several, are from a margin of 1 to others.

    See `SoftMarginLoss` for the parameter.
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.multilabel_margin_loss(input, target, reduction=self.reduction)


class MultiLabelSoftMarginLoss(_WeightedLoss):
    """The mean over classes of the binary cross entropy of ``sigmoid(input)``.

    Parameters
    ----------
    weight : Tensor, optional
        (C,), a factor for each class.
    reduction : {"mean", "sum", "none"}
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.multilabel_soft_margin_loss(
            input, target, weight=self.weight, reduction=self.reduction
        )


class MultiMarginLoss(_WeightedLoss):
    """How far the right class is from a margin to each other one, to the power `p`.

    Parameters
    ----------
    p : {1, 2}
    margin : float, default 1
    weight : Tensor, optional
        (C,), a factor for each class.
    reduction : {"mean", "sum", "none"}

    Raises
    ------
    ValueError
        For another `p`, or a weight that is not 1-dimensional.
    """

    def __init__(
        self,
        p: int = 1,
        margin: float = 1.0,
        weight: Tensor | None = None,
        size_average: Flag = None,
        reduce: Flag = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(weight, size_average, reduce, reduction)
        if p not in (1, 2):
            raise ValueError(f"only p == 1 and p == 2 supported, got p={p}")
        if weight is not None and weight.ndim != 1:
            raise ValueError(
                f"MultiMarginLoss: expected weight of shape (C,), got {tuple(weight.shape)}"
            )
        self.p = p
        self.margin = margin

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.multi_margin_loss(
            input, target, p=self.p, margin=self.margin, weight=self.weight,
            reduction=self.reduction,
        )  # fmt: skip


class TripletMarginLoss(_Loss):
    """``max(0, d(anchor, positive) - d(anchor, negative) + margin)``, d being a p-norm.

    Parameters
    ----------
    margin : float, default 1
        Larger than 0; ValueError otherwise.
    p : float, default 2
    eps : float, default 1e-6
        Added to differences.
    swap : bool, default False
        Take the distance of positive and negative if it is smaller.
    reduction : {"mean", "sum", "none"}
    """

    def __init__(
        self,
        margin: float = 1.0,
        p: float = 2.0,
        eps: float = 1e-6,
        swap: bool = False,
        size_average: Flag = None,
        reduce: Flag = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        _check_margin(margin)
        self.margin = margin
        self.p = p
        self.eps = eps
        self.swap = swap

    def forward(self, anchor: Tensor, positive: Tensor, negative: Tensor) -> Tensor:
        return F.triplet_margin_loss(
            anchor, positive, negative, margin=self.margin, p=self.p, eps=self.eps,
            swap=self.swap, reduction=self.reduction,
        )  # fmt: skip


class TripletMarginWithDistanceLoss(_Loss):
    """`TripletMarginLoss` with any distance.

    Parameters
    ----------
    distance_function : callable, optional
        Of two tensors; `PairwiseDistance` unless given.
    margin, swap, reduction : optional
        As for `TripletMarginLoss`.
    """

    def __init__(
        self,
        *,
        distance_function: Callable[[Tensor, Tensor], Tensor] | None = None,
        margin: float = 1.0,
        swap: bool = False,
        reduction: str = "mean",
    ) -> None:
        super().__init__(reduction=reduction)
        _check_margin(margin)
        self.distance_function: Any = distance_function or PairwiseDistance()
        self.margin = margin
        self.swap = swap

    def forward(self, anchor: Tensor, positive: Tensor, negative: Tensor) -> Tensor:
        return F.triplet_margin_with_distance_loss(
            anchor, positive, negative, distance_function=self.distance_function,
            margin=self.margin, swap=self.swap, reduction=self.reduction,
        )  # fmt: skip


def _check_margin(margin: float) -> None:
    if margin <= 0:
        raise ValueError(f"expected margin to be greater than 0, got {margin} instead")
