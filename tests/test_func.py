"""torch.func: derivatives against formulas, nested ones and those for trees of tensors; vmap."""

from collections import defaultdict, namedtuple

import numpy as np
import pytest

import tinygrad_np as tg
from tinygrad_np import func, nn

X = np.array([0.5, -1.0, 2.0])


def test_derivatives_are_those_of_the_formulas():
    x = tg.tensor(X)
    np.testing.assert_allclose(func.grad(lambda x: (x**3).sum())(x).numpy(), 3 * X**2)
    np.testing.assert_allclose(func.jacrev(lambda x: x.sin())(x).numpy(), np.diag(np.cos(X)))
    np.testing.assert_allclose(func.hessian(lambda x: (x**3).sum())(x).numpy(), np.diag(6 * X))
    third = func.grad(func.grad(func.grad(lambda x: x**4)))
    assert third(tg.tensor(2.0)).item() == pytest.approx(48.0)
    _, back = func.vjp(lambda x: x * x, x)
    np.testing.assert_allclose(back(tg.ones(3, dtype=tg.float64))[0].numpy(), 2 * X)
    _, forth = func.jvp(lambda x: x * x, (x,), (tg.ones(3, dtype=tg.float64),))
    np.testing.assert_allclose(forth.numpy(), 2 * X)


def test_results_are_on_the_tape_only_for_what_is_captured():
    x, w = tg.tensor(X), tg.tensor(X, requires_grad=True)
    assert not func.grad(lambda x: (x * x).sum())(x).requires_grad
    gradient = func.grad(lambda x: (w * w * x).sum())(x)
    gradient.sum().backward()
    np.testing.assert_allclose(w.grad.numpy(), 2 * X)
    assert x.grad is None
    func.grad(lambda x: (x**3).sum())(w).sum().backward()
    np.testing.assert_allclose(w.grad.numpy(), 2 * X + 6 * X)


def test_trees_and_several_arguments():
    tree = {"a": tg.tensor(X), "b": [tg.tensor(2.0, dtype=tg.float64)]}
    found = func.grad(lambda t, y: (t["a"] * t["b"][0] * y).sum())(tree, 3.0)
    np.testing.assert_allclose(found["a"].numpy(), np.full(3, 6.0))
    assert found["b"][0].item() == pytest.approx(3 * X.sum())
    one, two = func.grad(lambda x, y: (x * y).sum(), argnums=(0, 1))(tg.tensor(X), tg.tensor(2 * X))
    np.testing.assert_allclose(one.numpy(), 2 * X)
    np.testing.assert_allclose(two.numpy(), X)
    gradient, aux = func.grad(lambda x: (x.sum(), "aux"), has_aux=True)(tg.tensor(X))
    assert (gradient.tolist(), aux) == ([1.0, 1.0, 1.0], "aux")


def test_what_comes_beside_the_results():
    def pair(x):
        return x**2, {"seen": 2 * x}

    x = tg.tensor(X)
    for found in (func.jacrev(pair, has_aux=True)(x), func.jacfwd(pair, has_aux=True)(x)):
        np.testing.assert_allclose(found[0].numpy(), np.diag(2 * X))
        np.testing.assert_allclose(found[1]["seen"].numpy(), 2 * X)
        assert not found[1]["seen"].requires_grad
    out, along, aux = func.jvp(pair, (x,), (tg.ones_like(x),), has_aux=True)
    np.testing.assert_allclose(out.numpy(), X**2)
    np.testing.assert_allclose(along.numpy(), 2 * X)
    np.testing.assert_allclose(aux["seen"].numpy(), 2 * X)
    assert not aux["seen"].requires_grad


def test_directions_in_dicts():
    params = {"w": tg.tensor(X), "b": [tg.tensor(2.0, dtype=tg.float64)]}
    along = {"w": tg.tensor(2 * X), "b": [tg.tensor(5.0, dtype=tg.float64)]}
    out, slope = func.jvp(lambda p: {"y": p["w"] * p["b"][0]}, (params,), (along,))
    np.testing.assert_allclose(out["y"].numpy(), 2 * X)
    np.testing.assert_allclose(slope["y"].numpy(), 2 * X * 2 + X * 5)


def test_an_ensemble_in_one_call():
    models = [nn.Linear(3, 2) for _ in range(4)]
    params, buffers = func.stack_module_state(models)
    assert buffers == {}
    assert params["weight"].is_leaf
    assert params["weight"].requires_grad
    x = tg.randn(5, 3)
    out = func.vmap(lambda p: func.functional_call(models[0], p, x))(params)
    for mine, model in zip(out, models, strict=True):
        np.testing.assert_allclose(mine.detach().numpy(), model(x).detach().numpy(), rtol=1e-6)
    with pytest.raises(RuntimeError, match="same class"):
        func.stack_module_state([models[0], nn.ReLU()])
    with pytest.raises(RuntimeError, match="at least one"):
        func.stack_module_state([])


