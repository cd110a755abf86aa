"""The walk back: order, depth, memory, hooks, what is freed and what is kept."""

import gc
import threading
import weakref

import numpy as np
import pytest

import tinygrad_np as tg
from tinygrad_np.tape import engine
from tinygrad_np.tape.graph import JointNode, Leaf, Node


def leaf(values):
    return tg.tensor(np.array(values, dtype=np.float64), requires_grad=True)


@pytest.fixture
def no_gc():
    """Garbage collection off: reference counting alone must free a graph."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def test_a_tensor_used_twice_adds_both_gradients():
    x = leaf([1.0, 2.0])
    y = x * x + x
    y.backward(tg.tensor(np.array([1.0, 10.0])))
    np.testing.assert_array_equal(x.grad.numpy(), [3.0, 50.0])


def test_backward_adds_to_grad_in_place():
    x = leaf([1.0])
    (x * 2).sum().backward()
    kept = x.grad
    (x * 3).sum().backward()
    assert x.grad is kept
    assert kept.item() == 5.0


def test_a_leaf_keeps_what_a_rule_computed_without_a_copy():
    places = []

    @tg.op
    def double(input):
        return input + input

    @double.backward("input")
    def _(grad):
        out = grad + grad
        places.append(out.ctypes.data)
        return out

    x = leaf([1.0, 2.0])
    double(x).sum().backward()
    assert x.grad.numpy().ctypes.data == places[0]


def test_gradients_of_0d_tensors_are_arrays():
    """NumPy's operators give scalars for 0-d arrays: a rule may return one."""
    x, seen = tg.tensor(0.5, requires_grad=True), []
    y = x.tanh()
    y.retain_grad()
    x.register_hook(lambda grad: seen.append(grad))
    for _ in range(2):
        y.backward(retain_graph=True)
    seen += [x.grad, y.grad, *tg.autograd.grad(y, x)]
    assert {type(t._array) for t in seen} == {np.ndarray}


def test_a_diamond_walks_each_node_once():
    calls = []

    @tg.op
    def counted(input):
        return input.copy()

    counted.backward(input=lambda grad: (calls.append(1), grad)[1])
    x = leaf([1.0])
    y = counted(x)
    for _ in range(20):
        y = y + y  # 2**20 paths
    y.sum().backward()
    assert x.grad.item() == 2.0**20
    assert len(calls) == 1


def test_broadcast_gradients_are_summed_to_the_argument():
    x, y = leaf([[1.0], [2.0]]), leaf([10.0, 20.0, 30.0])
    (x * y).sum().backward()
    np.testing.assert_array_equal(x.grad.numpy(), [[60.0], [60.0]])
    np.testing.assert_array_equal(y.grad.numpy(), [3.0, 3.0, 3.0])


def test_a_gradient_takes_the_dtype_of_its_argument():
    x = tg.tensor([1.0, 2.0], requires_grad=True)
    y = leaf([1.0, 2.0])
    (x * y).sum().backward()
    assert (x.grad.dtype, y.grad.dtype) == (tg.float32, tg.float64)


def test_second_walk_needs_retain_graph():
    x = leaf([1.0, 2.0])
    y = (x * x).sum()
    y.backward(retain_graph=True)
    y.backward()
    np.testing.assert_array_equal(x.grad.numpy(), [4.0, 8.0])
    with pytest.raises(RuntimeError, match=r"second time.*MulBackward0.*retain_graph=True"):
        y.backward()


def test_nodes_that_saved_nothing_can_be_walked_again():
    x = leaf([1.0, 2.0])
    y = (x + 1).sum()
    y.backward()
    y.backward()
    np.testing.assert_array_equal(x.grad.numpy(), [2.0, 2.0])


def test_a_chain_of_100_000_ops():
    x = leaf(1.0)
    y = x
    for _ in range(100_000):
        y = y + 1.0
    y.backward()
    assert x.grad.item() == 1.0


