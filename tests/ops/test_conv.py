"""Convolutions: what the table of ops has no row for."""

import warnings

import numpy as np
import pytest

import tinygrad_np as tg
from tests.ops.twins import arrays, same, same_error
from tinygrad_np.nn import functional as F
from tinygrad_np.ops.convolution import conv_transpose, conv_weight, convolution


def conv(dims, **params):
    return lambda T, *args: getattr(T.nn.functional, f"conv{dims}d")(*args, **params)


def transposed(dims, **params):
    return lambda T, *args: getattr(T.nn.functional, f"conv_transpose{dims}d")(*args, **params)


@pytest.mark.torch
@pytest.mark.parametrize("kernel", [(2, 2), (4, 3), (1, 6)])
@pytest.mark.parametrize("dilation", [1, (1, 3)])
def test_same_padding_of_even_windows_puts_the_odd_zero_behind(kernel, dilation):
    same(conv(2, padding="same", dilation=dilation), *arrays((2, 3, 7, 6), (4, 3, *kernel), (4,)))


@pytest.mark.torch
def test_shapes_and_dtypes():
    same(conv(2), *arrays((2, 4, 4), (3, 2, 2, 2), dtype=np.float32))
    same(conv(2), *arrays((0, 3, 8, 8), (5, 3, 3, 3)))
    same(conv(2, stride=(2,)), *arrays((1, 3, 8, 8), (5, 3, 3, 3)))
    same(conv(2, stride=[2, 1], padding=[1, 0]), *arrays((1, 3, 8, 8), (5, 3, 3, 3)))
    same(conv(2), *arrays((1, 3, 8, 8), (5, 3, 3, 3), dtype=np.int64))
    same(conv(1, groups=4), *arrays((2, 4, 9), (8, 1, 3)))
    same(transposed(2), *arrays((0, 3, 4, 4), (3, 2, 3, 3)))
    same(transposed(2, stride=3, padding=2, output_padding=1), *arrays((1, 2, 3, 3), (2, 2, 2, 2)))
    same(transposed(1, stride=2, dilation=4, output_padding=3), *arrays((2, 3, 4), (3, 2, 2), (2,)))
    same(transposed(2, stride=5), *arrays((1, 1, 2, 2), (1, 1, 2, 2)))  # gaps that nothing reaches


def test_half_precision_is_summed_in_single():
    ones = tg.ones(1, 256, 4, 4, dtype=tg.float16)
    out = F.conv2d(ones, tg.full((1, 256, 3, 3), 1.001, dtype=tg.float16))
    assert out.dtype == tg.float16
    np.testing.assert_allclose(out.numpy(), 2304 * np.float16(1.001), rtol=1e-3)


MISTAKES = [
    (conv(2), ((1, 4, 8, 8), (6, 3, 3, 3)), ["[6, 3, 3, 3]", "[1, 4, 8, 8]", "3 ch", "4 ch"]),
    (conv(2, padding=1), ((1, 3, 2, 2), (6, 3, 5, 5)), ["(4 x 4)", "(5 x 5)", "greater"]),
    (conv(1, dilation=4), ((1, 3, 8), (6, 3, 3)), ["(8)", "(9)"]),
    (conv(2), ((1, 3, 0, 8), (6, 3, 3, 3)), ["(0 x 8)"]),
    (conv(2), ((8, 8), (6, 3, 3, 3)), ["conv2d", "3D", "4D", "[8, 8]"]),
    (conv(1), ((8,), (6, 3, 3)), ["conv1d", "[8]"]),
    (conv(2), ((1, 3, 8, 8), (6, 3, 3)), ["4 dimensions", "[6, 3, 3]"]),
    (conv(2), ((1, 3, 8, 8), (6, 3, 3, 3), (5,)), ["6 elements", "[5]"]),
    (conv(2, groups=2), ((1, 6, 8, 8), (5, 3, 3, 3)), ["groups=2", "by 2", "[5, 3, 3, 3]"]),
    (conv(2, groups=0), ((1, 3, 8, 8), (6, 3, 3, 3)), ["groups=0"]),
    (conv(2, stride=0), ((1, 3, 8, 8), (6, 3, 3, 3)), ["stride=(0, 0)"]),
    (conv(2, dilation=-1), ((1, 3, 8, 8), (6, 3, 3, 3)), ["dilation=(-1, -1)"]),
    (conv(2, padding=-1), ((1, 3, 8, 8), (6, 3, 3, 3)), ["padding=-1"]),
    (conv(2, stride=(1, 1, 1)), ((1, 3, 8, 8), (6, 3, 3, 3)), ["2 values", "[1, 1, 1]"]),
    (conv(2, stride=1.5), ((1, 3, 8, 8), (6, 3, 3, 3)), ["stride", "1.5"]),
    (conv(2, padding="same", stride=2), ((1, 3, 8, 8), (6, 3, 3, 3)), ["same", "strided"]),
    (conv(2, padding="full"), ((1, 3, 8, 8), (6, 3, 3, 3)), ["full", "valid"]),
    (conv(2), ((1, 3, 8, 8), (0, 3, 3, 3)), ["[0, 3, 3, 3]"]),
    (transposed(2), ((1, 4, 8, 8), (3, 6, 3, 3)), ["[3, 6, 3, 3]", "[1, 4, 8, 8]", "4 channels"]),
    (transposed(2, groups=2), ((1, 4, 8, 8), (4, 3, 3, 3), (3,)), ["6 elements", "[3]"]),
    (transposed(2, output_padding=1), ((1, 3, 8, 8), (3, 6, 3, 3)), ["output_padding=(1, 1)"]),
    (transposed(2, padding=3), ((1, 3, 2, 2), (3, 6, 3, 3)), ["(2 x 2)", "(-2 x -2)"]),
    (transposed(2, padding="same"), ((1, 3, 2, 2), (3, 6, 3, 3)), ["padding", "'same'"]),
]  # fmt: skip


