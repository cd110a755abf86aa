"""`autograd.graph`, beside PyTorch's where it is installed."""

import gc
import importlib
import sys
import threading
import weakref

import numpy as np
import pytest

import tinygrad_np as tg
from tinygrad_np.tape.graph import Node

PACKAGES = ["tinygrad_np", pytest.param("torch", marks=pytest.mark.torch)]


@pytest.fixture(params=PACKAGES)
def torch(request):
    return pytest.importorskip(request.param)


@pytest.fixture
def graph(torch):
    return importlib.import_module(f"{torch.__name__}.autograd.graph")


def leaf(torch, *values):
    return torch.tensor(values, requires_grad=True)


def test_hooks_stand_between_what_is_saved_and_the_walk(torch, graph):
    x, order = leaf(torch, 1.0, 2.0), []

    def pack(t):
        assert not torch.is_grad_enabled()
        order.append(("pack", t.tolist()))
        return len(order) - 1, t.detach().clone()

    def unpack(kept):
        order.append(("unpack", kept[0]))
        return kept[1] * 10

    with graph.saved_tensors_hooks(pack, unpack):
        y = x * 3  # saves no tensor
        z = y * x
    z = z.exp()
    assert order == [("pack", [1.0, 2.0]), ("pack", [3.0, 6.0])]
    (g,) = torch.autograd.grad(z.sum(), x)
    assert sorted(order[2:]) == [("unpack", 0), ("unpack", 1)]
    want = np.exp([3.0, 12.0]) * (np.array([30.0, 60.0]) + 3 * np.array([10.0, 20.0]))
    np.testing.assert_allclose(g.numpy(), want, rtol=1e-5)


@pytest.mark.parametrize(
    ("count", "f"),
    [
        (2, lambda t, x: x * x),
        (2, lambda t, x: x / x),
        (1, lambda t, x: x.softmax(0)),
        (1, lambda t, x: x.relu()),
        (0, lambda t, x: x.sum()),
        (0, lambda t, x: x + 1),
        (1, lambda t, x: x.tanh()),
        (1, lambda t, x: x**2),
        (1, lambda t, x: x * t.ones(2)),
        (2, lambda t, x: t.nn.functional.linear(x, t.ones(3, 2, requires_grad=True), t.ones(3))),
        (1, lambda t, x: t.nn.functional.dropout(x, 0.5)),
    ],
)
def test_how_often_something_is_packed(torch, graph, count, f):
    packed = []
    with graph.saved_tensors_hooks(lambda t: packed.append(t) or t, lambda t: t):
        f(torch, leaf(torch, 1.0, 2.0))
    assert len(packed) == count


def test_hooks_on_disk_train_a_network(torch, graph, tmp_path):
    def unpack(name):
        return torch.load(name)

    def pack(t):
        name = tmp_path / f"{len(list(tmp_path.iterdir()))}"
        torch.save(t.detach(), name)
        return name

    nn = torch.nn
    torch.manual_seed(0)
    net = nn.Sequential(
        nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(8, 3), nn.LSTM(3, 2),
    )  # fmt: skip
    images, labels = torch.randn(4, 1, 6, 6), torch.tensor([0, 1, 1, 0])

    def gradients():
        net.zero_grad()
        out = net(images)[0]
        return out, nn.functional.cross_entropy(out, labels)

    gradients()[1].backward()
    want = [p.grad.clone() for p in net.parameters()]
    with graph.saved_tensors_hooks(pack, unpack):
        _, loss = gradients()
    loss.backward()
    assert len(list(tmp_path.iterdir())) > 10
    for p, w in zip(net.parameters(), want, strict=True):
        np.testing.assert_allclose(p.grad.numpy(), w.numpy(), rtol=1e-4, atol=1e-6)


def test_nothing_of_what_is_packed_stays(torch, graph):
    if torch is not tg:
        pytest.skip("looks at arrays")
    x = leaf(torch, 1.0, 2.0)
    with graph.saved_tensors_hooks(lambda t: t.tolist(), torch.tensor):
        y = (x * 1).exp()
        pool = torch.nn.functional.max_pool1d((x * 1)[None], 2)
        z = y * torch.nn.functional.dropout(x * 1, 0.5)
    for out in (y, pool, z):
        for _, rule, values, _ in out.grad_fn.edges:
            for need, value in zip(rule.needs, values, strict=True):
                assert not isinstance(value, np.ndarray), (out, rule.names, need)


def test_gradients_of_gradients_are_on_the_tape(torch, graph):
    x = leaf(torch, 1.0, 2.0)
    with graph.saved_tensors_hooks(lambda t: t.detach().clone(), lambda t: t):
        y = x.exp() * x
    (first,) = torch.autograd.grad(y.sum(), x, create_graph=True)
    (second,) = torch.autograd.grad(first.sum(), x)
    e = np.exp([1.0, 2.0])
    np.testing.assert_allclose(second.numpy(), e * np.array([3.0, 4.0]), rtol=1e-5)


