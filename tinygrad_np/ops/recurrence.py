"""Recurrent layers, over whole sequences in one op and step by step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import Any

import numpy as np

from tinygrad_np.kernels import recurrent
from tinygrad_np.kernels.silence import silent
from tinygrad_np.ops.join import cat
from tinygrad_np.ops.linalg import linear
from tinygrad_np.ops.piecewise import relu
from tinygrad_np.ops.recurrent import gru_step, lstm_step
from tinygrad_np.ops.trigonometry import tanh
from tinygrad_np.tape.backward import grad as gradients
from tinygrad_np.tape.op import Array, op

__all__: list[str] = []

State = tuple[Any, ...]
Step = Callable[[Any, State], State]


@op(aux=True)
def recurrence(
    given: Array,
    weight: Array,
    hidden: Array,
    cell: Array | None = None,
    bias: Array | None = None,
    *,
    mode: str,
    sizes: Sequence[int],
    reverse: bool = False,
) -> Array:
    """The states of a recurrent layer at all times, and below them each sequence's last.

    Parameters
    ----------
    given : Tensor
        (sum(sizes), gates * H), packed: what the gates get from the input.
    weight : Tensor
        (gates * H, H), that which they get from the state.
    hidden, cell : Tensor
        (N, H), the states to begin with; `cell` for an LSTM.
    bias : Tensor, optional
        (gates * H,), added to the product with `weight`.
    mode : {"LSTM", "GRU", "RNN_TANH", "RNN_RELU"}
    sizes : sequence of int
        How many sequences there are at each time; never more than before.
    reverse : bool, default False
        Walk from the end of each sequence to its start.

    Returns
    -------
    Tensor
        (sum(sizes) + N, H), of an LSTM (sum(sizes) + 2 N, H): the last h and c.
    """
    state = [hidden] if cell is None else [hidden, cell]
    times = _times(sizes, reverse)
    return silent.run(recurrent.forward, mode, given, weight, bias, state, times)


@recurrence.backward("given", "weight", "hidden", "cell", "bias")
def _(
    grad: Array, given: Array, weight: Array, hidden: Array, cell: Array, bias: Array,
    mode: str, sizes: Sequence[int], reverse: bool, aux: Any,
) -> list[Array]:  # fmt: skip
    if isinstance(given, np.ndarray):
        of_given, of_kept, of_weight, of_state = recurrent.backward(
            grad, aux, weight, _times(sizes, reverse)
        )
        of_bias = None if bias is None else np.add.reduce(of_kept, axis=0)
        return [
            of_given,
            of_weight,
            *(of_state if cell is not None else [*of_state, None]),
            of_bias,
        ]
    # again step by step, in ops that can be differentiated twice
    inputs = [None if a is None else a[...] for a in (given, weight, hidden, cell, bias)]
    given, weight, hidden, cell, bias = inputs
    state = (hidden,) if cell is None else (hidden, cell)
    states, last = walk(stepper(mode, weight, bias), given, sizes, state, reverse)
    wanted = [a for a in inputs if a is not None and a.requires_grad]
    found = iter(gradients(cat([states, *last]), wanted, grad, create_graph=True))
    return [next(found) if a is not None and a.requires_grad else None for a in inputs]


def _times(sizes: Sequence[int], reverse: bool) -> list[slice]:
    """Where the rows of each time are, in the order of the walk."""
    times = [slice(end - n, end) for n, end in zip(sizes, accumulate(sizes), strict=True)]
    return times[::-1] if reverse else times


def stepper(mode: str, weight: Any, bias: Any = None, weight_hr: Any = None) -> Step:
    """The step from state to state: ``step(given, state)``, with what the gates are given.

    Parameters
    ----------
    mode : {"LSTM", "GRU", "RNN_TANH", "RNN_RELU"}
    weight, bias : Tensor
        As for `recurrence`.
    weight_hr : Tensor, optional
        The projection of an LSTM.
    """

    def gru(x: Any, state: State) -> State:
        return (gru_step(x, linear(state[0], weight, bias), state[0]),)

    def lstm(x: Any, state: State) -> State:
        h, c = lstm_step(x + linear(state[0], weight, bias), state[1])
        return (h if weight_hr is None else linear(h, weight_hr)), c

    def plain(x: Any, state: State) -> State:
        z = x + linear(state[0], weight, bias)
        return (tanh(z) if mode == "RNN_TANH" else relu(z),)

    return {"GRU": gru, "LSTM": lstm}.get(mode, plain)


def walk(
    step: Step, rows: Any, sizes: Sequence[int], state: State, reverse: bool
) -> tuple[Any, State]:
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


def _pieces(rows: Any, sizes: Sequence[int]) -> list[Any]:
    """`rows` cut into pieces, by halves: a gradient is then written log(n) times, not n times."""
    if len(sizes) == 1:
        return [rows]
    half = len(sizes) // 2
    at = sum(sizes[:half])
    return _pieces(rows[:at], sizes[:half]) + _pieces(rows[at:], sizes[half:])
