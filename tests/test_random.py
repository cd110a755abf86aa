# ruff: noqa: B023  (functions are called where they are made)
"""Random numbers: PyTorch's own, from the same seed; generators, their states, their threads."""

import copy
import pickle
import threading

import numpy as np
import pytest

import tinygrad_np as tg

SEEDS = [0, 1, -5, 2**40 + 3]
SIZES = [0, 1, 3, 15, 16, 17, 33, 100, 700]
FLOATS = ["float16", "float32", "float64"]


@pytest.fixture
def both():
    """Both packages' functions, each called after the same seed."""
    import torch

    def call(function, seed=0):
        torch.manual_seed(seed)
        tg.manual_seed(seed)
        return function(tg).numpy(), function(torch).numpy()

    return call


def near(ours, theirs, dtype=None):
    """Equal but for the last bits of a logarithm, sine or cosine."""
    assert (ours.dtype, ours.shape) == (theirs.dtype, theirs.shape)
    step = np.finfo(dtype or ours.dtype).eps
    np.testing.assert_allclose(ours, theirs, rtol=8 * step, atol=8 * step)


def equal(ours, theirs):
    assert (ours.dtype, ours.shape) == (theirs.dtype, theirs.shape)
    np.testing.assert_array_equal(ours, theirs)


def repeated(draw):
    """Draws one after the other, so that what each leaves behind is compared too."""
    return lambda t: t.cat([draw(t, n).flatten().double() for n in (3, 20, 1, 7, 640, 2)])


# --- the same numbers as PyTorch ---


@pytest.mark.torch
@pytest.mark.parametrize("dtype", ["complex64", "complex128"])
def test_complex(both, dtype):
    for n in SIZES[1:]:
        near(*both(lambda t: t.randn(n, dtype=getattr(t, dtype)), n), dtype)
        equal(*both(lambda t: t.rand(n, dtype=getattr(t, dtype)), n))
        near(*both(lambda t: t.empty(n, dtype=getattr(t, dtype)).normal_(1, 2), n), dtype)
        equal(*both(lambda t: t.rand_like(t.zeros(n, dtype=getattr(t, dtype))), n))


def test_the_parts_of_complex_numbers_have_half_the_variance():
    z = tg.randn(4000, dtype=tg.complex64)
    assert abs(z.real.var().item() - 0.5) < 0.05
    assert abs(z.abs().square().mean().item() - 1) < 0.1


@pytest.mark.torch
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("dtype", FLOATS)
def test_uniform(both, dtype, seed):
    equal(*both(repeated(lambda t, n: t.rand(n, dtype=getattr(t, dtype))), seed))
    bounds = (-0.1, 0.3) if dtype == "float32" else (-2.0, 6.0)
    ours, theirs = both(
        repeated(lambda t, n: t.empty(n, dtype=getattr(t, dtype)).uniform_(*bounds)), seed
    )
    if dtype == "float64":
        near(ours, theirs)  # PyTorch multiplies and adds in one rounding where the machine can
    else:
        equal(ours, theirs)


@pytest.mark.torch
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_normal(both, dtype, seed):
    near(*both(repeated(lambda t, n: t.randn(n, dtype=getattr(t, dtype))), seed), dtype)
    for n in SIZES:
        near(*both(lambda t: t.randn(n, dtype=getattr(t, dtype)), seed))
        near(*both(lambda t: t.empty(n, dtype=getattr(t, dtype)).normal_(3.0, 0.5), seed))


@pytest.mark.torch
@pytest.mark.parametrize("dtype", ["int64", "int32", "uint8", "float32", "bool"])
def test_integers(both, dtype):
    for low, high in [(0, 2), (0, 1), (-5, 9), (0, 2**28 - 1), (0, 2**28), (-(2**40), 2**41)]:
        bounds = {"int64": 2**63, "int32": 2**31, "uint8": 256, "float32": 2**24, "bool": 2}[dtype]
        if high > bounds or (low < 0 and dtype in ("uint8", "bool")) or -low > bounds:
            continue
        equal(*both(repeated(lambda t, n: t.randint(low, high, (n,), dtype=getattr(t, dtype)))))
    equal(*both(repeated(lambda t, n: t.empty(n, dtype=getattr(t, dtype)).random_())))