def test_inputs_limit_the_walk():
    x, w = leaf([1.0]), leaf([2.0])
    h = x * w
    (h * h).sum().backward(inputs=[w])
    assert x.grad is None
    assert w.grad.item() == 4.0


def test_inputs_may_be_results():
    x = leaf([3.0])
    h = x * 2
    (h * h).sum().backward(inputs=[h])
    assert h.grad.item() == 12.0
    assert x.grad is None


def test_rules_of_unneeded_arguments_are_not_run():
    @tg.op
    def product(a, b):
        return a * b

    product.backward(a=lambda grad, b: grad * b)
    product.backward(b=lambda grad: pytest.fail("not asked for"))
    x, y = leaf([1.0]), leaf([2.0])
    tg.autograd.grad(product(x, y).sum(), x)


# --- grad ---


def test_grad_of_several_outputs_and_inputs():
    x, y = leaf([1.0, 2.0]), leaf([3.0, 4.0])
    gx, gy = tg.autograd.grad([x * y, x + y], [x, y], [tg.ones(2), tg.ones(2)])
    np.testing.assert_array_equal(gx.numpy(), [4.0, 5.0])
    np.testing.assert_array_equal(gy.numpy(), [2.0, 3.0])
    assert x.grad is None


def test_grad_of_unused_input():
    x, y = leaf([1.0]), leaf([2.0])
    with pytest.raises(RuntimeError, match=r"input 1, of shape \(1,\).*allow_unused=True"):
        tg.autograd.grad((x * 2).sum(), [x, y])
    assert tg.autograd.grad((x * 2).sum(), [x, y], allow_unused=True)[1] is None
    (_, zero) = tg.autograd.grad((x * 2).sum(), [x, y], materialize_grads=True)
    assert zero.item() == 0.0


def test_derivatives_of_any_order():
    y = x = leaf(2.0)
    y = x * x * x * x
    seen = []
    for _ in range(4):
        (y,) = tg.autograd.grad(y, x, create_graph=True)
        seen.append(y.item())
    assert seen == [32.0, 48.0, 48.0, 24.0]


def test_create_graph_puts_grad_on_the_tape():
    x = leaf([1.0, 2.0])
    (x * x * x).sum().backward(create_graph=True)
    assert x.grad.requires_grad
    (second,) = tg.autograd.grad(x.grad.sum(), x)
    np.testing.assert_array_equal(second.numpy(), [6.0, 12.0])


# --- memory ---


@pytest.mark.usefixtures("no_gc")
def test_reference_counting_frees_a_graph():
    x = leaf([1.0, 2.0])
    y = tg.exp(x)
    seen = weakref.ref(y), weakref.ref(y.grad_fn)
    z = (y * y).sum()
    z.backward(retain_graph=True)
    del y, z
    assert [ref() for ref in seen] == [None, None]


@pytest.mark.usefixtures("no_gc")
def test_create_graph_leaves_no_cycle_behind():
    x = leaf([1.0, 2.0])
    y = (tg.exp(x) * x).sum()
    node = weakref.ref(y.grad_fn)
    (g,) = tg.autograd.grad(y, x, create_graph=True)
    del y, g
    assert node() is None


@pytest.mark.usefixtures("no_gc")
def test_an_activation_dies_with_its_user_unless_a_rule_saved_it():
    x = leaf([1.0, 2.0])
    h = x * 2.0
    memory = weakref.ref(h._array)
    z = (h + 1.0).sum()
    del h
    assert memory() is None
    z.backward()


@pytest.mark.usefixtures("no_gc")
def test_a_dead_leaf_is_no_error():
    x = leaf([1.0])
    y = x * 2
    del x
    y.backward()


def test_saved_values_are_dropped_during_the_walk():
    x = leaf([1.0, 2.0])
    h = tg.exp(x)
    memory = weakref.ref(h._array)
    z = (h * 1.0).sum()
    del h
    assert memory() is not None  # exp's rule needs its result
    z.backward()
    assert memory() is None


