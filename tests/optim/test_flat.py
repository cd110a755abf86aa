"""Parameters that are joined for an update end where each alone would."""

import copy
import gc
import weakref

import numpy as np
import pytest

import tinygrad_np as tg
from tinygrad_np import optim
from tinygrad_np.optim import flat

MARKED = [
    optimizer
    for optimizer in vars(optim).values()
    if isinstance(optimizer, type) and hasattr(getattr(optimizer, "_update", None), "elementwise")
]


def zero_average(params, optimizer):
    for key, value in optimizer.state[params[1]].items():
        if key != "step":
            value.zero_()


def forget(params, optimizer):
    optimizer.state[params[0]] = {
        key: tg.zeros_like(value) if value.ndim else value
        for key, value in optimizer.state[params[0]].items()
    }


def replace_data(params, optimizer):
    for value in optimizer.state[params[2]].values():
        value.data = value.data * 0.5


def replace_parameter(params, optimizer):
    params[1].data = tg.ones(4, dtype=tg.float64)


def count_anew(params, optimizer):
    for param in params[:2]:
        if "step" in optimizer.state[param]:
            optimizer.state[param]["step"].fill_(2)


def leave_one_out(params, optimizer):
    params[1].grad = None


def reload(params, optimizer):
    optimizer.load_state_dict(copy.deepcopy(optimizer.state_dict()))


def clear(params, optimizer):
    optimizer.state.clear()


EVENTS = [
    clear,
    zero_average,
    forget,
    replace_data,
    replace_parameter,
    count_anew,
    leave_one_out,
    reload,
]


def trained(optimizer, options, event, small, monkeypatch):
    monkeypatch.setattr(flat, "SMALL", small)
    random = np.random.default_rng(0)
    shapes = [(3, 4), (4,), (2, 1, 3)]
    params = [tg.tensor(random.standard_normal(s), requires_grad=True) for s in shapes]
    params += [tg.tensor(random.standard_normal((5, 2)).T, requires_grad=True)]
    made = optimizer(params, **options)
    for step in range(6):
        for param in params:
            param.grad = tg.tensor(random.standard_normal(param.shape))
        if step == 3:
            event(params, made)
        made.step()
    state = [made.state[p] for p in params]
    return [p.detach().numpy() for p in params], [
        {key: value.numpy() for key, value in s.items()} for s in state
    ]


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("optimizer", MARKED)
def test_joined_as_alone_whatever_happens_between(optimizer, event, monkeypatch):
    options = {"momentum": 0.9} if optimizer in (optim.SGD, optim.RMSprop) else {}
    joined, states = trained(optimizer, options, event, 1 << 12, monkeypatch)
    alone, expected = trained(optimizer, options, event, 0, monkeypatch)
    for a, b in zip(joined, alone, strict=True):
        np.testing.assert_array_equal(a, b)
    for a, b in zip(states, expected, strict=True):
        assert a.keys() == b.keys()
        for key in a:
            np.testing.assert_array_equal(a[key], b[key])


def test_most_optimizers_join():
    assert {o.__name__ for o in MARKED} >= {"SGD", "Adam", "AdamW", "RMSprop", "Adagrad"}


def test_a_step_is_one_update():
    calls = []

    class Counting(optim.SGD):
        @flat.elementwise
        def _update(self, param, grad, state, group):
            calls.append(param.size)
            super()._update(param, grad, state, group)

    params = [tg.ones(n, requires_grad=True) for n in (1, 2, flat.SMALL + 1)]
    for p in params:
        p.grad = tg.ones_like(p)
    Counting(params, lr=0.5).step()
    assert calls == [3, flat.SMALL + 1]
    assert all((p == 0.5).all() for p in params)


def test_an_update_without_the_mark_is_not_joined():
    class Normalized(optim.SGD):
        def _update(self, param, grad, state, group):
            super()._update(param, grad / np.linalg.norm(grad), state, group)

    params = [tg.zeros(2, requires_grad=True) for _ in range(2)]
    for p, grad in zip(params, ([3.0, 4.0], [0.0, 2.0]), strict=True):
        p.grad = tg.tensor(grad)
    Normalized(params, lr=1.0).step()
    np.testing.assert_allclose(params[0].detach().numpy(), [-0.6, -0.8], rtol=1e-6)
    np.testing.assert_allclose(params[1].detach().numpy(), [0.0, -1.0], rtol=1e-6)


def test_parameters_of_one_memory_are_updated_in_turn():
    first = tg.ones(3, requires_grad=True)
    second = tg.ones(3, requires_grad=True)
    second.data = first.data
    for p in (first, second):
        p.grad = tg.tensor([1.0, 2.0, 4.0])
    optim.SGD([first, second], lr=0.25).step()
    np.testing.assert_array_equal(first.detach().numpy(), [0.5, 0.0, -1.0])
    assert (first == second).all()


def test_a_copy_has_states_of_its_own():
    params = [tg.ones(n, requires_grad=True) for n in (2, 3)]
    for p in params:
        p.grad = tg.ones_like(p)
    made = optim.SGD(params, lr=0.5, momentum=0.5)
    made.step()
    other = copy.deepcopy(made)
    for copied in other.param_groups[0]["params"]:
        copied.grad = tg.ones_like(copied)
    other.step()
    for p, copied in zip(params, other.param_groups[0]["params"], strict=True):
        assert (p == 0.5).all()
        assert (copied == -0.25).all()  # 0.5 less 0.5 * (0.5 + 1)
        assert (made.state[p]["momentum_buffer"] == 1).all()
        assert (other.state[copied]["momentum_buffer"] == 1.5).all()


def with_gradients(count):
    params = [tg.ones(3, requires_grad=True) for _ in range(count)]
    for p in params:
        p.grad = tg.ones(3)
    return params


def test_a_held_state_is_the_one_that_goes_on():
    params = with_gradients(3)
    optimizer = optim.Adam(params, betas=(0.5, 0.5))
    optimizer.step()
    held = dict(optimizer.state[params[0]])
    params[1].grad = None
    optimizer.step()
    assert all(held[key] is value for key, value in optimizer.state[params[0]].items())
    assert held["step"].item() == 2
    assert held["exp_avg"].tolist() == [0.75] * 3


def test_the_parameters_of_a_group_that_was_taken_away_are_freed():
    kept, gone = with_gradients(2), with_gradients(2)
    optimizer = optim.Adam([{"params": kept}, {"params": gone}])
    optimizer.step()
    optimizer.param_groups.pop()
    for p in gone:
        del optimizer.state[p]
    held = weakref.ref(p)
    del gone, p
    optimizer.step()
    gc.collect()
    assert held() is None
