"""Indexing, read and written: every form of an index, its errors, and what happens to the tape."""

import importlib

import numpy as np
import pytest

import tinygrad_np as tg
from tests.ops.twins import arrays, same, same_error

CUBE = arrays((2, 3, 4))[0]

READ = [
    lambda T, x: x[0],
    lambda T, x: x[-1, ..., 1:],
    lambda T, x: x[:, None, 1:3, ::2],
    lambda T, x: x[()],
    lambda T, x: x[...],
    lambda T, x: x[5:, -2:, :9],
    lambda T, x: x[[0, 1]],
    lambda T, x: x[range(2)],
    lambda T, x: x[[]],
    lambda T, x: x[:, []],
    lambda T, x: x[[True, False]],
    lambda T, x: x[True],
    lambda T, x: x[False],
    lambda T, x: x[0, True],
    lambda T, x: x[T.tensor(1)],
    lambda T, x: x[T.tensor(True)],
    lambda T, x: x[np.int64(1), np.array([0, 2])],
    lambda T, x: x[T.tensor([0, 1, 1], dtype=T.int32)],
    lambda T, x: x[T.tensor([[0], [1]]), :, T.tensor([1, 3])],
    lambda T, x: x[T.tensor([1, 0]), T.tensor([2, 2])],
    lambda T, x: x[None, [0, 1], None, [0, 1]],
    # ints among arrays are taken first, so the result is not NumPy's
    lambda T, x: x[0, :, [1, 2]],
    lambda T, x: x[[0, 1], :, 2],
    lambda T, x: x[:, 0, [1, 1, 3]],
    lambda T, x: x[..., [0, 1], 3],
    lambda T, x: x[1, None, [2, 0], 1:],
    lambda T, x: x[-1, T.tensor([[True, False, True], [True, True, False]])[0]],
    lambda T, x: x[x.detach() > 5],
    lambda T, x: x[(x > 5).all(2)],
    lambda T, x: x[:, (x[0] > 5).any(1)],
    lambda T, x: x[(x[..., 0] > 3), 1],
    lambda T, x: x[T.tensor(0) : T.tensor(1)],
    lambda T, x: x[T.tensor([0, 1], dtype=T.uint8)],  # an old form of a mask
    lambda T, x: T.stack([row[0] for row in x]),
]


@pytest.mark.torch
@pytest.mark.parametrize("program", READ)
def test_reading(program):
    same(program, CUBE)


def assign(where, value):
    """A program that writes to an index, made by `where` from library and tensor."""

    def program(T, x, *more):
        y = x * 1
        y[where(T, y)] = value(T, *more) if callable(value) else value
        return y

    return program


WRITE = [
    assign(lambda T, x: 0, 7),
    assign(lambda T, x: (0, slice(1, None), 2), -1.5),
    assign(lambda T, x: ..., lambda T, v: v[0, 0, 0]),
    assign(lambda T, x: 0, lambda T, v: v[:1]),
    assign(lambda T, x: (slice(None), 1), lambda T, v: v[0, 0]),
    assign(lambda T, x: T.tensor([1, 0]), lambda T, v: v),
    assign(lambda T, x: T.tensor([1]), lambda T, v: v[:1, :1]),
    assign(lambda T, x: [0, 1], lambda T, v: v[None]),
    assign(lambda T, x: x > 6, 0),
    assign(lambda T, x: x > 6, lambda T, v: v[0, 0, 0]),
    assign(lambda T, x: (x > 3).any(2), lambda T, v: v[0, :1]),
    assign(lambda T, x: (0, slice(None), [1, 2]), lambda T, v: v[0, :, :2]),
    assign(lambda T, x: ([0, 1], 2, [1, 3]), lambda T, v: v[0, 0, :2]),
    assign(lambda T, x: True, 7),
    assign(lambda T, x: False, 7),
    assign(lambda T, x: (0, 0), lambda T, v: v[:1, :1, 0]),
]


@pytest.mark.torch
@pytest.mark.parametrize("program", WRITE)
def test_writing(program):
    same(program, *arrays((2, 3, 4), (2, 3, 4)))


