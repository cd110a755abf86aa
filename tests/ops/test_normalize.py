"""Normalisations: running statistics, accuracy, layouts, empty tensors, errors."""

import numpy as np
import pytest

import tinygrad_np as tg
from tests.ops.twins import same, same_error
from tinygrad_np.nn import functional as F

random = np.random.default_rng(0)
IMAGES = random.standard_normal((3, 4, 2, 5))
VECTOR = random.random(4)


def batch_norm(lib, *args, **params):
    return lib.nn.functional.batch_norm(*args, **params)


# --- running statistics ---


@pytest.mark.torch
@pytest.mark.parametrize("name", ["batch_norm", "instance_norm"])
@pytest.mark.parametrize("momentum", [0.0, 0.3, 1.0])
def test_running_statistics(name, momentum):
    def program(lib, x, mean, var):
        mean, var = mean.detach(), var.detach()
        out = getattr(lib.nn.functional, name)(
            x, mean, var, None, None, True, momentum=momentum, eps=0.1
        )
        return out, mean, var

    same(program, IMAGES, VECTOR, VECTOR)


def test_running_statistics_are_off_the_tape_and_raise_versions():
    mean, var, x = tg.zeros(4), tg.ones(4), tg.ones(3, 4, requires_grad=True)
    loss = (mean * x.sum()).sum()
    F.batch_norm(x, mean, var, training=True)
    assert not mean.requires_grad
    assert mean.tolist() == pytest.approx([0.1] * 4)
    assert var.tolist() == pytest.approx([0.9] * 4)
    with pytest.raises(RuntimeError, match="inplace"):
        loss.backward()


def test_an_error_changes_no_statistics():
    mean, var = tg.zeros(4), tg.ones(4)
    with pytest.raises(RuntimeError, match="weight"):
        F.batch_norm(tg.ones(3, 4), mean, var, tg.ones(5), training=True)
    with pytest.raises(ValueError, match="more than 1 value"):
        F.batch_norm(tg.ones(1, 4), mean, var, training=True)
    assert (mean.tolist(), var.tolist()) == ([0.0] * 4, [1.0] * 4)


def test_an_empty_batch_changes_no_statistics():
    mean, var = tg.zeros(4), tg.ones(4)
    assert F.batch_norm(tg.ones(0, 4, 2), mean, var, training=True).shape == (0, 4, 2)
    assert F.instance_norm(tg.ones(0, 4, 2), mean, var).shape == (0, 4, 2)
    assert (mean.tolist(), var.tolist()) == ([0.0] * 4, [1.0] * 4)


# --- values ---


def test_float32_statistics_are_accurate():
    """A mean far from 0 must not eat the digits of the variance."""
    exact = 1000 + random.standard_normal((64, 3, 40, 40))
    x = tg.tensor(exact, dtype=tg.float32)
    exact = x.numpy().astype(np.float64)
    for memory in (x, x.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2)):
        var = tg.ones(3)
        got = F.batch_norm(memory, tg.zeros(3), var, training=True, momentum=1.0)
        dims = (0, 2, 3)
        want = (exact - exact.mean(dims, keepdims=True)) / exact.std(dims, keepdims=True)
        assert got.dtype is tg.float32
        np.testing.assert_allclose(got.numpy(), want, atol=5e-4)
        np.testing.assert_allclose(var.numpy(), exact.var(dims, ddof=1), rtol=1e-5)


@pytest.mark.torch
def test_float32_gradients():
    x = IMAGES.astype(np.float32)
    a = tg.tensor(x, requires_grad=True)
    F.group_norm(a, 2).square().sum().backward()
    b = tg.tensor(x, dtype=tg.float64, requires_grad=True)
    F.group_norm(b, 2).square().sum().backward()
    assert a.grad.dtype is tg.float32
    np.testing.assert_allclose(a.grad.numpy(), b.grad.numpy(), atol=1e-5)


@pytest.mark.parametrize("training", [True, False])
def test_layout_is_kept(training):
    x = tg.randn(2, 4, 5, 3).permute(0, 3, 1, 2).requires_grad_()
    mean, var = tg.zeros(3), tg.ones(3)
    for out in (
        F.batch_norm(x, mean, var, tg.ones(3), tg.ones(3), training),
        F.instance_norm(x, mean, var, use_input_stats=training),
        F.group_norm(x, 3, tg.ones(3), tg.ones(3)),
    ):
        assert out.stride() == x.stride()
        (gradient,) = tg.autograd.grad(out, x, tg.ones_like(x))
        assert gradient.stride() == x.stride()


def test_third_gradients():
    x = tg.tensor(IMAGES[:2, :2, 0, :2], requires_grad=True)

    def slope(x):
        out = F.batch_norm(x, None, None, training=True, eps=0.5)
        (first,) = tg.autograd.grad((out * out * out).sum(), x, create_graph=True)
        return first * first

    assert tg.autograd.gradgradcheck(slope, x)


@pytest.mark.torch
def test_empty():
    functional = [
        lambda lib, x: lib.nn.functional.group_norm(x, 2),
        lambda lib, x: lib.nn.functional.layer_norm(x, x.shape[1:]),
        lambda lib, x: batch_norm(lib, x, None, None, training=True),
    ]
    for program in functional:
        for shape in ((0, 4, 3), (2, 4, 0)):
            same(lambda lib, x, program=program: program(lib, x.detach()), np.ones(shape))


