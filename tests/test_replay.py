"""`compile(backend="replay")`: steps as programs, which do what the steps do, to the bit."""

import copy
import dataclasses
import gc
import math
import threading
import weakref
from collections import OrderedDict

import pytest

import tinygrad_np as tg
import tinygrad_np.nn.functional as F
from tinygrad_np import nn
from tinygrad_np.tape.refuse import RecordingError


class Recurrent(nn.Module):
    def __init__(self, kind):
        super().__init__()
        self.embed, self.body = nn.Embedding(20, 8), kind(8, 8, batch_first=True)
        self.head = nn.Linear(8, 5)

    def forward(self, x):
        return self.head(self.body(self.embed(x))[0][:, -1])


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(20, 8)
        self.body = nn.TransformerEncoderLayer(8, 2, 16, dropout=0.1, batch_first=True)
        self.head = nn.Linear(8, 5)

    def forward(self, x):
        mask = nn.Transformer.generate_square_subsequent_mask(x.shape[1])
        return self.head(self.body(self.embed(x), src_mask=mask).mean(1))


class Padded(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed, self.body = nn.Embedding(20, 8), nn.MultiheadAttention(8, 2, batch_first=True)
        self.head = nn.Linear(8, 5)

    def forward(self, x):
        h = self.embed(x)
        return self.head(self.body(h, h, h, key_padding_mask=x > 15)[0].mean(1))


class Encoder(Attention):
    def __init__(self):
        super().__init__()
        self.body = nn.TransformerEncoder(self.body, 2)

    def forward(self, x):
        mask = nn.Transformer.generate_square_subsequent_mask(x.shape[1])
        padding = tg.zeros(x.shape).masked_fill(x > 15, -math.inf)
        h = self.body(self.embed(x), mask, src_key_padding_mask=padding)
        return self.head(h.mean(1))


def dense(*between):
    return lambda: nn.Sequential(nn.Linear(6, 8), *copy.deepcopy(between), nn.Linear(8, 5))


def images():
    return nn.Sequential(
        nn.Conv2d(2, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(inplace=True), nn.MaxPool2d(2),
        nn.Conv2d(4, 4, 3, stride=2), nn.ReLU(), nn.AdaptiveAvgPool2d(1),
        nn.Flatten(), nn.Linear(4, 5),
    )  # fmt: skip


MODELS = {
    "relu": (dense(nn.ReLU()), (4, 6)),
    "gelu": (dense(nn.GELU()), (4, 6)),
    "dropout": (dense(nn.Dropout(0.4), nn.AlphaDropout(0.2)), (4, 6)),
    "rrelu": (dense(nn.RReLU()), (4, 6)),
    "batch_norm": (dense(nn.BatchNorm1d(8)), (4, 6)),
    "layer_norm": (dense(nn.LayerNorm(8), nn.GroupNorm(2, 8)), (4, 6)),
    "lazy": (lambda: nn.Sequential(nn.LazyLinear(8), nn.Tanh(), nn.LazyLinear(5)), (4, 6)),
    "conv": (images, (3, 2, 12, 12)),
    "lstm": (lambda: Recurrent(nn.LSTM), (3, 7)),
    "gru": (lambda: Recurrent(nn.GRU), (3, 7)),
    "transformer": (Attention, (3, 7)),
    "encoder": (Encoder, (3, 7)),
    "padded": (Padded, (3, 7)),
}
OPTIMIZERS = {
    "sgd": lambda p: tg.optim.SGD(p, lr=0.1, momentum=0.9, weight_decay=1e-3),
    "adam": lambda p: tg.optim.Adam(p),
    "adamw": lambda p: tg.optim.AdamW(p, amsgrad=True),
    "rmsprop": lambda p: tg.optim.RMSprop(p),
    "adagrad": lambda p: tg.optim.Adagrad(p),
    "muon": lambda p: tg.optim.NAdam(p),
}


def batch_of(shape):
    x = tg.randn(*shape) if len(shape) != 2 or shape[1] == 6 else tg.randint(0, 20, shape)
    return x, tg.randint(0, 5, shape[:1])


def step_of(model, optimizer, loss=F.cross_entropy, after=None):
    def step(x, y):
        value = loss(model(x), y)
        optimizer.zero_grad()
        value.backward()
        if after is not None:
            after(model)
        optimizer.step()
        return value

    return step


def same(a, b):
    return a.numpy(force=True).tobytes() == b.numpy(force=True).tobytes()


def both(build, make=OPTIMIZERS["sgd"], **options):
    """A model with its step, and a copy of both whose step is replayed."""
    tg.manual_seed(0)
    model = build()
    twin = copy.deepcopy(model)
    step = step_of(model, make(model.parameters()), **options)
    replayed = tg.compile(step_of(twin, make(twin.parameters()), **options), backend="replay")
    return model, step, twin, replayed


def follow(model, step, twin, replayed, batches):
    """Both take the same batches and random numbers, and are the same after each."""
    for batch in batches:
        state = tg.get_rng_state()
        loss = step(*batch)
        after = tg.get_rng_state()
        tg.set_rng_state(state)
        assert same(loss, replayed(*batch))
        assert tg.equal(after, tg.get_rng_state())
        for a, b in zip(model.state_dict().values(), twin.state_dict().values(), strict=True):
            assert same(a, b)


@pytest.mark.parametrize("name", MODELS)
def test_models(name):
    build, shape = MODELS[name]
    found = both(build)
    follow(*found, [batch_of(shape) for _ in range(5)])
    assert "def program(x0, x1):" in found[-1].code


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_optimizers(name):
    follow(*both(dense(nn.Tanh()), OPTIMIZERS[name]), [batch_of((4, 6)) for _ in range(5)])


def clipped(model):
    nn.utils.clip_grad_norm_(model.parameters(), 0.01)


def scaled(model):
    for p in model.parameters():
        p.grad.mul_(0.5)
        p.grad.data.clamp_(-0.1, 0.1)


def by_hand(model):
    with tg.no_grad():
        for p in model.parameters():
            p -= 0.1 * p.grad
            p[0] += tg.rand(())


def by_data(model):
    for p in model.parameters():
        p.data.sub_(0.1 * p.grad.data)
        p.data[p.data < -0.5] = 0
        p.grad.data.zero_()


def started_anew(model):
    for init in (nn.init.trunc_normal_, nn.init.kaiming_uniform_, nn.init.xavier_normal_):
        init(model[0].weight)
    model[0].bias.data.uniform_(-1, 1).bernoulli_(0.3)


def frozen(model):
    next(model.parameters()).grad = None


@pytest.mark.parametrize("after", [clipped, scaled, by_hand, by_data, started_anew, frozen])
def test_what_is_done_with_gradients(after):
    follow(*both(dense(nn.ReLU()), after=after), [batch_of((4, 6)) for _ in range(5)])


def penalized(out, y):
    x = tg.rand(4, 5).requires_grad_()
    (slope,) = tg.autograd.grad((x * out).pow(2).sum(), x, create_graph=True)
    return F.cross_entropy(out, y) + (slope.norm(dim=1) - 1).square().mean()


def variational(out, y):
    given = tg.distributions.Normal(out, F.softplus(out) + 0.1)
    prior = tg.distributions.Normal(tg.zeros(5), 1.0)
    return tg.distributions.kl_divergence(given, prior).sum() + given.rsample().square().mean()


LOSSES = {
    "smoothed": lambda out, y: F.cross_entropy(out, y, label_smoothing=0.1, ignore_index=1),
    "picked": lambda out, y: -out.log_softmax(1)[tg.arange(len(y)), y].mean(),
    "gathered": lambda out, y: -out.log_softmax(1).gather(1, y[:, None]).mean(),
    "one_hot": lambda out, y: (out - F.one_hot(y, 5)).square().mean(),
    "noisy": lambda out, y: (out + tg.randn_like(out) * tg.rand(4, 1)).square().mean(),
    "masked": lambda out, y: (out.masked_fill(y[:, None] > 2, 0.0) ** 2).mean(),
    "assigned": lambda out, y: F.cross_entropy(assigned(out), y),
    "largest": lambda out, y: out.max(1)[0].sum() + out.topk(2)[0].sum() + out.sort()[0][0].sum(),
    "detached": lambda out, y: (out - out.detach() * 0.5).square().sum(),
    "gumbel": lambda out, y: F.gumbel_softmax(out, hard=True).mul(out).mean(),
    "repeated": lambda out, y: out.repeat_interleave(2, 0).square().mean(),
    "hinge": lambda out, y: F.hinge_embedding_loss(out, 1 - 2 * F.one_hot(y, 5)),
    "multi_margin": lambda out, y: F.multi_margin_loss(out, y, weight=tg.arange(5.0)),
    "cosine": lambda out, y: F.cosine_embedding_loss(out, out.flip(0), 1 - 2 * (y > 2).long()),
    "poisson": lambda out, y: F.poisson_nll_loss(out, y[:, None].expand(4, 5).float(), full=True),
    "reinforce": lambda out, y: -tg.distributions.Categorical(logits=out).log_prob(y).mean(),
    "variational": variational,
    "uniform": lambda out, y: tg.distributions.Uniform(out - 1, out + 1).rsample().square().mean(),
    "spectrum": lambda out, y: tg.fft.rfft(out).abs().square().mean(),
    "rotated": lambda out, y: (tg.complex(out, out * 2) * tg.polar(out, out)).real.square().mean(),
    "several dtypes": lambda out, y: (out.double() * y[:, None]).mean(),
    "penalty": penalized,
}


def assigned(out):
    new = tg.zeros(4, 5)
    new[:, 1:] = out[:, 1:]
    return new


@pytest.mark.parametrize("name", LOSSES)
def test_losses(name):
    found = both(dense(nn.ReLU()), loss=LOSSES[name])
    follow(*found, [batch_of((4, 6)) for _ in range(5)])


def gan():
    g = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 6))
    d = nn.Sequential(nn.Linear(6, 8), nn.LeakyReLU(0.2), nn.Linear(8, 1))
    both = tg.optim.Adam(g.parameters()), tg.optim.Adam(d.parameters())
    loss = nn.BCEWithLogitsLoss()

    def step(real):
        fake = g(tg.randn(5, 4))
        both[1].zero_grad()
        lost = loss(d(real), tg.ones(5, 1)) + loss(d(fake.detach()), tg.zeros(5, 1))
        lost.backward()
        both[1].step()
        d.requires_grad_(False)
        both[0].zero_grad()
        loss(d(fake), tg.ones(5, 1)).backward()
        both[0].step()
        d.requires_grad_(True)
        return lost.detach()

    return step, lambda i: (tg.randn(5, 6),), [*g.parameters(), *d.parameters()]


