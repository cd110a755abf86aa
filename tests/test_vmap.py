"""torch.func.vmap: dimensions, trees, random numbers, and what does not fit."""

from collections import defaultdict, namedtuple

import numpy as np
import pytest

import tinygrad_np as tg
from tinygrad_np import func

X = np.array([0.5, -1.0, 2.0])


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
