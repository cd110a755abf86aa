"""RMSprop: the gradient divided by the root of a running mean of its square."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_np.optim.flat import elementwise
from tinygrad_np.optim.optimizer import Optimizer, Params, not_negative
from tinygrad_np.optim.update import (
    Array,
    blocks,
    count,
    move_square,
    move_towards,
    number,
    regularized,
    zeros_like,
)
from tinygrad_np.tensor import Tensor

__all__ = ["RMSprop"]


class RMSprop(Optimizer):
    """RMSprop, with momentum, and centered if wanted.

    With gradient g: ``v = alpha * v + (1 - alpha) * g**2``, ``b = momentum * b + g / (sqrt(v) +
    eps)`` and ``param -= lr * b``.

    Parameters
    ----------
    params : iterable
        Tensors, (name, Tensor) pairs or parameter groups.
    lr : float or Tensor, default 1e-2
        Learning rate.
    alpha : float, default 0.99
        How much the running mean keeps of its past.
    eps : float, default 1e-8
    weight_decay : float, default 0
        This much of the parameter is added to its gradient.
    momentum : float, default 0
    centered : bool, default False
        Divide by the running standard deviation: v less the square of the gradient's running mean.
    maximize : bool, default False
        Go up instead of down.
    foreach, capturable : bool, optional
        Accepted for PyTorch's sake, without effect.
    differentiable : bool, default False
        Only False is supported.

    Raises
    ------
    ValueError
        For a negative `lr`, `eps`, `momentum`, `weight_decay` or `alpha`; see `Optimizer` for
        the errors about `params`.

    Source: https://pytorch.org/docs/stable/generated/torch.optim.RMSprop.html

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> x = tg.tensor([1.0, 2.0], requires_grad=True)
    >>> optimizer = tg.optim.RMSprop([x], lr=0.1, alpha=0.75)
    >>> (x * x).sum().backward()
    >>> optimizer.step()
    >>> x
    tensor([0.8000, 1.8000], requires_grad=True)
    """

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum: float = 0,
        centered: bool = False,
        capturable: bool = False,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
    ) -> None:
        not_negative(lr=lr, eps=eps, momentum=momentum, weight_decay=weight_decay, alpha=alpha)
        defaults = {
            "lr": lr,
            "momentum": momentum,
            "alpha": alpha,
            "eps": eps,
            "centered": centered,
            "weight_decay": weight_decay,
            "capturable": capturable,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
        }
        super().__init__(params, defaults)

    @elementwise
    def _update(
        self, param: Array, grad: Array, state: dict[str, Any], group: dict[str, Any]
    ) -> None:
        momentum, centered = group["momentum"], group["centered"]
        if not state:
            state["step"] = number(0)
            state["square_avg"] = zeros_like(param)
            if momentum > 0:
                state["momentum_buffer"] = zeros_like(param)
            if centered:
                state["grad_avg"] = zeros_like(param)
        count(state)
        lr, alpha, eps = float(group["lr"]), group["alpha"], group["eps"]
        square = state["square_avg"]._array
        buffer = state["momentum_buffer"]._array if momentum > 0 else None
        mean = state["grad_avg"]._array if centered else None

        @blocks(param, grad, square, buffer, mean, scratch=2)
        def _(p: Array, g: Array, v: Array, b: Array, m: Array, s: Array, d: Array) -> None:
            g = regularized(p, g, group, out=d)
            move_square(v, g, alpha, s)
            if centered:
                move_towards(m, g, 1 - alpha, s)
                np.multiply(m, m, out=s)
                v = np.subtract(v, s, out=s)
            np.sqrt(v, out=s)
            s += eps
            np.divide(g, s, out=s)
            if momentum > 0:
                b *= momentum
                b += s
                np.multiply(b, lr, out=s)
            else:
                s *= lr
            p -= s
