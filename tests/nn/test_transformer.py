"""Attention and transformers: masks and shapes, beside NumPy over single heads and PyTorch's."""

import itertools

import numpy as np
import pytest

import tinygrad_np as tg
from tests.rows.attention import attend
from tinygrad_np import nn
from tinygrad_np.nn import functional as F


def heads(x, count):
    return x.reshape(len(x), count, -1).swapaxes(0, 1)


def test_each_head_attends_with_its_own_part():
    tg.manual_seed(0)
    layer = nn.MultiheadAttention(6, 3, dtype=tg.float64)
    nn.init.normal_(layer.in_proj_bias)
    q, k = tg.randn(4, 6, dtype=tg.float64), tg.randn(5, 6, dtype=tg.float64)
    mask = tg.arange(20).reshape(4, 5) % 3 == 0
    got, shares = layer(q, k, k, attn_mask=mask)
    weight, bias = layer.in_proj_weight.detach().numpy(), layer.in_proj_bias.detach().numpy()
    parts = [
        heads(x.numpy() @ w.T + b, 3)
        for x, w, b in zip((q, k, k), np.split(weight, 3), np.split(bias, 3), strict=True)
    ]
    out = attend(*parts, ~mask.numpy()).swapaxes(0, 1).reshape(4, 6)
    want = out @ layer.out_proj.weight.detach().numpy().T
    np.testing.assert_allclose(got.detach().numpy(), want, rtol=1e-9)
    assert shares.shape == (4, 5)
    assert not shares[mask].any()
    np.testing.assert_allclose(shares.sum(-1).detach().numpy(), 1)


def test_what_comes_later_is_not_seen():
    layer = nn.TransformerEncoder(nn.TransformerEncoderLayer(4, 2, 8, 0.0), 2)
    mask = nn.Transformer.generate_square_subsequent_mask(5)
    x = tg.randn(5, 1, 4, requires_grad=True)
    layer(x, mask)[2].pow(2).sum().backward()
    assert x.grad[:3].abs().sum((1, 2)).all()
    assert not x.grad[3:].any()


def test_padding_is_not_seen():
    layer = nn.TransformerDecoderLayer(4, 2, 8, 0.0)
    memory = tg.randn(3, 1, 4, requires_grad=True)
    padding = tg.tensor([[False, False, True]])
    out = layer(tg.randn(2, 1, 4), memory, memory_key_padding_mask=padding)
    out.pow(2).sum().backward()
    assert memory.grad[:2].any()
    assert not memory.grad[2].any()


def test_nothing_is_seen():
    x = tg.ones(1, 2, requires_grad=True)
    out = F.scaled_dot_product_attention(x, x, x, tg.tensor([[False]]))
    out.sum().backward()
    assert not out.any()
    assert not x.grad.any()


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda x: nn.MultiheadAttention(4, 3), AssertionError, "divisible"),
        (lambda x: nn.MultiheadAttention(4, 0), ValueError, "greater than 0"),
        (lambda x: nn.MultiheadAttention(4, 2)(x[0, 0], x, x), AssertionError, "received 1-D"),
        (lambda x: nn.MultiheadAttention(4, 2)(x, x[0], x), AssertionError, "to be 3-D"),
        (lambda x: nn.MultiheadAttention(4, 2)(x, x[:1], x), AssertionError, "key shape"),
        (
            lambda x: nn.MultiheadAttention(4, 2)(x, x, x, attn_mask=tg.ones(2, 3)),
            RuntimeError,
            r"should be \(3, 3\)",
        ),
        (
            lambda x: nn.MultiheadAttention(4, 2)(x, x, x, tg.ones(1, 3).bool()),
            AssertionError,
            "key_padding_mask of shape",
        ),
        (
            lambda x: nn.MultiheadAttention(4, 2)(x, x, x, is_causal=True),
            RuntimeError,
            "Need attn_mask",
        ),
        (
            lambda x: F.scaled_dot_product_attention(x, x, x, tg.ones(4, 4), is_causal=True),
            RuntimeError,
            "should not be set",
        ),
        (
            lambda x: F.scaled_dot_product_attention(x, x, x, tg.ones(4, 4).long()),
            RuntimeError,
            "to be bool or to match",
        ),
        (lambda x: nn.TransformerEncoderLayer(4, 2, activation="x"), RuntimeError, "relu/gelu"),
        (lambda x: nn.Transformer(4, 2, 1, 1, 4)(x, x[:, :1]), RuntimeError, "batch number"),
        (lambda x: nn.Transformer(5, 1, 1, 1, 4)(x, x), RuntimeError, "feature number"),
    ],
)
def test_errors(call, error, words):
    with pytest.raises(error, match=words):
        call(tg.ones(3, 2, 4))


@pytest.mark.torch
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kind", ["bool", "float", "heads", "causal"])
def test_masks_are_torchs(kind):
    import torch
    from torch.nn.attention import SDPBackend, sdpa_kernel

    random = np.random.default_rng(2)
    mask = random.random((3, 3)) < 0.3
    mask[:, 0] = False
    padding = np.array([[False, False, True], [False, False, False]])
    if kind == "float":
        mask, padding = random.standard_normal((3, 3)), padding * -5.0
    if kind == "heads":
        mask = np.stack([mask] * 4)
    x = random.standard_normal((3, 2, 4))
    for extra, need, average in itertools.product([False, True], repeat=3):
        found = []
        for lib in (tg, torch):
            lib.manual_seed(3)
            layer = lib.nn.MultiheadAttention(4, 2, add_bias_kv=extra, add_zero_attn=extra)
            layer = layer.double()
            leaf = lib.tensor(x, requires_grad=True)
            hidden = lib.tensor(mask)
            if kind == "causal":
                hidden = lib.nn.Transformer.generate_square_subsequent_mask(3, dtype=lib.float64)
            unseen = None if kind == "causal" else lib.tensor(padding)
            causal = kind == "causal" and not extra
            with sdpa_kernel(SDPBackend.MATH):  # the one with second gradients
                out, shares = layer(leaf, leaf, leaf, unseen, need, hidden, average, causal)
            (grad,) = lib.autograd.grad((out**2).sum(), leaf, create_graph=True)
            second = lib.autograd.grad((grad**3).sum(), [leaf, *layer.parameters()])
            found.append([t.detach().numpy() for t in (out, grad, *second)])
            found[-1] += [shares.detach().numpy()] if need else [shares]
        for ours, theirs in zip(*found, strict=True):
            if theirs is None:
                assert ours is None
            else:
                np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-7)


@pytest.mark.torch
def test_subclasses_replace_the_parts_of_a_layer():
    import torch

    def run(of):
        class Encoder(of.nn.TransformerEncoderLayer):
            def _sa_block(self, x, attn_mask, key_padding_mask, is_causal=False):
                return x * 2

            def _ff_block(self, x):
                return super()._ff_block(x) + 1

        class Decoder(of.nn.TransformerDecoderLayer):
            def _mha_block(self, x, mem, attn_mask, key_padding_mask, is_causal=False):
                return x - mem

        of.manual_seed(0)
        x = of.rand(3, 2, 4)
        encoded = Encoder(4, 2, 8, dropout=0.0, norm_first=True)(x)
        return Decoder(4, 2, 8, dropout=0.0)(x, encoded).detach().numpy()

    np.testing.assert_allclose(run(tg), run(torch), rtol=2e-5, atol=1e-6)
