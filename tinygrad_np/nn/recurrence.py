"""How a recurrent layer walks along time.

A state is a tuple of tensors (N, H): ``(h,)``, for an LSTM ``(h, c)``. Sequences are packed: the
rows of all times below each other, at each time those of the sequences that have not ended.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from tinygrad_np.nn import functional as F
from tinygrad_np.ops.join import cat
from tinygrad_np.ops.linalg import matmul
from tinygrad_np.ops.recurrent import gru_step, lstm_step
from tinygrad_np.ops.trigonometry import tanh
from tinygrad_np.tensor import Tensor

State = tuple[Tensor, ...]
Step = Callable[[Any, State], State]


def stepper(mode: str, weights: Sequence[Any], bias: bool) -> tuple[Callable[[Any], Any], Step]:
    """The part of a layer that all times do at once, and the step from state to state.

    Parameters
    ----------
    mode : {"LSTM", "GRU", "RNN_TANH", "RNN_RELU"}
    weights : sequence of Tensor
        ``weight_ih, weight_hh``, then with `bias` ``bias_ih, bias_hh``; at last ``weight_hr``
        of an LSTM with projections.
    bias : bool
    """
    weight_ih, weight_hh = weights[:2]
    bias_ih, bias_hh = weights[2:4] if bias else (None, None)
    weight_hr = weights[-1] if len(weights) % 2 else None
    recurrent = weight_hh.t().contiguous()  # so that BLAS multiplies rows with rows

    if mode == "GRU":  # its reset gate is between the two biases

        def gru(x: Any, state: State) -> State:
            kept = matmul(state[0], recurrent)
            return (gru_step(x, kept if bias_hh is None else kept + bias_hh, state[0]),)

        return lambda x: F.linear(x, weight_ih, bias_ih), gru

    both = None if bias_ih is None else bias_ih + bias_hh

    def lstm(x: Any, state: State) -> State:
        h, c = lstm_step(x + matmul(state[0], recurrent), state[1])
        return (h if weight_hr is None else F.linear(h, weight_hr)), c

    def plain(x: Any, state: State) -> State:
        z = x + matmul(state[0], recurrent)
        return (tanh(z) if mode == "RNN_TANH" else F.relu(z),)

    return lambda x: F.linear(x, weight_ih, both), lstm if mode == "LSTM" else plain


def walk(
    step: Step, rows: Tensor, sizes: list[int], state: State, reverse: bool
) -> tuple[Tensor, State]:
    """The states at all times, packed, and each sequence's last (with `reverse` its first).

    Parameters
    ----------
    step : callable
    rows : Tensor
        (sum(sizes), G), packed.
    sizes : list of int
        How many sequences there are at each time; never more than before.
    state : tuple of Tensor
        For all sequences.
    reverse : bool
        Walk from the end of each sequence to its start.
    """
    inputs = _pieces(rows, sizes)
    outputs = []
    start, ended = state, []
    if reverse:
        inputs.reverse()
        state = tuple(s[: sizes[-1]] for s in start)
    for x in inputs:
        now, before = x.shape[0], state[0].shape[0]
        if now < before:
            ended.append(tuple(s[now:] for s in state))
            state = tuple(s[:now] for s in state)
        elif now > before:
            state = tuple(cat([s, t[before:now]]) for s, t in zip(state, start, strict=True))
        state = step(x, state)
        outputs.append(state[0])
    if reverse:
        outputs.reverse()
    if ended:
        state = tuple(cat(parts) for parts in zip(state, *reversed(ended), strict=True))
    return cat(outputs), state


def _pieces(rows: Any, sizes: list[int]) -> list[Any]:
    """`rows` cut into pieces, by halves: a gradient is then written log(n) times, not n times."""
    if len(sizes) == 1:
        return [rows]
    half = len(sizes) // 2
    at = sum(sizes[:half])
    return _pieces(rows[:at], sizes[:half]) + _pieces(rows[at:], sizes[half:])
