"""SparseAdam: Adam that leaves alone what got no gradient."""

from __future__ import annotations

from math import sqrt
from typing import Any

import numpy as np

from tinygrad_np.optim.optimizer import Optimizer, Params, fractions, not_negative
from tinygrad_np.optim.update import Array, zeros_like
from tinygrad_np.tensor import Tensor

__all__ = ["SparseAdam"]


class SparseAdam(Optimizer):
    """`Adam` for embeddings: only rows with a gradient, and their running means, change.

    Gradients of embeddings are dense here, also with ``sparse=True``: what counts as without a
    gradient is a row of zeros. PyTorch takes sparse gradients only.

    Parameters
    ----------
    params : iterable
        Tensors, (name, Tensor) pairs or parameter groups.
    lr : float or Tensor, default 1e-3
        Learning rate.
    betas : (float, float), default (0.9, 0.999)
        How much the running means of the gradient and its square keep of their past.
    eps : float, default 1e-8
    maximize : bool, default False
        Go up instead of down.

    Raises
    ------
    ValueError
        For an `lr` or `eps` that is not positive and for betas outside of [0, 1); see `Optimizer`
        for the errors about `params`.

    Source: https://pytorch.org/docs/stable/generated/torch.optim.SparseAdam.html

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> table = tg.nn.Embedding.from_pretrained(tg.zeros(3, 2), freeze=False, sparse=True)
    >>> optimizer = tg.optim.SparseAdam(table.parameters(), lr=0.1)
    >>> table(tg.tensor([1, 1])).sum().backward()
    >>> optimizer.step()
    >>> table.weight.detach()
    tensor([[ 0.0000,  0.0000],
            [-0.1000, -0.1000],
            [ 0.0000,  0.0000]])
    """

    _takes_complex = False

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        maximize: bool = False,
    ) -> None:
        not_negative(lr=lr, eps=eps)
        if not lr or not eps:
            raise ValueError(f"SparseAdam: lr and eps must be greater than 0, got {lr} and {eps}")
        fractions(betas=betas)
        super().__init__(params, {"lr": lr, "betas": betas, "eps": eps, "maximize": maximize})

    def _update(
        self, param: Array, grad: Array, state: dict[str, Any], group: dict[str, Any]
    ) -> None:
        if not state:
            state.update(step=0, exp_avg=zeros_like(param), exp_avg_sq=zeros_like(param))
        state["step"] += 1
        t, (beta1, beta2) = state["step"], group["betas"]
        mean, square = state["exp_avg"]._array, state["exp_avg_sq"]._array
        rows = grad.reshape(len(grad), -1).any(1) if grad.ndim else ...
        g = -grad[rows] if group["maximize"] else grad[rows]
        mean[rows] += (1 - beta1) * (g - mean[rows])
        square[rows] += (1 - beta2) * (g * g - square[rows])
        rate = float(group["lr"]) * sqrt(1 - beta2**t) / (1 - beta1**t)
        param[rows] -= rate * mean[rows] / (np.sqrt(square[rows]) + group["eps"])
