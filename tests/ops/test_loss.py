"""Losses: kinks, limits, weights, dtypes, errors."""

import numpy as np
import pytest

import tinygrad_np as tg
from tests.ops.twins import same, same_error
from tinygrad_np.nn import functional as F

INF = float("inf")
random = np.random.default_rng(0)
X, Y = random.standard_normal((2, 3, 4))
P, Q = random.random((2, 3, 4))
SIDES = np.sign(Y).astype(np.int64)

# name: a call on an input (3, 4) that can be checked for shapes
PAIRS = {
    "mse_loss": (X, Y),
    "l1_loss": (X, Y),
    "smooth_l1_loss": (X, Y),
    "huber_loss": (X, Y),
    "kl_div": (X, P),
    "poisson_nll_loss": (X, P),
    "binary_cross_entropy": (P, Q),
    "binary_cross_entropy_with_logits": (X, Q),
    "hinge_embedding_loss": (X, SIDES),
    "soft_margin_loss": (X, SIDES),
    "multilabel_soft_margin_loss": (X, Q),
}
every = pytest.mark.parametrize("name", PAIRS)


def call(lib, name, *args, **params):
    return getattr(lib.nn.functional, name)(*args, **params)


# --- shapes ---


@every
@pytest.mark.parametrize("wrong", [(12,), (1, 4), (3, 1), (3, 4, 1), ()])
def test_shapes_that_would_broadcast_are_errors(name, wrong):
    x, target = PAIRS[name]
    target = np.resize(target, wrong)
    kind = (
        RuntimeError
        if wrong in [(12,), (3, 4, 1)] and not name.startswith("binary")
        else ValueError
    )
    with pytest.raises(kind, match=r"\[3, 4\]") as raised:
        call(tg, name, tg.tensor(x), tg.tensor(target))
    assert str(list(wrong)) in str(raised.value)
    assert ".squeeze()" in str(raised.value)


@pytest.mark.parametrize("name", ["mse_loss", "l1_loss", "huber_loss"])
def test_weights_of_another_shape_are_errors(name):
    with pytest.raises(ValueError, match=r"weight.*\[3, 4\].*\[4\]"):
        call(tg, name, tg.tensor(X), tg.tensor(Y), weight=tg.ones(4, dtype=tg.float64))


# --- reductions and dtypes ---


@every
def test_reductions(name):
    x, target = map(tg.tensor, PAIRS[name])
    each = call(tg, name, x, target, reduction="none")
    assert tg.allclose(call(tg, name, x, target), each.mean())
    assert tg.allclose(call(tg, name, x, target, reduction="sum"), each.sum())
    with pytest.raises(ValueError, match=r"avg.*'mean' or 'sum'"):
        call(tg, name, x, target, reduction="avg")


@every
def test_float32_stays_float32(name):
    x, target = map(tg.tensor, PAIRS[name])
    x = x.float().requires_grad_()
    target = target.float() if target.is_floating_point() else target
    loss = call(tg, name, x, target)
    assert loss.dtype is tg.float32
    loss.backward()
    assert x.grad.dtype is tg.float32


@pytest.mark.torch
@pytest.mark.parametrize("name", ["mse_loss", "l1_loss", "smooth_l1_loss"])
def test_mixed_dtypes(name):
    same(lambda lib, x, y: call(lib, name, x, y), X, Y.astype(np.float32))


@pytest.mark.torch
@every
def test_empty(name):
    x, target = PAIRS[name]
    for reduction in ("mean", "sum", "none"):
        same(
            lambda lib, x, y, r=reduction: call(lib, name, x, y.detach(), reduction=r),
            x[:0],
            target[:0],
        )


@pytest.mark.torch
@pytest.mark.parametrize("flags", [{"size_average": False}, {"reduce": False}, {"reduce": True}])
def test_the_old_reduction_flags(flags):
    for name in ("mse_loss", "kl_div", "binary_cross_entropy"):
        same(lambda lib, x, y, name=name: call(lib, name, x, y, **flags), P, Q)


def test_mean_square_error_keeps_layout():
    x = tg.randn(2, 4, 5, 3).permute(0, 3, 1, 2)
    assert F.mse_loss(x, x * 2, reduction="none")._array.strides == x._array.strides
    assert F.mse_loss(x, x * 2).item() == pytest.approx(np.mean(x.numpy() ** 2), rel=1e-5)


# --- kinks and limits ---


@pytest.mark.torch
@pytest.mark.parametrize(
    ("name", "params"),
    [
        ("l1_loss", {}),
        ("mse_loss", {}),
        ("smooth_l1_loss", {"beta": 1.0}),
        ("smooth_l1_loss", {"beta": 0.0}),
        ("huber_loss", {"delta": 1.0}),
        ("huber_loss", {"delta": 0.5}),
    ],
)
def test_kinks_of_errors(name, params):
    errors = np.array([-2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0, INF, np.nan])
    same(lambda lib, x: call(lib, name, x, lib.zeros_like(x), **params), errors)


