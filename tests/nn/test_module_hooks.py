"""Hooks of all modules at once, here and in PyTorch where it is installed."""

import importlib

import pytest


@pytest.fixture(params=["tinygrad_np", pytest.param("torch", marks=pytest.mark.torch)])
def torch(request):
    return pytest.importorskip(request.param)


@pytest.fixture
def register(torch):
    """The functions that register hooks; they are taken away after the test."""
    place = importlib.import_module(f"{torch.__name__}.nn.modules.module")
    handles = []

    def call(name, hook, **options):
        handles.append(getattr(place, f"register_module_{name}_hook")(hook, **options))
        return handles[-1]

    yield call
    for handle in handles:
        handle.remove()


def test_all_modules_call_them(torch, register):
    seen = []
    register("forward_pre", lambda m, args: seen.append(("before", type(m).__name__)))
    handle = register("forward", lambda m, args, out: seen.append(("after", type(m).__name__)))
    net = torch.nn.Sequential(torch.nn.ReLU())
    net(torch.ones(1))
    assert seen == [
        ("before", "Sequential"), ("before", "ReLU"), ("after", "ReLU"), ("after", "Sequential")
    ]  # fmt: skip
    handle.remove()
    net(torch.ones(1))
    assert seen[4:] == [("before", "Sequential"), ("before", "ReLU")]


def test_they_come_before_a_modules_own(torch, register):
    seen = []
    module = torch.nn.ReLU()
    module.register_forward_pre_hook(lambda m, args: seen.append("own pre"))
    module.register_forward_hook(lambda m, args, out: seen.append("own"))
    register("forward_pre", lambda m, args: seen.append("pre"))
    register("forward", lambda m, args, kwargs, out: seen.append(kwargs), with_kwargs=True)
    module(torch.ones(1))
    assert seen == ["pre", "own pre", {}, "own"]


def test_they_change_what_goes_through(torch, register):
    register("forward_pre", lambda m, args: (args[0] * 2,))
    register("forward", lambda m, args, out: out + 1)
    assert torch.nn.ReLU()(torch.ones(1)).tolist() == [3.0]


def test_they_see_gradients(torch, register):
    seen = []
    register("full_backward_pre", lambda m, out: seen.append(out[0].tolist()))
    register("full_backward", lambda m, given, out: (given[0] * 10,))
    x = torch.ones(1, requires_grad=True)
    (torch.nn.ReLU()(x) * 3).sum().backward()
    assert seen == [[3.0]]
    assert x.grad.tolist() == [30.0]


def test_gradients_that_do_not_arrive_are_zero_beside_one_that_does(torch):
    class First(torch.nn.Module):
        def forward(self, a, *others):
            return a * a

    first, seen = First(), []
    first.register_full_backward_hook(lambda m, given, out: seen.append(given))
    x, y = torch.ones(2, requires_grad=True), torch.ones(3, requires_grad=True)
    (g,) = torch.autograd.grad(first(x, y, y.detach(), 5).sum(), x, create_graph=True)
    g.sum().backward()  # passes the input alone
    (given,) = seen
    expected = [[2.0] * 2, [0.0] * 3, [0.0] * 3, None]
    assert [g if g is None else g.tolist() for g in given] == expected
