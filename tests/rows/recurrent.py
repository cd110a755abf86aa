"""Rows for ops/recurrent.py."""

import numpy as np
from hypothesis import strategies as st

from tests.opinfo import OpInfo, Sample
from tinygrad_np import testing
from tinygrad_np.ops import recurrent


def sigma(x):
    return 1 / (1 + np.exp(-x))


def lstm(gates, cell):
    i, f, g, o = np.split(gates, 4, axis=1)
    c = sigma(f) * cell + sigma(i) * np.tanh(g)
    return np.stack([sigma(o) * np.tanh(c), c])


def gru(given, kept, state):
    (rx, zx, nx), (rh, zh, nh) = np.split(given, 3, axis=1), np.split(kept, 3, axis=1)
    r, z = sigma(rx + rh), sigma(zx + zh)
    return (1 - z) * np.tanh(nx + r * nh) + z * state


def torch_lstm(torch, gates, cell):
    i, f, g, o = gates.chunk(4, 1)
    c = f.sigmoid() * cell + i.sigmoid() * g.tanh()
    return torch.stack([o.sigmoid() * c.tanh(), c])


def torch_gru(torch, given, kept, state):
    (rx, zx, nx), (rh, zh, nh) = given.chunk(3, 1), kept.chunk(3, 1)
    r, z = (rx + rh).sigmoid(), (zx + zh).sigmoid()
    return (1 - z) * (nx + r * nh).tanh() + z * state


@st.composite
def steps(draw, *chunks):
    n, size = draw(st.integers(0, 2)), draw(st.integers(1, 3))
    return Sample(tuple(draw(testing.spaced((n, size * k))) for k in chunks))


ROWS = [
    OpInfo(recurrent.lstm_step, lstm, steps(4, 1), torch=torch_lstm),
    OpInfo(recurrent.gru_step, gru, steps(3, 3, 1), torch=torch_gru),
]
