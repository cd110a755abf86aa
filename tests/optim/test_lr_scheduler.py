"""Schedules against values worked out by hand, and against PyTorch's."""

import math
import pickle
import warnings

import numpy as np
import pytest

import tinygrad_np as tg
from tinygrad_np import optim
from tinygrad_np.optim import lr_scheduler as ours


def make(library=None, kind="SGD", lr=0.1, **options):
    """An optimizer of two groups; ours or PyTorch's."""
    library = library or tg
    module = optim if library is tg else library.optim
    if kind == "SGD":
        options = {"momentum": 0.9, **options}
    groups = [{"params": library.ones(1, requires_grad=True)} for _ in range(2)]
    groups[1]["lr"] = 5 * lr
    return getattr(module, kind)(groups, lr=lr, **options)


def rates(optimizer, scheduler, steps):
    out = [scheduler.get_last_lr()]
    for _ in range(steps):
        optimizer.step()
        scheduler.step()
        out.append(scheduler.get_last_lr())
    return out


class Half:
    """A callable object: its attributes are part of the state."""

    def __init__(self, base=0.5):
        self.base = base

    def __call__(self, epoch):
        return self.base**epoch


ROWS = {
    "LambdaLR": lambda s, o, **k: s.LambdaLR(o, lambda e: 0.9**e, **k),
    "LambdaLR list": lambda s, o, **k: s.LambdaLR(o, [lambda e: 1 / (1 + e), Half()], **k),
    "MultiplicativeLR": lambda s, o, **k: s.MultiplicativeLR(o, lambda e: 1 - 0.1 * e, **k),
    "StepLR": lambda s, o, **k: s.StepLR(o, 3, 0.5, **k),
    "MultiStepLR": lambda s, o, **k: s.MultiStepLR(o, [7, 2, 2], 0.3, **k),
    "ConstantLR": lambda s, o, **k: s.ConstantLR(o, 0.25, 4, **k),
    "LinearLR": lambda s, o, **k: s.LinearLR(o, 0.2, 0.9, 7, **k),
    "ExponentialLR": lambda s, o, **k: s.ExponentialLR(o, 0.8, **k),
    "PolynomialLR": lambda s, o, **k: s.PolynomialLR(o, 9, 2.0, **k),
    "CosineAnnealingLR": lambda s, o, **k: s.CosineAnnealingLR(o, 5, 0.01, **k),
    "CosineAnnealingWarmRestarts": lambda s, o, **k: s.CosineAnnealingWarmRestarts(o, 3, 2, **k),
    "Warm restarts 1": lambda s, o, **k: s.CosineAnnealingWarmRestarts(o, 3, eta_min=0.01, **k),
    "CyclicLR": lambda s, o, **k: s.CyclicLR(o, 0.05, 0.5, 3, **k),
    "CyclicLR 2": lambda s, o, **k: s.CyclicLR(o, [0.1, 0.2], 0.5, 2, 4, "triangular2", **k),
    "CyclicLR exp": lambda s, o, **k: s.CyclicLR(
        o, 0.05, 0.5, 3, mode="exp_range", gamma=0.9, cycle_momentum=False, **k
    ),
    "CyclicLR own": lambda s, o, **k: s.CyclicLR(o, 0.05, 0.5, 3, scale_fn=Half(0.7), **k),
    "OneCycleLR": lambda s, o, **k: s.OneCycleLR(o, 0.5, total_steps=20, **k),
    "OneCycleLR linear": lambda s, o, **k: s.OneCycleLR(
        o, [0.5, 0.2], epochs=4, steps_per_epoch=5, anneal_strategy="linear", three_phase=True, **k
    ),
    "OneCycleLR plain": lambda s, o, **k: s.OneCycleLR(
        o, 0.5, total_steps=20, pct_start=0.5, cycle_momentum=False, div_factor=10, **k
    ),
}

COMBINED = {
    "SequentialLR": lambda s, o: s.SequentialLR(
        o, [s.ConstantLR(o, 0.1, 2), s.ExponentialLR(o, 0.9), s.StepLR(o, 2, 0.5)], [3, 8]
    ),
    "SequentialLR warm-up": lambda s, o: s.SequentialLR(
        o, [s.LinearLR(o, 0.1, 1.0, 4), s.CosineAnnealingLR(o, 10)], [4]
    ),
    "SequentialLR nested": lambda s, o: s.SequentialLR(
        o,
        [
            s.ChainedScheduler([s.ConstantLR(o, 0.5, 2), s.StepLR(o, 3)]),
            s.LambdaLR(o, lambda e: 1 / (1 + e)),
        ],
        [5],
    ),
    "ChainedScheduler": lambda s, o: s.ChainedScheduler(
        [s.ConstantLR(o, 0.5, 3), s.ExponentialLR(o, 0.9), s.StepLR(o, 4)], o
    ),
    "ChainedScheduler cosine": lambda s, o: s.ChainedScheduler(
        [s.LinearLR(o, 0.5, 1.0, 3), s.CosineAnnealingLR(o, 6, 0.001)]
    ),
}