@pytest.mark.torch
def test_writing_a_tensor_into_itself():
    def shifted(T, x):
        y = x * 1
        y[1:] = y[:-1].clone()
        y[..., :2] = y[..., 2:] * 2
        y[[0, 1]] = y[[1, 0]]
        return y

    same(shifted, CUBE)
    x = tg.ones(4, requires_grad=True)
    y = x * tg.tensor([1.0, 2.0, 3.0, 4.0])
    y[1:] = y[:-1]  # the memory overlaps
    assert y.tolist() == [1, 1, 2, 3]
    y.sum().backward()
    assert x.grad.tolist() == [2, 2, 3, 0]


@pytest.mark.torch
def test_writing_converts_numbers():
    same(assign(lambda T, x: 0, 2.9), np.arange(4))
    same(assign(lambda T, x: x > 1, 2.9), np.arange(4))
    same(lambda T, x: x.index_put((T.tensor([0]),), T.tensor(True)), np.zeros(3, bool))


MISTAKES = [
    (lambda T, x: x[5], ["5", "0", "2"]),
    (lambda T, x: x[0, -4], ["-4", "size 3"]),
    (lambda T, x: x[T.tensor([0, 9])], ["9", "size 2"]),
    (lambda T, x: x[:, T.tensor([0, -4])], ["-4", "1", "size 3"]),
    (lambda T, x: x[0, 0, 0, 0], ["4", "3"]),
    (lambda T, x: x[0, 0, 0][0], []),
    (lambda T, x: x[::-1], ["-1", "flip"]),
    (lambda T, x: x[::0], ["0"]),
    (lambda T, x: x[1.5], ["float"]),
    (lambda T, x: x[T.tensor([0.5])], ["float"]),
    (lambda T, x: x[T.tensor([0, 1], dtype=T.int8)], ["int8", "int64"]),
    (lambda T, x: x[T.tensor([True])], []),
    (assign(lambda T, x: 7, 1), ["7", "size 2"]),
    (assign(lambda T, x: [0, 7], 1), ["7", "size 2"]),
    (assign(lambda T, x: 0, lambda T: T.ones(5)), ["5", "[3, 4]"]),
    (assign(lambda T, x: [0, 1], lambda T: T.ones(5, dtype=T.float64)), ["[5]", "[2, 3, 4]"]),
    (assign(lambda T, x: x > 3, lambda T: T.ones(2, dtype=T.float64)), ["[2]", "[21]"]),
    (assign(lambda T, x: [0], lambda T: T.ones(4)), ["float64", "float32", ".to("]),
    (assign(lambda T, x: 0, lambda T: [1, 2, 3]), ["list", "tensor("]),
    (assign(lambda T, x: 0, lambda T: "a"), ["str"]),
    (assign(lambda T, x: 0, lambda T: None), ["NoneType"]),
]


@pytest.mark.torch
@pytest.mark.parametrize(("program", "says"), MISTAKES)
def test_mistakes(program, says):
    same_error(program, CUBE, says=says)


@pytest.mark.parametrize("where", [0, [0], (0, [1, 2])])
def test_a_leaf_is_not_written_to(where):
    x = tg.ones(2, 3, requires_grad=True)
    with pytest.raises(RuntimeError, match="leaf"):
        x[where] = 5
    assert (x == 1).all()
    with tg.no_grad():
        x[where] = 5
    assert (x == 5).any()


def test_a_failed_write_changes_nothing():
    x = tg.zeros(3, dtype=tg.float64)
    for where, value in [([0, 9], 1.0), ([0, 1], tg.ones(3, dtype=tg.float64)), ([0], tg.ones(1))]:
        with pytest.raises((IndexError, RuntimeError)):
            x[where] = value
    assert (x == 0).all()
    assert x._versions().n == 0


def test_the_gradient_goes_where_the_index_pointed():
    x = tg.zeros(3, requires_grad=True)
    index, mask = tg.tensor([0, 1]), tg.tensor([True, False, False])
    y = x[index].sum() + x[mask].sum() + x.gather(0, index).sum() + x.take(index).sum()
    index.fill_(2)
    mask.fill_(True)
    y.backward()
    assert x.grad.tolist() == [4, 3, 0]


