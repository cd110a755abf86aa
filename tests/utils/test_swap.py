"""swap_tensors: what goes with the values, here and in PyTorch."""

import importlib

import pytest

PACKAGES = ["tinygrad_np", pytest.param("torch", marks=pytest.mark.torch)]


@pytest.fixture(params=PACKAGES)
def torch(request):
    return importlib.import_module(request.param)


def test_all_that_tensors_are_is_exchanged(torch):
    layer = torch.nn.Linear(2, 1, bias=False)
    weight, other = layer.weight, torch.tensor([[3, 4]])
    weight.grad = torch.ones(1, 2)
    weight.tag = "tag"
    torch.utils.swap_tensors(weight, other)
    assert weight.tolist() == [[3, 4]]
    assert (weight.requires_grad, weight.grad) == (False, None)
    assert isinstance(other, torch.nn.Parameter)
    assert (other.tag, other.grad.tolist(), hasattr(weight, "tag")) == ("tag", [[1, 1]], False)
    (other * 3).sum().backward()
    assert other.grad.tolist() == [[4, 4]]
    assert type(weight) is torch.Tensor


def test_gradients_go_to_where_their_values_are(torch):
    a, b = torch.nn.Parameter(torch.ones(2)), torch.nn.Parameter(torch.zeros(3))
    torch.utils.swap_tensors(a, b)
    ((a * 2).sum() + (b * 5).sum()).backward()
    assert (a.grad.tolist(), b.grad.tolist()) == ([2, 2, 2], [5, 5])


@pytest.mark.parametrize("use", [lambda t: t[0], lambda t: t * t])
def test_what_others_refer_to_is_refused(torch, use):
    a = torch.ones(2, requires_grad=True) * 1
    kept = use(a)
    with pytest.raises(RuntimeError, match="use_count of t2"):
        torch.utils.swap_tensors(torch.ones(1), a)
    assert kept is not None