def test_the_innermost_hooks_count(torch, graph):
    x, seen = leaf(torch, 1.0), []
    with graph.saved_tensors_hooks(lambda t: seen.append("outer") or t, lambda t: t):
        with graph.saved_tensors_hooks(lambda t: seen.append("inner") or t, lambda t: t):
            x.exp()
        x.exp()
    x.exp()
    assert seen == ["inner", "outer"]


def test_leaves_come_as_themselves(torch, graph):
    p, seen = torch.nn.Parameter(torch.ones(2)), []
    with graph.saved_tensors_hooks(lambda t: seen.append(t) or t, lambda t: t):
        torch.sin(p)
    assert seen[0] is p


def test_functions_of_ones_own_are_packed(torch, graph):
    class Exp(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            out = x.exp()
            ctx.save_for_backward(x, None, out)
            return out

        @staticmethod
        def backward(ctx, grad):
            x, nothing, out = ctx.saved_tensors
            assert nothing is None
            assert x.tolist() == [2.0]
            return grad * out

    x, packed = leaf(torch, 1.0), []
    with graph.saved_tensors_hooks(lambda t: packed.append(t.tolist()) or t * 2, lambda t: t):
        y = Exp.apply(x)
    assert packed == [[1.0], pytest.approx([np.e])]
    (g,) = torch.autograd.grad(y.sum(), x, create_graph=True)
    assert g.item() == pytest.approx(2 * np.e)
    assert torch.autograd.grad(g.sum(), x)[0].item() == pytest.approx(2 * np.e, rel=1e-5)


def test_what_hooks_may_not_do(torch, graph):
    x = leaf(torch, 1.0, 2.0)
    with graph.saved_tensors_hooks(lambda t: t, lambda t: 3):
        y = x.sin()
    with pytest.raises(TypeError, match="Output of saved tensor unpack_hook expected .* int"):
        y.sum().backward()
    hooks = graph.saved_tensors_hooks(lambda t: t.mul_(2), lambda t: t)
    with hooks, pytest.raises(RuntimeError, match="pack hook is modifying its input in place"):
        (x * 1).sin()
    with graph.saved_tensors_hooks(lambda t: t, lambda t: t):
        y = x.sin()
    y.sum().backward()
    with pytest.raises(RuntimeError, match="second time"):
        y.sum().backward()


def test_a_change_of_what_is_kept_is_seen():
    y = leaf(tg, 1.0) * 1
    with tg.autograd.graph.save_on_cpu():
        z = y * y
    y.zero_()
    with pytest.raises(RuntimeError, match="modified by an inplace operation.*kept by a pack hook"):
        z.sum().backward()


def test_where_hooks_are_not_allowed(torch, graph):
    hooks = graph.saved_tensors_hooks(lambda t: t, lambda t: t)
    refused = graph.disable_saved_tensors_hooks
    with refused("not here"):
        with refused("nor here"), pytest.raises(RuntimeError, match="nor here"):
            hooks.__enter__()
        with pytest.raises(RuntimeError, match="not here"):
            hooks.__enter__()
    with hooks, pytest.raises(RuntimeError, match="too late"), refused("too late"):
        pass


def test_saved_on_the_cpu(torch, graph):
    x = leaf(torch, 1.0, 2.0)
    with graph.save_on_cpu():
        (x * x).sum().backward()
    assert x.grad.tolist() == [2.0, 4.0]


def test_an_op_without_hooks_does_nothing_for_them():
    """The same Python calls before hooks were first on, and after; more while they are."""
    x, y = leaf(tg, 1.0, 2.0), leaf(tg, 3.0, 4.0)

    def calls():
        names = []
        sys.setprofile(lambda frame, event, arg: names.append((event, frame.f_code.co_name)))
        try:
            x * y
        finally:
            sys.setprofile(None)
        return names

    x * y
    before = calls()
    with tg.autograd.graph.save_on_cpu():
        during = calls()
    assert calls() == before
    assert len(during) > len(before)


def test_hooks_are_of_one_thread():
    x, found = leaf(tg, 1.0), []
    with tg.autograd.graph.saved_tensors_hooks(lambda t: found.append(t), lambda t: t):
        thread = threading.Thread(target=lambda: x.exp())
        thread.start()
        thread.join()
    assert not found


def test_hooks_and_anomaly_detection_in_any_order():
    x = leaf(tg, 0.0)
    packed = []
    hooks = tg.autograd.graph.saved_tensors_hooks(lambda t: packed.append(1) or t, lambda t: t)
    watched = tg.autograd.set_detect_anomaly(True)
    with hooks:
        watched.__exit__()
        x.sin()
        watched = tg.autograd.set_detect_anomaly(True)
    x.sin()
    watched.__exit__()
    assert packed == [1]
    assert Node.__init__.__name__ == "__init__"


def test_a_node_that_packed_dies_with_its_result():
    gc.disable()
    try:
        x = leaf(tg, 1.0)
        with tg.autograd.graph.saved_tensors_hooks(lambda t: t, lambda t: t):
            y = x.exp() * x
        dead = weakref.ref(y.grad_fn)
        del y
        assert dead() is None
    finally:
        gc.enable()


def test_changes_of_what_is_saved(torch, graph):
    with graph.allow_mutation_on_saved_tensors():
        x = leaf(torch, 1.0, 1.0)
        y = x.clone()
        out = y.exp()
        out.mul_(2)
        y.add_(out)
        y.sum().backward()
        again = graph.allow_mutation_on_saved_tensors()
        with pytest.raises(RuntimeError, match="cannot be nested"), again:
            pass
        z = (y * y).sum()
    np.testing.assert_allclose(x.grad.numpy(), 1 + 2 * np.exp([1.0, 1.0]), rtol=1e-6)
    with pytest.raises(AssertionError, match="outside of the 'allow_mutation_on_saved_tensors'"):
        z.backward()


def test_hooks_over_several_tensors(torch, graph):
    a, b = leaf(torch, 1.0, 2.0), leaf(torch, 3.0, 4.0)
    c, d = a * b, a * b
    seen = []
    handle = graph.register_multi_grad_hook((a, b, c, d), lambda grads: seen.append(grads))
    c.sum().backward(retain_graph=True)
    c.sum().backward(inputs=(a,), retain_graph=True)
    (c * d).sum().backward(retain_graph=True)
    met = [[g is not None for g in grads] for grads in seen]
    T, F = True, False
    assert met == [[T, T, T, F], [T, F, T, F], [T, T, T, T]]
    assert [g.tolist() for g in seen[0][:3]] == [[3.0, 4.0], [1.0, 2.0], [1.0, 1.0]]
    assert seen[2][0].tolist() == [18.0, 64.0]
    handle.remove()
    c.sum().backward()
    assert len(seen) == 3


def test_hooks_over_several_tensors_in_grad():
    a, b = leaf(tg, 1.0, 2.0), leaf(tg, 3.0, 4.0)
    c, seen = a * b, []
    tg.autograd.graph.register_multi_grad_hook((a, b, c), seen.append)
    tg.autograd.grad(c.sum(), b)
    assert [[g is not None for g in grads] for grads in seen] == [[False, True, True]]


def test_hooks_on_the_first_gradient(torch, graph):
    a, b = leaf(torch, 1.0), leaf(torch, 3.0)
    c, seen = a * b, []
    graph.register_multi_grad_hook((a, torch.ones(1), c), seen.append, mode="any")
    for _ in range(2):
        (c * 5).sum().backward(retain_graph=True)
    assert [g.tolist() for g in seen] == [[5.0], [5.0]]
    with pytest.raises(ValueError, match="mode"):
        graph.register_multi_grad_hook((a,), print, mode="some")


def test_a_walk_that_failed_leaves_nothing(torch, graph):
    a, b, seen = leaf(torch, 1.0), leaf(torch, 2.0), []
    c = a * b
    graph.register_multi_grad_hook((a, c), seen.append)

    def fail(grad):
        raise ZeroDivisionError

    with c.register_hook(fail), pytest.raises(ZeroDivisionError):
        c.sum().backward(retain_graph=True)
    assert not seen
    c.sum().backward()
    assert [g.tolist() for g in seen[0]] == [[2.0], [1.0]]


def test_edges_stand_for_tensors(torch, graph):
    x = leaf(torch, 1.0, 2.0)
    y = x * x
    edge, end = graph.get_gradient_edge(x), graph.get_gradient_edge(y)
    assert (edge.node, edge.output_nr) == (y.grad_fn.next_functions[0][0], 0)
    assert isinstance(end.node, graph.Node)
    y.mul_(5)
    loss = y.sum()
    for inputs in ([edge, end], (edge, end)):
        gx, gy = torch.autograd.grad(loss, inputs, retain_graph=True)
        assert (gx.tolist(), gy.tolist()) == ([10.0, 20.0], [5.0, 5.0])
    assert torch.autograd.grad(graph.get_gradient_edge(loss), edge, retain_graph=True)
    (gx,) = torch.autograd.grad([end], x, torch.ones(2), retain_graph=True)
    assert gx.tolist() == [2.0, 4.0]
    torch.autograd.backward(graph.get_gradient_edge(loss), inputs=[edge, end], retain_graph=True)
    assert x.grad.tolist() == [10.0, 20.0]
    with pytest.raises(RuntimeError, match="implicitly created only for scalar"):
        torch.autograd.grad(end, x)
    with pytest.raises(RuntimeError, match="GradientEdge"):
        torch.autograd.grad((x * 1).sum(), [edge, end], materialize_grads=True)
    with pytest.raises(RuntimeError, match="does not require grad"):
        graph.get_gradient_edge(torch.ones(2))


def test_counted_changes(torch, graph):
    x = leaf(torch, 1.0, 2.0)
    y = x * 1
    z = y * y
    graph.increment_version([y])
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        z.sum().backward()


def test_counting_nothing():
    x = tg.ones(1)
    with pytest.raises(TypeError, match="int"):
        tg.autograd.graph.increment_version([x, 3])
    assert x._versions().n == 0
