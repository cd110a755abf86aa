"""Changes in place, of tensors, views and their bases, by PyTorch's rules."""

import numpy as np
import pytest

import tinygrad_np as tg


def leaf(values):
    return tg.tensor(np.array(values, dtype=np.float64), requires_grad=True)


# Programs for both libraries: lib is tinygrad_np or torch. Each returns the loss.


def chain(lib, x, w):
    y = x * 2
    y.add_(w)
    y.mul_(x)
    return (y * w).sum()


def of_a_view(lib, x, w):
    y = x * 2
    y[0].mul_(w[0])
    return (y * y).sum()


def of_the_base_of_a_view(lib, x, w):
    y = x * 2
    row = y[1]
    y.mul_(w)
    return (row * row).sum() + y.sum()


def through_two_views(lib, x, w):
    y = x.exp() * 1
    column = y.t()[1]
    column[0:1].add_(w[0, :1])
    return (y * y).sum() + (column * column).sum()


def sibling_views(lib, x, w):
    y = x * 1
    a, b = y[0], y.reshape(-1)[:2]
    a.mul_(w[0])
    return (b * b).sum() + (a * 3).sum()


def setitem_slice(lib, x, w):
    y = x * 1
    y[:, 1] = w[:, 0] * 3
    return (y * y * w).sum()


def setitem_number(lib, x, w):
    y = x * w
    y[0] = 2.0
    return (y * y).sum()


def setitem_broadcast(lib, x, w):
    y = x * 1
    y[:] = w[0]
    return (y * x).sum()


def into_a_constant(lib, x, w):
    y = lib.zeros(2, 3, dtype=lib.float64)
    v = y[1]
    y[1] = x[0] * w[0]
    return (v * v).sum() + y.sum()


def zero_then_use(lib, x, w):
    y = x * w
    y.zero_()
    y.add_(x)
    return (y * y).sum()


def copy_into_view(lib, x, w):
    y = x * 1
    y[0].copy_(w[1])
    return (y * y * y).sum()


def unsqueeze_and_expand(lib, x, w):
    y = x * 1
    z = y.unsqueeze(0)
    z.mul_(w)
    return (y.expand(4, 2, 3) * x).sum()


def augmented(lib, x, w):
    y = x * 1
    y += w
    y *= x
    y -= 1
    y /= w
    return y.sum()


def after_use(lib, x, w):
    """The old value was used by a rule that does not need it."""
    y = x * 1
    z = y + w
    y.mul_(3)
    return (z * z).sum() + y.sum()


def transposed(lib, x, w):
    y = x * 1
    y.transpose(0, 1).mul_(w.transpose(0, 1))
    return (y * y).sum()


def transposed_in_place_under_views(lib, x, w):
    """Views made before `t_` stay views of what the tensor was."""
    y = x * 1
    row = y[0]
    y.t_()
    column = y[:, 1]
    y.mul_(w.t())
    y.unsqueeze_(0)
    row.add_(w[1])
    return (row * row).sum() + (column * y[0, 0, 0]).sum()


def a_constant_transposed_in_place(lib, x, w):
    y = lib.zeros(2, 3, dtype=lib.float64)
    row = y[0]
    y.t_()
    y.add_(x.t() * w.t())
    return (row * row).sum()


PROGRAMS = [
    chain, of_a_view, of_the_base_of_a_view, through_two_views, sibling_views, setitem_slice,
    transposed_in_place_under_views, a_constant_transposed_in_place,
    setitem_number, setitem_broadcast, into_a_constant, zero_then_use, copy_into_view,
    unsqueeze_and_expand, augmented, after_use, transposed,
]  # fmt: skip
every = pytest.mark.parametrize("program", PROGRAMS, ids=lambda p: p.__name__)
X = np.arange(1.0, 7.0).reshape(2, 3) / 4
W = np.arange(7.0, 1.0, -1.0).reshape(2, 3) / 5


@every
def test_gradients_by_finite_differences(program):
    tg.autograd.gradcheck(lambda x, w: program(tg, x, w), (leaf(X), leaf(W)))


@every
def test_second_gradients(program):
    tg.autograd.gradgradcheck(lambda x, w: program(tg, x, w), (leaf(X), leaf(W)))


