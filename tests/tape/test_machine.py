"""A state machine that drives the tape against a naive one.

The naive tape is forward mode on NumPy arrays: beside each value stands its Jacobian with respect
to all numbers of all leaves, with the same views and the same changes in place, so that NumPy's
own memory is the judge of what a view sees.
"""

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

import tinygrad_np as tg

ROOM = 24  # numbers in all leaves together


class Pair:
    """A Tensor and its model: the same values, and their Jacobian in a last dimension."""

    def __init__(self, tensor, value, jacobian):
        self.tensor, self.value, self.jacobian = tensor, value, jacobian


class TapeMachine(RuleBasedStateMachine):
    pairs = Bundle("pairs")

    def __init__(self):
        super().__init__()
        self.leaves = []
        self.used = 0
        self.all = []

    def add(self, tensor, value, jacobian):
        self.all.append(Pair(tensor, value, jacobian))
        return self.all[-1]

    @rule(target=pairs, seed=st.integers(0, 1000))
    def make_leaf(self, seed):
        if self.used + 6 > ROOM:
            return self.all[-1]
        value = np.random.default_rng(seed).uniform(0.5, 1.5, (2, 3))
        tensor = tg.tensor(value, requires_grad=True)
        jacobian = np.zeros((2, 3, ROOM))
        jacobian.reshape(6, ROOM)[range(6), range(self.used, self.used + 6)] = 1
        self.used += 6
        self.leaves.append(tensor)
        return self.add(tensor * 1, value.copy(), jacobian)

    @rule(target=pairs)
    def make_constant(self):
        return self.add(
            tg.full((2, 3), 0.5, dtype=tg.float64), np.full((2, 3), 0.5), np.zeros((2, 3, ROOM))
        )

    @rule(target=pairs, a=pairs, b=pairs, kind=st.sampled_from(["add", "mul"]))
    def combine(self, a, b, kind):
        try:
            np.broadcast_shapes(a.value.shape, b.value.shape)
        except ValueError:
            return a
        if kind == "add":
            return self.add(a.tensor + b.tensor, a.value + b.value, a.jacobian + b.jacobian)
        return self.add(
            a.tensor * b.tensor,
            a.value * b.value,
            a.jacobian * b.value[..., None] + b.jacobian * a.value[..., None],
        )

    @rule(target=pairs, a=pairs)
    def tanh(self, a):
        value = np.tanh(a.value)
        return self.add(tg.tanh(a.tensor), value, a.jacobian * (1 - value**2)[..., None])

    @rule(target=pairs, a=pairs, how=st.sampled_from(["row", "part", "T", "unsqueeze", "flat"]))
    def view(self, a, how):
        if how == "row" and a.value.ndim > 1:
            return self.add(a.tensor[-1], a.value[-1], a.jacobian[-1])
        if how == "part" and a.value.ndim and a.value.shape[0] > 1:
            return self.add(a.tensor[1:], a.value[1:], a.jacobian[1:])
        if how == "T" and a.value.ndim == 2:
            return self.add(a.tensor.transpose(0, 1), a.value.T, a.jacobian.transpose(1, 0, 2))
        if how == "unsqueeze" and a.value.ndim < 3:
            return self.add(a.tensor.unsqueeze(0), a.value[None], a.jacobian[None])
        if how == "flat" and a.value.flags.c_contiguous:
            return self.add(a.tensor.view(-1), a.value.reshape(-1), a.jacobian.reshape(-1, ROOM))
        return a

    @rule(a=pairs, b=pairs, kind=st.sampled_from(["add_", "mul_", "copy_", "setitem"]))
    def change(self, a, b, kind):
        value, jacobian = b.value, b.jacobian
        try:
            fits = np.broadcast_shapes(a.value.shape, value.shape) == a.value.shape
        except ValueError:
            return
        if not fits:
            return
        lead = a.value.ndim - value.ndim
        jacobian = jacobian.reshape((1,) * lead + jacobian.shape) if lead > 0 else jacobian
        if kind == "add_":
            a.tensor.add_(b.tensor)
            value, jacobian = a.value + value, a.jacobian + jacobian
        elif kind == "mul_":
            a.tensor.mul_(b.tensor)
            jacobian = jacobian * a.value[..., None] + a.jacobian * value[..., None]
            value = a.value * value
        elif kind == "copy_":
            a.tensor.copy_(b.tensor)
        else:
            a.tensor[...] = b.tensor
        value, jacobian = value.copy(), jacobian.copy()
        a.value[...] = value
        a.jacobian[...] = jacobian

    @invariant()
    def values_agree(self):
        for p in self.all[-3:]:
            np.testing.assert_allclose(p.tensor.detach().numpy(), p.value, rtol=1e-9)

    def teardown(self):
        """At the end every tensor's gradient, or the error for a stale saved value."""
        for p in self.all[-6:]:
            depends = bool(np.any(p.jacobian))
            if not p.tensor.requires_grad:
                assert not depends
                continue
            seed = np.random.default_rng(0).uniform(0.5, 1.5, p.value.shape)
            want = (p.jacobian * seed[..., None]).sum(axis=tuple(range(p.value.ndim)))
            try:
                got = tg.autograd.grad(
                    p.tensor,
                    self.leaves,
                    tg.tensor(seed),
                    retain_graph=True,
                    allow_unused=True,
                    materialize_grads=True,
                )
            except RuntimeError as error:
                assert "modified by an inplace operation" in str(error)
                continue
            flat = np.concatenate([g.numpy().reshape(-1) for g in got])
            np.testing.assert_allclose(flat, want[: self.used], rtol=1e-7, atol=1e-9)


TapeMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=25)
TestTape = TapeMachine.TestCase