def test_a_long_chain_is_freed_without_recursion():
    y = leaf(1.0)
    for _ in range(200_000):
        y = y + 1.0
    del y


def test_leaf_gradients_share_no_memory():
    x, y = leaf([1.0, 2.0]), leaf([3.0, 4.0])
    seed = tg.ones(2, dtype=tg.float64)
    (x + y).backward(seed)
    arrays = [x.grad.numpy(), y.grad.numpy(), seed.numpy()]
    assert not any(np.shares_memory(a, b) for i, a in enumerate(arrays) for b in arrays[i + 1 :])


def test_a_seen_gradient_is_not_added_to():
    """What a hook was shown stays as it was, though the walk goes on adding."""
    x = leaf([1.0])
    shown = []
    a = x * 1.0
    a.register_hook(lambda grad: shown.append(grad))
    (a + 0.0).backward()
    (x * 5.0).backward()
    assert shown[0].item() == 1.0
    assert x.grad.item() == 6.0


def test_training_steps_leave_nothing_behind():
    w = leaf(np.ones((4, 4)))

    def step():
        loss = tg.tanh(w * 2.0).sum()
        loss.backward()
        w.grad = None

    step()
    gc.collect()
    gc.disable()
    try:
        before = len(gc.get_objects())
        for _ in range(1000):
            step()
        assert len(gc.get_objects()) <= before + 5
    finally:
        gc.enable()


# --- hooks ---


def test_a_hook_changes_the_gradient_and_can_be_removed():
    x = leaf([1.0, 2.0])
    handle = x.register_hook(lambda grad: grad * 10)
    (x * 1.0).sum().backward()
    np.testing.assert_array_equal(x.grad.numpy(), [10.0, 10.0])
    handle.remove()
    handle.remove()
    x.grad = None
    (x * 1.0).sum().backward()
    np.testing.assert_array_equal(x.grad.numpy(), [1.0, 1.0])


def test_a_hook_sees_the_whole_gradient_once():
    x = leaf([1.0])
    h = x * 2
    seen = []
    h.register_hook(lambda grad: seen.append(grad.item()))
    (h * 3 + h * 4).sum().backward()
    assert seen == [7.0]


def test_a_hook_of_a_wrong_shape_is_an_error():
    x = leaf([1.0, 2.0])
    x.register_hook(lambda grad: grad.sum())
    with pytest.raises(RuntimeError, match=r"\(\).*expected \(2,\)"):
        (x * 1.0).sum().backward()


def test_hooks_run_on_the_tape_with_create_graph():
    x = leaf([2.0])
    x.register_hook(lambda grad: grad * x)
    (first,) = tg.autograd.grad((x * x).sum(), x, create_graph=True)
    assert first.item() == 8.0  # 2x * x
    (second,) = tg.autograd.grad(first.sum(), x)
    assert second.item() == 4.0 * 2.0 * 2.0  # its own hook again: (4x) * x


def test_retain_grad():
    x = leaf([1.0])
    h = x * 3
    h.retain_grad()
    assert h.retains_grad
    (h * h).sum().backward()
    assert h.grad.item() == 6.0
    h = x * 3
    h.retain_grad()
    (h * h).sum().backward(inputs=[h])
    assert h.grad.item() == 6.0


def test_grad_of_a_result_warns():
    h = leaf([1.0]) * 3
    with pytest.warns(UserWarning, match=r"not a leaf.*retain_grad\(\)"):
        assert h.grad is None


def test_grad_fn_names_and_edges():
    x = leaf([1.0])
    y = tg.exp(x) * x
    assert x.grad_fn is None
    assert y.grad_fn.name() == "MulBackward0"
    assert repr(y.grad_fn) == "<MulBackward0>"
    (a, i), (b, _) = y.grad_fn.next_functions
    assert (a.name(), i, b.name()) == ("ExpBackward0", 0, "torch::autograd::AccumulateGrad")
    assert b.variable is x


# --- rules ---


