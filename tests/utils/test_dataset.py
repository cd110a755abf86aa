"""Datasets and samplers."""

import collections

import numpy as np
import pytest

import tinygrad_np as tg
from tinygrad_np.generator import Generator
from tinygrad_np.utils.data import (
    BatchSampler,
    ChainDataset,
    ConcatDataset,
    DataLoader,
    Dataset,
    IterableDataset,
    RandomSampler,
    Sampler,
    SequentialSampler,
    StackDataset,
    Subset,
    SubsetRandomSampler,
    TensorDataset,
    WeightedRandomSampler,
    random_split,
)
from tinygrad_np.utils.data.dataset import batch, items


class Count(IterableDataset):
    def __init__(self, n=7):
        self.n = n

    def __iter__(self):
        return iter(range(self.n))

    def __len__(self):
        return self.n


def pairs(n=10):
    return TensorDataset(tg.tensor(np.arange(n)), tg.tensor(np.arange(n) * 0.5))


# --- datasets ---


def test_tensor_dataset():
    dataset = pairs()
    assert len(dataset) == 10
    number, half = dataset[3]
    assert (number.item(), half.item()) == (3, 1.5)
    assert [t.tolist() for t in dataset[2:4]] == [[2, 3], [1.0, 1.5]]
    assert dataset[[4, 0]][0].tolist() == [4, 0]


def test_a_batch_at_once_is_the_same_batch():
    dataset = pairs()
    for indices in ([3], [9, 0, -1], [4, 4]):
        at_once = batch(dataset, indices)
        one_by_one = tg.utils.data.default_collate([dataset[i] for i in indices])
        assert type(at_once) is type(one_by_one) is list
        for a, b in zip(at_once, one_by_one, strict=True):
            assert a.dtype == b.dtype
            np.testing.assert_array_equal(a.numpy(), b.numpy())
    part = Subset(dataset, [5, 6, 7])
    assert batch(part, [2, 0])[0].tolist() == [7, 5]


def test_a_batch_owns_its_memory():
    dataset = pairs()
    batch(dataset, [0, 1])[0]._array[...] = 99
    assert dataset[0][0].item() == 0


def test_a_batch_of_tensors_that_require_grad():
    x = tg.tensor([1.0, 2.0, 3.0], requires_grad=True)
    (rows,) = batch(TensorDataset(x), [2, 0])
    rows.sum().backward()
    assert x.grad.tolist() == [1.0, 0.0, 1.0]


def test_a_subclass_that_reads_items_its_own_way():
    class Negative(TensorDataset):
        def __getitem__(self, index):
            return tuple(-t for t in super().__getitem__(index))

    class Several(TensorDataset):
        def __getitems__(self, indices):
            return ["several"] * len(indices)

    dataset = Negative(tg.tensor([1.0, 2.0]))
    assert batch(dataset, [1]) is None
    assert batch(Subset(dataset, [1]), [0]) is None
    assert next(iter(DataLoader(dataset, batch_size=2)))[0].tolist() == [-1.0, -2.0]
    assert next(iter(DataLoader(Subset(dataset, [1])))) == [tg.tensor([-2.0])]
    assert next(iter(DataLoader(Several(tg.ones(2))))) == ["several"]


def test_items_at_once():
    class Fetches(Dataset):
        def __getitems__(self, indices):
            return [10 * i for i in indices]

    assert items(Fetches(), [1, 2]) == [10, 20]
    assert items(Subset(Fetches(), [3, 4]), [1, 0]) == [40, 30]
    assert items("abc", [2, 0]) == ["c", "a"]


def test_concat():
    dataset = ConcatDataset([range(3), range(10, 12)])
    assert len(dataset) == 5
    assert [dataset[i] for i in range(-5, 5)] == [0, 1, 2, 10, 11] * 2
    for i in (5, -6):
        with pytest.raises(IndexError, match=f"index {i} .* 5 items"):
            dataset[i]
    both = pairs() + pairs()
    assert isinstance(both, ConcatDataset)
    assert len(both) == 20


