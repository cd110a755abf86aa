"""DataLoader: batches, collating, options, and worker threads."""

import collections
import gc
import threading
import time
import traceback

import numpy as np
import pytest

import tinygrad_np as tg
from tinygrad_np.utils.data import (
    DataLoader,
    Dataset,
    IterableDataset,
    Subset,
    TensorDataset,
    default_collate,
    default_convert,
    get_worker_info,
)

Point = collections.namedtuple("Point", "x y")


class Squares(Dataset):
    def __init__(self, n=10):
        self.n = n

    def __len__(self):
        return self.n

    def __getitem__(self, index):
        return index, float(index**2)


class Stream(IterableDataset):
    def __init__(self, n=7):
        self.n = n

    def __iter__(self):
        info = get_worker_info()
        first, step = (info.id, info.num_workers) if info else (0, 1)
        return iter(range(first, self.n, step))

    def __len__(self):
        return self.n


def lists(loader):
    return [batch.tolist() if hasattr(batch, "tolist") else batch for batch in loader]


def workers():
    return [t for t in threading.enumerate() if t.name.startswith("DataLoader")]


@pytest.fixture(autouse=True)
def _no_thread_is_left():
    yield
    gc.collect()
    assert not workers()


# --- batches ---


@pytest.mark.parametrize("num_workers", [0, 1, 3])
def test_batches_in_order(num_workers):
    loader = DataLoader(Squares(), batch_size=4, num_workers=num_workers)
    assert len(loader) == 3
    for _ in range(2):
        found = list(loader)
        assert [numbers.tolist() for numbers, _ in found] == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
        assert found[2][1].tolist() == [64.0, 81.0]
        assert found[0][1].dtype == tg.float64


@pytest.mark.parametrize("num_workers", [0, 2])
def test_options(num_workers):
    def make(*args, **kwargs):
        return DataLoader(*args, **kwargs, num_workers=num_workers)

    assert lists(make(range(5), 2, drop_last=True)) == [[0, 1], [2, 3]]
    assert len(make(range(5), 2, drop_last=True)) == 2
    assert lists(make(range(5), 2, sampler=[4, 0, 2])) == [[4, 0], [2]]
    assert lists(make(range(5), batch_sampler=[[1], [2, 3]])) == [[1], [2, 3]]
    assert lists(make(range(3), batch_size=None)) == [0, 1, 2]
    assert lists(make(range(4), 2, collate_fn=sum)) == [1, 5]
    assert lists(make([np.float32(2)], batch_size=None)) == [2.0]
    assert lists(make([], 3)) == []


def test_shuffle_differs_from_epoch_to_epoch_and_follows_the_seed():
    loader = DataLoader(range(30), batch_size=30, shuffle=True)
    tg.manual_seed(1)
    first, second = lists(loader), lists(loader)
    assert first != second
    assert sorted(first[0]) == list(range(30))
    tg.manual_seed(1)
    assert [lists(loader), lists(loader)] == [first, second]
    tg.manual_seed(1)
    threaded = DataLoader(range(30), batch_size=30, shuffle=True, num_workers=2)
    assert lists(threaded) == first


def test_tensor_datasets_are_read_at_once(monkeypatch):
    dataset = TensorDataset(tg.tensor(np.arange(10.0)), tg.tensor(np.arange(10)))
    slow = lists(DataLoader(dataset, 4, collate_fn=lambda b: default_collate(b)[0]))
    monkeypatch.setattr(TensorDataset, "__getitem__", None)
    fast = [x.tolist() for x, _ in DataLoader(dataset, 4)]
    assert fast == slow
    part = Subset(dataset, range(9, 0, -2))
    assert [y.tolist() for _, y in DataLoader(part, 3)] == [[9, 7, 5], [3, 1]]


def test_streams():
    assert lists(DataLoader(Stream(), 3)) == [[0, 1, 2], [3, 4, 5], [6]]
    assert lists(DataLoader(Stream(), 3, drop_last=True)) == [[0, 1, 2], [3, 4, 5]]
    assert lists(DataLoader(Stream(), None)) == list(range(7))
    assert len(DataLoader(Stream(), 3)) == 3
    assert len(DataLoader(Stream(), 3, drop_last=True)) == 2
    assert len(DataLoader(Stream(), None)) == 7


def test_streams_are_shared_among_workers():
    loader = DataLoader(Stream(7), 2, num_workers=2)
    assert lists(loader) == [[0, 2], [1, 3], [4, 6], [5]]
    assert lists(DataLoader(Stream(5), None, num_workers=3)) == [0, 1, 2, 3, 4]
    assert lists(DataLoader(Stream(1), None, num_workers=3)) == [0]


