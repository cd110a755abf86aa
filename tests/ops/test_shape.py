"""Shapes, the order of dimensions, parts and repetition: PyTorch's overloads, errors and views."""

import numpy as np
import pytest

import tinygrad_np as tg
from tests.ops.twins import arrays, same, same_error

PROGRAMS = [
    # shapes in all their spellings
    lambda T, x: (x.reshape(6, 4), x.reshape((6, 4)), x.reshape([4, -1]), T.reshape(x, (-1,))),
    lambda T, x: (x.view(6, 4), x.view((6, -1)), x.view(x.shape)),
    lambda T, x: (x[0, 0, 0].view(1), x[0, 0, 0].reshape(()), x[:0].reshape(-1, 3)),
    lambda T, x: (x.float().view(T.int32), x.view(T.int32)),
    lambda T, x: (x.flatten(), x[0, 0, 0].flatten(), x.flatten(1), x.flatten(-3, -2)),
    lambda T, x: (x.unflatten(2, (2, -1)), x.unflatten(-1, (1, 2, 2))),
    lambda T, x: (x[:1].squeeze(), x[:1].squeeze(0), x[:1].squeeze((0, 1)), x.squeeze(())),
    lambda T, x: (x[0, 0, 0].squeeze(0), x[0, 0, 0].unsqueeze(-1), x.unsqueeze(-4)),
    lambda T, x: (x.expand(-1, -1, 4), x.expand(2, -1, 3, -1), x[:, :1].expand(2, 5, 4)),
    lambda T, x: (x[:, :1].expand((2, 0, 4)), x.expand(x.shape), x[0, 0, 0].expand(3)),
    lambda T, x: T.broadcast_tensors(x, x[0, 0, 0], x[0, :, :1]),
    lambda T, x: (T.atleast_2d(x[0, 0], x[0, 0, 0]), T.atleast_3d((x[0, 0], x[0])))[0],
    lambda T, x: (x.t() if x.ndim < 3 else x[0].t(), x[0, 0].t(), x[0, 0, 0].t()),
    lambda T, x: (x.T, x.mT, x.mH, x[0].H, x[0, 0, 0].T, x[0, 0, 0].mT, x.adjoint()),
    lambda T, x: (x.permute(2, 0, 1), x.permute((2, 0, 1)), x.permute(-1, 0, 1)),
    lambda T, x: (x[0, 0, 0].permute(()), x[0, 0, 0].transpose(0, -1)),
    lambda T, x: (x.movedim(0, 2), x.movedim((0, 1), (2, 0)), x.moveaxis((-1,), (0,))),
    lambda T, x: (x.flip(0), x.flip(0, -1), x.flip((0, 1)), x.flip([1]), x[0, 0, 0].flip(0)),
    lambda T, x: (x.roll(1), x.roll((1, 2), (0, 1)), x.roll(-7, 2), x[0, 0, 0].roll(1)),
    lambda T, x: tuple(x.rot90(k, (0, 2)) for k in range(-1, 5)),
    lambda T, x: (x.narrow(1, -2, 2), x.narrow(1, 3, 0), x.narrow(1, T.tensor(1), 1)),
    lambda T, x: (x.select(1, -1), *x.unbind(1), *x[:0].split(2), *x[:0].split(0)),
    lambda T, x: (*x.split(3, 2), *x.split([1, 2], 1), *x.split((1, 2), -2)),
    lambda T, x: (*x.chunk(5, 2), *x.chunk(3, 2), *x[:0].chunk(3)),
    lambda T, x: (*x.tensor_split(3, 2), *x.tensor_split(9), *x.tensor_split((1, 9, 2), 2)),
    lambda T, x: (*x.tensor_split(T.tensor([0, 1]), 2), *x.tensor_split(T.tensor(2), 2)),
    lambda T, x: (*x.hsplit(3), *x[0, 0].hsplit(2), *x.vsplit([1]), *x.dsplit((1, 2))),
    lambda T, x: (x.unfold(2, 2, 1), x.unfold(-2, 2, 2), x.unfold(2, 0, 1)),
    lambda T, x: (x[0, 0, 0].unfold(0, 1, 1), x[0, 0, 0].unfold(0, 0, 1)),
    lambda T, x: (x.repeat(2, 1, 1), x.repeat((2, 1, 0, 2)), x[0, 0, 0].repeat(3)),
    lambda T, x: (x.tile(2), x.tile(2, 1, 1, 2), x.tile((2, 1)), T.tile(x, (2,))),
    lambda T, x: (x.repeat_interleave(2), x.repeat_interleave(2, 0), x.repeat_interleave(0, 1)),
    lambda T, x: (x.repeat_interleave(T.tensor([2, 0]), 0), x.repeat_interleave(T.tensor([2]), 1)),
    lambda T, x: x.repeat_interleave(T.tensor([2, 0]), dim=0, output_size=2),
    lambda T, x: T.repeat_interleave(T.tensor([2, 0, 3])),
    lambda T, x: T.meshgrid(x[0, 0], x[0, :, 0], x[0, 0, 0], indexing="xy"),
    lambda T, x: T.meshgrid([x[0, 0], x[0, :, 0]], indexing="ij"),
    lambda T, x: (T.cartesian_prod(x[0, 0], x[0, 0, :2]), T.cartesian_prod(x[0, 0])),
    lambda T, x: (T.combinations(x[0, 0], 3, with_replacement=True), T.combinations(x[0, 0], 0)),
    lambda T, x: (x.diagonal(), x.diagonal(1, 0, 2), x.diagonal(9), x.diagonal(-1, -1, 0)),
    lambda T, x: (T.diag(x[0, 0], 1), T.diag(x[0], -1), T.diagflat(x[0], 1)),
    lambda T, x: (T.diag_embed(x, 1, 0, 2), T.diag_embed(x[0, 0], -1), x.diag_embed()),
    lambda T, x: (x.tril(), x.triu(1), (x > 3).tril(-1), x.long().triu()),
    lambda T, x: (T.tril_indices(3, 4, 1), T.triu_indices(3, 4, -1, dtype=T.int32)),
    lambda T, x: (T.tril_indices(0, 3), T.triu_indices(2, 0)),
    # joining
    lambda T, x: (T.cat([x, x], -1), T.cat((x, x[:, :0]), 1), T.cat([x, T.zeros(0)], 2)),
    lambda T, x: (T.cat([T.zeros(0), T.zeros(0)]), T.cat([x.float(), x]), T.cat([x, x.long()])),
    lambda T, x: (T.cat([T.zeros(0, dtype=T.float64), x.float()]), T.cat([x > 3, x.int()])),
    lambda T, x: T.cat([x.int(), x.float()[:1], (x > 4).to(T.uint8)]),
    lambda T, x: (T.stack([x, x], -1), T.stack([x[0, 0, 0], x[0, 0, 1]]), T.stack([x, x.int()])),
    lambda T, x: (T.hstack([x[0, 0, 0], x[0, 0]]), T.vstack([x[0, 0], x[0]]), T.hstack([x, x])),
    lambda T, x: (T.dstack([x[0, 0], x[0, 0]]), T.column_stack([x[0, 0, :3], x[0]])),
    lambda T, x: (T.concat([x, x], 1), T.concatenate([x, x], axis=1), T.column_stack([x[0, 0, 0]])),
]


