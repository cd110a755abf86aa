"""Pooling at ties, nan, inf and edges, and its mistakes."""

import itertools

import numpy as np
import pytest

import tinygrad_np as tg
from tests.ops.twins import arrays, same, same_error
from tinygrad_np.kernels import pool
from tinygrad_np.kernels.pool import Pooling
from tinygrad_np.nn import functional as F


def call(name, *args, **params):
    return lambda T, x: getattr(T.nn.functional, name)(x, *args, **params)


INF, NAN = np.inf, np.nan
ODD = [
    [1, 1, 1, 1, 1, 1],  # ties: the first gets the gradient
    [2, 1, 2, 2, 3, 3],
    [0.0, -0.0, -0.0, 0.0, 0.0, -0.0],
    [-INF, -INF, -INF, -INF, -INF, -INF],
    [INF, INF, 1, -INF, INF, 2],
    [NAN, 1, 2, 3, 4, 5],
    [3, NAN, 2, 3, INF, NAN],
]


@pytest.mark.torch
@pytest.mark.parametrize("line", ODD)
@pytest.mark.parametrize("padding", [0, 1])
@pytest.mark.parametrize("window", [(2, 2), (3, 1), (3, 2)])
@pytest.mark.parametrize("small", [0, pool.SMALL])
def test_odd_values(line, padding, window, small, monkeypatch):
    """Also where a window lies partly in the padding, which must never be what is found."""
    monkeypatch.setattr(pool, "SMALL", small)
    kernel, stride = window
    params = {"padding": padding, "return_indices": True}

    def one(T, x):
        return T.nn.functional.max_pool1d(x.detach(), kernel, stride, **params)

    def two(T, x):
        return T.nn.functional.max_pool2d(x.detach(), kernel, stride, **params)

    def slopes(T, x):
        out = T.nn.functional.max_pool2d(x, kernel, stride, padding)
        weights = T.arange(1.0, 1 + out.numel(), dtype=x.dtype).reshape(out.shape)
        return T.autograd.grad(out, x, weights)

    image = np.array([line, line[::-1], line], float)[None]
    same(one, image[0])
    same(two, image)
    same(slopes, image)
    for size in (1, 2, (2, 4)):
        same(
            lambda T, x, size=size: T.nn.functional.adaptive_max_pool2d(
                x.detach(), size, return_indices=True
            ),
            image,
        )


def test_an_infinite_gradient_reaches_the_maximum_alone():
    x = tg.tensor([[1.0, 3.0, 2.0, 5.0]], requires_grad=True)
    F.max_pool1d(x, 2).backward(tg.tensor([[INF, 1.0]]))
    assert x.grad.tolist() == [[0.0, INF, 0.0, 1.0]]
    (twice,) = tg.autograd.grad(F.max_pool1d(x, 3, 1), x, tg.tensor([[INF, 1.0]]))
    assert twice.tolist() == [[0.0, INF, 0.0, 1.0]]


@pytest.mark.torch
def test_a_large_window_and_many_channels():
    random = np.random.default_rng(0)
    x = random.permutation(2 * 3 * 40 * 33).reshape(2, 3, 40, 33) * 1.0
    same(call("max_pool2d", (20, 17), return_indices=False), x)
    same(call("max_pool2d", (3, 3), 2, 1), x)
    same(call("avg_pool2d", (20, 17), 3), x)
    same(call("max_pool2d", (40, 33)), x)


@pytest.mark.torch
@pytest.mark.parametrize("n", [3, 4, 5, 6])
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("padding", [0, 1])
def test_ceil_mode(n, stride, padding):
    x = arrays((1, 1, n, 7))[0]
    for name in ("max_pool2d", "avg_pool2d", "lp_pool2d"):
        args = (2.0, 3, stride) if name == "lp_pool2d" else (3, stride, padding)
        same(call(name, *args, ceil_mode=True), x)
    same(call("avg_pool2d", 3, stride, padding, True, False), x)


@pytest.mark.torch
@pytest.mark.parametrize("p", [INF, -INF])
def test_lp_pool_of_infinite_norm(p):
    same(call("lp_pool2d", p, 2, ceil_mode=True), *arrays((2, 3, 5, 4)))
    same(call("lp_pool1d", p, 3, 1), *arrays((3, 5)))


@pytest.mark.torch
@pytest.mark.parametrize("p", [1, 2, 3, 1.5, 0.5])
def test_lp_pool_of_zeros(p):
    line = np.array([[0.0, 0, 0, 2, 0, 0, 3, 1]])
    same(call("lp_pool1d", p, 2), line)
    same(call("lp_pool2d", p, (1, 2), (1, 1)), line[None])


