"""Hooks of leaves and of nodes, beside PyTorch's where it is installed."""

import gc
import importlib
import pickle
import weakref
from copy import deepcopy

import pytest

import tinygrad_np as tg

PACKAGES = ["tinygrad_np", pytest.param("torch", marks=pytest.mark.torch)]


@pytest.fixture(params=PACKAGES)
def torch(request):
    return pytest.importorskip(request.param)


def test_after_the_gradient_is_added(torch):
    seen = []
    x = torch.ones(2, requires_grad=True)
    x.grad = torch.ones(2)
    x.register_hook(lambda grad: seen.append("on its way"))
    handle = x.register_post_accumulate_grad_hook(lambda p: seen.append((p is x, p.grad.tolist())))
    other = x.register_post_accumulate_grad_hook(lambda p: seen.append("second"))
    (x * 3 + x).sum().backward()
    assert seen == ["on its way", (True, [5.0, 5.0]), "second"]
    handle.remove()
    handle.remove()
    with other:
        torch.autograd.grad(x.sum(), x)
        y = torch.ones(2, requires_grad=True)
        (x * y).sum().backward(inputs=[y])
    (x * 3).sum().backward()
    assert seen[3:] == ["on its way"] * 2  # of grad() and of the last


def test_a_hook_may_use_the_gradient_up(torch):
    layer = torch.nn.Linear(2, 1)
    before = layer.weight.detach().clone()
    steps = {p: torch.optim.SGD([p], 0.5) for p in layer.parameters()}

    def use_up(p):
        assert not torch.is_grad_enabled()
        steps[p].step()
        steps[p].zero_grad()

    for p in layer.parameters():
        p.register_post_accumulate_grad_hook(use_up)
    layer(torch.tensor([[2.0, 4.0]])).sum().backward()
    assert layer.weight.grad is None
    assert (before - layer.weight).tolist() == pytest.approx([pytest.approx([1.0, 2.0])])


def test_what_is_no_leaf_adds_nothing_up(torch):
    x = torch.ones(2, requires_grad=True)
    with pytest.raises(RuntimeError, match="post accumulate grad hooks cannot be .* non-leaf"):
        (x * 2).register_post_accumulate_grad_hook(print)
    with pytest.raises(RuntimeError, match="doesn't require grad"):
        torch.ones(2).register_post_accumulate_grad_hook(print)
    x.register_post_accumulate_grad_hook(lambda p: 5)
    with pytest.raises(TypeError, match="int"):
        x.sum().backward()


def test_a_hook_holds_its_tensor_by_no_cycle():
    gc.disable()
    try:
        x = tg.ones(2, requires_grad=True)
        x.register_post_accumulate_grad_hook(lambda p: None)
        dead = weakref.ref(x)
        del x
        assert dead() is None
    finally:
        gc.enable()


def test_nodes_tell_what_arrives_and_what_leaves(torch):
    seen = []
    x = torch.ones(2, requires_grad=True)
    y = x * 3
    y.grad_fn.register_prehook(lambda out: seen.append([g.tolist() for g in out]))
    y.grad_fn.register_hook(
        lambda given, out: seen.append((given[0].tolist(), given[1:], len(out)))
    )
    end = y.grad_fn.next_functions[0][0]
    handle = end.register_hook(lambda given, out: seen.append((given, out[0].tolist())))
    y.sum().backward(retain_graph=True)
    assert seen == [[[1.0, 1.0]], ([3.0, 3.0], (None,), 1), ((), [3.0, 3.0])]
    handle.remove()
    y.sum().backward()
    assert len(seen) == 5


def test_nodes_pass_on_what_their_hooks_return(torch):
    x = torch.ones(2, requires_grad=True)
    w = torch.ones(2, requires_grad=True)
    y = x * w
    y.grad_fn.register_prehook(lambda out: (out[0] * 10,))
    y.grad_fn.register_hook(lambda given, out: (given[0] * 3, given[1] + out[0]))
    first, second = torch.autograd.grad(y.sum(), (x, w), retain_graph=True)
    assert (first.tolist(), second.tolist()) == ([30.0] * 2, [20.0] * 2)
    one, _ = torch.autograd.grad(y.sum(), (x, w), create_graph=True)
    assert one.tolist() == [30.0] * 2
    y.grad_fn.register_prehook(lambda out: out[0])
    with pytest.raises(TypeError, match="expected tuple"):
        y.sum().backward()


