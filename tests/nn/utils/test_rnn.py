"""Sequences of different lengths, padded and packed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tinygrad_np as tg
from tinygrad_np.nn.utils import rnn

LENGTHS = st.lists(st.integers(1, 4), min_size=1, max_size=4)


def sequences(lengths, *shape):
    """Arrays of different numbers."""
    count = int(np.prod(shape))
    values = np.arange(1.0, sum(lengths) * count + 1).reshape(-1, *shape)
    return np.split(values, np.cumsum(lengths)[:-1])


@given(LENGTHS, st.booleans(), st.sampled_from([(), (2,)]))
def test_round_trips(lengths, first, shape):
    arrays = sequences(lengths, *shape)
    tensors = [tg.tensor(a) for a in arrays]
    padded = rnn.pad_sequence(tensors, first, padding_value=-1.0)
    for i, a in enumerate(arrays):
        row = (padded if first else padded.transpose(0, 1))[i].numpy()
        np.testing.assert_array_equal(row[: len(a)], a)
        assert (row[len(a) :] == -1).all()
    packed = rnn.pack_sequence(tensors, enforce_sorted=False)
    longest_first = sorted(arrays, key=len, reverse=True)
    rows = [a[t] for t in range(max(lengths)) for a in longest_first if t < len(a)]
    np.testing.assert_array_equal(packed.data.numpy(), rows)
    assert packed.batch_sizes.tolist() == [sum(n > t for n in lengths) for t in range(max(lengths))]
    again, sizes = rnn.pad_packed_sequence(packed, first, -1.0)
    assert sizes.tolist() == lengths
    assert (again == padded).all()
    for back in (rnn.unpack_sequence(packed), rnn.unpad_sequence(padded, sizes, first)):
        for a, b in zip(arrays, back, strict=True):
            np.testing.assert_array_equal(a, b.numpy())


def test_gradients_pass_through():
    x = tg.ones(3, 2, requires_grad=True)
    packed = rnn.pack_padded_sequence(x, tg.tensor([3, 1]))
    (rnn.pad_packed_sequence(packed, total_length=4)[0] * 2).sum().backward()
    assert x.grad.tolist() == [[2, 2], [2, 0], [2, 0]]


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda x: rnn.pack_padded_sequence(x, [1, 2]), RuntimeError, "enforce_sorted"),
        (lambda x: rnn.pack_padded_sequence(x, [3, 0]), RuntimeError, "greater than 0"),
        (lambda x: rnn.pack_padded_sequence(x, [4, 1]), RuntimeError, "at most 3"),
        (lambda x: rnn.pack_padded_sequence(x, [3]), RuntimeError, "batch_size=2"),
        (lambda x: rnn.pad_sequence([]), RuntimeError, "empty"),
        (lambda x: rnn.pad_sequence([x], padding_side="up"), RuntimeError, "left or right"),
        (
            lambda x: rnn.pad_packed_sequence(rnn.pack_sequence([x]), total_length=2),
            ValueError,
            "at least the length",
        ),
    ],
)
def test_errors(call, error, words):
    with pytest.raises(error, match=words):
        call(tg.ones(3, 2))


@pytest.mark.torch
@pytest.mark.parametrize("lengths", [[3, 1, 2], [2, 2], [1]])
def test_is_torchs(lengths):
    import torch

    arrays = sequences(lengths, 2)
    found = []
    for lib in (tg, torch):
        utils = lib.nn.utils.rnn
        tensors = [lib.tensor(a) for a in arrays]
        packed = utils.pack_sequence(tensors, enforce_sorted=False)
        found.append([*packed, *utils.pad_packed_sequence(packed)])
        found[-1].append(utils.pad_sequence(tensors, padding_side="left"))
    for ours, theirs in zip(*found, strict=True):
        np.testing.assert_array_equal(ours.numpy(), theirs.numpy())
        assert repr(ours.dtype) == repr(theirs.dtype)