def test_chain():
    chained = Count(2) + Count(3)
    assert isinstance(chained, ChainDataset)
    assert list(chained) == [0, 1, 0, 1, 2]
    assert len(chained) == 5


def test_stack():
    dataset = StackDataset("abc", range(3))
    assert dataset[1] == ("b", 1)
    assert len(dataset) == 3
    assert StackDataset(x="abc", y=range(3))[2] == {"x": "c", "y": 2}


def test_subset():
    subset = Subset(pairs(), [4, 2])
    assert len(subset) == 2
    assert subset[1][0].item() == 2
    assert subset[[1, 0]][0].tolist() == [2, 4]


@pytest.mark.parametrize(
    ("lengths", "sizes"),
    [([3, 7], [3, 7]), ([0.5, 0.26, 0.24], [6, 2, 2]), ([0.01, 0.99], [1, 9]), ([10], [10])],
)
def test_random_split(lengths, sizes):
    parts = random_split(range(10), lengths)
    assert [len(p) for p in parts] == sizes
    assert sorted(i for p in parts for i in p) == list(range(10))


def test_random_split_of_a_generator():
    a, b = (random_split(range(9), [4, 5], Generator().manual_seed(3)) for _ in range(2))
    assert [s.indices for s in a] == [s.indices for s in b]


def test_random_split_warns_of_empty_parts():
    with pytest.warns(UserWarning, match="index 2 is 0"):
        random_split(range(2), [0.5, 0.5, 0.0])