@pytest.mark.torch
def test_shapes_and_dtypes():
    same(call("max_pool2d", 2), *arrays((1, 4, 4), dtype=np.int64))
    same(call("max_pool2d", 2, padding=1), -arrays((1, 4, 4), dtype=np.int32)[0])
    same(call("max_pool2d", 2), *arrays((0, 2, 4, 4)))
    same(call("max_pool2d", [2, 1], [1, 2]), *arrays((1, 4, 4)))
    same(call("max_pool1d", (2,), stride=()), *arrays((1, 4)))
    same(call("avg_pool2d", 2), *arrays((0, 2, 4, 4)))
    same(call("avg_pool2d", 2), *arrays((2, 4, 4), dtype=np.float32))
    assert F.adaptive_avg_pool2d(tg.ones(2, 4, 4), (0, 2)).shape == (2, 0, 2)
    same(call("adaptive_avg_pool2d", (3, 2)), *arrays((0, 2, 4, 4)))
    same(call("adaptive_avg_pool1d", 7), *arrays((2, 3)))


MISTAKES = [
    (call("max_pool2d", 4), (1, 2, 2), ["[1, 2, 2]", "too small", "(4, 4)"]),
    (call("max_pool1d", 2, dilation=2), (1, 2), ["too small", "dilation=(2,)"]),
    (call("max_pool2d", 2), (8, 8), ["max_pool2d", "[8, 8]"]),
    (call("max_pool1d", 2), (8,), ["max_pool1d", "[8]"]),
    (call("max_pool2d", 2, padding=2), (1, 8, 8), ["half", "pad=(2, 2)", "kernel_size=(2, 2)"]),
    (call("max_pool2d", 2, padding=-1), (1, 8, 8), ["pad=(-1, -1)"]),
    (call("max_pool2d", 0), (1, 8, 8), ["kernel_size=(0, 0)"]),
    (call("max_pool2d", 2, 0), (1, 8, 8), ["stride=(0, 0)"]),
    (call("max_pool2d", 2, dilation=0), (1, 8, 8), ["dilation=(0, 0)"]),
    (call("max_pool2d", (2, 2, 2)), (1, 8, 8), ["kernel_size", "[2, 2, 2]"]),
    (call("max_pool2d", 2), (2, 0, 8, 8), ["[2, 0, 8, 8]"]),
    (call("avg_pool2d", 2), (1, 1, 8), ["too small"]),
    (call("avg_pool2d", 2, padding=2), (1, 8, 8), ["half"]),
    (call("avg_pool2d", 2, divisor_override=0), (1, 8, 8), ["divisor"]),
    (call("avg_pool1d", 2), (8,), ["avg_pool1d", "[8]"]),
    (call("adaptive_avg_pool2d", 2), (8, 8), ["adaptive_avg_pool2d", "[8, 8]"]),
    (call("adaptive_avg_pool2d", -1), (1, 8, 8), ["-1", "[1, 8, 8]"]),
    (call("adaptive_avg_pool2d", 2), (1, 0, 8), ["[1, 0, 8]"]),
    (call("adaptive_max_pool2d", 2), (8, 8), ["adaptive_max_pool2d", "[8, 8]"]),
]


@pytest.mark.torch
@pytest.mark.parametrize(("program", "shape", "says"), MISTAKES)
def test_mistakes(program, shape, says):
    same_error(program, *arrays(shape), says=says)


@pytest.mark.torch
def test_mistakes_of_dtype():
    same_error(call("max_pool2d", 2), np.ones((1, 4, 4), bool), says=["bool"])
    same_error(call("avg_pool2d", 2), np.ones((1, 4, 4), np.int32), says=["int32", ".float()"])
    same_error(call("adaptive_avg_pool2d", 3), np.ones((1, 4, 4), np.int32), says=["int32"])


@pytest.mark.torch
def test_unpool():
    def there_and_back(T, x):
        f = T.nn.functional
        out, indices = f.max_pool2d(x, 2, return_indices=True)
        return f.max_unpool2d(out, indices, 2, output_size=x.shape[-2:])

    same(there_and_back, *arrays((2, 3, 5, 4)))
    same(there_and_back, *arrays((3, 5, 4)))

    def unpool(*args, **params):
        return lambda T, x, indices: T.nn.functional.max_unpool2d(x, indices, *args, **params)

    x = np.ones((1, 1, 2, 2))
    zeros = np.zeros((1, 1, 2, 2), np.int64)
    same_error(unpool(2), x, zeros + 100, says=["100"])
    same_error(unpool(2), x, x, says=["int64", "float64"])
    same_error(unpool(2), x, zeros[..., :1], says=["[1, 1, 2, 2]", "[1, 1, 2, 1]"])
    same_error(unpool(2, output_size=(9, 9)), x, zeros, says=["(9, 9)", "(4, 4)"])
    same_error(unpool(2, output_size=(4,)), x, zeros, says=["(4,)"])


