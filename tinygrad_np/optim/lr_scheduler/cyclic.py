"""Schedules that go up and down again, and move the momentum the other way."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Literal

from tinygrad_np.optim.lr_scheduler.base import (
    LRScheduler,
    check_optimizer,
    function_state,
    load_function,
    per_group,
    set_lr,
)
from tinygrad_np.optim.optimizer import Optimizer

__all__ = ["CyclicLR", "OneCycleLR"]


class _Cycle(LRScheduler):
    """Sets the momentum too: the option ``momentum``, or the first of ``betas``."""

    cycle_momentum: bool
    use_beta1: bool

    def _find_momentum(self, optimizer: Optimizer, cycle_momentum: bool) -> None:
        check_optimizer(optimizer)
        self.cycle_momentum = cycle_momentum
        self.use_beta1 = "betas" in optimizer.defaults
        if cycle_momentum and not self.use_beta1 and "momentum" not in optimizer.defaults:
            raise ValueError(
                "optimizer must support momentum or beta1 with `cycle_momentum` option enabled; "
                f"{type(optimizer).__name__} has neither: pass cycle_momentum=False"
            )

    def _set_momentum(self, group: dict[str, Any], momentum: float) -> None:
        if self.use_beta1:
            group["betas"] = (momentum, *group["betas"][1:])
        else:
            group["momentum"] = momentum


class OneCycleLR(_Cycle):
    """One cycle: from a small learning rate up to `max_lr`, then down to a very small one.

    Call `step` after each batch. The momentum goes down and up again at the same time.

    Parameters
    ----------
    optimizer : Optimizer
    max_lr : float or list of float
        The highest learning rate, for each parameter group.
    total_steps : int, optional
        Steps of the cycle; else ``epochs * steps_per_epoch``.
    epochs, steps_per_epoch : int, optional
    pct_start : float, default 0.3
        The share of the steps that goes up.
    anneal_strategy : {"cos", "linear"}, default "cos"
    cycle_momentum : bool, default True
        Move ``momentum``, or the first of ``betas``, between the next two.
    base_momentum, max_momentum : float or list of float, default 0.85 and 0.95
    div_factor : float, default 25.0
        The first learning rate is `max_lr` divided by it.
    final_div_factor : float, default 1e4
        The last learning rate is the first divided by it.
    three_phase : bool, default False
        Go down as long as up, to the first learning rate, and to the last in the steps that are
        left.
    last_epoch : int, default -1
        The number of steps already made, less one.

    Raises
    ------
    ValueError
        For a number of steps that isn't given or not positive, a share out of [0, 1], an unknown
        strategy, and an optimizer without momentum; from `step`, when the cycle is over.

    Source: https://arxiv.org/abs/1708.07120,
    https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.OneCycleLR.html

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> optimizer = tg.optim.SGD([tg.ones(1, requires_grad=True)], lr=0.1, momentum=0.9)
    >>> scheduler = tg.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=1.0, total_steps=10)
    >>> rates = []
    >>> for step in range(10):
    ...     rates += scheduler.get_last_lr()
    ...     optimizer.step()
    ...     scheduler.step()
    >>> [round(rate, 2) for rate in rates]
    [0.04, 0.52, 1.0, 0.95, 0.81, 0.61, 0.39, 0.19, 0.05, 0.0]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        max_lr: float | list[float],
        total_steps: int | None = None,
        epochs: int | None = None,
        steps_per_epoch: int | None = None,
        pct_start: float = 0.3,
        anneal_strategy: Literal["cos", "linear"] = "cos",
        cycle_momentum: bool = True,
        base_momentum: float | list[float] = 0.85,
        max_momentum: float | list[float] = 0.95,
        div_factor: float = 25.0,
        final_div_factor: float = 1e4,
        three_phase: bool = False,
        last_epoch: int = -1,
    ) -> None:
        self._find_momentum(optimizer, cycle_momentum)
        if total_steps is not None:
            self.total_steps = _positive("total_steps", total_steps)
        elif epochs is not None and steps_per_epoch is not None:
            self.total_steps = _positive("epochs", epochs) * _positive(
                "steps_per_epoch", steps_per_epoch
            )
        else:
            raise ValueError("You must define either total_steps OR (epochs AND steps_per_epoch)")
        if not isinstance(pct_start, (int, float)) or not 0 <= pct_start <= 1:
            raise ValueError(f"Expected float between 0 and 1 pct_start, but got {pct_start!r}")
        if anneal_strategy not in _ANNEAL:
            raise ValueError(
                f"anneal_strategy must be one of 'cos' or 'linear', instead got {anneal_strategy}"
            )
        self._anneal_func_type = anneal_strategy

        top = pct_start * self.total_steps - 1
        end = self.total_steps - 1
        if three_phase:
            self._schedule_phases = [
                _phase(top, "initial_lr", "max_lr", "max_momentum", "base_momentum"),
                _phase(2 * top, "max_lr", "initial_lr", "base_momentum", "max_momentum"),
                _phase(end, "initial_lr", "min_lr", "max_momentum", "max_momentum"),
            ]
        else:
            self._schedule_phases = [
                _phase(top, "initial_lr", "max_lr", "max_momentum", "base_momentum"),
                _phase(end, "max_lr", "min_lr", "base_momentum", "max_momentum"),
            ]

        highest = per_group("max_lr", max_lr, optimizer)
        low = per_group("base_momentum", base_momentum, optimizer)
        high = per_group("max_momentum", max_momentum, optimizer)
        if last_epoch == -1:
            for i, group in enumerate(optimizer.param_groups):
                group["initial_lr"] = highest[i] / div_factor
                group["max_lr"] = highest[i]
                group["min_lr"] = group["initial_lr"] / final_div_factor
                if cycle_momentum:
                    group["max_momentum"], group["base_momentum"] = high[i], low[i]
                    self._set_momentum(group, high[i])
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        self._warn_outside_step()
        step = self.last_epoch
        if step > self.total_steps:
            raise ValueError(
                f"Tried to step {step} times. The specified number of total steps is "
                f"{self.total_steps}"
            )
        start = 0.0
        for phase in self._schedule_phases:
            if step <= phase["end_step"] or phase is self._schedule_phases[-1]:
                break
            start = phase["end_step"]
        length = phase["end_step"] - start
        share = (step - start) / length if length else 1.0
        anneal = _ANNEAL[self._anneal_func_type]
        lrs = []
        for group in self.optimizer.param_groups:
            lrs.append(anneal(group[phase["start_lr"]], group[phase["end_lr"]], share))
            if self.cycle_momentum:
                first, last = group[phase["start_momentum"]], group[phase["end_momentum"]]
                self._set_momentum(group, anneal(first, last, share))
        return lrs