def test_of_values_written_to_one_place_the_last_stays_and_has_the_gradient():
    v = tg.tensor([1.0, 2.0, 3.0], requires_grad=True)
    y = tg.zeros(2)
    y[[0, 1, 0]] = v
    assert y.tolist() == [3, 2]
    assert tg.autograd.grad(y.sum(), v)[0].tolist() == [0, 1, 1]
    number = tg.tensor(2.0, requires_grad=True)
    y = tg.zeros(2).index_fill(0, tg.tensor([0, 0]), number)
    assert tg.autograd.grad(y.sum(), number)[0].item() == 1
    index = tg.tensor([0, 0, 1])
    for y in (tg.zeros(2).scatter(0, index, v), tg.zeros(2).index_copy(0, index, v)):
        assert tg.autograd.grad(y.sum(), v)[0].tolist() == [0, 1, 1]


def test_a_write_through_an_index_array_reaches_views_and_their_base():
    x = tg.ones(2, 3, requires_grad=True)
    base = x * 1
    row = base[0]
    row[[0, 2]] = 5.0
    assert base.tolist() == [[5, 1, 5], [1, 1, 1]]
    (base * row).sum().backward()
    assert x.grad.tolist() == [[0, 3, 0], [5, 1, 5]]


def test_a_view_of_one_element_writes_through():
    x = tg.zeros(2, 2)
    x[0, 1].fill_(3)
    x[1][0] = 4
    assert x.tolist() == [[0, 3], [4, 0]]


@pytest.mark.torch
@pytest.mark.parametrize(
    "program",
    [
        lambda T, x: T.stack([x[:, t] * (t + 1) for t in range(3)]),
        lambda T, x: x[0] + x[1] * x,
        lambda T, x: x * 2 + x[:1] + x[..., :2].sum(),
        lambda T, x: (x * 1)[0, 1:] * (x * 1)[1, :2],
        lambda T, x: T.cat([part * part for part in x.chunk(2, 2)] + [x], 2),
        lambda T, x: x[0] + x[0][1] + x[0][1][2],
    ],
)
def test_gradients_of_many_views_add_up(program):
    same(program, CUBE)
    assert tg.autograd.gradgradcheck(
        lambda x: program(tg, x), (tg.tensor(CUBE / 9, requires_grad=True),), fast_mode=True
    )


def test_the_gradient_of_a_view_reaches_hooks_and_leaves_whole():
    x = tg.ones(2, 3, requires_grad=True)
    y = x * 1
    y.retain_grad()
    seen = []
    y.register_hook(lambda grad: seen.append(grad.clone()))
    grad = tg.ones(3)
    y[0].backward(grad)
    assert y.grad.tolist() == x.grad.tolist() == seen[0].tolist() == [[1, 1, 1], [0, 0, 0]]
    x.grad.add_(1)
    x[1].backward(grad)
    assert x.grad.tolist() == [[2, 2, 2], [2, 2, 2]]
    assert grad.tolist() == [1, 1, 1]


def many(size, seed=0):
    """Indices that repeat, negative ones among them."""
    return np.random.default_rng(seed).integers(-size, size, 900)


@pytest.mark.parametrize(
    ("shape", "where"),
    [
        ((70,), (many(70),)),
        ((40, 30), (many(40),)),
        ((40, 30), (slice(None), many(30))),
        ((40, 30), (..., many(30))),
        ((40, 30), (many(40), ...)),
        ((20, 30, 25), (slice(None), many(30), ...)),
        ((20, 30, 25), (..., many(30)[:5], slice(None))),
        ((40, 30), (many(40), many(30, 1))),
        ((40, 30), (slice(3, 9), many(30))),
        ((20, 30, 25), (slice(None), many(30).reshape(30, 30), slice(None))),
        ((20, 30, 25), (None, slice(None), many(30))),
        ((20, 30, 25), (many(20), slice(None), many(25, 1))),
    ],
)
@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16])
def test_gradients_of_many_places(shape, where, dtype):
    """Sums are formed by different means for few and for many places, rows and single elements."""
    x = tg.tensor(np.zeros(shape, dtype), requires_grad=True)
    y = x[where]
    grad = np.random.default_rng(9).integers(-4, 5, tuple(y.shape)).astype(dtype)
    y.backward(tg.tensor(grad))
    want = np.zeros(shape, dtype)
    np.add.at(want, where, grad)
    np.testing.assert_array_equal(x.grad.numpy(), want)


