"""Functions with a backward of their own."""

import gc
import weakref

import numpy as np
import pytest

import tinygrad_np as tg
from tinygrad_np.autograd.function import Function, once_differentiable


def leaf(values):
    return tg.tensor(np.array(values, dtype=np.float64), requires_grad=True)


class Exp(Function):
    """Saves its result."""

    @staticmethod
    def forward(ctx, x):
        y = x.exp()
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, grad):
        (y,) = ctx.saved_tensors
        return grad * y


class Scale(Function):
    """Takes a number, and a context set up apart."""

    @staticmethod
    def forward(x, factor):
        return x * factor

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.factor = inputs[1]

    @staticmethod
    def backward(ctx, grad):
        return grad * ctx.factor, None


class ProductAndSum(Function):
    """Two outputs, and a word."""

    @staticmethod
    def forward(ctx, x, y):
        ctx.save_for_backward(x, y)
        return x * y, x + y, "word"

    @staticmethod
    def backward(ctx, of_product, of_sum, of_word):
        assert of_word is None
        x, y = ctx.saved_tensors
        return of_product * y + of_sum, of_product * x + of_sum


def test_gradients():
    x, y = leaf([0.5, -1.0]), leaf([2.0, 3.0])
    for function, inputs in (
        (Exp.apply, (x,)),
        (lambda x: Scale.apply(x, 3.0), (x,)),
        (lambda x, y: ProductAndSum.apply(x, y)[:2], (x, y)),
        (lambda x, y: ProductAndSum.apply(x, y)[1], (x, y)),
    ):
        assert tg.autograd.gradcheck(function, inputs)
        assert tg.autograd.gradgradcheck(function, inputs)
    assert ProductAndSum.apply(x, y)[2] == "word"


def test_the_node_is_named_after_the_function():
    x = leaf([1.0])
    assert Exp.apply(x).grad_fn.name() == "ExpBackward"
    product, _, _ = ProductAndSum.apply(x, x)
    assert repr(product.grad_fn) == "<ProductAndSumBackward>"


def test_needs_input_grad_and_no_recording():
    seen = []

    class Spy(Function):
        @staticmethod
        def forward(ctx, x, y):
            seen.append((ctx.needs_input_grad, tg.is_grad_enabled()))
            return x + y

        @staticmethod
        def backward(ctx, grad):
            seen.append(ctx.needs_input_grad)
            return grad, None

    x = leaf([1.0])
    Spy.apply(x, tg.ones(1, dtype=tg.float64)).backward()
    assert seen == [((True, False), False), (True, False)]
    with tg.no_grad():
        assert not Spy.apply(x, x).requires_grad


def test_mark_non_differentiable():
    class SortOnce(Function):
        @staticmethod
        def forward(ctx, x):
            values, order = x * 1, x * 0 + 1
            ctx.mark_non_differentiable(order)
            return values, order

        @staticmethod
        def backward(ctx, grad, of_order):
            assert of_order.tolist() == [0.0, 0.0]  # zeros, for an output without gradient
            return grad

    values, order = SortOnce.apply(leaf([2.0, 1.0]))
    assert (values.requires_grad, order.requires_grad) == (True, False)
    values.sum().backward()


def test_grads_need_not_be_materialized():
    class Two(Function):
        @staticmethod
        def forward(ctx, x):
            ctx.set_materialize_grads(False)
            return x * 1, x * 2

        @staticmethod
        def backward(ctx, a, b):
            assert b is None
            return a

    x = leaf([1.0])
    Two.apply(x)[0].backward()
    assert x.grad.item() == 1.0


