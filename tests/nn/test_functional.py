"""nn.functional: what the tables of ops and layers do not cover."""

import inspect

import numpy as np
import pytest

import tinygrad_np as tg
from tinygrad_np import nn
from tinygrad_np.nn import functional as F

LATER = {  # not there yet, or without meaning here
    "adaptive_avg_pool3d", "adaptive_max_pool3d", "adaptive_max_pool3d_with_indices",
    "adaptive_max_pool1d_with_indices", "adaptive_max_pool2d_with_indices", "affine_grid",
    "assert_int_or_pair", "avg_pool3d", "boolean_dispatch", "conv_tbc", "ctc_loss",
    "embedding_bag", "fractional_max_pool2d",
    "fractional_max_pool2d_with_indices", "fractional_max_pool3d",
    "fractional_max_pool3d_with_indices", "grid_sample", "grouped_mm", "handle_torch_function",
    "has_torch_function", "has_torch_function_unary", "has_torch_function_variadic",
    "linear_cross_entropy", "lp_pool3d", "max_pool1d_with_indices", "max_pool2d_with_indices",
    "max_pool3d", "max_pool3d_with_indices", "max_unpool3d", "multi_head_attention_forward",
    "native_channel_shuffle", "pdist", "scaled_dot_product_attention", "scaled_grouped_mm",
    "scaled_mm",
}  # fmt: skip


@pytest.mark.torch
def test_names_and_arguments_are_torchs():
    import torch

    theirs = {
        name: f
        for name, f in vars(torch.nn.functional).items()
        if callable(f) and not name.startswith("_") and not inspect.isclass(f)
    }
    theirs = {k: f for k, f in theirs.items() if getattr(f, "__module__", "") != "typing"}
    assert sorted(set(theirs) - LATER - set(vars(F))) == []
    for name in theirs.keys() & vars(F).keys():
        try:
            want = inspect.signature(theirs[name]).parameters
        except ValueError:  # a built-in
            continue
        if "args" in want:
            continue
        got = [(p.name, p.default) for p in inspect.signature(getattr(F, name)).parameters.values()]
        assert got == [(p.name, p.default) for p in want.values() if p.name != "_stacklevel"], name


@pytest.mark.torch
@pytest.mark.parametrize("hard", [False, True])
def test_gumbel_softmax_is_torchs(hard):
    import torch

    results = []
    for lib in (tg, torch):
        lib.manual_seed(5)
        x = lib.linspace(-1, 1, 20, dtype=lib.float64).reshape(4, 5).requires_grad_()
        y = lib.nn.functional.gumbel_softmax(x, tau=0.7, hard=hard, dim=0)
        (y * lib.arange(20).reshape(4, 5)).sum().backward()
        results += [y.detach().numpy(), x.grad.numpy()]
    np.testing.assert_allclose(results[0], results[2], rtol=1e-7, atol=1e-12)
    np.testing.assert_allclose(results[1], results[3], rtol=1e-7, atol=1e-12)
    if hard:
        assert set(results[0].ravel().round(12)) == {0, 1}


@pytest.mark.torch
def test_old_names_are_torchs():
    import torch

    x = np.random.default_rng(0).standard_normal((1, 2, 3, 4))
    for name, args in (("upsample_nearest", (None, 2)), ("upsample_bilinear", ((5, 7),))):
        with pytest.warns(UserWarning, match="deprecated"):
            ours = getattr(F, name)(tg.tensor(x), *args)
        with pytest.warns(UserWarning, match="deprecated"):
            theirs = getattr(torch.nn.functional, name)(torch.tensor(x), *args)
        np.testing.assert_allclose(ours.numpy(), theirs.numpy(), rtol=1e-12)


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("relu_", ()),
        ("leaky_relu_", (0.1,)),
        ("rrelu_", ()),
        ("hardtanh_", (-0.5, 0.5)),
        ("threshold_", (0.1, 7.0)),
        ("elu_", (0.5,)),
        ("selu_", ()),
        ("celu_", (0.5,)),
    ],
)
def test_in_place_forms(name, args):
    x = tg.linspace(-2, 2, 8, dtype=tg.float64).requires_grad_()
    y = x * 1
    result = getattr(F, name)(y, *args)
    assert result is y
    want = getattr(F, name[:-1])(x, *args)
    assert tg.equal(y, want)
    (got,) = tg.autograd.grad(y.sum(), x)
    assert tg.equal(got, tg.autograd.grad(want.sum(), x)[0])