@pytest.mark.torch
@pytest.mark.parametrize(("program", "shapes", "says"), MISTAKES)
def test_mistakes(program, shapes, says):
    same_error(program, *arrays(*shapes), says=says)


@pytest.mark.torch
def test_dtypes_are_not_mixed():
    x, weight = arrays((1, 2, 4, 4), (2, 2, 3, 3))
    says = ["float32", "float64", ".double()"]
    same_error(conv(2), x.astype(np.float32), weight, says=says)
    same_error(conv(2), x, weight, np.ones(2, np.float32), says=says)
    same_error(transposed(2), x.astype(np.float32), weight, says=says)


def test_what_is_no_tensor_is_a_type_error():
    with pytest.raises(TypeError, match="conv2d.*list"):
        F.conv2d([[1.0]], tg.ones(1, 1, 1, 1))


def test_an_input_without_gradient_costs_nothing(monkeypatch):
    called = []
    rule = convolution.rules["input"].function
    monkeypatch.setattr(
        "tinygrad_np.ops.convolution.conv.input_gradient", lambda *args: called.append(args)
    )
    assert rule is not None
    x, weight = tg.randn(2, 1, 8, 8), tg.randn(3, 1, 3, 3, requires_grad=True)
    F.conv2d(x, weight, tg.zeros(3, requires_grad=True)).sum().backward()
    assert weight.grad is not None
    assert not called


def test_gradients_to_the_fourth_order():
    x = tg.tensor([[[1.0, 2.0, -1.0]]], dtype=tg.float64, requires_grad=True)
    value = F.conv1d(x * x, x * x).sum()  # its one window gives the sum of x^4
    gradients = []
    for _ in range(4):
        (value,) = tg.autograd.grad(value.sum(), x, create_graph=True)
        gradients.append(value.detach().numpy().ravel())
    at = np.array([1.0, 2.0, -1.0])
    np.testing.assert_allclose(gradients, [4 * at**3, 12 * at**2, 24 * at, 24 + 0 * at])


def test_the_three_ops_run_on_bare_arrays():
    from tinygrad_np.kernels.windows import Geometry

    x, weight = arrays((2, 3, 5), (4, 3, 2))
    geometry = Geometry((1,), (0,), (1,))
    y = convolution(x, weight, None, size=(4,), geometry=geometry)
    back = conv_transpose(y, weight, None, size=(5,), geometry=geometry)
    slope = conv_weight(x, y, size=(2,), geometry=geometry)
    assert {type(a) for a in (y, back, slope)} == {np.ndarray}
    np.testing.assert_allclose((x * back).sum(), (y * y).sum())
    np.testing.assert_allclose((weight * slope).sum(), (y * y).sum())


def test_the_node_is_named_as_in_pytorch():
    out = F.conv2d(tg.ones(1, 1, 3, 3), tg.ones(1, 1, 2, 2, requires_grad=True))
    assert out.grad_fn.name() == "ConvolutionBackward0"


# --- channels last in memory, which is not to be seen ---


def image():
    """What a convolution gives, and an elementwise function of it."""
    x = F.relu(F.conv2d(tg.ones(2, 3, 6, 6), tg.ones(4, 3, 3, 3)))
    assert not x._array.flags.c_contiguous
    return x


LOOKS = [
    lambda x: x.view(2, -1),
    lambda x: x.view_as(tg.zeros(8, 4, 4)),
    lambda x: x[0].view(-1),
    lambda x: x[:, 1:].view(2, 48),
    lambda x: x.unsqueeze(0).view(-1),
    lambda x: x.chunk(2)[1].view(4, 16),
    lambda x: x.detach().view(-1),
    lambda x: x.data.view(-1),
]


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("recorded", [True, False])
def test_views_need_no_copy(look, recorded):
    with tg.set_grad_enabled(recorded):
        x = image()
        look(x).fill_(7.0)
        changed = int((x == 7.0).sum())
        assert changed == look(x).numel()


def test_order_in_memory_is_that_of_the_indices():
    assert image().stride() == (64, 16, 4, 1)
    assert image().is_contiguous()
    assert image().numpy().flags.c_contiguous
    x = image()
    x.detach().zero_()
    assert x.sum() == 0


def test_memory_of_the_users_is_left_as_it_is():
    own = np.zeros((2, 5, 5, 3))
    x = tg.from_numpy(own.transpose(0, 3, 1, 2))
    x[0] = 1.0
    assert own[0].all()
    assert x.stride() == (75, 1, 15, 3)


def test_no_warning_from_a_transposed_convolution_of_infinity():
    x = np.full((1, 2, 4, 4), np.inf, np.float32)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        tg.nn.functional.conv_transpose2d(tg.tensor(x), tg.zeros(2, 3, 3, 3))