def test_arrays_are_indexed_as_tensors_are():
    x = CUBE
    for take in (tg.index_select, tg.select):
        assert isinstance(take(x, 0, np.array([0]) if take is tg.index_select else 0), np.ndarray)
    assert isinstance(tg.gather(x, 2, np.zeros((2, 3, 1), int)), np.ndarray)
    assert isinstance(tg.nonzero(x), np.ndarray)


# --- index tensors ---

L = np.array([0, 1])
GRID = np.array([[0, 1], [2, 1]])
CALLS = [
    lambda T, x, i, g: x.index_select(1, i.int()),
    lambda T, x, i, g: x.index_select(0, T.tensor(1)),
    lambda T, x, i, g: x[0, 0].index_select(0, T.tensor([0])),
    lambda T, x, i, g: x.index_add(0, i, x[1:], alpha=3),
    lambda T, x, i, g: x.index_add(0, T.tensor(1), x[:1]),
    lambda T, x, i, g: x[0, 0].index_add(0, T.tensor(0), x[1, 1]),
    lambda T, x, i, g: x.index_copy(-1, i, x[:, 2:]),
    lambda T, x, i, g: x.index_fill(0, i - 1, 5),
    lambda T, x, i, g: x.index_fill(0, i, x[0, 0]),
    lambda T, x, i, g: x.long().index_fill(0, i, 2.5),
    lambda T, x, i, g: x.index_put((i, i.int()), x[0, :2]),
    lambda T, x, i, g: x.index_put((i - 1,), x[0], accumulate=True),
    lambda T, x, i, g: x.index_put((T.tensor([0, 0]),), x[1], accumulate=True),
    lambda T, x, i, g: x.index_put((x > 5,), x[0, 0], accumulate=True),
    lambda T, x, i, g: x.take(g - 3),
    lambda T, x, i, g: x.put(i - 1, x[1, :2]),
    lambda T, x, i, g: x.put(g, x[:2, :2], accumulate=True),
    lambda T, x, i, g: x.gather(0, g.int()),
    lambda T, x, i, g: x[0, 0].gather(0, T.tensor(0)),
    lambda T, x, i, g: x[0, 0].gather(0, T.tensor([0, 0])),
    lambda T, x, i, g: x.gather(1, i[:0]),
    lambda T, x, i, g: x.scatter(0, g, 1.5),
    lambda T, x, i, g: x.scatter(0, g, value=1.5),
    lambda T, x, i, g: x.scatter(1, T.tensor([[3, 2]]), src=x.detach()),
    lambda T, x, i, g: x.scatter(1, i[:0], x.detach()),
    lambda T, x, i, g: x.scatter_add(0, i[:0], x.detach()),
    lambda T, x, i, g: x.detach().scatter(0, g, x.detach()[:2, :2], reduce="add"),
    lambda T, x, i, g: x.detach().scatter(0, g, 3.0, reduce="multiply"),
    lambda T, x, i, g: x.long().scatter_reduce(0, g, -g, "mean"),
    lambda T, x, i, g: x.long().scatter_reduce(0, g, g, "amin", include_self=False),
    lambda T, x, i, g: x.take_along_dim(g),
    lambda T, x, i, g: x.take_along_dim(T.tensor([[0], [-1], [2]]), 1),
    lambda T, x, i, g: x.masked_fill(x > 5, x[0, 0]),
    lambda T, x, i, g: x.long().masked_fill(x > 5, 2.5),
    lambda T, x, i, g: (x > 5).masked_fill(x > 7, 2),
    lambda T, x, i, g: x[0].masked_fill(x > 5, 2),
    lambda T, x, i, g: x[0].masked_select(x > 5),
    lambda T, x, i, g: x.masked_select(T.tensor(True)),
    lambda T, x, i, g: x.masked_scatter(x > 7, x),
    lambda T, x, i, g: x[0].masked_scatter(x > 5, x),
    lambda T, x, i, g: (x > 5).nonzero(as_tuple=True),
    lambda T, x, i, g: T.tensor(3.0).nonzero(),
    lambda T, x, i, g: T.tensor(0.0).nonzero(as_tuple=True),
    lambda T, x, i, g: T.nn.functional.one_hot(g),
    lambda T, x, i, g: T.nn.functional.one_hot(T.tensor(2), 5),
]


