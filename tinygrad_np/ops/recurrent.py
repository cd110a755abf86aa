"""The steps of LSTM and GRU behind their matrix products, each in one op."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_np.ops.exponential import sigmoid
from tinygrad_np.ops.join import cat
from tinygrad_np.ops.trigonometry import tanh
from tinygrad_np.tape.op import Array, op

__all__: list[str] = []


@op(aux=True)
def lstm_step(gates: Array, cell: Array) -> Array:
    """The next state and cell of an LSTM, (2, N, H), of gates (N, 4 H) in the order i f g o."""
    i, f, g, o = _four(gates)
    out = np.empty((2, *cell.shape), gates.dtype)
    np.multiply(f, cell, out=out[1])
    out[1] += i * g
    tanh_c = np.tanh(out[1])
    np.multiply(o, tanh_c, out=out[0])
    return out, (i, f, g, o, tanh_c)


@lstm_step.backward("gates")
def _(grad: Array, gates: Array, cell: Array, aux: Any) -> Array:
    i, f, g, o, tanh_c = _lstm_parts(gates, cell, aux)
    grad_h = grad[0]
    grad_c = grad_h * o * (1 - tanh_c * tanh_c) + grad[1]
    parts = [
        grad_c * g * i * (1 - i),
        grad_c * cell * f * (1 - f),
        grad_c * i * (1 - g * g),
        grad_h * tanh_c * o * (1 - o),
    ]
    return cat(parts, -1)


@lstm_step.backward("cell")
def _(grad: Array, gates: Array, cell: Array, aux: Any) -> Array:
    _, f, _, o, tanh_c = _lstm_parts(gates, cell, aux)
    return (grad[0] * o * (1 - tanh_c * tanh_c) + grad[1]) * f


def _four(gates: Array) -> tuple[Array, Array, Array, Array]:
    size = gates.shape[-1] // 4
    between = sigmoid(gates[..., : 2 * size])
    return (
        between[..., :size],
        between[..., size:],
        tanh(gates[..., 2 * size : 3 * size]),
        sigmoid(gates[..., 3 * size :]),
    )


def _lstm_parts(gates: Array, cell: Array, aux: Any) -> Any:
    """What the forward computed on its way; anew where it is to be differentiated."""
    if isinstance(gates, np.ndarray):
        return aux
    i, f, g, o = _four(gates)
    return i, f, g, o, tanh(f * cell + i * g)


@op(aux=True)
def gru_step(given: Array, kept: Array, state: Array) -> Array:
    """The next state (N, H) of a GRU.

    `given` and `kept` (N, 3 H) are the parts of the gates r z n from the input and the state.
    """
    r, z, n = _three(given, kept)
    return n + z * (state - n), (r, z, n)


@gru_step.backward("given")
def _(grad: Array, given: Array, kept: Array, state: Array, aux: Any) -> Array:
    return cat(_gru_grads(grad, given, kept, state, aux)[:3], -1)


@gru_step.backward("kept")
def _(grad: Array, given: Array, kept: Array, state: Array, aux: Any) -> Array:
    grad_r, grad_z, grad_n, r = _gru_grads(grad, given, kept, state, aux)
    return cat([grad_r, grad_z, grad_n * r], -1)


@gru_step.backward("state")
def _(grad: Array, given: Array, kept: Array, aux: Any) -> Array:
    return grad * (aux if isinstance(given, np.ndarray) else _three(given, kept))[1]


def _three(given: Array, kept: Array) -> tuple[Array, Array, Array]:
    size = given.shape[-1] // 3
    between = sigmoid(given[..., : 2 * size] + kept[..., : 2 * size])
    r, z = between[..., :size], between[..., size:]
    return r, z, tanh(given[..., 2 * size :] + r * kept[..., 2 * size :])


def _gru_grads(grad: Array, given: Array, kept: Array, state: Array, aux: Any) -> list[Array]:
    """The gradients before the gates' functions, and the gate r."""
    r, z, n = aux if isinstance(given, np.ndarray) else _three(given, kept)
    grad_n = grad * (1 - z) * (1 - n * n)
    grad_z = grad * (state - n) * z * (1 - z)
    grad_r = grad_n * kept[..., 2 * n.shape[-1] :] * r * (1 - r)
    return [grad_r, grad_z, grad_n, r]