@pytest.mark.torch
@pytest.mark.parametrize("program", PROGRAMS)
def test_as_pytorch(program):
    same(program, *arrays((2, 3, 4)))


MISTAKES = [
    (lambda T, x: x.reshape(5), ["[5]", "24"]),
    (lambda T, x: x.reshape(-2, 3), ["[-2, 3]"]),
    (lambda T, x: x.reshape(-1, -1), ["[-1, -1]"]),
    (lambda T, x: x[:0].reshape(-1, 0), ["[-1, 0]"]),
    (lambda T, x: x.transpose(0, 1).view(24), ["[24]", "[3, 2, 4]", "[4, 12, 1]", "reshape"]),
    (lambda T, x: x[..., ::2].view(T.int32), ["int32"]),
    (lambda T, x: x.flatten(2, 1), ["2", "1"]),
    (lambda T, x: x.flatten(0, 5), ["5"]),
    (lambda T, x: x.unflatten(2, (3, -1)), ["[3, -1]", "4"]),
    (lambda T, x: x.unflatten(2, ()), []),
    (lambda T, x: x.permute(0, 1), ["[0, 1]", "[2, 3, 4]"]),
    (lambda T, x: x.permute(0, 0, 1), []),
    (lambda T, x: x.permute(0, 1, 3), ["3"]),
    (lambda T, x: x.transpose(0, 3), ["[-3, 2]", "3"]),
    (lambda T, x: x.t(), ["[2, 3, 4]"]),
    (lambda T, x: x.H, ["[2, 3, 4]"]),
    (lambda T, x: x[0, 0].mT, ["[4]"]),
    (lambda T, x: x.movedim((0, 0), (2, 0)), []),
    (lambda T, x: x.movedim((0,), (2, 0)), ["[0]", "[2, 0]"]),
    (lambda T, x: x.squeeze((0, 0)), []),
    (lambda T, x: x.squeeze(5), ["5"]),
    (lambda T, x: x.unsqueeze(4), ["[-4, 3]", "4"]),
    (lambda T, x: x[0, 0, 0].unsqueeze(1), ["1"]),
    (lambda T, x: x.expand(2, 3, 5), ["[2, 3, 4]", "[2, 3, 5]"]),
    (lambda T, x: x.expand(3, 4), ["[2, 3, 4]", "[3, 4]"]),
    (lambda T, x: x.expand(-1, 2, 3, 4), ["[-1, 2, 3, 4]"]),
    (lambda T, x: T.broadcast_tensors(x, x[0, 0, :2]), ["[2, 3, 4]", "[2]"]),
    (lambda T, x: x.repeat(2), ["[2, 3, 4]", "[2]"]),
    (lambda T, x: x.repeat(-1, 1, 1), ["[-1, 1, 1]"]),
    (lambda T, x: x.repeat_interleave(T.tensor([0, 1]), 1), ["3", "[2]"]),
    (lambda T, x: x.repeat_interleave(T.tensor([-1, 1]), 0), ["-1"]),
    (lambda T, x: x.repeat_interleave(-1, 0), ["-1"]),
    (lambda T, x: x.repeat_interleave(T.tensor([0, 1]), 0, output_size=3), ["3", "1"]),
    (lambda T, x: x.diagonal(0, 1, 1), ["1, 1"]),
    (lambda T, x: x[0, 0].diagonal(), ["1"]),
    (lambda T, x: T.diag(x), ["[2, 3, 4]"]),
    (lambda T, x: T.diag_embed(x[0, 0, 0]), []),
    (lambda T, x: T.diag_embed(x, 0, 1, 1), ["1, 1"]),
    (lambda T, x: T.diagonal_scatter(x[0], x[0, 0]), ["[3]", "[4]"]),
    (lambda T, x: x[0, 0].tril(), ["[4]"]),
    (lambda T, x: T.tril_indices(-1, 3), ["-1"]),
    (lambda T, x: x.flip((0, 0)), []),
    (lambda T, x: x.flip(5), ["5"]),
    (lambda T, x: x[0, 0].fliplr(), ["[4]"]),
    (lambda T, x: x[0, 0, 0].flipud(), []),
    (lambda T, x: x.roll((1, 2), 0), ["2", "1"]),
    (lambda T, x: x.roll((1, 2)), ["2"]),
    (lambda T, x: x.roll(1, 5), ["5"]),
    (lambda T, x: x[0, 0, 0].roll(1, 0), ["0"]),
    (lambda T, x: x.rot90(1, (0, 0)), []),
    (lambda T, x: x.rot90(1, (0,)), ["[0]"]),
    (lambda T, x: x[0, 0].rot90(), ["[4]"]),
    (lambda T, x: x.rot90(1, (0, 5)), ["5"]),
    (lambda T, x: x.narrow(1, 2, 2), ["2", "3", "[2, 3, 4]"]),
    (lambda T, x: x.narrow(1, -4, 2), ["-4", "3"]),
    (lambda T, x: x.narrow(1, 0, -1), ["-1"]),
    (lambda T, x: x[0, 0, 0].narrow(0, 0, 1), ["0-dim"]),
    (lambda T, x: x.select(1, 5), ["5", "3"]),
    (lambda T, x: x[0, 0, 0].select(0, 0), ["0-dim"]),
    (lambda T, x: x.split(0, 2), ["0"]),
    (lambda T, x: x.split(-1, 2), ["-1"]),
    (lambda T, x: x.split([1, 1], 1), ["[1, 1]", "3"]),
    (lambda T, x: x.split([-1, 4], 1), ["[-1, 4]"]),
    (lambda T, x: x[0, 0, 0].split(1), ["0-dim"]),
    (lambda T, x: x.chunk(0), ["0"]),
    (lambda T, x: x.tensor_split(0), ["0"]),
    (lambda T, x: x.hsplit(2), ["3", "2"]),
    (lambda T, x: x[0, 0].vsplit(2), ["[4]"]),
    (lambda T, x: x[0, 0, 0].unbind(), ["0-dim"]),
    (lambda T, x: x.unfold(2, 5, 1), ["4", "5"]),
    (lambda T, x: x.unfold(2, 2, 0), ["0"]),
    (lambda T, x: x.unfold(2, -1, 1), ["-1"]),
    (lambda T, x: T.meshgrid(x[0, 0], x), ["[2, 3, 4]"]),
    (lambda T, x: T.meshgrid(x[0, 0], x[0, 0].float()), ["float64", "float32"]),
    (lambda T, x: T.meshgrid(x[0, 0], indexing="q"), ["q"]),
    (lambda T, x: T.cartesian_prod(x), ["[2, 3, 4]"]),
    (lambda T, x: T.combinations(x), ["[2, 3, 4]"]),
    (lambda T, x: T.cat([x, x], 3), ["3"]),
    (lambda T, x: T.cat([x, x[0]]), ["[2, 3, 4]", "[3, 4]"]),
    (lambda T, x: T.cat([x, x[:, :2]]), ["[2, 3, 4]", "[2, 2, 4]"]),
    (lambda T, x: T.cat([x, x[:, :0]]), ["[2, 3, 4]", "[2, 0, 4]"]),
    (lambda T, x: T.cat([]), []),
    (lambda T, x: T.cat([x[0, 0, 0]]), []),
    (lambda T, x: T.cat(x), ["Tensor"]),
    (lambda T, x: T.cat((x, 3)), ["1", "int"]),
    (lambda T, x: T.stack([x, x[0]]), ["[2, 3, 4]", "[3, 4]"]),
    (lambda T, x: T.stack([]), []),
    (lambda T, x: T.stack([x], 5), ["5"]),
    (lambda T, x: T.stack(x), ["Tensor"]),
    (lambda T, x: T.hstack([]), []),
    (lambda T, x: T.hstack([x[0, 0], x]), ["[4]", "[2, 3, 4]"]),
]


