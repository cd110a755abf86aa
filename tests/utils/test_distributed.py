"""The parts that processes take of a dataset: all of it, and PyTorch's."""

import pytest

import tinygrad_np as tg
from tinygrad_np.utils.data import DataLoader, DistributedSampler, TensorDataset


@pytest.mark.parametrize("count", [0, 1, 7, 12])
@pytest.mark.parametrize("drop_last", [False, True])
def test_the_parts_are_even_and_all_of_it(count, drop_last):
    parts = [
        DistributedSampler(range(count), 3, rank, seed=5, drop_last=drop_last) for rank in range(3)
    ]
    taken = [list(p) for p in parts]
    assert {len(t) for t in taken} == {len(p) for p in parts} == {parts[0].num_samples}
    seen = sorted({i for t in taken for i in t})
    assert seen == list(range(count)) or (drop_last and len(seen) == count // 3 * 3)


def test_in_a_loader_and_in_another_order_each_epoch():
    data = TensorDataset(tg.arange(20))
    sampler = DistributedSampler(data, 2, 0)
    orders = []
    for epoch in range(2):
        sampler.set_epoch(epoch)
        orders.append([i for (b,) in DataLoader(data, 4, sampler=sampler) for i in b.tolist()])
    assert orders[0] != orders[1]
    assert len(orders[0]) == 10
    with pytest.raises(ValueError, match="Invalid rank 2"):
        DistributedSampler(data, 2, 2)
    with pytest.raises(ValueError, match="not been initialized"):
        DistributedSampler(data)


@pytest.mark.torch
@pytest.mark.parametrize("shuffle", [False, True])
@pytest.mark.parametrize("drop_last", [False, True])
@pytest.mark.parametrize("count", [1, 2, 11, 12])
def test_the_order_is_pytorchs(shuffle, drop_last, count):
    torch = pytest.importorskip("torch")
    for rank in range(3):
        found = []
        for kind in (DistributedSampler, torch.utils.data.DistributedSampler):
            sampler = kind(range(count), 3, rank, shuffle, seed=2, drop_last=drop_last)
            sampler.set_epoch(4)
            found.append((list(sampler), len(sampler)))
        assert found[0] == found[1]