@pytest.mark.torch
def test_all_of_int64(both):
    low, high = -(2**63), 2**63 - 1
    equal(*both(lambda t: t.randint(low, high, (50,))))
    equal(*both(lambda t: t.empty(50, dtype=t.float64).random_()))
    equal(*both(lambda t: t.empty(50, dtype=t.float16).random_()))


@pytest.mark.torch
@pytest.mark.parametrize("seed", SEEDS)
def test_permutations(both, seed):
    equal(*both(repeated(lambda t, n: t.randperm(n)), seed))
    equal(*both(lambda t: t.randperm(5000, dtype=t.int32), seed))


def test_many_uniform_numbers():
    words = np.random.RandomState(5).randint(0, 2**32, 150_000, dtype=np.uint32)
    unit = (words & (2**24 - 1)) * 2.0**-24
    for low, high in ((0.0, 1.0), (-2.0, 3.0)):
        drawn = tg.empty(150_000).uniform_(low, high, generator=tg.Generator().manual_seed(5))
        want = (unit * (high - low) + low).astype(np.float32)
        want[want == high] = low
        np.testing.assert_array_equal(drawn.numpy(), want)


def test_a_coin_of_a_probability_that_is_drawn():
    """Coins are told by 21 bits of 53: here the others decide."""
    words = np.random.RandomState(5).randint(0, 2**32, 12, dtype=np.uint32).tolist()
    drawn = [(a % 2**21 << 32 | b) / 2**53 for a, b in zip(words[::2], words[1::2])]
    for p in [*drawn, *np.nextafter(drawn, 1), *np.nextafter(drawn, 0), 0.0, 1.0]:
        coins = tg.empty(6).bernoulli_(float(p), generator=tg.Generator().manual_seed(5))
        assert coins.tolist() == [u < p for u in drawn]


@pytest.mark.torch
@pytest.mark.parametrize("seed", SEEDS)
def test_coins(both, seed):
    chance = np.random.default_rng(seed % 99).random(640)
    for dtype in ("float32", "float64", "int64", "bool"):
        equal(
            *both(repeated(lambda t, n: t.empty(n, dtype=getattr(t, dtype)).bernoulli_(0.3)), seed)
        )
    for dtype in ("float32", "float64"):
        equal(
            *both(
                repeated(lambda t, n: t.bernoulli(t.tensor(chance[:n], dtype=getattr(t, dtype)))),
                seed,
            )
        )
        p = chance.astype(dtype)
        equal(*both(lambda t: t.zeros(2, 640).bernoulli_(t.from_numpy(p)), seed))
    equal(*both(lambda t: t.bernoulli(t.zeros(40), 0.4), seed))


@pytest.mark.torch
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_other_distributions(both, dtype, seed):
    def fill(method, *args):
        return repeated(lambda t, n: getattr(t.empty(n, dtype=getattr(t, dtype)), method)(*args))

    for method, args in [("exponential_", (2.5,)), ("log_normal_", (1.0, 0.5)),
                         ("log_normal_", ()), ("cauchy_", (1.0, 2.0))]:  # fmt: skip
        ours, theirs = both(fill(method, *args), seed)
        np.testing.assert_allclose(ours, theirs, rtol=1e-6 if dtype == "float32" else 1e-11)
    equal(*both(fill("geometric_", 0.3), seed))
    equal(*both(lambda t: t.empty(40, dtype=t.int64).geometric_(0.3), seed))


@pytest.mark.torch
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_categories(both, dtype, seed):
    weights = np.random.default_rng(seed % 99).random((3, 20)).astype(dtype)
    weights[:, 4] = 0
    for w in (weights, weights[0]):
        for count, replacement in [(1, False), (5, False), (19, False), (1, True), (50, True)]:
            equal(*both(lambda t: t.multinomial(t.from_numpy(w), count, replacement), seed))


@pytest.mark.torch
def test_normal_of_tensors(both):
    mean, std = np.linspace(-1, 1, 20, dtype="f"), np.linspace(0, 2, 20, dtype="f")
    near(*both(lambda t: t.normal(t.from_numpy(mean), t.from_numpy(std))))
    near(*both(lambda t: t.normal(t.from_numpy(mean)[:, None], t.from_numpy(std)[:3])))
    near(*both(lambda t: t.normal(t.from_numpy(mean), 2.0)))
    near(*both(lambda t: t.normal(1.5, t.from_numpy(std))))
    near(*both(lambda t: t.normal(1.5, 0.5, (4, 5))))
    near(*both(lambda t: t.normal(t.from_numpy(mean), t.from_numpy(std).double())))