@pytest.mark.torch
@pytest.mark.parametrize(("program", "says"), MISTAKES)
def test_mistakes(program, says):
    same_error(program, *arrays((2, 3, 4)), says=says)


VIEWS = [
    lambda x: x.reshape(6, 4),
    lambda x: x.view(4, 6),
    lambda x: x.flatten(1),
    lambda x: x.unflatten(2, (2, 2)),
    lambda x: x[:1].squeeze(0),
    lambda x: x.unsqueeze(1),
    lambda x: x.expand(2, 3, 4),
    lambda x: x.T,
    lambda x: x.permute(2, 0, 1),
    lambda x: x.movedim(0, -1),
    lambda x: x.diagonal(0, 0, 2),
    lambda x: x.narrow(1, 1, 2),
    lambda x: x.select(2, 1),
    lambda x: x.split(2, 2)[1],
    lambda x: x.chunk(2)[1],
    lambda x: x.unbind(1)[2],
    lambda x: x.unfold(2, 2, 2),
    lambda x: x.hsplit(3)[0],
    lambda x: x[0, 0, 0],
    lambda x: x[0, 1:, None].mT.squeeze(0),
]


@pytest.mark.parametrize("view", VIEWS)
def test_views_and_their_bases_change_each_other(view):
    w = tg.tensor(arrays((2, 3, 4))[0], requires_grad=True)
    base = w * 1
    part = view(base)
    assert np.shares_memory(part.detach().numpy(), base.detach().numpy())
    part.mul_(3)  # of the view
    after = base.detach().numpy()
    changed = view(tg.tensor(np.ones((2, 3, 4))).mul_(3))
    np.testing.assert_array_equal(part.detach().numpy(), view(tg.tensor(after)).numpy())
    base.mul_(2)  # and then of the base
    loss = (part * part).sum()
    (grad,) = tg.autograd.grad(loss, w)
    values = w.detach().clone()
    pattern = tg.zeros(2, 3, 4, dtype=tg.float64)
    view(pattern).fill_(1)
    assert changed.shape == part.shape
    np.testing.assert_allclose(grad.numpy(), (2 * 36 * values * pattern).numpy())


