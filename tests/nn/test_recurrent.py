"""Recurrent layers beside loops in NumPy over one sequence at a time, and beside PyTorch's."""

import copy
import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tinygrad_np as tg
from tests.rows.recurrent import gru, lstm
from tinygrad_np import nn
from tinygrad_np.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

KINDS = ("RNN", "LSTM", "GRU")


def walk(kind, weights, x, h, c):
    """One layer in one direction over a sequence (T, I): its states, and the last two."""
    w_ih, w_hh, *rest = weights
    b_ih, b_hh = rest[:2] if len(rest) > 1 else (0, 0)
    hs = []
    for row in x:
        given, kept = (row @ w_ih.T + b_ih)[None], (h @ w_hh.T + b_hh)[None]
        if kind == "LSTM":
            h, c = lstm(given + kept, c[None])[:, 0]
            h = h @ rest[-1].T if len(rest) % 2 else h
        else:
            h = gru(given, kept, h[None])[0] if kind == "GRU" else np.tanh(given + kept)[0]
        hs.append(h)
    return np.array(hs), h, c


def reference(kind, layer, x, h0, c0):
    weights = [[w.detach().numpy() for w in some] for some in layer.all_weights]
    directions = 2 if layer.bidirectional else 1
    last = []
    for i in range(0, len(weights), directions):
        outs = []
        for d in range(directions):
            out, h, c = walk(kind, weights[i + d], x[:: 1 - 2 * d], h0[i + d], c0[i + d])
            outs.append(out[:: 1 - 2 * d])
            last.append((h, c))
        x = np.concatenate(outs, axis=1)
    return x, [h for h, _ in last], [c for _, c in last]


@st.composite
def layers(draw):
    kind = draw(st.sampled_from(KINDS))
    options = {
        "num_layers": draw(st.integers(1, 2)),
        "bias": draw(st.booleans()),
        "bidirectional": draw(st.booleans()),
        "batch_first": draw(st.booleans()),
    }
    if kind == "LSTM":
        options["proj_size"] = draw(st.sampled_from([0, 2]))
    lengths = draw(st.lists(st.integers(1, 5), min_size=1, max_size=4))
    return kind, options, lengths


def states(layer, batch, random):
    count = layer.num_layers * (2 if layer.bidirectional else 1)
    h = random.standard_normal((count, batch, layer.proj_size or layer.hidden_size))
    return h, random.standard_normal((count, batch, layer.hidden_size))


@settings(max_examples=40)
@given(layers(), st.integers(0, 99))
def test_packed_sequences_are_each_walked_alone(drawn, seed):
    kind, options, lengths = drawn
    random = np.random.default_rng(seed)
    layer = getattr(nn, kind)(3, 4, dtype=tg.float64, **options)
    h0, c0 = states(layer, len(lengths), random)
    x = random.standard_normal((len(lengths), max(lengths), 3))
    first = options["batch_first"]
    padded = tg.tensor(x if first else x.swapaxes(0, 1))
    packed = pack_padded_sequence(padded, lengths, first, enforce_sorted=False)
    out, last = layer(packed, (tg.tensor(h0), tg.tensor(c0)) if kind == "LSTM" else tg.tensor(h0))
    out, sizes = pad_packed_sequence(out, batch_first=True)
    assert sizes.tolist() == lengths
    for i, length in enumerate(lengths):
        want, h, c = reference(kind, layer, x[i, :length], h0[:, i], c0[:, i])
        np.testing.assert_allclose(out[i, :length].detach().numpy(), want, rtol=1e-9)
        assert not out[i, length:].any()
        got = last[0] if kind == "LSTM" else last
        np.testing.assert_allclose(got[:, i].detach().numpy(), h, rtol=1e-9)
        if kind == "LSTM":
            np.testing.assert_allclose(last[1][:, i].detach().numpy(), c, rtol=1e-9)


@pytest.mark.parametrize("kind", KINDS)
def test_gradients(kind):
    layer = getattr(nn, kind)(2, 2, bidirectional=True, dtype=tg.float64)
    x = tg.randn(3, 2, 2, dtype=tg.float64, requires_grad=True)
    params = list(layer.parameters())

    def run(x, *params):
        layer.__dict__.update(zip(dict(layer.named_parameters()), params, strict=True))
        out, last = layer(x)
        return (out, *last) if kind == "LSTM" else (out, last)

    assert tg.autograd.gradcheck(run, (x, *params))
    assert tg.autograd.gradgradcheck(run, (x, *params), fast_mode=True)