@pytest.mark.torch
def test_likes(both):
    equal(*both(lambda t: t.rand_like(t.zeros(3, 4, dtype=t.float64))))
    near(*both(lambda t: t.randn_like(t.zeros(3, 7))))
    equal(*both(lambda t: t.randint_like(t.zeros(3, 4), 10)))
    equal(*both(lambda t: t.randint_like(t.zeros(3, 4), 5, 10, dtype=t.int64)))
    equal(*both(lambda t: t.rand_like(t.zeros(3, dtype=t.int64), dtype=t.float32)))


LAYOUTS = {
    "transposed": lambda t, x: x.reshape(4, 5, 6).transpose(0, 1),
    "turned": lambda t, x: x.reshape(4, 5, 6).permute(2, 1, 0),
    "computed from turned": lambda t, x: x.reshape(4, 5, 6).transpose(0, 1) * 0.5,
    "every other": lambda t, x: x.reshape(4, 5, 6)[:, :, ::2],
    "turned, every other": lambda t, x: x.reshape(4, 5, 6)[:, :, ::2].transpose(0, 1),
    "with sizes of 1": lambda t, x: x.reshape(4, 1, 30).permute(2, 1, 0),
    "few": lambda t, x: x[:6].reshape(2, 3).t(),
    "channels last": lambda t, x: x.reshape(2, 5, 4, 3).permute(0, 3, 1, 2),
}


@pytest.mark.torch
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_order_of_the_memory(both, dtype, layout):
    def tensor(t):
        return LAYOUTS[layout](t, t.ones(120, dtype=getattr(t, dtype)))

    near(*both(lambda t: t.nn.functional.dropout(tensor(t), 0.4)))
    near(*both(lambda t: t.nn.functional.alpha_dropout(tensor(t), 0.4, True)))
    near(*both(lambda t: t.nn.functional.feature_alpha_dropout(tensor(t), 0.4, True)))
    near(*both(lambda t: t.nn.functional.gumbel_softmax(tensor(t), dim=1)))
    for name in ("uniform_", "normal_", "trunc_normal_", "xavier_uniform_", "kaiming_normal_"):
        near(*both(lambda t, name=name: getattr(t.nn.init, name)(tensor(t))))
    equal(*both(lambda t: t.rand_like(tensor(t))))
    near(*both(lambda t: t.randn_like(tensor(t))))
    equal(*both(lambda t: t.randint_like(tensor(t), 3, 90)))
    equal(*both(lambda t: t.bernoulli(tensor(t) / 3)))
    near(*both(lambda t: t.normal(tensor(t), 2.0)))
    for method, args in [("uniform_", ()), ("normal_", (1.0, 2.0)), ("random_", (50,)),
                         ("random_", ()), ("bernoulli_", (0.3,)), ("geometric_", (0.3,)),
                         ("exponential_", ()), ("cauchy_", ()), ("log_normal_", ())]:  # fmt: skip
        ours, theirs = both(lambda t: getattr(tensor(t), method)(*args))
        np.testing.assert_allclose(ours, theirs, rtol=1e-5 if dtype == "float32" else 1e-11)
    chance = np.random.default_rng(0).random(120)
    equal(*both(lambda t: tensor(t).bernoulli_(LAYOUTS[layout](t, t.from_numpy(chance)))))


@pytest.mark.torch
@pytest.mark.filterwarnings("ignore:dropout2d:UserWarning")
def test_channels_without_size_are_dropped_in_the_order_of_indices(both):
    equal(*both(lambda t: t.nn.functional.dropout2d(t.ones(40, 30).t(), 0.5)))


@pytest.mark.torch
def test_dropout_after_layers_that_lay_out_memory_their_own_way(both):
    def drop(make):
        def call(t):
            return (t.nn.functional.dropout(make(t).double(), 0.4) != 0).detach()

        equal(*both(call))

    drop(lambda t: t.nn.Conv2d(3, 4, 3)(t.ones(2, 3, 8, 8)))
    drop(lambda t: t.nn.Conv2d(3, 4, 3)(t.ones(2, 3, 8, 8)).sigmoid())
    drop(lambda t: t.nn.Conv1d(3, 4, 3)(t.ones(2, 8, 3).transpose(1, 2)).exp())
    drop(lambda t: t.nn.LSTM(3, 4, batch_first=True)(t.ones(2, 5, 3))[0])
    drop(lambda t: t.nn.MultiheadAttention(4, 2, batch_first=True)(*[t.ones(2, 5, 4)] * 3)[0])
    drop(lambda t: t.nn.Linear(3, 4)(t.ones(2, 5, 3).transpose(0, 1)))