REFUSED = {
    "different sizes": (
        lambda: TensorDataset(tg.ones(2), tg.ones(3, 1)),
        AssertionError,
        r"\[2, 3\]",
    ),
    "concat of nothing": (lambda: ConcatDataset([]), AssertionError, "empty"),
    "concat of streams": (lambda: ConcatDataset([Count()]), AssertionError, "ChainDataset"),
    "stack of nothing": (lambda: StackDataset(), ValueError, "at least one"),
    "stack of both": (lambda: StackDataset([1], x=[2]), ValueError, "1 and 1"),
    "stack of lengths": (lambda: StackDataset([1], [1, 2]), ValueError, r"\[1, 2\]"),
    "dataset": (lambda: Dataset()[0], NotImplementedError, "__getitem__"),
    "stream": (lambda: iter(IterableDataset()), NotImplementedError, "__iter__"),
    "sampler": (lambda: iter(Sampler()), NotImplementedError, "__iter__"),
    "split": (lambda: random_split(range(5), [2, 2]), ValueError, "Sum.*4.*5 items"),
    "split shares": (lambda: random_split(range(5), [0.5, 0.4]), ValueError, "Sum"),
    "split of -1": (lambda: random_split(range(5), [1.5, -0.5]), ValueError, "index 0.*1.5"),
    "no samples": (lambda: RandomSampler([]), ValueError, "num_samples=0"),
    "half a sample": (lambda: RandomSampler([1], num_samples=0.5), ValueError, "0.5"),
    "replacement": (lambda: RandomSampler([1], replacement=1), TypeError, "boolean"),
    "weights": (lambda: WeightedRandomSampler([[1.0]], 1), ValueError, r"\(1, 1\)"),
    "weighted none": (lambda: WeightedRandomSampler([1.0], 0), ValueError, "num_samples=0"),
    "weighted": (lambda: WeightedRandomSampler([1.0], 1, 2), ValueError, "boolean"),
    "negative weight": (lambda: list(WeightedRandomSampler([-1.0, 2], 1)), RuntimeError, ""),
    "batches of 0": (lambda: BatchSampler([1], 0, False), ValueError, "batch_size=0"),
    "drop_last": (lambda: BatchSampler([1], 1, 1), ValueError, "drop_last=1"),
    "generator": (
        lambda: list(SubsetRandomSampler([1], generator=3)),
        TypeError,
        "generator.*int",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_refused(what):
    call, error, message = REFUSED[what]
    with pytest.raises(error, match=message or None):
        call()


# --- samplers ---


def test_sequential():
    assert list(SequentialSampler("abc")) == [0, 1, 2]
    assert len(SequentialSampler("abc")) == 3


def test_random_orders_are_permutations():
    for sampler in (RandomSampler(range(10)), SubsetRandomSampler(range(10))):
        assert len(sampler) == 10
        first, second = list(sampler), list(sampler)
        assert sorted(first) == sorted(second) == list(range(10))
        assert first != second


def test_num_samples():
    assert len(list(RandomSampler(range(3), num_samples=8))) == 8
    counts = collections.Counter(RandomSampler(range(3), num_samples=7))
    assert sorted(counts.values()) == [2, 2, 3]
    drawn = list(RandomSampler(range(3), replacement=True, num_samples=100))
    assert len(drawn) == 100
    assert set(drawn) == {0, 1, 2}


def test_seeds():
    tg.manual_seed(5)
    first = list(RandomSampler(range(20)))
    tg.manual_seed(5)
    assert list(RandomSampler(range(20))) == first
    own = RandomSampler(range(20), generator=Generator().manual_seed(5))
    assert list(own) != list(own)  # the generator goes on


def test_weights():
    counts = collections.Counter(WeightedRandomSampler(tg.tensor([1.0, 0.0, 3.0]), 4000))
    assert set(counts) == {0, 2}
    assert 0.65 < counts[2] / 4000 < 0.85
    assert sorted(WeightedRandomSampler([1, 2, 3], 3, replacement=False)) == [0, 1, 2]
    assert len(WeightedRandomSampler([1, 2, 3], 2)) == 2


@pytest.mark.parametrize("drop_last", [False, True])
@pytest.mark.parametrize("n", [0, 1, 4, 6, 7])
def test_batches(n, drop_last):
    sampler = BatchSampler(range(n), 3, drop_last)
    found = list(sampler)
    assert len(found) == len(sampler)
    flat = [i for b in found for i in b]
    assert flat == list(range(n - n % 3 if drop_last else n))
    assert all(len(b) == 3 for b in found[:-1])


# --- against PyTorch ---


def both():
    import torch

    return (tg, torch), (tg.utils.data, torch.utils.data)


def draws(make):
    """What a sampler gives in each library, and the generator's next numbers."""
    results = []
    for library, data in zip(*both(), strict=True):
        library.manual_seed(3)
        generator = library.Generator()
        generator.manual_seed(8)
        found = make(data, generator)
        after = library.randperm(5, generator=generator).tolist(), library.randperm(5).tolist()
        results.append((found, after))
    return results


@pytest.mark.torch
@pytest.mark.parametrize(
    "make",
    [
        lambda data, g: list(data.RandomSampler(range(50))),
        lambda data, g: list(data.RandomSampler(range(50), generator=g)),
        lambda data, g: list(data.RandomSampler(range(5), num_samples=13, generator=g)),
        lambda data, g: list(data.RandomSampler(range(9), True, generator=g)),
        lambda data, g: list(data.RandomSampler(range(9), True, 64, generator=g)),
        lambda data, g: list(data.RandomSampler(range(9), True, 70)),
        lambda data, g: list(data.SubsetRandomSampler(range(10, 30), g)),
        lambda data, g: list(data.SubsetRandomSampler(range(10, 30))),
        lambda data, g: list(data.WeightedRandomSampler([0.1, 0.3, 0.6], 20, generator=g)),
        lambda data, g: list(data.WeightedRandomSampler([1, 3, 6], 2, False)),
        lambda data, g: [s.indices for s in data.random_split(range(20), [0.6, 0.4], g)],
        lambda data, g: [s.indices for s in data.random_split(range(20), [5, 15])],
        lambda data, g: [b.tolist() for b in data.DataLoader(range(20), 6, True)],
        lambda data, g: [b.tolist() for b in data.DataLoader(range(20), 6, True, generator=g)],
        lambda data, g: [b.tolist() for b in data.DataLoader(range(20), 6)],
    ],
)
def test_draws_are_pytorchs(make):
    ours, theirs = draws(make)
    assert ours == theirs


def test_a_sequence_of_datasets_can_be_added_up():
    assert ConcatDataset.cumsum([range(3), "ab"]) == [3, 5]