def test_next_functions_stand_for_all_arguments(torch):
    class Second(torch.autograd.Function):
        @staticmethod
        def forward(ctx, scale, x):
            return x * scale

        @staticmethod
        def backward(ctx, grad):
            return None, grad

    x = torch.ones(2, requires_grad=True)
    for y, places in (
        (x * 2, [True, False]),
        (torch.ones(2) * x, [False, True]),
        (x / x, [True, True]),
        (x.exp(), [True]),
        (Second.apply(2.0, x), [True]),
    ):
        assert [n is not None for n, _ in y.grad_fn.next_functions] == places
        assert all(number == 0 for _, number in y.grad_fn.next_functions)


def test_gradients_are_tensors_of_the_same_shape(torch):
    x = torch.ones(2, requires_grad=True)
    handle = x.register_hook(lambda grad: 3)
    with pytest.raises(TypeError, match="int"):
        x.sum().backward()
    handle.remove()
    x.register_hook(lambda grad: grad[:1])
    with pytest.raises(RuntimeError, match="hook"):
        x.sum().backward()


@pytest.mark.parametrize("name", PACKAGES)
def test_handles_of_ones_own_hooks(name):
    torch = pytest.importorskip(name)
    handles = importlib.import_module(f"{name}.utils.hooks").RemovableHandle
    from collections import OrderedDict

    hooks, others = OrderedDict(), OrderedDict()
    handle = handles(hooks, extra_dict=others)
    hooks[handle.id] = others[handle.id] = print
    handle.remove()
    assert (dict(hooks), dict(others)) == ({}, {})
    assert isinstance(torch.ones(1, requires_grad=True).register_hook(print), handles)


def test_a_post_accumulate_hook_may_return_the_tensor_itself():
    x = tg.zeros(2, requires_grad=True)
    x.register_post_accumulate_grad_hook(lambda p: p.add_(p.grad, alpha=-1))
    x.sum().backward()
    assert x.tolist() == [-1, -1]


# --- the order of hooks, and what they see ---


def told(torch, name, seen, factor=None):
    """A hook of a tensor or a node that tells what it sees, and may multiply it."""

    def hook(*given):
        grad = given[-1][0] if isinstance(given[-1], tuple) else given[-1]
        seen.append((name, grad.tolist()))
        if factor is None:
            return None
        return (grad * factor,) if isinstance(given[-1], tuple) else grad * factor

    return hook


def test_hooks_of_a_result_come_before_those_of_its_node(torch):
    x, seen = torch.ones(2, requires_grad=True), []
    y = x * 3
    y.retain_grad()
    y.grad_fn.register_prehook(told(torch, "node", seen, 10))
    y.register_hook(told(torch, "tensor", seen, 2))
    y.sum().backward()
    assert seen == [("tensor", [1.0, 1.0]), ("node", [2.0, 2.0])]
    assert (y.grad.tolist(), x.grad.tolist()) == ([2.0, 2.0], [60.0, 60.0])


def test_what_is_asked_for_is_not_what_the_node_is_given(torch):
    x, seen = torch.ones(2, requires_grad=True), []
    y = x * 3
    y.grad_fn.register_prehook(told(torch, "node", seen, 10))
    end = y.grad_fn.next_functions[0][0]
    end.register_prehook(told(torch, "end", seen, 10))
    gy, gx = torch.autograd.grad(y.sum(), [y, x], retain_graph=True)
    assert (gy.tolist(), gx.tolist()) == ([1.0, 1.0], [30.0, 30.0])
    seen.clear()
    torch.autograd.grad(y.sum(), y)
    assert seen == []


def test_hooks_of_a_leaf_in_their_order(torch):
    x, seen = torch.ones(2, requires_grad=True), []
    y = x * 3
    end = y.grad_fn.next_functions[0][0]
    end.register_hook(told(torch, "last", seen))
    x.register_post_accumulate_grad_hook(lambda p: seen.append(("added", p.grad.tolist())))
    end.register_prehook(told(torch, "node", seen, 10))
    x.register_hook(told(torch, "tensor", seen, 2))
    y.sum().backward()
    want = [("tensor", [3.0] * 2), ("node", [6.0] * 2), ("added", [60.0] * 2), ("last", [60.0] * 2)]
    assert seen == want
    end.register_hook(lambda given, out: out)
    with pytest.raises(RuntimeError, match="incorrect number of values"):
        (x * 3).sum().backward()


