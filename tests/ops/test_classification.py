"""cross_entropy and nll_loss: extreme values, ignored labels, dtypes, errors."""

import numpy as np
import pytest

import tinygrad_np as tg
from tests.ops.twins import same, same_error
from tinygrad_np.nn import functional as F
from tinygrad_np.ops import classification

INF = float("inf")
X = np.random.default_rng(0).standard_normal((3, 4))
IMAGES = np.random.default_rng(1).standard_normal((2, 3, 4, 5))
LABELS = np.array([0, 3, 1])


@pytest.mark.torch
@pytest.mark.parametrize(
    "row", [[INF, 0.0], [-INF, 0.0], [-INF, -INF], [1e300, 0.0], [np.nan, 0.0]], ids=str
)
@pytest.mark.parametrize("label", [0, 1])
def test_extreme_scores(row, label):
    same(lambda lib, x: _cross_entropy(lib, x, lib.tensor([label])), np.array([row]))


def _cross_entropy(lib, *args, **params):
    return lib.nn.functional.cross_entropy(*args, **params)


@pytest.mark.parametrize("function", [F.cross_entropy, F.nll_loss])
@pytest.mark.parametrize("create_graph", [False, True])
def test_ignored_labels_get_0_of_an_infinite_gradient(function, create_graph):
    x = tg.tensor(X, requires_grad=True)
    losses = function(x, tg.tensor([0, -100, 1]), reduction="none")
    (grad,) = tg.autograd.grad(
        losses, x, tg.tensor([1, INF, 1]).double(), create_graph=create_graph
    )
    assert grad[1].tolist() == [0.0] * 4
    assert bool((grad[::2] != 0).any(1).all())


@pytest.mark.torch
@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("label_smoothing", [0.0, 0.2])
def test_all_labels_ignored(reduction, label_smoothing):
    params = {"reduction": reduction, "label_smoothing": label_smoothing}
    same(lambda lib, x, t: _cross_entropy(lib, x, t, **params).detach(), X, np.full(3, -100))


@pytest.mark.parametrize("weight", [[INF, 1, 2, 1], [np.nan, 1, 2, 1], [1, 1, 2, INF]])
@pytest.mark.parametrize("function", [F.cross_entropy, F.nll_loss])
def test_ignored_labels_have_no_weight(function, weight):
    """As of a padding class that never occurs, in weights of 1 / count."""
    grads = []
    ignored = int(np.flatnonzero(~np.isfinite(weight))[0])
    for w in (weight, np.nan_to_num(weight, nan=7, posinf=7)):
        x = tg.tensor(X, requires_grad=True)
        target, w = tg.tensor([ignored, 1, 2]), tg.tensor(w, dtype=tg.float64)
        loss = function(x, target, w, ignore_index=ignored)
        loss.backward()
        grads.append([loss.item(), x.grad.tolist()])
    assert grads[0] == grads[1]


def test_the_gradient_of_a_loss_in_float32_is_computed_in_float32():
    out, aux = classification._cross_entropy.forward(
        X.astype(np.float32), LABELS, ignore_index=-100, reduction="mean"
    )
    assert out.dtype == (aux[0] * aux[-1]).dtype == np.float32


def test_the_gradient_of_ignored_labels_is_0():
    x = tg.tensor(X, requires_grad=True)
    F.cross_entropy(x, tg.tensor([-100, -100, -100])).backward()
    assert x.grad.tolist() == np.zeros((3, 4)).tolist()


@pytest.mark.parametrize("label_smoothing", [0.0, 0.2])
def test_ignored_rows_may_be_infinite(label_smoothing):
    x = tg.tensor([[-INF, 0.0], [0.0, 0.0]], requires_grad=True)
    target = tg.tensor([255, 0])
    loss = F.cross_entropy(x, target, ignore_index=255, label_smoothing=label_smoothing)
    loss.backward()
    assert loss.item() == pytest.approx(np.log(2))
    assert x.grad[0].tolist() == [0.0, 0.0]
    assert F.nll_loss(x, tg.tensor([-100, 1]), reduction="sum").item() == 0


@pytest.mark.torch
@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_empty_batch(reduction):
    labels = np.zeros(0, np.int64)
    same(lambda lib, x, t: _cross_entropy(lib, x, t, reduction=reduction), X[:0], labels)