def test_a_rule_that_asks_for_an_unknown_name_fails_when_registered():
    @tg.op
    def f(input, *, scale=1.0):
        return input * scale

    with pytest.raises(TypeError, match=r"asks for other; it may ask for .*input_shape.*scale"):
        f.backward(input=lambda grad, other: grad)
    with pytest.raises(TypeError, match="no array argument 'weight'"):
        f.backward(weight=lambda grad: grad)


def test_a_missing_rule_is_an_error_in_the_walk():
    @tg.op
    def f(input):
        return input + 0.0

    y = f(leaf([1.0]))
    with pytest.raises(NotImplementedError, match=r"derivative of f for 'input'"):
        y.sum().backward()


def test_a_rule_with_a_wrong_shape_is_an_error():
    @tg.op
    def f(input):
        return input + 0.0

    f.backward(input=lambda grad: grad[:1])
    with pytest.raises(RuntimeError, match=r"gradient of shape \(1,\) for an argument of shape"):
        f(leaf([1.0, 2.0])).sum().backward()


def test_array_arguments_by_annotation_and_by_name():
    @tg.op
    def scaled(input: "tg.Tensor", factor: float, bias: "tg.Tensor | None" = None):
        out = input * factor
        return out if bias is None else out + bias

    scaled.backward(input=lambda grad, factor: grad * factor, bias=lambda grad: grad)
    x, b = leaf([1.0, 2.0]), leaf([5.0, 5.0])
    np.testing.assert_array_equal(scaled(x, 3.0).detach().numpy(), [3.0, 6.0])
    y = scaled(bias=b, input=x, factor=3.0)
    y.sum().backward()
    np.testing.assert_array_equal(x.grad.numpy(), [3.0, 3.0])
    np.testing.assert_array_equal(b.grad.numpy(), [1.0, 1.0])
    with pytest.raises(TypeError, match="takes 3 positional arguments"):
        scaled(x, 3.0, b, 4)
    with pytest.raises(TypeError, match="multiple values for argument 'factor'"):
        scaled(x, 3.0, factor=2.0)
    with pytest.raises(TypeError, match="missing the argument 'input'"):
        scaled(factor=2.0)


# --- threads ---


def test_grad_mode_belongs_to_its_thread():
    seen = []
    with tg.no_grad():
        thread = threading.Thread(target=lambda: seen.append(tg.is_grad_enabled()))
        thread.start()
        thread.join()
    assert seen == [True]


