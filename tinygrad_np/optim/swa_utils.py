"""Averages of a model's weights over training: stochastic weight averaging, and running means."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterable
from typing import Any

from tinygrad_np import dtypes
from tinygrad_np.conversion import tensor
from tinygrad_np.nn.batch_norm import _BatchNorm
from tinygrad_np.nn.module import Module
from tinygrad_np.optim.lr_scheduler.base import LRScheduler, per_group
from tinygrad_np.optim.optimizer import Optimizer
from tinygrad_np.tape.grad_mode import no_grad
from tinygrad_np.tape.record import recorded_whole

__all__ = [
    "SWALR",
    "AveragedModel",
    "get_ema_avg_fn",
    "get_ema_multi_avg_fn",
    "get_swa_avg_fn",
    "get_swa_multi_avg_fn",
    "update_bn",
]

Average = Callable[[Any, Any, Any], Any]


def get_ema_avg_fn(decay: float = 0.999) -> Average:
    """The running mean that keeps `decay` of its past, for `avg_fn` of `AveragedModel`.

    Raises
    ------
    ValueError
        For a `decay` outside of [0, 1].

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> mean = tg.optim.swa_utils.get_ema_avg_fn(0.75)
    >>> mean(tg.tensor(1.0), tg.tensor(5.0), 3)
    tensor(2.)
    """
    if not 0.0 <= decay <= 1.0:
        raise ValueError(f"Invalid decay value {decay} provided. Please provide a value in [0,1].")

    def mean(ema_param: Any, current_param: Any, num_averaged: Any) -> Any:
        return decay * ema_param + (1 - decay) * current_param

    return mean


def get_swa_avg_fn() -> Average:
    """The mean of all models so far, for `avg_fn` of `AveragedModel`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> tg.optim.swa_utils.get_swa_avg_fn()(tg.tensor(1.0), tg.tensor(5.0), 3)
    tensor(2.)
    """

    def mean(averaged_param: Any, current_param: Any, num_averaged: Any) -> Any:
        return averaged_param + (current_param - averaged_param) / (num_averaged + 1)

    return mean


def _of_lists(share: Callable[[Any], Any]) -> Average:
    """Move averages by a share towards tensors, in place."""

    def change(averaged: Any, current: Any, num_averaged: Any) -> None:
        with no_grad():
            for old, new in zip(averaged, current, strict=True):
                weight = float(share(num_averaged))
                if old.is_floating_point() or old.is_complex():
                    old.lerp_(new, weight)
                else:
                    old.copy_(old * (1 - weight) + new * weight)

    return change


def get_ema_multi_avg_fn(decay: float = 0.999) -> Average:
    """`get_ema_avg_fn` of lists of tensors, which it changes: for `multi_avg_fn`.

    Raises
    ------
    ValueError
        For a `decay` outside of [0, 1].

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> old = [tg.tensor(1.0)]
    >>> tg.optim.swa_utils.get_ema_multi_avg_fn(0.75)(old, [tg.tensor(5.0)], 3)
    >>> old
    [tensor(2.)]
    """
    get_ema_avg_fn(decay)  # which checks it
    return _of_lists(lambda _: 1 - decay)


def get_swa_multi_avg_fn() -> Average:
    """`get_swa_avg_fn` of lists of tensors, which it changes: for `multi_avg_fn`.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> old = [tg.tensor(1.0)]
    >>> tg.optim.swa_utils.get_swa_multi_avg_fn()(old, [tg.tensor(5.0)], 3)
    >>> old
    [tensor(2.)]
    """
    return _of_lists(lambda n: 1 / (n + 1))


class AveragedModel(Module):
    """A copy of a model whose parameters are averages of those that the model had.

    Parameters
    ----------
    model : Module
    device : device, optional
    avg_fn : callable, optional
        From an average, a parameter and the number of models averaged so far to the new average;
        the mean of all unless given.
    multi_avg_fn : callable, optional
        The same for lists of averages and parameters, and changes the averages.
    use_buffers : bool, default False
        Average buffers, too; else they are those of the model.

    Attributes
    ----------
    module : Module
        The copy.
    n_averaged : Tensor
        How many models were averaged.

    Raises
    ------
    AssertionError
        For both functions.

    Source: https://arxiv.org/abs/1803.05407, https://pytorch.org/docs/stable/optim.html

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> model = tg.nn.Linear(1, 1, bias=False)
    >>> average = tg.optim.swa_utils.AveragedModel(model)
    >>> for value in (1.0, 2.0, 6.0):
    ...     _ = tg.nn.init.constant_(model.weight, value)
    ...     average.update_parameters(model)
    >>> average.module.weight.item()
    3.0
    """

    n_averaged: Any

    def __init__(
        self,
        model: Module,
        device: Any = None,
        avg_fn: Average | None = None,
        multi_avg_fn: Average | None = None,
        use_buffers: bool = False,
    ) -> None:
        super().__init__()
        if avg_fn is not None and multi_avg_fn is not None:
            raise AssertionError("Only one of avg_fn and multi_avg_fn should be provided")
        self.module = copy.deepcopy(model)
        if device is not None:
            self.module = self.module.to(device)
        self.register_buffer("n_averaged", tensor(0, dtype=dtypes.int64))
        self.avg_fn, self.multi_avg_fn, self.use_buffers = avg_fn, multi_avg_fn, use_buffers

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        return self.module(*args, **kwargs)

    @recorded_whole
    def update_parameters(self, model: Module) -> None:
        """Take the model's parameters into the averages; the first time they are copied."""
        with no_grad():
            self._update(model)

    def _update(self, model: Module) -> None:
        pairs: list[Any] = list(zip(self.module.parameters(), model.parameters(), strict=True))
        buffers = list(zip(self.module.buffers(), model.buffers(), strict=True))
        if self.use_buffers:
            pairs += buffers
        averaged, current = ([p.detach() for p in side] for side in zip(*pairs, strict=True))
        if self.n_averaged == 0:
            for old, new in zip(averaged, current, strict=True):
                old.copy_(new)
        elif self.avg_fn is not None:
            for old, new in zip(averaged, current, strict=True):
                old.copy_(self.avg_fn(old, new, self.n_averaged))
        else:
            change = self.multi_avg_fn or get_swa_multi_avg_fn()
            for kind in dict.fromkeys(old.dtype for old in averaged):  # lists of one dtype each
                of_it = [i for i, old in enumerate(averaged) if old.dtype is kind]
                old, new = ([side[i] for i in of_it] for side in (averaged, current))
                change(old, new, self.n_averaged)
        if not self.use_buffers:
            for old, new in buffers:
                old.copy_(new)
        self.n_averaged += 1