@pytest.mark.torch
@every
def test_as_torch(program):
    import torch

    x, w = leaf(X), leaf(W)
    p, q = (torch.tensor(a, requires_grad=True) for a in (X, W))
    got, want = program(tg, x, w), program(torch, p, q)
    got.backward()
    want.backward()
    assert got.item() == pytest.approx(want.item(), rel=1e-12)
    for a, b in ((x, p), (w, q)):
        theirs = np.zeros((2, 3)) if b.grad is None else b.grad.numpy()
        ours = np.zeros((2, 3)) if a.grad is None else a.grad.numpy()
        np.testing.assert_allclose(ours, theirs, rtol=1e-12)


def test_a_tensor_times_itself_in_place():
    """PyTorch refuses the walk back; here the old value is kept for it."""
    x = leaf([2.0])
    y = x * 1
    y.mul_(y)
    y.backward()
    assert x.grad.item() == 4.0


# --- errors ---


def test_a_leaf_that_requires_grad_is_not_changed():
    x = leaf([1.0, 2.0])
    for change in (
        lambda: x.add_(1),
        lambda: x.zero_(),
        lambda: x.__setitem__(0, 5.0),
        lambda: x.__imul__(2),
    ):
        with pytest.raises(RuntimeError, match="a leaf Variable that requires grad"):
            change()
    with pytest.raises(RuntimeError, match="a view of a leaf Variable that requires grad"):
        x[:1].mul_(2)
    np.testing.assert_array_equal(x.detach().numpy(), [1.0, 2.0])
    assert x.grad_fn is None
    with tg.no_grad():
        x.add_(1)
    np.testing.assert_array_equal(x.detach().numpy(), [2.0, 3.0])


def test_a_stale_saved_value_is_an_error():
    x, w = tg.tensor(np.array([3.0])), leaf([2.0])
    y = x * w
    x.add_(100)
    with pytest.raises(
        RuntimeError,
        match=r"modified by an inplace operation: 'input' of shape \[1\], saved by MulBackward0, "
        r"is at version 1; expected version 0",
    ):
        y.backward()


def test_a_change_through_a_view_or_detach_is_seen():
    for way in (lambda t: t.reshape(3, 2), lambda t: t.detach(), lambda t: t[1]):
        x, w = tg.tensor(np.zeros((2, 3))), leaf(np.ones((2, 3)))
        y = (x * w).sum()
        way(x).add_(1)
        with pytest.raises(RuntimeError, match="version 1; expected version 0"):
            y.backward()


def test_a_change_through_data_is_a_warning():
    for way in (lambda t: t.data, lambda t: t.data[0], lambda t: t[0].data, lambda t: t.data.T):
        x, w = tg.tensor(np.zeros((2, 3))), leaf(np.ones((2, 3)))
        y = (x * w).sum()
        way(x).add_(1)
        with pytest.warns(UserWarning, match=r"'input' of shape \[2, 3\].*changed through .data"):
            y.backward()
        np.testing.assert_array_equal(w.grad.numpy(), x.numpy())  # what is there now
        y = (x * w).sum()
        way(x).add_(1)
        x.add_(1)
        with pytest.raises(RuntimeError, match="version 1; expected version 0"):
            y.backward()


def test_places_on_the_tape_stay_where_they_are_when_data_change():
    x = leaf([[1.0, 2.0], [3.0, 4.0]])
    y = x * 3
    view, node = y[0], y.grad_fn
    y.data[1] = 7.0
    assert y.grad_fn is node
    assert view.grad_fn.name() == "SelectBackward0"
    y.mul_(2)  # of what is there now
    view.sum().backward()
    assert x.grad.tolist() == [[6.0, 6.0], [0.0, 0.0]]
    assert y.tolist() == [[6.0, 12.0], [14.0, 14.0]]


def test_data_changed_and_assigned_over_and_over():
    x, w = leaf([0.0]), leaf([2.0])
    y = x * w
    for _ in range(3000):
        x.data += 1.0
        x.data = x.data.data
    assert x.tolist() == [3000.0]
    with pytest.warns(UserWarning, match="through .data"):
        y.backward()
    assert w.grad.tolist() == [3000.0]
    x.grad = None
    (x * w).backward()
    assert x.grad.tolist() == [2.0]


