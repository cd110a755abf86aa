"""Losses for finding things in images."""

from __future__ import annotations

from tinygrad_np.nn.functional import binary_cross_entropy_with_logits
from tinygrad_np.tensor import Tensor

__all__ = ["sigmoid_focal_loss"]


def sigmoid_focal_loss(
    inputs: Tensor,
    targets: Tensor,
    alpha: float = 0.25,
    gamma: float = 2,
    reduction: str = "none",
) -> Tensor:
    """Binary cross entropy in which what is right already counts less.

    Parameters
    ----------
    inputs : Tensor
        Before the sigmoid.
    targets : Tensor
        0 or 1, of the same shape and dtype.
    alpha : float, default 0.25
        The weight of the ones, from 0 to 1, that of the zeros is ``1 - alpha``; -1 for no weights.
    gamma : float, default 2
        How much less: ``(1 - p) ** gamma``, with the probability of what is right.
    reduction : {"none", "mean", "sum"}

    Raises
    ------
    ValueError
        For another `alpha` or `reduction`.

    Source: T.-Y. Lin et al., Focal Loss for Dense Object Detection, 2017.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> from tinygrad_np.vision.ops import sigmoid_focal_loss
    >>> sigmoid_focal_loss(tg.tensor([0.0, 1.0]), tg.tensor([1.0, 1.0]))
    tensor([0.0433, 0.0057])
    """
    if not 0 <= alpha <= 1 and alpha != -1:
        raise ValueError(f"Invalid alpha value: {alpha}. alpha must be in [0, 1], or -1 for none.")
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(f"reduction is 'none', 'mean' or 'sum', got {reduction!r}")
    p = inputs.sigmoid()
    loss = binary_cross_entropy_with_logits(inputs, targets, reduction="none")
    right = p * targets + (1 - p) * (1 - targets)
    loss = loss * (1 - right) ** gamma
    if alpha >= 0:
        loss = (alpha * targets + (1 - alpha) * (1 - targets)) * loss
    return {"none": lambda: loss, "mean": loss.mean, "sum": loss.sum}[reduction]()