def test_gradients_of_each_example():
    layer = nn.Linear(3, 1, dtype=tg.float64)
    own = {name: p.detach() for name, p in layer.named_parameters()}
    x, y = tg.randn(5, 3, dtype=tg.float64), tg.randn(5, 1, dtype=tg.float64)

    def loss(params, x, y):
        return ((func.functional_call(layer, params, x) - y) ** 2).sum()

    found = func.vmap(func.grad(loss), in_dims=(None, 0, 0))(own, x, y)
    error = x.numpy() @ own["weight"].numpy().T + own["bias"].numpy() - y.numpy()
    np.testing.assert_allclose(found["weight"].numpy(), 2 * error[:, :, None] * x.numpy()[:, None])
    np.testing.assert_allclose(found["bias"].numpy(), 2 * error)


def test_vmap_takes_and_gives_any_dimension():
    x = np.random.default_rng(0).standard_normal((4, 3, 2))
    out = func.vmap(lambda a, b: (a.sum(0), b), in_dims=(1, None), out_dims=(1, 0))(
        tg.tensor(x), tg.ones(2)
    )
    np.testing.assert_allclose(out[0].numpy(), x.sum(0).T)
    assert out[1].shape == (3, 2)


def test_vmap_shares_arguments_by_name():
    x, y = tg.tensor(X), tg.tensor([1.0, 2.0], dtype=tg.float64)
    out = tg.vmap(lambda x, y: x * y)(x, y=y)
    np.testing.assert_allclose(out.numpy(), np.multiply.outer(X, [1.0, 2.0]))


def test_vmap_takes_and_gives_trees():
    Pair = namedtuple("Pair", "a b")
    given = Pair(tg.tensor(X), defaultdict(list, c=tg.tensor([X, 2 * X])))
    dims = (Pair(0, {"c": 1}), None)
    out = func.vmap(
        lambda p, k: {"sum": p.a + p.b["c"].sum(), "rest": [k, Pair(p.b["c"], p.a)]},
        dims,
        {"sum": 0, "rest": [None, Pair(1, 0)]},
    )(given, "k")
    np.testing.assert_allclose(out["sum"].numpy(), 4 * X)
    assert out["rest"][0] == "k"
    np.testing.assert_allclose(out["rest"][1].a.numpy(), [X, 2 * X])
    np.testing.assert_allclose(out["rest"][1].b.numpy(), X)


def test_vmap_of_no_examples():
    x = tg.zeros(0, 2, requires_grad=True)
    w = tg.ones(2, requires_grad=True)
    out = func.vmap(lambda x: {"dot": (x * w).sum(), "same": x, "off": x > 0})(x)
    assert [(k, v.shape, v.dtype) for k, v in out.items()] == [
        ("dot", (0,), tg.float32), ("same", (0, 2), tg.float32), ("off", (0, 2), tg.bool)
    ]  # fmt: skip
    out["dot"].sum().backward()
    assert w.grad.tolist() == [0, 0]
    assert x.grad.shape == (0, 2)
    assert func.vmap(lambda x: ~x, 1, 1)(tg.zeros(2, 0, dtype=tg.bool)).shape == (2, 0)


