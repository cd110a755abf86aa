"""Hooks before and after forward, and on the way back."""

import numpy as np
import pytest

import tinygrad_np as tg
from tinygrad_np import nn


class Scale(nn.Module):
    def forward(self, x, by=2.0):
        return x * by


def test_pre_hooks_change_arguments():
    module = Scale()
    handle = module.register_forward_pre_hook(lambda m, args: args[0] + 1)
    assert module(tg.tensor(1.0)).item() == 4
    module.register_forward_pre_hook(lambda m, args, kw: (args, {"by": 3.0}), with_kwargs=True)
    assert module(tg.tensor(1.0)).item() == 6
    handle.remove()
    module.register_forward_pre_hook(lambda m, args: None)
    assert module(tg.tensor(1.0)).item() == 3
    module.register_forward_pre_hook(lambda m, args, kw: 3, with_kwargs=True)
    with pytest.raises(RuntimeError, match="new_args, new_kwargs"):
        module(tg.tensor(1.0))


def test_forward_hooks_change_the_result():
    module, log = Scale(), []
    module.register_forward_hook(lambda m, args, out: log.append("second"))
    module.register_forward_hook(lambda m, args, out: log.append("first"), prepend=True)
    module.register_forward_hook(lambda m, a, kw, out: out + kw["by"], with_kwargs=True)
    assert module(tg.tensor(1.0), by=5.0).item() == 10
    assert log == ["first", "second"]
    with module.register_forward_hook(lambda m, args, out: tg.tensor(0.0)):
        assert module(tg.tensor(1.0), by=5.0).item() == 0
    assert module(tg.tensor(1.0), by=5.0).item() == 10


def test_a_handle_removes_only_its_own_hook():
    module = Scale()
    first = module.register_forward_hook(lambda m, args, out: out * 0)
    first.remove()
    module.register_forward_hook(lambda m, args, out: out + 1)
    first.remove()
    assert module(tg.tensor(1.0)).item() == 3


def test_always_call():
    module, log = Scale(), []
    module.register_forward_hook(lambda m, a, out: log.append(out), always_call=True)
    module.register_forward_hook(lambda m, a, out: log.append("never"))
    with pytest.raises(TypeError):
        module("x")
    assert log == [None]

    def fails(*_):
        raise ValueError("mine")

    module.register_forward_hook(fails, always_call=True, prepend=True)
    with pytest.raises(TypeError), pytest.warns(UserWarning, match="mine"):
        module("x")
    with pytest.raises(ValueError, match="mine"):
        module(tg.ones(1))


def test_assigned_tables_are_honoured():
    """A known recipe removes all hooks by assigning empty tables."""
    module = Scale()
    module.register_forward_hook(lambda m, a, out: out * 0)
    module._forward_hooks = type(module._forward_hooks)()
    assert module(tg.tensor(1.0)).item() == 2


def test_the_tables_hold_the_functions_themselves():
    module, hook = Scale(), lambda m, args: None
    handle = module.register_forward_pre_hook(hook)
    assert dict(module._forward_pre_hooks) == {handle.id: hook}
    module._forward_hooks[0] = lambda m, args, out: out * 0
    assert module(tg.tensor(1.0)).item() == 0


# --- on the way back ---


class Two(nn.Module):
    def forward(self, x, y, unused=None):
        return x * y, x + y


def run(lib, needs=(True, True), hooks=(), pre=(), both=True):
    """Gradients and what the hooks saw, in our library or PyTorch."""

    class Two(lib.nn.Module):
        def forward(self, x, y, unused=None):
            return x * y, x + y

    module, seen = Two(), []

    def shown(grads):
        return [None if g is None else g.tolist() for g in grads]

    for hook in pre:
        module.register_full_backward_pre_hook(
            lambda m, out, hook=hook: seen.append(("pre", shown(out))) or hook(out)
        )
    for hook in hooks:
        module.register_full_backward_hook(
            lambda m, i, out, hook=hook: seen.append((shown(i), shown(out))) or hook(i)
        )
    x, y = (lib.tensor(v, requires_grad=n) for v, n in zip(([2.0], [3.0]), needs, strict=True))
    before = [t * 1 for t in (x, y)]
    first, second = module(*before, None)
    (first * 10 + second if both else first * 10).sum().backward()
    return seen, [None if t.grad is None else t.grad.tolist() for t in (x, y)]


