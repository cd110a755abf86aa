"""Work in several threads: the same results, bit for bit, whatever their number."""

import os
import subprocess
import sys
import threading
import weakref

import numpy as np
import pytest

import tinygrad_np as tg
from tinygrad_np.kernels import threads
from tinygrad_np.nn import functional as F

pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")


@pytest.fixture(autouse=True)
def put_back():
    before = tg.get_num_threads()
    yield
    tg.set_num_threads(before)
    tg.set_conv_algorithm("auto")


def convolve(count, **geometry):
    """A convolution and a pooling with their gradients, as bytes."""
    tg.set_num_threads(count)
    random = np.random.default_rng(0)
    seen = 64 // geometry.get("groups", 1)
    x = tg.tensor(random.standard_normal((37, 64, 20, 20)).astype(np.float32), requires_grad=True)
    w = tg.tensor(random.standard_normal((64, seen, 3, 3)).astype(np.float32), requires_grad=True)
    out = F.max_pool2d(F.relu(F.conv2d(x, w, padding=1, **geometry)), 2)
    out.backward(tg.tensor(random.standard_normal(tuple(out.shape)).astype(np.float32)))
    return [t.detach().numpy().tobytes() for t in (out, x.grad, w.grad)]


@pytest.mark.parametrize("algorithm", ["im2col", "winograd"])
@pytest.mark.parametrize("geometry", [{}, {"stride": 2}, {"groups": 4}, {"groups": 64}], ids=str)
def test_results_do_not_depend_on_the_number_of_threads(geometry, algorithm):
    pytest.importorskip("threadpoolctl")
    tg.set_conv_algorithm(algorithm)
    one = convolve(1, **geometry)
    assert convolve(2, **geometry) == one
    assert convolve(4, **geometry) == one


LARGE = (600, 1024)  # shared out by every op below
SHARED = {
    "relu": F.relu,
    "gelu": F.gelu,
    "add": lambda x: x + 0.1 * x,
    "batch_norm": lambda x: F.batch_norm(x.reshape(600, 4, 256), None, None, training=True),
    "batch_norm, channels last": lambda x: F.batch_norm(
        x.reshape(600, 256, 4).transpose(1, 2), None, None, training=True
    ),
    "layer_norm": lambda x: F.layer_norm(x, (1024,), x[0].detach(), x[1].detach()),
    "softmax": lambda x: F.softmax(x, dim=1),
    "cross_entropy": lambda x: F.cross_entropy(x, tg.arange(600)),
    "dropout": lambda x: (tg.manual_seed(0), F.dropout(x, 0.5))[1],
    "linear": lambda x: F.linear(x, x[:64], x[0, :64]),
    "embedding": lambda x: F.embedding(tg.arange(1200) % 600, x),
    "max_pool2d": lambda x: F.max_pool2d(x.reshape(600, 1, 32, 32), 2),
    "avg_pool2d": lambda x: F.avg_pool2d(x.reshape(600, 1, 32, 32), 3, 2, 1),
}


@pytest.mark.parametrize("name", SHARED)
def test_large_arrays_give_the_same_bits_with_any_number_of_threads(name):
    pytest.importorskip("threadpoolctl")
    random = np.random.default_rng(0)
    data = random.standard_normal(LARGE).astype(np.float32)

    def results(count):
        tg.set_num_threads(count)
        x = tg.tensor(data, requires_grad=True)
        out = SHARED[name](x)
        out.backward(out.detach())
        return out.detach().numpy().tobytes(), x.grad.numpy().tobytes()

    one = results(1)
    assert results(2) == one
    assert results(4) == one


@pytest.mark.parametrize("name", ["SGD", "Adam", "AdamW", "RMSprop"])
def test_large_parameters_are_updated_alike_with_any_number_of_threads(name):
    pytest.importorskip("threadpoolctl")

    def results(count):
        tg.set_num_threads(count)
        x = tg.tensor(np.linspace(-1, 1, 600_000, dtype=np.float32), requires_grad=True)
        options = {"momentum": 0.9} if name == "SGD" else {}
        update = getattr(tg.optim, name)([x], lr=0.1, weight_decay=0.01, **options)
        for _ in range(2):
            update.zero_grad()
            (x * x).sum().backward()
            update.step()
        return x.detach().numpy().tobytes()

    one = results(1)
    assert results(2) == one
    assert results(4) == one


def test_every_part_is_done_once():
    for count in (1, 2, 3):
        tg.set_num_threads(count)
        done = []
        threads.run(done.append, range(10))
        assert sorted(done) == list(range(10))


def test_errors_come_through_from_any_thread():
    tg.set_num_threads(2)

    def fail(part):
        if part == 1:
            raise KeyError(part)

    with pytest.raises(KeyError, match="1"):
        threads.run(fail, range(4))
    done = []
    threads.run(done.append, range(4))
    assert len(done) == 4