def update_bn(loader: Iterable[Any], model: Module, device: Any = None) -> None:
    """Compute the running means and variances of a model's batch norms anew, over a loader's data.

    Parameters
    ----------
    loader : iterable
        Of batches: a Tensor, or a list or tuple whose first entry is what the model is given.
    model : Module
    device : device, optional

    Source: https://pytorch.org/docs/stable/optim.html

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> model = tg.nn.BatchNorm1d(1)
    >>> tg.optim.swa_utils.update_bn([tg.tensor([[1.0], [3.0]])], model)
    >>> model.running_mean
    tensor([2.])
    """
    norms = {m: m.momentum for m in model.modules() if isinstance(m, _BatchNorm)}
    if not norms:
        return
    was_training = model.training
    model.train()
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None
    with no_grad():
        for batch in loader:
            first = batch[0] if isinstance(batch, (list, tuple)) else batch
            model(first if device is None else first.to(device))
    for norm, momentum in norms.items():
        norm.momentum = momentum
    model.train(was_training)


class SWALR(LRScheduler):
    """Bring the learning rate of each group to a fixed one, and keep it there.

    Parameters
    ----------
    optimizer : Optimizer
    swa_lr : float or list of float
        One for all groups, or one for each.
    anneal_epochs : int, default 10
        How many epochs it takes.
    anneal_strategy : {"cos", "linear"}
    last_epoch : int, default -1

    Raises
    ------
    ValueError
        For another strategy, negative epochs, and another number of learning rates than of groups.

    Source: https://arxiv.org/abs/1803.05407, https://pytorch.org/docs/stable/optim.html

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> optimizer = tg.optim.SGD([tg.ones(1, requires_grad=True)], lr=1.0)
    >>> scheduler = tg.optim.swa_utils.SWALR(optimizer, 0.5, 2, "linear")
    >>> for epoch in range(3):
    ...     optimizer.step()
    ...     scheduler.step()
    ...     print(scheduler.get_last_lr())
    [0.75]
    [0.5]
    [0.5]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        swa_lr: float | list[float],
        anneal_epochs: int = 10,
        anneal_strategy: str = "cos",
        last_epoch: int = -1,
    ) -> None:
        rates = per_group("swa_lr", swa_lr, optimizer)
        if anneal_strategy not in ("cos", "linear"):
            raise ValueError(
                f"anneal_strategy must be one of 'cos' or 'linear', instead got {anneal_strategy!r}"
            )
        if not isinstance(anneal_epochs, int) or anneal_epochs < 0:
            raise ValueError(f"anneal_epochs must be equal or greater than 0, got {anneal_epochs}")
        for group, rate in zip(optimizer.param_groups, rates, strict=True):
            group["swa_lr"] = rate
        self.anneal_epochs, self._anneal_strategy = anneal_epochs, anneal_strategy
        super().__init__(optimizer, last_epoch)

    def _done(self, step: int) -> float:
        """How far the way is gone after so many steps."""
        t = max(0.0, min(1.0, step / max(1, self.anneal_epochs)))
        return (1 - math.cos(math.pi * t)) / 2 if self._anneal_strategy == "cos" else t

    def get_lr(self) -> list[float]:
        self._warn_outside_step()
        step = self._step_count - 1
        if self.anneal_epochs == 0:
            step = max(1, step)
        before, now = self._done(step - 1), self._done(step)
        rates = []
        for group, lr in zip(self.optimizer.param_groups, self._current(), strict=True):
            end = group["swa_lr"]
            start = end if before == 1 else (lr - before * end) / (1 - before)
            rates.append(end * now + start * (1 - now))
        return rates
