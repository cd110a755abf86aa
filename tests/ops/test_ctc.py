"""The loss of sequences that are not aligned: every reading counted, and PyTorch beside it."""

import itertools
import math

import numpy as np
import pytest

import tinygrad_np as tg
from tinygrad_np.nn import functional as F

T, N, C = 5, 3, 4
SCORES = np.random.default_rng(0).normal(size=(T, N, C))
LOG_PROBS = SCORES - np.log(np.exp(SCORES).sum(-1, keepdims=True))
TARGETS = np.array([[1, 2, 2], [3, 1, 0], [3, 3, 1]])
LENGTHS, COUNTS = (5, 4, 5), (3, 2, 0)


def by_all_readings(log_probs, labels, blank=0):
    """Of all paths those whose labels, repeated ones as one and blanks left out, are these."""
    total = 0.0
    for path in itertools.product(range(log_probs.shape[1]), repeat=len(log_probs)):
        read = [label for label, _ in itertools.groupby(path) if label != blank]
        if read == list(labels):
            total += math.exp(sum(log_probs[t, label] for t, label in enumerate(path)))
    return -math.log(total)


def test_every_reading_counts():
    want = [
        by_all_readings(LOG_PROBS[:length, i], TARGETS[i, :count])
        for i, (length, count) in enumerate(zip(LENGTHS, COUNTS, strict=True))
    ]
    x, targets = tg.tensor(LOG_PROBS), tg.tensor(TARGETS)
    losses = F.ctc_loss(x, targets, LENGTHS, COUNTS, reduction="none")
    np.testing.assert_allclose(losses.numpy(), want)
    assert F.ctc_loss(x, targets, LENGTHS, COUNTS, reduction="sum").item() == pytest.approx(
        sum(want)
    )
    mean = F.ctc_loss(x, targets, tg.tensor(LENGTHS), tg.tensor(COUNTS)).item()
    assert mean == pytest.approx(np.mean(np.array(want) / [3, 2, 1]))
    packed = tg.tensor([1, 2, 2, 3, 1])
    np.testing.assert_allclose(
        F.ctc_loss(x, packed, LENGTHS, COUNTS, reduction="none").numpy(), want
    )
    one = F.ctc_loss(x[:, 0], targets[0], (5,), (3,), reduction="none")
    assert one.shape == ()
    assert one.item() == pytest.approx(want[0])
    other = F.ctc_loss(
        x[:, :1], tg.tensor([[1, 2, 0]]), (5,), (3,), blank=3, reduction="sum"
    ).item()
    assert other == pytest.approx(by_all_readings(LOG_PROBS[:, 0], [1, 2, 0], 3))


def test_its_gradient_before_a_log_softmax():
    def loss(x):
        return F.ctc_loss(x.log_softmax(-1), tg.tensor(TARGETS), LENGTHS, COUNTS, reduction="none")

    x = tg.tensor(SCORES, requires_grad=True)
    assert tg.autograd.gradcheck(loss, (x,))
    (first,) = tg.autograd.grad(loss(x).sum(), x, create_graph=True)
    with pytest.raises(NotImplementedError, match="_ctc_slope"):
        first.sum().backward()


@pytest.mark.torch
@pytest.mark.parametrize(
    ("lengths", "counts", "options"),
    [
        (LENGTHS, COUNTS, {}),
        (LENGTHS, (1, 2, 0), {"reduction": "sum", "blank": 2}),
        ((3, 4, 0), (3, 2, 0), {"reduction": "none"}),  # 1 2 2 needs four steps
        ((3, 4, 5), (3, 0, 3), {"reduction": "none", "zero_infinity": True}),
        ((3, 4, 0), (3, 1, 1), {"zero_infinity": True}),
    ],
)
def test_values_and_gradients_are_pytorchs(lengths, counts, options):
    import torch

    results = []
    for lib in (tg, torch):
        x = lib.tensor(LOG_PROBS * 0.9, requires_grad=True)
        out = lib.nn.functional.ctc_loss(
            x, lib.tensor(TARGETS), lib.tensor(lengths), lib.tensor(counts), **options
        )
        (out * lib.arange(1.0, out.numel() + 1).reshape(out.shape)).sum().backward()
        results.append((out.detach().numpy(), x.grad.numpy()))
    for ours, theirs in zip(*results, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-12)


def test_the_layer():
    layer = tg.nn.CTCLoss(blank=1, reduction="sum", zero_infinity=True)
    x = tg.tensor(LOG_PROBS)
    want = F.ctc_loss(x, tg.tensor(TARGETS), LENGTHS, COUNTS, 1, "sum", True)
    assert layer(x, tg.tensor(TARGETS), LENGTHS, COUNTS).item() == want.item()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"input_lengths": (6, 4, 5)}, "at most 5"),
        ({"input_lengths": (-1, 4, 5)}, "at least 0"),
        ({"input_lengths": (5, 4)}, "batch_size"),
        ({"input_lengths": tg.ones(3)}, "integral"),
        ({"target_lengths": (4, 2, 3)}, "targets to have size"),
        ({"targets": tg.tensor([1, 2])}, "targets to have size 5"),
        ({"targets": tg.tensor(TARGETS + 2)}, "must be classes"),
        ({"blank": 4}, "label range"),
        ({"log_probs": tg.zeros(T, N, C).half()}, "float32 and float64"),
        ({"log_probs": tg.zeros(T)}, r"\(T, N, C\)"),
    ],
)
def test_what_it_refuses(change, words):
    given = {
        "log_probs": tg.tensor(LOG_PROBS), "targets": tg.tensor(TARGETS),
        "input_lengths": LENGTHS, "target_lengths": COUNTS,
    }  # fmt: skip
    with pytest.raises(RuntimeError, match=words):
        F.ctc_loss(**{**given, **change})
