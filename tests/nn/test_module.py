"""Module: members, modes, conversion, words."""

import copy
import gc
import pickle
import weakref

import numpy as np
import pytest

import tinygrad_np as tg
from tinygrad_np import nn


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(tg.ones(2))
        self.register_parameter("bias", None)
        self.register_buffer("mean", tg.zeros(2))
        self.register_buffer("scratch", tg.zeros(1), persistent=False)

    def forward(self, x):
        return x * self.weight


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = Block()
        self.top = nn.Parameter(tg.ones(1))
        self.b = nn.Sequential(Block(), nn.ReLU())
        self.b.append(self.b[0])  # one block twice

    def forward(self, x):
        return self.b(self.a(x)) + self.top


class Same:
    """The same classes, written for either of the two."""

    def __init__(self, nn, torch):
        class Block(nn.Module):
            def __init__(self):
                super().__init__()
                self.weight = nn.Parameter(torch.ones(2))
                self.register_parameter("bias", None)
                self.register_buffer("mean", torch.zeros(2))
                self.register_buffer("scratch", torch.zeros(1), persistent=False)

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.a = Block()
                self.top = nn.Parameter(torch.ones(1))
                self.b = nn.Sequential(Block(), nn.ReLU())
                self.b.append(self.b[0])
                self.none = None
                self.c = nn.ModuleDict({"x": nn.Linear(1, 2), "y": nn.ModuleList([Block()])})

        self.nn, self.net, self.Block, self.ones = nn, Net(), Block, torch.ones


def names(pairs):
    return [name for name, _ in pairs]


# --- members ---


def test_members_come_in_the_order_of_definition():
    net = Net()
    assert names(net.named_parameters()) == ["top", "a.weight", "b.0.weight"]
    assert names(net.named_parameters(remove_duplicate=False))[-1] == "b.2.weight"
    assert names(net.named_parameters(prefix="p", recurse=False)) == ["p.top"]
    assert names(net.named_buffers()) == ["a.mean", "a.scratch", "b.0.mean", "b.0.scratch"]
    assert names(net.named_modules()) == ["", "a", "b", "b.0", "b.1"]
    assert names(net.named_children()) == ["a", "b"]
    assert list(net.children()) == [net.a, net.b]
    assert len(list(net.modules())) == 5
    assert [p is q for p, q in zip(net.parameters(), [net.top, net.a.weight], strict=False)]


@pytest.mark.torch
def test_walks_are_torchs():
    import torch

    ours, theirs = Same(nn, tg).net, Same(torch.nn, torch).net
    for walk in ("named_parameters", "named_buffers", "named_modules", "named_children"):
        assert names(getattr(ours, walk)()) == names(getattr(theirs, walk)())
    for options in ({"prefix": "p"}, {"recurse": False}, {"remove_duplicate": False}):
        for walk in ("named_parameters", "named_buffers"):
            assert names(getattr(ours, walk)(**options)) == names(getattr(theirs, walk)(**options))
    assert list(ours.state_dict(prefix="p.")) == list(theirs.state_dict(prefix="p."))
    assert ours.state_dict()._metadata == theirs.state_dict()._metadata
    assert repr(ours) == repr(theirs)


def test_attributes_are_registered_by_what_they_are():
    module = nn.Module()
    module.p = nn.Parameter(tg.ones(1))
    module.m = nn.ReLU()
    module.b = nn.Buffer(tg.ones(1), persistent=False)
    module.t = tg.ones(1)
    assert (list(module._parameters), list(module._modules)) == (["p"], ["m"])
    assert (list(module._buffers), list(module.state_dict())) == (["b"], ["p"])
    assert "t" not in {**module._parameters, **module._buffers}
    # another kind takes the name over
    module.t = module.m = nn.Parameter(tg.zeros(1))
    assert (list(module._parameters), list(module._modules)) == (["p", "t", "m"], [])
    assert list(reversed(module._parameters)) == ["m", "t", "p"]
    assert [name for name, _ in reversed(module._parameters.items())] == ["m", "t", "p"]
    module.p = None
    assert module.p is None
    assert names(module.named_parameters()) == ["t"]
    module.p = nn.Parameter(tg.ones(1))
    assert names(module.named_parameters()) == ["p", "t"]  # in its old place
    module.b = tg.zeros(3)
    assert module._buffers["b"] is module.b
    assert list(module.state_dict()) == ["p", "t", "m"]
    del module.p
    assert not hasattr(module, "p")
    assert "p" not in module._parameters