@pytest.mark.torch
def test_bytes_as_labels():
    same(lambda lib, x, t: _cross_entropy(lib, x, t), X, LABELS.astype(np.uint8))
    same(
        lambda lib, x, t: _cross_entropy(lib, x, t, ignore_index=255),
        X,
        np.array([0, 255, 1], np.uint8),
    )


@pytest.mark.torch
@pytest.mark.parametrize("reduction", ["mean", "none"])
def test_one_label_without_a_batch(reduction):
    for loss in ("cross_entropy", "nll_loss", "multi_margin_loss"):
        for label in (np.array(2), np.array([2])):
            same(
                lambda lib, x, t, loss=loss: getattr(lib.nn.functional, loss)(
                    x.detach(), t, reduction=reduction
                ),
                X[0],
                label,
            )


@pytest.mark.torch
def test_the_old_reduction_flags():
    for flags in ({"size_average": False}, {"reduce": False}, {"size_average": True}):
        same(lambda lib, x, t, flags=flags: _cross_entropy(lib, x, t, **flags), X, LABELS)


def test_the_old_reduction_flags_warn():
    with pytest.warns(UserWarning, match="reduction='sum'"):
        F.cross_entropy(tg.tensor(X), tg.tensor(LABELS), size_average=False)


@pytest.mark.torch
def test_probabilities_of_another_dtype():
    target = np.abs(X).astype(np.float32)
    same(lambda lib, x, t: _cross_entropy(lib, x, t), X, target)


def test_float32_stays_float32():
    x = tg.tensor(X, dtype=tg.float32, requires_grad=True)
    weight = tg.ones(4)
    for params in ({}, {"weight": weight}, {"label_smoothing": 0.1}, {"reduction": "none"}):
        loss = F.cross_entropy(x, tg.tensor(LABELS), **params)
        assert loss.dtype is tg.float32
        loss.sum().backward()
        assert x.grad.dtype is tg.float32


def test_third_gradients():
    x = tg.tensor(X[:2], requires_grad=True)
    labels = tg.tensor(LABELS[:2])

    def slope(x):
        (first,) = tg.autograd.grad(F.cross_entropy(x, labels), x, create_graph=True)
        return first * first

    assert tg.autograd.gradgradcheck(slope, x)


def test_scores_may_change_unless_the_walk_is_recorded():
    x = tg.tensor(X, requires_grad=True)
    (want,) = tg.autograd.grad(F.cross_entropy(x, tg.tensor(LABELS)), x)
    y = x * 1
    loss = F.cross_entropy(y, tg.tensor(LABELS))
    y.mul_(2)
    (got,) = tg.autograd.grad(loss, x, retain_graph=True)
    assert tg.equal(got, want)
    with pytest.raises(RuntimeError, match="inplace"):
        tg.autograd.grad(loss, x, create_graph=True)


@pytest.mark.parametrize("name", ["cross_entropy", "nll_loss", "multi_margin_loss"])
def test_labels_may_change(name):
    x, labels = tg.tensor(X, requires_grad=True), tg.tensor(LABELS)
    (want,) = tg.autograd.grad(getattr(F, name)(x, labels), x)
    loss = getattr(F, name)(x, labels)
    labels.zero_()
    loss.backward()
    assert tg.equal(x.grad, want)


