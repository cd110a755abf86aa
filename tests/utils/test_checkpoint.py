"""Checkpoints of activations, beside PyTorch's where it is installed."""

import contextlib
import gc
import importlib
import weakref

import numpy as np
import pytest

import tinygrad_np as tg

PACKAGES = ["tinygrad_np", pytest.param("torch", marks=pytest.mark.torch)]
WAYS = [False, True]


@pytest.fixture(params=PACKAGES)
def torch(request):
    return pytest.importorskip(request.param)


@pytest.fixture
def point(torch):
    return importlib.import_module(f"{torch.__name__}.utils.checkpoint")


def network(torch):
    torch.manual_seed(0)
    nn = torch.nn
    return nn.Sequential(
        nn.Linear(4, 8), nn.ReLU(), nn.Dropout(0.5), nn.Linear(8, 8), nn.Tanh(), nn.Dropout(0.3),
        nn.Linear(8, 2),
    )  # fmt: skip


def gradients(torch, run):
    """What a network gives, its gradients, and the next random number."""
    net = network(torch)
    x = torch.ones(3, 4, requires_grad=True)
    torch.manual_seed(5)
    out = run(net, x)
    between = torch.rand(1)
    (out**2).sum().backward()
    grads = [p.grad.numpy() for p in net.parameters()]
    return [out.detach().numpy(), x.grad.numpy(), *grads, between.numpy(), torch.rand(1).numpy()]


def same(got, want):
    for a, b in zip(got, want, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-6)


@pytest.mark.parametrize("use_reentrant", WAYS)
def test_gradients_are_those_without(torch, point, use_reentrant):
    want = gradients(torch, lambda net, x: net(x))

    def run(net, x):
        return point.checkpoint(net, x, use_reentrant=use_reentrant)

    same(gradients(torch, run), want)
    for segments in (1, 2, 3, 7):

        def run(net, x, segments=segments):
            return point.checkpoint_sequential(net, segments, x, use_reentrant=use_reentrant)

        same(gradients(torch, run), want)


@pytest.mark.torch
@pytest.mark.parametrize("use_reentrant", WAYS)
def test_other_random_numbers_are_pytorchs(use_reentrant):
    found = []
    for name in ("tinygrad_np", "torch"):
        torch = pytest.importorskip(name)
        point = importlib.import_module(f"{name}.utils.checkpoint")

        def run(net, x, point=point):
            return point.checkpoint(
                net, x, use_reentrant=use_reentrant, preserve_rng_state=False, early_stop=False
            )

        found.append(gradients(torch, run))
    same(found[0], found[1])


@pytest.mark.parametrize("use_reentrant", WAYS)
def test_how_often_the_function_is_called(torch, point, use_reentrant):
    calls = []

    def f(x):
        calls.append(torch.is_grad_enabled())
        return (x.sin() * x).exp()

    x = torch.ones(2, requires_grad=True)
    y = point.checkpoint(f, x, use_reentrant=use_reentrant)
    assert calls == [not use_reentrant]
    y.sum().backward(retain_graph=True)
    assert calls == [not use_reentrant, True]
    y.sum().backward()
    assert len(calls) == 3
    e = np.exp(np.sin(1)) * (np.cos(1) + np.sin(1))
    np.testing.assert_allclose(x.grad.numpy(), [2 * e] * 2, rtol=1e-6)


def test_the_second_call_stops_early(torch, point):
    seen = []

    def f(x):
        seen.append("begin")
        y = (x * 2).exp()  # the last that is saved
        seen.append("end")
        return y + 1

    x = torch.ones(2, requires_grad=True)
    for early, want in ((True, ["begin"]), (False, ["begin", "end"])):
        for y in (
            point.checkpoint(f, x, use_reentrant=False, early_stop=early),
            with_early(point, early, f, x),
        ):
            seen.clear()
            y.sum().backward()
            assert seen == want


def with_early(point, early, f, x):
    with point.set_checkpoint_early_stop(early):
        return point.checkpoint(f, x, use_reentrant=False)


@pytest.mark.filterwarnings("ignore:None of the inputs:UserWarning")  # in the first call
@pytest.mark.parametrize("use_reentrant", WAYS)
def test_checkpoints_in_checkpoints(torch, point, use_reentrant):
    calls = []

    def inner(x):
        calls.append("inner")
        return (x.exp() * x).sin()

    def outer(x):
        calls.append("outer")
        y = x * x
        y = point.checkpoint(inner, y.cos(), use_reentrant=use_reentrant)
        y = point.checkpoint(inner, y, use_reentrant=use_reentrant)
        return y * y

    def plain(x):
        y = (x * x).cos()
        for _ in range(2):
            y = (y.exp() * y).sin()
        return y * y

    x = torch.tensor([0.3, 0.5], dtype=torch.float64, requires_grad=True)
    (want,) = torch.autograd.grad(plain(x).sum(), x)
    y = point.checkpoint(outer, x, use_reentrant=use_reentrant)
    assert calls == ["outer", "inner", "inner"]
    y.sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), want.numpy(), rtol=1e-12)
    assert calls.count("outer") == 2