def test_what_was_saved_stays_when_data_are_assigned():
    x, w = leaf([3.0]), leaf([2.0])
    y = x * w
    x.data = tg.tensor([100.0], dtype=tg.float64)
    x.detach().add_(1)
    y.backward()
    assert w.grad.tolist() == [3.0]
    assert x.tolist() == [101.0]


def test_a_stale_result_is_an_error():
    x = leaf([1.0])
    y = tg.exp(x)
    with tg.no_grad():
        y.mul_(2)
    with pytest.raises(RuntimeError, match="'out' of shape"):
        y.backward()


@pytest.mark.torch
@pytest.mark.parametrize(
    "compute",
    [
        lambda lib, x, w: x / w,
        lambda lib, x, w: 2.0 / w,
        lambda lib, x, w: (x - w).abs(),
        lambda lib, x, w: lib.nn.functional.normalize(x, dim=0),
        lambda lib, x, w: lib.nn.functional.l1_loss(x, w, reduction="none"),
        lambda lib, x, w: lib.nn.functional.hardtanh(x),
        lambda lib, x, w: lib.nn.functional.relu6(x),
        lambda lib, x, w: lib.erfinv(x),
        lambda lib, x, w: lib.sinc(x),
    ],
    ids=["div", "rdiv", "abs", "normalize", "l1_loss", "hardtanh", "relu6", "erfinv", "sinc"],
)
def test_a_result_that_nothing_asks_for_may_be_changed(compute):
    import torch

    found = []
    for lib in (tg, torch):
        x = lib.tensor([-0.5, 0.0, 0.7], dtype=lib.float64, requires_grad=True)
        w = lib.tensor([0.5, -2.0, 3.0], dtype=lib.float64, requires_grad=True)
        y = compute(lib, x, w)
        y.mul_(x + 1)
        gradients = lib.autograd.grad(y.sum(), [x, w], allow_unused=True)
        found.append([None if g is None else g.tolist() for g in gradients])
    for ours, theirs in zip(*found, strict=True):
        assert (ours is None) == (theirs is None)
        if ours is not None:
            np.testing.assert_allclose(ours, theirs, rtol=1e-12)


@pytest.mark.torch
@pytest.mark.parametrize(
    "compute",
    [
        lambda lib, x, w: 2.0 / w,
        lambda lib, x, w: lib.ldexp(w, lib.tensor([1, 2, 3])),
        lambda lib, x, w: lib.copysign(x, w),
        lambda lib, x, w: lib.frexp(w)[0],
        lambda lib, x, w: lib.nn.functional.margin_ranking_loss(x, x * 2, w),
        lambda lib, x, w: lib.nn.functional.cross_entropy(w, lib.tensor(1)),
    ],
    ids=["rdiv", "ldexp", "copysign", "frexp", "margin_ranking_loss", "cross_entropy"],
)
def test_an_argument_that_nothing_asks_for_may_be_changed(compute):
    import torch

    found = []
    for lib in (tg, torch):
        x = lib.tensor([-0.5, 0.3, 0.7], dtype=lib.float64, requires_grad=True)
        w = lib.tensor([0.5, -2.0, 3.0], dtype=lib.float64, requires_grad=True)
        changed = w * 1
        y = compute(lib, x, changed)
        changed.zero_()
        gradients = lib.autograd.grad(y.sum(), [x, w], allow_unused=True)
        found.append([0 if g is None else g.numpy() for g in gradients])
    for ours, theirs in zip(*found, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-12)


def test_a_view_made_under_no_grad():
    y = leaf([1.0, 2.0]) * 1
    with tg.no_grad():
        view = y[:1]
    assert not view.requires_grad
    with pytest.raises(RuntimeError, match="created in no_grad mode"):
        view.mul_(2)


def test_an_expanded_tensor_is_not_changed():
    x = tg.zeros(1, 3)
    with pytest.raises(RuntimeError, match=r"shape \(2, 3\), refers.*clone\(\)"):
        x.expand(2, 3).add_(1)


def test_a_value_must_fit():
    x = tg.zeros(3)
    with pytest.raises(RuntimeError, match=r"output with shape \[3\].*broadcast shape \[2, 3\]"):
        x.add_(tg.ones(2, 3))
    with pytest.raises(RuntimeError, match=r"result type float32 can't be cast to .*int64"):
        tg.tensor([1, 2]).add_(1.5)
    assert x.tolist() == [0.0, 0.0, 0.0]
    assert x._versions().n == 0


