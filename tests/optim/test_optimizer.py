"""The base: parameter groups, hooks, closures, state, and what it refuses."""

import copy
import io
import pickle

import numpy as np
import pytest

import tinygrad_np as tg
from tinygrad_np import optim
from tinygrad_np.optim.optimizer import (
    register_optimizer_step_post_hook,
    register_optimizer_step_pre_hook,
    required,
)


def leaf(*values, dtype=tg.float32):
    return tg.tensor(values or [1.0, 2.0], dtype=dtype, requires_grad=True)


def with_grad(*values):
    param = leaf()
    param.grad = tg.tensor(values or [1.0, 1.0])
    return param


# --- what is refused ---

REFUSED = {
    "a tensor": (lambda: optim.SGD(leaf()), TypeError, "iterable of Tensors"),
    "nothing": (lambda: optim.SGD([]), ValueError, "empty parameter list"),
    "not iterable": (lambda: optim.SGD(None), TypeError, "NoneType.*model.parameters"),
    "a number": (lambda: optim.SGD([leaf(), 1.5]), TypeError, "number 1.*float"),
    "an array": (lambda: optim.SGD([np.ones(2)]), TypeError, "ndarray"),
    "a result": (lambda: optim.SGD([leaf() * 2]), ValueError, r"non-leaf.*\(2,\).*MulBackward"),
    "a set": (lambda: optim.SGD([{"params": {leaf()}}]), TypeError, "use a list"),
    "dicts and tensors": (lambda: optim.SGD([{"params": leaf()}, leaf()]), TypeError, "dict"),
    "no params": (lambda: optim.SGD([{"param": leaf()}]), KeyError, "params"),
    "some names": (lambda: optim.SGD([("a", leaf()), leaf()]), ValueError, "names are missing"),
    "in two groups": (
        lambda: (lambda p: optim.SGD([{"params": p}, {"params": [leaf(), p]}]))(leaf()),
        ValueError,
        "more than one parameter group",
    ),
    "lr": (lambda: optim.SGD([leaf()], lr=-0.5), ValueError, "lr value: -0.5"),
    "lr nan": (lambda: optim.SGD([leaf()], lr=float("nan")), ValueError, "lr value: nan"),
    "lr text": (lambda: optim.SGD([leaf()], lr="0.1"), TypeError, "str"),
    "lr long": (lambda: optim.Adam([leaf()], lr=tg.tensor([0.1, 0.2])), ValueError, "1-element"),
    "momentum": (lambda: optim.SGD([leaf()], momentum=-1), ValueError, "momentum value: -1"),
    "decay": (lambda: optim.Adam([leaf()], weight_decay=-1), ValueError, "weight_decay"),
    "nesterov": (lambda: optim.SGD([leaf()], nesterov=True), ValueError, "requires a momentum"),
    "dampened nesterov": (
        lambda: optim.SGD([leaf()], nesterov=True, momentum=0.9, dampening=0.1),
        ValueError,
        "dampening=0.1",
    ),
    "beta": (lambda: optim.Adam([leaf()], betas=(0.9, 1.0)), ValueError, "betas.*index 1: 1.0"),
    "eps": (lambda: optim.Adamax([leaf()], eps=-1), ValueError, "eps"),
    "alpha": (lambda: optim.RMSprop([leaf()], alpha=-1), ValueError, "alpha"),
    "rho": (lambda: optim.Adadelta([leaf()], rho=1.5), ValueError, "rho"),
    "lr_decay": (lambda: optim.Adagrad([leaf()], lr_decay=-1), ValueError, "lr_decay"),
    "start": (
        lambda: optim.Adagrad([leaf()], initial_accumulator_value=-1),
        ValueError,
        "initial_accumulator_value",
    ),
    "momentum_decay": (lambda: optim.NAdam([leaf()], momentum_decay=-1), ValueError, "momentum_d"),
    "fused foreach": (
        lambda: optim.Adam([leaf()], fused=True, foreach=True),
        RuntimeError,
        "cannot be `True` together",
    ),
    "differentiable": (
        lambda: optim.Adam([leaf()], differentiable=True),
        NotImplementedError,
        "not recorded",
    ),
    "required": (
        lambda: optim.Optimizer([{"params": leaf()}], {"lr": required}),
        ValueError,
        "required optimization parameter lr",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_refused(what):
    call, error, message = REFUSED[what]
    with pytest.raises(error, match=message):
        call()


def test_refused_groups_leave_the_optimizer_as_it_was():
    param = leaf()
    optimizer = optim.SGD([param], lr=0.1)
    for group, error in [
        ([leaf()], TypeError),
        ({"params": [leaf(), 3]}, TypeError),
        ({"params": [leaf(), param]}, ValueError),
        ({"params": [("a", leaf())]}, ValueError),
        ({"params": leaf() * 2}, ValueError),
    ]:
        with pytest.raises(error):
            optimizer.add_param_group(group)
        assert len(optimizer.param_groups) == 1


def test_duplicates_are_warned_of():
    param = leaf()
    with pytest.warns(UserWarning, match="duplicate parameters"):
        optim.SGD([param, param])


def test_neither_step_nor_update():
    with pytest.raises(NotImplementedError, match="Optimizer has neither"):
        optim.Optimizer([with_grad()], {}).step()


# --- groups ---


def test_groups_have_options_of_their_own():
    a, b, c = with_grad(), with_grad(), with_grad()
    optimizer = optim.SGD([{"params": [a]}, {"params": iter([b]), "lr": 1.0}], lr=0.5)
    optimizer.add_param_group({"params": c, "lr": 2.0})
    optimizer.step()
    assert [p.tolist() for p in (a, b, c)] == [[0.5, 1.5], [0.0, 1.0], [-1.0, 0.0]]


def test_the_callers_dicts_stay_as_they_are():
    group = {"params": [leaf()], "lr": 1.0}
    optim.SGD([group], momentum=0.5)
    assert list(group) == ["params", "lr"]


def test_named_parameters():
    optimizer = optim.SGD([("weight", leaf()), ("bias", leaf())])
    assert optimizer.param_groups[0]["param_names"] == ["weight", "bias"]
    assert optimizer.state_dict()["param_groups"][0]["param_names"] == ["weight", "bias"]
    other = optim.SGD([leaf(), leaf()], lr=0.5)
    optimizer.load_state_dict(other.state_dict())
    assert optimizer.param_groups[0]["param_names"] == ["weight", "bias"]
    assert optimizer.param_groups[0]["lr"] == 0.5


def test_repr():
    optimizer = optim.SGD([{"params": leaf()}, {"params": leaf(), "lr": 0.5}], lr=0.1)
    lines = repr(optimizer).splitlines()
    assert lines[:3] == ["SGD (", "Parameter Group 0", "    dampening: 0"]
    assert lines[-2:] == ["    weight_decay: 0", ")"]
    assert "    lr: 0.5" in lines


@pytest.mark.torch
def test_repr_is_pytorchs():
    import torch

    def make(library):
        params = [library.ones(2, requires_grad=True) for _ in range(2)]
        groups = [{"params": params[0]}, {"params": params[1], "lr": 0.5}]
        return library.optim.Adam(groups, lr=0.1)

    class ours:
        ones, optim = tg.ones, optim

    assert repr(make(ours)) == repr(make(torch))


# --- steps ---


def test_parameters_without_gradient_stay():
    a, b = with_grad(), leaf()
    optimizer = optim.Adam([a, b])
    optimizer.step()
    assert b.tolist() == [1.0, 2.0]
    assert list(optimizer.state) == [a]


def test_a_step_is_not_recorded_but_counted():
    param = leaf(1.0, 2.0)
    loss = (param * param).sum()
    loss.backward(retain_graph=True)
    array, version = param._array, param._versions().n
    optim.SGD([param], lr=0.25).step()
    assert param.is_leaf
    assert param._array is array
    assert param._versions().n == version + 1
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        loss.backward()


def test_gradients_stay_as_they_are():
    for name in ("SGD", "Adam", "RMSprop", "Adagrad", "Adadelta", "Adamax", "NAdam", "RAdam"):
        param = with_grad(3.0, 4.0)
        optimizer = getattr(optim, name)([param], weight_decay=0.5, maximize=True)
        optimizer.step()
        optimizer.step()
        assert param.grad.tolist() == [3.0, 4.0], name


def test_momentum_does_not_alias_the_gradient():
    param = with_grad()
    optimizer = optim.SGD([param], lr=1.0, momentum=0.5)
    optimizer.step()
    param.grad._array.fill(0)
    optimizer.step()
    assert param.tolist() == [-0.5, 0.5]


def test_closure():
    param = leaf(1.0)
    optimizer = optim.SGD([param], lr=0.5)

    def closure():
        assert tg.is_grad_enabled()
        optimizer.zero_grad()
        loss = (param * param).sum()
        loss.backward()
        return loss

    with tg.no_grad():
        assert optimizer.step(closure).item() == 1.0
    assert param.tolist() == [0.0]


def test_zero_grad():
    a, b = with_grad(), leaf()
    optimizer = optim.SGD([a, b])
    grad, version = a.grad, a.grad._versions().n
    optimizer.zero_grad(set_to_none=False)
    assert a.grad is grad
    assert grad.tolist() == [0.0, 0.0]
    assert grad._versions().n == version + 1
    assert b.grad is None
    optimizer.zero_grad()
    assert a.grad is None


def test_zero_grad_takes_recorded_gradients_off_the_tape():
    param = leaf()
    (param * param).sum().backward(create_graph=True)
    assert param.grad.requires_grad
    optim.SGD([param]).zero_grad(set_to_none=False)
    assert not param.grad.requires_grad
    assert param.grad.tolist() == [0.0, 0.0]


def test_hooks():
    param, seen = with_grad(), []
    optimizer = optim.SGD([param], lr=1.0)
    before = optimizer.register_step_pre_hook(
        lambda o, args, kwargs: seen.append((o, args, kwargs))
    )
    after = optimizer.register_step_post_hook(lambda o, args, kwargs: seen.append(param.tolist()))
    optimizer.step()
    assert seen == [(optimizer, (optimizer,), {}), [0.0, 1.0]]
    before.remove()
    after.remove()
    optimizer.step()
    assert len(seen) == 2


def test_a_pre_hook_may_change_the_arguments():
    optimizer = optim.SGD([with_grad()])
    handle = optimizer.register_step_pre_hook(lambda o, args, kwargs: ((o, lambda: 7), {}))
    assert optimizer.step(lambda: 3) == 7
    handle.remove()
    optimizer.register_step_pre_hook(lambda o, args, kwargs: 5)
    with pytest.raises(RuntimeError, match="None or a tuple"):
        optimizer.step()


def test_hooks_of_all_optimizers_are_around_those_of_one():
    seen: list[object] = []
    optimizer = optim.SGD([with_grad()])
    optimizer.register_step_pre_hook(lambda *_: seen.append("before"))
    optimizer.register_step_post_hook(lambda *_: seen.append("after"))
    first = register_optimizer_step_pre_hook(lambda o, args, kwargs: seen.append((o, args)))
    last = register_optimizer_step_post_hook(lambda o, args, kwargs: seen.append(o))
    with first, last:
        optimizer.step()
        assert seen == [(optimizer, (optimizer,)), "before", "after", optimizer]
    optimizer.step()
    assert seen[4:] == ["before", "after"]


def test_hooks_of_the_state():
    seen: list[object] = []
    param = with_grad()
    optimizer = optim.SGD([param], lr=1.0)
    optimizer.register_state_dict_pre_hook(seen.append)
    optimizer.register_state_dict_post_hook(lambda o, state: {**state, "more": 1})
    optimizer.register_state_dict_post_hook(lambda o, state: seen.append(dict(state)), prepend=True)
    state = optimizer.state_dict()
    assert state["more"] == 1
    assert seen == [optimizer, {k: v for k, v in state.items() if k != "more"}]

    def faster(o, state):
        state["param_groups"] = [{**state["param_groups"][0], "lr": 2.0}]

    optimizer.register_load_state_dict_pre_hook(faster)
    optimizer.register_load_state_dict_post_hook(lambda o: seen.append(o.param_groups[0]["lr"]))
    optimizer.load_state_dict(state)
    assert seen[2:] == [2.0]
    assert state["param_groups"][0]["lr"] == 1.0


def test_an_optimizer_of_ones_own_with_a_step():
    class Down(optim.Optimizer):
        def __init__(self, params, lr=required):
            super().__init__(params, {"lr": lr})

        def step(self, closure=None):
            for group in self.param_groups:
                for p in group["params"]:
                    p.data -= group["lr"] * p.grad

    param, seen = with_grad(), []
    optimizer = Down([param], lr=0.5)
    optimizer.register_step_post_hook(lambda *_: seen.append(1))
    optimizer.step()
    assert param.tolist() == [0.5, 1.5]
    assert seen == [1]


# --- state ---


def test_state_dict_counts_parameters_through_the_groups():
    params = [with_grad() for _ in range(3)]
    optimizer = optim.Adam([{"params": params[:2]}, {"params": params[2]}])
    optimizer.step()
    saved = optimizer.state_dict()
    assert [group["params"] for group in saved["param_groups"]] == [[0, 1], [2]]
    assert sorted(saved["state"]) == [0, 1, 2]
    assert saved["state"][2]["step"].item() == 1.0


def test_loading_copies_and_casts():
    param = with_grad()
    first = optim.Adam([param])
    first.step()
    wide = leaf(1.0, 2.0, dtype=tg.float64)
    second = optim.Adam([wide])
    second.load_state_dict(first.state_dict())
    state = second.state[wide]
    assert state["exp_avg"].dtype == tg.float64
    assert state["step"].dtype == tg.float32
    param.grad = tg.tensor([9.0, 9.0])
    first.step()
    assert state["step"].item() == 1.0
    np.testing.assert_allclose(state["exp_avg"].numpy(), [0.1, 0.1], rtol=1e-6)


@pytest.mark.torch
@pytest.mark.parametrize("name", ["Adam", "ASGD", "NAdam"])
@pytest.mark.parametrize("saved", ["float32", "float64"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_dtypes_of_what_is_loaded_are_pytorchs(name, saved, dtype):
    import torch

    found = []
    for lib in (tg, torch):
        first, second = (
            lib.tensor([1.0, 2.0], dtype=getattr(lib, d), requires_grad=True)
            for d in (saved, dtype)
        )
        optimizer = getattr(lib.optim, name)([first], lr=0.1)
        first.grad = lib.tensor([0.5, -1.0], dtype=first.dtype)
        optimizer.step()
        state = optimizer.state_dict()
        state["state"][0] = {k: v.to(first.dtype) for k, v in state["state"][0].items()}
        optimizer = getattr(lib.optim, name)([second], lr=0.1)
        optimizer.load_state_dict(state)
        second.grad = lib.tensor([0.5, -1.0], dtype=second.dtype)
        optimizer.step()
        entries = optimizer.state[second].items()
        found.append([second.tolist(), *((k, str(v.dtype), v.tolist()) for k, v in entries)])
    (ours, *mine), (theirs, *others) = found
    np.testing.assert_allclose(ours, theirs, rtol=1e-6 if dtype == "float32" else 1e-14)
    for (key, kind, value), (other_key, other_kind, other) in zip(mine, others, strict=True):
        assert (key, kind) == (other_key, other_kind)
        np.testing.assert_allclose(value, other, rtol=1e-6 if "32" in kind else 1e-14)


def test_loading_state_of_other_kinds():
    param = leaf()
    optimizer = optim.SGD([param])
    state = {
        0: {"step": 3, "list": [tg.tensor([1.0]), "text"], "dict": {"a": np.ones(1)}},
        "shared": {"x": 1},
    }
    group = {**optimizer.param_groups[0], "params": [0], "lr": 2.0}
    del group["nesterov"]
    optimizer.load_state_dict({"state": state, "param_groups": [group]})
    loaded = optimizer.state[param]
    assert loaded["step"].item() == 3.0
    assert loaded["list"][0].tolist() == [1.0]
    assert loaded["list"][1] == "text"
    assert loaded["dict"]["a"].dtype == tg.float32
    assert optimizer.state["shared"] == {"x": 1}
    assert optimizer.param_groups[0]["nesterov"] is False  # a flag that the dict lacks


def test_an_expanded_parameter_is_not_updated():
    param, other = tg.ones(1).expand(3).requires_grad_(), leaf(1.0)
    (param.sum() + other.sum()).backward()
    with pytest.raises(RuntimeError, match="single memory location"):
        optim.SGD([{"params": [other]}, {"params": [param]}], lr=0.1).step()
    assert other.tolist() == [1.0]  # nothing is changed


def test_state_of_another_optimizer_is_refused():
    param = leaf()
    state = optim.Adam([param]).state_dict()
    optimizer = optim.SGD([param])
    with pytest.raises(KeyError, match="no 'dampening', which SGD needs"):
        optimizer.load_state_dict(state)
    assert "betas" not in optimizer.param_groups[0]


@pytest.mark.parametrize("kind", [optim.Adam, optim.Adadelta])
def test_a_state_is_saved_as_memory_of_its_own(kind):
    params = [tg.ones(n, requires_grad=True) for n in (900, 3, 0, 2000)]
    optimizer = kind(params)
    for _ in range(2):
        for p in params:
            p.grad = tg.ones_like(p)
        optimizer.step()
    file = io.BytesIO()
    tg.save(optimizer.state_dict()["state"][1], file)
    assert file.tell() < 3000
    whole = io.BytesIO()
    tg.save(optimizer.state_dict(), whole)
    whole.seek(0)
    loaded = tg.load(whole)["state"][3]
    for name, value in optimizer.state[params[3]].items():
        assert tg.equal(loaded[name], value)


@pytest.mark.parametrize(
    ("groups", "message"),
    [([], "number of parameter groups: 0"), ([{"params": [0, 1]}], "group 0 has 2 .* 1 here")],
)
def test_state_of_another_model_is_refused(groups, message):
    param = with_grad()
    optimizer = optim.SGD([param], lr=0.5, momentum=0.9)
    optimizer.step()
    before = copy.deepcopy(optimizer.state_dict())
    with pytest.raises(ValueError, match=message):
        optimizer.load_state_dict({"state": {}, "param_groups": groups})
    after = optimizer.state_dict()
    assert after["param_groups"] == before["param_groups"]
    assert after["state"][0]["momentum_buffer"].tolist() == [1.0, 1.0]


def test_pickle_and_deepcopy_keep_state_with_parameters():
    optimizer = optim.Adam([with_grad()])
    optimizer.step()
    for other in (copy.deepcopy(optimizer), pickle.loads(pickle.dumps(optimizer))):
        (param,) = other.param_groups[0]["params"]
        assert other.state[param]["step"].item() == 1.0
        other.zero_grad()
        param.grad = tg.tensor([1.0, 1.0])
        other.step()
        assert other.state[param]["step"].item() == 2.0
    (param,) = optimizer.param_groups[0]["params"]
    assert optimizer.state[param]["step"].item() == 1.0


def test_what_was_saved_by_an_older_class_is_completed():
    class Older(optim.SGD):
        def __setstate__(self, state):
            super().__setstate__(state)
            for group in self.param_groups:
                group.setdefault("added", 7)

    optimizer = Older([leaf()], lr=0.1)
    assert copy.deepcopy(optimizer).param_groups[0]["added"] == 7
    optimizer.load_state_dict(optimizer.state_dict())
    assert optimizer.param_groups[0]["added"] == 7


def test_a_wrapper_need_not_call_init():
    class Lookahead(optim.Optimizer):
        def __init__(self, base):
            self.base = base

        def step(self):
            self.base.step()

    x = tg.ones(1, requires_grad=True)
    x.sum().backward()
    Lookahead(optim.SGD([x], lr=1)).step()
    assert x == 0