@pytest.mark.torch
def test_kinks_of_margins():
    edge = np.array([-1.0, 0.0, 1.0, 2.0])
    for side in (1, -1):
        same(
            lambda lib, x, side=side: call(
                lib, "hinge_embedding_loss", x, lib.full_like(x, side).detach()
            ),
            edge,
        )
        same(
            lambda lib, x, side=side: call(
                lib, "margin_ranking_loss", x, 0 * x.detach(), lib.full_like(x, side), margin=1.0
            ),
            edge,
        )


def test_binary_cross_entropy_at_0_and_1():
    p = tg.tensor([0.0, 1.0, 0.0, 1.0], requires_grad=True)
    loss = F.binary_cross_entropy(p, tg.tensor([0.0, 1.0, 1.0, 0.0]), reduction="none")
    assert loss.tolist() == [0.0, 0.0, 100.0, 100.0]
    loss.sum().backward()
    np.testing.assert_allclose(p.grad.numpy(), [0.0, 0.0, -1e12, 1e12])  # PyTorch's too


@pytest.mark.torch
def test_logits_far_out():
    x = np.array([1000.0, -1000.0, INF, -INF, INF, -INF, np.nan])
    target = np.array([0.0, 1.0, 1.0, 0.0, 0.0, 1.0, 0.0])
    for some in (slice(2), slice(None)):  # PyTorch's gradients at infinity are nan
        same(
            lambda lib, x, t, exact=some.stop: call(
                lib,
                "binary_cross_entropy_with_logits",
                x if exact else x.detach(),
                t.detach(),
                reduction="none",
            ),
            x[some],
            target[some],
        )


def test_soft_margin_loss_far_out():  # where PyTorch's overflows
    loss = F.soft_margin_loss(tg.tensor([1000.0, -1000.0]), tg.tensor([-1, -1]), reduction="none")
    assert loss.tolist() == [1000.0, 0.0]


@pytest.mark.torch
def test_poisson_of_few_events():
    counts = np.array([0.0, 0.5, 1.0, 1.5, 30.0])
    for log_input in (True, False):
        same(
            lambda lib, x, log_input=log_input: call(
                lib, "poisson_nll_loss", x, lib.tensor(counts), log_input, full=True
            ),
            np.array([0.1, 0.2, 0.3, 0.4, 0.5]),
        )


@pytest.mark.torch
def test_small_variances_are_raised_but_have_gradients():
    var = np.array([0.0, 1e-9, 0.5])
    name = "gaussian_nll_loss"
    same(lambda lib, x, v: call(lib, name, x, x.detach() + 1, v), var + 1, var)
    same(lambda lib, x: call(lib, name, x, x.detach() + 1, 0.5, full=True), var)


# --- errors ---


@pytest.mark.torch
def test_errors():
    def program(name, **params):
        return lambda lib, x, y: call(lib, name, x, y.detach(), **params)

    same_error(program("huber_loss", delta=0.0), X, Y, says=["delta", "0.0"])
    same_error(program("smooth_l1_loss", beta=-1.0), X, Y, says=["beta", "-1.0"])
    same_error(
        program("binary_cross_entropy"), P + 1, Q, says=["input", "between 0 and 1", "[3, 4]"]
    )
    same_error(program("binary_cross_entropy"), P, Q - 1, says=["target", "between 0 and 1"])
    same_error(program("binary_cross_entropy"), P * np.nan, Q, says=["between 0 and 1", "nan"])
    same_error(program("binary_cross_entropy"), P, Q.astype(np.float32), says=["float32"])
    same_error(program("binary_cross_entropy_with_logits"), X, SIDES, says=["int64", ".float()"])


@pytest.mark.torch
def test_errors_of_weights():
    def program(lib, x, y, w):
        return call(lib, "binary_cross_entropy_with_logits", x, y, pos_weight=w.detach())

    same_error(program, X, Q, np.ones(3), says=["[3]", "[3, 4]"])
    same_error(program, X, Q, np.ones((2, 3, 4)), says=["[2, 3, 4]", "[3, 4]"])


@pytest.mark.torch
def test_errors_of_gaussian_nll_loss():
    def program(lib, x, y, v):
        return call(lib, "gaussian_nll_loss", x, y, v)

    same_error(program, X, Y, -P, says=["negative"])
    same_error(program, X, Y, np.ones((1, 1)), says=["[3, 4]", "[1, 1]"])
    same_error(program, X, Y, np.ones(4), says=["[3, 4]", "[4]"])


def test_a_target_of_another_rank_is_an_error_for_gaussian_nll_loss():
    with pytest.raises(ValueError, match=r"input \[3, 1\], target \[3\] and var \[3, 1\]"):
        F.gaussian_nll_loss(tg.ones(3, 1), tg.ones(3), tg.ones(3, 1))
    F.gaussian_nll_loss(tg.ones(3, 2), tg.ones(3, 1), tg.ones(3, 2))