def test_gradients_of_gradients(torch, point):
    x = torch.tensor([0.3, 0.5], dtype=torch.float64, requires_grad=True)

    def f(x):
        return (x.sin() * x).exp()

    def second(y):
        (first,) = torch.autograd.grad(y.sum(), x, create_graph=True)
        return torch.autograd.grad(first.sum(), x)[0]

    got = second(point.checkpoint(f, x, use_reentrant=False))
    np.testing.assert_allclose(got.numpy(), second(f(x)).numpy(), rtol=1e-12)


def test_arguments_of_all_kinds(torch, point):
    def f(x, number, *, scale, pair):
        return x * number * scale * pair["a"], x.sum()

    x, scale = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
    y, total = point.checkpoint(f, x, 3.0, scale=scale, pair={"a": 2.0}, use_reentrant=False)
    (y.sum() + total).backward()
    assert (x.grad.tolist(), scale.grad.tolist()) == ([7.0, 7.0], [6.0, 6.0])


def test_contexts_of_both_calls(torch, point):
    seen = []

    @contextlib.contextmanager
    def told(name):
        seen.append(name)
        try:
            yield
        finally:
            seen.append(f"{name} left")

    x = torch.ones(2, requires_grad=True)
    y = point.checkpoint(
        lambda x: x.exp(), x, use_reentrant=False, context_fn=lambda: (told("one"), told("two"))
    )
    assert seen == ["one", "one left"]
    y.sum().backward()
    assert seen[2:] == ["two", "two left"]


def test_what_is_computed_otherwise(torch, point):
    x = torch.ones(2, requires_grad=True)
    count = []

    def more(x):
        count.append(0)
        for _ in count:
            x = x.exp()
        return x

    y = point.checkpoint(more, x, use_reentrant=False, early_stop=False)
    with pytest.raises(point.CheckpointError, match="more tensors during recomputation"):
        y.sum().backward()

    def fewer(x):
        count.append(0)
        return x * 2 if len(count) % 2 else x.exp()

    count.append(0)
    y = point.checkpoint(fewer, x, use_reentrant=False)
    with pytest.raises(point.CheckpointError, match="different number of tensors"):
        y.sum().backward()

    def other(x):
        count.append(0)
        return x[: len(count) % 2 + 1].exp()

    y = point.checkpoint(other, x, use_reentrant=False)
    with pytest.raises(point.CheckpointError, match="different metadata"):
        y.sum().backward()


def test_an_argument_that_was_changed(torch, point):
    x = torch.ones(2, requires_grad=True) * 1
    y = point.checkpoint(lambda x: x.exp(), x, use_reentrant=False)
    x.mul_(2)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.sum().backward()


def test_what_the_older_way_can_not(torch, point):
    x = torch.ones(2, requires_grad=True)
    y = point.checkpoint(lambda x: x.exp(), x, use_reentrant=True)
    with pytest.raises(RuntimeError, match="incompatible with .grad"):
        torch.autograd.grad(y.sum(), x)
    with pytest.warns(UserWarning, match="None of the inputs have requires_grad=True"):
        y = point.checkpoint(lambda x: x * 2, torch.ones(2), use_reentrant=True)
    assert not y.requires_grad
    with pytest.raises(ValueError, match="Unexpected keyword arguments: scale"):
        point.checkpoint(lambda x: x, x, use_reentrant=True, scale=2)
    with pytest.raises(ValueError, match="context_fn"):
        point.checkpoint(lambda x: x, x, use_reentrant=True, context_fn=lambda: None)
    with pytest.warns(UserWarning, match="use_reentrant parameter should be passed explicitly"):
        y = point.checkpoint(lambda x: x.exp(), x)
    assert "CheckpointFunction" in y.grad_fn.name() or torch is tg


def test_errors_of_the_function_come_through(torch, point):
    calls = []

    def f(x):
        calls.append(0)
        if len(calls) == 2:
            raise ZeroDivisionError
        return x.exp()

    y = point.checkpoint(f, torch.ones(2, requires_grad=True), use_reentrant=False)
    with pytest.raises(ZeroDivisionError):
        y.sum().backward()
    packed = []
    with torch.autograd.graph.saved_tensors_hooks(lambda t: packed.append(1), lambda t: t):
        pass
    torch.ones(1, requires_grad=True).exp()
    assert not packed


def test_activations_are_not_kept():
    kept = []

    def f(x):
        y = x.exp()
        kept.append(weakref.ref(y._array))
        return (y * y).sin()

    gc.disable()
    try:
        x = tg.ones(2, requires_grad=True)
        y = tg.utils.checkpoint.checkpoint(f, x, use_reentrant=False)
        assert kept[0]() is None
        y.sum().backward()
        assert kept[1]() is None
        node = weakref.ref(y.grad_fn)
        del y
        assert node() is None
    finally:
        gc.enable()
