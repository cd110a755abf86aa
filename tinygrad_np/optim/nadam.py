"""NAdam: Adam with Nesterov's momentum."""

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

__all__ = ["NAdam"]


class NAdam(Optimizer):
    """NAdam.

    As `Adam`, but the step looks ahead: in place of m / (1 - b1**t) it takes
    ``u' * m / (1 - U * u') + (1 - u) * g / (1 - U)``, with ``u = b1 * (1 - 0.96**(t *
    momentum_decay) / 2)``, u' the same of the next step, and U the product of all u so far.

    Parameters
    ----------
    params : iterable
        Tensors, (name, Tensor) pairs or parameter groups.
    lr : float or Tensor, default 2e-3
        Learning rate.
    betas : (float, float), default (0.9, 0.999)
        How much the running means keep of their past, b1 and b2.
    eps : float, default 1e-8
    weight_decay : float, default 0
        This much of the parameter is added to its gradient.
    momentum_decay : float, default 4e-3
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
        For a negative `lr`, `eps`, `weight_decay` or `momentum_decay` and for betas outside of
        [0, 1); see `Optimizer` for the errors about `params`.

    Source: https://openreview.net/forum?id=OM0jvwB8jIp57ZJjtNEZ,
    https://pytorch.org/docs/stable/generated/torch.optim.NAdam.html

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> x = tg.tensor([1.0, 2.0], requires_grad=True)
    >>> optimizer = tg.optim.NAdam([x], lr=0.1)
    >>> (x * x).sum().backward()
    >>> optimizer.step()
    >>> x
    tensor([0.8944, 1.8944], requires_grad=True)
    """

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum_decay: float = 4e-3,
        decoupled_weight_decay: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
    ) -> None:
        not_negative(lr=lr, eps=eps, weight_decay=weight_decay, momentum_decay=momentum_decay)
        fractions(betas=betas)
        defaults = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "momentum_decay": momentum_decay,
            "decoupled_weight_decay": decoupled_weight_decay,
            "maximize": maximize,
            "foreach": foreach,
            "capturable": capturable,
            "differentiable": differentiable,
        }
        super().__init__(params, defaults)

    @elementwise
    def _update(
        self, param: Array, grad: Array, state: dict[str, Any], group: dict[str, Any]
    ) -> None:
        if not state:
            state["step"] = number(0)
            state["mu_product"] = number(1)
            state["exp_avg"] = zeros_like(param)
            state["exp_avg_sq"] = zeros_like(param)
        beta1, beta2 = group["betas"]
        lr, t, decay = float(group["lr"]), count(state), group["momentum_decay"]
        now, ahead = (beta1 * (1 - 0.5 * 0.96 ** (n * decay)) for n in (t, t + 1))
        product = state["mu_product"]._array
        product *= now
        grad_rate = lr * (1 - now) / (1 - product.item())
        mean_rate = lr * ahead / (1 - product.item() * ahead)
        root, eps = sqrt(1 - beta2**t), group["eps"]
        arrays = state["exp_avg"]._array, state["exp_avg_sq"]._array

        @blocks(param, grad, *arrays, scratch=2)
        def _(p: Array, g: Array, m: Array, v: Array, s: Array, d: Array) -> None:
            g = decayed(p, g, group, lr, out=d)
            move_towards(m, g, 1 - beta1, s)
            move_square(v, g, beta2, s)
            np.sqrt(v, out=s)
            s /= root
            s += eps
            np.multiply(g, grad_rate, out=d)
            d /= s
            p -= d
            np.multiply(m, mean_rate, out=d)
            d /= s
            p -= d
