"""Transforms and constraints: by their own laws, and against PyTorch."""

import numpy as np
import pytest

import tinygrad_np as tg
from tests.distributions.test_agreement import close
from tinygrad_np import distributions as D

ALL = {
    "exp": (lambda D, T: D.ExpTransform(), (2, 3)),
    "power": (lambda D, T: D.PowerTransform(T.tensor([0.5, 2.0, -1.0])), (2, 3)),
    "sigmoid": (lambda D, T: D.SigmoidTransform(), (2, 3)),
    "softplus": (lambda D, T: D.SoftplusTransform(), (2, 3)),
    "tanh": (lambda D, T: D.TanhTransform(), (2, 3)),
    "abs": (lambda D, T: D.AbsTransform(), (2, 3)),
    "affine": (lambda D, T: D.AffineTransform(1.0, T.tensor([2.0, -3.0, 1.0])), (2, 3)),
    "affine vectors": (lambda D, T: D.AffineTransform(T.ones(3), -2.0, event_dim=1), (2, 3)),
    "softmax": (lambda D, T: D.SoftmaxTransform(), (2, 3)),
    "sticks": (lambda D, T: D.StickBreakingTransform(), (2, 3)),
    "cholesky": (lambda D, T: D.LowerCholeskyTransform(), (2, 3, 3)),
    "definite": (lambda D, T: D.PositiveDefiniteTransform(), (2, 3, 3)),
    "correlations": (lambda D, T: D.CorrCholeskyTransform(), (2, 6)),
    "normal": (
        lambda D, T: D.CumulativeDistributionTransform(D.Normal(T.tensor(0.5), 2.0)),
        (2, 3),
    ),
    "reshape": (lambda D, T: D.ReshapeTransform((6,), (3, 2)), (2, 6)),
    "independent": (lambda D, T: D.IndependentTransform(D.ExpTransform(), 1), (2, 3)),
    "cat": (
        lambda D, T: D.CatTransform([D.ExpTransform(), D.TanhTransform()], -1, [1, 2]),
        (2, 3),
    ),
    "stack": (lambda D, T: D.StackTransform([D.ExpTransform(), D.TanhTransform()], 0), (2, 3)),
    "composed": (
        lambda D, T: D.ComposeTransform(
            [D.AffineTransform(0.5, 2.0), D.StickBreakingTransform(), D.SigmoidTransform()]
        ),
        (2, 3),
    ),
    "nothing": (lambda D, T: D.ComposeTransform([]), (2, 3)),
    "inverse": (lambda D, T: D.ExpTransform().inv, (2, 3)),
}


def said(t, shape):
    """Its properties, or the errors that they raise."""
    found = []
    for ask in (
        lambda: t.bijective,
        lambda: t.sign.tolist() if hasattr(t.sign, "tolist") else t.sign,
        lambda: t.event_dim,
        lambda: (t.domain.event_dim, type(t.domain).__name__),
        lambda: (t.codomain.event_dim, type(t.codomain).__name__),
        lambda: tuple(t.forward_shape(shape)),
        lambda: tuple(t.inverse_shape(t.forward_shape(shape))),
        lambda: t.inv.inv == t,
        lambda: t == t.with_cache(),
        lambda: repr(t),
        lambda: repr(t.inv),
    ):
        try:
            found.append(ask())
        except (NotImplementedError, ValueError) as error:
            found.append(type(error))
    return found


@pytest.mark.torch
@pytest.mark.parametrize("name", ALL)
def test_agrees(name):
    torch = pytest.importorskip("torch")
    make, shape = ALL[name]
    x = np.random.default_rng(0).uniform(0.1, 1.5, shape)
    results = []
    for T in (tg, torch):
        t = make(T.distributions, T)
        given = T.tensor(x.tolist(), dtype=T.float64, requires_grad=True)
        y = t(given)
        found = [y, t.inv(y), *T.autograd.grad((y * y).sum(), given, retain_graph=True)]
        try:
            slope = t.log_abs_det_jacobian(given, y)
            found.append(slope)
            if slope.requires_grad:
                found += T.autograd.grad((slope * slope).sum(), given)
        except NotImplementedError:
            found.append(None)
        results.append((said(t, shape), found))
    assert results[0][0] == results[1][0]
    for ours, theirs in zip(*(found for _, found in results), strict=True):
        if theirs is None:
            assert ours is None
        else:
            close(ours, theirs)