def nothing(_):
    return None


CONFIGS = [
    {"hooks": [nothing]},
    {"hooks": [nothing], "needs": (True, False)},
    {"hooks": [nothing], "needs": (False, True)},
    {"hooks": [nothing], "both": False},
    {"hooks": [lambda i: tuple(None if g is None else g * 2 for g in i), nothing]},
    {"hooks": [nothing], "pre": [lambda out: tuple(g * 3 for g in out)]},
    {"pre": [nothing]},
]


@pytest.mark.torch
@pytest.mark.parametrize("config", CONFIGS)
def test_backward_hooks_are_torchs(config):
    import torch

    def known(seen):
        """PyTorch gives zeros for an input that needs no gradient beside one that does."""
        needs = (*config.get("needs", (True, True)), False)
        return [
            (
                kind
                if kind == "pre"
                else [g if n else None for g, n in zip(kind, needs, strict=True)],
                outputs,
            )
            for kind, outputs in seen
        ]

    (seen, grads), (theirs, also) = run(tg, **config), run(torch, **config)
    assert (known(seen), grads) == (known(theirs), also)


def test_backward_hooks():
    seen, grads = run(tg, hooks=[nothing])
    assert seen == [([[31.0], [21.0], None], [[10.0], [1.0]])]
    assert grads == [[31.0], [21.0]]


def test_backward_hook_of_a_first_layer():
    layer, seen = nn.Linear(3, 2), []
    handle = layer.register_full_backward_hook(lambda m, i, o: seen.append((i, o)))
    layer(tg.ones(4, 3)).sum().backward()
    ((inputs, outputs),) = seen
    assert inputs == (None,)
    np.testing.assert_array_equal(outputs[0].numpy(), np.ones((4, 2)))
    assert layer.weight.grad is not None
    handle.remove()
    layer(tg.ones(4, 3)).sum().backward()
    assert len(seen) == 1
    layer.register_backward_hook(lambda m, i, o: seen.append(None))
    with tg.no_grad():
        layer(tg.ones(4, 3))
    assert len(seen) == 1


def test_backward_hooks_on_every_walk():
    layer, seen = nn.Tanh(), []
    layer.register_full_backward_hook(lambda m, i, o: seen.append((i[0].item(), o[0].item())))
    x = tg.tensor([0.5], requires_grad=True)
    y = layer(x)
    y.backward(retain_graph=True)
    y.backward(tg.tensor([2.0]), retain_graph=True)
    assert seen[1] == (2 * seen[0][0], 2.0)
    (grad,) = tg.autograd.grad(y, x, create_graph=True)
    (second,) = tg.autograd.grad(grad, x)
    assert second.item() == pytest.approx(-2 * np.tanh(0.5) * (1 - np.tanh(0.5) ** 2))


def test_wrong_backward_hooks():
    layer = nn.Tanh()
    layer.register_full_backward_hook(lambda m, i, o: (i[0], i[0]))
    with pytest.raises(RuntimeError, match="got 2, but expected 1"):
        layer(tg.ones(1, requires_grad=True)).backward()

    class Dict(nn.Module):
        def forward(self, x):
            return {"out": x}

    module = Dict()
    module.register_full_backward_hook(lambda *a: None)
    with pytest.warns(UserWarning, match="Tensor or a tuple"):
        module(tg.ones(1, requires_grad=True))


def test_backward_hooks_where_the_output_is_no_tensor():
    class Named(tg.nn.Module):
        def forward(self, x):
            return {"twice": x * 2}

    seen = []
    module = Named()
    module.register_full_backward_hook(lambda *args: seen.append(args))
    x = tg.ones(1, requires_grad=True)
    with pytest.warns(UserWarning, match="should be a Tensor or a tuple"):
        result = module(x)
    result["twice"].backward()
    assert x.grad.item() == 2
    assert seen == []