@pytest.mark.torch
def test_what_follows_may_work_in_place():
    def in_place(T, x):
        return T.nn.functional.relu_(T.nn.functional.max_pool2d(x, 2))

    def of_the_result(T, x):
        return T.nn.functional.max_pool2d(x, 2).mul_(2.0)

    same(in_place, *arrays((2, 2, 4, 4)))
    same(of_the_result, *arrays((2, 2, 4, 4)))
    x = tg.ones(1, 4, 4, requires_grad=True) * 1.0
    out = F.max_pool2d(x, 2)
    x.add_(1.0)
    with pytest.raises(RuntimeError, match="inplace"):
        out.sum().backward()


@pytest.mark.parametrize("small", [0, pool.SMALL])
def test_results_keep_channels_last_in_memory(small, monkeypatch):
    monkeypatch.setattr(pool, "SMALL", small)
    x = np.random.default_rng(0).random((2, 7, 9, 3)).transpose(0, 3, 1, 2)
    for kernel, stride, padding in itertools.product([1, 2, 3], [1, 2], [0, 1]):
        padding = min(padding, kernel // 2)
        size = tuple((n + 2 * padding - kernel) // stride + 1 for n in (7, 9))
        pooling = Pooling((kernel,) * 2, (stride,) * 2, (padding,) * 2, (1, 1), size)
        out = pool.maximum(x, pooling)
        results = [out, pool.total(x, pooling),
                   pool.place(out, x, pooling), pool.pick(x, x, pooling),
                   pool.spread_total(out, x.shape, pooling)]  # fmt: skip
        assert all(r.transpose(0, 2, 3, 1).flags.c_contiguous for r in results)


@pytest.mark.torch
def test_means_of_integers_are_rounded_towards_0():
    torch = pytest.importorskip("torch")
    values = np.random.default_rng(0).integers(-9, 9, (2, 3, 6, 6))
    for size in (2, 3):
        ours, theirs = (T.nn.functional.avg_pool2d(T.tensor(values), size) for T in (tg, torch))
        np.testing.assert_array_equal(ours.numpy(), theirs.numpy())
        assert ours.dtype == tg.int64


@pytest.mark.parametrize("last", [False, True])
@pytest.mark.parametrize("small", [0, 10**9])
@pytest.mark.parametrize(
    "size", [(2, 2, 2, 0), (3, 2, 3, 1), (3, 2, 2, 1), (2, 3, 2, 1), (1, 2, 2, 0), (2, 2, 2, 1)]
)
def test_gradients_by_either_way_are_those_of_single_windows(size, small, last, monkeypatch):
    monkeypatch.setattr(pool, "SMALL", small)
    stride, *kernel, padding = size
    x = np.random.default_rng(0).standard_normal((3, 4, 9, 8))
    out = [(n + 2 * padding - k) // stride + 1 for n, k in zip((9, 8), kernel)]
    weight = np.random.default_rng(1).standard_normal((3, 4, *out))
    highest, mean = np.zeros_like(x), np.zeros_like(x)
    for n, c, i, j in np.ndindex(3, 4, *out):
        rows, columns = (
            range(max(first, 0), min(first + k, length))
            for first, k, length in zip(
                (i * stride - padding, j * stride - padding), kernel, (9, 8), strict=True
            )
        )
        places = [(n, c, row, column) for row in rows for column in columns]
        highest[max(places, key=lambda place: x[place])] += weight[n, c, i, j]
        for place in places:
            mean[place] += weight[n, c, i, j] / np.prod(kernel)
    images = x.transpose(0, 2, 3, 1).copy().transpose(0, 3, 1, 2) if last else x
    for function, want in ((F.max_pool2d, highest), (F.avg_pool2d, mean)):
        given = tg.from_numpy(images).requires_grad_()
        function(given, tuple(kernel), stride, padding).backward(tg.from_numpy(weight))
        np.testing.assert_allclose(given.grad.numpy(), want, rtol=1e-12, atol=1e-15)


def test_large_images_are_pooled_part_by_part():
    x = np.random.default_rng(0).standard_normal((6, 96, 30, 32)).astype(np.float32)
    windows = x.reshape(6, 96, 15, 2, 16, 2)
    highest = windows.max((3, 5), keepdims=True)
    for images in (x, x.transpose(0, 2, 3, 1).copy().transpose(0, 3, 1, 2)):
        given = tg.from_numpy(images).requires_grad_()
        F.max_pool2d(given, 2).sum().backward()
        np.testing.assert_array_equal(given.grad.numpy(), (windows == highest).reshape(x.shape))
        given.grad = None
        F.avg_pool2d(given, 2).sum().backward()
        np.testing.assert_array_equal(given.grad.numpy(), 0.25)