ERRORS = [
    (X, np.array([0, 4, 1]), {}, ["Target 4 is out of bounds", "0 to 3", "[3, 4]", "[3]"]),
    (X, np.array([0, -1, 1]), {}, ["Target -1 is out of bounds", "[3, 4]"]),
    (X, np.array([0, -100, 1]), {"ignore_index": 3}, ["-100", "ignore_index=3"]),
    (X, np.array([0, 255, 1], np.uint8), {}, ["255"]),
    (X, np.array([0, 1]), {}, ["(3)", "(2)", "[3, 4]", "[2]"]),
    (X, LABELS[:, None], {}, ["[3, 4]", "[3, 1]", "squeeze"]),
    (X, LABELS.astype(np.int32), {}, ["int32", ".long()"]),
    (X, LABELS.astype(np.float32), {}, ["float32", ".long()"]),
    (X, LABELS > 0, {}, ["bool", ".long()"]),
    (X, np.ones((3, 4), np.int64), {}, ["floating point", "int64", "[3, 4]"]),
    (X, np.ones((3, 5)), {}, ["[3, 4]", "[3, 5]"]),
    (X, np.ones((3, 4)), {"ignore_index": 1}, ["ignore_index"]),
    (X.astype(np.int64), LABELS, {}, ["int64", ".float()"]),
    (X, LABELS, {"label_smoothing": 1.5}, ["1.5"]),
    (X, LABELS, {"reduction": "avg"}, ["avg", "mean"]),
    (IMAGES, np.zeros((2, 5, 4), np.int64), {}, ["[2, 3, 4, 5]", "[2, 5, 4]", "[2, 4, 5]"]),
    (IMAGES, np.zeros((2, 4), np.int64), {}, ["[2, 3, 4, 5]", "[2, 4]"]),
    (IMAGES, np.full((2, 4, 5), 3), {}, ["Target 3"]),
    (X[:, :0], LABELS, {}, ["Target 0"]),
]


@pytest.mark.torch
@pytest.mark.parametrize(("x", "target", "params", "says"), ERRORS)
def test_errors(x, target, params, says):
    if x.dtype.kind == "i":  # a NotImplementedError there
        with pytest.raises(RuntimeError) as raised:
            _cross_entropy(tg, tg.tensor(x), tg.tensor(target), **params)
        assert all(word in str(raised.value) for word in says)
        return
    same_error(lambda lib, x, t: _cross_entropy(lib, x, t, **params), x, target, says=says)


@pytest.mark.torch
@pytest.mark.parametrize("name", ["cross_entropy", "nll_loss"])
def test_errors_of_weights(name):
    def program(lib, x, t, w):
        return getattr(lib.nn.functional, name)(x, t, w.detach())

    same_error(program, X, LABELS, np.ones(3), says=["all 4 classes", "[3]"])
    same_error(program, X, LABELS, np.ones(4, np.float32), says=["float64", "float32"])
    same_error(
        lambda lib, x, t, w: getattr(lib.nn.functional, name)(x, t, w),
        X,
        LABELS,
        np.ones(4),
        says=["weight", "detach()"],
    )


@pytest.mark.torch
def test_errors_of_nll_loss():
    def program(lib, x, t):
        return lib.nn.functional.nll_loss(x, t)

    same_error(program, X, np.array([0, 4, 1]), says=["Target 4", "[3, 4]"])
    same_error(program, X, X, says=["[3, 4]"])
    same_error(program, np.ones(()), np.array(0), says=["[]"])


def test_a_list_of_labels_is_refused():
    with pytest.raises(TypeError, match="Tensor and list"):
        F.cross_entropy(tg.tensor(X), [0, 1, 2])


@pytest.mark.parametrize("shape", [(1, 4), (3, 4), (2, 3, 4, 5)])
@pytest.mark.parametrize("loss", [F.cross_entropy, F.nll_loss])
def test_one_label_for_a_batch_is_a_value_error(loss, shape):
    wanted = rf"Expected input batch_size \({shape[0]}\) to match target batch_size \(0\)"
    with pytest.raises(ValueError, match=wanted):
        loss(tg.zeros(shape), tg.tensor(1))


@pytest.mark.torch
@pytest.mark.parametrize("reduction", ["none", "sum", "mean"])
@pytest.mark.parametrize("name", ["cross_entropy", "nll_loss"])
def test_a_weight_of_zero_times_inf_as_in_torch(name, reduction):
    import torch

    found = []
    for lib in (tg, torch):
        loss = getattr(lib.nn.functional, name)
        x = lib.tensor([[-np.inf, 1.0], [3.0, 2.0], [1.0, 2.0]], requires_grad=True)
        weight = lib.tensor([0.0, 1.0])
        for labels, slope in ([0, 1, -100], np.inf), ([0, -100, 0], 1.0):
            y = loss(x, lib.tensor(labels), weight, reduction=reduction)
            y.backward(lib.full(y.shape, slope))
            found.append((y.detach().numpy(), x.grad.numpy()))
            x.grad = None
    for i in range(2):
        for ours, theirs in zip(found[i], found[i + 2], strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=1e-6)
