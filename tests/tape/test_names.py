"""Names of nodes and what they saved, beside PyTorch's where it is installed; walkers of graphs."""

import gc
import weakref

import numpy as np
import pytest

import tinygrad_np as tg
from tinygrad_np.tape.graph import Node

PACKAGES = ["tinygrad_np", pytest.param("torch", marks=pytest.mark.torch)]


@pytest.fixture(params=PACKAGES)
def torch(request):
    return pytest.importorskip(request.param)


def written(t):
    y = t["x"] * 1
    y[0] = 1.0
    return y


SHAPES = {
    "x": (2, 3), "y": (2, 3), "w": (3, 3), "v": (3,), "b": (2, 3, 3), "image": (2, 2, 4, 4)
}  # fmt: skip
NAMES = {
    "AddBackward0": lambda t: t["x"] + 1,
    "SubBackward0": lambda t: t["x"] - t["y"],
    "MulBackward0": lambda t: t["x"] * 2,
    "DivBackward0": lambda t: t["x"] / 2,
    "PowBackward0": lambda t: t["x"] ** 2,
    "PowBackward1": lambda t: t["x"] ** t["y"],
    "PowBackward2": lambda t: 2 ** t["x"],
    "Log1PBackward0": lambda t: t["x"].log1p(),
    "Log2Backward0": lambda t: t["x"].log2(),
    "SumBackward0": lambda t: t["x"].sum(),
    "SumBackward1": lambda t: t["x"].sum(0),
    "MeanBackward0": lambda t: t["x"].mean(),
    "MeanBackward1": lambda t: t["x"].mean((0, 1), keepdim=True),
    "ViewBackward0": lambda t: t["x"].flatten(),
    "SelectBackward0": lambda t: t["x"][:, 0],
    "SliceBackward0": lambda t: t["x"][1:],
    "IndexBackward0": lambda t: t["x"][[0, 1]],
    "UnsqueezeBackward0": lambda t: t["x"][None],
    "AliasBackward0": lambda t: t["x"][...],
    "ClampBackward1": lambda t: t["x"].clamp(0, 1),
    "ToCopyBackward0": lambda t: t["x"].double(),
    "CloneBackward0": lambda t: t["x"].t().contiguous(),
    "CopySlices": written,
    "MmBackward0": lambda t: t["x"] @ t["w"],
    "MvBackward0": lambda t: t["x"] @ t["v"],
    "DotBackward0": lambda t: t["v"] @ t["v"],
    "BmmBackward0": lambda t: t["b"].bmm(t["b"]),
    "AddmmBackward0": lambda t: t["F"].linear(t["x"], t["w"], t["v"]),
    "ConvolutionBackward0": lambda t: t["F"].conv2d(t["image"], t["image"]),
    "MaxPool2DWithIndicesBackward0": lambda t: t["F"].max_pool2d(t["image"], 2),
    "MaxPool3DWithIndicesBackward0": lambda t: t["F"].max_pool3d(t["image"][None], 2),
    "AvgPool2DBackward0": lambda t: t["F"].avg_pool2d(t["image"], 2),
    "NativeBatchNormBackward0": lambda t: t["F"].batch_norm(t["image"], None, None, training=True),
    "NativeLayerNormBackward0": lambda t: t["F"].layer_norm(t["x"], (3,)),
    "LogSoftmaxBackward0": lambda t: t["x"].log_softmax(1),
    "NllLossBackward0": lambda t: t["F"].cross_entropy(t["x"], t["labels"]),
    "MseLossBackward0": lambda t: t["F"].mse_loss(t["x"], t["y"]),
    "LinalgInvExBackward0": lambda t: t["torch"].linalg.inv(t["w"]),
    "AccumulateGrad": lambda t: (t["x"] + 1).grad_fn.next_functions[0][0],
}


@pytest.mark.parametrize("name", NAMES)
def test_classes_of_nodes_have_pytorchs_names(torch, name):
    torch.manual_seed(0)
    tensors = {k: torch.rand(*shape, requires_grad=True) for k, shape in SHAPES.items()}
    given = dict(tensors, torch=torch, F=torch.nn.functional, labels=torch.tensor([0, 1]))
    made = NAMES[name](given)
    node = getattr(made, "grad_fn", made)
    assert type(node).__name__ == name
    assert node.name() == ("" if "Backward" in name else "torch::autograd::") + name
    again = NAMES[name](given)
    assert type(getattr(again, "grad_fn", again)) is type(node)


def test_a_name_stays_when_what_was_saved_is_freed():
    x = tg.ones(2, requires_grad=True)
    y = x**2
    node = y.grad_fn
    y.sum().backward()
    assert node.name() == "PowBackward0"


def test_ops_of_ones_own_have_their_own_names():
    @tg.op
    def linear(input):
        return input * 1

    linear.backward(input=lambda grad: grad)
    assert linear(tg.ones(2, requires_grad=True)).grad_fn.name() == "LinearBackward0"