def test_two_threads_of_the_user_may_convolve_at_once():
    pytest.importorskip("threadpoolctl")
    want, got = convolve(2), []
    workers = [threading.Thread(target=lambda: got.append(convolve(2))) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert got == [want] * 3


def test_blas_has_its_threads_back_afterwards():
    controls = pytest.importorskip("threadpoolctl")

    def counts():
        return [lib["num_threads"] for lib in controls.threadpool_info()]

    convolve(2)
    before = counts()
    convolve(2)
    assert counts() == before


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_forked_child_has_threads_of_its_own():
    code = """
import os, sys, tinygrad_np as tg
from tinygrad_np.nn import functional as F
tg.set_num_threads(2)
x, w = tg.ones(32, 8, 16, 16), tg.ones(8, 8, 3, 3)
F.conv2d(x, w)
child = os.fork()
if child == 0:
    F.conv2d(x, w)
    os._exit(7)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) - 7)
"""
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", code], timeout=60, check=False)
    assert done.returncode == 0


WITHOUT = """
import sys, warnings
sys.modules["threadpoolctl"] = None
import tinygrad_np as tg
tg.set_num_threads({count})
x, w = tg.ones(32, 32, 16, 16), tg.ones(32, 32, 3, 3)
with warnings.catch_warnings(record=True) as said:
    warnings.simplefilter("always")
    tg.conv2d(x[:1, :, :4, :4], w)
    small = len(said)
    out = [tg.conv2d(x, w) for _ in range(3)][-1]
print(small, len(said), *[w.category.__name__ for w in said])
assert all("[fast]" in str(w.message) for w in said)
assert abs(out.numpy() - 288).max() < 0.01
"""


@pytest.mark.parametrize(("count", "says"), [(2, "0 1 RuntimeWarning"), (1, "0 0")])
def test_without_threadpoolctl_all_works_and_says_so_once(count, says):
    code = WITHOUT.format(count=count)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == says


def test_threads_at_work_do_not_keep_the_program_from_its_end():
    pytest.importorskip("threadpoolctl")
    code = """
import threading, tinygrad_np as tg
tg.set_num_threads(3)
x, w = tg.ones(64, 32, 32, 32), tg.ones(32, 32, 3, 3)
tg.conv2d(x, w)
def forever():
    while True:
        tg.conv2d(x, w)
threading.Thread(target=forever, daemon=True).start()
"""
    done = subprocess.run([sys.executable, "-c", code], timeout=60, capture_output=True, check=True)
    assert done.stderr == b""


def test_wrong_counts():
    for count in (0, -1, 1.5, True):
        with pytest.raises(RuntimeError, match="positive integer"):
            tg.set_num_threads(count)


def test_without_new_threads_the_caller_does_it_all(monkeypatch):
    pytest.importorskip("threadpoolctl")
    monkeypatch.setattr(threads, "_pool", threads._Pool())

    def refuse(self):
        raise RuntimeError("can't start new thread at interpreter shutdown")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    threads.set_num_threads(4)
    assert threads.collect(lambda n: n * n, range(5)) == [0, 1, 4, 9, 16]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_child_forked_while_blas_is_held_has_its_threads():
    pytest.importorskip("threadpoolctl")
    code = """
import os
import numpy as np
from threadpoolctl import threadpool_info
from tinygrad_np.kernels import threads
np.ones((2, 2)) @ np.ones((2, 2))
def counts():
    return [i["num_threads"] for i in threadpool_info() if i["user_api"] == "blas"]
before = counts()
with threads.blas_alone():
    assert set(counts()) == {1}
    child = os.fork()
    if not child:
        os._exit(0 if counts() == before else 1)
    assert os.waitpid(child, 0)[1] == 0
assert counts() == before
"""
    subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=True)


def test_nothing_is_held_after_the_work():
    """An array is laid out anew if only its tensor refers to it: that is not up to chance."""
    pytest.importorskip("threadpoolctl")

    class Held:
        pass

    for count in (2, 3, 4):
        tg.set_num_threads(count)
        for _ in range(200):
            held = Held()
            gone = weakref.ref(held)
            threads.run(lambda part, held=held: None, range(4))
            del held
            assert gone() is None


@pytest.mark.parametrize(("asked", "expected"), [("3", 3), ("1,2", 1), ("0", 0), ("many", 0)])
def test_the_number_is_openmps(asked, expected):
    env = {**os.environ, "OMP_NUM_THREADS": asked}
    code = "import tinygrad_np; print(tinygrad_np.get_num_threads())"
    shown = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, check=True)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    assert int(shown.stdout) == (expected or cores)
