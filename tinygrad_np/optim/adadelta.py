"""Adadelta: steps as large as the root mean square of the steps before."""

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
    number,
    regularized,
    zeros_like,
)
from tinygrad_np.tensor import Tensor

__all__ = ["Adadelta"]


class Adadelta(Optimizer):
    """Adadelta.

    With gradient g: ``v = rho * v + (1 - rho) * g**2``, ``d = sqrt((u + eps) / (v + eps)) * g``,
    ``u = rho * u + (1 - rho) * d**2`` and ``param -= lr * d``.

    Parameters
    ----------
    params : iterable
        Tensors, (name, Tensor) pairs or parameter groups.
    lr : float or Tensor, default 1.0
        What the steps are multiplied by.
    rho : float, default 0.9
        How much the running means keep of their past.
    eps : float, default 1e-6
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
        For a negative `lr`, `eps` or `weight_decay` and for a `rho` outside of [0, 1]; see
        `Optimizer` for the errors about `params`.

    Source: https://arxiv.org/abs/1212.5701,
    https://pytorch.org/docs/stable/generated/torch.optim.Adadelta.html

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> x = tg.tensor([1.0, 2.0], requires_grad=True)
    >>> optimizer = tg.optim.Adadelta([x], rho=0.75, eps=0.01)
    >>> (x * x).sum().backward()
    >>> optimizer.step()
    >>> x
    tensor([0.8010, 1.8002], requires_grad=True)
    """

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1.0,
        rho: float = 0.9,
        eps: float = 1e-6,
        weight_decay: float = 0,
        foreach: bool | None = None,
        *,
        capturable: bool = False,
        maximize: bool = False,
        differentiable: bool = False,
    ) -> None:
        not_negative(lr=lr, eps=eps, weight_decay=weight_decay)
        if not 0.0 <= rho <= 1.0:
            raise ValueError(f"Invalid rho value: {rho}; it must be between 0 and 1")
        defaults = {
            "lr": lr,
            "rho": rho,
            "eps": eps,
            "weight_decay": weight_decay,
            "maximize": maximize,
            "capturable": capturable,
            "foreach": foreach,
            "differentiable": differentiable,
        }
        super().__init__(params, defaults)

    @elementwise
    def _update(
        self, param: Array, grad: Array, state: dict[str, Any], group: dict[str, Any]
    ) -> None:
        if not state:
            state["step"] = number(0)
            state["square_avg"] = zeros_like(param)
            state["acc_delta"] = zeros_like(param)
        count(state)
        lr, rho, eps = float(group["lr"]), group["rho"], group["eps"]
        arrays = state["square_avg"]._array, state["acc_delta"]._array

        @blocks(param, grad, *arrays, scratch=2)
        def _(p: Array, g: Array, v: Array, u: Array, s: Array, d: Array) -> None:
            g = regularized(p, g, group, out=d)
            move_square(v, g, rho, s)
            np.add(v, eps, out=s)
            np.sqrt(s, out=s)
            np.divide(g, s, out=d)
            np.add(u, eps, out=s)
            np.sqrt(s, out=s)
            d *= s
            move_square(u, d, rho, s)
            d *= lr
            p -= d