def _positive(name: str, value: Any) -> int:
    if not isinstance(value, int) or value <= 0:
        raise ValueError(f"Expected positive integer {name}, but got {value}")
    return value


def _phase(
    end: float, start_lr: str, end_lr: str, start_momentum: str, end_momentum: str
) -> dict[str, Any]:
    return {
        "end_step": end,
        "start_lr": start_lr,
        "end_lr": end_lr,
        "start_momentum": start_momentum,
        "end_momentum": end_momentum,
    }


_ANNEAL: dict[str, Callable[[float, float, float], float]] = {
    "cos": lambda start, end, share: end + (start - end) / 2 * (1 + math.cos(math.pi * share)),
    "linear": lambda start, end, share: start + (end - start) * share,
}


class CyclicLR(_Cycle):
    """Up from `base_lr` to `max_lr` and down again, over and over, along straight lines.

    Call `step` after each batch.

    Parameters
    ----------
    optimizer : Optimizer
    base_lr, max_lr : float or list of float
        The lowest and the highest learning rate, for each parameter group.
    step_size_up : int, default 2000
        Steps up.
    step_size_down : int, optional
        Steps down; as many as up unless given.
    mode : {"triangular", "triangular2", "exp_range"}, default "triangular"
        Cycles of one height; each half as high as the last; or of height gamma**step.
    gamma : float, default 1.0
    scale_fn : callable, optional
        The height as a function of one's own, in place of `mode`.
    scale_mode : {"cycle", "iterations"}, default "cycle"
        Whether `scale_fn` is given the number of the cycle, from 1, or of the step.
    cycle_momentum : bool, default True
        Move ``momentum``, or the first of ``betas``, the other way.
    base_momentum, max_momentum : float or list of float, default 0.8 and 0.9
    last_epoch : int, default -1

    Raises
    ------
    ValueError
        For an unknown mode, and an optimizer without momentum.

    Source: https://arxiv.org/abs/1506.01186,
    https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.CyclicLR.html
    """

    def __init__(
        self,
        optimizer: Optimizer,
        base_lr: float | list[float],
        max_lr: float | list[float],
        step_size_up: int = 2000,
        step_size_down: int | None = None,
        mode: Literal["triangular", "triangular2", "exp_range"] = "triangular",
        gamma: float = 1.0,
        scale_fn: Callable[[float], float] | None = None,
        scale_mode: Literal["cycle", "iterations"] = "cycle",
        cycle_momentum: bool = True,
        base_momentum: float = 0.8,
        max_momentum: float = 0.9,
        last_epoch: int = -1,
    ) -> None:
        self._find_momentum(optimizer, cycle_momentum)
        if scale_fn is None and mode not in ("triangular", "triangular2", "exp_range"):
            raise ValueError(
                f"mode is invalid and scale_fn is None: {mode!r} is none of 'triangular', "
                "'triangular2' and 'exp_range'"
            )
        self.max_lrs = per_group("max_lr", max_lr, optimizer)
        down = float(step_size_up if step_size_down is None else step_size_down)
        self.total_size = float(step_size_up) + down
        self.step_ratio = float(step_size_up) / self.total_size
        self.mode = mode
        self.gamma = gamma
        self._scale_fn_custom = scale_fn
        self.scale_mode = scale_mode
        if scale_fn is None:
            self.scale_mode = "iterations" if mode == "exp_range" else "cycle"

        lowest = per_group("base_lr", base_lr, optimizer)
        self.base_momentums = per_group("base_momentum", base_momentum, optimizer)
        self.max_momentums = per_group("max_momentum", max_momentum, optimizer)
        if last_epoch == -1:
            for i, group in enumerate(optimizer.param_groups):
                set_lr(group, lowest[i])
                if cycle_momentum:
                    group["max_momentum"] = self.max_momentums[i]
                    group["base_momentum"] = self.base_momentums[i]
                    self._set_momentum(group, self.max_momentums[i])
        super().__init__(optimizer, last_epoch)
        self.base_lrs = lowest

    def scale_fn(self, x: float) -> float:
        """The height of the cycle, or step, number x."""
        if self._scale_fn_custom is not None:
            return self._scale_fn_custom(x)
        if self.mode == "triangular":
            return 1.0
        return float(1 / 2.0 ** (x - 1) if self.mode == "triangular2" else self.gamma**x)

    def get_lr(self) -> list[float]:
        self._warn_outside_step()
        cycle = math.floor(1 + self.last_epoch / self.total_size)
        x = 1.0 + self.last_epoch / self.total_size - cycle
        up = x <= self.step_ratio
        height = x / self.step_ratio if up else (x - 1) / (self.step_ratio - 1)
        height *= self.scale_fn(cycle if self.scale_mode == "cycle" else self.last_epoch)
        if self.cycle_momentum:
            for i, group in enumerate(self.optimizer.param_groups):
                low, high = self.base_momentums[i], self.max_momentums[i]
                self._set_momentum(group, high - (high - low) * height)
        pairs = zip(self.base_lrs, self.max_lrs, strict=True)
        return [low + (high - low) * height for low, high in pairs]

    def state_dict(self) -> dict[str, Any]:
        """All that is needed to go on later; of `scale_fn`, only the state of a callable object."""
        return {**super().state_dict(), "_scale_fn_custom": function_state(self._scale_fn_custom)}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over what `state_dict` returned; `scale_fn` stays the one given here."""
        function = self._scale_fn_custom
        super().load_state_dict({**state_dict, "_scale_fn_custom": function})
        load_function(function, state_dict["_scale_fn_custom"])
