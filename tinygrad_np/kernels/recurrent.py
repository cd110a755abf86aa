"""Recurrent layers over whole sequences.

Sequences are packed: the rows of all times below each other, at each time those of the sequences
that have not ended. The states of all sequences stand in one array, of which each time changes
the first rows. So a sequence that has ended keeps its last state, and one that has not begun (in
a walk from end to start) its first.

Each kind of layer is a class: `step` goes from state to state; `slopes` computes, for all times
at once, what gradients are multiplied by, and gives the step of the way back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tinygrad_np.kernels import product, threads
from tinygrad_np.kernels.windows import NDArray

__all__ = ["backward", "forward"]


def forward(
    mode: str,
    given: NDArray,
    weight: NDArray,
    bias: NDArray | None,
    state: Sequence[NDArray],
    times: Sequence[slice],
) -> tuple[NDArray, Any]:
    """The states h at all times, and below them the last of each sequence, of all that it has.

    Parameters
    ----------
    mode : {"LSTM", "GRU", "RNN_TANH", "RNN_RELU"}
    given : ndarray
        (sum(sizes), gates * H), what the gates get from the input.
    weight : ndarray
        (gates * H, H)
    bias : ndarray, optional
        (gates * H,), beside the product with `weight`.
    state : sequence of ndarray
        (N, H), to begin with: h, for an LSTM h and c.
    times : sequence of slice
        Of `given`, in the order of the walk.

    Returns
    -------
    out : ndarray
        (sum(sizes) + states * N, H)
    saved
        What `backward` needs.
    """
    total, (rows, size) = len(given), state[0].shape
    out = np.empty((total + len(state) * rows, size), given.dtype)
    now = np.split(out[total:], len(state))
    for s, start in zip(now, state, strict=True):
        s[...] = start
    layer: Any = _LAYERS[mode](given, bias, out[:total])
    with threads.blas_alone():
        multiply = product.repeated(weight.T, rows)
        for at in times:
            current = [s[: at.stop - at.start] for s in now]
            layer.before[at] = h = current[0]
            multiply(h, layer.kept[at])
            layer.step(at, *current)
            out[at] = h
    return out, layer


def backward(
    grad: NDArray, layer: Any, weight: NDArray, times: Sequence[slice]
) -> tuple[NDArray, NDArray, NDArray, list[NDArray]]:
    """The gradients of `given`, of the product with `weight`, of `weight` and of the first states.

    Parameters
    ----------
    grad : ndarray
        Of what `forward` returned.
    layer
        What it saved.
    weight, times
        As there.
    """
    now = [s.copy() for s in np.split(grad[len(layer.given) :], layer.states)]
    grad_given, grad_kept, back = layer.slopes()
    space = np.empty_like(now[0])
    with threads.blas_alone():
        multiply = product.repeated(weight, len(space))
        for at in reversed(times):
            current = [s[: at.stop - at.start] for s in now]
            h = current[0]
            h += grad[at]
            back(at, *current)
            through = space[: len(h)]
            multiply(grad_kept[at], through)
            h += through
    return grad_given, grad_kept, product.product(grad_kept.T, layer.before), now


Back = Callable[..., None]


class _Layer:
    """What a walk computes and keeps, in the order of the rows.

    `before` are the states h before each step, `kept` is what the gates get from them.
    """

    gates = states = 1

    def __init__(self, given: NDArray, bias: NDArray | None, out: NDArray) -> None:
        self.given, self.bias, self.size = given, bias, out.shape[1]
        self.before, self.kept = np.empty_like(out), np.empty_like(given)

    def parts(self, array: NDArray) -> list[NDArray]:
        """What belongs to each gate, (T, H)."""
        n = self.size
        return [array[:, i * n : (i + 1) * n] for i in range(self.gates)]

    def sums(self, at: slice) -> NDArray:
        """`kept` with the bias, and with what the input gives."""
        sums = self.kept[at]
        if self.bias is not None:
            sums += self.bias
        sums += self.given[at]
        return sums


class _Tanh(_Layer):
    def step(self, at: slice, h: NDArray) -> None:
        sums = self.sums(at)
        h[...] = np.tanh(sums, out=sums)

    def slopes(self) -> tuple[NDArray, NDArray, Back]:
        grads = 1 - self.kept * self.kept  # not of `out`, which is the user's to change

        def back(at: slice, h: NDArray) -> None:
            grads[at] *= h
            h[...] = 0

        return grads, grads, back


class _Relu(_Layer):
    def step(self, at: slice, h: NDArray) -> None:
        sums = self.sums(at)
        h[...] = np.maximum(sums, 0, out=sums)

    def slopes(self) -> tuple[NDArray, NDArray, Back]:
        grads, is_open = np.zeros_like(self.kept), ~(self.kept <= 0)  # nan is let through

        def back(at: slice, h: NDArray) -> None:
            np.copyto(grads[at], h, where=is_open[at])  # 0, not nan, where an infinite one stops
            h[...] = 0

        return grads, grads, back


class _Lstm(_Layer):
    gates, states = 4, 2

    def __init__(self, given: NDArray, bias: NDArray | None, out: NDArray) -> None:
        super().__init__(given, bias, out)
        self.cells, self.tanh = np.empty_like(out), np.empty_like(out)
        self.scale = np.repeat(np.array([0.5, 0.5, 1, 0.5], given.dtype), self.size)
        self.shift = 1 - self.scale

    def step(self, at: slice, h: NDArray, c: NDArray) -> None:
        i, f, g, o = self.parts(gates := self.sums(at))
        gates *= self.scale  # the sigmoids of three gates, as below, and the tanh of one
        np.tanh(gates, out=gates)
        gates *= self.scale
        gates += self.shift
        self.cells[at] = c
        c *= f
        c += i * g
        np.multiply(o, np.tanh(c, out=self.tanh[at]), out=h)

    def slopes(self) -> tuple[NDArray, NDArray, Back]:
        i, f, g, o = self.parts(self.kept)
        grads = np.empty_like(self.kept)
        of_i, of_f, of_g, of_o = self.parts(grads)
        _sigmoid_slope(i, g, of_i)
        _sigmoid_slope(f, self.cells, of_f)
        _sigmoid_slope(o, self.tanh, of_o)
        _tanh_slope(g, i, of_g)
        through = _tanh_slope(self.tanh, o, np.empty_like(self.tanh))

        def back(at: slice, h: NDArray, c: NDArray) -> None:
            c += h * through[at]
            of_gates = grads[at].reshape(len(h), 4, h.shape[1])
            of_gates[:, :3] *= c[:, None]
            of_gates[:, 3] *= h
            c *= f[at]
            h[...] = 0

        return grads, grads, back


class _Gru(_Layer):
    gates = 3

    def __init__(self, given: NDArray, bias: NDArray | None, out: NDArray) -> None:
        super().__init__(given, bias, out)
        self.active = np.empty_like(given)

    def step(self, at: slice, h: NDArray) -> None:
        kept, given, active, two = self.kept[at], self.given[at], self.active[at], 2 * h.shape[1]
        if self.bias is not None:
            kept += self.bias
        r, z, n = self.parts(active)
        np.add(kept[:, :two], given[:, :two], out=active[:, :two])
        _sigmoid(active[:, :two])
        np.multiply(r, kept[:, two:], out=n)
        n += given[:, two:]
        np.tanh(n, out=n)
        h -= n
        h *= z
        h += n

    def slopes(self) -> tuple[NDArray, NDArray, Back]:
        r, z, n = self.parts(self.active)
        grads, grads_kept = np.empty_like(self.given), np.empty_like(self.given)
        of_r, of_z, of_n = self.parts(grads)
        two = 2 * r.shape[1]
        _tanh_slope(n, 1 - z, of_n)
        _sigmoid_slope(z, self.before - n, of_z)
        _sigmoid_slope(r, of_n * self.kept[:, two:], of_r)

        def back(at: slice, h: NDArray) -> None:
            of_gates = grads[at].reshape(len(h), 3, h.shape[1])
            of_gates *= h[:, None]
            grads_kept[at, :two] = grads[at, :two]
            np.multiply(of_n[at], r[at], out=grads_kept[at, two:])
            h *= z[at]

        return grads, grads_kept, back


_LAYERS = {"LSTM": _Lstm, "GRU": _Gru, "RNN_TANH": _Tanh, "RNN_RELU": _Relu}


def _sigmoid(x: NDArray) -> None:
    """In place, by the tanh of the half: twice as fast, and as exact but for what is near 0."""
    x *= 0.5
    np.tanh(x, out=x)
    x *= 0.5
    x += 0.5


def _sigmoid_slope(y: NDArray, factor: NDArray, out: NDArray) -> None:
    np.subtract(1, y, out=out)
    out *= y
    out *= factor


def _tanh_slope(y: NDArray, factor: NDArray, out: NDArray) -> NDArray:
    np.multiply(y, y, out=out)
    np.subtract(1, out, out=out)
    out *= factor
    return out
