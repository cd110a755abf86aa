"""Rows for ops/recurrent.py."""

import numpy as np
from hypothesis import strategies as st

from tests.opinfo import OpInfo, Sample
from tinygrad_np import testing
from tinygrad_np.ops import recurrent
from tinygrad_np.ops.recurrence import recurrence


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


def sequences(given, weight, hidden, cell=None, bias=0, *, mode, sizes, reverse=False):
    """Each sequence alone."""
    ends, offsets = [], np.cumsum([0, *sizes])
    out = np.zeros((len(given), weight.shape[1]))
    for n, h in enumerate(hidden):
        h, c = h[None], None if cell is None else cell[n : n + 1]
        rows = [at + n for at, size in zip(offsets, sizes, strict=False) if n < size]
        for row in reversed(rows) if reverse else rows:
            x, kept = given[row][None], h @ weight.T + (0 if bias is None else bias)
            if mode == "LSTM":
                h, c = lstm(x + kept, c)
            elif mode == "GRU":
                h = gru(x, kept, h)
            else:
                h = np.tanh(x + kept) if mode == "RNN_TANH" else np.maximum(x + kept, 0)
            out[row] = h[0]
        ends.append((h, c))
    hs, cs = zip(*ends, strict=True)
    return np.concatenate([out, *hs, *(() if cell is None else cs)])


@st.composite
def packed(draw):
    mode = draw(st.sampled_from(["LSTM", "GRU", "RNN_TANH", "RNN_RELU"]))
    sizes = sorted(draw(st.lists(st.integers(1, 3), min_size=1, max_size=3)), reverse=True)
    size, gates = draw(st.integers(1, 2)), {"LSTM": 4, "GRU": 3}.get(mode, 1)
    start = testing.spaced((sizes[0], size))
    return Sample(
        (
            draw(testing.spaced((sum(sizes), gates * size))),
            draw(testing.spaced((gates * size, size), -0.5, 0.5)),
            draw(start),
            draw(start) if mode == "LSTM" else None,
            draw(st.none() | testing.spaced((gates * size,))),
        ),
        {"mode": mode, "sizes": sizes, "reverse": draw(st.booleans())},
    )


ROWS = [
    OpInfo(recurrence, sequences, packed(), torch=None),
    OpInfo(recurrent.lstm_step, lstm, steps(4, 1), torch=torch_lstm),
    OpInfo(recurrent.gru_step, gru, steps(3, 3, 1), torch=torch_gru),
]
