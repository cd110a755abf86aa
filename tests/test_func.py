"""torch.func: derivatives against formulas, nested ones and those for trees of tensors."""

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


def jacobians(func, args, argnums=0):
    """By both walks: jacrev's, and jacfwd's, which has the results' dtypes."""
    return tg.func.jacrev(func, argnums)(*args), tg.func.jacfwd(func, argnums)(*args)


def test_jacobians_of_trees():
    x, y = tg.tensor(X), tg.tensor([[2.0, 3.0]], dtype=tg.float64)
    for found in jacobians(
        lambda d: {"a": d["x"] ** 2, "b": [d["y"][0].sum()]}, [{"x": x, "y": [y]}]
    ):
        np.testing.assert_allclose(found["a"]["x"].numpy(), np.diag(2 * X))
        np.testing.assert_allclose(found["a"]["y"][0].numpy(), np.zeros((3, 1, 2)))
        np.testing.assert_allclose(found["b"][0]["x"].numpy(), np.zeros(3))
        np.testing.assert_allclose(found["b"][0]["y"][0].numpy(), np.ones((1, 2)))
    for found in jacobians(lambda x, y: (x * y[0, 0], y), [x, y], (1, 0)):
        np.testing.assert_allclose(found[0][0].numpy(), np.stack([X, 0 * X], -1)[:, None])
        np.testing.assert_allclose(found[0][1].numpy(), 2 * np.eye(3))
        np.testing.assert_allclose(found[1][0].numpy(), np.eye(2).reshape(1, 2, 1, 2))
        np.testing.assert_allclose(found[1][1].numpy(), np.zeros((1, 2, 3)))


def test_hessians_of_trees():
    x, y = tg.tensor(X), tg.tensor(2 * X)
    found = func.hessian(lambda x, y: (x**2 * y).sum(), (0, 1))(x, y)
    want = [[4 * X, 2 * X], [2 * X, 0 * X]]
    for row, rows in zip(found, want, strict=True):
        for block, diagonal in zip(row, rows, strict=True):
            np.testing.assert_allclose(block.numpy(), np.diag(diagonal))
    named = func.hessian(lambda d: (d["x"] ** 2 * d["y"]).sum())({"x": x, "y": y})
    np.testing.assert_allclose(named["x"]["y"].numpy(), np.diag(2 * X))
    assert func.hessian(lambda x: (x**2).sum())(tg.ones(0)).shape == (0, 0)


def test_jacobians_of_nothing():
    for found in jacobians(lambda x: x[:0], [tg.ones(3)]):
        assert found.shape == (0, 3)
    for found in jacobians(lambda x: x.sum(1), [tg.ones(2, 0)]):
        assert found.shape == (2, 2, 0)


def test_dtypes_of_jacobians():
    x = tg.tensor(X)
    back, forth = jacobians(lambda x: (x.float(), tg.ones(2)), [x])
    assert [b.dtype for b in back] == [tg.float64] * 2
    assert [b.dtype for b in forth] == [tg.float32] * 2
    twice, most = func.jacfwd(lambda x: (2 * x, x.argmax()))(x)
    np.testing.assert_allclose(twice.numpy(), 2 * np.eye(3))
    assert (most.tolist(), most.dtype) == ([0, 0, 0], tg.int64)
    _, (slope, none) = func.jvp(lambda x: (2 * x, x > 0), (x,), (x,))
    np.testing.assert_allclose(slope.numpy(), 2 * X)
    assert (none.tolist(), none.dtype) == ([False] * 3, tg.bool)


def test_linear_maps():
    x = tg.tensor(X)
    calls = []

    def both(d, y):
        calls.append(1)
        return {"s": d["x"].sin() * y[0]}

    result, along = func.linearize(both, {"x": x}, [x])
    np.testing.assert_allclose(result["s"].numpy(), np.sin(X) * X)
    for scale in (1.0, -2.0):
        slope = along({"x": scale * tg.ones_like(x)}, [0 * x])
        np.testing.assert_allclose(slope["s"].numpy(), scale * np.cos(X) * X)
    assert calls == [1]
    _, back = func.vjp(both, {"x": x}, [x])
    cotangent = tg.tensor([1.0, 2.0, 3.0], dtype=tg.float64)
    first, second = back({"s": cotangent})
    np.testing.assert_allclose(first["x"].numpy(), [1, 2, 3] * np.cos(X) * X)
    np.testing.assert_allclose(second[0].numpy(), [1, 2, 3] * np.sin(X))
    (nothing,) = func.vjp(lambda x: tg.ones(2), x)[1](tg.ones(2))
    assert nothing.tolist() == [0, 0, 0]


def test_nothing_is_recorded_under_no_grad():
    w, x = tg.tensor(X, requires_grad=True), tg.tensor(X)
    with tg.no_grad():
        results = [
            *func.grad_and_value(lambda x: (w * x * x).sum())(x),
            func.vjp(lambda x: w * x * x, x)[1](x)[0],
            *func.jvp(lambda x: w * x * x, (x,), (x,)),
            func.jacrev(lambda x: w * x * x)(x),
            func.jacfwd(lambda x: w * x * x)(x),
            func.hessian(lambda x: (w * x * x).sum())(x),
        ]
    assert not any(r.requires_grad for r in results)
    np.testing.assert_allclose(results[0].numpy(), 2 * X * X)
    inner = func.grad(lambda x: tg.no_grad()(func.grad(lambda y: (y**3).sum()))(x).sum())
    assert inner(x).tolist() == [0, 0, 0]  # constant there, as whatever no_grad computes