@pytest.mark.parametrize("name", [n for n in ALL if n not in ("abs", "softmax")])
def test_slopes_are_those_of_the_jacobian(name):
    make, shape = ALL[name]
    if name in ("cholesky", "definite", "correlations", "sticks", "composed", "reshape", "stack"):
        pytest.skip("the Jacobian is not square, or there is no slope")
    t = make(D, tg)
    x = tg.tensor(np.random.default_rng(1).uniform(0.2, 1.5, shape[1:]))
    matrix = tg.autograd.functional.jacobian(t, x)
    want = np.linalg.slogdet(matrix.numpy())[1]
    assert t.log_abs_det_jacobian(x, t(x)).sum().item() == pytest.approx(want)


def test_a_base_is_broadcast_with_the_transforms():
    """Each element has a draw of its own."""
    t = D.AffineTransform(tg.tensor([1.0, 2.0]), tg.tensor([2.0, 3.0]))
    d = D.TransformedDistribution(D.Normal(0.0, 1.0), t)
    assert d.batch_shape == (2,)
    tg.manual_seed(0)
    drawn = ((d.sample((500,)) - tg.tensor([1.0, 2.0])) / tg.tensor([2.0, 3.0])).numpy()
    assert abs(np.corrcoef(drawn.T)[0, 1]) < 0.2
    d = D.TransformedDistribution(
        D.Normal(0.0, 1.0).expand((3,)), D.AffineTransform(tg.zeros(2, 3), 1.0, event_dim=1)
    )
    assert (d.batch_shape, d.event_shape, d.base_dist.batch_shape) == ((2,), (3,), (2,))


def test_sigmoids_are_held_within():
    t = D.SigmoidTransform()
    far = tg.tensor([-200.0, 100.0])
    assert tg.isfinite(t.inv(t(far))).all()
    assert tg.isfinite(t.inv(tg.tensor([0.0, 1.0]))).all()
    flat = D.TransformedDistribution(D.Uniform(0.0, 1.0), t.inv)
    assert tg.isfinite(flat.log_prob(far)).all()


def test_equality():
    affine = D.AffineTransform
    assert affine(0.0, tg.ones(2)) == affine(0.0, tg.ones(2))
    assert affine(0.0, 1.0) != affine(0.0, 2.0)
    assert D.ExpTransform() == D.ExpTransform()
    assert D.ExpTransform() != D.TanhTransform()
    assert D.ExpTransform().inv == D.ExpTransform().inv
    assert D.ComposeTransform([D.ExpTransform()]) != D.ComposeTransform([])
    assert D.CorrCholeskyTransform() != D.CorrCholeskyTransform()  # as PyTorch's


def test_the_cache():
    x, y = tg.ones(2), tg.zeros(2)
    for t in (D.TanhTransform(cache_size=1), D.TanhTransform().with_cache()):
        assert t.inv(t(x)) is x
        assert t(t.inv(y)) is y
    t = D.ComposeTransform([D.TanhTransform(), D.ExpTransform()], cache_size=1)
    assert t.inv(t(x)) is x


def test_what_is_refused():
    with pytest.raises(ValueError, match="different numbers of elements"):
        D.ReshapeTransform((2,), (3,))
    with pytest.raises(ValueError, match="Shape mismatch"):
        D.ReshapeTransform((2,), (1, 2)).forward_shape((3,))
    with pytest.raises(ValueError, match="lower-diagonal"):
        D.CorrCholeskyTransform().forward_shape((4,))
    with pytest.raises(NotImplementedError, match="Cannot transform"):
        D.biject_to(D.constraints.positive_definite)
    with pytest.raises(TypeError, match="Constraint subclass or instance"):
        D.transform_to.register(3, lambda c: None)
    with pytest.raises(ValueError, match="at least 1"):
        D.TransformedDistribution(D.Normal(0.0, 1.0), D.SoftmaxTransform())


