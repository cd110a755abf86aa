"""Subclasses of Tensor, beside PyTorch's where it is installed."""

import numpy as np
import pytest

import tinygrad_np as tg


@pytest.fixture(params=["tinygrad_np", pytest.param("torch", marks=pytest.mark.torch)])
def torch(request):
    return pytest.importorskip(request.param)


def test_tensors_become_those_of_a_subclass(torch):
    class Named(torch.Tensor):
        name = "x"

    x = torch.ones(2, requires_grad=True)
    named = (x * 2).as_subclass(Named)
    assert (type(named), named.name, named._is_view()) == (Named, "x", True)
    named.sum().backward()
    assert x.grad.tolist() == [2.0, 2.0]
    assert type(named.grad_fn).__name__ == "AliasBackward0"
    plain = torch.zeros(2)
    plain.as_subclass(Named).add_(1)
    assert plain.tolist() == [1.0, 1.0]
    for kind in (int, torch.nn.Module):
        with pytest.raises(TypeError, match="does not inherit from Tensor"):
            plain.as_subclass(kind)


@pytest.mark.parametrize("require_grad", [False, True])
def test_leaves_of_a_subclass(torch, require_grad):
    class Named(torch.Tensor):
        pass

    x = torch.ones(2, requires_grad=True)
    leaf = torch.Tensor._make_subclass(Named, x, require_grad)
    assert (type(leaf), leaf.is_leaf, leaf.requires_grad) == (Named, True, require_grad)
    assert leaf.data_ptr() == x.data_ptr()


def test_subclasses_make_themselves(torch):
    class Named(torch.Tensor):
        @staticmethod
        def __new__(cls, values, name):
            return super().__new__(cls, values)

        def __init__(self, values, name):
            super().__init__()
            self.label = name

    class Scaled(torch.nn.Parameter):
        def __new__(cls, data, requires_grad=True, scale=1):
            self = super().__new__(cls, data, requires_grad)
            self.scale = scale
            return self

    class Frozen(torch.nn.Parameter):
        def __new__(cls, data, scale):
            return torch.Tensor._make_subclass(cls, data, False)

        def __init__(self, data, scale):
            self.scale = scale

    named = Named([1.0, 2.0], "x")
    assert (named.tolist(), named.label, named.requires_grad) == ([1.0, 2.0], "x", False)
    for kind, requires_grad in ((Scaled, True), (Frozen, False)):
        layer = torch.nn.Linear(1, 1)
        layer.weight = kind(torch.ones(1, 1), scale=3)
        assert (layer.weight.scale, layer.weight.requires_grad) == (3, requires_grad)
        assert dict(layer.named_parameters())["weight"] is layer.weight


def test_what_is_not_called_is_told():
    with pytest.warns(UserWarning, match="Logged.__torch_function__ will not be called"):

        class Logged(tg.Tensor):
            @classmethod
            def __torch_function__(cls, func, types, args=(), kwargs=None):
                raise AssertionError

    assert (tg.ones(1).as_subclass(Logged) + 1).tolist() == [2.0]


def test_the_old_constructor_makes_aliases(torch):
    class Named(torch.Tensor):
        pass

    for kind in (torch.Tensor, Named):
        for values in (torch.arange(3), torch.ones(3, dtype=torch.float64)):
            alias = kind(values)
            assert (type(alias), alias.dtype) == (kind, values.dtype)
            alias.add_(1)
            assert alias.tolist() == values.tolist()
        leaf = torch.nn.Parameter(torch.ones(2))
        alias = kind(leaf)
        assert (type(alias), alias.requires_grad, alias.is_leaf) == (kind, True, False)
        (alias * 3).sum().backward()
        assert leaf.grad.tolist() == [3.0, 3.0]
        array = np.ones(2, np.float32)
        alias = kind(array)
        array[0] = 5
        assert (type(alias), alias.tolist()) == (kind, [5.0, 1.0])
        for dtype in ("float64", "int32"):
            array = np.ones(2, dtype)
            copy = kind(array)
            array[0] = 5
            assert (copy.dtype, copy.tolist()) == (torch.float32, [1.0, 1.0])