def test_hooks_of_a_view_are_left_behind_when_it_is_changed(torch):
    seen = []
    for ask in (lambda base, view: view, lambda base, view: base):
        x = torch.ones(3, requires_grad=True)
        y = x * 1
        view = y[:2]
        view.register_hook(told(torch, "view", seen, 10))
        view.mul_(2)
        view.register_hook(told(torch, "new", seen))
        ask(y, view).sum().backward()
        assert x.grad.tolist()[:2] == [2.0, 2.0]
    assert seen == [("new", [1.0, 1.0])]


def test_hooks_of_a_tensor_stay_with_the_value_that_they_were_made_for(torch):
    x, seen = torch.ones(2, requires_grad=True), []
    y = x * 1
    y.register_hook(told(torch, "old", seen))
    y.mul_(2)
    y.register_hook(told(torch, "new", seen))
    y.sum().backward()
    assert seen == [("new", [1.0, 1.0]), ("old", [2.0, 2.0])]


def test_what_leaves_a_node_is_like_its_arguments(torch):
    seen = []
    x = torch.ones(2, 3, requires_grad=True)
    w = torch.ones(3, dtype=torch.float64, requires_grad=True)
    y = x * w
    y.grad_fn.register_hook(lambda given, out: seen.extend((g.shape, g.dtype) for g in given))
    y.grad_fn.register_hook(lambda given, out: (given[0] * 2, given[1] * 3))
    y.sum().backward()
    assert seen == [(x.shape, x.dtype), (w.shape, w.dtype)]
    assert (x.grad.tolist(), w.grad.tolist()) == ([[2.0] * 3] * 2, [6.0] * 3)


def test_hooks_may_take_gradients_away(torch):
    x = torch.ones(2, requires_grad=True)
    y = x * 3
    handle = y.grad_fn.register_prehook(lambda out: (None,))
    y.sum().backward(retain_graph=True)
    assert x.grad is None
    handle.remove()
    end = y.grad_fn.next_functions[0][0]
    with end.register_prehook(lambda out: (None,)):
        y.sum().backward(retain_graph=True)
    assert x.grad is None
    y.sum().backward()
    assert x.grad.tolist() == [3.0, 3.0]


def test_what_hooks_of_nodes_may_not_return(torch):
    x = torch.ones(2, requires_grad=True)
    y = x.exp()
    for hook, error, words in (
        (lambda given, out: given[0], TypeError, "expected tuple"),
        (lambda given, out: given * 3, RuntimeError, "got 3, but expected 1"),
        (lambda given, out: (torch.ones(3),), RuntimeError, "changed the size of value"),
        (lambda given, out: (3,), TypeError, "returned 'int'"),
    ):
        with y.grad_fn.register_hook(hook), pytest.raises(error, match=words):
            y.sum().backward(retain_graph=True)
    assert x.grad is None


def test_functions_of_several_results_are_one_node(torch):
    class Both(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2, x * 3

        @staticmethod
        def backward(ctx, g, h):
            return g * 2 + h * 3

    x, seen = torch.ones(2, requires_grad=True), []
    a, b = Both.apply(x)
    assert a.grad_fn is b.grad_fn
    assert (a.output_nr, b.output_nr) == (0, 1)
    assert (b * 1).grad_fn.next_functions[0] == (b.grad_fn, 1)
    a.grad_fn.register_prehook(lambda out: seen.append([g.tolist() for g in out]))
    a.grad_fn.register_prehook(lambda out: (out[0], out[1] * 10))
    a.grad_fn.register_hook(lambda given, out: seen.append(given[0].tolist()))
    b.register_hook(lambda g: seen.append(g.tolist()))
    (a.sum() + b.sum()).backward()
    assert seen == [[1.0, 1.0], [[1.0, 1.0], [1.0, 1.0]], [32.0, 32.0]]
    assert x.grad.tolist() == [32.0, 32.0]


def test_they_outlive_a_time_without_gradients(torch):
    x, seen = torch.ones(2, requires_grad=True), []
    x.register_hook(lambda grad: grad * 10)
    x.register_post_accumulate_grad_hook(lambda p: seen.append(p.grad.tolist()))
    x.requires_grad_(False)
    x.requires_grad_(True).sum().backward()
    assert seen == [[10.0, 10.0]]


def test_copies_do_not_have_those_of_a_frozen_leaf():
    x = tg.ones(2, requires_grad=True)
    x.register_hook(lambda grad: grad * 10)
    x.requires_grad_(False)
    for copy in (deepcopy(x), pickle.loads(pickle.dumps(x))):
        copy.requires_grad_(True).sum().backward()
        assert copy.grad.tolist() == [1.0, 1.0]