def two_walks():
    model = nn.Linear(4, 4)
    optimizer = tg.optim.SGD(model.parameters(), lr=0.1)

    def step(x):
        h = model(x).tanh()
        optimizer.zero_grad(set_to_none=False)
        h.sum().backward(retain_graph=True)
        (h * h).mean().backward()
        optimizer.step()

    return step, lambda i: (tg.randn(3, 4),), list(model.parameters())


def schedule():
    model = nn.Linear(4, 4)
    optimizer = tg.optim.SGD(model.parameters(), lr=0.1)
    scheduler = tg.optim.lr_scheduler.CosineAnnealingLR(optimizer, 5)
    average = tg.optim.swa_utils.AveragedModel(model)

    def step(x):
        optimizer.zero_grad()
        model(x).sum().backward()
        optimizer.step()
        scheduler.step()
        average.update_parameters(model)

    return step, lambda i: (tg.randn(3, 4),), [*model.parameters(), *average.parameters()]


def accumulation():
    model = nn.Linear(4, 4)
    optimizer, total = tg.optim.SGD(model.parameters(), lr=0.1), tg.zeros(())

    def step(x, last):
        nonlocal total
        loss = model(x).square().mean()
        loss.backward()
        total += loss.detach()
        if last:
            optimizer.step()
            optimizer.zero_grad()

    return step, lambda i: (tg.randn(3, 4), i % 3 == 2), [*model.parameters(), total]


