"""Schedules made of schedules."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import Any

from tinygrad_np.optim.lr_scheduler.base import LRScheduler, check_optimizer
from tinygrad_np.optim.lr_scheduler.plateau import ReduceLROnPlateau
from tinygrad_np.optim.optimizer import Optimizer
from tinygrad_np.tape.record import recorded_whole

__all__ = ["ChainedScheduler", "SequentialLR"]


class _Combined(LRScheduler):
    """Of several schedules for one optimizer."""

    _schedulers: list[LRScheduler]

    def _take(self, schedulers: Sequence[LRScheduler], optimizer: Optimizer | None) -> None:
        name = type(self).__name__
        if len(schedulers) < 1:
            raise ValueError(f"{name} expects at least one scheduler, but got no scheduler.")
        self.optimizer = schedulers[0].optimizer if optimizer is None else optimizer
        check_optimizer(self.optimizer)
        for i, scheduler in enumerate(schedulers):
            kind = type(scheduler).__name__
            if isinstance(scheduler, ReduceLROnPlateau):
                raise ValueError(
                    f"{name} does not support `ReduceLROnPlateau` scheduler, whose step() needs "
                    f"the metric, but got one at index {i}: step it on its own"
                )
            if scheduler.optimizer is not self.optimizer:
                raise ValueError(
                    f"{name} expects all schedulers to belong to the same optimizer, but {kind} "
                    f"at index {i} has another one"
                )
        self._schedulers = list(schedulers)

    def state_dict(self) -> dict[str, Any]:
        """All that is needed to go on later, the schedules' own state included."""
        state = super().state_dict()
        state["_schedulers"] = [s.state_dict() for s in self._schedulers]
        return state

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over what `state_dict` returned for schedules of the same kinds."""
        inner = state_dict["_schedulers"]
        super().load_state_dict({k: v for k, v in state_dict.items() if k != "_schedulers"})
        for scheduler, state in zip(self._schedulers, inner, strict=True):
            scheduler.load_state_dict(state)


class SequentialLR(_Combined):
    """One schedule after the other.

    Parameters
    ----------
    optimizer : Optimizer
    schedulers : list of LRScheduler
    milestones : list of int
        The epochs at which the second, third, ... schedule takes over, from its own epoch 0.
    last_epoch : int, default -1

    Raises
    ------
    ValueError
        If there is no schedule, if there isn't one milestone less than schedules, or for a
        schedule of another optimizer, or that needs a metric.

    Source: https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.SequentialLR.html

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> from tinygrad_np.optim.lr_scheduler import CosineAnnealingLR, LinearLR, SequentialLR
    >>> optimizer = tg.optim.SGD([tg.ones(1, requires_grad=True)], lr=1.0)
    >>> warm_up = LinearLR(optimizer, start_factor=0.25, total_iters=3)
    >>> main = CosineAnnealingLR(optimizer, T_max=4)
    >>> scheduler = SequentialLR(optimizer, [warm_up, main], milestones=[3])
    >>> rates = []
    >>> for epoch in range(7):
    ...     rates += scheduler.get_last_lr()
    ...     optimizer.step()
    ...     scheduler.step()
    >>> [round(rate, 2) for rate in rates]
    [0.25, 0.5, 0.75, 1.0, 0.85, 0.5, 0.15]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        schedulers: list[LRScheduler],
        milestones: list[int],
        last_epoch: int = -1,
    ) -> None:
        self._take(schedulers, optimizer)
        if len(milestones) != len(schedulers) - 1:
            raise ValueError(
                "Sequential Schedulers expects number of schedulers provided to be one more than "
                f"the number of milestone points, but got number of schedulers {len(schedulers)} "
                f"and the number of milestones to be equal to {len(milestones)}"
            )
        self._milestones = milestones
        self.last_epoch = last_epoch
        for group in self.optimizer.param_groups:
            group["lr"] = group["initial_lr"]
        for scheduler in self._schedulers:
            scheduler._undo_step()
        self._initial_step()

    def _initial_step(self) -> None:
        self.last_epoch += 1
        self._schedulers[0]._initial_step()
        self._last_lr = self._current()

    def _undo_step(self) -> None:
        self.last_epoch -= 1
        self._schedulers[0]._undo_step()

    @recorded_whole
    def step(self) -> None:  # type: ignore[override]
        """Begin the next epoch, of the schedule whose turn it is."""
        self.last_epoch += 1
        turn = bisect_right(self._milestones, self.last_epoch)
        scheduler = self._schedulers[turn]
        if turn > 0 and self._milestones[turn - 1] == self.last_epoch:
            scheduler._update_lr(0)
        else:
            scheduler.step()
        self._last_lr = self._current()


class ChainedScheduler(_Combined):
    """Several schedules at once, each going on from what the one before has made of the rate.

    Parameters
    ----------
    schedulers : sequence of LRScheduler
    optimizer : Optimizer, optional
        That of the schedules unless given.

    Raises
    ------
    ValueError
        If there is no schedule, or for one of another optimizer, or that needs a metric.

    Source: https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.ChainedScheduler.html
    """

    def __init__(
        self, schedulers: Sequence[LRScheduler], optimizer: Optimizer | None = None
    ) -> None:
        self._take(schedulers, optimizer)
        self._last_lr = self._current()

    def _initial_step(self) -> None:
        for scheduler in self._schedulers:
            scheduler._initial_step()
        self._last_lr = self._current()

    def _undo_step(self) -> None:
        for scheduler in self._schedulers:
            scheduler._undo_step()

    @recorded_whole
    def step(self) -> None:  # type: ignore[override]
        """Begin the next epoch of every schedule."""
        for scheduler in self._schedulers:
            scheduler.step()
        self._last_lr = self._current()