@pytest.mark.torch
def test_defaults():
    small = np.full((1, 4), 1e-4)
    for dtype in (np.float32, np.float64):
        x = tg.tensor(small, dtype=tg.float32 if dtype is np.float32 else tg.float64)
        eps = np.finfo(dtype).eps
        want = small / np.sqrt(small**2 + eps)
        np.testing.assert_allclose(F.rms_norm(x, (4,)).numpy(), want, rtol=1e-6)
    for program in (
        lambda lib, x: lib.nn.functional.layer_norm(x, (5,)),
        lambda lib, x: lib.nn.functional.layer_norm(x, (5,), None, lib.ones(5).to(x)),
        lambda lib, x: lib.nn.functional.group_norm(x, 2, None, lib.ones(4).to(x)),
    ):
        same(lambda lib, x, program=program: program(lib, x.detach()), IMAGES)


@pytest.mark.torch
def test_normalize():
    x = np.array([[3.0, 4.0], [0.0, 0.0]])
    for p in (1.0, 2.0, 3.0, float("inf")):
        same(lambda lib, x, p=p: lib.nn.functional.normalize(x, p), x)
    same(lambda lib, x: lib.nn.functional.normalize(x, dim=0, eps=10.0), x)


def test_normalize_into_a_tensor():
    out = tg.empty(1, 2)
    assert F.normalize(tg.tensor([[3.0, 4.0]]), out=out) is out
    assert out.tolist() == [[pytest.approx(0.6), pytest.approx(0.8)]]


# --- errors ---


def vectors(**lengths):
    """A batch norm with running statistics, weight and bias of these lengths."""

    def program(lib, x):
        names = ("running_mean", "running_var", "weight", "bias")
        given = [lib.ones(lengths.get(n, 4)).to(x.dtype) for n in names]
        return batch_norm(lib, x, *given, training=True)

    return program


@pytest.mark.torch
def test_errors_of_batch_norm():
    for name in ("running_mean", "running_var", "weight", "bias"):
        same_error(vectors(**{name: 3}), IMAGES, says=[name, "4 elements", "[3]", "[3, 4, 2, 5]"])
    for shape in ((1, 4), (1, 4, 1)):
        same_error(vectors(), np.ones(shape), says=["more than 1 value", str(list(shape))])
    same_error(
        lambda lib, x: batch_norm(lib, x, None, None, training=True),
        np.ones(4),
        says=["(N, C, *)", "[4]"],
    )
    same_error(lambda lib, x: batch_norm(lib, x, None, None), IMAGES, says=["running_mean"])
    same_error(
        lambda lib, x, m: batch_norm(lib, x, m.detach(), None, training=True),
        IMAGES,
        VECTOR,
        says=["both"],
    )
    same_error(
        lambda lib, x: batch_norm(lib, x, None, None, training=True, eps=0.0), IMAGES, says=["0.0"]
    )
    same_error(
        lambda lib, x: batch_norm(lib, x, None, None, lib.ones(4), training=True),
        IMAGES,
        says=["float64", "float32", ".to("],
    )


@pytest.mark.torch
def test_errors_of_instance_norm():
    def program(lib, x, **params):
        return lib.nn.functional.instance_norm(x, **params)

    same_error(program, np.ones((2, 4, 1)), says=["more than 1 spatial element", "[2, 4, 1]"])
    same_error(lambda lib, x: program(lib, x, use_input_stats=False), IMAGES, says=["running_mean"])


@pytest.mark.torch
def test_errors_of_layers():
    def program(name, layer, *lengths):
        def call(lib, x):
            given = [lib.ones(n).to(x.dtype) for n in lengths]
            return getattr(lib.nn.functional, name)(x, layer, *given)

        return call

    for name in ("layer_norm", "rms_norm"):
        same_error(program(name, (3,)), IMAGES, says=["[3]", "[*, 3]", "[3, 4, 2, 5]"])
        same_error(program(name, (5,), 4), IMAGES, says=["weight", "[4]", "[5]"])
        same_error(program(name, ()), IMAGES, says=["at least one"])
    same_error(program("layer_norm", (5,), 5, 4), IMAGES, says=["bias", "[4]", "[5]"])
    same_error(program("group_norm", 3), IMAGES, says=["divisible", "num_groups=3"])
    same_error(program("group_norm", -1), IMAGES, says=["-1"])
    same_error(program("group_norm", 2, 3), IMAGES, says=["weight", "4", "[3]"])
    one = IMAGES[:1, :, :1, :1]
    same_error(program("group_norm", 4), one, says=["more than 1 value", "[1, 4, 1, 1]"])


@pytest.mark.parametrize(
    "function",
    [
        lambda x: F.batch_norm(x, None, None, training=True),
        lambda x: F.instance_norm(x),
        lambda x: F.group_norm(x, 1),
        lambda x: F.layer_norm(x, (2,)),
        lambda x: F.rms_norm(x, (2,)),
        lambda x: F.normalize(x),
    ],
)
def test_integers_are_refused(function):
    with pytest.raises(RuntimeError, match=r"int64.*\[2, 2, 2\].*\.float\(\)"):
        function(tg.ones(2, 2, 2, dtype=tg.int64))