def test_once_differentiable():
    class Square(Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * x

        @staticmethod
        @once_differentiable
        def backward(ctx, grad):
            return grad * 2 * ctx.saved_tensors[0]

    x = leaf([3.0])
    (g,) = tg.autograd.grad(Square.apply(x).sum(), x, create_graph=True)
    assert g.item() == 6.0
    with pytest.raises(RuntimeError, match="differentiate twice"):
        g.sum().backward()


def test_an_input_changed_in_place():
    class AddOne(Function):
        @staticmethod
        def forward(ctx, x):
            x.add_(1)
            ctx.mark_dirty(x)
            return x

        @staticmethod
        def backward(ctx, grad):
            return grad * 7

    x = leaf([1.0])
    h = x * 2
    out = AddOne.apply(h)
    assert out is h
    out.sum().backward()
    assert x.grad.item() == 14.0
    with pytest.raises(RuntimeError, match="a leaf Variable that requires grad"):
        AddOne.apply(leaf([1.0]))


def test_an_input_returned_as_it_is():
    class Identity(Function):
        @staticmethod
        def forward(ctx, x):
            return x

        @staticmethod
        def backward(ctx, grad):
            return grad * 5

    x = leaf([1.0])
    y = Identity.apply(x)
    assert y is not x
    y.backward()
    assert x.grad.item() == 5.0
    assert x.is_leaf


# --- errors ---


def test_a_second_walk_and_a_stale_value():
    x = leaf([1.0])
    y = Exp.apply(x)
    y.backward()
    with pytest.raises(RuntimeError, match="second time.*retain_graph=True"):
        y.backward()
    y = Exp.apply(x)
    with tg.no_grad():
        y.mul_(2)
    with pytest.raises(RuntimeError, match="version 1; expected version 0"):
        y.backward()


def test_wrong_returns():
    class TooFew(Function):
        @staticmethod
        def forward(ctx, x, y):
            return x + y

        @staticmethod
        def backward(ctx, grad):
            return grad

    class NotTensor(TooFew):
        @staticmethod
        def backward(ctx, grad):
            return grad, 3.0

    x = leaf([1.0])
    with pytest.raises(RuntimeError, match=r"incorrect number of gradients \(expected 2, got 1\)"):
        TooFew.apply(x, x).backward()
    with pytest.raises(TypeError, match="returned a float as gradient 1"):
        NotTensor.apply(x, x).backward()


def test_misuse():
    with pytest.raises(RuntimeError, match=r"Exp\.apply"):
        Exp()
    with pytest.raises(TypeError, match="save_for_backward can only save Tensors, got int"):

        class Saves(Exp):
            @staticmethod
            def forward(ctx, x):
                ctx.save_for_backward(3)
                return x

        Saves.apply(leaf([1.0]))
    with pytest.raises(NotImplementedError, match="implement the forward"):
        type("Empty", (Function,), {}).apply(leaf([1.0]))


def test_no_reference_cycle():
    gc.collect()
    gc.disable()
    try:
        x = leaf([1.0])
        y = Exp.apply(x)
        (g,) = tg.autograd.grad(y.sum(), x, create_graph=True)
        node = weakref.ref(y.grad_fn)
        del y, g
        assert node() is None
    finally:
        gc.enable()


def test_a_saved_one_of_several_outputs_is_differentiated_again():
    class Both(Function):
        @staticmethod
        def forward(ctx, x):
            e = x.exp()
            ctx.save_for_backward(x, e)
            return e, x.sin()

        @staticmethod
        def backward(ctx, a, b):
            x, e = ctx.saved_tensors
            return a * e + b * x.cos()

    def product(x):
        e, s = Both.apply(x)
        return e * s

    x = leaf([0.3, 1.2])
    tg.autograd.gradcheck(product, x)
    tg.autograd.gradgradcheck(product, x)


def test_a_view_changed_in_place():
    class Double(Function):
        @staticmethod
        def forward(ctx, x):
            ctx.mark_dirty(x)
            return x.mul_(2)

        @staticmethod
        def backward(ctx, grad):
            return grad * 2

    x = leaf([[1.0, 2.0], [3.0, 4.0]])
    y = x * 1
    row = y[0]
    assert Double.apply(row) is row
    (y * y).sum().backward()
    assert x.grad.tolist() == [[8.0, 16.0], [6.0, 8.0]]


def test_a_returned_view_whose_base_changes_is_an_error():
    class Flat(Function):
        @staticmethod
        def forward(ctx, x):
            return x.view(-1)

        @staticmethod
        def backward(ctx, grad):
            return grad.reshape(2, 2)

    y = leaf([[1.0, 2.0], [3.0, 4.0]]) * 1
    flat = Flat.apply(y)
    y.mul_(2)
    with pytest.raises(RuntimeError, match=r"view of shape \(4,\).*custom Function"):
        flat.sum()


def test_outputs_that_are_no_tensors_are_handed_on():
    class Named(Function):
        @staticmethod
        def forward(ctx, x):
            return {"twice": x * 2}

    assert Named.apply(leaf([1.0]))["twice"].item() == 2.0


class Beside(Function):
    """A value put into a buffer past the count of changes, as solvers of equations do."""

    @staticmethod
    def forward(ctx, buffer, value, index):
        ctx.index = index
        buffer.data[index] = value
        return buffer

    @staticmethod
    def backward(ctx, grad):
        return grad, grad[ctx.index], None


def test_a_buffer_filled_by_and_by():
    x = tg.tensor(2.0, dtype=tg.float64, requires_grad=True)
    buffer = Beside.apply(tg.zeros(3, dtype=tg.float64), x, 0)
    for i in (1, 2):
        buffer = Beside.apply(buffer, buffer[:i].prod() * x, i)
    assert buffer.tolist() == [2.0, 4.0, 16.0]  # x, x ** 2, x ** 4
    with pytest.warns(UserWarning, match="through .data"):
        buffer.sum().backward()
    assert x.grad.item() == 1 + 2 * 2 + 4 * 2**3


def test_a_gradient_that_is_a_number():
    class Same(Function):
        @staticmethod
        def forward(ctx, x, out):
            return out

        @staticmethod
        def backward(ctx, grad):
            return grad, None

    x = tg.tensor([1.0, 2.0], requires_grad=True)
    out = Same.apply(x.sum(), tg.tensor(3.0))
    (out * x.detach()).sum().backward()
    assert x.grad.tolist() == [3.0, 3.0]


def test_a_function_may_have_a_jvp_too():
    class Double(tg.autograd.Function):
        @staticmethod
        def forward(x):
            return x * 2

        @staticmethod
        def setup_context(ctx, inputs, output):
            ctx.save_for_backward(*inputs)
            ctx.save_for_forward(*inputs)

        @staticmethod
        def backward(ctx, grad):
            return grad * 2

        @staticmethod
        def jvp(ctx, tangent):
            return tangent * 2

    x = tg.ones(2, requires_grad=True)
    Double.apply(x).sum().backward()
    assert x.grad.tolist() == [2, 2]


def test_one_of_several_saved_outputs_has_a_gradient_of_second_order():
    class Circle(tg.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            sine, cosine = x.sin(), x.cos()
            ctx.save_for_backward(sine, cosine)
            return sine, cosine

        @staticmethod
        def backward(ctx, by_sine, by_cosine):
            sine, cosine = ctx.saved_tensors
            return by_sine * cosine - by_cosine * sine

    x = tg.tensor(0.5, requires_grad=True)
    sine, cosine = Circle.apply(x)
    (first,) = tg.autograd.grad(sine, x, create_graph=True)
    assert tg.autograd.grad(first, cosine)[0].item() == 1


def test_saved_tensors_keep_their_place_on_the_tape():
    """As in PyTorch: `backward` may differentiate again with respect to what was saved."""
    seen = []

    class Double(tg.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            out = x * 2
            ctx.save_for_backward(x, out)
            return out

        @staticmethod
        def backward(ctx, grad):
            x, out = ctx.saved_tensors
            seen.append((x.requires_grad, x.is_leaf, out.grad_fn is not None))
            assert not (x * 2).requires_grad  # nothing is recorded unless asked for
            with tg.enable_grad():
                (slope,) = tg.autograd.grad((x * 2).sum(), x)
            return grad * slope

    x = tg.tensor([1.0, 2.0], requires_grad=True)
    Double.apply(x).sum().backward()
    assert x.grad.tolist() == [2.0, 2.0]
    Double.apply(x * 3).sum().backward()
    assert x.grad.tolist() == [8.0, 8.0]
    assert seen == [(True, True, True), (True, False, True)]
