"""Adafactor: the squares of a matrix's gradient, remembered by row and by column alone."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_np.optim.optimizer import Optimizer, Params, not_negative
from tinygrad_np.optim.update import Array, count, number, zeros_like
from tinygrad_np.tensor import Tensor

__all__ = ["Adafactor"]


class Adafactor(Optimizer):
    """Adafactor: steps relative to the parameter, with running means of rows and columns.

    With gradient g in step t, R and C the running means of ``g**2`` over columns and over rows,
    which move by ``t**beta2_decay``: ``v = R @ C / mean(R)``, ``u = g / sqrt(v)`` and
    ``param -= rho * u / max(1, rms(u) / d)``, where rho is ``min(lr, 1 / sqrt(t))`` times the root
    mean square of the parameter. A vector has a running mean of its own ``g**2`` as v.

    Parameters
    ----------
    params : iterable
        Tensors, (name, Tensor) pairs or parameter groups.
    lr : float or Tensor, default 1e-2
        The largest share of a parameter's size that a step takes.
    beta2_decay : float, default -0.8
    eps : (float or None, float), default (None, 1e-3)
        The smallest root of v, the dtype's precision unless given, and the smallest size of a
        parameter.
    d : float, default 1.0
        The largest root mean square of u.
    weight_decay : float, default 0
        Each step first shrinks the parameter by ``lr * weight_decay``.
    foreach : bool, optional
        Accepted for PyTorch's sake, without effect.
    maximize : bool, default False
        Go up instead of down.

    Raises
    ------
    ValueError
        For a negative `lr`, `eps` or `weight_decay`, a positive `beta2_decay` and a `d` below 1;
        see `Optimizer` for the errors about `params`.

    Source: https://arxiv.org/abs/1804.04235,
    https://pytorch.org/docs/stable/generated/torch.optim.Adafactor.html

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> x = tg.tensor([1.0, -1.0], requires_grad=True)
    >>> optimizer = tg.optim.Adafactor([x], lr=0.1)
    >>> (x * x).sum().backward()
    >>> optimizer.step()
    >>> x
    tensor([ 0.9000, -0.9000], requires_grad=True)
    """

    _takes_complex = False

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-2,
        beta2_decay: float = -0.8,
        eps: tuple[float | None, float] = (None, 1e-3),
        d: float = 1.0,
        weight_decay: float = 0.0,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
    ) -> None:
        not_negative(lr=lr, epsilon1=eps[0] or 0.0, epsilon2=eps[1], weight_decay=weight_decay)
        if not beta2_decay <= 0:
            raise ValueError(f"beta2_decay should be <= 0 but is: {beta2_decay}")
        if not d >= 1:
            raise ValueError(f"Clipping threshold d should be >= 1 but is: {d}")
        defaults = {
            "lr": lr,
            "beta2_decay": beta2_decay,
            "eps": eps,
            "d": d,
            "weight_decay": weight_decay,
            "foreach": foreach,
            "maximize": maximize,
        }
        super().__init__(params, defaults)

    def _update(
        self, param: Array, grad: Array, state: dict[str, Any], group: dict[str, Any]
    ) -> None:
        if not state:
            state["step"] = number(0)
            if param.ndim > 1:
                state["row_var"] = zeros_like(grad[..., :1])
                state["col_var"] = zeros_like(grad[..., :1, :])
            else:
                state["variance"] = zeros_like(param)
        t, lr = count(state), float(group["lr"])
        smallest, least = group["eps"]
        if smallest is None:
            smallest = float(np.finfo(param.dtype).eps)
        share = t ** group["beta2_decay"]
        rho = min(lr, t**-0.5) * max(least, _rms(param))
        if group["weight_decay"]:
            param *= 1 - lr * group["weight_decay"]
        square = grad * grad
        if param.ndim > 1:
            row, column = state["row_var"]._array, state["col_var"]._array
            row += share * (square.mean(-1, keepdims=True) - row)
            column += share * (square.mean(-2, keepdims=True) - column)
            v = row @ column / np.maximum(row.mean(-2, keepdims=True), smallest)
        else:
            v = state["variance"]._array
            v += share * (square - v)
        u = grad / np.sqrt(np.maximum(v, smallest**2))
        step = rho / max(1.0, _rms(u) / group["d"])
        param += (step if group["maximize"] else -step) * u


def _rms(a: Array) -> float:
    """The root of the mean square."""
    return float(np.linalg.norm(a) / max(a.size, 1) ** 0.5)