@pytest.mark.torch
@pytest.mark.parametrize("program", CALLS)
def test_index_tensors(program):
    same(program, *arrays((3, 4)), L, GRID)


CALL_MISTAKES = [
    (lambda T, x, i, g: x.index_select(0, i.short()), ["int16", "int64"]),
    (lambda T, x, i, g: x.index_select(0, i - 1), ["-1", "dimension 0", "size 3"]),
    (lambda T, x, i, g: x.index_select(0, i + 2), ["3", "dimension 0", "size 3"]),
    (lambda T, x, i, g: x.index_select(0, g), ["[2, 2]"]),
    (lambda T, x, i, g: x.index_select(2, i), ["2"]),
    (lambda T, x, i, g: x.index_add(0, i, x), ["[2, 4]", "[3, 4]"]),
    (lambda T, x, i, g: x.index_add(0, i, x[:2].float()), ["float32", "float64"]),
    (lambda T, x, i, g: x.index_add(0, i - 1, x[:2]), ["-1", "size 3"]),
    (lambda T, x, i, g: x.index_copy(0, i, x[0]), ["[2, 4]", "[4]"]),
    (lambda T, x, i, g: x.index_copy(0, i.int(), x[:2]), ["int32", "int64"]),
    (lambda T, x, i, g: x.index_copy(0, i - 1, x[:2]), ["-1", "size 3"]),
    (lambda T, x, i, g: x.index_fill(0, i + 2, 1), ["3", "size 3"]),
    (lambda T, x, i, g: x.index_fill(0, i, x[0]), ["[4]"]),
    (lambda T, x, i, g: x.index_put((i + 5,), x[0]), ["5", "size 3"]),
    (lambda T, x, i, g: x.index_put((i,), x[:, 0]), ["[3]", "[2, 4]"]),
    (lambda T, x, i, g: x.index_put((i,), x[0].float()), ["float32", "float64"]),
    (lambda T, x, i, g: x.index_put((slice(None), i), x[0]), ["slice"]),
    (lambda T, x, i, g: x.index_put((i,), 1.0), ["float"]),
    (lambda T, x, i, g: x.take(g.int()), ["int32", "int64"]),
    (lambda T, x, i, g: x.take(g + 12), ["14", "size 12"]),
    (lambda T, x, i, g: x.take(g - 13), ["-13", "size 12"]),
    (lambda T, x, i, g: x.put(i, x[0]), ["4", "2"]),
    (lambda T, x, i, g: x.gather(0, g.float()), ["float32", "int64"]),
    (lambda T, x, i, g: x.gather(0, g - 1), ["-1", "dimension 0", "size 3"]),
    (lambda T, x, i, g: x.gather(0, g + 1), ["3", "dimension 0", "size 3"]),
    (lambda T, x, i, g: x.gather(0, T.zeros(2, 5, dtype=T.int64)), ["[2, 5]", "[3, 4]"]),
    (lambda T, x, i, g: x.gather(0, i), ["[2]", "[3, 4]"]),
    (lambda T, x, i, g: x.gather(3, g), ["3"]),
    (lambda T, x, i, g: x.scatter(0, g, x[:1, :2]), ["[2, 2]", "[1, 2]"]),
    (lambda T, x, i, g: x.scatter(0, g + 1, x[:2, :2]), ["3", "size 3"]),
    (lambda T, x, i, g: x.scatter(0, g, x.float()), ["float32", "float64"]),
    (lambda T, x, i, g: x.scatter(0, g, x[0, 0]), []),
    (lambda T, x, i, g: x.scatter(0, g, 2.0, reduce="q"), ["add", "multiply", "q"]),
    (lambda T, x, i, g: x.long().scatter(0, g, 1e30), ["int64", "1e+30"]),
    (lambda T, x, i, g: x.long().scatter(0, g, float("nan"), reduce="add"), ["int64", "nan"]),
    (lambda T, x, i, g: x.to(T.uint8).index_fill(0, i, 300), ["uint8", "300"]),
    (lambda T, x, i, g: x.long().index_fill(0, i, float("inf")), ["int64", "inf"]),
    (lambda T, x, i, g: T.where(x > 1, x.to(T.uint8), 300), ["uint8", "300"]),
    (lambda T, x, i, g: T.where(x > 1, 2**40, x.int()), ["int32", str(2**40)]),
    (lambda T, x, i, g: x.scatter_add(0, g, 2.0), ["float"]),
    (lambda T, x, i, g: x.scatter_reduce(0, g, x, "q"), ["amax", "q"]),
    (lambda T, x, i, g: x.take_along_dim(i, 0), ["[3, 4]", "[2]"]),
    (lambda T, x, i, g: x.take_along_dim(g[:1], 0), []),
    (lambda T, x, i, g: x.masked_fill(x, 2), ["float64", "bool"]),
    (lambda T, x, i, g: x.masked_fill(x > 3, x[0]), ["[4]"]),
    (lambda T, x, i, g: (x[0] * 1).masked_fill_(x > 3, 2), ["[4]", "[3, 4]"]),
    (lambda T, x, i, g: x.masked_select(x), ["float64", "bool"]),
    (lambda T, x, i, g: x.masked_scatter(x > 7, x[0, :3]), ["5", "3"]),
    (lambda T, x, i, g: x.masked_scatter(x > 7, x.float()), ["float32", "float64"]),
    (lambda T, x, i, g: T.nn.functional.one_hot(g, 2), ["2", "0 to 1"]),
    (lambda T, x, i, g: T.nn.functional.one_hot(g - 1), ["-1"]),
    (lambda T, x, i, g: T.nn.functional.one_hot(g.int()), ["int32", "int64"]),
    (lambda T, x, i, g: T.nn.functional.one_hot(i[:0]), ["empty"]),
]


