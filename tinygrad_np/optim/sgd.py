"""SGD: gradient descent, with momentum."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_np.optim.flat import elementwise
from tinygrad_np.optim.optimizer import Optimizer, Params, not_negative
from tinygrad_np.optim.update import Array, blocks, regularized
from tinygrad_np.tensor import Tensor

__all__ = ["SGD"]


class SGD(Optimizer):
    """Stochastic gradient descent.

    With momentum m, dampening d and gradient g: ``b = m * b + (1 - d) * g`` (``b = g`` in the
    first step), ``param -= lr * b``; with Nesterov's momentum ``param -= lr * (g + m * b)``.

    Parameters
    ----------
    params : iterable
        Tensors, (name, Tensor) pairs or parameter groups.
    lr : float or Tensor, default 1e-3
        Learning rate.
    momentum, dampening : float, default 0
    weight_decay : float, default 0
        This much of the parameter is added to its gradient.
    nesterov : bool, default False
    maximize : bool, default False
        Go up instead of down.
    foreach, fused : bool, optional
        Accepted for PyTorch's sake, without effect.
    differentiable : bool, default False
        Only False is supported.

    Raises
    ------
    ValueError
        For a negative `lr`, `momentum` or `weight_decay`, and for `nesterov` without momentum or
        with dampening; see `Optimizer` for the errors about `params`.

    Source: https://pytorch.org/docs/stable/generated/torch.optim.SGD.html

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> x = tg.tensor([1.0, 2.0], requires_grad=True)
    >>> optimizer = tg.optim.SGD([x], lr=0.1)
    >>> (x * x).sum().backward()
    >>> optimizer.step()
    >>> x
    tensor([0.8000, 1.6000], requires_grad=True)
    """

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-3,
        momentum: float = 0,
        dampening: float = 0,
        weight_decay: float | Tensor = 0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        not_negative(lr=lr, momentum=momentum, weight_decay=weight_decay)
        if nesterov and (momentum <= 0 or dampening != 0):
            raise ValueError(
                "Nesterov momentum requires a momentum and zero dampening, "
                f"got momentum={momentum}, dampening={dampening}"
            )
        defaults = {
            "lr": lr,
            "momentum": momentum,
            "dampening": dampening,
            "weight_decay": weight_decay,
            "nesterov": nesterov,
            "maximize": maximize,
            "foreach": foreach,
            "differentiable": differentiable,
            "fused": fused,
        }
        super().__init__(params, defaults)

    @elementwise
    def _update(
        self, param: Array, grad: Array, state: dict[str, Any], group: dict[str, Any]
    ) -> None:
        lr, momentum, damped = float(group["lr"]), group["momentum"], 1 - group["dampening"]
        buffer, first = None, False
        if momentum:
            first = state.get("momentum_buffer") is None
            if first:
                state["momentum_buffer"] = Tensor._make(np.empty_like(param))
            buffer = state["momentum_buffer"]._array
        more = group["nesterov"] or damped != 1

        @blocks(param, grad, buffer, scratch=1 + more)
        def _(p: Array, g: Array, b: Array, s: Array, *t: Array) -> None:
            d = regularized(p, g, group, s)
            if momentum:
                if first:
                    b[...] = d
                else:
                    b *= momentum
                    b += d if damped == 1 else np.multiply(d, damped, out=t[0])
                d = np.add(d, np.multiply(b, momentum, out=t[0]), out=s) if group["nesterov"] else b
            p -= np.multiply(d, lr, out=s)