@pytest.mark.parametrize("which", ["ours", pytest.param("torch", marks=pytest.mark.torch)])
@pytest.mark.parametrize(
    ("error", "call"),
    [
        (TypeError, lambda s: setattr(s.block, "weight", s.ones(2))),
        (TypeError, lambda s: setattr(s.block, "weight", 3)),
        (TypeError, lambda s: setattr(s.block, "mean", 3)),
        (TypeError, lambda s: setattr(s.net, "a", s.ones(2))),
        (TypeError, lambda s: s.block.register_parameter("p", s.ones(2))),
        (TypeError, lambda s: s.block.register_parameter(3, None)),
        (KeyError, lambda s: s.block.register_parameter("a.b", None)),
        (KeyError, lambda s: s.block.register_parameter("", None)),
        (KeyError, lambda s: s.block.register_parameter("mean", None)),
        (ValueError, lambda s: s.block.register_parameter("p", s.result())),
        (TypeError, lambda s: s.block.register_buffer("q", 3)),
        (KeyError, lambda s: s.block.register_buffer("weight", s.ones(2))),
        (KeyError, lambda s: s.block.register_buffer("forward", s.ones(2))),
        (TypeError, lambda s: s.net.add_module("m", s.ones(2))),
        (TypeError, lambda s: s.net.add_module(None, s.block)),
        (KeyError, lambda s: s.net.add_module("top", s.block)),
        (AttributeError, lambda s: s.net.missing),
        (AttributeError, lambda s: delattr(s.net, "missing")),
        (AttributeError, lambda s: s.net.get_submodule("b.7")),
        (AttributeError, lambda s: s.net.get_submodule("top")),
        (AttributeError, lambda s: s.net.get_parameter("a.mean")),
        (AttributeError, lambda s: s.net.get_buffer("a.weight")),
        (AttributeError, lambda s: s.net.get_parameter("a.missing")),
        (KeyError, lambda s: setattr(s.block, "forward", s.nn.Parameter(s.ones(1)))),
        (ValueError, lambda s: s.net.train("yes")),
        (TypeError, lambda s: s.net.to(dtype=s.ones(1).long().dtype)),
        (NotImplementedError, lambda s: s.nn.Module()(1)),
    ],
)
def test_misuse_is_an_error_as_in_torch(which, error, call):
    if which == "torch":
        import torch

        same = Same(torch.nn, torch)
    else:
        same = Same(nn, tg)
    same.block = same.Block()
    same.result = lambda: _non_leaf(same.nn, same.ones(2))
    before = repr(same.net), list(same.block.state_dict())
    with pytest.raises(error):
        call(same)
    assert (repr(same.net), list(same.block.state_dict())) == before


def _non_leaf(nn, ones):
    """A Parameter that is the result of an operation, by force."""
    param = nn.Parameter(ones)
    return param.mul_(2) if not param.requires_grad else _forced(param)


def _forced(param):
    other = type(param)(param.detach(), requires_grad=False)
    other.mul_(param)
    return other


def test_forgotten_super_init_says_how():
    class Forgot(nn.Module):
        def __init__(self):
            self.fc = nn.ReLU()

    with pytest.raises(AttributeError, match=r"(?s)Forgot.*Wrong:.*Right:.*super\(\).__init__\(\)"):
        Forgot()

    class Later(nn.Module):
        def __init__(self):
            self.number = 3

        def forward(self, x):
            return x

    with pytest.raises(AttributeError, match=r"super\(\).__init__\(\)"):
        Later()(1)
    with pytest.raises(AttributeError, match=r"super\(\).__init__\(\)"):
        Later().register_buffer("b", tg.ones(1))
    assert not hasattr(Later(), "__deepcopy__")


def test_plain_attributes_may_precede_super_init():
    class Early(nn.Module):
        def __init__(self):
            self.number = 3
            super().__init__()

    assert Early().number == 3


