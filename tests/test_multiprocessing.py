"""Tensors in memory that processes share: inherited, sent, and changed on both sides."""

from multiprocessing.reduction import ForkingPickler

import numpy as np
import pytest

import tinygrad_np as tg
from tinygrad_np import multiprocessing as mp
from tinygrad_np import nn


def add_to(model, by, queue):
    with tg.no_grad():
        for p in model.parameters():
            p.add_(by)
    queue.put([p.is_shared() for p in model.parameters()])


def add_number(i, total):
    total[i] += i + 1.0


def fail(i):
    raise ValueError("on purpose")


@pytest.mark.parametrize("method", ["fork", "spawn"])
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_module_in_shared_memory_is_one_in_all_processes(method):
    context = mp.get_context(method)
    model = nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2))
    assert not model[0].weight.is_shared()
    before = [p.detach().numpy().copy() for p in model.parameters()]
    assert model.share_memory() is model
    assert all(p.is_shared() and p.requires_grad for p in model.parameters())
    assert all(b.is_shared() for b in model.buffers())
    queue = context.Queue()
    process = context.Process(target=add_to, args=(model, 2.0, queue))
    process.start()
    assert queue.get(timeout=60) == [True] * 4
    process.join()
    for p, old in zip(model.parameters(), before, strict=True):
        np.testing.assert_allclose(p.detach().numpy(), old + 2)
    model(tg.ones(4, 3)).sum().backward()
    assert model[0].weight.grad is not None


def test_spawned_processes():
    total = tg.zeros(2).share_memory_()
    assert total.is_shared()
    assert mp.spawn(add_number, (total,), nprocs=2) is None
    assert total.tolist() == [1, 2]
    with pytest.raises(RuntimeError, match="process 0 terminated with exit code 1"):
        mp.spawn(fail)


def test_what_is_shared():
    x = tg.zeros(2, 3)
    assert not x.is_shared()
    assert x.share_memory_().share_memory_() is x
    assert not x.clone().is_shared()
    with pytest.raises(RuntimeError, match="view"):
        tg.zeros(2, 3)[0].share_memory_()
    assert tg.zeros(0).share_memory_().shape == (0,)


def test_a_tape_stays_in_its_process():
    with pytest.raises(RuntimeError, match="non-leaf"):
        ForkingPickler.dumps(tg.ones(2, requires_grad=True) * 2)