# --- against values worked out by hand ---


def close(got, expected):
    np.testing.assert_allclose(np.array(got)[:, 0] / 0.1, expected, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize(
    ("name", "factor"),
    [
        ("LambdaLR", lambda e: 0.9**e),
        ("MultiplicativeLR", lambda e: math.prod(1 - 0.1 * i for i in range(1, e + 1))),
        ("StepLR", lambda e: 0.5 ** (e // 3)),
        ("MultiStepLR", lambda e: 1 if e < 2 else 0.3**2 if e < 7 else 0.3**3),
        ("ConstantLR", lambda e: 0.25 if e < 4 else 1),
        ("LinearLR", lambda e: 0.2 + 0.7 * min(e, 7) / 7),
        ("ExponentialLR", lambda e: 0.8**e),
        ("PolynomialLR", lambda e: (1 - min(e, 9) / 9) ** 2),
        ("CosineAnnealingLR", lambda e: 0.1 + 0.9 * (1 + math.cos(math.pi * e / 5)) / 2),
        ("Warm restarts 1", lambda e: 0.1 + 0.9 * (1 + math.cos(math.pi * (e % 3) / 3)) / 2),
    ],
)
def test_factor_of_each_epoch(name, factor):
    optimizer = make()
    got = rates(optimizer, ROWS[name](ours, optimizer), 15)
    close(got, [factor(e) for e in range(16)])
    np.testing.assert_allclose(np.array(got)[:, 1] >= np.array(got)[:, 0], True)


def test_restarts_get_rarer():
    optimizer = make()
    scheduler = ours.CosineAnnealingWarmRestarts(optimizer, 2, 3)
    tops = [i for i, (lr, _) in enumerate(rates(optimizer, scheduler, 30)) if lr == 0.1]
    assert tops == [0, 2, 8, 26]


def test_fractional_epochs():
    optimizer = make()
    scheduler = ours.CosineAnnealingWarmRestarts(optimizer, 2, 2)
    for epoch, factor in [(0.5, 0.75), (1.5, 0.25), (2.5, 0.75), (5.5, 0.25)]:
        scheduler.step(epoch)
        assert scheduler.last_epoch == math.floor(epoch)
        height = (1 + math.cos(math.pi * (1 - factor))) / 2
        if epoch < 2:
            np.testing.assert_allclose(scheduler.get_last_lr()[0], 0.1 * height)
    scheduler.step()
    assert (scheduler.last_epoch, scheduler.T_cur, scheduler.T_i) == (6, 0.5, 8)


def test_one_cycle_moves_lr_and_momentum_in_opposite_directions():
    optimizer = make()
    scheduler = ours.OneCycleLR(optimizer, 1.0, total_steps=11, pct_start=0.5454545454545454)
    lrs, momenta = [], []
    for _ in range(11):
        lrs.append(optimizer.param_groups[0]["lr"])
        momenta.append(optimizer.param_groups[0]["momentum"])
        optimizer.step()
        scheduler.step()
    assert lrs.index(max(lrs)) == momenta.index(min(momenta)) == 5
    np.testing.assert_allclose([lrs[0], lrs[5], lrs[10]], [0.04, 1.0, 4e-6])
    np.testing.assert_allclose([momenta[0], momenta[5], momenta[10]], [0.95, 0.85, 0.95])


def test_one_cycle_over():
    optimizer = make()
    scheduler = ours.OneCycleLR(optimizer, 1.0, total_steps=3)
    rates(optimizer, scheduler, 3)
    with pytest.raises(ValueError, match="step 4 times.* is 3"):
        scheduler.step()


def test_one_cycle_without_a_way_up():
    optimizer = make()
    scheduler = ours.OneCycleLR(optimizer, 1.0, total_steps=10, pct_start=0.1)
    assert scheduler.get_last_lr() == [1.0, 1.0]


def test_betas_cycle_too():
    optimizer = make(kind="Adam")
    scheduler = ours.OneCycleLR(optimizer, 1.0, total_steps=10)
    assert optimizer.param_groups[0]["betas"] == (0.95, 0.999)
    rates(optimizer, scheduler, 2)
    assert optimizer.param_groups[0]["betas"] == (0.85, 0.999)


def test_triangles():
    optimizer = make()
    scheduler = ours.CyclicLR(optimizer, 0.1, 0.5, step_size_up=2)
    close(rates(optimizer, scheduler, 6), [1, 3, 5, 3, 1, 3, 5])
    assert optimizer.param_groups[0]["momentum"] == pytest.approx(0.8)


def test_sequence_and_chain():
    optimizer = make()
    close(
        rates(optimizer, COMBINED["SequentialLR"](ours, optimizer), 11),
        [0.1, 0.1, 1, 1, 0.9, 0.81, 0.729, 0.6561, 1, 1, 0.5, 0.5],
    )
    optimizer = make()
    close(
        rates(optimizer, COMBINED["ChainedScheduler"](ours, optimizer), 5),
        [0.5, 0.45, 0.405, 0.729, 0.06561, 0.059049],
    )


def test_a_chain_in_a_sequence_begins_once():
    # PyTorch makes the first step of the inner ExponentialLR twice
    optimizer = make()
    chain = ours.ChainedScheduler(
        [ours.ConstantLR(optimizer, 0.5, 2), ours.ExponentialLR(optimizer, 0.9)]
    )
    scheduler = ours.SequentialLR(optimizer, [chain, ours.StepLR(optimizer, 9)], [3])
    close(rates(optimizer, scheduler, 3), [0.5, 0.45, 0.81, 1])


def test_plateau():
    optimizer = make(lr=1.0)
    scheduler = ours.ReduceLROnPlateau(optimizer, patience=1, cooldown=1, min_lr=[0.05, 0.0])
    seen = []
    for loss in [3, 2, 2, 2, 2, 2, 2, 1, 1, 1]:
        scheduler.step(tg.tensor(float(loss)))
        seen.append(round(scheduler.get_last_lr()[0], 9))
    assert seen == [1, 1, 1, 0.1, 0.1, 0.1, 0.05, 0.05, 0.05, 0.05]
    assert scheduler.best == 1.0


# --- the order of calls, and what is refused ---


def test_step_before_the_optimizers_is_warned_of():
    optimizer = make()
    optimizer.step()  # before the schedule was made: does not count
    scheduler = ours.StepLR(optimizer, 1)
    with pytest.warns(UserWarning, match="before optimizer.step"):
        scheduler.step()
    scheduler.step()


def test_a_step_of_ones_own_is_warned_of():
    optimizer = make()
    scheduler = ours.StepLR(optimizer, 1)
    optimizer.step = lambda: None
    with pytest.warns(UserWarning, match="overridden"):
        scheduler.step()


def test_get_lr_outside_of_step_is_warned_of():
    scheduler = ours.StepLR(make(), 1)
    with pytest.warns(UserWarning, match="get_last_lr"):
        scheduler.get_lr()


def test_epoch_is_deprecated():
    optimizer = make()
    scheduler = ours.StepLR(optimizer, 2)
    optimizer.step()
    with pytest.warns(UserWarning, match="deprecated"):
        scheduler.step(5)
    assert scheduler.last_epoch == 5
    np.testing.assert_allclose(scheduler.get_last_lr()[0], 0.1 * 0.1**2)


def other():
    return ours.StepLR(make(), 1)


REFUSED = {
    "optimizer": (lambda o: ours.StepLR("SGD", 2), TypeError, "str is not an Optimizer"),
    "resume": (lambda o: ours.StepLR(o, 2, last_epoch=3), KeyError, r"initial_lr.*\[0\].*3"),
    "lambdas": (lambda o: ours.LambdaLR(o, [abs]), ValueError, "1 values, param_groups has 2"),
    "constant": (lambda o: ours.ConstantLR(o, 2), ValueError, "between 0 and 1, got 2"),
    "start": (lambda o: ours.LinearLR(o, 0), ValueError, "start_factor"),
    "end": (lambda o: ours.LinearLR(o, 1, 2), ValueError, "end_factor"),
    "T_0": (lambda o: ours.CosineAnnealingWarmRestarts(o, 0), ValueError, "T_0, but got 0"),
    "T_mult": (lambda o: ours.CosineAnnealingWarmRestarts(o, 1, 0.5), ValueError, "T_mult"),
    "eta": (lambda o: ours.CosineAnnealingWarmRestarts(o, 1, 1, "0"), ValueError, "eta_min"),
    "epoch": (
        lambda o: ours.CosineAnnealingWarmRestarts(o, 1).step(-1),
        ValueError,
        "non-negative epoch, but got -1",
    ),
    "no steps": (lambda o: ours.OneCycleLR(o, 1.0, epochs=3), ValueError, "total_steps OR"),
    "steps": (lambda o: ours.OneCycleLR(o, 1.0, 2.5), ValueError, "total_steps, but got 2.5"),
    "share": (lambda o: ours.OneCycleLR(o, 1.0, 9, pct_start=2), ValueError, "pct_start.*2"),
    "anneal": (lambda o: ours.OneCycleLR(o, 1.0, 9, anneal_strategy="x"), ValueError, "got x"),
    "max_lr": (lambda o: ours.OneCycleLR(o, [1.0], 9), ValueError, "max_lr has 1"),
    "momentum": (
        lambda o: ours.OneCycleLR(make(kind="Adagrad"), 1.0, 9),
        ValueError,
        "Adagrad has neither",
    ),
    "mode": (lambda o: ours.CyclicLR(o, 0.1, 0.2, mode="x"), ValueError, "'x'"),
    "factor": (lambda o: ours.ReduceLROnPlateau(o, factor=1.0), ValueError, "Factor"),
    "min or max": (lambda o: ours.ReduceLROnPlateau(o, "x"), ValueError, "mode x"),
    "threshold": (
        lambda o: ours.ReduceLROnPlateau(o, threshold_mode="x"),
        ValueError,
        "threshold mode x",
    ),
    "min_lr": (lambda o: ours.ReduceLROnPlateau(o, min_lr=[0.1]), ValueError, "min_lr has 1"),
    "plateau": (lambda o: ours.ReduceLROnPlateau(3), TypeError, "int is not"),
    "no schedules": (lambda o: ours.SequentialLR(o, [], []), ValueError, "at least one"),
    "milestones": (
        lambda o: ours.SequentialLR(o, [ours.StepLR(o, 1)], [3]),
        ValueError,
        "schedulers 1 .* 1",
    ),
    "another's": (
        lambda o: ours.SequentialLR(o, [ours.StepLR(o, 1), other()], [3]),
        ValueError,
        "StepLR at index 1 has another",
    ),
    "metric": (
        lambda o: ours.ChainedScheduler([ours.ReduceLROnPlateau(o)]),
        ValueError,
        "ReduceLROnPlateau.*index 0",
    ),
    "abstract": (lambda o: ours.LRScheduler(o), NotImplementedError, "must define get_lr"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_refused(what):
    call, error, message = REFUSED[what]
    with pytest.raises(error, match=message):
        call(make())


# --- state ---


@pytest.mark.parametrize("name", [*ROWS, *COMBINED])
def test_state_dict_goes_on_where_it_was(name):
    build = (ROWS | COMBINED)[name]
    first = make()
    scheduler = build(ours, first)
    rates(first, scheduler, 6)
    second = make()
    again = build(ours, second)
    second.load_state_dict(first.state_dict())
    again.load_state_dict(scheduler.state_dict())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert rates(first, scheduler, 8) == rates(second, again, 8)


def test_state_of_plateau():
    first, second = make(), make()
    a, b = (ours.ReduceLROnPlateau(o, patience=2) for o in (first, second))
    a.step(1.0)
    a.step(2.0)
    b.load_state_dict(a.state_dict())
    for _ in range(3):
        a.step(2.0)
        b.step(2.0)
    assert a.get_last_lr() == b.get_last_lr() == pytest.approx([0.01, 0.05])


def test_state_holds_no_functions():
    optimizer = make()
    scheduler = ours.LambdaLR(optimizer, [Half(0.3), lambda e: 1.0])
    state = scheduler.state_dict()
    assert state["lr_lambdas"] == [{"base": 0.3}, None]
    assert "optimizer" not in state
    again = ours.LambdaLR(make(), [Half(0.9), lambda e: 1.0])
    again.load_state_dict(state)
    assert again.lr_lambdas[0].base == 0.3


def test_lr_in_a_tensor_changes_in_place():
    lr = tg.tensor(0.5)
    optimizer = optim.SGD([tg.ones(1, requires_grad=True)], lr=lr)
    scheduler = ours.ExponentialLR(optimizer, 0.5)
    rates(optimizer, scheduler, 1)
    assert optimizer.param_groups[0]["lr"] is lr
    assert lr.item() == 0.25


# --- against PyTorch ---


def compare(build, steps, kind="SGD", act=None, rtol=1e-10):
    import torch

    results = []
    for library in (tg, torch):
        optimizer = make(library, kind)
        scheduler = build(ours if library is tg else torch.optim.lr_scheduler, optimizer)
        seen = []
        for step in range(steps):
            seen.append(scheduler.get_last_lr())
            for group in optimizer.param_groups:
                seen.append([group["lr"], group.get("momentum") or group["betas"][0]])
            optimizer.step()
            if act is not None:
                act(scheduler, optimizer, step)
            else:
                scheduler.step()
        results.append(seen)
    np.testing.assert_allclose(*results, rtol=rtol, atol=1e-15)


@pytest.mark.torch
@pytest.mark.filterwarnings("ignore:Detected call")  # PyTorch's, for the nested ones
@pytest.mark.parametrize("kind", ["SGD", "Adam"])
@pytest.mark.parametrize("name", [*ROWS, *COMBINED])
def test_rates_are_pytorchs(name, kind):
    compare((ROWS | COMBINED)[name], 20, kind)


@pytest.mark.torch
@pytest.mark.parametrize("name", [n for n in ROWS if "One" not in n])
def test_rates_changed_by_hand_are_pytorchs(name):
    def act(scheduler, optimizer, step):
        if step == 4:
            optimizer.param_groups[0]["lr"] *= 0.7
        scheduler.step()

    compare(ROWS[name], 12, act=act)


@pytest.mark.torch
@pytest.mark.filterwarnings("ignore:.*epoch:UserWarning")
@pytest.mark.parametrize("name", [n for n in ROWS if "One" not in n])
def test_given_epochs_are_pytorchs(name):
    def act(scheduler, optimizer, step):
        scheduler.step([None, None, 5, None, 2, None, 0][step])

    compare(ROWS[name], 7, act=act)


@pytest.mark.torch
@pytest.mark.parametrize("last", [0, 2, 3, 6])
@pytest.mark.parametrize("name", [n for n in ROWS if "estarts" not in n and "One" not in n])
def test_going_on_from_an_epoch_is_pytorchs(name, last):
    def build(schedulers, optimizer):
        for group in optimizer.param_groups:
            group["initial_lr"] = 3 * group["lr"]
        return ROWS[name](schedulers, optimizer, last_epoch=last)

    compare(build, 8)


@pytest.mark.torch
@pytest.mark.parametrize("mode", ["min", "max"])
@pytest.mark.parametrize("threshold_mode", ["rel", "abs"])
def test_plateau_is_pytorchs(mode, threshold_mode):
    losses = np.random.default_rng(0).normal(size=60).cumsum()

    def act(scheduler, optimizer, step):
        scheduler.step(losses[step])

    compare(
        lambda s, o: s.ReduceLROnPlateau(
            o, mode, 0.5, 3, 0.2, threshold_mode, cooldown=2, min_lr=0.001
        ),
        60,
        act=act,
    )


@pytest.mark.torch
@pytest.mark.parametrize("name", ours.__all__)
def test_signature_is_pytorchs(name):
    import inspect

    import torch

    def shape(module):
        parameters = inspect.signature(getattr(module, name)).parameters.values()
        return [(p.name, p.default, p.kind) for p in parameters]

    assert shape(ours) == shape(torch.optim.lr_scheduler)


@pytest.mark.parametrize(("name", "factor"), [("LinearLR", 1 / 3), ("PolynomialLR", 1.0)])
def test_no_epochs_at_all(name, factor):
    optimizer = tg.optim.SGD([tg.ones(1, requires_grad=True)], lr=0.6)
    scheduler = getattr(tg.optim.lr_scheduler, name)(optimizer, total_iters=0)
    for _ in range(3):
        assert scheduler.get_last_lr() == [pytest.approx(0.6 * factor)]
        optimizer.step()
        scheduler.step()


def test_the_old_name_of_the_base():
    class Half(tg.optim.lr_scheduler._LRScheduler):
        def get_lr(self):
            return [lr / 2 for lr in self.base_lrs]

    scheduler = Half(tg.optim.SGD([tg.ones(1, requires_grad=True)], lr=1.0))
    assert scheduler.get_last_lr() == [0.5]
    assert isinstance(scheduler, tg.optim.lr_scheduler.LRScheduler)


def test_a_schedule_is_told_by_its_module():
    schedule = ours.MultiStepLR(make(), [1])
    assert schedule.__module__ == ours.__name__
    assert pickle.loads(pickle.dumps(type(schedule))) is ours.MultiStepLR
