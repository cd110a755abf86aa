"""L-BFGS: steps of a quasi-Newton method that remembers only its last few steps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tinygrad_np.kernels.silence import silent
from tinygrad_np.optim.line_search import strong_wolfe
from tinygrad_np.optim.optimizer import Optimizer, Params, not_negative
from tinygrad_np.optim.parts import apart
from tinygrad_np.optim.update import Array
from tinygrad_np.tape.grad_mode import enable_grad
from tinygrad_np.tape.graph import make
from tinygrad_np.tensor import Tensor

__all__ = ["LBFGS"]


class LBFGS(Optimizer):
    """L-BFGS: Newton's method with an inverse Hessian estimated from the last steps.

    One `step` makes up to `max_iter` iterations and calls its closure in each, several times with
    a line search. All parameters are one vector: there is one group.

    Parameters
    ----------
    params : iterable
        Tensors, or (name, Tensor) pairs.
    lr : float, default 1
        The length of a step, in terms of Newton's; where a line search begins.
    max_iter : int, default 20
        Iterations in a step.
    max_eval : int, optional
        Calls of the closure in a step; ``max_iter * 5 // 4`` unless given.
    tolerance_grad : float, default 1e-7
        It ends when no element of the gradient is larger.
    tolerance_change : float, default 1e-9
        It ends when neither the loss nor a parameter changes by more.
    history_size : int, default 100
        How many steps are remembered; each takes twice the memory of the parameters.
    line_search_fn : {None, 'strong_wolfe'}
        Steps of length `lr`, or of a length that meets the strong Wolfe conditions.

    Raises
    ------
    ValueError
        For a negative `lr`, and for more than one parameter group; see `Optimizer` for others.

    Source: Nocedal and Wright, "Numerical Optimization", algorithms 7.4, 3.5 and 3.6;
    https://pytorch.org/docs/stable/generated/torch.optim.LBFGS.html

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> x = tg.tensor([1.0, 2.0], requires_grad=True)
    >>> optimizer = tg.optim.LBFGS([x], line_search_fn="strong_wolfe")
    >>> def closure():
    ...     optimizer.zero_grad()
    ...     loss = ((x - 3) ** 4).sum()
    ...     loss.backward()
    ...     return loss
    >>> optimizer.step(closure)
    tensor(17., grad_fn=<SumBackward0>)
    >>> closure().item() < 1e-5
    True
    """

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1,
        max_iter: int = 20,
        max_eval: int | None = None,
        tolerance_grad: float = 1e-7,
        tolerance_change: float = 1e-9,
        history_size: int = 100,
        line_search_fn: str | None = None,
    ) -> None:
        not_negative(lr=lr)
        if line_search_fn not in (None, "strong_wolfe"):
            raise RuntimeError(f"only 'strong_wolfe' is supported, got {line_search_fn!r}")
        super().__init__(
            params,
            {
                "lr": lr,
                "max_iter": max_iter,
                "max_eval": max_iter * 5 // 4 if max_eval is None else max_eval,
                "tolerance_grad": tolerance_grad,
                "tolerance_change": tolerance_change,
                "history_size": history_size,
                "line_search_fn": line_search_fn,
            },
        )
        if len(self.param_groups) != 1:
            raise ValueError("LBFGS doesn't support per-parameter options (parameter groups)")

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Make up to `max_iter` iterations.

        Parameters
        ----------
        closure : callable
            Computes the loss and its gradients anew, and returns the loss.

        Returns
        -------
        Tensor
            What the closure returned at first.
        """
        if closure is None:
            raise TypeError("LBFGS.step() needs a closure that computes the loss and its gradients")
        group = self.param_groups[0]
        params: list[Tensor] = group["params"]
        state = self.state[params[0]]  # all of it with the first parameter, as in PyTorch
        state.setdefault("func_evals", 0)
        state.setdefault("n_iter", 0)
        lr, tolerance = float(group["lr"]), group["tolerance_change"]
        calls = 0

        def evaluate() -> tuple[Any, Array]:
            nonlocal calls
            calls += 1
            state["func_evals"] += 1
            with enable_grad():
                loss = closure()
            return loss, _gradient(params)

        first, grad = evaluate()
        loss = float(first)
        if np.abs(grad).max() <= group["tolerance_grad"]:
            return first
        for iteration in range(1, group["max_iter"] + 1):
            state["n_iter"] += 1
            direction = silent.run(_direction, state, grad, group["history_size"])
            length = lr
            if state["n_iter"] == 1:
                length *= min(1.0, 1.0 / np.abs(grad).sum())
            before, slope = loss, grad @ direction
            state.update(d=make(direction), prev_flat_grad=make(grad), prev_loss=loss)
            state["t"] = length
            if slope > -tolerance:
                break
            start = [apart(p._array).copy() for p in params]
            if group["line_search_fn"] is None:
                _move(params, start, length, direction)
                if iteration < group["max_iter"]:  # the next step's first call does it otherwise
                    value, grad = evaluate()
                    loss = float(value)
            else:

                def at(t: Any) -> tuple[float, Array]:
                    _move(params, start, t, direction)  # noqa: B023
                    value, grad = evaluate()
                    return float(value), grad

                length, loss, grad = strong_wolfe(
                    at, length, direction, loss, grad, slope, group["max_eval"] - calls
                )
                _move(params, start, length, direction)
                state["t"] = length
            if (
                iteration == group["max_iter"]
                or calls >= group["max_eval"]
                or np.abs(grad).max() <= group["tolerance_grad"]
                or np.abs(direction * length).max() <= tolerance
                or abs(loss - before) < tolerance
            ):
                break
        return first


def _gradient(params: list[Tensor]) -> Array:
    """All gradients as one vector, 0 for a parameter without one."""
    grads = [np.zeros_like(p._array) if p._grad is None else p._grad._array for p in params]
    return np.concatenate([apart(g).reshape(-1) for g in grads])


def _move(params: list[Tensor], start: list[Array], length: Any, direction: Array) -> None:
    """Put the parameters where a step from `start` leads."""
    at = 0
    for param, origin in zip(params, start, strict=True):
        part = direction[at : at + origin.size].reshape(origin.shape)
        np.add(origin, length * part, out=apart(param._array), casting="same_kind")
        param._versions().n += 1
        at += origin.size


def _direction(state: dict[str, Any], grad: Array, history_size: int) -> Array:
    """Minus the gradient times the inverse Hessian, after the last step has been remembered."""
    if state["n_iter"] == 1:
        state.update(old_dirs=[], old_stps=[], ro=[], H_diag=1)
        return -grad
    step = state["d"]._array * _value(state["t"])
    change = grad - state["prev_flat_grad"]._array
    curvature = change @ step
    history = [state[name] for name in ("old_dirs", "old_stps", "ro")]
    if curvature > 1e-10:
        if len(state["ro"]) == history_size:
            for past in history:
                past.pop(0)
        for past, value in zip(history, (change, step, 1.0 / curvature), strict=True):
            past.append(make(np.asarray(value)))
        state["H_diag"] = make(np.asarray(curvature / (change @ change)))
    steps = [tuple(entry._array for entry in entries) for entries in zip(*history, strict=True)]
    result, weights = -grad, []
    for change, step, scale in reversed(steps):
        weights.append(step @ result * scale)
        result -= weights[-1] * change
    result *= _value(state["H_diag"])
    for (change, step, scale), weight in zip(steps, reversed(weights), strict=True):
        result += (weight - change @ result * scale) * step
    return result


def _value(number: Any) -> Any:
    """A number that a loaded state may hold as a tensor."""
    return number._array if isinstance(number, Tensor) else number
