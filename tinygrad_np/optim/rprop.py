"""Resilient propagation: steps that only the signs of the gradient decide."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_np.optim.flat import elementwise
from tinygrad_np.optim.optimizer import Optimizer, Params, not_negative
from tinygrad_np.optim.update import Array, blocks, count, number, zeros_like
from tinygrad_np.tensor import Tensor

__all__ = ["Rprop"]


class Rprop(Optimizer):
    """Resilient propagation.

    Each number has a step of its own, which grows while its gradient keeps its sign, and shrinks
    when that changes: then the number stays for this once. For gradients of all the data, not of
    batches.

    Parameters
    ----------
    params : iterable
        Tensors, (name, Tensor) pairs or parameter groups.
    lr : float or Tensor, default 1e-2
        The first step.
    etas : (float, float), default (0.5, 1.2)
        What steps shrink and grow by.
    step_sizes : (float, float), default (1e-6, 50)
        The smallest and the largest.
    maximize : bool, default False
        Go up instead of down.
    capturable : bool, default False
    foreach : bool, optional
        Accepted for PyTorch's sake, without effect, both.
    differentiable : bool, default False
        Only False is supported.

    Raises
    ------
    ValueError
        For a negative `lr`, and etas that are not below and above 1; see `Optimizer` for the
        errors about `params`.

    Source: M. Riedmiller, H. Braun, A Direct Adaptive Method for Faster Backpropagation Learning,
    1993, https://pytorch.org/docs/stable/generated/torch.optim.Rprop.html

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> x = tg.tensor([1.0, -2.0], requires_grad=True)
    >>> optimizer = tg.optim.Rprop([x], lr=0.1)
    >>> (x * x).sum().backward()
    >>> optimizer.step()
    >>> x
    tensor([ 0.9000, -1.9000], requires_grad=True)
    """

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-2,
        etas: tuple[float, float] = (0.5, 1.2),
        step_sizes: tuple[float, float] = (1e-6, 50),
        *,
        capturable: bool = False,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
    ) -> None:
        not_negative(lr=lr)
        if not 0.0 < etas[0] < 1.0 < etas[1]:
            raise ValueError(f"Invalid eta values: {etas[0]}, {etas[1]}")
        defaults = {
            "lr": lr,
            "etas": etas,
            "step_sizes": step_sizes,
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
            first = Tensor._make(np.full_like(param, float(group["lr"])))
            state.update(step=number(0), prev=zeros_like(param), step_size=first)
        count(state)
        (shrink, grow), (low, high) = group["etas"], group["step_sizes"]
        up = group["maximize"]

        @blocks(param, grad, state["prev"]._array, state["step_size"]._array)
        def _(p: Array, g: Array, before: Array, step: Array, s: Array) -> None:
            before *= np.negative(g, out=s) if up else g
            turned = before < 0
            np.multiply(step, grow, out=step, where=before > 0)
            np.multiply(step, shrink, out=step, where=turned)
            np.clip(step, low, high, out=step)
            before[...] = s if up else g
            before[turned] = 0
            np.sign(before, out=s)
            s *= step
            p -= s
