"""Muon: steps whose directions are all of about one length."""

from __future__ import annotations

from math import sqrt
from typing import Any

import numpy as np

from tinygrad_np.optim.optimizer import Optimizer, Params, not_negative
from tinygrad_np.optim.update import Array, zeros_like

__all__ = ["Muon"]


class Muon(Optimizer):
    """Muon: momentum, brought near to an orthogonal matrix by Newton and Schulz's iteration.

    For the matrices of hidden layers; take `AdamW` for embeddings, biases and the last layer.
    The iteration is computed in float32, where PyTorch's is in bfloat16: steps agree to about two
    digits.

    Parameters
    ----------
    params : iterable
        Tensors of two dimensions, (name, Tensor) pairs or parameter groups.
    lr : float, default 1e-3
    weight_decay : float, default 0.1
        Each step first shrinks the parameter by ``lr * weight_decay``.
    momentum : float, default 0.95
    nesterov : bool, default True
    ns_coefficients : (float, float, float), default (3.4445, -4.775, 2.0315)
        Each round of the iteration maps singular values s to ``a*s + b*s**3 + c*s**5``.
    eps : float, default 1e-7
        The smallest norm to divide by.
    ns_steps : int, default 5
        Rounds; below 100.
    adjust_lr_fn : {"original", "match_rms_adamw"}, optional
        How the learning rate goes with a matrix (n, m): times ``sqrt(max(1, n / m))``, unless
        given, or ``0.2 * sqrt(max(n, m))``.

    Raises
    ------
    ValueError
        For a negative `lr`, `momentum` or `weight_decay`, another `adjust_lr_fn`, `ns_steps` of
        100 or more, and parameters that are not matrices; see `Optimizer` for other errors about
        `params`.

    Source: K. Jordan, https://kellerjordan.github.io/posts/muon/,
    https://pytorch.org/docs/stable/generated/torch.optim.Muon.html

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> x = tg.tensor([[1.0, 0.0], [0.0, 1.0]], requires_grad=True)
    >>> optimizer = tg.optim.Muon([x], lr=0.1)
    >>> (x * x).sum().backward()
    >>> optimizer.step()
    >>> bool((x.detach().diagonal() < 0.95).all())
    True
    """

    _takes_complex = False

    def __init__(
        self,
        params: Params,
        lr: float = 1e-3,
        weight_decay: float = 0.1,
        momentum: float = 0.95,
        nesterov: bool = True,
        ns_coefficients: tuple[float, float, float] = (3.4445, -4.775, 2.0315),
        eps: float = 1e-7,
        ns_steps: int = 5,
        adjust_lr_fn: str | None = None,
    ) -> None:
        not_negative(lr=lr, momentum=momentum, weight_decay=weight_decay)
        if adjust_lr_fn not in (None, "original", "match_rms_adamw"):
            raise ValueError(
                f"Adjust learning rate function {adjust_lr_fn} is not supported: expected "
                "'original' or 'match_rms_adamw'"
            )
        if ns_steps >= 100:
            raise ValueError(f"Number of steps must be less than 100, got ns_steps={ns_steps}")
        if len(ns_coefficients) != 3:
            raise ValueError(f"Coefficients must be exactly 3 values, got {ns_coefficients}")
        defaults = {
            "lr": lr,
            "weight_decay": weight_decay,
            "momentum": momentum,
            "nesterov": nesterov,
            "ns_coefficients": ns_coefficients,
            "eps": eps,
            "ns_steps": ns_steps,
            "adjust_lr_fn": adjust_lr_fn,
        }
        super().__init__(params, defaults)
        for group in self.param_groups:
            for param in group["params"]:
                if param.ndim != 2:
                    raise ValueError(
                        "Muon only supports 2D parameters whereas we found a parameter with size: "
                        f"{list(param.shape)}"
                    )

    def _update(
        self, param: Array, grad: Array, state: dict[str, Any], group: dict[str, Any]
    ) -> None:
        if not state:
            state["momentum_buffer"] = zeros_like(param)
        mean, keep = state["momentum_buffer"]._array, group["momentum"]
        mean += (1 - keep) * (grad - mean)
        ahead = grad + keep * (mean - grad) if group["nesterov"] else mean
        lr, (n, m) = float(group["lr"]), param.shape
        adamw = group["adjust_lr_fn"] == "match_rms_adamw"
        rate = lr * (0.2 * sqrt(max(n, m)) if adamw else sqrt(max(1, n / m)))
        direction = _orthogonal(ahead, group["ns_coefficients"], group["ns_steps"], group["eps"])
        param *= 1 - lr * group["weight_decay"]
        param -= (rate * direction).astype(param.dtype, copy=False)


def _orthogonal(a: Array, coefficients: Any, steps: int, eps: float) -> Array:
    """A matrix with the singular vectors of `a`, and singular values near 1."""
    tall = a.shape[0] > a.shape[1]
    x: Array = (a.T if tall else a).astype(np.float32)
    x = x / max(float(np.linalg.norm(x)), eps)
    first, third, fifth = (np.float32(c) for c in coefficients)
    for _ in range(steps):
        gram = x @ x.T
        x = first * x + (third * gram + fifth * (gram @ gram)) @ x
    return x.T if tall else x
