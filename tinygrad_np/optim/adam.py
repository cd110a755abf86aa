"""Adam and AdamW: steps divided by the root of a running mean of the squared gradient."""

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

__all__ = ["Adam", "AdamW"]


class Adam(Optimizer):
    """Adam: adaptive estimates of the gradient's first two moments.

    With gradient g in step t: ``m = b1 * m + (1 - b1) * g``, ``v = b2 * v + (1 - b2) * g**2`` and
    ``param -= lr * (m / (1 - b1**t)) / (sqrt(v / (1 - b2**t)) + eps)``.

    Parameters
    ----------
    params : iterable
        Tensors, (name, Tensor) pairs or parameter groups.
    lr : float or Tensor, default 1e-3
        Learning rate.
    betas : (float, float), default (0.9, 0.999)
        How much the running means keep of their past, b1 and b2.
    eps : float, default 1e-8
    weight_decay : float, default 0
        This much of the parameter is added to its gradient.
    amsgrad : bool, default False
        Divide by the largest v so far.
    maximize : bool, default False
        Go up instead of down.
    decoupled_weight_decay : bool, default False
        Shrink the parameter by ``lr * weight_decay`` instead (AdamW).
    foreach, capturable, fused : bool, optional
        Accepted for PyTorch's sake, without effect.
    differentiable : bool, default False
        Only False is supported.

    Raises
    ------
    ValueError
        For a negative `lr`, `eps` or `weight_decay` and for betas outside of [0, 1); see
        `Optimizer` for the errors about `params`.

    Source: https://arxiv.org/abs/1412.6980, https://openreview.net/forum?id=ryQu7f-RZ (amsgrad),
    https://pytorch.org/docs/stable/generated/torch.optim.Adam.html

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> x = tg.tensor([1.0, 2.0], requires_grad=True)
    >>> optimizer = tg.optim.Adam([x], lr=0.1)
    >>> (x * x).sum().backward()
    >>> optimizer.step()
    >>> x
    tensor([0.9000, 1.9000], requires_grad=True)
    """

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        amsgrad: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
        decoupled_weight_decay: bool = False,
    ) -> None:
        not_negative(lr=lr, eps=eps, weight_decay=weight_decay)
        fractions(betas=betas)
        defaults = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "amsgrad": amsgrad,
            "maximize": maximize,
            "foreach": foreach,
            "capturable": capturable,
            "differentiable": differentiable,
            "fused": fused,
            "decoupled_weight_decay": decoupled_weight_decay,
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
            if group["amsgrad"]:
                state["max_exp_avg_sq"] = zeros_like(param)
        beta1, beta2 = group["betas"]
        lr, t = float(group["lr"]), count(state)
        root = sqrt(1 - beta2**t)  # taken out of the denominator
        rate, eps = lr * root / (1 - beta1**t), group["eps"] * root
        largest = state["max_exp_avg_sq"]._array if group["amsgrad"] else None
        mean, square = state["exp_avg"]._array, state["exp_avg_sq"]._array

        @blocks(param, grad, mean, square, largest, scratch=2)
        def _(p: Array, g: Array, m: Array, v: Array, top: Array, s: Array, d: Array) -> None:
            g = decayed(p, g, group, lr, out=d)
            move_towards(m, g, 1 - beta1, s)
            move_square(v, g, beta2, s)
            if top is not None:
                v = np.maximum(top, v, out=top)
            np.sqrt(v, out=s)
            s += eps
            np.divide(m, s, out=s)
            s *= rate
            p -= s


class AdamW(Adam):
    """Adam with decoupled weight decay: each step first shrinks the parameter by lr * weight_decay.

    Parameters
    ----------
    params : iterable
        Tensors, (name, Tensor) pairs or parameter groups.
    lr, betas, eps, amsgrad, maximize, foreach, capturable, differentiable, fused
        As for `Adam`.
    weight_decay : float, default 1e-2

    Source: https://arxiv.org/abs/1711.05101,
    https://pytorch.org/docs/stable/generated/torch.optim.AdamW.html

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> x = tg.tensor([1.0, 2.0], requires_grad=True)
    >>> optimizer = tg.optim.AdamW([x], lr=0.1, weight_decay=1.0)
    >>> (x * x).sum().backward()
    >>> optimizer.step()
    >>> x
    tensor([0.8000, 1.7000], requires_grad=True)
    """

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        capturable: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        super().__init__(
            params,
            lr,
            betas,
            eps,
            weight_decay,
            amsgrad,
            foreach=foreach,
            maximize=maximize,
            capturable=capturable,
            differentiable=differentiable,
            fused=fused,
            decoupled_weight_decay=True,
        )
