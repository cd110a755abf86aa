"""Averages of weights, their batch norms and learning rates, against formulas and PyTorch."""

import numpy as np
import pytest

import tinygrad_np as tg
from tinygrad_np.optim import swa_utils

MODELS = np.array([[1.0, -2.0], [4.0, 0.5], [-3.0, 8.0]], np.float32)


def averaged(T, **options):
    """The average of some models, after each of them."""
    model = T.nn.Sequential(T.nn.Linear(2, 1, bias=False), T.nn.BatchNorm1d(1, affine=False))
    average = T.optim.swa_utils.AveragedModel(model, **options)
    seen = []
    for weight in MODELS:
        with T.no_grad():
            model[0].weight.copy_(T.tensor(weight[None]))
            model[1].running_mean += 1
            model[1].num_batches_tracked += 4
        average.update_parameters(model)
        seen.append([v.tolist() for v in average.state_dict().values()])
    return list(average.state_dict()), seen


def test_the_mean_of_all():
    names, seen = averaged(tg)
    assert names == [
        "n_averaged", "module.0.weight", "module.1.running_mean", "module.1.running_var",
        "module.1.num_batches_tracked",
    ]  # fmt: skip
    for n, (count, weight, mean, _, batches) in enumerate(seen, 1):
        assert (count, mean, batches) == (n, [n], 4 * n)
        np.testing.assert_allclose(weight, MODELS[None, :n].mean(1), rtol=1e-6)


@pytest.mark.parametrize("of", [swa_utils.get_ema_avg_fn, swa_utils.get_ema_multi_avg_fn])
def test_a_running_mean(of):
    name = "multi_avg_fn" if "multi" in of.__name__ else "avg_fn"
    _, seen = averaged(tg, **{name: of(0.75)})
    expected = MODELS[0]
    for weight, (_, got, *_) in zip(MODELS, seen, strict=True):
        expected = 0.75 * expected + 0.25 * weight
        np.testing.assert_allclose(got, expected[None], rtol=1e-6)


@pytest.mark.torch
@pytest.mark.parametrize("fn", [None, "ema", "ema_multi", "swa", "own"])
@pytest.mark.parametrize("use_buffers", [False, True])
def test_averages_are_torchs(fn, use_buffers):
    torch = pytest.importorskip("torch")
    results = []
    for T in (tg, torch):
        utils = T.optim.swa_utils
        options = {
            None: {},
            "ema": {"avg_fn": utils.get_ema_avg_fn(0.9)},
            "ema_multi": {"multi_avg_fn": utils.get_ema_multi_avg_fn()},
            "swa": {"avg_fn": utils.get_swa_avg_fn()},
            "own": {"avg_fn": lambda old, new, n: old / (n + 1) + new},
        }[fn]
        results.append(averaged(T, use_buffers=use_buffers, **options))
    assert results[0][0] == results[1][0]
    for ours, theirs in zip(results[0][1], results[1][1], strict=True):
        for a, b in zip(ours, theirs, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-6)


def test_batch_norms_anew():
    model = tg.nn.Sequential(tg.nn.BatchNorm1d(2, momentum=0.3), tg.nn.Dropout(0.5)).eval()
    x = np.random.default_rng(0).normal(3, 2, (6, 2)).astype(np.float32)
    loader = [(tg.tensor(x[:3]), 0), [tg.tensor(x[3:])]]
    swa_utils.update_bn(loader, model)
    mean = [x[:3].mean(0), x[3:].mean(0)]
    np.testing.assert_allclose(model[0].running_mean.numpy(), np.mean(mean, 0), rtol=1e-5)
    var = [x[:3].var(0, ddof=1), x[3:].var(0, ddof=1)]
    np.testing.assert_allclose(model[0].running_var.numpy(), np.mean(var, 0), rtol=1e-5)
    assert (model[0].momentum, model.training) == (0.3, False)
    swa_utils.update_bn(iter([]), tg.nn.Linear(1, 1))  # without any, nothing is read


def rates(T, **options):
    groups = [
        {"params": [T.ones(1, requires_grad=True)], "lr": 1.0},
        {"params": [T.ones(1, requires_grad=True)], "lr": 0.2},
    ]
    optimizer = T.optim.SGD(groups, lr=0.1)
    scheduler = T.optim.swa_utils.SWALR(optimizer, **options)
    seen = []
    for i in range(6):
        seen.append(scheduler.get_last_lr())
        optimizer.step()
        scheduler.step()
        if i == 3:
            state = scheduler.state_dict()
            scheduler = T.optim.swa_utils.SWALR(optimizer, **options)
            scheduler.load_state_dict(state)
    return seen


def test_linear_rates():
    seen = rates(tg, swa_lr=[0.5, 0.4], anneal_epochs=4, anneal_strategy="linear")
    share = np.minimum(np.arange(6), 4)[:, None] / 4
    np.testing.assert_allclose(seen[:4], ([1, 0.2] * (1 - share) + [0.5, 0.4] * share)[:4])


@pytest.mark.torch
@pytest.mark.parametrize("strategy", ["cos", "linear"])
@pytest.mark.parametrize("epochs", [0, 1, 4, 10])
def test_rates_are_torchs(strategy, epochs):
    torch = pytest.importorskip("torch")
    options = {"swa_lr": 0.05, "anneal_epochs": epochs, "anneal_strategy": strategy}
    np.testing.assert_allclose(rates(tg, **options), rates(torch, **options), rtol=1e-9)


def test_what_does_not_fit():
    model = tg.nn.Linear(1, 1)
    with pytest.raises(AssertionError, match="Only one of"):
        swa_utils.AveragedModel(model, avg_fn=max, multi_avg_fn=max)
    for of in (swa_utils.get_ema_avg_fn, swa_utils.get_ema_multi_avg_fn):
        with pytest.raises(ValueError, match="Invalid decay value 1.5"):
            of(1.5)
    optimizer = tg.optim.SGD(model.parameters(), lr=1.0)
    for options, words in (
        ({"anneal_strategy": "steps"}, "got 'steps'"),
        ({"anneal_epochs": -1}, "got -1"),
        ({"swa_lr": [1.0, 2.0]}, "has 2 values, param_groups has 1"),
    ):
        with pytest.raises(ValueError, match=words):
            swa_utils.SWALR(optimizer, **{"swa_lr": 0.1, **options})
    assert "swa_lr" not in optimizer.param_groups[0]