@pytest.mark.torch
def test_half_of_normal_numbers(both):
    for n in (20, 33, 64):
        ours, theirs = both(lambda t: t.randn(n, dtype=t.float16))
        np.testing.assert_allclose(ours, theirs, rtol=2e-3, atol=1e-3)


@pytest.mark.torch
@pytest.mark.parametrize("draws", [0, 1, 5, 623, 624, 700])
def test_states_go_to_pytorch_and_back(draws):
    import torch

    generator, other = tg.Generator().manual_seed(draws), torch.Generator()
    tg.rand(draws, generator=generator)
    tg.randn(3, generator=generator)
    other.set_state(torch.from_numpy(generator.get_state().numpy()))
    for _ in range(2):
        near(tg.randn(5, generator=generator).numpy(), torch.randn(5, generator=other).numpy())
        equal(tg.rand(700, generator=generator).numpy(), torch.rand(700, generator=other).numpy())
    torch.randn(2, generator=other)
    generator.set_state(other.get_state())
    near(tg.randn(3, generator=generator).numpy(), torch.randn(3, generator=other).numpy())
    assert generator.initial_seed() == other.initial_seed()


# --- distributions, without PyTorch ---


def test_poisson_has_its_mean():
    tg.manual_seed(0)
    rates = tg.tensor([0.0, 0.5, 4.0, 300.0]).repeat(5000, 1)
    drawn = tg.poisson(rates)
    assert drawn.dtype == tg.float32
    np.testing.assert_allclose(drawn.mean(0).numpy(), rates[0].numpy(), rtol=0.05)


def test_draws_have_no_derivative():
    p = tg.tensor([0.3, 0.6], requires_grad=True)
    for draw in (tg.bernoulli, tg.poisson, lambda p: tg.normal(p, p)):
        p.grad = None
        result = draw(p)
        assert result.requires_grad
        result.sum().backward()
        assert p.grad is None or not p.grad.numpy().any()
    assert tg.bernoulli(p).grad_fn.name() == "BernoulliBackward0"
    assert not tg.multinomial(p, 1).requires_grad


# --- generators ---


def test_a_generator_has_numbers_of_its_own():
    a, b = tg.Generator().manual_seed(7), tg.Generator().manual_seed(7)
    first = tg.rand(5, generator=a)
    tg.rand(3)  # from the default generator
    assert tg.equal(first, tg.rand(5, generator=b))
    assert tg.equal(tg.randn(4, generator=a), tg.randn(4, generator=b))
    assert tg.equal(tg.randperm(9, generator=a), tg.randperm(9, generator=b))
    assert tg.equal(tg.randint(9, (4,), generator=a), tg.randint(9, (4,), generator=b))
    assert tg.equal(tg.zeros(4).exponential_(generator=a), tg.zeros(4).exponential_(generator=b))


def test_states_are_tensors():
    state = tg.get_rng_state()
    assert (state.dtype, state.shape) == (tg.uint8, (5056,))
    drawn = tg.randn(3), tg.rand(2)
    tg.set_rng_state(state)
    assert tg.equal(drawn[0], tg.randn(3))
    assert tg.equal(drawn[1], tg.rand(2))


def test_copies_go_on_from_the_same_state():
    generator = tg.Generator().manual_seed(3)
    tg.randn(5, generator=generator)  # keeps the second number of a pair
    others = [
        copy.deepcopy(generator),
        pickle.loads(pickle.dumps(generator)),
        generator.clone_state(),
    ]
    want = tg.randn(3, generator=generator)
    for other in others:
        assert other.initial_seed() == 3
        assert tg.equal(tg.randn(3, generator=other), want)


def test_seeds():
    generator = tg.Generator()
    assert generator.initial_seed() == tg.Generator().initial_seed()
    assert generator.manual_seed(-1).initial_seed() == 2**64 - 1
    assert generator.manual_seed(np.int64(5)).initial_seed() == 5
    assert generator.seed() == generator.initial_seed() != tg.Generator().seed()
    assert tg.manual_seed(9) is tg.default_generator
    assert tg.initial_seed() == 9
    assert tg.manual_seed("7").initial_seed() == 7  # as PyTorch
    assert tg.seed() == tg.initial_seed()
    assert generator.device == tg.device("cpu")