def test_members_are_found_by_getattr_called_by_name():
    class Proxy(nn.Module):
        def __init__(self, net):
            super().__init__()
            self.net = net

        def __getattr__(self, name):
            try:
                return super().__getattr__(name)
            except AttributeError:
                return getattr(self.net, name)

    proxy = Proxy(nn.Linear(2, 3))
    assert proxy.weight is proxy.net.weight
    assert proxy.__getattr__("net") is proxy.net
    assert proxy.net.__getattr__("bias") is proxy.net.bias
    assert nn.BatchNorm1d(2).__getattr__("running_mean").shape == (2,)
    with pytest.raises(AttributeError, match="'Linear' object has no attribute 'other'"):
        proxy.other  # noqa: B018


def test_members_of_one_kind_can_be_changed_as_a_mapping():
    net = Net()
    net._modules["a"] = relu = nn.ReLU()
    assert net.a is relu
    del net._parameters["top"]
    assert not hasattr(net, "top")
    assert "top" not in net._parameters
    with pytest.raises(KeyError):
        net._buffers["a"]
    assert len(net.b[0]._buffers) == 2
    assert repr(net.b[1]._parameters) == "{}"


def test_paths():
    net = Net()
    assert net.get_submodule("") is net
    assert net.get_submodule("b.0") is net.b[0]
    assert net.get_parameter("b.0.weight") is net.b[0].weight
    assert net.get_buffer("a.mean") is net.a.mean
    net.set_submodule("b.1", new := nn.Tanh())
    assert net.b[1] is new
    with pytest.raises(AttributeError):
        net.set_submodule("b.9", new, strict=True)
    with pytest.raises(ValueError, match="target"):
        net.set_submodule("", new)
    with pytest.raises(ValueError, match="int"):
        net.set_submodule("b.1", 3)


def test_names_can_be_replaced_during_a_walk():
    net = Net()
    for name, _ in net.named_children():
        setattr(net, name, nn.ReLU())
    assert isinstance(net.a, nn.ReLU)


# --- parameters ---


def test_parameter_shares_memory_and_is_a_leaf():
    data = tg.ones(2)
    param = nn.Parameter(data)
    assert param.requires_grad
    assert param.is_leaf
    assert np.shares_memory(param.detach().numpy(), data.numpy())
    assert not nn.Parameter(tg.ones(2, dtype=tg.int64), requires_grad=False).requires_grad
    assert nn.Parameter().shape == (0,)
    assert type(param * 2) is tg.Tensor
    assert nn.Parameter(param * 2).is_leaf
    assert repr(param) == f"Parameter containing:\n{param.detach().requires_grad_()!r}"
    with pytest.raises(RuntimeError, match="int64"):
        nn.Parameter(tg.ones(2, dtype=tg.int64))
    with pytest.raises(TypeError, match="list"):
        nn.Parameter([1.0])
    with tg.no_grad():
        assert nn.Parameter(data).requires_grad


def test_copies_of_parameters():
    param = nn.Parameter(tg.ones(2))
    (param * 2).sum().backward()
    for again in (copy.deepcopy(param), pickle.loads(pickle.dumps(param))):
        assert isinstance(again, nn.Parameter)
        assert again.requires_grad
        assert again.grad is None
        assert tg.equal(again, param)
        assert not np.shares_memory(again.detach().numpy(), param.detach().numpy())


def test_copies_of_modules_keep_ties():
    net = Net()
    net.tied = net.a.weight
    for again in (copy.deepcopy(net), pickle.loads(pickle.dumps(net))):
        assert again.tied is again.a.weight
        assert again.tied is not net.tied
        assert again.b[0] is again.b[2]
        assert repr(again) == repr(net)
        assert names(again.named_parameters()) == names(net.named_parameters())
        again.new = nn.Parameter(tg.ones(1))
        assert not hasattr(net, "new")
    assert copy.copy(net).a is net.a


def test_modules_are_freed_without_the_collector():
    gc.disable()
    try:
        net = Net()
        net.register_forward_hook(lambda *a: None)
        net.a.register_full_backward_hook(lambda *a: None)
        net(tg.ones(2)).sum().backward()
        net.load_state_dict(net.state_dict())
        gone = weakref.ref(net)
        del net
        assert gone() is None
    finally:
        gc.enable()