def test_cells_are_steps_of_the_layers():
    for kind in KINDS:
        layer, cell = getattr(nn, kind)(3, 4), getattr(nn, f"{kind}Cell")(3, 4)
        cell.load_state_dict({k[:-3]: v for k, v in layer.state_dict().items()})
        x, state = tg.randn(5, 2, 3), None
        for row in x:
            state = cell(row, state)
        _, last = layer(x)
        pairs = zip(state, last, strict=True) if kind == "LSTM" else [(state, last)]
        for ours, theirs in pairs:
            np.testing.assert_allclose(
                ours.detach().numpy(), theirs[0].detach().numpy(), rtol=1e-5, atol=1e-6
            )


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: nn.LSTM(3, 4)(tg.ones(2, 2, 5)), RuntimeError, "Expected 3, got 5"),
        (lambda: nn.LSTM(3, 4)(tg.ones(2, 2, 3).double()), ValueError, "dtype"),
        (lambda: nn.LSTM(3, 4)(tg.ones(3)), ValueError, "2D or 3D, got 1D"),
        (lambda: nn.GRU(3, 4)(tg.ones(2, 2, 3), tg.ones(1, 1, 4)), RuntimeError, "hidden size"),
        (lambda: nn.GRU(3, 4)(tg.ones(2, 2, 3), tg.ones(2, 4)), RuntimeError, "3-D but got 2-D"),
        (lambda: nn.GRU(3, 4, proj_size=2), ValueError, "only supported for LSTM"),
        (lambda: nn.LSTM(3, 4, proj_size=4), ValueError, "smaller than hidden_size"),
        (lambda: nn.RNN(3, 4, nonlinearity="x"), ValueError, "nonlinearity"),
        (lambda: nn.RNN(3, 0), ValueError, "greater than zero"),
        (lambda: nn.RNN(3, 4.0), TypeError, "hidden_size should be of type int"),
        (lambda: nn.RNN(3, 4)(tg.ones(0, 2, 3)), RuntimeError, "larger than 0"),
        (lambda: nn.GRUCell(3, 4)(tg.ones(2, 5)), RuntimeError, "got 5, expected 3"),
        (lambda: nn.GRUCell(3, 4)(tg.ones(2, 3), tg.ones(3, 4)), RuntimeError, "hidden state"),
        (lambda: nn.RNNCell(3, 4)(tg.ones(1, 2, 3)), ValueError, "1D or 2D"),
    ],
)
def test_errors(call, error, words):
    with pytest.raises(error, match=words):
        call()


def test_dropout_on_one_layer_warns():
    with pytest.warns(UserWarning, match="num_layers greater than 1"):
        nn.LSTM(3, 4, dropout=0.5)


@pytest.mark.torch
@pytest.mark.parametrize("kind", KINDS)
def test_second_gradients_are_torchs(kind):
    import torch

    for proj, directions in itertools.product([0, 2] if kind == "LSTM" else [0], [False, True]):
        options = {"num_layers": 2, "bidirectional": directions, "batch_first": True}
        options |= {"proj_size": proj} if proj else {}
        layers = [getattr(lib.nn, kind)(3, 4, **options).double() for lib in (tg, torch)]
        state = {k: tg.tensor(v.numpy()) for k, v in layers[1].state_dict().items()}
        layers[0].load_state_dict(state)
        x = np.random.default_rng(1).standard_normal((2, 3, 3))
        found = []
        for lib, layer in zip((tg, torch), layers, strict=True):
            leaves = [lib.tensor(x, requires_grad=True), *layer.parameters()]
            out, last = layer(leaves[0])
            loss = (out**2).sum() + (last[-1] ** 3).sum()
            first = lib.autograd.grad(loss, leaves, create_graph=True)
            second = lib.autograd.grad(sum((g**2).sum() for g in first), leaves)
            found.append([g.detach().numpy() for g in (*first, *second)])
        for ours, theirs in zip(*found, strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=1e-6, atol=1e-10)


@pytest.mark.parametrize("kind", KINDS)
def test_no_sequences(kind):
    layer = getattr(nn, kind)(3, 4)
    x = tg.ones(5, 0, 3, requires_grad=True)
    out, last = layer(x)
    assert out.shape == (5, 0, 4)
    (out.sum() + last[0].sum()).backward()
    assert x.grad.shape == x.shape
    assert not layer.weight_hh_l0.grad.any()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", [1, 2, 3])
def test_float32_of_any_width(kind, size):
    layer = getattr(nn, kind)(3, size)
    x = np.random.default_rng(0).standard_normal((4, 3, 3))
    zeros = np.zeros((1, 3, size))
    want = np.stack(
        [reference(kind, layer, x[:, i], zeros[:, i], zeros[:, i])[0] for i in range(3)], 1
    )
    got = layer(tg.tensor(x, dtype=tg.float32))[0].detach().numpy()
    np.testing.assert_allclose(got, want, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("kind", [*KINDS, "relu"])
def test_outputs_may_be_changed_in_place(kind):
    layer = nn.RNN(2, 3, nonlinearity="relu") if kind == "relu" else getattr(nn, kind)(2, 3)
    nn.init.ones_(layer.weight_ih_l0)  # so that a relu is open
    nn.init.ones_(layer.bias_ih_l0)
    found = []
    for change in (lambda out: out * 0.5, lambda out: out.mul_(0.5)):
        x = tg.ones(4, 2, 2, requires_grad=True)
        change(layer(x)[0]).sum().backward()
        found.append(x.grad.numpy())
    np.testing.assert_allclose(*found, rtol=1e-6)
    assert found[0].any()


def test_copies_have_weights_of_their_own():
    layer = nn.GRU(2, 3)
    other = copy.deepcopy(layer)
    nn.init.zeros_(other.weight_ih_l0)
    assert layer.weight_ih_l0.any()
    assert other.all_weights[0][0] is other.weight_ih_l0


def test_weights_have_names():
    layer = nn.LSTM(2, 3, num_layers=2, bidirectional=True)
    assert layer._flat_weights_names == list(dict(layer.named_parameters()))