def test_misuse():
    with pytest.raises(ValueError, match=r"3D.*\(2, 3\)"):
        F.local_response_norm(tg.ones(2, 3), 2)
    for groups in (0, 2):
        with pytest.raises(RuntimeError, match=rf"{groups} groups.*\(1, 3, 2\)"):
            F.channel_shuffle(tg.ones(1, 3, 2), groups)


# --- layers: wrong arguments, and what they say ---


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: nn.Conv2d(4, 4, 3, padding="full"), "'full'.*'same', 'valid'"),
        (lambda: nn.Conv2d(4, 4, 3, padding_mode="wrap"), "circular.*'wrap'"),
        (lambda: nn.Conv2d(4, 4, 3, padding="same", stride=2), "strided"),
        (lambda: nn.Conv2d(4, 6, 3, groups=4), "out_channels=6, groups=4"),
        (lambda: nn.Conv2d(4, 4, 3, groups=0), "positive.*0"),
        (lambda: nn.Conv2d(4, 4, (3, 3, 3)), r"kernel_size.*2.*\(3, 3, 3\)"),
        (lambda: nn.Conv2d(4, 4, 2.5), r"kernel_size.*2\.5"),
        (lambda: nn.ConvTranspose2d(4, 4, 3, padding_mode="reflect"), "zeros"),
        (
            lambda: nn.ConvTranspose1d(2, 2, 3, 2)(tg.ones(1, 2, 4), output_size=(3,)),
            r"\(3,\).*\[9\] to \[10\]",
        ),
        (lambda: nn.Bilinear(0, 1, 1), "in1_features.*0"),
        (lambda: nn.Hardtanh(1.0, 0.0), "min_val=1.0 and max_val=0.0"),
        (lambda: nn.Softmax2d()(tg.ones(2)), r"3D or 4D.*\(2,\)"),
        (lambda: nn.GroupNorm(3, 4), "4.*3"),
        (lambda: nn.BatchNorm2d(3)(tg.ones(2, 3)), r"4D input \(got 2D input\).*\(2, 3\)"),
        (lambda: nn.BatchNorm1d(3)(tg.ones(3)), "2D or 3D"),
        (lambda: nn.InstanceNorm1d(3)(tg.ones(3)), "2D or 3D"),
        (lambda: nn.Dropout(-0.1), r"-0\.1"),
        (lambda: nn.Embedding(3, 2, padding_idx=3), "3 with 3 embeddings"),
        (lambda: nn.Embedding.from_pretrained(tg.ones(3)), r"2-dimensional.*\(3,\)"),
        (lambda: nn.Embedding(3, 2, _weight=tg.ones(2, 2)), r"\(3, 2\).*\(2, 2\)"),
        (lambda: nn.ZeroPad2d((1, 2)), r"4 of them.*\(1, 2\)"),
        (lambda: nn.MSELoss(reduction="avg"), "avg"),
        (lambda: nn.MultiMarginLoss(p=3), "p=3"),
        (lambda: nn.MultiMarginLoss(weight=tg.ones(2, 2)), r"\(C,\).*\(2, 2\)"),
        (lambda: nn.TripletMarginLoss(margin=0), "greater than 0.*0"),
    ],
)
def test_wrong_arguments_are_named(call, words):
    with pytest.raises(ValueError, match=words):
        call()


@pytest.mark.torch
def test_transposed_convolution_to_a_size_is_torchs():
    import torch

    torch.manual_seed(0)
    theirs = torch.nn.ConvTranspose2d(2, 3, 3, stride=(2, 3), padding=1, dilation=(1, 2)).double()
    ours = nn.ConvTranspose2d(2, 3, 3, stride=(2, 3), padding=1, dilation=(1, 2)).double()
    ours.load_state_dict({k: v.numpy() for k, v in theirs.state_dict().items()})
    x = np.random.default_rng(0).standard_normal((1, 2, 4, 4))
    for size in ((8, 13), (7, 12), (1, 3, 8, 14)):
        got = ours(tg.tensor(x), output_size=size).detach().numpy()
        want = theirs(torch.tensor(x), output_size=size).detach().numpy()
        np.testing.assert_allclose(got, want, rtol=1e-10)


