"""Averaged stochastic gradient descent: beside the parameter, the mean of what it was."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_np.optim.flat import elementwise
from tinygrad_np.optim.optimizer import Optimizer, Params, not_negative
from tinygrad_np.optim.update import Array, blocks, count, number, regularized, zeros_like
from tinygrad_np.tensor import Tensor

__all__ = ["ASGD"]


class ASGD(Optimizer):
    """Stochastic gradient descent that averages.

    With gradient g in step t: ``param = param * (1 - lambd * eta) - eta * g``, where eta is ``lr``
    at first and ``lr / (1 + lambd * lr * t) ** alpha`` then. ``state[param]["ax"]`` is the mean of
    the parameter from step `t0` on.

    Parameters
    ----------
    params : iterable
        Tensors, (name, Tensor) pairs or parameter groups.
    lr : float or Tensor, default 1e-2
    lambd : float, default 1e-4
        The decay.
    alpha : float, default 0.75
        How fast eta falls.
    t0 : float, default 1e6
        The step that averaging begins at.
    weight_decay : float, default 0
        This much of the parameter is added to its gradient.
    maximize : bool, default False
        Go up instead of down.
    foreach : bool, optional
    capturable : bool, default False
        Accepted for PyTorch's sake, without effect, both.
    differentiable : bool, default False
        Only False is supported.

    Raises
    ------
    ValueError
        For a negative `lr` or `weight_decay`; see `Optimizer` for the errors about `params`.

    Source: B. T. Polyak, A. B. Juditsky, Acceleration of Stochastic Approximation by Averaging,
    1992, https://pytorch.org/docs/stable/generated/torch.optim.ASGD.html

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> x = tg.tensor([1.0, 2.0], requires_grad=True)
    >>> optimizer = tg.optim.ASGD([x], lr=0.1, lambd=0)
    >>> (x * x).sum().backward()
    >>> optimizer.step()
    >>> x
    tensor([0.8000, 1.6000], requires_grad=True)
    """

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-2,
        lambd: float = 1e-4,
        alpha: float = 0.75,
        t0: float = 1e6,
        weight_decay: float = 0,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
        capturable: bool = False,
    ) -> None:
        not_negative(lr=lr, weight_decay=weight_decay)
        defaults = {
            "lr": lr,
            "lambd": lambd,
            "alpha": alpha,
            "t0": t0,
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
        lr, lambd = float(group["lr"]), group["lambd"]
        if not state:
            state.update(step=number(0), eta=number(lr), mu=number(1), ax=zeros_like(param))
        t, eta, share = count(state), float(state["eta"]), float(state["mu"])

        @blocks(param, grad, state["ax"]._array)
        def _(p: Array, g: Array, mean: Array, s: Array) -> None:
            g = regularized(p, g, group, out=s)
            p *= 1 - lambd * eta
            p -= np.multiply(g, eta, out=s)
            if share == 1:
                mean[...] = p
            else:
                np.subtract(p, mean, out=s)
                s *= share
                mean += s

        # rounded to float32 also where they are of float64, since they were loaded
        state["eta"]._array[...] = np.float32(lr / (1 + lambd * lr * t) ** group["alpha"])
        state["mu"]._array[...] = np.float32(1 / max(1, t - group["t0"]))