def test_wrong_seeds_and_states_change_nothing():
    generator = tg.Generator().manual_seed(4)
    for seed in (1.5, "4", None, True):
        with pytest.raises(RuntimeError, match=type(seed).__name__):
            generator.manual_seed(seed)
    for seed in (2**64, -(2**63) - 1):
        with pytest.raises(ValueError, match=str(seed)):
            generator.manual_seed(seed)
    with pytest.raises(TypeError, match="float32"):
        generator.set_state(tg.zeros(5056))
    with pytest.raises(RuntimeError, match="5056 bytes, got 5"):
        generator.set_state(tg.zeros(5, dtype=tg.uint8))
    with pytest.raises(RuntimeError, match="not the state"):
        generator.set_state(tg.zeros(5056, dtype=tg.uint8))
    with pytest.raises(RuntimeError, match="cuda"):
        tg.Generator("cuda")
    with pytest.raises(TypeError, match="RandomState"):
        tg.rand(2, generator=np.random.RandomState(0))
    assert tg.equal(
        tg.rand(3, generator=generator), tg.rand(3, generator=tg.Generator().manual_seed(4))
    )


def test_fork_rng_leaves_the_generator_where_it_was():
    tg.manual_seed(1)
    with pytest.raises(ZeroDivisionError), tg.random.fork_rng():
        inside = tg.rand(3)
        raise ZeroDivisionError
    assert tg.equal(inside, tg.rand(3))
    with tg.random.fork_rng(enabled=False):
        inside = tg.rand(3)
    assert not tg.equal(inside, tg.rand(3))