@pytest.mark.torch
@pytest.mark.parametrize(("program", "says"), CALL_MISTAKES)
def test_mistakes_with_index_tensors(program, says):
    same_error(program, *arrays((3, 4)), L, GRID, says=says)


def test_an_index_out_of_range_is_an_error_where_pytorch_reads_what_is_not_there():
    with pytest.raises(IndexError, match="index 9 is out of bounds for dimension 0 with size 3"):
        tg.zeros(3, 4).take_along_dim(tg.tensor([[0, 1, 1, 9]]), 0)


IN_PLACE = [
    lambda T, y, i, g: y.index_add_(0, i, y[1:] * 2),
    lambda T, y, i, g: y.index_copy_(0, i, y[1:] * 2),
    lambda T, y, i, g: y.index_fill_(0, i, 2),
    lambda T, y, i, g: y.index_put_((i, i), y[0, :2] * 2),
    lambda T, y, i, g: y.index_put_((i, i), y[0, :2] * 2, accumulate=True),
    lambda T, y, i, g: y.put_(i, y[0, :2] * 2),
    lambda T, y, i, g: y.scatter_(0, g, y[:2, :2] * 2),
    lambda T, y, i, g: y.scatter_(0, g, 2.0),
    lambda T, y, i, g: y.scatter_add_(0, g, y[:2, :2] * 2),
    lambda T, y, i, g: y.scatter_reduce_(0, g, y[:2, :2] * 2, "mean"),
    lambda T, y, i, g: y.masked_fill_(y > 3, 0.5),
    lambda T, y, i, g: y.masked_scatter_(y > 3, y * 2),
]


@pytest.mark.torch
@pytest.mark.parametrize("program", IN_PLACE)
def test_in_place(program):
    def changed(T, x, i, g):
        y = x * 1
        first = y[0]
        assert program(T, y, i, g) is y
        return y, first

    same(changed, *arrays((3, 4)), L, np.array([[0, 1], [2, 0]]))
    same_error(program, *arrays((3, 4)), L, GRID, says=["leaf"])