def test_named_nodes_work_as_before():
    x = tg.ones(2, requires_grad=True)
    y = x * x
    names = []
    z = y.exp()
    todo = [z.grad_fn]
    while todo:
        node = todo.pop()
        assert isinstance(node, Node)
        names.append(type(node).__name__)
        node.register_hook(lambda given, out: None)
        assert type(node).__name__ == names[-1]
        todo += [n for n, _ in node.next_functions if n is not None and n.next_functions]
    assert names == ["ExpBackward0", "MulBackward0"]
    (g,) = tg.autograd.grad(z.sum(), x, create_graph=True)
    assert type(g.grad_fn).__name__.endswith("Backward0")
    np.testing.assert_allclose(g.detach().numpy(), 2 * np.e * np.ones(2), rtol=1e-6)
    (second,) = tg.autograd.grad(g.sum(), x)
    np.testing.assert_allclose(second.numpy(), 6 * np.e * np.ones(2), rtol=1e-6)


def test_what_is_saved_can_be_looked_at(torch):
    x, y = torch.tensor([1.0, 2.0], requires_grad=True), torch.tensor([3.0, 4.0])
    product = x * y
    assert product.grad_fn._saved_other.tolist() == [3.0, 4.0]
    assert (x * x).grad_fn._saved_self is x
    assert (x * x).grad_fn._saved_other is x
    root = product.exp()
    assert root.grad_fn._saved_result.grad_fn is root.grad_fn
    power = (x * 1) ** 3
    assert power.grad_fn._saved_self.grad_fn.name() == "MulBackward0"
    assert power.grad_fn._saved_exponent == 3
    assert {"_saved_self", "_saved_exponent"} <= set(dir(power.grad_fn))
    with pytest.raises(AttributeError):
        power.grad_fn._saved_nonsense  # noqa: B018
    with pytest.raises(AttributeError):
        power.grad_fn.variable  # noqa: B018
    root.sum().backward()
    with pytest.raises(RuntimeError, match="already been freed"):
        root.grad_fn._saved_result  # noqa: B018


def test_a_saved_value_that_was_changed():
    y = tg.ones(2, requires_grad=True) * 1
    z = y * y
    y.zero_()
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        z.grad_fn._saved_other  # noqa: B018


def test_a_packed_value_is_unpacked(torch):
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    hooks = torch.autograd.graph.saved_tensors_hooks
    with hooks(lambda t: t.tolist(), lambda kept: torch.tensor(kept) * 2):
        y = x.exp()
    np.testing.assert_allclose(y.grad_fn._saved_result.detach(), 2 * np.exp([1, 2]), rtol=1e-6)


def test_functions_of_ones_own_show_their_context(torch):
    class Exp(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.extra = "kept"
            out = x.exp()
            ctx.save_for_backward(out)
            return out

        @staticmethod
        def backward(ctx, grad):
            return grad * ctx.saved_tensors[0]

    y = Exp.apply(torch.ones(2, requires_grad=True))
    node = y.grad_fn
    assert type(node).__name__ == "ExpBackward"
    assert (node.extra, node.needs_input_grad, len(node.saved_tensors)) == ("kept", (True,), 1)
    assert not hasattr(node, "nothing")


def test_versions_are_numbers(torch):
    x = torch.zeros(3)
    assert x._version == 0
    view = x[:2]
    view.add_(1)
    x[0] = 5.0
    assert (x._version, view._version, x.detach()._version) == (2, 2, 2)
    x.data.add_(1)
    assert (x._version, x.data._version, (x * 2)._version) == (2, 0, 0)
    assert (view._is_view(), x._is_view()) == (True, False)


def test_nodes_carry_metadata(torch):
    y = torch.ones(2, requires_grad=True) * 2
    y.grad_fn.metadata["where"] = "here"
    assert y.grad_fn.metadata == {"where": "here"}
    assert (y * 2).grad_fn.metadata == {}


def test_names_make_no_cycle():
    gc.disable()
    try:
        y = (tg.ones(2, requires_grad=True) * 2).exp()
        node = weakref.ref(y.grad_fn.next_functions[0][0])
        y.grad_fn.metadata["a"] = 1
        assert node() is not None
        del y
        assert node() is None
    finally:
        gc.enable()


def drawn(var):
    """A walk as tools that draw graphs make it: (nodes, tensors) by name and shape."""
    seen, nodes, tensors, todo = set(), [], [], [var.grad_fn]
    while todo:
        fn = todo.pop()
        if fn in seen:
            continue
        seen.add(fn)
        nodes.append(type(fn).__name__)
        for attribute in dir(fn):
            if attribute.startswith("_saved_"):
                value = getattr(fn, attribute)
                seen.add(value)
                if callable(getattr(value, "size", None)):
                    tensors.append(tuple(value.size()))
        if hasattr(fn, "variable"):
            tensors.append(tuple(fn.variable.size()))
        if hasattr(fn, "saved_tensors"):
            raise AssertionError("a node of an op is none of a Function")
        todo += [u for u, _ in fn.next_functions if u is not None]
    return nodes, tensors


def test_graphs_can_be_drawn(torch):
    torch.manual_seed(0)
    nn = torch.nn
    net = nn.Sequential(
        nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(36, 10), nn.LSTM(10, 3),
    )  # fmt: skip
    out = net(torch.randn(2, 1, 8, 8))[0]
    nodes, tensors = drawn(nn.functional.cross_entropy(out[1:], torch.tensor([1])))
    for name in (
        "NllLossBackward0", "SliceBackward0", "MaxPool2DWithIndicesBackward0", "ReluBackward0",
        "NativeBatchNormBackward0", "ConvolutionBackward0", "AccumulateGrad", "AddmmBackward0",
    ):  # fmt: skip
        assert name in nodes
    assert all(tuple(p.shape) in tensors for p in net.parameters())