def test_two_threads_walk_their_own_graphs():
    results: dict[int, np.ndarray] = {}
    barrier = threading.Barrier(2)

    def work(k):
        barrier.wait()
        x = leaf(np.arange(1.0, 4.0) * k)
        for _ in range(200):
            x.grad = None
            (tg.exp(x * 0.1) * x).sum().backward()
        results[k] = x.grad.numpy()

    threads = [threading.Thread(target=work, args=(k,)) for k in (1, 2)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    for k, got in results.items():
        x = np.arange(1.0, 4.0) * k
        np.testing.assert_allclose(got, np.exp(0.1 * x) * (1 + 0.1 * x), rtol=1e-12)


def test_ops_may_be_registered_in_threads():
    made = []

    def work(k):
        for _ in range(50):

            @tg.op
            def f(input):
                return input * 2.0

            f.backward(input=lambda grad: grad * 2.0)
            x = leaf([float(k)])
            f(x).backward()
            made.append(x.grad.item())

    threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert made == [2.0] * 200


def test_a_rule_for_several_arguments():
    calls = []

    @tg.op
    def scaled(input, scale):
        return input * scale

    @scaled.backward("input", "scale")
    def _(grad, input, scale):
        calls.append(1)
        return grad * scale, grad * input

    a = tg.tensor([1.0, 2.0], dtype=tg.float64, requires_grad=True)
    b = tg.tensor([3.0, 4.0], dtype=tg.float64, requires_grad=True)
    scaled(a, b).sum().backward()
    assert a.grad.tolist() == [3.0, 4.0]
    assert b.grad.tolist() == [1.0, 2.0]
    assert len(calls) == 1
    a.grad = None
    (only,) = tg.autograd.grad(scaled(a, b).sum(), b)
    assert only.tolist() == [1.0, 2.0]
    assert a.grad is None
    assert tg.autograd.gradcheck(scaled, (a, b))
    assert tg.autograd.gradgradcheck(scaled, (a, b))
    out = scaled(a, b).sum()
    out.backward()
    with pytest.raises(RuntimeError, match="second time"):
        out.backward()
    saved = scaled(a * 1, c := b * 1).sum()
    c.add_(1)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        saved.backward()


def test_a_view_is_the_walks_own_only_if_nothing_else_refers_to_its_memory():
    base = np.zeros((2, 3))
    view = base.T
    assert not engine._is_ours(view)  # `base` does
    del base
    assert engine._is_ours(view)
    other = view[0]
    assert not engine._is_ours(view)
    del other
    assert engine._is_ours(view)
    part, single = np.zeros(4)[:2], np.broadcast_to(np.zeros(1), (1, 1))
    assert not engine._is_ours(part)
    assert not engine._is_ours(single)


def test_a_gradient_whose_memory_a_rule_keeps_is_copied():
    class Keeping(tg.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 1

        @staticmethod
        def backward(ctx, grad):
            assert grad._array.base is not None
            kept.append(grad._array[:1])  # another view of the same memory
            return grad

    kept = []
    x = tg.ones(2, 3, 4, 5, requires_grad=True)
    tg.nn.functional.conv2d(Keeping.apply(x), tg.ones(1, 3, 1, 1)).sum().backward()
    (x * 3).sum().backward()
    assert (kept[0] == 1).all()
    assert (x.grad.numpy() == 4).all()


def test_attributes_of_tensors_and_nodes_are_found_without_a_detour():
    # with one, Python takes the long way to every slot: a tenth more time for each op
    for cls in (*tg.Tensor.__mro__[:-1], Node, JointNode, Leaf):
        assert not {"__getattr__", "__getattribute__"} & vars(cls).keys()


def test_a_leaf_frozen_after_its_use_gets_no_gradient():
    w, x = tg.ones(2, requires_grad=True), tg.ones(2, requires_grad=True)
    y = (w * x).sum()
    w.requires_grad = False
    y.backward(retain_graph=True)
    assert w.grad is None
    assert x.grad.tolist() == [1, 1]
    w.requires_grad = True
    y.backward()
    assert w.grad.tolist() == [1, 1]


def test_an_op_of_many_arrays_without_a_rule_says_so():
    @tg.op
    def total(*arrays):
        return sum(arrays)

    out = total(tg.ones(2, requires_grad=True), tg.ones(2))
    with pytest.raises(NotImplementedError, match=r"derivative of total for 'arrays'"):
        out.sum().backward()


@pytest.mark.parametrize("shapes", [((2,), (3,)), ((200, 200), (3,))])
def test_shapes_that_do_not_broadcast_are_one_error(shapes):
    """Not one during the handling of another, of which the script's own would be the last."""
    for dtype in (tg.float32, tg.float64):
        with pytest.raises(RuntimeError, match="do not broadcast") as caught:
            tg.ones(shapes[0]) + tg.ones(shapes[1], dtype=dtype)
        error = caught.value
        assert error.__context__ is None or error.__suppress_context__
        assert error.__cause__ is None


def test_a_rule_that_takes_another_s_place_is_used_from_then_on():
    @tg.op
    def total(*arrays):
        return sum(arrays)

    def times(factor):
        return lambda grad, index: grad * factor * (index + 1)

    x, grads = tg.ones(2, requires_grad=True), []
    for factor in (1.0, 2.0):
        total.backward(arrays=times(factor))
        grads.append(tg.autograd.grad(total(x, x).sum(), x)[0].tolist())
    assert grads == [[3.0, 3.0], [6.0, 6.0]]