def test_products_with_zeros_have_the_gradient_of_the_other_factors():
    index = tg.tensor([0, 0, 1, 1, 2])
    x = tg.tensor([0.0, 2.0, 3.0], dtype=tg.float64, requires_grad=True)
    src = tg.tensor([4.0, 5.0, 0.0, 7.0, 0.0], dtype=tg.float64, requires_grad=True)
    y = x.scatter_reduce(0, index, src, "prod")
    assert y.tolist() == [0, 0, 0]
    gx, gs = tg.autograd.grad(y.sum(), (x, src))
    assert gx.tolist() == [20, 0, 0]
    assert gs.tolist() == [0, 0, 14, 0, 3]


def test_equal_extremes_share_their_gradient():
    x = tg.tensor([1.0, 2.0], requires_grad=True)
    src = tg.tensor([1.0, 1.0, 0.0], requires_grad=True)
    y = x.scatter_reduce(0, tg.tensor([0, 0, 1]), src, "amax")
    gx, gs = tg.autograd.grad(y.sum(), (x, src))
    np.testing.assert_allclose(gx.numpy(), [1 / 3, 1])
    np.testing.assert_allclose(gs.numpy(), [1 / 3, 1 / 3, 0])


def test_a_list_with_more_than_numbers_is_taken_for_a_tuple():
    array = np.arange(24.0).reshape(2, 3, 4)
    x = tg.tensor(array)
    rows, columns = tg.tensor([0, 1]), tg.tensor([1, 2])
    for index in ([rows, columns], [[0, 1], [1, 2]], [(0, 1), np.array([1, 2])]):
        with pytest.warns(UserWarning, match="non-tuple sequence"):
            got = x[index]
        assert got.tolist() == array[[0, 1], [1, 2]].tolist()
    with pytest.warns(UserWarning, match="non-tuple sequence"):
        assert x[[0, slice(1, 2)]].tolist() == array[0, 1:2].tolist()
    with pytest.warns(UserWarning, match="non-tuple sequence"):
        x[[rows, columns]] = 5.0
    array[[0, 1], [1, 2]] = 5
    assert x.tolist() == array.tolist()


def test_a_second_ellipsis_stands_for_nothing():
    x = tg.arange(24.0).reshape(2, 3, 4)
    assert x[..., ...].tolist() == x.tolist()
    assert x[..., 0, ...].tolist() == x[..., 0].tolist()


def test_ints_beside_a_mask_are_written_to():
    """The part of ints alone names one number, of which NumPy would give a copy."""
    k = CUBE[1, 2] > 0
    for where in (
        (-1, -1, -1, True),
        (1, 0, True),
        (True, -1, 1, 0),
        (1, 2, k),
        (0, slice(1), True),
    ):
        x, array = tg.tensor(CUBE), CUBE.copy()
        x[where] = 70.0
        array[tuple(np.asarray(w) if isinstance(w, bool) else w for w in where)] = 70.0
        assert x.tolist() == array.tolist(), where
        x[where] += 1
        assert x.tolist() == (array + (array == 70)).tolist(), where


TOO_MANY = {
    "an array behind a slice": (1, lambda i: (slice(None), i)),
    "an array": (0, lambda i: i),
    "arrays": (1, lambda i: (i, i)),
    "an array before slices": (1, lambda i: (i, slice(None))),
    "ints": (1, lambda i: (0, 0)),
    "slices": (2, lambda i: (slice(None),) * 3),
}


@pytest.mark.parametrize(("ndim", "index"), TOO_MANY.values(), ids=TOO_MANY)
@pytest.mark.parametrize("name", ["tinygrad_np", pytest.param("torch", marks=pytest.mark.torch)])
def test_too_many_indices(name, ndim, index):
    lib = importlib.import_module(name)
    x, where = lib.ones((2,) * ndim), index(lib.tensor([0]))
    with pytest.raises(IndexError, match=f"too many indices for tensor of dimension {ndim}"):
        x[where]
    with pytest.raises(IndexError, match="too many indices"):
        x[where] = 1.0
