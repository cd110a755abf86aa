"""Connectionist temporal classification: a loss for sequences that are not aligned.

Source: A. Graves et al., Connectionist Temporal Classification, ICML 2006. In the names of that
paper: `alpha` and `beta` are the log-probabilities of all beginnings and ends of paths, and a
path's states are the labels with blanks between them and at both ends.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_np.ops.choice import where
from tinygrad_np.ops.compare import eq
from tinygrad_np.ops.reduction import named, reduced
from tinygrad_np.ops.shape import raw
from tinygrad_np.tape.op import Array, op

__all__ = ["ctc_loss"]


@op(aux=True)
@np.errstate(all="ignore")
def _ctc(log_probs: Array, *, states: Array, lengths: Array, ends: Array) -> Any:
    """(T, N, C) -> (N,), and the alphas; `ends` counts the states of each sequence."""
    T, N, _ = log_probs.shape
    emitted = np.take_along_axis(log_probs, states[None], 2)
    alpha = np.full((T + 1, N, states.shape[1]), -np.inf, log_probs.dtype)
    alpha[0, :, 0] = 0  # before the first step, from where the first two states are reached
    skips = _skips(states)
    for t in range(T):
        before = alpha[t].copy()
        if t == 0:
            before[:, 1:2] = 0
        else:
            before[:, 1:] = np.logaddexp(before[:, 1:], alpha[t, :, :-1])
            before[:, 2:] = np.logaddexp(before[:, 2:], np.where(skips, alpha[t, :, :-2], -np.inf))
        alpha[t + 1] = before + emitted[t]
    last, rows = alpha[lengths, np.arange(N)], np.arange(N)
    second = np.where(ends > 1, last[rows, ends - 2], -np.inf)
    return -np.logaddexp(last[rows, ends - 1], second), alpha[1:]


@_ctc.backward("log_probs")
def _(
    grad: Array, log_probs: Array, out: Array, aux: Array,
    states: Array, lengths: Array, ends: Array,
) -> Any:  # fmt: skip
    return _ctc_slope(
        grad, log_probs, loss=raw(out), alpha=aux, states=states, lengths=lengths, ends=ends
    )


@op
@np.errstate(all="ignore")
def _ctc_slope(
    grad: Array, log_probs: Array, *, loss: Array, alpha: Array, states: Array, lengths: Array,
    ends: Array,
) -> Any:  # fmt: skip
    """The gradient before a log_softmax, as in PyTorch: it has none of its own."""
    T, N, _ = log_probs.shape
    emitted = np.take_along_axis(log_probs, states[None], 2)
    skips, rows = _skips(states), np.arange(N)
    beta = np.full(states.shape, -np.inf, log_probs.dtype)  # of the rest after a step
    visits = np.zeros_like(log_probs)
    for t in range(T - 1, -1, -1):
        if t < T - 1:
            ahead = beta + emitted[t + 1]
            beta = ahead.copy()
            beta[:, :-1] = np.logaddexp(beta[:, :-1], ahead[:, 1:])
            beta[:, :-2] = np.logaddexp(beta[:, :-2], np.where(skips, ahead[:, 2:], -np.inf))
        final = lengths == t + 1
        beta[rows[final], ends[final] - 1] = 0
        beta[rows[final & (ends > 1)], ends[final & (ends > 1)] - 2] = 0
        share = np.exp(alpha[t] + beta + loss[:, None])
        np.add.at(visits[t], (rows[:, None], states), share)
    slope = np.where(np.isinf(loss), np.nan, grad)[:, None] * (np.exp(log_probs) - visits)
    counts = (np.arange(T)[:, None] < lengths) & (grad != 0)
    return np.where(counts[..., None], slope, 0)


def _skips(states: Array) -> Array:
    """Whether a path may leave out the state between: a blank between different labels."""
    return states[:, 2:] != states[:, :-2]


def ctc_loss(
    log_probs: Any,
    targets: Any,
    input_lengths: Any,
    target_lengths: Any,
    blank: int = 0,
    reduction: str = "mean",
    zero_infinity: bool = False,
) -> Any:
    """Minus the log-probability of all ways to read label sequences from longer ones.

    Parameters
    ----------
    log_probs : Tensor
        (T, N, C) or (T, C): of C classes at each step, results of `log_softmax`. The gradient is
        right for what that was given, as in PyTorch.
    targets : Tensor
        (N, S), or all one after the other, (sum(target_lengths),); (S,) without N.
    input_lengths, target_lengths : Tensor, tuple or list of int
        (N,): how many steps, and how many labels, count.
    blank : int, default 0
        The class that stands for no label.
    reduction : {'mean', 'sum', 'none'}
        'mean' divides each loss by its number of labels first.
    zero_infinity : bool, default False
        Take losses, and their gradients, as 0 where the labels do not fit into the steps; they
        are inf, and nan.

    Returns
    -------
    Tensor
        (), or (N,) for ``reduction='none'``.

    Raises
    ------
    RuntimeError
        For lengths that do not fit, a blank that is no class, and labels that are none.
    NotImplementedError
        If `log_probs` is not of float32 or float64, and for second derivatives.

    Examples
    --------
    >>> import tinygrad_np as tg
    >>> log_probs = tg.zeros(3, 1, 2).log_softmax(2)  # of 8 readings 6 are one label 1
    >>> tg.nn.functional.ctc_loss(log_probs, tg.tensor([[1]]), (3,), (1,)).exp()
    tensor(1.3333)
    """
    array, reduction = raw(log_probs), named(reduction, None, None)
    if array.dtype not in (np.float32, np.float64):
        raise NotImplementedError(f"ctc_loss takes float32 and float64, got {log_probs.dtype}")
    if array.ndim not in (2, 3):
        raise RuntimeError(f"ctc_loss expected (T, N, C) or (T, C), got shape {list(array.shape)}")
    batched = array.ndim == 3
    batch = log_probs if batched else log_probs.unsqueeze(1)
    T, N, C = batch.shape
    if not 0 <= blank < C:
        raise RuntimeError(f"blank must be in label range, 0 to {C - 1}, got {blank}")
    lengths = _lengths("input_lengths", input_lengths, N)
    counts = _lengths("target_lengths", target_lengths, N)
    if lengths.max(initial=0) > T:
        raise RuntimeError(
            f"Expected input_lengths to have value at most {T}, but got value {lengths.max()}"
        )
    labels = _padded(np.asarray(raw(targets)).astype(np.int64), counts, batched)
    known = np.arange(labels.shape[1]) < counts[:, None]
    labels = np.where(known, labels, blank)
    if ((labels < 0) | (labels >= C)).any():
        raise RuntimeError(f"ctc_loss: targets must be classes, from 0 to {C - 1}, got {targets}")
    states = np.full((N, 2 * labels.shape[1] + 1), blank)
    states[:, 1::2] = labels
    losses: Any = _ctc(batch, states=states, lengths=lengths, ends=2 * counts + 1)
    if zero_infinity:
        losses = where(eq(losses, np.inf), 0.0, losses)
    if reduction == "mean":
        losses = losses / np.maximum(counts, 1).astype(array.dtype)
    return reduced(losses if batched else losses.squeeze(0), reduction)


def _lengths(name: str, given: Any, n: int) -> Array:
    lengths = np.atleast_1d(np.asarray(raw(given)))
    if lengths.size and lengths.dtype.kind not in "iu":
        raise RuntimeError(f"{name} must be integral, got {lengths.dtype}")
    if lengths.shape != (n,):
        raise RuntimeError(f"{name} must be of size batch_size, {n}; got {list(lengths.shape)}")
    if lengths.min(initial=0) < 0:
        raise RuntimeError(
            f"Expected {name} to have value at least 0, but got value {lengths.min()}"
        )
    return lengths.astype(np.int64)


def _padded(labels: Array, counts: Array, batched: bool) -> Array:
    """The labels of each sequence in a row of its own."""
    most = counts.max(initial=0)
    if not batched:
        labels = labels.reshape(1, -1)
    if labels.ndim == 1:
        if len(labels) != counts.sum():
            raise RuntimeError(
                f"Expected targets to have size {counts.sum()} at dimension 0, the sum of "
                f"target_lengths, but got size {len(labels)}"
            )
        rows = np.zeros((len(counts), most), np.int64)
        rows[np.arange(most) < counts[:, None]] = labels
        return rows
    if labels.ndim != 2 or len(labels) != len(counts) or labels.shape[1] < most:
        raise RuntimeError(
            f"Expected targets to have size {len(counts)} at dimension 0 and at least {most} at "
            f"dimension 1, but got {list(labels.shape)}"
        )
    return labels[:, :most]