# --- modes ---


def test_modes_and_gradients():
    net = Net()
    assert net.eval() is net
    assert not any(m.training for m in net.modules())
    assert net.train().b[0].training
    net(tg.ones(2)).sum().backward()
    net.zero_grad(set_to_none=False)
    assert net.top.grad.tolist() == [0]
    net.zero_grad()
    assert all(p.grad is None for p in net.parameters())
    assert net.requires_grad_(False) is net
    assert not any(p.requires_grad for p in net.parameters())


def test_apply_goes_from_the_leaves_up():
    seen = []
    net = Net()
    assert net.apply(lambda m: seen.append(type(m).__name__)) is net
    assert seen == ["Block", "Block", "ReLU", "Sequential", "Net"]


# --- conversion ---


def test_conversion_keeps_identity():
    net = Net()
    net.a.register_buffer("count", tg.tensor(3))
    params = list(net.parameters())
    net(tg.ones(2)).sum().backward()
    assert net.double() is net
    assert all(p is q for p, q in zip(net.parameters(), params, strict=True))
    assert {p.dtype for p in params} == {tg.float64}
    assert {p.grad.dtype for p in params} == {tg.float64}
    assert (net.a.mean.dtype, net.a.count.dtype) == (tg.float64, tg.int64)
    net.zero_grad()
    net(tg.ones(2, dtype=tg.float64)).sum().backward()
    assert net.top.grad.dtype == tg.float64
    assert net.half().top.dtype == tg.float16
    assert net.float().top.dtype == tg.float32
    for call in (
        lambda: net.to(tg.float64),
        lambda: net.to("cpu", tg.float64),
        lambda: net.to(dtype=tg.float64, device="cpu", non_blocking=True),
        lambda: net.to(tg.ones(1, dtype=tg.float64)),
        lambda: net.type(tg.float64),
    ):
        assert call() is net
        assert net.top.dtype == tg.float64
        net.float()
    assert net.to(tg.complex64).top.dtype == tg.complex64
    with pytest.warns(UserWarning, match="imaginary"):
        assert net.to(tg.float32).top.dtype == tg.float32
    assert net.to("cpu") is net.cpu() is net.share_memory() is net
    net.compile()
    assert net.top.dtype == tg.float32
    with pytest.raises(TypeError, match="int64"):
        net.to(tg.int64)
    with pytest.raises(TypeError, match="wrong"):
        net.to(wrong=1)
    for call in (net.cuda, lambda: net.to("cuda:0")):
        with pytest.raises(RuntimeError, match="cuda"):
            call()


# --- words ---


def test_a_layer_is_named_in_the_errors_of_its_ops():
    with pytest.raises(RuntimeError) as caught:
        nn.Sequential(nn.Linear(3, 4), nn.Linear(3, 5))(tg.ones(2, 3))
    words = str(caught.value)
    assert words.count("\n  in ") == 1
    assert "Linear(in_features=3, out_features=5, bias=True), called with (shape [2, 4]" in words
    assert "float32" in words


def test_an_error_of_ones_own_is_left_alone():
    class Mine(RuntimeError):
        pass

    class Raises(nn.Module):
        def forward(self):
            raise Mine("only mine")

    with pytest.raises(Mine, match="^only mine$"):
        Raises()()


def test_extra_repr_of_several_lines():
    class Wordy(nn.Module):
        def extra_repr(self):
            return "one\ntwo"

    assert repr(Wordy()) == "Wordy(\n  one\n  two\n)"
    outer = nn.Sequential(Wordy())
    assert repr(outer) == "Sequential(\n  (0): Wordy(\n    one\n    two\n  )\n)"


def test_a_property_that_cannot_be_read_yet_stands_before_a_member():
    class Ball(nn.Module):
        k = property(lambda self: -self.c)

        def __init__(self):
            super().__init__()
            self.k = nn.Parameter(tg.ones(()))
            self.c = self._parameters.pop("k")

    assert Ball().k == -1
    assert [n for n, _ in Ball().named_parameters()] == ["c"]