# --- margins ---


@pytest.mark.torch
@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("p", [1, 2])
def test_multi_margin_loss(reduction, p):
    params = {"reduction": reduction, "p": p, "margin": 0.7}
    labels = np.array([0, 3, 1])
    same(lambda lib, x, t: call(lib, "multi_margin_loss", x, t, **params), X, labels)
    same(
        lambda lib, x, t, w: call(lib, "multi_margin_loss", x, t, weight=w.detach(), **params),
        X,
        labels,
        np.array([1.0, 2.0, 3.0, 4.0]),
    )
    same(lambda lib, x, t: call(lib, "multi_margin_loss", x, t, **params), X[0], np.array(2))


@pytest.mark.torch
def test_kinks_of_multi_margin_losses():
    x = np.array([[1.0, 0.0, 2.0], [0.0, 0.0, 0.0]])
    same(lambda lib, x, t: call(lib, "multi_margin_loss", x, t), x, np.array([0, 1]))
    lists = np.array([[0, 2, -1], [-1, 0, 1]])
    same(lambda lib, x, t: call(lib, "multilabel_margin_loss", x, t), x, lists)


@pytest.mark.torch
@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_multilabel_margin_loss(reduction):
    def program(lib, x, t):
        return call(lib, "multilabel_margin_loss", x, t, reduction=reduction)

    same(program, X, np.array([[0, 2, -1, 1], [3, 3, -1, -1], [0, 1, 2, 3]]))
    same(program, X[0], np.array([1, 0, -1, -1]))


@pytest.mark.torch
def test_errors_of_margins():
    def program(name, **params):
        return lambda lib, x, t: call(lib, name, x, t, **params)

    one, several = program("multi_margin_loss"), program("multilabel_margin_loss")
    same_error(program("multi_margin_loss", p=3), X, np.zeros(3, int), says=["p == 1", "3"])
    same_error(one, X, np.zeros(2, int), says=["[3, 4]", "[2]"])
    same_error(one, X[None], np.zeros(3, int), says=["[1, 3, 4]"])
    same_error(one, X, np.zeros(3, np.int32), says=["int32", ".long()"])
    same_error(several, X, np.zeros(3, int), says=["[3, 4]", "[3]"])
    for call_, target in ((one, np.array([0, 4, 1])), (several, np.full((3, 4), 4))):
        with pytest.raises(IndexError, match=r"Target 4.*0 to 3.*\[3, 4\]"):
            call_(tg, tg.tensor(X), tg.tensor(target))


# --- distances ---


@pytest.mark.torch
def test_distances_of_equal_vectors():
    same(lambda lib, a: lib.pairwise_distance(a, a.detach()), X)
    same(lambda lib, a, b: lib.cosine_similarity(a, b), X, 0 * X)
    same(lambda lib, a, b: lib.cosine_similarity(a, b, dim=-1, eps=10.0), X, Y)


@pytest.mark.torch
def test_targets_of_cosine_embedding_loss():
    for target in (np.array([1, -1, 0]), np.array([1.0, -1.0, 1.0])):
        same(
            lambda lib, a, b, t: call(lib, "cosine_embedding_loss", a, b, t.detach()), X, Y, target
        )
    same(lambda lib, a, b, t: call(lib, "cosine_embedding_loss", a, b, t), X[0], Y[0], np.array(-1))


@pytest.mark.torch
def test_errors_of_distances():
    def cosine(lib, a, b, t):
        return call(lib, "cosine_embedding_loss", a, b, t)

    same_error(cosine, X, Y, np.array([1, -1]), says=["[3, 4]", "[2]"])
    same_error(cosine, X, Y, np.array(1), says=["[3, 4]", "[]"])
    same_error(cosine, X, Y[0], np.array([1, 1, 1]), says=["[3, 4]", "[4]"])

    def ranking(lib, a, b, t):
        return call(lib, "margin_ranking_loss", a, b, t)

    same_error(ranking, X[0], Y[0], Y[:1].T, says=["[4]", "[4, 1]", "squeeze"])

    def triplet(lib, a, b, c, margin=1.0):
        return call(lib, "triplet_margin_loss", a, b, c, margin=margin)

    same_error(triplet, X, Y, Y[0], says=["[3, 4]", "[4]"])
    same_error(lambda lib, a, b: triplet(lib, a, b, b, 0.0), X, Y, says=["0.0"])


def test_a_distance_of_ones_own():
    def squared(a, b):
        return ((a - b) ** 2).sum(-1)

    a, b, c = tg.tensor([[0.0]]), tg.tensor([[2.0]]), tg.tensor([[1.0]])
    loss = F.triplet_margin_with_distance_loss(a, b, c, distance_function=squared, margin=0.5)
    assert loss.item() == 3.5
    swapped = F.triplet_margin_loss(a, b, c, eps=0.0, swap=True)
    assert swapped.item() == 2.0
