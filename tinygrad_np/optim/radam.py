"""RAdam: Adam whose first steps, of uncertain variance, are rectified."""

from __future__ import annotations

from math import sqrt
from typing import Any

import numpy as np

from tinygrad_np.optim.flat import elementwise
from tinygrad_np.optim.optimizer import Optimizer, Params, fractions, not_negative
from tinygrad_np.optim.update import (
    Array,
    blocks,
    count,
    decayed,
    move_square,
    move_towards,
    number,
    zeros_like,
)
from tinygrad_np.tensor import Tensor

__all__ = ["RAdam"]


class RAdam(Optimizer):
    """RAdam.

    As `Adam`, with each step multiplied by a rectification that grows towards 1; while the
    variance can't be estimated, in the first steps, the running mean itself is the step.

    Parameters
    ----------
    params : iterable
        Tensors, (name, Tensor) pairs or parameter groups.
    lr : float or Tensor, default 1e-3
        Learning rate.
    betas : (float, float), default (0.9, 0.999)
        How much the running means keep of their past.
    eps : float, default 1e-8
    weight_decay : float, default 0
        This much of the parameter is added to its gradient.
    decoupled_weight_decay : bool, default False
        Shrink the parameter by ``lr * weight_decay`` instead, as AdamW does.
    maximize : bool, default False
        Go up instead of down.
    foreach, capturable : bool, optional
        Accepted for PyTorch's sake, without effect.
    differentiable : bool, default False
        Only False is supported.

    Raises
    ------
    ValueError
        For a negative `lr`, `eps` or `weight_decay` and for betas outside of [0, 1); see
        `Optimizer` for the errors about `params`.

    Source: https://arxiv.org/abs/1908.03265,
    https://pytorch.org/docs/stable/generated/torch.optim.RAdam.html

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> x = tg.tensor([1.0, 2.0], requires_grad=True)
    >>> optimizer = tg.optim.RAdam([x], lr=0.1)
    >>> (x * x).sum().backward()
    >>> optimizer.step()
    >>> x
    tensor([0.8000, 1.6000], requires_grad=True)
    """

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        decoupled_weight_decay: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
    ) -> None:
        not_negative(lr=lr, eps=eps, weight_decay=weight_decay)
        fractions(betas=betas)
        defaults = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "maximize": maximize,
            "foreach": foreach,
            "capturable": capturable,
            "decoupled_weight_decay": decoupled_weight_decay,
            "differentiable": differentiable,
        }
        super().__init__(params, defaults)

    @elementwise
    def _update(
        self, param: Array, grad: Array, state: dict[str, Any], group: dict[str, Any]
    ) -> None:
        if not state:
            state["step"] = number(0)
            state["exp_avg"] = zeros_like(param)
            state["exp_avg_sq"] = zeros_like(param)
        beta1, beta2 = group["betas"]
        lr, t, eps = float(group["lr"]), count(state), group["eps"]
        rate = lr / (1 - beta1**t)
        length = _rectified_length(beta2, t)
        if length is not None:
            rate *= length * sqrt(1 - beta2**t)
        arrays = state["exp_avg"]._array, state["exp_avg_sq"]._array

        @blocks(param, grad, *arrays, scratch=2)
        def _(p: Array, g: Array, m: Array, v: Array, s: Array, d: Array) -> None:
            g = decayed(p, g, group, lr, out=d)
            move_towards(m, g, 1 - beta1, s)
            move_square(v, g, beta2, s)
            np.multiply(m, rate, out=d)
            if length is not None:
                np.sqrt(v, out=s)
                s += eps
                d /= s
            p -= d


def _rectified_length(beta2: float, t: float) -> float | None:
    """The rectification of step t; None while the variance is intractable."""
    most = 2 / (1 - beta2) - 1
    now = most - 2 * t * beta2**t / (1 - beta2**t)
    if now <= 5:
        return None
    return sqrt((now - 4) * (now - 2) * most / ((most - 4) * (most - 2) * now))