def test_cumulative_batch_norm_averages_all_batches():
    norm = nn.BatchNorm1d(2, momentum=None, dtype=tg.float64)
    batches = [tg.randn(5, 2, dtype=tg.float64) for _ in range(3)]
    for batch in batches:
        norm(batch)
    want = np.mean([b.numpy().mean(0) for b in batches], axis=0)
    np.testing.assert_allclose(norm.running_mean.numpy(), want)
    assert norm.num_batches_tracked.item() == 3
    norm.reset_parameters()
    assert [b.tolist() for b in norm.buffers()] == [[0, 0], [1, 1], 0]


def test_old_reduction_flags():
    with pytest.warns(UserWarning, match="reduction='sum'"):
        assert nn.MSELoss(size_average=False).reduction == "sum"
    with pytest.warns(UserWarning, match="reduction='none'"):
        assert nn.MSELoss(reduce=False).reduction == "none"


def test_embedding_shares_the_given_matrix():
    matrix = tg.ones(3, 2)
    layer = nn.Embedding.from_pretrained(matrix, freeze=False)
    assert np.shares_memory(layer.weight.detach().numpy(), matrix.numpy())
    assert layer.weight.requires_grad
    assert not nn.Embedding.from_pretrained(matrix).weight.requires_grad
    assert nn.Embedding(3, 2, padding_idx=-1).weight[2].tolist() == [0, 0]


@pytest.mark.torch
def test_bags_of_embeddings():
    torch = pytest.importorskip("torch")
    numbers, begin = [1, 2, 4, 5, 0, 3], [0, 3, 3]
    found = []
    for T in (tg, torch):
        results = []
        for mode in ("sum", "mean", "max"):
            for last in (False, True):
                T.manual_seed(0)
                bag = T.nn.EmbeddingBag(
                    6, 3, mode=mode, padding_idx=2, max_norm=1.5, include_last_offset=last
                )
                offsets = T.tensor([*begin, 6] if last else begin)
                out = bag(T.tensor(numbers), offsets)
                out.pow(2).sum().backward()
                results += [out, bag.weight, bag.weight.grad, bag(T.tensor([numbers, numbers]))]
        found.append([r.detach().numpy() for r in results])
        made = T.nn.EmbeddingBag(6, 3, mode="sum", padding_idx=2, max_norm=1.0)
        assert repr(made) == "EmbeddingBag(6, 3, max_norm=1.0, mode='sum', padding_idx=2)"
        given = T.nn.EmbeddingBag.from_pretrained(T.ones(4, 2), mode="max")
        assert not given.weight.requires_grad
        assert repr(given) == "EmbeddingBag(4, 2, mode='max')"
    for ours, theirs in zip(*found, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-7)


def test_bags_that_are_none():
    F, w, n = tg.nn.functional, tg.ones(4, 2), tg.tensor([1, 2])
    for call, error, words in (
        (lambda: F.embedding_bag(n, w), ValueError, "offsets"),
        (lambda: F.embedding_bag(n, w, tg.tensor([1])), ValueError, "begin at 0"),
        (lambda: F.embedding_bag(n, w, tg.tensor([0, 3])), ValueError, "length 2"),
        (lambda: F.embedding_bag(n[None], w, tg.tensor([0])), ValueError, "2D"),
        (lambda: F.embedding_bag(n, w, tg.tensor([0]), mode="min"), ValueError, "mode"),
        (
            lambda: F.embedding_bag(n[None], w, per_sample_weights=tg.ones(1, 2)),
            NotImplementedError,
            "sum",
        ),
    ):
        with pytest.raises(error, match=words):
            call()


def test_the_old_name_of_a_loss():
    with pytest.warns(FutureWarning, match="Please use `NLLLoss`"):
        loss = tg.nn.NLLLoss2d(reduction="sum")
    scores, target = tg.randn(2, 3, 2, 2), tg.ones(2, 2, 2, dtype=tg.int64)
    assert loss(scores, target) == F.nll_loss(scores, target, reduction="sum")
