"""LRScheduler: the base of the schedules that count epochs."""

from __future__ import annotations

import warnings
from typing import Any

from tinygrad_np.optim.optimizer import Optimizer
from tinygrad_np.tape.graph import TensorBase
from tinygrad_np.tape.record import recorded_whole

__all__ = ["LRScheduler"]


class LRScheduler:
    """The base of all schedules; one of your own overrides `get_lr`.

    What counts as an epoch is what lies between two calls of `step`. The constructor makes the
    first call, for epoch 0.

    Parameters
    ----------
    optimizer : Optimizer
    last_epoch : int, default -1
        The number of the last epoch, to go on from there; every group of the optimizer must have
        its ``"initial_lr"`` then.

    Attributes
    ----------
    base_lrs : list of float
        The learning rate of each parameter group at the start.
    last_epoch : int

    Raises
    ------
    TypeError
        If `optimizer` is not an Optimizer.
    KeyError
        If `last_epoch` is given and a group has no ``"initial_lr"``.

    Source: https://pytorch.org/docs/stable/optim.html#how-to-adjust-learning-rate

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> class Halves(tg.optim.lr_scheduler.LRScheduler):
    ...     def get_lr(self):
    ...         return [lr / 2**self.last_epoch for lr in self.base_lrs]
    >>> optimizer = tg.optim.SGD([tg.ones(1, requires_grad=True)], lr=1.0)
    >>> scheduler = Halves(optimizer)
    >>> for epoch in range(3):
    ...     optimizer.step()
    ...     scheduler.step()
    >>> scheduler.get_last_lr()
    [0.125]
    """

    _get_lr_called_within_step = False
    _is_initial = False  # in the step that the constructor makes

    def __init__(self, optimizer: Optimizer, last_epoch: int = -1) -> None:
        check_optimizer(optimizer)
        for i, group in enumerate(optimizer.param_groups):
            if last_epoch == -1:
                group.setdefault("initial_lr", float(group["lr"]))
            elif "initial_lr" not in group:
                raise KeyError(
                    f"param 'initial_lr' is not specified in param_groups[{i}] when resuming with "
                    f"last_epoch={last_epoch}: load the optimizer's state_dict first"
                )
        self.base_lrs: list[float] = [group["initial_lr"] for group in optimizer.param_groups]
        self.optimizer = optimizer
        self.last_epoch: Any = last_epoch
        optimizer._opt_called = False
        self._initial_step()

    def _initial_step(self) -> None:
        self._step_count = 0
        self._is_initial = True
        self.step()
        self._is_initial = False

    def _undo_step(self) -> None:
        self.last_epoch -= 1

    @recorded_whole
    def step(self, epoch: Any = None) -> None:
        """Begin the next epoch: set the learning rate of every group.

        Parameters
        ----------
        epoch : int, optional
            Deprecated: begin this one instead of the next.
        """
        if self._step_count == 1:
            self._check_order()
        self._step_count += 1
        if epoch is not None:
            warnings.warn(
                "the epoch argument of scheduler.step() is deprecated; call step() without it",
                UserWarning,
                stacklevel=2,
            )
        self._update_lr(epoch)

    def get_lr(self) -> list[float]:
        """The learning rates of epoch `last_epoch`; called by `step`."""
        raise NotImplementedError(f"{type(self).__name__} must define get_lr()")

    def get_last_lr(self) -> list[float]:
        """The learning rate that each parameter group has now."""
        return self._last_lr

    def state_dict(self) -> dict[str, Any]:
        """All that is needed to go on later, but for the optimizer."""
        return {key: value for key, value in self.__dict__.items() if key != "optimizer"}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over what `state_dict` returned for a schedule of the same kind."""
        self.__dict__.update(state_dict)

    # --- for the schedules ---

    def _update_lr(self, epoch: Any = None) -> None:
        self._get_lr_called_within_step = True
        try:
            if epoch is None:
                self.last_epoch += 1
                lrs = self.get_lr()
            else:
                self.last_epoch = epoch
                lrs = self._get_closed_form_lr()
        finally:
            self._get_lr_called_within_step = False
        for group, lr in zip(self.optimizer.param_groups, lrs, strict=True):
            set_lr(group, lr)
        self._last_lr = self._current()

    def _get_closed_form_lr(self) -> list[float]:
        """The learning rates of epoch `last_epoch`, whatever they were before."""
        return self.get_lr()

    def _current(self) -> list[float]:
        return [float(group["lr"]) for group in self.optimizer.param_groups]

    def _warn_outside_step(self) -> None:
        if not self._get_lr_called_within_step:
            warnings.warn(
                "get_lr() computes the step to the next learning rate; for the last one computed, "
                "use get_last_lr()",
                UserWarning,
                stacklevel=3,
            )

    def _check_order(self) -> None:
        if self.optimizer._opt_called:
            return
        if "step" in vars(self.optimizer):
            message = (
                "optimizer.step() has been overridden: make sure that it is called before "
                "lr_scheduler.step()"
            )
        else:
            message = (
                "lr_scheduler.step() was called before optimizer.step(): call them in the "
                "opposite order, else the first value of the schedule is skipped"
            )
        warnings.warn(message, UserWarning, stacklevel=3)


class _LRScheduler(LRScheduler):
    """`LRScheduler` by its old name, to derive schedules from."""


def check_optimizer(optimizer: Any) -> None:
    """TypeError for anything but an Optimizer."""
    if not isinstance(optimizer, Optimizer):
        raise TypeError(f"{type(optimizer).__name__} is not an Optimizer")


def set_lr(group: dict[str, Any], lr: float) -> None:
    """Set the learning rate of a parameter group; one that is a Tensor changes in place."""
    old = group["lr"]
    if isinstance(old, TensorBase):
        old._array.fill(lr)
        old._versions().n += 1
    else:
        group["lr"] = lr


def per_group(name: str, value: Any, optimizer: Optimizer) -> list[Any]:
    """An option as a list with one entry for each parameter group."""
    count = len(optimizer.param_groups)
    if not isinstance(value, (list, tuple)):
        return [value] * count
    if len(value) != count:
        raise ValueError(
            f"{name} must have the same length as optimizer.param_groups. "
            f"{name} has {len(value)} values, param_groups has {count}."
        )
    return list(value)


def function_state(function: Any) -> dict[str, Any] | None:
    """What a state dict keeps of a callable object: its attributes; nothing of a function."""
    return None if function is None or hasattr(function, "__code__") else dict(vars(function))


def load_function(function: Any, state: dict[str, Any] | None) -> None:
    """Give a callable object the attributes that `function_state` returned."""
    if state is not None:
        vars(function).update(state)
