"""Adagrad: the gradient divided by the root of the sum of all its squares so far."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_np.optim.flat import elementwise
from tinygrad_np.optim.optimizer import Optimizer, Params, not_negative
from tinygrad_np.optim.update import Array, blocks, count, number, regularized
from tinygrad_np.tensor import Tensor

__all__ = ["Adagrad"]


class Adagrad(Optimizer):
    """Adagrad.

    With gradient g in step t: ``v = v + g**2`` and ``param -= lr / (1 + (t - 1) * lr_decay) * g /
    (sqrt(v) + eps)``.

    Parameters
    ----------
    params : iterable
        Tensors, (name, Tensor) pairs or parameter groups.
    lr : float or Tensor, default 1e-2
        Learning rate.
    lr_decay : float, default 0
    weight_decay : float, default 0
        This much of the parameter is added to its gradient.
    initial_accumulator_value : float, default 0
        What v is at first.
    eps : float, default 1e-10
    maximize : bool, default False
        Go up instead of down.
    foreach, fused : bool, optional
        Accepted for PyTorch's sake, without effect.
    differentiable : bool, default False
        Only False is supported.

    Raises
    ------
    ValueError
        For a negative `lr`, `lr_decay`, `weight_decay`, `initial_accumulator_value` or `eps`; see
        `Optimizer` for the errors about `params`.

    Source: https://jmlr.org/papers/v12/duchi11a.html,
    https://pytorch.org/docs/stable/generated/torch.optim.Adagrad.html

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> x = tg.tensor([1.0, 2.0], requires_grad=True)
    >>> optimizer = tg.optim.Adagrad([x], lr=0.1)
    >>> (x * x).sum().backward()
    >>> optimizer.step()
    >>> x
    tensor([0.9000, 1.9000], requires_grad=True)
    """

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-2,
        lr_decay: float = 0,
        weight_decay: float = 0,
        initial_accumulator_value: float = 0,
        eps: float = 1e-10,
        foreach: bool | None = None,
        *,
        maximize: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        not_negative(
            lr=lr,
            lr_decay=lr_decay,
            weight_decay=weight_decay,
            initial_accumulator_value=initial_accumulator_value,
            eps=eps,
        )
        defaults = {
            "lr": lr,
            "lr_decay": lr_decay,
            "eps": eps,
            "weight_decay": weight_decay,
            "initial_accumulator_value": initial_accumulator_value,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
            "fused": fused,
        }
        super().__init__(params, defaults)

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        super().add_param_group(param_group)
        group = self.param_groups[-1]
        for param in group["params"]:
            self.state[param] = _begun(param._array, group)

    @elementwise
    def _update(
        self, param: Array, grad: Array, state: dict[str, Any], group: dict[str, Any]
    ) -> None:
        if not state:  # a user cleared it
            state.update(_begun(param, group))
        rate = float(group["lr"]) / (1 + (count(state) - 1) * group["lr_decay"])
        eps = group["eps"]

        @blocks(param, grad, state["sum"]._array, scratch=2)
        def _(p: Array, g: Array, v: Array, s: Array, d: Array) -> None:
            g = regularized(p, g, group, out=d)
            v += np.multiply(g, g, out=s)
            np.sqrt(v, out=s)
            s += eps
            np.divide(g, s, out=s)
            s *= rate
            p -= s


def _begun(param: Array, group: dict[str, Any]) -> dict[str, Any]:
    """What is remembered of a parameter before the first step."""
    value = group["initial_accumulator_value"]
    start = np.full_like(param, value * (1 + 1j) if param.dtype.kind == "c" else value)
    return {"step": number(0), "sum": Tensor._make(start)}