def test_random_numbers_of_examples():
    own = tg.Generator().manual_seed(3)

    def draw(x):
        tg.rand(())
        return x + tg.rand(2), x + tg.randn(1, generator=own)

    x = tg.zeros(3, 1)
    for given in ("error", None):
        with pytest.raises(RuntimeError, match="randomness"):
            func.vmap(draw, randomness=given)(x)
    different = func.vmap(draw, randomness="different")(x)
    assert len({*different[0].flatten().tolist(), *different[1].flatten().tolist()}) == 9
    tg.manual_seed(0)
    own.manual_seed(3)
    same = func.vmap(draw, randomness="same")(x)
    after = tg.rand(2)
    tg.manual_seed(0)
    own.manual_seed(3)
    one = draw(x[0])
    for mine, want in zip(same, one, strict=True):
        assert mine.tolist() == [want.tolist()] * 3
    assert after.tolist() == tg.rand(2).tolist()
    assert tg.rand(1).shape == (1,)  # outside it is free again
    twice = func.vmap(func.vmap(draw, randomness="different"), randomness="same")(tg.zeros(2, 3, 1))
    assert twice[0][0].tolist() == twice[0][1].tolist()
    assert len(set(twice[0][0].flatten().tolist())) == 6
    with pytest.raises(RuntimeError, match="randomness"):
        func.vmap(func.vmap(draw, randomness="different"))(tg.zeros(2, 3, 1))


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda v, t: v(t.add)(t.ones(3), t.ones(4)), "same size"),
        (lambda v, t: v(t.add, in_dims=(0,))(t.ones(3), t.ones(3)), "in_dims is not compatible"),
        (lambda v, t: v(t.mul)(t.ones(3), 2.0), "Got in_dim=0"),
        (lambda v, t: v(t.sin, in_dims=(0.0,))(t.ones(3)), "Got in_dim=0.0"),
        (lambda v, t: v(t.sin, in_dims=[0])(t.ones(3)), "in_dims"),
        (lambda v, t: v(t.sin, in_dims=1)(t.ones(3)), "dimensionality 1"),
        (lambda v, t: v(t.sin, in_dims=(None,))(t.ones(3)), "at least one Tensor"),
        (lambda v, t: v(lambda x: x)(x=t.ones(3)), "no inputs"),
        (lambda v, t: v(lambda d: d["a"], in_dims=({"b": 0},))({"a": t.ones(3)}), "in_dims"),
        (lambda v, t: v(lambda d: d[0], in_dims=((0,),))([t.ones(3)]), "in_dims"),
        (lambda v, t: v(lambda x: 2.0)(t.ones(3)), "must only return Tensors"),
        (lambda v, t: v(lambda x: (x, None))(t.ones(3)), "must only return Tensors"),
        (lambda v, t: v(t.sin, out_dims=None)(t.arange(3.0)), "out_dim is None"),
        (lambda v, t: v(t.sin, out_dims=(0, 0))(t.ones(3)), "out_dims is not compatible"),
        (lambda v, t: v(t.sin, out_dims="a")(t.ones(3)), "out_dims"),
        (lambda v, t: v(t.sin, chunk_size=0)(t.ones(3)), "chunk_size"),
    ],
)
@pytest.mark.parametrize("where", ["here", pytest.param("torch", marks=pytest.mark.torch)])
def test_vmap_says_what_does_not_fit(where, call, match):
    if where == "torch":
        torch = pytest.importorskip("torch")
        vmap = torch.vmap
    else:
        torch, vmap = tg, func.vmap
    with pytest.raises(ValueError, match=match):
        call(vmap, torch)


def test_only_numbers_have_a_gradient():
    with pytest.raises(RuntimeError, match=r"0-d tensor.*\[3\]"):
        func.grad(lambda x: x)(tg.ones(3))


def test_functional_call_gives_the_module_its_own_back():
    model = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2))
    own = list(model.parameters())
    zeros = {"0.weight": tg.zeros(2, 2), "0.bias": tg.ones(2)}
    with pytest.raises(RuntimeError, match=r"missing .*1\.weight"):
        func.functional_call(model, zeros, (tg.ones(3, 2),), strict=True)
    model.eval()
    out = func.functional_call(model, zeros, (tg.ones(3, 2),))
    np.testing.assert_allclose(out.detach().numpy(), 1 / np.sqrt(1 + 1e-5) * np.ones((3, 2)))
    with pytest.raises(RuntimeError):
        func.functional_call(model, zeros, (tg.ones(3, 5),))
    assert all(a is b for a, b in zip(own, model.parameters(), strict=True))
    with pytest.raises(ValueError, match="multiple"):
        func.functional_call(model, [zeros, zeros], (tg.ones(3, 2),))


def test_functional_call_replaces_shared_weights_under_all_names():
    one = nn.Linear(2, 2, bias=False)
    model = nn.Sequential(one, one)
    out = func.functional_call(model, {"0.weight": 2 * tg.eye(2)}, tg.ones(1, 2))
    assert out.tolist() == [[4.0, 4.0]]


def test_jvp_is_on_the_tape():
    x = tg.tensor([0.5, -1.0, 2.0], dtype=tg.float64)
    ones = tg.ones(3, dtype=tg.float64)

    def slope(x):
        return tg.func.jvp(tg.sin, (x,), (ones,))[1]

    value, along = tg.func.jvp(slope, (x,), (ones,))
    np.testing.assert_allclose(value.numpy(), np.cos(x.numpy()))
    np.testing.assert_allclose(along.numpy(), -np.sin(x.numpy()))
    assert not value.requires_grad
    assert not along.requires_grad
    found = tg.func.grad(lambda x: (slope(x) ** 2).sum())(x)
    np.testing.assert_allclose(found.numpy(), -2 * np.cos(x.numpy()) * np.sin(x.numpy()))
    weight = tg.tensor(3.0, dtype=tg.float64, requires_grad=True)
    value, along = tg.func.jvp(lambda x: weight * x**2, (x,), (ones,))
    (along**2).sum().backward()  # of (2 w x)^2
    np.testing.assert_allclose(weight.grad.item(), (8 * 3 * x.numpy() ** 2).sum())
    with tg.no_grad():
        assert not tg.func.jvp(lambda x: weight * x, (x,), (ones,))[1].requires_grad