class Span(IterableDataset):
    def __init__(self, start, end):
        self.start, self.end = start, end

    def __iter__(self):
        return iter(range(self.start, self.end))


def test_each_worker_sets_attributes_of_a_dataset_of_its_own():
    span = Span(3, 8)

    def take_a_share(number):
        info = get_worker_info()
        own, share = info.dataset, -(-5 // info.num_workers)
        assert own is not span
        own.start += number * share
        own.end = min(own.start + share, own.end)

    for _ in range(2):  # in the second epoch as in the first
        loader = DataLoader(span, None, num_workers=2, worker_init_fn=take_a_share)
        assert lists(loader) == [3, 6, 4, 7, 5]
    assert (span.start, span.end) == (3, 8)


class Wrapper(Dataset):
    """Hands on what it does not have itself, and drops its cache when it is pickled."""

    def __init__(self, inner):
        self.inner, self.cache = inner, {"kept": True}

    def __getattr__(self, name):
        return getattr(self.inner, name)

    def __getstate__(self):
        return {"inner": self.inner}

    def __getitem__(self, index):
        return self.inner[index] * self.cache["kept"]

    def __len__(self):
        return len(self.inner)


def test_workers_have_all_of_a_dataset():
    assert lists(DataLoader(Wrapper([1, 2, 3]), None, num_workers=2)) == [1, 2, 3]


REFUSED = {
    "num_workers": ({"num_workers": -1}, "num_workers.*-1"),
    "timeout": ({"timeout": -1}, "timeout.*-1"),
    "prefetch 0": ({"prefetch_factor": 2}, "prefetch_factor.*num_workers > 0"),
    "prefetch": ({"prefetch_factor": -2, "num_workers": 1}, "prefetch_factor.*-2"),
    "persistent": ({"persistent_workers": True}, "persistent_workers"),
    "context": ({"multiprocessing_context": "fork"}, "multiprocessing_context"),
    "shuffle": ({"shuffle": True, "sampler": [1]}, "mutually exclusive with shuffle"),
    "batches": ({"batch_sampler": [[1]], "batch_size": 2}, "mutually exclusive with batch_size"),
    "no batches": ({"batch_size": None, "drop_last": True}, "exclusive with drop_last"),
    "batch size": ({"batch_size": 0}, "batch_size=0"),
    "half": ({"batch_size": 2.5}, "batch_size=2.5"),
    "stream shuffle": ({"dataset": Stream(), "shuffle": True}, "IterableDataset.*shuffle=True"),
    "stream sampler": ({"dataset": Stream(), "sampler": [1]}, "IterableDataset.*sampler"),
    "nothing to shuffle": ({"dataset": [], "shuffle": True}, "num_samples=0"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_refused(what):
    options, message = REFUSED[what]
    with pytest.raises(ValueError, match=message):
        DataLoader(**{"dataset": [1, 2, 3], **options})


def test_what_is_fixed():
    loader = DataLoader([1, 2, 3])
    for name in ("batch_size", "sampler", "dataset", "persistent_workers"):
        with pytest.raises(ValueError, match=f"{name} attribute should not be set"):
            setattr(loader, name, None)
    loader.num_workers = 1
    assert lists(loader) == [[1], [2], [3]]


# --- collating ---

COLLATED = [
    [1, 2],
    [1.0, 2.0],
    [1, 2.5],
    [True, False],
    [np.float32(1), np.float32(2)],
    [np.int16(3), np.int16(4)],
    [np.bool_(True), np.bool_(False)],
    [np.array(3), np.array(4)],
    [np.ones(2), np.zeros(2)],
    [np.ones((2, 1), np.float32), np.zeros((2, 1), np.float32)],
    ["a", "b"],
    [b"a"],
    [np.str_("a")],
    [(1, 2.0), (3, 4.0)],
    [[1, 2], [3, 4]],
    [Point(1, np.ones(1)), Point(2, np.zeros(1))],
    [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}],
    [collections.OrderedDict(a=1), collections.OrderedDict(a=2)],
    [collections.UserDict(a=1), collections.UserDict(a=2)],
    [collections.deque([1, 2]), collections.deque([3, 4])],
    [range(2), range(2)],
    [[], []],
    [{"a": (1, [2.0, "z"])}, {"a": (3, [4.0, "w"])}],
]

CONVERTED = [
    1,
    1.5,
    "a",
    None,
    np.float32(1),
    np.ones(2),
    np.array(["a"]),
    (1, np.ones(2)),
    [np.ones(2), "x"],
    Point(1, np.ones(1)),
    {"a": np.ones(1)},
    {1},
    [],
]

NOT_COLLATED = [
    [None],
    [{1}],
    [np.array(["a"])],
    [np.array([object()])],
    [{"a": 1}, {"b": 2}],
    [(1, 2), (3,)],
    [tg.ones(2), tg.ones(3)],
    [np.ones(2), np.ones(3)],
    [tg.ones(2), "a"],
]


def plain(value):
    """A value with its types, tensors of both libraries as tuples."""
    if type(value).__name__ == "Tensor":
        return "tensor", str(value.dtype), tuple(value.shape), value.tolist()
    if isinstance(value, (dict, collections.UserDict)):
        return type(value), {k: plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple, collections.deque)):
        return type(value), [plain(v) for v in value]
    return type(value), str(value)


def test_collate():
    (xs, ys, names) = default_collate([(tg.ones(2), 3, "a"), (tg.zeros(2), 4, "b")])
    assert xs.tolist() == [[1.0, 1.0], [0.0, 0.0]]
    assert ys.tolist() == [3, 4]
    assert names == ("a", "b")
    assert plain(default_collate(COLLATED[0])) == ("tensor", "torch.int64", (2,), [1, 2])
    assert plain(default_collate(COLLATED[1])) == ("tensor", "torch.float64", (2,), [1.0, 2.0])
    point = default_collate(COLLATED[15])
    assert isinstance(point, Point)
    assert point.y.tolist() == [[1.0], [0.0]]


def test_collate_keeps_tensors_on_the_tape():
    x = tg.ones(2, requires_grad=True)
    default_collate([x, x]).sum().backward()
    assert x.grad.tolist() == [2.0, 2.0]


@pytest.mark.parametrize(
    ("batch", "error", "message"),
    [
        ([None], TypeError, "found <class 'NoneType'>.*collate_fn"),
        ([np.array(["a"])], TypeError, "found <U1"),
        ([(1, 2), (3,)], RuntimeError, r"equal size.*\[1, 2\]"),
        ([tg.ones(2), tg.ones(3)], RuntimeError, r"\[2\].*\[3\]"),
    ],
)
def test_collate_refuses(batch, error, message):
    with pytest.raises(error, match=message):
        default_collate(batch)


@pytest.mark.torch
@pytest.mark.parametrize("batch", COLLATED, ids=repr)
def test_collate_is_pytorchs(batch):
    import torch

    expected = torch.utils.data.default_collate(batch)
    assert plain(default_collate(batch)) == plain(expected)


@pytest.mark.torch
@pytest.mark.parametrize("data", CONVERTED, ids=repr)
def test_convert_is_pytorchs(data):
    import torch

    assert plain(default_convert(data)) == plain(torch.utils.data.default_convert(data))


@pytest.mark.torch
@pytest.mark.parametrize("batch", NOT_COLLATED)  # of an object, repr is an address
def test_collate_refuses_as_pytorch(batch):
    import torch

    theirs = [torch.ones(*t.shape) if isinstance(t, tg.Tensor) else t for t in batch]
    with pytest.raises(Exception) as expected:
        torch.utils.data.default_collate(theirs)
    with pytest.raises(expected.type):
        default_collate(batch)


# --- workers ---


class Informed(Dataset):
    def __len__(self):
        return 6

    def __getitem__(self, index):
        info = get_worker_info()
        return info.id, info.num_workers, info.seed, info.rng.torch_generator.randperm(100)


def test_workers_know_who_they_are():
    assert get_worker_info() is None
    dataset = Informed()
    tg.manual_seed(7)
    first = list(DataLoader(dataset, num_workers=2))
    assert [batch[0].item() for batch in first] == [0, 1, 0, 1, 0, 1]
    assert first[0][1].item() == 2
    assert first[1][2].item() == first[0][2].item() + 1
    tg.manual_seed(7)
    again = list(DataLoader(dataset, num_workers=2))
    for a, b in zip(first, again, strict=True):
        assert plain(a) == plain(b)
    assert get_worker_info() is None


class Drawn(Dataset):
    def __len__(self):
        return 6

    def __getitem__(self, index):
        return tg.rand(()), tg.initial_seed()


def test_workers_draw_from_default_generators_of_their_own():
    tg.manual_seed(7)
    loader = DataLoader(Drawn(), num_workers=2)
    items = [(number.item(), seed.item()) for number, seed in loader]
    after = tg.rand(())
    tg.manual_seed(7)
    list(DataLoader(Informed(), num_workers=2))  # draws nothing but a seed
    assert tg.equal(after, tg.rand(()))
    for worker in (items[::2], items[1::2]):
        expected = tg.rand(3, generator=tg.Generator().manual_seed(worker[0][1]))
        assert [number for number, _ in worker] == expected.tolist()


@pytest.mark.torch
def test_seeds_of_workers_are_pytorchs():
    import torch

    torch.manual_seed(7)
    base = torch.empty((), dtype=torch.int64).random_().item()
    tg.manual_seed(7)
    seeds = [batch[2].item() for batch in DataLoader(Informed(), num_workers=2)]
    assert seeds == [base, base + 1] * 3


def test_init():
    seen = []
    list(DataLoader(range(4), num_workers=3, worker_init_fn=seen.append))
    assert sorted(seen) == [0, 1, 2]


class Fails(Dataset):
    def __len__(self):
        return 5

    def __getitem__(self, index):
        if index == 2:
            raise KeyError("item two")
        return index


@pytest.mark.parametrize("num_workers", [0, 1, 2])
def test_errors_arrive_with_their_traceback_and_the_rest_goes_on(num_workers):
    batches = iter(DataLoader(Fails(), num_workers=num_workers))
    assert next(batches).item() == 0
    assert next(batches).item() == 1
    with pytest.raises(KeyError, match="item two") as caught:
        next(batches)
    assert "__getitem__" in [f.name for f in traceback.extract_tb(caught.value.__traceback__)]
    assert [b.item() for b in batches] == [3, 4]
    del caught


def test_errors_of_init_arrive():
    def init(worker_id):
        raise OSError("no such disk")

    with pytest.raises(OSError, match="no such disk"):
        next(iter(DataLoader(range(4), num_workers=2, worker_init_fn=init)))


def test_errors_of_a_sampler_arrive():
    def sampler():
        yield 0
        raise LookupError("the sampler")

    with pytest.raises(LookupError, match="the sampler"):
        list(DataLoader(range(4), sampler=sampler(), num_workers=2))


def test_an_abandoned_iterator_ends_its_threads():
    iterator = iter(DataLoader(range(1000), num_workers=3))
    next(iterator)
    threads = workers()
    assert len(threads) == 3
    del iterator
    assert not any(t.is_alive() for t in threads)


def test_a_finished_iterator_has_ended_its_threads():
    iterator = iter(DataLoader(range(4), num_workers=2))
    assert len(list(iterator)) == 4
    assert not workers()
    with pytest.raises(StopIteration):
        next(iterator)


def test_leaving_a_loop_ends_its_threads():
    for batch in DataLoader(range(1000), num_workers=2):
        if batch.item() == 3:
            break
    del batch
    gc.collect()
    assert not workers()


def test_no_more_is_read_ahead_than_wanted():
    read = []

    class Reads(Dataset):
        def __len__(self):
            return 100

        def __getitem__(self, index):
            read.append(index)
            return index

    iterator = iter(DataLoader(Reads(), num_workers=2, prefetch_factor=3))
    next(iterator)
    time.sleep(0.05)
    assert len(read) <= 2 * 3 + 1
    assert read[0] in (0, 1)
    del iterator


def test_timeout():
    release = threading.Event()

    class Waits(Dataset):
        def __len__(self):
            return 2

        def __getitem__(self, index):
            release.wait(5)
            return index

    iterator = iter(DataLoader(Waits(), num_workers=1, timeout=0.02))
    with pytest.raises(RuntimeError, match="timed out after 0.02 seconds: worker 0"):
        next(iterator)
    release.set()
    iterator._timeout = 5
    assert [b.item() for b in iterator] == [0, 1]


def test_workers_read_while_the_caller_computes():
    barrier = threading.Barrier(2, timeout=5)

    class Meets(Dataset):
        def __len__(self):
            return 2

        def __getitem__(self, index):
            barrier.wait()  # both items are being read at once
            return index

    assert [b.item() for b in DataLoader(Meets(), num_workers=2)] == [0, 1]


@pytest.mark.torch
def test_signature_is_pytorchs():
    import inspect

    import torch

    def names(cls):
        return [(p.name, p.default) for p in inspect.signature(cls).parameters.values()]

    for name in tg.utils.data.__all__:
        if name not in ("WorkerInfo", "random_split", "StackDataset"):
            assert names(getattr(tg.utils.data, name)) == names(getattr(torch.utils.data, name))


@pytest.mark.parametrize("workers", [0, 2])
def test_a_stop_iteration_in_the_dataset_is_no_end(workers):
    class Short(Dataset):
        def __len__(self):
            return 4

        def __getitem__(self, index):
            return next(iter([])) if index == 2 else index

    with pytest.raises(RuntimeError, match=r"raised StopIteration for the items \[2, 3\]"):
        list(DataLoader(Short(), batch_size=2, num_workers=workers))