COPIES = [
    lambda T, x: x.flip(()),
    lambda T, x: x.roll(0),
    lambda T, x: x.rot90(0),
    lambda T, x: x.repeat(1, 1, 1),
    lambda T, x: x.tile(1),
    lambda T, x: x.repeat_interleave(1, 0),
    lambda T, x: T.cat([x]),
    lambda T, x: T.stack([x]),
    lambda T, x: T.hstack([x]),
    lambda T, x: x.tril(9),
    lambda T, x: x.clone(),
    lambda T, x: x.mT.contiguous(),
    lambda T, x: x[0].diag(),
    lambda T, x: x[[0, 1]],
    lambda T, x: x.mT.reshape(24),
    lambda T, x: T.nn.functional.pad(x, ()),
    lambda T, x: x.index_select(0, T.tensor([0, 1])),
    lambda T, x: x.masked_fill(x > 99, 0),
]


@pytest.mark.parametrize("program", COPIES)
def test_copies_share_no_memory(program):
    x = tg.tensor(arrays((2, 3, 4))[0])
    assert not np.shares_memory(program(tg, x).numpy(), x.numpy())


def test_what_changes_nothing_returns_the_tensor_itself():
    x = tg.zeros(2, 3)
    assert x.contiguous() is x
    assert x.cpu() is x