def test_integers_take_no_place_on_the_tape():
    y = tg.tensor([1, 2])
    y.copy_(leaf([1.5, 2.5]))
    assert y.tolist() == [1, 2]
    assert not y.requires_grad


def test_detach_shares_memory_and_data_can_be_assigned():
    x = leaf([1.0, 2.0])
    x.detach()[0] = 7.0
    assert x.tolist() == [7.0, 2.0]
    x.data = tg.zeros(3)
    assert x.shape == (3,)
    (x * 2).sum().backward()
    assert x.grad.tolist() == [2.0, 2.0, 2.0]


def test_transposed_in_place_without_recording():
    x = leaf([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    y = x * 2
    with tg.no_grad():
        y.t_()
        with pytest.raises(RuntimeError, match="a leaf Variable"):
            x.t_()
    y[0].sum().backward()
    assert x.grad.tolist() == [[2.0, 0.0, 0.0], [2.0, 0.0, 0.0]]
    assert tg.ones(3, 1).expand(3, 4).t_().shape == (4, 3)


def test_overlapping_windows_are_not_changed():
    x = tg.arange(6.0)
    with pytest.raises(RuntimeError, match=r"single memory location"):
        x.unfold(0, 3, 1).add_(1)
    x.unfold(0, 3, 3).add_(1)
    assert x.tolist() == [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]


def test_a_retained_gradient_is_the_new_value_s():
    x = leaf([1.0, 2.0])
    y, z = x * 1, x * 1
    y.retain_grad()
    z.retain_grad()
    y.mul_(3)
    z[0].mul_(3)
    ((y + z) * 2).sum().backward()
    assert y.grad.tolist() == [2.0, 2.0]
    assert z.grad.tolist() == [2.0, 2.0]


def test_a_copy_has_a_gradient_of_its_own():
    y, z = tg.zeros(2, dtype=tg.float64), leaf([1.0, 2.0]) * 2
    y.copy_(z)
    grads = tg.autograd.grad(y.sum() + 3 * z.sum(), [y, z])
    assert [g.tolist() for g in grads] == [[1.0, 1.0], [4.0, 4.0]]


# Views of a base that is not in the order of its indices, and what is done to them.
BASES = {
    "transposed": lambda m, x: (x * 1).view(2, 3, 4).transpose(1, 2).clone(),
    "permuted": lambda m, x: (x * 1).view(2, 3, 4).permute(2, 0, 1) * 2,
    "exp": lambda m, x: (x * 0.1).view(4, 6).t().exp() * 1,
}
CHANGES = {
    "flat": lambda m, y: y.permute(*INNER[y.dim()]).reshape(-1)[3:9].mul_(3),
    "view": lambda m, y: y.permute(*INNER[y.dim()]).reshape(-1).view(4, 6)[1].zero_(),
    "set": lambda m, y: _set(
        y.permute(*INNER[y.dim()]).reshape(-1),
        [1, 5, 7],
        m.arange(3.0, dtype=m.float64) * (y.detach() * 2).sum(),
    ),
}
INNER = {2: (1, 0), 3: (1, 2, 0)}


def _set(x, index, value):
    x[index] = value


@pytest.mark.torch
@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("base", BASES)
def test_views_of_a_base_in_another_order(base, change):
    import torch

    found = []
    for m in (torch, tg):
        x = m.arange(24.0, dtype=m.float64).requires_grad_()
        y = BASES[base](m, x)
        CHANGES[change](m, y)
        loss = (y**2 * m.arange(float(y.numel()), dtype=m.float64).view(y.shape)).sum()
        (first,) = m.autograd.grad(loss, x, create_graph=True)
        (second,) = m.autograd.grad((first**2).sum(), x)
        found.append([t.detach().numpy() for t in (y, first, second)])
    for theirs, ours in zip(*found, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-9)


def test_what_is_looked_at_under_create_graph_alone_is_checked_there():
    w = leaf([0.5, -2.0, 3.0])
    changed = w * 1
    loss = tg.nn.functional.cross_entropy(changed, tg.tensor(1))
    changed.zero_()
    with pytest.raises(RuntimeError, match="modified by an inplace operation.*'input'"):
        tg.autograd.grad(loss, w, create_graph=True)
    assert tg.autograd.grad(loss, w)[0].any()