def constraints_of(c):
    return {
        "real": c.real, "real_vector": c.real_vector, "positive": c.positive,
        "nonnegative": c.nonnegative, "greater_than": c.greater_than(2.0),
        "less_than": c.less_than(-1.0), "unit_interval": c.unit_interval,
        "interval": c.interval(-1.0, 3.0), "half_open_interval": c.half_open_interval(1.0, 2.0),
        "simplex": c.simplex, "lower_cholesky": c.lower_cholesky,
        "corr_cholesky": c.corr_cholesky, "positive_definite": c.positive_definite,
        "positive_semidefinite": c.positive_semidefinite,
        "cat": c.cat([c.positive, c.real], -1, [1, 2]),
        "stack": c.stack([c.positive, c.unit_interval, c.real], -1),
        "independent": c.independent(c.positive, 1), "boolean": c.boolean,
        "integer_interval": c.integer_interval(0, 3), "multinomial": c.multinomial(4),
        "one_hot": c.one_hot, "square": c.square, "symmetric": c.symmetric,
        "lower_triangular": c.lower_triangular, "positive_integer": c.positive_integer,
        "mixture": c.MixtureSameFamilyConstraint(c.independent(c.positive, 1)),
    }  # fmt: skip


@pytest.mark.torch
@pytest.mark.parametrize("name", constraints_of(D.constraints))
def test_constraints_agree(name):
    torch = pytest.importorskip("torch")
    rng, found = np.random.default_rng(0), []
    square = rng.normal(size=(3, 3))
    values = [
        rng.normal(size=(2, 3)), rng.integers(-1, 3, (2, 3)), np.eye(3), square, square + square.T,
        square @ square.T, np.tril(square), abs(np.tril(square)) + 0.1, np.full((2, 3), 1 / 3),
        np.zeros((3, 3)), np.ones((2, 3)), np.tile(np.eye(3), (2, 1, 1)),
    ]  # fmt: skip
    for T in (tg, torch):
        c = constraints_of(T.distributions.constraints)[name]
        checked = []
        for value in values:
            try:
                checked.append(c.check(T.tensor(value.tolist(), dtype=T.float64)).tolist())
            except Exception:
                checked.append("error")
        shown = repr(c) if name != "mixture" else type(c).__name__
        found.append([shown, c.is_discrete, c.event_dim, checked])
        for registry in (T.distributions.transform_to, T.distributions.biject_to):
            try:
                t = registry(c)
            except NotImplementedError:
                found[-1].append("none")
                continue
            x = T.tensor(np.linspace(-1, 1, 9).reshape(3, 3).tolist(), dtype=T.float64)
            y = t(x)
            assert c.check(y).all()
            found[-1] += [repr(t), np.round(y.numpy(), 6).tolist()]
    for ours, theirs, value in zip(found[0][3], found[1][3], values, strict=True):
        assert ours == theirs or theirs == "error", value
    del found[0][3], found[1][3]
    assert found[0] == found[1]


def test_constraints_that_depend():
    c = D.constraints
    assert c.is_dependent(D.Uniform.support)
    assert not c.is_dependent(D.Uniform(0.0, 1.0).support)
    assert c.dependent(event_dim=2).event_dim == 2
    with pytest.raises(ValueError, match="dependent"):
        c.dependent.check(tg.ones(2))

    class Own(D.Distribution):
        @c.dependent_property(is_discrete=True, event_dim=0)
        def support(self):
            return c.integer_interval(0, 3)

    assert Own.support.is_discrete
    assert Own().support.check(tg.tensor([3.0, 4.0])).tolist() == [True, False]


def test_constraints_of_ones_own_derive_from_ours():
    class Softplus(type(D.constraints.lower_cholesky)):
        pass

    mine = Softplus()
    assert mine.event_dim == 2
    assert mine.check(tg.eye(2))
    assert not mine.check(-tg.eye(2))