def test_threads_share_a_generator_without_losing_numbers():
    generator = tg.Generator().manual_seed(2)
    want = np.sort(generator.uniform(shape=(4000,)))
    generator.manual_seed(2)
    parts = [[] for _ in range(4)]

    def draw(part):
        for _ in range(100):
            part.append(generator.uniform(shape=(10,)))

    threads = [threading.Thread(target=draw, args=(part,)) for part in parts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    got = np.sort(np.concatenate([a for part in parts for a in part]))
    np.testing.assert_array_equal(got, want)


# --- arguments ---


def test_dtypes_and_options():
    assert tg.rand(2, requires_grad=True).requires_grad
    assert tg.randn((2, 3), dtype=tg.float64, device="cpu").dtype == tg.float64
    assert tg.rand(size=(2,), pin_memory=False).shape == (2,)
    assert tg.randint(2, 5, (3,), dtype=tg.int32).dtype == tg.int32
    assert tg.randint(high=5, size=[3]).shape == (3,)
    assert tg.randint(5, ()).shape == ()
    assert tg.randperm(0).shape == (0,)
    tg.set_default_dtype(tg.float64)
    try:
        assert tg.rand(2).dtype == tg.normal(0, 1, (2,)).dtype == tg.float64
    finally:
        tg.set_default_dtype(tg.float32)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: tg.rand(2, dtype=tg.int64), NotImplementedError, "int64"),
        (lambda: tg.randn(2, dtype=tg.int64), NotImplementedError, "int64"),
        (lambda: tg.rand_like(tg.tensor([1])), NotImplementedError, "int64"),
        (lambda: tg.rand(-1), RuntimeError, "-1"),
        (lambda: tg.rand(), TypeError, "sizes"),
        (lambda: tg.rand(2.0), TypeError, "2.0"),
        (lambda: tg.rand(2, foo=1), TypeError, "foo"),
        (lambda: tg.randint(5, 3, (2,)), RuntimeError, "from_=5, to=3"),
        (lambda: tg.randint(0, (2,)), RuntimeError, "to=0"),
        (lambda: tg.randint(300, (2,), dtype=tg.uint8), RuntimeError, "0 to 299.*uint8"),
        (lambda: tg.randint(2**64, (2,)), RuntimeError, "int64"),
        (lambda: tg.randint(1.5, (2,)), TypeError, "float"),
        (lambda: tg.randint(5, 2), TypeError, "2"),
        (lambda: tg.randint(5), TypeError, "sizes"),
        (lambda: tg.randperm(-1), RuntimeError, "-1"),
        (lambda: tg.normal(0.0, -1.0, (2,)), RuntimeError, "std=-1"),
        (lambda: tg.normal(0.0, 1.0), TypeError, "sizes"),
        (lambda: tg.normal(tg.zeros(2), -tg.ones(2)), RuntimeError, "std >= 0"),
        (lambda: tg.normal(tg.zeros(2), tg.ones(3)), RuntimeError, r"\[2\].*\[3\]"),
        (lambda: tg.normal(tg.zeros(2), 1.0, (2,)), TypeError, "shape"),
        (lambda: tg.normal(tg.tensor([1]), 1.0), NotImplementedError, "int64"),
        (lambda: tg.bernoulli(tg.tensor([1.5])), RuntimeError, "1.5"),
        (lambda: tg.bernoulli(tg.tensor([float("nan")])), RuntimeError, "nan"),
        (lambda: tg.bernoulli(tg.tensor([1])), NotImplementedError, "int64"),
        (lambda: tg.poisson(tg.tensor([-3.0])), RuntimeError, "-3"),
        (lambda: tg.poisson(tg.tensor([3])), NotImplementedError, "int64"),
        (lambda: tg.multinomial(tg.ones(2), 3), RuntimeError, "num_samples=3"),
        (lambda: tg.multinomial(tg.ones(2), 0), RuntimeError, "num_samples=0"),
        (lambda: tg.multinomial(tg.zeros(2), 1), RuntimeError, "sum > 0"),
        (lambda: tg.multinomial(tg.tensor([-1.0, 1]), 1), RuntimeError, "-1"),
        (lambda: tg.multinomial(tg.tensor([1.0, float("inf")]), 1), RuntimeError, "inf"),
        (lambda: tg.multinomial(tg.tensor([1, 1]), 1), RuntimeError, "int64"),
        (lambda: tg.multinomial(tg.ones(2, 2, 2), 1), RuntimeError, r"\[2, 2, 2\]"),
        (lambda: tg.zeros(2).normal_(0, -1), RuntimeError, "std=-1"),
        (lambda: tg.zeros(2).uniform_(2, 1), RuntimeError, "from_=2, to=1"),
        (lambda: tg.zeros(2).uniform_(-float("inf"), 1), RuntimeError, "finite"),
        (lambda: tg.zeros(2).random_(5, 5), RuntimeError, "from_=5, to=5"),
        (lambda: tg.zeros(2).random_(2**25), RuntimeError, "float32"),
        (lambda: tg.zeros(2).bernoulli_(2), RuntimeError, "p in"),
        (lambda: tg.zeros(3).bernoulli_(tg.ones(2)), RuntimeError, r"\[2\].*\[3\]"),
        (lambda: tg.zeros(2).exponential_(0), RuntimeError, "lambd=0"),
        (lambda: tg.zeros(2).cauchy_(0, -1), RuntimeError, "sigma=-1"),
        (lambda: tg.zeros(2).log_normal_(0, -1), RuntimeError, "std=-1"),
        (lambda: tg.zeros(2).geometric_(1), RuntimeError, "p=1"),
        (lambda: tg.tensor([1]).normal_(), NotImplementedError, "int64"),
        (lambda: tg.tensor([1]).uniform_(), NotImplementedError, "int64"),
    ],
)
def test_wrong_arguments(call, error, words):
    state = tg.get_rng_state()
    with pytest.raises(error, match=words):
        call()
    assert tg.equal(state, tg.get_rng_state())


# --- in place ---


def test_in_place_on_the_tape():
    leaf = tg.ones(3, requires_grad=True)
    state = tg.get_rng_state()
    for method in ("normal_", "uniform_", "bernoulli_", "random_", "exponential_"):
        with pytest.raises(RuntimeError, match="leaf Variable"):
            getattr(leaf, method)()
    assert tg.equal(state, tg.get_rng_state())
    with tg.no_grad():
        assert leaf.normal_() is leaf
    x = leaf * 2
    x.uniform_()
    x.sum().backward()
    assert not leaf.grad.numpy().any()  # nothing of the old values is left
    part = tg.zeros(2, 3)
    part[0].random_(1, 5)
    assert part[0].numpy().all()
    assert not part[1].numpy().any()
    with pytest.raises(RuntimeError, match="clone"):
        tg.zeros(1).expand(3).normal_()


def test_in_place_counts_as_a_change():
    x = tg.ones(3, requires_grad=True) * 1
    y = x * x
    x.detach().normal_()
    with pytest.raises(RuntimeError, match="inplace"):
        y.sum().backward()
