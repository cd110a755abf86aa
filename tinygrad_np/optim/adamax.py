"""Adamax: Adam with the largest recent gradient in place of the root mean square."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_np.optim.flat import elementwise
from tinygrad_np.optim.optimizer import Optimizer, Params, fractions, not_negative
from tinygrad_np.optim.update import (
    Array,
    blocks,
    count,
    move_towards,
    number,
    regularized,
    zeros_like,
)
from tinygrad_np.tensor import Tensor

__all__ = ["Adamax"]


class Adamax(Optimizer):
    """Adamax.

    With gradient g in step t: ``m = b1 * m + (1 - b1) * g``, ``u = max(b2 * u, abs(g) + eps)`` and
    ``param -= lr / (1 - b1**t) * m / u``.

    Parameters
    ----------
    params : iterable
        Tensors, (name, Tensor) pairs or parameter groups.
    lr : float or Tensor, default 2e-3
        Learning rate.
    betas : (float, float), default (0.9, 0.999)
        How much the running mean and the maximum keep of their past, b1 and b2.
    eps : float, default 1e-8
    weight_decay : float, default 0
        This much of the parameter is added to its gradient.
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

    Source: https://arxiv.org/abs/1412.6980, section 7.1,
    https://pytorch.org/docs/stable/generated/torch.optim.Adamax.html

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> x = tg.tensor([1.0, 2.0], requires_grad=True)
    >>> optimizer = tg.optim.Adamax([x], lr=0.1)
    >>> (x * x).sum().backward()
    >>> optimizer.step()
    >>> x
    tensor([0.9000, 1.9000], requires_grad=True)
    """

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        foreach: bool | None = None,
        *,
        maximize: bool = False,
        differentiable: bool = False,
        capturable: bool = False,
    ) -> None:
        not_negative(lr=lr, eps=eps, weight_decay=weight_decay)
        fractions(betas=betas)
        defaults = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
            "capturable": capturable,
        }
        super().__init__(params, defaults)

    @elementwise
    def _update(
        self, param: Array, grad: Array, state: dict[str, Any], group: dict[str, Any]
    ) -> None:
        if not state:
            state["step"] = number(0)
            state["exp_avg"] = zeros_like(param)
            state["exp_inf"] = zeros_like(param)
        beta1, beta2 = group["betas"]
        rate, eps = float(group["lr"]) / (1 - beta1 ** count(state)), group["eps"]
        arrays = state["exp_avg"]._array, state["exp_inf"]._array

        @blocks(param, grad, *arrays, scratch=2)
        def _(p: Array, g: Array, m: Array, u: Array, s: Array, d: Array) -> None:
            g = regularized(p, g, group, out=d)
            move_towards(m, g, 1 - beta1, s)
            np.abs(g, out=s)
            s += eps
            u *= beta2
            np.maximum(u, s, out=u)
            np.divide(m, u, out=s)
            s *= rate
            p -= s