def q_learning():
    model = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 2))
    target = copy.deepcopy(model)
    optimizer = tg.optim.Adam(model.parameters())

    def step(state, action, reward, after):
        with tg.no_grad():
            y = reward + 0.9 * target(after).max(1)[0]
        loss = F.smooth_l1_loss(model(state).gather(1, action[:, None])[:, 0], y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        with tg.no_grad():
            for p, q in zip(target.parameters(), model.parameters(), strict=True):
                p.mul_(0.9).add_(q, alpha=0.1)

    def batch(i):
        return tg.randn(5, 4), tg.randint(0, 2, (5,)), tg.randn(5), tg.randn(5, 4)

    return step, batch, [*model.parameters(), *target.parameters()]


@pytest.mark.parametrize("build", [gan, two_walks, schedule, accumulation, q_learning])
def test_whole_steps(build):
    made = []
    for _ in range(2):
        tg.manual_seed(0)
        made.append(build())
    (step, batch, mine), (other, _, theirs) = made
    replayed = tg.compile(other, backend="replay")
    for i in range(9):
        for function in (step, replayed):
            tg.manual_seed(100 + i)
            function(*batch(i))
        assert all(same(a, b) for a, b in zip(mine, theirs, strict=True))


def test_a_method():
    class Fit:
        def __init__(self):
            self.weight = tg.ones(2, requires_grad=True)

        @tg.compile(backend="replay")
        def step(self, x):
            (self.weight * x).sum().backward()
            return self.weight.grad.sum()

    first, second = Fit(), Fit()
    assert [first.step(tg.ones(2)).item() for _ in range(4)] == [2.0, 4.0, 6.0, 8.0]
    assert [second.step(tg.ones(2)).item() for _ in range(4)] == [2.0, 4.0, 6.0, 8.0]


def test_a_recording_is_known_as_compiling():
    seen = []
    step = tg.compile(lambda x: seen.append(tg.compiler.is_compiling()), backend="replay")
    for _ in range(4):
        step(tg.ones(1))
    assert seen == [False, True]
    assert not tg.compiler.is_compiling()


def test_the_scale_of_a_scaler_is_refused():
    weight, scaler = tg.ones(2, requires_grad=True), tg.amp.GradScaler("cpu")
    step = tg.compile(lambda x: scaler.scale((weight * x).sum()).backward(), backend="replay")
    step(tg.ones(2))
    with pytest.raises(RecordingError, match="scale"):
        step(tg.ones(2))


def test_gradients_are_added_up_where_they_are_not_cleared():
    weight = tg.ones(3, requires_grad=True)

    @tg.compile(backend="replay")
    def step(x):
        (x * weight).sum().backward()

    for _ in range(5):
        step(tg.arange(3.0))
    assert weight.grad.tolist() == [0.0, 5.0, 10.0]


def test_other_shapes_are_other_programs():
    found = both(dense(nn.ReLU()))
    follow(*found, [batch_of((n, 6)) for n in (4, 3, 4, 3, 4, 3)])
    assert found[-1].code.count("def program") == 2


def test_training_and_evaluation_are_two_programs():
    model, step, twin, replayed = both(dense(nn.Dropout(0.5), nn.BatchNorm1d(8)))
    for mode in (True, True, True, False, False, True, False):
        model.train(mode)
        twin.train(mode)
        follow(model, step, twin, replayed, [batch_of((4, 6))])
    assert replayed.code.count("def program") == 2


def test_freezing_a_layer_is_noticed():
    model, step, twin, replayed = both(dense(nn.ReLU()))
    for learns in (True, True, True, False, False, True, True):
        model[0].requires_grad_(learns)
        twin[0].requires_grad_(learns)
        follow(model, step, twin, replayed, [batch_of((4, 6))])


def test_values_that_are_loaded_and_rates_that_change_are_seen():
    tg.manual_seed(0)
    model = dense(nn.ReLU())()
    twin, other = copy.deepcopy(model), dense(nn.ReLU())()
    optimizers = [tg.optim.SGD(m.parameters(), lr=0.1) for m in (model, twin)]
    step = step_of(model, optimizers[0])
    replayed = tg.compile(step_of(twin, optimizers[1]), backend="replay")
    for i in range(6):
        if i == 3:
            for m in (model, twin):
                m.load_state_dict(other.state_dict())
        if i == 4:
            for m in (model, twin):
                m[0].weight.data = other[0].weight.data.clone()
        for optimizer in optimizers:
            optimizer.param_groups[0]["lr"] = 0.1 / (i + 1)
        follow(model, step, twin, replayed, [batch_of((4, 6))])


def test_results_keep_their_structure_and_their_values():
    @tg.compile(backend="replay")
    def step(x, *, scale):
        return {"twice": x * scale, "both": (x + 1, [x - 1, None, "name"])}, x

    results = [step(tg.full((2,), float(i)), scale=2) for i in range(4)]
    for i, (found, given) in enumerate(results):
        assert found["twice"].tolist() == [2.0 * i] * 2
        assert found["both"][0].tolist() == [i + 1.0] * 2
        assert found["both"][1][0].tolist() == [i - 1.0] * 2
        assert found["both"][1][1:] == [None, "name"]
        assert given.tolist() == [float(i)] * 2
    assert [step(tg.ones(2), scale=s)[0]["twice"].tolist()[0] for s in (3, 3, 3, 2)] == [3, 3, 3, 2]


def test_evaluation_is_replayed_too():
    model = images().eval()

    @tg.compile(backend="replay")
    @tg.no_grad()
    def predict(x):
        return model(x).argmax(1)

    for _ in range(4):
        x = tg.randn(3, 2, 12, 12)
        assert predict(x).tolist() == model(x).argmax(1).tolist()


def test_results_are_off_the_tape():
    weight = tg.ones(2, requires_grad=True)
    step = tg.compile(lambda x: (x * weight).sum(), backend="replay")
    step(tg.ones(2))
    with pytest.raises(RecordingError, match=r"backward\(\) inside"):
        step(tg.ones(2))


def test_a_program_keeps_no_values():
    found = []
    model = nn.Linear(3, 3)

    @tg.compile(backend="replay")
    def step(x):
        h = model(x)
        found.append(weakref.ref(h))
        h.sum().backward()

    for _ in range(2):
        step(tg.ones(2, 3))
    gc.collect()
    assert all(h() is None for h in found)


def test_one_recording_leaves_other_threads_alone():
    weight = tg.ones(2, requires_grad=True)
    results = []

    def other():
        for _ in range(50):
            results.append(((tg.ones(2) * weight).sum() * 2).item())

    def step(x):
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
        return (x * 2).sum()

    replayed = tg.compile(step, backend="replay")
    replayed(tg.ones(2))
    assert replayed(tg.ones(2)).item() == 4.0
    assert results == [4.0] * 100
    assert "def program(x0):\n    v1 = multiply(x0, 2)" in replayed.code


def test_wrong_use():
    with pytest.raises(TypeError, match="a whole step, not a module"):
        tg.compile(nn.Linear(1, 1), backend="replay")
    step = tg.compile(lambda x: x * 2, backend="replay")
    step(tg.ones(2, requires_grad=True))
    with pytest.raises(RecordingError, match="an argument that requires grad"):
        step(tg.ones(2, requires_grad=True))
    with pytest.raises(TypeError, match="tensors, not arrays"):
        step(tg.ones(2).numpy())


@pytest.mark.parametrize(
    "change",
    [
        lambda h: h.register_hook(lambda g: g * 2),
        lambda h: h.retain_grad(),
    ],
)
def test_hooks_are_refused(change):
    weight = tg.ones(2, requires_grad=True)

    def step(x):
        h = x * weight
        change(h)
        h.sum().backward()

    replayed = tg.compile(step, backend="replay")
    replayed(tg.ones(2))
    with pytest.raises(RecordingError, match="hook"):
        replayed(tg.ones(2))


def test_functions_of_ones_own_are_refused():
    class Double(tg.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, grad):
            return grad * 2

    weight = tg.ones(2, requires_grad=True)
    step = tg.compile(lambda x: Double.apply(x * weight).sum().backward(), backend="replay")
    step(tg.ones(2))
    with pytest.raises(RecordingError):
        step(tg.ones(2))


def test_what_compile_takes():
    assert tg.compiler.list_backends() == ["replay"]

    @tg.compile(backend="replay", fullgraph=True)
    def step(x):
        """Twice."""
        return x * 2

    assert (step.__name__, step.__doc__) == ("step", "Twice.")
    assert tg.compile(abs, backend="replay", disable=True) is abs
    assert tg.compile(abs, backend="inductor") is abs


def test_results_of_other_containers():
    @dataclasses.dataclass
    class Out:
        loss: object

    @tg.compile(backend="replay")
    def step(x):
        return x.max(0), OrderedDict(total=x.sum()), Out(x * 2), x.shape

    for i in range(4):
        largest, named, out, shape = step(tg.arange(3.0) + i)
        assert (largest.values.item(), largest.indices.item()) == (i + 2.0, 2)
        assert (named["total"].item(), out.loss.tolist()) == (
            3.0 + 3 * i,
            [2.0 * i, 2 + 2 * i, 4 + 2 * i],
        )
        assert type(shape) is tg.Size
    step = tg.compile(lambda x: {x.sum()}, backend="replay")
    step(tg.ones(1))
    with pytest.raises(RecordingError, match="type set"):
        step(tg.ones(1))


def test_numbers_are_drawn_though_nobody_wants_them():
    @tg.compile(backend="replay")
    def step(x):
        tg.bernoulli(x)
        tg.multinomial(x, 1)
        return x * tg.rand(3)

    seen = []
    for _ in range(4):
        tg.manual_seed(0)
        seen.append(step(tg.ones(3) / 2).tolist())
    assert seen == [seen[0]] * 4


def test_one_tensor_as_several_arguments():
    step = tg.compile(lambda x, y: (x.mul_(2), x + y)[1], backend="replay")
    for same in (True, True, True, False, False, False, True):
        x = tg.ones(2)
        assert step(x, x if same else tg.ones(2)).tolist() == [4.0 if same else 3.0] * 2


def test_arguments_that_are_dataclasses():
    @dataclasses.dataclass
    class Batch:
        x: object
        scale: float = 2.0

    step = tg.compile(lambda batch: batch.x * batch.scale, backend="replay")
    assert [step(Batch(tg.tensor(float(i)))).item() for i in range(4)] == [0.0, 2.0, 4.0, 6.0]
    assert step.code.count("def program") == 1


def test_leaves_that_the_step_makes():
    @tg.compile(backend="replay")
    def attack(x):
        x = x.clone().requires_grad_()
        x.square().sum().backward()
        return x.detach() + x.grad.sign()

    assert [attack(tg.full((2,), float(i - 2))).tolist()[0] for i in range(5)] == [-3, -2, 0, 2, 3]


def test_gradients_that_are_there_or_not():
    weight = tg.ones(2, requires_grad=True)

    @tg.compile(backend="replay")
    def step(x):
        if weight.grad is not None:
            weight.grad.zero_()
        (weight * x).sum().backward()
        return weight.grad.clone()

    for i in range(8):
        if i in (1, 4):
            weight.grad = None
        assert step(tg.full((2,), float(i))).tolist() == [i, i]

    @tg.compile(backend="replay")
    def removing(x):
        (weight * x).sum().backward()
        del weight.grad

    for _ in range(4):
        removing(tg.ones(2))
        assert weight.grad is None


def test_data_that_is_replaced():
    weight = tg.ones(2, requires_grad=True)

    @tg.compile(backend="replay")
    def step(x):
        (weight * x).sum().backward()
        weight.data -= 0.5 * weight.grad
        weight.data = weight.data * 2
        weight.grad = None

    for _ in range(4):
        step(tg.ones(2))
    assert weight.tolist() == [1.0, 1.0]


def test_tensors_that_become_attributes_of_modules():
    model = nn.Linear(2, 2)

    @tg.compile(backend="replay")
    def step(x):
        model.seen = x * 2
        return model(x).detach()

    for i in range(4):
        step(tg.full((1, 2), float(i)))
        assert model.seen.tolist() == [[2.0 * i] * 2]


@pytest.mark.parametrize(
    "change",
    [
        lambda m: m.register_forward_hook(lambda module, args, out: out * 2),
        lambda m: setattr(m, "weight", nn.Parameter(tg.zeros(2, 2))),
        lambda m: setattr(m, "forward", lambda x: x * 5),
        lambda m: nn.utils.prune.l1_unstructured(m, "weight", 1),
        lambda m: nn.utils.parametrizations.orthogonal(m),
        lambda m: setattr(m, "bias", None),
    ],
)
def test_modules_that_are_changed(change):
    model = nn.Linear(2, 2)
    step = tg.compile(lambda x: model(x).detach(), backend="replay")
    for i in range(6):
        if i == 3:
            change(model)
        x = tg.randn(3, 2)
        assert same(step(x), model(x))
    assert step.code.count("def program") == 2


def test_a_rate_that_is_an_attribute():
    drop = nn.Dropout(0.0)
    step = tg.compile(lambda x: drop(x), backend="replay")
    for i in range(6):
        drop.p = float(i > 2)
        assert step(tg.ones(3)).tolist() == [float(i < 3)] * 3


def test_hooks_that_are_added_later():
    weight = tg.ones(2, requires_grad=True)
    step = tg.compile(lambda x: (x * weight).sum().backward(), backend="replay")
    for _ in range(3):
        step(tg.ones(2))
    weight.register_hook(lambda g: g * 2)
    with pytest.raises(RecordingError, match="hook"):
        step(tg.ones(2))


def replaced_state():
    state = {"h": tg.zeros(2)}

    def step(x):
        state["h"] = state["h"] * 0.5 + x
        return state["h"].sum()

    return step


def replaced_buffer():
    model = nn.Module()
    model.register_buffer("total", tg.zeros(2))

    def step(x):
        model.total = model.total + x
        return model.total.sum()

    return step


def closure():
    weight = tg.ones(2, requires_grad=True)
    optimizer = tg.optim.SGD([weight], lr=0.1)

    def step(x):
        def loss():
            optimizer.zero_grad()
            value = (weight * x).sum()
            value.backward()
            return value

        optimizer.step(loss)

    return step


def optimizer_inside():
    def step(x):
        weight = tg.ones(2, requires_grad=True)
        (weight * x).sum().backward()
        tg.optim.SGD([weight], lr=0.1).step()
        return weight.detach()

    return step


def rate_inside():
    weight = tg.ones(2, requires_grad=True)
    optimizer = tg.optim.SGD([weight], lr=0.1)

    def step(x):
        (weight * x).sum().backward()
        optimizer.param_groups[0]["lr"] = x[0]
        optimizer.step()

    return step


def caught():
    def step(x):
        try:
            return x * x.sum().item()
        except RuntimeError:
            return x

    return step


def caught_error():
    def step(x):
        try:
            return tg.linalg.cholesky(-tg.eye(2) * x)
        except RuntimeError:
            return x

    return step


def drawn_from_one_of_its_own():
    return lambda x: x * tg.rand(2, generator=tg.Generator().manual_seed(0))


def seeded():
    generator = tg.Generator()
    return lambda x: x * tg.rand(2, generator=generator.manual_seed(0))


def parameter_inside():
    model = nn.Linear(2, 2)

    def step(x):
        model.bias = nn.Parameter(model.bias.detach() + x)
        return model(x).detach()

    return step


@pytest.mark.parametrize(
    ("build", "what"),
    [
        (replaced_state, "replaces a tensor"),
        (replaced_buffer, "replaces a tensor"),
        (closure, "with a function"),
        (optimizer_inside, "that the step makes"),
        (rate_inside, "that the step makes"),
        (caught, r"item\(\)"),
        (caught_error, "after an error in"),
        (drawn_from_one_of_its_own, "seed"),
        (seeded, "seed"),
        (parameter_inside, "a parameter that the step makes"),
        (lambda: lambda x: x * tg.tensor([x[0], x[1]]), "a list of tensors"),
        (lambda: lambda x: x * x.storage()[0], "of a storage"),
        (lambda: lambda x: x.requires_grad_().detach(), "of an argument"),
        (lambda: lambda x: tg.utils.swap_tensors(tg.ones(2), tg.ones(2)), "swap_tensors"),
        (lambda: lambda x: tg.get_rng_state(), "state or seed"),
    ],
)
def test_what_would_be_the_same_each_time_is_refused(build, what):
    step = tg.compile(build(), backend="replay")
    step(tg.ones(2))
    with pytest.raises(RecordingError, match=what):
        step(tg.ones(2))


def test_an_argument_on_the_array_of_another_tensor():
    weight = tg.ones(2)
    step = tg.compile(lambda x: weight * x, backend="replay")
    step(weight.detach())
    with pytest.raises(RecordingError, match="found elsewhere"):
        step(weight.detach())


def test_an_argument_that_comes_to_ask_for_gradients():
    step = tg.compile(lambda x: (x * 2).detach(), backend="replay")
    for _ in range(3):
        step(tg.ones(2))
    step(tg.ones(2, requires_grad=True))
    with pytest.raises(RecordingError, match="requires grad"):
        step(tg.ones(2, requires_grad=True))


def test_a_tensor_that_is_replaced_between_calls():
    state = {"h": tg.zeros(2)}
    step = tg.compile(lambda x: state["h"] + x, backend="replay")
    for i in range(6):
        state["h"] = tg.full((2,), float(i))
        assert step(tg.ones(2)).tolist() == [i + 1.0] * 2


def test_clamping_what_an_optimizer_left():
    weight = tg.ones(2, requires_grad=True)
    optimizer = tg.optim.SGD([weight], lr=1.0)

    @tg.compile(backend="replay")
    def step(x):
        optimizer.zero_grad()
        (weight * x).sum().backward()
        optimizer.step()
        weight.data.clamp_(-2.5, 2.5)

    for i in range(5):
        step(tg.ones(2))
        assert weight.tolist() == [max(-float(i), -2.5)] * 2


def test_distributions_check_their_values_each_time():
    Normal = tg.distributions.Normal
    step = tg.compile(lambda x: Normal(0.0, x).sample(), backend="replay")
    for _ in range(3):
        step(tg.ones(2))
    with pytest.raises(ValueError, match="lower_bound=0"):
        step(-tg.ones(2))
    Uniform = tg.distributions.Uniform
    step = tg.compile(lambda x, y: Uniform(0.0, x).log_prob(y), backend="replay")
    for _ in range(3):
        step(tg.ones(2), tg.ones(2) / 2)
    with pytest.raises(ValueError, match="lower_bound"):
        step(tg.ones(2), tg.ones(2) * 2)
    with pytest.raises(ValueError, match="low>= high"):
        step(-tg.ones(2), tg.ones(2) * 2)


def test_a_dict_is_not_keywords():
    step = tg.compile(lambda *args, **params: args[0] + len(params), backend="replay")
    x = tg.zeros(())
    assert [step(x, {"a": x}).item() for _ in range(3)] == [0.0, 0.0, 0.0]
    assert [step(x, a=x).item() for _ in range(3)] == [1.0, 1.0, 1.0]


def test_numbers_that_are_equal_but_not_the_same():
    step = tg.compile(lambda x, y: x / y, backend="replay")
    for y in (0.0, 0.0, 0.0, -0.0, -0.0, 1, 1.0, True):
        expected = math.copysign(math.inf, y) if y == 0 else 1.0
        assert step(tg.ones(()), y).item() == expected


class Twice(nn.Module):
    """Gradients of two kinds meet at an image with its channels last, and at its parts."""

    def __init__(self):
        super().__init__()
        self.first, self.norm = nn.Conv2d(2, 8, 3, padding=1), nn.BatchNorm2d(8)
        self.second, self.head = nn.Conv2d(8, 8, 3, padding=1), nn.Linear(8, 5)

    def forward(self, x):
        h = self.second(self.norm(self.first(x)).relu())
        products = (h.flatten(2) @ h.flatten(2).mT).mean(2)
        parts = [h[:, i].amax((1, 2)) for i in range(8)]
        return self.head(products + tg.stack(parts, 1) + h.contiguous().mean((2, 3)))


def test_gradients_are_added_up_as_they_are_without():
    found = both(Twice)
    follow(*found, [batch_of((4, 2, 16, 16)) for _ in range(4)])
    assert ", out=" in found[-1].code


@pytest.mark.parametrize("through_data", [False, True])
def test_a_change_in_place_is_noticed_by_what_was_saved_before(through_data):
    weight = tg.ones(2, requires_grad=True)

    @tg.compile(backend="replay")
    @tg.no_grad()
    def step(x):
        (weight.data if through_data else weight).add_(x)

    for _ in range(3):
        y = (weight * weight).sum()
        step(tg.ones(2))
    kind, what = (UserWarning, r"\.data") if through_data else (RuntimeError, "version")
    with (pytest.warns if through_data else pytest.raises)(kind, match=what):
        y.backward()


def test_a_replay_within_another():
    total = tg.zeros(())
    inner = tg.compile(lambda x: total.add_(x), backend="replay")
    outer = tg.compile(lambda x: (inner(x), x * 2)[1], backend="replay")
    for _ in range(3):
        inner(tg.ones(()))
    assert [outer(tg.ones(())).item() for _ in range(4)] == [2.0] * 4
    assert total.item() == 7.0


def test_subclasses():
    class Own(tg.Tensor):
        pass

    step = tg.compile(lambda x: x + (1 if isinstance(x, Own) else 2), backend="replay")
    for own in (False, False, False, True, True, True):
        x = tg.zeros(()).as_subclass(Own) if own else tg.zeros(())
        assert step(x).item() == 2 - own
    step = tg.compile(lambda x: x.as_subclass(Own), backend="replay")
    assert type(step(tg.zeros(()))) is Own
    with pytest.raises(RecordingError, match="type Own"):
        step(tg.zeros(()))


def test_copies_record_anew():
    class Fit:
        def __init__(self):
            self.total = tg.zeros(())
            self.step = tg.compile(self.add, backend="replay")

        def add(self, x):
            return self.total.add_(x) * 1

    first = Fit()
    assert [first.step(tg.ones(())).item() for _ in range(3)] == [1.0, 2.0, 3.0]
    second = copy.deepcopy(first)
    assert [second.step(tg.ones(())).item() for _ in range(3)] == [4.0, 5.0, 6.0]
    assert first.total.item() == 3.0


def test_arguments_that_the_step_finds_elsewhere():
    total = tg.zeros(2)
    step = tg.compile(lambda x: total * x, backend="replay")
    step(total)
    with pytest.raises(RecordingError, match="elsewhere, too"):
        step(total)
    norm = nn.BatchNorm1d(2).eval()
    step = tg.compile(lambda x: norm(x[None]).detach(), backend="replay")
    step(norm.running_mean)
    with pytest.raises(RecordingError, match="elsewhere, too"):
        step(norm.running_mean)