def test_clone_keeps_the_layout_in_memory():
    assert tg.zeros(2, 3).T.clone().stride() == (1, 3)
    assert tg.zeros(2, 3).T.contiguous().stride() == (2, 1)


def test_broadcast_to_takes_sizes_in_a_row():
    assert tg.ones(3).broadcast_to(2, 3).shape == tg.ones(3).broadcast_to((2, 3)).shape == (2, 3)


def test_what_is_expanded_is_not_written_to():
    x = tg.zeros(1, 3).expand(2, 3)
    with pytest.raises(RuntimeError, match="single memory location"):
        x.add_(1)
    y = tg.zeros(2, 1, 3).unsqueeze(1).expand(2, 4, 1, 3)
    with pytest.raises(RuntimeError, match="single memory location"):
        y[0].zero_()
    one = tg.zeros(1).expand(1, 1)
    one.add_(1)
    assert one.tolist() == [[1.0]]
    same_size = tg.zeros(2, 3).expand(1, 2, 3)
    same_size.add_(1)
    assert (same_size == 1).all()


def test_windows_that_overlap_add_their_gradients():
    x = tg.tensor(arrays((5,))[0], requires_grad=True)
    x.unfold(0, 3, 1).sum().backward()
    assert x.grad.tolist() == [1, 2, 3, 2, 1]


IN_PLACE = [
    (lambda y: y.unsqueeze_(1), (2, 1, 3)),
    (lambda y: y.t_(), (3, 2)),
    (lambda y: y.transpose_(0, 1), (3, 2)),
    (lambda y: y.swapaxes_(0, -1), (3, 2)),
    (lambda y: y.swapdims_(0, 1), (3, 2)),
    (lambda y: y.unsqueeze_(0).squeeze_(0).unsqueeze_(-1), (2, 3, 1)),
]


@pytest.mark.torch
@pytest.mark.parametrize(("change", "shape"), IN_PLACE)
def test_shapes_in_place(change, shape):
    def program(T, x):
        y = x * 1
        assert change(y) is y
        assert tuple(y.shape) == shape
        z = y * 3
        y.mul_(2)
        y[0] = 5
        return y, z

    same(program, *arrays((2, 3)))

    def of_a_view(T, x):
        base = x * 1
        y = base[:, 1:]
        change(y)
        y.mul_(3)
        return base, y

    same(of_a_view, *arrays((2, 4)))
    same_error(lambda T, x: change(x), *arrays((2, 3)), says=["leaf"])
    constant = tg.zeros(2, 3)
    change(constant).requires_grad_()
    assert constant.is_leaf
    constant.sum().backward()
    assert constant.grad.shape == shape


@pytest.mark.torch
def test_triangles_in_place():
    same(lambda T, x: (x * 1).tril_(), *arrays((3, 3)))
    same(lambda T, x: (x * 1).triu_(1), *arrays((3, 3)))


def test_a_view_that_becomes_a_leaf_is_not_changed_in_place():
    x = tg.zeros(4).view(2, 2).requires_grad_()
    for change in (lambda: x.add_(1), lambda: x[0].mul_(2), lambda: x.t()[1:].zero_()):
        with pytest.raises(RuntimeError, match="leaf"):
            change()
    x[0].sum().backward()
    assert x.grad.tolist() == [[1, 1], [0, 0]]


def test_numpy_names():
    x = tg.zeros(1, 3)
    index = tg.tensor([0])
    assert tg.cat([x, x], axis=1).shape == (1, 6)
    assert tg.stack([x, x], axis=-1).shape == (1, 3, 2)
    assert tg.squeeze(x, axis=0).shape == (3,)
    assert x.unsqueeze(axis=1).shape == (1, 1, 3)
    assert x.narrow(axis=1, start=1, length=2).shape == (1, 2)
    assert x.index_select(axis=1, index=index).shape == (1, 1)
    assert x.gather(axis=1, index=index[None]).shape == (1, 1)
    assert len(tg.unbind(x, axis=1)) == 3
    assert x.repeat_interleave(2, axis=0).shape == (2, 3)
    with pytest.raises(TypeError):
        tg.squeeze(x, along=0)
