"""Schedules along a cosine."""

from __future__ import annotations

import math
from typing import Any

from tinygrad_np.optim.lr_scheduler.base import LRScheduler
from tinygrad_np.optim.optimizer import Optimizer
from tinygrad_np.tape.record import recorded_whole

__all__ = ["CosineAnnealingLR", "CosineAnnealingWarmRestarts"]


class CosineAnnealingLR(LRScheduler):
    """Half a cosine from the first learning rate down to `eta_min`, then up again, and so on.

    The learning rate of epoch t is ``eta_min + (lr - eta_min) * (1 + cos(pi * t / T_max)) / 2``;
    it is computed from the one before, so that several schedules can work on one optimizer.

    Parameters
    ----------
    optimizer : Optimizer
    T_max : int
        Epochs down.
    eta_min : float, default 0.0
    last_epoch : int, default -1

    Source: https://arxiv.org/abs/1608.03983,
    https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.CosineAnnealingLR.html

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> optimizer = tg.optim.SGD([tg.ones(1, requires_grad=True)], lr=1.0)
    >>> scheduler = tg.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=4)
    >>> rates = []
    >>> for epoch in range(5):
    ...     rates += scheduler.get_last_lr()
    ...     optimizer.step()
    ...     scheduler.step()
    >>> [round(rate, 2) for rate in rates]
    [1.0, 0.85, 0.5, 0.15, 0.0]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        T_max: int,  # noqa: N803
        eta_min: float = 0.0,
        last_epoch: int = -1,
    ) -> None:
        self.T_max = T_max
        self.eta_min = eta_min
        super().__init__(optimizer, last_epoch)

    def _height(self, epoch: Any) -> float:
        return (1 + math.cos(math.pi * epoch / self.T_max)) / 2

    def get_lr(self) -> list[float]:
        self._warn_outside_step()
        epoch, lrs = self.last_epoch, self._current()
        if epoch == 0 or self._is_initial:
            return lrs
        if (epoch - 1 - self.T_max) % (2 * self.T_max) == 0:  # up again from eta_min
            rise = self._height(epoch)
            return [
                lr + (base - self.eta_min) * rise
                for lr, base in zip(lrs, self.base_lrs, strict=True)
            ]
        change = self._height(epoch) / self._height(epoch - 1)
        return [self.eta_min + (lr - self.eta_min) * change for lr in lrs]

    def _get_closed_form_lr(self) -> list[float]:
        height = self._height(self.last_epoch)
        return [self.eta_min + (base - self.eta_min) * height for base in self.base_lrs]


class CosineAnnealingWarmRestarts(LRScheduler):
    """Half a cosine down to `eta_min`, then from the start again, each time `T_mult` times as long.

    Parameters
    ----------
    optimizer : Optimizer
    T_0 : int
        Epochs until the first restart.
    T_mult : int, default 1
    eta_min : float, default 0.0
    last_epoch : int, default -1

    Attributes
    ----------
    T_i : int
        Epochs between the last restart and the next.
    T_cur : float
        Epochs since the last restart.

    Raises
    ------
    ValueError
        If `T_0` or `T_mult` is not an int of at least 1.

    Source: https://arxiv.org/abs/1608.03983, https://pytorch.org/docs/stable/generated/
    torch.optim.lr_scheduler.CosineAnnealingWarmRestarts.html
    """

    def __init__(
        self,
        optimizer: Optimizer,
        T_0: int,  # noqa: N803
        T_mult: int = 1,  # noqa: N803
        eta_min: float = 0.0,
        last_epoch: int = -1,
    ) -> None:
        if not isinstance(T_0, int) or T_0 <= 0:
            raise ValueError(f"Expected positive integer T_0, but got {T_0}")
        if not isinstance(T_mult, int) or T_mult < 1:
            raise ValueError(f"Expected integer T_mult >= 1, but got {T_mult}")
        if not isinstance(eta_min, (float, int)):
            raise ValueError(f"Expected float or int eta_min, but got {eta_min!r}")
        self.T_0 = T_0
        self.T_i = T_0
        self.T_mult = T_mult
        self.eta_min = eta_min
        self.T_cur: Any = last_epoch
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        self._warn_outside_step()
        height = (1 + math.cos(math.pi * self.T_cur / self.T_i)) / 2
        return [self.eta_min + (base - self.eta_min) * height for base in self.base_lrs]

    @recorded_whole
    def step(self, epoch: Any = None) -> None:
        """Begin the next epoch.

        Parameters
        ----------
        epoch : float, optional
            Go to this point instead, between two epochs too: after batch i of n in epoch e, to
            ``e + i / n``.

        Raises
        ------
        ValueError
            If `epoch` is negative.
        """
        if epoch is not None and epoch < 0:
            raise ValueError(f"Expected non-negative epoch, but got {epoch}")
        self._update_lr(epoch)

    def _update_lr(self, epoch: Any = None) -> None:
        at = self.last_epoch + self.T_cur % 1 + 1 if epoch is None else epoch
        self.T_i, self.T_cur = self.T_0, at
        if self.T_mult == 1:
            self.T_cur %= self.T_0
        while self.T_cur >= self.T_i:
            self.T_cur -= self.T_i
            self.T_i *= self.T_mult
        super()._update_lr(math.floor(at))