def _cross(f, x):
    return f.vjp(lambda x: (x * x, x.sum()), x)[1]


@pytest.mark.parametrize(
    ("call", "error", "match"),
    [
        (lambda f, x: f.grad(lambda x: x.sum() * 0)(3.0), ValueError, "must be Tensor"),
        (lambda f, x: f.grad(lambda d: d["a"].sum())({"a": x, "b": 2}), ValueError, "be Tensor"),
        (lambda f, x: f.jacrev(lambda x: x)(3.0), ValueError, "must be Tensor"),
        (lambda f, x: f.vjp(lambda x: x, 3.0), ValueError, "must be Tensor"),
        (lambda f, x: f.grad(lambda x: x.sum(), argnums=(0, 0))(x), RuntimeError, "unique"),
        (lambda f, x: f.jacfwd(lambda x: x, argnums=(0, -1))(x), RuntimeError, "unique"),
        (lambda f, x: f.grad(lambda x: x.sum(), argnums=())(x), RuntimeError, "non-empty"),
        (lambda f, x: f.jacrev(lambda x: x, argnums=5)(x), RuntimeError, "argnum=5"),
        (lambda f, x: f.grad(lambda x: x.sum())(x=x), RuntimeError, "only 0 positional"),
        (lambda f, x: f.grad(lambda x: x.sum(), argnums=[0])(x), RuntimeError, "argnums"),
        (lambda f, x: f.grad(lambda x: x.sum(), has_aux=True)(x), RuntimeError, "output, aux"),
        (lambda f, x: f.jvp(lambda x: [x, 1], (x,), (x,), has_aux=True), RuntimeError, "aux"),
        (lambda f, x: f.grad(lambda x: 1.0)(x), RuntimeError, "float"),
        (lambda f, x: f.vjp(lambda x: (x, 1), x), RuntimeError, "only tensors"),
        (lambda f, x: f.vjp(lambda x: x.argmax(), x), RuntimeError, "floating-point"),
        (lambda f, x: f.jacrev(lambda x: x > 0)(x), RuntimeError, "floating-point"),
        (lambda f, x: f.jacrev(lambda x: x * 1j)(x), RuntimeError, "real"),
        (lambda f, x: f.jacrev(lambda x: x, chunk_size=0)(x), ValueError, "chunk_size"),
        (lambda f, x: _cross(f, x)(x, x.sum()), RuntimeError, "structure|gradient"),
        (lambda f, x: _cross(f, x)([x, x.sum()]), RuntimeError, "structure"),
        (lambda f, x: _cross(f, x)(x), RuntimeError, "structure"),
        (lambda f, x: f.vjp(lambda x: {"a": x}, x)[1]({"b": x}), RuntimeError, "structure"),
        (lambda f, x: f.vjp(lambda x: x, x)[1](x[:2]), RuntimeError, "shape"),
        (lambda f, x: f.jvp(lambda x: x, [x], [x]), RuntimeError, "tuple"),
        (lambda f, x: f.jvp(lambda x: x, (3.0,), (1.0,)), RuntimeError, "primals"),
        (lambda f, x: f.jvp(lambda d: d["a"], ({"a": x},), ({"b": x},)), RuntimeError, "structure"),
        (lambda f, x: f.jvp(lambda x: x, (x,), (1.0,)), RuntimeError, "tangent"),
        (lambda f, x: f.jvp(lambda x: x, (x,), (x[:2],)), RuntimeError, "size|shape"),
        (lambda f, x: f.jvp(lambda x: 2.0, (x,), (x,)), RuntimeError, "only tensors"),
        (lambda f, x: f.jvp(lambda x: x, (x,), (x,))[2], IndexError, "range"),
        (
            lambda f, x: f.jvp(lambda y: x, (x,), (x,), strict=True),
            RuntimeError,
            "independent.*strict=True",
        ),
        (lambda f, x: f.linearize(lambda x: x, x)[1](x, x), RuntimeError, "tangents"),
    ],
)
@pytest.mark.filterwarnings("ignore")  # what torch says of itself
@pytest.mark.parametrize("where", ["here", pytest.param("torch", marks=pytest.mark.torch)])
def test_what_does_not_fit_is_said(where, call, error, match):
    if where == "torch":
        torch = pytest.importorskip("torch")
        f, x = torch.func, torch.tensor(X)
    else:
        f, x = func, tg.tensor(X)
    with pytest.raises(error, match=match):
        call(f, x)


def test_random_numbers_in_jacfwd():
    def noisy(x):
        return x * tg.rand(3)

    with pytest.raises(RuntimeError, match="randomness"):
        func.jacfwd(noisy)(tg.ones(3))
    assert func.jacfwd(noisy, randomness="same")(tg.ones(3)).shape == (3, 3)


@pytest.mark.parametrize("package", ["tinygrad_np", pytest.param("torch", marks=pytest.mark.torch)])
def test_tied_weights(package):
    torch = pytest.importorskip(package)
    model = torch.nn.Sequential(torch.nn.Linear(2, 2, False), torch.nn.Linear(2, 2, False))
    model[1].weight = model[0].weight
    w, x = torch.full((2, 2), 2.0), torch.ones(1, 2)
    call = torch.func.functional_call
    assert call(model, {"1.weight": w}, (x,), strict=True).tolist() == [[16.0, 16.0]]
    assert call(model, {"0.weight": w, "1.weight": w}, (x,)).tolist() == [[16.0, 16.0]]
    with pytest.raises(ValueError, match="multiple values for keys"):
        call(model, {"0.weight": w, "1.weight": w * 1}, (x,))
